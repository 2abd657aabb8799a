package graph

// A list with symbolic zeros, or with some values unknown, is kept in two
// ways: in full, with nil at the places that have no value, or packed, with a
// mask that says which places have one. Graphs take and return packed lists.

// Pick returns the elements that mask selects.
func Pick[T any](mask []bool, xs []T) []T {
	out := make([]T, 0, len(xs))
	for i, x := range xs {
		if mask[i] {
			out = append(out, x)
		}
	}
	return out
}

// Or is the union of masks of one length.
func Or(masks ...[]bool) []bool {
	out := make([]bool, len(masks[0]))
	for _, m := range masks {
		for i := range m {
			out[i] = out[i] || m[i]
		}
	}
	return out
}

// Not is the mask of the others.
func Not(mask []bool) []bool {
	out := make([]bool, len(mask))
	for i, m := range mask {
		out[i] = !m
	}
	return out
}

// Fill is a mask of n times x.
func Fill(x bool, n int) []bool {
	mask := make([]bool, n)
	for i := range mask {
		mask[i] = x
	}
	return mask
}

// Count is the number of places in a mask.
func Count(mask []bool) (n int) {
	for _, m := range mask {
		if m {
			n++
		}
	}
	return n
}

// Grow adds to mask what more has, and reports whether that was anything.
func Grow(mask, more []bool) (grew bool) {
	for i := range mask {
		if more[i] && !mask[i] {
			mask[i], grew = true, true
		}
	}
	return grew
}
