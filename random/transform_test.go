package random_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/jaxtest"
	"github.com/jacobi-go/jacobi/num"
	. "github.com/jacobi-go/jacobi/random"
)

// draws are functions of a key that give floats or integers.
var draws = map[string]func(k Key) *jx.Array{
	"bits":         func(k Key) *jx.Array { return Bits(k, jx.Uint8, 7) },
	"split":        func(k Key) *jx.Array { return SplitN(k, 3).At(1).Bits },
	"fold_in":      func(k Key) *jx.Array { return FoldIn(k, 5).Bits },
	"uniform":      func(k Key) *jx.Array { return Uniform(k, jx.Float32, 3, 2) },
	"normal":       func(k Key) *jx.Array { return Normal(k, jx.Float64, 5) },
	"complex":      func(k Key) *jx.Array { return Normal(k, jx.Complex64, 5) },
	"truncated":    func(k Key) *jx.Array { return TruncatedNormal(k, jx.Float32, -1, jx.From([]float32{0, 1})) },
	"randint":      func(k Key) *jx.Array { return RandInt(k, jx.Int16, -5, 1000, 9) },
	"bernoulli":    func(k Key) *jx.Array { return Bernoulli(k, 0.4, 9) },
	"categorical":  func(k Key) *jx.Array { return Categorical(k, jx.From([]float32{0, 1, 2, 3}, 2, 2), 0) },
	"permutation":  func(k Key) *jx.Array { return Permutation(k, 20) },
	"shuffle":      func(k Key) *jx.Array { return Shuffle(k, jx.From([]float32{0, 1, 2, 3, 4, 5}, 3, 2)) },
	"shuffle each": func(k Key) *jx.Array { return ShuffleEach(k, jx.From([]float32{0, 1, 2, 3, 4, 5}, 3, 2), 1) },
	"weighted choice": func(k Key) *jx.Array {
		return WeightedChoice(k, jx.From([]float32{1, 2, 3}), jx.From([]float32{1, 0, 2}), 8)
	},
	"gamma":   func(k Key) *jx.Array { return Gamma(k, jx.Float32, jx.From([]float32{0.1, 2, 30})) },
	"beta":    func(k Key) *jx.Array { return Beta(k, jx.Float32, 0.5, 2, 4) },
	"poisson": func(k Key) *jx.Array { return Poisson(k, jx.Int32, jx.From([]float32{0.5, 5, 50})) },
}

// In a program, and for many keys at once, the numbers are the same.
func TestTransforms(t *testing.T) {
	for name, draw := range draws {
		t.Run(name, func(t *testing.T) {
			for _, k := range []Key{NewKey(3), NewKey(3).Original()} {
				same(t, draw(k), jx.Jit(draw)(k), "jit")
				keys := SplitN(k, 4)
				all := jx.VMap(draw)(keys)
				for i, k := range keys.Rows() {
					same(t, draw(k), all.At(i), "vmap, key %d", i)
				}
			}
		})
	}
}

// same compares integers exactly; XLA rounds functions of floats differently in
// programs of other shapes.
func same(t *testing.T, want, got *jx.Array, args ...any) {
	t.Helper()
	x, y := elements(t, want), elements(t, got)
	d := want.DType()
	if !d.Differentiable() {
		assert.Equal(t, x, y, args...)
		return
	}
	if !assert.Equal(t, len(x), len(y), args...) {
		return
	}
	for i := 0; i < len(x); i += d.Size() {
		a, b := graph.Decode(d, x[i:]), graph.Decode(d, y[i:])
		assert.LessOrEqual(t, max(ulps(d.Real(), real(b.C), real(a.C)), ulps(d.Real(), imag(b.C), imag(a.C))), 16.0, args...)
	}
}

// ulps is the distance of x and y in units of the last place of y.
func ulps(d graph.DType, x, y float64) float64 {
	if x == y || math.IsNaN(x) && math.IsNaN(y) {
		return 0
	}
	_, e := math.Frexp(y)
	return math.Abs(x-y) / math.Ldexp(epsilon(d), e-1)
}

// A gamma number's derivative in its parameter is that at constant quantile:
// averages of functions of it have the derivatives that their formulas have.
// JAX's derivative at these points stands beside.
func TestGammaDerivative(t *testing.T) {
	a := jx.From([]float64{0.05, 0.5, 1, 1.7, 30, 400})
	y, dy := jx.JVP(func(a *jx.Array) *jx.Array { return Gamma(NewKey(2), jx.Float64, a) }, a, num.OnesLike(a))
	assert.InEpsilonSlice(t, []float64{1.1538034090279098e-10, 0.39898718879740763, 1.2293782073895707, 1.4913928279818682, 1.1079841972545774, 1.0003072380622071}, slice[float64](t, dy), 1e-6)
	_, dl := jx.JVP(func(a *jx.Array) *jx.Array { return LogGamma(NewKey(2), jx.Float64, a) }, a, num.OnesLike(a))
	assert.InEpsilonSlice(t, slice[float64](t, num.Div(dy, y)), slice[float64](t, dl), 1e-9)

	mean := func(a *jx.Array) *jx.Array {
		return num.Mean(num.Square(Gamma(NewKey(5), jx.Float32, num.BroadcastTo(a, 20_000))))
	}
	at := jx.Scalar(float32(1.5)) // E x**2 = a (a+1)
	assert.InEpsilon(t, 2*1.5+1, jx.Grad(mean)(at).Float(), 0.05)
}

