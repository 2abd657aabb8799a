package jacobi_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
	"github.com/jacobi-go/jacobi/random"
)

func TestFormat(t *testing.T) {
	x := jx.From([]float32{0.5, -1, 2000})
	bools, ints := jx.From([]bool{true, false}), jx.From([]int32{65, -16, 1000})
	closed := num.Add(x, 1)
	require.NoError(t, closed.Close())
	var none *jx.Array
	for _, row := range []struct {
		format string
		x      any
		want   string
	}{
		{"%v", x, "[ 5.e-01 -1.e+00  2.e+03]"},
		{"%s", x, "[ 5.e-01 -1.e+00  2.e+03]"},
		{"%+v", x, "[ 5.e-01 -1.e+00  2.e+03]"},
		{"%#v", x, "Array([ 5.e-01, -1.e+00,  2.e+03], dtype=float32)"},
		{"%28s|", x, "   [ 5.e-01 -1.e+00  2.e+03]|"},
		{"%-28s|", x, "[ 5.e-01 -1.e+00  2.e+03]   |"},
		{"%.3f", x, "[   0.500   -1.000 2000.000]"},
		{"%8.2e", x, "[ 5.00e-01 -1.00e+00  2.00e+03]"},
		{"%g", x, "[ 0.5   -1 2000]"},
		{"%.2v", x, "[  0.5    -1 2e+03]"},
		{"%10v", x, "[       0.5         -1       2000]"},
		{"%+.1f", x, "[   +0.5    -1.0 +2000.0]"},
		{"% .1f", x, "[    0.5    -1.0  2000.0]"},
		{"%08.3f", x, "[0000.500 -001.000 2000.000]"},
		{"%-8.2f|", x, "[0.50     -1.00    2000.00 ]|"},
		{"%x", x, "[   0x1p-01   -0x1p+00 0x1.f4p+10]"},
		{"%d", x, "[ %!d(float32=0.5)   %!d(float32=-1) %!d(float32=2000)]"},
		{"%t", jx.Scalar(0.5), "%!t(float32=0.5)"},
		{"%d", ints, "[  65  -16 1000]"},
		{"%05d", ints, "[00065 -0016 01000]"},
		{"%#x", ints, "[ 0x41 -0x10 0x3e8]"},
		{"%f", jx.From([]int8{1}), "[%!f(int8=1)]"},
		{"%q", jx.From([]int32{65, 0x4e16}), "['A' '世']"},
		{"%c", jx.From([]int32{65, 0x4e16}), "[A 世]"},
		{"%d", jx.From([]uint64{1 << 63}), "[9223372036854775808]"},
		{"%d", jx.From([]uint8{1, 255}), "[  1 255]"},
		{"%t", bools, "[ true false]"},
		{"%d", bools, "[ %!d(bool=true) %!d(bool=false)]"},
		{"%.2f", jx.From([]complex64{1 + 2i, -3}), "[ (1.00+2.00i) (-3.00+0.00i)]"},
		{"%.1f", jx.Scalar(1 + 2i), "(1.0+2.0i)"},
		{"%.2f", num.Ones(jx.Float16), "1.00"},
		{"%d", num.Ones(jx.BFloat16, 2), "[%!d(bfloat16=1) %!d(bfloat16=1)]"},
		{"%.1f", num.Zeros(jx.Float32, 2, 0), "[]"},
		{"%.1f", jx.From([]float64{1, 2, 3, 4}, 2, 2), "[[1.0 2.0]\n [3.0 4.0]]"},
		{"%.0f", num.Arange(jx.Float32, 2000), "[   0    1    2 ... 1997 1998 1999]"},
		{"%.6f", num.Ones(jx.Float32, 12), "[1.000000 1.000000 1.000000 1.000000 1.000000 1.000000 1.000000 1.000000\n 1.000000 1.000000 1.000000 1.000000]"},
		{"%.2f", none, "nil"},
		{"%6.1f|", none, "   nil|"},
		{"%-6v|", none, "nil   |"},
		{"%#v", none, "nil"},
		{"%.1f", jx.Abstract(jx.Float32, 3), "Abstract<f32[3]>"},
		{"%v", closed, closed.String()},
		{"%d", closed, closed.String()},
	} {
		assert.Equal(t, row.want, fmt.Sprintf(row.format, row.x), "%s", row.format)
	}
	assert.Contains(t, closed.String(), "Array<f32[3]>(")
	jx.Jit(func(x *jx.Array) *jx.Array {
		assert.Equal(t, "Traced<f32[3]>|  Traced<f32[3]>|Traced<f32[3]>", fmt.Sprintf("%v|%16.3f|%#v", x, x, x))
		return x
	})(x)
	huge := num.Zeros(jx.Float32, 1<<40)
	assert.Contains(t, fmt.Sprintf("%.3f", huge), "Array<f32[1099511627776]>(")
}

