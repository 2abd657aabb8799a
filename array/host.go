package array

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"unsafe"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/trace"
	"github.com/jacobi-go/jacobi/xla"
)

// F16 and BF16 are the bits of the two half precisions in host slices.
type (
	F16  uint16
	BF16 uint16
)

// Elem is a Go type that can be an element of an array.
type Elem interface {
	bool | int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | F16 | BF16 | float32 | float64 | complex64 | complex128
}

// Operand is what a binary function takes: an array, or a Go scalar. int,
// float64 and complex128, the types of Go's constants, are weak: they take the
// dtype of the other operand.
type Operand interface{ *Array | int | Elem }

// dtypeOf is the dtype of a Go type.
func dtypeOf[T Elem]() graph.DType {
	switch any(*new(T)).(type) {
	case bool:
		return graph.Bool
	case int8:
		return graph.Int8
	case int16:
		return graph.Int16
	case int32:
		return graph.Int32
	case int64:
		return graph.Int64
	case uint8:
		return graph.Uint8
	case uint16:
		return graph.Uint16
	case uint32:
		return graph.Uint32
	case uint64:
		return graph.Uint64
	case F16:
		return graph.Float16
	case BF16:
		return graph.BFloat16
	case float32:
		return graph.Float32
	case float64:
		return graph.Float64
	case complex64:
		return graph.Complex64
	}
	return graph.Complex128
}

// Of is an operand as an array: an array as it is, a Go number as a scalar of
// its dtype; see Scalar. A nil array is no error here; what takes it checks
// that. JAX has no such function.
func Of[T Operand](v T) *Array {
	if x, ok := any(v).(*Array); ok {
		return x
	}
	return scalar(any(v), true)
}

// Scalar makes an array of rank 0. An int, float64 or complex128, the types of
// Go's constants, is weak: it takes the dtype of what it is combined with, in
// full precision, and alone is int32, float32 or complex64. An int that does
// not fit there is an error where it is used. It is jax.numpy.asarray of a
// Python number, where jax_enable_x64 is off.
func Scalar[T int | Elem](v T) *Array { return scalar(any(v), false) }

// ScalarOf makes an array of rank 0 of exactly dtype d, which is not weak. A
// number that an integer or bool dtype does not hold, and an imaginary part
// where d has none, is an error. It is jax.numpy.array(v, dtype=d) of a number.
func ScalarOf[T int | Elem](d graph.DType, v T) *Array {
	if err := (graph.Aval{DType: d}).Valid(); err != nil {
		panic(graph.Errorf(graph.CodeOf(err), "ScalarOf", "%v", err))
	}
	x := scalar(any(v), false)
	n, _ := x.t().Number()
	switch from := x.DType(); {
	case from.IsComplex() && !d.IsComplex() && imag(n.C) != 0:
		panic(graph.Errorf(graph.ErrDType, "ScalarOf", "%v has an imaginary part, and %v has none; take its real part", n.C, d))
	case d.Differentiable():
	case from.Differentiable():
		if f := real(n.C); f != math.Trunc(f) || !d.HoldsFloat(f) {
			panic(graph.Errorf(graph.ErrOverflow, "ScalarOf", "%v does not fit into %v", f, d))
		}
	case from == graph.Uint64 && n.I < 0: // beyond int64
		if d != graph.Uint64 {
			panic(graph.Errorf(graph.ErrOverflow, "ScalarOf", "%d does not fit into %v", uint64(n.I), d))
		}
	case !d.HoldsInt(n.I):
		panic(graph.Errorf(graph.ErrOverflow, "ScalarOf", "%d does not fit into %v", n.I, d))
	}
	return (*Array)(x.t().Retyped(d, false))
}

