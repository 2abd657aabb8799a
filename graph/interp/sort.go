package interp

import (
	"cmp"
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

var sortOps = map[graph.Op]evaluator{graph.OpSort: pure(sortLines)}

// sortLines sorts the places of each line and gathers all operands from there.
func sortLines(e *graph.Eqn, in []Tensor) []Tensor {
	p, shape := e.Params.(graph.SortParams), in[0].Shape
	out := make([]Tensor, len(in))
	for i, x := range in {
		out[i] = Zeros(x.Aval)
	}
	n := shape[p.Axis]
	lines := slices.Clone(shape)
	lines[p.Axis] = min(n, 1)
	indices(lines, func(_ int, at []int) {
		places := make([]int, n)
		for i := range places {
			index := slices.Clone(at)
			index[p.Axis] = i
			places[i] = offset(shape, index)
		}
		sorted := slices.Clone(places)
		slices.SortStableFunc(sorted, func(i, j int) int {
			for _, key := range in[:p.Keys] {
				if c := compareTotal(key.DType, key.Data[i], key.Data[j]); c != 0 {
					return c
				}
			}
			return 0
		})
		for k, x := range in {
			for i, from := range sorted {
				out[k].Data[places[i]] = x.Data[from]
			}
		}
	})
	return out
}

// compareTotal is the order of sort: NaNs are equal and last, and complex
// numbers go by their real parts first.
func compareTotal(d graph.DType, x, y graph.Number) int {
	switch {
	case d.Differentiable():
		return cmp.Or(compareFloats(real(x.C), real(y.C)), compareFloats(imag(x.C), imag(y.C)))
	case d == graph.Uint64:
		return cmp.Compare(uint64(x.I), uint64(y.I))
	}
	return cmp.Compare(x.I, y.I)
}

func compareFloats(x, y float64) int {
	if math.IsNaN(x) || math.IsNaN(y) {
		return cmp.Compare(y, x) // cmp has NaN first
	}
	return cmp.Compare(x, y)
}
