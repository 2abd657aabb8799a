package jacobi_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	jx "jacobi"
	"jacobi/num"
)

func TestFori(t *testing.T) {
	type carry struct{ X, N *jx.Array }
	body := func(i *jx.Array, c carry) carry { return carry{num.Mul(c.X, 2), num.Add(c.N, i)} }
	start := carry{jx.Scalar(1.0), jx.Scalar(0)}
	assert.Equal(t, "{X:1024.0 N:45}", fmt.Sprintf("%+v", jx.Fori(0, 10, start, body)))
	assert.Equal(t, "{X:1024.0 N:45}", fmt.Sprintf("%+v", jx.Fori(0, 10, start, body, jx.Unroll(3))))
	assert.Equal(t, "{X:1024.0 N:45}", fmt.Sprintf("%+v", jx.Fori(0, jx.Scalar(10), start, body)), "a bound that is an array")
	assert.Equal(t, "{X:1.0 N:0}", fmt.Sprintf("%+v", jx.Fori(3, 3, start, body)))

	power := func(x *jx.Array) *jx.Array {
		return jx.Fori(0, 3, jx.Scalar(1.0), func(_, y *jx.Array) *jx.Array { return num.Mul(y, x) })
	}
	assert.Equal(t, "12.0 12.0", fmt.Sprint(jx.Grad(power)(jx.Scalar(2.0)), jx.Grad(jx.Grad(power))(jx.Scalar(2.0))))
}

// recurrence is five steps of s = sin(x s + t), and how a Go loop writes it.
func recurrence(x *jx.Array) *jx.Array {
	end, _ := jx.Scan(x, num.Arange(jx.Float32, 5), func(s, t *jx.Array) (*jx.Array, *jx.Array) {
		s = num.Sin(num.Add(num.Mul(s, x), t))
		return s, s
	})
	return end
}

func unrolled(x *jx.Array) *jx.Array {
	s := x
	for t := range 5 {
		s = num.Sin(num.Add(num.Mul(s, x), t))
	}
	return s
}

func TestScan(t *testing.T) {
	sum, partial := jx.Scan(jx.Scalar(1.0), num.Arange(jx.Float32, 5), func(s, x *jx.Array) (*jx.Array, *jx.Array) {
		s = num.Add(s, x)
		return s, s
	})
	assert.Equal(t, "11.0 [ 1.  2.  4.  7. 11.]", fmt.Sprint(sum, partial))

	xs := jx.From([]float32{0.5, 0.6, -1})
	same := func(f, g func(*jx.Array) *jx.Array) {
		t.Helper()
		assert.True(t, num.AllClose(jx.VMap(f)(xs), jx.VMap(g)(xs), 1e-5, 1e-6))
		assert.True(t, num.AllClose(f(xs.At(0)), g(xs.At(0)), 1e-5, 1e-6))
	}
	same(unrolled, recurrence)
	same(jx.Grad(unrolled), jx.Grad(recurrence))
	same(jx.Grad(jx.Grad(unrolled)), jx.Grad(jx.Grad(recurrence)))
	same(jx.Hessian(unrolled), jx.Jit(jx.Hessian(recurrence)))
}

// The gradient through a loop of unknown length, bounded, is that of the steps
// it takes.
func TestMaxTrips(t *testing.T) {
	grow := func(opts ...jx.LoopOption) func(*jx.Array) *jx.Array {
		return func(x *jx.Array) *jx.Array {
			return jx.While(x,
				func(y *jx.Array) *jx.Array { return num.Less(y, 100) },
				func(y *jx.Array) *jx.Array { return num.Add(num.Square(y), x) }, opts...)
		}
	}
	steps := func(n int) func(x *jx.Array) *jx.Array {
		return func(x *jx.Array) *jx.Array {
			y := x
			for range n {
				y = num.Add(num.Square(y), x)
			}
			return y
		}
	}
	x := jx.Scalar(2.0) // 6, 38, 1446
	want := jx.Grad(steps(3))(x)
	for _, opts := range [][]jx.LoopOption{{jx.MaxTrips(20)}, {jx.MaxTrips(20), jx.LogMemory()}, {jx.MaxTrips(3)}} {
		assert.True(t, num.AllClose(jx.Grad(grow(opts...))(x), want))
		assert.True(t, num.AllClose(jx.Jit(jx.Grad(grow(opts...)))(x), want))
	}
	// Mapped, each example takes its own number of steps.
	got := jx.VMap(jx.Grad(grow(jx.MaxTrips(20))))(jx.From([]float32{2, 20, 200}))
	assert.True(t, num.AllClose(got, num.Stack(want.As(jx.Float32), jx.Grad(steps(1))(jx.Scalar(float32(20))), jx.Scalar(float32(1)))), "%v", got)
}

func TestCond(t *testing.T) {
	f := func(x *jx.Array) *jx.Array {
		return jx.Cond(num.Greater(x, 0),
			func() *jx.Array { return num.Sin(x) },
			func() *jx.Array { return num.Cos(x) })
	}
	assert.Equal(t, "0.5403023 0.84147096", fmt.Sprint(jx.Jit(jx.Grad(f))(jx.Scalar(1.0)), jx.Grad(f)(jx.Scalar(-1.0))))
	assert.Equal(t, "[0.5403023  0.84147096]", fmt.Sprint(jx.VMap(jx.Grad(f))(jx.From([]float32{1, -1}))))

	g := jx.Jit(func(i, x *jx.Array) *jx.Array {
		return jx.Switch(i,
			func() *jx.Array { return x },
			func() *jx.Array { return num.Square(x) },
			func() *jx.Array { return num.Pow(x, 3) })
	})
	for i, want := range map[int]float64{-1: 2, 0: 2, 1: 4, 2: 8, 7: 8} {
		assert.Equal(t, want, g(jx.Scalar(i), jx.Scalar(2.0)).Float(), "branch %d", i)
	}
}

func TestAssociativeScan(t *testing.T) {
	add := func(a, b *jx.Array) *jx.Array { return num.Add(a, b) }
	xs := num.Arange(jx.Float32, 7)
	assert.Equal(t, "[ 0.  1.  3.  6. 10. 15. 21.]", fmt.Sprint(jx.AssociativeScan(xs, add)))
	assert.Equal(t, "[21. 21. 20. 18. 15. 11.  6.]", fmt.Sprint(jx.AssociativeScan(xs, add, jx.Reverse())))
}
