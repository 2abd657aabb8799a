package graph

import "fmt"

// LinearSolveParams: the solution x of Matvec(consts, x) = b, as Solve finds
// it. Operands are consts, then b; all three graphs take consts, then an
// argument like b, and return as much. Matvec is linear in it. TransposeSolve
// solves with the transpose of Matvec; it is nil if nobody knows how.
type LinearSolveParams struct {
	Matvec, Solve, TransposeSolve *Graph
	Consts                        int
}

func (p LinearSolveParams) fields(c *codec) Params {
	c.Int("num_consts", &p.Consts)
	c.Graph("matvec_jaxpr", &p.Matvec)
	c.Graph("solve_jaxpr", &p.Solve)
	c.OptGraph("transpose_solve_jaxpr", &p.TransposeSolve)
	return p
}

func (b *Builder) LinearSolve(p LinearSolveParams, in ...*Value) []*Value {
	return b.Emit(OpLinearSolve, p, in...)
}

func inferLinearSolve(e *Eqn) ([]Aval, error) {
	p := e.Params.(LinearSolveParams)
	in := Avals(e.In)
	if p.Consts > len(in) {
		return nil, fmt.Errorf("%d consts of %d operands", p.Consts, len(in))
	}
	for _, g := range []*Graph{p.Matvec, p.Solve, p.TransposeSolve} {
		if g == nil {
			continue
		}
		if err := ruleFits("a graph of the solve", g, in, in[p.Consts:]); err != nil {
			return nil, err
		}
	}
	return in[p.Consts:], nil
}
