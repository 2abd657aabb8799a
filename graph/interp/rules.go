package interp

import "github.com/jacobi-go/jacobi/graph"

// An evaluator computes the results of an equation.
type evaluator func(h Host, e *graph.Eqn, in []Tensor) []Tensor

// evaluators is filled in init: those of ops that hold graphs reach it.
var evaluators [graph.NumOps]evaluator

func init() {
	fill(&evaluators, elementwiseOps, structuralOps, indexingOps, reduceOps, sortOps, dotOps, linalgOps,
		controlOps, checkpointOps, customOps, callbackOps, linearsolveOps, nameOps)
}

// fill puts the families into one table.
func fill(table *[graph.NumOps]evaluator, families ...map[graph.Op]evaluator) {
	for _, family := range families {
		for op, f := range family {
			if table[op] != nil {
				graph.Bugf("%v has two evaluators", op)
			}
			table[op] = f
		}
	}
}

// pure makes an evaluator of a function of the operands.
func pure(f func(e *graph.Eqn, in []Tensor) []Tensor) evaluator {
	return func(_ Host, e *graph.Eqn, in []Tensor) []Tensor { return f(e, in) }
}

// one makes an evaluator of a function that gives the elements of the only
// result, before they are rounded to its dtype.
func one(f func(e *graph.Eqn, in []Tensor, out Tensor)) evaluator {
	return pure(func(e *graph.Eqn, in []Tensor) []Tensor {
		out := Zeros(e.Out[0].Aval)
		f(e, in, out)
		for i := range out.Data {
			out.Data[i] = out.Data[i].Round(out.DType)
		}
		return []Tensor{out}
	})
}

// inside makes an evaluator of the graph that is evaluated on the operands.
func inside[P graph.Params](g func(P) *graph.Graph) evaluator {
	return func(h Host, e *graph.Eqn, in []Tensor) []Tensor { return h.Eval(g(e.Params.(P)), in...) }
}
