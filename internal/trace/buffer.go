package trace

import (
	"context"
	"fmt"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/lru"
	"github.com/jacobi-go/jacobi/jit"
	"github.com/jacobi-go/jacobi/xla"
)

// fromBuffer is a concrete array around b.
func fromBuffer(a graph.Aval, weak bool, place jit.Placement, b *xla.Buffer) *Array {
	x := &Array{aval: a, weak: weak, place: place}
	x.buf.Store(b)
	return x
}

// Placement is where arrays are that a program is to run on together: where
// the user put them, the zero Placement if that is nowhere in particular. Two
// that were put on different devices are given by their index.
func Placement(in []*Array) (place jit.Placement, i, k int, ok bool) {
	at := -1
	for k, x := range in {
		switch {
		case x.place == jit.Placement{} || x.place == place:
		case at < 0:
			place, at = x.place, k
		default:
			return place, at, k, false
		}
	}
	return place, 0, 0, true
}

// together is Placement for the operands of what the user called.
func together(in []*Array) jit.Placement {
	place, i, k, ok := Placement(in)
	if !ok {
		panic(Apart("", in[i], in[k], fmt.Sprint("operand ", i), fmt.Sprint("operand ", k)))
	}
	return place
}

// Apart is the error of two arrays on different devices, with their names.
func Apart(op string, x, y *Array, xName, yName string) *graph.Error {
	return graph.Errorf(graph.ErrDevice, op, "%s is %v on %v, %s is %v on %v; a program runs on one device: bring them together with jx.Put",
		xName, x.aval, x.place, yName, y.aval, y.place)
}

// Buffers are the buffers of concrete arrays for a program that runs at place.
func Buffers(in []*Array, place jit.Placement) []*xla.Buffer {
	bufs := make([]*xla.Buffer, len(in))
	for i, x := range in {
		bufs[i] = x.buffer(place)
	}
	return bufs
}

// buffer is the buffer of a concrete array at place, made if need be.
func (x *Array) buffer(place jit.Placement) *xla.Buffer {
	if b := x.buf.Load(); b != nil && place.Has(b) {
		return b
	}
	return x.makeBuffer(place)
}

func (x *Array) makeBuffer(place jit.Placement) *xla.Buffer {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.Dead(); err != nil {
		panic(err)
	}
	b := x.buf.Load()
	if b == nil {
		b = x.source(place)
		x.buf.Store(b)
		x.host = nil
	}
	if place.Has(b) {
		return b
	}
	for _, c := range x.copies {
		if place.Has(c) {
			return c
		}
	}
	data := make([]byte, x.bytes())
	if err := b.Read(data); err != nil {
		panic(err)
	}
	c := upload(x.aval, data, place)
	x.copies = append(x.copies, c)
	return c
}

// source makes the first buffer.
func (x *Array) source(place jit.Placement) *xla.Buffer {
	switch {
	case x.num != nil && x.num.literal:
		return literalBuffer(x.aval.DType, x.num.fit(x.aval.DType), place)
	case x.num != nil:
		return upload(x.aval, x.num.fit(x.aval.DType).Append(nil, x.aval.DType), place)
	case x.lazy != nil:
		p := load(x.lazy.Fingerprint(), func() *graph.Graph { return x.lazy }, jit.Options{Placement: place})
		return execute(p, nil)[0]
	}
	return upload(x.aval, x.host, place)
}

func (x *Array) bytes() int { return x.aval.Size() * x.aval.DType.Size() }

func upload(a graph.Aval, data []byte, place jit.Placement) *xla.Buffer {
	client, err := xla.Default()
	if err != nil {
		panic(err)
	}
	b, err := client.Upload(a, data, place.Device)
	if err != nil {
		panic(err)
	}
	return b
}

// literals are the buffers of the Go numbers used of late, more of them than of
// programs: most programs use few, an unrolled loop thousands, and a transfer
// costs as much as a small program.
var literals = lru.New[placedLiteral, *xla.Buffer](func() int { return 4 * jit.Size() })

// ClearLiterals forgets the buffers of Go numbers.
func ClearLiterals() { literals.Clear() }

type placedLiteral struct {
	literal
	place jit.Placement
}

// A literal is a number and its type, to be compared by its bits.
type literal struct {
	d      graph.DType
	re, im uint64
}

func literalOf(d graph.DType, n graph.Number) literal {
	re, im := n.Bits(d)
	return literal{d, re, im}
}

func literalBuffer(d graph.DType, n graph.Number, place jit.Placement) *xla.Buffer {
	key := placedLiteral{literalOf(d, n), place}
	b, ok := literals.Load(key)
	if !ok {
		b, _ = literals.LoadOrStore(key, upload(graph.Aval{DType: d}, n.Append(nil, d), place))
	}
	return b
}

