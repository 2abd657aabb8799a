// Package jacobi brings JAX's programming model to Go: ordinary functions over
// arrays, and transformations of them that compose. Grad, JVP, VJP, JacFwd,
// JacRev, Hessian, VMap and Jit take a function and return a function; what
// they return is staged into a graph, transformed graph to graph, compiled by
// XLA and run through PJRT.
//
// The functions over arrays are in package num.
package jacobi

import (
	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/xla"
)

// Array is an n-dimensional array: concrete, on a device or the host, or a
// value of the program being traced. It never changes: ops make new arrays. It
// is safe for concurrent use while it is concrete. nil stands for zero in
// tangents and cotangents, and nowhere else.
//
// What it is:
//
//   - [array.Array.Shape], [array.Array.Dim], [array.Array.Rank] and
//     [array.Array.Size]: its axes, and the number of elements
//   - [array.Array.DType]: the element type
//   - [array.Array.Weak]: whether it takes the dtype of what it is combined with
//
// Its elements:
//
//   - [array.Array.Float], [array.Array.Int], [array.Array.Bool] and
//     [array.Array.Complex] read a scalar; [Slice] and [View] read all elements
//   - [array.Array.At] is x[i, j] at constant indices, [array.Array.Rows] ranges
//     over the leading axis
//   - [array.Array.As] converts to another element type
//   - [array.Array.String] and [array.Array.GoString] print as NumPy does, and
//     [array.Array.Format] lets fmt print every element by a verb: %.3f
//
// Files and wires: encoding/json, encoding/gob and encoders of text write it and
// read it back bit for bit, by itself and in trees:
//
//   - [array.Array.MarshalJSON] and [array.Array.UnmarshalJSON]
//   - [array.Array.MarshalText] and [array.Array.UnmarshalText]
//   - [array.Array.MarshalBinary] and [array.Array.UnmarshalBinary]
//
// Its memory:
//
//   - [array.Array.Devices] lists where it is; [Put] moves it
//   - [array.Array.Wait] and [array.Array.WaitContext] wait until it is computed
//     and return what went wrong
//   - [array.Array.Close] frees it now
//
// Functions over arrays are in package num.
type Array = array.Array

// DType is an element type.
type DType = graph.DType

// The element types. There is no global switch: a dtype is what you said.
const (
	Bool       = graph.Bool
	Int8       = graph.Int8
	Int16      = graph.Int16
	Int32      = graph.Int32
	Int64      = graph.Int64
	Uint8      = graph.Uint8
	Uint16     = graph.Uint16
	Uint32     = graph.Uint32
	Uint64     = graph.Uint64
	Float16    = graph.Float16
	BFloat16   = graph.BFloat16
	Float32    = graph.Float32
	Float64    = graph.Float64
	Complex64  = graph.Complex64
	Complex128 = graph.Complex128
)

// F16 and BF16 are the bits of the two half precisions in host slices.
type (
	F16  = array.F16
	BF16 = array.BF16
)

// Elem is a Go type that can be an element of an array.
type Elem = array.Elem

// Operand is what a binary function takes: an array, or a Go scalar.
type Operand = array.Operand

// Scalar makes an array of rank 0. An int, float64 or complex128, the types of
// Go's constants, is weak: it takes the dtype of what it is combined with, in
// full precision, and alone is int32, float32 or complex64. An int that does not
// fit there is an error where it is used. Other Go types are dtypes of that name.
//
// A weak number loses its full precision where it becomes an argument of a
// program: of what Jit, VMap or a derivative traces. There it is of the dtype
// that it has alone. jx.Jit(f)(jx.Scalar(0.1)) adds the float32 nearest to 0.1
// to what is float64 in f, and the gradient by jx.Scalar(0.1) is a float32; a line
// of the log says so. In a float64 program give numbers that are arguments their dtype, with
// ScalarOf(jx.Float64, 0.1). Numbers that f closes over, and those written in its
// formulas, are exact.
//
// It is jax.numpy.asarray of a Python number, where jax_enable_x64 is off.
func Scalar[T int | Elem](v T) *Array { return array.Scalar(v) }

