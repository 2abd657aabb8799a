package vmapper

// The axis goes where a mapped array has it, the frontmost if they differ, and
// arrays that are not mapped are repeated along it. A scalar that is not
// mapped stays one; a mapped scalar becomes an array if any operand is one.
func elementwise(b B, e E, n int, in []batched) []batched {
	a := e.Out[0].Aval
	axis := frontmost(in, a.Rank())
	args := make([]V, len(in))
	for i, x := range in {
		switch {
		case x.mapped() && x.rank() < a.Rank():
			args[i] = b.BroadcastInDim(x.V, a.Insert(axis, n).Shape, []int{axis})
		case x.mapped() || x.rank() > 0:
			args[i] = x.at(b, n, axis)
		default:
			args[i] = x.V
		}
	}
	return one(b.Emit(e.Op, e.Params, args...)[0], axis)
}

// frontmost is the smallest axis of the mapped values of the given rank, 0 if
// there are none: with it, what needs a transpose ends up with the axis in
// front, where that of most values is.
func frontmost(in []batched, rank int) int {
	axis := None
	for _, x := range in {
		if x.mapped() && x.rank() == rank && (axis == None || x.axis < axis) {
			axis = x.axis
		}
	}
	return max(axis, 0)
}
