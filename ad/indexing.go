package ad

import (
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

func transposeDynamicSlice(b B, e E, ct, x []V) []V {
	out := make([]V, len(x))
	out[0] = b.DynamicUpdateSlice(b.Zeros(e.In[0].Aval), ct[0], x[1:])
	return out
}

func transposeDynamicUpdateSlice(b B, e E, ct, x []V) []V {
	out := make([]V, len(x))
	if x[0] == nil {
		out[0] = b.DynamicUpdateSlice(ct[0], b.Zeros(e.In[1].Aval), x[2:])
	}
	if x[1] == nil {
		out[1] = b.DynamicSlice(ct[0], x[2:], e.In[1].Shape)
	}
	return out
}

// Reading slices transposes to adding to them. Gather moves slices inside,
// scatter leaves out those that are not: the indices are moved first.
func transposeGather(b B, e E, ct, x []V) []V {
	p, operand := e.Params.(graph.GatherParams), e.In[0]
	idx := x[1]
	if len(p.Start) > 0 {
		idx = b.Clamp(num(b, idx, 0), idx, b.LastStarts(idx, p.IndexDims, operand.Shape, p.Sizes))
	}
	add := graph.ScatterParams{IndexDims: p.IndexDims, Combine: graph.CombineAdd, Unique: p.Unique}
	add.Sorted = p.Sorted && len(p.Start) == 1 // moving a component may change the order by the others
	return []V{b.Scatter(b.Zeros(operand.Aval), idx, ct[0], add), nil}
}

// readBack reads from y what a scatter with p wrote or would have written from
// its updates: zero where it left a slice out.
func readBack(b B, y, idx V, updates graph.Aval, p graph.ScatterParams) V {
	sizes := slices.Clone(y.Shape)
	for i := range sizes {
		sizes[i] = 1
	}
	for i, axis := range graph.Kept(y.Rank(), p.Collapsed, p.OperandBatch) {
		sizes[axis] = updates.Shape[p.Offset[i]]
	}
	if y.Size() == 0 { // there is nothing to read
		return b.Zeros(updates.With(y.DType))
	}
	read := b.Gather(y, idx, graph.GatherParams{IndexDims: p.IndexDims, Sizes: sizes})
	if len(p.Start) == 0 {
		return read
	}
	inside := b.And(b.Ge(idx, num(b, idx, 0)), b.Le(idx, b.LastStarts(idx, p.IndexDims, y.Shape, sizes)))
	inside = b.ReduceAnd(inside, idx.Rank()-1)
	return where(b, b.BroadcastInDim(inside, read.Shape, graph.Kept(read.Rank(), p.Offset)), read)
}

func jvpScatter(b B, e E, x, dx []V) (y, dy []V) {
	p := e.Params.(graph.ScatterParams)
	switch p.Combine {
	case graph.CombineSet:
		if !p.Unique {
			return jvpScatterSet(b, x, dx, p)
		}
		fallthrough
	case graph.CombineAdd:
		return linearIn(nil, 0, 2).jvp(b, e, x, dx)
	case graph.CombineMul:
		return jvpScatterMul(b, e, x, dx, p)
	}
	return jvpScatterChosen(b, e, x, dx, p)
}

func transposeScatter(b B, e E, ct, x []V) []V {
	p, out := e.Params.(graph.ScatterParams), make([]V, 3)
	idx, updates := x[1], e.In[2].Aval
	if x[0] == nil {
		switch p.Combine {
		case graph.CombineAdd:
			out[0] = ct[0]
		case graph.CombineSet: // what was overwritten has no effect
			out[0] = b.Scatter(ct[0], idx, b.Zeros(updates), p)
		case graph.CombineMul:
			out[0] = b.Scatter(ct[0], idx, x[2], p)
		default:
			notLinear(b, e, ct, x)
		}
	}
	if x[2] == nil {
		if p.Combine != graph.CombineAdd && p.Combine != graph.CombineSet {
			notLinear(b, e, ct, x)
		}
		out[2] = readBack(b, ct[0], idx, updates, p)
	}
	return out
}

// Where updates meet, it is open which one stays. To have values and tangents
// agree on it, numbers of the updates are scattered first; updates whose
// number did not stay are made zero, as are overwritten elements, and the rest
// is added, which is linear.
func jvpScatterSet(b B, x, dx []V, p graph.ScatterParams) (y, dy []V) {
	operand, idx, updates := x[0], x[1], x[2]
	d := graph.Int32
	if updates.Size() >= math.MaxInt32 {
		d = graph.Int64
	}
	ids := b.Reshape(b.Add(b.Iota(d, []int{updates.Size()}, 0), b.Scalar(d, 1)), updates.Shape...)
	stayed := b.Scatter(b.Zeros(operand.With(d)), idx, ids, p)
	kept := b.Eq(stayed, b.Scalar(d, 0))
	wins := b.Eq(ids, readBack(b, stayed, idx, updates.Aval, p))

	p.Combine = graph.CombineAdd
	merge := func(operand, updates V) []V {
		return []V{b.Scatter(where(b, kept, operand), idx, where(b, wins, updates), p)}
	}
	return merge(operand, updates), merge(materialize(b, dx[0], operand), materialize(b, dx[2], updates))
}

func jvpScatterMul(b B, e E, x, dx []V, p graph.ScatterParams) (y, dy []V) {
	y = b.Emit(e.Op, p, x...)
	var t V
	if dx[0] != nil {
		t = b.Scatter(dx[0], x[1], x[2], p)
	}
	if dx[2] != nil {
		if !p.Unique {
			panic(e.Errorf(graph.ErrNotDifferentiable, "has no derivative in its updates unless the indices are promised to be unique, as by lax.ScatterMul with lax.UniqueIndices()"))
		}
		p.Combine = graph.CombineAdd
		t = addTangents(b, t, b.Mul(x[0], b.Scatter(b.Zeros(x[0].Aval), x[1], dx[2], p)))
	}
	return y, []V{t}
}

// The derivative is spread evenly over the element and the updates that attain
// the result.
func jvpScatterChosen(b B, e E, x, dx []V, p graph.ScatterParams) (y, dy []V) {
	y = b.Emit(e.Op, p, x...)
	was, update := b.Eq(x[0], y[0]), b.Eq(x[2], readBack(b, y[0], x[1], x[2].Aval, p))
	p.Combine = graph.CombineAdd
	sum := func(operand, updates V) V {
		return b.Scatter(where(b, was, operand), x[1], where(b, update, updates), p)
	}
	count := sum(b.Ones(x[0].Aval), b.Ones(x[2].Aval))
	return y, []V{b.Div(sum(materialize(b, dx[0], x[0]), materialize(b, dx[2], x[2])), count)}
}
