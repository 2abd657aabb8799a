package graph

// An Op names a primitive. The set is closed: what StableHLO can lower plus
// the ops that hold graphs. Users extend the language with custom rules,
// which are ops.
type Op uint8

// The ops, by family. The names in printed graphs are JAX's.
const (
	OpLiteral Op = iota // a rank-0 constant

	// Elementwise, of one operand.
	OpNeg
	OpAbs
	OpSign
	OpFloor
	OpCeil
	OpRound
	OpExp
	OpExp2
	OpExpm1
	OpLog
	OpLog1p
	OpSqrt
	OpRsqrt
	OpCbrt
	OpSquare
	OpSin
	OpCos
	OpTan
	OpAsin
	OpAcos
	OpAtan
	OpSinh
	OpCosh
	OpTanh
	OpAsinh
	OpAcosh
	OpAtanh
	OpLogistic
	OpErf
	OpErfc
	OpErfInv
	OpLgamma
	OpDigamma
	OpIntegerPow
	OpIsFinite
	OpNot
	OpPopulationCount
	OpClz
	OpReal
	OpImag
	OpConj
	OpConvert
	OpBitcast
	OpReducePrecision
	OpStopGradient

	// Elementwise, of two.
	OpAdd
	OpSub
	OpMul
	OpDiv
	OpRem
	OpPow
	OpAtan2
	OpMax
	OpMin
	OpNextAfter
	OpPolygamma
	OpComplex
	OpAnd
	OpOr
	OpXor
	OpShiftLeft
	OpShiftRightLogical
	OpShiftRightArithmetic
	OpEq
	OpNe
	OpLt
	OpLe
	OpGt
	OpGe

	// Elementwise, of three.
	OpSelect
	OpClamp

	// Structural.
	OpBroadcast
	OpReshape
	OpTranspose
	OpConcatenate
	OpPad
	OpSlice
	OpRev
	OpIota
	OpBarrier

	// Indexing.
	OpDynamicSlice
	OpDynamicUpdateSlice
	OpGather
	OpScatter

	// Reductions.
	OpReduceSum
	OpReduceProd
	OpReduceMax
	OpReduceMin
	OpReduceAnd
	OpReduceOr
	OpReduceXor
	OpArgmax
	OpArgmin
	OpCumsum
	OpCumprod
	OpCummax
	OpCummin

	OpSort

	OpDot

	// Linear algebra.
	OpCholesky
	OpTriangularSolve
	OpLU
	OpFFT

	OpName // the identity, named for a policy of checkpoint

	// Something done on the host while the program runs.
	OpCallback

	// Ops that hold graphs.
	OpCall
	OpCond
	OpScan
	OpWhile
	OpCheckpoint
	OpCustomJVP
	OpCustomVJP
	OpCustomLin
	OpLinearSolve

	NumOps
)

// An opInfo defines an op. Its methods and its shape rule are in the file of
// its family; params is the zero value of its params, nil if it has none.
type opInfo struct {
	name   string
	arity  arity
	traits trait
	infer  func(*Eqn) ([]Aval, error) // checks the operands, returns the results' avals
	params Params
}

// An arity is a number of operands, or ^n for n or more.
type arity int

func orMore(n int) arity { return arity(^n) }

// A trait is what an op has in common with others: passes ask for it, not for
// the op. The order of the ops above means nothing.
type trait uint8

const (
	elementwise trait = 1 << iota // works on each element alone, of operands of one shape or scalars among them
	commutes                      // two operands may change places, bit for bit: max and min may tell 0 from -0 by order
	compares                      // numbers to bools
	moves                         // elements, and does nothing else: it gives a repeated scalar repeated
	holdsGraphs                   // params may
	keepsApart                    // two that look the same are two: custom rules, whose derivatives are the user's to say
)

func (op Op) is(t trait) bool { return ops[op].traits&t != 0 }

// ops is filled in init: shape rules of ops that hold graphs reach it.
var ops [NumOps]opInfo

