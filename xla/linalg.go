package xla

import "github.com/jacobi-go/jacobi/graph"

func lowerCholesky(f *function, e *graph.Eqn) {
	l := f.begin("stablehlo.cholesky", f.in(e, 0))
	f.text(", lower = true")
	f.endType(e.Out[0].Aval)
	f.set(e, l)
}

func lowerTriangularSolve(f *function, e *graph.Eqn) {
	p := e.Params.(graph.TriangularSolveParams)
	transpose := "NO_TRANSPOSE"
	switch {
	case p.TransposeA && p.ConjugateA && e.In[0].DType.IsComplex():
		transpose = "ADJOINT"
	case p.TransposeA:
		transpose = "TRANSPOSE"
	}
	r := f.begin(`"stablehlo.triangular_solve"`)
	f.text("(")
	f.uses(f.ids.Lookup(e.In)...)
	f.text(") <{left_side = ", truth(p.LeftSide), ", lower = ", truth(p.Lower), ", transpose_a = #stablehlo<transpose ", transpose, ">, unit_diagonal = ", truth(p.UnitDiagonal), "}>")
	f.endEqn(e)
	f.set(e, r)
}

func lowerFFT(f *function, e *graph.Eqn) {
	p := e.Params.(graph.FFTParams)
	r := f.begin("stablehlo.fft", f.in(e, 0))
	f.text(", type = ", p.Kind.String())
	f.list(", length = ", p.Lengths)
	f.endEqn(e)
	f.set(e, r)
}
