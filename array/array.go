// Package array is the one array type that users see: concrete, or a value of
// the program being traced. An op on concrete arrays runs at once; inside a
// trace it stages equations.
package array

import (
	"iter"
	"sync"
	"sync/atomic"

	"jacobi/graph"
	"jacobi/internal/npformat"
	"jacobi/xla"
)

// An Array is an n-dimensional array. It never changes: ops make new arrays.
// It is safe for concurrent use while it is concrete.
type Array struct {
	aval graph.Aval
	weak bool // takes the other operand's dtype

	// Staged: a value of a trace.
	trace *Trace
	val   *graph.Value

	// Concrete: a buffer, or what it will be made of when first needed.
	buf  atomic.Pointer[xla.Buffer]
	mu   sync.Mutex // held while buf is made
	host []byte     // row-major elements
	num  *number
	lazy *graph.Graph // no inputs, one output
}

// A number is a Go scalar, kept in full until it meets a dtype.
type number struct {
	graph.Number
	literal bool // written in an expression, as 2 in num.Mul(2, x)
}

// Shape returns the sizes of the axes; the caller owns the slice.
func (x *Array) Shape() []int { return append([]int{}, x.aval.Shape...) }

// Dim returns the size of one axis; negative axes count from the end.
func (x *Array) Dim(axis int) int { return x.aval.Shape[Axis("Dim", x.aval, axis)] }

// Rank returns the number of axes.
func (x *Array) Rank() int { return len(x.aval.Shape) }

// Size returns the number of elements.
func (x *Array) Size() int { return x.aval.Size() }

// DType returns the element type.
func (x *Array) DType() graph.DType { return x.aval.DType }

// Weak reports whether the array takes the dtype of what it is combined with,
// as jx.Scalar(2.0) does and what is computed from weak arrays alone.
func (x *Array) Weak() bool { return x.weak }

// Aval is the array's dtype and shape; its Shape must not be written to.
func (x *Array) Aval() graph.Aval { return x.aval }

// Staged reports whether the array is a value of a program being traced.
func (x *Array) Staged() bool { return x.trace != nil }

// Ended reports whether it is a value of a trace that has ended.
func (x *Array) Ended() bool { return x.trace != nil && x.trace.closed }

// Axis resolves an axis of a that may count from the end.
func Axis(op string, a graph.Aval, axis int) int {
	r := a.Rank()
	if axis < -r || axis >= r {
		panic(&graph.Error{Op: op, In: []graph.Aval{a}, Pos: graph.Position(graph.UserPC()),
			Msg: "axis " + itoa(axis) + " is out of range for rank " + itoa(r)})
	}
	if axis < 0 {
		axis += r
	}
	return axis
}

// Axes resolves several axes; none means all.
func Axes(op string, a graph.Aval, axes []int) []int {
	out := make([]int, 0, a.Rank())
	if len(axes) == 0 {
		for i := range a.Rank() {
			out = append(out, i)
		}
		return out
	}
	for _, axis := range axes {
		out = append(out, Axis(op, a, axis))
	}
	return out
}

// At returns the subarray at constant indices of the leading axes, as x[i, j]
// does in NumPy; negative indices count from the end. An index out of range is
// an error.
func (x *Array) At(index ...int) *Array {
	if len(index) > x.Rank() {
		panic(x.errorf("At", "%d indices for rank %d", len(index), x.Rank()))
	}
	if len(index) == 0 {
		return x
	}
	in := make([]*Array, 1, 1+x.Rank())
	in[0] = x
	for i, k := range index {
		n := x.aval.Shape[i]
		if k < -n || k >= n {
			panic(x.errorf("At", "index %d is out of range for axis %d, which has %d elements", k, i, n))
		}
		if k < 0 {
			k += n
		}
		in = append(in, Of(k))
	}
	rest := x.aval.Shape[len(index):]
	if t := current(in[:1]); t != nil && t.bake {
		return Apply(in[:1], x.weak, func(b B, v []V) V {
			p := graph.SliceParams{Start: make([]int, x.Rank()), Limit: x.Shape()}
			for i := range index {
				k := int(in[1+i].num.I)
				p.Start[i], p.Limit[i] = k, k+1
			}
			return b.Reshape(b.Slice(v[0], p), rest...)
		})
	}
	// The indices are operands, or every index would be a program of its own.
	return Apply(in, x.weak, func(b B, v []V) V {
		sizes := x.Shape()
		start := v[1:]
		for i := range sizes {
			if i < len(index) {
				sizes[i] = 1
			} else {
				start = append(start, b.Scalar(graph.Int32, 0))
			}
		}
		return b.Reshape(b.DynamicSlice(v[0], start, sizes), rest...)
	})
}

// Rows ranges over the leading axis.
func (x *Array) Rows() iter.Seq2[int, *Array] {
	if x.Rank() == 0 {
		panic(x.errorf("Rows", "a scalar has no rows"))
	}
	return func(yield func(int, *Array) bool) {
		for i := range x.aval.Shape[0] {
			if !yield(i, x.At(i)) {
				return
			}
		}
	}
}

// As converts to another element type. Floats become integers by dropping the
// fraction, complex numbers real by dropping the imaginary part.
func (x *Array) As(d graph.DType) *Array {
	if x.num != nil {
		return x.retyped(d, false)
	}
	if x.aval.DType == d && !x.weak {
		return x
	}
	return Apply([]*Array{x}, false, func(b B, v []V) V { return b.Convert(v[0], d) })
}

// Float reads a real scalar. It is an error on other ranks and on complex
// numbers, and while tracing where the value is not known.
func (x *Array) Float() float64 {
	n := x.scalar("Float", "a real number", func(d graph.DType) bool { return !d.IsComplex() })
	switch d := x.aval.DType; {
	case d.IsFloat():
		return real(n.C)
	case d.IsUnsigned():
		return float64(uint64(n.I))
	}
	return float64(n.I)
}

// Int reads an integer scalar.
func (x *Array) Int() int {
	return int(x.scalar("Int", "an integer", graph.DType.IsInt).I)
}

// Bool reads a boolean scalar.
func (x *Array) Bool() bool {
	return x.scalar("Bool", "a bool", graph.DType.IsBool).I != 0
}

// Complex reads a scalar of any type as a complex number.
func (x *Array) Complex() complex128 {
	if x.aval.DType.IsComplex() {
		return x.scalar("Complex", "a number", func(graph.DType) bool { return true }).C
	}
	return complex(x.Float(), 0)
}

func (x *Array) scalar(op, what string, ok func(graph.DType) bool) graph.Number {
	if x.Rank() != 0 || !ok(x.aval.DType) {
		panic(x.errorf(op, "reads %s of rank 0; pick an element with At, or convert with As", what))
	}
	return x.numbers(op)(0)
}

// String prints as NumPy's print does. A staged array prints its type.
func (x *Array) String() string {
	if x == nil {
		return "nil"
	}
	if x.trace != nil {
		return "Traced<" + x.aval.String() + ">"
	}
	return string(npformat.Print(nil, x.aval, x.numbers("String")))
}

// GoString is repr: Array([2., 0.], dtype=float32).
func (x *Array) GoString() string {
	if x == nil {
		return "nil"
	}
	if x.trace != nil {
		return "Traced<" + x.aval.String() + ">"
	}
	return string(npformat.Repr(nil, "Array(", x.aval, x.numbers("GoString"), x.weak))
}
