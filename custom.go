package jacobi

import (
	"slices"
	"sync/atomic"

	"jacobi/graph"
	"jacobi/internal/ops"
)

// CustomJVP gives f the derivative jvp, which returns f's value and the
// derivative in the direction of the tangent. The rule must be linear in the
// tangent; then reverse mode follows from it. Tangents that f's caller leaves
// out are zeros, never nil; nil arrays in the tangent that the rule returns are
// zero.
//
// Under differentiation jvp runs and f does not, unless the rule calls it.
// Arrays may be closed over, but not differentiated: pass those in P.
func CustomJVP[P, Q any](f func(P) Q, jvp func(primal, tangent P) (Q, Q)) func(P) Q {
	return func(p P) Q { return custom("CustomJVP", f, jvp, nil, p) }
}

// CustomPartials gives f one rule for each array of P, in the order of the
// tree: the derivative is the sum of what they return for the tangent dot of
// their array. nil contributes zero.
func CustomPartials[P, Q any](f func(P) Q, rules ...func(dot *Array, out Q, in P) Q) func(P) Q {
	var self func(P) Q
	jvp := func(p, dp P) (Q, Q) {
		leaves, _ := flatten("CustomPartials", p)
		dots, _ := flatten("CustomPartials", dp)
		if len(rules) != len(leaves) {
			panic(graph.Errorf("CustomPartials", "%d rules for %d arrays; nil is the rule of one that contributes zero", len(rules), len(leaves)))
		}
		y := self(p)
		sum, first := y, true
		for i, rule := range rules {
			if rule == nil || leaves[i] == nil || !leaves[i].DType().Differentiable() {
				continue
			}
			if part := rule(dots[i], y, p); first {
				sum, first = part, false
			} else {
				sum = TreeMap2(sum, part, func(a, b *Array) *Array { return ops.Elementwise(graph.OpAdd, a, b) })
			}
		}
		if first {
			sum = TreeMap(y, func(x *Array) *Array { return zeros(ops.Aval(x)) })
		}
		return y, sum
	}
	self = func(p P) Q { return custom("CustomPartials", f, jvp, nil, p) }
	return self
}

// CustomVJP gives f a rule for reverse mode: fwd returns f's value and
// residuals, any tree; bwd returns the cotangent of the argument from them and
// the cotangent of the value, in which no array is nil. nil arrays in what it
// returns are zero. Forward mode is an error; see CustomRules.
func CustomVJP[P, Q, R any](f func(P) Q, fwd func(P) (Q, R), bwd func(R, Q) P) func(P) Q {
	rule := newReverse(fwd, bwd)
	return func(p P) Q { return custom("CustomVJP", f, nil, rule, p) }
}

// CustomRules gives f a rule for each mode.
func CustomRules[P, Q, R any](f func(P) Q, jvp func(primal, tangent P) (Q, Q), fwd func(P) (Q, R), bwd func(R, Q) P) func(P) Q {
	rule := newReverse(fwd, bwd)
	return func(p P) Q { return custom("CustomRules", f, jvp, rule, p) }
}

// custom calls f, or stages a call of it with the rule for the innermost
// transform that differentiates.
func custom[P, Q any](op string, f func(P) Q, jvp func(P, P) (Q, Q), rev *reverseRule[P, Q], p P) Q {
	leaves, s := flatten(op, p)
	in, packed := pack(s, leaves)
	if !ops.Tracing(packed...) {
		return f(p)
	}
	c := &customCall[P, Q]{op: op, in: in, args: packed}
	levels := ops.Levels(packed...)
	switch {
	case levels == "" && jvp != nil:
		return c.stageJVP(c.plain(f), nil)
	case levels == "":
		return c.stageVJP(c.plain(f))
	}
	mode := ops.Mode(levels[len(levels)-1])
	if jvp != nil && (rev == nil || mode == ops.Forward) {
		rule := c.traceJVP(jvp)
		return c.stageJVP(c.primal(rule), &rule)
	}
	return rev.stage(c, mode, slices.Contains([]byte(levels), byte(ops.Reverse)) || mode == ops.Later)
}

