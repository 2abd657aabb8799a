package graphtest

import (
	"fmt"

	"github.com/jacobi-go/jacobi/graph"
)

var (
	floats    = []graph.DType{graph.Float16, graph.BFloat16, graph.Float32, graph.Float64}
	complexes = []graph.DType{graph.Complex64, graph.Complex128}
	integers  = []graph.DType{graph.Int8, graph.Int16, graph.Int32, graph.Int64, graph.Uint8, graph.Uint16, graph.Uint32, graph.Uint64}
	every     = []graph.DType{graph.Bool, graph.Int8, graph.Int16, graph.Int32, graph.Int64, graph.Uint8, graph.Uint16, graph.Uint32, graph.Uint64, graph.Float16, graph.BFloat16, graph.Float32, graph.Float64, graph.Complex64, graph.Complex128}
)

func (l *list) elementwise() {
	for _, d := range every {
		n := graph.Num(d, 1.25)
		if d.IsComplex() {
			n.C += 0.5i
		}
		l.op(graph.OpLiteral, d.String(), graph.LiteralParams{DType: d, Value: n})
	}
	l.unary()
	l.binary()
	l.ternary()
}

// unary lists the ops of one operand by the domains of their operand; nil if
// the op does not take numbers of the kind.
func (l *list) unary() {
	for _, row := range []struct {
		op                       graph.Op
		float, complex, integers domain
	}{
		{graph.OpNeg, usual, usual, bits},
		{graph.OpAbs, signed(0.3, 1), away, bits},
		{graph.OpSign, signed(0.3, 1), nil, usual},
		{graph.OpFloor, within(1.2, 1.8), nil, nil},
		{graph.OpCeil, within(-1.8, -1.2), nil, nil},
		{graph.OpExp, usual, usual, nil},
		{graph.OpExp2, usual, usual, nil},
		{graph.OpExpm1, usual, usual, nil},
		{graph.OpLog, within(0.5, 2), away, nil},
		{graph.OpLog1p, within(-0.5, 2), away, nil},
		{graph.OpSqrt, within(0.5, 2), away, nil},
		{graph.OpRsqrt, within(0.5, 2), away, nil},
		{graph.OpCbrt, signed(0.5, 2), nil, nil},
		{graph.OpSquare, usual, usual, usual},
		{graph.OpSin, usual, usual, nil},
		{graph.OpCos, usual, usual, nil},
		{graph.OpTan, usual, usual, nil},
		{graph.OpAsin, within(-0.8, 0.8), away, nil},
		{graph.OpAcos, within(-0.8, 0.8), away, nil},
		{graph.OpAtan, within(-2, 2), away, nil},
		{graph.OpSinh, usual, usual, nil},
		{graph.OpCosh, usual, usual, nil},
		{graph.OpTanh, usual, usual, nil},
		{graph.OpAsinh, within(-2, 2), away, nil},
		{graph.OpAcosh, within(1.5, 3), away, nil},
		{graph.OpAtanh, within(-0.8, 0.8), away, nil},
		{graph.OpLogistic, within(-3, 3), usual, nil},
		{graph.OpErf, within(-2, 2), nil, nil},
		{graph.OpErfc, within(-2, 2), nil, nil},
		{graph.OpErfInv, within(-0.8, 0.8), nil, nil},
		{graph.OpLgamma, within(0.5, 3), nil, nil},
		{graph.OpDigamma, within(0.5, 3), nil, nil},
		{graph.OpIsFinite, usual, nil, nil},
		{graph.OpNot, nil, nil, bits},
		{graph.OpPopulationCount, nil, nil, bits},
		{graph.OpClz, nil, nil, bits},
		{graph.OpReal, nil, usual, nil},
		{graph.OpImag, nil, usual, nil},
		{graph.OpConj, nil, usual, nil},
	} {
		if row.float != nil {
			l.op(row.op, "", nil, from(row.float, graph.Float16, 3))
			l.op(row.op, "", nil, from(row.float, graph.BFloat16, 3))
			l.op(row.op, "", nil, from(row.float, graph.Float32))
			l.op(row.op, "", nil, from(row.float, graph.Float32, 0, 3))
			l.op(row.op, "", nil, from(row.float, graph.Float64, 2, 1, 3))
		}
		if row.complex != nil {
			l.op(row.op, "", nil, from(row.complex, graph.Complex64, 3))
			l.op(row.op, "", nil, from(row.complex, graph.Complex128, 2, 2))
		}
		if row.integers != nil {
			for _, d := range integers {
				l.op(row.op, "", nil, from(row.integers, d, 4))
			}
		}
	}
	l.op(graph.OpNot, "", nil, array(graph.Bool, 2, 2))
	for _, d := range complexes { // not complex differentiable
		l.op(graph.OpSign, "", nil, from(away, d, 3)).Smooth = false
	}

	for _, y := range []int{-3, -1, 0, 1, 2, 3, 7} {
		p, note := graph.IntegerPowParams{Y: y}, fmt.Sprintf("y=%d", y)
		for _, d := range floats {
			l.op(graph.OpIntegerPow, note, p, from(signed(0.5, 1.2), d, 3))
		}
		l.op(graph.OpIntegerPow, note, p, from(away, graph.Complex128, 2))
		if y >= 0 {
			l.op(graph.OpIntegerPow, note, p, array(graph.Int32, 3))
			l.op(graph.OpIntegerPow, note, p, array(graph.Uint8, 3))
		}
	}
	for _, even := range []bool{false, true} {
		for _, d := range floats {
			l.op(graph.OpRound, fmt.Sprintf("even=%v", even), graph.RoundParams{ToEven: even}, from(signed(0.6, 1.4), d, 4))
			// Halves: the two methods differ.
			l.add(graph.OpRound, fmt.Sprintf("halves even=%v", even), func(b builder, in []value) []value {
				return []value{b.Round(b.Add(in[0], b.Scalar(in[0].DType, 0.5)), even)}
			}, from(these(-3, -2, -1, 0, 1, 2), d, 6)).Smooth = false
		}
	}
	for _, n := range []float64{0, 1, 2, 5} {
		for _, d := range floats {
			l.add(graph.OpPolygamma, fmt.Sprintf("n=%v", n), func(b builder, in []value) []value {
				return []value{b.Polygamma(b.Scalar(in[0].DType, n), in[0])}
			}, from(within(0.5, 3), d, 3))
		}
	}
	l.op(graph.OpPolygamma, "orders", nil, from(these(0, 1, 2, 3), graph.Float64, 4), from(within(0.5, 3), graph.Float64, 4)).Smooth = false
	l.conversions()
}

