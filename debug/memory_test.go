package debug_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/debug"
	"github.com/jacobi-go/jacobi/num"
)

// heap is the live heap, after what can be freed has been.
func heap() int64 {
	var m runtime.MemStats
	for range 3 { // what a cleanup frees is found by the next collection
		runtime.GC()
		time.Sleep(50 * time.Millisecond)
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A callback lives as long as something can call it: un-jitted derivatives, of
// which each makes its own, leave nothing behind.
func TestCallbacksAreFreed(t *testing.T) {
	grow := func(calls, capture int) int64 {
		once := func() {
			big := make([]byte, capture)
			n := 0
			jx.Grad(func(x *jx.Array) *jx.Array {
				debug.Callback(x, func(*jx.Array) { big[0]++; n += 1 + x.Rank() }) // x is staged: it holds its trace
				return num.Cos(x)
			})(jx.Scalar(1.0))
			require.Equal(t, 1, n)
		}
		once()
		before := heap()
		for range calls {
			once()
		}
		return heap() - before
	}
	require.Less(t, grow(20_000, 1), int64(1<<20))
	require.Less(t, grow(100, 1<<20), int64(4<<20))
}

// What a compiled program calls lives as long as the program, whatever the
// collector does meanwhile: in a jitted function, one in another, a pullback,
// and a mapped function.
func TestCallbacksLive(t *testing.T) {
	var got []float64
	note := func(x *jx.Array) *jx.Array {
		big := make([]byte, 1<<16)
		debug.Callback(x, func(x *jx.Array) { got = append(got, x.Float()+float64(big[0])) })
		return num.Sin(x)
	}
	inner := jx.Jit(note)
	outer := jx.Jit(func(x *jx.Array) *jx.Array { return jx.Jit(note)(inner(x)) })
	_, pull := jx.VJP(outer, jx.Scalar(0.0))
	noted := jx.CustomVJP(num.Sin, func(x *jx.Array) (*jx.Array, *jx.Array) { return num.Sin(x), x },
		func(x, ct *jx.Array) *jx.Array { note(x); return ct })
	_, late := jx.VJP(noted, jx.Scalar(0.0))
	got = nil
	for range 20 {
		for range 50 {
			_ = jx.Grad(note)(jx.Scalar(3.0))
		}
		got = nil
		runtime.GC()
		inner(jx.Scalar(0.0))
		outer(jx.Scalar(0.0))
		pull(jx.Scalar(1.0))
		late(jx.Scalar(1.0))
		jx.Grad(outer)(jx.Scalar(0.0))
		require.Equal(t, []float64{0, 0, 0, 0, 0, 0}, got)
	}
}

// A pullback that a jitted function returned lives longer than the function.
func TestCallbacksOfReturnedPullbacksLive(t *testing.T) {
	n := 0
	f := jx.CustomVJP(num.Sin, func(x *jx.Array) (*jx.Array, *jx.Array) { return num.Sin(x), x },
		func(x, ct *jx.Array) *jx.Array {
			debug.Callback(x, func(*jx.Array) { n++ })
			return ct
		})
	make := func(x *jx.Array) jx.Pullback[*jx.Array, *jx.Array] {
		_, p := jx.VJPTree(f, x)
		return p
	}
	jitted := jx.Jit(make)(jx.Scalar(1.0))
	mapped := jx.VMap(make)(jx.From([]float32{1, 2}))
	jx.ClearCaches()
	for range 5 {
		heap()
	}
	jitted.Call(jx.Scalar(1.0))
	require.Equal(t, 1, n)
	jx.VMap(func(p jx.Pullback[*jx.Array, *jx.Array], ct *jx.Array) *jx.Array { return p.Call(ct) })(mapped, jx.From([]float32{1, 2}))
	require.Equal(t, 2, n)
}
