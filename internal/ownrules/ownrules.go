// Package ownrules makes custom rules of the derivative that a graph has, for
// tests of programs with such rules.
package ownrules

import (
	"slices"

	"github.com/jacobi-go/jacobi/ad"
	"github.com/jacobi-go/jacobi/graph"
)

// JVP is x, dx of all floats -> y, dy of all floats.
func JVP(g *graph.Graph) *graph.Graph {
	j, out := ad.JVP(g, graph.Differentiable(g.In))
	return graph.Build(graph.Avals(j.In), func(b *graph.Builder, in []*graph.Value) []*graph.Value {
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

// VJP is x, ct of all floats -> y, ct of the floats of x.
func VJP(g *graph.Graph) *graph.Graph { return ad.VJP(g, graph.Differentiable(g.In)) }
