package ad

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

// From A x = b: A dx = db - dA x. The consts that only the solvers use, such as
// factors, have no tangents that matter.
func jvpLinearSolve(b B, e E, x, dx []V) (y, dy []V) {
	p := e.Params.(graph.LinearSolveParams)
	y = b.LinearSolve(p, x...)
	n := p.Consts
	rhs := slices.Clone(dx[n:])
	if !allNil(dx[:n]) {
		nonzero := append(present(dx[:n]), make([]bool, len(x)-n)...)
		j, out := jvp(p.Matvec, nonzero, nil)
		res := b.Inline(j, slices.Concat(x[:n], y, pack(dx[:n]))...)
		for i, d := range unpack(out, res[len(e.Out):]) {
			if d != nil {
				rhs[i] = addTangents(b, rhs[i], b.Neg(d))
			}
		}
	}
	if allNil(rhs) {
		return y, nil
	}
	all := pick(b, graph.Fill(true, len(rhs)), rhs, e.Out)
	return y, b.LinearSolve(p, slices.Concat(x[:n], all)...)
}

// A x = b transposes to A^T ct_b = ct_x.
func transposeLinearSolve(b B, e E, ct, x []V) []V {
	p := e.Params.(graph.LinearSolveParams)
	if p.TransposeSolve == nil {
		panic(e.Errorf(graph.ErrRule, "reverse mode solves with the transpose, and no transposeSolve was given"))
	}
	n := p.Consts
	linear := lastN(len(e.In)-n, len(e.In))
	q := graph.LinearSolveParams{
		Matvec: LinearTranspose(p.Matvec, linear),
		Solve:  p.TransposeSolve, TransposeSolve: p.Solve, Consts: n,
	}
	cts := pick(b, graph.Fill(true, len(ct)), ct, e.Out)
	return append(make([]V, n), b.LinearSolve(q, slices.Concat(x[:n], cts)...)...)
}
