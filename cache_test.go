package jacobi_test

import (
	"runtime"
	"testing"
	"weak"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

// A jitted function keeps as many programs as it is told to, the last used.
func TestSetCacheSize(t *testing.T) {
	defer jx.SetCacheSize(4096)
	jx.ClearCaches()
	jx.SetCacheSize(2)
	traced := 0
	f := jx.Jit(func(x *jx.Array, n int) *jx.Array {
		traced++
		return num.Mul(x, n)
	})
	x := jx.From([]float32{1, 2})
	for range 3 {
		f(x, 1)
		f(x, 2)
	}
	require.Equal(t, 2, traced)
	f(x, 3)
	f(x, 3)
	require.Equal(t, 3, traced)
	f(x, 1)
	f(x, 2)
	require.Greater(t, traced, 3)
	require.ErrorContains(t, jx.Try(func() { jx.SetCacheSize(0) }), "0 programs cannot be kept")
}

// ClearCaches frees the programs of jitted functions, with what they captured,
// though the functions live.
func TestClearCachesFreesAll(t *testing.T) {
	traced := 0
	var captured weak.Pointer[jx.Array]
	f := jx.Jit(func(x *jx.Array) *jx.Array {
		traced++
		big := jx.From([]float32{1, 2, 3})
		captured = weak.Make(big)
		return num.Sum(num.Mul(big, x))
	})
	for i := range 2 {
		require.Equal(t, 12.0, f(jx.Scalar(2.0)).Float())
		f(jx.Scalar(2.0))
		require.Equal(t, i+1, traced)
		runtime.GC()
		require.NotNil(t, captured.Value())
		jx.ClearCaches()
		runtime.GC()
		require.Nil(t, captured.Value())
	}
	runtime.KeepAlive(f)
}
