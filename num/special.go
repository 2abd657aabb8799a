package num

import (
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// The functions here are those of jax.scipy.special, of real numbers; integers
// become float32.

// Erf is the error function. Elementwise, of real numbers; integers and bools
// become float32. It is jax.scipy.special.erf.
func Erf(x *array.Array) *array.Array { return ops.Inexact(graph.OpErf, x) }

// Erfc is 1 - Erf, precise where that is small. Elementwise, of real numbers;
// integers and bools become float32. It is jax.scipy.special.erfc.
func Erfc(x *array.Array) *array.Array { return ops.Inexact(graph.OpErfc, x) }

// ErfInv is the inverse of Erf. Elementwise, of real numbers; integers and
// bools become float32. It is jax.scipy.special.erfinv.
func ErfInv(x *array.Array) *array.Array { return ops.Inexact(graph.OpErfInv, x) }

// GammaLn is the logarithm of |gamma(x)|. Elementwise, of real numbers;
// integers and bools become float32. It is jax.scipy.special.gammaln.
func GammaLn(x *array.Array) *array.Array { return ops.Inexact(graph.OpLgamma, x) }

// Digamma is the derivative of GammaLn. Elementwise, of real numbers; integers
// and bools become float32. It is jax.scipy.special.digamma.
func Digamma(x *array.Array) *array.Array { return ops.Inexact(graph.OpDigamma, x) }

// Polygamma is the n-th derivative of Digamma, for integers n that are not
// negative. It has no derivative in n. Elementwise, of real numbers; operands
// are promoted; integers and bools become float32. It is
// jax.scipy.special.polygamma.
func Polygamma[A, B array.Operand](n A, x B) *array.Array {
	return ops.Inexact(graph.OpPolygamma, array.Of(n), array.Of(x))
}

// Gamma is the gamma function; NaN at negative integers. Elementwise, of real
// numbers; integers and bools become float32. It is jax.scipy.special.gamma.
func Gamma(x *array.Array) *array.Array { return float1(x, gamma) }

// GammaSign is the sign of the gamma function: 1 or -1, NaN at negative
// integers. Elementwise, of real numbers; integers and bools become float32. It
// is jax.scipy.special.gammasgn.
func GammaSign(x *array.Array) *array.Array { return float1(x, gammaSign) }

func gamma(b builder, x value) value { return b.Mul(gammaSign(b, x), b.Exp(b.Lgamma(x))) }

func gammaSign(b builder, x value) value {
	zero, one := num(b, x, 0), num(b, x, 1)
	floor := b.Floor(x)
	negative := b.Lt(x, zero)
	odd := b.And(negative, b.Ne(b.Rem(floor, num(b, x, 2)), zero))
	minus := b.Or(odd, b.And(b.Eq(x, zero), signbit(b, x)))
	pole := b.Or(b.And(negative, b.Eq(x, floor)), b.Ne(x, x))
	return b.Select(pole, num(b, x, math.NaN()), b.Select(minus, num(b, x, -1), one))
}

// Factorial is gamma(n + 1), and 0 for negative n. Elementwise, of real
// numbers; integers and bools become float32. It is
// jax.scipy.special.factorial.
func Factorial(n *array.Array) *array.Array {
	return float1(n, func(b builder, n value) value {
		return b.Select(b.Lt(n, num(b, n, 0)), num(b, n, 0), b.Exp(b.Lgamma(b.Add(n, num(b, n, 1)))))
	})
}

// BetaLn is the logarithm of |beta(x, y)|. Elementwise, of real numbers;
// operands are promoted; integers and bools become float32. It is
// jax.scipy.special.betaln.
func BetaLn[A, B array.Operand](x A, y B) *array.Array {
	return inexact("BetaLn", func(b builder, in []value) value {
		return widely(b, in[0], func(x value) value { return betaLn(b, x, b.Convert(in[1], x.DType)) })
	}, array.Of(x), array.Of(y))
}

// Beta is gamma(x) gamma(y) / gamma(x + y). Elementwise, of real numbers;
// operands are promoted; integers and bools become float32. It is
// jax.scipy.special.beta.
func Beta[A, B array.Operand](x A, y B) *array.Array {
	return inexact("Beta", func(b builder, in []value) value {
		return widely(b, in[0], func(x value) value {
			y := b.Convert(in[1], x.DType)
			sign := b.Mul(b.Mul(gammaSign(b, x), gammaSign(b, y)), gammaSign(b, b.Add(x, y)))
			return b.Mul(sign, b.Exp(betaLn(b, x, y)))
		})
	}, array.Of(x), array.Of(y))
}

func betaLn(b builder, x, y value) value {
	swap := b.Gt(x, y)
	x, y = b.Select(swap, y, x), b.Select(swap, x, y)
	sum := b.Add(x, y)
	eight := num(b, y, 8)
	large := b.And(b.Ge(y, eight), b.Ge(sum, eight))
	plain := b.Sub(b.Lgamma(y), b.Lgamma(sum))
	far := lgammaDifference(b, where(b, large, x), b.Select(large, y, eight))
	return b.Add(b.Lgamma(x), b.Select(large, far, plain))
}

// lgammaDifference is lgamma(y) - lgamma(x+y) for y and x+y of 8 or more,
// without the difference of two large numbers: each is Stirling's
//
//	lgamma(z) = (z - 1/2) log(z) - z + log(2 pi)/2 + del(z),  del(z) = c0/z + c1/z**3 + ...
//
// (Didonato and Morris, Algorithm 708, 1992: algdiv). With r = y/(x+y), the
// powers in del(y) - del(x+y) are 1 - r**n = (1 - r)(1 + r + ... + r**(n-1)).
func lgammaDifference(b builder, x, y value) value {
	c := [...]float64{0.833333333333333e-01, -0.277777777760991e-02, 0.793650666825390e-03, -0.595202931351870e-03, 0.837308034031215e-03, -0.165322962780713e-02}
	num := func(c float64) value { return b.Scalar(y.DType, c) }
	h := b.Div(x, y)
	rest := b.Div(h, b.Add(h, num(1))) // 1 - r
	s := num(1)                        // 1 + r + ... + r**(2n)
	t := b.Square(b.Div(num(1), y))
	r := b.Sub(num(1), rest)
	del, power := num(c[0]), num(1)
	for _, a := range c[1:] {
		s = b.Add(num(1), b.Mul(r, b.Add(num(1), b.Mul(r, s))))
		power = b.Mul(power, t)
		del = b.Add(del, b.Mul(num(a), b.Mul(power, s)))
	}
	del = b.Mul(del, b.Div(rest, y))
	u := b.Mul(b.Add(y, b.Sub(x, num(0.5))), b.Log1p(h))
	v := b.Mul(x, b.Sub(b.Log(y), num(1)))
	larger := b.Gt(u, v) // is subtracted last
	return b.Sub(b.Sub(del, b.Select(larger, v, u)), b.Select(larger, u, v))
}

// XLogY is x log(y), and 0 where x is 0 and y is not NaN. Its derivatives are
// log(y) and x/y there too. Elementwise; operands are promoted; integers and
// bools become float32. It is jax.scipy.special.xlogy.
func XLogY[A, B array.Operand](x A, y B) *array.Array {
	return inexact("XLogY", func(b builder, in []value) value {
		return xLog(b, "xlogy", in[0], in[1], builder.Log, func(_ builder, y value) value { return y })
	}, array.Of(x), array.Of(y))
}

// XLog1pY is x log(1 + y), and 0 where x is 0 and y is not NaN. Its derivatives
// are log(1 + y) and x/(1 + y) there too. Elementwise; operands are promoted;
// integers and bools become float32. It is jax.scipy.special.xlog1py.
func XLog1pY[A, B array.Operand](x A, y B) *array.Array {
	return inexact("XLog1pY", func(b builder, in []value) value {
		return xLog(b, "xlog1py", in[0], in[1], builder.Log1p, func(b builder, y value) value { return b.Add(num(b, y, 1), y) })
	}, array.Of(x), array.Of(y))
}

// xLog is x log(y), for a logarithm whose derivative is 1 over what is given.
func xLog(b builder, name string, x, y value, log, over func(builder, value) value) value {
	product := func(b builder, x, y value) value {
		return where(b, b.Or(b.Ne(x, num(b, x, 0)), b.Ne(y, y)), b.Mul(x, log(b, y)))
	}
	avals := []graph.Aval{x.Aval, y.Aval}
	return b.CustomJVP(graph.CustomJVPParams{
		Name:  name,
		Graph: graph.Build(avals, func(b builder, in []value) []value { return []value{product(b, in[0], in[1])} }),
		JVP: graph.Build(slices.Concat(avals, avals), func(b builder, in []value) []value {
			x, y, dx, dy := in[0], in[1], in[2], in[3]
			slope := b.Div(b.Mul(dy, x), over(b, y))
			return []value{product(b, x, y), b.Add(b.Mul(dx, log(b, y)), slope)}
		}),
	}, x, y)[0]
}

// Entr is -x log(x), 0 at 0 and -inf below. Its derivative is -log(x) - 1.
// Elementwise, of real numbers; integers and bools become float32. It is
// jax.scipy.special.entr.
func Entr(x *array.Array) *array.Array {
	return float1(x, func(b builder, x value) value {
		avals := []graph.Aval{x.Aval}
		xLogX := func(b builder, x value) value { return where(b, b.Ne(x, num(b, x, 0)), b.Mul(x, b.Log(x))) }
		y := b.CustomJVP(graph.CustomJVPParams{
			Name:  "xlogx",
			Graph: graph.Build(avals, func(b builder, in []value) []value { return []value{xLogX(b, in[0])} }),
			JVP: graph.Build(slices.Concat(avals, avals), func(b builder, in []value) []value {
				x, dx := in[0], in[1]
				return []value{xLogX(b, x), b.Mul(dx, b.Add(b.Log(x), num(b, x, 1)))}
			}),
		}, x)[0]
		return b.Select(b.Lt(x, num(b, x, 0)), num(b, x, math.Inf(-1)), b.Neg(y))
	})
}

// RelEntr is p log(p/q), 0 where p is 0 and q is not negative, and infinite
// elsewhere outside of positive numbers. Elementwise, of real numbers; operands
// are promoted; integers and bools become float32. It is
// jax.scipy.special.rel_entr.
func RelEntr[A, B array.Operand](p A, q B) *array.Array {
	return inexact("RelEntr", func(b builder, in []value) value { return relEntr(b, in[0], in[1]) }, array.Of(p), array.Of(q))
}

// KLDiv is p log(p/q) - p + q; see RelEntr. Elementwise, of real numbers;
// operands are promoted; integers and bools become float32. It is
// jax.scipy.special.kl_div.
func KLDiv[A, B array.Operand](p A, q B) *array.Array {
	return inexact("KLDiv", func(b builder, in []value) value {
		return b.Add(b.Sub(relEntr(b, in[0], in[1]), in[0]), in[1])
	}, array.Of(p), array.Of(q))
}

func relEntr(b builder, p, q value) value {
	zero, one := num(b, p, 0), num(b, p, 1)
	positive := b.And(b.Gt(p, zero), b.Gt(q, zero))
	x, y := b.Select(positive, p, one), b.Select(positive, q, one)
	vanishes := b.And(b.Eq(p, zero), b.Ge(q, zero))
	otherwise := b.Select(vanishes, zero, num(b, p, math.Inf(1)))
	return b.Select(positive, b.Mul(x, b.Sub(b.Log(x), b.Log(y))), otherwise)
}

// Logit is log(x / (1 - x)), the inverse of Sigmoid. Elementwise; integers and
// bools become float32. It is jax.scipy.special.logit.
func Logit(x *array.Array) *array.Array {
	return float1(x, func(b builder, x value) value { return b.Log(b.Div(x, b.Sub(num(b, x, 1), x))) })
}

// Ndtr is the distribution function of the standard normal distribution.
// Elementwise, of real numbers; integers and bools become float32. It is
// jax.scipy.special.ndtr.
func Ndtr(x *array.Array) *array.Array { return float1(x, ndtr) }

// ndtr takes erfc where 1 + erf would cancel.
func ndtr(b builder, x value) value {
	x = b.Mul(x, num(b, x, math.Sqrt(0.5)))
	half, one := num(b, x, 0.5), num(b, x, 1)
	tail := b.Erfc(b.Abs(x))
	far := b.Select(b.Gt(x, num(b, x, 0)), b.Sub(num(b, x, 2), tail), tail)
	return b.Mul(half, b.Select(b.Lt(b.Abs(x), num(b, x, math.Sqrt(0.5))), b.Add(one, b.Erf(x)), far))
}

// LogNdtr is the logarithm of Ndtr, precise in both tails. Elementwise, of real
// numbers; integers and bools become float32. It is jax.scipy.special.log_ndtr.
func LogNdtr(x *array.Array) *array.Array {
	return float1(x, func(b builder, x value) value {
		return widely(b, x, func(x value) value {
			low, zero := num(b, x, -10), num(b, x, 0)
			if x.DType == graph.Float64 {
				low = num(b, x, -20)
			}
			isLow, isHigh := b.Lt(x, low), b.Gt(x, zero)
			upper := b.Log1p(b.Neg(ndtr(b, b.Neg(b.Max(x, zero)))))
			middle := b.Log(ndtr(b, b.Select(b.Or(isLow, isHigh), zero, x)))
			// log of the normal density over -x, and of the asymptotic series
			z := b.Min(x, low)
			z2 := b.Square(z)
			series := horner(b, b.Div(num(b, z, 1), z2), -135135, 10395, -945, 105, -15, 3, -1, 1)
			lower := b.Sub(b.Sub(b.Mul(num(b, z, -0.5), z2), b.Log(b.Neg(z))), num(b, z, 0.5*math.Log(2*math.Pi)))
			lower = b.Add(lower, b.Log(series))
			return b.Select(isHigh, upper, b.Select(isLow, lower, middle))
		})
	})
}

// MultiGammaLn is the logarithm of the multivariate gamma function of dimension
// d. Elementwise, of real numbers; integers and bools become float32. A
// negative d is an error. It is jax.scipy.special.multigammaln.
func MultiGammaLn(x *array.Array, d int) *array.Array {
	checkDims("MultiGammaLn", []int{d})
	checkWrittenOut("MultiGammaLn", d)
	return float1(x, func(b builder, x value) value {
		y := num(b, x, 0.25*float64(d*(d-1))*math.Log(math.Pi))
		for i := range d {
			y = b.Add(y, b.Lgamma(b.Sub(x, num(b, x, float64(i)/2))))
		}
		return ops.BroadcastTo(b, y, x.Shape)
	})
}

// PolyVal is the polynomial with the coefficients p, a vector with the highest
// first, at x. The result has x's shape. Dtypes are promoted; a p that is no
// vector is an error. It is jax.numpy.polyval.
func PolyVal[T array.Operand](p *array.Array, x T) *array.Array {
	ops.Given(p, array.Of(x))
	at := array.Of(x)
	if array.Of(p).Rank() != 1 {
		panic(ops.Mistake(graph.ErrRank, "PolyVal", []*array.Array{p, at}, "the coefficients must be a vector"))
	}
	d, _ := array.Promote(p, at)
	return ops.Apply(ops.JoinAs(d, p, at), false, func(b builder, in []value) value {
		p, x := b.Convert(in[0], d), b.Convert(in[1], d)
		y := num(b, x, 0)
		for i := range p.Size() {
			c := b.Reshape(b.SliceAxis(p, 0, i, i+1))
			if i == 0 {
				y = c
			} else {
				y = b.Add(b.Mul(y, x), c)
			}
		}
		return ops.BroadcastTo(b, y, x.Shape)
	})
}
