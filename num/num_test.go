package num_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/jit"
	"github.com/jacobi-go/jacobi/num"
)

// exported lists the package-level names of a folder's Go files.
func exported(t *testing.T, dir string) (names, functions []string) {
	noTests := func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }
	pkgs, err := parser.ParseDir(token.NewFileSet(), dir, noTests, 0)
	require.NoError(t, err)
	for _, p := range pkgs {
		for _, f := range p.Files {
			for _, d := range f.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					if d.Recv == nil && d.Name.IsExported() {
						names, functions = append(names, d.Name.Name), append(functions, d.Name.Name)
					}
				case *ast.GenDecl:
					for _, s := range d.Specs {
						switch s := s.(type) {
						case *ast.TypeSpec:
							names = append(names, s.Name.Name)
						case *ast.ValueSpec:
							for _, n := range s.Names {
								names = append(names, n.Name)
							}
						}
					}
				}
			}
		}
	}
	slices.Sort(names)
	return names, functions
}

func TestNoNameSharedWithRoot(t *testing.T) {
	ours, _ := exported(t, ".")
	root, _ := exported(t, "..")
	for _, name := range ours {
		if token.IsExported(name) && slices.Contains(root, name) {
			t.Errorf("%s is in package jacobi too: both could not be imported with a dot", name)
		}
	}
}

// Every function is in the data that JAX computed, or called in this package's
// tests.
func TestEveryFunctionIsTested(t *testing.T) {
	inData := map[string]bool{}
	for _, c := range loadCases(t) {
		inData[c.Fn] = true
	}
	var src []byte
	for _, name := range []string{"num_test.go", "options_test.go"} {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		src = append(src, text...)
	}
	_, functions := exported(t, ".")
	require.Greater(t, len(functions), 140)
	for _, name := range functions {
		if !inData[name] && !strings.Contains(string(src), "num."+name+"(") {
			t.Errorf("%s is tested nowhere", name)
		}
	}
}

func f32(x ...float32) *jx.Array { return jx.From(x) }

func TestNumbersAsOperands(t *testing.T) {
	x := f32(1, 2)
	require.Equal(t, "[6. 7.]", num.Add(num.Add(2, x), jx.Scalar(3)).String())
	require.Equal(t, "[ 6. 12.]", num.Mul(num.Mul(x, 2), jx.Scalar(3.0)).String())
	require.Equal(t, "Array([1., 4.], dtype=float32)", num.Pow(x, 2).GoString())
	require.Equal(t, jx.Int32, num.Pow(3, 2).DType())
	require.Equal(t, 9, num.Pow(3, 2).Int())
	require.Equal(t, jx.Float64, num.Add(float64s(1), 0.1).DType())
	require.Equal(t, 1.1, num.Add(float64s(1), 0.1).At(0).Float(), "a number keeps its full value")
	require.Equal(t, jx.Float32, num.Mul(x, 2).DType())
	require.True(t, num.Add(1, 2.5).Weak())
	require.False(t, num.Add(1, float32(2)).Weak())
	// Sums of narrow integers wrap before they meet a wider type.
	i8 := jx.From([]int8{100})
	require.Equal(t, "[-56]", num.AddN(i8, i8, jx.From([]int32{0})).String())
	require.Equal(t, "[ 10  20 -20]", num.Around(jx.From([]int32{14, 15, -16}), -1).String())
	require.Equal(t, "[ 0  0 -1  1]", num.Pow(jx.From([]int32{2, 0, -1, 1}), jx.From([]int32{-1, 3, -3, -9})).String())
	require.Equal(t, []int{0}, num.SplitAt(x, []int{1, 9}, 0)[2].Shape())
	require.Equal(t, "[0 1]", num.Pow(jx.From([]int32{2, 1}), 70).String())
}

func float64s(x ...float64) *jx.Array { return jx.From(x) }

func TestWeakness(t *testing.T) {
	w := jx.Scalar(2.0)
	for name, x := range map[string]*jx.Array{
		"BroadcastTo": num.BroadcastTo(w, 3), "Stack": num.Stack(0, w, w), "Where": num.Where(jx.Scalar(true), w, w), "Clip": num.Clip(w, 0, 1),
		"Sinc": num.Sinc(w), "LogAddExp": num.LogAddExp(w, w), "Relu": num.Relu(w), "ZerosLike": num.ZerosLike(w), "Outer": num.Outer(w, w),
	} {
		require.True(t, x.Weak(), name)
	}
	for name, x := range map[string]*jx.Array{
		"Sum": num.Sum(w), "Mean": num.Mean(w), "Softmax": num.Softmax(w), "Zeros": num.Zeros(jx.Float32), "IsNaN": num.IsNaN(w),
	} {
		require.False(t, x.Weak(), name)
	}
}

