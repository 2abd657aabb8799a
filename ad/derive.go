package ad

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

// The constructors below derive a whole rule from the formula that is
// particular to an op.

// unary is the rule of an elementwise y = f(x), from dy = f'(x) dx.
func unary(f func(b B, dx, x, y V) V) rule {
	return rule{jvp: func(b B, e E, x, dx []V) (y, dy []V) {
		y = b.Emit(e.Op, e.Params, x...)
		return y, []V{f(b, dx[0], x[0], y[0])}
	}, transpose: notLinear}
}

// binary is the rule of an elementwise z = f(x, y), from the two terms of dz.
func binary(fx, fy func(b B, d, x, y, z V) V) rule {
	return rule{jvp: func(b B, e E, x, dx []V) (y, dy []V) {
		y = b.Emit(e.Op, e.Params, x...)
		var t V
		if dx[0] != nil {
			t = fx(b, dx[0], x[0], x[1], y[0])
		}
		if dx[1] != nil {
			t = addTangents(b, t, fy(b, dx[1], x[0], x[1], y[0]))
		}
		return y, []V{t}
	}, transpose: notLinear}
}

// flat is the rule of an op whose derivative is zero everywhere it exists.
var flat = rule{jvp: func(b B, e E, x, dx []V) (y, dy []V) {
	return b.Emit(e.Op, e.Params, x...), nil
}, transpose: notLinear}

// linear is the rule of a one-operand linear op: its JVP is the op itself.
func linear(transpose func(b B, e E, ct V) V) rule {
	return linearIn(func(b B, e E, ct, x []V) []V { return []V{transpose(b, e, ct[0])} }, 0)
}

// linearIn is the rule of an op that is linear in the operands at places taken
// together: its JVP is the op itself on their tangents. No places are all.
func linearIn(transpose func(b B, e E, ct, x []V) []V, places ...int) rule {
	return rule{jvp: func(b B, e E, x, dx []V) (y, dy []V) {
		in := slices.Clone(x)
		for i := range in {
			if len(places) == 0 || slices.Contains(places, i) {
				in[i] = zeroFor(b, e, dx[i], x[i])
			}
		}
		return b.Emit(e.Op, e.Params, x...), b.Emit(e.Op, e.Params, in...)
	}, transpose: transpose}
}

// zeroFor makes dx real; a scalar zero will do for an elementwise op.
func zeroFor(b B, e E, dx, x V) V {
	if dx == nil && e.Op.Elementwise() {
		return num(b, x, 0)
	}
	return materialize(b, dx, x)
}

// bilinear is the rule of an op linear in each of two operands (product rule).
func bilinear(lhs, rhs func(b B, e E, ct, other V) V) rule {
	return rule{
		jvp: func(b B, e E, x, dx []V) (y, dy []V) {
			y = b.Emit(e.Op, e.Params, x...)
			var t V
			if dx[0] != nil {
				t = b.Emit(e.Op, e.Params, dx[0], x[1])[0]
			}
			if dx[1] != nil {
				t = addTangents(b, t, b.Emit(e.Op, e.Params, x[0], dx[1])[0])
			}
			return y, []V{t}
		},
		transpose: func(b B, e E, ct, x []V) []V {
			switch {
			case x[0] != nil:
				return []V{nil, rhs(b, e, ct[0], x[0])}
			case x[1] != nil:
				return []V{lhs(b, e, ct[0], x[1]), nil}
			}
			return notLinear(b, e, ct, x)
		},
	}
}

// Linearize leaves linear ops only: what else there is to transpose comes from a
// rule of the user's.
func notLinear(b B, e E, ct, x []V) []V {
	panic(e.Errorf(graph.ErrNotLinear, "is not linear in a tangent here, so it cannot be transposed for reverse mode; a custom derivative rule must be linear in the tangents"))
}

// num is the number c in the dtype of x; it mixes with any shape.
func num(b B, x V, c float64) V { return b.Scalar(x.DType, c) }

// where is x at the places where pred holds, zero elsewhere.
func where(b B, pred, x V) V { return b.Select(pred, x, num(b, x, 0)) }
