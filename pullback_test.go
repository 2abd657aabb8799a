package jacobi_test

import (
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/jit"
	"github.com/jacobi-go/jacobi/num"
)

type (
	arr      = *jx.Array
	pullback = jx.Pullback[arr, arr]
)

type pulled struct {
	Y    arr
	Pull pullback
}

func cubeAt(x arr) pulled {
	y, p := jx.VJPTree(func(x arr) arr { return num.Mul(num.Pow(x, 3), num.Sin(x)) }, x)
	return pulled{y, p}
}

// apply is a function of a pullback, to be transformed.
func apply(p pullback, ct arr) arr { return p.Call(ct) }

func TestPullbackIsATree(t *testing.T) {
	x, two := jx.From([]float64{0.3, 1.2}), jx.From([]float64{2, 2})
	want := cubeAt(x)
	g := jx.Grad(func(x arr) arr { return num.Mul(2, num.Sum(cubeAt(x).Y)) })(x)
	requireClose(t, g, want.Pull.Call(two))
	requireClose(t, num.ZerosLike(x), want.Pull.Call(nil))

	t.Run("result of a call", func(t *testing.T) {
		f := jx.Jit(cubeAt)
		for range 2 {
			requireClose(t, g, f(x).Pull.Call(two))
		}
		requireClose(t, jx.Jit(apply)(f(num.Mul(2, x)).Pull, two), f(num.Mul(2, x)).Pull.Call(two))
	})
	t.Run("argument of a call", func(t *testing.T) {
		calls := 0
		f := jx.Jit(func(p pullback, ct arr) arr { calls++; return p.Call(ct) })
		requireClose(t, g, f(want.Pull, two))
		requireClose(t, cubeAt(two).Pull.Call(x), f(cubeAt(two).Pull, x))
		require.Equal(t, 1, calls, "the pullbacks differ in their arrays only")
		_, sin := jx.VJPTree(num.Sin, x)
		requireClose(t, num.Mul(2, num.Cos(x)), f(sin, two))
		require.Equal(t, 2, calls)
	})
	t.Run("mapped", func(t *testing.T) {
		many := jx.VMap(cubeAt)(x)
		requireClose(t, g, jx.VMap(apply)(many.Pull, two))
		requireClose(t, g, jx.Jit(jx.VMap(apply))(jx.Jit(jx.VMap(cubeAt))(x).Pull, two))
		err := jx.Try(func() { many.Pull.Call(two.At(0)) })
		require.ErrorContains(t, err, "use jx.VMap")
	})
	t.Run("in a loop", func(t *testing.T) {
		many := jx.Map(x, cubeAt)
		requireClose(t, g, jx.VMap(apply)(many.Pull, two))
	})
	t.Run("differentiated", func(t *testing.T) {
		f := func(x arr) arr { return num.Sum(jx.Jit(apply)(jx.Jit(cubeAt)(x).Pull, num.Square(x))) }
		same := func(x arr) arr {
			_, p := jx.VJP(func(x arr) arr { return num.Mul(num.Pow(x, 3), num.Sin(x)) }, x)
			return num.Sum(p(num.Square(x)))
		}
		requireClose(t, jx.Grad(same)(x), jx.Grad(f)(x))
		requireClose(t, jx.Hessian(same)(x), jx.Hessian(f)(x))
	})
	require.ErrorContains(t, jx.Try(func() { pullback{}.Call(x) }), "jx.VJPTree")
}

func TestPullbackAsResidual(t *testing.T) {
	f := func(x arr) arr { return num.Mul(num.Pow(x, 3), num.Sin(x)) }
	custom := jx.CustomVJP(f,
		func(x arr) (arr, pullback) { return jx.VJPTree(f, x) },
		func(p pullback, ct arr) arr { return num.Mul(3, p.Call(ct)) })
	x := jx.Scalar(0.7).As(jx.Float64)
	want := num.Mul(3, jx.Grad(f)(x))
	requireClose(t, want, jx.Grad(custom)(x))
	requireClose(t, want, jx.Jit(jx.Grad(custom))(x))
	requireClose(t, num.Stack(0, want, want), jx.VMap(jx.Grad(custom))(num.Stack(0, x, x)))
	requireClose(t, num.Mul(3, jx.Grad(jx.Grad(f))(x)), jx.Grad(jx.Grad(custom))(x))
	_, p := jx.VJP(custom, x)
	requireClose(t, want, p(num.OnesLike(x)))
}