func TestReadingFunctions(t *testing.T) {
	x := f32(1, 2, 3)
	require.True(t, num.AllClose(x, num.Add(x, 1e-6)))
	require.False(t, num.AllClose(x, num.Add(x, 1e-3)))
	require.True(t, num.AllClose(x, num.Add(x, 1e-3), num.RTol(0), num.ATol(1e-2)))
	require.False(t, num.AllClose(x, f32(1, 2, float32(math.NaN()))))
	require.True(t, num.ArrayEqual(x, f32(1, 2, 3)))
	require.False(t, num.ArrayEqual(x, f32(1, 2)))
	require.False(t, num.ArrayEqual(x, num.Reshape(x, 3, 1)))
	require.Equal(t, []int{4, 2, 3}, num.BroadcastShapes([]int{2, 1}, []int{4, 1, 3}, nil))
}

func TestIndexReads(t *testing.T) {
	x := num.Reshape(num.Arange(jx.Int32, 12), 3, 4)
	require.Equal(t, "[1 2]", num.Index(x, num.Pick(0), num.Range(1, 3)).String())
	require.Equal(t, "[ 3  7 11]", num.Index(x, num.Whole, num.Pick(-1)).String())
	require.Equal(t, "[ 8 10]", num.Index(x, num.Pick(2), num.Step(num.Begin, num.End, 2)).String())
	require.Equal(t, "[3 2 1 0]", num.Index(x, num.Pick(0), num.Step(num.End, num.Begin, -1)).String())
	for _, long := range []int{4, 5, math.MaxInt} {
		require.Equal(t, "[1]", num.Index(x, num.Pick(0), num.Step(1, num.End, long)).String())
		require.Equal(t, "[2]", num.Index(x, num.Pick(0), num.Step(2, num.Begin, -long)).String())
		require.Equal(t, "[0]", num.Index(x, num.Pick(0), num.Step(num.Begin, num.End, long)).String())
		require.Equal(t, "[0 7 2 3]", num.Index(num.SetAt(x, 7, num.Pick(0), num.Step(1, num.End, long)), num.Pick(0)).String())
	}
	require.Equal(t, "[3]", num.Index(x, num.Pick(0), num.Step(num.End, num.Begin, math.MinInt)).String())
	require.Equal(t, "[0 9]", num.SetAt(f32(1, 9).As(jx.Int32), 0, num.By(jx.From([]int32{0}))).String())
	// An index that is data, in one compiled program.
	row := jx.Jit(func(i *jx.Array) *jx.Array { return num.Index(x, num.By(i), num.Pick(0)) })
	require.Equal(t, 8, row(jx.Scalar(int32(2))).Int())
}

func TestDerivativesAtDelicatePoints(t *testing.T) {
	grad := func(f func(*jx.Array) *jx.Array, x float64) float64 { return jx.Grad(f)(jx.Scalar(x)).Float() }
	require.Equal(t, 0.0, grad(num.Relu, 0))
	require.Equal(t, 0.0, grad(num.Sinc, 0))
	require.InDelta(t, -math.Pi*math.Pi/3, grad(jx.Grad(num.Sinc), 0), 1e-5)
	require.InDelta(t, math.Pow(math.Pi, 4)/5, grad(jx.Grad(jx.Grad(jx.Grad(num.Sinc))), 0), 1e-3)
	require.InDelta(t, 0.5, grad(num.Softplus, 0), 1e-7)
	require.InDelta(t, 0.25, grad(jx.Grad(num.Softplus), 0), 1e-7)
	require.Equal(t, 1.0, grad(num.Softplus, 200))
	require.Equal(t, 0.0, grad(func(x *jx.Array) *jx.Array { return num.Hypot(x, 0) }, 0))
	require.Equal(t, math.Inf(-1), grad(func(x *jx.Array) *jx.Array { return num.XLogY(x, 0) }, 0), "log(0), as in JAX")
	require.Equal(t, 1.0, grad(func(x *jx.Array) *jx.Array { return num.Elu(x) }, 200))
	require.InDelta(t, 0.6, grad(func(x *jx.Array) *jx.Array { return num.Hypot(x, 4) }, 3), 1e-6)
	inf := math.Inf(1)
	require.Equal(t, 1.0, grad(func(x *jx.Array) *jx.Array { return num.LogAddExp(x, 3.0) }, inf))
	// Second derivatives do not see how sums of exponentials are scaled.
	v := f32(1, 2, 3)
	h := jx.Hessian(func(x *jx.Array) *jx.Array { return num.LogSumExp(x) })(v)
	p := num.Softmax(v)
	require.True(t, num.AllClose(h, num.Sub(num.Diag(p), num.Outer(p, p)), num.RTol(1e-5), num.ATol(1e-6)))
	h = jx.Hessian(func(x *jx.Array) *jx.Array { return num.Hypot(x.At(0), x.At(1)) })(f32(3, 4))
	require.True(t, num.AllClose(h, jx.From([]float32{.128, -.096, -.096, .072}, 2, 2), num.RTol(1e-5), num.ATol(1e-6)))
}

