package ad_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/ad"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/graph/interp"
)

func i32(shape ...int) graph.Aval { return graph.Aval{DType: graph.Int32, Shape: shape} }

func matvec(b B, w, x V) V {
	return b.DotGeneral(w, x, graph.DotParams{LHSContract: []int{1}, RHSContract: []int{0}, Prefer: graph.Float64})
}

// h' = tanh(W h + sin(u) x), loss = sum h'; sin(u) is the same in every step.
func rnn(reverse bool) *graph.Graph {
	body := graph.Build([]graph.Aval{f64(3, 3), f64(3), f64(3), f64(3)}, func(b B, in []V) []V { // W u | h | x
		h := b.Tanh(b.Add(matvec(b, in[0], in[2]), b.Mul(b.Sin(in[1]), in[3])))
		return []V{h, b.ReduceSum(h, 0)}
	})
	return graph.Build([]graph.Aval{f64(3, 3), f64(3), f64(3), f64(4, 3)}, func(b B, in []V) []V {
		return b.Scan(graph.ScanParams{Body: body, Consts: 2, Carry: 1, Length: 4, Reverse: reverse, Unroll: 1}, in...)
	})
}

// Carries that enter with a zero tangent and gain one a step later, a counter
// that never has one, and a table that it reads.
func slowScan() *graph.Graph {
	body := graph.Build([]graph.Aval{f64(5), f64(), f64(), i32()}, func(b B, in []V) []V { // table | x z i
		row := b.Reshape(b.DynamicSlice(in[0], in[3:], []int{1}))
		x := b.Add(b.Mul(b.Sin(in[1]), row), in[2])
		return []V{x, b.Mul(in[1], in[2]), b.Add(in[3], b.Scalar(graph.Int32, 1))}
	})
	return graph.Build([]graph.Aval{f64(5), f64()}, func(b B, in []V) []V {
		zero := b.Scalar(graph.Float64, 0)
		return b.Scan(graph.ScanParams{Body: body, Consts: 1, Carry: 3, Length: 5, Unroll: 1}, in[0], in[1], zero, b.Scalar(graph.Int32, 0))[:2]
	})
}

// The branches need one residual each, which is not the same value, and the
// operands; one gives an output that does not depend on them.
func branches(index graph.Aval) *graph.Graph {
	in := []graph.Aval{f64(3), f64(3)}
	gs := []*graph.Graph{
		graph.Build(in, func(b B, in []V) []V { return []V{b.Mul(b.Sin(in[0]), in[1]), in[1]} }),
		graph.Build(in, func(b B, in []V) []V { return []V{b.Cos(in[1]), b.Exp(in[0])} }),
		graph.Build(in, func(b B, in []V) []V { return []V{b.Ones(f64(3)), b.Mul(in[0], in[0])} }),
	}
	if index.DType == graph.Bool {
		gs = gs[:2]
	}
	return graph.Build(append([]graph.Aval{index}, in...), func(b B, in []V) []V { return b.Cond(gs, in[0], in[1:]...) })
}

// while i < n and y < 9: i, y, z = i+1, sin(y) c + z, y
func countdown(trips, levels int) *graph.Graph {
	in := []graph.Aval{i32(), f64(2), i32(), f64(2), f64(2)} // n c | i y z
	cond := graph.Build(in, func(b B, in []V) []V {
		return []V{b.And(b.Lt(in[2], in[0]), b.Lt(b.ReduceMax(in[3], 0), b.Scalar(graph.Float64, 9)))}
	})
	body := graph.Build(in, func(b B, in []V) []V {
		return []V{b.Add(in[2], b.Scalar(graph.Int32, 1)), b.Add(b.Mul(b.Sin(in[3]), in[1]), in[4]), in[3]}
	})
	return graph.Build(in, func(b B, in []V) []V {
		return b.While(graph.WhileParams{Cond: cond, Body: body, Consts: 2, MaxTrips: trips, Levels: levels}, in...)[1:]
	})
}

