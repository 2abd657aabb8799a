package interp

import (
	"math"
	"math/big"
	"math/cmplx"
)

// These are more exact than package math's.

func asin(x float64) float64 { return math.Atan2(x, math.Sqrt((1-x)*(1+x))) }

func acos(x float64) float64 { return 2 * math.Atan2(math.Sqrt(1-x), math.Sqrt(1+x)) }

func atanh(x float64) float64 {
	a := math.Abs(x)
	return math.Copysign(math.Log1p(2*a/(1-a))/2, x)
}

// pow splits y into a whole number, which is a power of x in long precision,
// and a fraction.
func pow(x, y float64) float64 {
	whole, fraction := math.Modf(y)
	if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) || x < 0 && fraction != 0 || !(math.Abs(y) < 1<<20) {
		return math.Pow(x, y)
	}
	p := big.NewFloat(1).SetPrec(200)
	square := new(big.Float).SetPrec(200).SetFloat64(x)
	for n := uint64(math.Abs(whole)); n > 0; n >>= 1 {
		if n&1 != 0 {
			p.Mul(p, square)
		}
		square.Mul(square, square)
	}
	if y < 0 {
		p.Quo(big.NewFloat(1), p)
	}
	if fraction != 0 {
		p.Mul(p, big.NewFloat(math.Exp(fraction*math.Log(x))))
	}
	z, _ := p.Float64()
	return z
}

