package graphtest

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

// call calls a graph, sometimes twice.
func (p *program) call() []value {
	vecs, ints := p.operands()
	g := p.sub(vecs, ints, p.n(1, 2))
	y := p.b.Call("f", g, slices.Concat(vecs, ints)...)
	if p.n(0, 1) == 0 {
		y = slices.Concat(y, p.b.Call("f", g, slices.Concat(y[:1], vecs[1:], ints)...))
	}
	return y
}

func (p *program) checkpoint() []value {
	vecs, ints := p.operands()
	c := graph.CheckpointParams{Graph: p.sub(vecs, ints, p.n(1, 2))}
	switch p.n(0, 2) {
	case 1:
		c.SaveDots = true
	case 2:
		c.SaveNamed = []string{"dot"}
	}
	return p.b.Checkpoint(c, slices.Concat(vecs, ints)...)
}

// cond chooses by an integer that may be out of bounds, or by a bool.
func (p *program) cond() []value {
	vecs, ints := p.operands()
	index, n := p.int(), p.n(1, 3)
	if p.n(0, 2) == 0 {
		index, n = p.b.Lt(index, p.literal(1)), 2
	}
	out := p.n(1, 2)
	var branches []*graph.Graph
	for range n {
		branches = append(branches, p.sub(vecs, ints, out))
	}
	return p.b.Cond(branches, index, slices.Concat(vecs, ints)...)
}

// scan has a vector and an integer as consts, a counter and vectors, some of
// which enter as zero, as carry, stacks as xs and ys.
func (p *program) scan() []value {
	consts, carry := []value{p.vec(), p.int()}, []value{p.int()}
	nCarry, nXs, nYs := p.n(0, 2), p.n(0, 2), p.n(0, 2)
	for range nCarry {
		if p.n(0, 2) == 0 {
			carry = append(carry, p.b.Zeros(vecAval))
		} else {
			carry = append(carry, p.vec())
		}
	}
	length := []int{programSteps, programSteps, programSteps, 1, 0}[p.n(0, 4)]
	s := graph.ScanParams{Consts: len(consts), Carry: len(carry), Length: length, Reverse: p.n(0, 1) == 1, Unroll: p.n(1, 2)}
	in := graph.Avals(slices.Concat(consts, carry))
	var xs []value
	for range nXs {
		xs = append(xs, p.b.SliceAxis(p.stack(), 0, 0, length))
		in = append(in, vecAval)
	}
	s.Body = graph.Build(in, func(b builder, in []value) []value {
		c := p.within(b, slices.Concat(in[:1], in[3:]), in[1:3])
		y := c.run(p.n(2, 5), nCarry+nYs)
		return append([]value{b.Add(in[2], b.Scalar(graph.Int32, 1))}, y...)
	})
	y := p.b.Scan(s, slices.Concat(consts, carry, xs)...)
	p.ints = append(p.ints, y[0])
	vecs, stacks := y[1:len(carry):len(carry)], y[len(carry):]
	if length == programSteps {
		p.stacks = append(p.stacks, stacks...)
		return vecs
	}
	for _, ys := range stacks {
		vecs = append(vecs, p.b.ReduceSum(ys, 0))
	}
	return vecs
}

// while goes on while a counter is below a limit, and a float below a bound
// which it may reach.
func (p *program) while(w graph.WhileParams) []value {
	vecs, ints := p.operands()
	consts := slices.Concat(vecs, ints)
	carry := []value{p.literal(p.n(0, 3)), p.vec()}
	if p.n(0, 1) == 0 {
		carry = append(carry, p.b.Zeros(vecAval))
	}
	limit := float64(2 + p.evenly(5))
	n, avals := len(consts), graph.Avals(slices.Concat(consts, carry))
	w.Consts = n
	w.Cond = graph.Build(avals, func(b builder, in []value) []value {
		x := b.Reshape(b.SliceAxis(in[n+1], 0, 1, 2))
		return []value{b.And(b.Lt(in[n], b.Scalar(graph.Int32, limit)), b.Lt(x, b.Scalar(x.DType, 0.9173)))}
	})
	w.Body = graph.Build(avals, func(b builder, in []value) []value {
		c := p.within(b, slices.Concat(in[:len(vecs)], in[n+1:]), slices.Concat(in[len(vecs):n], in[n:n+1]))
		y := c.run(p.n(1, 4), len(carry)-1)
		return append([]value{b.Add(in[n], b.Scalar(graph.Int32, 1))}, y...)
	})
	return slices.Clone(p.b.While(w, slices.Concat(consts, carry)...)[1:])
}

