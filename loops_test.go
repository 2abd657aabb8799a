package jacobi_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/ad/adtest"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/num"
)

type rnn struct{ Wh, Wx, B *jx.Array }

func f64(shape []int, seed float64) *jx.Array {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return num.Reshape(num.Mul(0.7, num.Sin(num.Add(num.Mul(num.Arange(jx.Float64, n), 1.7), seed))), shape...)
}

// xs is 5 steps of 3 numbers.
var (
	cell  = rnn{f64([]int{3, 3}, 1), f64([]int{3, 3}, 2), f64([]int{3}, 3)}
	steps = f64([]int{5, 3}, 4)
	start = f64([]int{3}, 5)
)

type rnnIn struct {
	P     rnn
	H, Xs *jx.Array
}

func runRNN(in rnnIn, opts ...jx.LoopOption) (last, all *jx.Array) {
	return jx.Scan(in.H, in.Xs, func(h, x *jx.Array) (*jx.Array, *jx.Array) {
		h = num.Tanh(num.AddN(num.Dot(h, in.P.Wh), num.Dot(x, in.P.Wx), in.P.B))
		return h, h
	}, opts...)
}

// byHand is runRNN as a Go loop.
func byHand(in rnnIn, reverse bool) (last, all *jx.Array) {
	h := in.H
	hs := make([]*jx.Array, 5)
	for i := range 5 {
		t := i
		if reverse {
			t = 4 - i
		}
		h = num.Tanh(num.AddN(num.Dot(h, in.P.Wh), num.Dot(in.Xs.At(t), in.P.Wx), in.P.B))
		hs[t] = h
	}
	return h, num.Stack(0, hs...)
}

func requireClose(t *testing.T, want, got *jx.Array) {
	t.Helper()
	require.True(t, ops.Aval(want).Equal(ops.Aval(got)), "%v and %v", ops.Aval(want), ops.Aval(got))
	require.True(t, num.AllClose(got, want, num.RTol(1e-9), num.ATol(1e-9)), "got\n%v\nwant\n%v", got, want)
}

func TestScanIsALoop(t *testing.T) {
	in := rnnIn{cell, start, steps}
	for name, opts := range map[string][]jx.LoopOption{
		"plain": nil, "reverse": {jx.Reverse()}, "unrolled": {jx.Unroll(2)}, "unrolled whole": {jx.Unroll(9)}, "both": {jx.Reverse(), jx.Unroll(3)},
	} {
		t.Run(name, func(t *testing.T) {
			reverse := name == "reverse" || name == "both"
			last, all := runRNN(in, opts...)
			wantLast, wantAll := byHand(in, reverse)
			requireClose(t, wantLast, last)
			requireClose(t, wantAll, all)
			loss := func(last, all *jx.Array) *jx.Array {
				return num.Add(num.Sum(num.Square(all)), num.Sum(num.Sin(last)))
			}
			want, _ := jx.TreeFlatten(jx.Grad(func(in rnnIn) *jx.Array { return loss(byHand(in, reverse)) })(in))
			grad := jx.Grad(func(in rnnIn) *jx.Array { return loss(runRNN(in, opts...)) })
			for _, grad := range []func(rnnIn) rnnIn{grad, jx.Jit(grad)} {
				got, _ := jx.TreeFlatten(grad(in))
				for i := range want {
					requireClose(t, want[i], got[i])
				}
			}
		})
	}
}

func TestScanDerivatives(t *testing.T) {
	f := func(in rnnIn) [2]*jx.Array { last, all := runRNN(in); return [2]*jx.Array{last, all} }
	adtest.CheckGrads(t, f, rnnIn{cell, start, steps}, adtest.Options{Order: 2})
	adtest.CheckGrads(t, jx.Checkpoint(f), rnnIn{cell, start, steps}, adtest.Options{Order: 2})
	batch := rnnIn{cell, num.Stack(0, start, num.Neg(start)), num.Stack(0, steps, num.Mul(0.5, steps))}
	shared := jx.VMap(f, jx.InAt(0, "P", jx.None))(batch)
	for i := range 2 {
		requireClose(t, f(rnnIn{cell, batch.H.At(i), batch.Xs.At(i)})[1], shared[1].At(i))
	}
	loss := func(in rnnIn) *jx.Array { return num.Sum(num.Square(f(in)[1])) }
	perExample := jx.VMap(jx.Grad(loss), jx.InAt(0, "P", jx.None))(batch)
	requireClose(t, jx.Grad(loss)(rnnIn{cell, batch.H.At(1), batch.Xs.At(1)}).P.Wh, perExample.P.Wh.At(1))
}

