package expand

import "github.com/jacobi-go/jacobi/graph"

// What computes again is kept apart from the first run by a barrier on all of
// its operands, the cotangents among them.
func expandCheckpoint(b B, e E, in []V, p Platform) []V {
	q := e.Params.(graph.CheckpointParams)
	g := expanded(q.Graph, p)
	if q.Recomputes && len(in) > 0 {
		plain := g
		g = graph.Remember(plain, "barred", func() *graph.Graph {
			return made(e, graph.Avals(in), func(b B, in []V) []V { return b.Inline(plain, b.Barrier(in...)...) })
		})
	}
	return b.Call("checkpoint", g, in...)
}
