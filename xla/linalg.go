package xla

import (
	"math"

	"jacobi/graph"
)

func lowerCholesky(f *function, e *graph.Eqn) {
	a := e.Out[0].Aval
	if a.Size() == 0 {
		same(f, e)
		return
	}
	l := f.begin("stablehlo.cholesky", f.in(e, 0))
	f.text(", lower = true")
	f.endType(a)
	f.set(e, f.build(e, []graph.Aval{a}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
		return []*graph.Value{b.Tril(in[0], 0)} // what is above the diagonal is left open
	}, l)[0])
}

// build lowers what is built of values of the given avals.
func (f *function) build(e *graph.Eqn, avals []graph.Aval, build func(b *graph.Builder, in []*graph.Value) []*graph.Value, in ...id) []id {
	var b graph.Builder
	b.At(e)
	return f.inline(b.Graph(build(&b, b.Inputs(avals))...), in...)
}

func lowerTriangularSolve(f *function, e *graph.Eqn) {
	p, a, y := e.Params.(graph.TriangularSolveParams), f.in(e, 0), f.in(e, 1)
	if e.In[1].Size() == 0 {
		f.set(e, y)
		return
	}
	transpose := "NO_TRANSPOSE"
	switch conjugate := p.ConjugateA && e.In[0].DType.IsComplex(); {
	case conjugate && p.TransposeA:
		transpose = "ADJOINT"
	case p.TransposeA:
		transpose = "TRANSPOSE"
	case conjugate:
		a = f.build(e, []graph.Aval{e.In[0].Aval}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
			return []*graph.Value{b.Conj(in[0])}
		}, a)[0]
	}
	r := f.begin(`"stablehlo.triangular_solve"`)
	f.text("(")
	f.uses(a, y)
	f.text(") <{left_side = ", truth(p.LeftSide), ", lower = ", truth(p.Lower), ", transpose_a = #stablehlo<transpose ", transpose, ">, unit_diagonal = ", truth(p.UnitDiagonal), "}>")
	f.endEqn(e)
	f.set(e, r)
}

func truth(x bool) string {
	if x {
		return "true"
	}
	return "false"
}

func lowerFFT(f *function, e *graph.Eqn) {
	p := e.Params.(graph.FFTParams)
	if out := e.Out[0].Aval; out.Size() == 0 {
		f.set(e, f.full(out, graph.Number{}))
		return
	}
	if p.Kind == graph.IRFFT && len(p.Lengths) > 1 {
		f.set(e, f.build(e, graph.Avals(e.In), func(b *graph.Builder, in []*graph.Value) []*graph.Value {
			return []*graph.Value{expandIRFFT(b, in[0], p.Lengths)}
		}, f.in(e, 0))[0])
		return
	}
	r := f.begin("stablehlo.fft", f.in(e, 0))
	f.text(", type = ", p.Kind.String())
	f.list(", length = ", p.Lengths)
	f.endEqn(e)
	f.set(e, r)
}

