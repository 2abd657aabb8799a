package ad

import (
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

func transposeReduceSum(b B, e E, ct V) V { return unreduce(b, ct, e) }

// unreduce broadcasts a reduction's result back over the axes it reduced.
func unreduce(b B, y V, e E) V {
	x, axes := e.In[0], e.Params.(graph.ReduceParams).Axes
	return b.BroadcastInDim(y, x.Shape, graph.Kept(x.Rank(), axes))
}

// The derivative of max and min is spread evenly over the elements that attain
// it. None does where one is NaN, and then it is NaN for all.
func jvpReduceChosen(b B, e E, x, dx []V) (y, dy []V) {
	axes := e.Params.(graph.ReduceParams).Axes
	y = b.Emit(e.Op, e.Params, x...)
	if x[0].Size() == 0 { // the maximum of nothing is constant
		return y, nil
	}
	zero, one, nan := num(b, x[0], 0), num(b, x[0], 1), num(b, x[0], math.NaN())
	none := b.Select(b.Eq(y[0], y[0]), zero, nan)
	at := b.Select(b.Eq(x[0], unreduce(b, y[0], e)), one, unreduce(b, none, e))
	return y, []V{b.Div(b.ReduceSum(b.Mul(dx[0], at), axes...), b.ReduceSum(at, axes...))}
}

// A product is differentiated as a tree of products of two: dividing the
// product by each element would be wrong where one is zero.
func jvpReduceProd(b B, e E, x, dx []V) (y, dy []V) {
	axes := e.Params.(graph.ReduceParams).Axes
	y = b.Emit(e.Op, e.Params, x...)
	if x[0].Size() == 0 { // the product of nothing is 1
		return y, nil
	}
	kept := graph.Kept(x[0].Rank(), axes)
	front := func(v V) V { // the reduced axes as one, in front
		v = b.Transpose(v, slices.Concat(axes, kept)...)
		return b.Reshape(v, slices.Insert(slices.Clone(y[0].Shape), 0, v.Size()/y[0].Size())...)
	}
	p := []V{front(x[0]), front(dx[0])}
	for n := p[0].Shape[0]; n > 1; n = p[0].Shape[0] {
		part := func(from, to int) []V {
			return []V{b.SliceAxis(p[0], 0, from, to), b.SliceAxis(p[1], 0, from, to)}
		}
		q := jvpMulPair(b, part(0, n/2), part(n/2, n/2*2))
		if n%2 == 1 {
			last := part(n-1, n)
			q = []V{b.Concatenate(0, q[0], last[0]), b.Concatenate(0, q[1], last[1])}
		}
		p = q
	}
	return y, []V{b.Reshape(p[1], y[0].Shape...)}
}

// cumulative is the rule of a cumulative reduction: a scan over pairs of a
// value and its tangent.
func cumulative(pair func(b B, a, c []V) []V) rule {
	return rule{jvp: func(b B, e E, x, dx []V) (y, dy []V) {
		p := e.Params.(graph.CumParams)
		both := b.AssociativeScan(p.Axis, p.Reverse, []V{x[0], dx[0]}, pair)
		return b.Emit(e.Op, e.Params, x...), both[1:]
	}, transpose: notLinear}
}

func jvpMulPair(b B, a, c []V) []V {
	return []V{b.Mul(a[0], c[0]), b.Add(b.Mul(a[1], c[0]), b.Mul(a[0], c[1]))}
}

func chosenPair(op graph.Op) func(b B, a, c []V) []V {
	return func(b B, a, c []V) []V {
		z := b.Emit(op, nil, a[0], c[0])[0]
		return []V{z, b.Add(chosenLHS(b, a[1], a[0], c[0], z), chosenRHS(b, c[1], a[0], c[0], z))}
	}
}

func transposeCumsum(b B, e E, ct V) V {
	p := e.Params.(graph.CumParams)
	return b.Cum(graph.OpCumsum, ct, p.Axis, !p.Reverse)
}
