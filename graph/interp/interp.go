package interp

import "github.com/jacobi-go/jacobi/graph"

// Eval runs g, in which nothing may call the host for a result.
func Eval(g *graph.Graph, in ...Tensor) []Tensor {
	return Host(func(p graph.CallbackParams, in []Tensor) []Tensor {
		if len(p.Out) > 0 {
			graph.Bugf("callback %s has no function here", p.Name)
		}
		return nil
	}).Eval(g, in...)
}

// A Host is what callbacks do: it gives their results.
type Host func(p graph.CallbackParams, in []Tensor) []Tensor

// Eval runs g.
func (h Host) Eval(g *graph.Graph, in ...Tensor) []Tensor {
	if len(in) != len(g.In) {
		graph.Bugf("evaluating a graph of %d inputs on %d", len(g.In), len(in))
	}
	env := graph.NewEnv[Tensor](g)
	bind := func(what string, vs []*graph.Value, ts []Tensor) {
		for i, t := range ts {
			if !t.Equal(vs[i].Aval) || len(t.Data) != t.Size() {
				graph.Bugf("%s %d is %v, evaluated as %v with %d elements", what, i, vs[i].Aval, t.Aval, len(t.Data))
			}
		}
		env.Bind(vs, ts)
	}
	bind("input", g.In, in)
	for _, e := range g.Eqns {
		f := evaluators[e.Op]
		if f == nil {
			graph.Bugf("%v has no evaluator", e.Op)
		}
		bind(e.Op.String()+": result", e.Out, f(h, e, env.Lookup(e.In)))
	}
	return env.Lookup(g.Out)
}
