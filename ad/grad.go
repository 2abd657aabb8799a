package ad

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

// VJP returns the graph (x, ct of every y that has tangents) -> (y, ct of the
// inputs in mask wrt), the cotangents pulled back by the derivative at x.
func VJP(g *graph.Graph, wrt []bool) *graph.Graph {
	return graph.Remember(g, graph.Key("VJP", wrt), func() *graph.Graph {
		l, hasCT := Linearize(g, wrt), graph.Differentiable(g.Out)
		in := slices.Concat(g.In, graph.Pick(hasCT, g.Out))
		return build(in, func(b B, in []V) []V {
			x, ct := in[:len(g.In)], unpack(hasCT, in[len(g.In):])
			y := b.Inline(l.Primal, x...)
			dx := b.Inline(l.pullback(), slices.Concat(Residuals(l, x, y), graph.Pick(l.Out, ct))...)
			return slices.Concat(y[:len(g.Out)], dx)
		})
	})
}

// Grad returns the graph x -> (y if value, ct of the inputs in mask wrt): the
// gradient of the first y, which must be a scalar. The other y are not
// differentiated.
func Grad(g *graph.Graph, wrt []bool, value bool) *graph.Graph {
	if y := g.Out[0]; y.Rank() != 0 || !y.DType.Differentiable() {
		panic(graph.Errorf(graph.ErrNotScalar, "", "differentiates a function whose result is a float or complex scalar, not %v; reduce it first, or use VJP or a Jacobian", y.Aval))
	}
	return graph.Remember(g, graph.Key("Grad", wrt, []bool{value}), func() *graph.Graph {
		first := graph.Fill(false, len(g.Out))
		first[0] = true
		l := LinearizeOf(g, wrt, first)
		return build(g.In, func(b B, x []V) []V {
			y := b.Inline(l.Primal, x...)
			in := Residuals(l, x, y)
			if l.Out[0] {
				in = append(in, b.Scalar(g.Out[0].DType, 1))
			}
			dx := b.Inline(l.pullback(), in...)
			if !value {
				return dx
			}
			return slices.Concat(y[:len(g.Out)], dx)
		})
	})
}

// LinearTranspose transposes a graph that is linear in the inputs in mask
// linear: (the other inputs, in place; ct of every y that has tangents) -> ct of
// the linear inputs. Parts that do not depend on those may be anything.
func LinearTranspose(g *graph.Graph, linear []bool) *graph.Graph {
	return graph.Remember(g, graph.Key("LinearTranspose", linear), func() *graph.Graph {
		// A linear function is its own derivative, anywhere: that at zero.
		l, hasCT := Linearize(g, linear), graph.Differentiable(g.Out)
		mustBeLinear(l)
		fixed := graph.Pick(graph.Not(linear), g.In)
		in := slices.Concat(fixed, graph.Pick(hasCT, g.Out))
		return build(in, func(b B, in []V) []V {
			x, ct := unpack(graph.Not(linear), in[:len(fixed)]), unpack(hasCT, in[len(fixed):])
			for i, v := range g.In {
				x[i] = materialize(b, x[i], v)
			}
			y := b.Inline(l.Primal, x...)
			return b.Inline(l.pullback(), slices.Concat(Residuals(l, x, y), graph.Pick(l.Out, ct))...)
		})
	})
}

// mustBeLinear panics if the derivative depends on where it is taken.
func mustBeLinear(l *Linear) {
	n := len(l.Primal.In)
	used := make([]bool, len(l.Primal.Out))
	read := make([]bool, n)
	for _, r := range l.res {
		if r < n {
			read[r] = true
		} else {
			used[r-n] = true
		}
	}
	read = graph.Or(read, graph.Trim(l.Primal, used, graph.Fill(false, n)).In)
	for i := range read {
		if read[i] && l.In[i] {
			panic(graph.Errorf(graph.ErrNotLinear, "", "the function is not linear in argument %d (%v): its derivative depends on it; use VJP", i, l.Primal.In[i].Aval))
		}
	}
}

func build(in []V, f func(b B, in []V) []V) *graph.Graph {
	return graph.Simplify(graph.Build(graph.Avals(in), f))
}