// A customCall is a function with a rule, being staged.
type customCall[P, Q any] struct {
	op   string
	in   packing
	args []*Array
	out  packing
}

// floats marks the arguments that have tangents.
func (c *customCall[P, Q]) floats() []bool {
	mask := make([]bool, len(c.args))
	for i, x := range c.args {
		mask[i] = x.DType().Differentiable()
	}
	return mask
}

// plain traces the function itself.
func (c *customCall[P, Q]) plain(f func(P) Q) ops.Traced {
	return ops.Stage(ops.Staging{Name: c.op, Known: c.args}, avals(c.args), c.in.weak, func(xs []*Array) []*Array {
		y, s := flatten(c.op, f(unflatten[P](c.in.structure, c.in.spread(xs))))
		var packed []*Array
		c.out, packed = pack(s, y)
		return packed
	})
}

// traceJVP traces the rule: x, dx of the floats, captured -> y, dy of the
// floats.
func (c *customCall[P, Q]) traceJVP(jvp func(P, P) (Q, Q)) ops.Traced {
	floats := c.floats()
	as, weak, known := avals(c.args), slices.Clone(c.in.weak), slices.Clone(c.args)
	for i, x := range c.args {
		if floats[i] {
			as, weak, known = append(as, ops.Aval(x)), append(weak, x.Weak()), append(known, nil)
		}
	}
	return ops.Stage(ops.Staging{Name: c.op, Known: known, Rule: true}, as, weak, func(vs []*Array) []*Array {
		xs, ds := vs[:len(c.args)], vs[len(c.args):]
		full := make([]*Array, len(xs))
		for i, x := range xs {
			if floats[i] {
				full[i], ds = ds[0], ds[1:]
			} else {
				full[i] = zeros(ops.Aval(x)) // integers have no tangents, but rules are never handed nil
			}
		}
		y, dy := jvp(unflatten[P](c.in.structure, c.in.spread(xs)), unflatten[P](c.in.structure, c.in.spread(full)))
		yl, s := flatten(c.op, y)
		dl := flattenLike(c.op, s, dy)
		var packed []*Array
		c.out, packed = pack(s, yl)
		out := slices.Clone(packed)
		for i, d := range tangents(c.op, "tangent", c.out, avals(packed), dropInts(c.out, packed, dl)) {
			if !packed[i].DType().Differentiable() {
				continue
			}
			if d == nil {
				d = zeros(ops.Aval(packed[i]))
			}
			out = append(out, d)
		}
		return out
	})
}

// dropInts makes tangents of integers nil, whatever the rule returned there.
func dropInts(p packing, y, dy []*Array) []*Array {
	dy = slices.Clone(dy)
	k := 0
	for i, here := range p.present {
		if here {
			if !y[k].DType().Differentiable() {
				dy[i] = nil
			}
			k++
		}
	}
	return dy
}

// primal is the part of a rule that computes the value: x, captured -> y. It
// must not depend on the tangents.
func (c *customCall[P, Q]) primal(rule ops.Traced) ops.Traced {
	n, ny := len(c.args), graph.Count(c.out.present)
	nd := len(rule.Graph.In) - n - len(rule.Captured)
	used := make([]bool, len(rule.Graph.Out))
	for i := range ny {
		used[i] = true
	}
	keep := graph.Fill(true, len(rule.Graph.In))
	for i := range nd {
		keep[n+i] = false
	}
	t := graph.Trim(rule.Graph, used, keep)
	if graph.Count(t.In) != n+len(rule.Captured) {
		panic(graph.Errorf(c.op, "the value that the rule returns depends on the tangent; it must be the function's value alone"))
	}
	return ops.Traced{Graph: t.Graph, Captured: rule.Captured, Weak: rule.Weak[:ny]}
}

