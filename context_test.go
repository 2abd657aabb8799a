package jacobi_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

// What never ends runs in a process of its own, for it cannot be stopped.
func TestContextsEndEndlessPrograms(t *testing.T) {
	if os.Getenv("JACOBI_TEST_CHILD") == "" {
		self, err := os.Executable()
		require.NoError(t, err)
		limit, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		cmd := exec.CommandContext(limit, self, "-test.run", "^"+t.Name()+"$", "-test.v")
		cmd.Env = append(os.Environ(), "JACOBI_TEST_CHILD=1")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Contains(t, string(out), "all waits ended")
		return
	}
	endless := func(x *jx.Array) *jx.Array {
		return jx.While(x, func(x *jx.Array) *jx.Array { return num.Less(-1, num.Sum(num.Square(x))) }, func(x *jx.Array) *jx.Array { return num.Mul(x, 1.0) })
	}
	brief := func() context.Context {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		t.Cleanup(cancel)
		return ctx
	}
	// XLA runs a small program before the call returns, a large one later.
	started := make(chan *jx.Array, 1)
	for _, n := range []int{1, 1 << 20} {
		if n > 1 {
			// Others run meanwhile, and memory that the endless one uses is nobody
			// else's. A large one may keep all of XLA's threads, so not after that.
			for range 20 {
				runtime.GC()
				require.Equal(t, 1000.0, num.Sum(num.Full(jx.Float32, 1.0, 1000)).Float())
			}
		}
		x := num.Full(jx.Float32, 1.0, n)
		start := time.Now()
		_, err := jx.RunContext(brief(), func() float64 {
			y := jx.Jit(endless)(x)
			started <- y
			return num.Sum(y).Float()
		})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "context_test.go:")
		require.ErrorContains(t, err, "RunContext: context deadline exceeded; a program that is running goes on")
		require.Less(t, time.Since(start), 10*time.Second)
		_ = x.Close() // it takes effect when the program has ended, which is never
	}
	select {
	case y := <-started:
		err := jx.WaitContext(brief(), y)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_ = y.Close()
	case <-time.After(time.Second):
		t.Log("the plugin runs large loops before the call returns, too")
	}
	fmt.Println("all waits ended")
	syscall.Exit(0) // at once: the race detector would wait for XLA's threads
}

// A loop of many runs ends when its context does.
func TestRunContextEndsLoops(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	mine := errors.New("enough")
	steps, ended := 0, make(chan error, 1)
	_, err := jx.RunContext(ctx, func() *jx.Array {
		x := jx.Scalar(1.0)
		err := jx.Try(func() {
			for {
				if x = num.Sin(x); steps == 10 {
					cancel(mine)
				}
				steps++
			}
		})
		ended <- err
		return x
	})
	require.ErrorIs(t, err, mine)
	require.ErrorIs(t, <-ended, mine)
	require.Equal(t, 11, steps)
}

func TestRunContext(t *testing.T) {
	ctx := context.Background()
	x, err := jx.RunContext(ctx, func() float64 { return num.Sin(jx.Scalar(1.0)).Float() })
	require.NoError(t, err)
	require.InDelta(t, 0.8414, x, 1e-3)
	_, err = jx.RunContext(ctx, func() *jx.Array { return num.Dot(jx.From([]float32{1}), jx.From([]float32{1, 2})) })
	require.ErrorContains(t, err, "Dot(f32[1], f32[2])")
	require.PanicsWithValue(t, "mine", func() { _, _ = jx.RunContext(ctx, func() int { panic("mine") }) })
	_, err = jx.RunContext(ctx, func() int { runtime.Goexit(); return 1 })
	require.ErrorContains(t, err, "ended its goroutine")
	jx.Jit(func(x *jx.Array) *jx.Array {
		_, err = jx.RunContext(ctx, func() int { return 1 })
		return x
	})(jx.Scalar(1.0))
	require.ErrorContains(t, err, "a program is being traced")
	require.NoError(t, jx.WaitContext(ctx, []*jx.Array{jx.Scalar(1.0), num.Sin(jx.Scalar(1.0)), nil}))
	over, cancel := context.WithCancel(ctx)
	cancel()
	_, err = jx.RunContext(over, func() string { return fmt.Sprint(num.Sin(jx.Scalar(1.0))) })
	require.ErrorIs(t, err, context.Canceled)
}
