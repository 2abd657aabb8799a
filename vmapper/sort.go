package vmapper

import "github.com/jacobi-go/jacobi/graph"

// All operands are rearranged alike, so all get the axis, and all at one place.
func batchSort(b B, e E, n int, in []batched) []batched {
	axis := frontmost(in, e.Out[0].Rank())
	args, out := make([]V, len(in)), make([]int, len(in))
	for i, x := range in {
		args[i], out[i] = x.at(b, n, axis), axis
	}
	p := e.Params.(graph.SortParams)
	p.Axis = skip([]int{p.Axis}, axis)[0]
	return place(b.Emit(e.Op, p, args...), out)
}
