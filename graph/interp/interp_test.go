package interp

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
)

// What the ops do is compared with JAX in tests/conformance.

func TestComplete(t *testing.T) {
	for op := range graph.NumOps {
		assert.NotNil(t, evaluators[op], "%v has no evaluator", op)
	}
}

func TestEval(t *testing.T) {
	a := graph.Aval{DType: graph.Float32, Shape: []int{3}}
	double := graph.Build([]graph.Aval{a}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
		return []*graph.Value{b.Mul(in[0], b.Scalar(graph.Float32, 2)), in[0]}
	})
	g := graph.Build([]graph.Aval{a}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
		out := b.Call("double", double, in[0])
		return []*graph.Value{b.Add(out[0], out[1]), b.Scalar(graph.Float16, 1.0/3)}
	})
	out := Eval(g, FromFloats(graph.Float32, []float64{1, 2, 0.1}, 3))
	require.Len(t, out, 2)
	tenth := float64(float32(0.1))
	assert.Equal(t, FromFloats(graph.Float32, []float64{3, 6, float64(float32(2*tenth)) + tenth}, 3).Floats(), out[0].Floats())
	assert.Equal(t, []float64{0x1.554p-2}, out[1].Floats(), "literals are rounded")
}

func TestEvalChecksItsInputs(t *testing.T) {
	g := graph.Build([]graph.Aval{{DType: graph.Float32, Shape: []int{3}}}, func(b *graph.Builder, in []*graph.Value) []*graph.Value { return in })
	x := FromFloats(graph.Float32, []float64{1, 2}, 2)
	assert.PanicsWithError(t, "jacobi: bug: input 0 is f32[3], evaluated as f32[2] with 2 elements", func() { Eval(g, x) })
	assert.PanicsWithError(t, "jacobi: bug: evaluating a graph of 1 inputs on 2", func() { Eval(g, x, x) })
}

func TestTensor(t *testing.T) {
	x := FromInts(graph.Uint8, []int64{1, 2, 3, 4, 5, 256 + 6}, 2, 3)
	assert.Equal(t, int64(6), x.At(1, 2).I)
	assert.Equal(t, "u8[2,3] [1 2 3 4 5 6]", x.String())
	assert.Equal(t, "bool[2] [true false]", FromInts(graph.Bool, []int64{7, 0}, 2).String())
	assert.Equal(t, "u64[] [18446744073709551615]", FromInts(graph.Uint64, []int64{-1}).String())
	assert.Equal(t, "c64[1] [(1-2i)]", FromComplex(graph.Complex64, []complex128{1 - 2i}, 1).String())
	assert.Equal(t, []float64{math.MaxUint64}, FromInts(graph.Uint64, []int64{-1}).Floats())
	assert.Equal(t, "f32[] [2.5]", Scalar(graph.Float32, 2.5).String())
	assert.Panics(t, func() { x.At(2, 0) })
	assert.Panics(t, func() { FromInts(graph.Int8, []int64{1}, 2) })
}

// Values from tables to more digits than float64 has.
func TestSpecialFunctions(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"digamma(1)", digamma(1), -0.57721566490153286061},
		{"digamma(1/2)", digamma(0.5), -1.9635100260214234794},
		{"digamma(-1/2)", digamma(-0.5), 0.03648997397857652056},
		{"digamma(10)", digamma(10), 2.25175258906672110764},
		{"digamma(1.5)", digamma(1.5), 0.03648997397857652056},
		{"trigamma(1)", polygamma(1, 1), math.Pi * math.Pi / 6},
		{"trigamma(-1/2)", polygamma(1, -0.5), math.Pi*math.Pi/2 + 4},
		{"polygamma(2, 1)", polygamma(2, 1), -2.40411380631918857080},
		{"polygamma(3, 1/2)", polygamma(3, 0.5), math.Pow(math.Pi, 4)},
		{"0.001^100", pow(0.001, 100), 1.0000000000000020817e-300},
		{"acos(1-2^-52)", acos(1 - 0x1p-52), 0x1p-52 * math.Sqrt(0x1p53)},
	} {
		assert.InEpsilon(t, c.want, c.got, 1e-14, c.name)
	}
}

func TestOneEvaluatorEach(t *testing.T) {
	var table [graph.NumOps]evaluator
	fill(&table, sortOps, dotOps)
	assert.PanicsWithError(t, "jacobi: bug: sort has two evaluators", func() { fill(&table, linalgOps, sortOps) })
}

// A host is asked wherever a callback is.
func TestHost(t *testing.T) {
	p := graph.CallbackParams{Name: "f", Out: []graph.Aval{{DType: graph.Float32, Shape: []int{}}}}
	inner := graph.Build(p.Out, func(b *graph.Builder, in []*graph.Value) []*graph.Value { return b.Callback(p, in...) })
	g := graph.Build(p.Out, func(b *graph.Builder, in []*graph.Value) []*graph.Value { return b.Call("g", inner, in...) })
	double := Host(func(_ graph.CallbackParams, in []Tensor) []Tensor {
		return []Tensor{Scalar(graph.Float32, 2*in[0].Floats()[0])}
	})
	assert.Equal(t, []float64{6}, double.Eval(g, Scalar(graph.Float32, 3))[0].Floats())
	assert.PanicsWithError(t, "jacobi: bug: callback f has no function here", func() { Eval(g, Scalar(graph.Float32, 3)) })
}
