package ad

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/jacobi-go/jacobi/graph"
)

// Policies that name other values keep other residuals, of one graph too.
func TestPoliciesAreTold(t *testing.T) {
	a := graph.Aval{DType: graph.Float32}
	residuals := func(f *graph.Graph, names ...string) int {
		g := graph.Build([]graph.Aval{a, a}, func(b B, in []V) []V {
			return b.Checkpoint(graph.CheckpointParams{Graph: f, SaveNamed: names}, in...)
		})
		return len(partialEval(g, []bool{false, true}, nil).res)
	}
	build := func() *graph.Graph {
		return graph.Build([]graph.Aval{a, a}, func(b B, in []V) []V {
			x, y := b.Name(b.Sin(in[0]), "a"), b.Name(b.Cos(in[0]), "b")
			return []V{b.Mul(b.Mul(in[1], x), y)}
		})
	}
	f := build()
	assert.Equal(t, 2, residuals(f, "a", "b"))
	assert.Equal(t, 1, residuals(f, "a b"), "x itself, from which all is computed again")
	assert.Equal(t, 1, residuals(build(), "a b"))
}
