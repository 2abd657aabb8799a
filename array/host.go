package array

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"unsafe"

	"jacobi/graph"
	"jacobi/internal/lru"
	"jacobi/jit"
	"jacobi/xla"
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

// Of is an operand as an array.
func Of[T Operand](v T) *Array {
	if x, ok := any(v).(*Array); ok {
		if x == nil {
			panic(nilArray())
		}
		return x
	}
	x := scalar(any(v))
	x.num.literal = true
	return x
}

// Scalar makes an array of rank 0. An int, float64 or complex128, the types of
// Go's constants, is weak: it takes the dtype of what it is combined with, in
// full precision, and alone is int32, float32 or complex64.
func Scalar[T int | Elem](v T) *Array { return scalar(any(v)) }

func scalar(v any) *Array {
	mk := func(d graph.DType, weak bool, n graph.Number) *Array {
		return &Array{aval: graph.Aval{DType: d, Shape: []int{}}, weak: weak, num: &number{Number: n}}
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

// retyped is a number as type d, from its full value.
func (x *Array) retyped(d graph.DType, weak bool) *Array {
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
			panic(graph.Errorf("Scalar", "%d does not fit into %v", n.I, d))
		}
	}
	return &Array{aval: graph.Aval{DType: d, Shape: []int{}}, weak: weak, num: &number{Number: out.Round(d), literal: x.num.literal}}
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

// From copies row-major data; without dims the result has rank 1.
func From[T Elem](data []T, dims ...int) *Array {
	if len(dims) == 0 {
		dims = []int{len(data)}
	}
	a := graph.Aval{DType: dtypeOf[T](), Shape: slices.Clone(dims)}
	for _, n := range dims {
		if n < 0 {
			panic(graph.Errorf("From", "shape %v has a negative size", dims))
		}
	}
	if a.Size() != len(data) {
		panic(graph.Errorf("From", "%d elements cannot have shape %v, which has %d", len(data), dims, a.Size()))
	}
	return &Array{aval: a, host: slices.Clone(bytesOf(data))}
}

func bytesOf[T Elem](data []T) []byte {
	var zero T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(data))), len(data)*int(unsafe.Sizeof(zero)))
}

func sliceOf[T Elem](data []byte) []T {
	var zero T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(data))), len(data)/int(unsafe.Sizeof(zero)))
}

// Slice copies the elements to the host, row-major; T must be the dtype's
// type. It waits for the array to be computed; an error of that computation is
// returned.
func Slice[T Elem](x *Array) (_ []T, err error) {
	defer graph.Catch(&err)
	if err := typed[T]("Slice", x); err != nil {
		return nil, err
	}
	x = x.concrete("Slice")
	if err := x.Wait(); err != nil { // before memory is asked for that the device may not have had
		return nil, err
	}
	out := make([]T, x.Size())
	return out, x.read("Slice", bytesOf(out))
}

// View lends the elements without copying, on CPU, until use returns; use must
// not write to them or keep them.
func View[T Elem](x *Array, use func([]T)) (err error) {
	defer graph.Catch(&err)
	if err := typed[T]("View", x); err != nil {
		return err
	}
	return x.concrete("View").buffer().View(func(data []byte) { use(sliceOf[T](data)) })
}

func typed[T Elem](op string, x *Array) error {
	if d := dtypeOf[T](); d != x.aval.DType {
		return x.errorf(op, "the elements are %v, not %v; convert with As", x.aval.DType, reflect.TypeFor[T]())
	}
	return nil
}

// read copies the elements of a concrete or known array to dst.
func (x *Array) read(op string, dst []byte) error {
	x = x.concrete(op)
	x.mu.Lock()
	host := x.host
	x.mu.Unlock()
	if host != nil {
		copy(dst, host)
		return nil
	}
	return x.buffer().Read(dst)
}

