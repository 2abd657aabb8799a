package ad

import (
	"fmt"
	"math"
	"slices"

	"jacobi/graph"
)

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
		panic(e.Errorf("linearizing the loop runs it twice, and a callback in it has effects, and results that cannot be had again without them; bound the loop with jx.MaxTrips, or use JVP"))
	}
	unknown := absent(x)
	carry := unknown[p.Consts:]
	for graph.Grow(carry, partialEval(p.Body, unknown, slices.Clone(carry)).unknown) {
	}
	all := k.While(graph.WhileParams{
		Cond:   graph.Trim(p.Cond, graph.Fill(true, 1), not(unknown)).Graph,
		Body:   partialEval(p.Body, unknown, slices.Clone(carry)).knownOnly(),
		Consts: graph.Count(not(unknown[:p.Consts])),
	}, graph.Pick(not(unknown), x)...)
	return unpack(not(carry), all), pack(x), func(s B, res, in []V) []V {
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
	return graph.Simplify(p.known.Rewire(p.known.In, p.known.Out[:graph.Count(not(p.unknown))]))
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
	err := e.Errorf("reverse mode cannot go through a while of unknown length: bound it with jx.MaxTrips, use jx.Scan or a jx.Fori between Go numbers, or give the function a rule with jx.CustomVJP")
	err.In = nil // what the loop closes over is no help
	panic(err)
}
