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

func TestAssociativeScan(t *testing.T) {
	add := func(a, b *jx.Array) *jx.Array { return num.Add(a, b) }
	xs := num.Arange(jx.Float32, 7)
	assert.Equal(t, "[ 0.  1.  3.  6. 10. 15. 21.]", fmt.Sprint(jx.AssociativeScan(xs, add)))
	assert.Equal(t, "[21. 21. 20. 18. 15. 11.  6.]", fmt.Sprint(jx.AssociativeScan(xs, add, jx.Reverse())))
}
