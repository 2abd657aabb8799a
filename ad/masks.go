package ad

import "github.com/jacobi-go/jacobi/graph"

// Lists in full have nil where there is nothing; graphs take and return packed
// lists (graph/masks.go).

func present(vs []V) []bool {
	mask := make([]bool, len(vs))
	for i, v := range vs {
		mask[i] = v != nil
	}
	return mask
}

func absent(vs []V) []bool { return graph.Not(present(vs)) }

func allNil(vs []V) bool {
	for _, v := range vs {
		if v != nil {
			return false
		}
	}
	return true
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

// merge makes one list of x and the tangents dx of those in mask, group by
// group of the lengths given: a group's x, then its dx. unmerge undoes it.
func merge[T any](mask []bool, x, dx []T, lens ...int) (out []T) {
	for _, n := range lens {
		k := graph.Count(mask[:n])
		out = append(append(out, x[:n]...), dx[:k]...)
		mask, x, dx = mask[n:], x[n:], dx[k:]
	}
	return out
}

func unmerge[T any](mask []bool, both []T, lens ...int) (x, dx []T) {
	for _, n := range lens {
		k := n + graph.Count(mask[:n])
		x, dx = append(x, both[:n]...), append(dx, both[n:k]...)
		mask, both = mask[n:], both[k:]
	}
	return x, dx
}

// cut slices vs into consecutive runs of the given lengths.
func cut[T any](vs []T, lens ...int) (runs [][]T) {
	for _, n := range lens {
		runs, vs = append(runs, vs[:n:n]), vs[n:]
	}
	return runs
}
