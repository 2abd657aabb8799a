// Package devices runs what users do on a CPU of four devices.
package devices

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/debug"
	"github.com/jacobi-go/jacobi/jit"
	"github.com/jacobi-go/jacobi/linalg"
	"github.com/jacobi-go/jacobi/num"
	"github.com/jacobi-go/jacobi/random"
)

type array = jx.Array

func TestMain(m *testing.M) {
	if err := jx.Init(jx.CPUDevices(4)); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func devices(t *testing.T) []jx.Device {
	all, err := jx.Devices()
	require.NoError(t, err)
	require.Len(t, all, 4)
	return all
}

func put[T any](t *testing.T, x T, d jx.Device) T {
	x, err := jx.Put(x, d)
	require.NoError(t, err)
	return x
}

func TestInitComesFirst(t *testing.T) {
	devices(t)
	require.NoError(t, jx.Init(jx.CPUDevices(4)), "the same again")
	require.ErrorContains(t, jx.Init(jx.CPUDevices(2)), "in use already, 4 of them")
	require.ErrorContains(t, jx.Init(jx.CPUDevices(-1)), "-1 devices")
}

type params struct{ W, B *array }

// programs are what users write: from an array to arrays.
var programs = map[string]func(x *array) any{
	"eager": func(x *array) any { return num.Add(num.Mul(x, 2), num.Sin(x)) },
	"zeros": func(x *array) any { return num.Add(x, num.Zeros(jx.Float32, 3)) },
	"host":  func(x *array) any { return num.Dot(x, jx.From([]float32{1, 2, 3})) },
	"eye":   func(x *array) any { return num.Dot(num.Eye(jx.Float32, 3), x) },
	"at":    func(x *array) any { return x.At(1) },
	"rows": func(x *array) any {
		var ys []*array
		for _, y := range x.Rows() {
			ys = append(ys, y)
		}
		return ys
	},
	"index": func(x *array) any { return num.Index(x, num.Range(1, 3)) },
	"take":  func(x *array) any { return num.Take(x, jx.From([]int32{2, 0})) },
	"grad":  func(x *array) any { return jx.Grad(sum)(x) },
	"gradwith": func(x *array) any {
		return jx.GradWith(func(p params, x *array) *array { return num.Sum(num.Add(num.Mul(p.W, x), p.B)) })(params{x, jx.Scalar(1.0)}, x)
	},
	"branch": func(x *array) any {
		return jx.Grad(func(x *array) *array {
			if num.Sum(x).Float() > 0 {
				return num.Sum(x)
			}
			return sum(x)
		})(x)
	},
	"jvp": func(x *array) any { y, dy := jx.JVP(num.Sin, x, jx.From([]float32{1, 0, 0})); return []*array{y, dy} },
	"vjp": func(x *array) any {
		y, pull := jx.VJP(num.Sin, x)
		return []*array{y, pull(jx.From([]float32{1, 2, 3}))}
	},
	"hessian": func(x *array) any { return jx.Hessian(sum)(x) },
	"vmap":    func(x *array) any { return jx.VMap(func(a *array) *array { return num.Exp(a) })(x) },
	"jit":     func(x *array) any { return jx.Jit(sum)(x) },
	"captured": func(x *array) any {
		c := jx.From([]float32{1, 2, 3})
		return jx.Jit(func(y *array) *array { return num.Mul(y, c) })(x)
	},
	"closure": func(x *array) any {
		return jx.Jit(func(y *array) *array { return num.Mul(y, x) })(jx.From([]float32{1, 2, 3}))
	},
	"scan": func(x *array) any {
		c, ys := jx.Scan(jx.Scalar(float32(0)), x, func(c, x *array) (*array, *array) { c = num.Add(c, x); return c, num.Mul(c, c) })
		return []*array{c, ys}
	},
	"fori": func(x *array) any { return jx.Fori(0, 3, x, func(i, x *array) *array { return num.Add(x, i) }) },
	"cond": func(x *array) any {
		return jx.Cond(num.Greater(num.Sum(x), 0), func() *array { return x }, func() *array { return num.Neg(x) })
	},
	"inv": func(x *array) any { return linalg.Solve(num.Add(num.Outer(x, x), num.Eye(jx.Float32, 3)), x) },
	"key": func(x *array) any { return num.Mul(x, random.Normal(random.NewKey(0), jx.Float32, 3)) },
	"custom": func(x *array) any {
		f := jx.CustomVJP(num.Sin, func(x *array) (*array, *array) { return num.Sin(x), x }, func(x, ct *array) *array { return num.Mul(ct, num.Cos(x)) })
		return jx.Grad(func(x *array) *array { return num.Sum(f(x)) })(x)
	},
}

func sum(x *array) *array { return num.Sum(num.Mul(num.Sin(x), x)) }

// On every device the numbers are those of the first, and stay there.
func TestProgramsOnEveryDevice(t *testing.T) {
	all := devices(t)
	x := jx.From([]float32{0.5, -1, 2})
	for name, f := range programs {
		want := fmt.Sprint(f(x))
		for _, d := range all[1:] {
			y := f(put(t, x, d))
			require.Equal(t, want, fmt.Sprint(y), "%s on %v", name, d)
			for path, leaf := range jx.TreeLeaves(y) {
				require.Equal(t, []jx.Device{d}, leaf.Devices(), "%s: %s", name, path)
			}
		}
	}
}

func TestCallbackOnADevice(t *testing.T) {
	d := devices(t)[2]
	var got string
	jx.Grad(func(x *array) *array {
		debug.Callback(x, func(x *array) { got = x.String() })
		return num.Sum(x)
	})(put(t, jx.From([]float32{1, 2}), d))
	require.Equal(t, "[1. 2.]", got)
}

// What was put nowhere goes along, and is copied to a device once.
func TestFreeArraysFollow(t *testing.T) {
	all := devices(t)
	free := num.Add(jx.From([]float32{1, 2, 3}), 1) // computed, on the default device
	for _, d := range all {
		y := num.Mul(put(t, jx.From([]float32{1, 1, 1}), d), free)
		require.Equal(t, "[2. 3. 4.]", y.String())
		require.Equal(t, []jx.Device{d}, y.Devices())
	}
	require.Equal(t, []jx.Device{all[0]}, free.Devices())
	require.Equal(t, []jx.Device{all[0]}, num.Add(free, 1).Devices(), "free arrays stay on the default device")

	f := jx.Jit(func(x *array) *array { return num.Mul(x, free) })
	for range 2 {
		for _, d := range all {
			require.Equal(t, []jx.Device{d}, f(put(t, free, d)).Devices())
		}
	}
	require.NoError(t, jx.Close(free))
	require.ErrorContains(t, jx.Try(func() { num.Add(free, put(t, jx.Scalar(1.0), all[1])) }), "closed")
}

func TestOn(t *testing.T) {
	all := devices(t)
	c := jx.From([]float32{1, 2})
	double := func(x *array) *array { return num.Mul(x, c) }
	f := jx.Jit(double, jx.On(all[3]))
	for _, x := range []*array{jx.From([]float32{3, 4}), num.Ones(jx.Float32, 2), put(t, c, all[3])} {
		require.Equal(t, []jx.Device{all[3]}, f(x).Devices())
	}
	require.ErrorContains(t, jx.Try(func() { f(put(t, c, all[1])) }), "compiled for cpu:3, by jx.On, but arrays it is given or closes over are on cpu:1")
	l, err := jx.Lower(double, jx.Abstract(jx.Float32, 2))
	require.NoError(t, err)
	compiled, err := l.Compile(jx.On(all[2]))
	require.NoError(t, err)
	require.Equal(t, []jx.Device{all[2]}, compiled.Func()(c).Devices())
}

func TestApart(t *testing.T) {
	all := devices(t)
	x, y := put(t, num.Ones(jx.Float32, 2), all[1]), put(t, num.Ones(jx.Int32, 3), all[2])
	for name, f := range map[string]func(){
		"eager":  func() { num.Add(x, y.At(0)) },
		"grad":   func() { jx.Grad(func(x *array) *array { return num.Sum(num.Mul(x, y.At(0))) })(x) },
		"jit":    func() { jx.Jit(func(x, y *array) *array { return num.Sum(x) })(x, y) },
		"closes": func() { jx.Jit(func(x *array) *array { return num.Add(x, num.Sum(y)) })(x) },
		"vmap":   func() { jx.VMap(func(x *array) *array { return num.Add(x, num.Sum(y)) })(x) },
	} {
		err := jx.Try(f)
		require.Error(t, err, name)
		require.Contains(t, err.Error(), "f32[2] on cpu:1", name)
		require.Regexp(t, `i32\[3?\] on cpu:2`, err.Error(), name)
		require.Contains(t, err.Error(), "devices_test.go", name)
		require.Contains(t, err.Error(), "jx.Put", name)
	}
	require.ErrorContains(t, jx.Try(func() { jx.Jit(func(x, y *array) *array { return num.Sum(x) })(x, y) }), "argument 0 is f32[2] on cpu:1, argument 1 is i32[3] on cpu:2")
}

func TestDonateOnADevice(t *testing.T) {
	d := devices(t)[1]
	f := jx.Jit(func(x *array) *array { return num.Add(x, 1) }, jx.Donate(0))
	x := put(t, jx.From([]float32{1, 2}), d)
	require.Equal(t, "[2. 3.]", f(x).String())
	require.ErrorContains(t, jx.Try(func() { num.Add(x, 1) }), "donated")
}

// Programs of the default device are no others because there are more devices.
func TestOneProgramForAnUnplacedArray(t *testing.T) {
	all := devices(t)
	x := jx.From([]float32{1, 2})
	f := func(x *array) { num.Hypot(x, num.Cosh(x)) }
	f(x)
	n := jit.Compilations()
	f(put(t, x, all[0]))
	require.Equal(t, n, jit.Compilations())
	f(put(t, x, all[1]))
	require.Equal(t, n+2, jit.Compilations())
}
