package jacobi_test

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/jit"
	"github.com/jacobi-go/jacobi/num"
)

// compiledBy counts the programs that f compiles.
func compiledBy(f func()) int64 {
	before := jit.Compilations()
	f()
	return jit.Compilations() - before
}

func TestOneProgramPerKindOfArguments(t *testing.T) {
	jx.ClearCaches()
	traced := 0
	type in struct {
		X *jx.Array
		N int
	}
	f := jx.Jit(func(a in) *jx.Array {
		traced++
		return num.Mul(num.Mul(a.X, a.N), 1.25)
	})
	a, b := jx.From([]float32{1, 2}), jx.From([]float32{3, 4})
	require.EqualValues(t, 1, compiledBy(func() { f(in{a, 2}); f(in{b, 2}); f(in{a, 2}) }))
	require.EqualValues(t, 1, compiledBy(func() { f(in{a, 3}) })) // a static leaf
	two := num.Stack(0, a, a)
	require.EqualValues(t, 1, compiledBy(func() { f(in{two, 3}); f(in{a, 2}) }))
	require.Equal(t, "[3.75 7.5 ]", f(in{a, 3}).String())
	require.Equal(t, 3, traced)
}

// Go numbers are inputs of un-jitted derivatives: a step size that changes does
// not compile.
func TestNumbersDoNotRecompileDerivatives(t *testing.T) {
	x := jx.From([]float64{1, 2, 3})
	step := func(rate float64) *jx.Array {
		f := func(x *jx.Array) *jx.Array { return num.Sum(num.Mul(rate, num.Sin(num.Mul(2, x)))) }
		_, hv := jx.JVP(jx.Grad(f), x, x)
		y, pullback := jx.VJP(f, x)
		return num.AddN(hv, pullback(y), jx.VMap(func(x *jx.Array) *jx.Array { return num.Mul(x, rate) })(x))
	}
	want := step(0.5)
	requireClose(t, want, step(0.5)) // comparing compiles, too
	require.Zero(t, compiledBy(func() {
		requireClose(t, want, step(0.5))
		step(0.25)
		step(1e-3)
	}))
	require.NotEqual(t, want.String(), step(0.25).String())
	// numbers that were equal when it was compiled need not be later
	two := func(a, b float64) float64 {
		return jx.Grad(func(x *jx.Array) *jx.Array { return num.Add(num.Mul(a, x), num.Mul(b, num.Sin(x))) })(jx.Scalar(0.0)).Float()
	}
	require.Equal(t, 4.0, two(2, 2))
	require.Zero(t, compiledBy(func() { require.Equal(t, 5.0, two(2, 3)) }))
}

func TestRecompilationIsReportedOnce(t *testing.T) {
	var buf bytes.Buffer
	log.SetOutput(&buf)
	defer log.SetOutput(os.Stderr)
	type opts struct{ Rate float64 }
	f := jx.Jit(func(x *jx.Array, o opts) *jx.Array { return num.Mul(x, o.Rate) })
	for i := range 15 {
		f(jx.Scalar(1.0), opts{float64(i)})
	}
	require.Equal(t, 1, strings.Count(buf.String(), "\n"), buf.String())
	require.Contains(t, buf.String(), "1.Rate")
	require.Regexp(t, `jacobi_test\.TestRecompilationIsReportedOnce\.func\d \(jit_test\.go:\d+\) has been compiled 11 times`, buf.String())
	require.Contains(t, buf.String(), "jx.Scalar")
}

func TestManyGoroutines(t *testing.T) {
	x := jx.From([]float32{1, 2, 3, 4})
	var wg sync.WaitGroup
	var wrong atomic.Int64
	jx.ClearCaches()
	n := compiledBy(func() {
		f := jx.Jit(func(x *jx.Array) *jx.Array { return num.Sum(num.Mul(num.Mul(x, x), 3.5)) })
		for range 32 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for range 50 {
					if f(x).Float() != 105 {
						wrong.Add(1)
					}
				}
			}()
		}
		wg.Wait()
	})
	require.Zero(t, wrong.Load())
	require.EqualValues(t, 1, n)
	// traces of several goroutines do not meet
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 20 {
				g := jx.Grad(func(x *jx.Array) *jx.Array {
					return num.Sum(num.Mul(jx.Grad(func(y *jx.Array) *jx.Array { return num.Sum(num.Mul(num.Mul(y, y), y)) })(x), x))
				})(x)
				if g.At(1).Float() != 36 {
					wrong.Add(1)
				}
			}
		}()
	}
	wg.Wait()
	require.Zero(t, wrong.Load())
}

