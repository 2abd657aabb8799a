package vmapper

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

// inFront is the rule of ops of one operand whose leading axes are batch axes,
// in all of their results.
func inFront(b B, e E, n int, in []batched) []batched {
	return place(b.Emit(e.Op, e.Params, in[0].at(b, n, 0)), make([]int, len(e.Out)))
}

// A matrix that is the same for all examples is solved with once: the
// right-hand sides of the examples are columns, or rows, beside each other.
func batchTriangularSolve(b B, e E, n int, in []batched) []batched {
	a, y, p := in[0], in[1], e.Params.(graph.TriangularSolveParams)
	if a.mapped() {
		return one(b.TriangularSolve(a.at(b, n, 0), y.at(b, n, 0), p), 0)
	}
	axis := y.rank() - 1 // right after the axis that counts right-hand sides
	if p.LeftSide {
		axis = y.rank()
	}
	v := y.at(b, n, axis)
	flat := slices.Concat(v.Shape[:axis-1], []int{v.Shape[axis-1] * n}, v.Shape[axis+1:])
	x := b.TriangularSolve(a.V, b.Reshape(v, flat...), p)
	return one(b.Reshape(x, v.Shape...), axis)
}
