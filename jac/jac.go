// Package jac makes Jacobians of graphs: x -> blocks, then the outputs that are
// not differentiated. There is a row of blocks for each output in a mask, and in
// it a column for each input in another, of shape output.shape + input.shape.
package jac

import (
	"slices"

	"github.com/jacobi-go/jacobi/ad"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/vmapper"
)

type (
	B = *graph.Builder
	V = *graph.Value
)

// Forward pushes the basis of each input in mask wrt forward, at once, for the
// outputs in mask of.
func Forward(g *graph.Graph, wrt, of []bool) *graph.Graph {
	return graph.Remember(g, graph.Key("JacFwd", wrt, of), func() *graph.Graph { return forward(g, wrt, of) })
}

func forward(g *graph.Graph, wrt, of []bool) *graph.Graph {
	return graph.Simplify(graph.Build(graph.Avals(g.In), func(b B, x []V) []V {
		var columns [][]V
		var aux []V // all that g returns, once known
		for i, in := range g.In {
			if !wrt[i] {
				continue
			}
			only := make([]bool, len(wrt))
			only[i] = true
			j, out := ad.JVPOf(g, only, of)
			n := in.Size()
			axes := append(slices.Repeat([]int{vmapper.None}, len(g.In)), 0)
			to := slices.Repeat([]int{vmapper.None}, len(g.Out))
			for _, y := range graph.Pick(out, g.Out) {
				to = append(to, y.Rank())
			}
			res := b.Inline(vmapper.BatchTo(j, n, axes, to), append(slices.Clone(x), basis(b, in.Aval))...)
			aux, res = res[:len(g.Out)], res[len(g.Out):]
			col := make([]V, len(g.Out))
			for k, y := range g.Out {
				shape := slices.Concat(y.Shape, in.Shape)
				switch {
				case !of[k]:
				case out[k]:
					col[k] = b.Reshape(res[0], shape...)
					res = res[1:]
				default:
					col[k] = b.Zeros(graph.Aval{DType: y.DType, Shape: shape})
				}
			}
			columns = append(columns, col)
		}
		var rows []V
		for k := range g.Out {
			for _, col := range columns {
				if of[k] {
					rows = append(rows, col[k])
				}
			}
		}
		if columns == nil {
			aux = b.Inline(g, x...)
		}
		return append(rows, graph.Pick(graph.Not(of), aux)...)
	}))
}

// Reverse pulls the basis of each output in mask of back, at once.
func Reverse(g *graph.Graph, wrt, of []bool) *graph.Graph {
	return graph.Remember(g, graph.Key("JacRev", wrt, of), func() *graph.Graph { return reverse(g, wrt, of) })
}

func reverse(g *graph.Graph, wrt, of []bool) *graph.Graph {
	l := ad.LinearizeOf(g, wrt, of)
	return graph.Simplify(graph.Build(graph.Avals(g.In), func(b B, x []V) []V {
		y := b.Inline(l.Primal, x...)
		res := ad.Residuals(l, x, y)
		n := graph.Count(wrt)
		linear := append(graph.Fill(false, len(res)), graph.Fill(true, n)...)
		var rows []V
		k := 0
		for o, out := range g.Out {
			if !of[o] {
				continue
			}
			if !l.Out[o] {
				for _, in := range graph.Pick(wrt, g.In) {
					rows = append(rows, b.Zeros(graph.Aval{DType: in.DType, Shape: slices.Concat(out.Shape, in.Shape)}))
				}
				continue
			}
			ct := make([]bool, len(l.Tangent.Out))
			ct[k] = true
			k++
			t, _ := ad.Transpose(l.Tangent, linear, ct, graph.Fill(true, n))
			axes := append(slices.Repeat([]int{vmapper.None}, len(res)), 0)
			bt := vmapper.BatchTo(t, out.Size(), axes, make([]int, n))
			for i, r := range b.Inline(bt, append(slices.Clone(res), basis(b, out.Aval))...) {
				rows = append(rows, b.Reshape(r, slices.Concat(out.Shape, t.Out[i].Shape)...))
			}
		}
		return append(rows, graph.Pick(graph.Not(of), y[:len(g.Out)])...)
	}))
}

// basis is the standard basis of a, stacked.
func basis(b B, a graph.Aval) V {
	n := a.Size()
	i, j := b.Iota(graph.Int32, []int{n, n}, 0), b.Iota(graph.Int32, []int{n, n}, 1)
	return b.Reshape(b.Convert(b.Eq(i, j), a.DType), slices.Concat([]int{n}, a.Shape)...)
}
