package trace

import "github.com/jacobi-go/jacobi/graph"

// Axis resolves an axis of a that may count from the end.
func Axis(op string, a graph.Aval, axis int) int {
	r := a.Rank()
	if axis < -r || axis >= r {
		panic(graph.Mistake(graph.ErrAxis, op, []graph.Aval{a}, "axis %d is out of range for rank %d", axis, r))
	}
	if axis < 0 {
		axis += r
	}
	return axis
}

// Axes resolves several axes; none means all.
func Axes(op string, a graph.Aval, axes []int) []int {
	out := make([]int, 0, a.Rank())
	if len(axes) == 0 {
		for i := range a.Rank() {
			out = append(out, i)
		}
		return out
	}
	for _, axis := range axes {
		out = append(out, Axis(op, a, axis))
	}
	return out
}
