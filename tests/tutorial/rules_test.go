package tutorial

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	jx "jacobi"
	"jacobi/debug"
	"jacobi/num"
)

var rules = []block{
	{id: "basic_custom_jvp_def", check: checkSinRule},
	{id: "basic_custom_jvp_use", run: useSinRule},
	{id: "basic_custom_jvp_decorator", check: checkDeclaredFirst},
	{id: "basic_custom_jvp_grad", run: sinRuleGrads},
	{id: "basic_custom_jvp_multi", run: twoArguments},
	{id: "basic_defjvps", run: onePartial},
	{id: "basic_defjvps_multi", run: twoPartials},
	{id: "basic_defjvps_none", run: zeroPartial},
	{id: "trace_custom_jvp", run: traceJVPRule},
	{id: "trace_custom_jvp_vmap_jit", run: traceJVPRuleVMapJit},
	{id: "trace_custom_jvp_jvp", run: traceJVPRuleJVP},
	{id: "trace_custom_jvp_grad", run: traceJVPRuleGrad},
	{id: "trace_custom_jvp_gradgrad", run: traceJVPRuleGradGrad},
	{id: "custom_jvp_pyflow", run: hostControlFlow},
	{id: "basic_custom_vjp", run: useReverseRule},
	{id: "basic_custom_vjp_multi", run: reverseRuleOfTwo},
	{id: "trace_custom_vjp", run: traceVJPRule},
	{id: "trace_custom_vjp_grad", run: traceVJPRuleGrad},
	{id: "trace_custom_vjp_vjp", run: traceVJPRuleVJP},
	{id: "trace_custom_vjp_pullback", run: traceVJPRulePullback, setup: traceVJPRuleVJP},
	{id: "custom_vjp_jvp_error", run: forwardThroughReverse},
	{id: "pdb", check: lookIntoBackward},
	{id: "pytree_custom_jvp", run: structJVPRule},
	{id: "pytree_custom_jvp_grad", run: structJVPRuleGrad},
	{id: "pytree_custom_vjp", run: structVJPRule},
	{id: "pytree_custom_vjp_grad", run: structVJPRuleGrad},
	{id: "nondiff_jvp_app", run: applied},
	{id: "nondiff_jvp_app_grad", run: appliedGrad},
	{id: "nondiff_jvp_app2", run: appliedTwice},
	{id: "nondiff_jvp_app2_grad", run: appliedTwiceGrad},
	{id: "nondiff_vjp_app", run: appliedReverse},
	{id: "nondiff_vjp_app_grad", run: appliedReverseGrad},
}

func sin(x *jx.Array) *jx.Array {
	return jx.CustomJVP(num.Sin, func(x, dx *jx.Array) (*jx.Array, *jx.Array) {
		return sin(x), num.Mul(num.Cos(x), dx)
	})(x)
}

func checkSinRule(t *testing.T) {
	x := num.Linspace(jx.Float32, -3, 3, 7)
	assert.True(t, num.AllClose(jx.VMap(jx.Grad(num.Sin))(x), jx.VMap(jx.Grad(sin))(x)))
}

func useSinRule() {
	fmt.Println(sin(jx.Scalar(3.0)))
	y, dy := jx.JVP(sin, jx.Scalar(3.0), jx.Scalar(1.0))
	fmt.Println(y)
	fmt.Println(dy)
}

// A variable that the rule calls is declared before it is set.
func checkDeclaredFirst(t *testing.T) {
	var f func(*jx.Array) *jx.Array
	f = jx.CustomJVP(num.Sin, func(x, dx *jx.Array) (*jx.Array, *jx.Array) { return f(x), num.Mul(num.Cos(x), dx) })
	assert.Equal(t, "-0.14112", fmt.Sprint(jx.Grad(jx.Grad(f))(jx.Scalar(3.0))))
}

func sinRuleGrads() {
	fmt.Println(jx.Grad(sin)(jx.Scalar(3.0)))
	fmt.Println(jx.Grad(jx.Grad(sin))(jx.Scalar(3.0)))
}

func squareTimes(p xy) *jx.Array { return num.Mul(num.Square(p.X), p.Y) }

var at23 = xy{jx.Scalar(2.0), jx.Scalar(3.0)}

func twoArguments() {
	f := jx.CustomJVP(squareTimes, func(p, dot xy) (*jx.Array, *jx.Array) {
		return squareTimes(p), num.Add(num.Mul(2, p.X, p.Y, dot.X), num.Mul(num.Square(p.X), dot.Y))
	})
	fmt.Println(jx.Grad(f)(at23).X)
}

func onePartial() {
	f := jx.CustomPartials(num.Sin, func(dx, _, x *jx.Array) *jx.Array { return num.Mul(num.Cos(x), dx) })
	fmt.Println(jx.Grad(f)(jx.Scalar(3.0)))
}

