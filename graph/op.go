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
	infer  func(*Eqn) ([]Aval, error) // checks the operands, returns the results' avals
	params Params
}

// ops is filled in init: shape rules of ops that hold graphs reach it.
var ops [NumOps]opInfo

func init() {
	ops = [NumOps]opInfo{
		OpLiteral: {"literal", inferLiteral, LiteralParams{}},

		OpNeg:             {"neg", unary(numeric), nil},
		OpAbs:             {"abs", inferAbs, nil},
		OpSign:            {"sign", unary(numeric), nil},
		OpFloor:           {"floor", unary(float), nil},
		OpCeil:            {"ceil", unary(float), nil},
		OpRound:           {"round", unary(float), RoundParams{}},
		OpExp:             {"exp", unary(inexact), nil},
		OpExp2:            {"exp2", unary(inexact), nil},
		OpExpm1:           {"expm1", unary(inexact), nil},
		OpLog:             {"log", unary(inexact), nil},
		OpLog1p:           {"log1p", unary(inexact), nil},
		OpSqrt:            {"sqrt", unary(inexact), nil},
		OpRsqrt:           {"rsqrt", unary(inexact), nil},
		OpCbrt:            {"cbrt", unary(float), nil},
		OpSquare:          {"square", unary(numeric), nil},
		OpSin:             {"sin", unary(inexact), nil},
		OpCos:             {"cos", unary(inexact), nil},
		OpTan:             {"tan", unary(inexact), nil},
		OpAsin:            {"asin", unary(inexact), nil},
		OpAcos:            {"acos", unary(inexact), nil},
		OpAtan:            {"atan", unary(inexact), nil},
		OpSinh:            {"sinh", unary(inexact), nil},
		OpCosh:            {"cosh", unary(inexact), nil},
		OpTanh:            {"tanh", unary(inexact), nil},
		OpAsinh:           {"asinh", unary(inexact), nil},
		OpAcosh:           {"acosh", unary(inexact), nil},
		OpAtanh:           {"atanh", unary(inexact), nil},
		OpLogistic:        {"logistic", unary(inexact), nil},
		OpErf:             {"erf", unary(float), nil},
		OpErfc:            {"erfc", unary(float), nil},
		OpErfInv:          {"erf_inv", unary(float), nil},
		OpLgamma:          {"lgamma", unary(float), nil},
		OpDigamma:         {"digamma", unary(float), nil},
		OpIntegerPow:      {"integer_pow", inferIntegerPow, IntegerPowParams{}},
		OpIsFinite:        {"is_finite", inferIsFinite, nil},
		OpNot:             {"not", unary(bits), nil},
		OpPopulationCount: {"population_count", unary(integer), nil},
		OpClz:             {"clz", unary(integer), nil},
		OpReal:            {"real", inferParts, nil},
		OpImag:            {"imag", inferParts, nil},
		OpConj:            {"conj", unary(complexes), nil},
		OpConvert:         {"convert_element_type", inferConvert, ConvertParams{}},
		OpBitcast:         {"bitcast_convert_type", inferBitcast, BitcastParams{}},
		OpReducePrecision: {"reduce_precision", unary(float), ReducePrecisionParams{}},
		OpStopGradient:    {"stop_gradient", unary(anyType), nil},

		OpAdd:                  {"add", binary(numeric), nil},
		OpSub:                  {"sub", binary(numeric), nil},
		OpMul:                  {"mul", binary(numeric), nil},
		OpDiv:                  {"div", binary(numeric), nil},
		OpRem:                  {"rem", binary(realNumeric), nil},
		OpPow:                  {"pow", binary(inexact), nil},
		OpAtan2:                {"atan2", binary(float), nil},
		OpMax:                  {"max", binary(ordered), nil},
		OpMin:                  {"min", binary(ordered), nil},
		OpNextAfter:            {"nextafter", binary(float), nil},
		OpPolygamma:            {"polygamma", binary(float), nil},
		OpComplex:              {"complex", inferComplex, nil},
		OpAnd:                  {"and", binary(bits), nil},
		OpOr:                   {"or", binary(bits), nil},
		OpXor:                  {"xor", binary(bits), nil},
		OpShiftLeft:            {"shift_left", binary(integer), nil},
		OpShiftRightLogical:    {"shift_right_logical", binary(integer), nil},
		OpShiftRightArithmetic: {"shift_right_arithmetic", binary(integer), nil},
		OpEq:                   {"eq", compare(anyType), nil},
		OpNe:                   {"ne", compare(anyType), nil},
		OpLt:                   {"lt", compare(ordered), nil},
		OpLe:                   {"le", compare(ordered), nil},
		OpGt:                   {"gt", compare(ordered), nil},
		OpGe:                   {"ge", compare(ordered), nil},

		OpSelect: {"select_n", inferSelect, nil},
		OpClamp:  {"clamp", inferClamp, nil},

		OpBroadcast:   {"broadcast_in_dim", inferBroadcast, BroadcastParams{}},
		OpReshape:     {"reshape", inferReshape, ReshapeParams{}},
		OpTranspose:   {"transpose", inferTranspose, TransposeParams{}},
		OpConcatenate: {"concatenate", inferConcatenate, ConcatenateParams{}},
		OpPad:         {"pad", inferPad, PadParams{}},
		OpSlice:       {"slice", inferSlice, SliceParams{}},
		OpRev:         {"rev", inferRev, RevParams{}},
		OpIota:        {"iota", inferIota, IotaParams{}},
		OpBarrier:     {"optimization_barrier", inferBarrier, nil},

		OpDynamicSlice:       {"dynamic_slice", inferDynamicSlice, DynamicSliceParams{}},
		OpDynamicUpdateSlice: {"dynamic_update_slice", inferDynamicUpdateSlice, nil},
		OpGather:             {"gather", inferGather, GatherParams{}},
		OpScatter:            {"scatter", inferScatter, ScatterParams{}},

		OpReduceSum:  {"reduce_sum", inferReduce(numeric), ReduceParams{}},
		OpReduceProd: {"reduce_prod", inferReduce(numeric), ReduceParams{}},
		OpReduceMax:  {"reduce_max", inferReduce(ordered), ReduceParams{}},
		OpReduceMin:  {"reduce_min", inferReduce(ordered), ReduceParams{}},
		OpReduceAnd:  {"reduce_and", inferReduce(bits), ReduceParams{}},
		OpReduceOr:   {"reduce_or", inferReduce(bits), ReduceParams{}},
		OpArgmax:     {"argmax", inferArg, ArgParams{}},
		OpArgmin:     {"argmin", inferArg, ArgParams{}},
		OpCumsum:     {"cumsum", inferCum(numeric), CumParams{}},
		OpCumprod:    {"cumprod", inferCum(numeric), CumParams{}},
		OpCummax:     {"cummax", inferCum(ordered), CumParams{}},
		OpCummin:     {"cummin", inferCum(ordered), CumParams{}},

		OpSort: {"sort", inferSort, SortParams{}},

		OpDot: {"dot_general", inferDot, DotParams{}},

		OpCholesky:        {"cholesky", inferCholesky, nil},
		OpTriangularSolve: {"triangular_solve", inferTriangularSolve, TriangularSolveParams{}},
		OpLU:              {"lu", inferLU, nil},
		OpFFT:             {"fft", inferFFT, FFTParams{}},

		OpName:     {"name", unary(anyType), NameParams{}},
		OpCallback: {"callback", inferCallback, CallbackParams{}},

		OpCall:       {"jit", inferCall, CallParams{}},
		OpCond:       {"cond", inferCond, CondParams{}},
		OpScan:       {"scan", inferScan, ScanParams{}},
		OpWhile:      {"while", inferWhile, WhileParams{}},
		OpCheckpoint: {"checkpoint", inferCheckpoint, CheckpointParams{}},
		OpCustomJVP:  {"custom_jvp_call", inferCustomJVP, CustomJVPParams{}},
		OpCustomVJP:  {"custom_vjp_call", inferCustomVJP, CustomVJPParams{}},
		OpCustomLin:  {"custom_lin", inferCustomLin, CustomLinParams{}},

		OpLinearSolve: {"custom_linear_solve", inferLinearSolve, LinearSolveParams{}},
	}
}

func (op Op) String() string { return ops[op].name }

func infer(e *Eqn) ([]Aval, error) { return ops[e.Op].infer(e) }

// Elementwise reports whether op works on each element alone. Such an op
// takes operands of one shape, or scalars among them.
func (op Op) Elementwise() bool { return OpNeg <= op && op <= OpClamp }

// ParseOp returns the op with the given name.
func ParseOp(name string) (Op, bool) {
	for op := range NumOps {
		if ops[op].name == name {
			return op, true
		}
	}
	return 0, false
}
