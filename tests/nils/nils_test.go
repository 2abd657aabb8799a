// Package nils calls the functions of num, lax, linalg, fft and random with nil
// for each array and function that they take.
package nils

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/fft"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/lax"
	"github.com/jacobi-go/jacobi/linalg"
	"github.com/jacobi-go/jacobi/num"
	"github.com/jacobi-go/jacobi/random"
)

type arr = *array.Array

// exported are the functions and methods of a package's sources that are
// exported.
func exported(t *testing.T, pkg string) (names []string) {
	noTests := func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }
	pkgs, err := parser.ParseDir(token.NewFileSet(), "../../"+pkg, noTests, 0)
	require.NoError(t, err)
	for _, p := range pkgs {
		for _, f := range p.Files {
			for _, d := range f.Decls {
				f, ok := d.(*ast.FuncDecl)
				if !ok || !f.Name.IsExported() {
					continue
				}
				name := pkg + "."
				if f.Recv != nil {
					name += f.Recv.List[0].Type.(*ast.Ident).Name + "."
				}
				names = append(names, name+f.Name.Name)
			}
		}
	}
	return names
}

func TestEveryFunctionIsHere(t *testing.T) {
	var all []string
	for _, pkg := range []string{"num", "lax", "linalg", "fft", "random"} {
		all = append(all, exported(t, pkg)...)
	}
	require.Greater(t, len(all), 300)
	for _, name := range all {
		assert.Contains(t, functions, name)
	}
	for name := range functions {
		assert.Contains(t, all, name)
	}
}

// sample is an argument that is no mistake by itself.
func sample(t reflect.Type) reflect.Value {
	switch t {
	case reflect.TypeFor[arr]():
		return reflect.ValueOf(jx.From([]float32{1, 2, 3, 4}, 2, 2))
	case reflect.TypeFor[random.Key]():
		return reflect.ValueOf(random.NewKey(1))
	case reflect.TypeFor[num.Selector]():
		return reflect.ValueOf(num.Whole)
	case reflect.TypeFor[graph.DType]():
		return reflect.ValueOf(graph.Float32)
	case reflect.TypeFor[func(arr, ...int) arr]():
		return reflect.ValueOf(num.Sum)
	case reflect.TypeFor[string]():
		return reflect.ValueOf("ij,jk")
	}
	switch t.Kind() {
	case reflect.Slice:
		s := reflect.MakeSlice(t, 2, 2)
		for i := range 2 {
			s.Index(i).Set(sample(t.Elem()))
		}
		return s
	case reflect.Int, reflect.Int64:
		return reflect.ValueOf(1).Convert(t)
	case reflect.Float64:
		return reflect.ValueOf(0.5)
	}
	return reflect.Zero(t)
}

// others are arguments of functions that a sample does not suit, by place.
var others = map[string]map[int]any{
	"random.Bits":           {1: graph.Uint32},
	"random.Poisson":        {1: graph.Int32},
	"random.RandInt":        {1: graph.Int32, 2: jx.From([]int32{1}), 3: jx.From([]int32{2})},
	"random.FoldIn":         {1: jx.Scalar(3)},
	"random.WeightedChoice": {2: jx.From([]float32{1, 2})},
	"random.WeightedSample": {2: jx.From([]float32{1, 2})},
}

// A nilled is the arguments of a call with nil in one place.
type nilled struct {
	in      []reflect.Value
	operand int // the number of the operand that is nil, from 1; 0 for a key or a function
}

func nilledArguments(name string, f reflect.Type) (calls []nilled, operands int) {
	in := make([]reflect.Value, f.NumIn())
	for i := range in {
		in[i] = sample(f.In(i))
		if x, ok := others[name][i]; ok {
			in[i] = reflect.ValueOf(x)
		}
		if f.IsVariadic() && i == len(in)-1 && f.In(i) != reflect.TypeFor[[]arr]() {
			in[i] = reflect.Zero(f.In(i))
		}
	}
	with := func(i int, v reflect.Value, operand int) {
		changed := slices.Clone(in)
		changed[i] = v
		calls = append(calls, nilled{changed, operand})
	}
	for i := range in {
		switch t := f.In(i); {
		case t == reflect.TypeFor[arr]():
			operands++
			with(i, reflect.Zero(t), operands)
		case t == reflect.TypeFor[[]arr]():
			for k := range 2 {
				operands++
				list := reflect.ValueOf(slices.Clone(in[i].Interface().([]arr)))
				list.Index(k).SetZero()
				with(i, list, operands)
			}
		case t == reflect.TypeFor[random.Key](), t.Kind() == reflect.Func:
			with(i, reflect.Zero(t), 0)
		}
	}
	return calls, operands
}

