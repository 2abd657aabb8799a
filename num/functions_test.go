package num_test

import (
	"slices"
	"strconv"
	"strings"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/num"
)

// functions calls a function of package num as a case says.
var functions = table()

type function = func(c testCase, x []*jx.Array) []*jx.Array

func table() map[string]function {
	m := map[string]function{}
	add := func(f func(c testCase, x []*jx.Array) *jx.Array, name string) {
		m[name] = func(c testCase, x []*jx.Array) []*jx.Array { return []*jx.Array{f(c, x)} }
	}
	for name, f := range unary {
		add(func(c testCase, x []*jx.Array) *jx.Array { return f(x[0]) }, name)
	}
	for name, f := range binary {
		add(func(c testCase, x []*jx.Array) *jx.Array { return f(x[0], x[1]) }, name)
	}
	for name, f := range reductions {
		add(func(c testCase, x []*jx.Array) *jx.Array { return f(x[0], c.I...) }, name)
	}
	for name, f := range joining {
		add(func(c testCase, x []*jx.Array) *jx.Array { return f(x...) }, name)
	}
	for name, f := range scaledBy {
		add(func(c testCase, x []*jx.Array) *jx.Array { return f.of(x[0], given(f.option, c.F)...) }, name)
	}
	for name, f := range offset {
		add(func(c testCase, x []*jx.Array) *jx.Array { return f(x[0], given(num.Offset, c.I)...) }, name)
	}
	for name, f := range single {
		add(f, name)
	}
	for name, f := range several {
		m[name] = f
	}
	return m
}

var unary = map[string]func(*jx.Array) *jx.Array{
	"Exp": num.Exp, "Expm1": num.Expm1, "Exp2": num.Exp2, "Sin": num.Sin, "Cos": num.Cos, "Tan": num.Tan, "Atan": num.Atan, "Sinh": num.Sinh,
	"Cosh": num.Cosh, "Tanh": num.Tanh, "Asinh": num.Asinh, "Log": num.Log, "Log1p": num.Log1p, "Log2": num.Log2, "Log10": num.Log10,
	"Sqrt": num.Sqrt, "Rsqrt": num.Rsqrt, "Cbrt": num.Cbrt, "Asin": num.Asin, "Acos": num.Acos, "Atanh": num.Atanh, "Acosh": num.Acosh,
	"Degrees": num.Degrees, "Radians": num.Radians, "Sinc": num.Sinc, "Reciprocal": num.Reciprocal, "Square": num.Square, "Neg": num.Neg,
	"Abs": num.Abs, "Sign": num.Sign, "Floor": num.Floor, "Ceil": num.Ceil, "Trunc": num.Trunc, "Round": num.Round, "IsNaN": num.IsNaN,
	"IsInf": num.IsInf, "IsFinite": num.IsFinite, "IsPosInf": num.IsPosInf, "IsNegInf": num.IsNegInf, "Signbit": num.Signbit,
	"LogicalNot": num.LogicalNot, "IsReal": num.IsReal, "NaNToNum": num.NaNToNum, "Real": num.Real, "Imag": num.Imag, "Conj": num.Conj,
	"Angle": num.Angle, "BitwiseNot": num.BitwiseNot, "BitwiseCount": num.BitwiseCount, "Ravel": num.Ravel,
	"MatrixTranspose": num.MatrixTranspose, "AtLeast1D": num.AtLeast1D, "AtLeast2D": num.AtLeast2D, "AtLeast3D": num.AtLeast3D,
	"FlipLR": num.FlipLR, "FlipUD": num.FlipUD, "ZerosLike": num.ZerosLike, "OnesLike": num.OnesLike, "Cov": num.Cov, "Corrcoef": num.Corrcoef,
	"Relu": num.Relu, "Relu6": num.Relu6, "Sigmoid": num.Sigmoid, "LogSigmoid": num.LogSigmoid, "Softplus": num.Softplus,
	"SoftSign": num.SoftSign, "SquarePlus": num.SquarePlus, "Silu": num.Silu, "Mish": num.Mish, "HardSigmoid": num.HardSigmoid,
	"HardSilu": num.HardSilu, "HardTanh": num.HardTanh, "Selu": num.Selu, "Erf": num.Erf,
	"Erfc": num.Erfc, "ErfInv": num.ErfInv, "GammaLn": num.GammaLn, "Digamma": num.Digamma, "Gamma": num.Gamma, "Factorial": num.Factorial,
	"Entr": num.Entr, "Logit": num.Logit, "Ndtr": num.Ndtr, "LogNdtr": num.LogNdtr, "GammaSign": num.GammaSign,
}

