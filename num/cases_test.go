package num_test

import (
	"bufio"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/jaxtest"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/num"
)

// A testCase is a call and what JAX makes of it; scripts/gen_num.py writes
// them.
type testCase struct {
	Made jaxtest.Made
	Fn   string      `json:"fn"`
	In   []operand   `json:"in"`
	I    []int       `json:"i"`
	F    floats      `json:"f"`
	S    string      `json:"s"`
	L    [][]int     `json:"l"`
	Out  []operand   `json:"out"`
	CT   []operand   `json:"ct"`
	WRT  []int       `json:"wrt"`
	Grad []operand   `json:"grad"`
	x    []*jx.Array // the operands
}

type operand struct{ *jx.Array }

type floats []float64

func (f *floats) UnmarshalJSON(data []byte) error {
	var text []string
	err := json.Unmarshal(data, &text)
	for _, s := range text {
		x, bad := strconv.ParseFloat(s, 64)
		if bad != nil {
			return bad
		}
		*f = append(*f, x)
	}
	return err
}

func (o *operand) UnmarshalJSON(data []byte) error {
	var raw struct {
		W string          `json:"w"`
		V json.RawMessage `json:"v"`
		D string          `json:"d"`
		S []int           `json:"s"`
		B string          `json:"b"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	switch raw.W {
	case "bool":
		o.Array = jx.Scalar(string(raw.V) == "true")
		return nil
	case "int":
		n, err := strconv.Atoi(string(raw.V))
		o.Array = jx.Scalar(n)
		return err
	case "float":
		x, err := strconv.ParseFloat(strings.Trim(string(raw.V), `"`), 64)
		o.Array = jx.Scalar(x)
		return err
	case "complex":
		var p [2]float64
		err := json.Unmarshal(raw.V, &p)
		o.Array = jx.Scalar(complex(p[0], p[1]))
		return err
	}
	d, ok := graph.ParseDType(raw.D)
	if !ok {
		return fmt.Errorf("dtype %q", raw.D)
	}
	b, err := base64.StdEncoding.DecodeString(raw.B)
	if err != nil {
		return err
	}
	o.Array = fromBytes(d, raw.S, b)
	return nil
}

func fromBytes(d graph.DType, dims []int, b []byte) *jx.Array {
	n := make([]graph.Number, len(b)/d.Size())
	for i := range n {
		n[i] = graph.Decode(d, b[i*d.Size():])
	}
	switch d {
	case jx.Bool:
		return from(dims, n, func(n graph.Number) bool { return n.I != 0 })
	case jx.Int8:
		return from(dims, n, func(n graph.Number) int8 { return int8(n.I) })
	case jx.Int16:
		return from(dims, n, func(n graph.Number) int16 { return int16(n.I) })
	case jx.Int32:
		return from(dims, n, func(n graph.Number) int32 { return int32(n.I) })
	case jx.Int64:
		return from(dims, n, func(n graph.Number) int64 { return n.I })
	case jx.Uint8:
		return from(dims, n, func(n graph.Number) uint8 { return uint8(n.I) })
	case jx.Uint16:
		return from(dims, n, func(n graph.Number) uint16 { return uint16(n.I) })
	case jx.Uint32:
		return from(dims, n, func(n graph.Number) uint32 { return uint32(n.I) })
	case jx.Uint64:
		return from(dims, n, func(n graph.Number) uint64 { return uint64(n.I) })
	case jx.Float16:
		return from(dims, n, func(n graph.Number) jx.F16 { return jx.F16(graph.ToFloat16(real(n.C))) })
	case jx.BFloat16:
		return from(dims, n, func(n graph.Number) jx.BF16 { return jx.BF16(graph.ToBFloat16(real(n.C))) })
	case jx.Float32:
		return from(dims, n, func(n graph.Number) float32 { return float32(real(n.C)) })
	case jx.Float64:
		return from(dims, n, func(n graph.Number) float64 { return real(n.C) })
	case jx.Complex64:
		return from(dims, n, func(n graph.Number) complex64 { return complex64(n.C) })
	}
	return from(dims, n, func(n graph.Number) complex128 { return n.C })
}

func from[T jx.Elem](dims []int, n []graph.Number, f func(graph.Number) T) *jx.Array {
	data := make([]T, len(n))
	for i := range n {
		data[i] = f(n[i])
	}
	if len(dims) == 0 {
		return num.Reshape(jx.From(data, 1))
	}
	return jx.From(data, dims...)
}

