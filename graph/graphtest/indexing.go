package graphtest

import (
	"github.com/jacobi-go/jacobi/graph"
)

func (l *list) indexing() {
	// Start indices before, inside and beyond the operand.
	at := func(i int, d graph.DType) operand { return from(these(int64(i)), d) }
	for _, d := range some {
		l.op(graph.OpDynamicSlice, "inside", graph.DynamicSliceParams{Sizes: []int{2}}, array(d, 5), at(2, graph.Int32))
		l.op(graph.OpDynamicUpdateSlice, "inside", nil, array(d, 5), array(d, 2), at(2, graph.Int32))
	}
	for _, row := range []struct {
		note           string
		index          graph.DType
		operand, block []int
		start          []int
	}{
		{"beyond", graph.Int64, []int{5}, []int{2}, []int{9}},
		{"at the end", graph.Int16, []int{5}, []int{2}, []int{4}},
		{"before", graph.Int8, []int{5}, []int{3}, []int{-2}},
		{"before and beyond", graph.Int32, []int{3, 4}, []int{2, 1}, []int{2, -1}},
		{"unsigned", graph.Uint8, []int{2, 3}, []int{1, 2}, []int{255, 1}},
		{"unsigned", graph.Uint32, []int{3}, []int{1}, []int{7}},
		{"empty", graph.Int32, []int{2, 3}, []int{0, 2}, []int{0, 1}},
		{"all", graph.Int32, []int{2, 3}, []int{2, 3}, []int{1, 1}},
		{"scalar", graph.Int32, nil, nil, nil},
	} {
		d := graph.Float64
		var start []operand
		for _, i := range row.start {
			start = append(start, at(i, row.index))
		}
		sizes := append([]int{}, row.block...)
		x, u := array(d, row.operand...), array(d, row.block...)
		l.op(graph.OpDynamicSlice, row.note, graph.DynamicSliceParams{Sizes: sizes}, append([]operand{x}, start...)...)
		l.op(graph.OpDynamicUpdateSlice, row.note, nil, append([]operand{x, u}, start...)...)
	}
	for _, d := range some {
		l.gather(d, graph.Int32)
	}
	l.gather(graph.Float32, graph.Int64)
	l.gather(graph.Float32, graph.Uint8)
	for _, c := range []graph.Combine{graph.CombineSet, graph.CombineAdd, graph.CombineMul, graph.CombineMin, graph.CombineMax} {
		for _, d := range some {
			if d == graph.Bool && (c == graph.CombineAdd || c == graph.CombineMul) || d.IsComplex() && c >= graph.CombineMin {
				continue
			}
			l.scatter(d, graph.Int32, c)
		}
	}
	l.scatter(graph.Float64, graph.Int64, graph.CombineAdd)
	l.scatter(graph.Float64, graph.Uint8, graph.CombineSet)
}

// The ways to address an operand, each with the indices [..., components] and
// the sizes of the slices.
var places = []struct {
	note           string
	operand, index []int
	dims           graph.IndexDims
	sizes          []int
	at             []int64 // the indices; no two places share an element
	out            []int   // of a gather; the updates of a scatter
}{
	{"elements", []int{5}, []int{3, 1},
		graph.IndexDims{Offset: []int{}, Collapsed: []int{0}, OperandBatch: []int{}, IndicesBatch: []int{}, Start: []int{0}},
		[]int{1}, []int64{4, 0, 2}, []int{3}},
	{"rows", []int{3, 2}, []int{2, 1},
		graph.IndexDims{Offset: []int{1}, Collapsed: []int{0}, OperandBatch: []int{}, IndicesBatch: []int{}, Start: []int{0}},
		[]int{1, 2}, []int64{2, 0}, []int{2, 2}},
	{"columns", []int{2, 4}, []int{2, 1},
		graph.IndexDims{Offset: []int{0}, Collapsed: []int{1}, OperandBatch: []int{}, IndicesBatch: []int{}, Start: []int{1}},
		[]int{2, 1}, []int64{3, 1}, []int{2, 2}},
	{"points", []int{3, 3}, []int{2, 2, 2},
		graph.IndexDims{Offset: []int{}, Collapsed: []int{0, 1}, OperandBatch: []int{}, IndicesBatch: []int{}, Start: []int{1, 0}},
		[]int{1, 1}, []int64{0, 0, 1, 2, 2, 1, 0, 2}, []int{2, 2}},
	{"windows", []int{5, 5}, []int{2, 2},
		graph.IndexDims{Offset: []int{1, 2}, Collapsed: []int{}, OperandBatch: []int{}, IndicesBatch: []int{}, Start: []int{0, 1}},
		[]int{2, 3}, []int64{0, 1, 3, 2}, []int{2, 2, 3}},
	{"windows before places", []int{5, 4}, []int{2, 1},
		graph.IndexDims{Offset: []int{0, 1}, Collapsed: []int{}, OperandBatch: []int{}, IndicesBatch: []int{}, Start: []int{0}},
		[]int{2, 4}, []int64{0, 3}, []int{2, 4, 2}},
	{"windows around places", []int{4, 3}, []int{2, 1},
		graph.IndexDims{Offset: []int{0, 2}, Collapsed: []int{}, OperandBatch: []int{}, IndicesBatch: []int{}, Start: []int{0}},
		[]int{2, 2}, []int64{2, 0}, []int{2, 2, 2}},
	{"one place", []int{4, 2}, []int{1},
		graph.IndexDims{Offset: []int{0}, Collapsed: []int{0}, OperandBatch: []int{}, IndicesBatch: []int{}, Start: []int{0}},
		[]int{1, 2}, []int64{3}, []int{2}},
	{"batch", []int{2, 4}, []int{2, 2, 1},
		graph.IndexDims{Offset: []int{}, Collapsed: []int{1}, OperandBatch: []int{0}, IndicesBatch: []int{0}, Start: []int{1}},
		[]int{1, 1}, []int64{3, 1, 0, 2}, []int{2, 2}},
	{"batch of windows", []int{4, 3, 2}, []int{3, 2, 1},
		graph.IndexDims{Offset: []int{0}, Collapsed: []int{}, OperandBatch: []int{1, 2}, IndicesBatch: []int{0, 1}, Start: []int{0}},
		[]int{2, 1, 1}, []int64{0, 1, 2, 2, 1, 0}, []int{2, 3, 2}},
	{"no component", []int{3}, []int{1, 0},
		graph.IndexDims{Offset: []int{1}, Collapsed: []int{}, OperandBatch: []int{}, IndicesBatch: []int{}, Start: []int{}},
		[]int{2}, nil, []int{1, 2}},
	{"no place", []int{3, 2}, []int{0, 1},
		graph.IndexDims{Offset: []int{1}, Collapsed: []int{0}, OperandBatch: []int{}, IndicesBatch: []int{}, Start: []int{0}},
		[]int{1, 2}, nil, []int{0, 2}},
	{"empty operand", []int{0, 3}, []int{2, 1},
		graph.IndexDims{Offset: []int{1}, Collapsed: []int{}, OperandBatch: []int{}, IndicesBatch: []int{}, Start: []int{1}},
		nil, []int64{0, 1}, nil},
}

