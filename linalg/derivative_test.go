package linalg_test

import (
	"math"
	"math/cmplx"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/internal/jaxtest"
	"github.com/jacobi-go/jacobi/linalg"
	"github.com/jacobi-go/jacobi/num"
)

// The gradient through a complex Cholesky factorization, as JAX prints it.
func TestComplexCholesky(t *testing.T) {
	a := jx.From([]complex64{
		5, 2 + 3i, 5i,
		2 - 3i, 7, 1 + 7i,
		-5i, 1 - 7i, 12,
	}, 3, 3)
	f := func(x *jx.Array) *jx.Array {
		l := linalg.Cholesky(x)
		return num.Sum(num.Square(num.Sub(l, num.Sin(l))))
	}
	want := []complex64{
		-0.75341904, -3.0509028 - 10.940545i, 5.9896846 + 3.5423026i,
		-3.0509028 + 10.940545i, -8.904491, -5.1351523 - 6.559373i,
		5.9896846 - 3.5423026i, -5.1351523 + 6.559373i, 0.01320427,
	}
	for name, grad := range map[string]func(*jx.Array) *jx.Array{
		"at once": jx.Grad(f, jx.Holomorphic()), "jitted": jx.Jit(jx.Grad(f, jx.Holomorphic())),
	} {
		t.Run(name, func(t *testing.T) {
			g := grad(a)
			require.Equal(t, jx.Complex64, g.DType())
			got, err := jx.Slice[complex64](g)
			require.NoError(t, err)
			for i, w := range want {
				assert.LessOrEqual(t, cmplx.Abs(complex128(got[i]-w)), 1e-6+1e-5*cmplx.Abs(complex128(w)), "element %d is %v, not %v", i, got[i], w)
			}
		})
	}
}

// real functions of a matrix, of which the first and second derivatives are
// compared with differences.
var smooth = map[string]func(a *jx.Array) *jx.Array{
	"cholesky": func(a *jx.Array) *jx.Array {
		spd := num.Add(num.Matmul(a, num.Conj(num.MatrixTranspose(a))), num.Eye(a.DType(), a.Dim(0)))
		return jaxtest.Weighted(linalg.Cholesky(spd))
	},
	"solve": func(a *jx.Array) *jx.Array { return jaxtest.Weighted(linalg.Solve(a, num.Sin(a))) },
	"inv":   func(a *jx.Array) *jx.Array { return jaxtest.Weighted(linalg.Inv(a)) },
	"det":   func(a *jx.Array) *jx.Array { return jaxtest.Weighted(linalg.Det(a)) },
	"slogdet": func(a *jx.Array) *jx.Array {
		s, l := linalg.SlogDet(a)
		return num.Add(jaxtest.Weighted(s), num.Square(l))
	},
	"lu": func(a *jx.Array) *jx.Array {
		_, l, u := linalg.LU(a)
		return num.Add(jaxtest.Weighted(l), jaxtest.Weighted(u))
	},
	"norm":  func(a *jx.Array) *jx.Array { return jaxtest.Weighted(linalg.Norm(a, 0)) },
	"power": func(a *jx.Array) *jx.Array { return jaxtest.Weighted(linalg.MatrixPower(a, -3)) },
	"triangular": func(a *jx.Array) *jx.Array {
		a = num.Add(a, num.Mul(3, num.Eye(a.DType(), a.Dim(0))))
		return num.Add(jaxtest.Weighted(linalg.SolveTriangular(a, num.Cos(a))), jaxtest.Weighted(linalg.SolveTriangular(a, a, linalg.Upper(), linalg.Adjoint())))
	},
}

func TestDerivatives(t *testing.T) { jaxtest.Derivatives(t, smooth) }

func TestVMap(t *testing.T) { jaxtest.VMap(t, smooth) }

func TestNormAtZero(t *testing.T) {
	zero := jx.From([]float64{0, 0, 0})
	norm := func(x *jx.Array) *jx.Array { return linalg.Norm(x) }
	assert.Equal(t, "[0. 0. 0.]", jx.Grad(norm)(zero).String())
	assert.Equal(t, "0.0", linalg.Norm(zero).String())
}

func TestDetOfSingular(t *testing.T) {
	// A pivot but the last is 0, so elimination says nothing of the cofactors.
	a := jx.From([]float64{0, 1, 0, 0, 0, 2, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1}, 4, 4)
	det := func(x *jx.Array) *jx.Array { return linalg.Det(x) }
	assert.Equal(t, 0.0, det(a).Float())
	assert.True(t, math.IsNaN(jx.Grad(det)(a).At(0, 0).Float()))
}

func TestMistakes(t *testing.T) {
	m, v := num.Ones(jx.Float32, 2, 3), num.Ones(jx.Float32, 3)
	s := num.Ones(jx.Float32, 3, 3)
	for want, f := range map[string]func(){
		"Cholesky(f32[2,3]): takes square matrices, not 2 by 3":                       func() { linalg.Cholesky(m) },
		"Det(f32[3]): takes matrices, in the last two axes; the operand has rank 1":   func() { linalg.Det(v) },
		"Solve(f32[3,3], f32[2,3]): a matrix of 3 by 3 needs vectors of 3 elements":   func() { linalg.Solve(s, m) },
		"Cholesky(f16[3,3]): takes float32, float64, complex64 or complex128":         func() { linalg.Cholesky(s.As(jx.Float16)) },
		"MultiDot(f32[2,3], f32[2,3]): operand 0 has 3 columns, operand 1 has 2 rows": func() { linalg.MultiDot(m, m) },
		"MatrixPower(f32[2,3]): takes square matrices":                                func() { linalg.MatrixPower(m, 2) },
		"MatrixNorm(f32[2,3]): p is 1, -1, math.Inf(1) or math.Inf(-1), not 2":        func() { linalg.MatrixNorm(m, 2) },
	} {
		err := jx.Try(f)
		require.Error(t, err, want)
		assert.Contains(t, err.Error(), want)
		assert.Contains(t, err.Error(), "derivative_test.go:")
	}
}

// Half precision is computed in float32: squares and sums of numbers that it
// holds are beyond it.
func TestNormsOfHalfPrecision(t *testing.T) {
	x := jx.From([]float32{300, 400})
	m := jx.From([]float32{40000, -300, 20000, 400}, 2, 2)
	for _, d := range jaxtest.Floats(t, jx.Float16, jx.BFloat16) {
		for _, c := range []struct {
			want float64
			got  *jx.Array
		}{
			{500, linalg.Norm(x.As(d))},
			{450, linalg.VectorNorm(x.As(d), 3)},
			{700, linalg.VectorNorm(x.As(d), 1)},
			{400, linalg.VectorNorm(x.As(d), math.Inf(1))},
			{60000, linalg.MatrixNorm(m.As(d), 1)},
			{40300, linalg.MatrixNorm(m.As(d), math.Inf(1))},
		} {
			require.Equal(t, d, c.got.DType())
			require.InEpsilon(t, c.want, c.got.Float(), 1e-2, "%v", d)
		}
		g := jx.Grad(func(x *jx.Array) *jx.Array { return linalg.Norm(x) })(x.As(d))
		require.InEpsilon(t, 0.6, g.At(0).Float(), 1e-2)
		require.InEpsilon(t, 0.8, g.At(1).Float(), 1e-2)
	}
}

func TestMatrixPowerOfLeastInt(t *testing.T) {
	a := jx.From([]float32{-1, 0, 0, 1}, 2, 2)
	assert.Equal(t, "[[1. 0.]\n [0. 1.]]", num.Abs(linalg.MatrixPower(a, math.MinInt)).String())
}