// rss is the process's resident memory.
func rss(t *testing.T) int {
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("no /proc/self/statm: resident memory cannot be read on this system")
	}
	pages, err := strconv.Atoi(strings.Fields(string(data))[1])
	require.NoError(t, err)
	return pages * os.Getpagesize()
}

// 100,000 results of 64 KiB each, 6 GiB in all, none closed.
func TestMemoryIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("short: runs 100,000 programs")
	}
	x := num.Ones(jx.Float32, 128, 128)
	f := jx.Jit(func(x *jx.Array) *jx.Array { return num.Add(x, 1) })
	require.NoError(t, jx.Wait(f(x)))
	runtime.GC()
	before := rss(t)
	for range 100_000 {
		f(x)
	}
	require.Less(t, rss(t)-before, 1<<30)
}

func TestClose(t *testing.T) {
	x := jx.From([]float32{1, 2})
	require.NoError(t, jx.Wait(num.Add(x, 1)))
	require.NoError(t, x.Close())
	require.Error(t, x.Close())
	require.ErrorContains(t, jx.Try(func() { num.Add(x, 1) }), "closed")
}

func TestDonate(t *testing.T) {
	f := jx.Jit(func(x, y *jx.Array) *jx.Array { return num.Add(x, y) }, jx.Donate(0))
	x, y := num.Add(num.Ones(jx.Float32, 1000), 0), num.Add(num.Ones(jx.Float32, 1000), 1)
	require.Equal(t, 3.0, f(x, y).At(5).Float())
	err := jx.Try(func() { f(x, y) })
	require.ErrorContains(t, err, "argument 0")
	require.ErrorContains(t, err, "donated")
	require.ErrorContains(t, err, "jit_test.go:")
	require.Equal(t, 2.0, y.At(5).Float())
	_, err = jx.Slice[float32](x)
	require.ErrorContains(t, err, "donated")
}

// A nested jitted function is one function of the program, however often it is
// called, and so are its derivatives.
func TestNestedCallsShareAFunction(t *testing.T) {
	layer := jx.Jit(func(x *jx.Array) *jx.Array { return num.Tanh(num.Mul(x, x)) })
	f := func(x *jx.Array) *jx.Array {
		for range 20 {
			x = layer(x)
		}
		return num.Sum(x)
	}
	low, err := jx.Lower(f, jx.Abstract(jx.Float32, 4))
	require.NoError(t, err)
	require.Equal(t, 2, strings.Count(low.Text(), "func.func"), low.Text())
	low, err = jx.Lower(jx.Grad(f), jx.Abstract(jx.Float32, 4))
	require.NoError(t, err)
	require.LessOrEqual(t, strings.Count(low.Text(), "func.func"), 5, low.Text())
}

func TestErrorsAsResults(t *testing.T) {
	mine := errors.New("mine")
	f := jx.Jit(func(x *jx.Array, n int) (*jx.Array, error) {
		switch n {
		case 0:
			return nil, mine
		case 1:
			return num.Dot(x, num.Ones(jx.Float32, 7)), nil
		case 2:
			if x.At(0).Float() > 0 {
				return x, nil
			}
		}
		return num.Neg(x), nil
	})
	x := jx.From([]float32{1, 2})
	_, err := f(x, 0)
	require.ErrorIs(t, err, mine)
	_, err = f(x, 1)
	var e *jx.Error
	require.ErrorAs(t, err, &e)
	require.Contains(t, err.Error(), "jit_test.go:")
	require.Contains(t, err.Error(), "2")
	require.Contains(t, err.Error(), "7")
	_, err = f(x, 2)
	require.ErrorContains(t, err, "the number is not known while Jit")
	_, err = jx.MakeJaxpr(func(x *jx.Array) (*jx.Array, error) { return nil, mine }, x)
	require.ErrorIs(t, err, mine)
	_, err = jx.MakeJaxpr(func(x *jx.Array) *jx.Array { return num.Dot(x, num.Ones(jx.Float32, 7)) }, x)
	require.ErrorAs(t, err, &e)
	_, err = jx.Lower(func(x *jx.Array) (*jx.Array, error) { return nil, mine }, x)
	require.ErrorIs(t, err, mine)
	y, err := f(x, 3)
	require.NoError(t, err)
	require.Equal(t, "[-1. -2.]", y.String())
}

