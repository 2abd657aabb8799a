// Package nextsteps holds small programs that go one step further than the
// tutorial, each with a check by other means.
package nextsteps

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/linalg"
	"github.com/jacobi-go/jacobi/num"
	"github.com/jacobi-go/jacobi/random"
)

type net struct{ W1, B1, W2 *jx.Array }

func newNet(key random.Key) net {
	keys := random.SplitN(key, 3)
	return net{
		W1: random.Normal(keys.At(0), jx.Float32, 1, 8),
		B1: random.Normal(keys.At(1), jx.Float32, 8),
		W2: num.Mul(0.3, random.Normal(keys.At(2), jx.Float32, 8)),
	}
}

func (p net) predict(x *jx.Array) *jx.Array {
	return num.Dot(num.Tanh(num.Add(num.Dot(x, p.W1), p.B1)), p.W2)
}

func dot[P any](x, y P) *jx.Array {
	xs, _ := jx.TreeFlatten(x)
	ys, _ := jx.TreeFlatten(y)
	sum := jx.Scalar(0.0)
	for i := range xs {
		sum = num.Add(sum, num.VDot(xs[i], ys[i]))
	}
	return sum
}

func near(t *testing.T, want, got *jx.Array) {
	t.Helper()
	assert.True(t, num.AllClose(got, want, num.RTol(1e-4), num.ATol(1e-5)), "want %v\ngot  %v", want, got)
}

// The Gauss-Newton matrix of a loss l(f(p)) is J' H J, with the Hessian H of l
// alone. One linearization of f serves for J and, transposed, for J'.
func gaussNewton[P any](f func(P) *jx.Array, loss func(*jx.Array) *jx.Array, p, v P) P {
	y, push := jx.Linearize(f, p)
	pull := jx.LinearTranspose(push, p)
	return pull(jx.HVP(loss)(y, push(v)))
}

func TestGaussNewton(t *testing.T) {
	p, v := newNet(random.NewKey(0)), newNet(random.NewKey(1))
	x := num.Reshape(num.Linspace(jx.Float32, -1, 1, 5), 5, 1)
	f := func(p net) *jx.Array { return p.predict(x) }
	softmax := func(y *jx.Array) *jx.Array { return num.LogSumExp(y) }

	got := gaussNewton(f, softmax, p, v)
	H := jx.Hessian(softmax)(f(p))
	_, Jv := jx.JVP(f, p, v)
	_, pullback := jx.VJP(f, p)
	want := pullback(num.Dot(H, Jv))
	near(t, want.W1, got.W1)
	near(t, want.B1, got.B1)
	near(t, want.W2, got.W2)
	assert.GreaterOrEqual(t, dot(v, got).Float(), 0.0, "it is positive semidefinite")

	compiled := jx.Jit(func(p, v net) net { return gaussNewton(f, softmax, p, v) })
	near(t, got.W1, compiled(p, v).W1)
}

// Hutchinson's estimate of the trace of the Hessian: the mean of v' H v over
// random signs v, all mapped at once.
func TestHutchinsonTrace(t *testing.T) {
	f := func(x *jx.Array) *jx.Array { return num.Sum(num.Mul(num.Cos(x), num.Roll(x, 1))) }
	x := num.Linspace(jx.Float32, 0, 2, 6)
	signs := random.Rademacher(random.NewKey(0), jx.Float32, 4000, 6)
	estimate := num.Mean(jx.VMap(func(v *jx.Array) *jx.Array { return num.Dot(v, jx.HVP(f)(x, v)) })(signs))
	H := jx.Hessian(f)(x)
	trace := num.Sum(num.Diag(H)).Float()
	// The variance of one term is twice the sum of the squares off the diagonal.
	off := num.Sum(num.Square(num.Sub(H, num.Diag(num.Diag(H))))).Float()
	assert.Greater(t, off, 0.1, "the estimate is no estimate if H is diagonal")
	assert.InDelta(t, trace, estimate.Float(), 4*math.Sqrt(2*off/4000))

	basis := jx.VMap(func(v *jx.Array) *jx.Array { return num.Dot(v, jx.HVP(f)(x, v)) })(num.Eye(jx.Float32, 6))
	assert.InDelta(t, trace, num.Sum(basis).Float(), 1e-4)
}

// A pullback is linear in its cotangent, so its own pullback, anywhere, is the
// push-forward: forward mode from reverse mode alone.
func doubleVJP(f func(*jx.Array) *jx.Array, x, dx *jx.Array) *jx.Array {
	y, pullback := jx.VJP(f, x)
	_, push := jx.VJP(pullback, num.ZerosLike(y))
	return push(dx)
}

