package graphtest

import "github.com/jacobi-go/jacobi/graph"

func (l *list) dots() {
	for _, row := range []struct {
		note           string
		x, y           []int
		lc, rc, lb, rb []int
	}{
		{"inner", []int{3}, []int{3}, []int{0}, []int{0}, nil, nil},
		{"outer", []int{2}, []int{3}, nil, nil, nil, nil},
		{"matmul", []int{2, 3}, []int{3, 2}, []int{1}, []int{0}, nil, nil},
		{"transposed", []int{3, 2}, []int{4, 3}, []int{0}, []int{1}, nil, nil},
		{"matvec", []int{2, 3}, []int{3}, []int{1}, []int{0}, nil, nil},
		{"batch", []int{2, 3, 2}, []int{2, 2, 3}, []int{2}, []int{1}, []int{0}, []int{0}},
		{"two batches", []int{2, 3, 2}, []int{2, 2, 3}, []int{}, []int{}, []int{0, 2}, []int{1, 0}},
		{"batch in the middle", []int{3, 2, 2}, []int{2, 3, 2}, []int{0}, []int{1}, []int{1}, []int{2}},
		{"contract two, permuted", []int{2, 3, 2}, []int{3, 2, 2}, []int{1, 0}, []int{0, 2}, nil, nil},
		{"all", []int{2, 3}, []int{3, 2}, []int{1, 0}, []int{0, 1}, nil, nil},
		{"scalar", nil, []int{3}, nil, nil, nil, nil},
		{"one", []int{1, 3}, []int{3, 1}, []int{1}, []int{0}, nil, nil},
		{"empty sum", []int{2, 0}, []int{0, 3}, []int{1}, []int{0}, nil, nil},
		{"empty", []int{0, 2}, []int{2, 3}, []int{1}, []int{0}, nil, nil},
	} {
		list := func(xs []int) []int { return append([]int{}, xs...) }
		p := graph.DotParams{LHSContract: list(row.lc), RHSContract: list(row.rc), LHSBatch: list(row.lb), RHSBatch: list(row.rb)}
		for _, d := range []graph.DType{graph.Float64, graph.Complex128} {
			p.Prefer = d
			l.op(graph.OpDot, row.note, p, array(d, row.x...), array(d, row.y...))
		}
	}
	for _, row := range [][2]graph.DType{
		{graph.Float32, graph.Float32}, {graph.Int32, graph.Int32}, {graph.Float16, graph.Float16}, {graph.BFloat16, graph.BFloat16}, {graph.Complex64, graph.Complex64}, {graph.Int8, graph.Int8}, {graph.Uint8, graph.Uint8}, {graph.Int64, graph.Int64},
		{graph.Float16, graph.Float32}, {graph.BFloat16, graph.Float32}, {graph.Float32, graph.Float64}, {graph.Complex64, graph.Complex128}, {graph.Int8, graph.Int32}, {graph.Uint8, graph.Uint32},
	} {
		p := graph.DotParams{LHSContract: []int{1}, RHSContract: []int{0}, LHSBatch: []int{}, RHSBatch: []int{}, Prefer: row[1]}
		l.op(graph.OpDot, "to "+row[1].Short(), p, array(row[0], 2, 3), array(row[0], 3, 2))
	}
}
