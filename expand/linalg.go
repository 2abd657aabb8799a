package expand

import (
	"math"

	"github.com/jacobi-go/jacobi/graph"
)

// XLA leaves open what is above the diagonal.
func expandCholesky(b B, _ E, in []V) V {
	if in[0].Size() == 0 {
		return in[0]
	}
	return b.Tril(b.Cholesky(in[0]), 0)
}

// XLA solves with the adjoint, but not with the conjugate.
func emptyOrConjugate(e E, _ Platform) bool {
	p := e.Params.(graph.TriangularSolveParams)
	return e.In[1].Size() == 0 || p.ConjugateA && !p.TransposeA && e.In[0].DType.IsComplex()
}

func expandTriangularSolve(b B, e E, in []V) V {
	a, y, p := in[0], in[1], e.Params.(graph.TriangularSolveParams)
	if y.Size() == 0 {
		return y
	}
	p.ConjugateA = false
	return b.TriangularSolve(expandConj(b, e, []V{a}), y, p)
}

// cuFFT takes it that all axes are those of a transform of real numbers, which
// a cotangent, for one, need not be. Other GPUs and TPUs have not been asked.
func emptyOrInverse(e E, q Platform) bool {
	p := e.Params.(graph.FFTParams)
	return empty(e, q) || p.Kind == graph.IRFFT && len(p.Lengths) > 1 && q.Name != "cpu"
}

func expandFFT(b B, e E, in []V) V {
	if e.Out[0].Size() == 0 {
		return b.Zeros(e.Out[0].Aval)
	}
	return inverse(b, in[0], e.Params.(graph.FFTParams).Lengths)
}

// inverse is the transform of the last axis after that of the others.
func inverse(b B, x V, lengths []int) V {
	r, n := x.Rank(), len(lengths)-1
	var to, back []int // the last axis before the others that are transformed, and back
	for i := range r - 1 - n {
		to, back = append(to, i), append(back, i)
	}
	to = append(to, r-1)
	for i := r - 1 - n; i < r-1; i++ {
		to, back = append(to, i), append(back, i+1)
	}
	back = append(back, r-1-n)
	y := b.FFT(b.Transpose(x, to...), graph.FFTParams{Kind: graph.IFFT, Lengths: lengths[:n]})
	return b.FFT(b.Transpose(y, back...), graph.FFTParams{Kind: graph.IRFFT, Lengths: lengths[n:]})
}

// XLA has no LU, so here is one of loops: panels of columns, and between them
// products of matrices, which are most of the work.
func expandLU(b B, e E, in []V, _ Platform) []V {
	x := in[0]
	r := x.Rank()
	stack := graph.Aval{Shape: x.Shape[:r-2]}.Size()
	out := blockLU(b, e, b.Reshape(x, stack, x.Shape[r-2], x.Shape[r-1]))
	for i, y := range out {
		out[i] = b.Reshape(y, e.Out[i].Shape...)
	}
	return out
}

// panel is how many columns are eliminated by a loop at a time.
const panel = 64

// blockLU factors a stack of matrices, of shape [stack, m, n].
func blockLU(b B, e E, a V) []V {
	stack, m, n := a.Shape[0], a.Shape[1], a.Shape[2]
	steps := min(m, n)
	perm := b.Iota(graph.Int32, []int{stack, m}, 1)
	if a.Size() == 0 {
		return []V{a, b.Zeros(graph.Aval{DType: graph.Int32, Shape: []int{stack, steps}}), perm}
	}
	var pivots []V
	for k := 0; k < steps; k += panel {
		w := min(panel, steps-k)
		above, rest := b.SliceAxis(a, 1, 0, k), b.SliceAxis(a, 1, k, m)
		block, pivot, order := panelLU(b, e, b.SliceAxis(rest, 2, k, k+w))
		pivots = append(pivots, b.Add(pivot, b.Scalar(graph.Int32, float64(k))))
		if k == 0 && w == n {
			return []V{block, pivots[0], order}
		}
		rest = b.Rows(rest, order)
		moved := b.Rows(b.Reshape(b.SliceAxis(perm, 1, k, m), stack, m-k, 1), order)
		perm = b.Concatenate(1, b.SliceAxis(perm, 1, 0, k), b.Reshape(moved, stack, m-k))

		right := b.SliceAxis(rest, 2, k+w, n)
		if k+w < n {
			top, bottom := b.SliceAxis(right, 1, 0, w), b.SliceAxis(right, 1, w, m-k)
			top = b.TriangularSolve(b.SliceAxis(block, 1, 0, w), top, graph.TriangularSolveParams{LeftSide: true, Lower: true, UnitDiagonal: true})
			bottom = b.Sub(bottom, b.MatMul(b.SliceAxis(block, 1, w, m-k), top))
			right = b.Concatenate(1, top, bottom)
		}
		rest = b.Concatenate(2, b.SliceAxis(rest, 2, 0, k), block, right)
		a = b.Concatenate(1, above, rest)
	}
	return []V{a, b.Concatenate(1, pivots...), perm}
}

