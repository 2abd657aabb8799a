package array

import (
	"slices"

	"jacobi/graph"
)

// Promote is the dtype that arrays have together, by JAX's lattice, and
// whether that is weak: weak numbers take the dtype of the others if that is of
// their kind or a higher one (bool, integer, float, complex).
func Promote(xs ...*Array) (d graph.DType, weak bool) {
	strong, loose := -1, -1 // dtype of the strong ones; kind of the weak ones
	for _, x := range xs {
		switch {
		case x == nil:
			panic(nilArray())
		case x.weak:
			loose = max(loose, kindOf(x.aval.DType))
		case strong < 0:
			strong = int(x.aval.DType)
		default:
			strong = int(join(graph.DType(strong), x.aval.DType))
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

// Join gives arrays their common dtype: numbers at once, from their full
// value; the others by what the second result does to their values when
// emitting.
func Join(xs ...*Array) ([]*Array, graph.DType, bool) {
	d, weak := Promote(xs...)
	return JoinAs(d, xs...), d, weak
}

// JoinAs retypes numbers among xs.
func JoinAs(d graph.DType, xs ...*Array) []*Array {
	for i, x := range xs {
		if x.num != nil && x.aval.DType != d {
			xs = slices.Clone(xs)
			xs[i] = x.retyped(d, false)
		}
	}
	return xs
}

// Elementwise applies an elementwise op to operands of any dtypes and shapes,
// promoted and broadcast as NumPy does.
func Elementwise(op graph.Op, xs ...*Array) *Array {
	xs, d, weak := Join(xs...)
	return Apply(xs, weak, func(b B, in []V) V {
		for i, v := range in[:len(xs)] {
			in[i] = b.Convert(v, d)
		}
		return b.Emit(op, nil, BroadcastAll(b, op.String(), in)...)[0]
	})
}

// Inexact is Elementwise for functions of floats: integers and bools become
// float32, as in JAX.
func Inexact(op graph.Op, xs ...*Array) *Array {
	d, weak := Promote(xs...)
	if !d.Differentiable() {
		d, weak = graph.Float32, true
		for _, x := range xs {
			weak = weak && x.weak
		}
	}
	xs = JoinAs(d, xs...)
	return Apply(xs, weak, func(b B, in []V) V {
		for i, v := range in[:len(xs)] {
			in[i] = b.Convert(v, d)
		}
		return b.Emit(op, nil, BroadcastAll(b, op.String(), in)...)[0]
	})
}

// BroadcastAll gives values one shape, as NumPy does; scalars stay scalars,
// which elementwise ops take.
func BroadcastAll(b B, op string, in []V) []V {
	shape, ok := BroadcastShape(in)
	if !ok {
		panic(&graph.Error{Op: op, In: graph.Avals(in), Pos: graph.Position(graph.UserPC()),
			Msg: "shapes cannot be broadcast together: counted from the last, axes must have one size, or 1"})
	}
	for i, v := range in {
		if v.Rank() != 0 {
			in[i] = BroadcastTo(b, v, shape)
		}
	}
	return in
}

// BroadcastShape is the joint shape of values, by NumPy's rule.
func BroadcastShape(in []V) ([]int, bool) {
	rank := 0
	for _, v := range in {
		rank = max(rank, v.Rank())
	}
	shape := slices.Repeat([]int{1}, rank)
	for _, v := range in {
		for i, n := range v.Shape {
			switch k := rank - v.Rank() + i; {
			case n == shape[k] || n == 1:
			case shape[k] == 1:
				shape[k] = n
			default:
				return nil, false
			}
		}
	}
	return shape, true
}

// BroadcastTo repeats v along new leading axes and axes of size 1.
func BroadcastTo(b B, v V, shape []int) V {
	dims := make([]int, v.Rank())
	for i := range dims {
		dims[i] = len(shape) - v.Rank() + i
	}
	return b.BroadcastInDim(v, shape, dims)
}
