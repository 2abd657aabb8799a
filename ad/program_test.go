package ad_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/jacobi-go/jacobi/ad"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/graph/interp"
	"github.com/jacobi-go/jacobi/internal/ownrules"
)

// programLaws states laws of a program at three points: a difference says
// nothing across the jump of a branch that floats choose.
func programLaws(t *testing.T, l func(t *rapid.T) graphtest.Language, law func(t fataler, g *graph.Graph, x []T, r *rand.Rand)) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Program(t, l(t))
		r := graphtest.Rand(t)
		checked(t, g)
		var failed string
		for range 3 {
			x := graphtest.RandomLikes(r, graph.Avals(g.In))
			if failed = caught(func(t fataler) { law(t, g, x, r) }); failed == "" {
				return
			}
		}
		t.Fatalf("%s", failed)
	})
}

// Programs with both modes keep all laws to the second order.
func TestPrograms(t *testing.T) {
	programLaws(t, func(*rapid.T) graphtest.Language { return graphtest.Language{JVP: ownrules.JVP} },
		func(t fataler, g *graph.Graph, x []T, r *rand.Rand) { laws(t, g, x, r, true, 1) })
}

// A custom VJP in the fwd of another has no forward mode.
func TestProgramsWithCustomVJP(t *testing.T) {
	programLaws(t, func(t *rapid.T) graphtest.Language {
		return graphtest.Language{JVP: ownrules.JVP, VJP: ownrules.VJP, Nested: rapid.Bool().Draw(t, "nested")}
	}, func(t fataler, g *graph.Graph, x []T, r *rand.Rand) { laws(t, g, x, r, true, 1) })
}

// With a while without a bound, there is forward mode, and Linearize.
func TestProgramsForward(t *testing.T) {
	programLaws(t, func(*rapid.T) graphtest.Language { return graphtest.Language{JVP: ownrules.JVP, While: true} }, forwardLaws)
}

func forwardLaws(t fataler, g *graph.Graph, x []T, r *rand.Rand) {
	wrt := graph.Differentiable(g.In)
	dx := directions(r, graph.Pick(wrt, graph.Avals(g.In)), 1)
	j, out := ad.JVP(g, wrt)
	checked(t, j)
	y := interp.Eval(g, x...)
	jy := interp.Eval(j, slices.Concat(x, dx)...)
	compare(t, j, "primal of jvp", jy[:len(y)], y, 1e-12)
	compare(t, j, "jvp and difference", expand(out, jy[len(y):], g.Out), difference(g, x, dx, wrt), 1e-7)

	l := ad.Linearize(g, wrt)
	checked(t, l.Primal)
	checked(t, l.Tangent)
	known := interp.Eval(l.Primal, x...)
	compare(t, l.Primal, "primal of linearize", known[:len(y)], y, 0)
	compare(t, l.Tangent, "tangent and jvp", interp.Eval(l.Tangent, slices.Concat(ad.Residuals(l, x, known), dx)...), jy[len(y):], 1e-10)
}

// An event is what a callback saw.
type event struct {
	name string
	in   []T
}

// events runs g and returns what its callbacks saw.
func events(g *graph.Graph, x []T) (seen []event, y []T) {
	host := interp.Host(func(p graph.CallbackParams, in []T) []T {
		seen = append(seen, event{p.Name, in[1:]})
		if len(p.Out) == 0 {
			return nil
		}
		return []T{interp.Scalar(graph.Int32, float64(in[1].Data[0].I+1))}
	})
	y = host.Eval(g, x...)
	return seen, y
}

func sameEvents(t fataler, what string, got, want []event, gs ...*graph.Graph) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d events, want %d\n%v", what, len(got), len(want), gs)
	}
	for i, e := range got {
		if e.name != want[i].name {
			t.Fatalf("%s: event %d is %s, want %s\n%v", what, i, e.name, want[i].name, gs)
		}
		compare(t, gs[0], what, e.in, want[i].in, 1e-12)
	}
}