func (l *list) gather(d, index graph.DType) {
	for _, p := range few(d, places) {
		if p.sizes != nil {
			l.op(graph.OpGather, p.note, graph.GatherParams{IndexDims: p.dims, Sizes: p.sizes}, array(d, p.operand...), from(these(p.at...), index, p.index...))
		}
	}
	if d != some[0] && index == graph.Int32 {
		return
	}
	rows := places[1]
	outside := []int64{1, 100, 1}
	if index.IsSigned() {
		outside = []int64{-2, 100, 1}
	}
	l.op(graph.OpGather, "outside and twice", graph.GatherParams{IndexDims: rows.dims, Sizes: rows.sizes}, array(d, rows.operand...), from(these(append(outside, 1)...), index, 4, 1))
	l.op(graph.OpGather, "unique and sorted", graph.GatherParams{IndexDims: rows.dims, Sizes: rows.sizes, Unique: true, Sorted: true},
		array(d, rows.operand...), from(these(0, 2), index, 2, 1))
	l.op(graph.OpGather, "empty slices", graph.GatherParams{IndexDims: rows.dims, Sizes: []int{1, 0}}, array(d, rows.operand...), from(these(0), index, 2, 1))
	windows := places[4]
	l.op(graph.OpGather, "windows outside", graph.GatherParams{IndexDims: windows.dims, Sizes: windows.sizes}, array(d, windows.operand...), from(these(append(outside, 4)...), index, windows.index...))
}

func (l *list) scatter(d, index graph.DType, c graph.Combine) {
	for i, p := range few(d, places) {
		if p.sizes == nil {
			continue
		}
		x, u := from(distinct, d, p.operand...), from(between, d, p.out...)
		idx := from(these(p.at...), index, p.index...)
		note, unique := c.String()+" "+p.note, i%2 == 1
		if unique {
			note += " unique"
		}
		l.op(graph.OpScatter, note, graph.ScatterParams{IndexDims: p.dims, Combine: c, Unique: unique}, x, idx, u)
	}
	if d != some[0] {
		return
	}
	rows, windows := places[1], places[4]
	outside := []int64{100, 1, 3}
	if index.IsSigned() {
		outside = []int64{100, 1, -1}
	}
	l.op(graph.OpScatter, c.String()+" outside", graph.ScatterParams{IndexDims: rows.dims, Combine: c},
		from(distinct, d, rows.operand...), from(these(outside...), index, 3, 1), from(between, d, 3, 2))
	l.op(graph.OpScatter, c.String()+" windows outside", graph.ScatterParams{IndexDims: windows.dims, Combine: c},
		from(distinct, d, windows.operand...), from(these(4, 0, 1, 2), index, windows.index...), from(between, d, windows.out...))
	l.op(graph.OpScatter, c.String()+" unique and sorted", graph.ScatterParams{IndexDims: rows.dims, Combine: c, Unique: true, Sorted: true},
		from(distinct, d, rows.operand...), from(these(0, 2), index, 2, 1), from(between, d, 2, 2))
	if c != graph.CombineSet { // which of two stays is open
		l.op(graph.OpScatter, c.String()+" twice", graph.ScatterParams{IndexDims: rows.dims, Combine: c},
			from(distinct, d, rows.operand...), from(these(1, 1, 0), index, 3, 1), from(between, d, 3, 2))
		l.op(graph.OpScatter, c.String()+" overlapping", graph.ScatterParams{IndexDims: windows.dims, Combine: c},
			from(distinct, d, windows.operand...), from(these(1, 1, 0, 2), index, windows.index...), from(between, d, windows.out...))
	}
}
