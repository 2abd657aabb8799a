package ad

import (
	"math"

	"github.com/jacobi-go/jacobi/graph"
)

// A rule says how one op is differentiated. A nil V stands for nothing: a
// zero that must not be materialized needlessly, or a value not known.
type rule struct {
	// jvp emits the op on primals x and returns its outputs and their tangents.
	// At least one of dx is not nil.
	jvp func(b B, e E, x, dx []V) (y, dy []V)
	// split divides the op where some operands are known and some are not.
	// Into k it emits what the known operands x determine (x[i] is nil where
	// unknown) and returns the outputs known from that (nil where not), the
	// values the rest needs, and the rest, which emits the other outputs from
	// those values and the unknown operands. Nil: the op is moved whole. The ops
	// with a split are those that hold graphs, and the barrier, whose results
	// have nothing to do with each other.
	split func(k B, e E, x []V) (y, res []V, rest func(s B, res, in []V) []V)
	// transpose maps the cotangents of the outputs to those of the inputs.
	// x[i] is nil where the op is linear in input i, and that is where a
	// cotangent is due.
	transpose func(b B, e E, ct, x []V) []V
}

// rules holds every op's rule. It is filled in init because the rules of ops
// that hold graphs call the passes, which read it.
//
// Elementwise rules need not care which operands are scalars: the passes
// broadcast a scalar tangent to the result's shape and sum the cotangent of a
// scalar operand.
var rules [graph.NumOps]rule

