package graph_test

import (
	"math/cmplx"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/graph/interp"
)

// What the table says of an op is what the op does in its cases.

// eachEqn calls f with the equations of every op in its cases, with operands
// for each.
func eachEqn(t *testing.T, f func(name string, e *graph.Eqn, run func(in ...interp.Tensor) []interp.Tensor, in []interp.Tensor)) {
	r := graphtest.Seeded(t)
	for _, c := range graphtest.Cases() {
		g := c.Graph()
		for _, e := range g.Eqns {
			if e.Op != c.Op {
				continue
			}
			alone := graph.Build(graph.Avals(e.In), func(b builder, in []value) []value { return b.Emit(e.Op, e.Params, in...) })
			for range 4 {
				in := interp.Eval(g.Rewire(g.In, e.In), c.Sample(r)...)
				f(c.Name, e, func(in ...interp.Tensor) []interp.Tensor { return interp.Eval(alone, in...) }, in)
			}
		}
	}
}

func TestArity(t *testing.T) {
	met := map[graph.Op]map[int]bool{}
	eachEqn(t, func(name string, e *graph.Eqn, _ func(...interp.Tensor) []interp.Tensor, _ []interp.Tensor) {
		n, more := e.Op.Arity()
		assert.True(t, len(e.In) == n || more && len(e.In) > n, name)
		if met[e.Op] == nil {
			met[e.Op] = map[int]bool{}
		}
		met[e.Op][len(e.In)] = true
	})
	for op := range graph.NumOps {
		n, more := op.Arity()
		if counts := met[op]; counts != nil {
			assert.Equal(t, more, len(counts) > 1 || !counts[n], "%v is met with %v operands", op, counts)
		}
		if n > 0 {
			err := graph.Try(func() {
				graph.Build(slices.Repeat([]graph.Aval{{DType: graph.Bool}}, n-1), func(b builder, in []value) []value { return b.Emit(op, op.Params(), in...) })
			})
			require.ErrorContains(t, err, "takes ", "%v", op)
		}
	}
}

// rotate is x with its elements moved on by one place.
func rotate(x interp.Tensor) interp.Tensor {
	y := interp.Zeros(x.Aval)
	for i, n := range x.Data {
		y.Data[(i+1)%len(y.Data)] = n
	}
	return y
}

func rotated(xs []interp.Tensor) []interp.Tensor {
	out := make([]interp.Tensor, len(xs))
	for i, x := range xs {
		out[i] = rotate(x)
	}
	return out
}

func same(x, y []interp.Tensor) bool { return slices.EqualFunc(x, y, graphtest.Same) }

// An elementwise op does to rotated operands what it does to operands, and
// rotates that.
func TestElementwise(t *testing.T) {
	differs := map[graph.Op]bool{}
	eachEqn(t, func(name string, e *graph.Eqn, run func(...interp.Tensor) []interp.Tensor, in []interp.Tensor) {
		if len(in) == 0 {
			differs[e.Op] = true
			return
		}
		out := run(in...)
		if e.Op.Elementwise() {
			shape := []int{}
			for _, x := range in {
				if x.Rank() > 0 {
					shape = x.Shape
				}
			}
			assert.Equal(t, shape, append([]int{}, out[0].Shape...), name)
		}
		is := false
		if slices.ContainsFunc(in, func(x interp.Tensor) bool { return slices.Equal(x.Shape, out[0].Shape) }) {
			is = same(rotated(out), run(rotated(in)...))
		}
		if e.Op.Elementwise() {
			assert.True(t, is, name)
		}
		differs[e.Op] = differs[e.Op] || !is
	})
	for op := range graph.NumOps {
		switch {
		case op.Elementwise(), op.HoldsGraphs(), op == graph.OpCallback:
		case op == graph.OpName || op == graph.OpBarrier: // identities, which stay where they are
		default:
			assert.True(t, differs[op], "%v is elementwise in all its cases", op)
		}
	}
}

