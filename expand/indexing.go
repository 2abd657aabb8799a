package expand

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

// wide is a type for indices of type d that holds the bounds they are compared
// with, which some versions of XLA compute in the type of the indices.
func wide(d graph.DType) graph.DType {
	switch d {
	case graph.Int8, graph.Int16, graph.Uint8, graph.Uint16:
		return graph.Int32
	case graph.Uint32:
		return graph.Int64
	}
	return d
}

func narrow(x V) bool { return wide(x.DType) != x.DType }

// narrowAt is a condition on the indices, operand i; narrowFrom on those that
// begin there.
func narrowAt(i int) func(E, Platform) bool {
	return func(e E, _ Platform) bool { return narrow(e.In[i]) }
}

func narrowFrom(i int) func(E, Platform) bool {
	return func(e E, _ Platform) bool { return slices.ContainsFunc(e.In[i:], narrow) }
}

// expandIndices widens the indices, which are the operands from the given one
// on.
func expandIndices(from int) func(B, E, []V, Platform) []V {
	return func(b B, e E, in []V, _ Platform) []V {
		for i := from; i < len(in); i++ {
			in[i] = b.Convert(in[i], wide(in[i].DType))
		}
		return b.Emit(e.Op, e.Params, in...)
	}
}

// expandIndex widens the one operand that has all indices.
func expandIndex(b B, e E, in []V, _ Platform) []V {
	in[1] = b.Convert(in[1], wide(in[1].DType))
	return b.Emit(e.Op, e.Params, in...)
}

func emptyOrNarrow(e E, p Platform) bool { return empty(e, p) || narrow(e.In[1]) }

func expandGather(b B, e E, in []V, p Platform) []V {
	if empty(e, p) {
		return []V{b.Zeros(e.Out[0].Aval)}
	}
	return expandIndex(b, e, in, p)
}
