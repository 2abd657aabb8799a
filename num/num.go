// Package num is the vocabulary of jax.numpy, jax.nn and jax.scipy.special:
// functions over arrays, with NumPy's names in Go's case.
//
// Functions of two operands take arrays and Go numbers, and broadcast and
// promote as JAX does: a Go int, float64 or complex128 takes the dtype of the
// other operand. Functions of floats turn integers and bools into float32.
// Axes may be negative, and then count from the last. Indices and counts are
// int32, or int64 for axes longer than int32 counts. A mistake, such as
// shapes that do not fit, panics with a *jx.Error, and so does a nil array. An
// option that a function does not take, or that is given twice, is an error.
//
// Elementwise functions work on each element by itself. The result has the
// shape of the operand; several are broadcast, and shapes that do not fit
// together are an error. So is a dtype that the function is not for: a complex
// one where it is of real numbers, which are all the others.
//
// Functions along an axis, or that remove axes, say what they do without one.
// An axis that the array does not have, one that is to be removed twice, and
// more axes than the function takes are errors.
//
// The package shares no name with package jacobi, so that a file full of
// formulas may import both with a dot.
package num

import (
	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

type (
	builder = *graph.Builder
	value   = *graph.Value
)

// promoted applies f to operands of one dtype and one shape, scalars aside.
func promoted(op string, f func(b builder, x []value) value, xs ...*array.Array) *array.Array {
	d, weak := array.Promote(xs...)
	return joined(op, d, weak, f, xs)
}

// inexact is promoted for functions of floats: integers and bools become
// float32.
func inexact(op string, f func(b builder, x []value) value, xs ...*array.Array) *array.Array {
	d, weak := float(xs...)
	return joined(op, d, weak, f, xs)
}

// float is the float or complex type that operands have together.
func float(xs ...*array.Array) (d graph.DType, weak bool) {
	d, weak = array.Promote(xs...)
	if !d.Differentiable() {
		d = graph.Float32
	}
	return d, weak
}

func joined(op string, d graph.DType, weak bool, f func(b builder, x []value) value, xs []*array.Array) *array.Array {
	n := len(xs)
	return ops.Apply(ops.JoinAs(d, xs...), weak, func(b builder, x []value) value {
		return f(b, ops.BroadcastAll(b, op, converted(b, d, x[:n])))
	})
}

func converted(b builder, d graph.DType, x []value) []value {
	for i, v := range x {
		x[i] = b.Convert(v, d)
	}
	return x
}

// map1 applies f to one array and keeps its weakness.
func map1(x *array.Array, f func(b builder, x value) value) *array.Array {
	return ops.Apply([]*array.Array{array.Of(x)}, x.Weak(), func(b builder, in []value) value { return f(b, in[0]) })
}

// float1 is map1 on a float or complex array.
func float1(x *array.Array, f func(b builder, x value) value) *array.Array {
	d, _ := float(array.Of(x))
	return map1(x, func(b builder, v value) value { return f(b, b.Convert(v, d)) })
}

// list is several arrays as values of one dtype.
func list(xs []*array.Array, f func(b builder, x []value) value) *array.Array {
	d, weak := array.Promote(xs...)
	n := len(xs)
	return ops.Apply(ops.JoinAs(d, xs...), weak, func(b builder, x []value) value { return f(b, converted(b, d, x[:n])) })
}

// num is the constant c of x's dtype.
func num(b builder, x value, c float64) value { return b.Scalar(x.DType, c) }

// where is x where p holds and 0 elsewhere.
func where(b builder, p, x value) value { return b.Select(p, x, num(b, x, 0)) }

// one is the optional last argument, or its default.
func one[T any](op string, given []T, otherwise T) T {
	switch len(given) {
	case 0:
		return otherwise
	case 1:
		return given[0]
	}
	panic(graph.Errorf(graph.ErrOption, op, "takes at most one optional argument, %d given", len(given)))
}