var binary = map[string]func(x, y *jx.Array) *jx.Array{
	"Add": num.Add[*jx.Array, *jx.Array], "Mul": num.Mul[*jx.Array, *jx.Array],
	"IsClose": func(x, y *jx.Array) *jx.Array { return num.IsClose(x, y) },
	"Sub":     num.Sub[*jx.Array, *jx.Array], "Div": num.Div[*jx.Array, *jx.Array], "Maximum": num.Maximum[*jx.Array, *jx.Array],
	"Minimum": num.Minimum[*jx.Array, *jx.Array], "Fmax": num.Fmax[*jx.Array, *jx.Array], "Fmin": num.Fmin[*jx.Array, *jx.Array],
	"FloorDivide": num.FloorDivide[*jx.Array, *jx.Array], "Remainder": num.Remainder[*jx.Array, *jx.Array], "Fmod": num.Fmod[*jx.Array, *jx.Array],
	"Atan2": num.Atan2[*jx.Array, *jx.Array], "Hypot": num.Hypot[*jx.Array, *jx.Array], "LogAddExp": num.LogAddExp[*jx.Array, *jx.Array],
	"LogAddExp2": num.LogAddExp2[*jx.Array, *jx.Array], "CopySign": num.CopySign[*jx.Array, *jx.Array], "NextAfter": num.NextAfter[*jx.Array, *jx.Array],
	"Heaviside": num.Heaviside[*jx.Array, *jx.Array], "Equal": num.Equal[*jx.Array, *jx.Array], "NotEqual": num.NotEqual[*jx.Array, *jx.Array],
	"Less": num.Less[*jx.Array, *jx.Array], "LessEqual": num.LessEqual[*jx.Array, *jx.Array], "Greater": num.Greater[*jx.Array, *jx.Array],
	"GreaterEqual": num.GreaterEqual[*jx.Array, *jx.Array], "LogicalAnd": num.LogicalAnd[*jx.Array, *jx.Array],
	"LogicalOr": num.LogicalOr[*jx.Array, *jx.Array], "LogicalXor": num.LogicalXor[*jx.Array, *jx.Array],
	"FloatPower": num.FloatPower[*jx.Array, *jx.Array], "XLogY": num.XLogY[*jx.Array, *jx.Array], "XLog1pY": num.XLog1pY[*jx.Array, *jx.Array],
	"BitwiseAnd": num.BitwiseAnd[*jx.Array, *jx.Array], "BitwiseOr": num.BitwiseOr[*jx.Array, *jx.Array], "BitwiseXor": num.BitwiseXor[*jx.Array, *jx.Array],
	"LeftShift": num.LeftShift[*jx.Array, *jx.Array], "RightShift": num.RightShift[*jx.Array, *jx.Array], "Pow": num.Pow[*jx.Array, *jx.Array],
	"Ldexp": num.Ldexp[*jx.Array, *jx.Array], "Complex": num.Complex[*jx.Array, *jx.Array], "Dot": num.Dot, "Matmul": num.Matmul, "Inner": num.Inner,
	"VDot": num.VDot, "Outer": num.Outer, "Kron": num.Kron, "VecDot": num.VecDot, "MatVec": num.MatVec, "VecMat": num.VecMat,
	"Polygamma": num.Polygamma[*jx.Array, *jx.Array], "Beta": num.Beta[*jx.Array, *jx.Array], "BetaLn": num.BetaLn[*jx.Array, *jx.Array],
	"RelEntr": num.RelEntr[*jx.Array, *jx.Array], "KLDiv": num.KLDiv[*jx.Array, *jx.Array], "PolyVal": num.PolyVal[*jx.Array],
}