func (l *list) conversions() {
	for _, d := range every {
		for _, to := range every {
			if d == to {
				continue
			}
			draw := usual
			if d.IsFloat() && !to.IsFloat() {
				draw = signed(0.2, 0.8) // of one fraction, off the integers
				if to.IsUnsigned() {
					draw = within(1.2, 1.8)
				}
			}
			// A step to a narrower type hides the small steps of differences.
			l.op(graph.OpConvert, "to "+to.Short(), graph.ConvertParams{DType: to}, from(draw, d, 3)).Smooth =
				!to.Differentiable() || to.Real().Size() >= d.Real().Size()
		}
	}
	for _, d := range every {
		for _, to := range every {
			if d.Size() == to.Size() && (d == to || d != graph.Bool && to != graph.Bool) && d.IsComplex() == to.IsComplex() {
				l.op(graph.OpBitcast, "to "+to.Short(), graph.BitcastParams{DType: to}, array(d, 2, 2)).Smooth = false
			}
		}
	}
	for _, d := range floats {
		l.op(graph.OpReducePrecision, "e5m3", graph.ReducePrecisionParams{Exponent: 5, Mantissa: 3}, array(d, 4)).Smooth = false
		l.op(graph.OpReducePrecision, "e8m7", graph.ReducePrecisionParams{Exponent: 8, Mantissa: 7}, array(d, 4)).Smooth = false
	}
	for _, d := range every {
		l.op(graph.OpStopGradient, "", nil, array(d, 3)).Smooth = false
	}
}