// panelLU eliminates column after column in a loop.
func panelLU(b B, e E, a V) (lu, pivots, perm V) {
	stack, m, n := a.Shape[0], a.Shape[1], a.Shape[2]
	steps := min(m, n)
	ints := func(shape ...int) graph.Aval { return graph.Aval{DType: graph.Int32, Shape: shape} }
	carry := []graph.Aval{ints(), a.Aval, ints(stack, steps), ints(stack, m)}
	out := b.While(graph.WhileParams{
		Cond: made(e, carry, func(b B, in []V) []V {
			return []V{b.Lt(in[0], b.Scalar(graph.Int32, float64(steps)))}
		}),
		Body: made(e, carry, func(b B, in []V) []V {
			k := in[0]
			a, pivots, perm := eliminate(b, k, in[1], in[2], in[3])
			return []V{b.Add(k, b.Scalar(graph.Int32, 1)), a, pivots, perm}
		}),
	}, b.Scalar(graph.Int32, 0), a, b.Zeros(carry[2]), b.Iota(graph.Int32, []int{stack, m}, 1))
	return out[1], out[2], out[3]
}

// eliminate is step k: it brings the largest number of column k, from row k
// down, to row k, and subtracts multiples of that row from those below.
func eliminate(b B, k, a, pivots, perm V) (_, _, _ V) {
	stack, m, n := a.Shape[0], a.Shape[1], a.Shape[2]
	zero, none := b.Scalar(graph.Int32, 0), b.Scalar(a.DType, 0)
	column := func(x V) V {
		return b.DynamicSlice(x, []V{zero, zero, k}, []int{stack, x.Shape[1], 1})
	}
	spread := func(x V) V { // axes of size 1 to those of a
		return b.BroadcastInDim(x, a.Shape, []int{0, 1, 2})
	}

	rows := b.Iota(graph.Int32, []int{stack, m, 1}, 1)
	size := magnitude(b, column(a))
	size = b.Select(b.Ge(rows, k), size, b.Scalar(size.DType, math.Inf(-1)))
	pivot := b.Arg(graph.OpArgmax, size, 1, graph.Int32) // [stack, 1]
	pivots = b.Select(b.Eq(b.Iota(graph.Int32, pivots.Shape, 1), k), b.BroadcastInDim(pivot, pivots.Shape, []int{0, 1}), pivots)

	isK := b.Eq(rows, k)
	isPivot := b.Eq(rows, b.BroadcastInDim(pivot, rows.Shape, []int{0, 2}))
	exchanged := func(x V) (y, rowK V) {
		like := func(v V) V { return b.BroadcastInDim(v, x.Shape, []int{0, 1, 2}) }
		old := b.DynamicSlice(x, []V{zero, k, zero}, []int{stack, 1, x.Shape[2]})
		rowK = b.Rows(x, pivot)
		return b.Select(like(isK), like(rowK), b.Select(like(isPivot), like(old), x)), rowK
	}
	order, _ := exchanged(b.Reshape(perm, stack, m, 1))
	a, rowK := exchanged(a)

	divisor := b.BroadcastInDim(column(rowK), rows.Shape, []int{0, 1, 2})
	factors := b.Select(b.Ne(divisor, none), b.Div(column(a), divisor), column(a))
	below := spread(b.Gt(rows, k))
	cols := b.Iota(graph.Int32, []int{1, 1, n}, 2)
	right := b.And(below, spread(b.Gt(cols, k)))
	a = b.Select(right, b.Sub(a, b.Mul(spread(factors), spread(rowK))), a)
	a = b.Select(b.And(below, spread(b.Eq(cols, k))), spread(factors), a)
	return a, pivots, b.Reshape(order, stack, m)
}

// magnitude is what LAPACK compares complex numbers by.
func magnitude(b B, x V) V {
	if x.DType.IsComplex() {
		return b.Add(b.Abs(b.Real(x)), b.Abs(b.Imag(x)))
	}
	return b.Abs(x)
}
