package num

import (
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// Reshape is the elements in row-major order, in another shape. One of the
// sizes may be -1, and is what is left for it. Other sizes than x has elements
// for are an error. The dtype is x's. It is jax.numpy.reshape.
func Reshape(x *array.Array, dims ...int) *array.Array {
	dims = slices.Clone(dims)
	hole, known := -1, 1
	for i, n := range dims {
		switch {
		case n == -1 && hole < 0:
			hole = i
		case n < 0:
			panic(ops.Mistake(graph.ErrShape, "Reshape", []*array.Array{x}, "%v is no shape; one size may be -1", dims))
		default:
			known *= n
		}
	}
	if hole >= 0 {
		if known == 0 || x.Size()%known != 0 {
			panic(ops.Mistake(graph.ErrShape, "Reshape", []*array.Array{x}, "%d elements cannot have shape %v", x.Size(), dims))
		}
		dims[hole] = x.Size() / known
	}
	return map1(x, func(b builder, x value) value { return b.Reshape(x, dims...) })
}

// Ravel is the elements in row-major order, as a vector. A nil x is the only
// error. The dtype is x's. It is jax.numpy.ravel.
func Ravel(x *array.Array) *array.Array { return Reshape(x, array.Of(x).Size()) }

// Transpose reverses the axes, or permutes them: axis i of the result is axis
// axes[i] of x. Axes that are no permutation are an error. The dtype is x's. It
// is jax.numpy.transpose.
func Transpose(x *array.Array, axes ...int) *array.Array {
	perm := ops.Axes("Transpose", ops.Aval(array.Of(x)), axes)
	if len(axes) == 0 {
		slices.Reverse(perm)
	}
	return map1(x, func(b builder, x value) value { return b.Transpose(x, perm...) })
}

// MatrixTranspose exchanges the last two axes. A rank below 2 is an error. The
// dtype is x's. It is jax.numpy.matrix_transpose.
func MatrixTranspose(x *array.Array) *array.Array {
	if array.Of(x).Rank() < 2 {
		panic(ops.Mistake(graph.ErrRank, "MatrixTranspose", []*array.Array{x}, "needs two axes"))
	}
	return SwapAxes(x, -1, -2)
}

// SwapAxes exchanges two axes. The dtype is x's; an axis that x lacks is an
// error. It is jax.numpy.swapaxes.
func SwapAxes(x *array.Array, axis1, axis2 int) *array.Array {
	axes := ops.Axes("SwapAxes", ops.Aval(array.Of(x)), []int{axis1, axis2})
	perm := ops.Axes("SwapAxes", ops.Aval(x), nil)
	perm[axes[0]], perm[axes[1]] = perm[axes[1]], perm[axes[0]]
	return map1(x, func(b builder, x value) value { return b.Transpose(x, perm...) })
}

// MoveAxis moves one axis to another place; the others keep their order. The
// dtype is x's; an axis that x lacks is an error. It is jax.numpy.moveaxis, of
// one axis.
func MoveAxis(x *array.Array, source, destination int) *array.Array {
	axes := ops.Axes("MoveAxis", ops.Aval(array.Of(x)), []int{source, destination})
	perm := graph.Kept(x.Rank(), axes[:1])
	perm = slices.Insert(perm, axes[1], axes[0])
	return map1(x, func(b builder, x value) value { return b.Transpose(x, perm...) })
}

// ExpandDims inserts axes of size 1, at these places of the result. The dtype
// is x's; an axis that is named twice, or that the result lacks, is an error.
// It is jax.numpy.expand_dims.
func ExpandDims(x *array.Array, axes ...int) *array.Array {
	shape := x.Shape()
	full := graph.Aval{DType: x.DType(), Shape: make([]int, len(shape)+len(axes))}
	if len(axes) > 0 {
		axes = ops.Axes("ExpandDims", full, axes)
	}
	slices.Sort(axes)
	for i, axis := range axes {
		if i > 0 && axes[i-1] == axis {
			panic(ops.Mistake(graph.ErrAxis, "ExpandDims", []*array.Array{x}, "axis %d is named twice", axis))
		}
		shape = slices.Insert(shape, axis, 1)
	}
	return map1(x, func(b builder, x value) value { return b.Reshape(x, shape...) })
}

// Squeeze removes these axes, which must have size 1, or all such axes. Another
// size is an error. The dtype is x's. It is jax.numpy.squeeze.
func Squeeze(x *array.Array, axes ...int) *array.Array {
	gone := ops.Axes("Squeeze", ops.Aval(array.Of(x)), axes)
	if len(axes) == 0 {
		gone = slices.DeleteFunc(gone, func(axis int) bool { return x.Dim(axis) != 1 })
	}
	for _, axis := range gone {
		if x.Dim(axis) != 1 {
			panic(ops.Mistake(graph.ErrShape, "Squeeze", []*array.Array{x}, "axis %d has size %d, not 1", axis, x.Dim(axis)))
		}
	}
	var shape []int
	for _, axis := range graph.Kept(x.Rank(), gone) {
		shape = append(shape, x.Dim(axis))
	}
	return map1(x, func(b builder, x value) value { return b.Reshape(x, shape...) })
}

// BroadcastTo repeats x along new leading axes and axes of size 1. A shape that
// x does not fit is an error. The dtype is x's. It is jax.numpy.broadcast_to.
func BroadcastTo(x *array.Array, dims ...int) *array.Array {
	checkDims("BroadcastTo", dims)
	shape := slices.Clone(dims)
	if array.Of(x).Rank() > len(dims) {
		panic(ops.Mistake(graph.ErrRank, "BroadcastTo", []*array.Array{x}, "shape %v has fewer axes", dims))
	}
	return map1(x, func(b builder, x value) value { return ops.BroadcastTo(b, x, shape) })
}

// BroadcastArrays gives arrays one shape, by NumPy's rule; they keep their
// dtypes. Shapes that do not fit are an error. It is
// jax.numpy.broadcast_arrays.
func BroadcastArrays(xs ...*array.Array) []*array.Array {
	ops.Given(xs...)
	shape := BroadcastShapes(shapes(xs)...)
	out := make([]*array.Array, len(xs))
	for i, x := range xs {
		out[i] = BroadcastTo(x, shape...)
	}
	return out
}

// BroadcastShapes is the joint shape of operands of these shapes, by NumPy's
// rule: counted from the last, axes have one size, or 1. Shapes that do not
// fit are an error. It is jax.numpy.broadcast_shapes.
func BroadcastShapes(shapes ...[]int) []int {
	shape, ok := ops.BroadcastShape(shapes...)
	if !ok {
		panic(graph.Errorf(graph.ErrShape, "BroadcastShapes", "%v cannot be broadcast together", shapes))
	}
	return shape
}

func shapes(xs []*array.Array) [][]int {
	out := make([][]int, len(xs))
	for i, x := range xs {
		out[i] = x.Shape()
	}
	return out
}

func equalShape(x, y *array.Array) bool { return slices.Equal(ops.Aval(x).Shape, ops.Aval(y).Shape) }

// AtLeast1D gives a scalar one axis; AtLeast2D and AtLeast3D add axes as NumPy
// does. The dtype is x's; a nil x is the only error. It is
// jax.numpy.atleast_1d.
func AtLeast1D(x *array.Array) *array.Array {
	if array.Of(x).Rank() > 0 {
		return x
	}
	return Reshape(x, 1)
}

// AtLeast2D makes a vector a row. See AtLeast1D. It is jax.numpy.atleast_2d.
func AtLeast2D(x *array.Array) *array.Array {
	if array.Of(x).Rank() > 1 {
		return x
	}
	return Reshape(x, 1, x.Size())
}

// AtLeast3D gives a matrix a last axis, and a vector a first and a last one.
// See AtLeast1D. It is jax.numpy.atleast_3d.
func AtLeast3D(x *array.Array) *array.Array {
	switch s := array.Of(x).Shape(); len(s) {
	case 0, 1:
		return Reshape(x, 1, x.Size(), 1)
	case 2:
		return Reshape(x, s[0], s[1], 1)
	}
	return x
}

// Flip reverses the order of the elements along the axes, or along all. Shape
// and dtype are x's. An axis that x lacks is an error. It is jax.numpy.flip.
func Flip(x *array.Array, axes ...int) *array.Array {
	axes = ops.Axes("Flip", ops.Aval(array.Of(x)), axes)
	if len(axes) == 0 {
		return x
	}
	return map1(x, func(b builder, x value) value { return b.Rev(x, axes...) })
}

// FlipLR reverses the columns, axis 1. A rank below 2 is an error. The dtype is
// x's. It is jax.numpy.fliplr.
func FlipLR(x *array.Array) *array.Array { return Flip(x, 1) }

// FlipUD reverses the rows, axis 0. A scalar is an error. The dtype is x's. It
// is jax.numpy.flipud.
func FlipUD(x *array.Array) *array.Array { return Flip(x, 0) }

// Rot90 turns a matrix counterclockwise by k quarters: the plane of the first
// two axes. A rank below 2 is an error. The dtype is x's. It is
// jax.numpy.rot90.
func Rot90(x *array.Array, k int) *array.Array {
	if array.Of(x).Rank() < 2 {
		panic(ops.Mistake(graph.ErrRank, "Rot90", []*array.Array{x}, "needs two axes"))
	}
	perm := ops.Axes("Rot90", ops.Aval(x), nil)
	perm[0], perm[1] = 1, 0
	return map1(x, func(b builder, x value) value {
		switch (k%4 + 4) % 4 {
		case 1:
			return b.Rev(b.Transpose(x, perm...), 0)
		case 2:
			return b.Rev(x, 0, 1)
		case 3:
			return b.Transpose(b.Rev(x, 0), perm...)
		}
		return x
	})
}

// Roll moves the elements shift places along each of the axes; those that fall
// off the end come in at the beginning. Without axes it moves them in row-major
// order. Shape and dtype are x's. An axis that x lacks is an error. It is
// jax.numpy.roll.
func Roll(x *array.Array, shift int, axes ...int) *array.Array {
	resolved := ops.Axes("Roll", ops.Aval(array.Of(x)), axes)
	return map1(x, func(b builder, x value) value {
		if len(axes) == 0 {
			return b.Reshape(roll(b, b.Reshape(x, x.Size()), shift, 0), x.Shape...)
		}
		for _, axis := range resolved {
			x = roll(b, x, shift, axis)
		}
		return x
	})
}

func roll(b builder, x value, shift, axis int) value {
	n := x.Shape[axis]
	if n == 0 {
		return x
	}
	k := (shift%n + n) % n
	if k == 0 {
		return x
	}
	return b.Concatenate(axis, b.SliceAxis(x, axis, n-k, n), b.SliceAxis(x, axis, 0, n-k))
}

// Tile repeats the whole of x, reps[i] times along axis i; reps and axes are
// matched from the last. The dtype is x's; a negative number is an error. It is
// jax.numpy.tile.
func Tile(x *array.Array, reps ...int) *array.Array {
	checkDims("Tile", reps)
	return map1(x, func(b builder, x value) value {
		rank := max(x.Rank(), len(reps))
		// Each axis becomes two: the repetitions, then the elements.
		var shape, dims, joint []int
		for i := range rank {
			rep, n := 1, 1
			if k := i - rank + len(reps); k >= 0 {
				rep = reps[k]
			}
			shape = append(shape, rep)
			if k := i - rank + x.Rank(); k >= 0 {
				n = x.Shape[k]
				dims = append(dims, len(shape))
			}
			shape = append(shape, n)
			joint = append(joint, rep*n)
		}
		return b.Reshape(b.BroadcastInDim(x, shape, dims), joint...)
	})
}

// Repeat repeats each element n times along the axis; without an axis, in
// row-major order. The dtype is x's; a negative n is an error. It is
// jax.numpy.repeat.
func Repeat(x *array.Array, n int, axis ...int) *array.Array {
	checkDims("Repeat", []int{n})
	a := one("Repeat", axis, 0)
	if len(axis) > 0 {
		a = ops.Axis("Repeat", ops.Aval(array.Of(x)), a)
	}
	return map1(x, func(b builder, x value) value {
		if len(axis) == 0 {
			x = b.Reshape(x, x.Size())
		}
		shape := slices.Insert(slices.Clone(x.Shape), a+1, n)
		y := b.BroadcastInDim(x, shape, graph.Kept(len(shape), []int{a + 1}))
		joint := slices.Clone(x.Shape)
		joint[a] *= n
		return b.Reshape(y, joint...)
	})
}

func checkDims(op string, dims []int) {
	for _, n := range dims {
		if n < 0 {
			panic(graph.Errorf(graph.ErrSize, op, "%v has a negative size", dims))
		}
	}
}
