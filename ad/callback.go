package ad

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

// A callback is a function of the host: nothing is known of its derivative. One
// without results has none to know.
func jvpCallback(b B, e E, x, dx []V) (y, dy []V) {
	if slices.Contains(graph.Differentiable(e.Out), true) {
		panic(e.Errorf(graph.ErrNotDifferentiable, "a callback has no derivative; wrap it in jx.CustomJVP or jx.CustomVJP, or stop the gradient of its operands"))
	}
	return b.Emit(e.Op, e.Params, x...), nil
}
