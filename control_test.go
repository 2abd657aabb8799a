package jacobi_test

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/debug"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/num"
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
	// A bound that is met stops the value, too, eager and compiled.
	for n := 1; n <= 3; n++ {
		f := grow(jx.MaxTrips(n))
		assert.Equal(t, steps(n)(x).Float(), f(x).Float(), "%d trips", n)
		assert.Equal(t, steps(n)(x).Float(), jx.Jit(f)(x).Float(), "%d trips, jitted", n)
	}
	// Mapped, each example takes its own number of steps.
	got := jx.VMap(jx.Grad(grow(jx.MaxTrips(20))))(jx.From([]float32{2, 20, 200}))
	assert.True(t, num.AllClose(got, num.Stack(0, want.As(jx.Float32), jx.Grad(steps(1))(jx.Scalar(float32(20))), jx.Scalar(float32(1)))), "%v", got)
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

// An option that does not apply is an error that says which do.
func TestLoopOptions(t *testing.T) {
	x := jx.From([]float32{1, 2})
	same := func(_, x *jx.Array) *jx.Array { return x }
	loops := map[string]struct {
		run   func(o ...jx.LoopOption)
		takes string
	}{
		"While": {func(o ...jx.LoopOption) {
			jx.While(x, func(x *jx.Array) *jx.Array { return num.Less(num.Sum(x), 0) }, num.Neg, o...)
		}, "MaxTrips LogMemory"},
		"Fori between Go numbers": {func(o ...jx.LoopOption) { jx.Fori(0, 2, x, same, o...) }, "Unroll"},
		"Fori between arrays":     {func(o ...jx.LoopOption) { jx.Fori(0, jx.Scalar(2), x, same, o...) }, "MaxTrips LogMemory"},
		"Scan": {func(o ...jx.LoopOption) {
			jx.Scan(x, x, func(c, x *jx.Array) (*jx.Array, *jx.Array) { return c, x }, o...)
		}, "Unroll Reverse Length"},
		"Map":             {func(o ...jx.LoopOption) { jx.Map(x, num.Neg, o...) }, "Unroll"},
		"AssociativeScan": {func(o ...jx.LoopOption) { jx.AssociativeScan(x, same, o...) }, "Reverse"},
	}
	options := map[string][]jx.LoopOption{
		"MaxTrips": {jx.MaxTrips(2)}, "LogMemory": {jx.LogMemory(), jx.MaxTrips(2)}, "Unroll": {jx.Unroll(2)},
		"Reverse": {jx.Reverse()}, "Length": {jx.Length(2)},
	}
	for name, loop := range loops {
		for option, o := range options {
			err := jx.Try(func() { loop.run(o...) })
			if slices.Contains(strings.Fields(loop.takes), option) {
				assert.NoError(t, err, "%s of %s", option, name)
				continue
			}
			var mistake *jx.Error
			require.ErrorAs(t, err, &mistake, "%s of %s", option, name)
			assert.Contains(t, mistake.Msg, "does not apply to a")
			assert.Contains(t, mistake.Msg, strings.ReplaceAll(loop.takes, " ", ", "))
			assert.Contains(t, mistake.Pos, "control_test.go:")
		}
	}
	scan, while := loops["Scan"].run, loops["While"].run
	for want, f := range map[string]func(){
		"Unroll(0): the number is at least 1":      func() { scan(jx.Unroll(0)) },
		"Length(-1): the number is at least 0":     func() { scan(jx.Length(-1)) },
		"MaxTrips(0): the number is at least 1":    func() { while(jx.MaxTrips(0)) },
		"MaxTrips; give a bound, too":              func() { while(jx.LogMemory()) },
		"2 steps, where others, or Length, have 3": func() { scan(jx.Length(3)) },
	} {
		assert.ErrorContains(t, jx.Try(f), want)
	}
}

