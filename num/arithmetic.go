package num

import (
	"math"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// Add is x + y; of bools, or. Elementwise; operands are promoted. It is
// jax.numpy.add.
func Add[A, B array.Operand](x A, y B) *array.Array {
	return orBools(graph.OpAdd, graph.OpOr, array.Of(x), array.Of(y))
}

// Mul is x * y; of bools, and. Elementwise; operands are promoted. It is
// jax.numpy.multiply.
func Mul[A, B array.Operand](x A, y B) *array.Array {
	return orBools(graph.OpMul, graph.OpAnd, array.Of(x), array.Of(y))
}

// orBools applies op, and bools to bools.
func orBools(op, bools graph.Op, x, y *array.Array) *array.Array {
	if d, _ := array.Promote(x, y); d == graph.Bool {
		op = bools
	}
	return ops.Elementwise(op, x, y)
}

// Lerp is (1-w) x + w y: x where w is 0 and y where it is 1, if both are finite.
// Elementwise; operands
// are promoted; integers and bools become float32. A running average m of g
// with decay b is Lerp(g, m, b). JAX has no such function; PyTorch's is
// torch.lerp.
func Lerp[A, B, W array.Operand](x A, y B, w W) *array.Array {
	return inexact("Lerp", func(b builder, in []value) value {
		x, y, w := in[0], in[1], in[2]
		return b.Add(b.Mul(b.Sub(num(b, w, 1), w), x), b.Mul(w, y))
	}, array.Of(x), array.Of(y), array.Of(w))
}

// AddN is the sum of arrays, one at least, from the left, as Add is of two. No
// array at all is an error. JAX has no such function; it is the + of several.
func AddN(xs ...*array.Array) *array.Array {
	checkSome("AddN", xs)
	d, _ := array.Promote(xs...)
	same := d != graph.Bool
	for _, x := range xs {
		same = same && x.DType() == d
	}
	if !same { // step by step, since sums of narrow integers wrap around before they meet a wider type
		sum := xs[0]
		for _, x := range xs[1:] {
			sum = Add(sum, x)
		}
		return sum
	}
	return promoted("AddN", func(b builder, in []value) value {
		sum := in[0]
		for _, x := range in[1:] {
			sum = b.Add(sum, x)
		}
		return sum
	}, xs...)
}

// Sub is x - y. Elementwise; operands are promoted. Bools are an error. It is
// jax.numpy.subtract.
func Sub[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpSub, array.Of(x), array.Of(y))
}

// Div is x / y. Elementwise; operands are promoted, and integers and bools
// become float32. It is jax.numpy.divide.
func Div[A, B array.Operand](x A, y B) *array.Array {
	return ops.Inexact(graph.OpDiv, array.Of(x), array.Of(y))
}

// FloorDivide is the largest integer not above x / y, in the operands' dtype,
// as Python's //. An integer by 0 gives what JAX gives: -1, or -2 where x is
// not 0, and the largest number of unsigned ones. Elementwise, of real numbers;
// bools are an error. It is jax.numpy.floor_divide.
func FloorDivide[A, B array.Operand](x A, y B) *array.Array {
	return promoted("FloorDivide", func(b builder, in []value) value {
		q, _ := divMod(b, in[0], in[1])
		return q
	}, array.Of(x), array.Of(y))
}

// Remainder is x - y*FloorDivide(x, y): it has the sign of y, as Python's %.
// That of an integer by 0 is 0. Elementwise, of real numbers; operands are
// promoted. Bools are an error. It is jax.numpy.remainder.
func Remainder[A, B array.Operand](x A, y B) *array.Array {
	return promoted("Remainder", func(b builder, in []value) value {
		r, _ := remainder(b, in[0], in[1])
		return r
	}, array.Of(x), array.Of(y))
}

// DivMod is FloorDivide and Remainder. Elementwise, of real numbers; operands
// are promoted. Bools are an error. It is jax.numpy.divmod.
func DivMod[A, B array.Operand](x A, y B) (q, r *array.Array) {
	xs, d, _ := ops.Join(array.Of(x), array.Of(y))
	out := ops.ApplyN(xs, func(b builder, in []value) []value {
		in = ops.BroadcastAll(b, "DivMod", converted(b, d, in[:2]))
		q, r := divMod(b, in[0], in[1])
		return []value{q, r}
	})
	return out[0], out[1]
}

// Fmod is the remainder with the sign of x, as C's fmod; that of an integer by
// 0 is 0. Elementwise, of real numbers; operands are promoted. Bools are an
// error. It is jax.numpy.fmod.
func Fmod[A, B array.Operand](x A, y B) *array.Array {
	return promoted("Fmod", func(b builder, in []value) value { return rem(b, in[0], in[1]) }, array.Of(x), array.Of(y))
}

