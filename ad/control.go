package ad

import (
	"slices"

	"jacobi/graph"
)

// The rules of an op that holds graphs apply the transform to those graphs
// and the same op to the results.

func jvpCall(b B, e E, x, dx []V) (y, dy []V) {
	p := e.Params.(graph.CallParams)
	j, out := jvp(p.Graph, present(dx), nil)
	res := b.Call(p.Name, j, slices.Concat(x, pack(dx))...)
	return res[:len(e.Out)], unpack(out, res[len(e.Out):])
}

func splitCall(k B, e E, x []V) (y, res []V, rest func(s B, res, in []V) []V) {
	params := e.Params.(graph.CallParams)
	p := partialEval(params.Graph, absent(x), nil)
	out := k.Call(params.Name, p.known, pack(x)...)
	return unpack(not(p.unknown), out), p.residuals(pack(x), out), func(s B, res, in []V) []V {
		return unpack(p.unknown, s.Call(params.Name, p.staged, slices.Concat(res, pack(in))...))
	}
}

// splitInline divides g, which stands for an op, and puts the parts in place.
func splitInline(g *graph.Graph, k B, x []V) (y, res []V, rest func(s B, res, in []V) []V) {
	p := partialEval(g, absent(x), nil)
	out := k.Inline(p.known, pack(x)...)
	return unpack(not(p.unknown), out), p.residuals(pack(x), out), func(s B, res, in []V) []V {
		return unpack(p.unknown, s.Inline(p.staged, slices.Concat(res, pack(in))...))
	}
}

func transposeCall(b B, e E, ct, x []V) []V {
	p := e.Params.(graph.CallParams)
	t, out := Transpose(p.Graph, absent(x), present(ct), nil)
	return unpack(absent(x), unpack(out, b.Call(p.Name, t, slices.Concat(pack(x), pack(ct))...)))
}
