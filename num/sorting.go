package num

import (
	"math"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/lax"
)

// Sort is the elements along the axis in ascending order; the axis is the last
// if not given. NaNs come last. Its derivative moves with the elements. Shape
// and dtype are x's. An axis that x lacks is an error. It is jax.numpy.sort.
func Sort(x *array.Array, axis ...int) *array.Array {
	a := ops.Axis("Sort", ops.Aval(array.Of(x)), one("Sort", axis, -1))
	return map1(x, func(b builder, x value) value { return b.Sort(a, 1, x)[0] })
}

// Argsort is the indices that sort the axis, as int32; equal elements keep
// their order. The axis is the last if not given. The shape is x's. For errors
// see Sort. It is jax.numpy.argsort.
func Argsort(x *array.Array, axis ...int) *array.Array {
	a := ops.Axis("Argsort", ops.Aval(array.Of(x)), one("Argsort", axis, -1))
	return ops.Apply([]*array.Array{x}, false, func(b builder, in []value) value {
		return b.Sort(a, 1, in[0], places(b, in[0], a))[1]
	})
}

// places are the indices along an axis of x, as int32, or int64 where that does
// not hold them.
func places(b builder, x value, axis int) value {
	return b.Iota(counter(x.Shape[axis]), x.Shape, axis)
}

// Lexsort is the indices that sort by several keys of one shape along the last
// axis, as int32: by the last key, and where that is equal by the one before.
// Keys whose shapes differ are an error. It is jax.numpy.lexsort.
func Lexsort(keys ...*array.Array) *array.Array {
	checkSome("Lexsort", keys)
	for _, k := range keys {
		if !equalShape(k, keys[0]) || k.Rank() == 0 {
			panic(ops.Mistake(graph.ErrShape, "Lexsort", keys, "the keys must have one shape, and an axis"))
		}
	}
	n := len(keys)
	return ops.Apply(keys, false, func(b builder, in []value) value {
		xs := make([]value, n, n+1)
		for i, v := range in[:n] {
			xs[n-1-i] = v
		}
		last := xs[0].Rank() - 1
		return b.Sort(last, n, append(xs, places(b, xs[0], last))...)[n]
	})
}

// TopK is the k largest elements along the last axis, in descending order, and
// their indices, as int32. Of equal elements the first comes first; NaNs count
// as largest. The axis has k elements; a k beyond its size is an error. It is
// jax.lax.top_k.
func TopK(x *array.Array, k int) (values, indices *array.Array) { return lax.TopK(x, k) }

// Median is the middle element over the axes, or over all; of an even number,
// the mean of the two. NaN if there is one. Integers become float32. Complex
// numbers are an error. It is jax.numpy.median.
func Median(x *array.Array, axes ...int) *array.Array { return quantile("Median", x, 0.5, axes) }

// Quantile is the element below which the fraction q of the others is, between
// two by linear interpolation, over the axes, or over all. NaN if there is
// one. Integers become float32. A q outside of 0..1, and complex numbers, are
// errors. It is jax.numpy.quantile.
func Quantile(x *array.Array, q float64, axes ...int) *array.Array {
	return quantile("Quantile", x, q, axes)
}

// Percentile is Quantile with q in percent; see Quantile. It is
// jax.numpy.percentile.
func Percentile(x *array.Array, q float64, axes ...int) *array.Array {
	return quantile("Percentile", x, q/100, axes)
}

func quantile(op string, x *array.Array, q float64, axes []int) *array.Array {
	if !(0 <= q && q <= 1) {
		panic(ops.Mistake(graph.ErrArgument, op, []*array.Array{x}, "there is no quantile %v, beyond all elements", q))
	}
	d, _ := float(array.Of(x))
	if d.IsComplex() {
		panic(ops.Mistake(graph.ErrDType, op, []*array.Array{x}, "complex numbers have no order"))
	}
	return extreme(op, x, axes, func(b builder, x value, axes ...int) value {
		kept := graph.Kept(x.Rank(), axes)
		n, r := count(x, axes), len(kept)
		shape := make([]int, 0, r+1)
		for _, axis := range kept {
			shape = append(shape, x.Shape[axis])
		}
		x = b.Reshape(b.Transpose(b.Convert(x, d), append(kept, axes...)...), append(shape, n)...)
		undefined := b.ReduceOr(b.Ne(x, x), r)
		x = b.Sort(r, 1, x)[0]
		at := func(i float64) value { return b.Reshape(b.SliceAxis(x, r, int(i), int(i)+1), shape...) }
		place := q * float64(n-1)
		lo, hi := math.Floor(place), math.Ceil(place)
		y := at(lo)
		if hi > lo {
			y = b.Add(b.Mul(y, num(b, y, hi-place)), b.Mul(at(hi), num(b, y, place-lo)))
		}
		return b.Select(undefined, num(b, y, math.NaN()), y)
	})
}
