package xla

import (
	"slices"

	"jacobi/graph"
)

// A graph that is called from several places is one function.
func lowerCall(f *function, e *graph.Eqn) {
	p := e.Params.(graph.CallParams)
	f.callEqn(e, p.Graph, p.Name)
}

// callEqn lowers e as a call of g.
func (f *function) callEqn(e *graph.Eqn, g *graph.Graph, hint string) {
	in := f.ids.Lookup(e.In)
	f.results(e)
	f.text("func.call @", f.name(g, hint), "(")
	f.uses(in...)
	f.text(")")
	f.endCall(graph.Avals(e.In), graph.Avals(e.Out))
}

// call calls g on values and returns what it gives.
func (f *function) call(g *graph.Graph, hint string, in []id) []id {
	out := make([]id, len(g.Out))
	name := f.name(g, hint)
	f.text(f.indent)
	for i := range out {
		out[i] = f.fresh()
		f.comma(i)
		f.use(out[i])
	}
	if len(out) > 0 {
		f.text(" = ")
	}
	f.text("func.call @", name, "(")
	f.uses(in...)
	f.text(")")
	f.endCall(graph.Avals(g.In), graph.Avals(g.Out))
	return out
}

// inlined lowers e as g in place.
func (f *function) inlined(e *graph.Eqn, g *graph.Graph) {
	f.ids.Bind(e.Out, f.inline(g, f.ids.Lookup(e.In)...))
}

// The function of a custom rule is what runs.
func lowerCustomJVP(f *function, e *graph.Eqn) {
	p := e.Params.(graph.CustomJVPParams)
	f.callEqn(e, p.Graph, p.Name)
}

func lowerCustomVJP(f *function, e *graph.Eqn) {
	p := e.Params.(graph.CustomVJPParams)
	f.callEqn(e, p.Graph, p.Name)
}

func lowerCustomLin(f *function, e *graph.Eqn) {
	panic(e.Errorf("a map of which only the transpose is known cannot be run"))
}

// What computes again is kept apart from the first run by a barrier on all of
// its operands, the cotangents among them.
func lowerCheckpoint(f *function, e *graph.Eqn) {
	p := e.Params.(graph.CheckpointParams)
	g := p.Graph
	if p.Recomputes && len(e.In) > 0 {
		g = graph.Remember(g, "barred", func() *graph.Graph {
			return graph.Build(graph.Avals(g.In), func(b *graph.Builder, in []*graph.Value) []*graph.Value {
				return b.Inline(g, b.Barrier(in...)...)
			})
		})
	}
	f.callEqn(e, g, "checkpoint")
}

// Branches close over their operands. An index beyond the branches is clamped.
func lowerCond(f *function, e *graph.Eqn) {
	p := e.Params.(graph.CondParams)
	index := graph.Build([]graph.Aval{e.In[0].Aval}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
		i := b.Convert(in[0], graph.Int32)
		if in[0].DType != graph.Bool {
			i = b.Clamp(b.Scalar(graph.Int32, 0), i, b.Scalar(graph.Int32, float64(len(p.Branches)-1)))
		}
		return []*graph.Value{i}
	})
	in := f.ids.Lookup(e.In)
	i := f.inline(index, in[0])[0]
	f.results(e)
	f.text(`"stablehlo.case"(`)
	f.use(i)
	f.text(") ({\n")
	for k, g := range p.Branches {
		if k > 0 {
			f.text(f.indent, "}, {\n")
		}
		f.nested(func() {
			f.returns(f.call(g, "branch", in[1:]), graph.Avals(g.Out))
		})
	}
	f.text(f.indent, "})")
	f.endCall([]graph.Aval{{DType: graph.Int32}}, graph.Avals(e.Out))
}

// nested writes a region.
func (f *function) nested(region func()) {
	outer, scalars, broadcasts := f.indent, f.scalars, f.broadcasts
	f.indent += "  "
	f.scalars, f.broadcasts = nil, nil // what is made inside is not seen outside
	region()
	f.indent, f.scalars, f.broadcasts = outer, scalars, broadcasts
}

// returns ends a region.
func (f *function) returns(out []id, avals []graph.Aval) {
	f.text(f.indent, "stablehlo.return")
	for i, x := range out {
		f.lead(i, " ")
		f.use(x)
	}
	for i, a := range avals {
		f.lead(i, " : ")
		f.typ(a)
	}
	f.text("\n")
}

// The consts go around with the carry. A bound is a count that goes around
// too.
func lowerWhile(f *function, e *graph.Eqn) {
	p := e.Params.(graph.WhileParams)
	if p.MaxTrips > 0 {
		f.inlined(e, counted(p, graph.Avals(e.In)))
		return
	}
	in := f.ids.Lookup(e.In)
	avals := graph.Avals(e.In)
	out := make([]id, len(in))
	f.text(f.indent)
	for i := range in {
		out[i] = f.fresh()
		f.comma(i)
		f.use(out[i])
	}
	if len(in) > 0 {
		f.text(" = ")
	}
	f.text("stablehlo.while(")
	args := make([]id, len(in))
	for i, x := range in {
		f.comma(i)
		args[i] = f.fresh()
		f.use(args[i])
		f.text(" = ")
		f.use(x)
	}
	f.text(")")
	for i, a := range avals {
		f.lead(i, " : ")
		f.typ(a)
	}
	f.text("\n", f.indent, "cond {\n")
	f.nested(func() {
		f.returns(f.call(p.Cond, "cond", args), graph.Avals(p.Cond.Out))
	})
	f.text(f.indent, "} do {\n")
	f.nested(func() {
		next := f.call(p.Body, "body", args)
		f.returns(slices.Concat(args[:p.Consts], next), avals)
	})
	f.text(f.indent, "}")
	f.end()
	f.ids.Bind(e.Out, out[p.Consts:])
}

