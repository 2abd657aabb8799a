package interp

import "jacobi/graph"

var controlOps = map[graph.Op]evaluator{
	graph.OpCall: func(e *graph.Eqn, in []Tensor) []Tensor { return Eval(e.Params.(graph.CallParams).Graph, in...) },
}
