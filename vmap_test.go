package jacobi_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

// stackOf is what VMap stands for: f of one example after another, stacked
// along an axis of the result.
func stackOf(axis, n int, f func(k int) *jx.Array) *jx.Array {
	rows := make([]*jx.Array, n)
	for k := range rows {
		rows[k] = f(k)
	}
	return num.Stack(axis, rows...)
}

// along is example k of x along an axis.
func along(x *jx.Array, axis, k int) *jx.Array { return num.MoveAxis(x, axis, 0).At(k) }

// Every option of VMap, against a loop in Go.
func TestVMapOptions(t *testing.T) {
	x, y := num.Reshape(num.Arange(jx.Float32, 24), 2, 3, 4), num.Reshape(num.Add(num.Arange(jx.Float32, 8), 100), 4, 2)
	// One function and one argument: only the options differ.
	f := func(x *jx.Array) *jx.Array { return num.Mul(num.Cumsum(x, 1), 2) }
	for _, in := range []int{0, 1, 2, -1, -2, -3} {
		axis := (in + 3) % 3
		for _, out := range []int{0, 1, 2, -1, -2, -3} {
			want := stackOf(out, x.Dim(axis), func(k int) *jx.Array { return f(along(x, axis, k)) })
			got := jx.VMap(f, jx.In(in), jx.Out(out))(x)
			require.Equal(t, want.Shape(), got.Shape(), "In(%d), Out(%d)", in, out)
			require.Equal(t, want.String(), got.String(), "In(%d), Out(%d)", in, out)
			require.Equal(t, want.String(), jx.Jit(jx.VMap(f, jx.In(in), jx.Out(out)))(x).String(), "In(%d), Out(%d), jitted", in, out)
		}
	}
	require.Equal(t, jx.VMap(f, jx.In(0), jx.Out(0))(x).String(), jx.VMap(f)(x).String(), "the defaults")

	// One axis for each argument and each result.
	two := func(x, y *jx.Array) (*jx.Array, *jx.Array) { return num.Add(num.Sum(x), y), num.Mul(x, 2) }
	sums, doubles := jx.VMap(two, jx.In(2, 0), jx.Out(-1, 1))(x, y)
	require.Equal(t, stackOf(1, 4, func(k int) *jx.Array { a, _ := two(along(x, 2, k), y.At(k)); return a }).String(), sums.String())
	require.Equal(t, stackOf(1, 4, func(k int) *jx.Array { _, b := two(along(x, 2, k), y.At(k)); return b }).String(), doubles.String())
	sums, doubles = jx.VMap(two, jx.In(jx.None, 1), jx.Out(0, jx.None))(x, y)
	require.Equal(t, stackOf(0, 2, func(k int) *jx.Array { a, _ := two(x, along(y, 1, k)); return a }).String(), sums.String())
	require.Equal(t, num.Mul(x, 2).String(), doubles.String(), "the same for every example, and once")

	// Axes of parts, which go before those of the argument.
	type part struct{ A, B *jx.Array }
	type tree struct {
		P part
		C *jx.Array
	}
	in := tree{part{x, y}, y}
	sum := func(n *jx.Array, t tree) tree {
		return tree{part{num.Add(t.P.A, num.Sum(t.C)), num.Add(num.Sum(t.P.A), t.P.B)}, num.Add(t.C, n)}
	}
	got := jx.VMap(sum, jx.In(jx.None, 0), jx.InAt(1, "P", -1), jx.InAt(1, "P.A", 0), jx.InAt(1, "C", jx.None),
		jx.OutAt(0, "P.A", 2), jx.OutAt(0, "P.B", -1), jx.OutAt(0, "C", jx.None))(jx.Scalar(float32(1)), in)
	each := func(k int) tree { return sum(jx.Scalar(float32(1)), tree{part{x.At(k), along(y, 1, k)}, y}) }
	require.Equal(t, stackOf(2, 2, func(k int) *jx.Array { return each(k).P.A }).String(), got.P.A.String())
	require.Equal(t, stackOf(1, 2, func(k int) *jx.Array { return each(k).P.B }).String(), got.P.B.String())
	require.Equal(t, num.Add(y, 1).String(), got.C.String())

	// The number of examples, where nothing is mapped, or to check it.
	ones := jx.VMap(func(x *jx.Array) *jx.Array { return num.Add(x, 1) }, jx.In(jx.None), jx.AxisSize(3))
	require.Equal(t, "[8. 8. 8.]", ones(jx.Scalar(float32(7))).String())
	require.Equal(t, []int{0}, jx.VMap(num.Sin, jx.In(jx.None), jx.AxisSize(0))(jx.Scalar(1.0)).Shape())
	require.Equal(t, "[-0. -1.]", jx.VMap(num.Neg, jx.AxisSize(2))(jx.From([]float32{0, 1})).String())

	for want, f := range map[string]func(){
		"AxisSize is 3; argument 0 has 2":                     func() { jx.VMap(num.Neg, jx.AxisSize(3))(x) },
		"AxisSize(-2)":                                        func() { jx.VMap(num.Neg, jx.AxisSize(-2)) },
		"has no axis -4":                                      func() { jx.VMap(num.Neg, jx.In(-4))(x) },
		"has no axis 3":                                       func() { jx.VMap(num.Neg, jx.In(3))(x) },
		"axis -4 cannot be":                                   func() { jx.VMap(num.Neg, jx.Out(-4))(x) },
		"axis 3 cannot be":                                    func() { jx.VMap(num.Neg, jx.Out(3))(x) },
		"In gives 0 axes for the 1":                           func() { jx.VMap(num.Neg, jx.In())(x) },
		"Out gives 0 axes for the 1":                          func() { jx.VMap(num.Neg, jx.Out())(x) },
		"InAt: no path 1":                                     func() { jx.VMap(num.Neg, jx.InAt(1, "", 0))(x) },
		"OutAt: no path 0.W":                                  func() { jx.VMap(num.Neg, jx.OutAt(0, "W", 0))(x) },
		"depends on mapped inputs, so it has an axis":         func() { jx.VMap(num.Neg, jx.Out(jx.None))(x) },
		"sizes of the mapped axis disagree: argument 0 has 4": func() { jx.VMap(two, jx.In(-1, -1))(x, y) },
	} {
		assert.ErrorContains(t, jx.Try(f), want)
	}
}
