package xla

import "github.com/jacobi-go/jacobi/graph"

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
		graph.OpSign:            hlo("stablehlo.sign"),
		graph.OpFloor:           hlo("stablehlo.floor"),
		graph.OpCeil:            hlo("stablehlo.ceil"),
		graph.OpRound:           lowerRound,
		graph.OpExp:             hlo("stablehlo.exponential"),
		graph.OpExpm1:           hlo("stablehlo.exponential_minus_one"),
		graph.OpLog:             hlo("stablehlo.log"),
		graph.OpLog1p:           hlo("stablehlo.log_plus_one"),
		graph.OpSqrt:            hlo("stablehlo.sqrt"),
		graph.OpRsqrt:           hlo("stablehlo.rsqrt"),
		graph.OpCbrt:            hlo("stablehlo.cbrt"),
		graph.OpSquare:          chlo("chlo.square"),
		graph.OpSin:             hlo("stablehlo.sine"),
		graph.OpCos:             hlo("stablehlo.cosine"),
		graph.OpTan:             hlo("stablehlo.tan"),
		graph.OpAsin:            chlo("chlo.asin"),
		graph.OpAcos:            chlo("chlo.acos"),
		graph.OpAtan:            chlo("chlo.atan"),
		graph.OpSinh:            chlo("chlo.sinh"),
		graph.OpCosh:            chlo("chlo.cosh"),
		graph.OpTanh:            hlo("stablehlo.tanh"),
		graph.OpAsinh:           chlo("chlo.asinh"),
		graph.OpAcosh:           chlo("chlo.acosh"),
		graph.OpAtanh:           chlo("chlo.atanh"),
		graph.OpErf:             chlo("chlo.erf"),
		graph.OpErfc:            chlo("chlo.erfc"),
		graph.OpErfInv:          chlo("chlo.erf_inv"),
		graph.OpLgamma:          chlo("chlo.lgamma"),
		graph.OpDigamma:         chlo("chlo.digamma"),
		graph.OpIsFinite:        hloTyped("stablehlo.is_finite"),
		graph.OpNot:             hlo("stablehlo.not"),
		graph.OpPopulationCount: hlo("stablehlo.popcnt"),
		graph.OpClz:             hlo("stablehlo.count_leading_zeros"),
		graph.OpReal:            hloTyped("stablehlo.real"),
		graph.OpImag:            hloTyped("stablehlo.imag"),
		graph.OpConvert:         hloTyped("stablehlo.convert"),
		graph.OpBitcast:         hloTyped("stablehlo.bitcast_convert"),
		graph.OpReducePrecision: lowerReducePrecision,

		graph.OpAdd:                  hlo("stablehlo.add"),
		graph.OpSub:                  hlo("stablehlo.subtract"),
		graph.OpMul:                  hlo("stablehlo.multiply"),
		graph.OpDiv:                  hlo("stablehlo.divide"),
		graph.OpRem:                  hlo("stablehlo.remainder"),
		graph.OpPow:                  hlo("stablehlo.power"),
		graph.OpAtan2:                hlo("stablehlo.atan2"),
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
		graph.OpClamp:  hlo("stablehlo.clamp"),

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
		graph.OpReduceXor:  lowerReduce,
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
		graph.OpFFT:             lowerFFT,

		graph.OpCallback: lowerCallback,

		graph.OpCall:  lowerCall,
		graph.OpCond:  lowerCond,
		graph.OpWhile: lowerWhile,
	}
}
