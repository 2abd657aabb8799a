// Package array is the one array type that users see: concrete, or a value of
// the program being traced. An op on concrete arrays runs at once; inside a
// trace it stages equations.
package array

import (
	"iter"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/trace"
)

// An Array is an n-dimensional array: concrete, on a device or the host, or a
// value of the program being traced. It never changes: ops make new arrays. It
// is safe for concurrent use while it is concrete.
//
// nil stands for zero in tangents and cotangents, and nowhere else.
type Array trace.Array

// t is the array as tracing knows it.
func (x *Array) t() *trace.Array {
	if x == nil {
		panic(trace.NilArray())
	}
	return (*trace.Array)(x)
}

func (x *Array) aval() graph.Aval { return x.t().Aval() }

// Shape returns the sizes of the axes; the caller owns the slice. A nil array
// is the only error. It is shape of jax.Array.
func (x *Array) Shape() []int { return append([]int{}, x.aval().Shape...) }

// Dim returns the size of one axis; negative axes count from the end. An axis
// that the array does not have is an error. It is x.shape[axis] of jax.Array.
func (x *Array) Dim(axis int) int { return x.aval().Shape[trace.Axis("Dim", x.aval(), axis)] }

// Rank returns the number of axes. A nil array is the only error. It is ndim of
// jax.Array.
func (x *Array) Rank() int { return len(x.aval().Shape) }

// Size returns the number of elements. A nil array is the only error. It is
// size of jax.Array.
func (x *Array) Size() int { return x.aval().Size() }

// DType returns the element type. A nil array is the only error. It is dtype of
// jax.Array.
func (x *Array) DType() graph.DType { return x.aval().DType }

// Weak reports whether the array takes the dtype of what it is combined with,
// as jx.Scalar(2.0) does and what is computed from weak arrays alone. A nil
// array is the only error. It is weak_type of jax.Array.
func (x *Array) Weak() bool { return x.t().Weak() }

// At returns the subarray at constant indices of the leading axes, as x[i, j]
// does in NumPy; negative indices count from the end. An index out of range is
// an error. The dtype is x's. It is x[i, j] of jax.Array.
func (x *Array) At(index ...int) *Array {
	if len(index) > x.Rank() {
		panic(x.t().Errorf(graph.ErrRank, "At", "%d indices for rank %d", len(index), x.Rank()))
	}
	if len(index) == 0 {
		return x
	}
	at := make([]int, len(index))
	for i, k := range index {
		n := x.aval().Shape[i]
		if k < -n || k >= n {
			panic(x.t().Errorf(graph.ErrIndex, "At", "index %d is out of range for axis %d, which has %d elements", k, i, n))
		}
		if k < 0 {
			k += n
		}
		at[i] = k
	}
	return (*Array)(x.t().Pick(at))
}

// Rows ranges over the leading axis. A scalar has none, which is an error. It
// is for row in x of jax.Array.
func (x *Array) Rows() iter.Seq2[int, *Array] {
	if x.Rank() == 0 {
		panic(x.t().Errorf(graph.ErrRank, "Rows", "a scalar has no rows"))
	}
	return func(yield func(int, *Array) bool) {
		for i := range x.aval().Shape[0] {
			if !yield(i, x.At(i)) {
				return
			}
		}
	}
}

// As converts to another element type, dtype d; the shape stays. Floats become
// integers by dropping the fraction, complex numbers real by dropping the
// imaginary part; neither is an error. It is astype of jax.Array.
func (x *Array) As(d graph.DType) *Array {
	if d == graph.Bool && x.DType().IsComplex() {
		return (*Array)(trace.Apply([]*trace.Array{x.t()}, false, func(b trace.B, in []trace.V) trace.V { return b.Truth(in[0]) }))
	}
	return (*Array)(x.t().As(d))
}

// Float reads a real scalar. It is an error on other ranks and on complex
// numbers, and while tracing where the value is not known. It is float(x) of
// jax.Array.
func (x *Array) Float() float64 {
	n := x.scalar("Float", "a real number", func(d graph.DType) bool { return !d.IsComplex() })
	switch d := x.aval().DType; {
	case d.IsFloat():
		return real(n.C)
	case d.IsUnsigned():
		return float64(uint64(n.I))
	}
	return float64(n.I)
}

// Int reads an integer scalar. Other ranks and dtypes are an error, and a
// number that an int cannot hold. It is int(x) of jax.Array.
func (x *Array) Int() int {
	n := x.scalar("Int", "an integer", graph.DType.IsInt).I
	if n < 0 && x.DType().IsUnsigned() {
		panic(x.t().Errorf(graph.ErrOverflow, "Int", "%d does not fit into an int; read it with jx.Slice[uint64]", uint64(n)))
	}
	return int(n)
}

// Bool reads a boolean scalar. Other ranks and dtypes are an error. It is
// bool(x) of jax.Array.
func (x *Array) Bool() bool {
	return x.scalar("Bool", "a bool", graph.DType.IsBool).I != 0
}

// Complex reads a scalar of any type as a complex number. Other ranks are an
// error. It is complex(x) of jax.Array.
func (x *Array) Complex() complex128 {
	if x.aval().DType.IsComplex() {
		return x.scalar("Complex", "a number", func(graph.DType) bool { return true }).C
	}
	return complex(x.Float(), 0)
}

func (x *Array) scalar(op, what string, ok func(graph.DType) bool) graph.Number {
	if x.Rank() != 0 || !ok(x.aval().DType) {
		if x.Rank() != 0 {
			panic(x.t().Errorf(graph.ErrNotScalar, op, "reads %s of rank 0, and there are %d elements; pick an element with At, or read all with jx.Slice", what, x.Size()))
		}
		panic(x.t().Errorf(graph.ErrDType, op, "reads %s, not %v; convert with As", what, x.DType()))
	}
	var n graph.Number
	if err := x.t().Numbers(op, func(at func(i int) graph.Number) { n = at(0) }); err != nil {
		panic(err)
	}
	return n
}
