// Package lax is jax.lax: one function for each operation that programs are made
// of, under JAX's name in Go's case.
//
// The functions are strict, as jax.lax's are, where package num is generous:
// operands have one dtype and one shape, scalars aside, and nothing is promoted
// or broadcast. Weak operands, such as Go's int, float64 and complex128, take
// the dtype of the others if that is of their kind or a higher one. Axes may be
// negative, and then count from the last, but for the broadcastDimensions of
// BroadcastInDim and what GatherDimensionNumbers and ScatterDimensionNumbers name.
// A mistake, such as shapes that do not fit, a nil array or an option that no
// function made, panics with a *jx.Error.
//
// Elementwise functions return the shape of their operands and, if they do not
// say otherwise, their dtype. Another dtype than those that they are for is an
// error, and so are operands of two dtypes, or of two shapes unless one is a
// scalar. Numbers are those of every dtype but bool, and real ones those that
// are not complex.
//
// A reduction removes the given axes, or all, and keeps the dtype. An axis that
// the array lacks or that is given twice, and another dtype than those that it
// is for, are errors.
//
// Outside of Jit a call is one program. All functions of floats and complex
// numbers can be differentiated, and mapped, unless they say otherwise. What
// takes functions is in package jacobi: jx.While, jx.Cond, jx.Scan, jx.CustomJVP
// and their kin. Random bits are those of package random.
package lax

import (
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

type (
	builder = *graph.Builder
	value   = *graph.Value
)

// map1 applies f to one array and keeps its weakness.
func map1(x *array.Array, f func(b builder, x value) value) *array.Array {
	return ops.Apply([]*array.Array{x}, x.Weak(), func(b builder, in []value) value { return f(b, in[0]) })
}

// map2 applies f to two operands of one dtype.
func map2(f func(b builder, x, y value) value, x, y *array.Array) *array.Array {
	return strict([]*array.Array{x, y}, func(b builder, in []value) value { return f(b, in[0], in[1]) })
}

// strict applies f to operands that have one dtype, which weak ones among them
// take, but for those at the places of others. It leaves it to the op to refuse
// what does not fit.
func strict(xs []*array.Array, f func(b builder, in []value) value, others ...int) *array.Array {
	ops.Given(xs...)
	alike := graph.Kept(len(xs), others)
	strong := slices.IndexFunc(alike, func(i int) bool { return !xs[i].Weak() })
	if strong < 0 {
		return ops.Apply(xs, true, func(b builder, in []value) value { return f(b, in[:len(xs)]) })
	}
	d := xs[alike[strong]].DType()
	takes := make([]bool, len(xs))
	xs = slices.Clone(xs)
	for _, i := range alike {
		if x := xs[i]; x.Weak() && fits(x, d) {
			takes[i], xs[i] = true, ops.JoinAs(d, x)[0] // a number from its full value
		}
	}
	return ops.Apply(xs, false, func(b builder, in []value) value {
		for i := range xs {
			if takes[i] {
				in[i] = b.Convert(in[i], d)
			}
		}
		return f(b, in[:len(xs)])
	})
}

// fits reports whether d is a dtype that x, which is weak, takes.
func fits(x *array.Array, d graph.DType) bool {
	switch w := x.DType(); {
	case w.IsComplex():
		return d.IsComplex()
	case w.IsFloat():
		return d.Differentiable()
	}
	return d != graph.Bool
}

// empty is the error of an option that no function made.
func empty(op string) *graph.Error { return graph.Errorf(graph.ErrOption, op, "has an empty option") }

// each are axes of x, some of which may count from the end.
func each(op string, x *array.Array, axes []int) []int {
	out := ints(axes)
	for i, axis := range out {
		out[i] = ops.Axis(op, ops.Aval(x), axis)
	}
	return out
}
