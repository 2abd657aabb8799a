package graph

import (
	"cmp"
	"math"
)

// fold computes op on numbers of type d, if the result is sure to be the
// compiled program's to the last bit: operations that IEEE 754 rounds
// correctly, integers that wrap around, comparisons and logic. Functions such
// as exp are not, nor is what hardware may flush to zero.
func fold(op Op, params Params, d DType, x []Number) (Number, DType, bool) {
	for _, n := range x {
		if d.Differentiable() && !normal(n, d) {
			return Number{}, 0, false
		}
	}
	var n Number
	ok, to := false, d
	switch {
	case op == OpSelect:
		n, ok = x[1+x[0].I], true // d is the type of the last operand
	case op.is(compares):
		to = Bool
		n.I, ok = foldCompare(op, d, x[0], x[1]), true
	case op == OpConvert:
		to = params.(ConvertParams).DType
		n, ok = foldConvert(x[0], d, to)
	case op == OpIsFinite:
		to, ok = Bool, true
		if !math.IsNaN(real(x[0].C)) && !math.IsInf(real(x[0].C), 0) {
			n.I = 1
		}
	case d.IsComplex():
		n, ok = foldComplex(op, x)
	case d.IsFloat():
		n, ok = foldFloat(op, d, x)
	default:
		n.I, ok = foldInt(op, d, x)
	}
	n = n.Round(to)
	return n, to, ok && (!to.Differentiable() || normal(n, to))
}

// normal reports whether no part of n is subnormal.
func normal(n Number, d DType) bool {
	least := 0x1p-126 // of float32 and bfloat16
	switch d.Real() {
	case Float16:
		least = 0x1p-14
	case Float64:
		least = 0x1p-1022
	}
	part := func(x float64) bool { return x == 0 || !(math.Abs(x) < least) }
	return part(real(n.C)) && part(imag(n.C))
}

func foldCompare(op Op, d DType, x, y Number) int64 {
	var lt, eq bool
	switch {
	case d.Differentiable():
		lt, eq = real(x.C) < real(y.C), x.C == y.C
		if real(x.C) != real(x.C) || real(y.C) != real(y.C) {
			return b2i(op == OpNe) // a NaN is neither less nor more
		}
	case d.IsUnsigned():
		lt, eq = uint64(x.I) < uint64(y.I), x.I == y.I
	default:
		lt, eq = x.I < y.I, x.I == y.I
	}
	switch op {
	case OpEq:
		return b2i(eq)
	case OpNe:
		return b2i(!eq)
	case OpLt:
		return b2i(lt)
	case OpLe:
		return b2i(lt || eq)
	case OpGt:
		return b2i(!lt && !eq)
	}
	return b2i(!lt)
}

func b2i(x bool) int64 {
	if x {
		return 1
	}
	return 0
}

// foldFloat computes in float64. Rounding twice, to float64 and then to a
// narrower type, rounds + - * / as rounding once does, for float64 has more
// than twice the bits.
func foldFloat(op Op, d DType, in []Number) (Number, bool) {
	var x, y float64
	x = real(in[0].C)
	if len(in) > 1 {
		y = real(in[1].C)
	}
	of := func(r float64) (Number, bool) { return Number{C: complex(r, 0)}, true }
	switch op {
	case OpNeg:
		return of(-x)
	case OpAbs:
		return of(math.Abs(x))
	case OpSign:
		switch {
		case x > 0:
			return of(1)
		case x < 0:
			return of(-1)
		}
		return of(x) // 0, -0, NaN
	case OpFloor:
		return of(math.Floor(x))
	case OpCeil:
		return of(math.Ceil(x))
	case OpAdd:
		return of(x + y)
	case OpSub:
		return of(x - y)
	case OpMul:
		return of(x * y)
	case OpSquare:
		return of(x * x)
	case OpDiv:
		return of(x / y)
	case OpMax, OpMin:
		switch {
		case x == 0 && y == 0:
			return in[0], math.Signbit(x) == math.Signbit(y) // 0 or -0 is open
		case op == OpMax:
			return of(max(x, y)) // math.Max(inf, NaN) is inf
		}
		return of(min(x, y))
	}
	return Number{}, false
}

