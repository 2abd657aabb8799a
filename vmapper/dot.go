package vmapper

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

// Mapped on both sides, the axis is one more batch axis, the first. Mapped on
// one side, it is one more of that side's other axes: neither operand is
// copied, and the axis is found in the result where the dot puts it. If it is
// the only such axis of rhs, the operands change sides, which puts it before
// those of lhs: W x is x W^T for a batch of x.
func batchDot(b B, e E, n int, in []batched) []batched {
	x, y, p := in[0], in[1], e.Params.(graph.DotParams)
	if !x.mapped() && y.rank() == len(p.RHSBatch)+len(p.RHSContract) {
		x, y, p = y, x, p.Swap()
	}
	if x.mapped() {
		p.LHSBatch, p.LHSContract = skip(p.LHSBatch, x.axis), skip(p.LHSContract, x.axis)
	}
	if y.mapped() {
		p.RHSBatch, p.RHSContract = skip(p.RHSBatch, y.axis), skip(p.RHSContract, y.axis)
	}
	xKept := graph.Kept(x.Rank(), p.LHSBatch, p.LHSContract)
	yKept := graph.Kept(y.Rank(), p.RHSBatch, p.RHSContract)
	axis := 0
	switch {
	case x.mapped() && y.mapped():
		p.LHSBatch = slices.Insert(p.LHSBatch, 0, x.axis)
		p.RHSBatch = slices.Insert(p.RHSBatch, 0, y.axis)
	case x.mapped():
		axis = len(p.LHSBatch) + slices.Index(xKept, x.axis)
	default:
		axis = len(p.LHSBatch) + len(xKept) + slices.Index(yKept, y.axis)
	}
	return one(b.DotGeneral(x.V, y.V, p), axis)
}
