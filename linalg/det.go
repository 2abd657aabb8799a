package linalg

import (
	"math"
	"slices"

	"jacobi/array"
	"jacobi/graph"
)

// Det is the determinant. Its gradient is the cofactors, at singular matrices
// too.
func Det(a *array.Array) *array.Array {
	return apply1(func(b builder, in []value) value {
		a := checkSquare("Det", in[0])
		avals := []graph.Aval{a.Aval}
		return b.CustomJVP(graph.CustomJVPParams{
			Name: "det",
			Graph: graph.Build(avals, func(b builder, in []value) []value {
				return []value{factor(b, in[0]).det(b)}
			}),
			JVP: graph.Build(slices.Concat(avals, avals), func(b builder, in []value) []value {
				f := factor(b, in[0])
				return []value{f.det(b), trace(b, f.adjugate(b, in[1]))}
			}),
		}, a)[0]
	}, a)
}

// SlogDet returns det = sign * exp(logabs), which neither overflows nor
// underflows: the sign, of size 1 or 0, and the logarithm of the size.
func SlogDet(a *array.Array) (sign, logabs *array.Array) {
	out := apply(func(b builder, in []value) []value {
		a := checkSquare("SlogDet", in[0])
		avals := []graph.Aval{a.Aval}
		return b.CustomJVP(graph.CustomJVPParams{
			Name: "slogdet",
			Graph: graph.Build(avals, func(b builder, in []value) []value {
				sign, log := factor(b, in[0]).slogDet(b)
				return []value{sign, log}
			}),
			// d log det = tr(a^-1 da); the imaginary part turns the sign.
			JVP: graph.Build(slices.Concat(avals, avals), func(b builder, in []value) []value {
				f := factor(b, in[0])
				sign, log := f.slogDet(b)
				t := trace(b, f.solve(b, in[1]))
				if !t.DType.IsComplex() {
					return []value{sign, log, b.Zeros(sign.Aval), t}
				}
				dlog := b.Real(t)
				return []value{sign, log, b.Mul(sign, b.Sub(t, b.Convert(dlog, t.DType))), dlog}
			}),
		}, a)
	}, a)
	return out[0], out[1]
}

func trace(b builder, a value) value {
	d := b.Diagonal(a)
	return b.ReduceSum(d, d.Rank()-1)
}

// parity is the sign of the permutation.
func (f factors) parity(b builder) value {
	last := f.pivots.Rank() - 1
	moved := b.Ne(f.pivots, b.Iota(graph.Int32, f.pivots.Shape, last))
	odd := b.Rem(b.ReduceSum(b.Convert(moved, graph.Int32), last), b.Scalar(graph.Int32, 2))
	return b.Sub(b.Scalar(f.lu.DType, 1), b.Convert(b.Mul(odd, b.Scalar(graph.Int32, 2)), f.lu.DType))
}

func (f factors) det(b builder) value {
	d := b.Diagonal(f.lu)
	return b.Mul(f.parity(b), b.ReduceProd(d, d.Rank()-1))
}

func (f factors) slogDet(b builder) (sign, log value) {
	d := b.Diagonal(f.lu)
	last := d.Rank() - 1
	return b.Mul(f.parity(b), b.ReduceProd(b.Sign(d), last)), b.ReduceSum(b.Log(b.Abs(d)), last)
}

// adjugate is det(a) a^-1 y, which is finite for singular a. Of u, the last
// pivot may be 0 at rank n-1; the last row of the solution is that of L^-1 P y
// times the product of the other pivots, so the last pivot is not needed. Where
// another is 0 too, the adjugate is 0.
func (f factors) adjugate(b builder, y value) value {
	r := y.Rank()
	n := y.Shape[r-1]
	if y.Size() == 0 {
		return y
	}
	// others is the product of all pivots but the last, with the sign.
	diagonal := b.Diagonal(f.lu)
	others := b.Mul(f.parity(b), b.ReduceProd(b.SliceAxis(diagonal, r-2, 0, n-1), r-2))
	spread := func(v value) value { return b.BroadcastInDim(v, y.Shape, graph.Kept(r, []int{r - 2, r - 1})) }
	last := func(axis int) value {
		return b.Eq(b.Iota(graph.Int32, y.Shape, axis), b.Scalar(graph.Int32, float64(n-1)))
	}
	one := b.Scalar(y.DType, 1)
	u := b.Select(b.And(last(r-2), last(r-1)), one, f.lu)
	z := b.TriangularSolve(f.lu, b.Rows(y, f.perm), graph.TriangularSolveParams{LeftSide: true, Lower: true, UnitDiagonal: true})
	z = b.Mul(z, b.Select(last(r-2), spread(others), spread(f.det(b))))
	// A matrix of rank below n-1 is replaced by one that can be solved with.
	zero := b.Scalar(y.DType, 0)
	finite := spread(b.Convert(b.Ne(others, zero), y.DType))
	deficient := b.Eq(finite, zero)
	u = b.Select(b.And(deficient, b.OnDiagonal(y.Shape)), one, u)
	x := b.TriangularSolve(u, z, graph.TriangularSolveParams{LeftSide: true})
	return b.Select(deficient, zero, x)
}

// Norm is the square root of the sum of squares over the axes, or over all
// elements: the length of vectors, the Frobenius norm of matrices. Its gradient
// at zero is zero.
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
// smallest for -infinity, and the number of elements that are not 0 for 0.
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
// and math.Inf(-1) give the smallest sums. For the Frobenius norm, see Norm.
func MatrixNorm(x *array.Array, p float64) *array.Array {
	return norm("MatrixNorm", x, []int{-2, -1}, func(b builder, x value, axes []int) value {
		along, over := axes[0], axes[1]-1
		switch p {
		case 1, -1:
		case math.Inf(1), math.Inf(-1):
			along, over = axes[1], axes[0]
		default:
			panic(mistake("MatrixNorm", []value{x}, "p is 1, -1, math.Inf(1) or math.Inf(-1), not %v", p))
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
	axes = array.Axes(op, x.Aval(), axes)
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
