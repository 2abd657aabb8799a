package interp

import (
	"github.com/jacobi-go/jacobi/graph"
)

var dotOps = map[graph.Op]evaluator{graph.OpDot: one(dot)}

// dot sums exact products of the operands and rounds at the end only.
func dot(e *graph.Eqn, in []Tensor, out Tensor) {
	x, y, p := in[0], in[1], e.Params.(graph.DotParams)
	xFree, yFree := graph.Kept(x.Rank(), p.LHSBatch, p.LHSContract), graph.Kept(y.Rank(), p.RHSBatch, p.RHSContract)
	contracted := pick(x.Shape, p.LHSContract)
	xi, yi := make([]int, x.Rank()), make([]int, y.Rank())
	put := func(index, axes, values []int) {
		for i, a := range axes {
			index[a] = values[i]
		}
	}
	indices(out.Shape, func(place int, at []int) {
		batch, free := at[:len(p.LHSBatch)], at[len(p.LHSBatch):]
		put(xi, p.LHSBatch, batch)
		put(yi, p.RHSBatch, batch)
		put(xi, xFree, free)
		put(yi, yFree, free[len(xFree):])
		var acc graph.Number
		indices(contracted, func(_ int, at []int) {
			put(xi, p.LHSContract, at)
			put(yi, p.RHSContract, at)
			n := times(x.DType, x.At(xi...), y.At(yi...))
			acc.C += n.C
			acc.I += n.I
		})
		out.Data[place] = acc
	})
}
