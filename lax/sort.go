package lax

import (
	"math"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// Sort rearranges arrays of one shape alike, line by line along an axis, so
// that the first numKeys of them rise: of equal elements of the first, those of
// the second decide, and so on. What is equal stays in its order. NaNs come
// last, and equal each other; -0 equals 0; complex numbers are compared by
// their real parts, then by their imaginary parts. The derivative moves with
// the elements. Dtypes stay. Shapes that differ, no array at all, and a numKeys
// below 1 or above the number of arrays are errors. It is jax.lax.sort.
func Sort(dimension, numKeys int, xs ...*array.Array) []*array.Array {
	if len(xs) == 0 {
		panic(graph.Errorf(graph.ErrArgument, "Sort", "needs at least one array"))
	}
	ops.Given(xs...)
	axis := ops.Axis("Sort", ops.Aval(xs[0]), dimension)
	n := len(xs)
	return ops.ApplyN(xs, func(b builder, in []value) []value { return b.Sort(axis, numKeys, in[:n]...) })
}

// TopK is the k largest elements along an axis, the last if not given, in
// descending order, and their indices, as int32, or int64 for an axis longer
// than that counts. Of equal elements the first comes first; NaNs count as
// largest. Values have x's dtype; along the axis there are k. A k below 0 or
// beyond the axis is an error. It is jax.lax.top_k.
func TopK(x *array.Array, k int, axis ...int) (values, indices *array.Array) {
	a := -1
	switch len(axis) {
	case 0:
	case 1:
		a = axis[0]
	default:
		panic(graph.Errorf(graph.ErrArgument, "TopK", "takes one axis, %d given", len(axis)))
	}
	a = ops.Axis("TopK", ops.Aval(x), a)
	n := x.Dim(a)
	if k < 0 || k > n {
		panic(ops.Mistake(graph.ErrSize, "TopK", []*array.Array{x}, "there are no %d largest of %d elements", k, n))
	}
	d := graph.Int32
	if n > math.MaxInt32 {
		d = graph.Int64
	}
	out := ops.ApplyN([]*array.Array{x}, func(b builder, in []value) []value {
		// Reversed before and after, so that equal elements keep their order.
		x := in[0]
		sorted := b.Sort(a, 1, b.Rev(x, a), b.Rev(b.Iota(d, x.Shape, a), a))
		first := func(v value) value { return b.SliceAxis(b.Rev(v, a), a, 0, k) }
		return []value{first(sorted[0]), first(sorted[1])}
	})
	return out[0], out[1]
}