// What an option asks for is in the program, also where values do not tell.
func TestLoopOptionsReachTheProgram(t *testing.T) {
	same := func(_, x *jx.Array) *jx.Array { return x }
	while := func(x *jx.Array, o ...jx.LoopOption) *jx.Array {
		return jx.While(x, func(x *jx.Array) *jx.Array { return num.Less(num.Sum(x), 0) }, num.Neg, o...)
	}
	scan := func(x *jx.Array, o ...jx.LoopOption) *jx.Array {
		_, y := jx.Scan(num.Sum(x), x, func(c, x *jx.Array) (*jx.Array, *jx.Array) { return c, x }, o...)
		return y
	}
	for _, row := range []struct {
		f    func(x *jx.Array) *jx.Array
		want string
	}{
		{func(x *jx.Array) *jx.Array { return while(x) }, ""},
		{func(x *jx.Array) *jx.Array { return while(x, jx.MaxTrips(20)) }, "max_trips=20 levels=2"},
		{func(x *jx.Array) *jx.Array { return while(x, jx.LogMemory(), jx.MaxTrips(20)) }, "max_trips=20 levels=5"},
		{func(x *jx.Array) *jx.Array {
			return jx.Fori(num.Argmax(x), 9, x, same, jx.MaxTrips(9), jx.LogMemory())
		}, "max_trips=9 levels=4"},
		{func(x *jx.Array) *jx.Array { return jx.Fori(0, 9, x, same, jx.Unroll(3)) }, "length=9 reverse=False unroll=3"},
		{func(x *jx.Array) *jx.Array { return jx.Map(x, num.Neg, jx.Unroll(2)) }, "length=8 reverse=False unroll=2"},
		{func(x *jx.Array) *jx.Array { return scan(x) }, "length=8 reverse=False unroll=1"},
		{func(x *jx.Array) *jx.Array { return scan(x, jx.Unroll(4), jx.Reverse()) }, "length=8 reverse=True unroll=4"},
	} {
		g, err := jx.MakeJaxpr(row.f, jx.Abstract(jx.Float32, 8))
		require.NoError(t, err)
		found := regexp.MustCompile(`(max_trips|levels|length|reverse|unroll)=\w+`).FindAllString(g.String(), -1)
		assert.ElementsMatch(t, strings.Fields(row.want), found, "%v", g)
	}
}

// What branches return is checked, and converted, also where the choice is
// known: as it is where the branches are staged.
func TestBranchesAgree(t *testing.T) {
	x := jx.From([]float32{1, 2})
	half := jx.Scalar(0.1).As(jx.Float64)
	ran := 0
	type result struct {
		V    any
		D    jx.DType
		Weak bool
	}
	for _, row := range []struct {
		name            string
		then, otherwise func() *jx.Array
		want            string
	}{
		{"shapes", func() *jx.Array { return x }, func() *jx.Array { return num.Sum(x) }, "f32[2]"},
		{"dtypes", func() *jx.Array { return x }, func() *jx.Array { return x.As(jx.Int32) }, "i32[2]"},
		{"trees", func() *jx.Array { return x }, func() *jx.Array { return nil }, "nil"},
		{"weak and of a higher kind", func() *jx.Array { return jx.Scalar(2.5) }, func() *jx.Array { return jx.Scalar(int32(1)) }, "i32[]"},
		{"a mistake in the other", func() *jx.Array { return x }, func() *jx.Array { return num.Add(x, num.Ones(jx.Float32, 3)) }, "broadcast"},
	} {
		for _, pred := range []bool{true, false} {
			f := func() *jx.Array { return jx.Cond(jx.Scalar(pred), row.then, row.otherwise) }
			assert.ErrorContains(t, jx.Try(func() { f() }), row.want, "%s, %v", row.name, pred)
			assert.ErrorContains(t, jx.Try(func() { jx.Jit(f)() }), row.want, "%s, %v, jitted", row.name, pred)
		}
	}
	for _, row := range []struct {
		then, otherwise func() *jx.Array
	}{
		{func() *jx.Array { return jx.Scalar(0.1) }, func() *jx.Array { return half }},
		{func() *jx.Array { return num.Mul(jx.Scalar(0.5), 3) }, func() *jx.Array { return half }},
		{func() *jx.Array { return jx.Scalar(1) }, func() *jx.Array { return half }},
		{func() *jx.Array { return jx.Scalar(1) }, func() *jx.Array { return jx.Scalar(0.1) }},
		{func() *jx.Array { return jx.Scalar(2.0) }, func() *jx.Array { return jx.Scalar(0.1) }},
		{func() *jx.Array { return jx.Scalar(2.0) }, func() *jx.Array { return jx.Scalar(float32(0.1)) }},
	} {
		for _, pred := range []bool{true, false} {
			calls := 0
			f := func(p *jx.Array) *jx.Array {
				return jx.Cond(p, func() *jx.Array { calls++; return row.then() }, row.otherwise)
			}
			of := func(x *jx.Array) result { return result{x.Complex(), x.DType(), x.Weak()} }
			p := jx.Scalar(pred)
			eager := f(p)
			assert.Equal(t, 1, calls)
			assert.Equal(t, of(eager), of(jx.Jit(f)(p)))
			assert.Equal(t, 2, calls, "a branch is traced once")
			d := jx.Grad(func(x *jx.Array) *jx.Array { // not staged as a constant
				y := f(num.Greater(x, 0))
				assert.Equal(t, eager.DType(), y.DType())
				assert.Equal(t, eager.Complex(), y.Complex())
				return x
			})
			d(num.Where(p, 1.0, -1.0))
			assert.Equal(t, 3, calls)
		}
	}
	// The branch not taken has no effect.
	ran = 0
	effect := func() *jx.Array { debug.Callback(x, func(*jx.Array) { ran++ }); return num.Sum(x) }
	require.Equal(t, 3.0, jx.Cond(jx.Scalar(false), effect, func() *jx.Array { return num.Sum(x) }).Float())
	require.Zero(t, ran)
	require.Equal(t, 3.0, jx.Switch(jx.Scalar(1), func() *jx.Array { return num.Sum(x) }, effect).Float())
	require.Equal(t, 1, ran)
	require.ErrorContains(t, jx.Try(func() { jx.Switch(jx.Scalar(1), effect, effect, func() *jx.Array { return x }) }), "branch 2 returns")
}

