package graphtest

import "github.com/jacobi-go/jacobi/graph"

func (l *list) solves() {
	for _, x := range programAvals {
		l.solve(x)
	}
}

// solve has a diagonal system.
func (l *list) solve(x graph.Aval) {
	system := func(f func(b builder, a, x value) value) *graph.Graph {
		return graph.Build([]graph.Aval{x, x}, func(b builder, in []value) []value {
			return []value{f(b, b.Add(in[0], b.Scalar(x.DType, 3)), in[1])}
		})
	}
	solve := system(func(b builder, a, x value) value { return b.Div(x, a) })
	p := graph.LinearSolveParams{Matvec: system(builder.Mul), Solve: solve, TransposeSolve: solve, Consts: 1}
	l.op(graph.OpLinearSolve, "diagonal", p, like(x), like(x))
}
