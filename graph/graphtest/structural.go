package graphtest

import (
	"fmt"

	"github.com/jacobi-go/jacobi/graph"
)

// some are types that stand for all where ops only move elements. The first
// has every case, the others a few.
var some = []graph.DType{graph.Float64, graph.Float32, graph.BFloat16, graph.Int32, graph.Uint8, graph.Bool, graph.Complex64}

func few[T any](d graph.DType, rows []T) []T {
	if d == some[0] {
		return rows
	}
	return rows[:2]
}

func (l *list) structural() {
	for _, d := range some {
		for _, row := range few(d, []struct{ from, to, dims []int }{
			{nil, []int{2, 3}, []int{}},
			{nil, []int{}, []int{}},
			{[]int{3}, []int{2, 3}, []int{1}},
			{[]int{2}, []int{2, 3}, []int{0}},
			{[]int{2, 1}, []int{2, 3}, []int{0, 1}},
			{[]int{2, 1}, []int{2, 2, 3}, []int{1, 2}},
			{[]int{1, 1}, []int{3, 1}, []int{0, 1}},
			{[]int{1, 2}, []int{0, 2}, []int{0, 1}},
			{[]int{0}, []int{2, 0}, []int{1}},
		}) {
			l.op(graph.OpBroadcast, fmt.Sprint(row.to, row.dims), graph.BroadcastParams{Shape: row.to, Dims: row.dims}, array(d, row.from...))
		}
		for _, row := range few(d, [][2][]int{{{2, 3}, {3, 2}}, {{2, 3}, {6}}, {{4}, {2, 1, 2}}, {{}, {1, 1}}, {{1}, {}}, {{0, 3}, {2, 0}}, {{2, 2}, {2, 2}}}) {
			l.op(graph.OpReshape, fmt.Sprint(row[1]), graph.ReshapeParams{Shape: row[1]}, array(d, row[0]...))
		}
		for _, row := range few(d, [][2][]int{{{2, 3}, {1, 0}}, {{2, 1, 3}, {2, 0, 1}}, {{2, 1, 3}, {1, 2, 0}}, {{}, {}}, {{0, 3}, {1, 0}}, {{2, 2}, {0, 1}}}) {
			l.op(graph.OpTranspose, fmt.Sprint(row[1]), graph.TransposeParams{Perm: row[1]}, array(d, row[0]...))
		}
		l.op(graph.OpConcatenate, "axis=0", graph.ConcatenateParams{Axis: 0}, array(d, 2, 2), array(d, 1, 2))
		l.op(graph.OpConcatenate, "axis=1", graph.ConcatenateParams{Axis: 1}, array(d, 2, 2), array(d, 2, 0), array(d, 2, 1))
		l.op(graph.OpConcatenate, "axis=0", graph.ConcatenateParams{Axis: 0}, array(d, 3))
		for _, row := range few(d, []struct {
			shape []int
			p     graph.PadParams
		}{
			{[]int{3}, graph.PadParams{Low: []int{1}, High: []int{2}, Interior: []int{0}}},
			{[]int{3}, graph.PadParams{Low: []int{0}, High: []int{0}, Interior: []int{2}}},
			{[]int{4}, graph.PadParams{Low: []int{-1}, High: []int{-2}, Interior: []int{0}}},
			{[]int{4}, graph.PadParams{Low: []int{-2}, High: []int{1}, Interior: []int{1}}},
			{[]int{3}, graph.PadParams{Low: []int{2}, High: []int{-4}, Interior: []int{1}}},
			{[]int{2, 3}, graph.PadParams{Low: []int{1, -1}, High: []int{0, 1}, Interior: []int{1, 2}}},
			{[]int{0, 2}, graph.PadParams{Low: []int{1, 0}, High: []int{1, 0}, Interior: []int{1, 0}}},
			{[]int{}, graph.PadParams{Low: []int{}, High: []int{}, Interior: []int{}}},
		}) {
			l.op(graph.OpPad, fmt.Sprint(row.p), row.p, array(d, row.shape...), array(d))
		}
		for _, row := range few(d, []struct {
			shape []int
			p     graph.SliceParams
		}{
			{[]int{5}, graph.SliceParams{Start: []int{1}, Limit: []int{4}}},
			{[]int{7}, graph.SliceParams{Start: []int{1}, Limit: []int{6}, Strides: []int{2}}},
			{[]int{7}, graph.SliceParams{Start: []int{0}, Limit: []int{7}, Strides: []int{3}}},
			{[]int{6}, graph.SliceParams{Start: []int{1}, Limit: []int{6}, Strides: []int{4}}},
			{[]int{3, 4}, graph.SliceParams{Start: []int{1, 0}, Limit: []int{3, 4}, Strides: []int{1, 2}}},
			{[]int{3, 2}, graph.SliceParams{Start: []int{1, 0}, Limit: []int{1, 2}}},
			{[]int{2, 2}, graph.SliceParams{Start: []int{0, 0}, Limit: []int{2, 2}}},
			{[]int{}, graph.SliceParams{Start: []int{}, Limit: []int{}}},
		}) {
			l.op(graph.OpSlice, fmt.Sprint(row.p), row.p, array(d, row.shape...))
		}
		for _, row := range few(d, [][2][]int{{{3}, {0}}, {{2, 2, 2}, {2, 0}}, {{2, 3}, {1}}, {{2}, {}}, {{0, 2}, {0}}}) {
			l.op(graph.OpRev, fmt.Sprint(row[1]), graph.RevParams{Axes: row[1]}, array(d, row[0]...))
		}
		l.op(graph.OpBarrier, "", nil, array(d, 2))
		l.op(graph.OpBarrier, "", nil, array(d, 2, 2), array(graph.Int32), array(graph.Float64, 0))
	}
	for _, d := range every[1:] {
		l.op(graph.OpIota, d.String()+"[4]", graph.IotaParams{DType: d, Shape: []int{4}, Axis: 0})
	}
	l.op(graph.OpIota, "[2 3] axis=0", graph.IotaParams{DType: graph.Float32, Shape: []int{2, 3}, Axis: 0})
	l.op(graph.OpIota, "[2 3] axis=1", graph.IotaParams{DType: graph.Int32, Shape: []int{2, 3}, Axis: 1})
	l.op(graph.OpIota, "[0 3] axis=1", graph.IotaParams{DType: graph.Int32, Shape: []int{0, 3}, Axis: 1})
}
