package vmapper

// batchName keeps the axis where it is.
func batchName(b B, e E, n int, in []batched) []batched {
	return place(b.Emit(e.Op, e.Params, in[0].V), axes(in))
}
