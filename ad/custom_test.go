package ad_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/jacobi-go/jacobi/ad"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/graph/interp"
	"github.com/jacobi-go/jacobi/internal/ownrules"
)

// The value's part of a rule computes what the function does.
func TestRulePrimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Program(t, graphtest.Language{JVP: ownrules.JVP})
		r := graphtest.Rand(t)
		p := ad.RulePrimal(ownrules.JVP(g), len(g.In), len(g.Out))
		checked(t, p)
		x := graphtest.RandomLikes(r, graph.Avals(g.In))
		compare(t, g, "value of the rule", interp.Eval(p, x...), interp.Eval(g, x...), 0)
	})
	mixed := graph.Build([]graph.Aval{f64(3), f64(3)}, func(b B, in []V) []V { return []V{b.Add(in[0], in[1]), in[1]} })
	require.Nil(t, ad.RulePrimal(mixed, 1, 1), "its value has the tangent in it")
}

// late is x -> scale sin(x) exp(x), whose two factors have rules of their own,
// the second one for later if it is so.
func late(second int) *graph.Graph {
	rule := func(b B, p graph.CustomVJPParams, f, df func(b B, x V) V, x, captured V) V {
		p.Graph = graph.Build([]graph.Aval{f64(), f64(3)}, func(b B, in []V) []V { return []V{b.Mul(in[0], f(b, in[1]))} })
		p.Fwd = graph.Build([]graph.Aval{f64(), f64(3)}, func(b B, in []V) []V {
			return []V{b.Mul(in[0], f(b, in[1])), df(b, in[1])}
		})
		if p.Late == 0 {
			p.Bwd = graph.Build([]graph.Aval{f64(), f64(3), f64(3)}, func(b B, in []V) []V { return []V{b.Mul(in[0], b.Mul(in[1], in[2]))} })
		}
		p.Captured = 1
		return b.CustomVJP(p, captured, x)[0]
	}
	return graph.Build([]graph.Aval{f64(3), f64()}, func(b B, in []V) []V {
		x, scale := in[0], in[1]
		u := rule(b, graph.CustomVJPParams{Name: "sin"}, B.Sin, B.Cos, x, b.Scalar(graph.Float64, 1))
		v := rule(b, graph.CustomVJPParams{Name: "exp", Late: second}, B.Exp, B.Exp, x, scale)
		return []V{b.Mul(u, v)}
	})
}

// A rule that comes later does what it had done at once, with what it captured
// as residuals.
func TestLateRules(t *testing.T) {
	r := graphtest.Seeded(t)
	wrt := []bool{true, false}
	now, l := ad.Linearize(late(0), wrt), ad.Linearize(late(7), wrt)
	require.Empty(t, now.LateRules())
	require.Same(t, now, now.WithRules(nil))
	rules := l.LateRules()
	require.Len(t, rules, 1)
	require.Equal(t, 7, rules[0].Late)
	require.Len(t, rules[0].Res, 1, "what the function captured is no residual of the rule")

	bwd := graph.Build([]graph.Aval{f64(), f64(3), f64(3)}, func(b B, in []V) []V { return []V{b.Mul(in[0], b.Mul(in[1], in[2]))} })
	with := l.WithRules([]ad.Rule{{Bwd: bwd, Captured: 1}})
	require.Empty(t, with.LateRules())
	x, scale, ct := graphtest.RandomLike(r, f64(3)), scalar(1.7), graphtest.RandomLike(r, f64(3))
	in := []T{x, scale}
	pull := func(l *ad.Linear, captured ...T) []T {
		t := l.Transpose()
		return interp.Eval(t, append(append(captured, ad.Residuals(l, in, interp.Eval(l.Primal, in...))...), ct)...)
	}
	compare(t, late(0), "later", pull(with, scale), pull(now), 0)
}

// Params with a rule for later are printed and parsed, and tell graphs apart.
func TestLateRulesArePrinted(t *testing.T) {
	g := late(7)
	again, err := graph.Parse(g.String())
	require.NoError(t, err)
	require.Equal(t, g.Fingerprint(), again.Fingerprint())
	require.NotEqual(t, g.Fingerprint(), late(8).Fingerprint())
	require.Equal(t, late(7).Fingerprint(), g.Fingerprint())
}

// pushedByCustom is a rule whose tangent is that of a custom function.
func pushedByCustom(g *graph.Graph) *graph.Graph {
	all := graph.Differentiable(g.In)
	l := ad.Linearize(g, all)
	p := graph.CustomJVPParams{Name: "push", Graph: l.Tangent, JVP: ownrules.JVP(l.Tangent)}
	return graph.Build(append(graph.Avals(g.In), graph.Avals(graph.Pick(all, g.In))...), func(b B, in []V) []V {
		x, dx := in[:len(g.In)], in[len(g.In):]
		out := b.Inline(l.Primal, x...)
		dy := b.CustomJVP(p, append(ad.Residuals(l, x, out), dx...)...)
		y := append([]V{}, out[:len(g.Out)]...)
		for i, v := range g.Out {
			switch {
			case l.Out[i]:
				y, dy = append(y, dy[0]), dy[1:]
			case v.DType.Differentiable():
				y = append(y, b.Zeros(v.Aval))
			}
		}
		return y
	})
}

// A rule may apply custom functions to the tangent, whatever is in them.
func TestCustomFunctionsOfTangents(t *testing.T) {
	programLaws(t, func(*rapid.T) graphtest.Language { return graphtest.Language{JVP: pushedByCustom} },
		func(t fataler, g *graph.Graph, x []T, r *rand.Rand) { laws(t, g, x, r, true, 1) })
}
