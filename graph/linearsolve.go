package graph

// LinearSolveParams: the solution x of Matvec(consts, x) = b, as Solve finds
// it. Operands are consts, then b; all three graphs take consts, then an
// argument like b, and return as much. Matvec is linear in it. TransposeSolve
// solves with the transpose of Matvec; it is nil if nobody knows how.
type LinearSolveParams struct {
	Matvec, Solve, TransposeSolve *Graph
	Consts                        int
}

func (p LinearSolveParams) fields(w walker) Params {
	w.field("num_consts", intField{&p.Consts})
	w.field("matvec_jaxpr", graphField{x: &p.Matvec})
	w.field("solve_jaxpr", graphField{x: &p.Solve})
	w.field("transpose_solve_jaxpr", optGraphField{x: &p.TransposeSolve})
	return done(w, p)
}

// LinearSolve takes consts and the right-hand side, and returns the solution, of
// the avals of the right-hand side.
func (b *Builder) LinearSolve(p LinearSolveParams, in ...*Value) []*Value {
	return b.Emit(OpLinearSolve, p, in...)
}

func inferLinearSolve(e *Eqn) ([]Aval, error) {
	p := e.Params.(LinearSolveParams)
	in := Avals(e.In)
	if err := atMost(len(in), p.Consts, "consts"); err != nil {
		return nil, err
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
