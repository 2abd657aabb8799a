package graphtest

import "github.com/jacobi-go/jacobi/graph"

func (l *list) reductions() {
	numbers := []graph.DType{graph.Float16, graph.BFloat16, graph.Float32, graph.Float64, graph.Int8, graph.Int32, graph.Uint8, graph.Uint64, graph.Complex64, graph.Complex128}
	ordered := []graph.DType{graph.Float16, graph.BFloat16, graph.Float32, graph.Float64, graph.Int8, graph.Int32, graph.Uint8, graph.Uint64, graph.Bool}
	bitwise := []graph.DType{graph.Bool, graph.Int32, graph.Uint8}
	// Factors stay away from 0: some derivatives divide by them.
	factors := func(d graph.DType) domain {
		switch {
		case d.IsComplex():
			return away
		case d.IsFloat():
			return signed(0.5, 1.5)
		}
		return usual
	}
	always := func(x domain) func(graph.DType) domain { return func(graph.DType) domain { return x } }
	for _, row := range []struct {
		op     graph.Op
		dtypes []graph.DType
		draw   func(graph.DType) domain
	}{
		{graph.OpReduceSum, numbers, always(usual)},
		{graph.OpReduceProd, numbers, factors},
		{graph.OpReduceMax, ordered, always(distinct)},
		{graph.OpReduceMin, ordered, always(distinct)},
		{graph.OpReduceAnd, bitwise, always(bits)},
		{graph.OpReduceOr, bitwise, always(bits)},
		{graph.OpReduceXor, bitwise, always(bits)},
	} {
		for _, d := range row.dtypes {
			draw := row.draw(d)
			l.op(row.op, "[0]", graph.ReduceParams{Axes: []int{0}}, from(draw, d, 4))
			l.op(row.op, "[0 2]", graph.ReduceParams{Axes: []int{0, 2}}, from(draw, d, 2, 3, 2))
		}
		d := row.dtypes[0]
		for _, e := range row.dtypes {
			if e == graph.Float64 {
				d = e
			}
		}
		draw := row.draw(d)
		l.op(row.op, "[1 0]", graph.ReduceParams{Axes: []int{1, 0}}, from(draw, d, 2, 2))
		l.op(row.op, "[1]", graph.ReduceParams{Axes: []int{1}}, from(draw, d, 2, 1, 3))
		l.op(row.op, "[0] empty", graph.ReduceParams{Axes: []int{0}}, from(draw, d, 0, 2))
		l.op(row.op, "[1] of empty", graph.ReduceParams{Axes: []int{1}}, from(draw, d, 0, 2))
		l.op(row.op, "[]", graph.ReduceParams{Axes: []int{}}, from(draw, d, 2))
		l.op(row.op, "[] scalar", graph.ReduceParams{Axes: []int{}}, from(draw, d))
	}
	for _, op := range []graph.Op{graph.OpArgmax, graph.OpArgmin} {
		for _, d := range ordered {
			l.op(op, "axis=0", graph.ArgParams{Axis: 0, DType: graph.Int32}, from(distinct, d, 5))
			l.op(op, "axis=1", graph.ArgParams{Axis: 1, DType: graph.Int64}, from(distinct, d, 2, 3, 2))
		}
		l.op(op, "ties", graph.ArgParams{Axis: 0, DType: graph.Int32}, from(these(1, 3, 3, 1, 2), graph.Float32, 5)).Smooth = false
		l.op(op, "ties", graph.ArgParams{Axis: 0, DType: graph.Uint8}, from(these(2, 1, 1, 2), graph.Int32, 4))
		l.op(op, "empty", graph.ArgParams{Axis: 1, DType: graph.Int32}, from(distinct, graph.Float32, 0, 2))
	}
	for _, row := range []struct {
		op     graph.Op
		dtypes []graph.DType
		draw   func(graph.DType) domain
	}{
		{graph.OpCumsum, numbers, always(usual)},
		{graph.OpCumprod, numbers, factors},
		{graph.OpCummax, ordered, always(distinct)},
		{graph.OpCummin, ordered, always(distinct)},
	} {
		for _, d := range row.dtypes {
			l.op(row.op, "axis=0", graph.CumParams{Axis: 0}, from(row.draw(d), d, 5))
			l.op(row.op, "axis=1 reverse", graph.CumParams{Axis: 1, Reverse: true}, from(row.draw(d), d, 2, 3, 2))
		}
		l.op(row.op, "axis=1", graph.CumParams{Axis: 1}, from(row.draw(graph.Float64), graph.Float64, 2, 3, 2))
		l.op(row.op, "axis=0 reverse", graph.CumParams{Axis: 0, Reverse: true}, from(row.draw(graph.Float64), graph.Float64, 5))
		l.op(row.op, "one", graph.CumParams{Axis: 1}, from(row.draw(graph.Float64), graph.Float64, 2, 1))
		l.op(row.op, "empty", graph.CumParams{Axis: 0, Reverse: true}, from(row.draw(graph.Float64), graph.Float64, 0, 2))
	}
}
