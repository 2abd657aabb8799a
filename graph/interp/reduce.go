package interp

import (
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

// A monoid is an associative operation on the elements of a dtype.
type monoid struct {
	identity func(d graph.DType) graph.Number
	combine  func(d graph.DType, x, y graph.Number) graph.Number
}

var (
	sums = monoid{
		func(graph.DType) graph.Number { return graph.Number{} },
		func(_ graph.DType, x, y graph.Number) graph.Number { return graph.Number{C: x.C + y.C, I: x.I + y.I} },
	}
	products = monoid{func(graph.DType) graph.Number { return graph.Number{C: 1, I: 1} }, times}
	maxima   = monoid{func(d graph.DType) graph.Number { lo, _ := limits(d); return lo }, maximum}
	minima   = monoid{func(d graph.DType) graph.Number { _, hi := limits(d); return hi }, minimum}
	ands     = monoid{
		func(graph.DType) graph.Number { return graph.Number{I: -1} },
		func(_ graph.DType, x, y graph.Number) graph.Number { return graph.Number{I: x.I & y.I} },
	}
	ors = monoid{
		func(graph.DType) graph.Number { return graph.Number{} },
		func(_ graph.DType, x, y graph.Number) graph.Number { return graph.Number{I: x.I | y.I} },
	}
	xors = monoid{
		func(graph.DType) graph.Number { return graph.Number{} },
		func(_ graph.DType, x, y graph.Number) graph.Number { return graph.Number{I: x.I ^ y.I} },
	}
)

var reduceOps = map[graph.Op]evaluator{
	graph.OpReduceSum:  reduce(sums),
	graph.OpReduceProd: reduce(products),
	graph.OpReduceMax:  reduce(maxima),
	graph.OpReduceMin:  reduce(minima),
	graph.OpReduceAnd:  reduce(ands),
	graph.OpReduceOr:   reduce(ors),
	graph.OpReduceXor:  reduce(xors),
	graph.OpCumsum:     cumulate(sums),
	graph.OpCumprod:    cumulate(products),
	graph.OpCummax:     cumulate(maxima),
	graph.OpCummin:     cumulate(minima),
	graph.OpArgmax:     arg(func(x, y graph.Number) bool { return less(y, x) }),
	graph.OpArgmin:     arg(less),
}

// reduce combines in row-major order and rounds at the end only.
func reduce(m monoid) evaluator {
	return one(func(e *graph.Eqn, in []Tensor, out Tensor) {
		x := in[0]
		kept := graph.Kept(x.Rank(), e.Params.(graph.ReduceParams).Axes)
		for i := range out.Data {
			out.Data[i] = m.identity(x.DType)
		}
		indices(x.Shape, func(place int, at []int) {
			to := &out.Data[offset(out.Shape, pick(at, kept))]
			*to = m.combine(x.DType, *to, x.Data[place])
		})
	})
}

func pick(index, axes []int) []int {
	out := make([]int, len(axes))
	for i, a := range axes {
		out[i] = index[a]
	}
	return out
}

// cumulate combines along an axis and rounds the results, not what is carried.
func cumulate(m monoid) evaluator {
	return one(func(e *graph.Eqn, in []Tensor, out Tensor) {
		x, p := in[0], e.Params.(graph.CumParams)
		n := x.Shape[p.Axis]
		lines := slices.Clone(x.Shape)
		lines[p.Axis] = min(n, 1)
		indices(lines, func(_ int, at []int) {
			acc, index := m.identity(x.DType), slices.Clone(at)
			for i := range n {
				index[p.Axis] = i
				if p.Reverse {
					index[p.Axis] = n - 1 - i
				}
				acc = m.combine(x.DType, acc, x.At(index...))
				out.Data[offset(out.Shape, index)] = acc
			}
		})
	})
}

// arg finds the first element that none is better than; a NaN is best.
func arg(better func(x, y graph.Number) bool) evaluator {
	return from(func(e *graph.Eqn, in []Tensor, at []int) graph.Number {
		x, axis := in[0], e.Params.(graph.ArgParams).Axis
		index := slices.Insert(slices.Clone(at), axis, 0)
		best, found := ordered(x.DType, x.At(index...)), 0
		for i := 1; i < x.Shape[axis] && !math.IsNaN(real(best.C)); i++ {
			index[axis] = i
			if n := ordered(x.DType, x.At(index...)); better(n, best) || math.IsNaN(real(n.C)) {
				best, found = n, i
			}
		}
		return graph.Number{I: int64(found)}
	})
}
