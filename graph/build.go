package graph

import "slices"

// A Builder appends equations to a graph under construction.
type Builder struct {
	g        Graph
	pc       uintptr // position of what is emitted next, if a transform set it
	literals map[litKey]*Value
	free     []alone // storage of the next equations
}

// litKey tells literals apart by bits: 0 and -0 are two.
type litKey struct {
	d      DType
	re, im uint64
}

// At gives the equations emitted from now on the position of e: what a
// transform makes of an equation points at the user's line.
func (b *Builder) At(e *Eqn) { b.pc = e.pc }

// AtPC gives the equations emitted from now on the position pc; 0 means that
// each finds the user's line by itself.
func (b *Builder) AtPC(pc uintptr) { b.pc = pc }

// Input adds an input.
func (b *Builder) Input(a Aval) *Value { return b.Inputs([]Aval{a})[0] }

// Inputs adds one input for each aval. It panics with an *Error if there is no
// such array.
func (b *Builder) Inputs(as []Aval) []*Value {
	values, out := make([]Value, len(as)), make([]*Value, len(as))
	for i, a := range as {
		if err := a.Valid(); err != nil {
			panic(Errorf(CodeOf(err), "", "%v", err))
		}
		values[i] = Value{Aval: a, id: int32(b.g.size + i)}
		out[i] = &values[i]
	}
	b.g.size += len(as)
	b.g.In = append(b.g.In, out...)
	return out
}

func (b *Builder) value(a Aval) *Value {
	v := &Value{Aval: a, id: int32(b.g.size)}
	b.g.size++
	return v
}

// Graph ends the building and returns the graph.
func (b *Builder) Graph(out ...*Value) *Graph {
	b.g.Out = out
	return &b.g
}

// Peek is the graph from some values of b to others as it stands, for a look
// at a graph that is still growing.
func (b *Builder) Peek(in, out []*Value) *Graph {
	return &Graph{In: in, Out: out, Eqns: slices.Clip(b.g.Eqns), size: b.g.size}
}

// Build runs f on fresh inputs and returns the graph it built. Ill-typed uses
// of ops inside f panic with an *Error.
func Build(in []Aval, f func(b *Builder, in []*Value) []*Value) *Graph {
	var b Builder
	b.Inputs(in)
	g := b.Graph(f(&b, slices.Clone(b.g.In))...)
	if checks {
		mustCheck(caller(), nil, g)
	}
	return g
}

// alone is the storage of an equation with one result, in one piece.
type alone struct {
	Eqn
	value Value
	one   [1]*Value
	in    [3]*Value
}

// maxSlab is how many equations are allocated at once, at most; they live as
// long as one of them does, which is nearly always as long as the graph.
const maxSlab = 32

// Emit appends an equation and returns its outputs, which the caller must not
// write to. It panics with an *Error if the operands are wrong.
func (b *Builder) Emit(op Op, params Params, in ...*Value) []*Value {
	a := b.eqn(op, params, in)
	e := &a.Eqn
	out, err := infer(e)
	if err != nil {
		panic(&Error{Code: CodeOf(err), Op: op.String(), In: Avals(in), Pos: e.Pos(), Msg: err.Error()})
	}
	if len(out) == 1 {
		return b.bind1(a, out[0])
	}
	return b.bind(e, out)
}

// Copy appends an equation of another graph on operands of the same avals as
// it has there, which need not be checked again. It returns what Emit does.
func (b *Builder) Copy(e *Eqn, in []*Value) []*Value {
	a := b.eqn(e.Op, e.Params, in)
	if len(e.Out) == 1 {
		return b.bind1(a, e.Out[0].Aval)
	}
	return b.bind(&a.Eqn, Avals(e.Out))
}

// eqn is the one place where equations are made.
func (b *Builder) eqn(op Op, params Params, in []*Value) *alone {
	if len(b.free) == 0 {
		b.free = make([]alone, min(1+len(b.g.Eqns), maxSlab))
	}
	a := &b.free[0]
	b.free = b.free[1:]
	a.Eqn = Eqn{Op: op, Params: params, pc: b.pc}
	a.In = append(a.in[:0:len(a.in)], in...)
	if a.pc == 0 {
		a.pc = userPC()
	}
	return a
}

func (b *Builder) bind1(a *alone, out Aval) []*Value {
	a.value = Value{Aval: out, Def: &a.Eqn, id: int32(b.g.size)}
	b.g.size++
	a.one[0] = &a.value
	a.Out = a.one[:]
	b.g.Eqns = append(b.g.Eqns, &a.Eqn)
	return a.Out
}

func (b *Builder) bind(e *Eqn, out []Aval) []*Value {
	e.Out = make([]*Value, len(out))
	for i, o := range out {
		e.Out[i] = b.value(o)
		e.Out[i].Def = e
	}
	b.g.Eqns = append(b.g.Eqns, e)
	return e.Out
}

// emit1 is Emit for ops with one result.
func (b *Builder) emit1(op Op, params Params, in ...*Value) *Value {
	return b.Emit(op, params, in...)[0]
}

// Inline appends a copy of g's equations with g's inputs bound to in.
func (b *Builder) Inline(g *Graph, in ...*Value) []*Value {
	if len(in) != len(g.In) {
		Bugf("inlining a graph of %d inputs on %d", len(g.In), len(in))
	}
	env := NewEnv[*Value](g)
	env.Bind(g.In, in)
	same := slices.EqualFunc(g.In, in, func(x, y *Value) bool { return x.Aval.Equal(y.Aval) })
	defer func(pc uintptr) { b.pc = pc }(b.pc)
	b.g.Eqns = slices.Grow(b.g.Eqns, len(g.Eqns))
	var read []*Value
	for _, e := range g.Eqns {
		b.At(e)
		read = read[:0]
		for _, v := range e.In {
			read = append(read, env.Get(v))
		}
		if same {
			env.Bind(e.Out, b.Copy(e, read))
		} else {
			env.Bind(e.Out, b.Emit(e.Op, e.Params, read...))
		}
	}
	return env.Lookup(g.Out)
}
