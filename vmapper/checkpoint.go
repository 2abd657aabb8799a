package vmapper

import "github.com/jacobi-go/jacobi/graph"

func batchCheckpoint(b B, e E, n int, in []batched) []batched {
	p := e.Params.(graph.CheckpointParams)
	var out []int
	p.Graph, out = Batch(p.Graph, n, axes(in))
	return place(b.Checkpoint(p, values(in)...), out)
}