var reductions = map[string]func(*jx.Array, ...int) *jx.Array{
	"Sum": num.Sum, "Prod": num.Prod, "Max": num.Max, "Min": num.Min, "Mean": num.Mean, "Var": num.Var, "Std": num.Std, "All": num.All, "Any": num.Any,
	"CountNonzero": num.CountNonzero, "Ptp": num.Ptp, "NaNSum": num.NaNSum, "NaNProd": num.NaNProd, "NaNMax": num.NaNMax, "NaNMin": num.NaNMin,
	"NaNMean": num.NaNMean, "NaNVar": num.NaNVar, "NaNStd": num.NaNStd, "LogSumExp": num.LogSumExp, "LogMeanExp": num.LogMeanExp,
	"SampleVar": num.SampleVar, "SampleStd": num.SampleStd, "Argmax": num.Argmax, "Argmin": num.Argmin, "Cumsum": num.Cumsum, "Cumprod": num.Cumprod,
	"Cummax": num.Cummax, "Cummin": num.Cummin, "NaNCumsum": num.NaNCumsum, "NaNCumprod": num.NaNCumprod, "CumLogSumExp": num.CumLogSumExp,
	"Diff": num.Diff, "Reshape": num.Reshape, "Transpose": num.Transpose, "ExpandDims": num.ExpandDims, "Squeeze": num.Squeeze,
	"BroadcastTo": num.BroadcastTo, "Flip": num.Flip, "Tile": num.Tile,
	"Glu": num.Glu, "Sort": num.Sort, "Argsort": num.Argsort, "Median": num.Median, "Softmax": num.Softmax, "LogSoftmax": num.LogSoftmax, "Standardize": num.Standardize,
}

var joining = map[string]func(...*jx.Array) *jx.Array{
	"Lexsort": num.Lexsort, "VStack": num.VStack, "HStack": num.HStack, "DStack": num.DStack, "ColumnStack": num.ColumnStack,
}

type scaled struct {
	of     func(*jx.Array, ...num.AlphaOption) *jx.Array
	option func(float64) num.AlphaOption
}

var scaledBy = map[string]scaled{"Elu": {num.Elu, num.Alpha}, "Celu": {num.Celu, num.Alpha}, "LeakyRelu": {num.LeakyRelu, num.Slope}}

var offset = map[string]func(*jx.Array, ...num.DiagonalOption) *jx.Array{"Tril": num.Tril, "Triu": num.Triu, "Diag": num.Diag, "DiagFlat": num.DiagFlat}

// given is an option for each number.
func given[N, O any](option func(N) O, n []N) (opts []O) {
	for _, x := range n {
		opts = append(opts, option(x))
	}
	return opts
}

// band are the options of n, m, k, as far as they are given.
func band(i []int) []num.DiagonalOption {
	if len(i) == 1 {
		return nil
	}
	return []num.DiagonalOption{num.Offset(i[2]), num.Columns(i[1])}
}

// across are the options of k and two axes, if they are given.
func across(i []int) []num.DiagonalOption {
	if len(i) == 0 {
		return nil
	}
	return []num.DiagonalOption{num.Across(i[1], i[2]), num.Offset(i[0])}
}

func right(c testCase) []num.SearchOption {
	if c.I[0] == 1 {
		return []num.SearchOption{num.Right()}
	}
	return nil
}

func dtype(c testCase) graph.DType {
	d, ok := graph.ParseDType(c.S)
	if !ok {
		panic("dtype " + c.S)
	}
	return d
}

func widths(c testCase) (w [][2]int) {
	for _, l := range c.L {
		w = append(w, [2]int(l))
	}
	return w
}

