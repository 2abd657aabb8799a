package vmapper

import "github.com/jacobi-go/jacobi/graph"

// The right-hand side and the solution are mapped in any case.
func batchLinearSolve(b B, e E, n int, in []batched) []batched {
	p, mask := e.Params.(graph.LinearSolveParams), masks(in)
	for i := p.Consts; i < len(mask); i++ {
		mask[i] = true
	}
	all := graph.Fill(true, len(e.Out))
	q := p
	q.Matvec, _ = batchGraph(p.Matvec, n, mask, all)
	q.Solve, _ = batchGraph(p.Solve, n, mask, all)
	if p.TransposeSolve != nil {
		q.TransposeSolve, _ = batchGraph(p.TransposeSolve, n, mask, all)
	}
	return mapped(b.LinearSolve(q, align(b, n, in, mask)...))
}
