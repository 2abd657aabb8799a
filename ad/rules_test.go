package ad

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
)

func TestEveryOpHasRules(t *testing.T) {
	for op := range graph.NumOps {
		r := rules[op]
		assert.True(t, r.jvp != nil && r.transpose != nil, "%v: no rule; say flat or notLinear if that is the answer", op)
	}
}

// Ops that hold graphs are divided by partial evaluation.
func TestSplits(t *testing.T) {
	divided := map[graph.Op]bool{
		graph.OpBarrier: true, graph.OpCall: true, graph.OpCond: true, graph.OpScan: true, graph.OpWhile: true, graph.OpCheckpoint: true,
		graph.OpCustomJVP: true, graph.OpCustomVJP: true,
	}
	for op := range graph.NumOps {
		assert.Equal(t, divided[op], rules[op].split != nil, "%v", op)
	}
}

// The known part of a barrier does not wait for the tangents that pass it.
func TestSplitBarrier(t *testing.T) {
	a := graph.Aval{DType: graph.Float32}
	g := graph.Build([]graph.Aval{a, a}, func(b B, in []V) []V { return b.Barrier(in...) })
	p := partialEval(g, []bool{false, true}, nil)
	assert.Equal(t, []bool{false, true}, p.unknown)
	assert.Empty(t, p.res)
	for _, part := range []*graph.Graph{p.known, p.staged} {
		require.NoError(t, graph.Check(part))
		require.Len(t, part.Eqns, 1)
		assert.Equal(t, graph.OpBarrier, part.Eqns[0].Op)
	}
}

// An output that must come from the staged part does, though it is known.
func TestPartialEvalForce(t *testing.T) {
	a := graph.Aval{DType: graph.Float32}
	g := graph.Build([]graph.Aval{a, a}, func(b B, in []V) []V { return []V{b.Sin(in[0]), b.Mul(in[0], in[1]), b.Scalar(graph.Float32, 2)} })
	p := partialEval(g, []bool{false, true}, []bool{true, false, true})
	assert.Equal(t, []bool{true, true, true}, p.unknown)
	assert.Len(t, p.known.Out, 1, "sin x, for the staged part")
	assert.Equal(t, []int{0, 1}, p.res, "x and sin x; the constant is made again")
	require.NoError(t, graph.Check(p.staged))
	require.NoError(t, graph.Check(p.known))
}
