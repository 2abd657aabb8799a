package jacobi

import (
	"slices"
	"sync"

	"jacobi/ad"
	"jacobi/array"
	"jacobi/graph"
)

// JVP pushes a tangent forward: it returns f(primal) and its derivative in the
// direction tangent. nil arrays in the tangent are zero; integers and bools
// have none.
func JVP[P, Q any](f func(P) Q, primal, tangent P) (Q, Q) {
	s := stage("JVP", array.Forward, f, primal)
	dx := tangents("JVP", "tangent", s.in, graph.Avals(s.own()), flattenLike("JVP", s.in.structure, tangent))
	nonzero := s.inputs(present(dx))
	key := graph.Key("jvp", nonzero)
	fwd := array.Memo(key+s.graph.Fingerprint(), s.operands(), func() forward {
		j, out := ad.JVP(s.graph, nonzero)
		return forward{j, out}
	})
	in := s.operands(graph.Pick(present(dx), dx)...)
	res := s.run(key, func() *graph.Graph { return fwd.Graph }, in)
	n := len(s.graph.Out)
	y := array.SetWeak(res[:n:n], s.out.weak)
	dy := spreadTangents(s, fwd.out, res[n:])
	return unflatten[Q](s.out.structure, s.out.spread(y)), unflatten[Q](s.out.structure, s.out.spread(dy))
}

type forward struct {
	*graph.Graph
	out []bool
}

// spreadTangents makes zero tangents real, and leaves integers without.
func spreadTangents(s *staged, mask []bool, dy []*Array) []*Array {
	out := make([]*Array, len(mask))
	k := 0
	for i, v := range s.graph.Out {
		switch {
		case mask[i]:
			out[i] = dy[k]
			k++
		case v.DType.Differentiable():
			out[i] = zeros(v.Aval)
		default:
			continue
		}
		array.SetWeak(out[i:i+1], s.out.weak[i:])
	}
	return out
}

// linearized is f at a point: its value, and what its derivative there needs.
type linearized struct {
	*staged
	lin *ad.Linear
	y   []*Array // the packed results
	res []*Array // residuals
	wrt []bool
}

func linearizeAt[P, Q any](op string, mode array.Mode, f func(P) Q, primal P) *linearized {
	l := &linearized{staged: stage(op, mode, f, primal)}
	l.wrt = l.staged.wrt()
	wrt, args := l.inputs(l.wrt), l.operands()
	key := graph.Key("linearize", wrt)
	l.lin = array.Memo(key+l.graph.Fingerprint(), args, func() *ad.Linear { return ad.Linearize(l.graph, wrt) })
	out := array.Run(key, l.lin.Primal, func() *graph.Graph { return l.lin.Primal }, args)
	n := len(l.graph.Out)
	l.y = array.SetWeak(out[:n:n], l.out.weak)
	l.res = ad.Residuals(l.lin, args, out)
	return l
}

// VJP returns f(primal) and the pullback, which maps a cotangent of the result
// to one of the argument. It can be called many times, mapped and compiled.
// nil arrays in the cotangent it is given are zero; it returns nil for integers
// and bools.
func VJP[P, Q any](f func(P) Q, primal P) (Q, func(Q) P) {
	l := linearizeAt("VJP", array.Later, f, primal)
	trace := sync.OnceFunc(l.traceRules)
	return unflatten[Q](l.out.structure, l.out.spread(l.y)), func(ct Q) P {
		leaves := flattenLike("VJP", l.out.structure, ct)
		given := tangents("VJP", "cotangent", l.out, graph.Avals(l.graph.Out), leaves)
		trace()
		in := l.res[:len(l.res):len(l.res)]
		for i, v := range l.graph.Out {
			if l.lin.Out[i] {
				if given[i] == nil {
					given[i] = zeros(v.Aval)
				}
				in = append(in, given[i])
			}
		}
		t := l.lin.Transpose()
		cts := array.Run("", t, func() *graph.Graph { return t }, in)
		return unflatten[P](l.in.structure, l.in.spread(spreadGrads(l.staged, l.wrt, cts)))
	}
}