func TestCommutes(t *testing.T) {
	differs := map[graph.Op]bool{}
	eachEqn(t, func(name string, e *graph.Eqn, run func(...interp.Tensor) []interp.Tensor, in []interp.Tensor) {
		if !e.Op.Elementwise() || len(in) != 2 {
			assert.False(t, e.Op.Commutes(), name)
			return
		}
		is := same(run(in...), interp.Eval(graph.Build([]graph.Aval{in[1].Aval, in[0].Aval}, func(b builder, v []value) []value {
			return b.Emit(e.Op, e.Params, v...)
		}), in[1], in[0]))
		if e.Op.Commutes() {
			assert.True(t, is, name)
		}
		differs[e.Op] = differs[e.Op] || !is
	})
	for op := range graph.NumOps {
		if n, _ := op.Arity(); op.Elementwise() && n == 2 && op != graph.OpMax && op != graph.OpMin {
			assert.Equal(t, op.Commutes(), !differs[op], "%v", op)
		}
	}
}

func TestCompares(t *testing.T) {
	eachEqn(t, func(name string, e *graph.Eqn, _ func(...interp.Tensor) []interp.Tensor, in []interp.Tensor) {
		if n, _ := e.Op.Arity(); e.Op.Elementwise() && n == 2 && in[0].DType != graph.Bool {
			assert.Equal(t, e.Op.Compares(), e.Out[0].DType == graph.Bool, name)
		}
	})
}

// An op that moves elements gives what it has been given, and a repeated
// scalar repeated.
func TestMoves(t *testing.T) {
	eachEqn(t, func(name string, e *graph.Eqn, run func(...interp.Tensor) []interp.Tensor, in []interp.Tensor) {
		if !e.Op.Moves() {
			return
		}
		for _, y := range run(in...) {
			for _, n := range y.Data {
				given := slices.ContainsFunc(in, func(x interp.Tensor) bool { return x.DType == y.DType && slices.Contains(x.Data, n) })
				assert.True(t, given || cmplx.IsNaN(n.C), name)
			}
		}
		seven := graph.Num(e.Out[0].DType, 7)
		for i, x := range in {
			if i == 0 || x.DType == e.Out[0].DType && e.Op != graph.OpDynamicSlice {
				x = interp.Zeros(x.Aval)
				for j := range x.Data {
					x.Data[j] = seven
				}
				in[i] = x
			}
		}
		for _, n := range run(in...)[0].Data {
			assert.Equal(t, seven, n, name)
		}
	})
}

func TestHoldsGraphs(t *testing.T) {
	for op := range graph.NumOps {
		holds := false
		if p := op.Params(); p != nil {
			for f := range reflect.TypeOf(p).Fields() {
				holds = holds || f.Type == reflect.TypeFor[*graph.Graph]() || f.Type == reflect.TypeFor[[]*graph.Graph]()
			}
		}
		assert.Equal(t, holds, op.HoldsGraphs(), "%v", op)
	}
}

// Equations that look the same become one, but for those kept apart.
func TestKeepsApart(t *testing.T) {
	met := map[graph.Op]bool{}
	for _, c := range graphtest.Cases() {
		twice := graph.Build(c.In, func(b builder, in []value) []value { return slices.Concat(c.Build(b, in), c.Build(b, in)) })
		count := func(g *graph.Graph) (n int) {
			for _, e := range g.Eqns {
				if e.Op == c.Op {
					n++
				}
			}
			return n
		}
		if len(c.In) == 0 || count(c.Graph()) != 1 {
			continue
		}
		met[c.Op] = true
		assert.Equal(t, c.Op.KeepsApart(), count(graph.Simplify(twice)) == 2, c.Name)
	}
	for op := range graph.NumOps {
		if n, more := op.Arity(); n > 0 || more {
			assert.True(t, met[op] || op == graph.OpCallback || op == graph.OpCustomLin, "%v has no case of one equation", op)
		}
	}
}
