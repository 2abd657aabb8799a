package vmapper

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

func batchBroadcast(b B, e E, n int, in []batched) []batched {
	x, p := in[0], e.Params.(graph.BroadcastParams)
	axis := after(p.Dims, x.axis)
	shape := slices.Insert(slices.Clone(p.Shape), axis, n)
	dims := slices.Insert(skip(p.Dims, axis), x.axis, axis)
	return one(b.BroadcastInDim(x.V, shape, dims), axis)
}

// The axis stays where it is if some axes of the result hold just the elements
// that come before it; otherwise it goes in front first.
func batchReshape(b B, e E, n int, in []batched) []batched {
	x, shape := in[0], e.Params.(graph.ReshapeParams).Shape
	before := graph.Aval{Shape: x.Shape[:x.axis]}.Size()
	axis := 0
	for size := 1; size != before && axis < len(shape); axis++ {
		size *= shape[axis]
	}
	if (graph.Aval{Shape: shape[:axis]}).Size() != before {
		axis = 0
		x = batched{x.at(b, n, 0), 0}
	}
	return one(b.Reshape(x.V, slices.Insert(slices.Clone(shape), axis, n)...), axis)
}

// Elements move anyway, so the axis goes in front, where it is of most use.
func batchTranspose(b B, e E, n int, in []batched) []batched {
	x := in[0]
	perm := skip(e.Params.(graph.TransposeParams).Perm, x.axis)
	return one(b.Transpose(x.V, slices.Insert(perm, 0, x.axis)...), 0)
}

func batchConcatenate(b B, e E, n int, in []batched) []batched {
	axis := frontmost(in, e.Out[0].Rank())
	args := make([]V, len(in))
	for i, x := range in {
		args[i] = x.at(b, n, axis)
	}
	p := e.Params.(graph.ConcatenateParams)
	return one(b.Concatenate(skip([]int{p.Axis}, axis)[0], args...), axis)
}

// A padding value for each example is selected where zeros were padded.
func batchPad(b B, e E, n int, in []batched) []batched {
	x, value, p := in[0], in[1], e.Params.(graph.PadParams)
	axis := max(x.axis, 0)
	p.Low = slices.Insert(slices.Clone(p.Low), axis, 0)
	p.High = slices.Insert(slices.Clone(p.High), axis, 0)
	p.Interior = slices.Insert(slices.Clone(p.Interior), axis, 0)
	operand := x.at(b, n, axis)
	if !value.mapped() {
		return one(b.Pad(operand, value.V, p), axis)
	}
	y := b.Pad(operand, b.Scalar(x.DType, 0), p)
	inside := b.Pad(b.Full(operand.With(graph.Bool), 1), b.Scalar(graph.Bool, 0), p)
	return one(b.Select(inside, y, b.BroadcastInDim(value.V, y.Shape, []int{axis})), axis)
}

func sliceParams(p graph.SliceParams, axis, n int) (graph.SliceParams, []int) {
	p.Start = slices.Insert(slices.Clone(p.Start), axis, 0)
	p.Limit = slices.Insert(slices.Clone(p.Limit), axis, n)
	if p.Strides != nil {
		p.Strides = slices.Insert(slices.Clone(p.Strides), axis, 1)
	}
	return p, nil
}

func revParams(p graph.RevParams, axis, n int) (graph.RevParams, []int) {
	return graph.RevParams{Axes: skip(p.Axes, axis)}, nil
}

// A barrier is the identity, so each operand keeps its axis.
func batchBarrier(b B, e E, n int, in []batched) []batched {
	return place(b.Barrier(values(in)...), axes(in))
}