// A key is a static layout and an array: a program for one layout is not that
// of the other.
func TestLayouts(t *testing.T) {
	draw := jx.Jit(func(k Key) (*jx.Array, Key) { return Uniform(k, jx.Float32), SplitN(k, 2).At(1) })
	k := NewKey(0)
	x, _ := draw(k)
	y, next := draw(k.Original())
	assert.NotEqual(t, x.Float(), y.Float())
	assert.Equal(t, Uniform(k.Original(), jx.Float32).Float(), y.Float())
	z, _ := draw(next)
	assert.Equal(t, Uniform(SplitN(k.Original(), 2).At(1), jx.Float32).Float(), z.Float())
}

// moments compares mean and variance of 20,000 numbers with what they should
// be; the error of the mean is a hundredth of the deviation.
func moments(t *testing.T, name string, x *jx.Array, mean, variance float64) {
	x = x.As(jx.Float64)
	sigma := math.Sqrt(variance)
	assert.InDelta(t, mean, num.Mean(x).Float(), 0.03*sigma, "mean of %s", name)
	m := num.Mean(num.Square(num.Sub(x, mean))).Float()
	assert.InEpsilon(t, variance, m, 0.1, "variance of %s", name)
}

func TestMoments(t *testing.T) {
	const n = 20_000
	k, f := NewKey(17), jx.Float32
	const euler = 0.5772156649015329
	moments(t, "uniform", Uniform(k, f, n), 0.5, 1./12)
	moments(t, "uniform bf16", Uniform(k, jx.BFloat16, n), 0.5, 1./12)
	moments(t, "uniform in", UniformIn(k, f, -3, 5, n), 1, 64./12)
	moments(t, "normal", Normal(k, f, n), 0, 1)
	for _, d := range jaxtest.Floats(t, jx.Float16) {
		moments(t, "normal f16", Normal(k, d, n), 0, 1)
	}
	moments(t, "normal f64", Normal(k, jx.Float64, n), 0, 1)
	moments(t, "complex normal", num.Imag(Normal(k, jx.Complex64, n)), 0, 0.5)
	moments(t, "truncated normal", TruncatedNormal(k, f, -1, 1, n), 0, 0.29112)
	moments(t, "exponential", Exponential(k, f, n), 1, 1)
	moments(t, "gumbel", Gumbel(k, f, n), euler, math.Pi*math.Pi/6)
	moments(t, "laplace", Laplace(k, f, n), 0, 2)
	moments(t, "logistic", Logistic(k, f, n), 0, math.Pi*math.Pi/3)
	moments(t, "pareto", Pareto(k, f, 10, n), 10./9, 10./(81*8))
	moments(t, "log normal", LogNormal(k, f, 0.25, n), math.Exp(0.03125), math.Expm1(0.0625)*math.Exp(0.0625))
	moments(t, "rayleigh", Rayleigh(k, f, 2, n), 2*math.Sqrt(math.Pi/2), 4*(4-math.Pi)/2)
	moments(t, "weibull", Weibull(k, f, 2, 1.5, n), 2*math.Gamma(1+1/1.5), 4*(math.Gamma(1+2/1.5)-math.Pow(math.Gamma(1+1/1.5), 2)))
	moments(t, "rademacher", Rademacher(k, jx.Int32, n), 0, 1)
	moments(t, "randint", RandInt(k, jx.Int32, 3, 10, n), 6, 4)
	moments(t, "bernoulli", Bernoulli(k, 0.3, n).As(f), 0.3, 0.21)
	moments(t, "categorical", Categorical(k, jx.From([]float32{0, 0, float32(math.Log(2))}), 0, n), 1.25, 11./16)
	moments(t, "gamma", Gamma(k, f, 2.5, n), 2.5, 2.5)
	moments(t, "small gamma", Gamma(k, f, 0.4, n), 0.4, 0.4)
	moments(t, "beta", Beta(k, f, 2, 3, n), 0.4, 0.04)
	moments(t, "chi-square", ChiSquare(k, f, 3, n), 3, 6)
	moments(t, "t", StudentT(k, f, 12, n), 0, 1.2)
	moments(t, "poisson", Poisson(k, jx.Int32, 4, n), 4, 4)
	moments(t, "large poisson", Poisson(k, jx.Int32, 40, n), 40, 40)
	moments(t, "permutation", Permutation(k, n), (n-1)/2., (n*n-1)/12.)
	moments(t, "weighted choice", WeightedChoice(k, jx.From([]float32{0, 1, 2}), jx.From([]float32{1, 1, 2}), n), 1.25, 11./16)
}