// rem is the remainder of truncated division; of an integer by 0 it is 0.
func rem(b builder, x, y value) value {
	if x.DType.IsInt() {
		y = b.Select(b.Eq(y, num(b, y, 0)), num(b, y, 1), y)
	}
	return b.Rem(x, y)
}

// remainder is the remainder with the sign of y, and where it is not that of
// truncated division.
func remainder(b builder, x, y value) (r, moved value) {
	r = rem(b, x, y)
	if x.DType.IsUnsigned() {
		return r, nil
	}
	zero := num(b, x, 0)
	moved = b.And(b.Ne(b.Lt(r, zero), b.Lt(y, zero)), b.Ne(r, zero))
	return b.Select(moved, b.Add(r, y), r), moved
}

func divMod(b builder, x, y value) (q, r value) {
	r, moved := remainder(b, x, y)
	one := num(b, x, 1)
	switch {
	case moved == nil:
		return b.Div(x, y), r
	case x.DType.IsInt():
		q = b.Div(x, y)
		zero := num(b, y, 0)
		// Division of x by 0 is rounded down too, if x is not 0.
		moved = b.Or(moved, b.And(b.Eq(y, zero), b.Ne(x, zero)))
		return b.Select(moved, b.Sub(q, one), q), r
	}
	// x - rem is a multiple of y up to rounding; for y = 0 it would be NaN.
	exact := b.Select(b.Eq(y, num(b, y, 0)), x, b.Sub(x, b.Rem(x, y)))
	q = b.Div(exact, y)
	return b.Round(b.Select(moved, b.Sub(q, one), q), false), r
}

// Pow is x ** y. A Go int as exponent multiplies, which keeps integers integers
// and has the derivative of a polynomial; an int that is negative is an error
// for integer x. Arrays of integers wrap around, and a negative element of y
// gives 0 unless |x| is 1. Elementwise; operands are promoted. It is
// jax.numpy.power.
func Pow[A, B array.Operand](x A, y B) *array.Array {
	base := array.Of(x)
	if n, ok := any(y).(int); ok {
		if base.DType() == graph.Bool {
			base = base.As(graph.Int32)
		}
		return map1(base, func(b builder, x value) value { return b.IntegerPow(x, n) })
	}
	exponent := array.Of(y)
	if d, _ := array.Promote(base, exponent); !d.Differentiable() {
		return promoted("Pow", func(b builder, in []value) value { return powInt(b, in[0], in[1]) }, base, exponent)
	}
	return ops.Inexact(graph.OpPow, base, exponent)
}

// powInt squares repeatedly, for every bit of y.
func powInt(b builder, x, y value) value {
	if x.DType == graph.Bool {
		return b.Or(x, b.Not(y))
	}
	zero, one := num(b, x, 0), num(b, x, 1)
	bits := 8 * x.DType.Size()
	var inverse value
	if x.DType.IsSigned() { // 1/x is 0 but for 1 and -1, where it is x
		bits--
		negative := b.Lt(y, zero)
		unit := b.Eq(b.Abs(x), one)
		inverse = b.And(negative, b.Not(unit))
		y = b.Abs(y)
	}
	acc := one
	for range bits {
		acc = b.Select(b.Eq(b.And(y, one), zero), acc, b.Mul(acc, x))
		x, y = b.Mul(x, x), b.ShiftRightLogical(y, one)
	}
	if inverse != nil {
		acc = b.Select(inverse, zero, acc)
	}
	return acc
}

// FloatPower is x ** y computed in floats: integers become float32.
// Elementwise; operands are promoted. It is jax.numpy.float_power.
func FloatPower[A, B array.Operand](x A, y B) *array.Array {
	return ops.Inexact(graph.OpPow, array.Of(x), array.Of(y))
}

// Neg is -x. Elementwise; the dtype is x's. Bools are an error. It is
// jax.numpy.negative.
func Neg(x *array.Array) *array.Array { return ops.Elementwise(graph.OpNeg, x) }

// Abs is |x|; of complex numbers it is real. Its slope at 0 is 1, as in JAX.
// Elementwise; the dtype is x's, or that of its parts. It is jax.numpy.abs.
func Abs(x *array.Array) *array.Array {
	if x.DType() == graph.Bool || x.DType().IsUnsigned() {
		return x
	}
	return ops.Elementwise(graph.OpAbs, x)
}

// Sign is -1, 0 or 1; of complex numbers it is x/|x|. Elementwise; the dtype is
// x's. Bools are an error. It is jax.numpy.sign.
func Sign(x *array.Array) *array.Array { return ops.Elementwise(graph.OpSign, x) }