func init() {
	ops = [NumOps]opInfo{
		OpLiteral: {"literal", 0, 0, inferLiteral, LiteralParams{}},

		OpNeg:             {"neg", 1, elementwise, unary(numeric), nil},
		OpAbs:             {"abs", 1, elementwise, inferAbs, nil},
		OpSign:            {"sign", 1, elementwise, unary(numeric), nil},
		OpFloor:           {"floor", 1, elementwise, unary(float), nil},
		OpCeil:            {"ceil", 1, elementwise, unary(float), nil},
		OpRound:           {"round", 1, elementwise, unary(float), RoundParams{}},
		OpExp:             {"exp", 1, elementwise, unary(inexact), nil},
		OpExp2:            {"exp2", 1, elementwise, unary(inexact), nil},
		OpExpm1:           {"expm1", 1, elementwise, unary(inexact), nil},
		OpLog:             {"log", 1, elementwise, unary(inexact), nil},
		OpLog1p:           {"log1p", 1, elementwise, unary(inexact), nil},
		OpSqrt:            {"sqrt", 1, elementwise, unary(inexact), nil},
		OpRsqrt:           {"rsqrt", 1, elementwise, unary(inexact), nil},
		OpCbrt:            {"cbrt", 1, elementwise, unary(float), nil},
		OpSquare:          {"square", 1, elementwise, unary(numeric), nil},
		OpSin:             {"sin", 1, elementwise, unary(inexact), nil},
		OpCos:             {"cos", 1, elementwise, unary(inexact), nil},
		OpTan:             {"tan", 1, elementwise, unary(inexact), nil},
		OpAsin:            {"asin", 1, elementwise, unary(inexact), nil},
		OpAcos:            {"acos", 1, elementwise, unary(inexact), nil},
		OpAtan:            {"atan", 1, elementwise, unary(inexact), nil},
		OpSinh:            {"sinh", 1, elementwise, unary(inexact), nil},
		OpCosh:            {"cosh", 1, elementwise, unary(inexact), nil},
		OpTanh:            {"tanh", 1, elementwise, unary(inexact), nil},
		OpAsinh:           {"asinh", 1, elementwise, unary(inexact), nil},
		OpAcosh:           {"acosh", 1, elementwise, unary(inexact), nil},
		OpAtanh:           {"atanh", 1, elementwise, unary(inexact), nil},
		OpLogistic:        {"logistic", 1, elementwise, unary(inexact), nil},
		OpErf:             {"erf", 1, elementwise, unary(float), nil},
		OpErfc:            {"erfc", 1, elementwise, unary(float), nil},
		OpErfInv:          {"erf_inv", 1, elementwise, unary(float), nil},
		OpLgamma:          {"lgamma", 1, elementwise, unary(float), nil},
		OpDigamma:         {"digamma", 1, elementwise, unary(float), nil},
		OpIntegerPow:      {"integer_pow", 1, elementwise, inferIntegerPow, IntegerPowParams{}},
		OpIsFinite:        {"is_finite", 1, elementwise, inferIsFinite, nil},
		OpNot:             {"not", 1, elementwise, unary(bitwise), nil},
		OpPopulationCount: {"population_count", 1, elementwise, unary(integer), nil},
		OpClz:             {"clz", 1, elementwise, unary(integer), nil},
		OpReal:            {"real", 1, elementwise, inferParts, nil},
		OpImag:            {"imag", 1, elementwise, inferParts, nil},
		OpConj:            {"conj", 1, elementwise, unary(complexes), nil},
		OpConvert:         {"convert_element_type", 1, elementwise, inferConvert, ConvertParams{}},
		OpBitcast:         {"bitcast_convert_type", 1, elementwise, inferBitcast, BitcastParams{}},
		OpReducePrecision: {"reduce_precision", 1, elementwise, inferReducePrecision, ReducePrecisionParams{}},
		OpStopGradient:    {"stop_gradient", 1, elementwise, unary(anyType), nil},

		OpAdd:                  {"add", 2, elementwise | commutes, binary(numeric), nil},
		OpSub:                  {"sub", 2, elementwise, binary(numeric), nil},
		OpMul:                  {"mul", 2, elementwise | commutes, binary(numeric), nil},
		OpDiv:                  {"div", 2, elementwise, binary(numeric), nil},
		OpRem:                  {"rem", 2, elementwise, binary(realNumeric), nil},
		OpPow:                  {"pow", 2, elementwise, binary(inexact), nil},
		OpAtan2:                {"atan2", 2, elementwise, binary(float), nil},
		OpMax:                  {"max", 2, elementwise, binary(ordered), nil},
		OpMin:                  {"min", 2, elementwise, binary(ordered), nil},
		OpNextAfter:            {"nextafter", 2, elementwise, binary(float), nil},
		OpPolygamma:            {"polygamma", 2, elementwise, binary(float), nil},
		OpComplex:              {"complex", 2, elementwise, inferComplex, nil},
		OpAnd:                  {"and", 2, elementwise | commutes, binary(bitwise), nil},
		OpOr:                   {"or", 2, elementwise | commutes, binary(bitwise), nil},
		OpXor:                  {"xor", 2, elementwise | commutes, binary(bitwise), nil},
		OpShiftLeft:            {"shift_left", 2, elementwise, binary(integer), nil},
		OpShiftRightLogical:    {"shift_right_logical", 2, elementwise, binary(integer), nil},
		OpShiftRightArithmetic: {"shift_right_arithmetic", 2, elementwise, binary(integer), nil},
		OpEq:                   {"eq", 2, elementwise | commutes | compares, compare(anyType), nil},
		OpNe:                   {"ne", 2, elementwise | commutes | compares, compare(anyType), nil},
		OpLt:                   {"lt", 2, elementwise | compares, compare(ordered), nil},
		OpLe:                   {"le", 2, elementwise | compares, compare(ordered), nil},
		OpGt:                   {"gt", 2, elementwise | compares, compare(ordered), nil},
		OpGe:                   {"ge", 2, elementwise | compares, compare(ordered), nil},

		OpSelect: {"select_n", 3, elementwise, inferSelect, nil},
		OpClamp:  {"clamp", 3, elementwise, inferClamp, nil},

		OpBroadcast:   {"broadcast_in_dim", 1, moves, inferBroadcast, BroadcastParams{}},
		OpReshape:     {"reshape", 1, moves, inferReshape, ReshapeParams{}},
		OpTranspose:   {"transpose", 1, moves, inferTranspose, TransposeParams{}},
		OpConcatenate: {"concatenate", orMore(1), moves, inferConcatenate, ConcatenateParams{}},
		OpPad:         {"pad", 2, moves, inferPad, PadParams{}},
		OpSlice:       {"slice", 1, moves, inferSlice, SliceParams{}},
		OpRev:         {"rev", 1, moves, inferRev, RevParams{}},
		OpIota:        {"iota", 0, 0, inferIota, IotaParams{}},
		OpBarrier:     {"optimization_barrier", orMore(0), keepsApart, inferBarrier, nil},

		OpDynamicSlice:       {"dynamic_slice", orMore(1), moves, inferDynamicSlice, DynamicSliceParams{}},
		OpDynamicUpdateSlice: {"dynamic_update_slice", orMore(2), 0, inferDynamicUpdateSlice, nil},
		OpGather:             {"gather", 2, 0, inferGather, GatherParams{}},
		OpScatter:            {"scatter", 3, 0, inferScatter, ScatterParams{}},

		OpReduceSum:  {"reduce_sum", 1, 0, inferReduce(numeric), ReduceParams{}},
		OpReduceProd: {"reduce_prod", 1, 0, inferReduce(numeric), ReduceParams{}},
		OpReduceMax:  {"reduce_max", 1, 0, inferReduce(ordered), ReduceParams{}},
		OpReduceMin:  {"reduce_min", 1, 0, inferReduce(ordered), ReduceParams{}},
		OpReduceAnd:  {"reduce_and", 1, 0, inferReduce(bitwise), ReduceParams{}},
		OpReduceOr:   {"reduce_or", 1, 0, inferReduce(bitwise), ReduceParams{}},
		OpReduceXor:  {"reduce_xor", 1, 0, inferReduce(bitwise), ReduceParams{}},
		OpArgmax:     {"argmax", 1, 0, inferArg, ArgParams{}},
		OpArgmin:     {"argmin", 1, 0, inferArg, ArgParams{}},
		OpCumsum:     {"cumsum", 1, 0, inferCum(numeric), CumParams{}},
		OpCumprod:    {"cumprod", 1, 0, inferCum(numeric), CumParams{}},
		OpCummax:     {"cummax", 1, 0, inferCum(ordered), CumParams{}},
		OpCummin:     {"cummin", 1, 0, inferCum(ordered), CumParams{}},

		OpSort: {"sort", orMore(1), 0, inferSort, SortParams{}},

		OpDot: {"dot_general", 2, 0, inferDot, DotParams{}},

		OpCholesky:        {"cholesky", 1, 0, inferCholesky, nil},
		OpTriangularSolve: {"triangular_solve", 2, 0, inferTriangularSolve, TriangularSolveParams{}},
		OpLU:              {"lu", 1, 0, inferLU, nil},
		OpFFT:             {"fft", 1, 0, inferFFT, FFTParams{}},

		OpName:     {"name", 1, 0, unary(anyType), NameParams{}},
		OpCallback: {"callback", orMore(0), 0, inferCallback, CallbackParams{}},

		OpCall:       {"jit", orMore(0), holdsGraphs, inferCall, CallParams{}},
		OpCond:       {"cond", orMore(1), holdsGraphs, inferCond, CondParams{}},
		OpScan:       {"scan", orMore(0), holdsGraphs, inferScan, ScanParams{}},
		OpWhile:      {"while", orMore(0), holdsGraphs, inferWhile, WhileParams{}},
		OpCheckpoint: {"checkpoint", orMore(0), holdsGraphs, inferCheckpoint, CheckpointParams{}},
		OpCustomJVP:  {"custom_jvp_call", orMore(0), holdsGraphs | keepsApart, inferCustomJVP, CustomJVPParams{}},
		OpCustomVJP:  {"custom_vjp_call", orMore(0), holdsGraphs | keepsApart, inferCustomVJP, CustomVJPParams{}},
		OpCustomLin:  {"custom_lin", orMore(0), holdsGraphs | keepsApart, inferCustomLin, CustomLinParams{}},

		OpLinearSolve: {"custom_linear_solve", orMore(0), holdsGraphs | keepsApart, inferLinearSolve, LinearSolveParams{}},
	}
	for op := range NumOps {
		opsByName[op.String()] = op
	}
}