func TestNilArguments(t *testing.T) {
	for name, f := range functions {
		fv := reflect.ValueOf(f)
		calls, operands := nilledArguments(name, fv.Type())
		function := name[strings.LastIndex(name, ".")+1:]
		if name == "random.Key.Original" || name == "random.Key.String" {
			continue // changes no bits, so that it does not miss them; says so
		}
		for _, c := range calls {
			err := call(fv, c.in)
			var e *graph.Error
			if !errors.As(err, &e) {
				t.Errorf("%s with nil for operand %d: %v", name, c.operand, err)
				continue
			}
			want := "nil"
			switch {
			case c.operand == 0 && strings.HasPrefix(name, "random.") && !strings.Contains(name, "Key."):
				want = "a key without bits"
			case c.operand > 0 && operands > 1:
				want = fmt.Sprintf("operand %d is a nil array", c.operand)
			case c.operand > 0:
				want = "a nil array"
			}
			assert.Equal(t, function, e.Op, "%s, operand %d: %v", name, c.operand, e)
			assert.Contains(t, e.Msg, want, name)
			assert.Contains(t, e.Pos, "nils_test.go:", name)
		}
	}
}

// call is the error that f panics with.
func call(f reflect.Value, in []reflect.Value) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case error:
			err = r
		default:
			err = fmt.Errorf("%v", r)
		}
	}()
	if f.Type().IsVariadic() {
		f.CallSlice(in)
	} else {
		f.Call(in)
	}
	return errors.New("is accepted")
}

