package jacobi

import (
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/jacobi-go/jacobi/ad"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// CustomJVP gives f the derivative jvp, which returns f's value and the
// derivative in the direction of the tangent. The rule must be linear in the
// tangent; then reverse mode follows from it. It may apply f itself to the
// tangent, where f is linear. Tangents that f's caller leaves out are zeros,
// never nil; nil arrays in the tangent that the rule returns are zero.
//
// Under differentiation jvp runs and f does not, unless the rule calls it; but
// f is traced once if it was not before, because the value that the rule
// returns must have f's tree, shapes and dtypes; another is an error. Arrays
// may be closed over, but not differentiated: pass those in P. It is
// jax.custom_jvp.
func CustomJVP[P, Q any](f func(P) Q, jvp func(primal, tangent P) (Q, Q)) func(P) Q {
	refuseNil("CustomJVP", "f", f == nil)
	refuseNil("CustomJVP", "jvp", jvp == nil)
	return (&customFunc[P, Q]{op: "CustomJVP", f: f, jvp: jvp}).call
}

// CustomPartials gives f one rule for each array of P, in the order of the
// tree: the derivative is the sum of what they return for the tangent dot of
// their array. nil contributes zero. Another number of rules than of arrays is
// an error. For shapes and dtypes see CustomJVP. It is jax.custom_jvp with
// defjvps.
func CustomPartials[P, Q any](f func(P) Q, rules ...func(dot *Array, out Q, in P) Q) func(P) Q {
	const op = "CustomPartials"
	refuseNil(op, "f", f == nil)
	c := &customFunc[P, Q]{op: op, f: f}
	c.jvp = func(p, dp P) (Q, Q) {
		leaves, _ := flatten(op, p)
		dots, _ := flatten(op, dp)
		if len(rules) != len(leaves) {
			panic(graph.Errorf(graph.ErrRule, op, "%d rules for %d arrays; nil is the rule of one that contributes zero", len(rules), len(leaves)))
		}
		y := c.call(p)
		yl, s := flatten(op, y)
		out, packed := pack(s, yl)
		sum := make([]*Array, len(yl))
		for i, rule := range rules {
			if rule == nil || leaves[i] == nil || !leaves[i].DType().Differentiable() {
				continue
			}
			part := dropInts(out, packed, flattenLike(op, "the value", s, fmt.Sprintf("what rule %d returns", i), rule(dots[i], y, p)))
			for k, d := range out.spread(tangents(op, fmt.Sprintf("tangent by rule %d", i), out, avals(packed), part)) {
				if sum[k] == nil {
					sum[k] = d
				} else if d != nil {
					sum[k] = ops.Elementwise(graph.OpAdd, sum[k], d)
				}
			}
		}
		return y, unflatten[Q](s, sum)
	}
	return c.call
}

// CustomVJP gives f a rule for reverse mode: fwd returns f's value and
// residuals, any tree; bwd returns the cotangent of the argument from them and
// the cotangent of the value, in which no array is nil. nil arrays in what it
// returns are zero; the others have the shapes and dtypes of the arguments, or
// it is an error. As with CustomJVP, fwd's value must be like f's. Forward mode
// is an error; see CustomRules. It is jax.custom_vjp.
func CustomVJP[P, Q, R any](f func(P) Q, fwd func(P) (Q, R), bwd func(R, Q) P) func(P) Q {
	refuseNil("CustomVJP", "f", f == nil)
	return (&customFunc[P, Q]{op: "CustomVJP", f: f, rev: reverseOf("CustomVJP", fwd, bwd)}).call
}

// CustomRules gives f a rule for each mode. For shapes, dtypes and errors see
// CustomJVP and CustomVJP. JAX has no such function: there a function has a
// rule for one mode.
func CustomRules[P, Q, R any](f func(P) Q, jvp func(primal, tangent P) (Q, Q), fwd func(P) (Q, R), bwd func(R, Q) P) func(P) Q {
	refuseNil("CustomRules", "f", f == nil)
	refuseNil("CustomRules", "jvp", jvp == nil)
	return (&customFunc[P, Q]{op: "CustomRules", f: f, jvp: jvp, rev: reverseOf("CustomRules", fwd, bwd)}).call
}

// A customFunc is a function with rules.
type customFunc[P, Q any] struct {
	op     string
	f      func(P) Q
	jvp    func(primal, tangent P) (Q, Q) // nil: none
	rev    *reverseRule[P, Q]             // nil: none
	solver bool                           // the derivative by what it closes over is zero

	mu   sync.Mutex
	like map[string]results // what f returns, by what it is given
}

// A reverseRule is fwd and bwd, whatever the type of the residuals is.
type reverseRule[P, Q any] struct {
	fwd func(P) (Q, structure, []*Array)
	bwd func(structure, []*Array, Q) P
}

func reverseOf[P, Q, R any](op string, fwd func(P) (Q, R), bwd func(R, Q) P) *reverseRule[P, Q] {
	refuseNil(op, "fwd", fwd == nil)
	refuseNil(op, "bwd", bwd == nil)
	return &reverseRule[P, Q]{
		func(p P) (Q, structure, []*Array) {
			y, r := fwd(p)
			leaves, s := flatten(op, r)
			return y, s, leaves
		},
		func(s structure, leaves []*Array, ct Q) P { return bwd(unflatten[R](s, leaves), ct) },
	}
}

// call calls f, or stages a call of it with the rule for the innermost
// transform that differentiates.
func (f *customFunc[P, Q]) call(p P) Q {
	leaves, s := flatten(f.op, p)
	in, packed := pack(s, leaves)
	if !ops.Tracing(packed...) {
		return f.f(p)
	}
	c := &customCall[P, Q]{customFunc: f, in: in, args: packed}
	levels := ops.Levels(packed...)
	switch {
	case levels == "":
		return c.stagePlain()
	case f.jvp != nil && (f.rev == nil || levels[len(levels)-1] == byte(ops.Forward)):
		return c.stageJVP()
	}
	return c.stageVJP(slices.Contains([]byte(levels), byte(ops.Reverse)))
}

// A customCall is a function with rules, being staged.
type customCall[P, Q any] struct {
	*customFunc[P, Q]
	in   packing
	args []*Array
	out  packing
}

// results are what a function returns, without the data.
type results struct {
	packing
	avals []graph.Aval
}

// A tracedRule is what the trace of a rule knows of it.
type tracedRule struct {
	code uintptr  // of the function that it is for
	key  string   // what that is given
	like *results // what it returned, if the rule called it
}

func (c *customCall[P, Q]) code() uintptr { return reflect.ValueOf(c.f).Pointer() }

// key tells arguments apart for which f may return something else.
func (c *customCall[P, Q]) key() string {
	key := fmt.Append(nil, c.in.Key(), c.in.present)
	for _, x := range c.args {
		key = ops.AppendKey(x, key)
	}
	return string(key)
}

// maxLike bounds what is kept for each function.
const maxLike = 64

// plain traces the function itself, on xs, which are like its arguments. alone:
// to see what it returns.
func (c *customCall[P, Q]) plain(xs []*Array, alone bool) (ops.Traced, results) {
	var r results
	t := ops.Stage(ops.Staging{Name: c.op, Known: xs, Alone: alone}, avals(c.args), c.in.weak, func(xs []*Array) []*Array {
		y, s := flatten(c.op, c.f(unflatten[P](c.in.structure, c.in.spread(xs))))
		var packed []*Array
		r.packing, packed = pack(s, y)
		return packed
	})
	r.avals = graph.Avals(t.Out)
	code, key := c.code(), c.key()
	for _, rule := range ops.RulesAround(xs) {
		if rule := rule.(*tracedRule); rule.code == code && rule.key == key {
			rule.like = &r
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.like == nil || len(c.like) >= maxLike {
		c.like = map[string]results{}
	}
	c.like[key] = r
	return t, r
}

// value is the value that a rule returns, as a list: it must be like what f
// returns, but that weak numbers take its dtype.
func (c *customCall[P, Q]) value(name string, rule *tracedRule, xs []*Array, y Q) []*Array {
	leaves, s := flatten(c.op, y)
	var packed []*Array
	c.out, packed = pack(s, leaves)
	fits := func(r results) bool {
		return c.out.Equal(r.structure) && slices.Equal(c.out.present, r.present) && slices.EqualFunc(avals(packed), r.avals, graph.Aval.Equal)
	}
	if rule.like != nil && fits(*rule.like) {
		return packed
	}
	c.mu.Lock()
	r, ok := c.like[rule.key]
	c.mu.Unlock()
	if ok && fits(r) {
		return packed
	}
	_, r = c.plain(xs, true)
	for i, x := range packed {
		if i < len(r.avals) && x.Weak() && x.DType() != r.avals[i].DType && takes(r.avals[i].DType, x.DType()) {
			packed[i] = x.As(r.avals[i].DType)
		}
	}
	sameTree(c.op, "the function returns its value", "its rule "+name, r.packing, r.avals, c.out, avals(packed))
	return packed
}

// floats marks the arguments that have tangents.
func (c *customCall[P, Q]) floats() []bool {
	mask := make([]bool, len(c.args))
	for i, x := range c.args {
		mask[i] = x.DType().Differentiable()
	}
	return mask
}

// stagePlain stages a call of a function whose rules nothing asks for.
func (c *customCall[P, Q]) stagePlain() Q {
	f, r := c.plain(c.args, false)
	c.out = r.packing
	n := len(f.Captured)
	return c.emit(f, f.Captured, func(b ops.B, v []ops.V) []ops.V {
		if c.jvp != nil {
			return b.CustomJVP(graph.CustomJVPParams{Name: c.op, Graph: f.Graph, Captured: n}, v...)
		}
		return b.CustomVJP(graph.CustomVJPParams{Name: c.op, Graph: f.Graph, Captured: n}, v...)
	})
}

func (c *customCall[P, Q]) emit(f ops.Traced, captured []*Array, op func(b ops.B, v []ops.V) []ops.V) Q {
	if c.solver {
		captured = StopGradient(captured)
	}
	out := ops.ApplyN(slices.Concat(captured, c.args), op)
	return unflatten[Q](c.out.structure, c.out.spread(ops.SetWeak(out, f.Weak)))
}

// stageJVP stages a call with the rule for forward mode:
// x, dx of the floats -> y, dy of the floats.
func (c *customCall[P, Q]) stageJVP() Q {
	floats := c.floats()
	as, weak, known := avals(c.args), slices.Clone(c.in.weak), slices.Clone(c.args)
	for i, x := range c.args {
		if floats[i] {
			as, weak, known = append(as, ops.Aval(x)), append(weak, x.Weak()), append(known, nil)
		}
	}
	rule := &tracedRule{code: c.code(), key: c.key()}
	t := ops.Stage(ops.Staging{Name: c.op, Known: known, Rule: rule}, as, weak, func(vs []*Array) []*Array {
		xs, ds := vs[:len(c.args)], vs[len(c.args):]
		full := make([]*Array, len(xs))
		for i, x := range xs {
			if floats[i] {
				full[i], ds = ds[0], ds[1:]
			} else {
				full[i] = zeros(ops.Aval(x)) // integers have no tangents, but rules are never handed nil
			}
		}
		v, dv := c.jvp(unflatten[P](c.in.structure, c.in.spread(xs)), unflatten[P](c.in.structure, c.in.spread(full)))
		y := c.value("jvp", rule, xs, v)
		given := tangents(c.op, "tangent that jvp returns", c.out, avals(y), dropInts(c.out, y, flattenLike(c.op, "the value", c.out.structure, "the tangent that jvp returns", dv)))
		return append(y, ofFloats(avals(y), given)...)
	})
	ny := graph.Count(c.out.present)
	primal := ad.RulePrimal(t.Graph, len(t.Captured)+len(c.args), ny)
	if primal == nil {
		panic(graph.Errorf(graph.ErrRule, c.op, "the value that jvp returns depends on the tangent; it must be the function's value alone"))
	}
	p := graph.CustomJVPParams{Name: c.op, Graph: primal, JVP: t.Graph, Captured: len(t.Captured)}
	f := ops.Traced{Graph: primal, Weak: t.Weak[:ny]}
	return c.emit(f, t.Captured, func(b ops.B, v []ops.V) []ops.V { return b.CustomJVP(p, v...) })
}

// ofFloats drops the tangents of what has none, and makes zeros real.
func ofFloats(as []graph.Aval, given []*Array) []*Array {
	out := make([]*Array, 0, len(given))
	for i, a := range as {
		switch {
		case !a.DType.Differentiable():
		case given[i] == nil:
			out = append(out, zeros(a))
		default:
			out = append(out, given[i])
		}
	}
	return out
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

// stageVJP stages a call with the rule for reverse mode. Only if something
// around differentiates backward is bwd traced.
func (c *customCall[P, Q]) stageVJP(backward bool) Q {
	var res packing
	rule := &tracedRule{code: c.code(), key: c.key()}
	f := ops.Stage(ops.Staging{Name: c.op, Known: c.args, Rule: rule}, avals(c.args), c.in.weak, func(xs []*Array) []*Array {
		v, rs, leaves := c.rev.fwd(unflatten[P](c.in.structure, c.in.spread(xs)))
		y := c.value("fwd", rule, xs, v)
		var packed []*Array
		res, packed = pack(rs, leaves)
		return append(y, packed...)
	})
	ny := graph.Count(c.out.present)
	y, resAvals := graph.Avals(f.Out[:ny]), graph.Avals(f.Out[ny:])
	floats := graph.Differentiable(f.Out[:ny])
	// bwd: res, ct of the floats of y -> ct of the floats of x.
	bwd := func(s ops.Staging) ops.Traced {
		as := append(slices.Clone(resAvals), graph.Pick(floats, y)...)
		weak := append(slices.Clone(res.weak), graph.Pick(floats, c.out.weak)...)
		return ops.Stage(s, as, weak, func(vs []*Array) []*Array {
			cts := vs[len(resAvals):]
			full := make([]*Array, ny)
			for i, a := range y {
				if floats[i] {
					full[i], cts = cts[0], cts[1:]
				} else {
					full[i] = zeros(a)
				}
			}
			x := c.rev.bwd(res.structure, res.spread(vs[:len(resAvals)]), unflatten[Q](c.out.structure, c.out.spread(full)))
			xs := avals(c.args)
			return ofFloats(xs, tangents(c.op, "cotangent that bwd returns", c.in, xs, dropInts(c.in, c.args, flattenLike(c.op, "the argument", c.in.structure, "the cotangent that bwd returns", x))))
		})
	}
	p := graph.CustomVJPParams{Name: c.op, Fwd: f.Graph}
	captured := f.Captured
	if backward {
		p.Late = ops.Wait(c.args, func(value func(i int) *Array) ops.Traced {
			return bwd(ops.Staging{Name: c.op, Values: value})
		})
		if p.Late == 0 {
			b := bwd(ops.Staging{Name: c.op, Rule: new(tracedRule), Values: c.residuals(f, ny)})
			var graphs []*graph.Graph
			captured, graphs = closeOver(f, b)
			p.Fwd, p.Bwd = graphs[0], graphs[1]
		}
	}
	p.Graph, p.Captured = p.Fwd.Rewire(p.Fwd.In, p.Fwd.Out[:ny]), len(captured)
	return c.emit(f, captured, func(b ops.B, v []ops.V) []ops.V { return b.CustomVJP(p, v...) })
}

// residuals are what fwd returns after the value, evaluated where a rule reads
// their numbers and those of the arguments are known.
func (c *customCall[P, Q]) residuals(f ops.Traced, ny int) func(i int) *Array {
	args := slices.Concat(f.Captured, c.args)
	return func(i int) *Array {
		if ny+i >= len(f.Out) {
			return nil // a cotangent
		}
		return ops.Known(f.Rewire(f.In, f.Out[ny+i:ny+i+1]), args)
	}
}
