// Package ad differentiates graphs. Forward mode is JVP; reverse mode is
// Linearize (JVP, then split off what the tangents need), then transpose.
package ad

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

// Names from the literature, short enough for a table of rules.
type (
	B = *graph.Builder
	E = *graph.Eqn
	V = *graph.Value
)

// JVP returns the graph (x, dx) -> (y, dy), where dx has one input per true
// in nonzero and dy one output per true in out. Integers and bools have no
// tangents: nonzero is false for them.
func JVP(g *graph.Graph, nonzero []bool) (j *graph.Graph, out []bool) {
	return JVPOf(g, nonzero, graph.Fill(true, len(g.Out)))
}

// JVPOf is JVP for the y in mask of: the others have no dy, whether or not they
// depend on x.
func JVPOf(g *graph.Graph, nonzero, of []bool) (j *graph.Graph, out []bool) {
	j, out = jvpOf(g, nonzero, of)
	RefuseCustomLin(j)
	return j, out
}

func jvpOf(g *graph.Graph, nonzero, of []bool) (*graph.Graph, []bool) {
	j, out := jvp(g, nonzero, nil)
	less := slices.Clone(out)
	for i := range less {
		less[i] = out[i] && of[i]
	}
	if slices.Equal(less, out) {
		return j, out
	}
	return graph.Remember(g, graph.Key("jvpOf", nonzero, of), func() *graph.Graph {
		n := len(g.Out)
		dy := unpack(out, j.Out[n:])
		return graph.Simplify(j.Rewire(j.In, slices.Concat(j.Out[:n], graph.Pick(less, dy))))
	}), less
}

// jvp is JVP for transforms. Outputs in mask force get a tangent even if it
// is zero, which loops and branches need; nil forces none.
func jvp(g *graph.Graph, nonzero, force []bool) (*graph.Graph, []bool) {
	if graph.Count(nonzero) == 0 && graph.Count(force) == 0 {
		return g, graph.Fill(false, len(g.Out))
	}
	type result struct {
		*graph.Graph
		out []bool
	}
	r := graph.Remember(g, graph.Key("jvp", nonzero, force), func() result {
		var b graph.Builder
		primal, tangent := graph.NewEnv[V](g), graph.NewEnv[V](g)
		primal.Bind(g.In, b.Inputs(graph.Avals(g.In)))
		for _, v := range graph.Pick(nonzero, g.In) {
			mustDiffer("tangent", v)
			tangent.Set(v, b.Input(v.Aval))
		}
		for _, e := range g.Eqns {
			b.At(e)
			x, dx := primal.Lookup(e.In), tangent.Lookup(e.In)
			if allNil(dx) {
				primal.Bind(e.Out, b.Emit(e.Op, e.Params, x...))
				continue
			}
			y, dy := rules[e.Op].jvp(&b, e, x, dx)
			primal.Bind(e.Out, y)
			for i, dy := range dy {
				if dy != nil {
					tangent.Set(e.Out[i], spreadTangent(&b, e, dy, e.Out[i]))
				}
			}
		}
		b.AtPC(0)
		y, dy := primal.Lookup(g.Out), tangent.Lookup(g.Out)
		out := present(dy)
		if force != nil {
			out = graph.Or(out, force)
		}
		return result{graph.Simplify(b.Graph(append(y, pick(&b, out, dy, g.Out)...)...)), out}
	})
	return r.Graph, r.out
}

// spreadTangent gives dy the shape of y: elementwise rules compute a scalar
// tangent from scalar tangents, though y may be an array by its other operands.
func spreadTangent(b B, e E, dy, y V) V {
	if e.Op.Elementwise() && dy.Rank() == 0 && y.Rank() > 0 {
		dy = b.Broadcast(dy, y.Shape)
	}
	mustMatch(e, "tangent", dy, y)
	return dy
}

// mustMatch holds the invariant that tangents and cotangents have the avals of
// their primals, and that only floats and complex numbers have any.
func mustMatch(e E, what string, d, x V) {
	mustDiffer(what, x)
	if !d.Aval.Equal(x.Aval) {
		graph.Bugf("%v has a %s of %v for %v", e.Op, what, d.Aval, x.Aval)
	}
}

func mustDiffer(what string, x V) {
	if !x.DType.Differentiable() {
		graph.Bugf("a %s for %v", what, x.Aval)
	}
}

// addTangents adds, taking nil as zero.
func addTangents(b B, x, y V) V {
	switch {
	case x == nil:
		return y
	case y == nil:
		return x
	}
	return b.Add(x, y)
}
