package lax_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/jit"
	"github.com/jacobi-go/jacobi/lax"
)

// renamed are the ops whose functions have another name than theirs.
var renamed = map[graph.Op]string{
	graph.OpNot: "BitwiseNot", graph.OpAnd: "BitwiseAnd", graph.OpOr: "BitwiseOr", graph.OpXor: "BitwiseXor",
	graph.OpNextAfter: "NextAfter", graph.OpLU: "LU", graph.OpFFT: "FFT",
}

// elsewhere are the functions of other packages for what is no function of arrays.
var elsewhere = map[graph.Op]string{
	graph.OpLiteral:     "jacobi.Scalar",
	graph.OpName:        "jacobi.Name",
	graph.OpCallback:    "debug.Callback",
	graph.OpCall:        "jacobi.Jit",
	graph.OpCond:        "jacobi.Cond",
	graph.OpScan:        "jacobi.Scan",
	graph.OpWhile:       "jacobi.While",
	graph.OpCheckpoint:  "jacobi.Checkpoint",
	graph.OpCustomJVP:   "jacobi.CustomJVP",
	graph.OpCustomVJP:   "jacobi.CustomVJP",
	graph.OpCustomLin:   "jacobi.CustomVJP", // what is left of it by linearization
	graph.OpLinearSolve: "jacobi.CustomLinearSolve",
}

// Every op has a function.
func TestEveryOpHasAFunction(t *testing.T) {
	functions := map[string][]string{"lax": exported(t, "."), "jacobi": exported(t, ".."), "debug": exported(t, "../debug")}
	for op := range graph.NumOps {
		if f, ok := elsewhere[op]; ok {
			pkg, name, _ := strings.Cut(f, ".")
			assert.Contains(t, functions[pkg], name, "for %v", op)
			continue
		}
		name := renamed[op]
		if name == "" {
			for word := range strings.SplitSeq(op.String(), "_") {
				name += strings.ToUpper(word[:1]) + word[1:]
			}
		}
		assert.Contains(t, functions["lax"], name, "for %v", op)
	}
}

// exported are the functions that the sources in a folder export.
func exported(t *testing.T, dir string) (names []string) {
	noTests := func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }
	pkgs, err := parser.ParseDir(token.NewFileSet(), dir, noTests, parser.SkipObjectResolution)
	require.NoError(t, err)
	for _, p := range pkgs {
		for _, file := range p.Files {
			for _, d := range file.Decls {
				if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil && d.Name.IsExported() {
					names = append(names, d.Name.Name)
				}
			}
		}
	}
	return names
}

func f32(x ...float32) arr { return jx.From(x) }

// Outside of Jit a call is one program, and the next like it none.
func TestOneProgram(t *testing.T) {
	x := jx.From(make([]float32, 35), 5, 7)
	idx := jx.From([]int32{1, 2, 3}, 3, 1)
	rows := kinds["rows"]
	at := arrays{jx.From([]int32{1}).At(0), jx.From([]int32{2}).At(0)}
	calls := map[string]func(x arr){
		"Add":    func(x arr) { lax.Add(x, 2.0) },
		"Clamp":  func(x arr) { lax.Clamp(0, x, 1.0) },
		"Gather": func(x arr) { lax.Gather(x, idx, rows.gather, []int{1, 7}, lax.Mode(lax.FillOrDrop), lax.FillValue(3)) },
		"ScatterSub": func(x arr) {
			lax.ScatterSub(x, idx, lax.Slice(x, []int{0, 0}, []int{3, 7}), rows.scatter, lax.Mode(lax.Clip))
		},
		"TopK":               func(x arr) { lax.TopK(x, 3, 0) },
		"SelectN":            func(x arr) { lax.SelectN(jx.Scalar(int32(1)), x, x, x) },
		"DynamicUpdateSlice": func(x arr) { lax.DynamicUpdateSlice(x, x, at) },
		"DotGeneral": func(x arr) {
			lax.DotGeneral(x, x, lax.DotDimensionNumbers{Contract: [2][]int{{1}, {1}}}, lax.PreferredElementType(jx.Float64))
		},
	}
	lax.Slice(x, []int{0, 0}, []int{3, 7})
	for name, call := range calls {
		before := jit.Compilations()
		call(x)
		require.Equal(t, before+1, jit.Compilations(), name)
		call(x)
		require.Equal(t, before+1, jit.Compilations(), name)
	}
}

