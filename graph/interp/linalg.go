package interp

import (
	"math"
	"math/cmplx"
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

// These compute in double precision and round at the end.
var linalgOps = map[graph.Op]evaluator{
	graph.OpCholesky: one(func(_ *graph.Eqn, in []Tensor, out Tensor) {
		eachMatrix(out, func(at int, l matrix) { cholesky(matrixAt(in[0], at), l) })
	}),
	graph.OpTriangularSolve: one(func(e *graph.Eqn, in []Tensor, out Tensor) {
		p := e.Params.(graph.TriangularSolveParams)
		eachMatrix(out, func(at int, x matrix) { triangularSolve(p, matrixAt(in[0], at), matrixAt(in[1], at), x) })
	}),
	graph.OpLU:  pure(lu),
	graph.OpFFT: one(fft),
}

// A matrix is a view of elements of a tensor.
type matrix struct {
	data                 []graph.Number
	rows, cols           int
	rowStride, colStride int
	conjugate            bool
}

func (m matrix) at(i, j int) complex128 {
	x := m.data[i*m.rowStride+j*m.colStride].C
	if m.conjugate {
		x = cmplx.Conj(x)
	}
	return x
}

func (m matrix) set(i, j int, x complex128) { m.data[i*m.rowStride+j*m.colStride].C = x }

func (m matrix) transposed() matrix {
	m.rows, m.cols, m.rowStride, m.colStride = m.cols, m.rows, m.colStride, m.rowStride
	return m
}

// matrixAt is one of the matrices in the last two axes of t.
func matrixAt(t Tensor, at int) matrix {
	r := t.Rank()
	rows, cols := t.Shape[r-2], t.Shape[r-1]
	return matrix{t.Data[at*rows*cols : (at+1)*rows*cols], rows, cols, cols, 1, false}
}

func eachMatrix(t Tensor, f func(at int, m matrix)) {
	for at := range (graph.Aval{Shape: t.Shape[:t.Rank()-2]}).Size() {
		f(at, matrixAt(t, at))
	}
}

func cholesky(a, l matrix) {
	for j := range a.rows {
		d := real(a.at(j, j))
		for k := range j {
			d -= real(l.at(j, k) * cmplx.Conj(l.at(j, k)))
		}
		if !(d > 0) {
			for i := range a.rows {
				for k := range i + 1 {
					l.set(i, k, complex(math.NaN(), 0))
				}
			}
			return
		}
		d = math.Sqrt(d)
		l.set(j, j, complex(d, 0))
		for i := j + 1; i < a.rows; i++ {
			x := a.at(i, j)
			for k := range j {
				x -= l.at(i, k) * cmplx.Conj(l.at(j, k))
			}
			l.set(i, j, x/complex(d, 0))
		}
	}
}

// triangularSolve substitutes: x op(a) = y is op(a)^T x^T = y^T.
func triangularSolve(p graph.TriangularSolveParams, a, y, x matrix) {
	a.conjugate = p.ConjugateA
	lower := p.Lower
	if p.TransposeA {
		a, lower = a.transposed(), !lower
	}
	if !p.LeftSide {
		a, lower = a.transposed(), !lower
		y, x = y.transposed(), x.transposed()
	}
	for col := range x.cols {
		for step := range a.rows {
			i, from, to := step, 0, step
			if !lower {
				i = a.rows - 1 - step
				from, to = i+1, a.rows
			}
			v := y.at(i, col)
			for k := from; k < to; k++ {
				v -= a.at(i, k) * x.at(k, col)
			}
			if !p.UnitDiagonal {
				v /= a.at(i, i)
			}
			x.set(i, col, v)
		}
	}
}

func lu(e *graph.Eqn, in []Tensor) []Tensor {
	out, pivots, perm := Tensor{in[0].Aval, slices.Clone(in[0].Data)}, Zeros(e.Out[1].Aval), Zeros(e.Out[2].Aval)
	eachMatrix(out, func(at int, a matrix) {
		steps := min(a.rows, a.cols)
		pivots, perm := pivots.Data[at*steps:][:steps], perm.Data[at*a.rows:][:a.rows]
		for i := range perm {
			perm[i].I = int64(i)
		}
		for k := range steps {
			p := k
			for i := k + 1; i < a.rows; i++ {
				if size := magnitude(a.at(i, k)); size > magnitude(a.at(p, k)) || math.IsNaN(size) && !math.IsNaN(magnitude(a.at(p, k))) {
					p = i
				}
			}
			pivots[k].I = int64(p)
			perm[k], perm[p] = perm[p], perm[k]
			for j := range a.cols {
				x, y := a.at(k, j), a.at(p, j)
				a.set(k, j, y)
				a.set(p, j, x)
			}
			for i := k + 1; i < a.rows; i++ {
				if a.at(k, k) != 0 {
					a.set(i, k, a.at(i, k)/a.at(k, k))
				}
				for j := k + 1; j < a.cols; j++ {
					a.set(i, j, a.at(i, j)-a.at(i, k)*a.at(k, j))
				}
			}
		}
	})
	for i := range out.Data {
		out.Data[i] = out.Data[i].Round(out.DType)
	}
	return []Tensor{out, pivots, perm}
}

// magnitude is what LAPACK compares complex numbers by.
func magnitude(x complex128) float64 { return math.Abs(real(x)) + math.Abs(imag(x)) }

// fft sums up each axis in turn, by definition.
func fft(e *graph.Eqn, in []Tensor, out Tensor) {
	p := e.Params.(graph.FFTParams)
	x, first := in[0], in[0].Rank()-len(p.Lengths)
	last := x.Rank() - 1
	inverse := p.Kind == graph.IFFT || p.Kind == graph.IRFFT
	for axis := first; axis < last; axis++ {
		x = dft(x, axis, inverse)
	}
	if p.Kind == graph.IRFFT {
		x = hermitian(x, p.Lengths[len(p.Lengths)-1])
	}
	x = dft(x, last, inverse)
	indices(out.Shape, func(place int, at []int) {
		out.Data[place] = x.At(at...) // the first half of x, for RFFT
	})
}

func dft(x Tensor, axis int, inverse bool) Tensor {
	y, n, sign := Zeros(x.Aval), x.Shape[axis], -1.0
	if inverse {
		sign = 1
	}
	indices(x.Shape, func(place int, at []int) {
		k, from := at[axis], slices.Clone(at)
		var sum complex128
		for j := range n {
			from[axis] = j
			sin, cos := math.Sincos(sign * 2 * math.Pi * float64(j*k%n) / float64(n))
			sum += x.At(from...).C * complex(cos, sin)
		}
		if inverse {
			sum /= complex(float64(n), 0)
		}
		y.Data[place].C = sum
	})
	return y
}

// hermitian completes the last axis to n elements, of which number n-k is the
// conjugate of number k.
func hermitian(x Tensor, n int) Tensor {
	shape := slices.Clone(x.Shape)
	last := len(shape) - 1
	shape[last] = n
	y := Zeros(graph.Aval{DType: x.DType, Shape: shape})
	indices(shape, func(place int, at []int) {
		k, from := at[last], slices.Clone(at)
		switch {
		case 2*k%n == 0:
			y.Data[place].C = complex(real(x.At(from...).C), 0)
		case 2*k < n:
			y.Data[place] = x.At(from...)
		default:
			from[last] = n - k
			y.Data[place].C = cmplx.Conj(x.At(from...).C)
		}
	})
	return y
}
