package graphtest

import (
	"math"
	"math/rand/v2"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/interp"
)

func (l *list) sorts() {
	one := graph.SortParams{Axis: 0, Keys: 1, Stable: true}
	for _, d := range []graph.DType{
		graph.Bool, graph.Int8, graph.Int32, graph.Int64, graph.Uint8, graph.Uint32, graph.Uint64,
		graph.Float16, graph.BFloat16, graph.Float32, graph.Float64, graph.Complex64, graph.Complex128,
	} {
		l.op(graph.OpSort, "axis=0", one, from(distinct, d, 5))
		l.op(graph.OpSort, "axis=1", graph.SortParams{Axis: 1, Keys: 1, Stable: true}, from(distinct, d, 2, 3, 2))
		l.op(graph.OpSort, "with a value", one, from(distinct, graph.Int32, 5), array(d, 5))
		// Where elements meet, the smooth order has a kink.
		l.op(graph.OpSort, "by two", graph.SortParams{Axis: 0, Keys: 2, Stable: true}, from(these(2, 1, 2, 1, 1, 0), d, 6), from(distinct, d, 6), array(d, 6)).Smooth = false
		l.op(graph.OpSort, "ties", one, from(these(1, 0, 1, 0, 0, 1), d, 6), array(d, 6)).Smooth = false
	}
	for _, d := range []graph.DType{graph.Float16, graph.BFloat16, graph.Float32, graph.Float64} {
		l.op(graph.OpSort, "of -0, NaN and infinities", one, from(odd, d, 8), from(these(0, 1, 2, 3, 4, 5, 6, 7), graph.Int32, 8)).Smooth = false
	}
	d := graph.Float64
	l.op(graph.OpSort, "axis=0 of two", one, from(distinct, d, 3, 2), array(d, 3, 2))
	l.op(graph.OpSort, "not stable", graph.SortParams{Axis: 0, Keys: 1}, from(distinct, d, 5), array(d, 5))
	l.op(graph.OpSort, "one", graph.SortParams{Axis: 1, Keys: 1, Stable: true}, from(distinct, d, 3, 1))
	l.op(graph.OpSort, "empty", one, from(distinct, d, 0, 2), array(d, 0, 2))
}

// odd draws floats that sort in a way of their own, in any order.
func odd(r *rand.Rand, a graph.Aval) interp.Tensor {
	t := interp.Zeros(a)
	xs := []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), 1, -1, math.NaN()}
	for i, k := range r.Perm(a.Size()) {
		t.Data[i] = graph.Num(a.DType, xs[k%len(xs)])
	}
	return t
}
