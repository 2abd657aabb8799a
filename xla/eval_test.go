package xla

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/expand"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/graph/interp"
)

// expanded is g as the plugin of the tests needs it.
func expanded(t testing.TB, g *graph.Graph) *graph.Graph {
	return expand.For(g, testClient(t).Target())
}

func lowered(t testing.TB, g *graph.Graph) []byte {
	return Lower(expanded(t, g), LowerOptions{})
}

// eval expands and lowers g, compiles it and runs it.
func eval(t testing.TB, g *graph.Graph, in []interp.Tensor) []interp.Tensor {
	compiled := func(g *graph.Graph) []interp.Tensor {
		return run(t, Lower(expanded(t, g), LowerOptions{Locations: true}), graph.Avals(g.In), graph.Avals(expanded(t, g).Out), in)
	}
	if testClient(t).Computes(graph.Float16) {
		return compiled(g)
	}
	return graphtest.EvalWithout(t, graph.Float16, g, in, compiled)
}

// run compiles a program and runs it.
func run(t testing.TB, text []byte, takes, returns []graph.Aval, in []interp.Tensor) []interp.Tensor {
	c := testClient(t)
	x, err := c.Compile(text, CompileOptions{In: takes, Out: returns})
	require.NoError(t, err, "%s", text)
	defer x.Close()
	args := make([]*Buffer, len(in))
	for i, a := range in {
		args[i], err = c.Upload(a.Aval, a.Bytes(), Device{})
		require.NoError(t, err)
	}
	results, err := x.Execute(args, nil)
	require.NoError(t, err, "%s", text)
	out := make([]interp.Tensor, len(results))
	for i, r := range results {
		data := make([]byte, r.Bytes())
		require.NoError(t, r.Read(data))
		out[i] = interp.FromBytes(returns[i], data)
	}
	return out
}