// Effects happen once, in order, whatever is differentiated or checkpointed.
func TestProgramEffects(t *testing.T) {
	programLaws(t, func(*rapid.T) graphtest.Language {
		return graphtest.Language{JVP: ownrules.JVP, VJP: ownrules.VJP, Effects: true}
	}, func(t fataler, g *graph.Graph, x []T, r *rand.Rand) {
		want, y := events(g, x)
		wrt := graph.Differentiable(g.In)
		ct := directions(r, graph.Pick(graph.Differentiable(g.Out), graph.Avals(g.Out)), 1)
		s := graph.Simplify(g)
		got, sy := events(s, x)
		sameEvents(t, "simplify", got, want, s, g)
		compare(t, s, "simplify", sy, y, 0)

		if !hasCustomVJP(g) {
			j, _ := ad.JVP(g, wrt)
			got, _ := events(j, slices.Concat(x, directions(r, graph.Avals(j.In[len(x):]), 1)))
			sameEvents(t, "jvp", got, want, j, g)
		}
		v := ad.VJP(g, wrt)
		checked(t, v)
		got, vy := events(v, slices.Concat(x, ct))
		sameEvents(t, "vjp", got, want, v, g)
		compare(t, v, "primal of vjp", vy[:len(y)], y, 1e-12)
		vv := ad.VJP(v, graph.Differentiable(v.In))
		checked(t, vv)
		ct = directions(r, graph.Pick(graph.Differentiable(v.Out), graph.Avals(v.Out)), 1)
		got, _ = events(vv, slices.Concat(x, directions(r, graph.Avals(v.In[len(g.In):]), 1), ct))
		sameEvents(t, "vjp of vjp", got, want, vv, v, g)
	})
}

// Simplify, Trim and printing change nothing that a program computes.
func TestProgramsKept(t *testing.T) {
	programLaws(t, func(*rapid.T) graphtest.Language {
		return graphtest.Language{JVP: ownrules.JVP, VJP: ownrules.VJP, While: true}
	}, func(t fataler, g *graph.Graph, x []T, r *rand.Rand) {
		y := interp.Eval(g, x...)
		s := graph.Simplify(g)
		checked(t, s)
		compare(t, s, "simplify", interp.Eval(s, x...), y, 0)

		used := make([]bool, len(g.Out))
		for i := range used {
			used[i] = r.IntN(2) == 0
		}
		trimmed := graph.Trim(g, used, make([]bool, len(g.In)))
		checked(t, trimmed.Graph)
		compare(t, trimmed.Graph, "trim", interp.Eval(trimmed.Graph, graph.Pick(trimmed.In, x)...), graph.Pick(used, y), 0)

		read, err := graph.Parse(g.String())
		if err != nil {
			t.Fatalf("%v\n%v", err, g)
		}
		checked(t, read)
		again, err := graph.Parse(read.String()) // which has every literal once, as read
		if err != nil || again.String() != read.String() {
			t.Fatalf("printed, read and printed again: %v\n%v\n%v", err, read, again)
		}
		compare(t, read, "parsed", interp.Eval(read, x...), y, 0)
	})
}

