// Package vmapper batches graphs: it adds one axis to some inputs of a graph
// and carries it through every equation, so that one run does all examples.
package vmapper

import (
	"fmt"
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

type (
	B = *graph.Builder
	E = *graph.Eqn
	V = *graph.Value
)

// None in a list of axes: the value is the same for every example.
const None = -1 << 31

// Batch returns g over n examples. in[i] is the mapped axis of input i, an
// axis of the batched input, or None; out[i] is where the axis is in output i,
// None if the output depends on no mapped input. The axis of an output is
// where it costs least.
func Batch(g *graph.Graph, n int, in []int) (bg *graph.Graph, out []int) {
	return remembered(g, n, in, nil)
}

// BatchTo is Batch with the axis of each output where out says: an output that
// does not depend on mapped inputs is repeated. It is an error to ask for None
// where the output differs from example to example.
func BatchTo(g *graph.Graph, n int, in, out []int) *graph.Graph {
	bg, _ := remembered(g, n, in, out)
	return bg
}

func remembered(g *graph.Graph, n int, in, to []int) (*graph.Graph, []int) {
	type result struct {
		*graph.Graph
		out []int
	}
	r := graph.Remember(g, fmt.Sprint("batch ", n, in, to != nil, to), func() result {
		bg, out := build(g, n, in, to)
		return result{bg, out}
	})
	return r.Graph, r.out
}

// build batches g, its outputs moved to the axes to, if any are asked for.
func build(g *graph.Graph, n int, in, to []int) (*graph.Graph, []int) {
	if !slices.ContainsFunc(slices.Concat(in, to), func(axis int) bool { return axis != None }) {
		return g, none(len(g.Out))
	}
	var b graph.Builder
	env := graph.NewEnv[batched](g)
	for i, v := range g.In {
		a := v.Aval
		if in[i] != None {
			checkAxis("input", i, in[i], a)
			a = a.Insert(in[i], n)
		}
		env.Set(v, batched{b.Input(a), in[i]})
	}
	var args []batched
	for _, e := range g.Eqns {
		b.At(e)
		args = args[:0]
		for _, v := range e.In {
			args = append(args, env.Get(v))
		}
		env.Bind(e.Out, apply(&b, e, n, args))
	}
	b.AtPC(0)
	out := env.Lookup(g.Out)
	for i, axis := range to {
		if axis != None {
			checkAxis("output", i, axis, g.Out[i].Aval)
			out[i] = batched{out[i].at(&b, n, axis), axis}
		} else if out[i].mapped() {
			panic(graph.Errorf(graph.ErrAxis, "", "output %d depends on mapped inputs, so it has an axis of examples; say at which axis, not None", i))
		}
	}
	return b.Graph(values(out)...), axes(out)
}

func checkAxis(what string, i, axis int, example graph.Aval) {
	if axis < 0 || axis > example.Rank() {
		panic(graph.Errorf(graph.ErrAxis, "", "%s %d is %v for each example; it cannot have its axis of examples at %d", what, i, example, axis))
	}
}

// A batched is a value and where its mapped axis is.
type batched struct {
	V
	axis int // None if the value is the same for every example
}

func (x batched) mapped() bool { return x.axis != None }

// rank is that of the value of one example.
func (x batched) rank() int {
	if x.mapped() {
		return x.Rank() - 1
	}
	return x.Rank()
}

// at moves the mapped axis to axis, repeating x if it has none.
func (x batched) at(b B, n, axis int) V {
	switch x.axis {
	case axis:
		return x.V
	case None:
		return b.BroadcastInDim(x.V, x.Insert(axis, n).Shape, skip(graph.Kept(x.Rank()), axis))
	}
	perm := graph.Kept(x.Rank(), []int{x.axis})
	return b.Transpose(x.V, slices.Insert(perm, axis, x.axis)...)
}

// apply runs e's rule, or copies e where nothing is mapped.
func apply(b B, e E, n int, in []batched) []batched {
	if !slices.ContainsFunc(in, batched.mapped) {
		return place(b.Emit(e.Op, e.Params, values(in)...), none(len(e.Out)))
	}
	return rules[e.Op](b, e, n, in)
}

// place says of values where their axes are.
func place(vs []V, axes []int) []batched {
	out := make([]batched, len(vs))
	for i, v := range vs {
		out[i] = batched{v, axes[i]}
	}
	return out
}

func values(in []batched) []V {
	out := make([]V, len(in))
	for i, x := range in {
		out[i] = x.V
	}
	return out
}

func axes(in []batched) []int {
	out := make([]int, len(in))
	for i, x := range in {
		out[i] = x.axis
	}
	return out
}

// none is n times None.
func none(n int) []int { return slices.Repeat([]int{None}, n) }

// skip renumbers axes for one new axis at axis.
func skip(axes []int, axis int) []int {
	out := slices.Clone(axes)
	for i, a := range axes {
		if a >= axis {
			out[i]++
		}
	}
	return out
}

// after is where a new axis goes that is to come right after the first i of
// axes, which are in rising order; with none before it, it goes in front.
func after(axes []int, i int) int {
	if i == 0 {
		return 0
	}
	return axes[i-1] + 1
}
