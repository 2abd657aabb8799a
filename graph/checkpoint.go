package graph

import (
	"fmt"
	"slices"
)

// CheckpointParams: like call, but what the derivative needs of Graph is
// computed again, except for what the policy saves: products of matrices,
// values with certain names, or all. Recomputes marks the copy that does so: its
// operands pass one optimization barrier, so that neither Simplify nor XLA
// merges it with the first run, nor starts it before the cotangents among them
// are there.
type CheckpointParams struct {
	Graph      *Graph
	SaveAll    bool
	SaveDots   bool
	SaveNamed  []string
	Recomputes bool
}

func (p CheckpointParams) fields(w walker) Params {
	w.field("differentiated", boolField{&p.Recomputes})
	w.field("jaxpr", graphField{x: &p.Graph})
	w.field("save_all", ifTrueField{boolField{&p.SaveAll}})
	w.field("save_dots", boolField{&p.SaveDots})
	n, names := len(p.SaveNamed), slices.Clone(p.SaveNamed)
	w.field("num_names", countField{intField{&n}})
	for i := 0; i < n && !failed(w); i++ {
		if i == len(names) { // they are being read
			names = append(names, "")
		}
		w.field(fmt.Sprintf("name%d", i), stringField{&names[i]})
	}
	p.SaveNamed = names
	return done(w, p)
}

// Saves reports whether the policy keeps the results of e.
func (p CheckpointParams) Saves(e *Eqn) bool {
	switch e.Op {
	case OpDot:
		return p.SaveAll || p.SaveDots
	case OpName:
		return p.SaveAll || slices.Contains(p.SaveNamed, e.Params.(NameParams).Name)
	}
	return p.SaveAll
}

// Checkpoint applies p.Graph, parts of which are computed again for the
// derivative.
func (b *Builder) Checkpoint(p CheckpointParams, in ...*Value) []*Value {
	return b.Emit(OpCheckpoint, p, in...)
}

func inferCheckpoint(e *Eqn) ([]Aval, error) {
	return apply(e.Params.(CheckpointParams).Graph, Avals(e.In))
}
