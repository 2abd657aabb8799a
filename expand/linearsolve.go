package expand

import "github.com/jacobi-go/jacobi/graph"

// Solving is what runs; the rest is for derivatives.
func expandLinearSolve(b B, e E, in []V, p Platform) []V {
	return b.Call("solve", expanded(e.Params.(graph.LinearSolveParams).Solve, p), in...)
}
