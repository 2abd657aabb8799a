package num

import (
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/lax"
)

// Take is the subarrays of x at integer indices along the axis, whose place the
// indices' axes take; without an axis, elements in row-major order. Negative
// indices count from the end. An index out of range gives NaN, of integers the
// number farthest from zero, as in JAX. An idx that is not of integers is an
// error. The dtype is x's. It is jax.numpy.take.
func Take(x, idx *array.Array, axis ...int) *array.Array {
	ops.Given(x, idx)
	a := one("Take", axis, 0)
	if len(axis) > 0 {
		a = ops.Axis("Take", ops.Aval(array.Of(x)), a)
	} else {
		x = Ravel(x)
	}
	checkIndices("Take", x, idx)
	if x.Dim(a) == 0 && idx.Size() > 0 {
		panic(ops.Mistake(graph.ErrSize, "Take", []*array.Array{x, idx}, "axis %d has no elements to take", a))
	}
	return ops.Apply([]*array.Array{x, idx}, x.Weak(), func(b builder, in []value) value {
		x, idx := in[0], in[1]
		n := x.Shape[a]
		shape := slices.Concat(x.Shape[:a], idx.Shape, x.Shape[a+1:])
		if n == 0 {
			return b.Zeros(graph.Aval{DType: x.DType, Shape: shape})
		}
		idx = fromEnd(b, widened(b, idx, n), n, idx.DType)
		sizes := slices.Clone(x.Shape)
		sizes[a] = 1
		p := graph.GatherParams{Sizes: sizes, IndexDims: graph.IndexDims{
			Offset: append(graph.Seq(0, a), graph.Seq(a+idx.Rank(), len(shape))...), Collapsed: []int{a}, Start: []int{a},
			OperandBatch: []int{}, IndicesBatch: []int{},
		}}
		y := b.Gather(x, b.Reshape(idx, idx.Insert(idx.Rank(), 1).Shape...), p)
		inside := b.BroadcastInDim(within(b, idx, n), shape, graph.Seq(a, a+idx.Rank()))
		return b.Select(inside, y, ops.Outside(b, x.DType))
	})
}

// TakeAlongAxis is for each place the element of x at the index there along the
// axis, the last if not given; idx has the rank of x, and its other axes are
// those of x, and broadcast. For indices out of range see Take. The dtype is
// x's. It is jax.numpy.take_along_axis.
func TakeAlongAxis(x, idx *array.Array, axis ...int) *array.Array {
	ops.Given(x, idx)
	a := checkAlong("TakeAlongAxis", x, idx, axis)
	return ops.Apply([]*array.Array{x, idx}, x.Weak(), func(b builder, in []value) value {
		x, idx, p := alongAxis(b, "TakeAlongAxis", in[0], in[1], a)
		n := x.Shape[a]
		if n == 0 {
			return b.Zeros(graph.Aval{DType: x.DType, Shape: idx.Shape})
		}
		y := b.Gather(x, b.Reshape(idx, idx.Insert(idx.Rank(), 1).Shape...),
			graph.GatherParams{IndexDims: p, Sizes: slices.Repeat([]int{1}, x.Rank())})
		return b.Select(within(b, idx, n), y, ops.Outside(b, x.DType))
	})
}

// PutAlongAxis is x with v, which is broadcast, at the indices along the axis,
// the last if not given: what TakeAlongAxis reads is v. Indices out of range
// write nothing. The dtype is x's; a v that it cannot hold, such as a float
// among integers, is an error. It is jax.numpy.put_along_axis, with
// inplace=False.
func PutAlongAxis[T array.Operand](x, idx *array.Array, v T, axis ...int) *array.Array {
	ops.Given(x, idx, array.Of(v))
	a := checkAlong("PutAlongAxis", x, idx, axis)
	u := array.Of(v)
	checkFits("PutAlongAxis", x, u)
	d := x.DType()
	return ops.Apply([]*array.Array{x, idx, ops.JoinAs(d, u)[0]}, x.Weak(), func(b builder, in []value) value {
		x, idx, p := alongAxis(b, "PutAlongAxis", in[0], in[1], a)
		if !slices.Equal(x.Shape, in[0].Shape) {
			panic(graph.Mistake(graph.ErrShape, "PutAlongAxis", []graph.Aval{in[0].Aval, idx.Aval}, "the indices %v do not fit into %v", idx.Aval, in[0].Aval))
		}
		u := ops.BroadcastTo(b, b.Convert(in[2], d), idx.Shape)
		return b.Scatter(x, b.Reshape(idx, idx.Insert(idx.Rank(), 1).Shape...), u, graph.ScatterParams{IndexDims: p})
	})
}

func checkAlong(op string, x, idx *array.Array, axis []int) int {
	checkIndices(op, x, idx)
	if idx.Rank() != x.Rank() {
		panic(ops.Mistake(graph.ErrRank, op, []*array.Array{x, idx}, "the indices must have as many axes as the array"))
	}
	a := ops.Axis(op, ops.Aval(x), one(op, axis, -1))
	if x.Dim(a) == 0 && idx.Size() > 0 {
		panic(ops.Mistake(graph.ErrSize, op, []*array.Array{x, idx}, "axis %d has no elements", a))
	}
	return a
}

