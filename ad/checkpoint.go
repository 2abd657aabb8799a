package ad

import (
	"fmt"
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

func jvpCheckpoint(b B, e E, x, dx []V) (y, dy []V) {
	p := e.Params.(graph.CheckpointParams)
	var out []bool
	p.Graph, out = jvp(p.Graph, present(dx), nil)
	res := b.Checkpoint(p, slices.Concat(x, pack(dx))...)
	return res[:len(e.Out)], unpack(out, res[len(e.Out):])
}

// The known part returns, beside its outputs, only the values the policy
// saves, and results of effects. The rest gets those and the known operands, and
// computes the other residuals again: not effects, which have happened.
func splitCheckpoint(k B, e E, x []V) (y, res []V, rest func(s B, res, in []V) []V) {
	params := e.Params.(graph.CheckpointParams)
	type split struct {
		*parts
		run   *graph.Graph // known operands -> known outputs, saved
		again *graph.Graph // known operands in mask reads, saved, unknown operands -> unknown outputs
		reads []bool
	}
	p := graph.Remember(params.Graph, graph.Key(fmt.Sprintf("splitCheckpoint %v %v %q", params.SaveAll, params.SaveDots, params.SaveNamed), absent(x)), func() split {
		p := split{parts: partialEval(params.Graph, absent(x), nil)}
		eqns, saved := onTheWay(p.known, p.residuals(p.known.In, p.known.Out), func(e E) bool {
			return params.Saves(e) || !graph.Repeatable(e)
		})
		n := graph.Count(graph.Not(p.unknown))
		p.run = graph.Simplify(p.known.Rewire(p.known.In, slices.Concat(p.known.Out[:n], saved)))
		all := graph.Build(graph.Avals(slices.Concat(p.known.In, saved, p.staged.In[len(p.res):])), func(b B, in []V) []V {
			c := cut(in, len(p.known.In), len(saved), len(in)-len(p.known.In)-len(saved))
			env := map[V]V{}
			bind := func(vs, to []V) {
				for i, v := range vs {
					env[v] = to[i]
				}
			}
			read := func(vs []V) []V {
				out := make([]V, len(vs))
				for i, v := range vs {
					out[i] = env[v]
				}
				return out
			}
			bind(p.known.In, c[0])
			bind(saved, c[1])
			for _, e := range eqns {
				b.At(e)
				bind(e.Out, b.Emit(e.Op, e.Params, read(e.In)...))
			}
			bind(saved, c[1]) // an equation with a saved and another output gave its own
			return b.Inline(p.staged, slices.Concat(read(p.residuals(p.known.In, p.known.Out)), c[2])...)
		})
		keep := append(graph.Fill(false, len(p.known.In)), graph.Fill(true, len(all.In)-len(p.known.In))...)
		t := graph.Trim(graph.Simplify(graph.Pure(all)), graph.Fill(true, len(all.Out)), keep)
		p.again, p.reads = t.Graph, t.In[:len(p.known.In)]
		return p
	})
	params.Graph = p.run
	out := k.Checkpoint(params, pack(x)...)
	n := graph.Count(graph.Not(p.unknown))
	res = slices.Concat(graph.Pick(p.reads, pack(x)), out[n:])
	return unpack(graph.Not(p.unknown), out[:n]), res, func(s B, res, in []V) []V {
		params.Graph, params.Recomputes = p.again, true
		return unpack(p.unknown, s.Checkpoint(params, slices.Concat(res, pack(in))...))
	}
}

// onTheWay returns the equations of g that compute want from g's inputs and from
// saved: the values on the way that saves chooses.
func onTheWay(g *graph.Graph, want []V, saves func(*graph.Eqn) bool) (eqns []*graph.Eqn, saved []V) {
	need := map[V]bool{}
	for _, v := range want {
		need[v] = true
	}
	for _, e := range slices.Backward(g.Eqns) {
		live := slices.ContainsFunc(e.Out, func(v V) bool { return need[v] })
		switch {
		case !live:
		case saves(e):
			for _, v := range e.Out {
				if need[v] {
					saved = append(saved, v)
				}
			}
		default:
			eqns = append(eqns, e)
			for _, v := range e.In {
				need[v] = true
			}
		}
	}
	slices.Reverse(eqns)
	slices.Reverse(saved)
	return eqns, saved
}

func transposeCheckpoint(b B, e E, ct, x []V) []V {
	p := e.Params.(graph.CheckpointParams)
	var out []bool
	p.Graph, out = Transpose(p.Graph, absent(x), present(ct), nil)
	return unpack(absent(x), unpack(out, b.Checkpoint(p, slices.Concat(pack(x), pack(ct))...)))
}
