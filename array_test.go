package jacobi_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/internal/jaxtest"
	"github.com/jacobi-go/jacobi/num"
)

func TestHostCopies(t *testing.T) {
	data := []float32{1, 2, 3, 4, 5, 6}
	x := jx.From(data, 2, 3)
	data[0] = 100 // From copied
	got, err := jx.Slice[float32](x)
	require.NoError(t, err)
	require.Equal(t, []float32{1, 2, 3, 4, 5, 6}, got)
	got[1] = 100 // and so did Slice
	require.Equal(t, 2.0, x.At(0, 1).Float())
	var sum float32
	require.NoError(t, jx.View(num.Transpose(x), func(v []float32) {
		require.Equal(t, []float32{1, 4, 2, 5, 3, 6}, v)
		for _, e := range v {
			sum += e
		}
	}))
	require.Equal(t, float32(21), sum)
	for i, row := range x.Rows() {
		require.Equal(t, float64(3*i+1), row.At(0).Float())
	}
	require.Equal(t, 6.0, x.At(-1, -1).Float())
	half, err := jx.Slice[jx.F16](jx.Scalar(1.5).As(jx.Float16))
	require.NoError(t, err)
	require.Equal(t, []jx.F16{0x3e00}, half)
	z, err := jx.Slice[complex128](jx.From([]complex128{1 + 2i, -3i}))
	require.NoError(t, err)
	require.Equal(t, []complex128{1 + 2i, -3i}, z)
	empty, err := jx.Slice[int64](num.Zeros(jx.Int64, 0, 4))
	require.NoError(t, err)
	require.Empty(t, empty)
}

// Weak numbers take the other dtype in full precision; alone they are 32 bits
// wide.
func TestPromotion(t *testing.T) {
	for _, row := range []struct {
		x    *jx.Array
		want string
	}{
		{jx.Scalar(2), "i32 true"},
		{jx.Scalar(2.5), "f32 true"},
		{jx.Scalar(2i), "c64 true"},
		{jx.Scalar(true), "bool false"},
		{jx.Scalar(float32(2)), "f32 false"},
		{num.Add(jx.Scalar(2), 1), "i32 true"},
		{num.Add(jx.Scalar(2), 1.5), "f32 true"},
		{num.Add(jx.Scalar(int8(2)), 1), "i8 false"},
		{num.Add(jx.Scalar(int8(2)), 1.5), "f32 true"},
		{num.Add(jx.Scalar(2.0).As(jx.BFloat16), 1.5), "bf16 false"},
		{num.Add(jx.Scalar(2.0).As(jx.Float64), 1i), "c128 false"},
		{num.Add(jx.Scalar(int8(2)), jx.Scalar(uint8(1))), "i16 false"},
		{num.Add(jx.Scalar(int32(2)), jx.Scalar(uint32(1))), "i64 false"},
		{num.Add(jx.Scalar(float32(2)), jx.Scalar(int64(1))), "f32 false"},
		{num.Add(jx.Scalar(complex64(2)), jx.Scalar(float64(1)).As(jx.Float64)), "c128 false"},
		{num.Sin(jx.Scalar(int64(1))), "f32 false"},
		{num.Greater(jx.Scalar(2.0), 1), "bool false"},
	} {
		require.Equal(t, row.want, fmt.Sprint(row.x.DType().Short(), " ", row.x.Weak()))
	}
	for _, d := range jaxtest.Floats(t, jx.Float16) {
		half := num.Ones(d)
		require.Equal(t, "f16 false", half.DType().Short()+" "+fmt.Sprint(num.Add(half, 1.5).Weak()))
		require.Equal(t, jx.Float32, num.Add(half, num.Ones(jx.BFloat16)).DType())
	}
	require.Equal(t, 0.1, num.Add(num.Zeros(jx.Float64), 0.1).Float())
	require.Equal(t, 0.1, num.Mul(num.Ones(jx.Float64), jx.Scalar(0.1)).Float())
}

