package array

import (
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/trace"
)

// Promote is the dtype that arrays have together, by JAX's lattice, and whether
// that is weak; shapes do not matter. Weak numbers take the dtype of the others
// if that is of their kind or a higher one (bool, integer, float, complex). A
// nil array is an error. It is jax.numpy.result_type.
func Promote(xs ...*Array) (d graph.DType, weak bool) {
	strong, loose := -1, -1 // dtype of the strong ones; kind of the weak ones
	for i, x := range xs {
		switch {
		case x == nil:
			panic(trace.NilOperand(i, len(xs)))
		case x.Weak():
			loose = max(loose, kindOf(x.DType()))
		case strong < 0:
			strong = int(x.DType())
		default:
			strong = int(join(graph.DType(strong), x.DType()))
		}
	}
	if strong >= 0 && loose <= kindOf(graph.DType(strong)) {
		return graph.DType(strong), false
	}
	if loose == complexKind && strong >= 0 && graph.DType(strong).IsFloat() {
		return graph.DType(strong).Complex(), false
	}
	return [...]graph.DType{graph.Bool, graph.Int32, graph.Float32, graph.Complex64}[loose], true
}

const complexKind = 3

func kindOf(d graph.DType) int {
	switch {
	case d.IsComplex():
		return complexKind
	case d.IsFloat():
		return 2
	case d.IsInt():
		return 1
	}
	return 0
}

// join is the least type above two strong ones.
func join(a, b graph.DType) graph.DType {
	if a == b {
		return a
	}
	if kindOf(a) > kindOf(b) {
		a, b = b, a
	}
	switch kindOf(b) {
	case complexKind:
		if a.Real() == graph.Float64 || b == graph.Complex128 {
			return graph.Complex128
		}
		return graph.Complex64
	case 2:
		if !a.IsFloat() {
			return b
		}
		if a.Size() == 2 && b.Size() == 2 {
			return graph.Float32 // float16 and bfloat16
		}
		return max(a, b) // wider comes later
	case 1:
		if a == graph.Bool {
			return b
		}
		if a.IsSigned() == b.IsSigned() {
			return max(a, b)
		}
		if a.IsUnsigned() {
			a, b = b, a
		}
		switch { // a is signed, b unsigned
		case a.Size() > b.Size():
			return a
		case b == graph.Uint64:
			return graph.Float64 // no integer holds both
		}
		return a + graph.DType(log2(b.Size()/a.Size())) + 1
	}
	return b
}

func log2(n int) (k int) {
	for ; n > 1; n >>= 1 {
		k++
	}
	return k
}
