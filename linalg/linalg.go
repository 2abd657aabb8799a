// Package linalg is linear algebra: jax.numpy.linalg, and what goes with it in
// jax.scipy.linalg.
//
// Matrices are in the last two axes; the axes before are batch axes, which
// functions of two operands broadcast. Operands are promoted as in package num;
// integers and bools become float32. Factorizations take float32, float64,
// complex64 and complex128. All functions can be differentiated.
package linalg

import (
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

type (
	builder = *graph.Builder
	value   = *graph.Value
)

// Cholesky returns the lower triangular L with L L^H = a for Hermitian,
// positive definite a, and NaNs where a is not positive definite. It takes (a +
// a^H)/2 for a, so that its gradient is Hermitian. The shape is a's, and so is
// the dtype; integers and bools become float32, and half precision is an error.
// Matrices that are not square are an error. It is jax.numpy.linalg.cholesky.
func Cholesky(a *array.Array) *array.Array {
	return apply1(func(b builder, in []value) value {
		a := checkSquare("Cholesky", in[0])
		return b.Cholesky(b.Mul(b.Add(a, b.Adjoint(a)), b.Scalar(a.DType, 0.5)))
	}, a)
}

// CholeskySolve solves a x = y for x, given l = Cholesky(a). For shapes, dtypes
// and errors see Solve. It is jax.scipy.linalg.cho_solve of a lower factor.
func CholeskySolve(l, y *array.Array) *array.Array {
	return solving("CholeskySolve", l, y, func(b builder, l, y value) value {
		y = b.TriangularSolve(l, y, graph.TriangularSolveParams{LeftSide: true, Lower: true})
		return b.TriangularSolve(l, y, graph.TriangularSolveParams{LeftSide: true, Lower: true, TransposeA: true, ConjugateA: true})
	})
}

// TriangularOption changes what SolveTriangular takes its matrix for: Upper,
// Transposed, Adjoint and UnitDiagonal.
type TriangularOption struct {
	set func(*graph.TriangularSolveParams)
}

// Upper takes the matrix for an upper triangular one; what is below the diagonal
// is not read. It is lower=False of jax.scipy.linalg.solve_triangular.
func Upper() TriangularOption {
	return TriangularOption{func(p *graph.TriangularSolveParams) { p.Lower = false }}
}

// Transposed solves with the transposed matrix. It is trans="T" of
// jax.scipy.linalg.solve_triangular.
func Transposed() TriangularOption {
	return TriangularOption{func(p *graph.TriangularSolveParams) { p.TransposeA = true }}
}

// Adjoint solves with the transposed and conjugated matrix. It is trans="C" of
// jax.scipy.linalg.solve_triangular.
func Adjoint() TriangularOption {
	return TriangularOption{func(p *graph.TriangularSolveParams) { p.TransposeA, p.ConjugateA = true, true }}
}

// UnitDiagonal takes the diagonal, which is not read, for ones. It is
// unit_diagonal=True of jax.scipy.linalg.solve_triangular.
func UnitDiagonal() TriangularOption {
	return TriangularOption{func(p *graph.TriangularSolveParams) { p.UnitDiagonal = true }}
}

// SolveTriangular solves a x = y for x, for lower triangular a; what is above
// the diagonal is not read. With Transposed and Adjoint it is the matrix before
// it is transposed that is lower triangular, or Upper. A y of rank 1 is a
// vector; otherwise its last two axes are a matrix, and x has its shape. For
// dtypes and errors see Solve. It is jax.scipy.linalg.solve_triangular, of
// lower matrices unless an option says otherwise.
func SolveTriangular(a, y *array.Array, opts ...TriangularOption) *array.Array {
	p := graph.TriangularSolveParams{LeftSide: true, Lower: true}
	for _, o := range opts {
		if o.set == nil {
			panic(graph.Errorf(graph.ErrOption, "SolveTriangular", "an empty option; it takes Upper, Transposed, Adjoint and UnitDiagonal"))
		}
		o.set(&p)
	}
	return solving("SolveTriangular", a, y, func(b builder, a, y value) value { return b.TriangularSolve(a, y, p) })
}

// Solve solves a x = y for x. A y of rank 1 is a vector; otherwise its last two
// axes are a matrix. Where a is singular, x has infinities or NaNs. The result
// has y's shape, with the batch axes of both. Dtypes are promoted; for half
// precision see Cholesky. Matrices that are not square, and sizes that do not
// agree, are errors. It is jax.numpy.linalg.solve.
func Solve(a, y *array.Array) *array.Array { return solving("Solve", a, y, solve) }

// Inv is the inverse. To solve equations, Solve is faster and more accurate.
// The shape is a's; matrices that are not square are an error. For dtypes see
// Cholesky. It is jax.numpy.linalg.inv.
func Inv(a *array.Array) *array.Array {
	return apply1(func(b builder, in []value) value {
		a := checkSquare("Inv", in[0])
		return solve(b, a, b.Eye(a.Aval))
	}, a)
}

// solving applies f to matrices a and y with the same batch axes.
func solving(op string, a, y *array.Array, f func(b builder, a, y value) value) *array.Array {
	return apply1(func(b builder, in []value) value {
		a, y := checkSquare(op, in[0]), in[1]
		n := a.Shape[a.Rank()-1]
		vector := y.Rank() == 1
		if vector {
			y = b.Reshape(y, y.Shape[0], 1)
		}
		if y.Rank() == 0 || y.Shape[y.Rank()-2] != n {
			panic(graph.Mistake(graph.ErrShape, op, graph.Avals(in), "a matrix of %d by %d needs vectors of %d elements on the right-hand side", n, n, n))
		}
		shared, ok := ops.BroadcastShape(batch(a), batch(y))
		if !ok {
			panic(graph.Mistake(graph.ErrShape, op, graph.Avals(in), "the batch axes, those before the last two, cannot be broadcast together"))
		}
		to := func(v value) value {
			return ops.BroadcastTo(b, v, slices.Concat(shared, v.Shape[v.Rank()-2:]))
		}
		x := f(b, to(a), to(y))
		if vector {
			x = b.Reshape(x, x.Shape[:x.Rank()-1]...)
		}
		return x
	}, a, y)
}

// batch is the shape of the batch axes.
func batch(v value) []int { return v.Shape[:v.Rank()-2] }

// solve differentiates as d(a^-1 y) = a^-1 (dy - da x), with the factors that
// x was computed with.
func solve(b builder, a, y value) value {
	avals := []graph.Aval{a.Aval, y.Aval}
	return b.CustomJVP(graph.CustomJVPParams{
		Name: "solve",
		Graph: graph.Build(avals, func(b builder, in []value) []value {
			return []value{factor(b, in[0]).solve(b, in[1])}
		}),
		JVP: graph.Build(slices.Concat(avals, avals), func(b builder, in []value) []value {
			lu := factor(b, in[0])
			x := lu.solve(b, in[1])
			return []value{x, lu.solve(b, b.Sub(in[3], b.MatMul(in[2], x)))}
		}),
	}, a, y)[0]
}

// factors are what LU returns.
type factors struct{ lu, pivots, perm value }

func factor(b builder, a value) factors {
	lu, pivots, perm := b.LU(a)
	return factors{lu, pivots, perm}
}

func (f factors) solve(b builder, y value) value {
	y = b.TriangularSolve(f.lu, b.Rows(y, f.perm), graph.TriangularSolveParams{LeftSide: true, Lower: true, UnitDiagonal: true})
	return b.TriangularSolve(f.lu, y, graph.TriangularSolveParams{LeftSide: true})
}

// LU factors a, m by n, with partial pivoting: a = p l u, for a permutation
// matrix p of real numbers, lower triangular l with ones on its diagonal, and
// upper triangular u. Batch axes stay. A rank below 2 is an error. For dtypes
// see Cholesky. It is jax.scipy.linalg.lu.
func LU(a *array.Array) (p, l, u *array.Array) {
	out := apply(func(b builder, in []value) []value {
		f := factor(b, checkMatrix("LU", in[0]))
		r := f.lu.Rank()
		m, n := f.lu.Shape[r-2], f.lu.Shape[r-1]
		k := min(m, n)
		l := b.Tril(b.SliceAxis(f.lu, r-1, 0, k), -1)
		l = b.Add(l, b.Eye(l.Aval))
		u := b.Triu(b.SliceAxis(f.lu, r-2, 0, k), 0)
		// Column i of p has its one in row perm[i].
		shape := append(slices.Clone(f.perm.Shape), m)
		perm := b.BroadcastInDim(f.perm, shape, graph.Kept(r, []int{r - 2}))
		p := b.Convert(b.Eq(b.Iota(graph.Int32, shape, r-2), perm), l.DType.Real())
		return []value{p, l, u}
	}, a)
	return out[0], out[1], out[2]
}

// apply applies f to operands promoted to one float or complex type.
func apply(f func(b builder, in []value) []value, xs ...*array.Array) []*array.Array {
	for i, x := range xs {
		xs[i] = array.Of(x)
	}
	d := float(xs...)
	n := len(xs)
	return ops.ApplyN(ops.JoinAs(d, xs...), func(b builder, in []value) []value {
		for i, v := range in[:n] {
			in[i] = b.Convert(v, d)
		}
		return f(b, in[:n])
	})
}

func apply1(f func(b builder, in []value) value, xs ...*array.Array) *array.Array {
	return apply(func(b builder, in []value) []value { return []value{f(b, in)} }, xs...)[0]
}

func float(xs ...*array.Array) graph.DType {
	d, _ := array.Promote(xs...)
	if !d.Differentiable() {
		d = graph.Float32
	}
	return d
}

func checkMatrix(op string, a value) value {
	if a.Rank() < 2 {
		panic(graph.Mistake(graph.ErrRank, op, []graph.Aval{a.Aval}, "takes matrices, in the last two axes; the operand has rank %d", a.Rank()))
	}
	return a
}

func checkSquare(op string, a value) value {
	if r := checkMatrix(op, a).Rank(); a.Shape[r-1] != a.Shape[r-2] {
		panic(graph.Mistake(graph.ErrShape, op, []graph.Aval{a.Aval}, "takes square matrices, not %d by %d", a.Shape[r-2], a.Shape[r-1]))
	}
	return a
}
