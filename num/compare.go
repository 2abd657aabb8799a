package num

import (
	"math"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// Equal is x == y. Elementwise; the result is bool. It is jax.numpy.equal.
func Equal[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpEq, array.Of(x), array.Of(y))
}

// NotEqual is x != y. Elementwise; the result is bool. It is
// jax.numpy.not_equal.
func NotEqual[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpNe, array.Of(x), array.Of(y))
}

// Less is x < y. Complex numbers are an error. Elementwise; the result is bool.
// It is jax.numpy.less.
func Less[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpLt, array.Of(x), array.Of(y))
}

// LessEqual is x <= y. Elementwise; the result is bool. Complex numbers are an
// error. It is jax.numpy.less_equal.
func LessEqual[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpLe, array.Of(x), array.Of(y))
}

// Greater is x > y. Elementwise; the result is bool. Complex numbers are an
// error. It is jax.numpy.greater.
func Greater[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpGt, array.Of(x), array.Of(y))
}

// GreaterEqual is x >= y. Elementwise; the result is bool. Complex numbers are
// an error. It is jax.numpy.greater_equal.
func GreaterEqual[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpGe, array.Of(x), array.Of(y))
}

// IsNaN, IsInf and IsFinite are tests of each element; a complex number is NaN
// or infinite if a part is. Elementwise; the result is bool. It is
// jax.numpy.isnan.
func IsNaN(x *array.Array) *array.Array { return map1(x, isNaN) }

// IsInf tests for either infinity; see IsNaN. Elementwise; the result is bool.
// It is jax.numpy.isinf.
func IsInf(x *array.Array) *array.Array { return map1(x, isInf) }

// IsFinite tests for what is neither infinite nor NaN; see IsNaN. Elementwise;
// the result is bool. It is jax.numpy.isfinite.
func IsFinite(x *array.Array) *array.Array { return map1(x, isFinite) }

// IsPosInf tests for positive infinity. Elementwise; the result is bool.
// Complex numbers are an error. It is jax.numpy.isposinf.
func IsPosInf(x *array.Array) *array.Array { return isInfOf(x, "IsPosInf", math.Inf(1)) }

// IsNegInf tests for negative infinity. Elementwise; the result is bool.
// Complex numbers are an error. It is jax.numpy.isneginf.
func IsNegInf(x *array.Array) *array.Array { return isInfOf(x, "IsNegInf", math.Inf(-1)) }

func isInfOf(x *array.Array, op string, inf float64) *array.Array {
	return map1(x, func(b builder, x value) value {
		switch {
		case x.DType.IsComplex():
			panic(graph.Errorf(graph.ErrDType, op, "takes real numbers, not %v; ask of num.Real or num.Imag", x.DType))
		case !x.DType.IsFloat():
			return constantBool(b, x, false)
		}
		return b.Eq(x, num(b, x, inf))
	})
}

func constantBool(b builder, x value, p bool) value {
	n := 0.0
	if p {
		n = 1
	}
	return b.Full(x.With(graph.Bool), n)
}

func isNaN(b builder, x value) value {
	if !x.DType.Differentiable() {
		return constantBool(b, x, false)
	}
	return b.Ne(x, x)
}

func isInf(b builder, x value) value {
	switch {
	case x.DType.IsComplex():
		return b.Or(isInf(b, b.Real(x)), isInf(b, b.Imag(x)))
	case !x.DType.IsFloat():
		return constantBool(b, x, false)
	}
	return b.Eq(b.Abs(x), num(b, x, math.Inf(1)))
}

func isFinite(b builder, x value) value {
	switch {
	case x.DType.IsComplex():
		return b.And(b.IsFinite(b.Real(x)), b.IsFinite(b.Imag(x)))
	case !x.DType.IsFloat():
		return constantBool(b, x, true)
	}
	return b.IsFinite(x)
}

// IsReal reports for each element whether its imaginary part is zero.
// Elementwise; the result is bool. It is jax.numpy.isreal.
func IsReal(x *array.Array) *array.Array {
	return map1(x, func(b builder, x value) value {
		if !x.DType.IsComplex() {
			return constantBool(b, x, true)
		}
		return b.Eq(b.Imag(x), b.Scalar(x.DType.Real(), 0))
	})
}

// IsClose is |x - y| <= atol + rtol |y| for each element, as bools, with the
// tolerances RTol and ATol. Infinities are close to themselves, NaNs to
// nothing, or to each other with EqualNaN. Elementwise; the result is bool. It
// is jax.numpy.isclose.
func IsClose[A, B array.Operand](x A, y B, opts ...ToleranceOption) *array.Array {
	return isClose(array.Of(x), array.Of(y), toleranceOf("IsClose", opts))
}

func isClose(x, y *array.Array, t tolerance) *array.Array {
	d, _ := array.Promote(x, y)
	if !d.Differentiable() && d != graph.Bool {
		d = graph.Float32
		if x.DType().Size() == 8 || y.DType().Size() == 8 {
			d = graph.Float64
		}
	}
	return joined("IsClose", d, false, func(b builder, in []value) value {
		x, y := in[0], in[1]
		if d == graph.Bool {
			return b.Eq(x, y)
		}
		abs := b.Abs(y)
		near := b.Le(b.Abs(b.Sub(x, y)), b.Add(b.Mul(num(b, abs, t.relative), abs), num(b, abs, t.absolute)))
		finite := b.And(isFinite(b, x), isFinite(b, y))
		equal := b.Eq(x, y)
		if t.nan {
			equal = b.Or(equal, b.And(b.Ne(x, x), b.Ne(y, y)))
		}
		return b.Or(b.And(finite, near), b.And(b.Not(finite), equal))
	}, []*array.Array{x, y})
}

// AllClose says whether |x - y| <= atol + rtol |y| everywhere; see IsClose. It
// reads the values. Operands are promoted; shapes that do not fit together are
// an error, and so are values that are not known, while tracing. It is
// jax.numpy.allclose.
func AllClose(x, y *array.Array, opts ...ToleranceOption) bool {
	return All(isClose(x, y, toleranceOf("AllClose", opts))).Bool()
}

// ArrayEqual says whether x and y have one shape and equal elements; NaNs are
// equal only with EqualNaN. It reads the values. Dtypes may differ. Values that
// are not known, while tracing, are an error. It is jax.numpy.array_equal.
func ArrayEqual(x, y *array.Array, opts ...ToleranceOption) bool {
	t := optioned("ArrayEqual", tolerance{}, opts, "EqualNaN")
	ops.Given(x, y)
	if x.Rank() != y.Rank() {
		return false
	}
	for i, n := range ops.Aval(x).Shape {
		if ops.Aval(y).Shape[i] != n {
			return false
		}
	}
	equal := Equal(x, y)
	if t.nan {
		equal = LogicalOr(equal, LogicalAnd(IsNaN(x), IsNaN(y)))
	}
	return All(equal).Bool()
}