func twoPartials() {
	f := jx.CustomPartials(squareTimes,
		func(dx, _ *jx.Array, p xy) *jx.Array { return num.Mul(2, p.X, p.Y, dx) },
		func(dy, _ *jx.Array, p xy) *jx.Array { return num.Mul(num.Square(p.X), dy) })
	g := jx.Grad(f)(at23)
	fmt.Println(g.X)
	fmt.Println(jx.Grad(func(x *jx.Array) *jx.Array { return f(xy{x, at23.Y}) })(at23.X)) // the same
	fmt.Println(g.Y)
}

func zeroPartial() {
	f := jx.CustomPartials(squareTimes,
		func(dx, _ *jx.Array, p xy) *jx.Array { return num.Mul(2, p.X, p.Y, dx) },
		nil)
	g := jx.Grad(f)(at23)
	fmt.Println(g.X)
	fmt.Println(jx.Grad(func(x *jx.Array) *jx.Array { return f(xy{x, at23.Y}) })(at23.X)) // the same
	fmt.Println(g.Y)
}

func tracedSin(x *jx.Array) *jx.Array {
	return jx.CustomJVP(
		func(x *jx.Array) *jx.Array {
			fmt.Println("called f!")
			return num.Sin(x)
		},
		func(x, dx *jx.Array) (*jx.Array, *jx.Array) {
			fmt.Println("called f_jvp!")
			return tracedSin(x), num.Mul(num.Cos(x), dx)
		})(x)
}

func traceJVPRule() { fmt.Println(tracedSin(jx.Scalar(3.0))) }

func traceJVPRuleVMapJit() {
	fmt.Println(jx.VMap(tracedSin)(num.Arange(jx.Float32, 3)))
	fmt.Println(jx.Jit(tracedSin)(jx.Scalar(3.0)))
}

func traceJVPRuleJVP() {
	_, dy := jx.JVP(tracedSin, jx.Scalar(3.0), jx.Scalar(1.0))
	fmt.Println(dy)
}

func traceJVPRuleGrad() { fmt.Println(jx.Grad(tracedSin)(jx.Scalar(3.0))) }

func traceJVPRuleGradGrad() { fmt.Printf("%#v\n", jx.Grad(jx.Grad(tracedSin))(jx.Scalar(3.0))) }

func sinOrCos(x *jx.Array) *jx.Array {
	return jx.CustomJVP(
		func(x *jx.Array) *jx.Array {
			if x.Float() > 0 {
				return num.Sin(x)
			}
			return num.Cos(x)
		},
		func(x, dx *jx.Array) (*jx.Array, *jx.Array) {
			y := sinOrCos(x)
			if x.Float() > 0 {
				return y, num.Mul(2, dx)
			}
			return y, num.Mul(3, dx)
		})(x)
}

func hostControlFlow() {
	fmt.Println(jx.Grad(sinOrCos)(jx.Scalar(1.0)))
	fmt.Println(jx.Grad(sinOrCos)(jx.Scalar(-1.0)))
}

func sinReverse(x *jx.Array) *jx.Array {
	return jx.CustomVJP(num.Sin,
		func(x *jx.Array) (y, cosX *jx.Array) { return sinReverse(x), num.Cos(x) },
		func(cosX, yBar *jx.Array) *jx.Array { return num.Mul(cosX, yBar) })(x)
}

func useReverseRule() {
	fmt.Println(sinReverse(jx.Scalar(3.0)))
	fmt.Println(jx.Grad(sinReverse)(jx.Scalar(3.0)))
}

func reverseRuleOfTwo() {
	f := jx.CustomVJP(sinTimes,
		func(p xy) (*jx.Array, [3]*jx.Array) {
			return sinTimes(p), [3]*jx.Array{num.Cos(p.X), num.Sin(p.X), p.Y}
		},
		func(r [3]*jx.Array, g *jx.Array) xy {
			cosX, sinX, y := r[0], r[1], r[2]
			return xy{num.Mul(cosX, g, y), num.Mul(sinX, g)}
		})
	fmt.Println(jx.Grad(f)(at23).X)
}

func tracedReverse(x *jx.Array) *jx.Array {
	return jx.CustomVJP(
		func(x *jx.Array) *jx.Array {
			fmt.Println("called f!")
			return num.Sin(x)
		},
		func(x *jx.Array) (*jx.Array, *jx.Array) {
			fmt.Println("called f_fwd!")
			return tracedReverse(x), num.Cos(x)
		},
		func(cosX, yBar *jx.Array) *jx.Array {
			fmt.Println("called f_bwd!")
			return num.Mul(cosX, yBar)
		})(x)
}

func traceVJPRule() { fmt.Println(tracedReverse(jx.Scalar(3.0))) }

func traceVJPRuleGrad() { fmt.Println(jx.Grad(tracedReverse)(jx.Scalar(3.0))) }

var tracedPullback func(*jx.Array) *jx.Array

func traceVJPRuleVJP() {
	var y *jx.Array
	y, tracedPullback = jx.VJP(tracedReverse, jx.Scalar(3.0))
	fmt.Println(y)
}

func traceVJPRulePullback() { fmt.Printf("%#v\n", tracedPullback(jx.Scalar(1.0))) }

