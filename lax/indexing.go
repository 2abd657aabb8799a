package lax

import (
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// A DynamicSliceOption changes what DynamicSlice and DynamicUpdateSlice do.
type DynamicSliceOption struct{ noNegative bool }

// NoNegativeIndices says that start indices count from the start: those below 0
// are moved there, as those beyond the end are moved inside. All have one dtype
// then. It is allow_negative_indices=False of jax.lax.dynamic_slice.
func NoNegativeIndices() DynamicSliceOption { return DynamicSliceOption{true} }

// DynamicSlice is the block of x of these sizes that starts at the given
// integer scalars, one for each axis. Negative ones count from the end; a block
// that would reach over the end is moved back inside. The dtype is x's. Another
// number of scalars than of axes, and sizes beyond x's, are errors. It is
// jax.lax.dynamic_slice.
func DynamicSlice(x *array.Array, startIndices []*array.Array, sliceSizes []int, opts ...DynamicSliceOption) *array.Array {
	xs := append([]*array.Array{x}, startIndices...)
	checkStart("DynamicSlice", xs, startIndices, opts)
	sizes := ints(sliceSizes)
	return strict(xs, func(b builder, in []value) value {
		return b.DynamicSlice(in[0], starts(b, in[0], in[1:], opts), sizes)
	}, graph.Seq(1, len(xs))...)
}

// DynamicUpdateSlice is x with an update of its dtype and rank written over the
// block that starts at the given integer scalars; see DynamicSlice. An update
// of another dtype or rank, or larger than x, is an error. It is
// jax.lax.dynamic_update_slice.
func DynamicUpdateSlice(x, update *array.Array, startIndices []*array.Array, opts ...DynamicSliceOption) *array.Array {
	xs := append([]*array.Array{x, update}, startIndices...)
	checkStart("DynamicUpdateSlice", xs, startIndices, opts)
	return strict(xs, func(b builder, in []value) value {
		return b.DynamicUpdateSlice(in[0], in[1], starts(b, in[0], in[2:], opts))
	}, graph.Seq(2, len(xs))...)
}

// checkStart checks the start indices among the operands xs, the first of which
// they are for.
func checkStart(op string, xs, start []*array.Array, opts []DynamicSliceOption) {
	ops.Given(xs...)
	x := xs[0]
	if slices.Contains(opts, DynamicSliceOption{}) {
		panic(empty(op))
	}
	if len(start) != x.Rank() {
		panic(ops.Mistake(graph.ErrRank, op, []*array.Array{x}, "%d start indices for rank %d", len(start), x.Rank()))
	}
	for _, i := range start {
		if !i.DType().IsInt() {
			panic(ops.Mistake(graph.ErrDType, op, []*array.Array{x, i}, "start indices are integers, not %v; convert with As", i.DType()))
		}
		if i.Rank() != 0 {
			panic(ops.Mistake(graph.ErrNotScalar, op, []*array.Array{x, i}, "start indices are scalars"))
		}
	}
}

// starts are the indices, counted from the start, as one dtype that holds them.
func starts(b builder, x value, start []value, opts []DynamicSliceOption) []value {
	if len(opts) > 0 {
		return start
	}
	d := graph.Int32
	for axis, i := range start {
		if i.DType.Size() > 4 || i.DType == graph.Uint32 || x.Shape[axis] > math.MaxInt32 {
			d = graph.Int64
		}
	}
	out := make([]value, len(start))
	for axis, i := range start {
		out[axis] = b.Convert(i, d)
		if i.DType.IsSigned() {
			zero, n := b.Scalar(d, 0), b.Literal(d, graph.Number{I: int64(x.Shape[axis])})
			out[axis] = b.Select(b.Lt(out[axis], zero), b.Add(out[axis], n), out[axis])
		}
	}
	return out
}

// GatherDimensionNumbers say how the indices of Gather address its operand. The
// fields are those of jax.lax.GatherDimensionNumbers.
type GatherDimensionNumbers struct {
	// OffsetDims are the axes of the result that run within a slice; the others
	// run over the places of indices.
	OffsetDims []int
	// CollapsedSliceDims are axes of the operand, of slice size 1, that the
	// slice drops.
	CollapsedSliceDims []int
	// StartIndexMap has for each component of an index vector the axis of the
	// operand that it is for.
	StartIndexMap []int
	// OperandBatchingDims of the operand go along, one to one, with
	// StartIndicesBatchingDims of the indices; slices have size 1 there, and
	// drop the axis.
	OperandBatchingDims, StartIndicesBatchingDims []int
}

// ScatterDimensionNumbers say how the indices of Scatter and its kin address
// their operand. The fields are those of jax.lax.ScatterDimensionNumbers.
type ScatterDimensionNumbers struct {
	// UpdateWindowDims are the axes of the updates that run within a slice; the
	// others run over the places of indices.
	UpdateWindowDims []int
	// InsertedWindowDims are axes of the operand that the slices of the updates
	// lack, since they have size 1 there.
	InsertedWindowDims []int
	// ScatterDimsToOperandDims has for each component of an index vector the
	// axis of the operand that it is for.
	ScatterDimsToOperandDims []int
	// OperandBatchingDims of the operand go along, one to one, with
	// ScatterIndicesBatchingDims of the indices; slices lack the axis.
	OperandBatchingDims, ScatterIndicesBatchingDims []int
}

// A GatherScatterMode says what becomes of a slice that does not lie within the
// operand. It is jax.lax.GatherScatterMode.
type GatherScatterMode uint8

// The modes.
const (
	// Clip moves the slice inside.
	Clip GatherScatterMode = 1 + iota
	// FillOrDrop has Gather read a number for the elements of the slice, and
	// Scatter leave the slice out. It is the mode of Scatter and its kin if none is
	// given.
	FillOrDrop
	// PromiseInBounds says that there is no such slice. What becomes of one all
	// the same is left open. It is the mode of Gather if none is given.
	PromiseInBounds
)

// An IndexOption changes what Gather, or Scatter and its kin, do.
type IndexOption struct{ set func(o *indexing) }

type indexing struct {
	unique, sorted bool
	mode           GatherScatterMode
	fill           *array.Array
}

// UniqueIndices promises that no element of the operand is read or met twice;
// numbers are wrong where that is not true. A product by ScatterMul has a
// derivative in its updates only with this promise. It is unique_indices of
// jax.lax.gather and jax.lax.scatter.
func UniqueIndices() IndexOption { return IndexOption{func(o *indexing) { o.unique = true }} }

// IndicesAreSorted promises that the index vectors rise, by their first
// component, and where that is equal by the next; numbers are wrong where that
// is not true. It is indices_are_sorted of jax.lax.gather and jax.lax.scatter.
func IndicesAreSorted() IndexOption { return IndexOption{func(o *indexing) { o.sorted = true }} }

// Mode says what becomes of slices that do not lie within the operand. What is
// none of the modes is an error. It is mode of jax.lax.gather and
// jax.lax.scatter.
func Mode(m GatherScatterMode) IndexOption { return IndexOption{func(o *indexing) { o.mode = m }} }

// FillValue is the number that Gather reads, with Mode(FillOrDrop), where a
// slice does not lie within the operand: a scalar of its dtype. Another rank or
// dtype is an error, and so is its use without that mode. It is fill_value of
// jax.lax.gather.
func FillValue[T array.Operand](v T) IndexOption {
	x := array.Of(v)
	ops.Given(x)
	return IndexOption{func(o *indexing) { o.fill = x }}
}

func indexingOf(op string, mode GatherScatterMode, opts []IndexOption) (o indexing) {
	o.mode = mode
	for _, option := range opts {
		if option.set == nil {
			panic(empty(op))
		}
		option.set(&o)
	}
	if o.mode < Clip || o.mode > PromiseInBounds {
		panic(graph.Errorf(graph.ErrOption, op, "there is no mode %d", o.mode))
	}
	return o
}

// Gather reads slices of x at startIndices, integers whose last axis has the
// components of index vectors: for every place of the others, the slice of the
// given sizes that starts there. With Mode(FillOrDrop), a slice that does not
// lie within x reads FillValue, or if that is not given NaN, the least number
// of signed integers, the largest of unsigned ones, true. The result has x's
// dtype, and the axes of places and of slices as OffsetDims has them. Indices
// of another dtype than integers, and dimension numbers that do not fit, are
// errors. It is jax.lax.gather.
func Gather(x, startIndices *array.Array, dimensionNumbers GatherDimensionNumbers, sliceSizes []int, opts ...IndexOption) *array.Array {
	ops.Given(x, startIndices)
	o, n := indexingOf("Gather", PromiseInBounds, opts), dimensionNumbers
	p := graph.GatherParams{Sizes: ints(sliceSizes), Unique: o.unique, Sorted: o.sorted, IndexDims: graph.IndexDims{
		Offset: ints(n.OffsetDims), Collapsed: ints(n.CollapsedSliceDims), Start: ints(n.StartIndexMap),
		OperandBatch: ints(n.OperandBatchingDims), IndicesBatch: ints(n.StartIndicesBatchingDims),
	}}
	if o.mode != FillOrDrop {
		if o.fill != nil {
			panic(graph.Errorf(graph.ErrOption, "Gather", "has a FillValue, which only the mode FillOrDrop reads"))
		}
		return strict([]*array.Array{x, startIndices}, func(b builder, in []value) value { return b.Gather(in[0], in[1], p) }, 1)
	}
	// Indices that are moved inside may meet others.
	p.Unique = false
	xs := []*array.Array{x, startIndices}
	if o.fill != nil {
		if o.fill.Rank() != 0 {
			panic(ops.Mistake(graph.ErrNotScalar, "Gather", []*array.Array{x, o.fill}, "FillValue is a scalar"))
		}
		xs = append(xs, o.fill)
	}
	return strict(xs, func(b builder, in []value) value {
		x, idx := in[0], in[1]
		y := b.Gather(x, idx, p)
		fill := ops.Outside(b, x.DType)
		if o.fill != nil {
			fill = in[2]
		}
		if len(p.Start) == 0 {
			return y
		}
		inside := b.Le(idx, b.LastStarts(idx, p.IndexDims, x.Shape, p.Sizes))
		if idx.DType.IsSigned() {
			inside = b.And(inside, b.Ge(idx, b.Scalar(idx.DType, 0)))
		}
		inside = b.ReduceAnd(inside, idx.Rank()-1)
		return b.Select(b.BroadcastInDim(inside, y.Shape, graph.Kept(y.Rank(), p.Offset)), y, fill)
	}, 1)
}

// Scatter is x with updates, of its dtype, written over its slices at
// scatterIndices, integers whose last axis has the components of index vectors.
// The updates have an axis for each of the others, and those of a slice. Where
// slices meet, it is open which one stays. Shape and dtype are x's. Updates of
// another dtype or shape, indices of another dtype than integers, and dimension
// numbers that do not fit are errors. It is jax.lax.scatter.
func Scatter(x, scatterIndices, updates *array.Array, dimensionNumbers ScatterDimensionNumbers, opts ...IndexOption) *array.Array {
	return scatter("Scatter", graph.CombineSet, x, scatterIndices, updates, dimensionNumbers, opts)
}

// ScatterAdd is x with updates added; see Scatter. It is jax.lax.scatter_add.
func ScatterAdd(x, scatterIndices, updates *array.Array, dimensionNumbers ScatterDimensionNumbers, opts ...IndexOption) *array.Array {
	return scatter("ScatterAdd", graph.CombineAdd, x, scatterIndices, updates, dimensionNumbers, opts)
}

// ScatterSub is x with updates subtracted; see Scatter. It is
// jax.lax.scatter_sub.
func ScatterSub(x, scatterIndices, updates *array.Array, dimensionNumbers ScatterDimensionNumbers, opts ...IndexOption) *array.Array {
	return scatter("ScatterSub", graph.CombineAdd, x, scatterIndices, updates, dimensionNumbers, opts)
}

// ScatterMul is x multiplied by updates; see Scatter. It has a derivative in the
// updates only with UniqueIndices. It is jax.lax.scatter_mul.
func ScatterMul(x, scatterIndices, updates *array.Array, dimensionNumbers ScatterDimensionNumbers, opts ...IndexOption) *array.Array {
	return scatter("ScatterMul", graph.CombineMul, x, scatterIndices, updates, dimensionNumbers, opts)
}

// ScatterMin is x limited by updates from above; see Scatter. Complex numbers are
// an error. It is jax.lax.scatter_min.
func ScatterMin(x, scatterIndices, updates *array.Array, dimensionNumbers ScatterDimensionNumbers, opts ...IndexOption) *array.Array {
	return scatter("ScatterMin", graph.CombineMin, x, scatterIndices, updates, dimensionNumbers, opts)
}

// ScatterMax is x limited by updates from below; see ScatterMin. It is
// jax.lax.scatter_max.
func ScatterMax(x, scatterIndices, updates *array.Array, dimensionNumbers ScatterDimensionNumbers, opts ...IndexOption) *array.Array {
	return scatter("ScatterMax", graph.CombineMax, x, scatterIndices, updates, dimensionNumbers, opts)
}

func scatter(op string, c graph.Combine, x, idx, updates *array.Array, n ScatterDimensionNumbers, opts []IndexOption) *array.Array {
	ops.Given(x, idx, updates)
	o := indexingOf(op, FillOrDrop, opts)
	if o.fill != nil {
		panic(graph.Errorf(graph.ErrOption, op, "has a FillValue, which only Gather reads"))
	}
	p := graph.ScatterParams{Combine: c, Unique: o.unique, Sorted: o.sorted, IndexDims: graph.IndexDims{
		Offset: ints(n.UpdateWindowDims), Collapsed: ints(n.InsertedWindowDims), Start: ints(n.ScatterDimsToOperandDims),
		OperandBatch: ints(n.OperandBatchingDims), IndicesBatch: ints(n.ScatterIndicesBatchingDims),
	}}
	return strict([]*array.Array{x, idx, updates}, func(b builder, in []value) value {
		x, idx, updates := in[0], in[1], in[2]
		if op == "ScatterSub" {
			updates = b.Neg(updates)
		}
		if o.mode == Clip && len(p.Start) > 0 {
			check(x, idx, updates, p)
			// A component that is moved may change the order by the others.
			p.Sorted = p.Sorted && len(p.Start) == 1
			last := b.LastStarts(idx, p.IndexDims, x.Shape, window(x, updates, p))
			idx = b.Clamp(b.Scalar(idx.DType, 0), idx, last)
		}
		return b.Scatter(x, idx, updates, p)
	}, 1)
}

// check panics with the op's error if the operands do not fit together.
func check(x, idx, updates value, p graph.ScatterParams) {
	graph.Build([]graph.Aval{x.Aval, idx.Aval, updates.Aval}, func(b builder, in []value) []value {
		return []value{b.Scatter(in[0], in[1], in[2], p)}
	})
}

// window is the size of the slices that updates are for.
func window(x, updates value, p graph.ScatterParams) []int {
	sizes := slices.Repeat([]int{1}, x.Rank())
	for i, axis := range graph.Kept(x.Rank(), p.Collapsed, p.OperandBatch) {
		sizes[axis] = updates.Shape[p.Offset[i]]
	}
	return sizes
}
