package jacobi

import (
	"slices"

	"github.com/jacobi-go/jacobi/ad"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// JVP pushes a tangent forward: it returns f(primal) and its derivative in the
// direction tangent. nil arrays in the tangent are zero; integers and bools
// have none. The derivative has the shapes and dtypes of the value; a tangent
// that differs from the primal in tree, shapes or dtypes is an error. It is
// jax.jvp.
func JVP[P, Q any](f func(P) Q, primal, tangent P) (Q, Q) {
	refuseNil("JVP", "f", f == nil)
	y, dy, _ := jvp("JVP", alone(f), primal, tangent)
	return y, dy
}

// JVPAux is JVP for a function that also returns something that is not
// differentiated: any tree, returned last. See JVP. It is jax.jvp with
// has_aux=True.
func JVPAux[P, Q, A any](f func(P) (Q, A), primal, tangent P) (Q, Q, A) {
	refuseNil("JVPAux", "f", f == nil)
	return jvp("JVPAux", f, primal, tangent)
}

func jvp[P, Q, A any](op string, f func(P) (Q, A), primal, tangent P) (y, dy Q, aux A) {
	s := stageAux(ops.Staging{Name: op, Mode: ops.Forward}, f, primal)
	dx := tangents(op, "tangent", s.in, graph.Avals(s.own()), flattenLike(op, "the value", s.in.structure, "the tangent", tangent))
	nonzero, of := s.inputs(present(dx)), s.differentiated()
	key := graph.Key("jvp", nonzero, of)
	fwd := ops.Memo(key+s.graph.Fingerprint(), s.args, func() forward {
		j, out := ad.JVPOf(s.graph, nonzero, of)
		return forward{j, out}
	})
	in := slices.Concat(s.args, graph.Pick(present(dx), dx))
	res := s.run("jvp", func() *graph.Graph { return fwd.Graph }, in, nonzero, of)
	y, aux = unpack[Q, A](s, s.marked(res))
	dy = unflatten[Q](s.out.structure, s.out.spread(spreadTangents(s, fwd.out, res[len(s.graph.Out):])))
	return y, dy, aux
}

// unpack makes trees of all results of a staged function.
func unpack[Q, A any](s *staged, all []*Array) (Q, A) {
	n := len(s.out.weak)
	return unflatten[Q](s.out.structure, s.out.spread(all[:n:n])), unflatten[A](s.aux.structure, s.aux.spread(all[n:]))
}

type forward struct {
	*graph.Graph
	out []bool
}

// spreadTangents makes zero tangents real, and leaves integers without.
func spreadTangents(s *staged, mask []bool, dy []*Array) []*Array {
	out := make([]*Array, len(s.results()))
	k := 0
	for i, v := range s.results() {
		switch {
		case mask[i]:
			out[i] = dy[k]
			k++
		case v.DType.Differentiable():
			out[i] = zeros(v.Aval)
		default:
			continue
		}
		ops.SetWeak(out[i:i+1], s.out.weak[i:])
	}
	return out
}

// linearized is a function that was linearized, without the arrays.
type linearized struct {
	*staged
	lin *ad.Linear // of an equal graph, whose lines may be another function's
	wrt []bool
}

// linearizeAt returns f linearized at a point, its results there, and what its
// derivative needs.
func linearizeAt[P, Q, A any](st ops.Staging, f func(P) (Q, A), primal P) (l *linearized, y Q, aux A, res []*Array) {
	l = &linearized{staged: stageAux(st, f, primal)}
	l.wrt = l.staged.wrt()
	wrt, of, args := l.inputs(l.wrt), l.differentiated(), l.args
	key := graph.Key("linearize", wrt, of)
	l.lin = ops.Memo(key+l.graph.Fingerprint(), args, func() *ad.Linear { return ad.LinearizeOf(l.graph, wrt, of) })
	out := ops.Run("linearize", key, l.lin.Primal, func() *graph.Graph { return l.lin.Primal }, args)
	l.args = nil // it keeps the residuals only
	y, aux = unpack[Q, A](l.staged, l.marked(out))
	return l, y, aux, ad.Residuals(l.lin, args, out)
}

// withOwnLines is use(l.lin); an error names lines of l's own function.
func withOwnLines[T any](l *linearized, use func(*ad.Linear) T) (y T) {
	if err := graph.Try(func() { y = use(l.lin) }); err != nil {
		return use(ad.LinearizeOf(l.graph, l.lin.In, l.differentiated()))
	}
	return y
}

// Linearize returns f(primal) and the linear map of tangents there, for many
// tangents at one point: what does not depend on them is computed once. For
// shapes, dtypes and errors see JVP. It is jax.linearize.
func Linearize[P, Q any](f func(P) Q, primal P) (Q, func(P) Q) {
	refuseNil("Linearize", "f", f == nil)
	y, lin, _ := linearize("Linearize", alone(f), primal)
	return y, lin
}

// LinearizeAux is Linearize for a function that also returns something that is
// not differentiated: any tree, returned last. See Linearize. It is
// jax.linearize with has_aux=True.
func LinearizeAux[P, Q, A any](f func(P) (Q, A), primal P) (Q, func(P) Q, A) {
	refuseNil("LinearizeAux", "f", f == nil)
	return linearize("LinearizeAux", f, primal)
}

func linearize[P, Q, A any](op string, f func(P) (Q, A), primal P) (Q, func(P) Q, A) {
	l, y, aux, res := linearizeAt(ops.Staging{Name: op, Mode: ops.Forward}, f, primal)
	t := withOwnLines(l, func(lin *ad.Linear) *graph.Graph {
		ad.RefuseCustomLin(lin.Tangent)
		return lin.Tangent
	})
	return y, func(tangent P) Q {
		leaves := flattenLike(op, "the value", l.in.structure, "the tangent", tangent)
		given := tangents(op, "tangent", l.in, graph.Avals(l.own()), leaves)
		in := res[:len(res):len(res)]
		for i, v := range l.own() {
			if l.wrt[i] {
				if given[i] == nil {
					given[i] = zeros(v.Aval)
				}
				in = append(in, given[i])
			}
		}
		dy := ops.Run("linearized", "", t, func() *graph.Graph { return t }, in)
		return unflatten[Q](l.out.structure, l.out.spread(spreadTangents(l.staged, l.lin.Out, dy)))
	}, aux
}

// LinearTranspose transposes a function that is linear in its argument; of
// example only shapes and dtypes matter, which are those of what the transposed
// function returns. A function that is not linear, and integers, are errors. It
// is jax.linear_transpose.
func LinearTranspose[P, Q any](f func(P) Q, example P) func(Q) P {
	refuseNil("LinearTranspose", "f", f == nil)
	s := stage(ops.Staging{Name: "LinearTranspose", Mode: ops.Reverse}, f, example)
	wrt := s.wrt()
	for i, v := range s.own() {
		if !wrt[i] {
			panic(graph.Errorf(graph.ErrNotLinear, "LinearTranspose", "%s is %v; only functions of floats are linear", pathName(s.in.path(i)), v.Aval))
		}
	}
	return func(ct Q) P {
		leaves := flattenLike("LinearTranspose", "the result", s.out.structure, "the cotangent", ct)
		given := tangents("LinearTranspose", "cotangent", s.out, graph.Avals(s.graph.Out), leaves)
		for i, v := range s.graph.Out {
			if given[i] == nil && v.DType.Differentiable() {
				given[i] = zeros(v.Aval)
			}
		}
		in := slices.Concat(s.args[:s.consts], graph.Pick(present(given), given))
		linear := s.inputs(wrt)
		cts := s.run("linear_transpose", func() *graph.Graph { return ad.LinearTranspose(s.graph, linear) }, in, linear)
		return unflatten[P](s.in.structure, s.in.spread(spreadGrads(s, wrt, cts)))
	}
}