// String is JAX's name: add, dot_general.
func (op Op) String() string { return ops[op].name }

// opsByName is the other way round.
var opsByName = map[string]Op{}

// infer checks e's operands and returns the avals of its results.
func infer(e *Eqn) ([]Aval, error) {
	least, more := e.Op.Arity()
	if n := len(e.In); n < least || n > least && !more {
		takes, s := "takes", "s"
		if more {
			takes = "takes at least"
		}
		if least == 1 {
			s = ""
		}
		return nil, ErrArgument.Errorf("%s %d operand%s, not %d", takes, least, s, n)
	}
	out, err := ops[e.Op].infer(e)
	if err != nil {
		return nil, err
	}
	for _, a := range out {
		if err := a.Valid(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Arity is how many operands op takes, or the least that it takes.
func (op Op) Arity() (n int, more bool) {
	if a := ops[op].arity; a < 0 {
		return int(^a), true
	} else {
		return int(a), false
	}
}

// Elementwise reports whether op works on each element alone. Such an op
// takes operands of one shape, or scalars among them.
func (op Op) Elementwise() bool { return op.is(elementwise) }

// HoldsGraphs reports whether the params of op may hold graphs.
func (op Op) HoldsGraphs() bool { return op.is(holdsGraphs) }

// ParseOp returns the op with the given name.
func ParseOp(name string) (Op, bool) {
	op, ok := opsByName[name]
	return op, ok
}
