package interp

import (
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

var indexingOps = map[graph.Op]evaluator{
	graph.OpDynamicSlice: one(func(e *graph.Eqn, in []Tensor, out Tensor) {
		start := starts(in[1:], in[0].Shape, out.Shape)
		indices(out.Shape, func(place int, at []int) { out.Data[place] = in[0].At(sum(start, at)...) })
	}),
	graph.OpDynamicUpdateSlice: one(func(_ *graph.Eqn, in []Tensor, out Tensor) {
		copy(out.Data, in[0].Data)
		start := starts(in[2:], in[0].Shape, in[1].Shape)
		indices(in[1].Shape, func(place int, at []int) { out.Data[offset(out.Shape, sum(start, at))] = in[1].Data[place] })
	}),
	graph.OpGather:  one(gather),
	graph.OpScatter: one(scatter),
}

// starts reads scalar start indices, moved so that a block of the given sizes
// lies within shape.
func starts(idx []Tensor, shape, sizes []int) []int {
	out := make([]int, len(shape))
	for i, t := range idx {
		out[i] = clamp(integer(t.DType, t.Data[0]), shape[i]-sizes[i])
	}
	return out
}

// integer is an index; one that is too large for an int is the largest.
func integer(d graph.DType, n graph.Number) int {
	if d == graph.Uint64 && n.I < 0 {
		return math.MaxInt
	}
	return int(n.I)
}

func clamp(i, limit int) int { return min(max(i, 0), limit) }

func sum(xs, ys []int) []int {
	out := slices.Clone(xs)
	for i, y := range ys {
		out[i] += y
	}
	return out
}

// An address is what an element of the result of a gather, or of the updates
// of a scatter, stands for: the slice that starts at start and the element at
// window in it.
type address struct{ start, window []int }

// addresser finds the address of the element at an index. Rank is the
// operand's.
func addresser(d graph.IndexDims, rank int, idx Tensor) func(at []int) address {
	windowAxes := graph.Kept(rank, d.Collapsed, d.OperandBatch)
	return func(at []int) address {
		a := address{make([]int, rank), make([]int, rank)}
		for i, axis := range d.Offset {
			a.window[windowAxes[i]] = at[axis]
		}
		place := make([]int, 0, len(at)+1)
		for _, axis := range graph.Kept(len(at), d.Offset) {
			place = append(place, at[axis])
		}
		for i, axis := range d.Start {
			a.start[axis] = integer(idx.DType, idx.At(append(place, i)...))
		}
		for i, axis := range d.OperandBatch {
			a.start[axis] = place[d.IndicesBatch[i]]
		}
		return a
	}
}

// gather moves slices that reach over an end inside.
func gather(e *graph.Eqn, in []Tensor, out Tensor) {
	p := e.Params.(graph.GatherParams)
	x := in[0]
	find := addresser(p.IndexDims, x.Rank(), in[1])
	indices(out.Shape, func(place int, at []int) {
		a := find(at)
		for i := range a.start {
			a.start[i] = clamp(a.start[i], x.Shape[i]-p.Sizes[i])
		}
		out.Data[place] = x.At(sum(a.start, a.window)...)
	})
}

// scatter leaves out slices that reach over an end. Where several updates set
// one element, the last stays.
func scatter(e *graph.Eqn, in []Tensor, out Tensor) {
	p := e.Params.(graph.ScatterParams)
	x, updates := in[0], in[2]
	copy(out.Data, x.Data)
	last := make([]int, x.Rank()) // element of a slice
	for i, axis := range graph.Kept(x.Rank(), p.Collapsed, p.OperandBatch) {
		last[axis] = updates.Shape[p.Offset[i]] - 1
	}
	find := addresser(p.IndexDims, x.Rank(), in[1])
	indices(updates.Shape, func(place int, at []int) {
		a := find(at)
		if !within(x.Shape, a.start) || !within(x.Shape, sum(a.start, last)) {
			return
		}
		to := &out.Data[offset(x.Shape, sum(a.start, a.window))]
		*to = combine(x.DType, p.Combine, *to, updates.Data[place])
	})
}

func combine(d graph.DType, c graph.Combine, x, y graph.Number) graph.Number {
	switch c {
	case graph.CombineAdd:
		return graph.Number{C: x.C + y.C, I: x.I + y.I}
	case graph.CombineMul:
		return times(d, x, y)
	case graph.CombineMin:
		return minimum(d, x, y)
	case graph.CombineMax:
		return maximum(d, x, y)
	}
	return y
}

// times is a product; of reals, without the zero imaginary parts, which an
// infinity would turn to NaN.
func times(d graph.DType, x, y graph.Number) graph.Number {
	if d.IsComplex() {
		return graph.Number{C: x.C * y.C}
	}
	return graph.Number{C: complex(real(x.C)*real(y.C), 0), I: x.I * y.I}
}
