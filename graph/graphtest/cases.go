// Package graphtest has what the tests of every transform and back end need:
// cases of every op, random graphs, and comparisons of tensors.
package graphtest

import (
	"math/rand/v2"
	"strings"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/interp"
)

// A Case is one op with operands of certain avals and params of a certain
// kind.
type Case struct {
	Name  string // op, operands, params
	Op    graph.Op
	In    []graph.Aval
	Build func(b *graph.Builder, in []*graph.Value) []*graph.Value
	// Sample draws operands from where the op is defined and, of a smooth
	// case, from well inside of where it has a derivative.
	Sample func(r *rand.Rand) []interp.Tensor
	// Smooth says that finite differences over the operands that are floats or
	// complex numbers estimate what the derivative of the op is defined to be.
	Smooth bool
}

// Graph is the case as a graph of one equation and the literals it needs.
func (c Case) Graph() *graph.Graph { return graph.Build(c.In, c.Build) }

// Cases lists cases of every op, some hundreds, each of few elements. A callback
// has none: what it calls lives outside of the graph.
func Cases() []Case {
	var l list
	l.elementwise()
	l.structural()
	l.indexing()
	l.reductions()
	l.sorts()
	l.dots()
	l.linalg()
	l.control()
	l.checkpoints()
	l.customs()
	l.solves()
	l.names()
	return l.cases
}

// list is a list of cases under construction.
type list struct{ cases []Case }

type (
	builder = *graph.Builder
	value   = *graph.Value
)

// An operand is an aval and where its elements are drawn from.
type operand struct {
	graph.Aval
	draw domain
}

// add appends a smooth case and returns it, to be changed.
func (l *list) add(op graph.Op, note string, build func(b builder, in []value) []value, in ...operand) *Case {
	c := Case{Op: op, Build: build, Smooth: true}
	name := op.String() + "("
	for i, x := range in {
		if i > 0 {
			name += ", "
		}
		name += x.String()
		c.In = append(c.In, x.Aval)
	}
	c.Name = strings.TrimSpace(name + ") " + note)
	c.Sample = func(r *rand.Rand) []interp.Tensor {
		out := make([]interp.Tensor, len(in))
		for i, x := range in {
			out[i] = x.draw(r, x.Aval)
		}
		return out
	}
	l.cases = append(l.cases, c)
	return &l.cases[len(l.cases)-1]
}

// op appends a case of an op that Emit makes from params and the operands.
func (l *list) op(op graph.Op, note string, params graph.Params, in ...operand) *Case {
	return l.add(op, note, func(b builder, in []value) []value { return b.Emit(op, params, in...) }, in...)
}

// array makes an operand with the usual elements.
func array(d graph.DType, dims ...int) operand { return from(usual, d, dims...) }

func from(draw domain, d graph.DType, dims ...int) operand {
	return operand{graph.Aval{DType: d, Shape: append([]int{}, dims...)}, draw}
}
