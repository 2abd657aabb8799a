package lax_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/ad/adtest"
	"github.com/jacobi-go/jacobi/lax"
	"github.com/jacobi-go/jacobi/num"
)

// sample has numbers that are apart, of size 1.
func sample(seed float64, shape ...int) arr {
	n := 1
	for _, k := range shape {
		n *= k
	}
	data := make([]float64, n)
	for i := range data {
		data[i] = math.Sin(seed + 2.3*float64(i+1))
	}
	if len(shape) == 0 {
		return jx.From(data).At(0)
	}
	return jx.From(data, shape...)
}

// smooth are compositions of functions, on operands [5,4], [3,4] and a scalar.
var smooth = map[string]func(x arrays) arr{
	"dot_general": func(x arrays) arr {
		n := lax.DotDimensionNumbers{Contract: [2][]int{{1}, {1}}}
		y := lax.DotGeneral(lax.Sin(x[0]), x[1], n)
		return lax.DotGeneral(y, y, lax.DotDimensionNumbers{Contract: [2][]int{{1}, {1}}, Batch: [2][]int{{0}, {0}}})
	},
	"gather": func(x arrays) arr {
		g := kinds["rows"]
		opts := []lax.IndexOption{lax.Mode(lax.FillOrDrop), lax.FillValue(0.0)}
		return lax.Mul(lax.Gather(lax.Exp(x[0]), column(4, 7, 4), g.gather, g.sizes, opts...), x[1])
	},
	"gather unique": func(x arrays) arr {
		g := kinds["rows"]
		return lax.Sin(lax.Gather(lax.Square(x[0]), column(0, 2, 4), g.gather, g.sizes, lax.UniqueIndices(), lax.IndicesAreSorted()))
	},
	"scatter": func(x arrays) arr {
		return lax.Sin(lax.Scatter(lax.Square(x[0]), column(3, 0, 9), lax.Square(x[1]), kinds["rows"].scatter, lax.UniqueIndices()))
	},
	"scatter_add": func(x arrays) arr {
		return lax.Sin(lax.ScatterAdd(lax.Square(x[0]), column(3, 3, 9), lax.Square(x[1]), kinds["rows"].scatter, lax.Mode(lax.Clip)))
	},
	"scatter_sub": func(x arrays) arr {
		return lax.Sin(lax.ScatterSub(lax.Square(x[0]), column(3, 3, 9), lax.Square(x[1]), kinds["rows"].scatter))
	},
	"scatter_mul": func(x arrays) arr {
		return lax.Sin(lax.ScatterMul(lax.Square(x[0]), column(3, 0, 9), lax.Exp(x[1]), kinds["rows"].scatter, lax.UniqueIndices()))
	},
	"scatter_max": func(x arrays) arr {
		return lax.Square(lax.ScatterMax(x[0], column(1, 1, 2), x[1], kinds["rows"].scatter))
	},
	"pad": func(x arrays) arr {
		y := lax.Pad(lax.Sin(x[0]), lax.Square(x[2]), lax.PaddingConfig{Low: -1, High: 2, Interior: 1}, lax.PaddingConfig{Low: 1, High: -2})
		return lax.Square(y)
	},
	"sort": func(x arrays) arr {
		keys := lax.BroadcastInDim(jx.From([]int32{1, 0, 1, 0, 1}), []int{5, 4}, []int{0})
		return lax.Sin(lax.Sort(0, 2, keys, x[0], lax.Exp(x[0]))[2])
	},
	"clamp": func(x arrays) arr { return lax.Square(lax.Clamp(lax.Sub(x[2], 1.2), x[0], lax.Exp(x[2]))) },
	"bitcast": func(x arrays) arr { // x, by way of its bits, which are no function of x
		bits := lax.BitwiseAnd(lax.BitcastConvertType(jx.Int64, x[0]), int64(-1))
		return lax.Mul(lax.Exp(x[0]), lax.Ge(bits, int64(0)).As(jx.Float64))
	},
	"select_n": func(x arrays) arr {
		return lax.SelectN(jx.From([]int32{2, 0, 1, 1, 0, 2, 2, 0, 1, 1, 0, 2}, 3, 4), lax.Sin(x[1]), lax.Square(x[1]), x[2])
	},
	"dynamic slices": func(x arrays) arr {
		at := arrays{jx.Scalar(int32(-2)), jx.Scalar(int32(1))}
		y := lax.DynamicSlice(lax.Exp(x[0]), at, []int{2, 3})
		return lax.DynamicUpdateSlice(lax.Sin(x[0]), lax.Square(y), at)
	},
	"top_k":     func(x arrays) arr { y, _ := lax.TopK(lax.Exp(x[0]), 2, 0); return lax.Sin(y) },
	"cumprod":   func(x arrays) arr { return lax.Cumprod(lax.Exp(x[0]), 0, lax.Reverse()) },
	"reduce":    func(x arrays) arr { return lax.Mul(lax.ReduceProd(lax.Sin(x[0]), 1), lax.ReduceMax(x[0], 1)) },
	"barrier":   func(x arrays) arr { y := lax.OptimizationBarrier(x...); return lax.Mul(lax.Sin(y[0]), y[2]) },
	"transpose": func(x arrays) arr { return lax.Rev(lax.Transpose(lax.Sin(x[0]), -1, 0), 0) },
}

