package jacobi

import (
	"fmt"
	"slices"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// A staged is a user's function of one tree, as a graph: the inputs are what
// the function captured, then the arrays of the tree that are not nil.
type staged struct {
	graph   *graph.Graph
	consts  int      // how many it captured
	args    []*Array // what the inputs stand for
	in, out packing
	aux     packing // results after those of out, which are not differentiated
	late    []ops.LateRule
}

// results are the graph's outputs that are differentiated.
func (s *staged) results() []ops.V { return s.graph.Out[:len(s.out.weak)] }

// differentiated is the mask of them.
func (s *staged) differentiated() []bool {
	return append(graph.Fill(true, len(s.out.weak)), make([]bool, len(s.aux.weak))...)
}

// marked are all results of the graph, weak where the function's are.
func (s *staged) marked(all []*Array) []*Array {
	n := len(s.graph.Out)
	return ops.SetWeak(all[:n:n], slices.Concat(s.out.weak, s.aux.weak))
}

// own are the inputs that are the tree's.
func (s *staged) own() []ops.V { return s.graph.In[s.consts:] }

// inputs is a mask over the tree's arrays as one over all inputs.
func (s *staged) inputs(own []bool) []bool { return append(make([]bool, s.consts), own...) }

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

// key tells packings of one type apart.
func (p packing) key() string { return fmt.Sprint(p.Key(), p.present) }

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

// none is the auxiliary result of a function that has none.
type none struct{}

func alone[P, Q any](f func(P) Q) func(P) (Q, none) {
	return func(p P) (Q, none) { return f(p), none{} }
}

// stage traces f at p. The trace knows what its inputs stand for, so that f may
// read numbers where they are concrete.
func stage[P, Q any](how ops.Staging, f func(P) Q, p P) *staged { return stageAux(how, alone(f), p) }

// stageAux is stage for a function that also returns what is not
// differentiated.
func stageAux[P, Q, A any](how ops.Staging, f func(P) (Q, A), p P) *staged {
	leaves, s := flatten(how.Name, p)
	in, packed := pack(s, leaves)
	how.Known = packed
	st := &staged{in: in}
	t := ops.Stage(how, avals(packed), in.weak, func(xs []*Array) []*Array {
		q, a := f(unflatten[P](in.structure, in.spread(xs)))
		y, ys := flatten(how.Name, q)
		aux, as := flatten(how.Name, a)
		st.out, y = pack(ys, y)
		st.aux, aux = pack(as, aux)
		return append(y, aux...)
	})
	st.graph, st.consts, st.late = t.Graph, len(t.Captured), t.Late
	st.args = slices.Concat(t.Captured, packed)
	narrow(how.Name, pathName, in, st.own(), t.Graph)
	return st
}

// closeOver gives several traced functions one list of captured values: the
// inputs of each become consts, then its own.
func closeOver(fs ...ops.Traced) (consts []*Array, graphs []*graph.Graph) {
	for _, f := range fs {
		consts = append(consts, f.Captured...)
	}
	at := 0
	for _, f := range fs {
		from, k := at, len(f.Captured)
		at += k
		if k == len(consts) {
			graphs = append(graphs, f.Graph)
			continue
		}
		in := slices.Concat(avals(consts), graph.Avals(f.In[k:]))
		graphs = append(graphs, graph.Build(in, func(b ops.B, v []ops.V) []ops.V {
			return b.Inline(f.Graph, slices.Concat(v[from:from+k], v[len(consts):])...)
		}))
	}
	return consts, graphs
}

// wrt marks the arrays of the tree that have tangents.
func (s *staged) wrt() []bool { return graph.Differentiable(s.own()) }

// run runs a transform of the graph, kept under its name and what it is told
// about the inputs.
func (s *staged) run(transform string, build func() *graph.Graph, in []*Array, masks ...[]bool) []*Array {
	return ops.Run(transform, graph.Key(transform, masks...)+"\x00", s.graph, build, in)
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
				panic(graph.Errorf(graph.ErrTreeMismatch, op, "%s has a %s, but no value", pathName(p.Paths()[k]), what))
			}
			continue
		}
		a := of[i]
		i++
		switch {
		case x == nil:
		case !a.DType.Differentiable():
			panic(graph.Errorf(graph.ErrDType, op, "%s is %v: integers and bools have no %s; leave it nil", pathName(p.Paths()[k]), a, what))
		case x.Weak() && x.DType() != a.DType:
			x = x.As(a.DType)
		}
		if x != nil && !ops.Aval(x).Equal(a) {
			panic(graph.Errorf(graph.Disagree(ops.Aval(x), a), op, "%s: the %s is %v, the value is %v; they must agree", pathName(p.Paths()[k]), what, ops.Aval(x), a))
		}
		out = append(out, x)
	}
	return out
}

// present marks what is not nil.
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
