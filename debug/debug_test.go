package debug_test

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/debug"
	"github.com/jacobi-go/jacobi/jit"
	"github.com/jacobi-go/jacobi/num"
)

func Example() {
	f := jx.Jit(func(x *jx.Array) *jx.Array {
		debug.Print("x = {}", x)
		s, _ := jx.Scan(x, num.Arange(jx.Float32, 3), func(c, t *jx.Array) (*jx.Array, *jx.Array) {
			debug.Print("t = {}, c = {}", t, c)
			return num.Add(c, t), nil
		})
		debug.Callback(s, func(s *jx.Array) { fmt.Println("s is", s) })
		return num.Sin(s)
	})
	fmt.Println(f(jx.Scalar(1.0)))
	fmt.Println(jx.Grad(f)(jx.Scalar(1.0)))
	fmt.Println(jx.VMap(f)(jx.From([]float32{1, 2})))
	// Output:
	// x = 1.0
	// t = 0.0, c = 1.0
	// t = 1.0, c = 1.0
	// t = 2.0, c = 2.0
	// s is 4.0
	// -0.7568025
	// x = 1.0
	// t = 0.0, c = 1.0
	// t = 1.0, c = 1.0
	// t = 2.0, c = 2.0
	// s is 4.0
	// -0.6536436
	// x = [1. 2.]
	// t = 0.0, c = [1. 2.]
	// t = 1.0, c = [1. 2.]
	// t = 2.0, c = [2. 3.]
	// s is [4. 5.]
	// [-0.7568025 -0.9589243]
}

// The hook gets the cotangent that the backward pass has when it runs.
func TestBreakInBackwardPass(t *testing.T) {
	type seen struct{ X, G *jx.Array }
	inspect := jx.CustomVJP(
		func(x *jx.Array) *jx.Array { return x },
		func(x *jx.Array) (*jx.Array, *jx.Array) { return x, x },
		func(x, g *jx.Array) *jx.Array {
			debug.Break(seen{x, g})
			return g
		})
	foo := func(x *jx.Array) *jx.Array { return num.Sin(inspect(num.Square(x))) }
	var got []string
	before := debug.OnBreak(func(where string, x any) { got = append(got, where+fmt.Sprintf(" %+v", x)) })
	defer debug.OnBreak(before)
	for _, grad := range []func(*jx.Array) *jx.Array{jx.Grad(foo), jx.Jit(jx.Grad(foo))} {
		got = nil
		require.InDelta(t, -5.466781, grad(jx.Scalar(3.0)).Float(), 1e-5)
		require.Len(t, got, 1)
		require.True(t, strings.HasPrefix(got[0], "debug_test.go:"), got[0])
		require.Contains(t, got[0], "{X:9.0 G:-0.91113025}")
	}
}

// Effects happen in the program's order, in calls, branches and loops, at every
// run.
func TestOrder(t *testing.T) {
	var got []int
	note := func(i int, x *jx.Array) { debug.Callback(x, func(*jx.Array) { got = append(got, i) }) }
	inner := jx.Jit(func(x *jx.Array) *jx.Array { note(1, x); note(2, x); return num.Add(x, 1) })
	f := jx.Jit(func(x *jx.Array) *jx.Array {
		note(0, x)
		x = inner(x)
		x = jx.Cond(num.Greater(x, 0),
			func() *jx.Array { note(3, x); return num.Mul(x, 2) },
			func() *jx.Array { note(-1, x); return x })
		note(4, x)
		x = jx.Fori(0, 3, x, func(i, x *jx.Array) *jx.Array { note(5, x); note(6, x); return x })
		note(7, x)
		return inner(x)
	})
	for range 50 {
		got = nil
		require.Equal(t, 5.0, f(jx.Scalar(1.0)).Float())
		require.Equal(t, []int{0, 1, 2, 3, 4, 5, 6, 5, 6, 5, 6, 7, 1, 2}, got)
	}
}

// An un-jitted derivative with a callback is one program, however often the
// closure is made.
func TestNoRecompilation(t *testing.T) {
	grad := func(x float64) float64 {
		return jx.Grad(func(x *jx.Array) *jx.Array {
			debug.Callback(x, func(*jx.Array) {})
			return num.Cos(num.Mul(3, x))
		})(jx.Scalar(x)).Float()
	}
	grad(1)
	before := jit.Compilations()
	grad(2)
	grad(3)
	require.Equal(t, before, jit.Compilations())
}

func TestErrors(t *testing.T) {
	f := jx.Jit(func(x *jx.Array) *jx.Array {
		debug.Callback(x, func(x *jx.Array) { fmt.Print(num.Add(x, x)) })
		return num.Sin(x)
	})
	require.ErrorContains(t, jx.Try(func() { f(jx.Scalar(1.0)) }), "a callback cannot run programs")
	g := jx.Jit(func(x *jx.Array) *jx.Array {
		debug.Callback(x, func(*jx.Array) { panic("my mistake") })
		return num.Sin(x)
	})
	require.ErrorContains(t, jx.Try(func() { g(jx.Scalar(1.0)) }), "my mistake")
	require.ErrorContains(t, jx.Try(func() { jx.Jit(num.Sin)(jx.Scalar(1.0)); f(jx.Scalar(1.0)) }), "debug.Callback: Add: a callback cannot")
	require.ErrorContains(t, jx.Try(func() { debug.Print("{} {}", jx.Scalar(1)) }), "2 places {} for 1 values")
	h := func(x *jx.Array) *jx.Array {
		return jx.Cond(num.Greater(x, 0), func() *jx.Array { debug.Print("yes"); return x }, func() *jx.Array { return x })
	}
	require.ErrorContains(t, jx.Try(func() { jx.VMap(h)(jx.From([]float32{1, -1})) }), "a branch has effects")
	w := func(x *jx.Array) *jx.Array {
		return jx.While(x, func(x *jx.Array) *jx.Array { return num.Less(x, 10) }, func(x *jx.Array) *jx.Array { debug.Print("{}", x); return num.Add(x, 3) })
	}
	require.ErrorContains(t, jx.Try(func() { jx.VMap(w)(jx.From([]float32{1, 5})) }), "the loop has effects")
}