// selectors reads "r lo hi step;p i;b k;n;e"; b is operand k after the first
// skip.
func selectors(s string, idx []*jx.Array) (out []num.Selector) {
	for _, part := range strings.Split(s, ";") {
		f := strings.Fields(part)
		n := func(i, open int) int {
			k, err := strconv.Atoi(f[i])
			if err != nil {
				return open
			}
			return k
		}
		switch f[0] {
		case "r":
			step := n(3, 1)
			switch {
			case step < 0:
				out = append(out, num.Step(n(1, num.End), n(2, num.Begin), step))
			case step > 1:
				out = append(out, num.Step(n(1, num.Begin), n(2, num.End), step))
			case f[1] == "_" && f[2] == "_":
				out = append(out, num.Whole)
			default:
				out = append(out, num.Range(n(1, num.Begin), n(2, num.End)))
			}
		case "p":
			out = append(out, num.Pick(n(1, 0)))
		case "b":
			out = append(out, num.By(idx[n(1, 0)]))
		case "n":
			out = append(out, num.NewAxis)
		case "e":
			out = append(out, num.Rest)
		}
	}
	return out
}

var single = map[string]func(c testCase, x []*jx.Array) *jx.Array{
	"Keep":  func(c testCase, x []*jx.Array) *jx.Array { return num.Keep(reductions[c.S])(x[0], c.I...) },
	"Slope": slope,
	"Gelu": func(c testCase, x []*jx.Array) *jx.Array {
		if c.S == "exact" {
			return num.Gelu(x[0], num.Exact())
		}
		return num.Gelu(x[0])
	},
	"PowInt": func(c testCase, x []*jx.Array) *jx.Array { return num.Pow(x[0], c.I[0]) },
	"Around": func(c testCase, x []*jx.Array) *jx.Array { return num.Around(x[0], c.I[0]) },
	"Clip":   func(c testCase, x []*jx.Array) *jx.Array { return num.Clip(x[0], x[1], x[2]) },
	"Where":  func(c testCase, x []*jx.Array) *jx.Array { return num.Where(x[0], x[1], x[2]) },
	"Select": func(c testCase, x []*jx.Array) *jx.Array { return num.Select(x[:2], x[2:], 7.0) },

	"Gradient":   func(c testCase, x []*jx.Array) *jx.Array { return num.Gradient(x[0], c.F[0], c.I...) },
	"Trapezoid":  func(c testCase, x []*jx.Array) *jx.Array { return num.Trapezoid(x[0], c.F[0], c.I...) },
	"Quantile":   func(c testCase, x []*jx.Array) *jx.Array { return num.Quantile(x[0], c.F[0], c.I...) },
	"Percentile": func(c testCase, x []*jx.Array) *jx.Array { return num.Percentile(x[0], c.F[0], c.I...) },
	"Average":    func(c testCase, x []*jx.Array) *jx.Array { return num.Average(x[0], x[1], c.I...) },

	"SwapAxes":    func(c testCase, x []*jx.Array) *jx.Array { return num.SwapAxes(x[0], c.I[0], c.I[1]) },
	"MoveAxis":    func(c testCase, x []*jx.Array) *jx.Array { return num.MoveAxis(x[0], c.I[0], c.I[1]) },
	"Rot90":       func(c testCase, x []*jx.Array) *jx.Array { return num.Rot90(x[0], c.I[0]) },
	"Roll":        func(c testCase, x []*jx.Array) *jx.Array { return num.Roll(x[0], c.I[0], c.I[1:]...) },
	"Repeat":      func(c testCase, x []*jx.Array) *jx.Array { return num.Repeat(x[0], c.I[0], c.I[1:]...) },
	"Concatenate": func(c testCase, x []*jx.Array) *jx.Array { return num.Concatenate(c.I[0], x...) },
	"Stack":       func(c testCase, x []*jx.Array) *jx.Array { return num.Stack(c.I[0], x...) },
	"Append":      func(c testCase, x []*jx.Array) *jx.Array { return num.Append(x[0], x[1], c.I...) },

	"Pad": func(c testCase, x []*jx.Array) *jx.Array {
		if x[0].DType().IsInt() {
			return num.Pad(x[0], int(c.F[0]), widths(c)...)
		}
		return num.Pad(x[0], c.F[0], widths(c)...)
	},
	"PadEdge":      func(c testCase, x []*jx.Array) *jx.Array { return num.PadEdge(x[0], widths(c)...) },
	"PadReflect":   func(c testCase, x []*jx.Array) *jx.Array { return num.PadReflect(x[0], widths(c)...) },
	"PadSymmetric": func(c testCase, x []*jx.Array) *jx.Array { return num.PadSymmetric(x[0], widths(c)...) },
	"PadWrap":      func(c testCase, x []*jx.Array) *jx.Array { return num.PadWrap(x[0], widths(c)...) },

	"Zeros":    func(c testCase, x []*jx.Array) *jx.Array { return num.Zeros(dtype(c), c.I...) },
	"Ones":     func(c testCase, x []*jx.Array) *jx.Array { return num.Ones(dtype(c), c.I...) },
	"Full":     func(c testCase, x []*jx.Array) *jx.Array { return num.Full(dtype(c), c.F[0], c.I...) },
	"FullLike": func(c testCase, x []*jx.Array) *jx.Array { return num.FullLike(x[0], c.F[0]) },
	"Eye":      func(c testCase, x []*jx.Array) *jx.Array { return num.Eye(dtype(c), c.I[0], band(c.I)...) },
	"Tri":      func(c testCase, x []*jx.Array) *jx.Array { return num.Tri(dtype(c), c.I[0], band(c.I)...) },
	"OneHot":   func(c testCase, x []*jx.Array) *jx.Array { return num.OneHot(dtype(c), x[0], c.I[0]) },
	"Arange": func(c testCase, x []*jx.Array) *jx.Array {
		if c.F != nil {
			return num.Arange(dtype(c), c.F...)
		}
		return num.Arange(dtype(c), c.I...)
	},
	"Indices":   func(c testCase, x []*jx.Array) *jx.Array { return num.Indices(dtype(c), c.I...) },
	"Linspace":  func(c testCase, x []*jx.Array) *jx.Array { return num.Linspace(dtype(c), c.F[0], c.F[1], c.I[0]) },
	"Logspace":  func(c testCase, x []*jx.Array) *jx.Array { return num.Logspace(dtype(c), c.F[0], c.F[1], c.I[0]) },
	"Geomspace": func(c testCase, x []*jx.Array) *jx.Array { return num.Geomspace(dtype(c), c.F[0], c.F[1], c.I[0]) },
	"Hann":      func(c testCase, x []*jx.Array) *jx.Array { return num.Hann(dtype(c), c.I[0]) },
	"Hamming":   func(c testCase, x []*jx.Array) *jx.Array { return num.Hamming(dtype(c), c.I[0]) },
	"Blackman":  func(c testCase, x []*jx.Array) *jx.Array { return num.Blackman(dtype(c), c.I[0]) },
	"Bartlett":  func(c testCase, x []*jx.Array) *jx.Array { return num.Bartlett(dtype(c), c.I[0]) },
	"Diagonal":  func(c testCase, x []*jx.Array) *jx.Array { return num.Diagonal(x[0], across(c.I)...) },
	"Trace":     func(c testCase, x []*jx.Array) *jx.Array { return num.Trace(x[0], across(c.I)...) },
	"Vander":    func(c testCase, x []*jx.Array) *jx.Array { return num.Vander(x[0], c.I[0]) },

	"Tensordot": func(c testCase, x []*jx.Array) *jx.Array {
		if c.L != nil {
			return num.Tensordot(x[0], x[1], [2][]int{c.L[0], c.L[1]})
		}
		return num.Tensordot(x[0], x[1], c.I[0])
	},
	"Cross":  func(c testCase, x []*jx.Array) *jx.Array { return num.Cross(x[0], x[1], c.I...) },
	"Einsum": func(c testCase, x []*jx.Array) *jx.Array { return num.Einsum(c.S, x...) },

	"Index": func(c testCase, x []*jx.Array) *jx.Array { return num.Index(x[0], selectors(c.S, x[1:])...) },
	"SetAt": func(c testCase, x []*jx.Array) *jx.Array { return num.SetAt(x[0], x[1], selectors(c.S, x[2:])...) },
	"AddAt": func(c testCase, x []*jx.Array) *jx.Array { return num.AddAt(x[0], x[1], selectors(c.S, x[2:])...) },
	"MulAt": func(c testCase, x []*jx.Array) *jx.Array { return num.MulAt(x[0], x[1], selectors(c.S, x[2:])...) },
	"MinAt": func(c testCase, x []*jx.Array) *jx.Array { return num.MinAt(x[0], x[1], selectors(c.S, x[2:])...) },
	"MaxAt": func(c testCase, x []*jx.Array) *jx.Array { return num.MaxAt(x[0], x[1], selectors(c.S, x[2:])...) },

	"Take":               func(c testCase, x []*jx.Array) *jx.Array { return num.Take(x[0], x[1], c.I...) },
	"TakeAlongAxis":      func(c testCase, x []*jx.Array) *jx.Array { return num.TakeAlongAxis(x[0], x[1], c.I...) },
	"PutAlongAxis":       func(c testCase, x []*jx.Array) *jx.Array { return num.PutAlongAxis(x[0], x[1], x[2], c.I...) },
	"DynamicSlice":       func(c testCase, x []*jx.Array) *jx.Array { return num.DynamicSlice(x[0], x[1:], c.I...) },
	"DynamicUpdateSlice": func(c testCase, x []*jx.Array) *jx.Array { return num.DynamicUpdateSlice(x[0], x[1], x[2:]...) },
	"Searchsorted":       func(c testCase, x []*jx.Array) *jx.Array { return num.Searchsorted(x[0], x[1], right(c)...) },
	"Digitize":           func(c testCase, x []*jx.Array) *jx.Array { return num.Digitize(x[0], x[1], right(c)...) },
	"Interp":             func(c testCase, x []*jx.Array) *jx.Array { return num.Interp(x[0], x[1], x[2]) },
	"Bincount":           func(c testCase, x []*jx.Array) *jx.Array { return num.Bincount(x[0], c.I[0]) },
	"SegmentSum":         func(c testCase, x []*jx.Array) *jx.Array { return num.SegmentSum(x[0], x[1], c.I[0]) },
	"MultiGammaLn":       func(c testCase, x []*jx.Array) *jx.Array { return num.MultiGammaLn(x[0], c.I[0]) },
}

