package lax_test

import (
	"testing"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/internal/jaxtest"
	"github.com/jacobi-go/jacobi/lax"
)

type (
	arr    = *jx.Array
	arrays = []arr
)

// functions are those of the cases that scripts/gen_lax.py writes.
var functions = map[string]func(x arrays) arrays{
	"add 1.5":       func(x arrays) arrays { return arrays{lax.Add(x[0], 1.5)} },
	"sub from 1.5":  func(x arrays) arrays { return arrays{lax.Sub(1.5, x[0])} },
	"rem 4":         func(x arrays) arrays { return arrays{lax.Rem(x[0], 4)} },
	"div 4":         func(x arrays) arrays { return arrays{lax.Div(x[0], 4)} },
	"shift right 2": func(x arrays) arrays { return arrays{lax.ShiftRightLogical(x[0], 2)} },
	"round":         func(x arrays) arrays { return arrays{lax.Round(x[0])} },
	"round to even": func(x arrays) arrays { return arrays{lax.Round(x[0], lax.ToNearestEven())} },

	"clamp":                 func(x arrays) arrays { return arrays{lax.Clamp(-0.5, x[0], 1.0)} },
	"clamp by arrays":       func(x arrays) arrays { return arrays{lax.Clamp(x[0], x[1], x[2])} },
	"clamp ints":            func(x arrays) arrays { return arrays{lax.Clamp(-2, x[0], 3)} },
	"reduce_precision 5 10": func(x arrays) arrays { return arrays{lax.ReducePrecision(x[0], 5, 10)} },
	"bitcast int32":         func(x arrays) arrays { return arrays{lax.BitcastConvertType(jx.Int32, x[0])} },
	"bitcast float32":       func(x arrays) arrays { return arrays{lax.BitcastConvertType(jx.Float32, x[0])} },
	"clz":                   func(x arrays) arrays { return arrays{lax.Clz(x[0])} },
	"population_count":      func(x arrays) arrays { return arrays{lax.PopulationCount(x[0])} },

	"select":        func(x arrays) arrays { return arrays{lax.Select(x[0], x[1], x[2])} },
	"select_n bool": func(x arrays) arrays { return arrays{lax.SelectN(x[0], x[1:]...)} },
	"select_n":      func(x arrays) arrays { return arrays{lax.SelectN(x[0], x[1:]...)} },

	"pad ((-1, 2, 1), (1, -2, 0))":  padding(lax.PaddingConfig{Low: -1, High: 2, Interior: 1}, lax.PaddingConfig{Low: 1, High: -2}),
	"pad ((2, -3, 2), (0, 0, 3))":   padding(lax.PaddingConfig{Low: 2, High: -3, Interior: 2}, lax.PaddingConfig{Interior: 3}),
	"pad ((-1, -1, 0), (-2, 1, 1))": padding(lax.PaddingConfig{Low: -1, High: -1}, lax.PaddingConfig{Low: -2, High: 1, Interior: 1}),
	"slice strides": func(x arrays) arrays {
		return arrays{lax.Slice(x[0], []int{1, 0}, []int{6, 5}, lax.Strides(2, 3))}
	},
	"rev 0":            func(x arrays) arrays { return arrays{lax.Rev(x[0], 0)} },
	"rev all":          func(x arrays) arrays { return arrays{lax.Rev(x[0])} },
	"barrier":          func(x arrays) arrays { return lax.OptimizationBarrier(x...) },
	"broadcast_in_dim": func(x arrays) arrays { return arrays{lax.BroadcastInDim(x[0], []int{2, 3, 4}, []int{0, 2})} },

	"dynamic_slice":        func(x arrays) arrays { return arrays{lax.DynamicSlice(x[0], x[1:], []int{2, 3})} },
	"dynamic_update_slice": func(x arrays) arrays { return arrays{lax.DynamicUpdateSlice(x[0], x[1], x[2:])} },

	"dot_general": func(x arrays) arrays {
		return arrays{lax.DotGeneral(x[0], x[1], lax.DotDimensionNumbers{Contract: [2][]int{{2}, {1}}, Batch: [2][]int{{0}, {2}}})}
	},
	"dot_general outer": func(x arrays) arrays { return arrays{lax.DotGeneral(x[0], x[1], lax.DotDimensionNumbers{})} },
	"dot_general as float32": func(x arrays) arrays {
		return arrays{lax.DotGeneral(x[0], x[1], lax.DotDimensionNumbers{Contract: [2][]int{{-1}, {0}}}, lax.PreferredElementType(jx.Float32))}
	},
	"dot_general as int32": func(x arrays) arrays {
		return arrays{lax.DotGeneral(x[0], x[1], lax.DotDimensionNumbers{Contract: [2][]int{{0}, {0}}}, lax.PreferredElementType(jx.Int32))}
	},
	"argmax uint8": func(x arrays) arrays { return arrays{lax.Argmax(jx.Uint8, x[0], -1)} },
	"argmin int32": func(x arrays) arrays { return arrays{lax.Argmin(jx.Int32, x[0], 0)} },
	"top_k":        func(x arrays) arrays { return pair(lax.TopK(x[0], 3)) },
	"top_k 0":      func(x arrays) arrays { return pair(lax.TopK(x[0], 2, 0)) },
	"top_k values": func(x arrays) arrays { return pair(lax.TopK(x[0], 3))[:1] },

	"sort":            func(x arrays) arrays { return lax.Sort(-1, 1, x...) },
	"sort by 1":       func(x arrays) arrays { return lax.Sort(0, 1, x...) },
	"sort by 2":       func(x arrays) arrays { return lax.Sort(0, 2, x...) },
	"sort by 2, last": func(x arrays) arrays { return lax.Sort(0, 2, x...)[2:] },

	"cholesky":         func(x arrays) arrays { return arrays{lax.Cholesky(x[0])} },
	"triangular_solve": func(x arrays) arrays { return arrays{lax.TriangularSolve(x[0], x[1])} },
	"triangular_solve left lower": func(x arrays) arrays {
		return arrays{lax.TriangularSolve(x[0], x[1], lax.LeftSide(), lax.Lower())}
	},
	"triangular_solve adjoint unit": func(x arrays) arrays {
		return arrays{lax.TriangularSolve(x[0], x[1], lax.TransposeA(), lax.ConjugateA(), lax.UnitDiagonal())}
	},
	"lu": func(x arrays) arrays {
		lu, pivots, perm := lax.LU(x[0])
		return arrays{lu, pivots, perm}
	},
	"fft":   func(x arrays) arrays { return arrays{lax.FFT(x[0], 3, 4)} },
	"ifft":  func(x arrays) arrays { return arrays{lax.IFFT(x[0], 4)} },
	"rfft":  func(x arrays) arrays { return arrays{lax.RFFT(x[0], 5)} },
	"irfft": func(x arrays) arrays { return arrays{lax.IRFFT(x[0], 5)} },
}

