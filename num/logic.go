package num

import (
	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// LogicalAnd is whether both are not zero. Elementwise; the result is bool. It
// is jax.numpy.logical_and.
func LogicalAnd[A, B array.Operand](x A, y B) *array.Array {
	return logical(graph.OpAnd, array.Of(x), array.Of(y))
}

// LogicalOr is whether one is not zero. Elementwise; the result is bool. It is
// jax.numpy.logical_or.
func LogicalOr[A, B array.Operand](x A, y B) *array.Array {
	return logical(graph.OpOr, array.Of(x), array.Of(y))
}

// LogicalXor is whether exactly one is not zero. Elementwise; the result is
// bool. It is jax.numpy.logical_xor.
func LogicalXor[A, B array.Operand](x A, y B) *array.Array {
	return logical(graph.OpXor, array.Of(x), array.Of(y))
}

// LogicalNot is whether x is zero. Elementwise; the result is bool. It is
// jax.numpy.logical_not.
func LogicalNot(x *array.Array) *array.Array {
	return map1(x, func(b builder, x value) value { return b.Not(b.Truth(x)) })
}

func logical(op graph.Op, x, y *array.Array) *array.Array {
	return ops.Apply([]*array.Array{x, y}, false, func(b builder, in []value) value {
		x := ops.BroadcastAll(b, op.String(), []value{b.Truth(in[0]), b.Truth(in[1])})
		return b.Emit(op, nil, x...)[0]
	})
}

// BitwiseAnd is x & y, of integers or bools. Elementwise; operands are
// promoted. Floats are an error. It is jax.numpy.bitwise_and.
func BitwiseAnd[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpAnd, array.Of(x), array.Of(y))
}

// BitwiseOr is x | y, of integers or bools. Elementwise; operands are promoted.
// Floats are an error. It is jax.numpy.bitwise_or.
func BitwiseOr[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpOr, array.Of(x), array.Of(y))
}

// BitwiseXor is x ^ y, of integers or bools. Elementwise; operands are
// promoted. Floats are an error. It is jax.numpy.bitwise_xor.
func BitwiseXor[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpXor, array.Of(x), array.Of(y))
}

// BitwiseNot is ^x, of integers or bools. Elementwise; the dtype is x's. Floats
// are an error. It is jax.numpy.bitwise_not.
func BitwiseNot(x *array.Array) *array.Array { return ops.Elementwise(graph.OpNot, x) }

// BitwiseCount is the number of one bits of |x|, as uint8. Elementwise; other
// dtypes than integers are an error. It is jax.numpy.bitwise_count.
func BitwiseCount(x *array.Array) *array.Array {
	return map1(x, func(b builder, x value) value {
		if x.DType.IsSigned() {
			x = b.Abs(x)
		}
		return b.Convert(b.PopulationCount(x), graph.Uint8)
	})
}

// LeftShift is x << y; 0 where y is the width of the type or more. Elementwise;
// operands are promoted. Other dtypes than integers are an error. It is
// jax.numpy.left_shift.
func LeftShift[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpShiftLeft, array.Of(x), array.Of(y))
}

// RightShift is x >> y, and keeps the sign of signed integers. Elementwise;
// operands are promoted. Other dtypes than integers are an error. It is
// jax.numpy.right_shift.
func RightShift[A, B array.Operand](x A, y B) *array.Array {
	d, _ := array.Promote(array.Of(x), array.Of(y))
	op := graph.OpShiftRightArithmetic
	if d.IsUnsigned() {
		op = graph.OpShiftRightLogical
	}
	return ops.Elementwise(op, array.Of(x), array.Of(y))
}
