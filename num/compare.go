package num

import (
	"math"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// Equal is x == y.
func Equal[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpEq, array.Of(x), array.Of(y))
}

// NotEqual is x != y.
func NotEqual[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpNe, array.Of(x), array.Of(y))
}

// Less is x < y. Complex numbers have no order.
func Less[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpLt, array.Of(x), array.Of(y))
}

// LessEqual is x <= y.
func LessEqual[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpLe, array.Of(x), array.Of(y))
}

// Greater is x > y.
func Greater[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpGt, array.Of(x), array.Of(y))
}

// GreaterEqual is x >= y.
func GreaterEqual[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpGe, array.Of(x), array.Of(y))
}

// IsNaN, IsInf and IsFinite are tests of each element; a complex number is NaN
// or infinite if a part is.
func IsNaN(x *array.Array) *array.Array { return map1(x, isNaN) }

// IsInf tests for either infinity; see IsNaN.
func IsInf(x *array.Array) *array.Array { return map1(x, isInf) }

// IsFinite tests for what is neither infinite nor NaN; see IsNaN.
func IsFinite(x *array.Array) *array.Array { return map1(x, isFinite) }

// IsPosInf tests for positive infinity.
func IsPosInf(x *array.Array) *array.Array { return isInfOf(x, "IsPosInf", math.Inf(1)) }

// IsNegInf tests for negative infinity.
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
func IsReal(x *array.Array) *array.Array {
	return map1(x, func(b builder, x value) value {
		if !x.DType.IsComplex() {
			return constantBool(b, x, true)
		}
		return b.Eq(b.Imag(x), b.Scalar(x.DType.Real(), 0))
	})
}

// IsClose is |x - y| <= atol + rtol |y|. The tolerances are rtol, 1e-5 if not
// given, and atol, 1e-8. Infinities are close to themselves, NaNs to nothing.
func IsClose[A, B array.Operand](x A, y B, tol ...float64) *array.Array {
	return isClose("IsClose", array.Of(x), array.Of(y), tol)
}

func isClose(op string, x, y *array.Array, tol []float64) *array.Array {
	if len(tol) > 2 {
		panic(graph.Errorf(graph.ErrOption, op, "takes two tolerances, rtol and atol; %d given", len(tol)))
	}
	t := [2]float64{1e-5, 1e-8}
	copy(t[:], tol)
	d, _ := array.Promote(x, y)
	if !d.Differentiable() && d != graph.Bool {
		d = graph.Float32
		if x.DType().Size() == 8 || y.DType().Size() == 8 {
			d = graph.Float64
		}
	}
	return joined(op, d, false, func(b builder, in []value) value {
		x, y := in[0], in[1]
		if d == graph.Bool {
			return b.Eq(x, y)
		}
		abs := b.Abs(y)
		near := b.Le(b.Abs(b.Sub(x, y)), b.Add(b.Mul(num(b, abs, t[0]), abs), num(b, abs, t[1])))
		finite := b.And(isFinite(b, x), isFinite(b, y))
		return b.Or(b.And(finite, near), b.And(b.Not(finite), b.Eq(x, y)))
	}, []*array.Array{x, y})
}

// AllClose says whether |x - y| <= atol + rtol |y| everywhere; see IsClose. It
// reads the values.
func AllClose(x, y *array.Array, tol ...float64) bool {
	return All(isClose("AllClose", x, y, tol)).Bool()
}

// ArrayEqual says whether x and y have one shape and equal elements. It reads
// the values.
func ArrayEqual(x, y *array.Array) bool {
	ops.Given(x, y)
	if x.Rank() != y.Rank() {
		return false
	}
	for i, n := range ops.Aval(x).Shape {
		if ops.Aval(y).Shape[i] != n {
			return false
		}
	}
	return All(Equal(x, y)).Bool()
}
