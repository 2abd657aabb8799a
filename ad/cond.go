package ad

import (
	"slices"

	"jacobi/graph"
)

func jvpCond(b B, e E, x, dx []V) (y, dy []V) {
	branches, nz := e.Params.(graph.CondParams).Branches, present(dx[1:])
	out := anyBranch(branches, len(e.Out), func(g *graph.Graph) []bool { _, o := jvp(g, nz, nil); return o })
	var js []*graph.Graph
	for _, g := range branches {
		j, _ := jvp(g, nz, out)
		js = append(js, j)
	}
	res := b.Cond(js, x[0], slices.Concat(x[1:], pack(dx))...)
	return res[:len(e.Out)], unpack(out, res[len(e.Out):])
}

func anyBranch(branches []*graph.Graph, n int, mask func(*graph.Graph) []bool) []bool {
	out := graph.Fill(false, n)
	for _, g := range branches {
		out = graph.Or(out, mask(g))
	}
	return out
}

// A residual of a branch that is an operand or an output of the cond is read
// there. The others go through slots: outputs that the branches share, as many
// of each aval as the branch with the most of them needs. A branch fills the
// slots it does not use with zeros, and does not read them.
func splitCond(k B, e E, x []V) (y, res []V, rest func(s B, res, in []V) []V) {
	branches, unknown := e.Params.(graph.CondParams).Branches, absent(x[1:])
	if x[0] == nil {
		panic(e.Errorf("the index depends on a tangent"))
	}
	force := anyBranch(branches, len(e.Out), func(g *graph.Graph) []bool { return partialEval(g, unknown, nil).unknown })
	nIn, nOut := graph.Count(not(unknown)), graph.Count(not(force))

	var ps []*parts
	var slots []graph.Aval
	source := make([][]int, len(branches)) // residual j is number source[i][j] of (known operands, known outputs, slots)
	for i, g := range branches {
		p := partialEval(g, unknown, force)
		ps = append(ps, p)
		taken := map[int]bool{}
		for j, r := range p.res {
			if r >= nIn+nOut {
				r = nIn + nOut + takeSlot(&slots, taken, p.staged.In[j].Aval)
			}
			source[i] = append(source[i], r)
		}
	}
	var known, staged []*graph.Graph
	for i, p := range ps {
		known = append(known, graph.Simplify(graph.Build(graph.Avals(p.known.In), func(b B, in []V) []V {
			out := b.Inline(p.known, in...)
			filled := make([]V, len(slots))
			for j, v := range p.residuals(in, out) {
				if n := source[i][j] - nIn - nOut; n >= 0 {
					filled[n] = v
				}
			}
			for n, a := range slots {
				if filled[n] == nil {
					filled[n] = b.Zeros(a)
				}
			}
			return slices.Concat(out[:nOut], filled)
		})))
	}
	out := k.Cond(known, x[0], pack(x[1:])...)
	all := slices.Concat(pack(x[1:]), out)

	// The staged branches take what any of them reads.
	var reads []int
	for _, s := range source {
		reads = append(reads, s...)
	}
	slices.Sort(reads)
	reads = slices.Compact(reads)
	res = []V{x[0]}
	for _, r := range reads {
		res = append(res, all[r])
	}
	for i, p := range ps {
		staged = append(staged, graph.Build(graph.Avals(slices.Concat(res[1:], p.staged.In[len(p.res):])), func(b B, in []V) []V {
			var use []V
			for _, r := range source[i] {
				use = append(use, in[slices.Index(reads, r)])
			}
			return b.Inline(p.staged, append(use, in[len(reads):]...)...)
		}))
	}
	return unpack(not(force), out[:nOut]), res, func(s B, res, in []V) []V {
		return unpack(force, s.Cond(staged, res[0], slices.Concat(res[1:], pack(in[1:]))...))
	}
}

// takeSlot returns a slot for a that is not taken, making one if there is none.
func takeSlot(slots *[]graph.Aval, taken map[int]bool, a graph.Aval) int {
	n := 0
	for n < len(*slots) && (taken[n] || !(*slots)[n].Equal(a)) {
		n++
	}
	if n == len(*slots) {
		*slots = append(*slots, a)
	}
	taken[n] = true
	return n
}

func transposeCond(b B, e E, ct, x []V) []V {
	branches, linear, nz := e.Params.(graph.CondParams).Branches, absent(x[1:]), present(ct)
	out := anyBranch(branches, graph.Count(linear), func(g *graph.Graph) []bool { _, o := Transpose(g, linear, nz, nil); return o })
	var ts []*graph.Graph
	for _, g := range branches {
		t, _ := Transpose(g, linear, nz, out)
		ts = append(ts, t)
	}
	res := b.Cond(ts, x[0], slices.Concat(pack(x[1:]), pack(ct))...)
	return append([]V{nil}, unpack(linear, unpack(out, res))...)
}
