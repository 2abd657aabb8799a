// Package conformance compares every op, and its derivatives, with JAX.
package conformance

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"jacobi/ad"
	"jacobi/graph"
	"jacobi/graph/interp"
	"jacobi/xla"
)

// Every op is compared, but for those that compute nothing.
func TestComplete(t *testing.T) {
	compared := map[graph.Op]bool{
		graph.OpLiteral: true, // has no operands, and is printed into every graph
		graph.OpCall:    true, // holds a graph of the others
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
		if !r.smooth() {
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
				if !r.smooth() {
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
	x, err := c.Compile(xla.Lower(g, xla.LowerOptions{}), xla.CompileOptions{In: graph.Avals(g.In), Out: graph.Avals(g.Out)})
	require.NoError(t, err)
	defer x.Close()
	args := make([]*xla.Buffer, len(in))
	for i, a := range in {
		args[i], err = c.Upload(a.Aval, encode(a), xla.Device{})
		require.NoError(t, err)
	}
	results, err := x.Execute(args, nil)
	require.NoError(t, err)
	out := make([]interp.Tensor, len(results))
	for i, r := range results {
		data := make([]byte, r.Bytes())
		require.NoError(t, r.Read(data))
		out[i] = decode(r.Aval(), data)
	}
	return out
}
