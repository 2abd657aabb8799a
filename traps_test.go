package jacobi_test

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/ad/adtest"
	"github.com/jacobi-go/jacobi/num"
)

// What users of other libraries suffered from. Traps about single rules are
// tests over every op, in ad, vmapper and xla; those about installing are with
// the installer.
func TestTraps(t *testing.T) {
	x := jx.From([]float64{0.3, -0.7, 1.1})
	t.Run("an inner derivative is not confused with an outer one", func(t *testing.T) {
		// d/dx (x d/dy (x + y)) = 1
		f := func(x *jx.Array) *jx.Array {
			return num.Mul(x, jx.Grad(func(y *jx.Array) *jx.Array { return num.Add(x, y) })(jx.Scalar(1.0)))
		}
		require.Equal(t, 1.0, jx.Grad(f)(jx.Scalar(1.0)).Float())
		g := func(x *jx.Array) *jx.Array {
			_, dy := jx.JVP(func(y *jx.Array) *jx.Array { return num.Mul(x, y) }, x, jx.Scalar(1.0))
			return num.Mul(x, dy)
		}
		_, dy := jx.JVP(g, jx.Scalar(3.0), jx.Scalar(1.0))
		require.Equal(t, 6.0, dy.Float())
	})
	t.Run("the gradient of a matrix product is matrix products", func(t *testing.T) {
		low, err := jx.Lower(jx.Grad(func(w *jx.Array) *jx.Array {
			return num.Sum(num.Square(num.Matmul(num.Matmul(num.Ones(jx.Float32, 8, 16), w), num.Transpose(w))))
		}), jx.Abstract(jx.Float32, 16, 4))
		require.NoError(t, err)
		require.GreaterOrEqual(t, strings.Count(low.Text(), "dot_general"), 4)
		require.NotContains(t, low.Text(), "stablehlo.reduce(")
	})
	t.Run("a slice has second derivatives", func(t *testing.T) {
		f := func(x *jx.Array) *jx.Array {
			y := num.Index(x, num.Step(num.Begin, num.End, 2))
			return num.Sum(num.Mul(num.Sin(y), num.Square(num.Index(x, num.Range(0, 2)))))
		}
		adtest.CheckGrads(t, f, x, adtest.Options{Order: 3})
	})
	t.Run("clip uses the cotangent once", func(t *testing.T) {
		f := func(x *jx.Array) *jx.Array { return num.Sum(num.Mul(5, num.Clip(x, -1, 1))) }
		require.Equal(t, "[5. 5. 0.]", jx.Grad(f)(x).String())
	})
	t.Run("double precision stays", func(t *testing.T) {
		y := num.Add(x, 0.1)
		require.Equal(t, jx.Float64, y.DType())
		require.Equal(t, 0.3+0.1, y.At(0).Float())
		grad := jx.Grad(func(x *jx.Array) *jx.Array { return num.Mul(0.1, x) })
		require.Equal(t, 0.1, grad(x.At(0)).Float())
		require.Equal(t, 0.1, jx.Jit(grad)(x.At(0)).Float())
		end := jx.Fori(0, 3, x.At(0), func(_, c *jx.Array) *jx.Array { return num.Mul(c, 0.1) })
		require.InDelta(t, 0.3*0.001, end.Float(), 1e-18)
		_, err := jx.Slice[float32](x)
		require.ErrorContains(t, err, "float64")
	})
	t.Run("a loop that one example would not leave", func(t *testing.T) {
		// Every example keeps its own end; the loop goes on for as long as one wants to.
		f := func(x *jx.Array) *jx.Array {
			return jx.While(x, func(x *jx.Array) *jx.Array { return num.Less(x, 10) }, func(x *jx.Array) *jx.Array { return num.Mul(x, 2) }, jx.MaxTrips(50))
		}
		require.Equal(t, "[16. 12.  0.]", jx.VMap(f)(jx.From([]float32{1, 3, 0})).String())
	})
	t.Run("the imaginary part", func(t *testing.T) {
		z := jx.From([]complex128{0.3 + 0.4i, -1 + 2i})
		adtest.CheckGrads(t, func(z *jx.Array) *jx.Array { return num.Mul(num.Imag(z), num.Abs(z)) }, z, adtest.Options{Order: 2})
		require.Equal(t, "-1j", jx.Grad(num.Imag)(jx.Scalar(1+2i)).String())
	})
	t.Run("a gradient through where at a bad point", func(t *testing.T) {
		safe := func(x *jx.Array) *jx.Array {
			ok := num.Greater(x, 0)
			return num.Where(ok, num.Log(num.Where(ok, x, 1)), 0)
		}
		require.Equal(t, 0.0, jx.Grad(safe)(jx.Scalar(0.0)).Float())
	})
}

// A chain of n ops, traced, differentiated and lowered.
func chain(t *testing.T, n int) time.Duration {
	runtime.GC()
	start := time.Now()
	low, err := jx.Lower(jx.Grad(func(x *jx.Array) *jx.Array {
		for range n {
			x = num.Sin(x)
		}
		return x
	}), jx.Abstract(jx.Float32))
	require.NoError(t, err)
	require.GreaterOrEqual(t, strings.Count(low.Text(), "stablehlo.cosine"), n)
	return time.Since(start)
}

func TestLongChainsAreLinear(t *testing.T) {
	half, whole := chain(t, 50_000), chain(t, 100_000)
	t.Logf("50,000 ops: %v; 100,000 ops: %v", half, whole)
	// Twice the work and some noise; a quadratic pass would take minutes.
	require.Less(t, whole, 4*half+5*time.Second)
}
