package xla

import "jacobi/graph"

// A graph that is called from several places is one function.
func lowerCall(f *function, e *graph.Eqn) {
	p := e.Params.(graph.CallParams)
	in := f.ids.Lookup(e.In)
	f.results(e)
	f.text("func.call @", f.name(p.Graph, p.Name), "(")
	f.uses(in...)
	f.text(") : (")
	f.types(e.In)
	f.text(") -> (")
	f.types(e.Out)
	f.text(")")
	f.end()
}
