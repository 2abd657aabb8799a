package xla

import "github.com/jacobi-go/jacobi/graph"

func lowerDynamicSlice(f *function, e *graph.Eqn) {
	r := f.begin("stablehlo.dynamic_slice", f.ids.Lookup(e.In)...)
	f.list(", sizes = ", e.Params.(graph.DynamicSliceParams).Sizes)
	f.endEqn(e)
	f.set(e, r)
}

func lowerDynamicUpdateSlice(f *function, e *graph.Eqn) {
	r := f.begin("stablehlo.dynamic_update_slice", f.ids.Lookup(e.In)...)
	f.endEqn(e)
	f.set(e, r)
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
	p := e.Params.(graph.GatherParams)
	r := f.begin(`"stablehlo.gather"`)
	f.text("(")
	f.uses(f.ids.Lookup(e.In)...)
	f.text(") <{dimension_numbers = #stablehlo.gather<")
	f.lists([]string{"offset_dims", "collapsed_slice_dims", "operand_batching_dims", "start_indices_batching_dims", "start_index_map"},
		p.Offset, p.Collapsed, p.OperandBatch, p.IndicesBatch, p.Start)
	f.text("index_vector_dim = ")
	f.int(e.In[1].Rank() - 1)
	f.text(">, indices_are_sorted = ", truth(p.Sorted))
	f.array(", slice_sizes = ", p.Sizes)
	f.text("}>")
	f.endEqn(e)
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
	p := e.Params.(graph.ScatterParams)
	r := f.begin(`"stablehlo.scatter"`)
	f.text("(")
	f.uses(f.ids.Lookup(e.In)...)
	f.text(") <{indices_are_sorted = ", truth(p.Sorted), ", scatter_dimension_numbers = #stablehlo.scatter<")
	f.lists([]string{"update_window_dims", "inserted_window_dims", "input_batching_dims", "scatter_indices_batching_dims", "scatter_dims_to_operand_dims"},
		p.Offset, p.Collapsed, p.OperandBatch, p.IndicesBatch, p.Start)
	f.text("index_vector_dim = ")
	f.int(e.In[1].Rank() - 1)
	f.text(">, unique_indices = ", truth(p.Unique), "}> ")
	f.combine(combines[p.Combine], e.In[0].DType)
	f.endEqn(e)
	f.set(e, r)
}