var functions = map[string]any{
	"num.AddN":               num.AddN,
	"num.Lerp":               num.Lerp[arr, arr, arr],
	"num.Offset":             num.Offset,
	"num.Columns":            num.Columns,
	"num.Across":             num.Across,
	"num.RTol":               num.RTol,
	"num.ATol":               num.ATol,
	"num.EqualNaN":           num.EqualNaN,
	"num.Alpha":              num.Alpha,
	"num.Slope":              num.Slope,
	"num.Right":              num.Right,
	"num.Exact":              num.Exact,
	"num.Abs":                num.Abs,
	"num.Acos":               num.Acos,
	"num.Acosh":              num.Acosh,
	"num.Add":                num.Add[arr, arr],
	"num.AddAt":              num.AddAt[arr],
	"num.All":                num.All,
	"num.AllClose":           num.AllClose,
	"num.Angle":              num.Angle,
	"num.Any":                num.Any,
	"num.Append":             num.Append[arr, arr],
	"num.Arange":             num.Arange[int],
	"num.Argmax":             num.Argmax,
	"num.Argmin":             num.Argmin,
	"num.Argsort":            num.Argsort,
	"num.Around":             num.Around,
	"num.ArrayEqual":         num.ArrayEqual,
	"num.ArraySplit":         num.ArraySplit,
	"num.Asin":               num.Asin,
	"num.Asinh":              num.Asinh,
	"num.AtLeast1D":          num.AtLeast1D,
	"num.AtLeast2D":          num.AtLeast2D,
	"num.AtLeast3D":          num.AtLeast3D,
	"num.Atan":               num.Atan,
	"num.Atan2":              num.Atan2[arr, arr],
	"num.Atanh":              num.Atanh,
	"num.Average":            num.Average,
	"num.Bartlett":           num.Bartlett,
	"num.Beta":               num.Beta[arr, arr],
	"num.BetaLn":             num.BetaLn[arr, arr],
	"num.Bincount":           num.Bincount,
	"num.BitwiseAnd":         num.BitwiseAnd[arr, arr],
	"num.BitwiseCount":       num.BitwiseCount,
	"num.BitwiseNot":         num.BitwiseNot,
	"num.BitwiseOr":          num.BitwiseOr[arr, arr],
	"num.BitwiseXor":         num.BitwiseXor[arr, arr],
	"num.Blackman":           num.Blackman,
	"num.BroadcastArrays":    num.BroadcastArrays,
	"num.BroadcastShapes":    num.BroadcastShapes,
	"num.BroadcastTo":        num.BroadcastTo,
	"num.By":                 num.By,
	"num.Cbrt":               num.Cbrt,
	"num.Ceil":               num.Ceil,
	"num.Celu":               num.Celu,
	"num.Clip":               num.Clip[arr, arr],
	"num.ColumnStack":        num.ColumnStack,
	"num.Complex":            num.Complex[arr, arr],
	"num.Concatenate":        num.Concatenate,
	"num.Conj":               num.Conj,
	"num.CopySign":           num.CopySign[arr, arr],
	"num.Corrcoef":           num.Corrcoef,
	"num.Cos":                num.Cos,
	"num.Cosh":               num.Cosh,
	"num.CountNonzero":       num.CountNonzero,
	"num.Cov":                num.Cov,
	"num.Cross":              num.Cross,
	"num.CumLogSumExp":       num.CumLogSumExp,
	"num.Cummax":             num.Cummax,
	"num.Cummin":             num.Cummin,
	"num.Cumprod":            num.Cumprod,
	"num.Cumsum":             num.Cumsum,
	"num.DSplit":             num.DSplit,
	"num.DStack":             num.DStack,
	"num.Degrees":            num.Degrees,
	"num.Diag":               num.Diag,
	"num.DiagFlat":           num.DiagFlat,
	"num.Diagonal":           num.Diagonal,
	"num.Diff":               num.Diff,
	"num.Digamma":            num.Digamma,
	"num.Digitize":           num.Digitize[arr],
	"num.Div":                num.Div[arr, arr],
	"num.DivMod":             num.DivMod[arr, arr],
	"num.Dot":                num.Dot,
	"num.DynamicSlice":       num.DynamicSlice,
	"num.DynamicUpdateSlice": num.DynamicUpdateSlice,
	"num.Einsum":             num.Einsum,
	"num.Elu":                num.Elu,
	"num.Entr":               num.Entr,
	"num.Equal":              num.Equal[arr, arr],
	"num.Erf":                num.Erf,
	"num.ErfInv":             num.ErfInv,
	"num.Erfc":               num.Erfc,
	"num.Exp":                num.Exp,
	"num.Exp2":               num.Exp2,
	"num.ExpandDims":         num.ExpandDims,
	"num.Expm1":              num.Expm1,
	"num.Eye":                num.Eye,
	"num.Factorial":          num.Factorial,
	"num.Flip":               num.Flip,
	"num.FlipLR":             num.FlipLR,
	"num.FlipUD":             num.FlipUD,
	"num.FloatPower":         num.FloatPower[arr, arr],
	"num.Floor":              num.Floor,
	"num.FloorDivide":        num.FloorDivide[arr, arr],
	"num.Fmax":               num.Fmax[arr, arr],
	"num.Fmin":               num.Fmin[arr, arr],
	"num.Fmod":               num.Fmod[arr, arr],
	"num.Full":               num.Full[arr],
	"num.FullLike":           num.FullLike[arr],
	"num.Gamma":              num.Gamma,
	"num.GammaLn":            num.GammaLn,
	"num.GammaSign":          num.GammaSign,
	"num.Gelu":               num.Gelu,
	"num.Geomspace":          num.Geomspace,
	"num.Glu":                num.Glu,
	"num.Gradient":           num.Gradient,
	"num.Greater":            num.Greater[arr, arr],
	"num.GreaterEqual":       num.GreaterEqual[arr, arr],
	"num.HSplit":             num.HSplit,
	"num.HStack":             num.HStack,
	"num.Hamming":            num.Hamming,
	"num.Hann":               num.Hann,
	"num.HardSigmoid":        num.HardSigmoid,
	"num.HardSilu":           num.HardSilu,
	"num.HardTanh":           num.HardTanh,
	"num.Heaviside":          num.Heaviside[arr, arr],
	"num.Hypot":              num.Hypot[arr, arr],
	"num.Imag":               num.Imag,
	"num.Index":              num.Index,
	"num.Indices":            num.Indices,
	"num.Inner":              num.Inner,
	"num.Interp":             num.Interp[arr],
	"num.IsClose":            num.IsClose[arr, arr],
	"num.IsFinite":           num.IsFinite,
	"num.IsInf":              num.IsInf,
	"num.IsNaN":              num.IsNaN,
	"num.IsNegInf":           num.IsNegInf,
	"num.IsPosInf":           num.IsPosInf,
	"num.IsReal":             num.IsReal,
	"num.KLDiv":              num.KLDiv[arr, arr],
	"num.Keep":               num.Keep,
	"num.Kron":               num.Kron,
	"num.Ldexp":              num.Ldexp[arr, arr],
	"num.LeakyRelu":          num.LeakyRelu,
	"num.LeftShift":          num.LeftShift[arr, arr],
	"num.Less":               num.Less[arr, arr],
	"num.LessEqual":          num.LessEqual[arr, arr],
	"num.Lexsort":            num.Lexsort,
	"num.Linspace":           num.Linspace,
	"num.Log":                num.Log,
	"num.Log10":              num.Log10,
	"num.Log1p":              num.Log1p,
	"num.Log2":               num.Log2,
	"num.LogAddExp":          num.LogAddExp[arr, arr],
	"num.LogAddExp2":         num.LogAddExp2[arr, arr],
	"num.LogMeanExp":         num.LogMeanExp,
	"num.LogNdtr":            num.LogNdtr,
	"num.LogSigmoid":         num.LogSigmoid,
	"num.LogSoftmax":         num.LogSoftmax,
	"num.LogSumExp":          num.LogSumExp,
	"num.LogicalAnd":         num.LogicalAnd[arr, arr],
	"num.LogicalNot":         num.LogicalNot,
	"num.LogicalOr":          num.LogicalOr[arr, arr],
	"num.LogicalXor":         num.LogicalXor[arr, arr],
	"num.Logit":              num.Logit,
	"num.Logspace":           num.Logspace,
	"num.MatVec":             num.MatVec,
	"num.Matmul":             num.Matmul,
	"num.MatrixTranspose":    num.MatrixTranspose,
	"num.Max":                num.Max,
	"num.MaxAt":              num.MaxAt[arr],
	"num.Maximum":            num.Maximum[arr, arr],
	"num.Mean":               num.Mean,
	"num.Median":             num.Median,
	"num.Meshgrid":           num.Meshgrid,
	"num.MeshgridIJ":         num.MeshgridIJ,
	"num.Min":                num.Min,
	"num.MinAt":              num.MinAt[arr],
	"num.Minimum":            num.Minimum[arr, arr],
	"num.Mish":               num.Mish,
	"num.Modf":               num.Modf,
	"num.MoveAxis":           num.MoveAxis,
	"num.Mul":                num.Mul[arr, arr],
	"num.MulAt":              num.MulAt[arr],
	"num.MultiGammaLn":       num.MultiGammaLn,
	"num.NaNCumprod":         num.NaNCumprod,
	"num.NaNCumsum":          num.NaNCumsum,
	"num.NaNMax":             num.NaNMax,
	"num.NaNMean":            num.NaNMean,
	"num.NaNMin":             num.NaNMin,
	"num.NaNProd":            num.NaNProd,
	"num.NaNStd":             num.NaNStd,
	"num.NaNSum":             num.NaNSum,
	"num.NaNToNum":           num.NaNToNum,
	"num.NaNVar":             num.NaNVar,
	"num.Ndtr":               num.Ndtr,
	"num.Neg":                num.Neg,
	"num.NextAfter":          num.NextAfter[arr, arr],
	"num.NotEqual":           num.NotEqual[arr, arr],
	"num.OneHot":             num.OneHot,
	"num.Ones":               num.Ones,
	"num.OnesLike":           num.OnesLike,
	"num.Outer":              num.Outer,
	"num.Pad":                num.Pad[arr],
	"num.PadEdge":            num.PadEdge,
	"num.PadReflect":         num.PadReflect,
	"num.PadSymmetric":       num.PadSymmetric,
	"num.PadWrap":            num.PadWrap,
	"num.Percentile":         num.Percentile,
	"num.Pick":               num.Pick,
	"num.PolyVal":            num.PolyVal[arr],
	"num.Polygamma":          num.Polygamma[arr, arr],
	"num.Pow":                num.Pow[arr, arr],
	"num.Prod":               num.Prod,
	"num.Ptp":                num.Ptp,
	"num.PutAlongAxis":       num.PutAlongAxis[arr],
	"num.Quantile":           num.Quantile,
	"num.Radians":            num.Radians,
	"num.Range":              num.Range,
	"num.Ravel":              num.Ravel,
	"num.Real":               num.Real,
	"num.Reciprocal":         num.Reciprocal,
	"num.RelEntr":            num.RelEntr[arr, arr],
	"num.Relu":               num.Relu,
	"num.Relu6":              num.Relu6,
	"num.Remainder":          num.Remainder[arr, arr],
	"num.Repeat":             num.Repeat,
	"num.Reshape":            num.Reshape,
	"num.RightShift":         num.RightShift[arr, arr],
	"num.Roll":               num.Roll,
	"num.Rot90":              num.Rot90,
	"num.Round":              num.Round,
	"num.Rsqrt":              num.Rsqrt,
	"num.SampleStd":          num.SampleStd,
	"num.SampleVar":          num.SampleVar,
	"num.Searchsorted":       num.Searchsorted[arr],
	"num.SegmentSum":         num.SegmentSum,
	"num.Select":             num.Select[arr],
	"num.Selu":               num.Selu,
	"num.SetAt":              num.SetAt[arr],
	"num.Sigmoid":            num.Sigmoid,
	"num.Sign":               num.Sign,
	"num.Signbit":            num.Signbit,
	"num.Silu":               num.Silu,
	"num.Sin":                num.Sin,
	"num.Sinc":               num.Sinc,
	"num.Sinh":               num.Sinh,
	"num.SoftSign":           num.SoftSign,
	"num.Softmax":            num.Softmax,
	"num.Softplus":           num.Softplus,
	"num.Sort":               num.Sort,
	"num.Split":              num.Split,
	"num.SplitAt":            num.SplitAt,
	"num.Sqrt":               num.Sqrt,
	"num.Square":             num.Square,
	"num.SquarePlus":         num.SquarePlus,
	"num.Squeeze":            num.Squeeze,
	"num.Stack":              num.Stack,
	"num.Standardize":        num.Standardize,
	"num.Std":                num.Std,
	"num.Step":               num.Step,
	"num.Sub":                num.Sub[arr, arr],
	"num.Sum":                num.Sum,
	"num.SwapAxes":           num.SwapAxes,
	"num.Take":               num.Take,
	"num.TakeAlongAxis":      num.TakeAlongAxis,
	"num.Tan":                num.Tan,
	"num.Tanh":               num.Tanh,
	"num.Tensordot":          num.Tensordot[int],
	"num.Tile":               num.Tile,
	"num.TopK":               num.TopK,
	"num.Trace":              num.Trace,
	"num.Transpose":          num.Transpose,
	"num.Trapezoid":          num.Trapezoid,
	"num.Tri":                num.Tri,
	"num.Tril":               num.Tril,
	"num.Triu":               num.Triu,
	"num.Trunc":              num.Trunc,
	"num.Unstack":            num.Unstack,
	"num.VDot":               num.VDot,
	"num.VSplit":             num.VSplit,
	"num.VStack":             num.VStack,
	"num.Vander":             num.Vander,
	"num.Var":                num.Var,
	"num.VecDot":             num.VecDot,
	"num.VecMat":             num.VecMat,
	"num.Where":              num.Where[arr, arr],
	"num.XLog1pY":            num.XLog1pY[arr, arr],
	"num.XLogY":              num.XLogY[arr, arr],
	"num.Zeros":              num.Zeros,
	"num.ZerosLike":          num.ZerosLike,
	"linalg.Cholesky":        linalg.Cholesky,
	"linalg.CholeskySolve":   linalg.CholeskySolve,
	"linalg.Det":             linalg.Det,
	"linalg.Inv":             linalg.Inv,
	"linalg.LU":              linalg.LU,
	"linalg.MatrixNorm":      linalg.MatrixNorm,
	"linalg.MatrixPower":     linalg.MatrixPower,
	"linalg.MultiDot":        linalg.MultiDot,
	"linalg.Norm":            linalg.Norm,
	"linalg.SlogDet":         linalg.SlogDet,
	"linalg.Solve":           linalg.Solve,
	"linalg.SolveTriangular": linalg.SolveTriangular,
	"linalg.VectorNorm":      linalg.VectorNorm,
	"fft.With":               fft.With,
	"fft.Length":             fft.Length,
	"fft.Ortho":              fft.Ortho,
	"fft.Forward":            fft.Forward,
	"fft.Spacing":            fft.Spacing,
	"linalg.Upper":           linalg.Upper,
	"linalg.Transposed":      linalg.Transposed,
	"linalg.Adjoint":         linalg.Adjoint,
	"linalg.UnitDiagonal":    linalg.UnitDiagonal,
	"fft.FFT":                fft.FFT,
	"fft.FFT2":               fft.FFT2,
	"fft.FFTFreq":            fft.FFTFreq,
	"fft.FFTN":               fft.FFTN,
	"fft.FFTShift":           fft.FFTShift,
	"fft.HFFT":               fft.HFFT,
	"fft.IFFT":               fft.IFFT,
	"fft.IFFT2":              fft.IFFT2,
	"fft.IFFTN":              fft.IFFTN,
	"fft.IFFTShift":          fft.IFFTShift,
	"fft.IHFFT":              fft.IHFFT,
	"fft.IRFFT":              fft.IRFFT,
	"fft.IRFFT2":             fft.IRFFT2,
	"fft.IRFFTN":             fft.IRFFTN,
	"fft.Plan.FFT":           fft.Plan.FFT,
	"fft.Plan.FFT2":          fft.Plan.FFT2,
	"fft.Plan.FFTN":          fft.Plan.FFTN,
	"fft.Plan.HFFT":          fft.Plan.HFFT,
	"fft.Plan.IFFT":          fft.Plan.IFFT,
	"fft.Plan.IFFT2":         fft.Plan.IFFT2,
	"fft.Plan.IFFTN":         fft.Plan.IFFTN,
	"fft.Plan.IHFFT":         fft.Plan.IHFFT,
	"fft.Plan.IRFFT":         fft.Plan.IRFFT,
	"fft.Plan.IRFFT2":        fft.Plan.IRFFT2,
	"fft.Plan.IRFFTN":        fft.Plan.IRFFTN,
	"fft.Plan.RFFT":          fft.Plan.RFFT,
	"fft.Plan.RFFT2":         fft.Plan.RFFT2,
	"fft.Plan.RFFTN":         fft.Plan.RFFTN,
	"fft.RFFT":               fft.RFFT,
	"fft.RFFT2":              fft.RFFT2,
	"fft.RFFTFreq":           fft.RFFTFreq,
	"fft.RFFTN":              fft.RFFTN,
	"random.Bernoulli":       random.Bernoulli[arr],
	"random.Beta":            random.Beta[arr, arr],
	"random.Bits":            random.Bits,
	"random.Categorical":     random.Categorical,
	"random.Cauchy":          random.Cauchy,
	"random.ChiSquare":       random.ChiSquare[arr],
	"random.Choice":          random.Choice,
	"random.Dirichlet":       random.Dirichlet,
	"random.Exponential":     random.Exponential,
	"random.FoldIn":          random.FoldIn[arr],
	"random.Gamma":           random.Gamma[arr],
	"random.Gumbel":          random.Gumbel,
	"random.Key.At":          random.Key.At,
	"random.Key.Original":    random.Key.Original,
	"random.Key.Rows":        random.Key.Rows,
	"random.Key.String":      random.Key.String,
	"random.Laplace":         random.Laplace,
	"random.LogGamma":        random.LogGamma[arr],
	"random.LogNormal":       random.LogNormal[arr],
	"random.Logistic":        random.Logistic,
	"random.NewKey":          random.NewKey,
	"random.Normal":          random.Normal,
	"random.Pareto":          random.Pareto[arr],
	"random.Permutation":     random.Permutation,
	"random.Poisson":         random.Poisson[arr],
	"random.Rademacher":      random.Rademacher,
	"random.RandInt":         random.RandInt[arr, arr],
	"random.Rayleigh":        random.Rayleigh[arr],
	"random.Sample":          random.Sample,
	"random.Shuffle":         random.Shuffle,
	"random.ShuffleEach":     random.ShuffleEach,
	"random.Split":           random.Split,
	"random.SplitN":          random.SplitN,
	"random.StudentT":        random.StudentT[arr],
	"random.TruncatedNormal": random.TruncatedNormal[arr, arr],
	"random.Uniform":         random.Uniform,
	"random.UniformIn":       random.UniformIn[arr, arr],
	"random.Weibull":         random.Weibull[arr, arr],
	"random.WeightedChoice":  random.WeightedChoice,
	"random.WeightedSample":  random.WeightedSample,

	"lax.Abs":                  lax.Abs,
	"lax.Acos":                 lax.Acos,
	"lax.Acosh":                lax.Acosh,
	"lax.Add":                  lax.Add[arr, arr],
	"lax.Argmax":               lax.Argmax,
	"lax.Argmin":               lax.Argmin,
	"lax.Asin":                 lax.Asin,
	"lax.Asinh":                lax.Asinh,
	"lax.Atan":                 lax.Atan,
	"lax.Atan2":                lax.Atan2[arr, arr],
	"lax.Atanh":                lax.Atanh,
	"lax.BitcastConvertType":   lax.BitcastConvertType,
	"lax.BitwiseAnd":           lax.BitwiseAnd[arr, arr],
	"lax.BitwiseNot":           lax.BitwiseNot,
	"lax.BitwiseOr":            lax.BitwiseOr[arr, arr],
	"lax.BitwiseXor":           lax.BitwiseXor[arr, arr],
	"lax.BroadcastInDim":       lax.BroadcastInDim,
	"lax.BroadcastedIota":      lax.BroadcastedIota,
	"lax.Cbrt":                 lax.Cbrt,
	"lax.Ceil":                 lax.Ceil,
	"lax.Cholesky":             lax.Cholesky,
	"lax.Clamp":                lax.Clamp[arr, arr],
	"lax.Clz":                  lax.Clz,
	"lax.Complex":              lax.Complex[arr, arr],
	"lax.Concatenate":          lax.Concatenate,
	"lax.Conj":                 lax.Conj,
	"lax.ConjugateA":           lax.ConjugateA,
	"lax.ConvertElementType":   lax.ConvertElementType,
	"lax.Cos":                  lax.Cos,
	"lax.Cosh":                 lax.Cosh,
	"lax.Cummax":               lax.Cummax,
	"lax.Cummin":               lax.Cummin,
	"lax.Cumprod":              lax.Cumprod,
	"lax.Cumsum":               lax.Cumsum,
	"lax.Digamma":              lax.Digamma,
	"lax.Div":                  lax.Div[arr, arr],
	"lax.DotGeneral":           lax.DotGeneral,
	"lax.DynamicSlice":         lax.DynamicSlice,
	"lax.DynamicUpdateSlice":   lax.DynamicUpdateSlice,
	"lax.Eq":                   lax.Eq[arr, arr],
	"lax.Erf":                  lax.Erf,
	"lax.ErfInv":               lax.ErfInv,
	"lax.Erfc":                 lax.Erfc,
	"lax.Exp":                  lax.Exp,
	"lax.Exp2":                 lax.Exp2,
	"lax.Expm1":                lax.Expm1,
	"lax.FFT":                  lax.FFT,
	"lax.FillValue":            lax.FillValue[arr],
	"lax.Floor":                lax.Floor,
	"lax.Gather":               lax.Gather,
	"lax.Ge":                   lax.Ge[arr, arr],
	"lax.Gt":                   lax.Gt[arr, arr],
	"lax.IFFT":                 lax.IFFT,
	"lax.IRFFT":                lax.IRFFT,
	"lax.Imag":                 lax.Imag,
	"lax.IndicesAreSorted":     lax.IndicesAreSorted,
	"lax.IntegerPow":           lax.IntegerPow,
	"lax.Iota":                 lax.Iota,
	"lax.IsFinite":             lax.IsFinite,
	"lax.LU":                   lax.LU,
	"lax.Le":                   lax.Le[arr, arr],
	"lax.LeftSide":             lax.LeftSide,
	"lax.Lgamma":               lax.Lgamma,
	"lax.Log":                  lax.Log,
	"lax.Log1p":                lax.Log1p,
	"lax.Logistic":             lax.Logistic,
	"lax.Lower":                lax.Lower,
	"lax.Lt":                   lax.Lt[arr, arr],
	"lax.Max":                  lax.Max[arr, arr],
	"lax.Min":                  lax.Min[arr, arr],
	"lax.Mode":                 lax.Mode,
	"lax.Mul":                  lax.Mul[arr, arr],
	"lax.Ne":                   lax.Ne[arr, arr],
	"lax.Neg":                  lax.Neg,
	"lax.NextAfter":            lax.NextAfter[arr, arr],
	"lax.NoNegativeIndices":    lax.NoNegativeIndices,
	"lax.OptimizationBarrier":  lax.OptimizationBarrier,
	"lax.Pad":                  lax.Pad[arr],
	"lax.Polygamma":            lax.Polygamma[arr, arr],
	"lax.PopulationCount":      lax.PopulationCount,
	"lax.Pow":                  lax.Pow[arr, arr],
	"lax.PreferredElementType": lax.PreferredElementType,
	"lax.RFFT":                 lax.RFFT,
	"lax.Real":                 lax.Real,
	"lax.ReduceAnd":            lax.ReduceAnd,
	"lax.ReduceMax":            lax.ReduceMax,
	"lax.ReduceMin":            lax.ReduceMin,
	"lax.ReduceOr":             lax.ReduceOr,
	"lax.ReduceXor":            lax.ReduceXor,
	"lax.ReducePrecision":      lax.ReducePrecision,
	"lax.ReduceProd":           lax.ReduceProd,
	"lax.ReduceSum":            lax.ReduceSum,
	"lax.Rem":                  lax.Rem[arr, arr],
	"lax.Reshape":              lax.Reshape,
	"lax.Rev":                  lax.Rev,
	"lax.Reverse":              lax.Reverse,
	"lax.Round":                lax.Round,
	"lax.Rsqrt":                lax.Rsqrt,
	"lax.Scatter":              lax.Scatter,
	"lax.ScatterAdd":           lax.ScatterAdd,
	"lax.ScatterMax":           lax.ScatterMax,
	"lax.ScatterMin":           lax.ScatterMin,
	"lax.ScatterMul":           lax.ScatterMul,
	"lax.ScatterSub":           lax.ScatterSub,
	"lax.Select":               lax.Select[arr, arr],
	"lax.SelectN":              lax.SelectN,
	"lax.ShiftLeft":            lax.ShiftLeft[arr, arr],
	"lax.ShiftRightArithmetic": lax.ShiftRightArithmetic[arr, arr],
	"lax.ShiftRightLogical":    lax.ShiftRightLogical[arr, arr],
	"lax.Sign":                 lax.Sign,
	"lax.Sin":                  lax.Sin,
	"lax.Sinh":                 lax.Sinh,
	"lax.Slice":                lax.Slice,
	"lax.Sort":                 lax.Sort,
	"lax.Sqrt":                 lax.Sqrt,
	"lax.Square":               lax.Square,
	"lax.StopGradient":         lax.StopGradient,
	"lax.Strides":              lax.Strides,
	"lax.Sub":                  lax.Sub[arr, arr],
	"lax.Tan":                  lax.Tan,
	"lax.Tanh":                 lax.Tanh,
	"lax.ToNearestEven":        lax.ToNearestEven,
	"lax.TopK":                 lax.TopK,
	"lax.Transpose":            lax.Transpose,
	"lax.TransposeA":           lax.TransposeA,
	"lax.TriangularSolve":      lax.TriangularSolve,
	"lax.UniqueIndices":        lax.UniqueIndices,
	"lax.UnitDiagonal":         lax.UnitDiagonal,
}
