package vmapper

import "github.com/jacobi-go/jacobi/graph"

func reduceParams(p graph.ReduceParams, axis, n int) (graph.ReduceParams, []int) {
	p.Axes = skip(p.Axes, axis)
	return p, p.Axes
}

func argParams(p graph.ArgParams, axis, n int) (graph.ArgParams, []int) {
	reduced := skip([]int{p.Axis}, axis)
	p.Axis = reduced[0]
	return p, reduced
}

func cumParams(p graph.CumParams, axis, n int) (graph.CumParams, []int) {
	p.Axis = skip([]int{p.Axis}, axis)[0]
	return p, nil
}
