package xla

import "jacobi/graph"

// callbackTarget is the name of the one handler that every callback goes
// through: a second handler under a name would be ignored without a word.
const callbackTarget = "jacobi_callback"

// lowerCallback writes a custom call of id, token, operands -> results, token.
func lowerCallback(f *function, e *graph.Eqn) {
	p := e.Params.(graph.CallbackParams)
	in := f.ids.Lookup(e.In)
	f.results(e)
	f.text("stablehlo.custom_call @", callbackTarget, "(")
	f.uses(in...)
	f.text(") {api_version = 4 : i32, backend_config = {}, has_side_effect = ")
	if p.Effect {
		f.text("true}")
	} else {
		f.text("false}")
	}
	f.endCall(graph.Avals(e.In), graph.Avals(e.Out))
}
