package num

import (
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// Dot is the sum of products over x's last axis and y's last but one, or its
// only one, as numpy.dot; the other axes follow, x's first. A scalar
// multiplies. Dtypes are promoted; sizes that do not agree are an error. It is
// jax.numpy.dot.
func Dot(x, y *array.Array) *array.Array {
	ops.Given(x, y)
	if array.Of(x).Rank() == 0 || array.Of(y).Rank() == 0 {
		return Mul(x, y)
	}
	return contracted("Dot", x, y, []int{x.Rank() - 1}, []int{max(0, y.Rank()-2)})
}

// Inner is the sum of products over the last axes of both. A scalar multiplies.
// Dtypes are promoted. Sizes that do not agree are an error. It is
// jax.numpy.inner.
func Inner(x, y *array.Array) *array.Array {
	ops.Given(x, y)
	if array.Of(x).Rank() == 0 || array.Of(y).Rank() == 0 {
		return Mul(x, y)
	}
	return contracted("Inner", x, y, []int{x.Rank() - 1}, []int{y.Rank() - 1})
}

// VDot is the sum of conj(x) * y over all elements; operands of other sizes are
// an error. The result is a scalar; dtypes are promoted. It is jax.numpy.vdot.
func VDot(x, y *array.Array) *array.Array {
	ops.Given(x, y)
	if array.Of(x).Size() != array.Of(y).Size() {
		panic(ops.Mistake(graph.ErrShape, "VDot", []*array.Array{x, y}, "the operands have %d and %d elements", x.Size(), y.Size()))
	}
	return list([]*array.Array{x, y}, func(b builder, in []value) value {
		x, y := b.Reshape(b.Conj(in[0]), in[0].Size()), b.Reshape(in[1], in[1].Size())
		return dot(b, x, y, []int{0}, []int{0})
	})
}

// Tensordot is the sum of products over axes: so many of the last ones of x and
// the first ones of y, in order, or these of x and of y, paired in order. The
// other axes are the result's, those of x first. Dtypes are promoted; sizes that
// do not agree are an error. It is jax.numpy.tensordot.
func Tensordot[N int | [2][]int](x, y *array.Array, axes N) *array.Array {
	ops.Given(x, y)
	if pairs, ok := any(axes).([2][]int); ok {
		return tensordotAxes(x, y, pairs[0], pairs[1])
	}
	n := any(axes).(int)
	if n < 0 || n > x.Rank() || n > y.Rank() {
		panic(ops.Mistake(graph.ErrAxis, "Tensordot", []*array.Array{x, y}, "there are no %d axes to contract", n))
	}
	xs, ys := make([]int, n), make([]int, n)
	for i := range n {
		xs[i], ys[i] = x.Rank()-n+i, i
	}
	return contracted("Tensordot", x, y, xs, ys)
}

func tensordotAxes(x, y *array.Array, xAxes, yAxes []int) *array.Array {
	if len(xAxes) != len(yAxes) {
		panic(ops.Mistake(graph.ErrAxis, "Tensordot", []*array.Array{x, y}, "%d axes of x, %d of y", len(xAxes), len(yAxes)))
	}
	if len(xAxes) > 0 {
		xAxes, yAxes = ops.Axes("Tensordot", ops.Aval(x), xAxes), ops.Axes("Tensordot", ops.Aval(y), yAxes)
	}
	return contracted("Tensordot", x, y, xAxes, yAxes)
}

func contracted(op string, x, y *array.Array, xAxes, yAxes []int) *array.Array {
	for i, a := range xAxes {
		if n, m := x.Dim(a), y.Dim(yAxes[i]); n != m {
			panic(ops.Mistake(graph.ErrShape, op, []*array.Array{x, y}, "axis %d of x has %d elements, axis %d of y %d; they must agree", a, n, yAxes[i], m))
		}
	}
	return list([]*array.Array{x, y}, func(b builder, in []value) value { return dot(b, in[0], in[1], xAxes, yAxes) })
}

func dot(b builder, x, y value, xAxes, yAxes []int) value {
	return dotGeneral(b, x, y, graph.DotParams{LHSContract: xAxes, RHSContract: yAxes})
}

// dotGeneral returns the operands' dtype; bools are combined by and and or.
func dotGeneral(b builder, x, y value, p graph.DotParams) value {
	for _, l := range []*[]int{&p.LHSContract, &p.RHSContract, &p.LHSBatch, &p.RHSBatch} {
		*l = append([]int{}, *l...)
	}
	d := x.DType
	if d == graph.Bool {
		p.Prefer = graph.Int32
		return b.Truth(b.DotGeneral(b.Convert(x, p.Prefer), b.Convert(y, p.Prefer), p))
	}
	p.Prefer = d
	return b.DotGeneral(x, y, p)
}

// Matmul multiplies the matrices in the last two axes; the axes before are
// broadcast. A vector is a row on the left and a column on the right, and
// leaves no axis. Dtypes are promoted; a scalar, and sizes that do not agree,
// are errors. It is jax.numpy.matmul.
func Matmul(x, y *array.Array) *array.Array {
	ops.Given(x, y)
	return broadcastDot("Matmul", x, y, min(2, array.Of(x).Rank()), min(2, array.Of(y).Rank()), false)
}

// MatVec multiplies the matrices in x's last two axes with the vectors in y's
// last one; the axes before are broadcast. Dtypes are promoted; sizes that do
// not agree are an error. It is jax.numpy.matvec.
func MatVec(x, y *array.Array) *array.Array { return broadcastDot("MatVec", x, y, 2, 1, false) }

// VecMat multiplies the vectors in x's last axis, conjugated, with the matrices
// in y's last two; the axes before are broadcast. Dtypes are promoted; sizes
// that do not agree are an error. It is jax.numpy.vecmat.
func VecMat(x, y *array.Array) *array.Array { return broadcastDot("VecMat", x, y, 1, 2, true) }

// VecDot is the sum of conj(x) * y over the last axis; the axes before are
// broadcast. Dtypes are promoted; sizes that do not agree are an error. It is
// jax.numpy.vecdot.
func VecDot(x, y *array.Array) *array.Array { return broadcastDot("VecDot", x, y, 1, 1, true) }

// broadcastDot contracts x's last axis with y's first of the core axes, which
// are xCore and yCore many, under broadcast batch axes.
func broadcastDot(op string, x, y *array.Array, xCore, yCore int, conjugate bool) *array.Array {
	ops.Given(x, y)
	if array.Of(x).Rank() < xCore || array.Of(y).Rank() < yCore || xCore == 0 || yCore == 0 {
		panic(ops.Mistake(graph.ErrRank, op, []*array.Array{x, y}, "the operands need at least %d and %d axes", max(1, xCore), max(1, yCore)))
	}
	const contract, row, col = -1, -2, -3 // other labels count batch axes from the last
	xl, yl := batchLabels(x.Rank()-xCore), batchLabels(y.Rank()-yCore)
	out := batchLabels(max(len(xl), len(yl)))
	if xCore == 2 {
		xl, out = append(xl, row), append(out, row)
	}
	xl, yl = append(xl, contract), append(yl, contract)
	if yCore == 2 {
		yl, out = append(yl, col), append(out, col)
	}
	if n, m := x.Dim(-1), y.Dim(-yCore); n != m {
		panic(ops.Mistake(graph.ErrShape, op, []*array.Array{x, y}, "x's last axis has %d elements, axis %d of y %d; they must agree", n, y.Rank()-yCore, m))
	}
	return list([]*array.Array{x, y}, func(b builder, in []value) value {
		if conjugate {
			in[0] = b.Conj(in[0])
		}
		terms := []term{{in[0], xl}, {in[1], yl}}
		return contraction(b, op, terms, out)
	})
}

func batchLabels(n int) []int {
	l := make([]int, n)
	for i := range l {
		l[i] = n - i
	}
	return l
}

// Outer is the matrix of products of the elements of x and of y, each in
// row-major order. Dtypes are promoted; any shapes are taken without an error.
// It is jax.numpy.outer.
func Outer(x, y *array.Array) *array.Array {
	return list([]*array.Array{array.Of(x), array.Of(y)}, func(b builder, in []value) value {
		n, m := in[0].Size(), in[1].Size()
		shape := []int{n, m}
		return times(b, b.BroadcastInDim(b.Reshape(in[0], n), shape, []int{0}), b.BroadcastInDim(b.Reshape(in[1], m), shape, []int{1}))
	})
}

func times(b builder, x, y value) value {
	if x.DType == graph.Bool {
		return b.And(x, y)
	}
	return b.Mul(x, y)
}

// Kron is the Kronecker product: x with every element multiplied by the whole
// of y. Each size is the product of the two; dtypes are promoted. Sizes beyond
// what can be counted are an error. It is jax.numpy.kron.
func Kron(x, y *array.Array) *array.Array {
	return list([]*array.Array{array.Of(x), array.Of(y)}, func(b builder, in []value) value {
		rank := max(in[0].Rank(), in[1].Rank())
		pair := make([]int, 2*rank) // x's axis i, y's axis i
		joint := make([]int, rank)
		shape := func(v value) []int { return append(slices.Repeat([]int{1}, rank-v.Rank()), v.Shape...) }
		xs, ys := shape(in[0]), shape(in[1])
		xDims, yDims := make([]int, rank), make([]int, rank)
		for i := range rank {
			pair[2*i], pair[2*i+1], joint[i] = xs[i], ys[i], xs[i]*ys[i]
			if ys[i] != 0 && joint[i]/ys[i] != xs[i] {
				panic(graph.Mistake(graph.ErrSize, "Kron", graph.Avals(in), "axis %d would have %d times %d elements, more than can be counted", i, xs[i], ys[i]))
			}
			xDims[i], yDims[i] = 2*i, 2*i+1
		}
		x := b.BroadcastInDim(b.Reshape(in[0], xs...), pair, xDims)
		y := b.BroadcastInDim(b.Reshape(in[1], ys...), pair, yDims)
		return b.Reshape(times(b, x, y), joint...)
	})
}

// Cross is the cross product of vectors of three elements along the axis, the
// last if not given; the other axes are broadcast. Another size of the axis is
// an error. Dtypes are promoted. It is jax.numpy.cross.
func Cross(x, y *array.Array, axis ...int) *array.Array {
	ops.Given(x, y)
	a := one("Cross", axis, -1)
	if a >= 0 { // counted from the last, as broadcasting counts
		if array.Of(x).Rank() != array.Of(y).Rank() {
			panic(ops.Mistake(graph.ErrRank, "Cross", []*array.Array{x, y}, "the operands differ in rank; count the axis from the last"))
		}
		a -= x.Rank()
	}
	for _, v := range []*array.Array{x, y} {
		if v.Dim(a) != 3 {
			panic(ops.Mistake(graph.ErrShape, "Cross", []*array.Array{x, y}, "axis %d must have three elements", a))
		}
	}
	return promoted("Cross", func(b builder, in []value) value {
		at := in[0].Rank() + a
		next := func(v value, k int) value { return roll(b, v, -k, at) }
		x, y := in[0], in[1]
		return b.Sub(b.Mul(next(x, 1), next(y, 2)), b.Mul(next(x, 2), next(y, 1)))
	}, x, y)
}
