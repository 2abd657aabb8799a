package expand

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

// token is what effects pass on, each to the next, so that they happen in the
// order of the program: XLA orders nothing but what data flows between.
var token = graph.Aval{DType: graph.Uint8, Shape: []int{}}

// withTokens is g with a token after the id of every callback, and one as its
// last result. If g has effects, the last output is the token of all of them.
func withTokens(g *graph.Graph) *graph.Graph {
	if !CallsBack(g) {
		return g
	}
	return graph.Remember(g, "tokens", func() *graph.Graph {
		t := ordered(g)
		return graph.Build(graph.Avals(g.In), func(b B, in []V) []V {
			out := b.Inline(t, append(slices.Clone(in), b.Zeros(token))...)
			if !g.Effectful() {
				return out[:len(g.Out)]
			}
			return out
		})
	})
}

// CallsBack reports whether g calls the host back, with an effect or without.
func CallsBack(g *graph.Graph) bool {
	return graph.Remember(g, "calls back", func() bool {
		return slices.ContainsFunc(g.Eqns, func(e E) bool {
			return e.Op == graph.OpCallback || e.Op.HoldsGraphs() && slices.ContainsFunc(graph.Subgraphs(e.Params), CallsBack)
		})
	})
}

// ordered is g with a token as last input and last output, which goes through
// every callback on the way.
func ordered(g *graph.Graph) *graph.Graph {
	return graph.Remember(g, "ordered", func() *graph.Graph {
		var b graph.Builder
		env := graph.NewEnv[V](g)
		env.Bind(g.In, b.Inputs(graph.Avals(g.In)))
		t := b.Input(token)
		for _, e := range g.Eqns {
			b.At(e)
			args := env.Lookup(e.In)
			switch {
			case e.Op == graph.OpCallback || graph.Effectful(e):
				op, params, args, at := threaded(e, args, t)
				out := b.Emit(op, params, args...)
				t = out[at]
				env.Bind(e.Out, slices.Delete(slices.Clone(out), at, at+1))
			case e.Op.HoldsGraphs(): // with callbacks that have no effects, maybe
				env.Bind(e.Out, b.Emit(e.Op, graph.WithGraphs(e.Params, withTokens), args...))
			default:
				env.Bind(e.Out, b.Copy(e, args))
			}
		}
		return b.Graph(append(env.Lookup(g.Out), t)...)
	})
}

// threaded is e as an op on operands with the token t, which is result number
// at.
func threaded(e E, args []V, t V) (op graph.Op, p graph.Params, in []V, at int) {
	last := append(args, t)
	switch p := e.Params.(type) {
	case graph.CallbackParams: // after the id
		p.Out = append(slices.Clone(p.Out), token)
		return e.Op, p, slices.Insert(args, 1, t), len(e.Out)
	case graph.ScanParams: // the last carry
		n := p.Consts + p.Carry
		g := ordered(p.Body)
		k := len(g.In) - 1
		p.Body = g.Rewire(slices.Concat(g.In[:n], g.In[k:], g.In[n:k]),
			slices.Concat(g.Out[:p.Carry], g.Out[len(g.Out)-1:], g.Out[p.Carry:len(g.Out)-1]))
		p.Carry++
		return e.Op, p, slices.Insert(args, n, t), p.Carry - 1
	case graph.WhileParams:
		if p.Cond.Effectful() {
			panic(e.Errorf(graph.ErrEffect, "the condition of a loop cannot have effects; move them into the body"))
		}
		cond := withTokens(p.Cond)
		p.Cond = made(e, append(graph.Avals(cond.In), token), func(b B, in []V) []V {
			return b.Inline(cond, in[:len(in)-1]...)
		})
		p.Body = ordered(p.Body)
		return e.Op, p, last, len(e.Out)
	case graph.CustomJVPParams: // what runs is the function
		return graph.OpCall, graph.CallParams{Name: p.Name, Graph: ordered(p.Graph)}, last, len(e.Out)
	case graph.CustomVJPParams:
		return graph.OpCall, graph.CallParams{Name: p.Name, Graph: ordered(p.Graph)}, last, len(e.Out)
	case graph.LinearSolveParams:
		return graph.OpCall, graph.CallParams{Name: "solve", Graph: ordered(p.Solve)}, last, len(e.Out)
	}
	return e.Op, graph.WithGraphs(e.Params, ordered), last, len(e.Out)
}