// foldComplex does what works on each part; products are not rounded once.
func foldComplex(op Op, x []Number) (Number, bool) {
	switch op {
	case OpNeg:
		return Number{C: complex(-real(x[0].C), -imag(x[0].C))}, true
	case OpConj:
		return Number{C: complex(real(x[0].C), -imag(x[0].C))}, true
	case OpAdd:
		return Number{C: x[0].C + x[1].C}, true
	case OpSub:
		return Number{C: x[0].C - x[1].C}, true
	}
	return Number{}, false
}

// foldInt computes on integers and bools; the caller wraps the result.
func foldInt(op Op, d DType, in []Number) (int64, bool) {
	var x, y int64
	x = in[0].I
	if len(in) > 1 {
		y = in[1].I
	}
	order := cmp.Compare(x, y)
	if d.IsUnsigned() {
		order = cmp.Compare(uint64(x), uint64(y))
	}
	size := 8 * int64(d.Size())
	switch op {
	case OpNeg:
		return -x, true
	case OpAbs:
		if d.IsSigned() && x < 0 {
			return -x, true
		}
		return x, true
	case OpSign:
		if d.IsSigned() && x < 0 {
			return -1, true
		}
		return b2i(x != 0), true
	case OpNot:
		if d == Bool {
			return 1 - x, true
		}
		return ^x, true
	case OpAdd:
		return x + y, true
	case OpSub:
		return x - y, true
	case OpMul:
		return x * y, true
	case OpSquare:
		return x * x, true
	case OpDiv, OpRem:
		if y == 0 {
			return 0, false
		}
		if d.IsUnsigned() {
			if op == OpDiv {
				return int64(uint64(x) / uint64(y)), true
			}
			return int64(uint64(x) % uint64(y)), true
		}
		if op == OpDiv {
			return x / y, true
		}
		return x % y, true
	case OpMax:
		if order < 0 {
			return y, true
		}
		return x, true
	case OpMin:
		if order > 0 {
			return y, true
		}
		return x, true
	case OpAnd:
		return x & y, true
	case OpOr:
		return x | y, true
	case OpXor:
		return x ^ y, true
	case OpShiftLeft, OpShiftRightLogical, OpShiftRightArithmetic:
		if y < 0 || y >= size {
			return 0, false
		}
		switch op {
		case OpShiftLeft:
			return x << y, true
		case OpShiftRightLogical:
			mask := ^uint64(0) >> (64 - size)
			return int64(uint64(x) & mask >> y), true
		}
		if d.IsUnsigned() { // the top bit is a sign all the same
			x = x << (64 - size) >> (64 - size)
		}
		return x >> y, true
	}
	return 0, false
}

// foldConvert converts where there is no choice of rounding: exact results,
// and one correct rounding.
func foldConvert(n Number, from, to DType) (Number, bool) {
	switch {
	case from.IsComplex() || to.IsComplex():
		return Number{}, false
	case to == Bool:
		return Number{I: b2i(n.I != 0 || n.C != 0)}, true
	case from.IsFloat() && to.IsFloat():
		r := n.Round(to)
		direct := holds(from, to) || from == Float64 && to == Float32 || from == Float32
		return r, direct || r == n
	case from.IsFloat():
		x := math.Trunc(real(n.C))
		lo, hi := -0x1p62, 0x1p62 // of int64 and uint64, the part that float64 surely has
		i := Number{I: int64(x)}
		return i, lo < x && x < hi && i.Round(to) == i && (!to.IsUnsigned() || x >= 0)
	case to.IsFloat():
		x, single := float64(n.I), float32(n.I)
		if from == Uint64 {
			x, single = float64(uint64(n.I)), float32(uint64(n.I))
		}
		if to == Float32 { // rounded once
			x = float64(single)
		}
		r := Number{C: complex(x, 0)}
		return r, to == Float64 || to == Float32 || r.Round(to) == r
	}
	return Number{I: n.I}, true
}
