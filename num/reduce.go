package num

import (
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// Reductions take the axes that they remove; none means all. See Keep for a
// result that keeps them.

// Sum adds. Bools and narrow integers are added as int32 or uint32, half
// precision in float32. The axes are removed. It is jax.numpy.sum.
func Sum(x *array.Array, axes ...int) *array.Array { return reduce("Sum", x, axes, sum) }

// Prod multiplies, in the dtypes of Sum. The axes are removed. It is
// jax.numpy.prod.
func Prod(x *array.Array, axes ...int) *array.Array { return reduce("Prod", x, axes, prod) }

// Max is the largest element, NaN if there is one; equal ones share the
// derivative. An axis without elements is an error. The axes are removed; the
// dtype is x's. It is jax.numpy.max.
func Max(x *array.Array, axes ...int) *array.Array {
	return extreme("Max", x, axes, builder.ReduceMax)
}

// Min is the smallest element; see Max. It is jax.numpy.min.
func Min(x *array.Array, axes ...int) *array.Array {
	return extreme("Min", x, axes, builder.ReduceMin)
}

// Ptp is the largest element minus the smallest. The axes are removed; the
// dtype is x's. An axis without elements is an error. It is jax.numpy.ptp.
func Ptp(x *array.Array, axes ...int) *array.Array {
	return extreme("Ptp", x, axes, func(b builder, x value, axes ...int) value {
		return b.Sub(b.ReduceMax(x, axes...), b.ReduceMin(x, axes...))
	})
}

// All is whether no element is zero. The axes are removed; the result is bool.
// It is jax.numpy.all, which looks at the real parts of complex numbers only;
// here, as in NumPy, they count whole.
func All(x *array.Array, axes ...int) *array.Array {
	return reduce("All", x, axes, func(b builder, x value, axes []int) value { return b.ReduceAnd(b.Truth(x), axes...) })
}

// Any is whether some element is not zero. The axes are removed; the result is
// bool; for complex numbers see All. It is jax.numpy.any.
func Any(x *array.Array, axes ...int) *array.Array {
	return reduce("Any", x, axes, func(b builder, x value, axes []int) value { return b.ReduceOr(b.Truth(x), axes...) })
}

// CountNonzero is the number of elements that are not zero, as int32. The axes
// are removed. It is jax.numpy.count_nonzero.
func CountNonzero(x *array.Array, axes ...int) *array.Array {
	return reduce("CountNonzero", x, axes, func(b builder, x value, axes []int) value {
		return b.ReduceSum(b.Convert(b.Truth(x), counter(count(x, axes))), axes...)
	})
}

// Argmax is the index of the largest element along the axis, as int32: the
// first of equals, and a NaN if there is one. Without an axis it is the index
// in row-major order. The axis is removed. It is jax.numpy.argmax.
func Argmax(x *array.Array, axis ...int) *array.Array { return arg("Argmax", graph.OpArgmax, x, axis) }

// Argmin is the index of the smallest element; see Argmax. It is
// jax.numpy.argmin.
func Argmin(x *array.Array, axis ...int) *array.Array { return arg("Argmin", graph.OpArgmin, x, axis) }

// Keep is a reduction like the one given that leaves the axes there, with size
// 1, and the dtype as it is: num.Keep(num.Mean)(x, -1) can be subtracted from
// x. A function that does not remove the axes is an error. It is keepdims=True
// of jax.numpy's functions.
func Keep(reduce func(x *array.Array, axes ...int) *array.Array) func(x *array.Array, axes ...int) *array.Array {
	if reduce == nil {
		panic(graph.Errorf(graph.ErrNil, "Keep", "a nil function to reduce with"))
	}
	return func(x *array.Array, axes ...int) *array.Array {
		y := reduce(x, axes...)
		shape := x.Shape()
		removed := ops.Axes("Keep", ops.Aval(x), axes)
		for _, axis := range removed {
			shape[axis] = 1
		}
		if y.Rank() != x.Rank()-len(removed) || y.Size() != (graph.Aval{Shape: shape}).Size() {
			panic(ops.Mistake(graph.ErrArgument, "Keep", []*array.Array{x, y}, "the function does not remove the axes %v; Keep takes those that do, as Sum", removed))
		}
		return map1(y, func(b builder, y value) value { return b.Reshape(y, shape...) })
	}
}

// NaNSum is Sum with 0 for NaN; see Sum. It is jax.numpy.nansum.
func NaNSum(x *array.Array, axes ...int) *array.Array {
	return reduce("NaNSum", x, axes, func(b builder, x value, axes []int) value { return sum(b, unNaN(b, x, 0), axes) })
}

// NaNProd is Prod with 1 for NaN; see Prod. It is jax.numpy.nanprod.
func NaNProd(x *array.Array, axes ...int) *array.Array {
	return reduce("NaNProd", x, axes, func(b builder, x value, axes []int) value { return prod(b, unNaN(b, x, 1), axes) })
}

// NaNMax is Max of the elements that are not NaN; NaN where there is none. See
// Max. It is jax.numpy.nanmax.
func NaNMax(x *array.Array, axes ...int) *array.Array {
	return extreme("NaNMax", x, axes, func(b builder, x value, axes ...int) value {
		return orAllNaN(b, x, axes, b.ReduceMax(unNaN(b, x, math.Inf(-1)), axes...))
	})
}

// NaNMin is Min of the elements that are not NaN; NaN where there is none. See
// Max. It is jax.numpy.nanmin.
func NaNMin(x *array.Array, axes ...int) *array.Array {
	return extreme("NaNMin", x, axes, func(b builder, x value, axes ...int) value {
		return orAllNaN(b, x, axes, b.ReduceMin(unNaN(b, x, math.Inf(1)), axes...))
	})
}

// unNaN is x with c for NaN.
func unNaN(b builder, x value, c float64) value {
	if !x.DType.Differentiable() {
		return x
	}
	return b.Select(b.Ne(x, x), num(b, x, c), x)
}

func orAllNaN(b builder, x value, axes []int, y value) value {
	if !x.DType.Differentiable() {
		return y
	}
	return b.Select(b.ReduceAnd(b.Ne(x, x), axes...), num(b, y, math.NaN()), y)
}

func reduce(op string, x *array.Array, axes []int, f func(b builder, x value, axes []int) value) *array.Array {
	axes = ops.Axes(op, ops.Aval(array.Of(x)), axes)
	return ops.Apply([]*array.Array{x}, false, func(b builder, in []value) value { return f(b, in[0], axes) })
}

func extreme(op string, x *array.Array, axes []int, f func(b builder, x value, axes ...int) value) *array.Array {
	for _, axis := range ops.Axes(op, ops.Aval(array.Of(x)), axes) {
		if x.Dim(axis) == 0 {
			panic(ops.Mistake(graph.ErrSize, op, []*array.Array{x}, "axis %d has no elements, and nothing has no extreme", axis))
		}
	}
	return reduce(op, x, axes, func(b builder, x value, axes []int) value { return f(b, x, axes...) })
}

func arg(op string, o graph.Op, x *array.Array, axis []int) *array.Array {
	a := one(op, axis, 0)
	if len(axis) > 0 {
		a = ops.Axis(op, ops.Aval(array.Of(x)), a)
	}
	return ops.Apply([]*array.Array{x}, false, func(b builder, in []value) value {
		x := in[0]
		if len(axis) == 0 {
			x = b.Reshape(x, x.Size())
		}
		return b.Arg(o, x, a, counter(x.Shape[a]))
	})
}

// sum adds in summed(x.DType), and in wide precision.
func sum(b builder, x value, axes []int) value {
	return widely(b, b.Convert(x, summed(x.DType)), func(x value) value { return b.ReduceSum(x, axes...) })
}

func prod(b builder, x value, axes []int) value {
	return widely(b, b.Convert(x, summed(x.DType)), func(x value) value { return b.ReduceProd(x, axes...) })
}

// summed is the type in which elements of type d are added up.
func summed(d graph.DType) graph.DType {
	switch {
	case d == graph.Bool || d.IsSigned() && d.Size() < 4:
		return graph.Int32
	case d.IsUnsigned() && d.Size() < 4:
		return graph.Uint32
	}
	return d
}

// widely applies f in float32 if x is of half precision.
func widely(b builder, x value, f func(x value) value) value {
	if !x.DType.IsFloat() || x.DType.Size() > 2 {
		return f(x)
	}
	return b.Convert(f(b.Convert(x, graph.Float32)), x.DType)
}

// count is the number of elements that a reduction over axes takes together.
func count(x value, axes []int) int {
	n := 1
	for _, axis := range axes {
		n *= x.Shape[axis]
	}
	return n
}

// spread is y, which x was reduced to over axes, repeated along them.
func spread(b builder, y, x value, axes []int) value {
	if y.Rank() == 0 && x.Rank() > 0 {
		return y // ops take it as it is
	}
	return b.BroadcastInDim(y, slices.Clone(x.Shape), graph.Kept(x.Rank(), axes))
}
