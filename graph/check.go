package graph

import (
	"fmt"
	"slices"
)

// Check returns an error if g is not closed, not in order, binds a value
// twice, or is ill typed, inside the graphs it holds too. JACOBI_CHECK=1 has it
// called after every transform, as it is in tests.
func Check(g *Graph) error {
	return Remember(g, "check", func() checked { return checked{check(g)} }).error
}

type checked struct{ error }

func check(g *Graph) error {
	bound := NewEnv[*Value](g)
	isBound := func(v *Value) bool { return v != nil && int(v.id) < len(bound) && bound.Get(v) == v }
	bind := func(v *Value) error {
		if v == nil || int(v.id) >= len(bound) || bound.Get(v) != nil && bound.Get(v) != v {
			return fmt.Errorf("graph: a value belongs to another graph\n%v", g)
		}
		if isBound(v) {
			return fmt.Errorf("graph: a value is bound twice\n%v", g)
		}
		bound.Set(v, v)
		return nil
	}
	for _, v := range g.In {
		if err := bind(v); err != nil {
			return err
		}
	}
	for _, e := range g.Eqns {
		for i, v := range e.In {
			if !isBound(v) {
				return fmt.Errorf("graph: operand %d of %v (%v) is not bound\n%v", i, e.Op, e.Pos(), g)
			}
		}
		for _, sub := range Subgraphs(e.Params) {
			if err := Check(sub); err != nil {
				return err
			}
		}
		out, err := infer(e)
		if err != nil {
			return fmt.Errorf("graph: %v: %w\n%v", e.Op, err, g)
		}
		if !slices.EqualFunc(out, e.Out, func(a Aval, v *Value) bool { return a.Equal(v.Aval) }) {
			return fmt.Errorf("graph: %v gives %v, recorded as %v\n%v", e.Op, out, Avals(e.Out), g)
		}
		for _, v := range e.Out {
			if v.Def != e {
				return fmt.Errorf("graph: a result of %v does not know its equation\n%v", e.Op, g)
			}
			if err := bind(v); err != nil {
				return err
			}
		}
	}
	for i, v := range g.Out {
		if !isBound(v) {
			return fmt.Errorf("graph: output %d is not bound\n%v", i, g)
		}
	}
	return nil
}