func init() {
	rules = [graph.NumOps]rule{
		graph.OpLiteral: flat,

		graph.OpNeg:             linear(func(b B, e E, ct V) V { return b.Neg(ct) }),
		graph.OpAbs:             unary(jvpAbs),
		graph.OpSign:            {jvpSign, nil, notLinear},
		graph.OpFloor:           flat,
		graph.OpCeil:            flat,
		graph.OpRound:           flat,
		graph.OpExp:             unary(func(b B, dx, x, y V) V { return b.Mul(dx, y) }),
		graph.OpExp2:            unary(func(b B, dx, x, y V) V { return b.Mul(dx, b.Mul(num(b, x, math.Ln2), y)) }),
		graph.OpExpm1:           unary(func(b B, dx, x, y V) V { return b.Mul(dx, b.Add(y, num(b, y, 1))) }),
		graph.OpLog:             unary(func(b B, dx, x, y V) V { return b.Div(dx, x) }),
		graph.OpLog1p:           unary(func(b B, dx, x, y V) V { return b.Div(dx, b.Add(x, num(b, x, 1))) }),
		graph.OpSqrt:            unary(func(b B, dx, x, y V) V { return b.Mul(dx, b.Div(num(b, x, 0.5), y)) }),
		graph.OpRsqrt:           unary(func(b B, dx, x, y V) V { return b.Mul(dx, b.Mul(num(b, x, -0.5), b.Div(y, x))) }),
		graph.OpCbrt:            unary(func(b B, dx, x, y V) V { return b.Mul(dx, b.Mul(num(b, x, 1./3), b.IntegerPow(y, -2))) }),
		graph.OpSquare:          unary(func(b B, dx, x, y V) V { return b.Mul(dx, b.Mul(num(b, x, 2), x)) }),
		graph.OpSin:             unary(func(b B, dx, x, y V) V { return b.Mul(dx, b.Cos(x)) }),
		graph.OpCos:             unary(func(b B, dx, x, y V) V { return b.Neg(b.Mul(dx, b.Sin(x))) }),
		graph.OpTan:             unary(func(b B, dx, x, y V) V { return b.Mul(dx, b.Add(num(b, x, 1), b.Square(y))) }),
		graph.OpAsin:            unary(func(b B, dx, x, y V) V { return b.Mul(dx, b.Rsqrt(b.Sub(num(b, x, 1), b.Square(x)))) }),
		graph.OpAcos:            unary(func(b B, dx, x, y V) V { return b.Neg(b.Mul(dx, b.Rsqrt(b.Sub(num(b, x, 1), b.Square(x))))) }),
		graph.OpAtan:            unary(func(b B, dx, x, y V) V { return b.Div(dx, b.Add(num(b, x, 1), b.Square(x))) }),
		graph.OpSinh:            unary(func(b B, dx, x, y V) V { return b.Mul(dx, b.Cosh(x)) }),
		graph.OpCosh:            unary(func(b B, dx, x, y V) V { return b.Mul(dx, b.Sinh(x)) }),
		graph.OpTanh:            unary(func(b B, dx, x, y V) V { return b.Mul(dx, b.Mul(b.Add(num(b, y, 1), y), b.Sub(num(b, y, 1), y))) }),
		graph.OpAsinh:           unary(func(b B, dx, x, y V) V { return b.Mul(dx, b.Rsqrt(b.Add(b.Square(x), num(b, x, 1)))) }),
		graph.OpAcosh:           unary(jvpAcosh),
		graph.OpAtanh:           unary(func(b B, dx, x, y V) V { return b.Div(dx, b.Mul(b.Add(num(b, x, 1), x), b.Sub(num(b, x, 1), x))) }),
		graph.OpLogistic:        unary(func(b B, dx, x, y V) V { return b.Mul(dx, b.Mul(y, b.Sub(num(b, y, 1), y))) }),
		graph.OpErf:             unary(func(b B, dx, x, y V) V { return gaussian(b, dx, x, 2/math.SqrtPi) }),
		graph.OpErfc:            unary(func(b B, dx, x, y V) V { return gaussian(b, dx, x, -2/math.SqrtPi) }),
		graph.OpErfInv:          unary(func(b B, dx, x, y V) V { return b.Mul(dx, b.Mul(num(b, x, math.SqrtPi/2), b.Exp(b.Square(y)))) }),
		graph.OpLgamma:          unary(func(b B, dx, x, y V) V { return b.Mul(dx, b.Digamma(x)) }),
		graph.OpDigamma:         unary(func(b B, dx, x, y V) V { return b.Mul(dx, b.Polygamma(num(b, x, 1), x)) }),
		graph.OpIntegerPow:      {jvpIntegerPow, nil, notLinear},
		graph.OpIsFinite:        flat,
		graph.OpNot:             flat,
		graph.OpPopulationCount: flat,
		graph.OpClz:             flat,
		graph.OpReal:            linear(func(b B, e E, ct V) V { return b.Complex(ct, num(b, ct, 0)) }),
		graph.OpImag:            linear(func(b B, e E, ct V) V { return b.Complex(num(b, ct, 0), b.Neg(ct)) }),
		graph.OpConj:            linear(func(b B, e E, ct V) V { return b.Conj(ct) }),
		graph.OpConvert:         {jvpConvert, nil, transposeConvert},
		graph.OpBitcast:         flat,
		graph.OpReducePrecision: linear(func(b B, e E, ct V) V { return b.Emit(e.Op, e.Params, ct)[0] }),
		graph.OpStopGradient:    flat,

		graph.OpAdd: {jvpAdd, nil, func(b B, e E, ct, x []V) []V { return []V{ct[0], ct[0]} }},
		graph.OpSub: {jvpSub, nil, transposeSub},
		graph.OpMul: bilinear(
			func(b B, e E, ct, y V) V { return b.Mul(ct, y) },
			func(b B, e E, ct, x V) V { return b.Mul(x, ct) }),
		graph.OpDiv:                  {jvpDiv, nil, func(b B, e E, ct, x []V) []V { return []V{b.Div(ct[0], x[1]), nil} }},
		graph.OpRem:                  binary(func(b B, d, x, y, z V) V { return d }, remRHS),
		graph.OpPow:                  binary(powLHS, powRHS),
		graph.OpAtan2:                binary(atan2LHS, atan2RHS),
		graph.OpMax:                  binary(chosenLHS, chosenRHS),
		graph.OpMin:                  binary(chosenLHS, chosenRHS),
		graph.OpNextAfter:            flat,
		graph.OpPolygamma:            {jvpPolygamma, nil, notLinear},
		graph.OpComplex:              linearIn(transposeComplex),
		graph.OpAnd:                  flat,
		graph.OpOr:                   flat,
		graph.OpXor:                  flat,
		graph.OpShiftLeft:            flat,
		graph.OpShiftRightLogical:    flat,
		graph.OpShiftRightArithmetic: flat,
		graph.OpEq:                   flat,
		graph.OpNe:                   flat,
		graph.OpLt:                   flat,
		graph.OpLe:                   flat,
		graph.OpGt:                   flat,
		graph.OpGe:                   flat,

		graph.OpSelect: linearIn(transposeSelect, 1, 2),
		graph.OpClamp:  {jvpClamp, nil, notLinear},

		graph.OpBroadcast:   linear(transposeBroadcast),
		graph.OpReshape:     linear(func(b B, e E, ct V) V { return b.Reshape(ct, e.In[0].Shape...) }),
		graph.OpTranspose:   linear(transposeTranspose),
		graph.OpConcatenate: linearIn(transposeConcatenate),
		graph.OpPad:         linearIn(transposePad),
		graph.OpSlice:       linear(transposeSlice),
		graph.OpRev:         linear(func(b B, e E, ct V) V { return b.Emit(e.Op, e.Params, ct)[0] }),
		graph.OpIota:        flat,
		graph.OpBarrier:     {jvpBarrier, splitBarrier, transposeBarrier},

		graph.OpDynamicSlice:       linearIn(transposeDynamicSlice, 0),
		graph.OpDynamicUpdateSlice: linearIn(transposeDynamicUpdateSlice, 0, 1),
		graph.OpGather:             linearIn(transposeGather, 0),
		graph.OpScatter:            {jvpScatter, nil, transposeScatter},

		graph.OpReduceSum:  linear(transposeReduceSum),
		graph.OpReduceProd: {jvpReduceProd, nil, notLinear},
		graph.OpReduceMax:  {jvpReduceChosen, nil, notLinear},
		graph.OpReduceMin:  {jvpReduceChosen, nil, notLinear},
		graph.OpReduceAnd:  flat,
		graph.OpReduceOr:   flat,
		graph.OpReduceXor:  flat,
		graph.OpArgmax:     flat,
		graph.OpArgmin:     flat,
		graph.OpCumsum:     linear(transposeCumsum),
		graph.OpCumprod:    cumulative(jvpMulPair),
		graph.OpCummax:     cumulative(chosenPair(graph.OpMax)),
		graph.OpCummin:     cumulative(chosenPair(graph.OpMin)),

		graph.OpSort: {jvpSort, nil, notLinear},

		graph.OpDot: bilinear(transposeDotLHS, transposeDotRHS),

		graph.OpCholesky:        {jvpCholesky, nil, notLinear},
		graph.OpTriangularSolve: {jvpTriangularSolve, nil, transposeTriangularSolve},
		graph.OpLU:              {jvpLU, nil, notLinear},
		graph.OpFFT:             linear(transposeFFT),

		graph.OpName:     {jvpName, nil, transposeName},
		graph.OpCallback: {jvpCallback, nil, notLinear},

		graph.OpCall:       {jvpCall, splitCall, transposeCall},
		graph.OpCond:       {jvpCond, splitCond, transposeCond},
		graph.OpScan:       {jvpScan, splitScan, transposeScan},
		graph.OpCheckpoint: {jvpCheckpoint, splitCheckpoint, transposeCheckpoint},
		graph.OpWhile:      {jvpWhile, splitWhile, transposeWhile},

		// Derivatives given by the user. Their graphs are gone after jvp.
		graph.OpCustomJVP: {jvpCustomJVP, splitCustomJVP, notLinear},
		graph.OpCustomVJP: {jvpCustomVJP, splitCustomVJP, notLinear},
		graph.OpCustomLin: {jvpCustomLin, nil, transposeCustomLin},

		graph.OpLinearSolve: {jvpLinearSolve, nil, transposeLinearSolve},
	}
}