// front moves the inputs after the first n, which are captured, to the front.
func front(g *graph.Graph, n int) *graph.Graph {
	return g.Rewire(slices.Concat(g.In[n:], g.In[:n]), g.Out)
}

func (c *customCall[P, Q]) stageJVP(f ops.Traced, rule *ops.Traced) Q {
	p := graph.CustomJVPParams{Name: c.op, Graph: front(f.Graph, len(c.args)), Captured: len(f.Captured)}
	if rule != nil {
		p.JVP = front(rule.Graph, len(rule.Graph.In)-len(rule.Captured))
	}
	return c.emit(f, func(b ops.B, v []ops.V) []ops.V { return b.CustomJVP(p, v...) }, f.Captured)
}

func (c *customCall[P, Q]) emit(f ops.Traced, op func(b ops.B, v []ops.V) []ops.V, captured []*Array) Q {
	out := ops.ApplyN(slices.Concat(captured, c.args), op)
	return unflatten[Q](c.out.structure, c.out.spread(ops.SetWeak(out, f.Weak)))
}

// A reverseRule is fwd and bwd, whatever the type of the residuals is.
type reverseRule[P, Q any] struct {
	stage func(c *customCall[P, Q], mode ops.Mode, backward bool) Q
}

var lazyRules atomic.Int64

func newReverse[P, Q, R any](fwd func(P) (Q, R), bwd func(R, Q) P) *reverseRule[P, Q] {
	return &reverseRule[P, Q]{func(c *customCall[P, Q], mode ops.Mode, backward bool) Q {
		var res packing
		var y []graph.Aval
		f := ops.Stage(ops.Staging{Name: c.op, Known: c.args, Rule: true}, avals(c.args), c.in.weak, func(xs []*Array) []*Array {
			v, r := fwd(unflatten[P](c.in.structure, c.in.spread(xs)))
			yl, s := flatten(c.op, v)
			rl, rs := flatten(c.op, r)
			var packedY, packedR []*Array
			c.out, packedY = pack(s, yl)
			res, packedR = pack(rs, rl)
			y = avals(packedY)
			return append(packedY, packedR...)
		})
		n, ny := len(c.args), graph.Count(c.out.present)
		primal := ops.Traced{Graph: f.Graph.Rewire(f.Graph.In, f.Graph.Out[:ny]), Captured: f.Captured, Weak: f.Weak[:ny]}
		resAvals := graph.Avals(f.Graph.Out[ny:])
		// trace traces bwd: res, ct of the floats of y, captured -> ct of the floats of x.
		trace := func(level bool) ops.Traced {
			floats := graph.Differentiable(f.Graph.Out[:ny])
			as := append(slices.Clone(resAvals), graph.Avals(graph.Pick(floats, f.Graph.Out[:ny]))...)
			weak := append(slices.Clone(res.weak), graph.Pick(floats, c.out.weak)...)
			return ops.Stage(ops.Staging{Name: c.op, Rule: level, Values: c.residuals(f, ny)}, as, weak, func(vs []*Array) []*Array {
				cts := vs[len(resAvals):]
				full := make([]*Array, ny)
				for i, a := range y {
					if floats[i] {
						full[i], cts = cts[0], cts[1:]
					} else {
						full[i] = zeros(a)
					}
				}
				x := bwd(unflatten[R](res.structure, res.spread(vs[:len(resAvals)])), unflatten[Q](c.out.structure, c.out.spread(full)))
				return c.cotangents(flattenLike(c.op, c.in.structure, x))
			})
		}
		p := graph.CustomVJPParams{Name: c.op, Captured: len(f.Captured)}
		captured := f.Captured
		switch {
		case !backward:
			p.Fwd = front(f.Graph, n)
		case mode == ops.Later:
			p.Fwd = front(f.Graph, n)
			k := len(captured)
			p.Lazy = &graph.LazyRule{ID: lazyRules.Add(1), Trace: func() (*graph.Graph, []any) {
				b := trace(false)
				from := make([]any, len(b.Captured))
				for i, x := range b.Captured {
					from[i] = x
				}
				return lateRule(b, k, captured, len(resAvals)), from
			}}
		default:
			b := trace(true)
			captured = append(slices.Clone(f.Captured), b.Captured...)
			all, k, nb := avals(captured), len(f.Captured), len(b.Captured)
			p.Captured = len(captured)
			p.Fwd = graph.Build(append(slices.Clone(all), avals(c.args)...), func(bb ops.B, v []ops.V) []ops.V {
				return bb.Inline(f.Graph, slices.Concat(v[len(all):], v[:k])...)
			})
			p.Bwd = graph.Build(append(slices.Clone(all), graph.Avals(b.Graph.In[:len(b.Graph.In)-nb])...), func(bb ops.B, v []ops.V) []ops.V {
				return bb.Inline(b.Graph, slices.Concat(v[len(all):], v[k:len(all)])...)
			})
		}
		all := avals(captured)
		k := len(f.Captured)
		p.Graph = graph.Build(append(slices.Clone(all), avals(c.args)...), func(bb ops.B, v []ops.V) []ops.V {
			return bb.Inline(primal.Graph, slices.Concat(v[len(all):], v[:k])...)
		})
		return c.emit(primal, func(b ops.B, v []ops.V) []ops.V { return b.CustomVJP(p, v...) }, captured)
	}}
}