func TestLogNdtrInTails(t *testing.T) {
	for _, x := range []float64{-30, -23, -20.1, -19.9, -5, 0.5, 7.9, 8.1} {
		want := math.Log(math.Erfc(-x/math.Sqrt2) / 2)
		if x > 5 {
			want = math.Log1p(-math.Erfc(x/math.Sqrt2) / 2)
		}
		got := num.LogNdtr(float64s(x)).At(0).Float()
		require.InEpsilon(t, want, got, 1e-12, "at %v", x)
	}
}

// The functions work where they meet values of a trace.
func TestInsideTransformations(t *testing.T) {
	x := num.Reshape(num.Arange(jx.Float32, 6), 2, 3)
	f := func(x *jx.Array) *jx.Array {
		y := num.Softmax(num.Index(x, num.Step(num.End, num.Begin, -1)))
		return num.Sum(num.Mul(num.Mul(y, num.Arange(jx.Float32, 3)), num.Cumsum(y)))
	}
	g := jx.VMap(jx.Grad(f))
	require.True(t, num.AllClose(g(x), jx.Jit(g)(x), num.RTol(1e-5), num.ATol(1e-7)))
	require.True(t, num.AllClose(g(x).At(1), jx.Grad(f)(x.At(1)), num.RTol(1e-5), num.ATol(1e-7)))
}

func TestMistakes(t *testing.T) {
	x, m := f32(1, 2, 3), num.Ones(jx.Float32, 2, 3)
	for want, f := range map[string]func(){
		"cannot be broadcast together":          func() { num.Add(x, f32(1, 2)) },
		"axis 2 is out of range for rank 2":     func() { num.Sum(m, 2) },
		"axis 0 is named twice":                 func() { num.Sum(m, 0, -2) },
		"axis 0 has no elements":                func() { num.Max(num.Zeros(jx.Float32, 0)) },
		"must agree":                            func() { num.Dot(m, m) },
		"\"ij,jk\": 2 operands are described":   func() { num.Einsum("ij,jk", m) },
		"operand 0 has 2 axes, 3 are described": func() { num.Einsum("ijk->i", m) },
		"label z is in no operand":              func() { num.Einsum("ij->z", m) },
		"label j has sizes 3 and 2":             func() { num.Einsum("ij,jk", m, m) },
		"cannot have shape":                     func() { num.Reshape(m, 4, -1) },
		"not complex":                           func() { num.Less(num.Complex(x, x), 1) },
		"index 3 is out of range for axis 0":    func() { num.Index(x, num.Pick(3)) },
		"2 selectors for rank 1":                func() { num.Index(x, num.Pick(0), num.Whole) },
		"use num.Where":                         func() { num.Index(x, num.By(num.Greater(x, 1))) },
		"is no element of int32":                func() { num.SetAt(num.Arange(jx.Int32, 3), 2.5, num.Pick(0)) },
		"which has shape [2]":                   func() { num.SetAt(x, x, num.Range(0, 2)) },
		"negative power":                        func() { num.Pow(num.Arange(jx.Int32, 3), -1) },
		"one shape":                             func() { num.Stack(0, x, m) },
		"needs at least one array":              func() { num.Stack(0) },
		"cannot be 2 equal parts":               func() { num.Split(x, 2, 0) },
		"indices are integers":                  func() { num.Take(x, x) },
		"takes numbers, not bool":               func() { num.Neg(num.Greater(x, 0)) },
		"has size 3, not 1":                     func() { num.Squeeze(m, 1) },
		"widths":                                func() { num.Pad(m, 0) },
		"nil array":                             func() { num.Add(x, (*jx.Array)(nil)) },

		"axis 0 would have 4294967296 times 4294967296 elements": func() { num.Kron(num.Zeros(jx.Int8, 1<<32), num.Zeros(jx.Int8, 1<<32)) },
		"would write out 4294967296 parts":                       func() { num.ArraySplit(x, 1<<32, 0) },
		"4611686018427387904 samples are too many":               func() { num.Hann(jx.Float32, 1<<62) },
		"9223372036854775807 elements before and 0 after":        func() { num.PadWrap(x, [2]int{math.MaxInt, 0}) },
		"1e+300 numbers from 0 to 1e+300":                        func() { num.Arange(jx.Float32, 0, 1e300, 1) },
	} {
		err := jx.Try(f)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "num_test.go:", "the user's line")
	}
}

