package graph

import "fmt"

// CallParams: Graph is applied to the operands. A call keeps a graph that is
// used many times one function in the compiled program.
type CallParams struct {
	Name  string
	Graph *Graph
}

func (p CallParams) fields(c *codec) Params {
	c.String("name", &p.Name)
	c.Graph("jaxpr", &p.Graph)
	return c.done(p)
}

func (b *Builder) Call(name string, g *Graph, in ...*Value) []*Value {
	return b.Emit(OpCall, CallParams{name, g}, in...)
}

func inferCall(e *Eqn) ([]Aval, error) { return apply(e.Params.(CallParams).Graph, e.In) }

// apply checks that g takes operands in and returns what it gives.
func apply(g *Graph, in []*Value) ([]Aval, error) {
	if len(g.In) != len(in) {
		return nil, fmt.Errorf("the graph takes %d operands, %d given", len(g.In), len(in))
	}
	for i, v := range g.In {
		if !v.Aval.Equal(in[i].Aval) {
			return nil, fmt.Errorf("the graph takes %v as operand %d, %v given", v.Aval, i, in[i].Aval)
		}
	}
	return Avals(g.Out), nil
}

// Effectful reports whether running g does something beside computing its
// outputs. No op has effects of its own yet.
func (g *Graph) Effectful() bool { return false }
