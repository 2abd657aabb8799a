package xla

import "jacobi/graph"

// CallbackTarget is the name of the one handler that every callback goes
// through; an attribute says which callback it is.
const CallbackTarget = "jacobi_callback"

func lowerCallback(f *function, e *graph.Eqn) {
	p := e.Params.(graph.CallbackParams)
	in := f.ids.Lookup(e.In)
	f.results(e)
	f.text("stablehlo.custom_call @", CallbackTarget, "(")
	f.uses(in...)
	f.text(") {api_version = 4 : i32, backend_config = {id = ")
	f.int(p.ID)
	f.text(" : i64}, has_side_effect = ")
	if p.Effect {
		f.text("true}")
	} else {
		f.text("false}")
	}
	f.endCall(graph.Avals(e.In), graph.Avals(e.Out))
}
