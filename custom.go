package jacobi

import (
	"slices"
	"sync/atomic"

	"jacobi/array"
	"jacobi/graph"
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
				sum = TreeMap2(sum, part, func(a, b *Array) *Array { return array.Elementwise(graph.OpAdd, a, b) })
			}
		}
		if first {
			sum = TreeMap(y, func(x *Array) *Array { return zeros(x.Aval()) })
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
	if !array.Tracing(packed...) {
		return f(p)
	}
	c := &customCall[P, Q]{op: op, in: in, args: packed}
	levels := array.Levels(packed...)
	switch {
	case levels == "" && jvp != nil:
		return c.stageJVP(c.plain(f), nil)
	case levels == "":
		return c.stageVJP(c.plain(f))
	}
	mode := array.Mode(levels[len(levels)-1])
	if jvp != nil && (rev == nil || mode == array.Forward) {
		rule := c.traceJVP(jvp)
		return c.stageJVP(c.primal(rule), &rule)
	}
	return rev.stage(c, mode, slices.Contains([]byte(levels), byte(array.Reverse)) || mode == array.Later)
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
func (c *customCall[P, Q]) plain(f func(P) Q) array.Traced {
	return array.Stage(array.Staging{Name: c.op, Known: c.args}, avals(c.args), c.in.weak, func(xs []*Array) []*Array {
		y, s := flatten(c.op, f(unflatten[P](c.in.structure, c.in.spread(xs))))
		var packed []*Array
		c.out, packed = pack(s, y)
		return packed
	})
}

// traceJVP traces the rule: x, dx of the floats -> y, dy of the floats.
func (c *customCall[P, Q]) traceJVP(jvp func(P, P) (Q, Q)) array.Traced {
	floats := c.floats()
	as, weak, known := avals(c.args), slices.Clone(c.in.weak), slices.Clone(c.args)
	for i, x := range c.args {
		if floats[i] {
			as, weak, known = append(as, x.Aval()), append(weak, x.Weak()), append(known, nil)
		}
	}
	return array.Stage(array.Staging{Name: c.op, Known: known, Rule: true}, as, weak, func(vs []*Array) []*Array {
		xs, ds := vs[:len(c.args)], vs[len(c.args):]
		full := make([]*Array, len(xs))
		for i, x := range xs {
			if floats[i] {
				full[i], ds = ds[0], ds[1:]
			} else {
				full[i] = zeros(x.Aval()) // integers have no tangents, but rules are never handed nil
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
				d = zeros(packed[i].Aval())
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

// primal is the part of a rule that computes the value: x -> y. It must not
// depend on the tangents.
func (c *customCall[P, Q]) primal(rule array.Traced) array.Traced {
	n, ny := len(rule.Captured)+len(c.args), graph.Count(c.out.present)
	used := make([]bool, len(rule.Graph.Out))
	for i := range ny {
		used[i] = true
	}
	keep := make([]bool, len(rule.Graph.In))
	for i := range n {
		keep[i] = true
	}
	t := graph.Trim(rule.Graph, used, keep)
	if graph.Count(t.In) != n {
		panic(graph.Errorf(c.op, "the value that the rule returns depends on the tangent; it must be the function's value alone"))
	}
	return array.Traced{Graph: t.Graph, Captured: rule.Captured, Weak: rule.Weak[:ny]}
}

func (c *customCall[P, Q]) stageJVP(f array.Traced, rule *array.Traced) Q {
	p := graph.CustomJVPParams{Name: c.op, Graph: f.Graph, Captured: len(f.Captured)}
	if rule != nil {
		p.JVP = rule.Graph
	}
	return c.emit(f, func(b array.B, v []array.V) []array.V { return b.CustomJVP(p, v...) }, f.Captured)
}

func (c *customCall[P, Q]) emit(f array.Traced, op func(b array.B, v []array.V) []array.V, captured []*Array) Q {
	out := array.ApplyN(slices.Concat(captured, c.args), op)
	return unflatten[Q](c.out.structure, c.out.spread(array.SetWeak(out, f.Weak)))
}

// A reverseRule is fwd and bwd, whatever the type of the residuals is.
type reverseRule[P, Q any] struct {
	stage func(c *customCall[P, Q], mode array.Mode, backward bool) Q
}

var lazyRules atomic.Int64

func newReverse[P, Q, R any](fwd func(P) (Q, R), bwd func(R, Q) P) *reverseRule[P, Q] {
	return &reverseRule[P, Q]{func(c *customCall[P, Q], mode array.Mode, backward bool) Q {
		var res packing
		var y []graph.Aval
		f := array.Stage(array.Staging{Name: c.op, Known: c.args, Rule: true}, avals(c.args), c.in.weak, func(xs []*Array) []*Array {
			v, r := fwd(unflatten[P](c.in.structure, c.in.spread(xs)))
			yl, s := flatten(c.op, v)
			rl, rs := flatten(c.op, r)
			var packedY, packedR []*Array
			c.out, packedY = pack(s, yl)
			res, packedR = pack(rs, rl)
			y = avals(packedY)
			return append(packedY, packedR...)
		})
		ny := graph.Count(c.out.present)
		primal := array.Traced{Graph: f.Graph.Rewire(f.Graph.In, f.Graph.Out[:ny]), Captured: f.Captured, Weak: f.Weak[:ny]}
		resAvals := graph.Avals(f.Graph.Out[ny:])
		// trace traces bwd: res, ct of the floats of y -> ct of the floats of x.
		trace := func(level bool) array.Traced {
			floats := graph.Differentiable(f.Graph.Out[:ny])
			as := append(slices.Clone(resAvals), graph.Avals(graph.Pick(floats, f.Graph.Out[:ny]))...)
			weak := append(slices.Clone(res.weak), graph.Pick(floats, c.out.weak)...)
			return array.Stage(array.Staging{Name: c.op, Rule: level, Values: c.residuals(f, ny)}, as, weak, func(vs []*Array) []*Array {
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
		p := graph.CustomVJPParams{Name: c.op, Graph: primal.Graph, Fwd: f.Graph}
		captured := f.Captured
		switch {
		case !backward:
		case mode == array.Later:
			p.Lazy = &graph.LazyRule{ID: lazyRules.Add(1), Trace: func() (*graph.Graph, []any) {
				b := trace(false)
				from := make([]any, len(b.Captured))
				for i, x := range b.Captured {
					from[i] = x
				}
				return lateRule(b, avals(captured)), from
			}}
		default:
			var graphs []*graph.Graph
			captured, graphs = closeOver(f, trace(true))
			p.Fwd, p.Bwd = graphs[0], graphs[1]
			p.Graph = p.Fwd.Rewire(p.Fwd.In, p.Fwd.Out[:ny])
		}
		p.Captured = len(captured)
		return c.emit(primal, func(b array.B, v []array.V) []array.V { return b.CustomVJP(p, v...) }, captured)
	}}
}

// lateRule is a backward rule with the inputs that the equation has that it is
// for: what it captured itself, what fwd captured, residuals, cotangents.
func lateRule(b array.Traced, fwd []graph.Aval) *graph.Graph {
	k := len(b.Captured)
	return graph.Build(slices.Concat(graph.Avals(b.In[:k]), fwd, graph.Avals(b.In[k:])), func(bb array.B, v []array.V) []array.V {
		return bb.Inline(b.Graph, slices.Concat(v[:k], v[k+len(fwd):])...)
	})
}

// stageVJP stages a call of a function whose rule nothing asks for.
func (c *customCall[P, Q]) stageVJP(f array.Traced) Q {
	p := graph.CustomVJPParams{Name: c.op, Graph: f.Graph, Captured: len(f.Captured)}
	return c.emit(f, func(b array.B, v []array.V) []array.V { return b.CustomVJP(p, v...) }, f.Captured)
}

// residuals are what fwd returns after the value, evaluated where a rule reads
// their numbers and those of the arguments are known.
func (c *customCall[P, Q]) residuals(f array.Traced, ny int) func(i int) *Array {
	args := slices.Concat(f.Captured, c.args)
	return func(i int) *Array {
		if ny+i >= len(f.Graph.Out) {
			return nil // a cotangent
		}
		g := f.Graph.Rewire(f.Graph.In, f.Graph.Out[ny+i:ny+i+1])
		return array.Known(g, args)
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
			ct = zeros(x.Aval())
		}
		out = append(out, ct)
	}
	return out
}
