package xla

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

// A graph that is called from several places is one function.
func lowerCall(f *function, e *graph.Eqn) {
	p := e.Params.(graph.CallParams)
	f.ids.Bind(e.Out, f.call(p.Graph, p.Name, f.ids.Lookup(e.In)))
}

// call calls g on values and returns what it gives.
func (f *function) call(g *graph.Graph, hint string, in []id) []id {
	name := f.name(g, hint)
	out := f.results(len(g.Out))
	f.text("func.call @", name, "(")
	f.uses(in...)
	f.text(")")
	f.endCall(graph.Avals(g.In), graph.Avals(g.Out))
	return out
}

// Branches close over their operands.
func lowerCond(f *function, e *graph.Eqn) {
	in := f.ids.Lookup(e.In)
	out := f.results(len(e.Out))
	f.text(`"stablehlo.case"(`)
	f.use(in[0])
	f.text(") ({\n")
	for k, g := range e.Params.(graph.CondParams).Branches {
		if k > 0 {
			f.text(f.indent, "}, {\n")
		}
		f.nested(func() {
			f.returns(f.call(g, "branch", in[1:]), graph.Avals(g.Out))
		})
	}
	f.text(f.indent, "})")
	f.endCall([]graph.Aval{e.In[0].Aval}, graph.Avals(e.Out))
	f.ids.Bind(e.Out, out)
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

// The consts go around with the carry.
func lowerWhile(f *function, e *graph.Eqn) {
	p := e.Params.(graph.WhileParams)
	in, avals := f.ids.Lookup(e.In), graph.Avals(e.In)
	out := f.results(len(in))
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
