package interp

import "github.com/jacobi-go/jacobi/graph"

var linearsolveOps = map[graph.Op]evaluator{
	graph.OpLinearSolve: inside(func(p graph.LinearSolveParams) *graph.Graph { return p.Solve }),
}
