package xla

/*
#include "pjrt.h"
// No nocallback: a program may call back into Go on the calling thread.
*/
import "C"

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"unsafe"

	"github.com/jacobi-go/jacobi/graph"
)

// A frame is what one call of Execute passes to C, in reused memory that holds
// no Go pointers. It cannot be on the stack, which moves when a program calls
// back into Go.
type frame struct {
	in, out []C.uintptr_t
	kept    []C.int64_t // indices of arguments that are not donated
}

var frames = sync.Pool{New: func() any { return new(frame) }}

// Execute starts the program on args and returns its results, which may still
// be under way: an error of the computation itself comes from their Wait,
// Read or View.
//
// The arguments must be alive, on the program's device, and of exactly its
// parameters' dtypes and shapes. donate, which may be nil, says which of them
// are given up: the program may overwrite them, and they cannot be used again.
// Nothing is donated if Execute fails before the program starts.
func (x *Executable) Execute(args []*Buffer, donate []bool) ([]*Buffer, error) {
	// A handle does not keep alive the Buffer whose cleanup ends it.
	defer runtime.KeepAlive(x)
	defer runtime.KeepAlive(args)
	if err := x.checkArgs(args, donate); err != nil {
		return nil, err
	}
	if inCallback() {
		return nil, graph.Errorf(graph.ErrCallback, "", "a callback cannot run programs: the device may be waiting for the callback to end; read the numbers with Slice, Float or Int and compute in Go")
	}
	if ctx := bound(); ctx != nil && ctx.Err() != nil {
		return nil, over(context.Cause(ctx))
	}
	executes.enter()
	defer executes.leave()
	out, failed, err := x.execute(args, donate)
	if failed.code == resourceExhausted && !slices.Contains(donate, true) {
		x.client.memory.collect()
		out, failed, err = x.execute(args, donate)
	}
	if failed.message != "" {
		err = x.errorf(graph.ErrExecute, 0, failed)
	}
	return out, err
}

func (x *Executable) execute(args []*Buffer, donate []bool) (out []*Buffer, failed failure, err error) {
	if !x.use.begin() {
		return nil, failed, x.dead()
	}
	defer x.release()
	if err := acquire(args, donate); err != nil {
		return nil, failed, err
	}
	f := frames.Get().(*frame)
	defer frames.Put(f)
	f.in, f.out, f.kept = f.in[:0], slices.Grow(f.out[:0], len(x.out)+1)[:len(x.out)+1], f.kept[:0]
	for i, a := range args {
		f.in = append(f.in, a.ptr)
		if x.donates && (donate == nil || !donate[i]) {
			f.kept = append(f.kept, C.int64_t(i))
		}
	}
	c := x.client
	e := C.jx_execute(c.api, x.onDevice, unsafe.SliceData(f.in), C.size_t(len(f.in)), &f.out[0], unsafe.SliceData(f.kept), C.size_t(len(f.kept)))
	if e != 0 {
		giveBack(args, donate)
		return nil, c.takeError(e), nil
	}
	for _, a := range args {
		a.release()
	}
	var pc uintptr
	if x.late {
		pc = graph.UserPC()
	}
	out = make([]*Buffer, len(x.out))
	for i := range out {
		out[i] = newBuffer(c, x.out[i], x.device, f.out[i], x.loaded, pc)
	}
	return out, failed, nil
}

// checkArgs checks what XLA would not, or would end the process for.
func (x *Executable) checkArgs(args []*Buffer, donate []bool) error {
	if len(args) != len(x.in) {
		return graph.Errorf(graph.ErrArgument, "", "%d arguments for a program of %d parameters", len(args), len(x.in))
	}
	if donate != nil && len(donate) != len(args) {
		return graph.Errorf(graph.ErrArgument, "", "donate has %d entries for %d arguments", len(donate), len(args))
	}
	for i, a := range args {
		switch {
		case a == nil || a.handle == nil:
			return graph.Errorf(graph.ErrNil, "", "argument %d is nil", i)
		case a.client != x.client:
			return graph.Errorf(graph.ErrDevice, "", "argument %d, %v, belongs to another client than the program: read it and upload it there", i, a.aval)
		case a.device != x.device:
			return graph.Errorf(graph.ErrDevice, "", "argument %d is on device %v, but the program runs on %v: copy it there first", i, a.Device(), x.Device())
		case !a.aval.Equal(x.in[i]):
			return graph.Errorf(graph.ErrArgument, "", "argument %d is %v, but the program takes %v", i, a.aval, x.in[i])
		}
	}
	return nil
}

// acquire starts a use of every argument, the only one for those donated, or
// of none and says why.
func acquire(args []*Buffer, donate []bool) error {
	for i, a := range args {
		give := donate != nil && donate[i]
		if give && a.use.donate() || !give && a.use.begin() {
			continue
		}
		// Later arguments, and this one, have not been acquired.
		giveBack(args[:i], donate)
		switch j := slices.Index(args[:i], a); {
		case j >= 0:
			return graph.Errorf(graph.ErrDeleted, "", "arguments %d and %d are the same array, and it is donated: pass a copy", j, i)
		case a.use.ended():
			return a.dead()
		}
		return graph.Errorf(graph.ErrConcurrent, "", "argument %d, %v, cannot be donated: another goroutine is using it", i, a.aval)
	}
	return nil
}

// giveBack undoes acquire after a failure, except that what PJRT has consumed
// nonetheless stays donated.
func giveBack(args []*Buffer, donate []bool) {
	for i, a := range args {
		if donate != nil && donate[i] && !bool(C.jx_deleted(a.client.api, a.ptr)) {
			a.use.keep()
		} else {
			a.release()
		}
	}
}