// slope is the gradient of the function named in one of its operands.
func slope(c testCase, x []*jx.Array) *jx.Array {
	return jx.Grad(func(at *jx.Array) *jx.Array {
		xs := slices.Clone(x)
		xs[c.I[0]] = at
		if f, ok := unary[c.S]; ok {
			return num.Sum(f(xs[0]))
		}
		return num.Sum(binary[c.S](xs[0], xs[1]))
	})(x[c.I[0]])
}

func two(x, y *jx.Array) []*jx.Array { return []*jx.Array{x, y} }

var several = map[string]function{
	"DivMod":          func(c testCase, x []*jx.Array) []*jx.Array { return two(num.DivMod(x[0], x[1])) },
	"Modf":            func(c testCase, x []*jx.Array) []*jx.Array { return two(num.Modf(x[0])) },
	"TopK":            func(c testCase, x []*jx.Array) []*jx.Array { return two(num.TopK(x[0], c.I[0])) },
	"BroadcastArrays": func(c testCase, x []*jx.Array) []*jx.Array { return num.BroadcastArrays(x...) },
	"Split":           func(c testCase, x []*jx.Array) []*jx.Array { return num.Split(x[0], c.I[0], c.I[1:]...) },
	"ArraySplit":      func(c testCase, x []*jx.Array) []*jx.Array { return num.ArraySplit(x[0], c.I[0], c.I[1:]...) },
	"SplitAt":         func(c testCase, x []*jx.Array) []*jx.Array { return num.SplitAt(x[0], c.L[0], c.I...) },
	"HSplit":          func(c testCase, x []*jx.Array) []*jx.Array { return num.HSplit(x[0], c.I[0]) },
	"VSplit":          func(c testCase, x []*jx.Array) []*jx.Array { return num.VSplit(x[0], c.I[0]) },
	"DSplit":          func(c testCase, x []*jx.Array) []*jx.Array { return num.DSplit(x[0], c.I[0]) },
	"Unstack":         func(c testCase, x []*jx.Array) []*jx.Array { return num.Unstack(x[0], c.I...) },
	"Meshgrid":        func(c testCase, x []*jx.Array) []*jx.Array { return num.Meshgrid(x...) },
	"MeshgridIJ":      func(c testCase, x []*jx.Array) []*jx.Array { return num.MeshgridIJ(x...) },
}
