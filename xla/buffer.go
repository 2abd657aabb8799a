package xla

/*
#include "pjrt.h"
#cgo noescape jx_upload
#cgo nocallback jx_upload
#cgo noescape jx_pointer
#cgo nocallback jx_pointer
#cgo noescape jx_read
#cgo noescape jx_ready
#cgo nocallback jx_ready
#cgo noescape jx_on_ready
#cgo nocallback jx_buffer_free
*/
import "C"

import (
	"context"
	"math"
	"math/bits"
	"runtime"
	"runtime/cgo"
	"sync/atomic"
	"unsafe"

	"github.com/jacobi-go/jacobi/graph"
)

// A Buffer is an array on a device, immutable and perhaps still being
// computed. It is freed when nothing refers to it any more, or by Close. It is
// safe for concurrent use.
type Buffer struct {
	*handle
	// Go finds the cleanups of a page one by one, which takes longer than the
	// rest of a call where a page holds a thousand objects.
	_ [15]uintptr
}

// A handle owns a buffer of PJRT. It is apart from Buffer so that it outlives
// it: the cleanup of an unreachable Buffer needs it.
type handle struct {
	client *Client
	aval   graph.Aval
	device int
	ptr    C.uintptr_t
	use    use
	from   *loaded        // the program that computes it; nil if it was uploaded
	pc     uintptr        // of the call that ran the program, if that is known
	data   atomic.Uintptr // on CPU, once it is ready: the address of the elements
	ready  atomic.Bool
}

// typeCodes are the ABI's numbers of element types.
var typeCodes = [...]C.int{
	graph.Bool: 1,
	graph.Int8: 2, graph.Int16: 3, graph.Int32: 4, graph.Int64: 5,
	graph.Uint8: 6, graph.Uint16: 7, graph.Uint32: 8, graph.Uint64: 9,
	graph.Float16: 10, graph.Float32: 11, graph.Float64: 12, graph.BFloat16: 13,
	graph.Complex64: 14, graph.Complex128: 15,
}

func numBytes(a graph.Aval) int { return a.Size() * a.DType.Size() }

func newBuffer(c *Client, a graph.Aval, device int, ptr C.uintptr_t, from *loaded, pc uintptr) *Buffer {
	h := &handle{client: c, aval: a, device: device, ptr: ptr, from: from, pc: pc}
	b := &Buffer{handle: h}
	runtime.AddCleanup(b, (*handle).drop, h)
	c.memory.add(int64(numBytes(a)))
	return b
}

// Upload copies an array to a device: data is its elements, dense and
// row-major, in the machine's byte order. It may be reused at once.
func (c *Client) Upload(a graph.Aval, data []byte, d Device) (*Buffer, error) {
	d, err := c.own(d)
	if err != nil {
		return nil, err
	}
	if err := checkSize(a); err != nil {
		return nil, err
	}
	if len(data) != numBytes(a) {
		return nil, graph.Errorf(graph.ErrSize, "", "%v has %d bytes, but %d were given", a, numBytes(a), len(data))
	}
	var ptr C.uintptr_t
	upload := func() C.uintptr_t {
		return C.jx_upload(c.api, c.ptr, c.devices[d.index].ptr, unsafe.Pointer(unsafe.SliceData(data)), typeCodes[a.DType],
			(*C.int64_t)(unsafe.Pointer(unsafe.SliceData(a.Shape))), C.size_t(len(a.Shape)), &ptr)
	}
	if err := c.retry(upload); err != nil {
		return nil, err
	}
	return newBuffer(c, a, d.index, ptr, nil, 0), nil
}

// checkSize refuses shapes whose size in bytes is not a number.
func checkSize(a graph.Aval) error {
	size := uint64(a.DType.Size())
	for _, n := range a.Shape {
		if n < 0 {
			return graph.Errorf(graph.ErrSize, "", "%v: sizes cannot be negative", a)
		}
		over, low := bits.Mul64(size, uint64(n))
		if over != 0 || low > math.MaxInt {
			return graph.Errorf(graph.ErrSize, "", "%v is too large for any memory", a)
		}
		size = low
	}
	return nil
}

// retry calls f, and once more if the device's memory is full and a collection
// may find some.
func (c *Client) retry(f func() C.uintptr_t) error {
	e := f()
	if e == 0 {
		return nil
	}
	failed := c.takeError(e)
	if failed.code == resourceExhausted {
		c.memory.collect()
		if e = f(); e == 0 {
			return nil
		}
		failed = c.takeError(e)
	}
	return (*loaded)(nil).errorf(graph.ErrExecute, 0, failed)
}

// Aval is the buffer's dtype and shape.
func (b *Buffer) Aval() graph.Aval { return b.aval }

// Device is where the buffer lives.
func (b *Buffer) Device() Device { return Device{b.client, b.device} }

// On reports whether the buffer lives on d.
func (b *Buffer) On(d Device) bool {
	return b.device == d.index && (d.client == nil || d.client == b.client)
}

// Dead says why the buffer cannot be used any more; nil if it can.
func (b *Buffer) Dead() error {
	if b.use.ended() {
		return b.dead()
	}
	return nil
}

// Bytes is the size of the elements.
func (b *Buffer) Bytes() int { return numBytes(b.aval) }

// Wait returns when the buffer's elements are computed, with the error of the
// computation if it failed.
func (b *Buffer) Wait() error { return b.WaitContext(context.Background()) }

// WaitContext is Wait that returns with ctx's error when ctx ends before. The
// program goes on then, and keeps the memory that it uses.
func (b *Buffer) WaitContext(ctx context.Context) error {
	defer runtime.KeepAlive(b) // its cleanup would end the handle
	return b.wait(ctx)
}

