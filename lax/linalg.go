package lax

import (
	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// The decompositions take float32, float64, complex64 and complex128. Matrices are
// in the last two axes; the axes before are batch axes.

// Cholesky is the lower triangular L with L L^H = x for Hermitian, positive
// definite x, of which it reads what is on and below the diagonal. Where x is
// not positive definite, L is NaN there. The derivative is that along Hermitian
// tangents. Shape and dtype are x's: square matrices of float32, float64,
// complex64 or complex128, and others are an error. It is
// jax.lax.linalg.cholesky without symmetrize_input; linalg.Cholesky is it with
// that.
func Cholesky(x *array.Array) *array.Array { return map1(x, builder.Cholesky) }

// A TriangularSolveOption changes what TriangularSolve does.
type TriangularSolveOption struct {
	set func(p *graph.TriangularSolveParams)
}

// LeftSide has the matrix on the left of the unknown. It is left_side=True of
// jax.lax.linalg.triangular_solve.
func LeftSide() TriangularSolveOption {
	return TriangularSolveOption{func(p *graph.TriangularSolveParams) { p.LeftSide = true }}
}

// Lower has the matrix be lower triangular. It is lower=True of
// jax.lax.linalg.triangular_solve.
func Lower() TriangularSolveOption {
	return TriangularSolveOption{func(p *graph.TriangularSolveParams) { p.Lower = true }}
}

// TransposeA has the matrix transposed. It is transpose_a=True of
// jax.lax.linalg.triangular_solve.
func TransposeA() TriangularSolveOption {
	return TriangularSolveOption{func(p *graph.TriangularSolveParams) { p.TransposeA = true }}
}

// ConjugateA has the matrix conjugated. It is conjugate_a=True of
// jax.lax.linalg.triangular_solve.
func ConjugateA() TriangularSolveOption {
	return TriangularSolveOption{func(p *graph.TriangularSolveParams) { p.ConjugateA = true }}
}

// UnitDiagonal has ones on the diagonal of the matrix, which is not read. It is
// unit_diagonal=True of jax.lax.linalg.triangular_solve.
func UnitDiagonal() TriangularSolveOption {
	return TriangularSolveOption{func(p *graph.TriangularSolveParams) { p.UnitDiagonal = true }}
}

// TriangularSolve solves x a = y for x, which has y's shape; with LeftSide, a x
// = y. The square matrices of a are upper triangular, or Lower; the other
// triangle is not read. Both have one dtype, of those of Cholesky, and the same
// batch axes; all else is an error. It is jax.lax.linalg.triangular_solve.
func TriangularSolve(a, y *array.Array, opts ...TriangularSolveOption) *array.Array {
	var p graph.TriangularSolveParams
	for _, o := range opts {
		if o.set == nil {
			panic(empty("TriangularSolve"))
		}
		o.set(&p)
	}
	return map2(func(b builder, a, y value) value { return b.TriangularSolve(a, y, p) }, a, y)
}

// LU factors the matrices of x, m by n, with partial pivoting: x with its rows
// in the order permutation, of m, is L U. lu has U on and above the diagonal,
// and below it L, which has ones there. pivots, of min(m, n), says which row
// each row was exchanged with, in turn. Both are int32; lu has the shape and
// the dtype of x. A rank below 2, and dtypes that are not those of Cholesky,
// are errors. It is jax.lax.linalg.lu.
func LU(x *array.Array) (lu, pivots, permutation *array.Array) {
	out := ops.ApplyN([]*array.Array{x}, func(b builder, in []value) []value {
		lu, pivots, perm := b.LU(in[0])
		return []value{lu, pivots, perm}
	})
	return out[0], out[1], out[2]
}

// FFT is the discrete Fourier transform of complex numbers over the last
// len(fftLengths) axes, one to three, which have these lengths; others are an
// error, and so are other dtypes. Shape and dtype stay. It is jax.lax.fft with
// FftType.FFT.
func FFT(x *array.Array, fftLengths ...int) *array.Array { return fft(graph.FFT, x, fftLengths) }

// IFFT is the inverse of FFT, divided by the number of elements; see FFT. It is
// jax.lax.fft with FftType.IFFT.
func IFFT(x *array.Array, fftLengths ...int) *array.Array { return fft(graph.IFFT, x, fftLengths) }

// RFFT is FFT of float32 or float64; other dtypes, and for the rest what is one
// of FFT, are errors. The last axis of its complex result has only the first
// n/2 + 1 of n elements, which determine the others. It is jax.lax.fft with
// FftType.RFFT.
func RFFT(x *array.Array, fftLengths ...int) *array.Array { return fft(graph.RFFT, x, fftLengths) }

// IRFFT is the inverse of RFFT, with real results of these lengths. What is
// imaginary where it must be real is not read. For errors see FFT. It is
// jax.lax.fft with FftType.IRFFT.
func IRFFT(x *array.Array, fftLengths ...int) *array.Array { return fft(graph.IRFFT, x, fftLengths) }

func fft(k graph.FFTKind, x *array.Array, lengths []int) *array.Array {
	p := graph.FFTParams{Kind: k, Lengths: ints(lengths)}
	return ops.Apply([]*array.Array{x}, false, func(b builder, in []value) value { return b.FFT(in[0], p) })
}
