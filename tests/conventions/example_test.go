package conventions

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/fft"
	"github.com/jacobi-go/jacobi/num"
	"github.com/jacobi-go/jacobi/random"
)

type pair struct{ W, B *jx.Array }

// The lines of docs/conventions.md, and what they say of them.
func TestLinesOfThePage(t *testing.T) {
	key := random.NewKey(0)
	x := num.Reshape(num.Arange(jx.Float32, 6), 2, 3)
	shape := func(x *jx.Array, dims ...int) {
		t.Helper()
		assert.Equal(t, dims, x.Shape())
	}

	perRow := num.Sum(x, -1)
	total := num.Sum(x)
	shape(perRow, 2)
	assert.Equal(t, 15.0, total.Float())

	upper := num.Eye(jx.Float32, 3, num.Offset(1), num.Columns(4))
	shape(upper, 3, 4)

	start := jx.Scalar(1.0)
	unfinished := func(x *jx.Array) *jx.Array { return num.Greater(num.Abs(num.Sub(num.Square(x), 2)), 1e-6) }
	newton := func(x *jx.Array) *jx.Array { return num.Mul(0.5, num.Add(x, num.Div(2, x))) }
	root := jx.While(start, unfinished, newton, jx.MaxTrips(8))
	assert.InDelta(t, 1.4142135, root.Float(), 1e-6)

	spectrum := fft.With(fft.Ortho(), fft.Length(16)).FFT(x, 0)
	shape(spectrum, 16, 3)
	centred := num.Sub(x, num.Keep(num.Mean)(x, -1))
	assert.Equal(t, "[[-1.  0.  1.]\n [-1.  0.  1.]]", centred.String())

	both := num.Stack(0, x, x)
	flat := num.Reshape(both, -1)
	shape(flat, 12)

	slope := jx.Grad(jx.Bind(num.Elu, num.Alpha(2)))(jx.Scalar(-1.0))
	assert.InDelta(t, 0.7357589, slope.Float(), 1e-6)

	noise := random.Normal(key, jx.Float32, 2, 3)
	shape(noise, 2, 3)

	loss := func(p pair) *jx.Array { return num.Sum(num.Square(p.W)) }
	params := pair{W: x}
	grad := jx.Grad(loss, jx.AllowInt())
	assert.True(t, num.AllClose(num.Mul(2, x), grad(params).W))
	scaled := jx.TreeMap(params, func(x *jx.Array) *jx.Array { return num.Mul(0.1, x) })
	assert.True(t, num.AllClose(num.Div(x, 10), scaled.W))
	turned := num.Roll(x, 1, 0)
	assert.Equal(t, "[[3. 4. 5.]\n [0. 1. 2.]]", turned.String())

	nearest := num.TakeAlongAxis(x, num.Argsort(x))
	assert.True(t, num.ArrayEqual(x, nearest))

	half := num.Mul(x, 0.5)
	wide := num.Mul(jx.From([]float64{1, 2}), 0.5)
	assert.Equal(t, []jx.DType{jx.Float32, jx.Float64, jx.Float32}, []jx.DType{half.DType(), wide.DType(), num.Add(1, 0.5).DType()})

	{
		err := jx.Try(func() { num.Add(jx.From([]float32{1, 2}), jx.From([]float32{1, 2, 3})) })
		var e *jx.Error
		require.ErrorAs(t, err, &e)
		assert.Contains(t, e.Pos, "example_test.go:")
	}
	values, err := jx.Slice[float32](x)
	require.NoError(t, err)
	assert.Len(t, values, 6)

	done, jitted := make(chan *jx.Array), jx.Jit(num.Neg)
	go func() { done <- jitted(x) }()
	assert.True(t, num.ArrayEqual(num.Neg(x), <-done))

	masked := jx.TreeMap(pair{W: x}, num.Neg)
	assert.Nil(t, masked.B)
	assert.True(t, num.ArrayEqual(num.Neg(x), masked.W))
}