// The gradient of a scan is two loops. The forward one stacks what the backward
// one reads, the state before and after each step and the derivative of tanh,
// and the backward one stacks the cotangents of xs; nothing else.
func TestScanGradientIsTwoLoops(t *testing.T) {
	grad := jx.Grad(func(in rnnIn) *jx.Array { _, all := runRNN(in); return num.Sum(num.Square(all)) })
	low, err := jx.Lower(grad, rnnIn{cell, start, steps})
	require.NoError(t, err)
	text := low.Text()
	require.Equal(t, 2, strings.Count(text, "stablehlo.while"), text)
	require.NotContains(t, text, "stablehlo.concatenate")
	require.NotContains(t, text, "stablehlo.pad")
	require.LessOrEqual(t, strings.Count(text, "stablehlo.dynamic_update_slice"), 4)
}

func TestLoops(t *testing.T) {
	x := jx.Scalar(0.7).As(jx.Float64)
	factor := func(x, i *jx.Array) *jx.Array { return num.Add(x, num.Mul(0.1, i.As(x.DType()))) }
	power := func(x *jx.Array) *jx.Array {
		return jx.Fori(0, 5, num.OnesLike(x), func(i, p *jx.Array) *jx.Array { return num.Mul(p, factor(x, i)) })
	}
	adtest.CheckGrads(t, power, x, adtest.Options{Order: 3})
	// between arrays it is a while, with forward mode only
	dynamic := func(x *jx.Array, opts ...jx.LoopOption) *jx.Array {
		return jx.Fori(jx.Scalar(0), jx.Scalar(5), num.OnesLike(x), func(i, p *jx.Array) *jx.Array { return num.Mul(p, factor(x, i)) }, opts...)
	}
	requireClose(t, power(x), dynamic(x))
	adtest.CheckGrads(t, func(x *jx.Array) *jx.Array { return dynamic(x) }, x, adtest.Options{Order: 2, Modes: "fwd"})
	for _, opts := range [][]jx.LoopOption{{jx.MaxTrips(9)}, {jx.MaxTrips(9), jx.LogMemory()}} {
		adtest.CheckGrads(t, func(x *jx.Array) *jx.Array { return dynamic(x, opts...) }, x, adtest.Options{Order: 2})
	}
	// a bound stops the loop, in the value and in the derivative
	stopped := func(x *jx.Array) *jx.Array { return dynamic(x, jx.MaxTrips(3)) }
	three := func(x *jx.Array) *jx.Array { return num.Mul(num.Mul(x, num.Add(x, 0.1)), num.Add(x, 0.2)) }
	requireClose(t, three(x), stopped(x))
	requireClose(t, jx.Grad(three)(x), jx.Grad(stopped)(x))
	// rows in turn, and all at once
	requireClose(t, num.Sin(steps), jx.Map(steps, num.Sin))
	add := func(a, b *jx.Array) *jx.Array { return num.Add(a, b) }
	requireClose(t, num.Cumsum(steps, 0), jx.AssociativeScan(steps, add))
	requireClose(t, num.Flip(num.Cumsum(num.Flip(steps, 0), 0), 0), jx.AssociativeScan(steps, add, jx.Reverse()))
	double, _ := jx.Scan(num.OnesLike(x), struct{}{}, func(c *jx.Array, _ struct{}) (*jx.Array, struct{}) { return num.Mul(2, c), struct{}{} }, jx.Length(3))
	require.Equal(t, 8.0, double.Float())
}

// Examples that take different numbers of steps.
func TestWhileUnderVMap(t *testing.T) {
	type state struct{ N, Steps *jx.Array }
	collatz := func(n *jx.Array) *jx.Array {
		return jx.While(state{n, jx.Scalar(0)},
			func(s state) *jx.Array { return num.Greater(s.N, 1) },
			func(s state) state {
				odd := num.Equal(num.Remainder(s.N, 2), 1)
				return state{num.Where(odd, num.Add(num.Mul(3, s.N), 1), num.FloorDivide(s.N, 2)), num.Add(s.Steps, 1)}
			}).Steps
	}
	require.Equal(t, "[  0   1   7   2   5   8  16 111]", jx.VMap(collatz)(jx.From([]int32{1, 2, 3, 4, 5, 6, 7, 27})).String())
}