// Signbit reports whether x has a minus sign, which -0 has. Elementwise; the
// result is bool. Complex numbers are an error. It is jax.numpy.signbit.
func Signbit(x *array.Array) *array.Array { return map1(x, signbit) }

func signbit(b builder, x value) value {
	switch d := x.DType; {
	case d.IsFloat():
		bits := b.Bitcast(x, map[int]graph.DType{2: graph.Int16, 4: graph.Int32, 8: graph.Int64}[d.Size()])
		return b.Lt(bits, num(b, bits, 0))
	case d.IsComplex():
		panic(graph.Errorf(graph.ErrDType, "Signbit", "complex numbers have no sign; take it of num.Real or num.Imag"))
	case d == graph.Bool:
		return b.Full(x.Aval, 0)
	}
	return b.Lt(x, num(b, x, 0))
}

// CopySign is |x| with the sign of y. Elementwise, of real numbers; operands
// are promoted; integers and bools become float32. It is jax.numpy.copysign.
func CopySign[A, B array.Operand](x A, y B) *array.Array {
	return inexact("CopySign", func(b builder, in []value) value {
		abs := b.Abs(in[0])
		return b.Select(signbit(b, in[1]), b.Neg(abs), abs)
	}, array.Of(x), array.Of(y))
}

// Reciprocal is 1 / x. Elementwise; integers and bools become float32. It is
// jax.numpy.reciprocal.
func Reciprocal(x *array.Array) *array.Array {
	return float1(x, func(b builder, x value) value { return b.Div(num(b, x, 1), x) })
}

// Square is x * x. Elementwise; the dtype is x's. It is jax.numpy.square.
func Square(x *array.Array) *array.Array {
	if x.DType() == graph.Bool {
		return x
	}
	return ops.Elementwise(graph.OpSquare, x)
}

// Maximum is the larger of x and y; NaN if one is NaN. Equal operands share the
// derivative. Elementwise, of real numbers; operands are promoted. It is
// jax.numpy.maximum.
func Maximum[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpMax, array.Of(x), array.Of(y))
}

// Minimum is the smaller of x and y; NaN if one is NaN. Elementwise, of real
// numbers; operands are promoted. It is jax.numpy.minimum.
func Minimum[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpMin, array.Of(x), array.Of(y))
}

// Fmax is the larger of x and y; a NaN gives the other. Elementwise, of real
// numbers; operands are promoted. It is jax.numpy.fmax.
func Fmax[A, B array.Operand](x A, y B) *array.Array {
	return promoted("Fmax", func(b builder, in []value) value {
		p := b.Gt(in[0], in[1])
		return b.Select(orNaN(b, p, in[1]), in[0], in[1])
	}, array.Of(x), array.Of(y))
}

// Fmin is the smaller of x and y; a NaN gives the other. Elementwise, of real
// numbers; operands are promoted. It is jax.numpy.fmin.
func Fmin[A, B array.Operand](x A, y B) *array.Array {
	return promoted("Fmin", func(b builder, in []value) value {
		p := b.Lt(in[0], in[1])
		return b.Select(orNaN(b, p, in[1]), in[0], in[1])
	}, array.Of(x), array.Of(y))
}

func orNaN(b builder, p, x value) value {
	if !x.DType.Differentiable() {
		return p
	}
	return b.Or(p, b.Ne(x, x))
}

// Clip limits x to lo..hi; hi wins where lo is above it. Elementwise, of real
// numbers; all three are promoted. It is jax.numpy.clip.
func Clip[L, H array.Operand](x *array.Array, lo L, hi H) *array.Array {
	return promoted("Clip", func(b builder, in []value) value {
		return b.Min(in[2], b.Max(in[1], in[0]))
	}, array.Of(x), array.Of(lo), array.Of(hi))
}

// Floor, Ceil and Trunc round down, up and towards zero; integers are what they
// are. Elementwise, of real numbers; the dtype is x's. It is jax.numpy.floor.
func Floor(x *array.Array) *array.Array { return rounding(x, builder.Floor) }

// Ceil rounds up; see Floor. Elementwise, of real numbers; the dtype is x's. It
// is jax.numpy.ceil.
func Ceil(x *array.Array) *array.Array { return rounding(x, builder.Ceil) }

// Trunc rounds towards zero; see Floor. Elementwise, of real numbers; the dtype
// is x's. It is jax.numpy.trunc.
func Trunc(x *array.Array) *array.Array { return rounding(x, trunc) }

// Round rounds to the nearest integer, halves to the even one. The parts of a
// complex number are rounded each. Elementwise; the dtype is x's. It is
// jax.numpy.round.
func Round(x *array.Array) *array.Array { return rounding(x, roundEven) }