// Outside of Jit, where a part lies is no part of the program that reads or
// writes it.
func TestPartsShareOneProgram(t *testing.T) {
	x := num.Add(jx.From(make([]float32, 120), 10, 12), num.Reshape(num.Arange(jx.Float32, 120), 10, 12))
	idx := jx.From([]int32{3, -1})
	type part struct {
		at    []num.Selector
		first int // element of row-major order
	}
	for name, at := range map[string]func(k int) part{
		"Range":       func(k int) part { return part{[]num.Selector{num.Range(k, k+3)}, 12 * k} },
		"both axes":   func(k int) part { return part{[]num.Selector{num.Range(k, k+3), num.Range(k+1, k+3)}, 13*k + 1} },
		"from end":    func(k int) part { return part{[]num.Selector{num.Whole, num.Range(k-12, k-10)}, k} },
		"Pick":        func(k int) part { return part{[]num.Selector{num.Pick(k), num.Pick(-k - 1)}, 12*k + 11 - k} },
		"Step":        func(k int) part { return part{[]num.Selector{num.Whole, num.Step(k, k+5, 2)}, k} },
		"back":        func(k int) part { return part{[]num.Selector{num.Step(k+4, k, -2), num.Whole}, 12 * (k + 4)} },
		"By":          func(k int) part { return part{[]num.Selector{num.By(idx), num.Range(k, k+2)}, 36 + k} },
		"By and Pick": func(k int) part { return part{[]num.Selector{num.By(idx), num.Pick(k)}, 36 + k} },
		"new axis":    func(k int) part { return part{[]num.Selector{num.NewAxis, num.Rest, num.Range(k, k+2)}, k} },
	} {
		t.Run(name, func(t *testing.T) {
			var before int64
			for k := range 5 {
				p := at(k)
				read := num.Ravel(num.Index(x, p.at...))
				write := num.SetAt(x, -1, p.at...)
				more := num.AddAt(x, 2, p.at...)
				slope := jx.Grad(func(x *jx.Array) *jx.Array { return num.Sum(num.Square(num.Index(x, p.at...))) })(x)
				require.Equal(t, float64(p.first), read.At(0).Float())
				// As one program that has the numbers for constants.
				same := jx.Jit(func(x *jx.Array) []*jx.Array {
					return []*jx.Array{num.Ravel(num.Index(x, p.at...)), num.SetAt(x, -1, p.at...), num.AddAt(x, 2, p.at...)}
				})
				compiled := jit.Compilations()
				want := same(x)
				before += jit.Compilations() - compiled
				for i, y := range []*jx.Array{read, write, more} {
					require.True(t, num.ArrayEqual(want[i], y), "%v, want %v", y, want[i])
				}
				n := read.Size()
				require.Equal(t, n, num.CountNonzero(num.Equal(write, -1)).Int())
				require.Equal(t, n, num.CountNonzero(num.Sub(more, x)).Int())
				require.True(t, num.ArrayEqual(slope, num.Sub(num.Mul(2, x), num.Mul(2, num.SetAt(x, 0, p.at...)))), "%v", slope)
				if k == 0 {
					before = jit.Compilations()
				}
			}
			require.Equal(t, before, jit.Compilations())
		})
	}
}
