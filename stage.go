package jacobi

import (
	"jacobi/graph"
	"jacobi/internal/ops"
)

// A staged is a user's function of one tree, as a graph: the inputs are the
// arrays of the tree that are not nil, then what the function captured.
type staged struct {
	graph *graph.Graph
	args  []*Array // the arrays that the inputs stand for
	own   int      // how many of them are the tree's
	in    packing
	out   packing
}

// A packing is a tree's structure and which of its arrays are not nil.
type packing struct {
	structure
	present []bool
	weak    []bool // of those present
}

func pack(s structure, leaves []*Array) (packing, []*Array) {
	p := packing{structure: s, present: make([]bool, len(leaves))}
	packed := make([]*Array, 0, len(leaves))
	for i, x := range leaves {
		if x != nil {
			p.present[i] = true
			packed = append(packed, x)
			p.weak = append(p.weak, x.Weak())
		}
	}
	return p, packed
}

// spread puts packed values, some of which may be nil, back in all places.
func (p packing) spread(packed []*Array) []*Array {
	out := make([]*Array, len(p.present))
	i := 0
	for k, here := range p.present {
		if here {
			out[k] = packed[i]
			i++
		}
	}
	return out
}

// path is where packed array i is in the tree.
func (p packing) path(i int) string {
	for k, here := range p.present {
		if here {
			if i == 0 {
				return p.Paths()[k]
			}
			i--
		}
	}
	return ""
}

// stage traces f at p. A trace for differentiation knows what its inputs
// stand for, so that f may read numbers where they are concrete.
func stage[P, Q any](name string, mode ops.Mode, f func(P) Q, p P) *staged {
	leaves, s := flatten(name, p)
	in, packed := pack(s, leaves)
	st := &staged{in: in, own: len(packed)}
	t := ops.Stage(ops.Staging{Name: name, Mode: mode, Known: packed}, avals(packed), in.weak, func(xs []*Array) []*Array {
		y, s := flatten(name, f(unflatten[P](in.structure, in.spread(xs))))
		out, packed := pack(s, y)
		st.out = out
		return packed
	})
	st.graph = t.Graph
	st.args = append(packed, t.Captured...)
	return st
}

// wrt marks the inputs of the graph that are the tree's and have tangents.
func (s *staged) wrt() []bool {
	mask := graph.Differentiable(s.graph.In)
	for i := s.own; i < len(mask); i++ {
		mask[i] = false
	}
	return mask
}

// run runs a transform of the graph, kept under its name.
func (s *staged) run(transform string, build func() *graph.Graph, in []*Array) []*Array {
	return ops.Run(transform+"\x00", s.graph, build, in)
}

func avals(xs []*Array) []graph.Aval { return ops.Avals(xs) }

// tangents checks the arrays of a tree against those it is a tangent or
// cotangent of, and gives weak ones their dtype. nil stays nil.
func tangents(op, what string, p packing, of []graph.Aval, given []*Array) []*Array {
	out := make([]*Array, 0, len(of))
	i := 0
	for k, here := range p.present {
		x := given[k]
		if !here {
			if x != nil {
				panic(graph.Errorf(op, "%s has a %s, but no value", pathName(p.Paths()[k]), what))
			}
			continue
		}
		a := of[i]
		i++
		switch {
		case x == nil:
		case !a.DType.Differentiable():
			panic(graph.Errorf(op, "%s is %v: integers and bools have no %s; leave it nil", pathName(p.Paths()[k]), a, what))
		case x.Weak() && x.DType() != a.DType:
			x = x.As(a.DType)
		}
		if x != nil && !ops.Aval(x).Equal(a) {
			panic(graph.Errorf(op, "%s: the %s is %v, the value is %v; they must agree", pathName(p.Paths()[k]), what, ops.Aval(x), a))
		}
		out = append(out, x)
	}
	return out
}

// present marks what is not nil; compact drops what is.
func present(xs []*Array) []bool {
	mask := make([]bool, len(xs))
	for i, x := range xs {
		mask[i] = x != nil
	}
	return mask
}

func zeros(a graph.Aval) *Array {
	return ops.Apply(nil, false, func(b ops.B, _ []ops.V) ops.V { return b.Zeros(a) })
}
