package xla

import "github.com/jacobi-go/jacobi/graph"

// callbackTarget is the name of the one handler that every callback goes
// through: a second handler under a name would be ignored without a word.
const callbackTarget = "jacobi_callback"

// lowerCallback writes a custom call of id, token, operands -> results, token.
func lowerCallback(f *function, e *graph.Eqn) {
	f.ids.Bind(e.Out, f.results(len(e.Out)))
	f.text("stablehlo.custom_call @", callbackTarget, "(")
	f.uses(f.ids.Lookup(e.In)...)
	f.text(") {api_version = 4 : i32, backend_config = {}, has_side_effect = ", truth(e.Params.(graph.CallbackParams).Effect), "}")
	f.endCall(graph.Avals(e.In), graph.Avals(e.Out))
}
