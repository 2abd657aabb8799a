package ad_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/ad"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// goldens are the scenarios of testdata: each is a graph of which the file
// shows every stage.
var goldens = map[string]func() *graph.Graph{
	"elementwise": func() *graph.Graph {
		return graph.Build([]graph.Aval{f32(3), f32(3)}, func(b B, in []V) []V {
			return []V{b.ReduceSum(b.Mul(b.Sin(in[0]), in[1]), 0)}
		})
	},
	"scalars": func() *graph.Graph { // x a + tanh(x) for a scalar a
		return graph.Build([]graph.Aval{f32(3), f32()}, func(b B, in []V) []V {
			return []V{b.Add(b.Mul(in[0], in[1]), b.Tanh(in[0]))}
		})
	},
	"dot": func() *graph.Graph { // a layer
		return graph.Build([]graph.Aval{f32(4, 3), f32(3, 2), f32(2)}, func(b B, in []V) []V {
			y := b.DotGeneral(in[0], in[1], graph.DotParams{LHSContract: []int{1}, RHSContract: []int{0}, Prefer: graph.Float32})
			return []V{b.Tanh(b.Add(y, b.BroadcastInDim(in[2], []int{4, 2}, []int{1})))}
		})
	},
	"softmax": func() *graph.Graph {
		return graph.Build([]graph.Aval{f32(2, 3)}, func(b B, in []V) []V {
			spread := func(v V) V { return b.BroadcastInDim(v, []int{2, 3}, []int{0}) }
			e := b.Exp(b.Sub(in[0], b.StopGradient(spread(b.ReduceMax(in[0], 1)))))
			return []V{b.Div(e, spread(b.ReduceSum(e, 1)))}
		})
	},
	"slice": func() *graph.Graph {
		return graph.Build([]graph.Aval{f32(7)}, func(b B, in []V) []V {
			s := b.Slice(in[0], graph.SliceParams{Start: []int{1}, Limit: []int{6}, Strides: []int{2}})
			return []V{b.Square(s)}
		})
	},
	"gather": func() *graph.Graph { // rows of a table
		return graph.Build([]graph.Aval{f32(5, 3), {DType: graph.Int32, Shape: []int{4, 1}}}, func(b B, in []V) []V {
			p := graph.GatherParams{IndexDims: graph.IndexDims{Offset: []int{1}, Collapsed: []int{0}, Start: []int{0}}, Sizes: []int{1, 3}}
			return []V{b.Gather(in[0], in[1], p)}
		})
	},
	"scatter": func() *graph.Graph {
		return graph.Build([]graph.Aval{f32(5), f32(3), {DType: graph.Int32, Shape: []int{3, 1}}}, func(b B, in []V) []V {
			p := graph.ScatterParams{IndexDims: graph.IndexDims{Collapsed: []int{0}, Start: []int{0}}, Combine: graph.CombineAdd}
			return []V{b.Scatter(in[0], in[2], in[1], p)}
		})
	},
	"complex": func() *graph.Graph { // |z|^2 of z = x + iy
		return graph.Build([]graph.Aval{f32(3), f32(3)}, func(b B, in []V) []V {
			z := b.Complex(in[0], in[1])
			return []V{b.Real(b.Mul(z, b.Conj(z)))}
		})
	},
	"cumprod": func() *graph.Graph {
		return graph.Build([]graph.Aval{f32(4)}, func(b B, in []V) []V { return []V{b.Cum(graph.OpCumprod, in[0], 0, false)} })
	},
	"rnn":  func() *graph.Graph { return rnn(false) },
	"cond": func() *graph.Graph { return branches(graph.Aval{DType: graph.Bool, Shape: []int{}}) },
	"checkpoint": func() *graph.Graph {
		return layers(graph.CheckpointParams{SaveNamed: []string{"h"}})
	},
	"remat": func() *graph.Graph { return layers(graph.CheckpointParams{}) },
	"scan_remat": func() *graph.Graph { // a chain of layers, each checkpointed: only the carry is stacked
		g := layers(graph.CheckpointParams{})
		return graph.Build(graph.Avals(g.In), func(b B, in []V) []V {
			y := b.Scan(graph.ScanParams{Body: g, Consts: 1, Carry: 1, Length: 4, Unroll: 1}, in...)
			return []V{b.ReduceSum(y[0], 0)}
		})
	},
	"custom_vjp": func() *graph.Graph {
		return graph.Build([]graph.Aval{f64(3), f64(3)}, func(b B, in []V) []V {
			return []V{b.ReduceSum(double(b, in[0], in[1]), 0)}
		})
	},
	"call": func() *graph.Graph { // one function, called twice
		in := []graph.Aval{f32(3), f32(3)}
		g := graph.Build(in, func(b B, in []V) []V { return []V{b.Mul(b.Sin(in[0]), in[1]), in[1]} })
		return graph.Build(in, func(b B, in []V) []V {
			return b.Call("f", g, b.Call("f", g, in...)...)[:1]
		})
	},
}

func TestGoldens(t *testing.T) {
	for name, make := range goldens {
		t.Run(name, func(t *testing.T) {
			g := make()
			var file []txtar.Section
			show := func(stage string, g *graph.Graph) {
				require.NoError(t, graph.Check(g), "%v", g)
				file = append(file, txtar.Section{Name: stage, Text: g.String()})
			}
			all := graph.Differentiable(g.In)
			show("in", g)
			if err := graph.Try(func() {
				j, _ := ad.JVP(g, all)
				show("jvp", j)
			}); err != nil { // there is no forward mode
				_, why, _ := strings.Cut(err.Error(), ": ")
				why, _, _ = strings.Cut(why, " at golden_test.go")
				file = append(file, txtar.Section{Name: "jvp", Text: why + "\n"})
			}
			l := ad.Linearize(g, all)
			show("primal", l.Primal)
			show("tangent", l.Tangent)
			show("transpose", l.Transpose())
			show("vjp", ad.VJP(g, all))
			if g.Out[0].Rank() == 0 {
				show("grad", ad.Grad(g, all, false))
			}

			path := filepath.Join("testdata", name+".txtar")
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(txtar.Format(file)), 0o644))
			}
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			want := txtar.Parse(string(text))
			got := txtar.Parse(txtar.Format(file))
			require.Len(t, want, len(got))
			for i := range got {
				require.Equal(t, want[i].Text, got[i].Text, "%s; run with -update if this is right", want[i].Name)
			}
		})
	}
	files, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.Len(t, files, len(goldens), "a golden of no scenario")
}
