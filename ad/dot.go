package ad

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

// The transpose of a dot is a dot. The cotangent has axes (batch, lhs kept, rhs
// kept). Contracting it with y over y's kept axes leaves (batch, lhs kept,
// contracted in y's order), which is then permuted into lhs's own order.
func transposeDotLHS(b B, e E, ct, y V) V {
	p := e.Params.(graph.DotParams)
	return transposeDot(b, p, e.In[0].Aval, ct, y, len(p.LHSBatch)+e.In[0].Rank()-len(p.LHSBatch)-len(p.LHSContract))
}

func transposeDotRHS(b B, e E, ct, x V) V {
	p := e.Params.(graph.DotParams)
	return transposeDot(b, p.Swap(), e.In[1].Aval, ct, x, len(p.LHSBatch))
}

// transposeDot is the cotangent of lhs; from is where the kept axes of other
// start in ct.
func transposeDot(b B, p graph.DotParams, lhs graph.Aval, ct, other V, from int) V {
	kept := graph.Kept(lhs.Rank(), p.LHSBatch, p.LHSContract)
	otherKept := graph.Kept(other.Rank(), p.RHSBatch, p.RHSContract)
	as := wider(ct.DType, other.DType)
	dot := b.DotGeneral(b.Convert(ct, as), b.Convert(other, as), graph.DotParams{
		LHSBatch: graph.Seq(0, len(p.LHSBatch)), RHSBatch: p.RHSBatch,
		LHSContract: graph.Seq(from, from+len(otherKept)), RHSContract: otherKept,
		Prefer: as,
	})
	order := slices.Concat(p.LHSBatch, kept)
	for _, i := range argsort(p.RHSContract) {
		order = append(order, p.LHSContract[i])
	}
	return b.Convert(b.Transpose(dot, argsort(order)...), lhs.DType)
}

// wider is the type that a cotangent of type d, which products of type other
// were summed in, can be multiplied with them in.
func wider(d, other graph.DType) graph.DType {
	if other.Size() > d.Size() {
		return other
	}
	return d
}
