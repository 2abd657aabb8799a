package ad

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

// dL = L phi(L^-1 dA L^-H), where phi takes the lower triangle and half of the
// diagonal (Murray, Differentiation of the Cholesky decomposition, 2016).
func jvpCholesky(b B, e E, x, dx []V) (y, dy []V) {
	l := b.Cholesky(x[0])
	s := b.TriangularSolve(l, dx[0], graph.TriangularSolveParams{Lower: true, TransposeA: true, ConjugateA: true})
	s = b.TriangularSolve(l, s, graph.TriangularSolveParams{LeftSide: true, Lower: true})
	phi := b.Mul(b.Tril(s, 0), b.Select(b.OnDiagonal(s.Shape), num(b, s, 0.5), num(b, s, 1)))
	return []V{l}, []V{b.MatMul(l, phi)}
}

// dX = A^-1 (dY - dA X), with A and dA transposed and conjugated as told, and
// likewise from the right.
func jvpTriangularSolve(b B, e E, x, dx []V) (y, dy []V) {
	p := e.Params.(graph.TriangularSolveParams)
	solve := func(y V) V { return b.TriangularSolve(x[0], y, p) }
	x1 := solve(x[1])
	var t V
	if dx[1] != nil {
		t = solve(dx[1])
	}
	if dx[0] != nil {
		da := triangleRead(b, dx[0], p)
		r := x1.Rank()
		var s V
		switch rows, cols := x1.Shape[r-2], x1.Shape[r-1]; { // the cheaper order
		case p.LeftSide && rows > cols:
			s = solve(b.MatMul(da, x1))
		case p.LeftSide:
			s = b.MatMul(solve(da), x1)
		case cols > rows:
			s = solve(b.MatMul(x1, da))
		default:
			s = b.MatMul(x1, solve(da))
		}
		t = addTangents(b, t, b.Neg(s))
	}
	return []V{x1}, []V{t}
}

// triangleRead is what is read of a, as the matrix that is solved with.
func triangleRead(b B, a V, p graph.TriangularSolveParams) V {
	skip := 0
	if p.UnitDiagonal {
		skip = 1
	}
	if p.Lower {
		a = b.Tril(a, -skip)
	} else {
		a = b.Triu(a, skip)
	}
	if p.TransposeA {
		a = b.MatrixTranspose(a)
	}
	if p.ConjugateA && a.DType.IsComplex() {
		a = b.Conj(a)
	}
	return a
}

// The transpose of A^-1 is a solve with A transposed, not conjugated.
func transposeTriangularSolve(b B, e E, ct, x []V) []V {
	p := e.Params.(graph.TriangularSolveParams)
	p.TransposeA = !p.TransposeA
	return []V{nil, b.TriangularSolve(x[0], ct[0], p)}
}

// PA = LU gives L^-1 PdA U^-1 = L^-1 dL + dU U^-1, whose terms are strictly
// lower and upper triangular (de Hoog, Anderssen and Lukas, Differentiation of
// matrix functionals using triangular factorization, 2011). L and U are made
// square by parts of the identity.
func jvpLU(b B, e E, x, dx []V) (y, dy []V) {
	y = b.Emit(e.Op, e.Params, x...)
	lu, perm := y[0], y[2]
	if lu.Size() == 0 {
		return y, nil
	}
	r := lu.Rank()
	m, n := lu.Shape[r-2], lu.Shape[r-1]
	k := min(m, n)
	// grow pads the last two axes at their ends.
	grow := func(v V, rows, cols int) V {
		if rows == 0 && cols == 0 {
			return v
		}
		none, high := make([]int, r), make([]int, r)
		high[r-2], high[r-1] = rows, cols
		return b.Pad(v, num(b, v, 0), graph.PadParams{Low: none, High: high, Interior: none})
	}
	batch := lu.Shape[:r-2]
	eye := func(n int) V {
		return b.Eye(graph.Aval{DType: lu.DType, Shape: append(slices.Clone(batch), n, n)})
	}
	l := b.Add(grow(b.Tril(b.SliceAxis(lu, r-1, 0, k), -1), 0, m-k), eye(m))
	u := grow(b.Triu(b.SliceAxis(lu, r-2, 0, k), 0), n-k, 0)
	if n > k {
		u = b.Add(u, b.Sub(eye(n), grow(eye(k), n-k, n-k)))
	}

	s := b.TriangularSolve(l, b.Rows(dx[0], perm), graph.TriangularSolveParams{LeftSide: true, Lower: true, UnitDiagonal: true})
	s = b.TriangularSolve(u, s, graph.TriangularSolveParams{})
	dl, du := b.MatMul(l, b.Tril(s, -1)), b.MatMul(b.Triu(s, 0), u)
	return y, []V{b.Add(dl, du), nil, nil}
}

// The matrices of fft and ifft are symmetric. The half of the numbers that
// rfft leaves out are conjugates of those it returns, so irfft counts these
// twice: rfft is transposed by irfft of the conjugates divided by how often
// each counts, and irfft by the conjugate of rfft.
func transposeFFT(b B, e E, ct V) V {
	p := e.Params.(graph.FFTParams)
	n := 1
	for _, l := range p.Lengths {
		n *= l
	}
	last := p.Lengths[len(p.Lengths)-1]
	switch p.Kind {
	case graph.RFFT:
		x := b.FFT(b.Div(b.Conj(ct), counts(b, ct, last)), graph.FFTParams{Kind: graph.IRFFT, Lengths: p.Lengths})
		return b.Mul(x, num(b, x, float64(n)))
	case graph.IRFFT:
		x := b.FFT(ct, graph.FFTParams{Kind: graph.RFFT, Lengths: p.Lengths})
		return b.Conj(b.Mul(x, b.Div(counts(b, x, last), num(b, x, float64(n)))))
	}
	return b.FFT(ct, p)
}

// counts is 1 at the numbers along the last axis of x that are their own
// conjugates in a transform of n, and 2 at the others.
func counts(b B, x V, n int) V {
	at := b.Iota(graph.Int32, x.Shape, x.Rank()-1)
	own := b.Eq(at, num(b, at, 0))
	if n%2 == 0 {
		own = b.Or(own, b.Eq(at, num(b, at, float64(n/2))))
	}
	return b.Select(own, num(b, x, 1), num(b, x, 2))
}