func scalar(v any, literal bool) *Array {
	mk := func(d graph.DType, weak bool, n graph.Number) *Array {
		return (*Array)(trace.NewNumber(d, weak, literal, n))
	}
	real := func(x float64) graph.Number { return graph.Number{C: complex(x, 0)} }
	whole := func(i int64) graph.Number { return graph.Number{I: i} }
	switch v := v.(type) {
	case int:
		return mk(graph.Int32, true, whole(int64(v)))
	case float64:
		return mk(graph.Float32, true, real(v))
	case complex128:
		return mk(graph.Complex64, true, graph.Number{C: v})
	case bool:
		if v {
			return mk(graph.Bool, false, whole(1))
		}
		return mk(graph.Bool, false, whole(0))
	case int8:
		return mk(graph.Int8, false, whole(int64(v)))
	case int16:
		return mk(graph.Int16, false, whole(int64(v)))
	case int32:
		return mk(graph.Int32, false, whole(int64(v)))
	case int64:
		return mk(graph.Int64, false, whole(v))
	case uint8:
		return mk(graph.Uint8, false, whole(int64(v)))
	case uint16:
		return mk(graph.Uint16, false, whole(int64(v)))
	case uint32:
		return mk(graph.Uint32, false, whole(int64(v)))
	case uint64:
		return mk(graph.Uint64, false, whole(int64(v)))
	case F16:
		return mk(graph.Float16, false, real(graph.FromFloat16(uint16(v))))
	case BF16:
		return mk(graph.BFloat16, false, real(graph.FromBFloat16(uint16(v))))
	case float32:
		return mk(graph.Float32, false, real(float64(v)))
	case complex64:
		return mk(graph.Complex64, false, graph.Number{C: complex128(v)})
	}
	panic(graph.Bug{Msg: fmt.Sprintf("scalar of %T", v)})
}

// From copies row-major data; without dims the result has rank 1. The dtype is
// that of T. A number of elements that is not that of the dims is an error. It
// is jax.numpy.array of what NumPy holds.
func From[T Elem](data []T, dims ...int) *Array {
	if len(dims) == 0 {
		dims = []int{len(data)}
	}
	a := graph.Aval{DType: dtypeOf[T](), Shape: slices.Clone(dims)}
	if err := a.Valid(); err != nil {
		panic(graph.Errorf(graph.CodeOf(err), "From", "%v; there are %d elements", err, len(data)))
	}
	if a.Size() != len(data) {
		panic(graph.Errorf(graph.ErrShape, "From", "%d elements cannot have shape %v, which has %d", len(data), dims, a.Size()))
	}
	return (*Array)(trace.FromBytes(a, false, append([]byte{}, bytesOf(data)...))) // not nil, which stands for no data
}

func bytesOf[T Elem](data []T) []byte {
	var zero T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(data))), len(data)*int(unsafe.Sizeof(zero)))
}

func sliceOf[T Elem](data []byte) []T {
	var zero T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(data))), len(data)/int(unsafe.Sizeof(zero)))
}

// Slice copies the elements of an array of any shape to the host, row-major. T
// is the dtype's type; another is an error. It waits for the array to be
// computed; an error of that computation is returned. It is numpy.asarray of a
// jax.Array.
func Slice[T Elem](x *Array) (_ []T, err error) {
	defer graph.Catch(&err)
	if err := typed[T]("Slice", x); err != nil {
		return nil, err
	}
	if err := x.t().Make("Slice"); err != nil {
		return nil, err
	}
	out := make([]T, x.Size())
	return out, x.t().Read("Slice", bytesOf(out))
}

// View lends the elements, row-major and of any shape, until use returns, on
// CPU without copying; use must not write to them or keep them. Another dtype
// than T is an error. It is numpy.asarray of a jax.Array on CPU.
func View[T Elem](x *Array, use func([]T)) (err error) {
	defer graph.Catch(&err)
	if err := typed[T]("View", x); err != nil {
		return err
	}
	return x.t().View("View", func(data []byte) { use(sliceOf[T](data)) })
}

func typed[T Elem](op string, x *Array) error {
	if d := dtypeOf[T](); d != x.DType() {
		return x.t().Errorf(graph.ErrDType, op, "the elements are %v, not %v; convert with As", x.DType(), reflect.TypeFor[T]())
	}
	return nil
}

// Close frees the array's memory now rather than when the collector finds it.
// Using the array afterwards, or closing it twice, is an error. It is delete of
// jax.Array.
func (x *Array) Close() (err error) {
	defer graph.Catch(&err)
	return x.t().Close()
}

// Wait blocks until the array is computed, and returns the error of what went
// wrong. It is block_until_ready of jax.Array.
func (x *Array) Wait() error { return x.WaitContext(context.Background()) }

// WaitContext is Wait that returns with ctx's error when ctx ends before. JAX
// has no such function.
func (x *Array) WaitContext(ctx context.Context) (err error) {
	defer graph.Catch(&err)
	return x.t().Wait(ctx)
}

// Devices lists where the array is, or will be because it was put there. There
// are none if it is not computed yet and goes where it is needed, or if it is
// staged; that is no error. It is devices of jax.Array.
func (x *Array) Devices() []xla.Device {
	d, ok := x.t().Device()
	if !ok {
		return nil
	}
	return []xla.Device{d}
}
