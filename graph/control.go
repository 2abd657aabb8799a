package graph

import (
	"slices"
)

// The graphs that params hold are closed: what they need from outside comes
// in through their inputs.

// CallParams: Graph is applied to the operands. A call keeps a graph that is
// used many times one function in the compiled program.
type CallParams struct {
	Name  string
	Graph *Graph
}

func (p CallParams) fields(w walker) Params {
	w.field("name", stringField{&p.Name})
	w.field("jaxpr", graphField{x: &p.Graph})
	return done(w, p)
}

// Call applies g, as a function of that name; it returns what g returns.
func (b *Builder) Call(name string, g *Graph, in ...*Value) []*Value {
	return b.Emit(OpCall, CallParams{name, g}, in...)
}

func inferCall(e *Eqn) ([]Aval, error) { return apply(e.Params.(CallParams).Graph, Avals(e.In)) }

// apply checks that g takes operands in and returns what it gives.
func apply(g *Graph, in []Aval) ([]Aval, error) {
	if len(g.In) != len(in) {
		return nil, ErrArgument.Errorf("the graph takes %d operands, %d given", len(g.In), len(in))
	}
	for i, v := range g.In {
		if !v.Aval.Equal(in[i]) {
			return nil, ErrShape.Errorf("the graph takes %v as operand %d, %v given", v.Aval, i, in[i])
		}
	}
	return Avals(g.Out), nil
}

// atMost checks a number of operands, which are consts or the like, against
// those there are.
func atMost(n, k int, what string) error {
	if k < 0 || k > n {
		return ErrArgument.Errorf("%d %s of %d operands", k, what, n)
	}
	return nil
}

// CondParams: operands are a scalar index (bool, or i32 clamped to the
// branches there are) and what every branch takes.
type CondParams struct{ Branches []*Graph }

func (p CondParams) fields(w walker) Params {
	w.field("branches", graphsField{x: &p.Branches})
	return done(w, p)
}

// Cond applies the branch that index, a bool or an i32, chooses: false is the
// first, and an index out of range the nearest. All take in and return the same avals.
func (b *Builder) Cond(branches []*Graph, index *Value, in ...*Value) []*Value {
	return b.Emit(OpCond, CondParams{branches}, append([]*Value{index}, in...)...)
}

func inferCond(e *Eqn) ([]Aval, error) {
	br := e.Params.(CondParams).Branches
	if len(br) == 0 {
		return nil, ErrArgument.Errorf("there is no branch")
	}
	if i := e.In[0]; i.Rank() != 0 || i.DType != Int32 && (i.DType != Bool || len(br) != 2) {
		return nil, ErrDType.Errorf("%d branches are chosen by a scalar, i32 or for two branches bool", len(br))
	}
	in := Avals(e.In[1:])
	out, err := apply(br[0], in)
	for i, g := range br[1:] {
		o, e := apply(g, in)
		if err == nil {
			err = e
		}
		if err == nil && !slices.EqualFunc(out, o, Aval.Equal) {
			err = ErrShape.Errorf("branch 0 returns %v, branch %d %v", out, i+1, o)
		}
	}
	return out, err
}

// ScanParams: operands are consts, carry, xs. Body takes consts, carry and
// one slice of each xs, and returns the new carry and one slice of each ys.
// Reverse walks from the last slice to the first; ys stay aligned with xs.
// Unroll steps are written out in each trip of the compiled loop.
type ScanParams struct {
	Body          *Graph
	Consts, Carry int
	Length        int
	Reverse       bool
	Unroll        int
}

func (p ScanParams) fields(w walker) Params {
	w.field("jaxpr", graphField{x: &p.Body})
	w.field("length", intField{&p.Length})
	w.field("num_carry", intField{&p.Carry})
	w.field("num_consts", intField{&p.Consts})
	w.field("reverse", boolField{&p.Reverse})
	w.field("unroll", intField{&p.Unroll})
	return done(w, p)
}

// Scan takes consts, carries and xs, stacked along their first axis, and returns
// the last carries and the ys, stacked likewise.
func (b *Builder) Scan(p ScanParams, in ...*Value) []*Value { return b.Emit(OpScan, p, in...) }

func inferScan(e *Eqn) ([]Aval, error) {
	p := e.Params.(ScanParams)
	if err := atMost(len(e.In), p.Consts, "consts"); err != nil {
		return nil, err
	}
	if err := atMost(len(e.In)-p.Consts, p.Carry, "carries"); err != nil {
		return nil, err
	}
	if len(p.Body.Out) < p.Carry || p.Length < 0 || p.Unroll < 1 {
		return nil, ErrArgument.Errorf("%d carries of %d results, %d steps, unrolled %d times", p.Carry, len(p.Body.Out), p.Length, p.Unroll)
	}
	n := p.Consts + p.Carry
	in := Avals(e.In)
	for i, x := range in[n:] {
		if x.Rank() == 0 || x.Shape[0] != p.Length {
			return nil, ErrShape.Errorf("scan of length %d over %v", p.Length, x)
		}
		in[n+i] = x.Slice()
	}
	out, err := apply(p.Body, in)
	if err != nil {
		return nil, err
	}
	for i := range p.Carry {
		if c := in[p.Consts+i]; !out[i].Equal(c) {
			return nil, ErrShape.Errorf("carry %d enters the body as %v and leaves as %v", i, c, out[i])
		}
	}
	for i, y := range out[p.Carry:] {
		out[p.Carry+i] = y.Stack(p.Length)
	}
	return out, nil
}

// WhileParams: operands are consts then carry; Cond and Body take both. The
// loop ends after MaxTrips trips if that is not 0. What the derivative keeps of
// such a loop is the carry at the beginning of nested runs, Levels deep.
type WhileParams struct {
	Cond, Body *Graph
	Consts     int
	MaxTrips   int
	Levels     int
}

func (p WhileParams) fields(w walker) Params {
	w.field("body_jaxpr", graphField{x: &p.Body})
	w.field("cond_jaxpr", graphField{x: &p.Cond})
	w.field("num_consts", intField{&p.Consts})
	w.field("max_trips", someField{intField{&p.MaxTrips}})
	w.field("levels", someField{intField{&p.Levels}})
	return done(w, p)
}

// While takes consts and carries, and returns the carries for which p.Cond gives
// false first.
func (b *Builder) While(p WhileParams, in ...*Value) []*Value { return b.Emit(OpWhile, p, in...) }

func inferWhile(e *Eqn) ([]Aval, error) {
	p := e.Params.(WhileParams)
	in := Avals(e.In)
	if err := atMost(len(in), p.Consts, "consts"); err != nil {
		return nil, err
	}
	if p.MaxTrips < 0 || p.Levels < 0 {
		return nil, ErrArgument.Errorf("at most %d trips, kept %d levels deep", p.MaxTrips, p.Levels)
	}
	if pred, err := apply(p.Cond, in); err != nil || len(pred) != 1 || !pred[0].Equal(Aval{DType: Bool}) {
		return nil, ErrDType.Errorf("the condition must give one bool, not %v (%v)", pred, err)
	}
	out, err := apply(p.Body, in)
	if err != nil {
		return nil, err
	}
	carry := in[p.Consts:]
	if len(out) != len(carry) {
		return nil, ErrArgument.Errorf("%d carries enter the body and %d leave it", len(carry), len(out))
	}
	for i, a := range out {
		if !a.Equal(carry[i]) {
			return nil, ErrShape.Errorf("carry %d enters the body as %v and leaves as %v", i, carry[i], a)
		}
	}
	return out, nil
}
