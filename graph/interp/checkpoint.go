package interp

import "github.com/jacobi-go/jacobi/graph"

var checkpointOps = map[graph.Op]evaluator{
	graph.OpCheckpoint: inside(func(p graph.CheckpointParams) *graph.Graph { return p.Graph }),
}
