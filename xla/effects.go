package xla

import (
	"slices"

	"jacobi/graph"
)

// token is what effects pass on, each to the next, so that they happen in the
// order of the program: XLA orders nothing but what data flows between.
var token = graph.Aval{DType: graph.Uint8, Shape: []int{}}

// ordered is g with a token as last input and last output, which goes through
// every callback on the way. A callback takes it after its id.
func ordered(g *graph.Graph) *graph.Graph {
	return graph.Remember(g, "ordered", func() *graph.Graph {
		return graph.Build(append(graph.Avals(g.In), token), func(b *graph.Builder, in []*graph.Value) []*graph.Value {
			env := graph.NewEnv[*graph.Value](g)
			env.Bind(g.In, in[:len(g.In)])
			t := in[len(g.In)]
			for _, e := range g.Eqns {
				b.At(e)
				args := env.Lookup(e.In)
				if e.Op != graph.OpCallback && !graph.Effectful(e) || isOrdered(e) {
					env.Bind(e.Out, b.Emit(e.Op, rewritten(e.Params), args...))
					continue
				}
				op, params, args, at := threaded(e, args, t)
				out := b.Emit(op, params, args...)
				t = out[at]
				env.Bind(e.Out, slices.Delete(slices.Clone(out), at, at+1))
			}
			return append(env.Lookup(g.Out), t)
		})
	})
}

// rewritten is params whose graphs may hold callbacks without effects, which
// take a token too.
func rewritten(p graph.Params) graph.Params {
	if len(graph.Subgraphs(p)) == 0 {
		return p
	}
	return graph.WithGraphs(p, withTokens)
}

// WithToken is g with one result more, which is there when all of its effects
// have happened.
func WithToken(g *graph.Graph) *graph.Graph {
	return graph.Build(graph.Avals(g.In), func(b *graph.Builder, in []*graph.Value) []*graph.Value {
		return b.Inline(ordered(g), append(slices.Clone(in), b.Zeros(token))...)
	})
}

// withTokens gives the callbacks of g, which has no effects, tokens of their
// own.
func withTokens(g *graph.Graph) *graph.Graph {
	if !callsBack(g) {
		return g
	}
	return graph.Remember(g, "withTokens", func() *graph.Graph {
		t := WithToken(g)
		return t.Rewire(t.In, t.Out[:len(g.Out)])
	})
}

func callsBack(g *graph.Graph) bool {
	return graph.Remember(g, "callsBack", func() bool {
		return slices.ContainsFunc(g.Eqns, func(e *graph.Eqn) bool {
			return e.Op == graph.OpCallback && !isOrdered(e) || slices.ContainsFunc(graph.Subgraphs(e.Params), callsBack)
		})
	})
}

// threaded is e's params and operands with the token t, which is result number
// at.
func threaded(e *graph.Eqn, args []*graph.Value, t *graph.Value) (op graph.Op, p graph.Params, in []*graph.Value, at int) {
	last := append(args, t)
	switch p := e.Params.(type) {
	case graph.CallbackParams:
		p.Out, p.Ordered = append(slices.Clone(p.Out), token), true
		return e.Op, p, slices.Insert(args, 1, t), len(e.Out)
	case graph.ScanParams:
		// the token is the last carry
		n := p.Consts + p.Carry
		g := ordered(p.Body)
		k := len(g.In) - 1
		p.Body = g.Rewire(slices.Concat(g.In[:n], g.In[k:], g.In[n:k]),
			slices.Concat(g.Out[:p.Carry], g.Out[len(g.Out)-1:], g.Out[p.Carry:len(g.Out)-1]))
		p.Carry++
		return e.Op, p, slices.Insert(args, n, t), p.Carry - 1
	case graph.WhileParams:
		if p.Cond.Effectful() {
			panic(e.Errorf("the condition of a loop cannot have effects; move them into the body"))
		}
		cond := withTokens(p.Cond)
		p.Cond = graph.Build(append(graph.Avals(cond.In), token), func(b *graph.Builder, in []*graph.Value) []*graph.Value {
			return b.Inline(cond, in[:len(in)-1]...)
		})
		p.Body = ordered(p.Body)
		return e.Op, p, last, len(e.Out)
	case graph.CustomJVPParams: // what runs is the function
		return graph.OpCall, graph.CallParams{Name: p.Name, Graph: ordered(p.Graph)}, last, len(e.Out)
	case graph.CustomVJPParams:
		return graph.OpCall, graph.CallParams{Name: p.Name, Graph: ordered(p.Graph)}, last, len(e.Out)
	}
	return e.Op, graph.WithGraphs(e.Params, ordered), last, len(e.Out)
}

func isOrdered(e *graph.Eqn) bool {
	p, ok := e.Params.(graph.CallbackParams)
	return ok && p.Ordered
}
