package xla

/*
#include <string.h>
#include "callback.h"
*/
import "C"

import (
	"fmt"
	"sync"
	"sync/atomic"
	"unsafe"

	"jacobi/graph"
	"jacobi/internal/goid"
)

// callbackTarget is the name of the one handler that every callback goes
// through: a second handler under a name would be ignored without a word.
const callbackTarget = "jacobi_callback"

// A Callback is called with the operands while a program runs. It returns the
// elements of its results, row-major. It must not keep the operands, nor run
// programs on the client that is running it.
type Callback func(in [][]byte) ([][]byte, error)

var callbacks struct {
	sync.RWMutex
	all    []Callback
	active atomic.Int64 // those that are running
	gids   sync.Map     // and the goroutines they run in
}

// RegisterCallback returns the id by which a program calls f. It is kept for
// the life of the process, as programs are.
func RegisterCallback(f Callback) int {
	callbacks.Lock()
	defer callbacks.Unlock()
	callbacks.all = append(callbacks.all, f)
	return len(callbacks.all) - 1
}

// inCallback reports whether the running goroutine is in a callback.
func inCallback() bool {
	if callbacks.active.Load() == 0 {
		return false
	}
	_, in := callbacks.gids.Load(goid.Get())
	return in
}

//export jacobiCallback
func jacobiCallback(f *C.ffi_frame) (message *C.char) {
	gid := goid.Get()
	callbacks.active.Add(1)
	callbacks.gids.Store(gid, true)
	defer func() {
		callbacks.gids.Delete(gid)
		callbacks.active.Add(-1)
		if r := recover(); r != nil {
			message = C.CString(fmt.Sprint("callback: ", r))
		}
	}()
	// The first operand is the callback's id, the second the token that keeps
	// the order; the token is the last result.
	args := foreignBuffers(f.args)
	id := int(*(*int32)(unsafe.Pointer(unsafe.SliceData(args[0]))))
	callbacks.RLock()
	call := callbacks.all[id]
	callbacks.RUnlock()
	rets := foreignBuffers(f.rets)
	out, err := call(args[2:])
	if err != nil {
		return C.CString("callback: " + err.Error())
	}
	for i, data := range out {
		if len(data) != len(rets[i]) {
			return C.CString(fmt.Sprintf("callback: result %d has %d bytes, not %d", i, len(data), len(rets[i])))
		}
		copy(rets[i], data)
	}
	clear(rets[len(rets)-1])
	return nil
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

// lowerCallback writes a custom call of id, token, operands -> results, token.
func lowerCallback(f *function, e *graph.Eqn) {
	f.ids.Bind(e.Out, f.results(len(e.Out)))
	f.text("stablehlo.custom_call @", callbackTarget, "(")
	f.uses(f.ids.Lookup(e.In)...)
	f.text(") {api_version = 4 : i32, backend_config = {}, has_side_effect = ", truth(e.Params.(graph.CallbackParams).Effect), "}")
	f.endCall(graph.Avals(e.In), graph.Avals(e.Out))
}
