package xla

import (
	"github.com/jacobi-go/jacobi/graph"
)

// A monoid is what a reduction combines elements with, and what it starts
// from.
type monoid struct {
	op   string
	unit func(graph.DType) graph.Number
}

var (
	sum     = monoid{"stablehlo.add", func(d graph.DType) graph.Number { return graph.Num(d, 0) }}
	product = monoid{"stablehlo.multiply", func(d graph.DType) graph.Number { return graph.Num(d, 1) }}
	maximum = monoid{"stablehlo.maximum", graph.DType.Min}
	minimum = monoid{"stablehlo.minimum", graph.DType.Max}
	all     = monoid{"stablehlo.and", func(d graph.DType) graph.Number { return graph.Number{I: -1}.Round(d) }}
	some    = monoid{"stablehlo.or", func(d graph.DType) graph.Number { return graph.Number{} }}
	parity  = monoid{"stablehlo.xor", func(d graph.DType) graph.Number { return graph.Number{} }}
)

// monoids are those of the reductions.
var monoids = map[graph.Op]monoid{
	graph.OpReduceSum: sum, graph.OpCumsum: sum,
	graph.OpReduceProd: product, graph.OpCumprod: product,
	graph.OpReduceMax: maximum, graph.OpCummax: maximum, graph.OpArgmax: maximum,
	graph.OpReduceMin: minimum, graph.OpCummin: minimum, graph.OpArgmin: minimum,
	graph.OpReduceAnd: all,
	graph.OpReduceOr:  some,
	graph.OpReduceXor: parity,
}

func lowerReduce(f *function, e *graph.Eqn) {
	x := e.In[0]
	m := monoids[e.Op]
	init := f.constant(x.DType, m.unit(x.DType))
	f.set(e, f.reduce(m, f.in(e, 0), init, x.Aval, e.Out[0].Aval, e.Params.(graph.ReduceParams).Axes))
}

func (f *function) reduce(m monoid, x, init id, a, out graph.Aval, axes []int) id {
	r := f.begin("stablehlo.reduce")
	f.text("(")
	f.use(x)
	f.text(" init: ")
	f.use(init)
	f.text(") applies ", m.op, " across dimensions = ")
	f.list("", axes)
	f.endTypes(out, a, graph.Aval{DType: a.DType})
	return r
}

// Values are reduced together with their indices: an element wins if it is
// greater or a NaN, and of equals the one with the smaller index.
func lowerArg(f *function, e *graph.Eqn) {
	x, p := e.In[0], e.Params.(graph.ArgParams)
	value, index := graph.Aval{DType: x.DType}, graph.Aval{DType: p.DType}
	direction := "GT"
	if e.Op == graph.OpArgmin {
		direction = "LT"
	}
	places := x.Aval.With(p.DType)
	iota := f.iota(places, p.Axis)
	worst := f.constant(x.DType, monoids[e.Op].unit(x.DType))
	zero := f.constant(p.DType, graph.Number{})

	both := f.results(2) // the best and where it is
	f.text(`"stablehlo.reduce"(`)
	f.uses(f.in(e, 0), iota, worst, zero)
	f.array(") <{dimensions = ", []int{p.Axis})
	f.text("}> ")
	f.region([]graph.Aval{value, index, value, index}, func(x []id) []id {
		v, i, w, j := x[0], x[1], x[2], x[3]
		pred := graph.Aval{DType: graph.Bool}
		wins := f.simple("stablehlo.or", pred, f.compared(direction, value, v, w), f.compared("NE", value, v, v))
		first := f.simple("stablehlo.and", pred, f.compared("EQ", value, v, w), f.compared("LT", index, i, j))
		either := f.simple("stablehlo.or", pred, wins, first)
		return []id{f.selected(wins, pred, v, w, value), f.selected(either, pred, i, j, index)}
	})
	f.endCall([]graph.Aval{x.Aval, places, value, index}, []graph.Aval{{DType: x.DType, Shape: e.Out[0].Shape}, e.Out[0].Aval})
	f.set(e, both[1])
}

// combine writes a region that combines two elements by op; without an op the
// second stays.
func (f *function) combine(op string, d graph.DType) {
	a := graph.Aval{DType: d}
	f.region([]graph.Aval{a, a}, func(x []id) []id {
		if op == "" {
			return x[1:]
		}
		return []id{f.simple(op, a, x...)}
	})
}

// region writes a region that takes elements of the given types; what it
// returns has the types of the first of them.
func (f *function) region(in []graph.Aval, body func(x []id) []id) { f.regionOf(in, in, body) }

// regionOf is region for results of other types.
func (f *function) regionOf(in, types []graph.Aval, body func(x []id) []id) {
	f.text("({\n", f.indent, "^bb0(")
	x := make([]id, len(in))
	for i, a := range in {
		f.comma(i)
		x[i] = f.fresh()
		f.use(x[i])
		f.text(": ")
		f.typ(a)
	}
	f.text("):\n")
	f.indent += "  "
	scalars, broadcasts := f.scalars, f.broadcasts
	f.scalars, f.broadcasts = nil, nil // a region has its own
	out := body(x)
	f.scalars, f.broadcasts = scalars, broadcasts
	f.text(f.indent, "stablehlo.return ")
	f.uses(out...)
	for i := range out {
		f.lead(i, " : ")
		f.typ(types[i])
	}
	f.indent = f.indent[2:]
	f.text("\n", f.indent, "})")
}

// A window over all elements up to each one is how a cumulative operation is
// written; XLA computes it as a tree of short windows.
func lowerCum(f *function, e *graph.Eqn) {
	x, p, m := e.In[0], e.Params.(graph.CumParams), monoids[e.Op]
	n := x.Shape[p.Axis]
	init := f.constant(x.DType, m.unit(x.DType))
	size := make([]int, x.Rank())
	for i := range size {
		size[i] = 1
	}
	size[p.Axis] = n
	r := f.begin(`"stablehlo.reduce_window"`)
	f.text("(")
	f.uses(f.in(e, 0), init)
	f.text(") <{padding = dense<[")
	for i := range size {
		f.comma(i)
		low, high := 0, 0
		if i == p.Axis && p.Reverse {
			high = n - 1
		} else if i == p.Axis {
			low = n - 1
		}
		f.list("", []int{low, high})
	}
	f.text("]> : tensor<")
	f.int(x.Rank())
	f.array("x2xi64>, window_dimensions = ", size)
	f.text("}> ")
	f.combine(m.op, x.DType)
	f.endTypes(e.Out[0].Aval, x.Aval, graph.Aval{DType: x.DType})
	f.set(e, r)
}
