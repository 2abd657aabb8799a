package conformance

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/interp"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/lax"
)

type (
	arr    = *jx.Array
	arrays = []arr
)

// Every function of package lax is its op: it stages the one equation that the
// other tests compare with JAX, or, where that would do nothing, none.
func TestLax(t *testing.T) {
	for _, rs := range byOp(records(t)) {
		op := rs[0].op()
		f := laxCalls[op]
		if !assert.NotNil(t, f, "%v", op) {
			continue
		}
		same := 0
		for _, r := range rs {
			got := ops.Stage(ops.Staging{Name: "lax"}, graph.Avals(r.g.In), make([]bool, len(r.in)), func(in arrays) arrays {
				return f(r.g.Eqns[0].Params, in)
			})
			if got.Fingerprint() == r.g.Fingerprint() {
				same++
				continue
			}
			check(t, r, interp.Eval(got.Graph, r.in...), r.out, exact)
			require.Less(t, len(got.Eqns), 2, "%s: %v", r.name, got.Graph)
		}
		assert.NotZero(t, same, "%v", op)
	}
	assert.Len(t, laxCalls, len(byOp(records(t))))
}

// laxCalls calls the function of each op with an equation's params.
var laxCalls = map[graph.Op]func(p graph.Params, x arrays) arrays{}