func layers(p graph.CheckpointParams) *graph.Graph {
	in := []graph.Aval{f64(3, 3), f64(3)}
	p.Graph = graph.Build(in, func(b B, in []V) []V {
		h := b.Name(matvec(b, in[0], b.Sin(in[1])), "h")
		return []V{b.Tanh(matvec(b, in[0], b.Tanh(h)))}
	})
	return graph.Build(in, func(b B, in []V) []V { return b.Checkpoint(p, in...) })
}

// x y, with the derivative said to be that of x y; the second operand is
// captured.
func productRule(b B, x, y V) V {
	in := []graph.Aval{y.Aval, x.Aval}
	p := graph.CustomJVPParams{Name: "product", Captured: 1,
		Graph: graph.Build(in, func(b B, in []V) []V { return []V{b.Mul(in[1], in[0])} }),
		JVP: graph.Build(append(in, x.Aval), func(b B, in []V) []V {
			return []V{b.Mul(in[1], in[0]), b.Mul(in[2], in[0])}
		})}
	return b.CustomJVP(p, y, x)[0]
}

func TestControlLaws(t *testing.T) {
	cases := map[string]*graph.Graph{
		"scan": rnn(false), "reverse scan": rnn(true), "slow scan": slowScan(),
		"cond": branches(i32()), "cond of bool": branches(graph.Aval{DType: graph.Bool, Shape: []int{}}),
		"checkpoint": layers(graph.CheckpointParams{}), "checkpoint dots": layers(graph.CheckpointParams{SaveDots: true}),
		"checkpoint all":   layers(graph.CheckpointParams{SaveAll: true}),
		"checkpoint named": layers(graph.CheckpointParams{SaveNamed: []string{"h"}}),
		"custom_jvp": graph.Build([]graph.Aval{f64(3), f64(3)}, func(b B, in []V) []V {
			return []V{productRule(b, b.Sin(in[0]), b.StopGradient(b.Ones(f64(3))))}
		}),
		"scan of checkpoint of cond": scanOf(func(b B, i, c, x V) V {
			g := branches(i32())
			remat := graph.Build(graph.Avals(g.In), func(b B, in []V) []V {
				return []V{b.Add(b.Inline(g, in...)[0], in[1])}
			})
			return b.Tanh(b.Checkpoint(graph.CheckpointParams{Graph: remat}, i, c, x)[0])
		}),
		"scan of scan": scanOf(func(b B, i, c, x V) V {
			inner := scanOf(func(b B, i, c, x V) V { return b.Mul(b.Sin(c), x) })
			xs := b.BroadcastInDim(x, []int{3, 3}, []int{1})
			return b.Inline(inner, c, xs)[0]
		}),
	}
	for name, g := range cases {
		t.Run(name, func(t *testing.T) {
			r := graphtest.Seeded(t)
			for range 3 {
				laws(t, g, graphtest.RandomLikes(r, graph.Avals(g.In)), r, !stopsGradient(g), 2)
			}
		})
	}
}

// scanOf carries c' = f(i, c, x) with a counter.
func scanOf(f func(b B, i, c, x V) V) *graph.Graph {
	body := graph.Build([]graph.Aval{i32(), f64(3), f64(3)}, func(b B, in []V) []V {
		c := f(b, in[0], in[1], in[2])
		return []V{b.Add(in[0], b.Scalar(graph.Int32, 1)), c, b.Exp(c)}
	})
	return graph.Build([]graph.Aval{f64(3), f64(3, 3)}, func(b B, in []V) []V {
		return b.Scan(graph.ScanParams{Body: body, Carry: 2, Length: 3, Unroll: 1}, b.Scalar(graph.Int32, 0), in[0], in[1])[1:]
	})
}

// A while with a bound on its trips has every derivative, however many trips
// it makes of those it may.
func TestBoundedWhile(t *testing.T) {
	for _, levels := range []int{1, 2, 3} {
		for _, trips := range []int{1, 5, 8} {
			for _, n := range []int64{0, 1, 3, 5, 8, 9} {
				t.Run(fmt.Sprintf("%d of %d trips, %d levels", n, trips, levels), func(t *testing.T) {
					g := countdown(trips, levels)
					r := graphtest.Seeded(t)
					x := graphtest.RandomLikes(r, graph.Avals(g.In))
					x[0], x[2] = interp.Scalar(graph.Int32, float64(n)), interp.Scalar(graph.Int32, 0)
					laws(t, g, x, r, true, 1)
				})
			}
		}
	}
}

