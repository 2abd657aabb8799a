package num

import (
	"math"

	"jacobi/array"
	"jacobi/graph"
	"jacobi/internal/ops"
)

// The functions here are those of jax.scipy.special, of real numbers; integers
// become float32.

// Erf is the error function.
func Erf(x *array.Array) *array.Array { return ops.Inexact(graph.OpErf, x) }

// Erfc is 1 - Erf, precise where that is small.
func Erfc(x *array.Array) *array.Array { return ops.Inexact(graph.OpErfc, x) }

// ErfInv is the inverse of Erf.
func ErfInv(x *array.Array) *array.Array { return ops.Inexact(graph.OpErfInv, x) }

// GammaLn is the logarithm of |gamma(x)|.
func GammaLn(x *array.Array) *array.Array { return ops.Inexact(graph.OpLgamma, x) }

// Digamma is the derivative of GammaLn.
func Digamma(x *array.Array) *array.Array { return ops.Inexact(graph.OpDigamma, x) }

// Polygamma is the n-th derivative of Digamma, for integers n that are not
// negative. It has no derivative in n.
func Polygamma[A, B array.Operand](n A, x B) *array.Array {
	return ops.Inexact(graph.OpPolygamma, array.Of(n), array.Of(x))
}

// Gamma is the gamma function; NaN at negative integers.
func Gamma(x *array.Array) *array.Array { return float1(x, gamma) }

// GammaSign is the sign of the gamma function: 1 or -1, NaN at negative
// integers.
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

// Factorial is gamma(n + 1), and 0 for negative n.
func Factorial(n *array.Array) *array.Array {
	return float1(n, func(b builder, n value) value {
		return b.Select(b.Lt(n, num(b, n, 0)), num(b, n, 0), b.Exp(b.Lgamma(b.Add(n, num(b, n, 1)))))
	})
}

// BetaLn is the logarithm of |beta(x, y)|.
func BetaLn[A, B array.Operand](x A, y B) *array.Array {
	return inexact("BetaLn", func(b builder, in []value) value { return betaLn(b, in[0], in[1]) }, array.Of(x), array.Of(y))
}

// Beta is gamma(x) gamma(y) / gamma(x + y).
func Beta[A, B array.Operand](x A, y B) *array.Array {
	return inexact("Beta", func(b builder, in []value) value {
		x, y := in[0], in[1]
		sign := b.Mul(b.Mul(gammaSign(b, x), gammaSign(b, y)), gammaSign(b, b.Add(x, y)))
		return b.Mul(sign, b.Exp(betaLn(b, x, y)))
	}, array.Of(x), array.Of(y))
}

func betaLn(b builder, x, y value) value {
	return b.Sub(b.Add(b.Lgamma(x), b.Lgamma(y)), b.Lgamma(b.Add(x, y)))
}

// XLogY is x log(y), and 0 where x is 0 and y is not NaN. Its derivatives are
// finite there too.
func XLogY[A, B array.Operand](x A, y B) *array.Array {
	return inexact("XLogY", func(b builder, in []value) value { return xLog(b, in[0], in[1], builder.Log, 0) }, array.Of(x), array.Of(y))
}

// XLog1pY is x log(1 + y), and 0 where x is 0 and y is not NaN.
func XLog1pY[A, B array.Operand](x A, y B) *array.Array {
	return inexact("XLog1pY", func(b builder, in []value) value { return xLog(b, in[0], in[1], builder.Log1p, -1) }, array.Of(x), array.Of(y))
}

// xLog is x log(y) for a logarithm whose pole is given. Where x = 0 and log(y)
// is not finite, y is moved to where it is.
func xLog(b builder, x, y value, log func(builder, value) value, pole float64) value {
	finite := b.And(b.Gt(y, num(b, y, pole)), b.Lt(y, num(b, y, math.Inf(1))))
	unsafe := b.And(b.Eq(x, num(b, x, 0)), b.And(b.Not(finite), b.Eq(y, y)))
	return b.Mul(x, log(b, b.Select(unsafe, num(b, y, pole+1), y)))
}

// Entr is -x log(x), 0 at 0 and -inf below.
func Entr(x *array.Array) *array.Array {
	return float1(x, func(b builder, x value) value {
		return b.Select(b.Lt(x, num(b, x, 0)), num(b, x, math.Inf(-1)), b.Neg(xLog(b, x, x, builder.Log, 0)))
	})
}

// RelEntr is p log(p/q), 0 where p is 0 and q is not negative, and infinite
// elsewhere outside of positive numbers.
func RelEntr[A, B array.Operand](p A, q B) *array.Array {
	return inexact("RelEntr", func(b builder, in []value) value { return relEntr(b, in[0], in[1]) }, array.Of(p), array.Of(q))
}

// KLDiv is p log(p/q) - p + q; see RelEntr.
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
	return b.Select(positive, b.Sub(b.Mul(x, b.Log(x)), b.Mul(x, b.Log(y))), otherwise)
}

// Logit is log(x / (1 - x)), the inverse of Sigmoid.
func Logit(x *array.Array) *array.Array {
	return float1(x, func(b builder, x value) value { return b.Log(b.Div(x, b.Sub(num(b, x, 1), x))) })
}

// Ndtr is the distribution function of the standard normal distribution.
func Ndtr(x *array.Array) *array.Array { return float1(x, ndtr) }

// ndtr takes erfc where 1 + erf would cancel.
func ndtr(b builder, x value) value {
	x = b.Mul(x, num(b, x, math.Sqrt(0.5)))
	half, one := num(b, x, 0.5), num(b, x, 1)
	tail := b.Erfc(b.Abs(x))
	far := b.Select(b.Gt(x, num(b, x, 0)), b.Sub(num(b, x, 2), tail), tail)
	return b.Mul(half, b.Select(b.Lt(b.Abs(x), num(b, x, math.Sqrt(0.5))), b.Add(one, b.Erf(x)), far))
}

// LogNdtr is the logarithm of Ndtr, precise in both tails.
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

// MultiGammaLn is the logarithm of the multivariate gamma function of
// dimension d.
func MultiGammaLn(x *array.Array, d int) *array.Array {
	checkDims("MultiGammaLn", []int{d})
	return float1(x, func(b builder, x value) value {
		y := num(b, x, 0.25*float64(d*(d-1))*math.Log(math.Pi))
		for i := range d {
			y = b.Add(y, b.Lgamma(b.Sub(x, num(b, x, float64(i)/2))))
		}
		return ops.BroadcastTo(b, y, x.Shape)
	})
}

// PolyVal is the polynomial with the coefficients p, a vector with the highest
// first, at x.
func PolyVal[T array.Operand](p *array.Array, x T) *array.Array {
	at := array.Of(x)
	if array.Of(p).Rank() != 1 {
		panic(mistake("PolyVal", []*array.Array{p, at}, "the coefficients must be a vector"))
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