// ScalarOf makes an array of rank 0 of exactly dtype d, which is not weak. A
// number that an integer or bool dtype does not hold, and an imaginary part
// where d has none, is an error; floats are rounded to the nearest, and are
// infinite where they are too large. It is jax.numpy.array(v, dtype=d) of a
// number.
func ScalarOf[T int | Elem](d DType, v T) *Array { return array.ScalarOf(d, v) }

// From copies row-major data; without dims the result has rank 1. The dtype is
// that of T. A number of elements that is not that of the dims is an error. It
// is jax.numpy.array of what NumPy holds.
func From[T Elem](data []T, dims ...int) *Array { return array.From(data, dims...) }

// Slice copies the elements of an array of any shape to the host, row-major. T
// is the dtype's type, and another an error; convert with As. It waits for the
// array and returns the error of its computation, if there was one. It is
// numpy.asarray of a jax.Array.
func Slice[T Elem](x *Array) (_ []T, err error) {
	defer graph.Catch(&err)
	refuseNil("Slice", "the array", x == nil)
	return array.Slice[T](x)
}

// View lends the elements, row-major and of any shape, until use returns, on
// CPU without copying; use must neither write to them nor keep them. Another
// dtype than T is an error. It is numpy.asarray of a jax.Array on CPU.
func View[T Elem](x *Array, use func([]T)) (err error) {
	defer graph.Catch(&err)
	refuseNil("View", "the array", x == nil)
	refuseNil("View", "use", use == nil)
	return array.View(x, use)
}

// Abstract is a shape and dtype without data, for Lower, MakeJaxpr and EvalShape;
// computing with it elsewhere is an error. It is jax.ShapeDtypeStruct.
func Abstract(d DType, dims ...int) *Array { return ops.Abstract(graph.Aval{DType: d, Shape: dims}) }

// Device is one accelerator or host processor.
type Device = xla.Device

// InitOption says what the process computes on.
type InitOption struct{ set func(*xla.Options) }

// CPUDevices makes a CPU n devices, to try out on one machine what is meant for
// several. The default is 1. A negative n is an error of Init. It is
// jax_num_cpu_devices of jax.config.
func CPUDevices(n int) InitOption { return InitOption{func(o *xla.Options) { o.Devices = n }} }

// Init sets up what the process computes on. It comes before everything that
// computes, or finds the devices as it wants them; else it is an error. JAX has
// no such function: there it is jax.config.
func Init(opts ...InitOption) error {
	var o xla.Options
	for _, f := range opts {
		if f.set == nil {
			return graph.Errorf(graph.ErrNil, "Init", "an option is nil")
		}
		f.set(&o)
	}
	return xla.Configure(o)
}

// Devices lists what the plugin offers. An error of setting up is returned. It
// is jax.devices.
func Devices() ([]Device, error) {
	c, err := xla.Default()
	if err != nil {
		return nil, err
	}
	return c.Devices(), nil
}

// Error is what every mistake of the user becomes: its [Code], the function and
// its operands, the user's line, and what would be right.
type Error = graph.Error

// Try runs f and returns the error it panicked with, an *Error, nil if it did
// not. Other panics go through. JAX has no such function.
func Try(f func()) error {
	return graph.Try(func() {
		refuseNil("Try", "f", f == nil)
		f()
	})
}

// Catch is deferred, to turn a panic with an *Error into the function's error:
//
//	func train() (err error) {
//		defer jx.Catch(&err)
//
// Other panics go through. JAX has no such function.
func Catch(err *error) {
	switch r := recover().(type) {
	case nil:
	case *Error:
		*err = r
	default:
		panic(r)
	}
}