func padding(config ...lax.PaddingConfig) func(x arrays) arrays {
	return func(x arrays) arrays { return arrays{lax.Pad(x[0], x[1], config...)} }
}

func pair(x, y arr) arrays { return arrays{x, y} }

// A kind is a way to address an operand, as in scripts/gen_lax.py.
type kind struct {
	gather  lax.GatherDimensionNumbers
	scatter lax.ScatterDimensionNumbers
	sizes   []int
}

var kinds = map[string]kind{
	"rows": {
		lax.GatherDimensionNumbers{OffsetDims: []int{1}, CollapsedSliceDims: []int{0}, StartIndexMap: []int{0}},
		lax.ScatterDimensionNumbers{UpdateWindowDims: []int{1}, InsertedWindowDims: []int{0}, ScatterDimsToOperandDims: []int{0}},
		[]int{1, 4},
	},
	"windows": {
		lax.GatherDimensionNumbers{OffsetDims: []int{1, 2}, StartIndexMap: []int{1, 0}},
		lax.ScatterDimensionNumbers{UpdateWindowDims: []int{1, 2}, ScatterDimsToOperandDims: []int{1, 0}},
		[]int{2, 2},
	},
	"batched": {
		lax.GatherDimensionNumbers{
			CollapsedSliceDims: []int{1}, StartIndexMap: []int{1}, OperandBatchingDims: []int{0}, StartIndicesBatchingDims: []int{0},
		},
		lax.ScatterDimensionNumbers{
			InsertedWindowDims: []int{1}, ScatterDimsToOperandDims: []int{1}, OperandBatchingDims: []int{0}, ScatterIndicesBatchingDims: []int{0},
		},
		[]int{1, 1},
	},
}

