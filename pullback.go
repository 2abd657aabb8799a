package jacobi

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/jacobi-go/jacobi/ad"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// VJP returns f(primal) and the pullback, which maps a cotangent of the result
// to one of the argument. It can be called many times, mapped and compiled. nil
// arrays in the cotangent it is given are zero; it returns nil for integers and
// bools, and for the others the shape and dtype of the argument. A cotangent
// that differs from the result in tree, shapes or dtypes is an error.
//
// A pullback that leaves the function that made it, where that is jitted or
// mapped, or is a residual of a custom rule, must be one of VJPTree. It is
// jax.vjp.
func VJP[P, Q any](f func(P) Q, primal P) (Q, func(Q) P) {
	refuseNil("VJP", "f", f == nil)
	y, p, _ := pullback("VJP", alone(f), primal)
	return y, p.Call
}

// VJPAux is VJP for a function that also returns something that is not
// differentiated: any tree, returned last. See VJP. It is jax.vjp with
// has_aux=True.
func VJPAux[P, Q, A any](f func(P) (Q, A), primal P) (Q, func(Q) P, A) {
	refuseNil("VJPAux", "f", f == nil)
	y, p, aux := pullback("VJPAux", f, primal)
	return y, p.Call, aux
}

// VJPTree is VJP with a pullback that is a tree of arrays, as JAX's is: it may
// be an argument and a result of what is jitted or mapped, and a residual. See
// VJP. It is jax.vjp.
func VJPTree[P, Q any](f func(P) Q, primal P) (Q, Pullback[Q, P]) {
	refuseNil("VJPTree", "f", f == nil)
	y, p, _ := pullback("VJPTree", alone(f), primal)
	return y, p
}

// A Pullback maps cotangents of Q to those of P, at the point where VJPTree made
// it. It is a tree, whose arrays are what it keeps of that point: the residuals.
// If they are mapped, so must be the call: VMap a function of the Pullback and
// the cotangent.
type Pullback[Q, P any] struct {
	op    string
	point *linearized
	// ready gives the program, (residuals, cotangents) -> cotangents of P's
	// arrays, and the residuals.
	ready func() (*graph.Graph, []*Array)
}

func pullback[P, Q, A any](op string, f func(P) (Q, A), primal P) (Q, Pullback[Q, P], A) {
	l, y, aux, res := linearizeAt(ops.Staging{Name: op, Mode: ops.Reverse, Waits: true}, f, primal)
	late := l.late
	l.late = nil
	return y, Pullback[Q, P]{op, l, sync.OnceValues(func() (*graph.Graph, []*Array) {
		rules, captured := traceLate(l.lin.LateRules(), late, res)
		late = nil
		t := withOwnLines(l, func(lin *ad.Linear) *graph.Graph { return lin.WithRules(rules).Transpose() })
		return t, slices.Concat(captured, res)
	})}, aux
}

// traceLate traces the backward rules that were left for later, in order. What
// they close over comes before the residuals.
func traceLate(due []ad.LateRule, late []ops.LateRule, res []*Array) (rules []ad.Rule, captured []*Array) {
	for _, d := range due {
		t := late[d.Late-1](func(i int) *Array {
			if i >= len(d.Res) || d.Res[i] < 0 {
				return nil
			}
			return res[d.Res[i]]
		})
		rules = append(rules, ad.Rule{Bwd: t.Graph, Captured: len(t.Captured)})
		captured = append(captured, t.Captured...)
	}
	return rules, captured
}

// Call pulls a cotangent back, as the pullback of VJP does; see VJP. An empty
// Pullback is an error. It is a call of what jax.vjp returns.
func (p Pullback[Q, P]) Call(ct Q) P {
	if p.ready == nil {
		panic(graph.Errorf(graph.ErrNil, "Pullback", "this one is empty; jx.VJPTree makes them"))
	}
	l := p.point
	given := tangents(p.op, "cotangent", l.out, graph.Avals(l.results()), flattenLike(p.op, "the result", l.out.structure, "the cotangent", ct))
	t, res := p.ready()
	p.check(t, res)
	in := res[:len(res):len(res)]
	for i, v := range l.results() {
		if l.lin.Out[i] {
			if given[i] == nil {
				given[i] = zeros(v.Aval)
			}
			in = append(in, given[i])
		}
	}
	cts := ops.Run("pullback", "", t, func() *graph.Graph { return t }, in)
	return unflatten[P](l.in.structure, l.in.spread(spreadGrads(l.staged, l.wrt, cts)))
}

// check looks for residuals that are not those of the one point.
func (p Pullback[Q, P]) check(t *graph.Graph, res []*Array) {
	for i, x := range res {
		switch {
		case x == nil || !ops.Aval(x).Equal(t.In[i].Aval):
			got := "nil"
			if x != nil {
				got = ops.Aval(x).String()
			}
			panic(graph.Errorf(graph.ErrShape, p.op, "residual %d of the pullback is %s, not %v; if the pullback is of many points, use jx.VMap of a function of it and the cotangent", i, got, t.In[i].Aval))
		case ops.Ended(x):
			panic(graph.Errorf(graph.ErrEscaped, p.op, "the pullback belongs to a trace that has ended: where it is a result of what is jitted or mapped, or a residual of a custom rule, it must be a jx.Pullback, as jx.VJPTree returns"))
		}
	}
}

// TreeLeaves, TreeWith, TreePaths and TreeStatic make Pullback a tree, whose
// arrays are the residuals.
func (p Pullback[Q, P]) TreeLeaves() []*Array {
	if p.ready == nil {
		return nil
	}
	_, res := p.ready()
	return res
}

// TreeWith makes Pullback a tree: such a Pullback with other residuals, as
// many; another number is an error of the call.
func (p Pullback[Q, P]) TreeWith(res []*Array) any {
	if p.ready == nil {
		return p
	}
	t, _ := p.ready()
	res = slices.Clone(res)
	return Pullback[Q, P]{p.op, p.point, func() (*graph.Graph, []*Array) { return t, res }}
}

// TreePaths makes Pullback a tree.
func (p Pullback[Q, P]) TreePaths() []string {
	paths := make([]string, len(p.TreeLeaves()))
	for i := range paths {
		paths[i] = strconv.Itoa(i)
	}
	return paths
}

// TreeStatic makes Pullback a tree.
func (p Pullback[Q, P]) TreeStatic() any {
	if p.ready == nil {
		return nil
	}
	t, _ := p.ready()
	return pullbackKey{t.Fingerprint(), p.point.in.key() + fmt.Sprint(p.point.in.weak), p.point.out.key()}
}

// A pullbackKey is the program, and what else tells pullbacks of one type apart.
type pullbackKey [3]string

// String tells programs apart in messages.
func (k pullbackKey) String() string { return fmt.Sprintf("program %.4x", sha256.Sum256([]byte(k[0]))) }

// MarshalText is an error, so that encoding/json does not write {} in silence: a
// pullback is a part of this program.
func (p Pullback[Q, P]) MarshalText() ([]byte, error) {
	return nil, graph.Errorf(graph.ErrUnsupported, "MarshalText", "a Pullback cannot be written; write the arguments of VJPTree")
}

// String says what is mapped to what.
func (p Pullback[Q, P]) String() string {
	if p.ready == nil {
		return "no pullback"
	}
	l := p.point
	return fmt.Sprintf("pullback %s -> %s", l.out.Format(leafTexts(l.out, graph.Avals(l.results()))), l.in.Format(leafTexts(l.in, graph.Avals(l.own()))))
}
