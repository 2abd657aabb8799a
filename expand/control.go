package expand

import (
	"fmt"
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

func insideCall(e E, p Platform) bool {
	g := e.Params.(graph.CallParams).Graph
	return expanded(g, p) != g
}

func expandCall(b B, e E, in []V, p Platform) []V {
	q := e.Params.(graph.CallParams)
	return b.Call(q.Name, expanded(q.Graph, p), in...)
}

// XLA counts branches from an i32, and takes the last one for any number that
// is none of them; here those below 0 are the first.
func expandCond(b B, e E, in []V, p Platform) []V {
	branches := make([]*graph.Graph, 0, 2)
	for _, g := range e.Params.(graph.CondParams).Branches {
		branches = append(branches, expanded(g, p))
	}
	i := b.Convert(in[0], graph.Int32)
	if in[0].DType != graph.Bool {
		last := float64(len(branches) - 1)
		i = b.Clamp(b.Scalar(graph.Int32, 0), i, b.Scalar(graph.Int32, last))
	}
	return b.Cond(branches, i, in[1:]...)
}

func boundedOrInside(e E, p Platform) bool {
	w := e.Params.(graph.WhileParams)
	return w.MaxTrips > 0 || expanded(w.Cond, p) != w.Cond || expanded(w.Body, p) != w.Body
}

// A bound is a count in front of the carry, at which the condition looks too.
func expandWhile(b B, e E, in []V, p Platform) []V {
	w := e.Params.(graph.WhileParams)
	cond, body := expanded(w.Cond, p), expanded(w.Body, p)
	n, most := w.Consts, w.MaxTrips
	w = graph.WhileParams{Consts: n, Cond: cond, Body: body}
	if most == 0 {
		return b.While(w, in...)
	}
	c := counterTo(most)
	avals := slices.Insert(graph.Avals(in), n, c.aval())
	split := func(in []V) (trips V, rest []V) { return in[n], slices.Concat(in[:n], in[n+1:]) }
	w.Cond = made(e, avals, func(b B, in []V) []V {
		trips, rest := split(in)
		return []V{b.And(b.Lt(trips, c.at(b, most)), b.Inline(cond, rest...)[0])}
	})
	w.Body = made(e, avals, func(b B, in []V) []V {
		trips, rest := split(in)
		return slices.Insert(b.Inline(body, rest...), 0, b.Add(trips, c.at(b, 1)))
	})
	return b.While(w, slices.Insert(in, n, c.at(b, 0))...)[1:]
}

// A counter is the type of a loop's counter: i32 where that holds all numbers
// that the loop counts to, i64 elsewhere.
type counter graph.DType

func counterTo(n int) counter {
	if n > math.MaxInt32 {
		return counter(graph.Int64)
	}
	return counter(graph.Int32)
}

func (c counter) aval() graph.Aval { return graph.Aval{DType: graph.DType(c)} }
func (c counter) at(b B, n int) V  { return b.Literal(graph.DType(c), graph.Number{I: int64(n)}) }

// A scan is a while over a counter, which reads the slices of xs at it and
// writes those of ys, in place, into arrays that it carries. Scans of one body
// by the same params are one graph.
func expandScan(b B, e E, in []V, p Platform) []V {
	s := e.Params.(graph.ScanParams)
	key := fmt.Sprintf("%s, scan %d %d %d %d %t", p.key(), s.Consts, s.Carry, s.Length, s.Unroll, s.Reverse)
	loop := graph.Remember(s.Body, key, func() *graph.Graph {
		s.Body = expanded(s.Body, p)
		return made(e, graph.Avals(e.In), scan{s, e, counterTo(s.Length)}.loops)
	})
	return b.Inline(loop, in...)
}

type scan struct {
	graph.ScanParams
	e E
	counter
}

// loops is the scan of in: trips of Unroll steps, and the steps that are left.
func (s scan) loops(b B, in []V) []V {
	n := s.Consts + s.Carry
	fixed, carry := slices.Concat(in[:s.Consts], in[n:]), slices.Clone(in[s.Consts:n])
	for _, v := range s.e.Out[s.Carry:] {
		carry = append(carry, b.Zeros(v.Aval))
	}
	whole := s.Length - s.Length%s.Unroll
	carry = s.loop(b, fixed, carry, 0, whole, s.Unroll)
	return s.loop(b, fixed, carry, whole, s.Length, 1)
}

// loop runs the steps from one to before another, some at a trip. fixed are
// the consts and xs, carry is the carry and ys.
func (s scan) loop(b B, fixed, carry []V, from, to, unroll int) []V {
	if from == to {
		return carry
	}
	k := len(fixed)
	avals := slices.Concat(graph.Avals(fixed), []graph.Aval{s.aval()}, graph.Avals(carry))
	w := graph.WhileParams{
		Consts: k,
		Cond:   made(s.e, avals, func(b B, in []V) []V { return []V{b.Lt(in[k], s.at(b, to))} }),
		Body: made(s.e, avals, func(b B, in []V) []V {
			i, carry := in[k], in[k+1:]
			for range unroll {
				carry = s.step(b, in[:k], i, carry)
				i = b.Add(i, s.at(b, 1))
			}
			return slices.Concat([]V{i}, carry)
		}),
	}
	return b.While(w, slices.Concat(fixed, []V{s.at(b, from)}, carry)...)[1:]
}

// step is step number i.
func (s scan) step(b B, fixed []V, i V, carry []V) []V {
	if s.Reverse {
		i = b.Sub(s.at(b, s.Length-1), i)
	}
	start := func(rank int) []V {
		idx := slices.Repeat([]V{s.at(b, 0)}, rank)
		idx[0] = i
		return idx
	}
	in := slices.Concat(fixed[:s.Consts], carry[:s.Carry])
	for _, x := range fixed[s.Consts:] {
		sizes := slices.Concat([]int{1}, x.Shape[1:])
		in = append(in, b.Reshape(b.DynamicSlice(x, start(x.Rank()), sizes), x.Shape[1:]...))
	}
	out := slices.Clone(b.Inline(s.Body, in...))
	for k, y := range out[s.Carry:] {
		row := b.Reshape(y, slices.Concat([]int{1}, y.Shape)...)
		out[s.Carry+k] = b.DynamicUpdateSlice(carry[s.Carry+k], row, start(row.Rank()))
	}
	return out
}
