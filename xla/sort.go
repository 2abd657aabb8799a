package xla

import (
	"math"

	"github.com/jacobi-go/jacobi/graph"
)

// The region compares two lines' elements as the order says. It is written as
// JAX writes it, which XLA recognizes on devices that have a sort of their own.
func lowerSort(f *function, e *graph.Eqn) {
	p := e.Params.(graph.SortParams)
	f.ids.Bind(e.Out, f.results(len(e.Out)))
	f.text(`"stablehlo.sort"(`)
	f.uses(f.ids.Lookup(e.In)...)
	f.text(") <{dimension = ")
	f.int(p.Axis)
	f.text(" : i64, is_stable = ", truth(p.Stable), "}> ")
	var elements []graph.Aval
	for _, x := range e.In {
		a := graph.Aval{DType: x.DType}
		elements = append(elements, a, a)
	}
	f.regionOf(elements, []graph.Aval{{DType: graph.Bool}}, func(x []id) []id {
		var keys [][2]id
		var avals []graph.Aval
		for i := range p.Keys {
			a := elements[2*i]
			if a.DType.IsComplex() {
				part := a.With(a.DType.Real())
				for _, op := range []string{"stablehlo.real", "stablehlo.imag"} {
					keys = append(keys, [2]id{f.part(op, x[2*i], a), f.part(op, x[2*i+1], a)})
					avals = append(avals, part)
				}
				continue
			}
			keys, avals = append(keys, [2]id{x[2*i], x[2*i+1]}), append(avals, a)
		}
		for i, a := range avals {
			if a.DType.IsFloat() {
				keys[i] = [2]id{f.sortable(keys[i][0], a), f.sortable(keys[i][1], a)}
			}
		}
		last := len(keys) - 1
		less := f.comparedTotally("LT", avals[last], keys[last])
		for i := last - 1; i >= 0; i-- {
			pred := graph.Aval{DType: graph.Bool}
			first, tie := f.comparedTotally("LT", avals[i], keys[i]), f.comparedTotally("EQ", avals[i], keys[i])
			less = f.simple("stablehlo.or", pred, first, f.simple("stablehlo.and", pred, tie, less))
		}
		return []id{less}
	})
	f.endCall(graph.Avals(e.In), graph.Avals(e.Out))
}

func (f *function) part(op string, x id, a graph.Aval) id {
	r := f.begin(op, x)
	f.endTypes(a.With(a.DType.Real()), a)
	return r
}

// sortable is x with one zero and one NaN, which are equal in the total order.
func (f *function) sortable(x id, a graph.Aval) id {
	pred := a.With(graph.Bool)
	zero, nan := f.constant(a.DType, graph.Number{}), f.constant(a.DType, graph.Num(a.DType, math.NaN()))
	y := f.selected(f.compared("EQ", a, x, zero), pred, zero, x, a)
	return f.selected(f.compared("NE", a, x, x), pred, nan, y, a)
}

// comparedTotally is compared in the total order of floats.
func (f *function) comparedTotally(direction string, a graph.Aval, x [2]id) id {
	if !a.DType.IsFloat() {
		return f.compared(direction, a, x[0], x[1])
	}
	r := f.begin("stablehlo.compare")
	f.text(" ", direction, ", ")
	f.uses(x[:]...)
	f.text(", TOTALORDER")
	f.endTypes(a.With(graph.Bool), a, a)
	return r
}