// Reading a number while differentiating runs a part of the program ahead of
// it; the effects in that part happen once all the same.
func TestReadingHasNoEffects(t *testing.T) {
	n := 0
	note := func(x *jx.Array) *jx.Array { debug.Callback(x, func(*jx.Array) { n++ }); return num.Mul(2, x) }
	nested := jx.Jit(note)
	for name, row := range map[string]struct {
		f    func(x *jx.Array) *jx.Array
		want int
	}{
		"op":  {note, 1},
		"Jit": {nested, 1},
		"Cond": {func(x *jx.Array) *jx.Array {
			return jx.Cond(num.Greater(x, 0), func() *jx.Array { return note(x) }, func() *jx.Array { return x })
		}, 1},
		"Scan": {func(x *jx.Array) *jx.Array {
			y, _ := jx.Scan(x, num.Arange(jx.Float32, 3), func(x, _ *jx.Array) (*jx.Array, *jx.Array) { return note(x), nil })
			return y
		}, 3},
		"While": {func(x *jx.Array) *jx.Array {
			return jx.While(x, func(x *jx.Array) *jx.Array { return num.Less(x, 10) }, note, jx.MaxTrips(9))
		}, 3}, // 1.5, 3, 6, 12
		"Checkpoint": {jx.Checkpoint(note), 1},
		"CustomJVP":  {jx.CustomJVP(note, func(x, dx *jx.Array) (*jx.Array, *jx.Array) { return note(x), num.Mul(2, dx) }), 1},
		"CustomVJP": {jx.CustomVJP(note, func(x *jx.Array) (*jx.Array, *jx.Array) { y := note(x); return y, y },
			func(y, ct *jx.Array) *jx.Array { _ = y.Float(); return num.Mul(2, ct) }), 1},
	} {
		read := func(x *jx.Array) *jx.Array {
			y := row.f(x)
			if y.Float() > 1 && num.Sin(y).Float() < 2 {
				return y
			}
			return num.Neg(y)
		}
		for transform, run := range map[string]func(x *jx.Array){
			"eager": func(x *jx.Array) { read(x) },
			"Grad":  func(x *jx.Array) { jx.Grad(read)(x) },
			"VJP":   func(x *jx.Array) { _, pull := jx.VJP(read, x); pull(jx.Scalar(float32(1))) },
			"JVP":   func(x *jx.Array) { jx.JVP(read, x, num.OnesLike(x)) },
		} {
			if name == "CustomVJP" && strings.HasSuffix(transform, "P") {
				continue // it has no forward mode, and VJP traces the rule when there is no number any more
			}
			n = 0
			run(jx.Scalar(float32(1.5)))
			require.Equal(t, row.want, n, "%s under %s", name, transform)
		}
	}
}

// Two functions that are one program but for their lines: it is compiled once,
// and what fails says which line, called by what program, run where.
func TestErrorsNameTheirLine(t *testing.T) {
	fail := func(*jx.Array) { panic("my mistake") }
	first := func(x *jx.Array) (y *jx.Array, line string) {
		debug.Callback(x, fail)
		return num.Cos(x), here(-1)
	}
	second := func(x *jx.Array) (y *jx.Array, line string) {
		debug.Callback(x, fail)
		return num.Cos(x), here(-1)
	}
	before := jit.Compilations()
	for _, f := range []func(*jx.Array) (*jx.Array, string){first, second} {
		line := ""
		of := func(x *jx.Array) (y *jx.Array) { y, line = f(x); return y }
		for program, run := range map[string]func(*jx.Array) *jx.Array{"grad": jx.Grad(of), `TestErrorsNameTheirLine_\w+`: jx.Jit(of)} {
			err := jx.Try(func() { run(jx.Scalar(0.5)) })
			var e *jx.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, line, e.Pos)
			require.Equal(t, "debug.Callback", e.Op)
			require.Regexp(t, `^my mistake; it panicked at debug_test.go:\d+; called by the program `+program+`, run at `+here(-5)+"$", e.Msg)
		}
	}
	require.EqualValues(t, 2, jit.Compilations()-before)
	l, err := jx.Lower(func(x *jx.Array) *jx.Array { y, _ := first(x); return y }, jx.Scalar(0.5))
	require.NoError(t, err)
	require.Contains(t, l.Text(), "module @TestErrorsNameTheirLine_func")
	require.Regexp(t, `#line\d+ = loc\("debug_test.go":\d+:0\)`, l.Text())
}

// here is the caller's line, and some more.
func here(more int) string {
	_, file, line, _ := runtime.Caller(1)
	return fmt.Sprintf("%s:%d", filepath.Base(file), line+more)
}
