package graphtest

import "github.com/jacobi-go/jacobi/graph"

// programAvals are what ops that hold graphs are tried on.
var programAvals = []graph.Aval{
	{DType: graph.Float32, Shape: []int{2}}, {DType: graph.Float64, Shape: []int{2}}, {DType: graph.Complex128, Shape: []int{2}},
}

func (l *list) control() {
	for _, x := range programAvals {
		l.calls(x)
		l.conds(x)
		l.scans(x)
		l.whiles(x)
	}
	none := graph.Build(nil, func(b builder, _ []value) []value { return []value{b.Scalar(graph.Float32, 2)} })
	l.op(graph.OpCall, "no operands", graph.CallParams{Name: "two", Graph: none})
}

// sinMul is sin(x) * y.
func sinMul(x graph.Aval) *graph.Graph {
	return graph.Build([]graph.Aval{x, x}, func(b builder, in []value) []value {
		return []value{b.Mul(b.Sin(in[0]), in[1])}
	})
}

func like(x graph.Aval) operand { return operand{x, usual} }

func (l *list) calls(x graph.Aval) {
	f := sinMul(x)
	l.op(graph.OpCall, "one result", graph.CallParams{Name: "f", Graph: f}, like(x), like(x))
	g := graph.Build([]graph.Aval{x, x, {DType: graph.Int32}}, func(b builder, in []value) []value {
		y := b.Call("f", f, in[0], in[1])
		z := b.Call("f", f, y[0], y[0])
		return []value{z[0], in[0], b.Add(in[2], b.Scalar(graph.Int32, 1)), y[0]}
	})
	l.op(graph.OpCall, "nested, several results", graph.CallParams{Name: "g", Graph: g}, like(x), like(x), array(graph.Int32))
	h := graph.Build([]graph.Aval{x, x}, func(b builder, in []value) []value { return []value{b.Cos(in[1])} })
	l.op(graph.OpCall, "unused operand", graph.CallParams{Name: "h", Graph: h}, like(x), like(x))
}

func (l *list) conds(x graph.Aval) {
	branch := func(f func(b builder, x, y value) value) *graph.Graph {
		return graph.Build([]graph.Aval{x, x}, func(b builder, in []value) []value {
			return []value{f(b, in[0], in[1]), in[1]}
		})
	}
	three := []*graph.Graph{branch(builder.Mul), branch(func(b builder, x, _ value) value { return b.Sin(x) }), branch(builder.Sub)}
	l.op(graph.OpCond, "two", graph.CondParams{Branches: three[:2]}, array(graph.Bool), like(x), like(x))
	for _, row := range []struct {
		note  string
		index int64
	}{{"first", 0}, {"second", 1}, {"last", 2}, {"before", -3}, {"beyond", 7}} {
		l.op(graph.OpCond, "three, "+row.note, graph.CondParams{Branches: three}, from(these(row.index), graph.Int32), like(x), like(x))
	}
}

func (l *list) scans(x graph.Aval) {
	row, rows := operand{x, usual}, operand{x.Stack(3), usual}
	// c, h, x -> h', y: h' = sin(c h + x), y = h' h
	body := graph.Build([]graph.Aval{x, x, x}, func(b builder, in []value) []value {
		h := b.Sin(b.Add(b.Mul(in[0], in[1]), in[2]))
		return []value{h, b.Mul(h, in[1])}
	})
	p := graph.ScanParams{Body: body, Consts: 1, Carry: 1, Length: 3, Unroll: 1}
	l.op(graph.OpScan, "", p, row, row, rows)
	p.Reverse = true
	l.op(graph.OpScan, "reverse", p, row, row, rows)
	p.Reverse, p.Unroll = false, 2
	l.op(graph.OpScan, "unrolled", p, row, row, rows)
	p.Length, p.Unroll = 0, 1
	l.op(graph.OpScan, "of nothing", p, row, row, operand{x.Stack(0), usual})
	// A counter beside the carry, and no xs: powers of x.
	count := graph.Build([]graph.Aval{{DType: graph.Int32}, x, x}, func(b builder, in []value) []value {
		i := b.Add(in[0], b.Scalar(graph.Int32, 1))
		return []value{i, b.Mul(in[1], in[2]), in[2], i}
	})
	l.op(graph.OpScan, "counter", graph.ScanParams{Body: count, Carry: 3, Length: 2, Unroll: 1},
		from(these(0), graph.Int32), row, row)
	maps := graph.Build([]graph.Aval{x}, func(b builder, in []value) []value { return []value{b.Cos(in[0])} })
	l.op(graph.OpScan, "map", graph.ScanParams{Body: maps, Length: 3, Unroll: 1}, rows)
}

func (l *list) whiles(x graph.Aval) {
	i := graph.Aval{DType: graph.Int32}
	in := []graph.Aval{x, i, x} // c; i, h
	cond := graph.Build(in, func(b builder, in []value) []value {
		return []value{b.Lt(in[1], b.Scalar(graph.Int32, 3))}
	})
	body := graph.Build(in, func(b builder, in []value) []value {
		return []value{b.Add(in[1], b.Scalar(graph.Int32, 1)), b.Sin(b.Mul(in[0], in[2]))}
	})
	for _, row := range []struct {
		note string
		from int64
		max  int
	}{{"at most five trips", 0, 5}, {"no trip", 9, 4}, {"stopped by the bound", 0, 2}} {
		p := graph.WhileParams{Cond: cond, Body: body, Consts: 1, MaxTrips: row.max, Levels: 1}
		l.op(graph.OpWhile, row.note, p, like(x), from(these(row.from), graph.Int32), like(x))
	}
}
