package ad_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/jacobi-go/jacobi/ad"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/graph/interp"
)

// Every op, by the cases there are of it, to second order.
func TestCases(t *testing.T) {
	seen := map[graph.Op]bool{}
	for _, c := range graphtest.Cases() {
		seen[c.Op] = true
		t.Run(c.Name, func(t *testing.T) {
			r := graphtest.Seeded(t)
			g, x := c.Graph(), c.Sample(r)
			if narrow(g) {
				likeWide(t, g, x, r)
				return
			}
			lawsFor(t, g, x, wrt(g), r, c.Smooth, 1)
		})
	}
	seen[graph.OpCustomLin] = true // stands between jvp and transpose only
	seen[graph.OpCallback] = true  // calls what is not in the graph
	for op := range graph.NumOps {
		if !seen[op] {
			t.Errorf("%v: no case", op)
		}
	}
}

// wrt marks the inputs that g can be differentiated for: all floats, but for
// the order of polygamma and the updates that a scatter multiplies with and
// that may meet.
func wrt(g *graph.Graph) []bool {
	mask := graph.Differentiable(g.In)
	for _, e := range g.Eqns {
		if e.Op == graph.OpPolygamma {
			if i := slices.Index(g.In, e.In[0]); i >= 0 {
				mask[i] = false
			}
		}
		if p, ok := e.Params.(graph.ScatterParams); ok && p.Combine == graph.CombineMul && !p.Unique {
			mask[2] = false
		}
	}
	return mask
}

func narrow(g *graph.Graph) bool {
	return slices.ContainsFunc(slices.Concat(g.In, g.Out), func(v V) bool { return v.DType.Differentiable() && v.DType != wide(v.DType) })
}

func wide(d graph.DType) graph.DType {
	switch {
	case d.IsFloat():
		return graph.Float64
	case d.IsComplex():
		return graph.Complex128
	}
	return d
}

// likeWide compares the derivatives of g with those of the same graph in double
// precision, to the second order.
func likeWide(t *testing.T, g *graph.Graph, x []T, r *rand.Rand) {
	all := wrt(g)
	w := widen(g)
	if w == nil || graph.Count(all) == 0 {
		lawsFor(t, g, x, all, r, false, 1)
		return
	}
	lawsFor(t, g, x, all, r, false, 0)
	tol := tolerance(g)
	for range 2 {
		dx := directions(r, graph.Pick(all, graph.Avals(g.In)), 1+1i)
		if !hasCustomVJP(g) {
			j, _ := ad.JVP(g, all)
			jw, _ := ad.JVP(w, all)
			compareWide(t, "jvp", j, jw, slices.Concat(x, dx), tol)
		}

		ct := directions(r, graph.Pick(graph.Differentiable(g.Out), graph.Avals(g.Out)), 1+1i)
		g, w = ad.VJP(g, all), ad.VJP(w, all)
		x = slices.Concat(x, ct)
		compareWide(t, "vjp", g, w, x, tol)
		all = append(slices.Clone(all), graph.Fill(true, len(ct))...)
	}
}

// compareWide compares g with w, which is g in double precision. Where half
// precision overflows, there is nothing to compare.
func compareWide(t *testing.T, what string, g, w *graph.Graph, x []T, tol float64) {
	t.Helper()
	got, want := wideTensors(interp.Eval(g, x...)), interp.Eval(w, wideTensors(x)...)
	for i, y := range got {
		for k, n := range y.Data {
			if g.Out[i].DType == graph.Float16 && math.IsInf(real(n.C), 0) {
				want[i].Data[k] = n
			}
		}
	}
	compare(t, g, what+" and that in double precision", got, want, tol)
}

func wideTensors(ts []T) []T {
	out := make([]T, len(ts))
	for i, x := range ts {
		out[i] = T{Aval: x.With(wide(x.DType)), Data: x.Data}
	}
	return out
}

// widen is g with double precision for every float; nil if it has an op that is
// about the bits of a float.
func widen(g *graph.Graph) *graph.Graph {
	var b graph.Builder
	env := graph.NewEnv[V](g)
	for _, v := range g.In {
		env.Set(v, b.Input(v.With(wide(v.DType))))
	}
	for _, e := range g.Eqns {
		params := e.Params
		switch p := params.(type) {
		case graph.LiteralParams:
			p.DType = wide(p.DType)
			params = p
		case graph.ConvertParams:
			p.DType = wide(p.DType)
			params = p
		case graph.IotaParams:
			p.DType = wide(p.DType)
			params = p
		case graph.DotParams:
			p.Prefer = wide(p.Prefer)
			params = p
		case graph.BitcastParams, graph.ReducePrecisionParams:
			return nil
		}
		if e.Op == graph.OpNextAfter {
			return nil
		}
		params = graph.WithGraphs(params, widen)
		env.Bind(e.Out, b.Emit(e.Op, params, env.Lookup(e.In)...))
	}
	return b.Graph(env.Lookup(g.Out)...)
}
