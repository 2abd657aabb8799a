// Package expand rewrites what a platform cannot do, or does badly, as
// simpler ops. It is the last transform before a graph is written as text: its
// results have no derivatives and are not simplified.
package expand

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

type (
	B = *graph.Builder
	E = *graph.Eqn
	V = *graph.Value
)

// A Platform is what a program is compiled for.
type Platform struct {
	Name string // as PJRT says it: cpu, cuda, rocm, tpu
	// WrongAtan2: atan2(x, 1) is wrong where x is an array and 1 a constant. The
	// code of XLA:CPU takes every element from those of the next vector.
	WrongAtan2 bool
}

func (p Platform) key() string {
	if p.WrongAtan2 {
		return "expand, wrong atan2, " + p.Name
	}
	return "expand " + p.Name
}

// For returns g in ops that are written as one operation each on p. If g has
// effects, the result has one output more, which is there when all of them
// have happened. A graph in which there is nothing to do is returned as it is.
func For(g *graph.Graph, p Platform) *graph.Graph { return expanded(withTokens(g), p) }

func expanded(g *graph.Graph, p Platform) *graph.Graph {
	return graph.Remember(g, p.key(), func() *graph.Graph { return build(g, p) })
}

func build(g *graph.Graph, p Platform) *graph.Graph {
	if !slices.ContainsFunc(g.Eqns, func(e E) bool { return rules[e.Op].applies(e, p) }) {
		return g
	}
	var b graph.Builder
	env := graph.NewEnv[V](g)
	env.Bind(g.In, b.Inputs(graph.Avals(g.In)))
	var in []V
	for _, e := range g.Eqns {
		b.At(e)
		in = in[:0]
		for _, v := range e.In {
			in = append(in, env.Get(v))
		}
		if r := rules[e.Op]; r.applies(e, p) {
			env.Bind(e.Out, r.emit(&b, e, slices.Clone(in), p))
		} else {
			env.Bind(e.Out, b.Copy(e, in))
		}
	}
	return b.Graph(env.Lookup(g.Out)...)
}
