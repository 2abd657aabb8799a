package ad_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"jacobi/ad"
	"jacobi/graph"
	"jacobi/graph/graphtest"
	"jacobi/graph/interp"
)

// ownJVP and ownVJP make custom rules of the derivative that a function has.
func ownJVP(g *graph.Graph) *graph.Graph {
	all := graph.Differentiable(g.In)
	j, out := ad.JVP(g, all)
	return graph.Build(graph.Avals(j.In), func(b B, in []V) []V {
		y := b.Inline(j, in...)
		dy := y[len(g.Out):]
		y = slices.Clone(y[:len(g.Out)])
		for i, v := range g.Out {
			switch {
			case out[i]:
				y, dy = append(y, dy[0]), dy[1:]
			case v.DType.Differentiable():
				y = append(y, b.Zeros(v.Aval))
			}
		}
		return y
	})
}

func ownVJP(g *graph.Graph) *graph.Graph { return ad.VJP(g, graph.Differentiable(g.In)) }

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
	programLaws(t, func(*rapid.T) graphtest.Language { return graphtest.Language{JVP: ownJVP} },
		func(t fataler, g *graph.Graph, x []T, r *rand.Rand) { laws(t, g, x, r, true, 1) })
}

// A custom VJP in the fwd of another has no forward mode.
func TestProgramsWithCustomVJP(t *testing.T) {
	programLaws(t, func(t *rapid.T) graphtest.Language {
		return graphtest.Language{JVP: ownJVP, VJP: ownVJP, Nested: rapid.Bool().Draw(t, "nested")}
	}, func(t fataler, g *graph.Graph, x []T, r *rand.Rand) { laws(t, g, x, r, true, 1) })
}

// With a while without a bound, there is forward mode, and Linearize.
func TestProgramsForward(t *testing.T) {
	programLaws(t, func(*rapid.T) graphtest.Language { return graphtest.Language{JVP: ownJVP, While: true} }, forwardLaws)
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
	defer func(f func(graph.CallbackParams, []T) []T) { interp.OnCallback = f }(interp.OnCallback)
	interp.OnCallback = func(p graph.CallbackParams, in []T) []T {
		seen = append(seen, event{p.Name, in[1:]})
		if len(p.Out) == 0 {
			return nil
		}
		return []T{interp.Scalar(graph.Int32, float64(in[1].Data[0].I+1))}
	}
	y = interp.Eval(g, x...)
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
		return graphtest.Language{JVP: ownJVP, VJP: ownVJP, Effects: true}
	}, func(t fataler, g *graph.Graph, x []T, r *rand.Rand) {
		want, y := events(g, x)
		wrt := graph.Differentiable(g.In)
		ct := directions(r, graph.Pick(graph.Differentiable(g.Out), graph.Avals(g.Out)), 1)
		s := graph.Simplify(g)
		got, sy := events(s, x)
		sameEvents(t, "simplify", got, want, s, g)
		compare(t, s, "simplify", sy, y, 0)

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
		return graphtest.Language{JVP: ownJVP, VJP: ownVJP, While: true}
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
