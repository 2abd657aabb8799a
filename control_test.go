package jacobi_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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

// An index chooses among as many functions as its dtype can count, jitted as
// not, and is clamped to them.
func TestSwitchOfManyFunctions(t *testing.T) {
	branches := make([]func() *jx.Array, 200)
	for i := range branches {
		branches[i] = func() *jx.Array { return jx.Scalar(int32(i)) }
	}
	pick := func(i *jx.Array) *jx.Array { return jx.Switch(i, branches...) }
	jitted, mapped := jx.Jit(pick), jx.VMap(pick)
	for _, row := range []struct {
		index *jx.Array
		want  []int32
	}{
		{jx.From([]int8{-128, 0, 1, 127}), []int32{0, 0, 1, 127}},
		{jx.From([]uint8{0, 127, 128, 255}), []int32{0, 127, 128, 199}},
		{jx.From([]int64{-1 << 40, 128, 199, 1 << 40}), []int32{0, 128, 199, 199}},
		{jx.From([]uint64{0, 150, 1 << 32, 1 << 63}), []int32{0, 150, 199, 199}},
	} {
		if d := row.index.DType(); d == jx.Int8 || d == jx.Int64 {
			got, err := jx.Slice[int32](mapped(row.index))
			require.NoError(t, err)
			assert.Equal(t, row.want, got, "mapped, %v", d)
		}
		for k, want := range row.want {
			i := row.index.At(k)
			assert.EqualValues(t, want, pick(i).Int(), "%v", i.DType())
			assert.EqualValues(t, want, jitted(i).Int(), "jitted, %v", i.DType())
		}
	}
}

// The bounds of a loop may be any integers; the index has their dtype.
func TestForiBounds(t *testing.T) {
	sum := func(i, s *jx.Array) *jx.Array { return num.Add(s, i.As(jx.Int64)) }
	zero := jx.Scalar(int64(0))
	const big = 1 << 31
	want := 3*big + 3
	assert.Equal(t, want, jx.Fori(big, big+3, zero, sum).Int())
	assert.Equal(t, want, jx.Jit(func(x *jx.Array) *jx.Array { return jx.Fori(big, big+3, x, sum) })(zero).Int())
	assert.Equal(t, -want, jx.Fori(-big-2, -big+1, zero, sum).Int())
	assert.Equal(t, want, jx.Fori(int64(big), int64(big+3), zero, sum).Int())
	assert.Equal(t, want, jx.Fori(jx.Scalar(int64(big)), jx.Scalar(int64(big+3)), zero, sum).Int(), "between arrays")
	assert.Equal(t, want, jx.Fori(jx.Scalar(int64(big)), big+3, zero, sum).Int(), "between an array and a number")
	for _, row := range []struct {
		d   jx.DType
		run func(body func(i, s *jx.Array) *jx.Array)
	}{
		{jx.Int32, func(f func(i, s *jx.Array) *jx.Array) { jx.Fori(0, 2, zero, f) }},
		{jx.Int32, func(f func(i, s *jx.Array) *jx.Array) { jx.Fori(-big, big-1, jx.Abstract(jx.Int64), f) }},
		{jx.Int64, func(f func(i, s *jx.Array) *jx.Array) { jx.Fori(0, big, jx.Abstract(jx.Int64), f) }},
		{jx.Int8, func(f func(i, s *jx.Array) *jx.Array) { jx.Fori(int8(1), 3, zero, f) }},
		{jx.Uint64, func(f func(i, s *jx.Array) *jx.Array) { jx.Fori(uint64(1<<63), uint64(1<<63+2), zero, f) }},
		{jx.Uint8, func(f func(i, s *jx.Array) *jx.Array) { jx.Fori(jx.Scalar(uint8(1)), 3, zero, f) }},
	} {
		var got jx.DType
		_ = jx.Try(func() { row.run(func(i, s *jx.Array) *jx.Array { got = i.DType(); return s }) })
		assert.Equal(t, row.d, got)
	}
	// Typed Go numbers are known as ints are: reverse mode works.
	cube := func(x *jx.Array) *jx.Array {
		return jx.Fori(int64(0), int64(2), x, func(_, y *jx.Array) *jx.Array { return num.Mul(y, x) })
	}
	assert.Equal(t, 12.0, jx.Grad(cube)(jx.Scalar(2.0)).Float())
}

// A length beyond int32 is counted in int64.
func TestLongLoopsAreCounted(t *testing.T) {
	text := func(f func(x *jx.Array) *jx.Array) string {
		low, err := jx.Lower(f, jx.Abstract(jx.Float32))
		require.NoError(t, err)
		return low.Text()
	}
	scan := func(n int, opts ...jx.LoopOption) func(x *jx.Array) *jx.Array {
		return func(x *jx.Array) *jx.Array {
			y, _ := jx.Scan(x, struct{}{}, func(x *jx.Array, _ struct{}) (*jx.Array, struct{}) { return num.Sin(x), struct{}{} },
				append(opts, jx.Length(n))...)
			return y
		}
	}
	while := func(n int) func(x *jx.Array) *jx.Array {
		return func(x *jx.Array) *jx.Array {
			return jx.While(x, func(x *jx.Array) *jx.Array { return num.Less(x, 9) }, num.Sin, jx.MaxTrips(n))
		}
	}
	for _, f := range []func(x *jx.Array) *jx.Array{scan(1<<32 + 5), scan(1<<32+5, jx.Reverse()), while(1<<32 + 5)} {
		require.Contains(t, text(f), "dense<4294967301> : tensor<i64>")
		require.NotContains(t, text(f), "tensor<i32>")
	}
	require.Contains(t, text(scan(1<<31-1)), "dense<2147483647> : tensor<i32>")
	require.Contains(t, text(jx.Grad(while(1<<32+5))), "dense<4294967301> : tensor<i64>")
	// The greatest bound there is bounds nothing.
	short := func(x *jx.Array) *jx.Array {
		return jx.While(x, func(x *jx.Array) *jx.Array { return num.Less(x, 9) }, func(x *jx.Array) *jx.Array { return num.Mul(2, x) }, jx.MaxTrips(math.MaxInt))
	}
	require.Equal(t, 16.0, jx.Jit(short)(jx.Scalar(1.0)).Float())
	err := jx.Try(func() {
		jx.Fori(math.MinInt, math.MaxInt, jx.Scalar(1.0), func(_, x *jx.Array) *jx.Array { return x })
	})
	require.ErrorContains(t, err, "more steps")
}
