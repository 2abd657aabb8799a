package linalg

import (
	"math"
	"math/cmplx"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "jacobi"
	"jacobi/fft"
	"jacobi/linalg"
	"jacobi/num"
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
		"at once": jx.Grad(f, jx.Holomorphic), "jitted": jx.Jit(jx.Grad(f, jx.Holomorphic)),
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

// Matrices of a kind for the functions below: well conditioned, with their
// pivots off the diagonal.
func sample(d jx.DType, n int) *jx.Array {
	data := make([]complex128, n*n)
	for i := range data {
		data[i] = complex(math.Sin(float64(3*i+1)), math.Cos(float64(5*i+2)))
		if (i/n+1)%n == i%n {
			data[i] += 3
		}
	}
	x := jx.From(data, n, n)
	if d == jx.Float64 {
		return num.Real(x)
	}
	return x
}

// real functions of a matrix, of which the first and second derivatives are
// compared with differences.
var smooth = map[string]func(a *jx.Array) *jx.Array{
	"cholesky": func(a *jx.Array) *jx.Array {
		spd := num.Add(num.Matmul(a, num.Conj(num.MatrixTranspose(a))), num.Eye(a.DType(), a.Dim(0)))
		return weighted(linalg.Cholesky(spd))
	},
	"solve":   func(a *jx.Array) *jx.Array { return weighted(linalg.Solve(a, num.Sin(a))) },
	"inv":     func(a *jx.Array) *jx.Array { return weighted(linalg.Inv(a)) },
	"det":     func(a *jx.Array) *jx.Array { return weighted(linalg.Det(a)) },
	"slogdet": func(a *jx.Array) *jx.Array { s, l := linalg.SlogDet(a); return num.Add(weighted(s), num.Square(l)) },
	"lu":      func(a *jx.Array) *jx.Array { _, l, u := linalg.LU(a); return num.Add(weighted(l), weighted(u)) },
	"norm":    func(a *jx.Array) *jx.Array { return weighted(linalg.Norm(a, 0)) },
	"power":   func(a *jx.Array) *jx.Array { return weighted(linalg.MatrixPower(a, -3)) },
	"fft":     func(a *jx.Array) *jx.Array { return weighted(num.Square(fft.FFT2(a))) },
	"irfft":   func(a *jx.Array) *jx.Array { return weighted(num.Square(fft.IRFFTN(num.Sin(a)))) },
	"triangular": func(a *jx.Array) *jx.Array {
		a = num.Add(a, num.Mul(3, num.Eye(a.DType(), a.Dim(0))))
		return num.Add(weighted(linalg.SolveTriangular(a, num.Cos(a))), weighted(linalg.SolveTriangular(a, a, linalg.Upper, linalg.Adjoint)))
	},
}

// weighted is a real number that depends on all of x.
func weighted(x *jx.Array) *jx.Array {
	w := num.Reshape(num.Cos(num.Arange(jx.Float64, x.Size())), x.Shape()...)
	if x.DType().IsComplex() {
		x = num.Add(num.Real(x), num.Mul(0.7, num.Imag(x)))
	}
	return num.Sum(num.Mul(num.Square(x), w)) // not linear
}

func TestDerivatives(t *testing.T) {
	for name, f := range smooth {
		for _, d := range []jx.DType{jx.Float64, jx.Complex128} {
			t.Run(name+" "+d.String(), func(t *testing.T) {
				a := sample(d, 4)
				dx := num.Sin(num.Mul(a, 7))
				slope := func(a *jx.Array) *jx.Array { _, dy := jx.JVP(f, a, dx); return dy }
				back := func(a *jx.Array) *jx.Array { return pair(jx.Grad(f)(a), dx) }
				all := jx.Jit(func(a *jx.Array) arrays { // one program, at all points
					_, forward := jx.JVP(slope, a, dx)
					_, mixed := jx.JVP(back, a, dx)
					return arrays{f(a), slope(a), back(a), forward, mixed, pair(jx.Grad(slope)(a), dx)}
				})
				const h = 1e-5
				var at [5]arrays
				for i := range at {
					at[i] = all(num.Add(a, num.Mul(dx, float64(i-2)*h)))
				}
				along := func(k int) float64 { // by differences
					y := func(s int) float64 { return at[2+s][k].Float() }
					return (8*(y(1)-y(-1)) - (y(2) - y(-2))) / (12 * h)
				}
				first, second := along(0), along(1)
				for k, way := range []string{"forward", "reverse"} {
					assert.InEpsilon(t, first, at[2][1+k].Float(), 1e-6, way)
				}
				for k, way := range []string{"forward over forward", "forward over reverse", "reverse over forward"} {
					assert.InEpsilon(t, second, at[2][3+k].Float(), 1e-6, way)
				}
			})
		}
	}
}

// pair is the real part of the sum of products.
func pair(x, y *jx.Array) *jx.Array { return num.Real(num.Sum(num.Mul(x, y))) }

// One example at a time, or all at once.
func TestVMap(t *testing.T) {
	for name, f := range smooth {
		t.Run(name, func(t *testing.T) {
			a := num.Stack(sample(jx.Float64, 4), num.Mul(1.5, sample(jx.Float64, 4)), num.Flip(sample(jx.Float64, 4)))
			both := func(a *jx.Array) arrays { return arrays{f(a), jx.Grad(f)(a)} }
			got := jx.VMap(both)(a)
			for i := range 3 {
				want := both(a.At(i))
				for k, w := range want {
					compare(t, name, arrays{got[k].At(i)}, arrays{w})
				}
			}
		})
	}
}

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
		"cholesky(f16[3,3]): takes float32, float64, complex64 or complex128":         func() { linalg.Cholesky(s.As(jx.Float16)) },
		"RFFT(c64[3]): takes real numbers; use FFT for complex ones":                  func() { fft.RFFT(v.As(jx.Complex64)) },
		"FFT2(f32[2,3]): axis 1 is named twice":                                       func() { fft.FFT2(m, 1, 1) },
		"FFT(f32[2,3]): transforms 1 axes, but [0 1] are given":                       func() { fft.FFT(m, 0, 1) },
		"FFTN(f32[2,3]): the plan has 1 lengths for 2 axes":                           func() { fft.Plan{Lengths: []int{2}}.FFTN(m, 0, 1) },
		"IRFFT(f32[1]): axis 0 would have 0 elements; it needs at least one":          func() { fft.IRFFT(num.Ones(jx.Float32, 1)) },
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
