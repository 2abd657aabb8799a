package graph

import (
	enc "encoding/binary"
	"slices"
)

// Simplify removes dead equations, merges equal ones, folds constants and
// applies identities that are exact, in g and in the graphs inside it. It
// keeps g's inputs and outputs, and computes bit for bit what g does. A graph
// with nothing to simplify is returned as it is.
func Simplify(g *Graph) *Graph {
	return Remember(g, "simplify", func() *Graph {
		s := simplify(g)
		return Remember(s, "simplify", func() *Graph { return s })
	})
}

func simplify(g *Graph) *Graph {
	out, in := Fill(true, len(g.Out)), Fill(true, len(g.In))
	merged := merge(Trim(g, out, in).Graph)
	t := trim(merged, out, in)
	if t.narrowed { // ops with less to do may be equal now
		return simplify(t.Graph)
	}
	return t.Graph
}

// A Trimmed graph keeps of some graph the outputs asked for, and the inputs
// in mask In.
type Trimmed struct {
	*Graph
	In       []bool
	narrowed bool // an op that holds graphs has less to do
}

// Trim keeps the outputs in mask used and what they need; inputs in mask keep
// stay even if nothing reads them. An input may be a value that an equation
// of g computes (see Rewire): it is not computed then.
func Trim(g *Graph, used, keep []bool) Trimmed {
	return Remember(g, Key("trim", used, keep), func() Trimmed { return trim(g, used, keep) })
}

func trim(g *Graph, used, keep []bool) Trimmed {
	live, input := NewEnv[bool](g), NewEnv[bool](g)
	for _, v := range g.In {
		input.Set(v, true)
	}
	less := map[int]remains{} // of equations that have less to do
	changed, kept := slices.Contains(used, false), make([]bool, len(g.Eqns))
	for i, v := range g.Out {
		if used[i] {
			live.Set(v, true)
		}
	}
	t := Trimmed{In: slices.Clone(keep)}
	for i, e := range slices.Backward(g.Eqns) {
		some := false
		for _, v := range e.Out {
			some = some || live.Get(v) && !input.Get(v)
			changed = changed || input.Get(v)
		}
		if !some && !Effectful(e) {
			changed = true
			continue
		}
		kept[i] = true
		var k remains
		if e.Op.HoldsGraphs() {
			out := make([]bool, len(e.Out))
			for j, v := range e.Out {
				out[j] = live.Get(v) && !input.Get(v)
			}
			ok := false
			if k.params, k.in, k.out, ok = narrow(e.Op, e.Params, out); ok {
				less[i] = k
			}
			if ok && !slices.Equal(Subgraphs(k.params), Subgraphs(e.Params)) {
				changed, t.narrowed = true, true
			}
		}
		for j, v := range e.In {
			if k.in == nil || k.in[j] {
				live.Set(v, true)
			}
		}
	}
	for i, v := range g.In {
		t.In[i] = t.In[i] || live.Get(v)
		changed = changed || !t.In[i]
	}
	if !changed { // the same graph, so that what is known of it stays known
		t.Graph = g
		return t
	}
	var b Builder
	b.g.Eqns = make([]*Eqn, 0, len(g.Eqns))
	env := NewEnv[*Value](g)
	in := Pick(t.In, g.In)
	env.Bind(in, b.Inputs(Avals(in)))
	var read []*Value
	for i, e := range g.Eqns {
		if !kept[i] {
			continue
		}
		b.At(e)
		in, out := e.In, e.Out
		k, narrowed := less[i]
		if narrowed {
			in, out = Pick(k.in, in), Pick(k.out, out)
		}
		read = read[:0]
		for _, v := range in {
			read = append(read, env.Get(v))
		}
		var y []*Value
		if narrowed {
			y = b.Emit(e.Op, k.params, read...)
		} else {
			y = b.Copy(e, read)
		}
		for j, v := range out {
			if !input.Get(v) {
				env.Set(v, y[j])
			}
		}
	}
	t.Graph = b.Graph(env.Lookup(Pick(used, g.Out))...)
	return t
}

// What remains of an equation that has less to do, as narrow returns it.
type remains struct {
	params  Params
	in, out []bool
}

// narrow is the dead-code rule of the ops that hold graphs: what is left if only
// the results in used are needed, and which operands and results that has. It
// is not ok if the op is always kept as it is.
func narrow(op Op, params Params, used []bool) (_ Params, in, out []bool, ok bool) {
	switch p := params.(type) {
	case CallParams:
		t := Trim(p.Graph, used, make([]bool, len(p.Graph.In)))
		p.Graph = t.Graph
		return p, t.In, used, true
	case CheckpointParams:
		t := Trim(p.Graph, used, make([]bool, len(p.Graph.In)))
		p.Graph = t.Graph
		return p, t.In, used, true
	case CondParams:
		in := make([]bool, len(p.Branches[0].In))
		for _, g := range p.Branches {
			in = Or(in, Trim(g, used, make([]bool, len(in))).In)
		}
		branches := make([]*Graph, len(p.Branches))
		for i, g := range p.Branches {
			branches[i] = Trim(g, used, in).Graph
		}
		return CondParams{branches}, append([]bool{true}, in...), used, true
	case ScanParams:
		return narrowScan(p, slices.Clone(used))
	case WhileParams:
		return narrowWhile(p, slices.Clone(used))
	case CustomJVPParams:
		return p, Fill(true, len(p.Graph.In)), Fill(true, len(p.Graph.Out)), true
	case CustomVJPParams:
		return p, Fill(true, len(p.Graph.In)), Fill(true, len(p.Graph.Out)), true
	case LinearSolveParams:
		return p, Fill(true, len(p.Solve.In)), Fill(true, len(p.Solve.Out)), true
	case CustomLinParams:
		return nil, nil, nil, false
	}
	Bugf("no dead-code rule for %v", op)
	return nil, nil, nil, false
}