func logistic(x float64) float64 {
	if x < 0 { // no overflow, and no loss where the result is tiny
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}

func lgamma(x float64) float64 {
	if math.IsInf(x, -1) {
		return math.Inf(1)
	}
	y, _ := math.Lgamma(x)
	return y
}

// digamma is NaN at the poles 0, -1, -2, ...
func digamma(x float64) float64 {
	switch {
	case math.IsNaN(x) || math.IsInf(x, -1) || x <= 0 && x == math.Floor(x):
		return math.NaN()
	case x < 0: // reflection; the argument of tan is reduced first
		return digamma(1-x) - math.Pi/math.Tan(math.Pi*math.Remainder(x, 1))
	case math.Abs(x-digammaRoot) < 0.25:
		return nearRoot(x - digammaRoot - digammaRootLow)
	}
	y := 0.0
	for ; x < 16; x++ { // digamma(x) = digamma(x+1) - 1/x
		y -= 1 / x
	}
	// log x - 1/2x - sum of B(2k)/(2k x^2k)
	if math.IsInf(x, 1) {
		return x
	}
	t, sum := 1/(x*x), 0.0
	for _, c := range []float64{-1. / 12, 691. / 32760, -1. / 132, 1. / 240, -1. / 252, 1. / 120, -1. / 12} {
		sum = sum*t + c
	}
	return y + math.Log(x) - 0.5/x + sum*t
}

// The positive root of digamma, in two parts.
const (
	digammaRoot    = 1.4616321449683622
	digammaRootLow = 9.549995429965697e-17
)

// nearRoot is digamma at a distance h from its root: the Taylor series, with
// the n-th derivative there (-1)^(n+1) n! zeta(n+1, root), so that no digits
// cancel.
func nearRoot(h float64) float64 {
	sum, power := 0.0, 1.0
	for n := 1.0; n < 60; n++ {
		power *= -h
		sum -= power * hurwitz(n+1, digammaRoot)
	}
	return sum
}

// polygamma is the n-th derivative of digamma; n must be a whole number.
func polygamma(n, x float64) float64 {
	switch {
	case n == 0:
		return digamma(x)
	case !(n > 0) || n != math.Floor(n) || math.IsInf(n, 0) || math.IsNaN(x):
		return math.NaN()
	}
	return -math.Pow(-1, n) * math.Gamma(n+1) * hurwitz(n+1, x)
}

// hurwitz is zeta(s, x), the sum of (x+k)^-s over k = 0, 1, 2, ..., for whole s
// above 1, by Euler and Maclaurin.
func hurwitz(s, x float64) float64 {
	switch {
	case x <= 0 && x == math.Floor(x): // a pole, of one sign if s is even
		if math.Mod(s, 2) == 0 {
			return math.Inf(1)
		}
		return math.NaN()
	case x < 0: // the terms below 0 are those of two other sums
		last := -x - math.Floor(-x)
		return math.Pow(-1, s)*(hurwitz(s, last)-hurwitz(s, 1-x)) + hurwitz(s, 1-last)
	}
	sum := 0.0
	for ; x < 20; x++ {
		sum += math.Pow(x, -s)
	}
	if math.IsInf(x, 1) {
		return 0
	}
	sum += math.Pow(x, 1-s)/(s-1) + math.Pow(x, -s)/2
	term := s * math.Pow(x, -s-1)
	for k, c := range []float64{1. / 12, -1. / 720, 1. / 30240, -1. / 1209600, 1. / 47900160} {
		sum += c * term
		n := float64(2 * k)
		term *= (s + n + 1) * (s + n + 2) / (x * x)
	}
	return sum
}

// The complex functions follow Kahan, Branch Cuts for Complex Elementary
// Functions: a zero imaginary part has a sign, which says on which side of a
// cut the number is.

// upper makes a function take numbers on a cut to be above it, whatever the
// sign of their zero.
func upper(f func(complex128) complex128) func(complex128) complex128 {
	return func(z complex128) complex128 { return f(complex(real(z), imag(z)+0)) }
}

func timesI(z complex128) complex128 { return complex(-imag(z), real(z)) }

// turned is -i f(iz), which takes sinh to sin, tanh to tan, atanh to atan, and
// asin to asinh.
func turned(f func(complex128) complex128) func(complex128) complex128 {
	return func(z complex128) complex128 {
		w := f(timesI(z))
		return complex(imag(w), -real(w))
	}
}

func cexp(z complex128) complex128 {
	if imag(z) == 0 {
		return complex(math.Exp(real(z)), imag(z))
	}
	r, s, c := math.Exp(real(z)), math.Sin(imag(z)), math.Cos(imag(z))
	return complex(r*c, r*s)
}

// clog keeps the digits of log|z| where |z| is close to 1.
func clog(z complex128) complex128 {
	a, b := math.Abs(real(z)), math.Abs(imag(z))
	re := math.Log(math.Hypot(a, b))
	if a, b = max(a, b), min(a, b); math.Abs(re) < 0.5 {
		re = math.Log1p((a-1)*(a+1)+b*b) / 2
	}
	return complex(re, math.Atan2(imag(z), real(z)))
}

func cexpm1(z complex128) complex128 {
	h := math.Sin(imag(z) / 2)
	return complex(math.Expm1(real(z))*math.Cos(imag(z))-2*h*h, imag(cexp(z)))
}

func clog1p(z complex128) complex128 {
	x, y := real(z), imag(z)
	re := math.Log(math.Hypot(1+x, y))
	if math.Abs(x) < 0.5 && math.Abs(y) < 0.5 {
		re = math.Log1p(math.FMA(x, 2+x, y*y)) / 2
	}
	return complex(re, math.Atan2(y, 1+x))
}

func csinh(z complex128) complex128 {
	return complex(math.Sinh(real(z))*math.Cos(imag(z)), math.Cosh(real(z))*math.Sin(imag(z)))
}

func ccosh(z complex128) complex128 {
	return complex(math.Cosh(real(z))*math.Cos(imag(z)), math.Sinh(real(z))*math.Sin(imag(z)))
}

func ctanh(z complex128) complex128 {
	x, y := real(z), imag(z)
	if math.Abs(x) > 20 {
		return complex(math.Copysign(1, x), 4*math.Sin(y)*math.Cos(y)*math.Exp(-2*math.Abs(x)))
	}
	t, s := math.Tan(y), math.Sinh(x)
	b := 1 + t*t
	d := 1 + b*s*s
	return complex(b*math.Sqrt(1+s*s)*s/d, t/d)
}

func casin(z complex128) complex128 {
	a, b := cmplx.Sqrt(complex(1-real(z), -imag(z))), cmplx.Sqrt(complex(1+real(z), imag(z)))
	return complex(math.Atan2(real(z), real(a*b)), math.Asinh(imag(cmplx.Conj(a)*b)))
}

func cacos(z complex128) complex128 {
	a, b := cmplx.Sqrt(complex(1-real(z), -imag(z))), cmplx.Sqrt(complex(1+real(z), imag(z)))
	return complex(2*math.Atan2(real(a), real(b)), math.Asinh(imag(cmplx.Conj(b)*a)))
}

func cacosh(z complex128) complex128 {
	a, b := cmplx.Sqrt(complex(real(z)-1, imag(z))), cmplx.Sqrt(complex(real(z)+1, imag(z)))
	return complex(math.Asinh(real(cmplx.Conj(a)*b)), 2*math.Atan2(imag(a), real(b)))
}

func catanh(z complex128) complex128 {
	x, y := real(z), imag(z)
	if cmplx.Abs(z) > 1e100 {
		return complex(real(1/z), math.Copysign(math.Pi/2, y))
	}
	a := math.Abs(x)
	re := math.Copysign(math.Log1p(4*a/((1-a)*(1-a)+y*y))/4, x)
	return complex(re, math.Atan2(2*y, (1-x)*(1+x)-y*y)/2)
}

// cpow has 0^0 = 1, and 0^w = 0 for positive real w only.
func cpow(z, w complex128) complex128 {
	switch {
	case w == 0:
		return 1
	case z == 0 && imag(w) == 0 && real(w) > 0:
		return 0
	case z == 0:
		return complex(math.NaN(), math.NaN())
	}
	return cexp(w * clog(z))
}
