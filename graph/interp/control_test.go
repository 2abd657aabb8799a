package interp

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/jacobi-go/jacobi/graph"
)

var (
	scalar = graph.Aval{DType: graph.Float32, Shape: []int{}}
	three  = graph.Aval{DType: graph.Float32, Shape: []int{3}}
)

type (
	builder = *graph.Builder
	values  = []*graph.Value
)

func scale(k float64) *graph.Graph {
	return graph.Build([]graph.Aval{scalar}, func(b builder, in values) values {
		return values{b.Mul(in[0], b.Scalar(graph.Float32, k))}
	})
}

func TestCond(t *testing.T) {
	for index, want := range map[int64]float64{-5: 20, 0: 20, 1: 30, 2: 40, 9: 40} {
		g := graph.Build([]graph.Aval{{DType: graph.Int32}, scalar}, func(b builder, in values) values {
			return b.Cond([]*graph.Graph{scale(2), scale(3), scale(4)}, in[0], in[1])
		})
		assert.Equal(t, want, Eval(g, FromInts(graph.Int32, []int64{index}), Scalar(graph.Float32, 10))[0].Floats()[0])
	}
	for pred, want := range map[int64]float64{0: 20, 1: 30} {
		g := graph.Build([]graph.Aval{{DType: graph.Bool}, scalar}, func(b builder, in values) values {
			return b.Cond([]*graph.Graph{scale(2), scale(3)}, in[0], in[1])
		})
		assert.Equal(t, want, Eval(g, FromInts(graph.Bool, []int64{pred}), Scalar(graph.Float32, 10))[0].Floats()[0])
	}
}

// The body is (k, c, x) -> (k c + x, c): Horner's rule and the carries.
func TestScan(t *testing.T) {
	body := graph.Build([]graph.Aval{scalar, scalar, scalar}, func(b builder, in values) values {
		return values{b.Add(b.Mul(in[0], in[1]), in[2]), in[1]}
	})
	for reverse, want := range map[bool][2][]float64{
		false: {{1123}, {1, 11, 112}}, true: {{1321}, {132, 13, 1}},
	} {
		g := graph.Build([]graph.Aval{scalar, scalar, three}, func(b builder, in values) values {
			return b.Scan(graph.ScanParams{Body: body, Consts: 1, Carry: 1, Length: 3, Reverse: reverse, Unroll: 1}, in...)
		})
		out := Eval(g, Scalar(graph.Float32, 10), Scalar(graph.Float32, 1), FromFloats(graph.Float32, []float64{1, 2, 3}, 3))
		assert.Equal(t, want, [2][]float64{out[0].Floats(), out[1].Floats()})
	}
	g := graph.Build([]graph.Aval{scalar, scalar, {DType: graph.Float32, Shape: []int{0}}}, func(b builder, in values) values {
		return b.Scan(graph.ScanParams{Body: body, Consts: 1, Carry: 1, Unroll: 1}, in...)
	})
	out := Eval(g, Scalar(graph.Float32, 10), Scalar(graph.Float32, 1), FromFloats(graph.Float32, nil, 0))
	assert.Equal(t, []float64{1}, out[0].Floats())
	assert.Empty(t, out[1].Data)
}

func TestWhile(t *testing.T) {
	below := graph.Build([]graph.Aval{scalar, scalar}, func(b builder, in values) values { return values{b.Lt(in[1], in[0])} })
	double := graph.Build([]graph.Aval{scalar, scalar}, func(b builder, in values) values {
		return values{b.Add(in[1], in[1])}
	})
	for trips, want := range map[int]float64{0: 128, 3: 8} {
		g := graph.Build([]graph.Aval{scalar, scalar}, func(b builder, in values) values {
			return b.While(graph.WhileParams{Cond: below, Body: double, Consts: 1, MaxTrips: trips}, in...)
		})
		assert.Equal(t, want, Eval(g, Scalar(graph.Float32, 100), Scalar(graph.Float32, 1))[0].Floats()[0])
	}
}
