package interp

import "jacobi/graph"

var linearsolveOps = map[graph.Op]evaluator{
	graph.OpLinearSolve: inside(func(p graph.LinearSolveParams) *graph.Graph { return p.Solve }),
}
