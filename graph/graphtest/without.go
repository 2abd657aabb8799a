package graphtest

import (
	"testing"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/interp"
)

// EvalWithout gives g's results, where a machine cannot compute in type d: eval
// runs what is left of g without it, and the results that depend on it are the
// reference's, which is logged.
func EvalWithout(t testing.TB, d graph.DType, g *graph.Graph, in []interp.Tensor, eval func(g *graph.Graph) []interp.Tensor) []interp.Tensor {
	rest, kept := Without(g, d)
	if len(kept) == len(g.Out) {
		return eval(g)
	}
	t.Logf("skipped %d of %d results: they need %v, in which this processor does not compute", len(g.Out)-len(kept), len(g.Out), d)
	out := interp.Eval(g, in...)
	if len(kept) > 0 {
		for i, x := range eval(rest) {
			out[kept[i]] = x
		}
	}
	return out
}

// Without is g without the results that depend on values of type d, and the
// places in g.Out of those that are left.
func Without(g *graph.Graph, d graph.DType) (rest *graph.Graph, kept []int) {
	spoilt := map[*graph.Value]bool{}
	some := func(vs []*graph.Value) bool {
		for _, v := range vs {
			if v.DType == d || spoilt[v] {
				return true
			}
		}
		return false
	}
	need := map[*graph.Value]bool{}
	for _, e := range g.Eqns {
		if some(e.In) || some(e.Out) || inside(e.Params, d) {
			for _, v := range e.Out {
				spoilt[v] = true
			}
		}
	}
	for i, v := range g.Out {
		if !some([]*graph.Value{v}) {
			kept, need[v] = append(kept, i), true
		}
	}
	var eqns []*graph.Eqn // that the rest needs, from the last
	for i := len(g.Eqns) - 1; i >= 0; i-- {
		e := g.Eqns[i]
		used := false
		for _, v := range e.Out {
			used = used || need[v]
		}
		if used {
			eqns = append(eqns, e)
			for _, v := range e.In {
				need[v] = true
			}
		}
	}
	return graph.Build(graph.Avals(g.In), func(b *graph.Builder, in []*graph.Value) (out []*graph.Value) {
		now := map[*graph.Value]*graph.Value{}
		for i, v := range g.In {
			now[v] = in[i]
		}
		for i := len(eqns) - 1; i >= 0; i-- {
			var operands []*graph.Value
			for _, v := range eqns[i].In {
				operands = append(operands, now[v])
			}
			for k, v := range b.Emit(eqns[i].Op, eqns[i].Params, operands...) {
				now[eqns[i].Out[k]] = v
			}
		}
		for _, i := range kept {
			out = append(out, now[g.Out[i]])
		}
		return out
	}), kept
}

// inside reports whether graphs in params have values of type d.
func inside(p graph.Params, d graph.DType) bool {
	for _, g := range graph.Subgraphs(p) {
		if _, kept := Without(g, d); len(kept) < len(g.Out) {
			return true
		}
		for _, v := range g.In {
			if v.DType == d {
				return true
			}
		}
	}
	return false
}