// In structs, slices and maps arrays print as they do alone.
func TestFormatOfTrees(t *testing.T) {
	type params struct {
		W, None *jx.Array
		N       int
	}
	p, places := params{W: jx.From([]float32{0.5, 1}), N: 3}, "%.2f"
	assert.Equal(t, "{[0.5 1. ] nil 3}", fmt.Sprint(p))
	assert.Equal(t, "{W:[0.5 1. ] None:nil N:3}", fmt.Sprintf("%+v", p))
	assert.Equal(t, "jacobi_test.params{W:Array([0.5, 1. ], dtype=float32), None:nil, N:3}", fmt.Sprintf("%#v", p))
	assert.Equal(t, "[[0.50 1.00]]", fmt.Sprintf(places, []*jx.Array{p.W}))
	assert.Equal(t, "[[0.5 1. ] 2.0]", fmt.Sprint([]*jx.Array{p.W, jx.Scalar(2.0)}))
}

func TestStrings(t *testing.T) {
	type pair struct{ A, B *jx.Array }
	p := pair{jx.Scalar(2.0), jx.From([]float32{1, 2})}
	times := func(p pair) *jx.Array { return num.Mul(p.A, p.B) }
	lowered, err := jx.Lower(num.Sum, jx.Abstract(jx.Float32, 2, 3), 0)
	require.NoError(t, err)
	compiled, err := lowered.Compile()
	require.NoError(t, err)
	jaxpr, err := jx.MakeJaxpr(num.Sin, jx.Abstract(jx.Float32))
	require.NoError(t, err)
	devices, err := jx.Devices()
	require.NoError(t, err)
	_, pullback := jx.VJPTree(times, p)
	for _, row := range []struct {
		x    any
		want string
	}{
		{jx.JacRevTree(times)(p), "the result by A:\n[1. 2.]\nthe result by B:\n[[2. 0.]\n [0. 2.]]"},
		{jx.HessianTree(func(p pair) *jx.Array { return num.Sum(times(p)) })(p), "A by A:\n0.0\nA by B:\n[1. 1.]\nB by A:\n[1. 1.]\nB by B:\n[[0. 0.]\n [0. 0.]]"},
		{jx.Blocks[pair, pair]{}, "no blocks"},
		{lowered, "lowered Sum(f32[2,3], 0) -> (f32[3])"},
		{compiled, "compiled Sum(f32[2,3], 0) -> (f32[3])"},
		{jaxpr, "{ lambda ; a:f32[]. let b:f32[] = sin a in (b,) }"},
		{pullback, "pullback f32[2] -> {A: f32[], B: f32[2]}"},
		{devices[0], devices[0].String()},
		{jx.Device{}, "default device"},
		{jx.Float32, "float32"},
		{jx.DType(200), "DType(200)"},
		{random.NewKey(42), "Key[ 0 42]"},
		{random.Key{}, "Key[]"},
	} {
		assert.Equal(t, row.want, fmt.Sprintf("%v", row.x))
		assert.Equal(t, row.want, fmt.Sprintf("%s", row.x))
	}
	assert.Equal(t, "jacobi.Float32 jacobi.BFloat16 jacobi.Bool jacobi.DType(200)", fmt.Sprintf("%#v %#v %#v %#v", jx.Float32, jx.BFloat16, jx.Bool, jx.DType(200)))
}
