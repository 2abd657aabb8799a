package xla

import "github.com/jacobi-go/jacobi/graph"

func lowerDot(f *function, e *graph.Eqn) {
	p := e.Params.(graph.DotParams)
	r := f.begin("stablehlo.dot_general", f.in(e, 0), f.in(e, 1))
	if len(p.LHSBatch) > 0 {
		f.list(", batching_dims = ", p.LHSBatch)
		f.list(" x ", p.RHSBatch)
	}
	f.list(", contracting_dims = ", p.LHSContract)
	f.list(" x ", p.RHSContract)
	f.text(", precision = [DEFAULT, DEFAULT]")
	f.endEqn(e)
	f.set(e, r)
}