// alongAxis broadcasts all axes but one, which goes by the indices; the others
// go along.
func alongAxis(b builder, op string, x, idx value, a int) (value, value, graph.IndexDims) {
	idx = fromEnd(b, widened(b, idx, x.Shape[a]), x.Shape[a], idx.DType)
	n, m := x.Shape[a], idx.Shape[a]
	xs, is := slices.Clone(x.Shape), slices.Clone(idx.Shape)
	xs[a], is[a] = 1, 1
	shape, ok := ops.BroadcastShape(xs, is)
	if !ok {
		panic(graph.Mistake(graph.ErrShape, op, []graph.Aval{x.Aval, idx.Aval}, "the axes beside axis %d must agree, or be 1", a))
	}
	to := func(v value, n int) value {
		s := slices.Clone(shape)
		s[a] = n
		return ops.BroadcastTo(b, v, s)
	}
	others := graph.Kept(x.Rank(), []int{a})
	return to(x, n), to(idx, m), graph.IndexDims{
		Offset: []int{}, Collapsed: []int{a}, Start: []int{a}, OperandBatch: others, IndicesBatch: others,
	}
}

func checkIndices(op string, x, idx *array.Array) {
	if !array.Of(idx).DType().IsInt() {
		panic(ops.Mistake(graph.ErrDType, op, []*array.Array{x, idx}, "indices are integers, not %v; convert with As", idx.DType()))
	}
}

// widened is idx as a signed type that holds it, and n.
func widened(b builder, idx value, n int) value { return b.Convert(idx, indexType(idx.DType, n)) }

// indexType is the signed type for indices that are given as d, of axes of up
// to n elements.
func indexType(d graph.DType, n int) graph.DType {
	if d.Size() > 4 || d == graph.Uint32 {
		return graph.Int64
	}
	return counter(n)
}

// counter is the type of numbers from -n to n: int32 if it holds them.
func counter(n int) graph.DType {
	if n > math.MaxInt32 {
		return graph.Int64
	}
	return graph.Int32
}

// longest is the size of the longest axis.
func longest(shape []int) int { return slices.Max(append([]int{0}, shape...)) }

func within(b builder, i value, n int) value {
	return b.And(b.Ge(i, num(b, i, 0)), b.Lt(i, num(b, i, float64(n))))
}

// DynamicSlice is the block of these sizes that starts at the given integer
// scalars, one for each axis. Negative ones count from the end; a block that
// would reach over the end is moved back inside. Another number of scalars than
// of axes is an error. The dtype is x's. It is jax.lax.dynamic_slice.
func DynamicSlice(x *array.Array, start []*array.Array, sizes ...int) *array.Array {
	return lax.DynamicSlice(x, start, sizes)
}

// DynamicUpdateSlice is x with the block that starts at the given integer
// scalars replaced; see DynamicSlice. Shape and dtype are x's. It is
// jax.lax.dynamic_update_slice.
func DynamicUpdateSlice(x, block *array.Array, start ...*array.Array) *array.Array {
	ops.Given(x, block)
	checkFits("DynamicUpdateSlice", x, block)
	if block.DType() != x.DType() {
		block = block.As(x.DType())
	}
	return lax.DynamicUpdateSlice(x, block, start)
}

// Bincount is how often each of 0 to length-1 occurs in x, a vector of
// integers, as int32; others are not counted. The result is a vector of that
// length. Other dtypes than integers, and a negative length, are errors. It is
// jax.numpy.bincount.
func Bincount(x *array.Array, length int) *array.Array {
	checkIndices("Bincount", x, x)
	checkDims("Bincount", []int{length})
	d := counter(x.Size())
	return map1(Ravel(x), func(b builder, x value) value { return segments(b, b.Ones(x.With(d)), x, length) }).As(d)
}

// SegmentSum adds up the subarrays of x, along the first axis, that have one of
// the ids 0 to n-1, a vector of integers: row i of the result is the sum of
// those with id i, and the dtype is x's. Another number of ids than of rows is
// an error. It is jax.ops.segment_sum.
func SegmentSum(x, ids *array.Array, n int) *array.Array {
	ops.Given(x, ids)
	checkIndices("SegmentSum", x, ids)
	checkDims("SegmentSum", []int{n})
	if ids.Rank() != 1 || array.Of(x).Rank() < 1 || x.Dim(0) != ids.Dim(0) {
		panic(ops.Mistake(graph.ErrShape, "SegmentSum", []*array.Array{x, ids}, "needs an id for each of x's rows"))
	}
	return ops.Apply([]*array.Array{x, ids}, false, func(b builder, in []value) value { return segments(b, in[0], in[1], n) })
}

func segments(b builder, x, ids value, n int) value {
	zeros := b.Zeros(x.Slice().Stack(n))
	ids = widened(b, ids, n)
	return b.Scatter(zeros, b.Reshape(ids, ids.Size(), 1), x, graph.ScatterParams{Combine: graph.CombineAdd, IndexDims: graph.IndexDims{
		Offset: graph.Seq(1, x.Rank()), Collapsed: []int{0}, Start: []int{0}, OperandBatch: []int{}, IndicesBatch: []int{},
	}})
}
