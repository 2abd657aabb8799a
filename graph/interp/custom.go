package interp

import "github.com/jacobi-go/jacobi/graph"

var customOps = map[graph.Op]evaluator{
	graph.OpCustomJVP: inside(func(p graph.CustomJVPParams) *graph.Graph { return p.Graph }),
	graph.OpCustomVJP: inside(func(p graph.CustomVJPParams) *graph.Graph { return p.Graph }),
	graph.OpCustomLin: pure(func(e *graph.Eqn, in []Tensor) []Tensor {
		panic(e.Errorf(graph.ErrRule, "a map of which only the transpose is known cannot be evaluated"))
	}),
}