// narrowScan: a carry is live if its last value is, or if a live value of the
// next step needs it.
func narrowScan(p ScanParams, used []bool) (_ Params, in, out []bool, ok bool) {
	for {
		keep := make([]bool, len(p.Body.In))
		copy(keep[p.Consts:], used[:p.Carry])
		t := Trim(p.Body, used, keep)
		if Grow(used[:p.Carry], t.In[p.Consts:][:p.Carry]) {
			continue
		}
		p.Body = t.Graph
		p.Carry = Count(t.In[p.Consts:][:p.Carry])
		p.Consts = Count(t.In[:p.Consts])
		return p, t.In, used, true
	}
}

func narrowWhile(p WhileParams, used []bool) (_ Params, in, out []bool, ok bool) {
	for {
		in := make([]bool, len(p.Body.In))
		copy(in[p.Consts:], used)
		in = Or(in, Trim(p.Cond, []bool{true}, in).In)
		in = Or(in, Trim(p.Body, used, in).In)
		if Grow(used, in[p.Consts:]) {
			continue
		}
		p.Cond, p.Body = Trim(p.Cond, []bool{true}, in).Graph, Trim(p.Body, used, in).Graph
		p.Consts = Count(in[:p.Consts])
		return p, in, used, true
	}
}

// merge emits each equation once, in its simplest form, with the graphs in it
// simplified. Operands come first, so that an equation that is read is
// already in its simplest form, and a second pass would find nothing.
func merge(g *Graph) *Graph {
	s := simplifier{seen: make(map[string][]*Value, len(g.Eqns))}
	s.b.g.Eqns = make([]*Eqn, 0, len(g.Eqns))
	env := NewEnv[*Value](g)
	env.Bind(g.In, s.b.Inputs(Avals(g.In)))
	var read []*Value
	for _, e := range g.Eqns {
		s.b.At(e)
		read = read[:0]
		for _, v := range e.In {
			read = append(read, env.Get(v))
		}
		if e.Op.HoldsGraphs() {
			params, in, out := e.Params, read, e.Out
			if p, i, o, ok := narrow(e.Op, WithGraphs(params, Simplify), Fill(true, len(e.Out))); ok {
				params, in, out = WithGraphs(p, Simplify), Pick(i, read), Pick(o, e.Out)
			}
			s.changed = s.changed || !slices.Equal(Subgraphs(params), Subgraphs(e.Params))
			env.Bind(out, s.emit(e.Op, params, in...))
			continue
		}
		env.Bind(e.Out, s.keep(e, read))
	}
	if !s.changed {
		return g
	}
	return s.b.Graph(env.Lookup(g.Out)...)
}

type simplifier struct {
	b       Builder
	seen    map[string][]*Value // results by op, params and operands
	key     []byte
	changed bool // the result differs from what was read
}

// emit returns what op gives, by an equation that is already there if one is.
func (s *simplifier) emit(op Op, params Params, in ...*Value) []*Value {
	return s.once(op, params, in, func() []*Value { return s.b.Emit(op, params, in...) })
}

// keep is emit for an equation of the graph that is simplified.
func (s *simplifier) keep(e *Eqn, in []*Value) []*Value {
	return s.once(e.Op, e.Params, in, func() []*Value { return s.b.Copy(e, in) })
}

func (s *simplifier) once(op Op, params Params, in []*Value, make func() []*Value) []*Value {
	if v := s.rewrite(op, params, in); v != nil {
		s.changed = true
		return []*Value{v}
	}
	if op.is(keepsApart) || effectful(op, params) {
		return make()
	}
	key := appendKey(s.key[:0], op, params)
	if len(in) == 2 && op.is(commutes) && in[0].id > in[1].id {
		key = enc.AppendUvarint(key, uint64(in[1].id))
		key = enc.AppendUvarint(key, uint64(in[0].id))
	} else {
		for _, v := range in {
			key = enc.AppendUvarint(key, uint64(v.id))
		}
	}
	s.key = key
	if y, ok := s.seen[string(key)]; ok {
		s.changed = true
		return y
	}
	y := make()
	s.seen[string(key)] = y
	return y
}

func (s *simplifier) emit1(op Op, params Params, in ...*Value) *Value {
	return s.emit(op, params, in...)[0]
}