// Without a bound, forward mode and Linearize work; reverse mode says what to
// do.
func TestUnboundedWhile(t *testing.T) {
	g := countdown(0, 0)
	wrt := graph.Differentiable(g.In)
	r := graphtest.Seeded(t)
	for n := range int64(5) {
		x := graphtest.RandomLikes(r, graph.Avals(g.In))
		x[0], x[2] = interp.Scalar(graph.Int32, float64(n)), interp.Scalar(graph.Int32, 0)
		dx := directions(r, graph.Pick(wrt, graph.Avals(g.In)), 1)
		j, out := ad.JVP(g, wrt)
		checked(t, j)
		y := interp.Eval(j, slices.Concat(x, dx)...)
		compare(t, j, "jvp and difference", expand(out, y[len(g.Out):], g.Out), difference(g, x, dx, wrt), 1e-8)

		l := ad.Linearize(g, wrt)
		checked(t, l.Primal)
		checked(t, l.Tangent)
		res := ad.Residuals(l, x, interp.Eval(l.Primal, x...))
		compare(t, l.Tangent, "tangent and jvp", interp.Eval(l.Tangent, slices.Concat(res, dx)...), y[len(g.Out):], 1e-12)
	}
	err := graph.Try(func() { ad.VJP(g, wrt) })
	require.ErrorContains(t, err, "MaxTrips")
	require.ErrorContains(t, err, "control_test.go:")
}

// double is x y whose gradient for x is 2 y and for y zero.
func double(b B, x, y V) V {
	in := []graph.Aval{x.Aval, y.Aval}
	p := graph.CustomVJPParams{Name: "double",
		Graph: graph.Build(in, func(b B, in []V) []V { return []V{b.Mul(in[0], in[1])} }),
		Fwd:   graph.Build(in, func(b B, in []V) []V { return []V{b.Mul(in[0], in[1]), in[1]} }),
		Bwd: graph.Build(in, func(b B, in []V) []V { // y, ct
			return []V{b.Mul(in[1], b.Mul(in[0], b.Scalar(graph.Float64, 2))), b.Zeros(in[1].Aval)}
		})}
	return b.CustomVJP(p, x, y)[0]
}

// The custom derivative is used, at first and second order, in both modes.
func TestCustomVJP(t *testing.T) {
	g := graph.Build([]graph.Aval{f64(2), f64(2)}, func(b B, in []V) []V {
		return []V{b.ReduceSum(double(b, in[0], in[1]), 0)}
	})
	both := []bool{true, true}
	x, y := floats(1, 2), floats(4, 5)
	d := ad.Grad(g, both, false)
	res := interp.Eval(d, x, y)
	equal(t, []float64{8, 10}, res[0])
	equal(t, []float64{0, 0}, res[1])

	j, _ := ad.JVP(d, both) // of (2y, 0) along (x, y)
	equal(t, []float64{8, 10}, interp.Eval(j, x, y, x, y)[2])
	laws(t, d, []T{x, y}, graphtest.Seeded(t), true, 1)

	err := graph.Try(func() { ad.JVP(g, both) })
	require.ErrorContains(t, err, "custom_vjp")
	require.ErrorContains(t, err, "control_test.go:")
	_, out := ad.JVP(g, []bool{false, false})
	assert.Equal(t, []bool{false}, out)
}

// In a scan the backward rule runs in the reverse scan.
func TestCustomVJPInScan(t *testing.T) {
	g := scanOf(func(b B, i, c, x V) V { return double(b, c, b.Sin(x)) })
	total := graph.Build(graph.Avals(g.In), func(b B, in []V) []V { return []V{b.ReduceSum(b.Inline(g, in...)[0], 0)} })
	d := ad.Grad(total, []bool{true, true}, false)
	checked(t, d)
	xs := interp.FromFloats(graph.Float64, []float64{.1, .2, .3, .4, .5, .6, .7, .8, .9}, 3, 3)
	want := interp.Eval(graph.Build(graph.Avals(g.In), func(b B, in []V) []V {
		return []V{b.Mul(b.Scalar(graph.Float64, 8), b.ReduceProd(b.Sin(in[1]), 0))}
	}), floats(1, 1, 1), xs)[0]
	res := interp.Eval(d, floats(1, 1, 1), xs)
	equal(t, want.Floats(), res[0])
	assert.Equal(t, make([]float64, 9), res[1].Floats())
}