func init() {
	for op, f := range map[graph.Op]func(x arr) arr{
		graph.OpNeg: lax.Neg, graph.OpAbs: lax.Abs, graph.OpSign: lax.Sign, graph.OpFloor: lax.Floor, graph.OpCeil: lax.Ceil,
		graph.OpExp: lax.Exp, graph.OpExp2: lax.Exp2, graph.OpExpm1: lax.Expm1, graph.OpLog: lax.Log, graph.OpLog1p: lax.Log1p,
		graph.OpSqrt: lax.Sqrt, graph.OpRsqrt: lax.Rsqrt, graph.OpCbrt: lax.Cbrt, graph.OpSquare: lax.Square,
		graph.OpSin: lax.Sin, graph.OpCos: lax.Cos, graph.OpTan: lax.Tan, graph.OpAsin: lax.Asin, graph.OpAcos: lax.Acos, graph.OpAtan: lax.Atan,
		graph.OpSinh: lax.Sinh, graph.OpCosh: lax.Cosh, graph.OpTanh: lax.Tanh,
		graph.OpAsinh: lax.Asinh, graph.OpAcosh: lax.Acosh, graph.OpAtanh: lax.Atanh, graph.OpLogistic: lax.Logistic,
		graph.OpErf: lax.Erf, graph.OpErfc: lax.Erfc, graph.OpErfInv: lax.ErfInv, graph.OpLgamma: lax.Lgamma, graph.OpDigamma: lax.Digamma,
		graph.OpIsFinite: lax.IsFinite, graph.OpNot: lax.BitwiseNot, graph.OpPopulationCount: lax.PopulationCount, graph.OpClz: lax.Clz,
		graph.OpReal: lax.Real, graph.OpImag: lax.Imag, graph.OpConj: lax.Conj, graph.OpStopGradient: lax.StopGradient,
		graph.OpCholesky: lax.Cholesky,
	} {
		laxCalls[op] = func(_ graph.Params, x arrays) arrays { return arrays{f(x[0])} }
	}
	for op, f := range map[graph.Op]func(x, y arr) arr{
		graph.OpAdd: lax.Add[arr, arr], graph.OpSub: lax.Sub[arr, arr], graph.OpMul: lax.Mul[arr, arr], graph.OpDiv: lax.Div[arr, arr],
		graph.OpRem: lax.Rem[arr, arr], graph.OpPow: lax.Pow[arr, arr], graph.OpAtan2: lax.Atan2[arr, arr],
		graph.OpMax: lax.Max[arr, arr], graph.OpMin: lax.Min[arr, arr], graph.OpNextAfter: lax.NextAfter[arr, arr],
		graph.OpPolygamma: lax.Polygamma[arr, arr], graph.OpComplex: lax.Complex[arr, arr],
		graph.OpAnd: lax.BitwiseAnd[arr, arr], graph.OpOr: lax.BitwiseOr[arr, arr], graph.OpXor: lax.BitwiseXor[arr, arr],
		graph.OpShiftLeft: lax.ShiftLeft[arr, arr], graph.OpShiftRightLogical: lax.ShiftRightLogical[arr, arr],
		graph.OpShiftRightArithmetic: lax.ShiftRightArithmetic[arr, arr],
		graph.OpEq:                   lax.Eq[arr, arr], graph.OpNe: lax.Ne[arr, arr], graph.OpLt: lax.Lt[arr, arr],
		graph.OpLe: lax.Le[arr, arr], graph.OpGt: lax.Gt[arr, arr], graph.OpGe: lax.Ge[arr, arr],
	} {
		laxCalls[op] = func(_ graph.Params, x arrays) arrays { return arrays{f(x[0], x[1])} }
	}
	for op, f := range map[graph.Op]func(x arr, axes ...int) arr{
		graph.OpReduceSum: lax.ReduceSum, graph.OpReduceProd: lax.ReduceProd, graph.OpReduceMax: lax.ReduceMax,
		graph.OpReduceMin: lax.ReduceMin, graph.OpReduceAnd: lax.ReduceAnd, graph.OpReduceOr: lax.ReduceOr, graph.OpReduceXor: lax.ReduceXor,
	} {
		laxCalls[op] = func(p graph.Params, x arrays) arrays {
			if axes := p.(graph.ReduceParams).Axes; len(axes) > 0 {
				return arrays{f(x[0], axes...)}
			}
			return x
		}
	}
	for op, f := range map[graph.Op]func(d graph.DType, x arr, axis int) arr{graph.OpArgmax: lax.Argmax, graph.OpArgmin: lax.Argmin} {
		laxCalls[op] = func(p graph.Params, x arrays) arrays {
			q := p.(graph.ArgParams)
			return arrays{f(q.DType, x[0], q.Axis)}
		}
	}
	for op, f := range map[graph.Op]func(x arr, axis int, opts ...lax.CumOption) arr{
		graph.OpCumsum: lax.Cumsum, graph.OpCumprod: lax.Cumprod, graph.OpCummax: lax.Cummax, graph.OpCummin: lax.Cummin,
	} {
		laxCalls[op] = func(p graph.Params, x arrays) arrays {
			q := p.(graph.CumParams)
			if q.Reverse {
				return arrays{f(x[0], q.Axis, lax.Reverse())}
			}
			return arrays{f(x[0], q.Axis)}
		}
	}
	one(graph.OpRound, func(p graph.RoundParams, x arrays) arr {
		if p.ToEven {
			return lax.Round(x[0], lax.ToNearestEven())
		}
		return lax.Round(x[0])
	})
	one(graph.OpIntegerPow, func(p graph.IntegerPowParams, x arrays) arr { return lax.IntegerPow(x[0], p.Y) })
	one(graph.OpConvert, func(p graph.ConvertParams, x arrays) arr { return lax.ConvertElementType(p.DType, x[0]) })
	one(graph.OpBitcast, func(p graph.BitcastParams, x arrays) arr { return lax.BitcastConvertType(p.DType, x[0]) })
	one(graph.OpReducePrecision, func(p graph.ReducePrecisionParams, x arrays) arr {
		return lax.ReducePrecision(x[0], p.Exponent, p.Mantissa)
	})
	laxCalls[graph.OpSelect] = func(_ graph.Params, x arrays) arrays { return arrays{lax.SelectN(x[0], x[1:]...)} }
	laxCalls[graph.OpClamp] = func(_ graph.Params, x arrays) arrays { return arrays{lax.Clamp(x[0], x[1], x[2])} }
	one(graph.OpBroadcast, func(p graph.BroadcastParams, x arrays) arr { return lax.BroadcastInDim(x[0], p.Shape, p.Dims) })
	one(graph.OpReshape, func(p graph.ReshapeParams, x arrays) arr { return lax.Reshape(x[0], p.Shape...) })
	one(graph.OpTranspose, func(p graph.TransposeParams, x arrays) arr { return lax.Transpose(x[0], p.Perm...) })
	one(graph.OpConcatenate, func(p graph.ConcatenateParams, x arrays) arr { return lax.Concatenate(p.Axis, x...) })
	one(graph.OpPad, func(p graph.PadParams, x arrays) arr {
		var config []lax.PaddingConfig
		for i := range p.Low {
			config = append(config, lax.PaddingConfig{Low: p.Low[i], High: p.High[i], Interior: p.Interior[i]})
		}
		return lax.Pad(x[0], x[1], config...)
	})
	one(graph.OpSlice, func(p graph.SliceParams, x arrays) arr {
		if p.Strides == nil {
			return lax.Slice(x[0], p.Start, p.Limit)
		}
		return lax.Slice(x[0], p.Start, p.Limit, lax.Strides(p.Strides...))
	})
	one(graph.OpRev, func(p graph.RevParams, x arrays) arr { return lax.Rev(x[0], p.Axes...) })
	one(graph.OpIota, func(p graph.IotaParams, x arrays) arr { return lax.BroadcastedIota(p.DType, p.Axis, p.Shape...) })
	laxCalls[graph.OpBarrier] = func(_ graph.Params, x arrays) arrays { return lax.OptimizationBarrier(x...) }
	one(graph.OpGather, func(p graph.GatherParams, x arrays) arr {
		n := lax.GatherDimensionNumbers{
			OffsetDims: p.Offset, CollapsedSliceDims: p.Collapsed, StartIndexMap: p.Start,
			OperandBatchingDims: p.OperandBatch, StartIndicesBatchingDims: p.IndicesBatch,
		}
		return lax.Gather(x[0], x[1], n, p.Sizes, lax.Mode(lax.Clip))
	})
	one(graph.OpScatter, func(p graph.ScatterParams, x arrays) arr {
		n := lax.ScatterDimensionNumbers{
			UpdateWindowDims: p.Offset, InsertedWindowDims: p.Collapsed, ScatterDimsToOperandDims: p.Start,
			OperandBatchingDims: p.OperandBatch, ScatterIndicesBatchingDims: p.IndicesBatch,
		}
		f := map[graph.Combine]func(x, idx, updates arr, n lax.ScatterDimensionNumbers, opts ...lax.IndexOption) arr{
			graph.CombineSet: lax.Scatter, graph.CombineAdd: lax.ScatterAdd, graph.CombineMul: lax.ScatterMul,
			graph.CombineMin: lax.ScatterMin, graph.CombineMax: lax.ScatterMax,
		}[p.Combine]
		if p.Unique {
			return f(x[0], x[1], x[2], n, lax.UniqueIndices())
		}
		return f(x[0], x[1], x[2], n)
	})
	laxCalls[graph.OpSort] = func(p graph.Params, x arrays) arrays {
		q := p.(graph.SortParams)
		return lax.Sort(q.Axis, q.Keys, x...)
	}
	one(graph.OpDot, func(p graph.DotParams, x arrays) arr {
		n := lax.DotDimensionNumbers{Contract: [2][]int{p.LHSContract, p.RHSContract}, Batch: [2][]int{p.LHSBatch, p.RHSBatch}}
		return lax.DotGeneral(x[0], x[1], n, lax.PreferredElementType(p.Prefer))
	})
	one(graph.OpTriangularSolve, func(p graph.TriangularSolveParams, x arrays) arr {
		var opts []lax.TriangularSolveOption
		for _, o := range []struct {
			is  bool
			opt lax.TriangularSolveOption
		}{{p.LeftSide, lax.LeftSide()}, {p.Lower, lax.Lower()}, {p.TransposeA, lax.TransposeA()}, {p.ConjugateA, lax.ConjugateA()}, {p.UnitDiagonal, lax.UnitDiagonal()}} {
			if o.is {
				opts = append(opts, o.opt)
			}
		}
		return lax.TriangularSolve(x[0], x[1], opts...)
	})
	laxCalls[graph.OpLU] = func(_ graph.Params, x arrays) arrays {
		lu, pivots, perm := lax.LU(x[0])
		return arrays{lu, pivots, perm}
	}
	one(graph.OpFFT, func(p graph.FFTParams, x arrays) arr {
		f := map[graph.FFTKind]func(x arr, lengths ...int) arr{graph.FFT: lax.FFT, graph.IFFT: lax.IFFT, graph.RFFT: lax.RFFT, graph.IRFFT: lax.IRFFT}[p.Kind]
		return f(x[0], p.Lengths...)
	})
	one(graph.OpDynamicSlice, func(p graph.DynamicSliceParams, x arrays) arr {
		return lax.DynamicSlice(x[0], x[1:], p.Sizes, lax.NoNegativeIndices())
	})
	laxCalls[graph.OpDynamicUpdateSlice] = func(_ graph.Params, x arrays) arrays {
		return arrays{lax.DynamicUpdateSlice(x[0], x[1], x[2:], lax.NoNegativeIndices())}
	}
}

// one is a row of laxCalls for an op with params and one result.
func one[P graph.Params](op graph.Op, f func(p P, x arrays) arr) {
	laxCalls[op] = func(p graph.Params, x arrays) arrays { return arrays{f(p.(P), x)} }
}