func TestCompiled(t *testing.T) {
	f := func(x *jx.Array) (*jx.Array, *jx.Array) { return num.Sin(x), num.Sum(x) }
	low, err := jx.Lower(f, jx.Abstract(jx.Float32, 3))
	require.NoError(t, err)
	require.Contains(t, low.Text(), `jit_test.go":`)
	exe, err := low.Compile()
	require.NoError(t, err)
	a, b := exe.Func()(jx.From([]float32{0, 1, 2}))
	require.Equal(t, "[0.         0.84147096 0.9092974 ] 3.0", fmt.Sprintf("%v %v", a, b))
	cost, err := exe.CostAnalysis()
	require.NoError(t, err)
	require.Equal(t, 12.0, cost["argument size"])
	err = jx.Try(func() { exe.Func()(jx.From([]float32{0, 1})) })
	require.ErrorContains(t, err, "argument 0 was f32[3] and is f32[2]")
}

func TestEscapedValue(t *testing.T) {
	var kept *jx.Array
	jx.Grad(func(x *jx.Array) *jx.Array { kept = num.Sin(x); return kept })(jx.Scalar(1.0))
	for _, use := range []func(){func() { num.Add(kept, 1) }, func() { _ = kept.Float() }, func() {
		jx.Jit(func(x *jx.Array) *jx.Array { return num.Add(x, kept) })(jx.Scalar(1.0))
	}} {
		err := jx.Try(use)
		require.ErrorContains(t, err, "staged by Grad at jit_test.go:")
		require.ErrorContains(t, err, "has ended")
	}
}

// Numbers of concrete inputs can be read under differentiation, also twice and
// in loops of Go.
func TestNumbersAreReadWhileDifferentiating(t *testing.T) {
	newton := func(a *jx.Array) *jx.Array {
		x := a
		for {
			next := num.Mul(0.5, num.Add(x, num.Div(a, x)))
			if d := num.Sub(next, x).Float(); d < 1e-12 && d > -1e-12 {
				return next
			}
			x = next
		}
	}
	a := jx.Scalar(2.0).As(jx.Float64)
	requireClose(t, num.Sqrt(a), newton(a))
	requireClose(t, jx.Grad(num.Sqrt)(a), jx.Grad(newton)(a))
	require.InDelta(t, jx.Grad(jx.Grad(num.Sqrt))(a).Float(), jx.Grad(jx.Grad(newton))(a).Float(), 1e-8)
	_, dy := jx.JVP(newton, a, num.OnesLike(a))
	requireClose(t, jx.Grad(num.Sqrt)(a), dy)
	require.ErrorContains(t, jx.Try(func() { jx.VMap(newton)(num.Stack(0, a, a)) }), "the number is not known while VMap")
}

// A chain of operations far beyond what XLA's recursion has stack for by itself;
// xla's TestDeepProgram is the same on a small scale. It takes minutes.
func TestVeryLongChains(t *testing.T) {
	if os.Getenv("JACOBI_FULL") == "" {
		t.Skip("set JACOBI_FULL=1 to run what takes minutes")
	}
	chain := func(n int, step func(*jx.Array) *jx.Array) func(*jx.Array) *jx.Array {
		return func(x *jx.Array) *jx.Array {
			for range n {
				x = step(x)
			}
			return x
		}
	}
	affine := func(x *jx.Array) *jx.Array { return num.Add(num.Mul(x, 0.5), 0.5) }
	require.Equal(t, 1.0, jx.Jit(chain(60_000, affine))(jx.Scalar(1.0)).Float())
	require.Equal(t, 1.0, jx.Jit(jx.Grad(chain(30_000, num.Sin)))(jx.Scalar(0.0)).Float())
}

// Weakness is part of what a program is for: the next call with the same
// shapes and dtypes, but a number that is not weak, is another program.
func TestWeaknessIsPartOfTheKey(t *testing.T) {
	h := jx.From([]float32{1, 2}).As(jx.BFloat16)
	f := jx.Jit(func(x *jx.Array) *jx.Array { return num.Mul(x, h) })
	for range 2 {
		require.Equal(t, jx.BFloat16, f(jx.Scalar(2.0)).DType())
		require.Equal(t, jx.Float32, f(jx.Scalar(float32(2))).DType())
	}
	g := jx.Jit(func(x, y *jx.Array) *jx.Array { return num.Mul(num.Mul(x, y), h) })
	require.Equal(t, jx.BFloat16, g(jx.Scalar(2.0), jx.Scalar(2.0)).DType())
	require.Equal(t, jx.Float32, g(jx.Scalar(2.0), jx.Scalar(float32(2))).DType())
	require.Equal(t, jx.Float32, g(jx.Scalar(float32(2)), jx.Scalar(2.0)).DType())
}

// A jitted function that closes over a value being traced is part of that
// trace: when it is called again, in another, it is traced again.
func TestJitThatClosesOverATracedValue(t *testing.T) {
	var z *jx.Array
	inner := jx.Jit(func(x *jx.Array) *jx.Array { return num.Mul(x, z) })
	f := func(x *jx.Array) *jx.Array { z = num.Mul(x, x); return inner(x) } // x^3
	for i := range 3 {
		x := jx.Scalar(float64(i + 1))
		require.Equal(t, 3*float64((i+1)*(i+1)), jx.Grad(f)(x).Float())
		require.Equal(t, 3*float64((i+1)*(i+1)), jx.Jit(jx.Grad(f))(x).Float())
	}
}

