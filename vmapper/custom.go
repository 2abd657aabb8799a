package vmapper

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

// A custom rule is batched with the function. All outputs are mapped, so that
// the function and its rule agree on it whatever each depends on.

func batchCustomJVP(b B, e E, n int, in []batched) []batched {
	p, mask := e.Params.(graph.CustomJVPParams), masks(in)
	all := graph.Fill(true, len(e.Out))
	q := p
	q.Graph, _ = batchGraph(p.Graph, n, mask, all)
	if p.JVP != nil {
		own := e.In[p.Captured:]
		dmask := graph.Pick(graph.Differentiable(own), mask[p.Captured:])
		q.JVP, _ = batchGraph(p.JVP, n, slices.Concat(mask, dmask), graph.Fill(true, len(p.JVP.Out)))
	}
	return mapped(b.CustomJVP(q, align(b, n, in, mask)...))
}

func batchCustomVJP(b B, e E, n int, in []batched) []batched {
	p, mask := e.Params.(graph.CustomVJPParams), masks(in)
	all := graph.Fill(true, len(e.Out))
	q := p
	q.Graph, _ = batchGraph(p.Graph, n, mask, all)
	if p.Fwd != nil {
		// Residuals are mapped if they depend on what is.
		var out []bool
		q.Fwd, out = batchGraph(p.Fwd, n, mask, append(slices.Clone(all), make([]bool, len(p.Fwd.Out)-len(all))...))
		own := e.In[p.Captured:]
		res := slices.Concat(mask[:p.Captured], out[len(all):])
		q.Bwd = batchBwd(p.Bwd, n, res, graph.Pick(graph.Differentiable(own), mask[p.Captured:]))
	}
	return mapped(b.CustomVJP(q, align(b, n, in, mask)...))
}

func batchCustomLin(b B, e E, n int, in []batched) []batched {
	p, mask := e.Params.(graph.CustomLinParams), masks(in)
	q := p
	q.Out = nil
	for _, a := range p.Out {
		q.Out = append(q.Out, a.Stack(n))
	}
	q.Bwd = batchBwd(p.Bwd, n, mask[:p.Res], mask[p.Res:])
	return mapped(b.Emit(e.Op, q, align(b, n, in, mask)...))
}

// batchBwd batches captured, res, ct -> ct of dx, with all of ct mapped. An
// operand that is the same for all examples gets the sum of their cotangents;
// nobody else will add them.
func batchBwd(bwd *graph.Graph, n int, res, dx []bool) *graph.Graph {
	if bwd == nil {
		return nil // only forward mode will ask, and be refused
	}
	in := append(slices.Clone(res), graph.Fill(true, len(bwd.In)-len(res))...)
	g, _ := batchGraph(bwd, n, in, graph.Fill(true, len(bwd.Out)))
	return graph.Build(graph.Avals(g.In), func(b B, in []V) []V {
		y := slices.Clone(b.Inline(g, in...))
		for i := range y {
			if !dx[i] {
				y[i] = b.ReduceSum(y[i], 0)
			}
		}
		return y
	})
}
