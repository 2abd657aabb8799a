// Package debug looks into programs while they run: inside compiled functions,
// loops, mapped functions and backward passes.
//
// It works on CPU. A program that prints or calls back is waited for when it is
// run; while its function runs, it holds one of the device's threads: some dozens
// of functions that block keep all other programs from running.
//
// What is printed or called back happens each time the program runs, in the
// order of the program. Under VMap it happens once, with a further leading axis
// of examples on what differs between them.
package debug

import (
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/tree"
)

// Print prints to the standard output when the program runs; {} stands for the
// next value, any tree of arrays of any shapes and dtypes. More values than {},
// or fewer, are an error, and so is one that is no tree of arrays. It is
// jax.debug.print.
func Print(format string, values ...any) {
	parts := strings.Split(format, "{}")
	if len(parts) != len(values)+1 {
		panic(graph.Errorf(graph.ErrArgument, "debug.Print", "%q has %d places {} for %d values", format, len(parts)-1, len(values)))
	}
	call("debug.Print", values, func(values []any) {
		var b strings.Builder
		for i, v := range values {
			fmt.Fprintf(&b, "%s%+v", parts[i], v)
		}
		fmt.Println(b.String() + parts[len(values)])
	})
}

// Callback calls f on the host, with the values that the arrays of the tree x,
// of any shapes and dtypes, have when the program runs. f can read numbers, but
// not compute with arrays: the device may be waiting for it. A nil f is an
// error. If f panics, the program fails; outside of any program, where f is
// called at once, the panic goes through. It is jax.debug.callback.
func Callback[T any](x T, f func(T)) {
	if f == nil {
		panic(graph.Errorf(graph.ErrNil, "debug.Callback", "f is nil"))
	}
	call("debug.Callback", []any{x}, func(values []any) { f(values[0].(T)) })
}

var hook struct {
	sync.RWMutex
	f func(where string, x any)
}

// OnBreak sets what Break does, and returns what it did: f gets the line that
// called Break, and the values. nil is the default. The values are a tree of
// arrays, of any shapes and dtypes. It has no errors. JAX has no such function.
func OnBreak(f func(where string, x any)) (before func(where string, x any)) {
	hook.Lock()
	defer hook.Unlock()
	before, hook.f = hook.f, f
	return before
}

// Break stops a debugger when the program runs there, after printing the
// values, of any shapes and dtypes, to the standard error output: the values
// are in the variable x of the frame that it stops in. Without a debugger it
// prints only. It works in a backward pass, too, from the bwd of a CustomVJP.
// An x that is no tree of arrays is an error. It is jax.debug.breakpoint.
func Break[T any](x T) {
	where := graph.Position(graph.UserPC())
	call("debug.Break", []any{x}, func(values []any) {
		hook.RLock()
		f := hook.f
		hook.RUnlock()
		if f == nil {
			f = stop
		}
		f(where, values[0])
	})
}

func stop(where string, x any) {
	fmt.Fprintf(os.Stderr, "%s: %+v\n", where, x)
	if traced() {
		runtime.Breakpoint()
	}
}

// traced reports whether a debugger is attached, as Linux tells.
func traced() bool {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(status), "TracerPid:")
	pid, _, _ := strings.Cut(rest, "\n")
	n, err := strconv.Atoi(strings.TrimSpace(pid))
	return err == nil && n != 0
}

// call stages a call of f with the values that trees have when the program
// runs.
func call(op string, values []any, f func([]any)) {
	var leaves []*array.Array
	type part struct {
		s       *tree.Structure[array.Array]
		present []bool
	}
	parts := make([]part, len(values))
	for i, v := range values {
		if v == nil {
			continue
		}
		rv := reflect.ValueOf(v)
		plan, err := tree.For[array.Array](rv.Type())
		if err != nil {
			panic(graph.Errorf(graph.ErrTree, op, "%s", ops.TypeName(err)))
		}
		at := tree.Address(rv)
		xs, _, err := plan.Flatten(at, nil, nil)
		if err != nil {
			panic(graph.Errorf(graph.ErrTree, op, "%s", ops.TypeName(err)))
		}
		s, err := plan.Structure(at)
		if err != nil {
			panic(graph.Errorf(graph.ErrTree, op, "%s", ops.TypeName(err)))
		}
		parts[i] = part{s, make([]bool, len(xs))}
		for k, x := range xs {
			if x != nil {
				parts[i].present[k] = true
				leaves = append(leaves, x)
			}
		}
	}
	ops.Callback(op, nil, true, func(in []*array.Array) []*array.Array {
		now := make([]any, len(parts))
		for i, p := range parts {
			if p.s == nil {
				continue
			}
			xs := make([]*array.Array, len(p.present))
			for k, here := range p.present {
				if here {
					xs[k], in = in[0], in[1:]
				}
			}
			now[i] = p.s.Value(xs).Interface()
		}
		f(now)
		return nil
	}, leaves)
}
