package ad

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/jacobi-go/jacobi/graph"
)

// What is kept with a graph for one mask or loop is not taken for another: after
// any transform, each gives what it gives of a graph that nothing is known of.
func TestKeys(t *testing.T) {
	x := graph.Aval{DType: graph.Float32, Shape: []int{2}}
	three := []graph.Aval{x, x, x}
	build := func(in []graph.Aval, f func(b B, in []V) []V) func() *graph.Graph {
		return func() *graph.Graph { return graph.Build(in, f) }
	}
	mixed := build(three, func(b B, in []V) []V {
		h := b.Mul(b.Sin(in[0]), in[1])
		return []V{b.ReduceSum(b.Mul(h, in[2]), 0), b.Mul(in[0], in[2])}
	})
	linear := build(three, func(b B, in []V) []V {
		h := b.Add(in[1], in[2])
		return []V{h, b.Add(h, in[0])}
	})
	loop := build(three, func(b B, in []V) []V { // of which any may be a constant
		return []V{b.Mul(b.Sin(in[0]), b.Mul(in[1], in[2])), b.Mul(in[1], b.Cos(in[2]))}
	})
	step := build([]graph.Aval{x, x}, func(b B, in []V) []V { return []V{b.Mul(in[0], b.Sin(in[1])), in[1]} })
	dots := build([]graph.Aval{x}, func(b B, in []V) []V {
		h := b.Name(b.Sin(in[0]), "h")
		return []V{b.Sin(b.Mul(b.DotGeneral(h, h, graph.DotParams{LHSContract: []int{0}, RHSContract: []int{0}, Prefer: x.DType}), b.ReduceSum(b.Exp(h), 0)))}
	})
	masks := func(n int) (out [][]bool) {
		for k := range 1 << n {
			mask := make([]bool, n)
			for i := range mask {
				mask[i] = k>>i&1 == 1
			}
			out = append(out, mask)
		}
		return out
	}
	type use = func(g *graph.Graph) string
	text := func(g *graph.Graph, more ...any) string { return g.String() + fmt.Sprint(more...) }
	law := func(name string, fresh func() *graph.Graph, uses []use) {
		want := make([]string, len(uses))
		for i, f := range uses {
			want[i] = f(fresh())
		}
		for range 2 { // in either order
			g := fresh()
			for i, f := range uses {
				if !assert.Equal(t, want[i], f(g), "%s: use %d of %d", name, i, len(uses)) {
					return
				}
			}
			slices.Reverse(uses)
			slices.Reverse(want)
		}
	}

	var uses []use
	for _, mask := range masks(3) {
		for _, force := range [][]bool{nil, {true, false}, {false, true}} {
			uses = append(uses,
				func(g *graph.Graph) string { j, out := jvp(g, mask, force); return "jvp" + text(j, out) },
				func(g *graph.Graph) string {
					p := partialEval(g, mask, force)
					return "split" + text(p.known) + text(p.staged, p.unknown, p.res)
				})
		}
		uses = append(uses,
			func(g *graph.Graph) string { return "VJP" + text(VJP(g, mask)) },
			func(g *graph.Graph) string { return "Grad" + text(Grad(g, mask, false)) },
			func(g *graph.Graph) string { return "value" + text(Grad(g, mask, true)) })
	}
	law("masks", mixed, uses)

	uses = nil
	for _, mask := range masks(3)[1:] {
		uses = append(uses, func(g *graph.Graph) string { return "LinearTranspose" + text(LinearTranspose(g, mask)) })
		for _, ct := range masks(2) {
			uses = append(uses, func(g *graph.Graph) string { tr, out := transpose(g, mask, ct, nil); return text(tr, out) })
		}
		force := graph.Fill(true, graph.Count(mask))
		uses = append(uses, func(g *graph.Graph) string {
			tr, out := transpose(g, mask, []bool{true, false}, force)
			return text(tr, out)
		})
	}
	law("transposes", linear, uses)

	// Graphs that are made of one graph, which remembers.
	scans := func(each func(g *graph.Graph, p graph.ScanParams) string) (uses []use) {
		for _, p := range []graph.ScanParams{{Consts: 1, Carry: 1}, {Carry: 1}, {Consts: 2, Carry: 1}, {Carry: 2}, {Consts: 1, Carry: 2}} {
			in := make([]graph.Aval, 3)
			for i := range in {
				if in[i] = x; i >= p.Consts+p.Carry {
					in[i] = x.Stack(4)
				}
			}
			uses = append(uses, func(body *graph.Graph) string {
				p.Body, p.Length, p.Unroll = body, 4, 1
				return each(graph.Build(in, func(b B, in []V) []V { return b.Scan(p, in...) }), p)
			})
		}
		return uses
	}
	uses = nil
	for _, mask := range masks(3) {
		uses = append(uses, scans(func(g *graph.Graph, p graph.ScanParams) string {
			j, out := JVP(g, mask)
			l, d := Linearize(g, mask), partialEval(g, mask, nil)
			return text(j, out) + text(l.Primal) + text(l.Tangent) + text(d.known) + text(d.staged, d.unknown, d.res)
		})...)
	}
	law("scans", loop, uses)
	uses = nil
	for _, mask := range masks(3) {
		for _, ct := range masks(2)[1:] {
			uses = append(uses, scans(func(g *graph.Graph, p graph.ScanParams) string {
				for i := range p.Consts + p.Carry {
					if i >= p.Consts && !mask[i] { // a carry that is added to
						return ""
					}
				}
				if !mask[0] && !mask[1] && !mask[2] {
					return ""
				}
				tr, out := Transpose(g, mask, ct, nil)
				return text(tr, out)
			})...)
		}
	}
	law("transposed scans", linear, uses)

	uses = nil
	for _, mask := range masks(2) {
		for _, most := range []int{3, 9} {
			for _, levels := range []int{1, 2} {
				for _, limit := range []float64{1, 2} {
					cond := graph.Build([]graph.Aval{x, x}, func(b B, in []V) []V {
						return []V{b.Lt(b.ReduceSum(in[1], 0), b.Scalar(graph.Float32, limit))}
					})
					uses = append(uses, func(body *graph.Graph) string {
						g := graph.Build([]graph.Aval{x, x}, func(b B, in []V) []V {
							return b.While(graph.WhileParams{Cond: cond, Body: body, MaxTrips: most, Levels: levels}, in...)
						})
						j, out := JVP(g, mask)
						return text(j, out) + text(VJP(g, mask)) + text(bounded(g.Eqns[0].Params.(graph.WhileParams)))
					})
				}
			}
		}
	}
	law("whiles", step, uses)

	uses = nil
	for _, p := range []graph.CheckpointParams{{}, {SaveAll: true}, {SaveDots: true}, {SaveNamed: []string{"h"}}} {
		uses = append(uses, func(f *graph.Graph) string {
			p.Graph = f
			return text(VJP(graph.Build(graph.Avals(f.In), func(b B, in []V) []V { return b.Checkpoint(p, in...) }), []bool{true}))
		})
	}
	law("checkpoints", dots, uses)
	uses = nil
	for _, mask := range masks(3) {
		uses = append(uses, func(f *graph.Graph) string {
			return text(VJP(graph.Build(three, func(b B, in []V) []V { return b.Checkpoint(graph.CheckpointParams{Graph: f}, in...) }), mask))
		})
	}
	law("masks of checkpoints", mixed, uses)
}
