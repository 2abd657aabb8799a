package graph

import (
	"fmt"
)

// CustomJVPParams: Graph applied to the operands, with the derivative
// JVP: x, dx of all floats -> y, dy of all floats. The first Captured operands
// are values that the user's function closed over; they are taken by both
// graphs and have no tangent. JVP is nil where no transform that is open when
// the function is traced differentiates it.
type CustomJVPParams struct {
	Name     string
	Graph    *Graph
	JVP      *Graph
	Captured int
}

func (p CustomJVPParams) fields(w walker) Params {
	w.field("name", stringField{&p.Name})
	w.field("call_jaxpr", graphField{x: &p.Graph})
	w.field("jvp_jaxpr", optGraphField{x: &p.JVP})
	w.field("num_consts", intField{&p.Captured})
	return done(w, p)
}

// CustomJVP applies p.Graph, whose derivative p.JVP computes.
func (b *Builder) CustomJVP(p CustomJVPParams, in ...*Value) []*Value {
	return b.Emit(OpCustomJVP, p, in...)
}

func inferCustomJVP(e *Eqn) ([]Aval, error) {
	p := e.Params.(CustomJVPParams)
	if err := atMost(len(e.In), p.Captured, "captured values"); err != nil {
		return nil, err
	}
	out, err := apply(p.Graph, Avals(e.In))
	if err != nil || p.JVP == nil {
		return out, err
	}
	in, want := Avals(e.In), append([]Aval{}, out...)
	in = append(in, floatsOf(in[p.Captured:])...)
	want = append(want, floatsOf(out)...)
	return out, ruleFits("jvp", p.JVP, in, want)
}

func floatsOf(as []Aval) (out []Aval) {
	for _, a := range as {
		if a.DType.Differentiable() {
			out = append(out, a)
		}
	}
	return out
}

func ruleFits(what string, g *Graph, in, want []Aval) error {
	out, err := apply(g, in)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if len(out) < len(want) {
		return ErrRule.Errorf("%s returns %v, not %v", what, out, want)
	}
	for i, a := range want {
		if !out[i].Equal(a) {
			return ErrRule.Errorf("%s returns %v, not %v", what, out, want)
		}
	}
	return nil
}

// CustomVJPParams: Graph applied to the operands, with the derivative
// Fwd: x -> y, res and Bwd: captured, res, ct of the floats of y -> ct of the
// floats of x that are not captured. Fwd is nil where nothing differentiates.
// Late is not 0, and Bwd is nil, where the rule is traced only when a cotangent
// comes: it is the number, from 1, by which whoever differentiates knows it.
type CustomVJPParams struct {
	Name     string
	Graph    *Graph
	Fwd, Bwd *Graph
	Captured int
	Late     int
}

func (p CustomVJPParams) fields(w walker) Params {
	w.field("name", stringField{&p.Name})
	w.field("bwd_jaxpr", optGraphField{x: &p.Bwd})
	w.field("call_jaxpr", graphField{x: &p.Graph})
	w.field("fwd_jaxpr", optGraphField{x: &p.Fwd})
	w.field("num_consts", intField{&p.Captured})
	w.field("late", someField{intField{&p.Late}})
	return done(w, p)
}

// CustomVJP applies p.Graph, whose derivative p.Fwd and p.Bwd compute.
func (b *Builder) CustomVJP(p CustomVJPParams, in ...*Value) []*Value {
	return b.Emit(OpCustomVJP, p, in...)
}

func inferCustomVJP(e *Eqn) ([]Aval, error) {
	p := e.Params.(CustomVJPParams)
	in := Avals(e.In)
	if err := atMost(len(in), p.Captured, "captured values"); err != nil {
		return nil, err
	}
	out, err := apply(p.Graph, in)
	if err != nil || p.Fwd == nil {
		return out, err
	}
	if err := ruleFits("fwd", p.Fwd, in, out); err != nil || p.Bwd == nil {
		return out, err
	}
	res := Avals(p.Fwd.Out[len(out):])
	from := append(append(append([]Aval{}, in[:p.Captured]...), res...), floatsOf(out)...)
	return out, ruleFits("bwd", p.Bwd, from, floatsOf(in[p.Captured:]))
}

// CustomLinParams: the linear map captured, res, dx -> dy of which only the
// transpose Bwd: captured, res, ct -> ct of dx is known. It lives between jvp
// and transpose. Res counts the operands before dx. Late is as in CustomVJPParams;
// nothing is captured then.
type CustomLinParams struct {
	Bwd  *Graph
	Res  int
	Out  []Aval
	Late int
}

func (p CustomLinParams) fields(w walker) Params {
	w.field("bwd_jaxpr", optGraphField{x: &p.Bwd})
	w.field("num_res", intField{&p.Res})
	w.field("out", avalsField{&p.Out})
	w.field("late", someField{intField{&p.Late}})
	return done(w, p)
}

func inferCustomLin(e *Eqn) ([]Aval, error) {
	p := e.Params.(CustomLinParams)
	if err := atMost(len(e.In), p.Res, "residuals"); err != nil {
		return nil, err
	}
	return p.Out, nil
}