// numbers reads all elements; the result returns one.
func (x *Array) numbers(op string) func(i int) graph.Number {
	if x.num != nil {
		n := x.num.Round(x.aval.DType)
		return func(int) graph.Number { return n }
	}
	x = x.concrete(op)
	if err := x.Wait(); err != nil {
		panic(err)
	}
	data := make([]byte, x.aval.Size()*x.aval.DType.Size())
	if err := x.read(op, data); err != nil {
		panic(err)
	}
	d := x.aval.DType
	return func(i int) graph.Number { return Decode(d, data[i*d.Size():]) }
}

// Decode reads one element of type d from its bytes.
func Decode(d graph.DType, data []byte) (n graph.Number) {
	le := binary.LittleEndian
	f32 := func(b []byte) float64 { return float64(math.Float32frombits(le.Uint32(b))) }
	f64 := func(b []byte) float64 { return math.Float64frombits(le.Uint64(b)) }
	switch d {
	case graph.Bool, graph.Uint8:
		n.I = int64(data[0])
	case graph.Int8:
		n.I = int64(int8(data[0]))
	case graph.Int16:
		n.I = int64(int16(le.Uint16(data)))
	case graph.Uint16:
		n.I = int64(le.Uint16(data))
	case graph.Int32:
		n.I = int64(int32(le.Uint32(data)))
	case graph.Uint32:
		n.I = int64(le.Uint32(data))
	case graph.Int64, graph.Uint64:
		n.I = int64(le.Uint64(data))
	case graph.Float16:
		n.C = complex(graph.FromFloat16(le.Uint16(data)), 0)
	case graph.BFloat16:
		n.C = complex(graph.FromBFloat16(le.Uint16(data)), 0)
	case graph.Float32:
		n.C = complex(f32(data), 0)
	case graph.Float64:
		n.C = complex(f64(data), 0)
	case graph.Complex64:
		n.C = complex(f32(data), f32(data[4:]))
	case graph.Complex128:
		n.C = complex(f64(data), f64(data[8:]))
	}
	return n
}

// Encode appends the bytes of one element of type d.
func Encode(dst []byte, d graph.DType, n graph.Number) []byte {
	le := binary.LittleEndian
	f32 := func(b []byte, x float64) []byte { return le.AppendUint32(b, math.Float32bits(float32(x))) }
	f64 := func(b []byte, x float64) []byte { return le.AppendUint64(b, math.Float64bits(x)) }
	switch d {
	case graph.Float16:
		return le.AppendUint16(dst, graph.ToFloat16(real(n.C)))
	case graph.BFloat16:
		return le.AppendUint16(dst, graph.ToBFloat16(real(n.C)))
	case graph.Float32:
		return f32(dst, real(n.C))
	case graph.Float64:
		return f64(dst, real(n.C))
	case graph.Complex64:
		return f32(f32(dst, real(n.C)), imag(n.C))
	case graph.Complex128:
		return f64(f64(dst, real(n.C)), imag(n.C))
	}
	switch d.Size() {
	case 1:
		return append(dst, byte(n.I))
	case 2:
		return le.AppendUint16(dst, uint16(n.I))
	case 4:
		return le.AppendUint32(dst, uint32(n.I))
	}
	return le.AppendUint64(dst, uint64(n.I))
}

