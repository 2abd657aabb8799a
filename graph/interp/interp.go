package interp

import "jacobi/graph"

// An evaluator computes the results of an equation.
type evaluator func(e *graph.Eqn, in []Tensor) []Tensor

// evaluators is filled in init: those of ops that hold graphs reach it.
var evaluators [graph.NumOps]evaluator

func init() {
	for _, family := range []map[graph.Op]evaluator{elementwiseOps, structuralOps, indexingOps, reduceOps, sortOps, dotOps, linalgOps, controlOps} {
		for op, f := range family {
			evaluators[op] = f
		}
	}
}

// Eval runs g.
func Eval(g *graph.Graph, in ...Tensor) []Tensor {
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
		bind(e.Op.String()+": result", e.Out, f(e, env.Lookup(e.In)))
	}
	return env.Lookup(g.Out)
}

// one makes an evaluator of a function that gives the elements of the only
// result, before they are rounded to its dtype.
func one(f func(e *graph.Eqn, in []Tensor, out Tensor)) evaluator {
	return func(e *graph.Eqn, in []Tensor) []Tensor {
		out := Zeros(e.Out[0].Aval)
		f(e, in, out)
		for i := range out.Data {
			out.Data[i] = out.Data[i].Round(out.DType)
		}
		return []Tensor{out}
	}
}
