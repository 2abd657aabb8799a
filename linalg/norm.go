package linalg

import (
	"math"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// Norm is the square root of the sum of squares over the axes, or over all
// elements: the length of vectors, the Frobenius norm of matrices. Its gradient
// at zero is zero. The axes are removed; the result is real, a float of the
// parts' dtype; integers and bools become float32. An axis that x lacks is an
// error. It is jax.numpy.linalg.norm.
func Norm(x *array.Array, axes ...int) *array.Array {
	return norm("Norm", x, axes, func(b builder, x value, axes []int) value {
		sum := b.ReduceSum(absSquare(b, x), axes...)
		zero, one := b.Scalar(sum.DType, 0), b.Scalar(sum.DType, 1)
		isZero := b.Eq(sum, zero)
		return b.Select(isZero, zero, b.Sqrt(b.Select(isZero, one, sum)))
	})
}

// VectorNorm is the p-norm over the axes, or over all elements: the sum of |x|
// to the power p, to the power 1/p. It is the largest |x| for infinite p, the
// smallest for -infinity, and the number of elements that are not 0 for 0. The
// axes are removed; the result is real; see Norm. It is
// jax.numpy.linalg.vector_norm.
func VectorNorm(x *array.Array, p float64, axes ...int) *array.Array {
	if p == 2 {
		return Norm(x, axes...)
	}
	return norm("VectorNorm", x, axes, func(b builder, x value, axes []int) value {
		size := b.Abs(x)
		switch {
		case p == 1:
			return b.ReduceSum(size, axes...)
		case math.IsInf(p, 1):
			return b.ReduceMax(size, axes...)
		case math.IsInf(p, -1):
			return b.ReduceMin(size, axes...)
		case p == 0:
			return b.ReduceSum(b.Convert(b.Ne(size, b.Scalar(size.DType, 0)), size.DType), axes...)
		}
		return b.Pow(b.ReduceSum(b.Pow(size, b.Scalar(size.DType, p)), axes...), b.Scalar(size.DType, 1/p))
	})
}

// MatrixNorm is a norm of the matrices in the last two axes: with p = 1 the
// largest sum of |x| over a column, with p = math.Inf(1) that over a row; -1
// and math.Inf(-1) give the smallest sums. For the Frobenius norm, and for
// dtypes, see Norm. The two axes are removed; the result is real, and another p
// is an error. It is jax.numpy.linalg.matrix_norm.
func MatrixNorm(x *array.Array, p float64) *array.Array {
	return norm("MatrixNorm", x, []int{-2, -1}, func(b builder, x value, axes []int) value {
		along, over := axes[0], axes[1]-1
		switch p {
		case 1, -1:
		case math.Inf(1), math.Inf(-1):
			along, over = axes[1], axes[0]
		default:
			panic(graph.Mistake(graph.ErrArgument, "MatrixNorm", []graph.Aval{x.Aval}, "p is 1, -1, math.Inf(1) or math.Inf(-1), not %v", p))
		}
		sums := b.ReduceSum(b.Abs(x), along)
		if p > 0 {
			return b.ReduceMax(sums, over)
		}
		return b.ReduceMin(sums, over)
	})
}

// norm computes half precision in float32.
func norm(op string, x *array.Array, axes []int, f func(b builder, x value, axes []int) value) *array.Array {
	x = array.Of(x)
	axes = ops.Axes(op, ops.Aval(x), axes)
	return apply1(func(b builder, in []value) value {
		d := in[0].DType
		wide := d
		if d.Size() == 2 {
			wide = graph.Float32
		}
		y := f(b, b.Convert(in[0], wide), axes)
		return b.Convert(y, d.Real())
	}, x)
}

func absSquare(b builder, x value) value {
	if x.DType.IsComplex() {
		return b.Real(b.Mul(x, b.Conj(x)))
	}
	return b.Square(x)
}
