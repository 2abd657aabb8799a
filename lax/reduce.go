package lax

import (
	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// The reductions remove the given axes, or all, and keep the dtype. Without
// elements the result is the number that changes nothing: 0 of a sum, the least
// number of a maximum.

// ReduceSum is the reduction of numbers by addition. It is jax.lax.reduce_sum.
func ReduceSum(x *array.Array, axes ...int) *array.Array {
	return reduce("ReduceSum", graph.OpReduceSum, x, axes)
}

// ReduceProd is the reduction of numbers by multiplication. It is
// jax.lax.reduce_prod.
func ReduceProd(x *array.Array, axes ...int) *array.Array {
	return reduce("ReduceProd", graph.OpReduceProd, x, axes)
}

// ReduceMax is the reduction of real numbers or bools to the largest; NaN if
// there is one. Equal elements share the derivative. It is jax.lax.reduce_max.
func ReduceMax(x *array.Array, axes ...int) *array.Array {
	return reduce("ReduceMax", graph.OpReduceMax, x, axes)
}

// ReduceMin is the reduction to the smallest; see ReduceMax. It is
// jax.lax.reduce_min.
func ReduceMin(x *array.Array, axes ...int) *array.Array {
	return reduce("ReduceMin", graph.OpReduceMin, x, axes)
}

// ReduceAnd is the reduction of integers, bit by bit, or bools by and. It is
// jax.lax.reduce_and.
func ReduceAnd(x *array.Array, axes ...int) *array.Array {
	return reduce("ReduceAnd", graph.OpReduceAnd, x, axes)
}

// ReduceOr is the reduction of integers, bit by bit, or bools by or. It is
// jax.lax.reduce_or.
func ReduceOr(x *array.Array, axes ...int) *array.Array {
	return reduce("ReduceOr", graph.OpReduceOr, x, axes)
}

// ReduceXor is the reduction of integers, bit by bit, or bools by exclusive or.
// It is jax.lax.reduce_xor.
func ReduceXor(x *array.Array, axes ...int) *array.Array {
	return reduce("ReduceXor", graph.OpReduceXor, x, axes)
}

func reduce(name string, op graph.Op, x *array.Array, axes []int) *array.Array {
	axes = ops.Axes(name, ops.Aval(x), axes)
	return ops.Apply([]*array.Array{x}, false, func(b builder, in []value) value {
		return b.Emit(op, graph.ReduceParams{Axes: axes}, in[0])[0]
	})
}

// Argmax is the index of the largest of real numbers or bools along an axis, as
// integers of dtype d; the axis is removed. Of equal elements it is the first;
// a NaN counts as the largest. An axis that x lacks or that has no elements,
// complex numbers, and a d that is not of integers are errors. It is
// jax.lax.argmax.
func Argmax(d graph.DType, x *array.Array, axis int) *array.Array {
	return arg("Argmax", graph.OpArgmax, d, x, axis)
}

// Argmin is the index of the smallest; see Argmax. A NaN counts as the smallest. It
// is jax.lax.argmin.
func Argmin(d graph.DType, x *array.Array, axis int) *array.Array {
	return arg("Argmin", graph.OpArgmin, d, x, axis)
}

func arg(name string, op graph.Op, d graph.DType, x *array.Array, axis int) *array.Array {
	axis = ops.Axis(name, ops.Aval(x), axis)
	return ops.Apply([]*array.Array{x}, false, func(b builder, in []value) value { return b.Arg(op, in[0], axis, d) })
}

// A CumOption changes what Cumsum and its kin do.
type CumOption struct{ reverse bool }

// Reverse has Cumsum and its kin go from the last element to the first. It is
// reverse=True of jax.lax.cumsum.
func Reverse() CumOption { return CumOption{true} }

// Cumsum is for each element the sum of the numbers up to it along an axis.
// Shape and dtype are x's. Bools, and an axis that x lacks, are errors. It is
// jax.lax.cumsum.
func Cumsum(x *array.Array, axis int, opts ...CumOption) *array.Array {
	return cum("Cumsum", graph.OpCumsum, x, axis, opts)
}

// Cumprod is for each element the product of the numbers up to it; see Cumsum. It
// is jax.lax.cumprod.
func Cumprod(x *array.Array, axis int, opts ...CumOption) *array.Array {
	return cum("Cumprod", graph.OpCumprod, x, axis, opts)
}

// Cummax is for each element the largest of the real numbers or bools up to it; see
// Cumsum. It is jax.lax.cummax.
func Cummax(x *array.Array, axis int, opts ...CumOption) *array.Array {
	return cum("Cummax", graph.OpCummax, x, axis, opts)
}

// Cummin is for each element the smallest of the real numbers or bools up to it;
// see Cumsum. It is jax.lax.cummin.
func Cummin(x *array.Array, axis int, opts ...CumOption) *array.Array {
	return cum("Cummin", graph.OpCummin, x, axis, opts)
}

func cum(name string, op graph.Op, x *array.Array, axis int, opts []CumOption) *array.Array {
	axis = ops.Axis(name, ops.Aval(x), axis)
	for _, o := range opts {
		if !o.reverse {
			panic(empty(name))
		}
	}
	return ops.Apply([]*array.Array{x}, false, func(b builder, in []value) value { return b.Cum(op, in[0], axis, len(opts) > 0) })
}
