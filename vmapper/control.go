package vmapper

import "jacobi/graph"

// Operands and results cross the border at the axes where they are. Calls of
// one graph with one list of axes share its batched graph.
func batchCall(b B, e E, n int, in []batched) []batched {
	p := e.Params.(graph.CallParams)
	g, out := Batch(p.Graph, n, axes(in))
	return place(b.Call(p.Name, g, values(in)...), out)
}
