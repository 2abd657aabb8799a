package num

import (
	"math"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// Mean is the average over the axes, or over all. Integers become float32;
// half precision is added up in float32. The axes are removed. It is
// jax.numpy.mean.
func Mean(x *array.Array, axes ...int) *array.Array { return floatReduce("Mean", x, axes, mean) }

// Var is the variance over the axes: the mean of |x - mean|^2, which is real.
// Half precision is computed in float32. The axes are removed; integers become
// float32. It is jax.numpy.var.
func Var(x *array.Array, axes ...int) *array.Array {
	return floatReduce("Var", x, axes, func(b builder, x value, axes []int) value { return variance(b, x, axes, 0) })
}

// SampleVar is the unbiased estimate of the variance: the sum of |x - mean|^2
// divided by n - 1, which is ddof=1 in NumPy; NaN for a single element. For the
// rest see Var. It is jax.numpy.var with ddof=1.
func SampleVar(x *array.Array, axes ...int) *array.Array {
	return floatReduce("SampleVar", x, axes, func(b builder, x value, axes []int) value { return variance(b, x, axes, 1) })
}

// Std is the square root of Var; see Var. It is jax.numpy.std.
func Std(x *array.Array, axes ...int) *array.Array {
	return floatReduce("Std", x, axes, func(b builder, x value, axes []int) value { return b.Sqrt(variance(b, x, axes, 0)) })
}

// SampleStd is the square root of SampleVar; see SampleVar. It is jax.numpy.std
// with ddof=1.
func SampleStd(x *array.Array, axes ...int) *array.Array {
	return floatReduce("SampleStd", x, axes, func(b builder, x value, axes []int) value { return b.Sqrt(variance(b, x, axes, 1)) })
}

// NaNMean is Mean of the elements that are not NaN; see Mean. It is
// jax.numpy.nanmean.
func NaNMean(x *array.Array, axes ...int) *array.Array {
	return floatReduce("NaNMean", x, axes, func(b builder, x value, axes []int) value { return nanMean(b, x, axes) })
}

// NaNVar is Var of the elements that are not NaN; see Var. It is
// jax.numpy.nanvar.
func NaNVar(x *array.Array, axes ...int) *array.Array { return floatReduce("NaNVar", x, axes, nanVar) }

// NaNStd is Std of the elements that are not NaN; see Std. It is
// jax.numpy.nanstd.
func NaNStd(x *array.Array, axes ...int) *array.Array {
	return floatReduce("NaNStd", x, axes, func(b builder, x value, axes []int) value { return b.Sqrt(nanVar(b, x, axes)) })
}

// Average is the mean with weights, of x's shape or, for a single axis, of its
// length: sum(weights*x) / sum(weights). Weights of another shape are an error.
// The axes are removed; dtypes are promoted, and integers and bools become
// float32. It is jax.numpy.average.
func Average(x, weights *array.Array, axes ...int) *array.Array {
	d, _ := float(x, weights)
	resolved := ops.Axes("Average", ops.Aval(x), axes)
	vector := weights.Rank() == 1 && x.Rank() != 1 && len(resolved) == 1 && x.Dim(resolved[0]) == weights.Dim(0)
	if !vector && !equalShape(x, weights) {
		panic(ops.Mistake(graph.ErrShape, "Average", []*array.Array{x, weights}, "weights must have x's shape, or the length of the one axis"))
	}
	return ops.Apply([]*array.Array{x, weights}, false, func(b builder, in []value) value {
		x, w := b.Convert(in[0], d), b.Convert(in[1], d)
		if vector {
			w = b.BroadcastInDim(w, x.Shape, resolved)
		}
		wide := d
		if d.Size() == 2 {
			wide = graph.Float32
		}
		x, w = b.Convert(x, wide), b.Convert(w, wide)
		return b.Convert(b.Div(b.ReduceSum(b.Mul(x, w), resolved...), b.ReduceSum(w, resolved...)), d)
	})
}

// Cov is the covariance of variables, one a row of x, over observations, one a
// column: the unbiased estimate, divided by n - 1. A vector is one variable.
// The variance of one variable is a scalar. A rank above 2 is an error.
// Integers and bools become float32. It is jax.numpy.cov.
func Cov(x *array.Array) *array.Array {
	checkObservations("Cov", x)
	return float1(x, covariance).As(covDType(x))
}

// Corrcoef is the correlation coefficients of variables: Cov divided by the
// standard deviations, with parts clipped to -1..1. A rank above 2 is an error.
// Integers and bools become float32. It is jax.numpy.corrcoef.
func Corrcoef(x *array.Array) *array.Array {
	checkObservations("Corrcoef", x)
	return float1(x, func(b builder, x value) value {
		c := covariance(b, x)
		if c.Rank() == 0 {
			return b.Div(c, c)
		}
		n := c.Shape[0]
		onDiagonal := b.Eq(b.Iota(graph.Int32, []int{n, n}, 0), b.Iota(graph.Int32, []int{n, n}, 1))
		std := b.Sqrt(realPart(b, b.ReduceSum(where(b, onDiagonal, c), 1)))
		std = b.Convert(std, c.DType)
		c = b.Div(c, b.BroadcastInDim(std, c.Shape, []int{0}))
		c = b.Div(c, b.BroadcastInDim(std, c.Shape, []int{1}))
		clip := func(x value) value { return b.Clamp(num(b, x, -1), x, num(b, x, 1)) }
		if c.DType.IsComplex() {
			return b.Complex(clip(b.Real(c)), clip(b.Imag(c)))
		}
		return clip(c)
	}).As(covDType(x))
}

func covDType(x *array.Array) graph.DType {
	d, _ := float(x)
	return d
}

func checkObservations(op string, x *array.Array) {
	if r := array.Of(x).Rank(); r != 1 && r != 2 {
		panic(ops.Mistake(graph.ErrRank, op, []*array.Array{x}, "needs a matrix with a row for each variable, or a vector, not rank %d", r))
	}
}

func covariance(b builder, x value) value {
	if x.Rank() == 1 {
		x = b.Reshape(x, 1, x.Size())
	}
	n := x.Shape[1]
	x = b.Sub(x, spread(b, mean(b, x, []int{1}), x, []int{1}))
	p := graph.DotParams{LHSContract: []int{1}, RHSContract: []int{1}, LHSBatch: []int{}, RHSBatch: []int{}, Prefer: x.DType}
	c := b.Div(b.DotGeneral(x, b.Conj(x), p), num(b, x, float64(n-1)))
	if c.Size() == 1 {
		return b.Reshape(c)
	}
	return c
}

// floatReduce reduces a float or complex array, half precision in float32.
func floatReduce(op string, x *array.Array, axes []int, f func(b builder, x value, axes []int) value) *array.Array {
	d, _ := float(array.Of(x))
	return reduce(op, x, axes, func(b builder, x value, axes []int) value {
		return widely(b, b.Convert(x, d), func(x value) value { return f(b, x, axes) })
	})
}

func mean(b builder, x value, axes []int) value {
	y := b.ReduceSum(x, axes...)
	return b.Div(y, num(b, y, float64(count(x, axes))))
}

func variance(b builder, x value, axes []int, ddof int) value {
	d2 := absSquare(b, b.Sub(x, spread(b, mean(b, x, axes), x, axes)))
	y := b.ReduceSum(d2, axes...)
	n := count(x, axes) - ddof
	if n <= 0 {
		return b.Full(y.Aval, math.NaN())
	}
	return b.Div(y, num(b, y, float64(n)))
}

// absSquare is |x|^2.
func absSquare(b builder, x value) value {
	if x.DType.IsComplex() {
		return b.Add(b.Square(b.Real(x)), b.Square(b.Imag(x)))
	}
	return b.Square(x)
}

func nanMean(b builder, x value, axes []int) value {
	return b.Div(b.ReduceSum(unNaN(b, x, 0), axes...), nanCount(b, x, x.DType, axes))
}

// nanCount is the number of elements that are not NaN.
func nanCount(b builder, x value, d graph.DType, axes []int) value {
	return b.ReduceSum(b.Convert(b.Eq(x, x), d), axes...)
}

func nanVar(b builder, x value, axes []int) value {
	d := where(b, b.Eq(x, x), b.Sub(x, spread(b, nanMean(b, x, axes), x, axes)))
	y := b.ReduceSum(absSquare(b, d), axes...)
	return b.Div(y, nanCount(b, x, y.DType, axes))
}