// buffer is the device buffer of a concrete array, made if need be.
func (x *Array) buffer() *xla.Buffer {
	if b := x.buf.Load(); b != nil {
		return b
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if b := x.buf.Load(); b != nil {
		return b
	}
	var b *xla.Buffer
	switch {
	case x.num != nil && x.num.literal:
		b = literalBuffer(x.aval.DType, x.num.Number)
	case x.num != nil:
		b = upload(x.aval, Encode(nil, x.aval.DType, x.num.fit(x.aval.DType)))
	case x.lazy != nil:
		b = execute(x.lazy.Fingerprint(), func() *graph.Graph { return x.lazy }, nil)[0]
	default:
		b = upload(x.aval, x.host)
	}
	x.buf.Store(b)
	x.host = nil
	return b
}

// fit is the number as type d; an integer that d cannot hold is an error.
func (n *number) fit(d graph.DType) graph.Number {
	r := n.Round(d)
	if d.IsInt() && r.I != n.I {
		panic(graph.Errorf("Scalar", "%d does not fit into %v, the type of Go integers that meet no other; say jx.Scalar(int64(%[1]d))", n.I, d))
	}
	return r
}

func upload(a graph.Aval, data []byte) *xla.Buffer {
	client := client()
	b, err := client.Upload(a, data, client.Devices()[0])
	if err != nil {
		panic(err)
	}
	return b
}

func client() *xla.Client {
	c, err := xla.Default()
	if err != nil {
		panic(err)
	}
	return c
}

// literals keeps the buffers of the Go numbers used of late, more of them than
// of programs: most programs use few, an unrolled loop thousands, and a transfer
// costs as much as a small program.
var literals = lru.New[literalKey, *xla.Buffer](func() int { return 4 * jit.Size() })

// ClearLiterals forgets the buffers of Go numbers.
func ClearLiterals() { literals.Clear() }

type literalKey struct {
	d       graph.DType
	re, im  uint64
	integer int64
}

func literalBuffer(d graph.DType, n graph.Number) *xla.Buffer {
	n = (&number{Number: n}).fit(d)
	key := literalKey{d, math.Float64bits(real(n.C)), math.Float64bits(imag(n.C)), n.I}
	b, ok := literals.Load(key)
	if !ok {
		b, _ = literals.LoadOrStore(key, upload(graph.Aval{DType: d}, Encode(nil, d, n)))
	}
	return b
}

// fromBuffer is a concrete array around b.
func fromBuffer(a graph.Aval, weak bool, b *xla.Buffer) *Array {
	x := &Array{aval: a, weak: weak}
	x.buf.Store(b)
	return x
}

// Close frees the array's memory now rather than when the collector finds it.
// Using the array afterwards, or closing it twice, is an error.
func (x *Array) Close() error {
	if x.trace != nil {
		return x.errorf("Close", "a staged array has no memory of its own")
	}
	return x.buffer().Close()
}

// Wait blocks until the array is computed, and returns what went wrong.
func (x *Array) Wait() error { return x.WaitContext(context.Background()) }

// WaitContext is Wait that returns with ctx's error when ctx ends before.
func (x *Array) WaitContext(ctx context.Context) (err error) {
	defer graph.Catch(&err)
	if b := x.buf.Load(); b != nil {
		return b.WaitContext(ctx)
	}
	if x.trace != nil || x.lazy == nil {
		return nil
	}
	return x.buffer().WaitContext(ctx)
}

func (x *Array) errorf(op, format string, args ...any) *graph.Error {
	return &graph.Error{Op: op, In: []graph.Aval{x.aval}, Pos: graph.Position(graph.UserPC()), Msg: fmt.Sprintf(format, args...)}
}

func itoa(i int) string { return strconv.Itoa(i) }

// AppendKey appends what a jitted function's program depends on: dtype, shape
// and weakness.
func (x *Array) AppendKey(buf []byte) []byte {
	buf = append(buf, byte(x.aval.DType), byte(len(x.aval.Shape)))
	if x.weak {
		buf = append(buf, 'w')
	}
	for _, d := range x.aval.Shape {
		buf = binary.AppendUvarint(buf, uint64(d))
	}
	return append(buf, ';')
}

// Dead says why the array's memory cannot be used any more; nil if it can.
func (x *Array) Dead() error {
	if b := x.buf.Load(); b != nil {
		return b.Dead()
	}
	return nil
}

// Put copies the array to a device.
func (x *Array) Put(d xla.Device) *Array {
	if x.trace != nil {
		panic(x.errorf("Put", "a staged array is on no device"))
	}
	data := make([]byte, x.aval.Size()*x.aval.DType.Size())
	if x.num != nil {
		data = Encode(data[:0], x.aval.DType, x.num.fit(x.aval.DType))
	} else if err := x.read("Put", data); err != nil {
		panic(err)
	}
	b, err := client().Upload(x.aval, data, d)
	if err != nil {
		panic(err)
	}
	return fromBuffer(x.aval, x.weak, b)
}