func column(idx ...int32) arr { return jx.From(idx, len(idx), 1) }

// First and second derivatives are those of differences, and examples are
// mapped one by one.
func TestDerivatives(t *testing.T) {
	x := arrays{sample(0, 5, 4), sample(1, 3, 4), sample(2)}
	many := arrays{sample(3, 2, 5, 4), sample(4, 2, 3, 4), sample(5, 2)}
	for name, f := range smooth {
		t.Run(name, func(t *testing.T) {
			adtest.CheckGrads(t, jx.Jit(f), x, adtest.Options{})
			adtest.CheckVMap(t, f, many, 1e-12)
			adtest.CheckVMap(t, func(x arrays) arrays {
				return jx.Grad(func(x arrays) arr { return num.Sum(f(x)) })(x)
			}, many, 1e-12)
		})
	}
}

// Indices may be mapped, too: promises that hold for each example alone are
// dropped.
func TestMappedIndices(t *testing.T) {
	k := kinds["rows"]
	x, u := sample(0, 5, 4), sample(1, 3, 4)
	idx := jx.From([]int32{0, 2, 4, 1, 2, 3}, 2, 3, 1)
	promises := []lax.IndexOption{lax.UniqueIndices(), lax.IndicesAreSorted()}
	for name, f := range map[string]func(idx arr) arrays{
		"gather": func(idx arr) arrays {
			y, pull := jx.VJP(func(x arr) arr { return lax.Gather(x, idx, k.gather, k.sizes, promises...) }, x)
			return arrays{y, pull(u)}
		},
		"scatter_mul": func(idx arr) arrays {
			y, pull := jx.VJP(func(u arr) arr { return lax.ScatterMul(x, idx, u, k.scatter, promises...) }, u)
			return arrays{y, pull(x)}
		},
	} {
		t.Run(name, func(t *testing.T) { adtest.CheckVMap(t, f, idx, 1e-12) })
	}
	// The sum of what examples read has one gradient, of elements that are met twice.
	sum := func(x arr) arr {
		return num.Sum(jx.VMap(func(idx arr) arr { return lax.Gather(x, idx, k.gather, k.sizes, promises...) })(idx))
	}
	text := func(f func(x arr) arr) string {
		j, err := jx.MakeJaxpr(jx.Grad(f), x)
		require.NoError(t, err)
		return j.String()
	}
	require.NotContains(t, text(sum), "=True")
	one := text(func(x arr) arr { return num.Sum(lax.Gather(x, column(0, 2, 4), k.gather, k.sizes, promises...)) })
	require.Contains(t, one, "unique_indices=True")
	require.Contains(t, one, "indices_are_sorted=True")
	require.Equal(t, "[1. 1. 2. 1. 1.]", num.Index(jx.Grad(sum)(x), num.Whole, num.Pick(0)).String())
}

// A product of updates that may meet has no derivative in them; both ways to it
// say what would be right.
func TestScatterMulNeedsUnique(t *testing.T) {
	x, u := sample(0, 5, 4), sample(1, 3, 4)
	for _, f := range []func(u arr) arr{
		func(u arr) arr { return lax.ScatterMul(x, column(0, 1, 2), u, kinds["rows"].scatter) },
		func(u arr) arr { return num.MulAt(x, u, num.By(jx.From([]int32{0, 1, 2}))) },
	} {
		err := jx.Try(func() { jx.Grad(func(u arr) arr { return num.Sum(f(u)) })(u) })
		require.ErrorContains(t, err, "lax.ScatterMul with lax.UniqueIndices()")
	}
}
