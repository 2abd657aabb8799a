package nextsteps

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

// binomial is n steps of which the gradient keeps few states: a run of steps
// is a first part and the rest, and the rest is computed again when the
// gradient needs it. With c states kept at a time and every step run at most
// r+1 times, C(c+r, c) steps can be reversed (Griewank and Walther, 2000).
func binomial(step func(*jx.Array) *jx.Array, c, r int) (f func(*jx.Array) *jx.Array, steps int) {
	if c == 0 || r == 0 {
		return step, 1
	}
	first, n := binomial(step, c-1, r)
	rest, m := binomial(step, c, r-1)
	rest = jx.Checkpoint(rest)
	return func(x *jx.Array) *jx.Array { return first(rest(x)) }, n + m
}

func TestBinomialCheckpointing(t *testing.T) {
	step := func(x *jx.Array) *jx.Array { return num.Sin(num.Mul(1.1, num.Cos(x))) }
	some, steps := binomial(step, 3, 3)
	require.Equal(t, 20, steps)
	all := func(x *jx.Array) *jx.Array {
		for range steps {
			x = step(x)
		}
		return x
	}
	grad := func(f func(*jx.Array) *jx.Array) func(*jx.Array) *jx.Array {
		return jx.Grad(func(x *jx.Array) *jx.Array { return num.Sum(f(x)) })
	}
	x := num.Linspace(jx.Float64, -1, 1, 1000)
	near(t, grad(all)(x), grad(some)(x))
	// The program holds a barrier for each recomputation, so that XLA keeps it one.
	low, err := jx.Lower(grad(some), x)
	require.NoError(t, err)
	assert.Contains(t, low.Text(), "optimization_barrier")
}

// preaccumulated is a function with few arguments and results whose Jacobian is
// computed with it, forward; what reverse mode keeps of it is that matrix
// instead of every intermediate value.
func preaccumulated(f func(*jx.Array) *jx.Array) func(*jx.Array) *jx.Array {
	return jx.CustomVJP(f,
		func(x *jx.Array) (y, jacobian *jx.Array) { return f(x), jx.JacFwd(f)(x) },
		func(jacobian, ct *jx.Array) *jx.Array { return num.Dot(ct, jacobian) })
}

func TestJacobianPreaccumulation(t *testing.T) {
	local := func(x *jx.Array) *jx.Array { // R^2 -> R^3, with many values in between
		for i := range 10 {
			x = num.Tanh(num.Add(num.Mul(1.2, x), num.Mul(0.1*float64(i), num.Flip(x, 0))))
		}
		return num.Stack(0, num.Sum(x), num.Prod(x), num.Max(x))
	}
	loss := func(f func(*jx.Array) *jx.Array) func(*jx.Array) *jx.Array {
		return func(x *jx.Array) *jx.Array { return num.Sum(num.Sin(jx.VMap(f)(x))) }
	}
	x := jx.From([]float64{0.1, -0.4, 0.5, 0.3, -0.2, 0.6}, 3, 2)
	near(t, jx.Grad(loss(local))(x), jx.Grad(loss(preaccumulated(local)))(x))
	near(t, jx.Grad(loss(local))(x), jx.Jit(jx.Grad(loss(preaccumulated(local))))(x))
}
