package graph_test

import (
	"testing"

	"github.com/jacobi-go/jacobi/graph"
)

// Emit finds the user's line by itself here; the goal is under 1 us.
func BenchmarkEmit(b *testing.B) {
	var g graph.Builder
	x := g.Input(graph.Aval{DType: graph.Float32, Shape: []int{64, 64}})
	for i := 0; b.Loop(); i++ {
		if i%100_000 == 0 { // drop the graph, or the collector is what is measured
			g = graph.Builder{}
			x = g.Input(x.Aval)
		}
		x = g.Sin(x)
	}
}

// withParams is a graph of n equations, each with params.
func withParams(n int) *graph.Graph {
	return graph.Build([]graph.Aval{{DType: graph.Float32, Shape: []int{8, 8}}}, func(b builder, in []value) []value {
		x := in[0]
		for i := range n / 5 {
			y := b.Broadcast(b.Scalar(graph.Float32, float64(i)), x.Shape)
			x = b.DotGeneral(b.Transpose(x, 1, 0), y, graph.DotParams{LHSContract: []int{1}, RHSContract: []int{0}, Prefer: graph.Float32})
			x = b.Concatenate(0, b.SliceAxis(x, 0, 4, 8), b.SliceAxis(x, 0, 0, 4))
		}
		return []value{x}
	})
}

func BenchmarkFingerprint(b *testing.B) {
	g := withParams(1000)
	for b.Loop() {
		g.Rewire(g.In, g.Out).Fingerprint() // a fresh graph: it remembers
	}
}

func BenchmarkSimplify(b *testing.B) {
	g := withParams(1000)
	for b.Loop() {
		graph.Simplify(g.Rewire(g.In, g.Out))
	}
}