func TestForwardFromReverse(t *testing.T) {
	A := random.Normal(random.NewKey(2), jx.Float32, 4, 3)
	f := func(x *jx.Array) *jx.Array { return num.Tanh(num.Dot(A, num.Exp(x))) }
	x, dx := jx.From([]float32{0.1, -0.4, 0.3}), jx.From([]float32{1, 2, -0.5})
	_, want := jx.JVP(f, x, dx)
	near(t, want, doubleVJP(f, x, dx))
	near(t, want, jx.Jit(func(x, dx *jx.Array) *jx.Array { return doubleVJP(f, x, dx) })(x, dx))

	// It also works where forward mode has no rule.
	g := jx.CustomVJP(num.Sin,
		func(x *jx.Array) (y, cosX *jx.Array) { return num.Sin(x), num.Cos(x) },
		func(cosX, g *jx.Array) *jx.Array { return num.Mul(cosX, g) })
	near(t, num.Mul(num.Cos(x), dx), doubleVJP(g, x, dx))
}

// Data types of the user's are trees if their fields are: with methods, nested,
// of numbers that are no arrays.
type spring struct {
	Name      string
	Stiffness *jx.Array
	Ends      [2]body
}

type body struct {
	Mass     float64
	Position *jx.Array
}

func (s spring) energy() *jx.Array {
	d := num.Sub(s.Ends[1].Position, s.Ends[0].Position)
	return num.Mul(num.Mul(0.5, s.Stiffness), num.Square(num.Sub(linalg.Norm(d), 1)))
}

func TestOwnTypes(t *testing.T) {
	s := spring{"a", jx.Scalar(float32(3)), [2]body{{1, jx.From([]float32{0, 0})}, {2, jx.From([]float32{3, 4})}}}
	g := jx.Grad(spring.energy)(s)
	assert.Equal(t, "a", g.Name, "what is no array stays")
	assert.Equal(t, 2.0, g.Ends[1].Mass)
	near(t, jx.Scalar(float32(8)), g.Stiffness)
	force := jx.From([]float32{12 * 0.6, 12 * 0.8})
	near(t, force, g.Ends[1].Position)
	near(t, num.Neg(force), g.Ends[0].Position)

	H := jx.HessianTree(spring.energy)(s)
	near(t, num.Neg(H.Row("Ends.1.Position").Ends[1].Position), H.Row("Ends.1.Position").Ends[0].Position)
	near(t, H.Row("Stiffness").Ends[1].Position, H.Col("Stiffness").Ends[1].Position)
}

type task struct{ X, Y *jx.Array }

// sines are tasks: points of sines of random amplitude and phase.
func sines(key random.Key, tasks, points int) task {
	keys := random.SplitN(key, 3)
	amplitude := random.UniformIn(keys.At(0), jx.Float32, 0.5, 2.0, tasks, 1, 1)
	phase := random.UniformIn(keys.At(1), jx.Float32, 0.0, math.Pi, tasks, 1, 1)
	x := random.UniformIn(keys.At(2), jx.Float32, -3.0, 3.0, tasks, points, 1)
	return task{x, num.Reshape(num.Mul(amplitude, num.Sin(num.Add(x, phase))), tasks, points)}
}

