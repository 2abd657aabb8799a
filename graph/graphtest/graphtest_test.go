package graphtest_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/jacobi-go/jacobi/graph"
	. "github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/graph/interp"
)

func TestEveryOpHasCases(t *testing.T) {
	var count [graph.NumOps]int
	names := map[string]bool{}
	for _, c := range Cases() {
		count[c.Op]++
		assert.False(t, names[c.Name], "two cases are named %s", c.Name)
		names[c.Name] = true
	}
	for op := range graph.NumOps {
		if op == graph.OpCallback || op == graph.OpCustomLin {
			continue // nothing evaluates them
		}
		assert.NotZero(t, count[op], "%v has no case", op)
	}
}

func TestCasesEvaluate(t *testing.T) {
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			g := c.Graph()
			require.NoError(t, graph.Check(g))
			uses := false
			for _, e := range g.Eqns {
				uses = uses || e.Op == c.Op
			}
			assert.True(t, uses, "the graph does not use the op:\n%v", g)
			in := c.Sample(Seeded(t))
			size := 0
			for _, x := range in {
				size += x.Size()
			}
			assert.LessOrEqual(t, size, 60)
			for _, y := range interp.Eval(g, in...) {
				for _, n := range y.Data {
					if c.Smooth && y.DType.Differentiable() && y.Size() > 0 {
						x := real(n.C) + imag(n.C)
						assert.False(t, math.IsNaN(x), "%v", y)
					}
				}
			}
		})
	}
}

func TestRandomGraphs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := RandomOf(t, rapid.SampledFrom([]graph.DType{graph.Float64, graph.Float32}).Draw(t, "dtype"))
		require.NoError(t, graph.Check(g))
		for _, y := range interp.Eval(g, RandomLikes(Rand(t), graph.Avals(g.In))...) {
			for _, n := range y.Data {
				if y.DType.IsFloat() {
					assert.LessOrEqual(t, math.Abs(real(n.C)), 4.0, "%v\n%v", y, g)
				}
			}
		}
	})
}

// What depends on a type is left out, inside branches too, and what it needs.
func TestWithout(t *testing.T) {
	half := graph.Aval{DType: graph.Float16}
	branch := graph.Build([]graph.Aval{half}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
		return []*graph.Value{b.Convert(in[0], graph.Float32)}
	})
	g := graph.Build([]graph.Aval{half, {DType: graph.Float32}, {DType: graph.Int32}}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
		x := b.Exp(in[1])
		return []*graph.Value{in[0], b.Add(x, in[1]), b.Convert(x, graph.Float16), b.Cond([]*graph.Graph{branch, branch}, in[2], in[0])[0], in[2]}
	})
	rest, kept := Without(g, graph.Float16)
	assert.Equal(t, []int{1, 4}, kept)
	require.NoError(t, graph.Check(rest))
	assert.Len(t, rest.Eqns, 2)
	x := []interp.Tensor{interp.Scalar(graph.Float16, 2), interp.Scalar(graph.Float32, 1), interp.Scalar(graph.Int32, 1)}
	all := interp.Eval(g, x...)
	assert.Equal(t, []interp.Tensor{all[1], all[4]}, interp.Eval(rest, x...))
	_, kept = Without(g, graph.Float64)
	assert.Len(t, kept, 5)
}