// traceRules traces the backward rules that were left for later. What they
// close over becomes residuals.
func (l *linearized) traceRules() {
	t := l.lin.Tangent
	if !slices.ContainsFunc(t.Eqns, isLazy) {
		return
	}
	rules := map[*graph.Eqn]*graph.Graph{}
	extra := map[*graph.Eqn]int{}
	var all []*Array
	for _, e := range t.Eqns {
		if isLazy(e) {
			bwd, captured := e.Params.(graph.CustomLinParams).Lazy.Trace()
			rules[e], extra[e] = bwd, len(captured)
			for _, c := range captured {
				all = append(all, c.(*Array))
			}
		}
	}
	l.res = slices.Concat(all, l.res)
	l.lin = l.lin.WithTangent(graph.Build(slices.Concat(avals(all), graph.Avals(t.In)), func(b array.B, in []array.V) []array.V {
		env := graph.NewEnv[array.V](t)
		captured, own := in[:len(all)], in[len(all):]
		env.Bind(t.In, own)
		for _, e := range t.Eqns {
			b.At(e)
			args, params := env.Lookup(e.In), e.Params
			if bwd := rules[e]; bwd != nil {
				p, k := e.Params.(graph.CustomLinParams), extra[e]
				args = slices.Concat(captured[:k], args)
				params = graph.CustomLinParams{Bwd: bwd, Res: p.Res + k, Out: p.Out}
				captured = captured[k:]
			}
			env.Bind(e.Out, b.Emit(e.Op, params, args...))
		}
		return env.Lookup(t.Out)
	}))
}

func isLazy(e *graph.Eqn) bool {
	p, ok := e.Params.(graph.CustomLinParams)
	return ok && p.Lazy != nil
}

// Linearize returns f(primal) and the linear map of tangents there, for many
// tangents at one point: what does not depend on them is computed once.
func Linearize[P, Q any](f func(P) Q, primal P) (Q, func(P) Q) {
	l := linearizeAt("Linearize", array.Forward, f, primal)
	ad.RefuseCustomLin(l.lin.Tangent)
	return unflatten[Q](l.out.structure, l.out.spread(l.y)), func(tangent P) Q {
		leaves := flattenLike("Linearize", l.in.structure, tangent)
		given := tangents("Linearize", "tangent", l.in, graph.Avals(l.own()), leaves)
		in := l.res[:len(l.res):len(l.res)]
		for i, v := range l.own() {
			if l.wrt[i] {
				if given[i] == nil {
					given[i] = zeros(v.Aval)
				}
				in = append(in, given[i])
			}
		}
		t := l.lin.Tangent
		dy := array.Run("", t, func() *graph.Graph { return t }, in)
		return unflatten[Q](l.out.structure, l.out.spread(spreadTangents(l.staged, l.lin.Out, dy)))
	}
}

// LinearTranspose transposes a function that is linear in its argument; of
// example only shapes and dtypes matter.
func LinearTranspose[P, Q any](f func(P) Q, example P) func(Q) P {
	s := stage("LinearTranspose", array.Reverse, f, example)
	wrt := s.wrt()
	for i, v := range s.own() {
		if !wrt[i] {
			panic(graph.Errorf("LinearTranspose", "%s is %v; only functions of floats are linear", pathName(s.in.path(i)), v.Aval))
		}
	}
	return func(ct Q) P {
		leaves := flattenLike("LinearTranspose", s.out.structure, ct)
		given := tangents("LinearTranspose", "cotangent", s.out, graph.Avals(s.graph.Out), leaves)
		for i, v := range s.graph.Out {
			if given[i] == nil && v.DType.Differentiable() {
				given[i] = zeros(v.Aval)
			}
		}
		in := slices.Concat(s.captured, graph.Pick(present(given), given))
		linear := s.inputs(wrt)
		cts := s.run(graph.Key("linear_transpose", linear), func() *graph.Graph { return ad.LinearTranspose(s.graph, linear) }, in)
		return unflatten[P](s.in.structure, s.in.spread(spreadGrads(s, wrt, cts)))
	}
}