// MAML trains parameters from which one step of gradient descent on a task
// leads far, differentiating through the step.
func TestMAML(t *testing.T) {
	loss := func(p net, d task) *jx.Array { return num.Mean(num.Square(num.Sub(p.predict(d.X), d.Y))) }
	descend := func(rate float64) func(p, g *jx.Array) *jx.Array {
		return func(p, g *jx.Array) *jx.Array { return num.Sub(p, num.Mul(rate, g)) }
	}
	adapted := func(p net, d task) *jx.Array {
		return loss(jx.TreeMap2(p, jx.GradWith(loss)(p, d), descend(0.05)), d)
	}
	batch := func(p net, d task) *jx.Array { return num.Mean(jx.VMap(adapted, jx.In(jx.None, 0))(p, d)) }
	step := jx.Jit(func(p net, d task) net {
		return jx.TreeMap2(p, jx.GradWith(batch)(p, d), descend(0.03))
	})

	p := newNet(random.NewKey(0))
	test := sines(random.NewKey(100), 64, 10)
	before := batch(p, test).Float()
	key := random.NewKey(1)
	for range 400 {
		var sub random.Key
		key, sub = random.Split(key)
		p = step(p, sines(sub, 16, 10))
	}
	after := batch(p, test).Float()
	plain := num.Mean(jx.VMap(loss, jx.In(jx.None, 0))(p, test)).Float()
	assert.Less(t, after, 0.6*before)
	assert.Less(t, after, 0.9*plain, "the step helps")

	// The gradient goes through the step: it differs from that of first order.
	first := func(p net, d task) net {
		return jx.GradWith(loss)(jx.TreeMap2(p, jx.GradWith(loss)(p, d), descend(0.05)), d)
	}
	one := jx.TreeMap(test, func(x *jx.Array) *jx.Array { return x.At(0) })
	assert.False(t, num.AllClose(first(p, one).W1, jx.GradWith(adapted)(p, one).W1, num.RTol(1e-2)))
	direction := jx.GradWith(adapted)(p, one)
	const h = 1e-2
	at := func(s float64) float64 {
		return adapted(jx.TreeMap2(p, direction, func(p, d *jx.Array) *jx.Array { return num.Add(p, num.Mul(s, d)) }), one).Float()
	}
	assert.InEpsilon(t, dot(direction, direction).Float(), (at(h)-at(-h))/(2*h), 0.02)
}

// Weights rounded to three values learn, because the gradient passes the
// rounding as if it were not there.
func TestStraightThrough(t *testing.T) {
	quantize := func(x *jx.Array) *jx.Array {
		return num.Add(x, jx.StopGradient(num.Sub(num.Clip(num.Round(x), -1, 1), x)))
	}
	want := jx.From([]float32{1, -1, 0, 1, 0, -1})
	x := random.Normal(random.NewKey(3), jx.Float32, 200, 6)
	y := num.Dot(x, want)
	loss := func(w *jx.Array) *jx.Array { return num.Mean(num.Square(num.Sub(num.Dot(x, quantize(w)), y))) }
	rounded := func(w *jx.Array) *jx.Array {
		return num.Mean(num.Square(num.Sub(num.Dot(x, num.Clip(num.Round(w), -1, 1)), y)))
	}
	w := num.Zeros(jx.Float32, 6)
	near(t, num.ZerosLike(w), jx.Grad(rounded)(w))
	step := jx.Jit(func(w *jx.Array) *jx.Array { return num.Sub(w, num.Mul(0.1, jx.Grad(loss)(w))) })
	for range 100 {
		w = step(w)
	}
	near(t, want, quantize(w))
}

// TD(0) finds the values of a random walk of five places between a loss and a
// win: 1/6, 2/6, ..., 5/6.
func TestTD0(t *testing.T) {
	type transition struct{ Prev, Reward, Next, Discount *jx.Array }
	value := func(theta, s *jx.Array) *jx.Array { return num.Dot(theta, s) }
	loss := func(theta *jx.Array, s transition) *jx.Array {
		target := num.Add(s.Reward, num.Mul(s.Discount, value(theta, s.Next)))
		return num.Mul(0.5, num.Square(num.Sub(jx.StopGradient(target), value(theta, s.Prev))))
	}
	const n = 5
	var prev, next []int
	var reward, discount []float32
	for s := range n {
		for _, to := range []int{s - 1, s + 1} {
			prev, next = append(prev, s), append(next, min(max(to, 0), n-1))
			r, d := float32(0), float32(1)
			if to < 0 || to == n {
				d = 0
			}
			if to == n {
				r = 1
			}
			reward, discount = append(reward, r), append(discount, d)
		}
	}
	places := num.Eye(jx.Float32, n)
	rows := func(at []int) *jx.Array {
		var out []*jx.Array
		for _, i := range at {
			out = append(out, places.At(i))
		}
		return num.Stack(0, out...)
	}
	all := transition{rows(prev), jx.From(reward), rows(next), jx.From(discount)}
	grads := jx.VMap(jx.GradWith(loss), jx.In(jx.None, 0))
	theta := jx.Fori(0, 400, num.Zeros(jx.Float32, n), func(_, theta *jx.Array) *jx.Array {
		return num.Sub(theta, num.Mul(0.2, num.Sum(grads(theta, all), 0)))
	})
	want := num.Div(num.Arange(jx.Float32, n), n+1)
	near(t, num.Add(want, 1.0/(n+1)), theta)
	_, err := jx.Slice[float32](theta)
	require.NoError(t, err)
}