// onHostNow are the elements that are in host memory: not those of an array that
// went to a device or is closed.
func (x *Array) onHostNow() []byte {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.host
}

// Read waits for a concrete or known array and copies its elements to dst.
func (x *Array) Read(op string, dst []byte) error {
	x = x.concrete(op)
	if x.num != nil {
		if err := x.Dead(); err != nil {
			return err
		}
		x.num.fit(x.aval.DType).Append(dst[:0], x.aval.DType)
		return nil
	}
	if host := x.onHostNow(); host != nil {
		copy(dst, host)
		return nil
	}
	return x.buffer(x.at()).Read(dst)
}

// at is a place where the array has a buffer, or will have its first.
func (x *Array) at() jit.Placement {
	if b := x.buf.Load(); b != nil {
		return jit.On(b.Device())
	}
	return x.place
}

// Make computes a concrete or known array that is not computed yet, so that
// one for which there is no memory fails before memory is taken to read it.
func (x *Array) Make(op string) error {
	x = x.concrete(op)
	if x.lazy == nil {
		return nil
	}
	return x.buffer(x.at()).Wait()
}

// Bytes are the elements of a concrete or known array.
func (x *Array) Bytes(op string) ([]byte, error) {
	if err := x.Make(op); err != nil {
		return nil, err
	}
	data := make([]byte, x.bytes())
	return data, x.Read(op, data)
}

// Numbers lends use a function that returns one of the elements of a concrete
// or known array.
func (x *Array) Numbers(op string, use func(at func(i int) graph.Number)) error {
	d := x.aval.DType
	if x.num != nil {
		if err := x.Dead(); err != nil {
			return err
		}
		n := x.num.Round(d)
		use(func(int) graph.Number { return n })
		return nil
	}
	return x.View(op, func(data []byte) {
		use(func(i int) graph.Number { return graph.Decode(d, data[i*d.Size():]) })
	})
}

// View lends the elements of a concrete or known array.
func (x *Array) View(op string, use func([]byte)) error {
	x = x.concrete(op)
	if host := x.onHostNow(); host != nil {
		use(host)
		return nil
	}
	return x.buffer(x.at()).View(use)
}

// onHost is a concrete array with its elements in host memory.
func (x *Array) onHost() *Array {
	if x.onHostNow() != nil {
		return x
	}
	data, err := x.Bytes("callback")
	if err != nil {
		panic(err)
	}
	return FromBytes(x.aval, x.weak, data)
}

// Put copies the array to a place.
func (x *Array) Put(place jit.Placement) *Array {
	if x.trace != nil {
		panic(x.Errorf(graph.ErrDevice, "Put", "a staged array is on no device"))
	}
	data, err := x.Bytes("Put")
	if err != nil {
		panic(err)
	}
	return fromBuffer(x.aval, x.weak, place, upload(x.aval, data, place))
}

// Device is where the array is, or was put; false if it is nowhere yet.
func (x *Array) Device() (xla.Device, bool) {
	if b := x.buf.Load(); b != nil {
		return b.Device(), true
	}
	return x.place.Device, x.place != jit.Placement{}
}

// Close frees the array's memory now rather than when the collector finds it.
// Using the array afterwards, or closing it twice, is an error.
func (x *Array) Close() error {
	if x.trace != nil {
		return x.Errorf(graph.ErrUnsupported, "Close", "a staged array has no memory of its own")
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.Dead(); err != nil {
		return err
	}
	x.closed.Store(true)
	x.host = nil
	var err error
	if b := x.buf.Load(); b != nil && (x.num == nil || !x.num.literal) {
		err = b.Close()
	}
	for _, c := range x.copies {
		if e := c.Close(); err == nil {
			err = e
		}
	}
	return err
}

// Dead says why the array's memory cannot be used any more; nil if it can.
func (x *Array) Dead() error {
	if b := x.buf.Load(); b != nil {
		if err := b.Dead(); err != nil {
			return err
		}
	}
	if x.closed.Load() {
		return graph.Errorf(graph.ErrDeleted, "", "the array %v is closed; close it after its last use", x.aval)
	}
	return nil
}

// Wait blocks until the array is computed or ctx ends, and returns what went
// wrong.
func (x *Array) Wait(ctx context.Context) error {
	if b := x.buf.Load(); b != nil {
		return b.WaitContext(ctx)
	}
	if err := x.Dead(); err != nil {
		return err
	}
	if x.trace != nil || x.lazy == nil {
		return nil
	}
	return x.buffer(x.place).WaitContext(ctx)
}

// AppendKey appends what a jitted function's program depends on: dtype, rank, shape
// and weakness.
func (x *Array) AppendKey(buf []byte) []byte {
	weak := byte(0)
	if x.weak {
		weak = 1
	}
	return x.aval.AppendKey(append(buf, weak))
}
