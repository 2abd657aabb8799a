package xla

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
)

func TestSlots(t *testing.T) {
	s := slots{max: 3}
	var in, most atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			for range 20 {
				s.enter()
				n := in.Add(1)
				for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				}
				time.Sleep(time.Microsecond) // so that others come meanwhile
				in.Add(-1)
				s.leave()
			}
		})
	}
	wg.Wait()
	assert.LessOrEqual(t, most.Load(), int64(3))
	assert.Zero(t, s.taken.Load())
	assert.Zero(t, s.waiting.Load())
}

// However many goroutines run and compile programs, few threads of the system
// do: the others wait for a slot.
func TestExecuteAndCompileWait(t *testing.T) {
	c := testClient(t)
	x, in := compileAddOne(t, c), upload[float32](t, c, f32x4, 1, 2, 3, 4)
	for name, test := range map[string]struct {
		slots *slots
		call  func() error
	}{
		"execute": {&executes, func() error { _, err := x.Execute([]*Buffer{in}, nil); return err }},
		"compile": {&compiles, func() error {
			_, err := c.Compile(addOne, CompileOptions{In: []graph.Aval{f32x4}, Out: []graph.Aval{f32x4}})
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, test.call())
			require.Zero(t, test.slots.taken.Load())
			for range test.slots.max {
				test.slots.enter()
			}
			done := make(chan error, 1)
			go func() { done <- test.call() }()
			select {
			case <-done:
				t.Error("it did not wait")
			case <-time.After(50 * time.Millisecond):
			}
			for range test.slots.max {
				test.slots.leave()
			}
			require.NoError(t, <-done)
		})
	}
}

// The context of a goroutine is that of the innermost WithContext around.
func TestNestedContexts(t *testing.T) {
	outer, inner := context.TODO(), context.Background()
	WithContext(outer, func() {
		WithContext(inner, func() { assert.Equal(t, inner, bound()) })
		assert.Equal(t, outer, bound())
		assert.Panics(t, func() { WithContext(inner, func() { panic("of f") }) })
		assert.Equal(t, outer, bound())
	})
	assert.Nil(t, bound())
	assert.Zero(t, bounds.active.Load())
}