func (l *list) binary() {
	type pair struct{ x, y domain }
	one := func(x domain) pair { return pair{x, x} }
	var (
		none   pair
		low    = pair{within(-1, -0.1), within(0.1, 1)} // no ties; either order below
		usuals = one(usual)
		anyInt = one(bits)
	)
	for _, row := range []struct {
		op                   graph.Op
		float, complex, ints pair
		bool                 bool
	}{
		{graph.OpAdd, usuals, usuals, anyInt, false},
		{graph.OpSub, usuals, usuals, anyInt, false},
		{graph.OpMul, usuals, usuals, anyInt, false},
		{graph.OpDiv, pair{usual, signed(0.5, 2)}, pair{usual, away}, pair{bits, ints(1, 9)}, false},
		{graph.OpRem, pair{signed(2.1, 2.4), signed(0.95, 1)}, none, pair{bits, ints(1, 9)}, false},
		{graph.OpPow, pair{within(0.5, 2), within(-2, 2)}, one(away), none, false},
		{graph.OpAtan2, pair{signed(0.3, 1), usual}, none, none, false},
		{graph.OpMax, low, none, anyInt, true},
		{graph.OpMin, low, none, anyInt, true},
		{graph.OpNextAfter, usuals, none, none, false},
		{graph.OpComplex, none, none, none, false},
		{graph.OpAnd, none, none, anyInt, true},
		{graph.OpOr, none, none, anyInt, true},
		{graph.OpXor, none, none, anyInt, true},
		{graph.OpShiftLeft, none, none, pair{bits, ints(0, 7)}, false},
		{graph.OpShiftRightLogical, none, none, pair{bits, ints(0, 7)}, false},
		{graph.OpShiftRightArithmetic, none, none, pair{bits, ints(0, 7)}, false},
		{graph.OpEq, low, usuals, one(ints(0, 2)), true},
		{graph.OpNe, low, usuals, one(ints(0, 2)), true},
		{graph.OpLt, low, none, one(ints(0, 2)), true},
		{graph.OpLe, low, none, one(ints(0, 2)), true},
		{graph.OpGt, low, none, one(ints(0, 2)), true},
		{graph.OpGe, low, none, one(ints(0, 2)), true},
	} {
		add := func(p pair, d graph.DType, x, y []int) {
			l.op(row.op, "", nil, from(p.x, d, x...), from(p.y, d, y...)).Smooth = row.op != graph.OpNextAfter
		}
		if p := row.float; p.x != nil {
			add(p, graph.Float16, []int{3}, []int{3})
			add(p, graph.BFloat16, []int{3}, []int{3})
			add(p, graph.Float32, nil, nil)
			add(p, graph.Float32, []int{0, 3}, []int{0, 3})
			add(p, graph.Float32, []int{2, 1, 2}, nil)
			add(p, graph.Float64, []int{2, 3}, []int{2, 3})
			add(p, graph.Float64, nil, []int{3})
			add(p, graph.Float64, []int{3}, nil)
		}
		if p := row.complex; p.x != nil {
			add(p, graph.Complex64, []int{3}, []int{3})
			add(p, graph.Complex128, []int{2, 2}, []int{2, 2})
			add(p, graph.Complex128, nil, []int{3})
			add(p, graph.Complex128, []int{3}, nil)
		}
		if p := row.ints; p.x != nil {
			for _, d := range integers {
				add(p, d, []int{4}, []int{4})
			}
			add(p, graph.Int32, nil, []int{2, 2})
			add(p, graph.Int32, []int{2, 2}, nil)
		}
		if row.bool {
			add(one(bits), graph.Bool, []int{5}, []int{5})
		}
	}
	// In the other order, so that both operands win.
	for _, op := range []graph.Op{graph.OpMax, graph.OpMin, graph.OpEq, graph.OpNe, graph.OpLt, graph.OpLe, graph.OpGt, graph.OpGe} {
		l.op(op, "swapped", nil, from(low.y, graph.Float64, 2, 2), from(low.x, graph.Float64, 2, 2))
		l.op(op, "ties", nil, from(these(0, 1), graph.Float32, 4), from(these(0, 0, 1, 1), graph.Float32, 4)).Smooth = false
	}
	for _, d := range []graph.DType{graph.Float32, graph.Float64} {
		l.op(graph.OpComplex, "", nil, array(d, 2, 2), array(d, 2, 2))
		l.op(graph.OpComplex, "", nil, array(d, 3), array(d))
		l.op(graph.OpComplex, "", nil, array(d), array(d, 3))
		l.op(graph.OpComplex, "", nil, array(d), array(d))
	}
}

func (l *list) ternary() {
	for _, d := range every {
		l.op(graph.OpSelect, "", nil, array(graph.Bool, 4), array(d, 4), array(d, 4))
	}
	for _, d := range []graph.DType{graph.Float64, graph.Complex128} {
		l.op(graph.OpSelect, "", nil, array(graph.Bool), array(d), array(d))
		l.op(graph.OpSelect, "", nil, array(graph.Bool), array(d, 2, 2), array(d, 2, 2))
		l.op(graph.OpSelect, "", nil, array(graph.Bool, 2, 2), array(d), array(d, 2, 2))
		l.op(graph.OpSelect, "", nil, array(graph.Bool, 2, 2), array(d, 2, 2), array(d))
		l.op(graph.OpSelect, "", nil, array(graph.Bool, 2, 2), array(d), array(d))
		l.op(graph.OpSelect, "", nil, array(graph.Bool, 0, 2), array(d, 0, 2), array(d, 0, 2))
	}
	lo, x, hi := within(-0.6, -0.5), distinct, within(0.3, 0.4) // some below, some above
	for _, d := range floats {
		l.op(graph.OpClamp, "", nil, from(lo, d, 6), from(x, d, 6), from(hi, d, 6))
	}
	l.op(graph.OpClamp, "", nil, from(lo, graph.Float64), from(x, graph.Float64, 2, 4), from(hi, graph.Float64))
	l.op(graph.OpClamp, "", nil, from(lo, graph.Float64, 2, 4), from(x, graph.Float64, 2, 4), from(hi, graph.Float64))
	l.op(graph.OpClamp, "", nil, from(lo, graph.Float64), from(x, graph.Float64), from(hi, graph.Float64))
	l.op(graph.OpClamp, "", nil, from(lo, graph.Float64), from(x, graph.Float64), from(hi, graph.Float64, 3))
	for _, d := range integers {
		l.op(graph.OpClamp, "", nil, from(ints(1, 3), d, 4), from(bits, d, 4), from(ints(4, 6), d, 4))
	}
}
