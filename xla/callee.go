package xla

/*
#include <string.h>
#include "callback.h"
*/
import "C"

import (
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/goid"
)

// A Callback is called with the operands while a program runs. It returns the
// elements of its results, row-major. It must not keep the operands, nor run
// programs on the client that is running it.
type Callback func(in [][]byte) ([][]byte, error)

// A Callee is a callback that programs call by its ID, an int64 or int32, for
// as long as the Callee is reachable: whoever runs a program that calls it
// keeps it alive until the program has ended. No other gets its ID later.
type Callee struct {
	ID int64
	*callee
}

// callee is what an ID stands for.
type callee struct {
	name string // the function that the user called, for errors
	pc   uintptr
	call Callback
}

var callees struct {
	last atomic.Int64
	byID sync.Map // int64 to *callee

	active atomic.Int64 // callbacks that are running
	gids   sync.Map     // and the goroutines they run in
}

// NewCallee makes f callable; errors say that it is name's, at the user's line.
func NewCallee(name string, f Callback) *Callee {
	c := &Callee{callees.last.Add(1), &callee{name, graph.UserPC(), f}}
	callees.byID.Store(c.ID, c.callee)
	runtime.AddCleanup(c, func(id int64) { callees.byID.Delete(id) }, c.ID)
	return c
}

// inCallback reports whether the running goroutine is in a callback.
func inCallback() bool {
	if callees.active.Load() == 0 {
		return false
	}
	_, in := callees.gids.Load(goid.Get())
	return in
}

//export jacobiCallback
func jacobiCallback(f *C.ffi_frame) (message *C.char) {
	gid := goid.Get()
	callees.active.Add(1)
	callees.gids.Store(gid, true)
	c := &callee{name: "callback"}
	defer func() {
		callees.gids.Delete(gid)
		callees.active.Add(-1)
		if r := recover(); r != nil {
			message = C.CString(c.failed(fmt.Sprintf("%v; it panicked at %s", r, graph.Position(graph.UserPC()))))
		}
	}()
	// The first operand is the callback's id, the second the token that keeps
	// the order; the token is the last result.
	args, rets := foreignBuffers(f.args), foreignBuffers(f.rets)
	// It is repeated where what it belongs to is mapped.
	id := int64(binary.NativeEndian.Uint32(args[0]))
	if len(args[0]) >= 8 {
		id = int64(binary.NativeEndian.Uint64(args[0]))
	}
	found, ok := callees.byID.Load(id)
	if !ok {
		return C.CString(c.failed("the function that the program calls is gone: nothing refers to it any more"))
	}
	c = found.(*callee)
	out, err := c.call(args[2:])
	if err != nil {
		return C.CString(c.failed(c.words(err)))
	}
	for i, data := range out {
		if len(data) != len(rets[i]) {
			return C.CString(c.failed(fmt.Sprintf("result %d has %d bytes, not %d", i, len(data), len(rets[i]))))
		}
		copy(rets[i], data)
	}
	clear(rets[len(rets)-1])
	return nil
}

// Callback failures pass through XLA as text: a mark, the user's line, the
// function, what is wrong, and the mark again.
const mark, between = "\x01", "\x02"

func (c *callee) failed(words string) string {
	return mark + graph.Position(c.pc) + between + c.name + between + strings.NewReplacer(mark, "", between, "").Replace(words) + mark
}

// words are those of err, without a line that is the callback's own.
func (c *callee) words(err error) string {
	var e *graph.Error
	if errors.As(err, &e) {
		own := *e
		if own.Pos == graph.Position(c.pc) {
			own.Pos = ""
		}
		return own.Error()
	}
	return err.Error()
}

// callbackError finds in XLA's message that a callback failed.
func callbackError(message string) *graph.Error {
	_, rest, _ := strings.Cut(message, mark)
	text, _, found := strings.Cut(rest, mark)
	parts := strings.SplitN(text, between, 3)
	if !found || len(parts) < 3 {
		return nil
	}
	return &graph.Error{Code: graph.ErrCallback, Pos: parts[0], Op: parts[1], Msg: parts[2]}
}

// foreignSizes are the sizes of elements by XLA's number of their type.
var foreignSizes = map[C.int]int{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 2, 8: 4, 9: 8, 10: 2, 11: 4, 12: 8, 15: 8, 16: 2, 18: 16}

func foreignBuffers(bs C.ffi_buffers) [][]byte {
	out := make([][]byte, bs.count)
	for i, b := range unsafe.Slice(bs.buffers, bs.count) {
		n := foreignSizes[b._type]
		for _, d := range unsafe.Slice(b.dims, b.rank) {
			n *= int(d)
		}
		out[i] = unsafe.Slice((*byte)(b.data), n)
	}
	return out
}

// enableCallbacks makes the handler known to the client's plugin.
func (c *Client) enableCallbacks() error {
	return c.registerHandler(callbackTarget, C.jx_callback_handler())
}