func TestBranches(t *testing.T) {
	either := func(x *jx.Array) *jx.Array {
		return jx.Cond(num.Greater(x, 0), func() *jx.Array { return num.Sin(x) }, func() *jx.Array { return num.Mul(num.Mul(x, x), x) })
	}
	for _, at := range []float64{0.8, -0.6} {
		adtest.CheckGrads(t, either, jx.Scalar(at).As(jx.Float64), adtest.Options{Order: 3})
		adtest.CheckGrads(t, jx.Jit(either), jx.Scalar(at).As(jx.Float64), adtest.Options{Order: 1})
	}
	adtest.CheckVMap(t, jx.Grad(either), jx.From([]float64{0.8, -0.6}), 1e-12)
	pick := func(i, x *jx.Array) *jx.Array {
		return jx.Switch(i, func() *jx.Array { return num.Sin(x) }, func() *jx.Array { return num.Cos(x) }, func() *jx.Array { return num.Square(x) })
	}
	x := jx.From([]float64{0.1, 0.2, 0.3, 0.4, 0.5})
	got := jx.VMap(pick)(jx.From([]int32{-3, 0, 1, 2, 7}), x)
	requireClose(t, num.Stack(0, num.Sin(x.At(0)), num.Sin(x.At(1)), num.Cos(x.At(2)), num.Square(x.At(3)), num.Square(x.At(4))), got)
	// A branch that is not taken has no derivative to spoil.
	guarded := func(x *jx.Array) *jx.Array {
		return jx.Cond(num.Greater(x, 0), func() *jx.Array { return num.Log(x) }, func() *jx.Array { return num.ZerosLike(x) })
	}
	require.Equal(t, 0.0, jx.Grad(guarded)(jx.Scalar(0.0)).Float())
	require.Equal(t, 0.0, jx.Jit(jx.Grad(guarded))(jx.Scalar(0.0)).Float())
}

// Control flow in each other, in calls, with captured values, to second order.
func TestNestedControlFlow(t *testing.T) {
	f := func(in rnnIn) *jx.Array {
		inner := jx.Jit(func(h *jx.Array) *jx.Array {
			return jx.Cond(num.Greater(num.Sum(h), 0),
				func() *jx.Array { return num.Tanh(num.Dot(h, in.P.Wh)) },
				func() *jx.Array {
					return jx.Fori(0, 2, h, func(_, h *jx.Array) *jx.Array { return num.Add(num.Mul(0.5, h), num.Sin(in.P.B)) })
				})
		})
		h, ys := jx.Scan(in.H, in.Xs, jx.Checkpoint(func(h, x *jx.Array) (*jx.Array, *jx.Array) {
			h = num.Add(inner(h), num.Mul(0.3, x))
			h = jx.While(h,
				func(h *jx.Array) *jx.Array { return num.Greater(num.Max(num.Abs(h)), 0.9) },
				func(h *jx.Array) *jx.Array { return num.Mul(0.8, h) }, jx.MaxTrips(4))
			return h, num.Sum(num.Square(h))
		}))
		return num.Add(num.Sum(ys), num.Sum(h))
	}
	adtest.CheckGrads(t, f, rnnIn{cell, start, steps}, adtest.Options{Order: 2})
	batch := rnnIn{cell, num.Stack(0, start, num.Neg(start)), num.Stack(0, steps, num.Neg(steps))}
	got := jx.VMap(jx.Grad(f), jx.InAt(0, "P", jx.None))(batch)
	for i := range 2 {
		want := jx.Grad(f)(rnnIn{cell, batch.H.At(i), batch.Xs.At(i)})
		requireClose(t, want.P.Wh, got.P.Wh.At(i))
		requireClose(t, want.H, got.H.At(i))
	}
}

