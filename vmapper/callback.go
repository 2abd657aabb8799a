package vmapper

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

// A callback with effects, and without results, gets the whole batch at once.
// One with results is called for each example in turn.
func batchCallback(b B, e E, n int, in []batched) []batched {
	p := e.Params.(graph.CallbackParams)
	mask := masks(in)
	if len(p.Out) == 0 {
		b.Emit(e.Op, p, align(b, n, in, mask)...)
		return nil
	}
	vs := align(b, n, in, mask)
	var consts, xs []V
	for i, v := range vs {
		if mask[i] {
			xs = append(xs, v)
		} else {
			consts = append(consts, v)
		}
	}
	avals := graph.Avals(consts)
	for _, x := range xs {
		avals = append(avals, x.Slice())
	}
	body := graph.Build(avals, func(b B, in []V) []V {
		args := make([]V, len(mask))
		c, x := in[:len(consts)], in[len(consts):]
		for i := range mask {
			if mask[i] {
				args[i], x = x[0], x[1:]
			} else {
				args[i], c = c[0], c[1:]
			}
		}
		return b.Callback(p, args...)
	})
	return mapped(b.Scan(graph.ScanParams{Body: body, Consts: len(consts), Length: n, Unroll: 1}, slices.Concat(consts, xs)...))
}