// Weak numbers that start a loop take another dtype of their kind, not a lower
// one, which would drop their fractions.
func TestWeakStates(t *testing.T) {
	to := func(d jx.DType) func(start *jx.Array) *jx.Array {
		return func(start *jx.Array) *jx.Array {
			return jx.Fori(0, 1, start, func(_, x *jx.Array) *jx.Array { return x.As(d) })
		}
	}
	assert.Equal(t, 0.1, to(jx.Float64)(jx.Scalar(0.1)).Float())
	assert.Equal(t, 2.0, to(jx.Float32)(jx.Scalar(2)).Float())
	for _, d := range []jx.DType{jx.Int32, jx.Bool} {
		err := jx.Try(func() { to(d)(jx.Scalar(2.5)) })
		require.ErrorContains(t, err, "State: f32[] and "+d.Short()+"[]")
	}
}

// Conditions of loops are bools, as in JAX; those of Cond may be numbers.
func TestConditions(t *testing.T) {
	for _, x := range []*jx.Array{jx.Scalar(float32(3)), jx.Scalar(int32(3))} {
		err := jx.Try(func() {
			jx.While(x, func(x *jx.Array) *jx.Array { return x }, func(x *jx.Array) *jx.Array { return num.Sub(x, 1) })
		})
		require.ErrorContains(t, err, "the condition is "+ops.Aval(x).String())
		y := jx.Cond(x, func() *jx.Array { return jx.Scalar(1) }, func() *jx.Array { return jx.Scalar(2) })
		require.Equal(t, 1, y.Int())
	}
}

// A function that traces itself without end is an error, and soon.
func TestEndlessRecursion(t *testing.T) {
	var jitted, grad func(x *jx.Array) *jx.Array
	jitted = jx.Jit(func(x *jx.Array) *jx.Array { return jitted(num.Add(x, 1)) })
	grad = func(x *jx.Array) *jx.Array { return jx.Grad(grad)(num.Mul(x, x)) }
	var factorial func(n *jx.Array) *jx.Array
	factorial = func(n *jx.Array) *jx.Array {
		return jx.Cond(num.LessEqual(n, 1), func() *jx.Array { return num.OnesLike(n) },
			func() *jx.Array { return num.Mul(n, factorial(num.Sub(n, 1))) })
	}
	for name, f := range map[string]func(x *jx.Array) *jx.Array{"Jit": jitted, "Grad": grad, "Cond": factorial, "Jit(Cond)": jx.Jit(factorial)} {
		start := time.Now()
		err := jx.Try(func() { f(jx.Scalar(3.0)) })
		require.ErrorContains(t, err, "calls itself while it is traced", name)
		require.ErrorContains(t, err, "control_test.go:", name)
		t.Log(name, time.Since(start))
		require.NoError(t, jx.Try(func() { num.Sum(num.Sin(jx.Scalar(1.0))).Float() }), "nothing is left open")
	}
}