// lateRule orders the inputs of a backward rule as the equation that it is for
// will have them: what fwd captured, residuals, what bwd captured, cotangents.
func lateRule(b ops.Traced, k int, captured []*Array, nRes int) *graph.Graph {
	nb := len(b.Captured)
	res, cts, caps := b.Graph.In[:nRes], b.Graph.In[nRes:len(b.Graph.In)-nb], b.Graph.In[len(b.Graph.In)-nb:]
	in := slices.Concat(avals(captured), graph.Avals(res), graph.Avals(caps), graph.Avals(cts))
	return graph.Build(in, func(bb ops.B, v []ops.V) []ops.V {
		v = v[k:]
		return bb.Inline(b.Graph, slices.Concat(v[:nRes], v[nRes+nb:], v[nRes:nRes+nb])...)
	})
}

// stageVJP stages a call of a function whose rule nothing asks for.
func (c *customCall[P, Q]) stageVJP(f ops.Traced) Q {
	p := graph.CustomVJPParams{Name: c.op, Graph: front(f.Graph, len(c.args)), Captured: len(f.Captured)}
	return c.emit(f, func(b ops.B, v []ops.V) []ops.V { return b.CustomVJP(p, v...) }, f.Captured)
}

// residuals are what fwd returns after the value, evaluated where a rule reads
// their numbers and those of the arguments are known.
func (c *customCall[P, Q]) residuals(f ops.Traced, ny int) func(i int) *Array {
	args := slices.Concat(c.args, f.Captured)
	return func(i int) *Array {
		if ny+i >= len(f.Graph.Out) {
			return nil // a cotangent
		}
		g := f.Graph.Rewire(f.Graph.In, f.Graph.Out[ny+i:ny+i+1])
		return ops.Known(g, args)
	}
}

// cotangents checks what bwd returned, and makes zeros real.
func (c *customCall[P, Q]) cotangents(leaves []*Array) []*Array {
	given := tangents(c.op, "cotangent", c.in, avals(c.args), dropInts(c.in, c.args, leaves))
	out := make([]*Array, 0, len(given))
	for i, x := range c.args {
		if !x.DType().Differentiable() {
			continue
		}
		ct := given[i]
		if ct == nil {
			ct = zeros(ops.Aval(x))
		}
		out = append(out, ct)
	}
	return out
}