// counted is a while with a bound as one whose predicate looks at a count in
// front of the carry.
func counted(p graph.WhileParams, avals []graph.Aval) *graph.Graph {
	type (
		B = *graph.Builder
		V = *graph.Value
	)
	n := p.Consts
	with := slices.Insert(slices.Clone(avals), n, graph.Aval{DType: graph.Int32})
	split := func(in []V) (V, []V) { return in[n], slices.Concat(in[:n], in[n+1:]) }
	w := graph.WhileParams{
		Consts: n,
		Cond: graph.Build(with, func(b B, in []V) []V {
			trips, rest := split(in)
			return []V{b.And(b.Lt(trips, b.Scalar(graph.Int32, float64(p.MaxTrips))), b.Inline(p.Cond, rest...)[0])}
		}),
		Body: graph.Build(with, func(b B, in []V) []V {
			trips, rest := split(in)
			return append([]V{b.Add(trips, b.Scalar(graph.Int32, 1))}, b.Inline(p.Body, rest...)...)
		}),
	}
	return graph.Build(avals, func(b B, in []V) []V {
		return b.While(w, slices.Insert(slices.Clone(in), n, b.Scalar(graph.Int32, 0))...)[1:]
	})
}

// A scan is a while over a counter, which reads the slices of xs at it and
// writes those of ys, in place, into arrays that it carries.
func lowerScan(f *function, e *graph.Eqn) {
	p := e.Params.(graph.ScanParams)
	f.inlined(e, graph.Remember(p.Body, graph.Key("scan", scanMask(p)), func() *graph.Graph { return expandScan(p, e) }))
}

// scanMask is what the expansion of a scan depends on beside the body, as a
// key.
func scanMask(p graph.ScanParams) []bool {
	var mask []bool
	for _, n := range []int{p.Consts, p.Carry, p.Length, p.Unroll} {
		for ; n > 0; n >>= 1 {
			mask = append(mask, n&1 == 1, true)
		}
		mask = append(mask, false, false)
	}
	return append(mask, p.Reverse)
}

func expandScan(p graph.ScanParams, e *graph.Eqn) *graph.Graph {
	type (
		B = *graph.Builder
		V = *graph.Value
	)
	nc, nx := p.Consts+p.Carry, len(e.In)-p.Consts-p.Carry
	index := graph.Aval{DType: graph.Int32}
	// one step: (consts, xs, i, carry, ys) -> (carry, ys)
	step := func(b B, consts, xs []V, i V, carry, ys []V) ([]V, []V) {
		at := i
		if p.Reverse {
			at = b.Sub(b.Scalar(graph.Int32, float64(p.Length-1)), i)
		}
		start := func(rank int) []V {
			idx := slices.Repeat([]V{b.Scalar(graph.Int32, 0)}, rank)
			idx[0] = at
			return idx
		}
		in := slices.Concat(consts, carry)
		for _, x := range xs {
			sizes := slices.Clone(x.Shape)
			sizes[0] = 1
			in = append(in, b.Reshape(b.DynamicSlice(x, start(x.Rank()), sizes), x.Shape[1:]...))
		}
		out := b.Inline(p.Body, in...)
		next := make([]V, len(ys))
		for k, y := range out[p.Carry:] {
			row := b.Reshape(y, slices.Concat([]int{1}, y.Shape)...)
			next[k] = b.DynamicUpdateSlice(ys[k], row, start(row.Rank()))
		}
		return out[:p.Carry:p.Carry], next
	}
	loop := func(b B, consts, xs []V, from, trips, unroll int, carry, ys []V) ([]V, []V) {
		if trips == 0 {
			return carry, ys
		}
		ins := slices.Concat(graph.Avals(consts), graph.Avals(xs), []graph.Aval{index}, graph.Avals(carry), graph.Avals(ys))
		k := len(consts) + len(xs)
		split := func(in []V) (c, x []V, i V, s, y []V) {
			return in[:len(consts)], in[len(consts):k], in[k], in[k+1:][:len(carry)], in[k+1+len(carry):]
		}
		limit := float64(from + trips*unroll)
		w := graph.WhileParams{
			Consts: k,
			Cond: graph.Build(ins, func(b B, in []V) []V {
				return []V{b.Lt(in[k], b.Scalar(graph.Int32, limit))}
			}),
			Body: graph.Build(ins, func(b B, in []V) []V {
				c, x, i, s, y := split(in)
				for range unroll {
					s, y = step(b, c, x, i, s, y)
					i = b.Add(i, b.Scalar(graph.Int32, 1))
				}
				return slices.Concat([]V{i}, s, y)
			}),
		}
		out := b.While(w, slices.Concat(consts, xs, []V{b.Scalar(graph.Int32, float64(from))}, carry, ys)...)[1:]
		return out[:len(carry)], out[len(carry):]
	}
	return graph.Build(graph.Avals(e.In), func(b B, in []V) []V {
		consts, carry, xs := in[:p.Consts], in[p.Consts:nc], in[nc:nc+nx]
		ys := make([]V, len(e.Out)-p.Carry)
		for i, v := range e.Out[p.Carry:] {
			ys[i] = b.Zeros(v.Aval)
		}
		trips := p.Length / p.Unroll
		carry, ys = loop(b, consts, xs, 0, trips, p.Unroll, carry, ys)
		carry, ys = loop(b, consts, xs, trips*p.Unroll, p.Length%p.Unroll, 1, carry, ys)
		return slices.Concat(carry, ys)
	})
}

// Solving is what runs; the rest is for derivatives.
func lowerLinearSolve(f *function, e *graph.Eqn) {
	f.callEqn(e, e.Params.(graph.LinearSolveParams).Solve, "solve")
}
