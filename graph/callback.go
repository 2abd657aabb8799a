package graph

import "slices"

// CallbackParams: the host is called with the operands while the program runs.
// ID finds what to call. A callback with Effect is never removed, merged,
// hoisted or recomputed, and those of a program happen in its order; one
// without is a function of its operands.
type CallbackParams struct {
	Name   string
	ID     int
	Out    []Aval
	Effect bool
}

func (p CallbackParams) fields(w walker) Params {
	w.field("callback", stringField{&p.Name})
	w.field("has_side_effect", boolField{&p.Effect})
	w.field("id", intField{&p.ID})
	w.field("result_avals", avalsField{&p.Out})
	return done(w, p)
}

// Callback calls the host; see CallbackParams for what it gives.
func (b *Builder) Callback(p CallbackParams, in ...*Value) []*Value {
	return b.Emit(OpCallback, p, in...)
}

func inferCallback(e *Eqn) ([]Aval, error) { return e.Params.(CallbackParams).Out, nil }

// Effectful reports whether e does something beside computing its outputs.
func Effectful(e *Eqn) bool { return effectful(e.Op, e.Params) }

func effectful(op Op, params Params) bool {
	if op == OpCallback {
		return params.(CallbackParams).Effect
	}
	if !op.HoldsGraphs() {
		return false
	}
	for _, g := range Subgraphs(params) {
		if g.Effectful() {
			return true
		}
	}
	return false
}

// Effectful reports whether running g does something beside computing its
// outputs.
func (g *Graph) Effectful() bool {
	return Remember(g, "effectful", func() bool {
		for _, e := range g.Eqns {
			if Effectful(e) {
				return true
			}
		}
		return false
	})
}

// Repeatable reports whether e can be computed again when its effects have
// happened: not if its results are those of an effect.
func Repeatable(e *Eqn) bool {
	switch {
	case !Effectful(e):
		return true
	case e.Op == OpCallback:
		return len(e.Out) == 0
	}
	return !slices.ContainsFunc(Subgraphs(e.Params), func(g *Graph) bool { return !g.Repeatable() })
}

// Repeatable reports whether all equations of g are.
func (g *Graph) Repeatable() bool {
	return !g.Effectful() || Remember(g, "repeatable", func() bool {
		return !slices.ContainsFunc(g.Eqns, func(e *Eqn) bool { return !Repeatable(e) })
	})
}

// Pure is g without effects: what computes something again uses it, since the
// effects have happened. An effect with results stays as a function, to be
// removed if nothing reads them: what does is not Repeatable.
func Pure(g *Graph) *Graph {
	if !g.Effectful() {
		return g
	}
	return Remember(g, "pure", func() *Graph {
		var b Builder
		env := NewEnv[*Value](g)
		for _, v := range g.In {
			env.Set(v, b.Input(v.Aval))
		}
		for _, e := range g.Eqns {
			params := WithGraphs(e.Params, Pure)
			if p, ok := params.(CallbackParams); ok {
				if len(e.Out) == 0 {
					continue
				}
				p.Effect = false
				params = p
			}
			b.At(e)
			env.Bind(e.Out, b.Emit(e.Op, params, env.Lookup(e.In)...))
		}
		return b.Graph(env.Lookup(g.Out)...)
	})
}
