package xla

import "jacobi/graph"

func lowerDynamicSlice(f *function, e *graph.Eqn) {
	in, avals := f.starts(e, 1)
	r := f.begin("stablehlo.dynamic_slice", in...)
	f.list(", sizes = ", e.Params.(graph.DynamicSliceParams).Sizes)
	f.endTypes(e.Out[0].Aval, avals...)
	f.set(e, r)
}

func lowerDynamicUpdateSlice(f *function, e *graph.Eqn) {
	in, avals := f.starts(e, 2)
	r := f.begin("stablehlo.dynamic_update_slice", in...)
	f.endTypes(e.Out[0].Aval, avals...)
	f.set(e, r)
}

// starts are e's operands, of which those from the given one on are indices.
func (f *function) starts(e *graph.Eqn, from int) ([]id, []graph.Aval) {
	in, avals := f.ids.Lookup(e.In), graph.Avals(e.In)
	for i := from; i < len(in); i++ {
		in[i], avals[i] = f.indices(in[i], avals[i])
	}
	return in, avals
}

// lists writes those lists that are not empty, as attributes.
func (f *function) lists(names []string, lists ...[]int) {
	for i, l := range lists {
		if len(l) > 0 {
			f.list(names[i]+" = ", l)
			f.text(", ")
		}
	}
}

func lowerGather(f *function, e *graph.Eqn) {
	x, idx, p := e.In[0], e.In[1], e.Params.(graph.GatherParams)
	if e.Out[0].Size() == 0 {
		f.set(e, f.full(e.Out[0].Aval, graph.Number{}))
		return
	}
	i, ia := f.indices(f.in(e, 1), idx.Aval)
	r := f.begin(`"stablehlo.gather"`)
	f.text("(")
	f.uses(f.in(e, 0), i)
	f.text(") <{dimension_numbers = #stablehlo.gather<")
	f.lists([]string{"offset_dims", "collapsed_slice_dims", "operand_batching_dims", "start_indices_batching_dims", "start_index_map"},
		p.Offset, p.Collapsed, p.OperandBatch, p.IndicesBatch, p.Start)
	f.text("index_vector_dim = ")
	f.int(idx.Rank() - 1)
	f.array(">, indices_are_sorted = false, slice_sizes = ", p.Sizes)
	f.text("}>")
	f.endTypes(e.Out[0].Aval, x.Aval, ia)
	f.set(e, r)
}

// The operations that combine an element with an update.
var combines = [...]string{
	graph.CombineSet: "", // the update
	graph.CombineAdd: "stablehlo.add",
	graph.CombineMul: "stablehlo.multiply",
	graph.CombineMin: "stablehlo.minimum",
	graph.CombineMax: "stablehlo.maximum",
}

func lowerScatter(f *function, e *graph.Eqn) {
	x, idx, u, p := e.In[0], e.In[1], e.In[2], e.Params.(graph.ScatterParams)
	i, ia := f.indices(f.in(e, 1), idx.Aval)
	r := f.begin(`"stablehlo.scatter"`)
	f.text("(")
	f.uses(f.in(e, 0), i, f.in(e, 2))
	f.text(") <{indices_are_sorted = false, scatter_dimension_numbers = #stablehlo.scatter<")
	f.lists([]string{"update_window_dims", "inserted_window_dims", "input_batching_dims", "scatter_indices_batching_dims", "scatter_dims_to_operand_dims"},
		p.Offset, p.Collapsed, p.OperandBatch, p.IndicesBatch, p.Start)
	f.text("index_vector_dim = ")
	f.int(idx.Rank() - 1)
	f.text(">, unique_indices = ")
	if p.Unique {
		f.text("true")
	} else {
		f.text("false")
	}
	f.text("}> ")
	f.combine(combines[p.Combine], x.DType)
	f.endTypes(e.Out[0].Aval, x.Aval, ia, u.Aval)
	f.set(e, r)
}

// indices are i in a type that holds the bounds they are compared with, which
// some versions of XLA compute in the type of the indices.
func (f *function) indices(i id, a graph.Aval) (id, graph.Aval) {
	d := a.DType
	switch d {
	case graph.Int8, graph.Int16, graph.Uint8, graph.Uint16:
		d = graph.Int32
	case graph.Uint32:
		d = graph.Int64
	}
	return f.converted(i, a, d), a.With(d)
}
