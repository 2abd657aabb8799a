package lax

import (
	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// The functions of one array return its shape and, if they do not say otherwise,
// its dtype.

// Neg is -x, elementwise, of numbers. It is jax.lax.neg.
func Neg(x *array.Array) *array.Array { return map1(x, builder.Neg) }

// Abs is |x|, elementwise, of numbers; of complex ones it is real. Its
// derivative at 0 is 1. It is jax.lax.abs.
func Abs(x *array.Array) *array.Array { return map1(x, builder.Abs) }

// Sign is -1, 0 or 1, elementwise, of numbers; of complex ones it is x/|x|. It
// is jax.lax.sign.
func Sign(x *array.Array) *array.Array { return map1(x, builder.Sign) }

// Floor is x rounded down, elementwise, of real floats. It is jax.lax.floor.
func Floor(x *array.Array) *array.Array { return map1(x, builder.Floor) }

// Ceil is x rounded up, elementwise, of real floats. It is jax.lax.ceil.
func Ceil(x *array.Array) *array.Array { return map1(x, builder.Ceil) }

// A RoundOption changes what Round does.
type RoundOption struct{ even bool }

// ToNearestEven has Round take halves to the even neighbour. It is
// jax.lax.RoundingMethod.TO_NEAREST_EVEN.
func ToNearestEven() RoundOption { return RoundOption{true} }

// Round is x rounded to the nearest integer, halves away from zero,
// elementwise, of real floats. It is jax.lax.round.
func Round(x *array.Array, opts ...RoundOption) *array.Array {
	for _, o := range opts {
		if !o.even {
			panic(empty("Round"))
		}
	}
	return map1(x, func(b builder, x value) value { return b.Round(x, len(opts) > 0) })
}

// Exp is e^x, elementwise, of floats and complex numbers. It is jax.lax.exp.
func Exp(x *array.Array) *array.Array { return map1(x, builder.Exp) }

// Exp2 is 2^x, elementwise, of floats and complex numbers. It is jax.lax.exp2.
func Exp2(x *array.Array) *array.Array { return map1(x, builder.Exp2) }

// Expm1 is e^x - 1, accurate near 0, elementwise, of floats and complex
// numbers. It is jax.lax.expm1.
func Expm1(x *array.Array) *array.Array { return map1(x, builder.Expm1) }

// Log is the natural logarithm, elementwise, of floats and complex numbers. It
// is jax.lax.log.
func Log(x *array.Array) *array.Array { return map1(x, builder.Log) }

// Log1p is log(1 + x), accurate near 0, elementwise, of floats and complex
// numbers. It is jax.lax.log1p.
func Log1p(x *array.Array) *array.Array { return map1(x, builder.Log1p) }

// Sqrt is the square root, elementwise, of floats and complex numbers. It is
// jax.lax.sqrt.
func Sqrt(x *array.Array) *array.Array { return map1(x, builder.Sqrt) }

// Rsqrt is 1/sqrt(x), elementwise, of floats and complex numbers. It is
// jax.lax.rsqrt.
func Rsqrt(x *array.Array) *array.Array { return map1(x, builder.Rsqrt) }

// Cbrt is the cube root, elementwise, of real floats. It is jax.lax.cbrt.
func Cbrt(x *array.Array) *array.Array { return map1(x, builder.Cbrt) }

// Square is x*x, elementwise, of numbers. It is jax.lax.square.
func Square(x *array.Array) *array.Array { return map1(x, builder.Square) }

// Sin is the sine, elementwise, of floats and complex numbers. It is
// jax.lax.sin.
func Sin(x *array.Array) *array.Array { return map1(x, builder.Sin) }

// Cos is the cosine, elementwise, of floats and complex numbers. It is
// jax.lax.cos.
func Cos(x *array.Array) *array.Array { return map1(x, builder.Cos) }

// Tan is the tangent, elementwise, of floats and complex numbers. It is
// jax.lax.tan.
func Tan(x *array.Array) *array.Array { return map1(x, builder.Tan) }

// Asin is the inverse of the sine, elementwise, of floats and complex numbers.
// It is jax.lax.asin.
func Asin(x *array.Array) *array.Array { return map1(x, builder.Asin) }

// Acos is the inverse of the cosine, elementwise, of floats and complex
// numbers. It is jax.lax.acos.
func Acos(x *array.Array) *array.Array { return map1(x, builder.Acos) }

// Atan is the inverse of the tangent, elementwise, of floats and complex
// numbers. It is jax.lax.atan.
func Atan(x *array.Array) *array.Array { return map1(x, builder.Atan) }

// Sinh is the hyperbolic sine, elementwise, of floats and complex numbers. It
// is jax.lax.sinh.
func Sinh(x *array.Array) *array.Array { return map1(x, builder.Sinh) }

// Cosh is the hyperbolic cosine, elementwise, of floats and complex numbers. It
// is jax.lax.cosh.
func Cosh(x *array.Array) *array.Array { return map1(x, builder.Cosh) }

// Tanh is the hyperbolic tangent, elementwise, of floats and complex numbers.
// It is jax.lax.tanh.
func Tanh(x *array.Array) *array.Array { return map1(x, builder.Tanh) }

// Asinh is the inverse of the hyperbolic sine, elementwise, of floats and
// complex numbers. It is jax.lax.asinh.
func Asinh(x *array.Array) *array.Array { return map1(x, builder.Asinh) }

// Acosh is the inverse of the hyperbolic cosine, elementwise, of floats and
// complex numbers. It is jax.lax.acosh.
func Acosh(x *array.Array) *array.Array { return map1(x, builder.Acosh) }

// Atanh is the inverse of the hyperbolic tangent, elementwise, of floats and
// complex numbers. It is jax.lax.atanh.
func Atanh(x *array.Array) *array.Array { return map1(x, builder.Atanh) }

// Logistic is 1/(1 + e^-x), elementwise, of floats and complex numbers. It is
// jax.lax.logistic.
func Logistic(x *array.Array) *array.Array { return map1(x, builder.Logistic) }

// Erf is the error function, elementwise, of real floats. It is jax.lax.erf.
func Erf(x *array.Array) *array.Array { return map1(x, builder.Erf) }

// Erfc is 1 - Erf(x), accurate where that is small, elementwise, of real
// floats. It is jax.lax.erfc.
func Erfc(x *array.Array) *array.Array { return map1(x, builder.Erfc) }

// ErfInv is the inverse of Erf, elementwise, of real floats. It is
// jax.lax.erf_inv.
func ErfInv(x *array.Array) *array.Array { return map1(x, builder.ErfInv) }

// Lgamma is log |gamma(x)|, elementwise, of real floats. It is jax.lax.lgamma.
func Lgamma(x *array.Array) *array.Array { return map1(x, builder.Lgamma) }

// Digamma is the derivative of Lgamma, elementwise, of real floats. It is
// jax.lax.digamma.
func Digamma(x *array.Array) *array.Array { return map1(x, builder.Digamma) }

// IntegerPow is x to the power y, by multiplications, elementwise, of numbers.
// A negative power of integers is an error. It is jax.lax.integer_pow.
func IntegerPow(x *array.Array, y int) *array.Array {
	return map1(x, func(b builder, x value) value { return b.IntegerPow(x, y) })
}

// IsFinite is whether real floats are, elementwise, neither infinite nor NaN,
// as bools. It is jax.lax.is_finite.
func IsFinite(x *array.Array) *array.Array { return map1(x, builder.IsFinite) }

// BitwiseNot is the complement, elementwise, of integers and bools. It is
// jax.lax.bitwise_not.
func BitwiseNot(x *array.Array) *array.Array { return map1(x, builder.Not) }

// PopulationCount is the number of one bits, elementwise, of integers, in their
// dtype. It is jax.lax.population_count.
func PopulationCount(x *array.Array) *array.Array { return map1(x, builder.PopulationCount) }

// Clz is the number of leading zero bits, elementwise, of integers, in their
// dtype. It is jax.lax.clz.
func Clz(x *array.Array) *array.Array { return map1(x, builder.Clz) }

// Real is the real part, elementwise, of complex numbers, as float32 or
// float64. It is jax.lax.real.
func Real(x *array.Array) *array.Array { return map1(x, builder.Real) }

// Imag is the imaginary part, elementwise, of complex numbers, as float32 or
// float64. It is jax.lax.imag.
func Imag(x *array.Array) *array.Array { return map1(x, builder.Imag) }

// Conj is the conjugate, elementwise, of complex numbers; that of others is an
// error. It is jax.lax.conj, which makes real numbers complex.
func Conj(x *array.Array) *array.Array {
	return map1(x, func(b builder, x value) value { return b.Emit(graph.OpConj, nil, x)[0] })
}

// ConvertElementType is x, of any dtype and shape, elementwise as dtype d.
// Floats become integers by dropping the fraction, complex numbers real by
// dropping the imaginary part. It is jax.lax.convert_element_type, and x.As(d)
// but for bools of complex numbers, which here are those of the real parts.
func ConvertElementType(d graph.DType, x *array.Array) *array.Array {
	ops.Given(x)
	if d == graph.Bool && x.DType().IsComplex() { // As tells whether x is zero
		return ops.Apply([]*array.Array{x}, false, func(b ops.B, in []ops.V) ops.V { return b.Convert(in[0], d) })
	}
	return x.As(d)
}

// BitcastConvertType is the bits of x read as dtype d, of the same size,
// elementwise; another size is an error. Bools and complex numbers are only
// themselves. Its derivative is zero. It is jax.lax.bitcast_convert_type, which
// takes dtypes of other sizes too.
func BitcastConvertType(d graph.DType, x *array.Array) *array.Array {
	return ops.Apply([]*array.Array{x}, false, func(b builder, in []value) value { return b.Bitcast(in[0], d) })
}

// ReducePrecision rounds real floats, elementwise, to those of so many exponent
// and mantissa bits, in x's dtype. Fewer than 1 and 0 are an error. It is
// jax.lax.reduce_precision.
func ReducePrecision(x *array.Array, exponentBits, mantissaBits int) *array.Array {
	return map1(x, func(b builder, x value) value { return b.ReducePrecision(x, exponentBits, mantissaBits) })
}

// StopGradient is x, of any dtype and shape, elementwise with derivative zero.
// It is jax.lax.stop_gradient; jx.StopGradient is it for trees.
func StopGradient(x *array.Array) *array.Array { return map1(x, builder.StopGradient) }

// The functions of two operands take one dtype, and one shape or scalars; both
// are the result's, if they do not say otherwise.

// Add is x + y, elementwise, of numbers. It is jax.lax.add.
func Add[A, B array.Operand](x A, y B) *array.Array {
	return map2(builder.Add, array.Of(x), array.Of(y))
}

// Sub is x - y, elementwise, of numbers. It is jax.lax.sub.
func Sub[A, B array.Operand](x A, y B) *array.Array {
	return map2(builder.Sub, array.Of(x), array.Of(y))
}

// Mul is x * y, elementwise, of numbers. It is jax.lax.mul.
func Mul[A, B array.Operand](x A, y B) *array.Array {
	return map2(builder.Mul, array.Of(x), array.Of(y))
}

// Div is x / y, elementwise, of numbers. Integers are divided towards zero;
// divided by 0 they are -1, the largest number of unsigned ones. It is
// jax.lax.div.
func Div[A, B array.Operand](x A, y B) *array.Array {
	return map2(builder.Div, array.Of(x), array.Of(y))
}

// Rem is the remainder of division towards zero, which has the sign of x,
// elementwise, of real numbers; that of integers by 0 is x. It is jax.lax.rem.
func Rem[A, B array.Operand](x A, y B) *array.Array {
	return map2(builder.Rem, array.Of(x), array.Of(y))
}

// Pow is x to the power y, elementwise, of floats and complex numbers. It is
// jax.lax.pow, which takes integers for y too: that is IntegerPow.
func Pow[A, B array.Operand](x A, y B) *array.Array {
	return map2(builder.Pow, array.Of(x), array.Of(y))
}

// Atan2 is the angle of the point (y, x), elementwise, of real floats. It is
// jax.lax.atan2.
func Atan2[A, B array.Operand](y A, x B) *array.Array {
	return map2(builder.Atan2, array.Of(y), array.Of(x))
}

// Max is the larger of x and y, elementwise, of real numbers and bools; NaN if
// one is NaN. Equal operands share the derivative. It is jax.lax.max.
func Max[A, B array.Operand](x A, y B) *array.Array {
	return map2(builder.Max, array.Of(x), array.Of(y))
}

// Min is the smaller of x and y; see Max. It is jax.lax.min.
func Min[A, B array.Operand](x A, y B) *array.Array {
	return map2(builder.Min, array.Of(x), array.Of(y))
}

// NextAfter is the next float after x in the direction of y, elementwise, of
// real floats. Its derivative is zero. It is jax.lax.nextafter.
func NextAfter[A, B array.Operand](x A, y B) *array.Array {
	return map2(builder.NextAfter, array.Of(x), array.Of(y))
}

// Polygamma is the derivative of order m of Digamma at x, elementwise, of real
// floats, for whole m. It is jax.lax.polygamma.
func Polygamma[A, B array.Operand](m A, x B) *array.Array {
	return map2(builder.Polygamma, array.Of(m), array.Of(x))
}

// Complex is x + iy: elementwise, complex64 of float32 and complex128 of
// float64; other dtypes are an error. It is jax.lax.complex.
func Complex[A, B array.Operand](x A, y B) *array.Array {
	return map2(builder.Complex, array.Of(x), array.Of(y))
}

// BitwiseAnd is x & y, elementwise, of integers and bools. It is
// jax.lax.bitwise_and.
func BitwiseAnd[A, B array.Operand](x A, y B) *array.Array {
	return map2(builder.And, array.Of(x), array.Of(y))
}

// BitwiseOr is x | y, elementwise, of integers and bools. It is
// jax.lax.bitwise_or.
func BitwiseOr[A, B array.Operand](x A, y B) *array.Array {
	return map2(builder.Or, array.Of(x), array.Of(y))
}

// BitwiseXor is x ^ y, elementwise, of integers and bools. It is
// jax.lax.bitwise_xor.
func BitwiseXor[A, B array.Operand](x A, y B) *array.Array {
	return map2(builder.Xor, array.Of(x), array.Of(y))
}

// ShiftLeft is x << y, elementwise, of integers; 0 where y is negative or the
// width of the dtype or more. It is jax.lax.shift_left.
func ShiftLeft[A, B array.Operand](x A, y B) *array.Array {
	return map2(builder.ShiftLeft, array.Of(x), array.Of(y))
}

// ShiftRightLogical is x >> y, elementwise, of integers, with zeros from the
// left; see ShiftLeft. It is jax.lax.shift_right_logical.
func ShiftRightLogical[A, B array.Operand](x A, y B) *array.Array {
	return map2(builder.ShiftRightLogical, array.Of(x), array.Of(y))
}

// ShiftRightArithmetic is x >> y, elementwise, of integers, with copies of the
// first bit from the left, which is all there is where y is negative or the
// width of the dtype or more. It is jax.lax.shift_right_arithmetic.
func ShiftRightArithmetic[A, B array.Operand](x A, y B) *array.Array {
	return map2(builder.ShiftRightArithmetic, array.Of(x), array.Of(y))
}

// The comparisons return bools.

// Eq is x == y, as bools, elementwise, of any dtype. It is jax.lax.eq.
func Eq[A, B array.Operand](x A, y B) *array.Array {
	return map2(builder.Eq, array.Of(x), array.Of(y))
}

// Ne is x != y, as bools, elementwise, of any dtype. It is jax.lax.ne.
func Ne[A, B array.Operand](x A, y B) *array.Array {
	return map2(builder.Ne, array.Of(x), array.Of(y))
}

// Lt is x < y, as bools, elementwise, of real numbers and bools. It is
// jax.lax.lt.
func Lt[A, B array.Operand](x A, y B) *array.Array {
	return map2(builder.Lt, array.Of(x), array.Of(y))
}

// Le is x <= y, as bools, elementwise, of real numbers and bools. It is
// jax.lax.le.
func Le[A, B array.Operand](x A, y B) *array.Array {
	return map2(builder.Le, array.Of(x), array.Of(y))
}

// Gt is x > y, as bools, elementwise, of real numbers and bools. It is
// jax.lax.gt.
func Gt[A, B array.Operand](x A, y B) *array.Array {
	return map2(builder.Gt, array.Of(x), array.Of(y))
}

// Ge is x >= y, as bools, elementwise, of real numbers and bools. It is
// jax.lax.ge.
func Ge[A, B array.Operand](x A, y B) *array.Array {
	return map2(builder.Ge, array.Of(x), array.Of(y))
}

// Clamp limits x to lo..hi, elementwise, of real numbers and bools; lo and hi
// have x's shape, or are scalars; hi wins where lo is above it. It is
// jax.lax.clamp.
func Clamp[L, H array.Operand](lo L, x *array.Array, hi H) *array.Array {
	return strict([]*array.Array{array.Of(lo), x, array.Of(hi)}, func(b builder, in []value) value {
		return b.Clamp(in[0], in[1], in[2])
	})
}

// Select is onTrue where pred, an array of bools, holds and onFalse elsewhere;
// elementwise. The cases have one dtype; all three have one shape, or are
// scalars. It is jax.lax.select.
func Select[A, B array.Operand](pred *array.Array, onTrue A, onFalse B) *array.Array {
	return strict([]*array.Array{pred, array.Of(onTrue), array.Of(onFalse)}, func(b builder, in []value) value {
		return b.Select(in[0], in[1], in[2])
	}, 0)
}

// SelectN is, elementwise, the case whose number is in which: int32, or bool
// for two cases, false being the first. A number out of range is the nearest.
// The cases have one dtype; all have one shape, or are scalars. No case at all
// is an error, and so is another dtype of which. It is jax.lax.select_n.
func SelectN(which *array.Array, cases ...*array.Array) *array.Array {
	xs := append([]*array.Array{which}, cases...)
	ops.Given(xs...)
	n := len(cases)
	if d := which.DType(); n == 0 || d != graph.Int32 && (d != graph.Bool || n != 2) {
		panic(ops.Mistake(graph.ErrDType, "SelectN", []*array.Array{which}, "%d cases are chosen by int32 numbers, or two by bools", n))
	}
	return strict(xs, func(b builder, in []value) value {
		which, cases := in[0], in[1:]
		switch {
		case which.DType == graph.Bool:
			return b.Select(which, cases[1], cases[0])
		case n == 1: // no choice, but one shape
			return b.Select(b.Eq(which, which), cases[0], cases[0])
		}
		return choose(b, which, 0, cases)
	}, 0)
}

// choose halves the cases, the first of which has the given number.
func choose(b builder, which value, first int, cases []value) value {
	half := len(cases) / 2
	if half == 0 {
		return cases[0]
	}
	low := b.Lt(which, b.Scalar(which.DType, float64(first+half)))
	return b.Select(low, choose(b, which, first, cases[:half]), choose(b, which, first+half, cases[half:]))
}
