package ops

import (
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/trace"
)

// Join gives arrays their common dtype: numbers at once, from their full
// value; the others by what the second result does to their values when
// emitting.
func Join(xs ...*Array) ([]*Array, graph.DType, bool) {
	d, weak := array.Promote(xs...)
	return JoinAs(d, xs...), d, weak
}

// JoinAs retypes numbers among xs.
func JoinAs(d graph.DType, xs ...*Array) []*Array {
	for i, x := range xs {
		if x.DType() != d && isNumber(x) {
			xs = slices.Clone(xs)
			xs[i] = (*Array)((*trace.Array)(x).Retyped(d, false))
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
	d, weak := array.Promote(xs...)
	if !d.Differentiable() {
		d, weak = graph.Float32, true
		for _, x := range xs {
			weak = weak && x.Weak()
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
	var few [3][]int
	shapes := few[:0]
	for _, v := range in {
		shapes = append(shapes, v.Shape)
	}
	shape, ok := BroadcastShape(shapes...)
	if !ok {
		panic(graph.Mistake(graph.ErrShape, op, graph.Avals(in), "shapes cannot be broadcast together: counted from the last, axes must have one size, or 1"))
	}
	for i, v := range in {
		if v.Rank() != 0 {
			in[i] = BroadcastTo(b, v, shape)
		}
	}
	return in
}

// BroadcastShape is the joint shape of operands of these shapes, by NumPy's
// rule.
func BroadcastShape(shapes ...[]int) ([]int, bool) {
	rank := 0
	for _, s := range shapes {
		rank = max(rank, len(s))
	}
	shape := slices.Repeat([]int{1}, rank)
	for _, s := range shapes {
		for i, n := range s {
			switch k := rank - len(s) + i; {
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

func isNumber(x *Array) bool {
	_, ok := (*trace.Array)(x).Number()
	return ok
}

// Outside is what reads of elements that are not there give: NaN, of integers the
// number farthest from zero, true.
func Outside(b B, d graph.DType) V {
	switch {
	case d.Differentiable():
		return b.Scalar(d, math.NaN())
	case d.IsSigned():
		return b.Literal(d, d.Min())
	}
	return b.Literal(d, d.Max())
}
