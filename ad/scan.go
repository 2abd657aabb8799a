package ad

import (
	"fmt"
	"slices"

	"jacobi/graph"
)

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
	nConsts, nCarry, nOut := graph.Count(not(s.unknownIn[:p.Consts])), graph.Count(not(carry)), graph.Count(not(s.unknown))
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
	knownIn := cut(not(d.unknownIn), p.Consts, p.Carry, len(x)-p.Consts-p.Carry)
	operands := cut(x, p.Consts, p.Carry, len(x)-p.Consts-p.Carry)
	consts, init, xs := graph.Pick(knownIn[0], operands[0]), graph.Pick(knownIn[1], operands[1]), graph.Pick(knownIn[2], operands[2])

	kp := graph.ScanParams{Body: d.known, Consts: len(consts), Carry: len(init), Length: p.Length, Unroll: p.Unroll, Reverse: p.Reverse}
	out := k.Scan(kp, slices.Concat(consts, init, xs)...)
	nOut := graph.Count(not(d.unknown))

	same := k.Inline(d.hoist, consts...)
	var stacks []V
	all := slices.Concat(xs, out[len(init):])
	for _, n := range d.fromXs {
		stacks = append(stacks, all[n])
	}
	unknownInit := graph.Pick(not(knownIn[1]), operands[1]) // not nil where a known value starts a carry that becomes unknown
	res = slices.Concat(same, stacks, pack(unknownInit))
	return unpack(not(d.unknown), out[:nOut]), res, func(s B, res, in []V) []V {
		r := cut(res, len(same), len(stacks), len(pack(unknownInit)))
		carry := graph.Pick(not(knownIn[1]), in[p.Consts:][:p.Carry])
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
			in := cut(graph.Avals(t.In), graph.Count(not(l[0])), graph.Count(not(l[2])), graph.Count(carry), graph.Count(nz[p.Carry:]))
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