// An effect with a result that is needed again is not repeated: its result is
// kept, whatever is recomputed around it.
func TestEffectWithResultHappensOnce(t *testing.T) {
	step := graph.Build([]graph.Aval{i32(), f64()}, func(b B, in []V) []V {
		i := b.Callback(graphtest.CountParams, b.Scalar(graph.Int32, 0), in[0])[0]
		return []V{i, b.Mul(b.Sin(in[1]), b.Sin(b.Convert(i, graph.Float64)))}
	})
	in := graph.Avals(step.In)
	remat := graph.Build(in, func(b B, in []V) []V { return b.Checkpoint(graph.CheckpointParams{Graph: step}, in...) })
	scan := func(body *graph.Graph) *graph.Graph {
		return graph.Build(in, func(b B, in []V) []V {
			return b.Scan(graph.ScanParams{Body: body, Carry: 2, Length: 3, Unroll: 1}, in...)
		})
	}
	loop := func(trips int) *graph.Graph {
		p := graph.WhileParams{Body: step, MaxTrips: trips, Levels: 2,
			Cond: graph.Build(in, func(b B, in []V) []V { return []V{b.Lt(in[0], b.Scalar(graph.Int32, 3))} })}
		return graph.Build(in, func(b B, in []V) []V { return b.While(p, in...) })
	}
	// A residual that is the same in every step is computed ahead of the loop.
	invariant := graph.Build([]graph.Aval{f64(), i32(), f64()}, func(b B, in []V) []V {
		i := b.Callback(graphtest.CountParams, b.Scalar(graph.Int32, 0), in[1])[0]
		return []V{i, b.Mul(b.Sin(in[2]), b.Sin(in[0]))}
	})
	for name, g := range map[string]*graph.Graph{
		"checkpoint": remat, "scan": scan(step), "scan of checkpoint": scan(remat), "bounded while": loop(8),
		"scan with invariant residual": graph.Build(in, func(b B, in []V) []V {
			return b.Scan(graph.ScanParams{Body: invariant, Consts: 1, Carry: 2, Length: 3, Unroll: 1}, in[1], in[0], in[1])
		}),
	} {
		t.Run(name, func(t *testing.T) {
			x := []T{interp.Scalar(graph.Int32, 0), scalar(0.5)}
			want, y := events(g, x)
			v := ad.VJP(g, []bool{false, true})
			checked(t, v)
			got, vy := events(v, slices.Concat(x, []T{scalar(1)}))
			sameEvents(t, "vjp", got, want, v)
			compare(t, v, "primal", vy[:2], y, 0)
			vv := ad.VJP(v, graph.Differentiable(v.In))
			got, _ = events(vv, slices.Concat(x, []T{scalar(1), scalar(1), scalar(1)}))
			sameEvents(t, "vjp of vjp", got, want, vv)
		})
	}
	err := graph.Try(func() { ad.Linearize(loop(0), []bool{false, true}) })
	require.ErrorContains(t, err, "callback")
	require.ErrorContains(t, err, "program_test.go:")
}

// A tangent that is zero, but not symbolically, is known; the linear map of a
// custom VJP cannot be run on it forward.
func TestCustomVJPOfZeroTangent(t *testing.T) {
	x := []graph.Aval{f64(2)}
	flat := graph.CustomJVPParams{Name: "flat",
		Graph: graph.Build(x, func(b B, in []V) []V { return []V{b.Sign(in[0])} }),
		JVP:   graph.Build(append(x, x...), func(b B, in []V) []V { return []V{b.Sign(in[0]), b.Zeros(x[0])} }),
	}
	rule := graph.Build(append(x, x...), func(b B, in []V) []V { return []V{double(b, in[0], in[1])} })
	for name, apply := range map[string]func(b B, x, y V) V{
		"alone":   func(b B, x, y V) V { return double(b, x, y) },
		"in call": func(b B, x, y V) V { return b.Call("f", rule, x, y)[0] },
		"in cond": func(b B, x, y V) V {
			return b.Cond([]*graph.Graph{rule, rule}, b.Scalar(graph.Int32, 1), x, y)[0]
		},
		"in checkpoint": func(b B, x, y V) V { return b.Checkpoint(graph.CheckpointParams{Graph: rule}, x, y)[0] },
		"in scan": func(b B, x, y V) V {
			return b.Scan(graph.ScanParams{Body: rule.Rewire([]V{rule.In[1], rule.In[0]}, rule.Out), Consts: 1, Carry: 1, Length: 1, Unroll: 1}, y, x)[0]
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := graph.Build(x, func(b B, in []V) []V {
				zero := b.CustomJVP(flat, in[0])[0]
				return []V{b.ReduceSum(b.Add(apply(b, zero, b.StopGradient(in[0])), b.Sin(in[0])), 0)}
			})
			at, want := floats(0.3, -0.4), []float64{math.Cos(0.3), math.Cos(-0.4)}
			d := ad.Grad(g, []bool{true}, false)
			checked(t, d)
			equal(t, want, interp.Eval(d, at)[0])
			l := ad.Linearize(g, []bool{true})
			res := ad.Residuals(l, []T{at}, interp.Eval(l.Primal, at))
			assert.InDelta(t, want[1], interp.Eval(l.Tangent, append(res, floats(0, 1))...)[0].Floats()[0], 1e-12)
		})
	}
}
