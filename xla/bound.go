package xla

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/goid"
)

// This file bounds what runs: in time, and how much at once.

// bounds are the contexts of goroutines, by id.
var bounds struct {
	active atomic.Int64
	byGID  sync.Map
}

// WithContext runs f in this goroutine such that once ctx has ended no program
// is started and no result waited for any more.
func WithContext(ctx context.Context, f func()) {
	gid := goid.Get()
	outer, nested := bounds.byGID.Swap(gid, ctx)
	bounds.active.Add(1)
	defer func() {
		bounds.active.Add(-1)
		if nested {
			bounds.byGID.Store(gid, outer)
		} else {
			bounds.byGID.Delete(gid)
		}
	}()
	f()
}

// bound is the context of the running goroutine; nil if there is none.
func bound() context.Context {
	if bounds.active.Load() == 0 {
		return nil
	}
	if ctx, ok := bounds.byGID.Load(goid.Get()); ok {
		return ctx.(context.Context)
	}
	return nil
}

// over is the error of what was not started or not waited for.
func over(cause error) *graph.Error {
	e := graph.Errorf(graph.ErrCanceled, "", "%v; a program that is running goes on, and keeps its memory", cause)
	e.Cause = cause
	return e
}

// slots bound how many goroutines are in calls of C that take long: each holds
// a thread of the system, of which Go lets a process have 10,000.
type slots struct {
	max     int64
	taken   atomic.Int64
	waiting atomic.Int64
	once    sync.Once
	mu      sync.Mutex
	freed   *sync.Cond
}

var (
	executes = slots{max: 128}
	waits    = slots{max: 64}
	// A compilation has a large stack too, and uses several processors.
	compiles = slots{max: int64(max(4, runtime.GOMAXPROCS(0)))}
)

func (s *slots) try() bool {
	for {
		n := s.taken.Load()
		if n >= s.max {
			return false
		}
		if s.taken.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

func (s *slots) enter() {
	if s.waiting.Load() == 0 && s.try() {
		return
	}
	s.once.Do(func() { s.freed = sync.NewCond(&s.mu) })
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting.Add(1)
	for !s.try() {
		s.freed.Wait()
	}
	s.waiting.Add(-1)
}

func (s *slots) leave() {
	s.taken.Add(-1)
	if s.waiting.Load() > 0 {
		s.mu.Lock() // else a goroutine that is about to wait would miss it
		s.freed.Signal()
		s.mu.Unlock()
	}
}
