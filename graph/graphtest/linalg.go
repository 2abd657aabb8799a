package graphtest

import (
	"fmt"
	"math/cmplx"
	"math/rand/v2"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/interp"
)

// onMatrices draws the usual elements and lets f change every matrix, of rows
// by cols, in row-major order.
func onMatrices(f func(m []graph.Number, rows, cols int)) domain {
	return func(r *rand.Rand, a graph.Aval) interp.Tensor {
		t := usual(r, a)
		rows, cols := a.Shape[a.Rank()-2], a.Shape[a.Rank()-1]
		for at := 0; at < len(t.Data); at += rows * cols {
			f(t.Data[at:at+rows*cols], rows, cols)
		}
		for i := range t.Data {
			t.Data[i] = t.Data[i].Round(a.DType)
		}
		return t
	}
}

// positive draws Hermitian, positive definite matrices.
var positive = onMatrices(func(m []graph.Number, n, _ int) {
	x := make([]complex128, len(m))
	for i := range m {
		x[i] = m[i].C
	}
	for i := range n {
		for j := range n {
			var sum complex128
			for k := range n {
				sum += x[i*n+k] * cmplx.Conj(x[j*n+k])
			}
			if i == j {
				sum = complex(real(sum)+1, 0)
			}
			m[i*n+j].C = sum
		}
	}
})

// dominant draws matrices that have a number in every row which is larger than
// all others, on the diagonal or, so that pivots are exchanged, after it: no
// small change makes another number the pivot.
func dominant(after int) domain {
	return onMatrices(func(m []graph.Number, rows, cols int) {
		for i := range rows {
			if j := (i + after) % rows; j < cols {
				m[i*cols+j].C += 6
			}
		}
	})
}

func (l *list) linalg() {
	for _, d := range []graph.DType{graph.Float64, graph.Complex128, graph.Float32, graph.Complex64} {
		l.cholesky(d)
		l.triangularSolves(d)
		for _, shape := range fewOf(d, [][]int{{3, 3}, {2, 3, 3}, {4, 2}, {2, 4}, {1, 1}, {1, 3}, {3, 1}, {0, 0}, {0, 2}, {2, 0}, {0, 2, 2}}) {
			l.op(graph.OpLU, "", nil, from(dominant(1), d, shape...))
		}
		l.ffts(d)
	}
}

func fewOf[T any](d graph.DType, rows []T) []T {
	if d.Real() == graph.Float64 {
		return rows
	}
	return rows[:2]
}

// The derivative of cholesky is that along Hermitian tangents, so what is
// differentiated makes any matrix Hermitian.
func (l *list) cholesky(d graph.DType) {
	for _, shape := range fewOf(d, [][]int{{3, 3}, {2, 2, 2}, {1, 1}, {0, 0}, {0, 2, 2}, {2, 1, 2, 2}}) {
		l.add(graph.OpCholesky, "", func(b builder, in []value) []value {
			x := in[0]
			y := b.MatrixTranspose(x)
			if d.IsComplex() {
				y = b.Conj(y)
			}
			return []value{b.Cholesky(b.Mul(b.Add(x, y), b.Scalar(d, 0.5)))}
		}, from(positive, d, shape...))
	}
}

func (l *list) triangularSolves(d graph.DType) {
	for bits := range 32 {
		p := graph.TriangularSolveParams{LeftSide: bits&1 == 1, Lower: bits&2 != 0, TransposeA: bits&4 != 0, ConjugateA: bits&8 != 0, UnitDiagonal: bits&16 != 0}
		if p.ConjugateA && d == graph.Float64 && bits > 8 || d.Real() == graph.Float32 && bits%7 != 0 {
			continue
		}
		note := fmt.Sprintf("%+v", p)
		tall, wide := []int{3, 2}, []int{2, 3}
		if !p.LeftSide {
			tall, wide = wide, tall
		}
		l.op(graph.OpTriangularSolve, note, p, from(dominant(0), d, 3, 3), array(d, tall...))
		l.op(graph.OpTriangularSolve, note, p, from(dominant(0), d, 2, 2), array(d, wide...))
		if bits%5 == 0 {
			l.op(graph.OpTriangularSolve, note, p, from(dominant(0), d, 2, 2, 2), array(d, 2, 2, 2))
			l.op(graph.OpTriangularSolve, note, p, from(dominant(0), d, 0, 0), array(d, 0, 0))
			l.op(graph.OpTriangularSolve, note, p, from(dominant(0), d, 0, 2, 2), array(d, 0, 2, 2))
		}
	}
}

func (l *list) ffts(d graph.DType) {
	for _, row := range fewOf(d, []struct{ batch, lengths []int }{
		{nil, []int{5}}, {[]int{2}, []int{2, 4}}, {nil, []int{4}}, {nil, []int{1}}, {nil, []int{2}}, {[]int{2, 2}, []int{3}},
		{nil, []int{3, 3}}, {nil, []int{4, 1}}, {nil, []int{2, 3, 4}}, {nil, []int{2, 2, 3}}, {[]int{2}, []int{2, 2, 2}}, {[]int{0}, []int{3}},
	}) {
		real := append(append([]int{}, row.batch...), row.lengths...)
		half := append([]int{}, real...)
		half[len(half)-1] = half[len(half)-1]/2 + 1
		p := func(k graph.FFTKind) graph.FFTParams { return graph.FFTParams{Kind: k, Lengths: row.lengths} }
		note := func(k graph.FFTKind) string { return fmt.Sprint(k, row.lengths) }
		if d.IsFloat() {
			l.op(graph.OpFFT, note(graph.RFFT), p(graph.RFFT), array(d, real...))
			continue
		}
		l.op(graph.OpFFT, note(graph.FFT), p(graph.FFT), array(d, real...))
		l.op(graph.OpFFT, note(graph.IFFT), p(graph.IFFT), array(d, real...))
		l.op(graph.OpFFT, note(graph.IRFFT), p(graph.IRFFT), array(d, half...))
	}
}
