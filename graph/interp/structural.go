package interp

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

var structuralOps = map[graph.Op]evaluator{
	graph.OpLiteral: one(func(e *graph.Eqn, _ []Tensor, out Tensor) { out.Data[0] = e.Params.(graph.LiteralParams).Value }),

	graph.OpBroadcast: from(func(e *graph.Eqn, in []Tensor, at []int) graph.Number {
		p, index := e.Params.(graph.BroadcastParams), make([]int, in[0].Rank())
		for i, d := range p.Dims {
			if in[0].Shape[i] > 1 {
				index[i] = at[d]
			}
		}
		return in[0].At(index...)
	}),
	graph.OpReshape: one(func(_ *graph.Eqn, in []Tensor, out Tensor) { copy(out.Data, in[0].Data) }),
	graph.OpTranspose: from(func(e *graph.Eqn, in []Tensor, at []int) graph.Number {
		index := make([]int, len(at))
		for i, a := range e.Params.(graph.TransposeParams).Perm {
			index[a] = at[i]
		}
		return in[0].At(index...)
	}),
	graph.OpConcatenate: from(func(e *graph.Eqn, in []Tensor, at []int) graph.Number {
		axis, index := e.Params.(graph.ConcatenateParams).Axis, slices.Clone(at)
		for index[axis] >= in[0].Shape[axis] {
			index[axis] -= in[0].Shape[axis]
			in = in[1:]
		}
		return in[0].At(index...)
	}),
	graph.OpPad: one(pad),
	graph.OpSlice: from(func(e *graph.Eqn, in []Tensor, at []int) graph.Number {
		p, index := e.Params.(graph.SliceParams), make([]int, len(at))
		for i, n := range at {
			index[i] = p.Start[i] + n*p.Stride(i)
		}
		return in[0].At(index...)
	}),
	graph.OpRev: from(func(e *graph.Eqn, in []Tensor, at []int) graph.Number {
		index := slices.Clone(at)
		for _, a := range e.Params.(graph.RevParams).Axes {
			index[a] = in[0].Shape[a] - 1 - at[a]
		}
		return in[0].At(index...)
	}),
	graph.OpIota: from(func(e *graph.Eqn, _ []Tensor, at []int) graph.Number {
		p := e.Params.(graph.IotaParams)
		return convert(graph.Int64, p.DType, graph.Number{I: int64(at[p.Axis])})
	}),
	graph.OpBarrier: pure(func(_ *graph.Eqn, in []Tensor) []Tensor { return in }),
}

// from makes an evaluator of a function that finds the element of the result
// at an index.
func from(f func(e *graph.Eqn, in []Tensor, at []int) graph.Number) evaluator {
	return one(func(e *graph.Eqn, in []Tensor, out Tensor) {
		indices(out.Shape, func(place int, at []int) { out.Data[place] = f(e, in, at) })
	})
}

func pad(e *graph.Eqn, in []Tensor, out Tensor) {
	p := e.Params.(graph.PadParams)
	for i := range out.Data {
		out.Data[i] = in[1].Data[0]
	}
	to := make([]int, out.Rank())
	indices(in[0].Shape, func(place int, at []int) {
		for i, n := range at {
			to[i] = p.Low[i] + n*(1+p.Interior[i])
		}
		if within(out.Shape, to) {
			out.Data[offset(out.Shape, to)] = in[0].Data[place]
		}
	})
}
