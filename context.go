package jacobi

import (
	"context"
	"errors"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/xla"
)

// WaitContext is Wait that ends when ctx does: its error is in the result's
// chain, for errors.Is. The arrays may have any shapes and dtypes.
//
// A program cannot be stopped. It goes on, and keeps the memory that it reads
// and writes until it has ended, whatever becomes of the arrays here. Where it
// keeps all of XLA's threads busy, and there are no more than processors, other
// programs wait for it. JAX has no such function.
func WaitContext[T any](ctx context.Context, tree T) error {
	leaves, _ := flatten("WaitContext", tree)
	for _, x := range leaves {
		if x != nil {
			if err := x.WaitContext(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// RunContext calls f, in a goroutine of its own, and returns what f returns; or
// ctx's error, for errors.Is, as soon as ctx ends.
//
// Once ctx has ended f starts no further program and waits for none: each is an
// *Error, so that a loop of many runs ends. A program that is running cannot be
// stopped; it is left behind, with the memory that it uses and with f, which
// waits for it and then ends. One that never ends takes a processor for good, and a
// large one perhaps all of XLA's threads: then other programs wait, too.
//
// It cannot be used while tracing: f could not see the arrays of the trace. An
// *Error that f panics with is returned; other panics go through. JAX has no
// such function.
func RunContext[T any](ctx context.Context, f func() T) (T, error) {
	var none T
	if f == nil {
		return none, graph.Errorf(graph.ErrNil, "RunContext", "f is nil")
	}
	if ops.Tracing() {
		return none, graph.Errorf(graph.ErrUnsupported, "RunContext", "a program is being traced: there is nothing to stop")
	}
	pos := graph.Position(graph.UserPC())
	over := func() error {
		cause := context.Cause(ctx)
		return &Error{Code: graph.ErrCanceled, Op: "RunContext", Pos: pos, Msg: cause.Error() + "; a program that is running goes on, and keeps its memory", Cause: cause}
	}
	if ctx.Err() != nil {
		return none, over()
	}
	type outcome struct {
		value    T
		err      error
		panicked any
	}
	done := make(chan outcome, 1)
	go func() {
		o := outcome{err: graph.Errorf(graph.ErrCanceled, "RunContext", "the function ended its goroutine")}
		defer func() {
			switch r := recover().(type) {
			case nil:
			case *Error:
				o.err = r
			default:
				o.panicked = r
			}
			done <- o
		}()
		xla.WithContext(ctx, func() { o.value = f() })
		o.err = nil
	}()
	select {
	case o := <-done:
		if o.panicked != nil {
			panic(o.panicked)
		}
		if ctx.Err() != nil && errors.Is(o.err, context.Cause(ctx)) {
			return none, over() // f has noticed first
		}
		return o.value, o.err
	case <-ctx.Done():
		return none, over()
	}
}