func forwardThroughReverse() {
	err := jx.Try(func() { jx.JVP(tracedReverse, jx.Scalar(3.0), jx.Scalar(1.0)) })
	var e *jx.Error
	if errors.As(err, &e) {
		fmt.Println("ERROR!", e)
	}
}

type seen struct{ X, G *jx.Array }

// look is the identity, and calls back with what passes in the backward pass.
func look(back func(seen)) func(*jx.Array) *jx.Array {
	return jx.CustomVJP(
		func(x *jx.Array) *jx.Array { return x },
		func(x *jx.Array) (*jx.Array, *jx.Array) { return x, x },
		func(x, g *jx.Array) *jx.Array {
			debug.Callback(seen{x, g}, back)
			return g
		})
}

func lookIntoBackward(t *testing.T) {
	var got []string
	back := look(func(s seen) { got = append(got, fmt.Sprint(s.X, s.G)) })
	f := func(x *jx.Array) *jx.Array { return num.Sin(back(num.Square(x))) }
	g := jx.Grad(f)(jx.Scalar(3.0))
	assert.InDelta(t, -5.4667815, g.Float(), 1e-5)
	assert.NoError(t, jx.Wait(g))
	assert.Equal(t, []string{"9.0 -0.91113025"}, got)
}

type point struct{ X, Y *jx.Array }

type shadow struct {
	A *jx.Array
	B [2]*jx.Array
}

func cast(p point) shadow {
	return shadow{A: num.Square(p.X), B: [2]*jx.Array{num.Sin(p.X), num.Cos(p.Y)}}
}

var (
	pt = point{jx.Scalar(1.0), jx.Scalar(2.0)}

	castJVP = jx.CustomJVP(cast, func(p, dot point) (shadow, shadow) {
		return cast(p), shadow{
			A: num.Mul(2, p.X, dot.X),
			B: [2]*jx.Array{num.Mul(num.Cos(p.X), dot.X), num.Mul(num.Neg(num.Sin(p.Y)), dot.Y)},
		}
	})

	castVJP = jx.CustomVJP(cast,
		func(p point) (shadow, point) { return cast(p), p },
		func(p point, g shadow) point {
			return point{
				X: num.Add(num.Mul(2, p.X, g.A), num.Mul(num.Cos(p.X), g.B[0])),
				Y: num.Mul(num.Neg(num.Sin(p.Y)), g.B[1]),
			}
		})
)

func structJVPRule() { fmt.Printf("%+v\n", castJVP(pt)) }

func structJVPRuleGrad() {
	f := func(p point) *jx.Array { s := castJVP(p); return num.Add(s.A, s.B[0]) }
	fmt.Printf("%+v\n", jx.Grad(f)(pt))
}

func structVJPRule() { fmt.Printf("%+v\n", castVJP(pt)) }

func structVJPRuleGrad() {
	f := func(p point) *jx.Array { s := castVJP(p); return num.Add(s.A, s.B[0]) }
	fmt.Printf("%+v\n", jx.Grad(f)(pt))
}

type fn = func(*jx.Array) *jx.Array

// apply is f(x); f is not differentiated: the rule closes over it.
func apply(f fn, x *jx.Array) *jx.Array {
	return jx.CustomJVP(f, func(x, dx *jx.Array) (*jx.Array, *jx.Array) {
		return f(x), num.Mul(2, dx)
	})(x)
}

func cube(x *jx.Array) *jx.Array { return num.Pow(x, 3) }

func applied() { fmt.Println(apply(cube, jx.Scalar(3.0))) }

func appliedGrad() {
	fmt.Println(jx.Grad(func(x *jx.Array) *jx.Array { return apply(cube, x) })(jx.Scalar(3.0)))
}

// applyTwice is f(g(x)).
func applyTwice(f fn, x *jx.Array, g fn) *jx.Array {
	fg := func(x *jx.Array) *jx.Array { return f(g(x)) }
	return jx.CustomJVP(fg, func(x, dx *jx.Array) (*jx.Array, *jx.Array) {
		return fg(x), num.Mul(3, dx)
	})(x)
}

func five(x *jx.Array) *jx.Array { return num.Mul(5, x) }

func appliedTwice() { fmt.Println(applyTwice(cube, jx.Scalar(3.0), five)) }

func appliedTwiceGrad() {
	fmt.Println(jx.Grad(func(x *jx.Array) *jx.Array { return applyTwice(cube, x, five) })(jx.Scalar(3.0)))
}

func applyReverse(f fn, x *jx.Array) *jx.Array {
	return jx.CustomVJP(f,
		func(x *jx.Array) (*jx.Array, *jx.Array) { return f(x), x },
		func(x, g *jx.Array) *jx.Array { return num.Mul(5, g) })(x)
}

func appliedReverse() { fmt.Println(applyReverse(num.Square, jx.Scalar(4.0))) }

func appliedReverseGrad() {
	fmt.Println(jx.Grad(func(x *jx.Array) *jx.Array { return applyReverse(num.Square, x) })(jx.Scalar(4.0)))
}
