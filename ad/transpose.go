package ad

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

// Transpose turns a graph that is linear in the inputs in mask linear into its
// transpose: (the other inputs, in place; cotangents of the outputs in mask ct)
// -> cotangents of the linear inputs in mask out. Cotangents that are not in a
// mask are zero. Those in mask force, over the linear inputs, are returned even
// if zero; nil forces none.
//
// The pairing is <ct, dx> = Re(sum ct*dx), without conjugation.
func Transpose(g *graph.Graph, linear, ct, force []bool) (t *graph.Graph, out []bool) {
	t, out = transpose(g, linear, ct, force)
	return graph.Simplify(t), out
}

// transpose is Transpose for graphs that are simplified as a part of another.
func transpose(g *graph.Graph, linear, ct, force []bool) (*graph.Graph, []bool) {
	type result struct {
		*graph.Graph
		out []bool
	}
	r := graph.Remember(g, graph.Key("transpose", linear, ct, force), func() result {
		var b graph.Builder
		primal, cts, isLinear := graph.NewEnv[V](g), graph.NewEnv[V](g), graph.NewEnv[bool](g)
		for i, v := range g.In {
			if isLinear.Set(v, linear[i]); !linear[i] {
				primal.Set(v, b.Input(v.Aval))
			}
		}
		for _, v := range graph.Pick(ct, g.Out) {
			mustDiffer("cotangent", v)
			cts.Set(v, addTangents(&b, cts.Get(v), b.Input(v.Aval)))
		}
		for _, e := range g.Eqns {
			if slices.ContainsFunc(e.In, isLinear.Get) {
				for _, v := range e.Out {
					isLinear.Set(v, true)
				}
				continue
			}
			b.At(e)
			primal.Bind(e.Out, emitKnown(&b, e, primal.Lookup(e.In)))
		}
		for _, e := range slices.Backward(g.Eqns) {
			ct := cts.Lookup(e.Out)
			if allNil(ct) || !slices.ContainsFunc(e.Out, isLinear.Get) {
				continue
			}
			b.At(e)
			for i, c := range rules[e.Op].transpose(&b, e, ct, primal.Lookup(e.In)) {
				if v := e.In[i]; c != nil && isLinear.Get(v) {
					cts.Set(v, addTangents(&b, cts.Get(v), gatherCotangent(&b, e, c, v)))
				}
			}
		}
		b.AtPC(0)
		dx := graph.Pick(linear, g.In)
		ctx := cts.Lookup(dx)
		out := present(ctx)
		if force != nil {
			out = graph.Or(out, force)
		}
		return result{b.Graph(pick(&b, out, ctx, dx)...), out}
	})
	return r.Graph, r.out
}

// gatherCotangent sums the cotangent of a scalar that an elementwise op used in
// every place.
func gatherCotangent(b B, e E, ct, x V) V {
	if e.Op.Elementwise() && x.Rank() == 0 && ct.Rank() > 0 {
		ct = b.ReduceSum(ct, graph.Seq(0, ct.Rank())...)
	}
	mustMatch(e, "cotangent", ct, x)
	return ct
}
