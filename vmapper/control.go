package vmapper

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

// batchGraph is g over n examples. Inputs in mask in are mapped, all at axis
// 0, and so are the outputs in the mask it returns, which has force in it.
func batchGraph(g *graph.Graph, n int, in, force []bool) (*graph.Graph, []bool) {
	front := func(mask []bool) []int {
		axes := none(len(mask))
		for i := range mask {
			if mask[i] {
				axes[i] = 0
			}
		}
		return axes
	}
	_, axes := Batch(g, n, front(in))
	out := make([]bool, len(axes))
	for i, a := range axes {
		out[i] = a != None || force != nil && force[i]
	}
	return BatchTo(g, n, front(in), front(out)), out
}

func masks(in []batched) []bool {
	m := make([]bool, len(in))
	for i, x := range in {
		m[i] = x.mapped()
	}
	return m
}

// align puts the mapped axis in front of the values in mask; the others have
// none.
func align(b B, n int, in []batched, mask []bool) []V {
	out := values(in)
	for i, x := range in {
		if mask[i] {
			out[i] = x.at(b, n, 0)
		}
	}
	return out
}

// mark says of values that come from a graph with mask out where their axis is.
func mark(vs []V, out []bool) []batched {
	axes := none(len(vs))
	for i := range axes {
		if out[i] {
			axes[i] = 0
		}
	}
	return place(vs, axes)
}

// mapped marks values whose axis 0 is the mapped one.
func mapped(vs []V) []batched { return mark(vs, graph.Fill(true, len(vs))) }

// Operands and results cross the border at the axes where they are. Calls of
// one graph with one list of axes share its batched graph.
func batchCall(b B, e E, n int, in []batched) []batched {
	p := e.Params.(graph.CallParams)
	g, out := Batch(p.Graph, n, axes(in))
	return place(b.Call(p.Name, g, values(in)...), out)
}

// With one index for all examples one branch runs; with an index per example
// all run, and each example selects.
func batchCond(b B, e E, n int, in []batched) []batched {
	p, ops := e.Params.(graph.CondParams), in[1:]
	if in[0].mapped() {
		return selectBranch(b, e, n, in[0].V, p.Branches, ops)
	}
	out := make([]bool, len(e.Out))
	for _, g := range p.Branches {
		_, o := batchGraph(g, n, masks(ops), nil)
		out = graph.Or(out, o)
	}
	var branches []*graph.Graph
	for _, g := range p.Branches {
		g, _ := batchGraph(g, n, masks(ops), out)
		branches = append(branches, g)
	}
	return mark(b.Cond(branches, in[0].V, align(b, n, ops, masks(ops))...), out)
}

func selectBranch(b B, e E, n int, index V, branches []*graph.Graph, in []batched) []batched {
	if graph.Effectful(e) {
		panic(e.Errorf(graph.ErrEffect, "a branch has effects, and each example would choose another branch; move the effect out of the branch, or vmap inside it"))
	}
	all := graph.Fill(true, len(e.Out))
	var y []V
	for i, g := range slices.Backward(branches) {
		bg, _ := batchGraph(g, n, masks(in), all)
		out := slices.Clone(b.Inline(bg, align(b, n, in, masks(in))...))
		if y == nil {
			y = out // the last branch, also for an index beyond it
			continue
		}
		is := index // bool: true is the last branch
		if index.DType == graph.Bool {
			out, y = y, out
		} else {
			is = b.Lt(index, b.Scalar(index.DType, float64(i+1)))
		}
		for k := range y {
			y[k] = b.Select(b.BroadcastInDim(is, out[k].Shape, []int{0}), out[k], y[k])
		}
	}
	return mapped(y)
}

// A carry is mapped if it enters so or any step makes it so. The mapped axis
// of xs and ys is 1, since 0 is what scan walks along.
func batchScan(b B, e E, n int, in []batched) []batched {
	p := e.Params.(graph.ScanParams)
	mask := masks(in)
	carry := mask[p.Consts:][:p.Carry]
	var out []bool
	for {
		force := append(slices.Clone(carry), make([]bool, len(e.Out)-p.Carry)...)
		g, o := batchGraph(p.Body, n, mask, force)
		if slices.Equal(carry, o[:p.Carry]) {
			p.Body, out = g, o
			break
		}
		copy(carry, o)
	}
	args := align(b, n, in[:p.Consts+p.Carry], mask[:p.Consts+p.Carry])
	for _, x := range in[p.Consts+p.Carry:] {
		if x.mapped() {
			x.V = x.at(b, n, 1)
		}
		args = append(args, x.V)
	}
	y := mark(b.Scan(p, args...), out)
	for i := range y[p.Carry:] {
		if y := &y[p.Carry+i]; y.mapped() {
			y.axis = 1
		}
	}
	return y
}

// A carry is mapped if it enters so or a step makes it so. Where the predicate
// is the same for all examples, that is all. Where it is not, every carry is
// mapped, and the loop runs while any example wants to go on; one that does not
// keeps its carry.
func batchWhile(b B, e E, n int, in []batched) []batched {
	p := e.Params.(graph.WhileParams)
	mask := masks(in)
	carry := mask[p.Consts:]
	var body *graph.Graph
	for {
		g, out := batchGraph(p.Body, n, mask, carry)
		if slices.Equal(carry, out) {
			body = g
			break
		}
		copy(carry, out)
	}
	pred, wants := batchGraph(p.Cond, n, mask, nil)
	if !wants[0] {
		q := p
		q.Cond, q.Body = pred, body
		return mark(b.While(q, align(b, n, in, mask)...), carry)
	}
	if graph.Effectful(e) {
		panic(e.Errorf(graph.ErrEffect, "the loop has effects, and each example would take another number of steps; move the effect out of the loop, or vmap inside it"))
	}
	for i := range carry {
		carry[i] = true
	}
	pred, _ = batchGraph(p.Cond, n, mask, []bool{true})
	body, _ = batchGraph(p.Body, n, mask, carry)
	vs := align(b, n, in, mask)
	// The predicate is carried, in front of the rest, so that it is evaluated
	// once for each step.
	goOn := b.Inline(pred, vs...)[0]
	in0 := graph.Avals(slices.Insert(slices.Clone(vs), p.Consts, goOn))
	q := p
	q.Cond = graph.Build(in0, func(b B, in []V) []V { return []V{b.ReduceOr(in[p.Consts], 0)} })
	q.Body = graph.Build(in0, func(b B, in []V) []V {
		goOn, consts, old := in[p.Consts], in[:p.Consts:p.Consts], in[p.Consts+1:]
		next := make([]V, len(old))
		for i, y := range b.Inline(body, slices.Concat(consts, old)...) {
			next[i] = b.Select(b.BroadcastInDim(goOn, y.Shape, []int{0}), y, old[i])
		}
		return append([]V{b.And(goOn, b.Inline(pred, slices.Concat(consts, next)...)[0])}, next...)
	})
	return mapped(b.While(q, slices.Insert(slices.Clone(vs), p.Consts, goOn)...)[1:])
}
