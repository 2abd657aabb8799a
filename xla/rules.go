package xla

import "jacobi/graph"

// A lowering writes the operations that compute the results of an equation
// and binds the results to them.
type lowering func(f *function, e *graph.Eqn)

// lowerings has a rule for every op. It is filled in init, for rules reach it
// when they lower an expansion.
var lowerings [graph.NumOps]lowering

func init() {
	lowerings = [graph.NumOps]lowering{
		graph.OpLiteral: lowerLiteral,

		graph.OpNeg:             hlo("stablehlo.negate"),
		graph.OpAbs:             lowerAbs,
		graph.OpSign:            lowerSign,
		graph.OpFloor:           hlo("stablehlo.floor"),
		graph.OpCeil:            hlo("stablehlo.ceil"),
		graph.OpRound:           lowerRound,
		graph.OpExp:             hlo("stablehlo.exponential"),
		graph.OpExp2:            expand(expandExp2),
		graph.OpExpm1:           hlo("stablehlo.exponential_minus_one"),
		graph.OpLog:             hlo("stablehlo.log"),
		graph.OpLog1p:           hlo("stablehlo.log_plus_one"),
		graph.OpSqrt:            hlo("stablehlo.sqrt"),
		graph.OpRsqrt:           hlo("stablehlo.rsqrt"),
		graph.OpCbrt:            hlo("stablehlo.cbrt"),
		graph.OpSquare:          lowerSquare,
		graph.OpSin:             byKind(hlo("stablehlo.sine"), expand(expandComplexSin)),
		graph.OpCos:             byKind(hlo("stablehlo.cosine"), expand(expandComplexCos)),
		graph.OpTan:             hlo("stablehlo.tan"),
		graph.OpAsin:            chlo("chlo.asin"),
		graph.OpAcos:            chlo("chlo.acos"),
		graph.OpAtan:            byKind(expand(expandAtan), chlo("chlo.atan")),
		graph.OpSinh:            chlo("chlo.sinh"),
		graph.OpCosh:            chlo("chlo.cosh"),
		graph.OpTanh:            hlo("stablehlo.tanh"),
		graph.OpAsinh:           chlo("chlo.asinh"),
		graph.OpAcosh:           chlo("chlo.acosh"),
		graph.OpAtanh:           chlo("chlo.atanh"),
		graph.OpLogistic:        lowerLogistic,
		graph.OpErf:             chlo("chlo.erf"),
		graph.OpErfc:            chlo("chlo.erfc"),
		graph.OpErfInv:          chlo("chlo.erf_inv"),
		graph.OpLgamma:          chlo("chlo.lgamma"),
		graph.OpDigamma:         chlo("chlo.digamma"),
		graph.OpIntegerPow:      lowerIntegerPow,
		graph.OpIsFinite:        hloTyped("stablehlo.is_finite"),
		graph.OpNot:             hlo("stablehlo.not"),
		graph.OpPopulationCount: hlo("stablehlo.popcnt"),
		graph.OpClz:             hlo("stablehlo.count_leading_zeros"),
		graph.OpReal:            hloTyped("stablehlo.real"),
		graph.OpImag:            hloTyped("stablehlo.imag"),
		graph.OpConj:            expand(expandConj),
		graph.OpConvert:         lowerConvert,
		graph.OpBitcast:         lowerBitcast,
		graph.OpReducePrecision: lowerReducePrecision,
		graph.OpStopGradient:    same,

		graph.OpAdd:                  hlo("stablehlo.add"),
		graph.OpSub:                  hlo("stablehlo.subtract"),
		graph.OpMul:                  hlo("stablehlo.multiply"),
		graph.OpDiv:                  hlo("stablehlo.divide"),
		graph.OpRem:                  hlo("stablehlo.remainder"),
		graph.OpPow:                  hlo("stablehlo.power"),
		graph.OpAtan2:                lowerAtan2,
		graph.OpMax:                  hlo("stablehlo.maximum"),
		graph.OpMin:                  hlo("stablehlo.minimum"),
		graph.OpNextAfter:            chlo("chlo.next_after"),
		graph.OpPolygamma:            chlo("chlo.polygamma"),
		graph.OpComplex:              hlo("stablehlo.complex"),
		graph.OpAnd:                  hlo("stablehlo.and"),
		graph.OpOr:                   hlo("stablehlo.or"),
		graph.OpXor:                  hlo("stablehlo.xor"),
		graph.OpShiftLeft:            hlo("stablehlo.shift_left"),
		graph.OpShiftRightLogical:    hlo("stablehlo.shift_right_logical"),
		graph.OpShiftRightArithmetic: hlo("stablehlo.shift_right_arithmetic"),
		graph.OpEq:                   compare("EQ"),
		graph.OpNe:                   compare("NE"),
		graph.OpLt:                   compare("LT"),
		graph.OpLe:                   compare("LE"),
		graph.OpGt:                   compare("GT"),
		graph.OpGe:                   compare("GE"),

		graph.OpSelect: lowerSelect,
		graph.OpClamp:  lowerClamp,

		graph.OpBroadcast:   lowerBroadcast,
		graph.OpReshape:     hloTyped("stablehlo.reshape"),
		graph.OpTranspose:   lowerTranspose,
		graph.OpConcatenate: lowerConcatenate,
		graph.OpPad:         lowerPad,
		graph.OpSlice:       lowerSlice,
		graph.OpRev:         lowerRev,
		graph.OpIota:        lowerIota,
		graph.OpBarrier:     lowerBarrier,

		graph.OpDynamicSlice:       lowerDynamicSlice,
		graph.OpDynamicUpdateSlice: lowerDynamicUpdateSlice,
		graph.OpGather:             lowerGather,
		graph.OpScatter:            lowerScatter,

		graph.OpReduceSum:  lowerReduce,
		graph.OpReduceProd: lowerReduce,
		graph.OpReduceMax:  lowerReduce,
		graph.OpReduceMin:  lowerReduce,
		graph.OpReduceAnd:  lowerReduce,
		graph.OpReduceOr:   lowerReduce,
		graph.OpArgmax:     lowerArg,
		graph.OpArgmin:     lowerArg,
		graph.OpCumsum:     lowerCum,
		graph.OpCumprod:    lowerCum,
		graph.OpCummax:     lowerCum,
		graph.OpCummin:     lowerCum,

		graph.OpSort: lowerSort,

		graph.OpDot: lowerDot,

		graph.OpCholesky:        lowerCholesky,
		graph.OpTriangularSolve: lowerTriangularSolve,
		graph.OpLU:              lowerLU,
		graph.OpFFT:             lowerFFT,

		graph.OpName:     same,
		graph.OpCallback: lowerCallback,

		graph.OpCall:       lowerCall,
		graph.OpCond:       lowerCond,
		graph.OpScan:       lowerScan,
		graph.OpWhile:      lowerWhile,
		graph.OpCheckpoint: lowerCheckpoint,
		graph.OpCustomJVP:  lowerCustomJVP,
		graph.OpCustomVJP:  lowerCustomVJP,
		graph.OpCustomLin:  lowerCustomLin,

		graph.OpLinearSolve: lowerLinearSolve,
	}
}

// same makes the result another name of the operand.
func same(f *function, e *graph.Eqn) { f.set(e, f.in(e, 0)) }

// expand lowers an equation as what build makes of its operands.
func expand(build func(b *graph.Builder, in []*graph.Value, p graph.Params) *graph.Value) lowering {
	return func(f *function, e *graph.Eqn) {
		var b graph.Builder
		b.At(e)
		in := b.Inputs(graph.Avals(e.In))
		g := b.Graph(build(&b, in, e.Params))
		f.set(e, f.inline(g, f.ids.Lookup(e.In)...)[0])
	}
}

// byKind lowers complex operands in a way of their own.
func byKind(real, complex lowering) lowering {
	return func(f *function, e *graph.Eqn) {
		if e.In[0].DType.IsComplex() {
			complex(f, e)
		} else {
			real(f, e)
		}
	}
}