// Around rounds to so many decimals, halves to even; negative decimals round to
// tens, hundreds and so on, integers too. Elementwise; the dtype is x's. It is
// jax.numpy.round.
func Around(x *array.Array, decimals int) *array.Array {
	if decimals == 0 || !x.DType().Differentiable() && decimals > 0 {
		return Round(x)
	}
	return map1(x, func(b builder, x value) value {
		d := x.DType
		wide := d
		if !d.Differentiable() || d.Size() == 2 {
			wide = graph.Float32
		}
		x = b.Convert(x, wide)
		scale := num(b, x, math.Pow10(decimals))
		return b.Convert(b.Div(roundEven(b, b.Mul(x, scale)), scale), d)
	})
}

func rounding(x *array.Array, f func(b builder, x value) value) *array.Array {
	if !x.DType().Differentiable() {
		return x
	}
	return map1(x, f)
}

func trunc(b builder, x value) value {
	return b.Select(b.Lt(x, num(b, x, 0)), b.Ceil(x), b.Floor(x))
}

func roundEven(b builder, x value) value {
	if x.DType.IsComplex() {
		return b.Complex(b.Round(b.Real(x), true), b.Round(b.Imag(x), true))
	}
	return b.Round(x, true)
}

// Modf is the fraction and the integer part of x, both with its sign.
// Elementwise, of real numbers; integers and bools become float32. It is
// jax.numpy.modf.
func Modf(x *array.Array) (frac, whole *array.Array) {
	d, _ := float(x)
	out := ops.ApplyN([]*array.Array{x}, func(b builder, in []value) []value {
		x := b.Convert(in[0], d)
		whole := trunc(b, x)
		return []value{b.Sub(x, whole), whole}
	})
	return out[0], out[1]
}

// Ldexp is x * 2**n, for integers n. Elementwise, of real numbers; an x of
// integers becomes float32, and an n of floats is an error. It is
// jax.numpy.ldexp.
func Ldexp[A, B array.Operand](x A, n B) *array.Array {
	ops.Given(array.Of(x), array.Of(n))
	p, e := array.Of(x), array.Of(n)
	if !e.DType().IsInt() && e.DType() != graph.Bool {
		panic(ops.Mistake(graph.ErrDType, "Ldexp", []*array.Array{p, e}, "the exponent must be integers; convert with As"))
	}
	d, weak := float(p, e)
	return ops.Apply([]*array.Array{ops.JoinAs(d, p)[0], e}, weak, func(b builder, in []value) value {
		in = ops.BroadcastAll(b, "Ldexp", []value{b.Convert(in[0], d), in[1]})
		if d.Size() == 2 {
			return b.Convert(ldexp(b, b.Convert(in[0], graph.Float32), in[1]), d)
		}
		return ldexp(b, in[0], in[1])
	})
}

// ldexp is x 2^n exactly, in three steps: one power of two may be beyond the
// floats though the product is not.
func ldexp(b builder, x, n value) value {
	bits, mantissa, bias := graph.Int32, 23.0, 127.0
	if x.DType == graph.Float64 {
		bits, mantissa, bias = graph.Int64, 52, 1023
	}
	if n.DType.Size() > 1 { // beyond is 0 or infinite
		n = b.Min(n, num(b, n, 3*bias))
		if n.DType.IsSigned() {
			n = b.Max(n, num(b, n, -3*bias))
		}
	}
	n = b.Convert(n, bits)
	for range 3 {
		k := b.Clamp(num(b, n, 1-bias), n, num(b, n, bias))
		power := b.Bitcast(b.ShiftLeft(b.Add(k, num(b, k, bias)), b.Full(k.Aval, mantissa)), x.DType)
		x, n = b.Mul(x, power), b.Sub(n, k)
	}
	return x
}

// Heaviside is 0 for x < 0, y for x = 0 and 1 for x > 0. Elementwise, of real
// numbers; operands are promoted; integers and bools become float32. It is
// jax.numpy.heaviside.
func Heaviside[A, B array.Operand](x A, y B) *array.Array {
	return inexact("Heaviside", func(b builder, in []value) value {
		x, zero := in[0], num(b, in[0], 0)
		y := b.Select(b.Eq(x, zero), in[1], x) // NaN stays
		return b.Select(b.Lt(x, zero), zero, b.Select(b.Gt(x, zero), num(b, x, 1), y))
	}, array.Of(x), array.Of(y))
}

// NextAfter is the next float after x in the direction of y. Elementwise, of
// real numbers; operands are promoted; integers and bools become float32. It is
// jax.numpy.nextafter.
func NextAfter[A, B array.Operand](x A, y B) *array.Array {
	return ops.Inexact(graph.OpNextAfter, array.Of(x), array.Of(y))
}
