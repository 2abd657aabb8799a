package num

import (
	"math"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// Functions of one argument work on each element, on floats and complex
// numbers; integers become float32.

// Exp is e**x. Elementwise; integers and bools become float32. It is
// jax.numpy.exp.
func Exp(x *array.Array) *array.Array { return ops.Inexact(graph.OpExp, x) }

// Exp2 is 2**x. Elementwise; integers and bools become float32. It is
// jax.numpy.exp2.
func Exp2(x *array.Array) *array.Array { return ops.Inexact(graph.OpExp2, x) }

// Expm1 is e**x - 1, precise for small x. Elementwise; integers and bools
// become float32. It is jax.numpy.expm1.
func Expm1(x *array.Array) *array.Array { return ops.Inexact(graph.OpExpm1, x) }

// Log is the natural logarithm. Elementwise; integers and bools become float32.
// It is jax.numpy.log.
func Log(x *array.Array) *array.Array { return ops.Inexact(graph.OpLog, x) }

// Log1p is log(1 + x), precise for small x. Elementwise; integers and bools
// become float32. It is jax.numpy.log1p.
func Log1p(x *array.Array) *array.Array { return ops.Inexact(graph.OpLog1p, x) }

// Log2 is the logarithm to base 2. Elementwise; integers and bools become
// float32. It is jax.numpy.log2.
func Log2(x *array.Array) *array.Array { return logBase(x, math.Ln2) }

// Log10 is the logarithm to base 10. Elementwise; integers and bools become
// float32. It is jax.numpy.log10.
func Log10(x *array.Array) *array.Array { return logBase(x, math.Ln10) }

func logBase(x *array.Array, ln float64) *array.Array {
	return float1(x, func(b builder, x value) value {
		y := b.Log(x)
		if !x.DType.IsComplex() {
			return b.Div(y, num(b, x, ln))
		}
		// Each part by itself: a complex quotient makes NaN of infinity.
		part := func(v value) value { return b.Div(v, num(b, v, ln)) }
		return b.Complex(part(b.Real(y)), part(b.Imag(y)))
	})
}

// Sqrt is the square root; of a negative real number, NaN. Elementwise;
// integers and bools become float32. It is jax.numpy.sqrt.
func Sqrt(x *array.Array) *array.Array { return ops.Inexact(graph.OpSqrt, x) }

// Rsqrt is 1/sqrt(x). Elementwise; integers and bools become float32. It is
// jax.lax.rsqrt.
func Rsqrt(x *array.Array) *array.Array { return ops.Inexact(graph.OpRsqrt, x) }

// Cbrt is the real cube root. Elementwise, of real numbers; integers and bools
// become float32. It is jax.numpy.cbrt.
func Cbrt(x *array.Array) *array.Array { return ops.Inexact(graph.OpCbrt, x) }

// Sin is the sine. Elementwise; integers and bools become float32. It is
// jax.numpy.sin.
func Sin(x *array.Array) *array.Array { return ops.Inexact(graph.OpSin, x) }

// Cos is the cosine. Elementwise; integers and bools become float32. It is
// jax.numpy.cos.
func Cos(x *array.Array) *array.Array { return ops.Inexact(graph.OpCos, x) }

// Tan is the tangent. Elementwise; integers and bools become float32. It is
// jax.numpy.tan.
func Tan(x *array.Array) *array.Array { return ops.Inexact(graph.OpTan, x) }

// Asin is the inverse sine. Elementwise; integers and bools become float32. It
// is jax.numpy.asin.
func Asin(x *array.Array) *array.Array { return ops.Inexact(graph.OpAsin, x) }

// Acos is the inverse cosine. Elementwise; integers and bools become float32.
// It is jax.numpy.acos.
func Acos(x *array.Array) *array.Array { return ops.Inexact(graph.OpAcos, x) }

// Atan is the inverse tangent. Elementwise; integers and bools become float32.
// It is jax.numpy.atan.
func Atan(x *array.Array) *array.Array { return ops.Inexact(graph.OpAtan, x) }

// Sinh is the hyperbolic sine. Elementwise; integers and bools become float32.
// It is jax.numpy.sinh.
func Sinh(x *array.Array) *array.Array { return ops.Inexact(graph.OpSinh, x) }

// Cosh is the hyperbolic cosine. Elementwise; integers and bools become
// float32. It is jax.numpy.cosh.
func Cosh(x *array.Array) *array.Array { return ops.Inexact(graph.OpCosh, x) }

// Tanh is the hyperbolic tangent. Elementwise; integers and bools become
// float32. It is jax.numpy.tanh.
func Tanh(x *array.Array) *array.Array { return ops.Inexact(graph.OpTanh, x) }

// Asinh is the inverse hyperbolic sine. Elementwise; integers and bools become
// float32. It is jax.numpy.asinh.
func Asinh(x *array.Array) *array.Array { return ops.Inexact(graph.OpAsinh, x) }

// Acosh is the inverse hyperbolic cosine. Elementwise; integers and bools
// become float32. It is jax.numpy.acosh.
func Acosh(x *array.Array) *array.Array { return ops.Inexact(graph.OpAcosh, x) }

// Atanh is the inverse hyperbolic tangent. Elementwise; integers and bools
// become float32. It is jax.numpy.atanh.
func Atanh(x *array.Array) *array.Array { return ops.Inexact(graph.OpAtanh, x) }

// Atan2 is the angle of the point (x, y), its arguments being y and x.
// Elementwise, of real numbers; operands are promoted; integers and bools
// become float32. It is jax.numpy.atan2.
func Atan2[A, B array.Operand](y A, x B) *array.Array {
	return ops.Inexact(graph.OpAtan2, array.Of(y), array.Of(x))
}

// Degrees converts from radians. Elementwise; integers and bools become
// float32. It is jax.numpy.degrees.
func Degrees(x *array.Array) *array.Array { return scaled(x, 180/math.Pi) }

// Radians converts from degrees. Elementwise; integers and bools become
// float32. It is jax.numpy.radians.
func Radians(x *array.Array) *array.Array { return scaled(x, math.Pi/180) }

func scaled(x *array.Array, c float64) *array.Array {
	return float1(x, func(b builder, x value) value { return b.Mul(x, num(b, x, c)) })
}

// Sinc is sin(pi x)/(pi x), and 1 at 0, where its derivatives are right too, up
// to the eighth. Elementwise; integers and bools become float32. It is
// jax.numpy.sinc.
func Sinc(x *array.Array) *array.Array {
	return float1(x, func(b builder, x value) value {
		x = b.Mul(x, num(b, x, math.Pi))
		zero := b.Eq(x, num(b, x, 0))
		safe := b.Select(zero, num(b, x, 1), x)
		x2 := b.Square(x)
		series := horner(b, x2, 1./362880, -1./5040, 1./120, -1./6, 1)
		return b.Select(zero, series, b.Div(b.Sin(safe), safe))
	})
}

// horner is a polynomial of x, the highest coefficient first.
func horner(b builder, x value, c ...float64) value {
	y := num(b, x, c[0])
	for _, a := range c[1:] {
		y = b.Add(b.Mul(y, x), num(b, x, a))
	}
	return y
}

// Hypot is sqrt(x*x + y*y) without overflow. Its derivative is 0 at the origin.
// Elementwise, of real numbers; operands are promoted; integers and bools
// become float32. It is jax.numpy.hypot.
func Hypot[A, B array.Operand](x A, y B) *array.Array {
	return inexact("Hypot", func(b builder, in []value) value {
		x, y := b.Abs(in[0]), b.Abs(in[1])
		if x.DType.Size() == 2 {
			d := x.DType
			x, y = b.Convert(x, graph.Float32), b.Convert(y, graph.Float32)
			return b.Convert(hypot(b, x, y), d)
		}
		return hypot(b, x, y)
	}, array.Of(x), array.Of(y))
}

// hypot scales by the larger of x and y, which are not negative. The scale
// takes no part in the derivative, for its influence cancels.
func hypot(b builder, x, y value) value {
	m := b.StopGradient(b.Max(x, y))
	zero, inf := num(b, m, 0), num(b, m, math.Inf(1))
	at0 := b.Eq(m, zero)
	endless := b.Or(b.Eq(x, inf), b.Eq(y, inf))
	plain := b.Or(at0, endless)
	m = b.Select(plain, num(b, m, 1), m)
	part := func(x value) value { return b.Square(b.Select(plain, num(b, x, 1), b.Div(x, m))) }
	r := b.Mul(m, b.Sqrt(b.Add(part(x), part(y))))
	return b.Select(endless, inf, b.Select(at0, zero, r))
}

// LogAddExp is log(exp(x) + exp(y)) without overflow. Elementwise, of real
// numbers; operands are promoted; integers and bools become float32. It is
// jax.numpy.logaddexp.
func LogAddExp[A, B array.Operand](x A, y B) *array.Array {
	return inexact("LogAddExp", func(b builder, in []value) value { return logAddExp(b, in[0], in[1], 1) }, array.Of(x), array.Of(y))
}

// LogAddExp2 is log2(2**x + 2**y) without overflow. Elementwise, of real
// numbers; operands are promoted; integers and bools become float32. It is
// jax.numpy.logaddexp2.
func LogAddExp2[A, B array.Operand](x A, y B) *array.Array {
	return inexact("LogAddExp2", func(b builder, in []value) value { return logAddExp(b, in[0], in[1], math.Ln2) }, array.Of(x), array.Of(y))
}

// complexLogAddExp is the one of larger real part plus log1p(exp(-d)), with d
// what it is larger by.
func complexLogAddExp(b builder, x, y value) value {
	first := b.Ge(b.Real(x), b.Real(y))
	larger, other := b.Select(first, x, y), b.Select(first, y, x)
	zero := b.Eq(b.Real(larger), num(b, b.Real(larger), math.Inf(-1)))
	delta := b.Select(zero, b.Zeros(x.Aval), b.Sub(other, larger))
	return b.Select(zero, larger, b.Add(larger, b.Log1p(b.Exp(delta))))
}

// logAddExp is the larger of x and y plus log1p(exp(-|x-y|)), to the base
// whose logarithm is ln. Both cases are one analytic function, so that all its
// derivatives are right where x = y. There is no difference of equal
// infinities, and a NaN is in the derivatives too.
func logAddExp(b builder, x, y value, ln float64) value {
	delta := b.Sub(x, y)
	endless := b.And(b.Eq(x, y), b.Ne(delta, delta))
	d := b.Abs(where(b, b.Not(endless), delta))
	larger := b.Select(b.Ge(x, y), x, y)
	var rest value
	if ln == 1 {
		rest = b.Log1p(b.Exp(b.Neg(d)))
	} else {
		rest = b.Div(b.Log1p(b.Exp2(b.Neg(d))), num(b, x, ln))
	}
	return b.Select(endless, b.Add(x, y), b.Add(larger, rest))
}
