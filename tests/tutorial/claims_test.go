package tutorial

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/examples/tutorial/programs"
	"github.com/jacobi-go/jacobi/num"
)

// claims are what the tutorial says about mistakes, without showing a program's
// output. Where ours differ on purpose, the check says how.
var claims = []check{
	{id: "prose_complex_no_holomorphic", run: complexOutput},
	{id: "prose_nonlinear_jvp_rule", run: nonlinearRule},
	{id: "prose_while_reverse", run: whileReverse},
	{id: "prose_nondiff_tracer_jvp", run: capturedForward},
	{id: "prose_nondiff_tracer_vjp", run: capturedReverse},
	{id: "prose_custom_jvp_kwargs", run: defaultArgument},
	{id: "prose_bwd_not_tuple", run: bwdOfOneArgument},
	{id: "prose_grad_nonscalar", run: gradOfVector},
	{id: "prose_grad_int", run: gradOfInt},
	{id: "prose_jit_pyflow", run: branchInJit},
}

// fails runs f, which must end in an error of the user's that says each of the
// words.
func fails(t *testing.T, f func(), words ...string) {
	t.Helper()
	err := jx.Try(f)
	require.Error(t, err)
	assert.Regexp(t, `^(\w+_test|customs)\.go:\d+: `, err.Error(), "the user's line, here or in the program")
	for _, w := range words {
		assert.ErrorContains(t, err, w)
	}
}

func complexOutput(t *testing.T) {
	fails(t, func() { jx.Grad(num.Sin)(jx.Scalar(3 + 4i)) }, "c64[]", "jx.Holomorphic()")
}

func nonlinearRule(t *testing.T) {
	f := jx.CustomPartials(num.Sin, func(dx, _, x *jx.Array) *jx.Array { return num.Mul(num.Mul(num.Cos(x), dx), dx) })
	fails(t, func() { jx.Grad(f)(jx.Scalar(3.0)) }, "mul", "linear in the tangents")
}

func whileReverse(t *testing.T) {
	fails(t, func() { jx.Grad(programs.IteratedSqrt)(jx.Scalar(2.0)) }, "while", "jx.MaxTrips", "jx.Scan")

	bounded := func(a *jx.Array) *jx.Array { return programs.Iterate(programs.NewtonUpdate, a, a, jx.MaxTrips(20)) }
	assert.InDelta(t, 0.35355338, jx.Grad(bounded)(jx.Scalar(2.0)).Float(), 1e-6)
	_, dy := jx.JVP(programs.IteratedSqrt, jx.Scalar(2.0), jx.Scalar(1.0))
	assert.InDelta(t, 0.35355338, dy.Float(), 1e-6)
}

// A captured value that is being differentiated has no place in the rule. JAX
// takes its derivative for zero; that is an error here.
func capturedForward(t *testing.T) {
	h := func(n *jx.Array) *jx.Array {
		return jx.CustomJVP(
			func(x *jx.Array) *jx.Array { return num.Mul(n, x) },
			func(x, dx *jx.Array) (*jx.Array, *jx.Array) { return num.Mul(n, x), num.Mul(n, dx) })(jx.Scalar(2.0))
	}
	assert.Equal(t, 6.0, h(jx.Scalar(3.0)).Float())
	fails(t, func() { jx.Grad(h)(jx.Scalar(3.0)) }, "closes over", "jx.StopGradient")
}

func capturedReverse(t *testing.T) {
	h := func(n *jx.Array) *jx.Array {
		return jx.CustomVJP(
			func(x *jx.Array) *jx.Array { return num.Mul(n, x) },
			func(x *jx.Array) (*jx.Array, struct{}) { return num.Mul(n, x), struct{}{} },
			func(_ struct{}, g *jx.Array) *jx.Array { return num.Mul(n, g) })(jx.Scalar(2.0))
	}
	fails(t, func() { jx.Grad(h)(jx.Scalar(3.0)) }, "closes over", "jx.StopGradient")
}

// An argument with a default is a Go function that fills it in.
func defaultArgument(t *testing.T) {
	f := func(y float64) func(*jx.Array) *jx.Array {
		return jx.CustomPartials(
			func(x *jx.Array) *jx.Array { return num.Mul(num.Square(x), y) },
			func(dx, _, x *jx.Array) *jx.Array { return num.Mul(num.Mul(num.Mul(2, x), jx.Scalar(y)), dx) })
	}
	assert.Equal(t, "20.0 12.0", fmt.Sprint(jx.Grad(f(5))(jx.Scalar(2.0)), jx.Grad(f(3))(jx.Scalar(2.0))))
}

// A backward rule of one argument returns that argument's cotangent: there is no
// tuple to forget, and another tree is no Go program. What the compiler cannot
// see is the shape.
func bwdOfOneArgument(t *testing.T) {
	rule := func(bwd func(x, g *jx.Array) *jx.Array) func(*jx.Array) *jx.Array {
		f := jx.CustomVJP(
			func(x *jx.Array) *jx.Array { return x },
			func(x *jx.Array) (*jx.Array, *jx.Array) { return x, x }, bwd)
		return func(x *jx.Array) *jx.Array { return num.Sin(f(num.Square(x))) }
	}
	right := jx.Grad(rule(func(x, g *jx.Array) *jx.Array { return g }))(jx.Scalar(3.0))
	assert.InDelta(t, -5.4667815, right.Float(), 1e-5)
	fails(t, func() {
		jx.Grad(rule(func(x, g *jx.Array) *jx.Array { return num.Stack(0, g, g) }))(jx.Scalar(3.0))
	}, "cotangent that bwd returns is f32[2]", "value is f32[]")
}

func gradOfVector(t *testing.T) {
	fails(t, func() {
		jx.Grad(func(x *jx.Array) *jx.Array { return num.Mul(x, 2) })(num.Ones(jx.Float32, 3))
	}, "f32[3]", "scalar", "num.Sum")
}

func gradOfInt(t *testing.T) {
	fails(t, func() { jx.Grad(num.Square)(jx.Scalar(3)) }, "i32[]", "jx.AllowInt()")
}

func branchInJit(t *testing.T) {
	abs := func(x *jx.Array) *jx.Array {
		if x.Float() > 0 {
			return x
		}
		return num.Neg(x)
	}
	assert.Equal(t, 3.0, abs(jx.Scalar(-3.0)).Float())
	assert.Equal(t, -1.0, jx.Grad(abs)(jx.Scalar(-3.0)).Float(), "the number is known while differentiating")
	fails(t, func() { jx.Jit(abs)(jx.Scalar(3.0)) }, "Float", "Cond")

	withError := jx.Jit(func(x *jx.Array) (*jx.Array, error) { return abs(x), nil })
	_, err := withError(jx.Scalar(3.0))
	assert.ErrorContains(t, err, "Float", "a last result of type error takes the mistake")
}
