package ad

import "jacobi/graph"

// Lists in full have nil where there is nothing; graphs take and return packed
// lists (graph/masks.go).

func present(vs []V) []bool {
	mask := make([]bool, len(vs))
	for i, v := range vs {
		mask[i] = v != nil
	}
	return mask
}

func absent(vs []V) []bool { return not(present(vs)) }

func allNil(vs []V) bool {
	for _, v := range vs {
		if v != nil {
			return false
		}
	}
	return true
}

func not(mask []bool) []bool {
	out := make([]bool, len(mask))
	for i, m := range mask {
		out[i] = !m
	}
	return out
}

// pack drops the nils; unpack puts them back.
func pack(vs []V) []V { return graph.Pick(present(vs), vs) }

func unpack(mask []bool, packed []V) []V {
	out := make([]V, len(mask))
	for i := range mask {
		if mask[i] {
			out[i], packed = packed[0], packed[1:]
		}
	}
	return out
}

// pick packs the tangents in mask, zeros made real; x has their avals.
func pick(b B, mask []bool, dx, x []V) (out []V) {
	for i := range mask {
		if mask[i] {
			out = append(out, materialize(b, dx[i], x[i]))
		}
	}
	return out
}

func materialize(b B, dx, x V) V {
	if dx == nil {
		return b.Zeros(x.Aval)
	}
	return dx
}

// lastN marks the last k of n places.
func lastN(k, n int) []bool {
	return append(graph.Fill(false, n-k), graph.Fill(true, k)...)
}
