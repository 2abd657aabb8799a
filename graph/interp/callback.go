package interp

import "github.com/jacobi-go/jacobi/graph"

var callbackOps = map[graph.Op]evaluator{
	graph.OpCallback: func(h Host, e *graph.Eqn, in []Tensor) []Tensor { return h(e.Params.(graph.CallbackParams), in) },
}
