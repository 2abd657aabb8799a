package num_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/lax"
	"github.com/jacobi-go/jacobi/num"
)

// A complex number is true if one of its parts is not zero.
func TestTruthOfComplexNumbers(t *testing.T) {
	z := jx.From([]complex64{0, 1, 1i, -30i})
	for name, on := range map[string]func(func(*jx.Array) *jx.Array) func(*jx.Array) *jx.Array{
		"at once": func(f func(*jx.Array) *jx.Array) func(*jx.Array) *jx.Array { return f },
		"jitted":  func(f func(*jx.Array) *jx.Array) func(*jx.Array) *jx.Array { return jx.Jit(f) },
	} {
		equal := func(want string, f func(*jx.Array) *jx.Array) {
			t.Helper()
			require.Equal(t, want, on(f)(z).String(), name)
		}
		equal("[False  True  True  True]", func(z *jx.Array) *jx.Array { return z.As(jx.Bool) })
		equal("[ True False False False]", num.LogicalNot)
		equal("3", jx.Bind(num.CountNonzero))
		equal("True", func(z *jx.Array) *jx.Array { return num.Any(num.Index(z, num.Range(2, 3))) })
		equal("[0 1 1 1]", func(z *jx.Array) *jx.Array { return num.Where(z, 1, 0) })
		equal("[False  True  True  True]", func(z *jx.Array) *jx.Array { return num.LogicalAnd(z, 0.5i) })
	}
	require.True(t, jx.Scalar(1i).As(jx.Bool).Bool())
	i := jx.From([]complex64{1i})
	zero := jx.From([]complex64{0})
	for name, f := range map[string]func() *jx.Array{
		"Any":    func() *jx.Array { return num.Any(i) },
		"All":    func() *jx.Array { return num.All(i) },
		"Or":     func() *jx.Array { return num.LogicalOr(zero, i) },
		"Xor":    func() *jx.Array { return num.LogicalXor(zero, i) },
		"Select": func() *jx.Array { return num.Select([]*jx.Array{i}, []*jx.Array{num.Ones(jx.Bool, 1)}, false) },
		"Cond": func() *jx.Array {
			return jx.Cond(num.Reshape(i), func() *jx.Array { return jx.Scalar(true) }, func() *jx.Array { return jx.Scalar(false) })
		},
	} {
		require.True(t, num.All(f()).Bool(), name)
		require.True(t, num.All(jx.Jit(f)()).Bool(), name+" jitted")
	}
	// The conversion of lax is that of jax.lax: of the real part.
	require.Equal(t, "[False]", lax.ConvertElementType(jx.Bool, i).String())
}

func TestLdexpIsExact(t *testing.T) {
	inf := math.Inf(1)
	x := jx.From([]float64{1, 1, 1, 0, inf, 3, 1, -1, 0x1p-1000, 0x1p1000})
	n := jx.From([]int32{1000, -1000, 1023, 100000, -100000, 5, math.MaxInt32, math.MaxInt32, 1500, -1500})
	got, err := jx.Slice[float64](num.Ldexp(x, n))
	require.NoError(t, err)
	require.Equal(t, []float64{0x1p1000, 0x1p-1000, 0x1p1023, 0, inf, 96, inf, -inf, 0x1p500, 0x1p-500}, got)
	require.Equal(t, "[1.2676506e+30 7.8886091e-31]", num.Ldexp(f32(1, 1), jx.From([]int8{100, -100})).String())
	require.Equal(t, "0.0", num.Ldexp(0, 100000).String())
	require.Equal(t, "8.0", jx.Grad(func(x *jx.Array) *jx.Array { return num.Ldexp(x, 3) })(jx.Scalar(0.5)).String())
	require.Equal(t, "inf", num.Ldexp(float32(1), jx.Scalar(uint64(math.MaxUint64))).String())
}

// The numbers are JAX's.
func TestCumLogSumExpOfComplexNumbers(t *testing.T) {
	got := num.CumLogSumExp(jx.From([]complex64{1i, 0, 1, complex64(complex(math.Inf(-1), 0))}))
	require.Equal(t, jx.Complex64, got.DType())
	want := jx.From([]complex64{1i, 0.56256294 + 0.5i, 1.468087 + 0.19508108i, 1.468087 + 0.19508108i})
	require.True(t, num.AllClose(got, want), got)
	require.Equal(t, "[-inf+0.j   1.+1.j]", num.CumLogSumExp(jx.From([]complex128{complex(math.Inf(-1), 0), 1 + 1i})).String())
}

func TestArangeOfNumbersThatDoNotFit(t *testing.T) {
	for _, f := range []func(){
		func() { num.Arange(jx.Int32, 1<<31, 1<<31+2) },
		func() { num.Arange(jx.Uint8, -1.5, 2) },
		func() { num.Arange(jx.Int8, 300) },
		func() { num.Arange(jx.Uint64, 1, -3, -1) },
	} {
		require.ErrorIs(t, jx.Try(f), jx.ErrOverflow)
	}
	require.ErrorIs(t, jx.Try(func() { num.Arange(jx.Bool, 3) }), jx.ErrDType)
	require.Equal(t, "[126 127]", num.Arange(jx.Int8, 126, 128).String())
	require.Equal(t, "[0 1 2]", num.Arange(jx.Uint8, 0.0, 2.5).String())
	require.Equal(t, []int{0}, num.Arange(jx.Int8, 300, 200).Shape())
}

// What two equal distributions differ by is nothing.
func TestKLDivOfEqualNumbers(t *testing.T) {
	for _, d := range []jx.DType{jx.Float32, jx.Float64, jx.BFloat16} {
		x := num.Mul(num.Arange(d, 1, 100), 0.885)
		for _, f := range []func(p, q *jx.Array) *jx.Array{num.KLDiv[*jx.Array, *jx.Array], num.RelEntr[*jx.Array, *jx.Array]} {
			require.Equal(t, 0.0, num.Max(num.Abs(f(x, x).As(jx.Float32))).Float(), d)
			require.Equal(t, 0.0, num.Max(num.Abs(jx.Jit(f)(x, x).As(jx.Float32))).Float(), d)
		}
	}
}

func TestSoftSignOfComplexNumbers(t *testing.T) {
	require.True(t, num.AllClose(num.SoftSign(jx.From([]complex64{3 + 4i, -1i})), jx.From([]complex64{0.5 + 4i/6, -0.5i})))
}

func TestEmptySelector(t *testing.T) {
	require.ErrorContains(t, jx.Try(func() { num.Index(f32(1, 2), num.Selector{}) }), "selector 0 is empty")
}

// A nil slice is one without elements.
func TestFromNil(t *testing.T) {
	x := jx.From([]float32(nil))
	require.Equal(t, []int{0}, x.Shape())
	require.Equal(t, "0.0", num.Sum(x).String())
	text, err := x.MarshalJSON()
	require.NoError(t, err)
	require.NotEmpty(t, text)
	require.Equal(t, []int{2}, num.Concatenate(0, x, f32(1, 2)).Shape())
}
