package lax

import (
	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// The functions that move elements take every dtype, and keep it.

// BroadcastInDim repeats x to a shape: axis i of x becomes axis
// broadcastDimensions[i] of the result, which has its size, or any if it is 1.
// The dtype is x's. Dimensions that do not rise, and sizes that do not fit, are
// errors. It is jax.lax.broadcast_in_dim.
func BroadcastInDim(x *array.Array, shape, broadcastDimensions []int) *array.Array {
	shape, dims := ints(shape), ints(broadcastDimensions)
	return map1(x, func(b builder, x value) value { return b.BroadcastInDim(x, shape, dims) })
}

// Reshape is the elements of x in row-major order, in another shape of as many
// elements; another number is an error. The dtype is x's. It is
// jax.lax.reshape.
func Reshape(x *array.Array, newSizes ...int) *array.Array {
	return map1(x, func(b builder, x value) value { return b.Reshape(x, newSizes...) })
}

// Transpose is x with its axes permuted: axis i of the result is axis
// permutation[i] of x. The dtype is x's; what is no permutation is an error. It
// is jax.lax.transpose.
func Transpose(x *array.Array, permutation ...int) *array.Array {
	permutation = each("Transpose", x, permutation)
	return map1(x, func(b builder, x value) value { return b.Transpose(x, permutation...) })
}

// Rev is x in the reverse order along the given axes, or along all. Shape and
// dtype are x's. An axis that x lacks or that is given twice is an error. It is
// jax.lax.rev.
func Rev(x *array.Array, dimensions ...int) *array.Array {
	axes := ops.Axes("Rev", ops.Aval(x), dimensions)
	return map1(x, func(b builder, x value) value { return b.Rev(x, axes...) })
}

// Concatenate joins arrays along an axis. They have one dtype, and one shape
// but for that axis; all else is an error. It is jax.lax.concatenate.
func Concatenate(dimension int, xs ...*array.Array) *array.Array {
	if len(xs) == 0 {
		panic(graph.Errorf(graph.ErrArgument, "Concatenate", "needs at least one array"))
	}
	ops.Given(xs...)
	axis := ops.Axis("Concatenate", ops.Aval(xs[0]), dimension)
	return strict(xs, func(b builder, in []value) value { return b.Concatenate(axis, in...) })
}

// PaddingConfig says how Pad pads an axis: with Low elements before the first,
// High after the last and Interior between neighbours. A negative Low or High
// takes elements away.
type PaddingConfig struct{ Low, High, Interior int }

// Pad is x padded with a scalar of its dtype; there is one config for each
// axis. The dtype is x's. Another number of configs, and more elements taken
// away than there are, are errors. It is jax.lax.pad.
func Pad[T array.Operand](x *array.Array, paddingValue T, config ...PaddingConfig) *array.Array {
	p := graph.PadParams{Low: []int{}, High: []int{}, Interior: []int{}}
	for _, c := range config {
		p.Low, p.High, p.Interior = append(p.Low, c.Low), append(p.High, c.High), append(p.Interior, c.Interior)
	}
	return strict([]*array.Array{x, array.Of(paddingValue)}, func(b builder, in []value) value {
		return b.Pad(in[0], in[1], p)
	})
}

// A SliceOption changes what Slice does.
type SliceOption struct{ strides []int }

// Strides has Slice take one of every so many elements, with a number of 1 or
// more for each axis. Others are an error. It is strides of jax.lax.slice.
func Strides(strides ...int) SliceOption { return SliceOption{ints(strides)} }

// Slice is the elements of x from startIndices up to limitIndices, which have
// one number for each axis and lie within x; others are an error. The dtype is
// x's. It is jax.lax.slice.
func Slice(x *array.Array, startIndices, limitIndices []int, opts ...SliceOption) *array.Array {
	p := graph.SliceParams{Start: ints(startIndices), Limit: ints(limitIndices)}
	for _, o := range opts {
		if p.Strides = o.strides; p.Strides == nil {
			panic(empty("Slice"))
		}
	}
	return map1(x, func(b builder, x value) value { return b.Slice(x, p) })
}

// Iota is 0, 1, 2 up to size-1, as numbers of dtype d. It is a vector; a
// negative size, and bools, are errors. It is jax.lax.iota.
func Iota(d graph.DType, size int) *array.Array { return BroadcastedIota(d, 0, size) }

// BroadcastedIota has in each place of a shape its index along an axis, as a
// number of dtype d. An axis that the shape lacks, a negative size, and bools
// are errors. It is jax.lax.broadcasted_iota.
func BroadcastedIota(d graph.DType, dimension int, shape ...int) *array.Array {
	shape = ints(shape)
	axis := ops.Axis("BroadcastedIota", graph.Aval{DType: d, Shape: shape}, dimension)
	return ops.Apply(nil, false, func(b builder, _ []value) value { return b.Iota(d, shape, axis) })
}

// OptimizationBarrier returns its operands, of any dtypes and shapes; only a
// nil one is an error. No result is there before every operand is, and the
// compiler does not look through it: what is computed on both sides is not
// joined, nor moved across. It is jax.lax.optimization_barrier.
func OptimizationBarrier(xs ...*array.Array) []*array.Array {
	ops.Given(xs...)
	n := len(xs)
	return ops.ApplyN(xs, func(b builder, in []value) []value { return b.Barrier(in[:n]...) })
}

// ints is a copy that nobody else writes to, and is not nil.
func ints(s []int) []int { return append([]int{}, s...) }