// A value that a function with a custom rule closes over has no place in the
// rule for its derivative.
func TestCustomRuleRefusesCaptured(t *testing.T) {
	g := graph.Build([]graph.Aval{f64(3), f64(3)}, func(b B, in []V) []V { return []V{productRule(b, in[0], b.Exp(in[1]))} })
	require.ErrorContains(t, graph.Try(func() { ad.JVP(g, []bool{true, true}) }), "closes over")
	require.NoError(t, graph.Try(func() { ad.VJP(g, []bool{true, false}) }))
}

// What the gradient of a checkpoint computes: each dot of the forward pass once
// more, unless saved; backward there are two for each. The last dot's
// value is needed by tanh's derivative, so it, too, is computed again.
func TestCheckpointComputesAgain(t *testing.T) {
	for _, c := range []struct {
		p    graph.CheckpointParams
		dots int
	}{
		{graph.CheckpointParams{}, 2 + 2 + 4},
		{graph.CheckpointParams{SaveDots: true}, 2 + 4},
		{graph.CheckpointParams{SaveNamed: []string{"h"}}, 2 + 1 + 4},
		{graph.CheckpointParams{SaveAll: true}, 2 + 4},
	} {
		v := ad.VJP(layers(c.p), []bool{true, true})
		dots, recomputes := 0, 0
		for _, g := range graphs(v) {
			for _, e := range g.Eqns {
				if e.Op == graph.OpDot {
					dots++
				}
				if p, ok := e.Params.(graph.CheckpointParams); ok && p.Recomputes {
					recomputes++
				}
			}
		}
		assert.Equal(t, c.dots, dots, "%v", v)
		assert.Equal(t, 1, recomputes, "%v", v)
	}
}

// One forward scan that stacks what is different in each step and only that,
// and one backward.
func TestScanResiduals(t *testing.T) {
	v := ad.VJP(rnn(false), graph.Fill(true, 4))
	var scans []graph.ScanParams
	for _, e := range v.Eqns {
		if p, ok := e.Params.(graph.ScanParams); ok {
			scans = append(scans, p)
		}
	}
	require.Len(t, scans, 2, "%v", v)
	assert.False(t, scans[0].Reverse)
	assert.True(t, scans[1].Reverse)
	assert.Len(t, scans[0].Body.Out, 1+1+2, "h; the loss; the stacked h and tanh'\n%v", v)
}

// Effects happen once, in the first run.
func TestEffectsHappenOnce(t *testing.T) {
	print := graph.CallbackParams{Name: "print", Effect: true}
	body := graph.Build([]graph.Aval{f64()}, func(b B, in []V) []V {
		b.Callback(print, in[0])
		return []V{b.Sin(in[0])}
	})
	remat := graph.Build([]graph.Aval{f64()}, func(b B, in []V) []V {
		return b.Checkpoint(graph.CheckpointParams{Graph: body}, in...)
	})
	g := graph.Build([]graph.Aval{f64()}, func(b B, in []V) []V {
		return b.Scan(graph.ScanParams{Body: remat, Carry: 1, Length: 3, Unroll: 1}, in...)
	})
	var seen []float64
	host := interp.Host(func(_ graph.CallbackParams, in []T) []T {
		seen = append(seen, in[0].Floats()...)
		return nil
	})
	host.Eval(g, scalar(0.5))
	want := slices.Clone(seen)
	require.Len(t, want, 3)
	all := []bool{true}
	v := ad.VJP(g, all)
	j, _ := ad.JVP(v, []bool{true, true})
	for _, d := range []*graph.Graph{v, j, ad.VJP(v, []bool{true, true})} {
		seen = nil
		host.Eval(d, directions(graphtest.Seeded(t), graph.Avals(d.In), 1)...)
		assert.Len(t, seen, 3)
	}
	seen = nil
	host.Eval(v, scalar(0.5), scalar(1))
	assert.Equal(t, want, seen)
}