func (p *program) unbounded() []value { return p.while(graph.WhileParams{}) }

func (p *program) bounded() []value {
	return p.while(graph.WhileParams{MaxTrips: 1 + p.evenly(5), Levels: 1 + p.evenly(3)})
}

// solve solves (3 + s v u') x = b, where s, for a chance to go wrong, is computed
// by a program, by the formula of Sherman and Morrison.
func (p *program) solve() []value {
	in := []value{p.vec(), p.vec(), p.vec(), p.int()}
	scale := p.quiet().sub(in[:1], in[3:], 1)
	inner := func(b builder, x, y value) value { return b.ReduceSum(b.Mul(x, y), 0) }
	// a graph s u v i, x -> of a function of s v, u and x
	with := func(transposed bool, f func(b builder, v, u, x value) value) *graph.Graph {
		in := append(graph.Avals(in), vecAval)
		return graph.Build(in, func(b builder, in []value) []value {
			sv, u := b.Mul(b.Call("scale", scale, in[0], in[3])[0], in[2]), in[1]
			if transposed {
				sv, u = u, sv
			}
			return []value{f(b, sv, u, in[4])}
		})
	}
	const a = 4.
	matvec := func(b builder, v, u, x value) value {
		return b.Add(b.Mul(x, b.Scalar(x.DType, a)), b.Mul(v, inner(b, u, x)))
	}
	solve := func(b builder, v, u, y value) value {
		d := b.Add(inner(b, u, v), b.Scalar(y.DType, a))
		return b.Mul(b.Sub(y, b.Mul(v, b.Div(inner(b, u, y), d))), b.Scalar(y.DType, 1/a))
	}
	s := graph.LinearSolveParams{Matvec: with(false, matvec), Solve: with(false, solve), TransposeSolve: with(true, solve), Consts: len(in)}
	return []value{p.b.Sin(p.b.LinearSolve(s, append(in, p.vec())...)[0])}
}

// quiet is p without effects and custom VJPs: a program that is run as often
// as a solver likes, and needs forward mode.
func (p *program) quiet() *program {
	q := *p
	q.Effects, q.VJP, q.While = false, nil, false
	return &q
}

// own is p for graphs with a custom rule, which their own derivative makes. As
// the rule computes what the function does again, there are no effects.
func (p *program) own() *program {
	q := p.quiet()
	if p.Nested {
		q.VJP = p.VJP
	}
	return q
}

// custom draws a graph for a custom rule, and its operands. The integers come
// first; they are captured.
func (p *program) custom() (g *graph.Graph, in []value, captured int) {
	vecs, ints := p.operands()
	g = p.sub(vecs, ints, p.n(1, 2))
	return g.Rewire(slices.Concat(g.In[len(vecs):], g.In[:len(vecs)]), g.Out), slices.Concat(ints, vecs), len(ints)
}

func (p *program) customJVP() []value {
	q := *p
	q.VJP = nil
	g, in, captured := q.custom()
	return p.b.CustomJVP(graph.CustomJVPParams{Name: "f", Graph: g, JVP: p.JVP(g), Captured: captured}, in...)
}

// customVJP has as residuals the results and all operands.
func (p *program) customVJP() []value {
	g, in, captured := p.own().custom()
	avals := graph.Avals(g.In)
	fwd := graph.Build(avals, func(b builder, in []value) []value {
		y := b.Inline(g, in...)
		return slices.Concat(y, y, in)
	})
	res := slices.Concat(avals[:captured], graph.Avals(fwd.Out[len(g.Out):]))
	pullback := p.VJP(g)
	bwd := graph.Build(slices.Concat(res, graph.Avals(g.Out)), func(b builder, in []value) []value {
		return b.Inline(pullback, in[captured+len(g.Out):]...)[len(g.Out):]
	})
	return p.b.CustomVJP(graph.CustomVJPParams{Name: "f", Graph: g, Fwd: fwd, Bwd: bwd, Captured: captured}, in...)
}