func TestCheckpoint(t *testing.T) {
	layer := func(x *jx.Array) *jx.Array { return num.Sin(num.Dot(num.Sin(x), cell.Wh)) }
	count := func(f func(*jx.Array) *jx.Array, op string) int {
		low, err := jx.Lower(jx.ValueAndGrad(func(x *jx.Array) *jx.Array { return num.Sum(f(x)) }), start)
		require.NoError(t, err)
		return strings.Count(low.Text(), op)
	}
	plain := func(x *jx.Array) *jx.Array { return layer(layer(x)) }
	again := func(x *jx.Array) *jx.Array { return jx.Checkpoint(layer)(jx.Checkpoint(layer)(x)) }
	require.Zero(t, count(plain, "optimization_barrier"))
	require.Positive(t, count(again, "optimization_barrier"))
	adtest.CheckGrads(t, again, start, adtest.Options{Order: 2})
	adtest.CheckGrads(t, jx.Checkpoint(plain, jx.SaveDots()), start, adtest.Options{Order: 1})
	named := func(x *jx.Array) *jx.Array { return num.Sin(jx.Name(num.Sin(x), "inner")) }
	adtest.CheckGrads(t, jx.Checkpoint(named, jx.SaveNamed("inner")), start, adtest.Options{Order: 2})

	// What is saved is not computed again.
	twice := func(x *jx.Array) *jx.Array { return num.Sum(num.Exp(jx.Name(num.Dot(num.Sin(x), cell.Wh), "dot"))) }
	for _, row := range []struct {
		what        []jx.RematOption
		dots, sines int
	}{
		{nil, 3, 2}, {[]jx.RematOption{jx.SaveDots()}, 2, 1}, {[]jx.RematOption{jx.SaveNamed("other", "dot")}, 2, 1},
		{[]jx.RematOption{jx.SaveNamed("other")}, 3, 2}, {[]jx.RematOption{jx.SaveNamed("dot"), jx.SaveNamed("other")}, 2, 1},
		{[]jx.RematOption{jx.SaveAll()}, 2, 1},
	} {
		f := jx.Checkpoint(twice, row.what...)
		require.Equal(t, []int{row.dots, row.sines}, []int{count(f, "stablehlo.dot_general"), count(f, "stablehlo.sine")})
	}

	// Saving all computes nothing again, not even in loops and branches.
	loop := func(x *jx.Array) *jx.Array {
		y, _ := jx.Scan(x, struct{}{}, func(c *jx.Array, _ struct{}) (*jx.Array, struct{}) {
			return jx.Cond(num.Greater(num.Sum(c), 0), func() *jx.Array { return num.Sin(layer(c)) }, func() *jx.Array { return num.Sin(c) }), struct{}{}
		}, jx.Length(3))
		return num.Exp(y)
	}
	all := jx.Checkpoint(loop, jx.SaveAll())
	for _, op := range []string{"stablehlo.sine", "stablehlo.dot_general", "stablehlo.while", "stablehlo.exponential"} {
		require.Equal(t, count(loop, op), count(all, op), op)
	}
	require.Greater(t, count(jx.Checkpoint(loop, jx.SaveDots()), "stablehlo.while"), count(loop, "stablehlo.while"))
	adtest.CheckGrads(t, all, start, adtest.Options{Order: 2})
	adtest.CheckGrads(t, jx.Jit(all), start, adtest.Options{Order: 1})
}

func TestControlFlowErrors(t *testing.T) {
	x := jx.From([]float32{1, 2, 3})
	type state struct{ A, B *jx.Array }
	for name, row := range map[string]struct {
		f    func()
		want []string
	}{
		"shape of the state": {func() {
			jx.While(state{x, x}, func(s state) *jx.Array { return num.Less(num.Sum(s.A), 9) }, func(s state) state { return state{s.A, num.Sum(s.B)} })
		}, []string{"loops_test.go:", "While", "{A: f32[3], B: f32[3]}", "{A: f32[3], B: f32[]}", "B"}},
		"dtype of the state": {func() {
			jx.Fori(0, 3, x, func(_, x *jx.Array) *jx.Array { return x.As(jx.Int32) })
		}, []string{"f32[3]", "i32[3]"}},
		"condition": {func() {
			jx.While(x, func(x *jx.Array) *jx.Array { return num.Greater(x, 0) }, func(x *jx.Array) *jx.Array { return x })
		}, []string{"bool[3]", "bool scalar"}},
		"branches": {func() {
			jx.Jit(func(x *jx.Array) map[string]*jx.Array {
				return jx.Cond(num.Greater(num.Sum(x), 0), func() map[string]*jx.Array { return map[string]*jx.Array{"a": x} }, func() map[string]*jx.Array { return map[string]*jx.Array{"b": x} })
			})(x)
		}, []string{"Cond", "a", "b"}},
		"lengths": {func() {
			jx.Scan(x, state{x, num.Stack(0, x, x)}, func(c *jx.Array, s state) (*jx.Array, *jx.Array) { return c, s.A })
		}, []string{"B of xs is f32[2,3]", "3"}},
		"no length": {func() {
			jx.Scan(x, struct{}{}, func(c *jx.Array, _ struct{}) (*jx.Array, *jx.Array) { return c, c })
		}, []string{"jx.Length"}},
		"reading a number": {func() {
			jx.Fori(0, 3, x, func(_, x *jx.Array) *jx.Array { _ = num.Sum(x).Float(); return x })
		}, []string{"the number is not known", "Fori"}},
		"reverse through while": {func() {
			jx.Grad(func(x *jx.Array) *jx.Array {
				return num.Sum(jx.While(x, func(x *jx.Array) *jx.Array { return num.Less(num.Sum(x), 100) }, func(x *jx.Array) *jx.Array { return num.Mul(x, x) }))
			})(x)
		}, []string{"loops_test.go:", "jx.MaxTrips", "jx.Scan"}},
	} {
		t.Run(name, func(t *testing.T) {
			err := jx.Try(row.f)
			require.Error(t, err)
			for _, w := range row.want {
				require.Contains(t, err.Error(), w)
			}
		})
	}
}
