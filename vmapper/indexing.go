package vmapper

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

func batchGather(b B, e E, n int, in []batched) []batched {
	return one(gather(b, n, in[0], in[1], e.Params.(graph.GatherParams), e.Out[0].Rank()))
}

// gather emits a gather whose result for one example has the given rank.
func gather(b B, n int, x, idx batched, p graph.GatherParams, rank int) (y V, axis int) {
	p.Sizes = slices.Clone(p.Sizes)
	switch {
	case !idx.mapped():
		p.IndexDims, axis = withinSlices(p.IndexDims, x.Rank(), x.axis)
		p.Sizes = slices.Insert(p.Sizes, x.axis, n)
	case !x.mapped():
		idx = idx.asIndices(b, n)
		p.Unique, p.Sorted = false, false // examples may read the same
		p.IndexDims, axis = overPlaces(p.IndexDims, rank, idx.axis)
	default:
		idx = idx.asIndices(b, n)
		p.Sorted = false
		p.IndexDims, axis = overPlaces(p.IndexDims, rank, idx.axis)
		p.IndexDims = together(p.IndexDims, x.axis, idx.axis)
		p.Sizes = slices.Insert(p.Sizes, x.axis, min(n, 1))
	}
	return b.Gather(x.V, idx.V, p), axis
}

func batchScatter(b B, e E, n int, in []batched) []batched {
	return one(scatter(b, n, in[0], in[1], in[2], e.Params.(graph.ScatterParams)))
}

// scatter emits a scatter. The result is mapped, so the operand has to be.
func scatter(b B, n int, x, idx, updates batched, p graph.ScatterParams) (y V, axis int) {
	axis = max(x.axis, 0)
	operand := x.at(b, n, axis)
	var at int // the mapped axis of the updates
	if idx.mapped() {
		idx = idx.asIndices(b, n)
		p.Sorted = false
		p.IndexDims, at = overPlaces(p.IndexDims, updates.rank(), idx.axis)
		p.IndexDims = together(p.IndexDims, axis, idx.axis)
	} else {
		p.IndexDims, at = withinSlices(p.IndexDims, operand.Rank(), axis)
	}
	return b.Scatter(operand, idx.V, updates.at(b, n, at), p), axis
}

// asIndices is x with the index vectors in the last axis, where they must be.
func (x batched) asIndices(b B, n int) batched {
	if x.axis == x.Rank()-1 {
		return batched{x.at(b, n, 0), 0}
	}
	return x
}

// The three below add a mapped axis to d. The first two return where it is in
// the result of a gather, or in the updates of a scatter.

// withinSlices: slices run over all of axis a of the operand, whose rank
// counts it. The indices are the same for every example.
func withinSlices(d graph.IndexDims, rank, a int) (graph.IndexDims, int) {
	d = skipOperand(d, a)
	i := slices.Index(graph.Kept(rank, d.Collapsed, d.OperandBatch), a)
	axis := after(d.Offset, i)
	d.Offset = slices.Insert(skip(d.Offset, axis), i, axis)
	return d, axis
}

// overPlaces: axis c of the indices is one more axis of places. rank is that
// of the result or the updates of one example.
func overPlaces(d graph.IndexDims, rank, c int) (graph.IndexDims, int) {
	axis := after(graph.Kept(rank, d.Offset), c)
	d.IndicesBatch = skip(d.IndicesBatch, c)
	d.Offset = skip(d.Offset, axis)
	return d, axis
}

// together: axis a of the operand goes along with axis c of the indices, which
// are places already.
func together(d graph.IndexDims, a, c int) graph.IndexDims {
	d = skipOperand(d, a)
	i, _ := slices.BinarySearch(d.OperandBatch, a)
	d.OperandBatch = slices.Insert(d.OperandBatch, i, a)
	d.IndicesBatch = slices.Insert(slices.Clone(d.IndicesBatch), i, c)
	return d
}

func skipOperand(d graph.IndexDims, a int) graph.IndexDims {
	d.Collapsed, d.OperandBatch, d.Start = skip(d.Collapsed, a), skip(d.OperandBatch, a), skip(d.Start, a)
	return d
}

// A block at an index for all examples spans the mapped axis. With an index
// for each example, the block is gathered: gather, too, moves it inside.
func batchDynamicSlice(b B, e E, n int, in []batched) []batched {
	x, start, sizes := in[0], in[1:], e.Params.(graph.DynamicSliceParams).Sizes
	if !slices.ContainsFunc(start, batched.mapped) {
		sizes = slices.Insert(slices.Clone(sizes), x.axis, n)
		return one(b.DynamicSlice(x.V, startAt0(b, start, x.axis), sizes), x.axis)
	}
	d := block(e.In[0].Shape, sizes)
	if len(d.Start) == 0 {
		return []batched{x}
	}
	idx := batched{indexVectors(b, n, start, d.Start, nil), 0}
	return one(gather(b, n, x, idx, graph.GatherParams{IndexDims: d, Sizes: sizes}, len(sizes)))
}

// As batchDynamicSlice. Scatter leaves out blocks that reach over the end, so
// the indices are moved inside first.
func batchDynamicUpdateSlice(b B, e E, n int, in []batched) []batched {
	x, update, start := in[0], in[1], in[2:]
	if !slices.ContainsFunc(start, batched.mapped) {
		axis := x.axis
		if !x.mapped() {
			axis = update.axis
		}
		return one(b.DynamicUpdateSlice(x.at(b, n, axis), update.at(b, n, axis), startAt0(b, start, axis)), axis)
	}
	shape, sizes := e.In[0].Shape, e.In[1].Shape
	d := block(shape, sizes)
	if len(d.Start) == 0 {
		return []batched{update}
	}
	last := make([]int, len(shape))
	for i := range last {
		last[i] = shape[i] - sizes[i]
	}
	idx := batched{indexVectors(b, n, start, d.Start, last), 0}
	return one(scatter(b, n, x, idx, update, graph.ScatterParams{IndexDims: d, Unique: true}))
}

// startAt0 is start with an index 0 for one more axis.
func startAt0(b B, start []batched, axis int) []V {
	d := graph.Int32
	if len(start) > 0 {
		d = start[0].DType
	}
	return slices.Insert(values(start), axis, b.Scalar(d, 0))
}

// block describes one block of the given sizes, in an array of the given
// shape. Where it is as long as the array, it can only start at 0, and there
// is no index.
func block(shape, sizes []int) graph.IndexDims {
	d := graph.IndexDims{
		Offset: graph.Kept(len(shape)), Start: []int{},
		Collapsed: []int{}, OperandBatch: []int{}, IndicesBatch: []int{},
	}
	for i, size := range sizes {
		if size < shape[i] {
			d.Start = append(d.Start, i)
		}
	}
	return d
}

// indexVectors is [n, len(which)]: for each example the scalars in start that
// which selects, limited to 0..last[i] if last is given.
func indexVectors(b B, n int, start []batched, which, last []int) V {
	columns := make([]V, len(which))
	for k, i := range which {
		x := start[i]
		if last != nil {
			d := x.DType
			x.V = b.Clamp(b.Scalar(d, 0), x.V, b.Literal(d, d.Clip(last[i])))
		}
		columns[k] = b.BroadcastInDim(x.at(b, n, 0), []int{n, 1}, []int{0})
	}
	return b.Concatenate(1, columns...)
}
