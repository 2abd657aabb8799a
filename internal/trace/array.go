package trace

import (
	"math"
	"sync"
	"sync/atomic"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/jit"
	"github.com/jacobi-go/jacobi/xla"
)

// An Array is what a user's array is made of: a value of a program being
// traced, or elements somewhere. It never changes: ops make new arrays. It is
// safe for concurrent use while it is concrete.
type Array struct {
	aval graph.Aval
	weak bool // takes the other operand's dtype

	// Staged: a value of a trace.
	trace *Trace
	val   *graph.Value

	// Concrete: a buffer, or what it will be made of when first needed.
	place  jit.Placement // where the user put it, or what it was computed from; zero: wherever it is needed
	buf    atomic.Pointer[xla.Buffer]
	closed atomic.Bool
	mu     sync.Mutex    // held while buffers are made
	copies []*xla.Buffer // of one that is free, where it was needed
	host   []byte        // row-major elements
	num    *number
	lazy   *graph.Graph // no inputs, one output
	keep   any          // what must live as long as the array
}

// A number is a Go scalar, kept in full until it meets a dtype.
type number struct {
	graph.Number
	literal bool // written in an expression, as 2 in num.Mul(2, x)
}

// NewNumber makes a scalar. A literal is one that was written in an
// expression.
func NewNumber(d graph.DType, weak, literal bool, n graph.Number) *Array {
	return &Array{aval: graph.Aval{DType: d, Shape: []int{}}, weak: weak, num: &number{n, literal}}
}

// FromBytes makes an array of row-major elements, which it keeps.
func FromBytes(a graph.Aval, weak bool, data []byte) *Array {
	return &Array{aval: a, weak: weak, host: data}
}

// Aval is the array's dtype and shape; its Shape must not be written to.
func (x *Array) Aval() graph.Aval {
	if x == nil {
		panic(NilArray())
	}
	if x.aval.DType == 0 {
		panic(ZeroArray(graph.Called()))
	}
	return x.aval
}

// Weak reports whether the array takes the dtype of what it is combined with.
func (x *Array) Weak() bool {
	if x == nil {
		panic(NilArray())
	}
	return x.weak
}

// SetWeak marks arrays that were just made.
func SetWeak(xs []*Array, weak []bool) []*Array {
	for i, x := range xs {
		x.weak = weak[i]
	}
	return xs
}

// Staged reports whether the array is a value of a program being traced.
func (x *Array) Staged() bool { return x.trace != nil }

// Abstract reports whether the array is a shape and dtype without data.
func (x *Array) Abstract() bool { return x.trace == abstract }

// Ended reports whether it is a value of a trace that has ended.
func (x *Array) Ended() bool { return x.trace != nil && x.trace.closed.Load() }

// Empty reports whether the array is the zero Array, which holds nothing.
func (x *Array) Empty() bool {
	return x.trace == nil && x.num == nil && x.lazy == nil && x.host == nil && x.buf.Load() == nil && !x.closed.Load()
}

// ZeroArray is the error of an array that is Empty.
func ZeroArray(op string) *graph.Error {
	return graph.Errorf(graph.ErrNil, op, "a zero Array holds nothing; make arrays with jx.Scalar, jx.From or a function of num")
}

// Become makes the zero Array one of the elements that y was just made of.
func (x *Array) Become(y *Array) {
	x.aval, x.weak, x.num, x.host = y.aval, y.weak, y.num, y.host
}

// Number is the number that the array is made of; false if it is none.
func (x *Array) Number() (graph.Number, bool) {
	if x.num == nil {
		return graph.Number{}, false
	}
	return x.num.Number, true
}

const nilArray = "a nil array, as a field or a map entry is that was never set; nil stands for zero only in tangents and cotangents"

// NilArray is the error of an array that is not there.
func NilArray() *graph.Error { return graph.Errorf(graph.ErrNil, graph.Called(), nilArray) }

// NilOperand is NilArray for operand i of n.
func NilOperand(i, n int) *graph.Error {
	if n == 1 {
		return NilArray()
	}
	return graph.Errorf(graph.ErrNil, graph.Called(), "operand %d is %s", i+1, nilArray)
}

// Errorf is a mistake of the user about x.
func (x *Array) Errorf(code graph.Code, op, format string, args ...any) *graph.Error {
	return graph.Mistake(code, op, []graph.Aval{x.aval}, format, args...)
}

// Retyped is a number as type d, from its full value.
func (x *Array) Retyped(d graph.DType, weak bool) *Array {
	if x.closed.Load() {
		panic(x.Dead())
	}
	if err := (graph.Aval{DType: d}).Valid(); err != nil {
		panic(graph.Errorf(graph.CodeOf(err), "", "%v", err))
	}
	from, n := x.aval.DType, x.num.Number
	var out graph.Number
	switch {
	case from.Differentiable() && d.Differentiable():
		out = n
		if !d.IsComplex() {
			out.C = complex(real(n.C), 0)
		}
	case d.Differentiable():
		out.C = complex(float64(n.I), 0)
		if from == graph.Uint64 {
			out.C = complex(float64(uint64(n.I)), 0)
		}
	case from.Differentiable():
		out.I = toInt(real(n.C), d)
	default:
		out = n
		if d.IsInt() && out.Round(d) != out {
			panic(graph.Errorf(graph.ErrOverflow, "", "%d does not fit into %v, the type that a Go number takes here; jx.Scalar(int64(%[1]d)) has its own", n.I, d))
		}
	}
	return NewNumber(d, weak, x.num.literal, out.Round(d))
}

// toInt drops the fraction and saturates, as XLA converts; a bool is whether
// x is not zero.
func toInt(x float64, d graph.DType) int64 {
	if d == graph.Bool {
		if x != 0 {
			return 1
		}
		return 0
	}
	width := 8 * d.Size()
	lo, hi := -math.Ldexp(1, width-1), math.Ldexp(1, width-1)
	if d.IsUnsigned() {
		lo, hi = 0, math.Ldexp(1, width)
	}
	switch {
	case x != x:
		return 0
	case x <= lo:
		if d.IsUnsigned() {
			return 0
		}
		return math.MinInt64 >> (64 - width)
	case x >= hi:
		if d.IsUnsigned() {
			return int64(^uint64(0) >> (64 - width))
		}
		return math.MaxInt64 >> (64 - width)
	case d == graph.Uint64:
		return int64(uint64(x))
	}
	return int64(x)
}

// fit is the number as type d; an integer that d cannot hold is an error.
func (n *number) fit(d graph.DType) graph.Number {
	r := n.Round(d)
	if d.IsInt() && r.I != n.I {
		panic(graph.Errorf(graph.ErrOverflow, "", "%d does not fit into %v, the type of Go integers that meet no other; say jx.Scalar(int64(%[1]d))", n.I, d))
	}
	return r
}