// A weak operand takes the dtype of the others, from its full value; a result
// is weak if all operands are.
func TestWeakOperands(t *testing.T) {
	require.Equal(t, "1.1", lax.Add(jx.From([]float64{1}), 0.1).At(0).String())
	require.Equal(t, jx.BFloat16, lax.Add(f32(1).As(jx.BFloat16), jx.Scalar(2.0)).DType())
	require.Equal(t, jx.Uint8, lax.Rem(jx.From([]uint8{7}), 4).DType())
	require.Equal(t, jx.Complex64, lax.Mul(jx.From([]complex64{1i}), 2.5).DType())
	require.True(t, lax.Mul(2.0, jx.Scalar(3.0)).Weak())
	require.False(t, lax.Mul(2.0, float32(3)).Weak())
	weak := lax.Exp(jx.Scalar(0.0)) // no Go number any more
	require.Equal(t, "Array([2.], dtype=float64)", lax.Add(jx.From([]float64{1}), weak).GoString())
	require.Equal(t, jx.Float64, jx.Jit(func(w arr) arr { return lax.Add(jx.From([]float64{1}), w) })(jx.Scalar(1.0)).DType())
}

// Nothing is promoted or broadcast; the error says what was given.
func TestMistakes(t *testing.T) {
	x, m := f32(1, 2, 3), jx.From(make([]float32, 6), 2, 3)
	ints, idx := jx.From([]int32{1, 2, 3}), jx.From([]int32{0}, 1, 1)
	rows := kinds["rows"]
	for _, c := range []struct {
		f    func()
		want []string
	}{
		{func() { lax.Add(x, ints) }, []string{"f32[3], i32[3]", "one dtype"}},
		{func() { lax.Add(x, x.As(jx.Float64)) }, []string{"f32[3], f64[3]", "one dtype"}},
		{func() { lax.Add(x, float64s(1)) }, []string{"f32[3], f64[1]", "one dtype"}},
		{func() { lax.Add(ints, 1.5) }, []string{"i32[3], f32[]", "one dtype"}},
		{func() { lax.Add(1, 1.5) }, []string{"i32[], f32[]", "one dtype"}},
		{func() { lax.Add(x, f32(1)) }, []string{"f32[3], f32[1]", "one shape"}},
		{func() { lax.Add(m, x) }, []string{"f32[2,3], f32[3]", "one shape"}},
		{func() { lax.BitwiseAnd(x, x) }, []string{"integers or bools, not float32"}},
		{func() { lax.Sin(ints) }, []string{"floats or complex numbers, not int32"}},
		{func() { lax.Conj(x) }, []string{"complex numbers, not float32"}},
		{func() { lax.Clamp(0, x, ints) }, []string{"f32[3], i32[3]", "one dtype"}},
		{func() { lax.Select(x, x, x) }, []string{"bools, not float32"}},
		{func() { lax.Select(lax.Gt(x, 0), x, ints) }, []string{"float32", "int32", "one dtype"}},
		{func() { lax.SelectN(ints, f32(1)) }, []string{"one shape"}},
		{func() { lax.SelectN(ints) }, []string{"0 cases"}},
		{func() { lax.SelectN(lax.Gt(x, 0), x, x, x) }, []string{"3 cases"}},
		{func() { lax.BitcastConvertType(jx.Float64, x) }, []string{"float32", "float64"}},
		{func() { lax.Concatenate(0, x, ints) }, []string{"operand 1 is i32[3], operand 0 is f32[3]"}},
		{func() { lax.Concatenate(0) }, []string{"at least one"}},
		{func() { lax.Concatenate(1, x, x) }, []string{"axis 1 is out of range for rank 1"}},
		{func() { lax.Pad(x, jx.Scalar(int32(0)), lax.PaddingConfig{}) }, []string{"f32[3], i32[]", "operand's dtype"}},
		{func() { lax.Pad(m, 0, lax.PaddingConfig{}) }, []string{"padding for 1 axes", "rank 2"}},
		{func() { lax.Pad(x, 0, lax.PaddingConfig{Low: -2, High: -2}) }, []string{"size 3 cannot lose 4"}},
		{func() { lax.Slice(x, []int{0}, []int{4}) }, []string{"0:4:1", "3 elements"}},
		{func() { lax.Slice(m, []int{0}, []int{4}) }, []string{"1 axes", "rank 2"}},
		{func() { lax.Reshape(x, -1) }, []string{"-1"}},
		{func() { lax.Iota(jx.Bool, 3) }, []string{"numbers, not bool"}},
		{func() { lax.DynamicSlice(x, arrays{x.At(0)}, []int{1}) }, []string{"start indices are integers, not float32"}},
		{func() { lax.DynamicSlice(m, arrays{ints.At(0)}, []int{1, 1}) }, []string{"1 start indices for rank 2"}},
		{func() { lax.DynamicUpdateSlice(x, ints, arrays{ints.At(0)}) }, []string{"f32[3], i32[3]", "operand's dtype"}},
		{func() { lax.Gather(m, idx, rows.gather, []int{2, 3}) }, []string{"axis 0 is dropped", "2"}},
		{func() { lax.Gather(m, idx, rows.gather, []int{1, 3}, lax.FillValue(1)) }, []string{"FillValue"}},
		{func() { lax.Gather(m, idx, rows.gather, []int{1, 3}, lax.Mode(9)) }, []string{"no mode 9"}},
		{func() { lax.Gather(m, idx, rows.gather, []int{1, 3}, lax.IndexOption{}) }, []string{"empty option"}},
		{func() { lax.Scatter(m, idx, m, rows.scatter) }, []string{"updates for places of shape [2], indices for [1]"}},
		{func() { lax.Scatter(m, idx, m, rows.scatter, lax.Mode(lax.Clip)) }, []string{"updates for places of shape [2], indices for [1]"}},
		{func() { lax.Scatter(m, idx, ints, rows.scatter) }, []string{"f32[2,3], i32[1,1], i32[3]", "operand's dtype"}},
		{func() { lax.Scatter(m, idx, m, rows.scatter, lax.FillValue(1)) }, []string{"FillValue"}},
		{func() { lax.DotGeneral(m, m, lax.DotDimensionNumbers{Contract: [2][]int{{1}, {0}}}) }, []string{"lhs axis 1 has 3, rhs axis 0 has 2"}},
		{func() { lax.DotGeneral(x, ints, lax.DotDimensionNumbers{}) }, []string{"f32[3], i32[3]", "one dtype"}},
		{func() { lax.Sort(0, 2, x) }, []string{"2 of 1"}},
		{func() { lax.Sort(0, 1, x, f32(1)) }, []string{"f32[1]", "f32[3]"}},
		{func() { lax.TopK(x, 4) }, []string{"no 4 largest of 3"}},
		{func() { lax.TopK(x, 1, 0, 0) }, []string{"one axis, 2 given"}},
		{func() { lax.ReduceSum(lax.Gt(x, 0)) }, []string{"numbers, not bool"}},
		{func() { lax.TriangularSolve(m, m) }, []string{"square matrices, not 2 by 3"}},
		{func() { lax.TriangularSolve(m, m, lax.TriangularSolveOption{}) }, []string{"empty option"}},
		{func() { lax.Round(x, lax.RoundOption{}) }, []string{"empty option"}},
		{func() { lax.Cumsum(x, 0, lax.CumOption{}) }, []string{"empty option"}},
		{func() { lax.Slice(x, []int{0}, []int{1}, lax.SliceOption{}) }, []string{"empty option"}},
		{func() { lax.DotGeneral(x, x, lax.DotDimensionNumbers{}, lax.DotOption{}) }, []string{"empty option"}},
		{func() { lax.DynamicSlice(x, arrays{ints.At(0)}, []int{1}, lax.DynamicSliceOption{}) }, []string{"empty option"}},
		{func() { lax.BitcastConvertType(99, x) }, []string{"no DType(99)"}},
		{func() { lax.Iota(99, 3) }, []string{"DType(99)"}},
		{func() { lax.DotGeneral(x, x, lax.DotDimensionNumbers{}, lax.PreferredElementType(99)) }, []string{"DType(99)"}},
		{func() { lax.FFT(x, 3) }, []string{"complex64 or complex128, not float32"}},
	} {
		err := jx.Try(c.f)
		for _, want := range c.want {
			require.ErrorContains(t, err, want)
		}
		require.ErrorContains(t, err, "lax_test.go:", "the user's line")
	}
}

func float64s(x ...float64) arr { return jx.From(x) }

// The caller may go on with the slices that it gave.
func TestNothingIsKept(t *testing.T) {
	x := jx.From([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	start, axes := []int{0, 1}, [2]int{1, 7}
	f := jx.Jit(func(x arr) arr {
		y := lax.Slice(x, start, []int{2, 3})
		start[1] = 0
		_, i := lax.TopK(y, 1, axes[:1]...)
		return lax.Add(y, lax.BroadcastInDim(i.As(jx.Float32), []int{2, 2}, []int{0, 1}))
	})
	require.Equal(t, "[[3. 4.]\n [6. 7.]]", f(x).String())
	require.Equal(t, [2]int{1, 7}, axes)
}