// A rule that waits is traced when the arrays of the pullback are asked for.
func TestPullbackWithLateRule(t *testing.T) {
	var called []string
	scale := jx.Scalar(5.0).As(jx.Float64)
	f := jx.CustomVJP(
		func(x arr) arr { called = append(called, "f"); return num.Sin(x) },
		func(x arr) (arr, arr) { called = append(called, "fwd"); return num.Sin(x), x },
		func(x, g arr) arr { called = append(called, "bwd"); return num.Mul(num.Mul(scale, num.Cos(x)), g) })
	f(jx.Scalar(1.0).As(jx.Float64))
	x := jx.Scalar(0.7).As(jx.Float64)
	jx.Grad(f)(x) // f's value is known from here on
	called = nil
	_, p := jx.VJPTree(func(x arr) arr { return num.Mul(2, f(f(x))) }, x)
	require.Equal(t, []string{"fwd", "fwd"}, called)
	want := jx.Jit(apply)(p, num.OnesLike(x))
	require.Equal(t, []string{"fwd", "fwd", "bwd", "bwd"}, called)
	requireClose(t, num.Mul(num.Mul(50, num.Cos(x)), num.Cos(num.Sin(x))), want)
	requireClose(t, want, p.Call(num.OnesLike(x)))
	require.Equal(t, []string{"fwd", "fwd", "bwd", "bwd"}, called)
}

// A rule that waits may read the numbers of its residuals, and of what they were
// computed from.
func TestLateRuleReadsNumbers(t *testing.T) {
	f := jx.CustomVJP(num.Sin, func(x arr) (arr, [2]arr) { return num.Sin(x), [2]arr{x, num.Cos(x)} },
		func(r [2]arr, ct arr) arr { return num.Mul(num.Mul(ct, r[0].Float()), r[1].Float()) })
	x := jx.Scalar(0.7).As(jx.Float64)
	_, p := jx.VJP(f, x)
	requireClose(t, num.Mul(x, num.Cos(x)), p(num.OnesLike(x)))
}

// A pullback keeps its residuals, whatever becomes of the list it got.
func TestPullbackKeepsItsResiduals(t *testing.T) {
	x := jx.From([]float64{0.3, 1.2})
	p := cubeAt(x).Pull
	res := slices.Clone(p.TreeLeaves())
	q := p.TreeWith(res).(pullback)
	clear(res)
	requireClose(t, p.Call(x), q.Call(x))
}

func TestPullbackThatIsNoTree(t *testing.T) {
	x := jx.From([]float64{0.3, 1.2})
	type both struct {
		Y    arr
		Pull func(arr) arr
	}
	f := func(x arr) both {
		y, p := jx.VJP(num.Sin, x)
		return both{y, p}
	}
	custom := jx.CustomVJP(num.Sin,
		func(x arr) (arr, func(arr) arr) { return jx.VJP(num.Sin, x) },
		func(p func(arr) arr, ct arr) arr { return p(ct) })
	for name, run := range map[string]func(){
		"jit":      func() { jx.Jit(f)(x).Pull(x) },
		"vmap":     func() { jx.VMap(f)(x).Pull(x.At(0)) },
		"residual": func() { jx.Grad(func(x arr) arr { return num.Sum(custom(x)) })(x) },
		"late":     func() { _, p := jx.VJP(custom, x); p(x) },
	} {
		t.Run(name, func(t *testing.T) {
			err := jx.Try(run)
			require.ErrorContains(t, err, "jx.VJPTree")
			require.ErrorContains(t, err, "pullback_test.go:")
		})
	}
}

// Derivatives that are kept for equal functions report the lines of the
// function that they are asked of.
func TestOwnLines(t *testing.T) {
	type loop = func(arr) arr
	less := func(x arr) arr { return num.Less(x, 100) }
	double := func(x arr) arr { return num.Mul(x, 2) }
	first := func(x arr) arr { return jx.While(x, less, double) }  // line A
	second := func(x arr) arr { return jx.While(x, less, double) } // line B
	x := jx.Scalar(1.0)
	var lines []string
	for _, f := range []loop{first, second} {
		_, p := jx.VJP(f, x)
		err := jx.Try(func() { p(x) })
		require.Error(t, err)
		lines = append(lines, err.(*jx.Error).Pos)
	}
	require.NotEqual(t, lines[0], lines[1])
	lines = nil
	back := func(f loop) loop {
		return jx.CustomVJP(f, func(x arr) (arr, arr) { return f(x), x }, func(x, g arr) arr { return g })
	}
	sin := back(num.Sin)
	third := func(x arr) arr { return jx.Jit(sin)(x) }
	fourth := func(x arr) arr { return jx.Jit(sin)(x) }
	for _, f := range []loop{third, fourth} {
		err := jx.Try(func() { jx.Linearize(f, x) })
		require.Error(t, err)
		lines = append(lines, err.(*jx.Error).Pos)
	}
	require.NotEqual(t, lines[0], lines[1])
}

