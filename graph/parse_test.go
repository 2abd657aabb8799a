package graph_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"jacobi/graph"
	"jacobi/graph/graphtest"
	"jacobi/graph/interp"
)

// reparse holds the law of Parse: the text of the graph it reads is the text
// it read. It returns the graph.
func reparse(t require.TestingT, g *graph.Graph) *graph.Graph {
	text := g.String()
	h, err := graph.Parse(text)
	require.NoError(t, err, "%s", text)
	require.NoError(t, graph.Check(h))
	require.Equal(t, text, h.String())
	again, err := graph.Parse(h.String())
	require.NoError(t, err)
	require.Equal(t, h.Fingerprint(), again.Fingerprint(), "%s", text)
	return h
}

func TestParseCases(t *testing.T) {
	for _, c := range graphtest.Cases() {
		g := c.Graph()
		h := reparse(t, g)
		in := c.Sample(rand.New(rand.NewPCG(1, 1)))
		requireSame(t, g, interp.Eval(g, in...), interp.Eval(h, in...))
	}
}

func TestParseRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Random(t)
		h := reparse(t, g)
		in := graphtest.RandomLikes(graphtest.Rand(t), graph.Avals(g.In))
		requireSame(t, g, interp.Eval(g, in...), interp.Eval(h, in...))
	})
}

func requireSame(t require.TestingT, g *graph.Graph, want, got []interp.Tensor) {
	require.Equal(t, len(want), len(got))
	for i, w := range want {
		require.True(t, graphtest.Same(w, got[i]), "result %d is %v, want %v\n%v", i, got[i], w, g)
	}
}