func init() {
	scatters := map[string]func(x, idx, u arr, n lax.ScatterDimensionNumbers, opts ...lax.IndexOption) arr{
		"scatter": lax.Scatter, "scatter_add": lax.ScatterAdd, "scatter_sub": lax.ScatterSub,
		"scatter_mul": lax.ScatterMul, "scatter_min": lax.ScatterMin, "scatter_max": lax.ScatterMax,
	}
	promises := []lax.IndexOption{lax.UniqueIndices(), lax.IndicesAreSorted()}
	for name, k := range kinds {
		gather := func(opts ...lax.IndexOption) func(x arrays) arrays {
			return func(x arrays) arrays { return arrays{lax.Gather(x[0], x[1], k.gather, k.sizes, opts...)} }
		}
		functions["gather "+name+" value"] = func(x arrays) arrays {
			one := jx.Scalar(true)
			if x[0].DType() != jx.Bool {
				one = jx.Scalar(1)
			}
			return gather(lax.Mode(lax.FillOrDrop), lax.FillValue(one))(x)
		}
		functions["gather "+name+" unique"] = gather(append(promises, lax.Mode(lax.Clip))...)
		for mode, opts := range map[string][]lax.IndexOption{
			"": {}, "fill": {lax.Mode(lax.FillOrDrop)}, "clip": {lax.Mode(lax.Clip)}, "promise_in_bounds": {lax.Mode(lax.PromiseInBounds)},
		} {
			functions["gather "+name+" "+mode] = gather(opts...)
			for op, f := range scatters {
				functions[op+" "+name+" "+mode] = func(x arrays) arrays { return arrays{f(x[0], x[1], x[2], k.scatter, opts...)} }
			}
		}
		for _, op := range []string{"scatter", "scatter_mul"} {
			functions[op+" "+name+" unique"] = func(x arrays) arrays {
				return arrays{scatters[op](x[0], x[1], x[2], k.scatter, promises...)}
			}
		}
	}
	for name, f := range map[string]func(x arr, axes ...int) arr{
		"sum": lax.ReduceSum, "prod": lax.ReduceProd, "max": lax.ReduceMax, "min": lax.ReduceMin, "and": lax.ReduceAnd, "or": lax.ReduceOr,
	} {
		functions["reduce_"+name] = func(x arrays) arrays { return arrays{f(x[0])} }
		functions["reduce_"+name+" 0 2"] = func(x arrays) arrays { return arrays{f(x[0], 0, -1)} }
	}
	for name, f := range map[string]func(x arr, axis int, opts ...lax.CumOption) arr{
		"cumsum": lax.Cumsum, "cumprod": lax.Cumprod, "cummax": lax.Cummax, "cummin": lax.Cummin,
	} {
		functions[name] = func(x arrays) arrays { return arrays{f(x[0], -1)} }
		functions[name+" reverse"] = func(x arrays) arrays { return arrays{f(x[0], 0, lax.Reverse())} }
	}
	for _, d := range []jx.DType{jx.Float32, jx.Float64, jx.Complex64, jx.Int32, jx.Uint8} {
		functions["iota "+d.String()] = func(arrays) arrays { return arrays{lax.Iota(d, 5)} }
		functions["broadcasted_iota "+d.String()] = func(arrays) arrays { return arrays{lax.BroadcastedIota(d, 1, 2, 3)} }
	}
}

func TestLikeJAX(t *testing.T) { jaxtest.Run(t, functions) }