// cuFFT takes it that all axes are those of a transform of real numbers, which
// a cotangent, for one, need not be. So the last axis is left for the end.
func expandIRFFT(b *graph.Builder, x *graph.Value, lengths []int) *graph.Value {
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

// XLA has no LU on CPU, so here is one of loops: panels of columns, and
// between them products of matrices, which are most of the work.
func lowerLU(f *function, e *graph.Eqn) {
	out := f.build(e, graph.Avals(e.In), func(b *graph.Builder, in []*graph.Value) []*graph.Value {
		x := in[0]
		r := x.Rank()
		stack := graph.Aval{Shape: x.Shape[:r-2]}.Size()
		res := expandLU(b, b.Reshape(x, stack, x.Shape[r-2], x.Shape[r-1]))
		for i, y := range res {
			res[i] = b.Reshape(y, e.Out[i].Shape...)
		}
		return res
	}, f.in(e, 0))
	f.ids.Bind(e.Out, out)
}

// panel is how many columns are eliminated by a loop at a time.
const panel = 64

// expandLU factors a stack of matrices, of shape [stack, m, n].
func expandLU(b *graph.Builder, a *graph.Value) []*graph.Value {
	stack, m, n := a.Shape[0], a.Shape[1], a.Shape[2]
	steps := min(m, n)
	perm := b.Iota(graph.Int32, []int{stack, m}, 1)
	if a.Size() == 0 {
		return []*graph.Value{a, b.Zeros(graph.Aval{DType: graph.Int32, Shape: []int{stack, steps}}), perm}
	}
	var pivots []*graph.Value
	for k := 0; k < steps; k += panel {
		w := min(panel, steps-k)
		above, rest := b.SliceAxis(a, 1, 0, k), b.SliceAxis(a, 1, k, m)
		block, pivot, order := panelLU(b, b.SliceAxis(rest, 2, k, k+w))
		pivots = append(pivots, b.Add(pivot, b.Scalar(graph.Int32, float64(k))))
		if k == 0 && w == n {
			return []*graph.Value{block, pivots[0], order}
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
	return []*graph.Value{a, b.Concatenate(1, pivots...), perm}
}

// panelLU eliminates column after column in a loop.
func panelLU(b *graph.Builder, a *graph.Value) (lu, pivots, perm *graph.Value) {
	stack, m, n := a.Shape[0], a.Shape[1], a.Shape[2]
	steps := min(m, n)
	ints := func(shape ...int) graph.Aval { return graph.Aval{DType: graph.Int32, Shape: shape} }
	carry := []graph.Aval{ints(), a.Aval, ints(stack, steps), ints(stack, m)}
	out := b.While(graph.WhileParams{
		Cond: graph.Build(carry, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
			return []*graph.Value{b.Lt(in[0], b.Scalar(graph.Int32, float64(steps)))}
		}),
		Body: graph.Build(carry, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
			k := in[0]
			a, pivots, perm := eliminate(b, k, in[1], in[2], in[3])
			return []*graph.Value{b.Add(k, b.Scalar(graph.Int32, 1)), a, pivots, perm}
		}),
	}, b.Scalar(graph.Int32, 0), a, b.Zeros(carry[2]), b.Iota(graph.Int32, []int{stack, m}, 1))
	return out[1], out[2], out[3]
}

// eliminate is step k: it brings the largest number of column k, from row k
// down, to row k, and subtracts multiples of that row from those below.
func eliminate(b *graph.Builder, k, a, pivots, perm *graph.Value) (_, _, _ *graph.Value) {
	stack, m, n := a.Shape[0], a.Shape[1], a.Shape[2]
	zero, none := b.Scalar(graph.Int32, 0), b.Scalar(a.DType, 0)
	column := func(x *graph.Value) *graph.Value {
		return b.DynamicSlice(x, []*graph.Value{zero, zero, k}, []int{stack, x.Shape[1], 1})
	}
	spread := func(x *graph.Value) *graph.Value { // axes of size 1 to those of a
		return b.BroadcastInDim(x, a.Shape, []int{0, 1, 2})
	}

	rows := b.Iota(graph.Int32, []int{stack, m, 1}, 1)
	size := magnitude(b, column(a))
	size = b.Select(b.Ge(rows, k), size, b.Scalar(size.DType, math.Inf(-1)))
	pivot := b.Arg(graph.OpArgmax, size, 1, graph.Int32) // [stack, 1]
	pivots = b.Select(b.Eq(b.Iota(graph.Int32, pivots.Shape, 1), k), b.BroadcastInDim(pivot, pivots.Shape, []int{0, 1}), pivots)

	isK := b.Eq(rows, k)
	isPivot := b.Eq(rows, b.BroadcastInDim(pivot, rows.Shape, []int{0, 2}))
	exchanged := func(x *graph.Value) (y, rowK *graph.Value) {
		like := func(v *graph.Value) *graph.Value { return b.BroadcastInDim(v, x.Shape, []int{0, 1, 2}) }
		old := b.DynamicSlice(x, []*graph.Value{zero, k, zero}, []int{stack, 1, x.Shape[2]})
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
func magnitude(b *graph.Builder, x *graph.Value) *graph.Value {
	if x.DType.IsComplex() {
		return b.Add(b.Abs(b.Real(x)), b.Abs(b.Imag(x)))
	}
	return b.Abs(x)
}