func TestPrinting(t *testing.T) {
	require.Equal(t, "[[ 1.0e+00  2.5e-01]\n [-3.0e+00  1.0e-03]]", fmt.Sprint(jx.From([]float32{1, 0.25, -3, 1e-3}, 2, 2)))
	require.Equal(t, "Array([1., 2.], dtype=float32)", fmt.Sprintf("%#v", jx.From([]float32{1, 2})))
	require.Equal(t, "Array(2., dtype=float32, weak_type=True)", fmt.Sprintf("%#v", jx.Scalar(2.0)))
	require.Equal(t, "{X:[1. 2.] Y:nil}", fmt.Sprintf("%+v", struct{ X, Y *jx.Array }{X: jx.From([]float32{1, 2})}))
	jx.Jit(func(x *jx.Array) *jx.Array {
		require.Equal(t, "Traced<f32[2]>", fmt.Sprint(x))
		return x
	})(jx.From([]float32{1, 2}))
}

// Printing says what is wrong instead of panicking.
func TestPrintingWhatIsGone(t *testing.T) {
	x := num.Add(jx.From([]float32{1, 2}), 1)
	require.NoError(t, x.Close())
	require.Equal(t, "Array<f32[2]>(the array f32[2] is closed; close it after its last use)", fmt.Sprint(x))
	require.Equal(t, "Array<f32[2]>(the array f32[2] is closed; close it after its last use)", fmt.Sprintf("%#v", x))

	y := jx.From([]float32{1, 2})
	jx.Jit(func(y *jx.Array) *jx.Array { return num.Add(y, 1) }, jx.Donate(0))(y)
	require.Contains(t, fmt.Sprint(y), "was donated")

	huge := num.Zeros(jx.Float32, 1<<40) // made when it is first read
	require.Contains(t, fmt.Sprint(huge), "Array<f32[1099511627776]>(")
	require.Contains(t, fmt.Sprintf("%v", struct{ X *jx.Array }{huge}), "Array<f32[1099511627776]>(")
}

func TestCloseMakesNothing(t *testing.T) {
	for name, x := range map[string]*jx.Array{
		"lazy": num.Zeros(jx.Float32, 1<<20), "host": jx.From([]float32{1, 2}), "number": jx.Scalar(2.0), "typed": jx.Scalar(int8(1)),
	} {
		require.Zero(t, compiledBy(func() { require.NoError(t, x.Close(), name) }), name)
		require.ErrorContains(t, x.Close(), "closed", name)
		require.ErrorContains(t, x.Wait(), "closed", name)
		require.ErrorContains(t, jx.Try(func() { num.Add(x, 1) }), "closed", name)
		require.ErrorContains(t, jx.Try(func() { jx.Jit(func(y *jx.Array) *jx.Array { return num.Add(x, y) })(jx.Scalar(1.0)) }), "closed", name)
		require.ErrorContains(t, jx.Try(func() { jx.Jit(num.Sin)(x) }), "closed", name)
		require.Contains(t, x.String(), "closed", name)
	}
}

func TestDevices(t *testing.T) {
	all, err := jx.Devices()
	require.NoError(t, err)
	require.Len(t, all, 1)
	x, err := jx.Put(map[string]*jx.Array{"a": jx.From([]float32{1, 2}), "b": nil}, all[0])
	require.NoError(t, err)
	require.Nil(t, x["b"])
	require.Equal(t, "[2. 4.]", jx.Jit(func(x *jx.Array) *jx.Array { return num.Mul(2, x) }, jx.On(all[0]))(x["a"]).String())
}

func TestCloseTree(t *testing.T) {
	tree := map[string]*jx.Array{"a": num.Add(jx.From([]float32{1}), 1), "b": nil}
	require.NoError(t, jx.Close(tree))
	require.Error(t, jx.Close(tree))
	require.ErrorContains(t, jx.Try(func() { num.Add(tree["a"], 1) }), "closed")
}

func TestClearCaches(t *testing.T) {
	x := jx.From([]float32{1, 2, 3})
	f := func() { num.Sum(num.Cosh(x)) }
	f()
	require.Zero(t, compiledBy(f))
	jx.ClearCaches()
	require.Positive(t, compiledBy(f))
}

func TestNilArrays(t *testing.T) {
	for _, f := range []func(){
		func() { num.Sin(nil) },
		func() { num.Sum(nil) },
		func() { num.Add(jx.Scalar(1), (*jx.Array)(nil)) },
		func() { num.Sum(map[string]*jx.Array{"W": jx.Scalar(1.0)}["w"]) },
	} {
		require.ErrorContains(t, jx.Try(f), "array_test.go:")
		require.ErrorContains(t, jx.Try(f), "a nil array")
	}
}