// What makes a program another one: each of these changes one thing alone.
func TestProgramsAreToldApart(t *testing.T) {
	x := jx.From([]float32{1, 2, 3})
	type pair struct{ A, B *jx.Array }
	sum := func(p pair) *jx.Array {
		y := jx.Scalar(float32(0))
		if p.A != nil {
			y = num.Add(y, num.Sum(num.Mul(2, p.A)))
		}
		if p.B != nil {
			y = num.Add(y, num.Sum(num.Square(p.B)))
		}
		return y
	}
	f := jx.Jit(sum)
	for range 2 { // which arrays are there
		require.Equal(t, 12.0, f(pair{A: x}).Float())
		require.Equal(t, 14.0, f(pair{B: x}).Float())
		require.Equal(t, 26.0, f(pair{x, x}).Float())
	}
	power := jx.Jit(func(x *jx.Array, n int) *jx.Array { return num.Mul(x, n) })
	for range 2 { // what is no array
		require.Equal(t, "[2. 4. 6.]", power(x, 2).String())
		require.Equal(t, "[3. 6. 9.]", power(x, 3).String())
	}
	// which inputs are differentiated, and whether the value is asked for
	type mixed struct{ A, N *jx.Array }
	loss := func(p mixed) *jx.Array { return num.Sum(num.Mul(p.A, p.N)) }
	for range 2 {
		g := jx.Grad(loss, jx.AllowInt())(mixed{x, num.Ones(jx.Int32, 3)})
		require.Nil(t, g.N)
		require.Equal(t, "[1. 1. 1.]", g.A.String())
		g = jx.Grad(loss, jx.AllowInt())(mixed{x, num.Ones(jx.Float32, 3)})
		require.Equal(t, "[1. 2. 3.]", g.N.String())
		v, g := jx.ValueAndGrad(loss)(mixed{x, num.Ones(jx.Float32, 3)})
		require.Equal(t, 6.0, v.Float())
		require.Equal(t, "[1. 2. 3.]", g.N.String())
	}
	for range 2 { // what is passed, and what is closed over
		w := jx.From([]float32{5, 6, 7})
		g := jx.Grad(func(p pair) *jx.Array { return num.Sum(num.Mul(w, p.B)) })(pair{B: x})
		require.Equal(t, "[5. 6. 7.]", g.B.String())
		g = jx.Grad(func(p pair) *jx.Array { return num.Sum(num.Mul(p.A, p.B)) })(pair{w, x})
		require.Equal(t, "[1. 2. 3.] [5. 6. 7.]", g.A.String()+" "+g.B.String())
	}
	// which tangents are zero
	two := func(p pair) *jx.Array { return num.Mul(p.A, p.B) }
	for _, row := range []struct {
		dx   pair
		want string
	}{{pair{A: x}, "[2. 4. 6.]"}, {pair{B: x}, "[1. 4. 9.]"}, {pair{x, x}, "[ 3.  8. 15.]"}, {pair{}, "[0. 0. 0.]"}} {
		_, dy := jx.JVP(two, pair{x, jx.From([]float32{2, 2, 2})}, row.dx)
		require.Equal(t, row.want, dy.String())
	}
	// the number of examples
	ones := func(n int) *jx.Array { return jx.VMap(num.Neg, jx.In(jx.None), jx.AxisSize(n))(jx.Scalar(float32(1))) }
	for range 2 {
		require.Equal(t, []int{2}, ones(2).Shape())
		require.Equal(t, []int{3}, ones(3).Shape())
	}
	// the length, direction, number of steps in a trip and number of carries of a scan of one body
	step := func(c, x *jx.Array) (*jx.Array, *jx.Array) { return num.Add(num.Mul(2, c), x), c }
	run := func(xs *jx.Array, o ...jx.LoopOption) string {
		c, ys := jx.Scan(jx.Scalar(float32(1)), xs, step, o...)
		return c.String() + " " + ys.String()
	}
	for range 2 {
		require.Equal(t, "19.0 [1. 3. 8.]", run(x))
		require.Equal(t, "25.0 [12.  5.  1.]", run(x, jx.Reverse()))
		require.Equal(t, "8.0 [1. 3.]", run(num.Index(x, num.Range(0, 2))))
		require.Equal(t, "19.0 [1. 3. 8.]", run(x, jx.Unroll(2)))
	}
}
