package num

import (
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// Cumsum is for each element the sum of those up to it along the axis; without
// an axis, in row-major order. Bools are added as int32; other types stay. The
// shape is x's, or without an axis its size. It is jax.numpy.cumsum.
func Cumsum(x *array.Array, axis ...int) *array.Array {
	return cumulative("Cumsum", graph.OpCumsum, x, axis, nil)
}

// Cumprod is the product of the elements up to each; see Cumsum. It is
// jax.numpy.cumprod.
func Cumprod(x *array.Array, axis ...int) *array.Array {
	return cumulative("Cumprod", graph.OpCumprod, x, axis, nil)
}

// Cummax is the largest of the elements up to each; see Cumsum. It is
// jax.lax.cummax.
func Cummax(x *array.Array, axis ...int) *array.Array {
	return cumulative("Cummax", graph.OpCummax, x, axis, nil)
}

// Cummin is the smallest of the elements up to each; see Cumsum. It is
// jax.lax.cummin.
func Cummin(x *array.Array, axis ...int) *array.Array {
	return cumulative("Cummin", graph.OpCummin, x, axis, nil)
}

// NaNCumsum is Cumsum with 0 for NaN; see Cumsum. It is jax.numpy.nancumsum.
func NaNCumsum(x *array.Array, axis ...int) *array.Array {
	return cumulative("NaNCumsum", graph.OpCumsum, x, axis, func(b builder, x value) value { return unNaN(b, x, 0) })
}

// NaNCumprod is Cumprod with 1 for NaN; see Cumprod. It is
// jax.numpy.nancumprod.
func NaNCumprod(x *array.Array, axis ...int) *array.Array {
	return cumulative("NaNCumprod", graph.OpCumprod, x, axis, func(b builder, x value) value { return unNaN(b, x, 1) })
}

// CumLogSumExp is log of the sum of exp of the elements up to each along the
// axis, without overflow; see Cumsum. Integers become float32. It is
// jax.lax.cumlogsumexp.
func CumLogSumExp(x *array.Array, axis ...int) *array.Array {
	return along("CumLogSumExp", x, axis, func(b builder, x value, axis int) value {
		if !x.DType.Differentiable() {
			x = b.Convert(x, graph.Float32)
		}
		return b.AssociativeScan(axis, false, []value{x}, func(b builder, x, y []value) []value {
			if x[0].DType.IsComplex() {
				return []value{complexLogAddExp(b, x[0], y[0])}
			}
			return []value{logAddExp(b, x[0], y[0], 1)}
		})[0]
	})
}

func cumulative(op string, o graph.Op, x *array.Array, axis []int, prepare func(b builder, x value) value) *array.Array {
	return along(op, x, axis, func(b builder, x value, axis int) value {
		if prepare != nil {
			x = prepare(b, x)
		}
		if x.DType == graph.Bool && (o == graph.OpCumsum || o == graph.OpCumprod) {
			x = b.Convert(x, graph.Int32)
		}
		return b.Cum(o, x, axis, false)
	})
}

// along applies f along one axis, or to the raveled array.
func along(op string, x *array.Array, axis []int, f func(b builder, x value, axis int) value) *array.Array {
	a := one(op, axis, 0)
	if len(axis) > 0 {
		a = ops.Axis(op, ops.Aval(array.Of(x)), a)
	}
	return ops.Apply([]*array.Array{x}, false, func(b builder, in []value) value {
		x := in[0]
		if len(axis) == 0 {
			x = b.Reshape(x, x.Size())
		}
		return f(b, x, a)
	})
}

// Diff is the difference of neighbours along the axis, the last if not given:
// x[i+1] - x[i]. Of bools it is whether they differ. The axis has one element
// less, or none if it had none; the dtype is x's. It is jax.numpy.diff.
func Diff(x *array.Array, axis ...int) *array.Array {
	a := ops.Axis("Diff", ops.Aval(array.Of(x)), one("Diff", axis, -1))
	return map1(x, func(b builder, x value) value {
		n := x.Shape[a]
		if n == 0 {
			return x
		}
		before, after := b.SliceAxis(x, a, 0, n-1), b.SliceAxis(x, a, 1, n)
		if x.DType == graph.Bool {
			return b.Ne(after, before)
		}
		return b.Sub(after, before)
	})
}

// Gradient is the derivative along the axis, the last if not given, by central
// differences of elements that are h apart; one-sided at the ends. The axis
// needs two elements. The shape is x's; integers become float32. It is
// jax.numpy.gradient.
func Gradient(x *array.Array, h float64, axis ...int) *array.Array {
	a := ops.Axis("Gradient", ops.Aval(array.Of(x)), one("Gradient", axis, -1))
	n := x.Dim(a)
	if n < 2 {
		panic(ops.Mistake(graph.ErrSize, "Gradient", []*array.Array{x}, "axis %d needs at least two elements", a))
	}
	return float1(x, func(b builder, x value) value {
		slope := func(after, before value, d float64) value { return b.Div(b.Sub(after, before), num(b, x, d)) }
		at := func(lo, hi int) value { return b.SliceAxis(x, a, lo, hi) }
		parts := []value{slope(at(1, 2), at(0, 1), h)}
		if n > 2 {
			parts = append(parts, slope(at(2, n), at(0, n-2), 2*h))
		}
		return b.Concatenate(a, append(parts, slope(at(n-1, n), at(n-2, n-1), h))...)
	})
}

// Trapezoid is the integral along the axis, the last if not given, of samples
// that are dx apart, by the trapezoidal rule. The axis is removed; integers
// become float32. It is jax.numpy.trapezoid.
func Trapezoid(x *array.Array, dx float64, axis ...int) *array.Array {
	a := ops.Axis("Trapezoid", ops.Aval(array.Of(x)), one("Trapezoid", axis, -1))
	d, _ := float(x)
	return reduce("Trapezoid", x, []int{a}, func(b builder, x value, axes []int) value {
		x = b.Convert(x, d)
		n := x.Shape[a]
		if n == 0 {
			return b.Zeros(graph.Aval{DType: d, Shape: slices.Delete(slices.Clone(x.Shape), a, a+1)})
		}
		return widely(b, x, func(x value) value {
			pairs := b.Add(b.SliceAxis(x, a, 1, n), b.SliceAxis(x, a, 0, n-1))
			return b.Mul(b.ReduceSum(pairs, axes...), num(b, x, dx/2))
		})
	})
}