func loadCases(t testing.TB) []testCase {
	f, err := os.Open("testdata/cases.json.gz")
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	var out []testCase
	s := bufio.NewScanner(z)
	s.Buffer(nil, 1<<24)
	for s.Scan() {
		var c testCase
		require.NoError(t, json.Unmarshal(s.Bytes(), &c), s.Text())
		if c.Fn == "" { // the first line, which says what made them
			require.NotEmpty(t, c.Made.ISA)
			continue
		}
		for _, o := range c.In {
			c.x = append(c.x, o.Array)
		}
		out = append(out, c)
	}
	require.NoError(t, s.Err())
	return out
}

// computable leaves out what this processor cannot compute.
func computable(t *testing.T, cases []testCase) []testCase {
	if jaxtest.Computes(t, jx.Float16) {
		return cases
	}
	left := slices.DeleteFunc(slices.Clone(cases), func(c testCase) bool {
		return slices.ContainsFunc(slices.Concat(c.In, c.Out), func(o operand) bool { return o.Array.DType() == jx.Float16 })
	})
	t.Logf("skipped %d of %d cases of float16, in which this processor does not compute", len(cases)-len(left), len(cases))
	return left
}

func (c testCase) String() string {
	s := c.Fn + "("
	for _, x := range c.In {
		s += ops.Aval(x.Array).String() + " "
	}
	return fmt.Sprintf("%s%v %v %q %v)", s, c.I, c.F, c.S, c.L)
}

// together runs f on all cases, many of them in one program, since each
// program costs time to compile. Where that fails, it asks one by one.
func together(t *testing.T, cases []testCase, in func(testCase) []*jx.Array, f function, check func(testCase, []*jx.Array)) {
	const size = 40
	for group := range slices.Chunk(cases, size) {
		run := func(group []testCase) error {
			xs := make([][]*jx.Array, len(group))
			for i, c := range group {
				xs[i] = in(c)
			}
			return jx.Try(func() {
				out := jx.Jit(func(xs [][]*jx.Array) [][]*jx.Array {
					out := make([][]*jx.Array, len(xs))
					for i, c := range group {
						out[i] = f(c, xs[i])
					}
					return out
				})(xs)
				for i, c := range group {
					check(c, out[i])
				}
			})
		}
		if run(group) == nil {
			continue
		}
		for _, c := range group {
			if err := run([]testCase{c}); err != nil {
				t.Errorf("%v: %v", c, err)
			}
		}
	}
}

func call(c testCase, x []*jx.Array) []*jx.Array { return functions[c.Fn](c, x) }

func TestValues(t *testing.T) {
	t.Parallel()
	cases := loadCases(t)
	for _, c := range cases {
		require.Contains(t, functions, c.Fn)
	}
	cases = computable(t, cases)
	check := func(c testCase, out []*jx.Array) {
		if msg := same(c, out, c.Out, 1); msg != "" {
			t.Errorf("%v: %s\noperands %v", c, msg, c.x)
		}
	}
	together(t, cases, func(c testCase) []*jx.Array { return c.x }, call, check)

	// Op by op, one case of each function.
	seen := map[string]bool{}
	for _, c := range cases {
		if !seen[c.Fn] {
			seen[c.Fn] = true
			check(c, call(c, c.x))
		}
	}
}

func TestGradients(t *testing.T) {
	t.Parallel()
	cases := computable(t, slices.DeleteFunc(loadCases(t), func(c testCase) bool { return c.Grad == nil }))
	// the operands, then the cotangents
	in := func(c testCase) []*jx.Array {
		x := slices.Clone(c.x)
		for _, o := range c.CT {
			x = append(x, o.Array)
		}
		return x
	}
	pullback := func(c testCase, x []*jx.Array) []*jx.Array {
		full, ct := slices.Clone(x[:len(c.x)]), x[len(c.x):]
		primals := make([]*jx.Array, len(c.WRT))
		for i, k := range c.WRT {
			primals[i] = full[k]
		}
		_, pull := jx.VJP(func(p []*jx.Array) []*jx.Array {
			for i, k := range c.WRT {
				full[k] = p[i]
			}
			return call(c, full)
		}, primals)
		grads := pull(ct)
		for i, g := range grads {
			if g == nil {
				grads[i] = num.ZerosLike(primals[i])
			}
		}
		return grads
	}
	together(t, cases, in, pullback, func(c testCase, grads []*jx.Array) {
		if msg := same(c, grads, c.Grad, 4); msg != "" {
			t.Errorf("gradient of %v: %s\noperands %v", c, msg, c.x)
		}
	})
}