func heapObjects() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapObjects
}

// Un-jitted derivatives of custom functions leave nothing behind, and run
// programs that are there.
func TestMemoryOfCustomRulesIsFlat(t *testing.T) {
	calls := 20_000
	if testing.Short() {
		calls = 1_000
	}
	ten := jx.Scalar(10.0).As(jx.Float32)
	tenfold := func() func(arr) arr { // a rule that closes over an array
		return jx.CustomVJP(num.Square,
			func(x arr) (arr, arr) { return num.Square(x), x },
			func(x, g arr) arr { return num.Mul(num.Mul(ten, x), g) })
	}
	kept := tenfold()
	pull := func(f func(arr) arr, x arr) arr {
		_, p := jx.VJP(f, x)
		return p(num.OnesLike(x))
	}
	forward := jx.CustomJVP(num.Square, func(x, dx arr) (arr, arr) { return num.Square(x), num.Mul(num.Mul(ten, x), dx) })
	sqrt := func(a arr) arr {
		return jx.CustomRoot(func(x arr) arr { return num.Sub(num.Square(x), a) }, num.OnesLike(a),
			func(f func(arr) arr, x arr) arr {
				return jx.Fori(0, 10, x, func(_, x arr) arr { return num.Mul(0.5, num.Add(x, num.Div(a, x))) })
			},
			func(g func(arr) arr, y arr) arr { return num.Div(y, g(num.OnesLike(y))) })
	}
	small := jx.Scalar(3.0).As(jx.Float32)
	require.Equal(t, 30.0, pull(kept, small).Float())
	for name, c := range map[string]struct {
		once func(x arr) arr
		part int // of the calls
	}{
		"vjp":               {func(x arr) arr { return pull(kept, x) }, 1},
		"vjp of a new rule": {func(x arr) arr { return pull(tenfold(), x) }, 4},
		"vjp, not called":   {func(x arr) arr { y, _ := jx.VJP(kept, x); return y }, 4},
		"vjp tree": {func(x arr) arr {
			_, p := jx.VJPTree(kept, x)
			return p.Call(x)
		}, 4},
		"grad":      {jx.Grad(kept), 4},
		"grad, jvp": {jx.Grad(forward), 4},
		"jvp": {func(x arr) arr {
			_, dy := jx.JVP(forward, x, x)
			return dy
		}, 4},
		"linearize": {func(x arr) arr {
			_, f := jx.Linearize(forward, x)
			return f(x)
		}, 4},
		"map":  {func(x arr) arr { return jx.VMap(jx.Grad(kept))(num.ExpandDims(x, 0)) }, 10},
		"jac":  {jx.JacRev(kept), 10},
		"root": {jx.Grad(sqrt), 40},
	} {
		t.Run(name, func(t *testing.T) {
			n := max(100, calls/c.part)
			for range 20 {
				c.once(small)
			}
			before, compiled := heapObjects(), jit.Compilations()
			for range n {
				c.once(small)
			}
			require.Eventually(t, func() bool { return heapObjects() < before+uint64(n/4) }, 10*time.Second, 10*time.Millisecond, "objects left by %d calls", n)
			require.Equal(t, compiled, jit.Compilations())
		})
	}

	large := func() arr { return num.Add(num.Ones(jx.Float32, 512, 512), 1) } // 1 MiB
	run := func(n int) int {
		for range n {
			pull(kept, large())
		}
		runtime.GC()
		return rss(t)
	}
	was := run(300) // the garbage that is normal
	require.Less(t, run(700)-was, 350<<20)
}

// Functions with rules, and pullbacks whose rules wait, are for any goroutine.
func TestRulesInManyGoroutines(t *testing.T) {
	f := jx.CustomVJP(num.Square,
		func(x arr) (arr, arr) { return num.Square(x), x },
		func(x, g arr) arr { return num.Mul(num.Mul(10, x), g) })
	x := jx.Scalar(3.0).As(jx.Float32)
	_, p := jx.VJPTree(f, x)
	var all sync.WaitGroup
	got := make([]float64, 16)
	for i := range got {
		all.Go(func() {
			if i%2 == 0 {
				got[i] = p.Call(num.OnesLike(x)).Float()
			} else {
				got[i] = jx.Grad(f)(x).Float()
			}
		})
	}
	all.Wait()
	for _, g := range got {
		require.Equal(t, 30.0, g)
	}
}
