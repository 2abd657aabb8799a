package interp

import (
	"fmt"
	"strings"

	"github.com/jacobi-go/jacobi/graph"
)

// A Tensor is an array in Go memory, its elements in row-major order.
type Tensor struct {
	graph.Aval
	Data []graph.Number
}

// Zeros is an array of zeros.
func Zeros(a graph.Aval) Tensor { return Tensor{a, make([]graph.Number, a.Size())} }

// Full is n, rounded to a's dtype, in every place of a.
func Full(a graph.Aval, n graph.Number) Tensor {
	t := Zeros(a)
	for i := range t.Data {
		t.Data[i] = n.Round(a.DType)
	}
	return t
}

// Scalar is x as a rank-0 array.
func Scalar(d graph.DType, x float64) Tensor {
	return Full(graph.Aval{DType: d, Shape: []int{}}, graph.Num(d, x))
}

// FromFloats is data, rounded to dtype d, in the shape dims; without dims it
// is a scalar.
func FromFloats(d graph.DType, data []float64, dims ...int) Tensor {
	return fromSlice(d, data, dims, func(x float64) graph.Number { return graph.Num(d, x) })
}

// FromInts is like FromFloats; a uint64 is given by its bits.
func FromInts(d graph.DType, data []int64, dims ...int) Tensor {
	return fromSlice(d, data, dims, func(x int64) graph.Number {
		if d.Differentiable() {
			return graph.Num(d, float64(x))
		}
		return graph.Number{I: x}.Round(d)
	})
}

// FromComplex is like FromFloats, for complex dtypes.
func FromComplex(d graph.DType, data []complex128, dims ...int) Tensor {
	return fromSlice(d, data, dims, func(x complex128) graph.Number { return graph.Number{C: x}.Round(d) })
}

// FromBytes is the array whose elements have these bytes, as on a device.
func FromBytes(a graph.Aval, data []byte) Tensor {
	t := Zeros(a)
	for i := range t.Data {
		t.Data[i] = graph.Decode(a.DType, data[i*a.DType.Size():])
	}
	return t
}

// Bytes are the bytes of t's elements.
func (t Tensor) Bytes() []byte {
	buf := make([]byte, 0, t.Size()*t.DType.Size())
	for _, n := range t.Data {
		buf = n.Append(buf, t.DType)
	}
	return buf
}

func fromSlice[T any](d graph.DType, data []T, dims []int, number func(T) graph.Number) Tensor {
	t := Zeros(graph.Aval{DType: d, Shape: append([]int{}, dims...)})
	if len(data) != len(t.Data) {
		graph.Bugf("%d elements for a tensor of shape %v", len(data), dims)
	}
	for i, x := range data {
		t.Data[i] = number(x)
	}
	return t
}

// At is the element at an index, one number for each axis.
func (t Tensor) At(index ...int) graph.Number { return t.Data[offset(t.Shape, index)] }

// Floats lists the elements as float64; of complex numbers, the real parts.
func (t Tensor) Floats() []float64 {
	out := make([]float64, len(t.Data))
	for i, n := range t.Data {
		out[i] = float(t.DType, n)
	}
	return out
}

// float is the value of an element of type d.
func float(d graph.DType, n graph.Number) float64 {
	switch {
	case d.Differentiable():
		return real(n.C)
	case d == graph.Uint64:
		return float64(uint64(n.I))
	}
	return float64(n.I)
}

// String is the type and the elements: f32[2] [1 2].
func (t Tensor) String() string {
	var b strings.Builder
	b.WriteString(t.Aval.String() + " [")
	for i, n := range t.Data {
		if i > 0 {
			b.WriteByte(' ')
		}
		switch {
		case t.DType.IsComplex():
			fmt.Fprintf(&b, "%v", n.C)
		case t.DType == graph.Bool:
			fmt.Fprintf(&b, "%v", n.I != 0)
		case t.DType.IsFloat():
			fmt.Fprintf(&b, "%v", real(n.C))
		case t.DType.IsUnsigned():
			fmt.Fprintf(&b, "%d", uint64(n.I))
		default:
			fmt.Fprintf(&b, "%d", n.I)
		}
	}
	return b.String() + "]"
}

// offset is the place in row-major order of an index into shape.
func offset(shape, index []int) int {
	if len(index) != len(shape) {
		graph.Bugf("index %v into shape %v", index, shape)
	}
	at := 0
	for i, n := range index {
		if n < 0 || n >= shape[i] {
			graph.Bugf("index %v is outside of shape %v", index, shape)
		}
		at = at*shape[i] + n
	}
	return at
}

// within reports whether index is inside of shape.
func within(shape, index []int) bool {
	for i, n := range index {
		if n < 0 || n >= shape[i] {
			return false
		}
	}
	return true
}

// indices calls f with every index into shape in row-major order, and the
// place of each; f must not keep the slice.
func indices(shape []int, f func(place int, index []int)) {
	size := graph.Aval{Shape: shape}.Size()
	index := make([]int, len(shape))
	for place := range size {
		rest := place
		for i := len(shape) - 1; i >= 0; i-- {
			index[i] = rest % shape[i]
			rest /= shape[i]
		}
		f(place, index)
	}
}
