package graph_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
)

func TestCheckAcceptsWhatIsBuilt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Random(t)
		require.NoError(t, graph.Check(g))
		require.NoError(t, graph.Check(graph.Build(graph.Avals(g.In), func(b builder, in []value) []value { return b.Inline(g, in...) })))
	})
}

func TestCheckRefuses(t *testing.T) {
	defer graph.SetChecks(false)() // they are whole when they are built
	a := graph.Aval{DType: graph.Float32, Shape: []int{2}}
	build := func() *graph.Graph {
		return graph.Build([]graph.Aval{a}, func(b builder, in []value) []value {
			return []value{b.Mul(b.Sin(in[0]), in[0])}
		})
	}
	other := build()
	for _, row := range []struct {
		name, want string
		spoil      func(g *graph.Graph) *graph.Graph
	}{
		{"order", "operand 0 of mul", func(g *graph.Graph) *graph.Graph {
			g.Eqns[0], g.Eqns[1] = g.Eqns[1], g.Eqns[0]
			return g
		}},
		{"twice", "bound twice", func(g *graph.Graph) *graph.Graph {
			g.Eqns = append(g.Eqns, g.Eqns[0])
			return g
		}},
		{"an input that is computed", "bound twice", func(g *graph.Graph) *graph.Graph {
			return g.Rewire(append(g.In, g.Eqns[0].Out[0]), g.Out)
		}},
		{"foreign operand", "operand 1 of mul", func(g *graph.Graph) *graph.Graph {
			g.Eqns[1].In[1] = other.In[0]
			return g
		}},
		{"foreign output", "output 0 is not bound", func(g *graph.Graph) *graph.Graph {
			return g.Rewire(g.In, other.Out)
		}},
		{"open", "operand 0 of sin", func(g *graph.Graph) *graph.Graph { return g.Rewire(nil, g.Out) }},
		{"aval", "sin gives [f32[2]], recorded as [f32[3]]", func(g *graph.Graph) *graph.Graph {
			g.Eqns[0].Out[0].Shape = []int{3}
			return g
		}},
		{"ill typed", "takes integers, not float32", func(g *graph.Graph) *graph.Graph {
			g.Eqns[0].Op = graph.OpClz
			return g
		}},
		{"arity", "takes 2 operands, not 1", func(g *graph.Graph) *graph.Graph {
			g.Eqns[1].In = g.Eqns[1].In[:1]
			return g
		}},
		{"definition", "does not know its equation", func(g *graph.Graph) *graph.Graph {
			g.Eqns[0].Out[0].Def = g.Eqns[1]
			return g
		}},
		{"inside", "operand 0 of sin", func(*graph.Graph) *graph.Graph {
			inner := build()
			g := graph.Build([]graph.Aval{a}, func(b builder, in []value) []value { return b.Call("f", inner, in[0]) })
			inner.Eqns[0].In[0] = other.Out[0]
			return g
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := graph.Check(row.spoil(build()))
			require.Error(t, err)
			assert.Contains(t, err.Error(), row.want)
		})
	}
}

// spoiled is sin(x)*x with its equations in the wrong order.
func spoiled(g *graph.Graph) *graph.Graph {
	s := g.Rewire(g.In, g.Out)
	s.Eqns = []*graph.Eqn{g.Eqns[1], g.Eqns[0]}
	return s
}

// A transform that makes a broken graph is caught as it returns, by its name.
func TestCheckTransforms(t *testing.T) {
	assert.True(t, graph.Checking(""), "not on in tests")
	assert.True(t, graph.Checking("1"))
	assert.False(t, graph.Checking("0"))

	a := graph.Aval{DType: graph.Float32, Shape: []int{2}}
	build := func() *graph.Graph {
		return graph.Build([]graph.Aval{a}, func(b builder, in []value) []value { return []value{b.Mul(b.Sin(in[0]), in[0])} })
	}
	type parts struct {
		known  *graph.Graph
		staged *struct{ graphs []*graph.Graph }
	}
	for _, row := range []struct {
		name, want string
		do         func()
	}{
		{"remembered", "twist made a broken graph: graph: operand 0 of mul (check_test.go:", func() {
			g := build()
			graph.Remember(g, graph.Key("twist", []bool{true}), func() *graph.Graph { return spoiled(g) })
		}},
		{"in parts", "twist.staged.graphs made a broken graph: graph: operand 0 of mul (check_test.go:", func() {
			g := build()
			graph.Remember(g, "twist 1 2", func() parts {
				return parts{g, &struct{ graphs []*graph.Graph }{[]*graph.Graph{g, spoiled(g)}}}
			})
		}},
		{"given", "trim was given a broken graph: graph: operand 0 of mul (check_test.go:", func() {
			graph.Simplify(spoiled(build()))
		}},
		{"built", "graph_test.TestCheckTransforms made a broken graph: graph: output 0 is not bound", func() {
			other := build()
			graph.Build([]graph.Aval{a}, func(b builder, in []value) []value { return other.Out })
		}},
		{"traced", "Jit made a broken graph: graph: operand 0 of mul (check_test.go:", func() { graph.Made("Jit", spoiled(build()), nil) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			defer func() {
				bug, ok := recover().(graph.Bug)
				require.True(t, ok, "not caught")
				assert.Contains(t, bug.Msg, row.want)
			}()
			row.do()
		})
	}

	defer graph.SetChecks(false)()
	g := build()
	graph.Remember(g, "twist", func() *graph.Graph { return spoiled(g) })
}
