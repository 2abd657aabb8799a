// Package conformance compares every op, and its derivatives, with JAX.
package conformance

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/ad"
	"github.com/jacobi-go/jacobi/expand"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/graph/interp"
	"github.com/jacobi-go/jacobi/xla"
)

// Every op is compared, but for those that have no numbers of their own.
func TestComplete(t *testing.T) {
	compared := map[graph.Op]bool{
		graph.OpLiteral:  true, // in TestConstants
		graph.OpName:     true, // the identity
		graph.OpCallback: true, // whatever the user's function does
		// These hold graphs of the others.
		graph.OpCall: true, graph.OpCond: true, graph.OpScan: true, graph.OpWhile: true, graph.OpCheckpoint: true,
		graph.OpCustomJVP: true, graph.OpCustomVJP: true, graph.OpCustomLin: true, graph.OpLinearSolve: true,
	}
	for _, r := range records(t) {
		compared[r.op()] = true
	}
	for op := range graph.NumOps {
		assert.True(t, compared[op], "no case of %v: add it to scripts/gen_conformance.py", op)
	}
}

// The reference evaluator does what JAX does.
func TestInterp(t *testing.T) {
	for _, r := range records(t) {
		check(t, r, interp.Eval(r.g, r.in...), r.out, toleranceOf(r))
	}
}

func check(t *testing.T, r record, got, want []interp.Tensor, tol tolerance) {
	t.Helper()
	require.Len(t, got, len(want), r.name)
	for i := range want {
		assert.NoError(t, differ(r.op(), r.in, got[i], want[i], tol), "%s, result %d", r.name, i)
	}
}

// An op of constants is JAX's too, before Simplify and after, which computes
// what it can.
func TestConstants(t *testing.T) {
	for _, r := range records(t) {
		if !r.op().Elementwise() {
			continue
		}
		e := r.g.Eqns[0]
		g := graph.Build(nil, func(b *graph.Builder, _ []*graph.Value) (out []*graph.Value) {
			for i := range r.out[0].Data {
				var operands []*graph.Value
				for _, x := range r.in {
					operands = append(operands, b.Literal(x.DType, x.Data[min(i, x.Size()-1)]))
				}
				out = append(out, b.Emit(e.Op, e.Params, operands...)...)
			}
			return out
		})
		for _, g := range []*graph.Graph{g, graph.Simplify(g)} {
			got := interp.Zeros(r.out[0].Aval)
			for i, x := range interp.Eval(g) {
				got.Data[i] = x.Data[0]
			}
			check(t, r, []interp.Tensor{got}, r.out, toleranceOf(r))
		}
	}
}

// Compiled programs do what JAX does.
func TestXLA(t *testing.T) {
	for _, rs := range byOp(records(t)) {
		t.Run(rs[0].op().String(), func(t *testing.T) {
			var gs []*graph.Graph
			var in []interp.Tensor
			for _, r := range rs {
				gs, in = append(gs, r.g), append(in, r.in...)
			}
			out := compiled(t, together(gs), in)
			for _, r := range rs {
				check(t, r, out[:len(r.out)], r.out, toleranceOf(r))
				out = out[len(r.out):]
			}
		})
	}
}

// Tangents are JAX's.
func TestJVP(t *testing.T) {
	for _, r := range records(t) {
		if !r.smooth() || betterThanJAX(r) {
			continue
		}
		g, out := ad.JVP(r.g, graph.Differentiable(r.g.In))
		got := interp.Eval(g, slices.Concat(r.in, r.tangents)...)
		check(t, r, got[:len(r.out)], r.out, toleranceOf(r))
		dy := got[len(r.out):]
		for i, y := range r.out { // what has no tangent has the tangent 0
			if !out[i] {
				dy = slices.Insert(dy, i, interp.Zeros(y.Aval))
			}
		}
		check(t, r, dy, r.jvp, derivative)
	}
}

// Cotangents are JAX's, evaluated and compiled.
func TestVJP(t *testing.T) {
	for _, rs := range byOp(records(t)) {
		t.Run(rs[0].op().String(), func(t *testing.T) {
			var smooth []record
			var gs []*graph.Graph
			var in []interp.Tensor
			for _, r := range rs {
				if !r.smooth() || betterThanJAX(r) {
					continue
				}
				g, operands := ad.VJP(r.g, graph.Differentiable(r.g.In)), slices.Concat(r.in, r.cotangents)
				got := interp.Eval(g, operands...)
				check(t, r, got[:len(r.out)], r.out, toleranceOf(r))
				check(t, r, got[len(r.out):], r.vjp, derivative)
				smooth, gs, in = append(smooth, r), append(gs, g), append(in, operands...)
			}
			if smooth == nil {
				return
			}
			out := compiled(t, together(gs), in)
			for _, r := range smooth {
				n := len(r.out)
				check(t, r, out[:n], r.out, toleranceOf(r))
				check(t, r, out[n:n+len(r.vjp)], r.vjp, derivative)
				out = out[n+len(r.vjp):]
			}
		})
	}
}

// byOp sorts records into lists, one for each op, in the order of the ops.
func byOp(rs []record) [][]record {
	lists := make([][]record, graph.NumOps)
	for _, r := range rs {
		lists[r.op()] = append(lists[r.op()], r)
	}
	return slices.DeleteFunc(lists, func(l []record) bool { return len(l) == 0 })
}

// together is one graph that does what gs do, side by side: one program
// compiles in far less time than many.
func together(gs []*graph.Graph) *graph.Graph {
	var in []graph.Aval
	for _, g := range gs {
		in = append(in, graph.Avals(g.In)...)
	}
	return graph.Build(in, func(b *graph.Builder, in []*graph.Value) (out []*graph.Value) {
		for _, g := range gs {
			out = append(out, b.Inline(g, in[:len(g.In)]...)...)
			in = in[len(g.In):]
		}
		return out
	})
}

// compiled runs g on the default client.
func compiled(t *testing.T, g *graph.Graph, in []interp.Tensor) []interp.Tensor {
	c, err := xla.Default()
	require.NoError(t, err)
	run := func(g *graph.Graph) []interp.Tensor { return compiledBy(t, c, g, in) }
	if c.Computes(graph.Float16) {
		return run(g)
	}
	return graphtest.EvalWithout(t, graph.Float16, g, in, run)
}

func compiledBy(t *testing.T, c *xla.Client, g *graph.Graph, in []interp.Tensor) []interp.Tensor {
	x, err := c.Compile(xla.Lower(expand.For(g, c.Target()), xla.LowerOptions{}), xla.CompileOptions{In: graph.Avals(g.In), Out: graph.Avals(g.Out)})
	require.NoError(t, err)
	defer x.Close()
	args := make([]*xla.Buffer, len(in))
	for i, a := range in {
		args[i], err = c.Upload(a.Aval, a.Bytes(), xla.Device{})
		require.NoError(t, err)
	}
	results, err := x.Execute(args, nil)
	require.NoError(t, err)
	out := make([]interp.Tensor, len(results))
	for i, r := range results {
		data := make([]byte, r.Bytes())
		require.NoError(t, r.Read(data))
		out[i] = interp.FromBytes(r.Aval(), data)
	}
	return out
}
