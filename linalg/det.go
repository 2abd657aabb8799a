package linalg

import (
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
)

// Det is the determinant. Its derivative is that of the polynomial for matrices
// up to 3 by 3. That of larger ones is found for singular matrices too if their
// first n-1 columns are independent, and is NaN if they are not. The two axes
// are removed; matrices that are not square are an error. The dtype is a's;
// integers and bools become float32. It is jax.numpy.linalg.det.
func Det(a *array.Array) *array.Array {
	return apply1(func(b builder, in []value) value {
		a := checkSquare("Det", in[0])
		if n := a.Shape[a.Rank()-1]; 1 <= n && n <= 3 {
			return smallDet(b, a, n)
		}
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

// smallDet expands along the first row.
func smallDet(b builder, a value, n int) value {
	r := a.Rank()
	at := func(i, j int) value {
		return b.Reshape(b.SliceAxis(b.SliceAxis(a, r-2, i, i+1), r-1, j, j+1), a.Shape[:r-2]...)
	}
	minor := func(i, j int) value { // of the last two rows
		return b.Sub(b.Mul(at(n-2, i), at(n-1, j)), b.Mul(at(n-2, j), at(n-1, i)))
	}
	switch n {
	case 1:
		return at(0, 0)
	case 2:
		return minor(0, 1)
	}
	return b.Add(b.Sub(b.Mul(at(0, 0), minor(1, 2)), b.Mul(at(0, 1), minor(0, 2))), b.Mul(at(0, 2), minor(0, 1)))
}

// SlogDet returns det = sign * exp(logabs), which neither overflows nor
// underflows: the sign, of size 1 or 0, and the logarithm of the size. The two
// axes are removed; matrices that are not square are an error. The sign has a's
// dtype, the logarithm that of its parts; integers and bools become float32. It
// is jax.numpy.linalg.slogdet.
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

// adjugate is det(a) a^-1 y, also where only the last pivot is 0: the last row
// of the solution is that of L^-1 P y times the product of the other pivots, so
// that nothing is divided by the last one. Where another pivot is 0, it is NaN.
func (f factors) adjugate(b builder, y value) value {
	r := y.Rank()
	n := y.Shape[r-1]
	if y.Size() == 0 {
		return y
	}
	diagonal := b.Diagonal(f.lu)
	spread := func(v value) value { return b.BroadcastInDim(v, y.Shape, graph.Kept(r, []int{r - 2, r - 1})) }
	others := spread(b.Mul(f.parity(b), b.ReduceProd(b.SliceAxis(diagonal, r-2, 0, n-1), r-2)))
	last := func(axis int) value {
		return b.Eq(b.Iota(graph.Int32, y.Shape, axis), b.Scalar(graph.Int32, float64(n-1)))
	}
	u := b.Select(b.And(last(r-2), last(r-1)), b.Scalar(y.DType, 1), f.lu)
	z := b.TriangularSolve(f.lu, b.Rows(y, f.perm), graph.TriangularSolveParams{LeftSide: true, Lower: true, UnitDiagonal: true})
	z = b.Mul(z, b.Select(last(r-2), others, spread(f.det(b))))
	x := b.TriangularSolve(u, z, graph.TriangularSolveParams{LeftSide: true})
	return b.Select(b.Eq(others, b.Scalar(y.DType, 0)), b.Scalar(y.DType, math.NaN()), x)
}