// wait does not use the buffer while it blocks, so that it can be donated.
func (h *handle) wait(ctx context.Context) error {
	if h.use.ended() {
		return h.dead()
	}
	if h.ready.Load() {
		return nil
	}
	if !h.use.begin() {
		return h.dead()
	}
	var event C.uintptr_t
	err := C.jx_ready(h.client.api, h.ptr, &event)
	h.release()
	var failed failure
	switch {
	case event != 0:
		var ended error
		if failed, ended = h.client.await(ctx, event); ended != nil {
			return over(ended)
		}
	case err != 0:
		failed = h.client.takeError(err)
	}
	if failed.message != "" {
		return h.from.errorf(graph.ErrExecute, h.pc, failed)
	}
	h.ready.Store(true)
	return nil
}

// A waiter is told when an event has happened.
type waiter struct {
	client *Client
	done   chan failure
}

// await waits for an event, which it frees: in the thread, which wakes up
// soonest, if nobody can end the wait before and not many do so already; else in
// none.
func (c *Client) await(ctx context.Context, event C.uintptr_t) (failed failure, ended error) {
	if ctx.Done() == nil && bound() == nil && waits.try() {
		defer waits.leave()
		if err := C.jx_await(c.api, event); err != 0 {
			failed = c.takeError(err)
		}
		return failed, nil
	}
	w := &waiter{c, make(chan failure, 1)}
	if err := C.jx_on_ready(c.api, event, C.uintptr_t(cgo.NewHandle(w))); err != 0 {
		return c.takeError(err), nil
	}
	bounds := bound() // of the goroutine
	if bounds == nil {
		bounds = context.Background()
	}
	select {
	case failed = <-w.done:
		return failed, nil
	case <-ctx.Done():
		return failure{}, context.Cause(ctx)
	case <-bounds.Done():
		return failure{}, context.Cause(bounds)
	}
}

//export jacobiReady
func jacobiReady(handle, err C.uintptr_t) {
	h := cgo.Handle(handle)
	w := h.Value().(*waiter)
	h.Delete()
	var failed failure
	if err != 0 {
		failed = w.client.takeError(err)
	}
	w.done <- failed
}

// begin waits and starts a use.
func (h *handle) begin() error {
	if err := h.wait(context.Background()); err != nil {
		return err
	}
	if !h.use.begin() {
		return h.dead()
	}
	return nil
}

// Read waits and copies the elements, row-major, into dst, which must have
// exactly the buffer's size.
func (b *Buffer) Read(dst []byte) error {
	defer runtime.KeepAlive(b)
	if len(dst) != b.Bytes() {
		return graph.Errorf(graph.ErrSize, "", "%v has %d bytes, but the destination has %d", b.aval, b.Bytes(), len(dst))
	}
	if b.client.cpu {
		return b.view(func(src []byte) { copy(dst, src) })
	}
	return b.read(dst)
}

func (h *handle) read(dst []byte) error {
	if err := h.begin(); err != nil {
		return err
	}
	defer h.release()
	return h.client.check(graph.ErrExecute, C.jx_read(h.client.api, h.ptr, C.size_t(h.aval.Rank()), unsafe.Pointer(unsafe.SliceData(dst)), C.size_t(len(dst))))
}

// View waits and lends the elements, row-major, to use. On CPU it lends the
// device's own memory: use must not write to it, nor keep it after it returns.
// The buffer cannot be donated meanwhile, and a Close takes effect afterwards.
func (b *Buffer) View(use func([]byte)) error {
	defer runtime.KeepAlive(b)
	if b.client.cpu {
		return b.view(use)
	}
	data := make([]byte, b.Bytes())
	if err := b.read(data); err != nil {
		return err
	}
	use(data)
	return nil
}

func (h *handle) view(use func([]byte)) error {
	if err := h.begin(); err != nil {
		return err
	}
	defer h.release()
	n := numBytes(h.aval)
	if n == 0 {
		use([]byte{})
		return nil
	}
	if h.data.Load() == 0 {
		var p C.uintptr_t
		if err := h.client.check(graph.ErrExecute, C.jx_pointer(h.client.api, h.ptr, &p)); err != nil {
			return err
		}
		h.data.Store(uintptr(p))
	}
	use(unsafe.Slice((*byte)(foreign(h.data.Load())), n))
	return nil
}

// foreign is an address outside Go's heap as a pointer.
func foreign(p uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&p)) }

// Close frees the buffer now rather than when it is found unreachable; if it
// is in use by another goroutine, when that ends. Using it afterwards, and
// closing it again, is an error.
func (b *Buffer) Close() error {
	defer runtime.KeepAlive(b)
	ok, last := b.use.end(closed)
	if !ok {
		return b.dead()
	}
	if last {
		b.destroy()
	}
	return nil
}

// drop is the cleanup.
func (h *handle) drop() {
	if _, last := h.use.end(closed); last {
		h.destroy()
	}
}

func (h *handle) release() {
	if h.use.done() {
		h.destroy()
	}
}

func (h *handle) destroy() {
	err := C.jx_buffer_free(h.client.api, h.ptr)
	h.client.memory.add(-int64(numBytes(h.aval)))
	if err != 0 {
		C.jx_error_free(h.client.api, err)
	}
}

// dead is the error of using a buffer that is gone.
func (h *handle) dead() *graph.Error {
	if h.use.donated() {
		return graph.Errorf(graph.ErrDeleted, "", "the array %v was donated to a program, which has overwritten it: use the program's result, or do not donate it", h.aval)
	}
	return graph.Errorf(graph.ErrDeleted, "", "the array %v is closed; close it after its last use", h.aval)
}
