package num

import (
	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// LogicalAnd is whether both are not zero.
func LogicalAnd[A, B array.Operand](x A, y B) *array.Array {
	return logical(graph.OpAnd, array.Of(x), array.Of(y))
}

// LogicalOr is whether one is not zero.
func LogicalOr[A, B array.Operand](x A, y B) *array.Array {
	return logical(graph.OpOr, array.Of(x), array.Of(y))
}

// LogicalXor is whether exactly one is not zero.
func LogicalXor[A, B array.Operand](x A, y B) *array.Array {
	return logical(graph.OpXor, array.Of(x), array.Of(y))
}

// LogicalNot is whether x is zero.
func LogicalNot(x *array.Array) *array.Array {
	return map1(x, func(b builder, x value) value { return b.Not(truth(b, x)) })
}

func logical(op graph.Op, x, y *array.Array) *array.Array {
	return ops.Apply([]*array.Array{x, y}, false, func(b builder, in []value) value {
		x := ops.BroadcastAll(b, op.String(), []value{truth(b, in[0]), truth(b, in[1])})
		return b.Emit(op, nil, x...)[0]
	})
}

// BitwiseAnd is x & y, of integers or bools.
func BitwiseAnd[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpAnd, array.Of(x), array.Of(y))
}

// BitwiseOr is x | y, of integers or bools.
func BitwiseOr[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpOr, array.Of(x), array.Of(y))
}

// BitwiseXor is x ^ y, of integers or bools.
func BitwiseXor[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpXor, array.Of(x), array.Of(y))
}

// BitwiseNot is ^x, of integers or bools.
func BitwiseNot(x *array.Array) *array.Array { return ops.Elementwise(graph.OpNot, x) }

// BitwiseCount is the number of one bits of |x|, as uint8.
func BitwiseCount(x *array.Array) *array.Array {
	return map1(x, func(b builder, x value) value {
		if x.DType.IsSigned() {
			x = b.Abs(x)
		}
		return b.Convert(b.PopulationCount(x), graph.Uint8)
	})
}

// LeftShift is x << y; 0 where y is the width of the type or more.
func LeftShift[A, B array.Operand](x A, y B) *array.Array {
	return ops.Elementwise(graph.OpShiftLeft, array.Of(x), array.Of(y))
}

// RightShift is x >> y, and keeps the sign of signed integers.
func RightShift[A, B array.Operand](x A, y B) *array.Array {
	d, _ := array.Promote(array.Of(x), array.Of(y))
	op := graph.OpShiftRightArithmetic
	if d.IsUnsigned() {
		op = graph.OpShiftRightLogical
	}
	return ops.Elementwise(op, array.Of(x), array.Of(y))
}