// terms are how large the numbers are of which some functions are sums: at the
// zeros of the sums they cancel, and roundings of theirs are what is left. In
// the others the elements of one result are.
var terms = map[string]float64{"GammaLn": 1, "Digamma": 1, "Polygamma": 1, "BetaLn": 1, "MultiGammaLn": 1,
	// log2(2^x + 2^y) is the larger of x and y, of size 1 where the sum is about 0,
	// plus a logarithm; x + sqrt(x^2 + b) loses the digits of an x below 0.
	"LogAddExp2": 1, "SquarePlus": 2}

// exponentials are functions computed as exp of a sum: an absolute error of that
// is a relative one of theirs.
var exponentials = map[string]bool{"Factorial": true, "Gamma": true, "Beta": true}

// same compares with what JAX computed, up to a few roundings of the dtype:
// relative to an element, or near zero to what it is a sum of.
func same(c testCase, got []*jx.Array, want []operand, slack float64) string {
	if len(got) != len(want) {
		return fmt.Sprintf("%d results, want %d", len(got), len(want))
	}
	for i, x := range got {
		y := want[i].Array
		if !ops.Aval(x).Equal(ops.Aval(y)) {
			return fmt.Sprintf("is %v, want %v", ops.Aval(x), ops.Aval(y))
		}
		d := x.DType()
		a, b := numbers(x), numbers(y)
		if !d.Differentiable() {
			if !slices.Equal(a, b) {
				return fmt.Sprintf("%v, want %v", x, y)
			}
			continue
		}
		scale := 0.0
		for _, z := range b {
			if m := math.Hypot(real(z), imag(z)); !math.IsNaN(m) && !math.IsInf(m, 0) {
				scale = max(scale, m)
			}
		}
		eps := slack * tolerance[d.Real()]
		for k := range a {
			if c.Fn == "Digamma" && c.Grad == nil && numbers(c.x[0])[k] == 0 {
				continue // the pole: NaN or -inf, by the version of XLA
			}
			size := max(math.Hypot(real(b[k]), imag(b[k])), 0.05*min(scale, 1), terms[c.Fn])
			if exponentials[c.Fn] {
				size *= max(1, math.Abs(math.Log(size)))
			}
			if !near(real(a[k]), real(b[k]), eps*size) || !near(imag(a[k]), imag(b[k]), eps*size) {
				return fmt.Sprintf("element %d is %v, want %v\ngot  %v\nwant %v", k, a[k], b[k], x, y)
			}
		}
	}
	return ""
}

// numbers are the elements, on the host.
func numbers(x *jx.Array) []complex128 {
	read := map[graph.DType]func(*jx.Array) []complex128{
		jx.Bool: host(func(v bool) complex128 {
			if v {
				return 1
			}
			return 0
		}),
		jx.Int8: whole[int8](), jx.Int16: whole[int16](), jx.Int32: whole[int32](), jx.Int64: whole[int64](),
		jx.Uint8: whole[uint8](), jx.Uint16: whole[uint16](), jx.Uint32: whole[uint32](), jx.Uint64: whole[uint64](),
		jx.Float16:    host(func(v jx.F16) complex128 { return complex(graph.FromFloat16(uint16(v)), 0) }),
		jx.BFloat16:   host(func(v jx.BF16) complex128 { return complex(graph.FromBFloat16(uint16(v)), 0) }),
		jx.Float32:    host(func(v float32) complex128 { return complex(float64(v), 0) }),
		jx.Float64:    host(func(v float64) complex128 { return complex(v, 0) }),
		jx.Complex64:  host(func(v complex64) complex128 { return complex128(v) }),
		jx.Complex128: host(func(v complex128) complex128 { return v }),
	}
	return read[x.DType()](x)
}

func whole[T interface {
	jx.Elem
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64
}]() func(*jx.Array) []complex128 {
	return host(func(v T) complex128 { return complex(float64(v), 0) })
}

func host[T jx.Elem](f func(T) complex128) func(*jx.Array) []complex128 {
	return func(x *jx.Array) []complex128 {
		data, err := jx.Slice[T](x)
		if err != nil {
			panic(err)
		}
		out := make([]complex128, len(data))
		for i, v := range data {
			out[i] = f(v)
		}
		return out
	}
}

var tolerance = map[graph.DType]float64{jx.Float16: 2e-3, jx.BFloat16: 1.6e-2, jx.Float32: 5e-6, jx.Float64: 1e-13}

func near(a, b, tol float64) bool {
	return a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= tol
}
