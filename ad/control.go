package ad

import (
	"fmt"
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/graph"
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
	return unpack(graph.Not(p.unknown), out), p.residuals(pack(x), out), func(s B, res, in []V) []V {
		return unpack(p.unknown, s.Call(params.Name, p.staged, slices.Concat(res, pack(in))...))
	}
}

// splitInline divides g, which stands for an op, and puts the parts in place.
func splitInline(g *graph.Graph, k B, x []V) (y, res []V, rest func(s B, res, in []V) []V) {
	p := partialEval(g, absent(x), nil)
	out := k.Inline(p.known, pack(x)...)
	return unpack(graph.Not(p.unknown), out), p.residuals(pack(x), out), func(s B, res, in []V) []V {
		return unpack(p.unknown, s.Inline(p.staged, slices.Concat(res, pack(in))...))
	}
}

func transposeCall(b B, e E, ct, x []V) []V {
	p := e.Params.(graph.CallParams)
	t, out := Transpose(p.Graph, absent(x), present(ct), nil)
	return unpack(absent(x), unpack(out, b.Call(p.Name, t, slices.Concat(pack(x), pack(ct))...)))
}

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
		panic(e.Errorf(graph.ErrNotDifferentiable, "the index depends on a tangent"))
	}
	force := anyBranch(branches, len(e.Out), func(g *graph.Graph) []bool { return partialEval(g, unknown, nil).unknown })
	nIn, nOut := graph.Count(graph.Not(unknown)), graph.Count(graph.Not(force))

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
	return unpack(graph.Not(force), out[:nOut]), res, func(s B, res, in []V) []V {
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

// The tangents of consts, carry and xs follow those. A carry may enter with a
// zero tangent and gain one in the body, so the set of nonzero carries is
// first grown to a fixed point.
func jvpScan(b B, e E, x, dx []V) (y, dy []V) {
	p := e.Params.(graph.ScanParams)
	ins := []int{p.Consts, p.Carry, len(x) - p.Consts - p.Carry}
	outs := []int{p.Carry, len(e.Out) - p.Carry}
	type result struct {
		body    *graph.Graph
		nz, out []bool
	}
	r := graph.Remember(p.Body, graph.Key(fmt.Sprint("jvpScan", ins), present(dx)), func() result {
		nz := present(dx)
		for {
			j, out := jvp(p.Body, nz, append(slices.Clone(nz[p.Consts:][:p.Carry]), graph.Fill(false, outs[1])...))
			if !graph.Grow(nz[p.Consts:][:p.Carry], out) {
				in := merge(nz, j.In[:len(x)], j.In[len(x):], ins...)
				return result{j.Rewire(in, merge(out, j.Out[:len(out)], j.Out[len(out):], outs...)), nz, out}
			}
		}
	})
	p.Body = r.body
	in := merge(r.nz, x, pick(b, r.nz, dx, x), ins...)
	p.Carry += graph.Count(r.nz[p.Consts:][:p.Carry])
	p.Consts += graph.Count(r.nz[:p.Consts])
	y, dy = unmerge(r.out, b.Scan(p, in...), outs...)
	return y, unpack(r.out, dy)
}

// scanSplit says how a scan's body is divided.
type scanSplit struct {
	*parts
	unknownIn []bool       // grown to a fixed point over the carry
	hoist     *graph.Graph // known consts -> residuals that are the same in every step
	known     *graph.Graph // the known part; returns known carry, known ys, stacked residuals
	fromXs    []int        // the other residuals, each a number of (known xs, known ys, stacked)
	staged    *graph.Graph // same, unknown consts, unknown carry, fromXs, unknown xs -> unknown carry, unknown ys
}

func newScanSplit(p graph.ScanParams, unknown []bool) scanSplit {
	s := scanSplit{unknownIn: slices.Clone(unknown)}
	carry := s.unknownIn[p.Consts:][:p.Carry]
	for {
		s.parts = partialEval(p.Body, s.unknownIn, append(slices.Clone(carry), graph.Fill(false, len(p.Body.Out)-p.Carry)...))
		if !graph.Grow(carry, s.unknown) {
			break
		}
	}
	k := s.parts.known
	nConsts, nCarry, nOut := graph.Count(graph.Not(s.unknownIn[:p.Consts])), graph.Count(graph.Not(carry)), graph.Count(graph.Not(s.unknown))
	xs, ys := k.In[nConsts+nCarry:], k.Out[nCarry:nOut]

	same := map[V]bool{} // what only consts determine
	for _, v := range k.In[:nConsts] {
		same[v] = true
	}
	for _, e := range k.Eqns {
		if !graph.Effectful(e) && !slices.ContainsFunc(e.In, func(v V) bool { return !same[v] }) {
			for _, v := range e.Out {
				same[v] = true
			}
		}
	}
	var hoisted, stacked, inSame, inXs []V
	for i, v := range s.residuals(k.In, k.Out) {
		in := s.parts.staged.In[i]
		switch n := slices.Index(slices.Concat(xs, ys), v); {
		case same[v]:
			hoisted, inSame = append(hoisted, v), append(inSame, in)
		case n >= 0:
			s.fromXs, inXs = append(s.fromXs, n), append(inXs, in)
		default: // also a carry, which is different in every step
			s.fromXs, inXs = append(s.fromXs, len(xs)+len(ys)+len(stacked)), append(inXs, in)
			stacked = append(stacked, v)
		}
	}
	s.hoist = graph.Trim(graph.Pure(k.Rewire(k.In, hoisted)), graph.Fill(true, len(hoisted)),
		append(graph.Fill(true, nConsts), graph.Fill(false, len(k.In)-nConsts)...)).Graph
	s.known = graph.Simplify(k.Rewire(k.In, slices.Concat(k.Out[:nOut], stacked)))

	in := cut(s.parts.staged.In[len(s.res):], graph.Count(s.unknownIn[:p.Consts]), graph.Count(carry), graph.Count(s.unknownIn[p.Consts+p.Carry:]))
	s.staged = s.parts.staged.Rewire(slices.Concat(inSame, in[0], in[1], inXs, in[2]), s.parts.staged.Out)
	return s
}

// The known part becomes one scan that also stacks the residuals of every
// step, the rest another that reads them as xs.
func splitScan(k B, e E, x []V) (y, res []V, rest func(s B, res, in []V) []V) {
	p := e.Params.(graph.ScanParams)
	d := graph.Remember(p.Body, graph.Key(fmt.Sprint("splitScan", p.Consts, p.Carry), absent(x)), func() scanSplit {
		return newScanSplit(p, absent(x))
	})
	knownIn := cut(graph.Not(d.unknownIn), p.Consts, p.Carry, len(x)-p.Consts-p.Carry)
	operands := cut(x, p.Consts, p.Carry, len(x)-p.Consts-p.Carry)
	consts, init, xs := graph.Pick(knownIn[0], operands[0]), graph.Pick(knownIn[1], operands[1]), graph.Pick(knownIn[2], operands[2])

	kp := graph.ScanParams{Body: d.known, Consts: len(consts), Carry: len(init), Length: p.Length, Unroll: p.Unroll, Reverse: p.Reverse}
	out := k.Scan(kp, slices.Concat(consts, init, xs)...)
	nOut := graph.Count(graph.Not(d.unknown))

	same := k.Inline(d.hoist, consts...)
	var stacks []V
	all := slices.Concat(xs, out[len(init):])
	for _, n := range d.fromXs {
		stacks = append(stacks, all[n])
	}
	unknownInit := graph.Pick(graph.Not(knownIn[1]), operands[1]) // not nil where a known value starts a carry that becomes unknown
	res = slices.Concat(same, stacks, pack(unknownInit))
	return unpack(graph.Not(d.unknown), out[:nOut]), res, func(s B, res, in []V) []V {
		r := cut(res, len(same), len(stacks), len(pack(unknownInit)))
		carry := graph.Pick(graph.Not(knownIn[1]), in[p.Consts:][:p.Carry])
		for i, v := range unknownInit {
			if v != nil {
				carry[i], r[2] = r[2][0], r[2][1:]
			}
		}
		dconsts, dxs := pack(in[:p.Consts]), pack(in[p.Consts+p.Carry:])
		sp := graph.ScanParams{Body: d.staged, Consts: len(same) + len(dconsts), Carry: len(carry), Length: p.Length, Unroll: p.Unroll, Reverse: p.Reverse}
		return unpack(d.unknown, s.Scan(sp, slices.Concat(r[0], dconsts, carry, r[1], dxs)...))
	}
}

// A scan, linear in its carry, some consts and some xs, transposes to a scan
// the other way whose carry is the cotangent of the carry and the sums of the
// cotangents of the consts:
//
//	res | ct_consts, ct_carry | res, ct_ys -> ct_consts + dct_consts, ct_carry | ct_xs
func transposeScan(b B, e E, ct, x []V) []V {
	p := e.Params.(graph.ScanParams)
	lens := []int{p.Consts, p.Carry, len(x) - p.Consts - p.Carry}
	linear := absent(x)
	copy(linear[p.Consts:], graph.Fill(true, p.Carry)) // an initial carry that is no operand's tangent is zero
	l := cut(linear, lens...)
	nc, nx := graph.Count(l[0]), graph.Count(l[2])

	type result struct {
		body    *graph.Graph // res consts | sums, ct_carry | res xs, ct_ys
		nz, out []bool       // of the cotangents it takes, of those it returns
	}
	r := graph.Remember(p.Body, graph.Key(fmt.Sprint("transposeScan", lens), linear, present(ct)), func() result {
		nz := present(ct)
		carry := nz[:p.Carry]
		for {
			t, out := Transpose(p.Body, linear, nz, slices.Concat(graph.Fill(false, nc), carry, graph.Fill(false, nx)))
			if graph.Grow(carry, out[nc:]) {
				continue
			}
			in := cut(graph.Avals(t.In), graph.Count(graph.Not(l[0])), graph.Count(graph.Not(l[2])), graph.Count(carry), graph.Count(nz[p.Carry:]))
			sums := graph.Avals(t.Out[:graph.Count(out[:nc])])
			body := graph.Build(slices.Concat(in[0], sums, in[2], in[1], in[3]), func(b B, v []V) []V {
				v2 := cut(v, len(in[0]), len(sums), len(in[2]), len(in[1]), len(in[3]))
				y := b.Inline(t, slices.Concat(v2[0], v2[3], v2[2], v2[4])...)
				for i, s := range v2[1] {
					y[i] = b.Add(s, y[i])
				}
				return y
			})
			return result{graph.Simplify(body), nz, out}
		}
	})
	var sums []V
	for _, v := range graph.Pick(r.out[:nc], graph.Pick(l[0], e.In[:p.Consts])) {
		sums = append(sums, b.Zeros(v.Aval))
	}
	carry := pick(b, r.nz[:p.Carry], ct[:p.Carry], e.Out[:p.Carry])
	resConsts, resXs := pack(x[:p.Consts]), pack(x[p.Consts+p.Carry:])
	q := graph.ScanParams{Body: r.body, Consts: len(resConsts), Carry: len(sums) + len(carry), Length: p.Length, Unroll: p.Unroll, Reverse: !p.Reverse}
	res := b.Scan(q, slices.Concat(resConsts, sums, carry, resXs, pack(ct[p.Carry:]))...)
	return unpack(linear, unpack(r.out, res))
}

// The loop is rebuilt to carry (carry, dcarry); cond ignores the tangents.
func jvpWhile(b B, e E, x, dx []V) (y, dy []V) {
	p := e.Params.(graph.WhileParams)
	lens := []int{p.Consts, len(x) - p.Consts}
	type result struct {
		cond, body *graph.Graph
		nz         []bool
	}
	r := graph.Remember(p.Body, graph.Key(fmt.Sprintf("jvpWhile %d %q", p.Consts, p.Cond.Fingerprint()), present(dx)), func() result {
		nz := present(dx)
		carry := nz[p.Consts:]
		for {
			j, out := jvp(p.Body, nz, slices.Clone(carry))
			if graph.Grow(carry, out) {
				continue
			}
			body := j.Rewire(merge(nz, j.In[:len(x)], j.In[len(x):], lens...), j.Out)
			cond := graph.Build(graph.Avals(body.In), func(b B, in []V) []V {
				x, _ := unmerge(nz, in, lens...)
				return b.Inline(p.Cond, x...)
			})
			return result{cond, body, nz}
		}
	})
	in := merge(r.nz, x, pick(b, r.nz, dx, x), lens...)
	q := graph.WhileParams{Cond: r.cond, Body: r.body, Consts: p.Consts + graph.Count(r.nz[:p.Consts]), MaxTrips: p.MaxTrips, Levels: p.Levels}
	res := b.While(q, in...)
	return res[:len(e.Out)], unpack(r.nz[p.Consts:], res[len(e.Out):])
}

// The number of steps is not known ahead, so residuals cannot be stacked: the
// known carry is computed alone, and again beside the rest. With a bound on
// the steps the loop becomes scans, of which the residuals can be kept.
func splitWhile(k B, e E, x []V) (y, res []V, rest func(s B, res, in []V) []V) {
	p := e.Params.(graph.WhileParams)
	if p.MaxTrips > 0 {
		return splitInline(bounded(p), k, x)
	}
	if !p.Cond.Repeatable() || !p.Body.Repeatable() {
		panic(e.Errorf(graph.ErrEffect, "linearizing the loop runs it twice, and a callback in it has effects, and results that cannot be had again without them; bound the loop with jx.MaxTrips, or use JVP"))
	}
	unknown := absent(x)
	carry := unknown[p.Consts:]
	for graph.Grow(carry, partialEval(p.Body, unknown, slices.Clone(carry)).unknown) {
	}
	all := k.While(graph.WhileParams{
		Cond:   graph.Trim(p.Cond, graph.Fill(true, 1), graph.Not(unknown)).Graph,
		Body:   partialEval(p.Body, unknown, slices.Clone(carry)).knownOnly(),
		Consts: graph.Count(graph.Not(unknown[:p.Consts])),
	}, graph.Pick(graph.Not(unknown), x)...)
	return unpack(graph.Not(carry), all), pack(x), func(s B, res, in []V) []V {
		full := slices.Clone(in)
		for i, v := range x {
			if v != nil {
				full[i], res = res[0], res[1:]
			}
		}
		y := s.While(graph.WhileParams{Cond: graph.Pure(p.Cond), Body: graph.Pure(p.Body), Consts: p.Consts}, full...)
		return unpack(carry, graph.Pick(carry, y))
	}
}

// knownOnly is known without the residuals.
func (p *parts) knownOnly() *graph.Graph {
	return graph.Simplify(p.known.Rewire(p.known.In, p.known.Out[:graph.Count(graph.Not(p.unknown))]))
}

// bounded is a while of at most MaxTrips steps, as scans in scans, that count
// the trips in front of the carry:
//
//	level 0 = body
//	level l = scan over w steps of checkpoint(cond(pred(carry), level l-1, identity))   w^Levels >= MaxTrips
//
// The predicate is asked at every level, so that a loop which ended skips whole
// levels. The scans keep w carries for each level, and the body runs once more
// for each level when the derivative is taken.
func bounded(p graph.WhileParams) *graph.Graph {
	return graph.Remember(p.Body, fmt.Sprintf("bounded %d %d %d %q", p.Consts, p.MaxTrips, p.Levels, p.Cond.Fingerprint()), func() *graph.Graph {
		levels := max(p.Levels, 1)
		w := max(1, int(math.Pow(float64(p.MaxTrips), 1/float64(levels)))-1)
		for pow(w, levels) < p.MaxTrips {
			w++
		}
		n, d := p.Consts, graph.Int32
		if p.MaxTrips > math.MaxInt32 {
			d = graph.Int64
		}
		count := func(b B, n int) V { return b.Literal(d, graph.Number{I: int64(n)}) }
		avals := slices.Insert(graph.Avals(p.Body.In), n, graph.Aval{DType: d, Shape: []int{}})
		split := func(in []V) (trips V, operands []V) { return in[n], slices.Concat(in[:n], in[n+1:]) }
		level := graph.Build(avals, func(b B, in []V) []V {
			trips, operands := split(in)
			return slices.Concat([]V{b.Add(trips, count(b, 1))}, b.Inline(p.Body, operands...))
		})
		idle := graph.Build(avals, func(b B, in []V) []V { return in[n:] })
		for range levels {
			inner := level
			guarded := graph.Build(avals, func(b B, in []V) []V {
				trips, operands := split(in)
				more := b.And(b.Inline(p.Cond, operands...)[0], b.Lt(trips, count(b, p.MaxTrips)))
				return b.Cond([]*graph.Graph{idle, inner}, more, in...)
			})
			step := graph.Build(avals, func(b B, in []V) []V {
				return b.Checkpoint(graph.CheckpointParams{Graph: guarded}, in...)
			})
			level = graph.Build(avals, func(b B, in []V) []V {
				return b.Scan(graph.ScanParams{Body: step, Consts: n, Carry: len(in) - n, Length: w, Unroll: 1}, in...)
			})
		}
		return graph.Build(graph.Avals(p.Body.In), func(b B, in []V) []V {
			return b.Inline(level, slices.Insert(slices.Clone(in), n, count(b, 0))...)[1:]
		})
	})
}

// pow is w to the power n, or a large number if that is larger.
func pow(w, n int) int {
	out := 1
	for range n {
		if out > math.MaxInt/w {
			return math.MaxInt
		}
		out *= w
	}
	return out
}

func transposeWhile(b B, e E, ct, x []V) []V {
	err := e.Errorf(graph.ErrNotDifferentiable, "reverse mode cannot go through a while of unknown length: bound it with jx.MaxTrips, use jx.Scan or a jx.Fori between Go numbers, or give the function a rule with jx.CustomVJP")
	err.In = nil // what the loop closes over is no help
	panic(err)
}
