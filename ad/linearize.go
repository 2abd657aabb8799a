package ad

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

// A Linear is a graph x -> y linearized: its derivative at x, apart from the
// work that depends on x alone.
type Linear struct {
	Primal  *graph.Graph // x -> y, then the residuals found nowhere else
	Tangent *graph.Graph // residuals, dx -> dy; linear in dx
	In, Out []bool       // the x and y that have a dx and dy
	res     []int        // residual i is number res[i] of (x, results of Primal)
}

// Linearize splits the JVP of g into what x determines and what is linear in
// the tangents of the inputs in mask nonzero.
func Linearize(g *graph.Graph, nonzero []bool) *Linear {
	return LinearizeOf(g, nonzero, graph.Fill(true, len(g.Out)))
}

// LinearizeOf is Linearize for the y in mask of: the others have no dy, whether
// or not they depend on x.
func LinearizeOf(g *graph.Graph, nonzero, of []bool) *Linear {
	return graph.Remember(g, graph.Key("Linearize", nonzero, of), func() *Linear {
		j, out := jvpOf(g, nonzero, of)
		p := partialEval(j, lastN(graph.Count(nonzero), len(j.In)), lastN(graph.Count(out), len(j.Out)))
		if graph.Count(p.unknown[:len(g.Out)]) > 0 {
			graph.Bugf("a result depends on a tangent")
		}
		return &Linear{Primal: p.known, Tangent: p.staged, In: nonzero, Out: out, res: p.res}
	})
}

// Residuals picks the residuals from what Primal was called with and all that
// it returned.
func Residuals[T any](l *Linear, in, out []T) []T { return pickResiduals(l.res, in, out) }

// Transpose returns the graph (residuals, ct of dy) -> ct of dx, zeros made
// real.
func (l *Linear) Transpose() *graph.Graph { return graph.Simplify(l.pullback()) }

// pullback is Transpose as a part of a graph that is simplified as a whole.
func (l *Linear) pullback() *graph.Graph {
	n := graph.Count(l.In)
	t, _ := transpose(l.Tangent, lastN(n, len(l.Tangent.In)), graph.Fill(true, len(l.Tangent.Out)), graph.Fill(true, n))
	return t
}

// parts of a graph g, such that g is known, then staged.
type parts struct {
	known   *graph.Graph // known inputs -> known outputs, then residuals found nowhere else
	staged  *graph.Graph // residuals, unknown inputs -> unknown outputs
	unknown []bool       // for each output of g
	res     []int        // residual i is number res[i] of (known inputs, known.Out)
}

// residuals picks them from what known was called with and what it returned.
func (p *parts) residuals(in, out []V) []V { return pickResiduals(p.res, in, out) }

func pickResiduals[T any](which []int, in, out []T) []T {
	res := make([]T, len(which))
	for i, r := range which {
		if r < len(in) {
			res[i] = in[r]
		} else {
			res[i] = out[r-len(in)]
		}
	}
	return res
}

// partialEval divides g: known is what the inputs that are not in mask unknown
// determine, effects of theirs included; staged is the rest. Residuals are in
// the order in which staged first reads them; constants are not residuals, they
// are made again. Outputs in mask force are given by staged in any case.
func partialEval(g *graph.Graph, unknown, force []bool) *parts {
	return graph.Remember(g, graph.Key("partialEval", unknown, force), func() *parts {
		var k, s graph.Builder
		known, staged := graph.NewEnv[V](g), graph.NewEnv[V](g) // the values of g in k and in s
		var kIn, uIn []V
		for i, v := range g.In {
			if unknown[i] {
				staged.Set(v, s.Input(v.Aval))
				uIn = append(uIn, staged.Get(v))
			} else {
				known.Set(v, k.Input(v.Aval))
				kIn = append(kIn, known.Get(v))
			}
		}

		r := reader{s: &s, seen: map[V]V{}}
		for _, e := range g.Eqns {
			k.At(e)
			s.At(e)
			x := known.Lookup(e.In)
			switch split := rules[e.Op].split; {
			case !slices.Contains(x, nil):
				known.Bind(e.Out, emitKnown(&k, e, x))
			case split == nil:
				in := staged.Lookup(e.In)
				for i, v := range x {
					if v != nil {
						in[i] = r.read(v)
					}
				}
				staged.Bind(e.Out, s.Emit(e.Op, e.Params, in...))
			default:
				y, need, rest := split(&k, e, x)
				dy := rest(&s, r.reads(need), staged.Lookup(e.In))
				for i, v := range e.Out {
					if y[i] != nil {
						known.Set(v, y[i])
					} else {
						staged.Set(v, dy[i])
					}
				}
			}
		}

		p := &parts{unknown: make([]bool, len(g.Out))}
		var kOut, uOut []V
		for i, v := range g.Out {
			y := known.Get(v)
			if p.unknown[i] = y == nil || force != nil && force[i]; !p.unknown[i] {
				kOut = append(kOut, y)
			} else if y == nil {
				uOut = append(uOut, staged.Get(v))
			} else {
				uOut = append(uOut, r.read(y))
			}
		}
		where := map[V]int{}
		for i, v := range slices.Concat(kIn, kOut) {
			if _, ok := where[v]; !ok {
				where[v] = i
			}
		}
		for _, v := range r.res {
			if _, ok := where[v]; !ok {
				where[v] = len(kIn) + len(kOut)
				kOut = append(kOut, v)
			}
			p.res = append(p.res, where[v])
		}
		p.known = k.Graph(kOut...)
		p.staged = s.Graph().Rewire(slices.Concat(r.in, uIn), uOut)
		return p
	})
}

// A reader gives values of the known graph to the staged graph s.
type reader struct {
	s       B
	res, in []V // what is read: known values, and the inputs of s for them
	seen    map[V]V
}

func (r *reader) read(v V) V {
	to, ok := r.seen[v]
	if ok {
		return to
	}
	if constant(v) {
		in := r.reads(v.Def.In)
		to = r.s.Emit(v.Def.Op, v.Def.Params, in...)[0]
	} else {
		to = r.s.Input(v.Aval)
		r.res, r.in = append(r.res, v), append(r.in, to)
	}
	r.seen[v] = to
	return to
}

func (r *reader) reads(vs []V) []V {
	out := make([]V, len(vs))
	for i, v := range vs {
		out[i] = r.read(v)
	}
	return out
}

// constant reports whether v is cheaper to make than to keep.
func constant(v V) bool {
	if v.Def == nil {
		return false
	}
	switch v.Def.Op {
	case graph.OpLiteral, graph.OpIota:
		return true
	case graph.OpBroadcast:
		from := v.Def.In[0].Def
		return from != nil && from.Op == graph.OpLiteral
	}
	return false
}
