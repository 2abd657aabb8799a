package xla

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// goldens shows each family of ops once in full.
var goldens = map[string]struct {
	in    []graph.Aval
	build func(b *graph.Builder, in []*graph.Value) []*graph.Value
}{
	"elementwise": {
		[]graph.Aval{aval(graph.Float32, 3), aval(graph.Float32), aval(graph.Uint8, 2), aval(graph.Complex64)},
		func(b *graph.Builder, in []*graph.Value) []*graph.Value {
			x, s, u, z := in[0], in[1], in[2], in[3]
			half := b.Scalar(graph.Float32, 0.5)
			y := b.Add(b.Mul(x, half), b.Mul(half, s)) // one broadcast of 0.5
			return []*graph.Value{
				b.Max(y, b.Mul(x, half)), b.Erf(x), b.NextAfter(x, s), b.Logistic(s), b.IntegerPow(s, 5), b.IntegerPow(s, -2),
				b.Round(s, true), b.ReducePrecision(s, 5, 10), b.Convert(x, graph.Bool), b.Bitcast(s, graph.Int32),
				b.Select(b.Lt(s, half), x, s), b.Clamp(half, x, s), b.IsFinite(s),
				b.Sign(u), b.Lt(u, b.Literal(graph.Uint8, graph.Number{I: 200})), b.Square(u),
				b.Conj(z), b.Abs(z), b.Sin(z), b.Mul(z, b.Literal(graph.Complex64, graph.Number{C: 1 - 2i})), b.Eq(z, z),
			}
		},
	},
	"literals": {
		nil,
		func(b *graph.Builder, _ []*graph.Value) (out []*graph.Value) {
			for _, d := range graph.DTypes {
				out = append(out, b.Scalar(d, 0), b.Scalar(d, 1), b.Literal(d, d.Min()), b.Literal(d, d.Max()))
			}
			return out
		},
	},
	"structural": {
		[]graph.Aval{aval(graph.Float32, 2, 3), aval(graph.Float32)},
		func(b *graph.Builder, in []*graph.Value) []*graph.Value {
			x, s := in[0], in[1]
			both := b.Barrier(x, s)
			return append(both,
				b.BroadcastInDim(x, []int{4, 2, 3}, []int{1, 2}), b.Reshape(x, 6), b.Reshape(x, 3, 2), b.Transpose(x, 1, 0),
				b.Concatenate(1, x, x, x), b.Pad(x, s, graph.PadParams{Low: []int{1, -1}, High: []int{0, 2}, Interior: []int{2, 0}}),
				b.Slice(x, graph.SliceParams{Start: []int{0, 1}, Limit: []int{2, 3}}),
				b.Slice(x, graph.SliceParams{Start: []int{0, 0}, Limit: []int{2, 3}, Strides: []int{1, 2}}),
				b.Rev(x, 0, 1), b.Iota(graph.Int32, []int{2, 3}, 1))
		},
	},
	"reduce": {
		[]graph.Aval{aval(graph.Float32, 2, 3), aval(graph.Bool, 4), aval(graph.Int8, 4)},
		func(b *graph.Builder, in []*graph.Value) []*graph.Value {
			x, p, i := in[0], in[1], in[2]
			return []*graph.Value{
				b.ReduceSum(x, 0, 1), b.ReduceMax(x, 1), b.ReduceProd(i, 0), b.ReduceMin(i, 0), b.ReduceAnd(p, 0), b.ReduceOr(i, 0),
				b.Arg(graph.OpArgmax, x, 1, graph.Int32), b.Arg(graph.OpArgmin, p, 0, graph.Uint8),
				b.Cum(graph.OpCumsum, x, 1, false), b.Cum(graph.OpCummax, i, 0, true),
			}
		},
	},
	"dot": {
		[]graph.Aval{aval(graph.BFloat16, 5, 2, 3), aval(graph.BFloat16, 5, 3, 4)},
		func(b *graph.Builder, in []*graph.Value) []*graph.Value {
			p := graph.DotParams{LHSContract: []int{2}, RHSContract: []int{1}, LHSBatch: []int{0}, RHSBatch: []int{0}, Prefer: graph.Float32}
			outer := graph.DotParams{Prefer: graph.BFloat16}
			return []*graph.Value{b.DotGeneral(in[0], in[1], p), b.DotGeneral(in[0], in[1], outer)}
		},
	},
	"indexing": {
		[]graph.Aval{aval(graph.Float32, 5, 3), aval(graph.Int32), aval(graph.Uint8, 4, 1), aval(graph.Float32, 4, 3)},
		func(b *graph.Builder, in []*graph.Value) []*graph.Value {
			x, i, rows, u := in[0], in[1], in[2], in[3]
			dims := graph.IndexDims{Offset: []int{1}, Collapsed: []int{0}, Start: []int{0}}
			at := []*graph.Value{i, i}
			return []*graph.Value{
				b.DynamicSlice(x, at, []int{2, 1}), b.DynamicUpdateSlice(x, u, at),
				b.Gather(x, rows, graph.GatherParams{IndexDims: dims, Sizes: []int{1, 3}}),
				b.Scatter(x, rows, u, graph.ScatterParams{IndexDims: dims, Combine: graph.CombineAdd}),
				b.Scatter(x, rows, u, graph.ScatterParams{IndexDims: dims, Combine: graph.CombineSet, Unique: true}),
			}
		},
	},
	"control": {
		[]graph.Aval{aval(graph.Float32, 3)},
		func(b *graph.Builder, in []*graph.Value) []*graph.Value {
			f := graph.Build(graph.Avals(in), func(b *graph.Builder, in []*graph.Value) []*graph.Value {
				return []*graph.Value{b.Sin(in[0]), b.ReduceSum(in[0], 0)}
			})
			x := b.Call("f", f, in...)
			return b.Call("f", f, b.Call("norm of", graph.Build(graph.Avals(x), func(b *graph.Builder, in []*graph.Value) []*graph.Value {
				return []*graph.Value{b.Div(in[0], in[1])}
			}), x...)...)
		},
	},
}

// The text of a program lies beside the graph it is for, and compiles.
func TestGoldens(t *testing.T) {
	for name, golden := range goldens {
		t.Run(name, func(t *testing.T) {
			g := graph.Build(golden.in, golden.build)
			text := lowered(t, g)
			file := txtar.Format([]txtar.Section{{Name: "graph", Text: g.String()}, {Name: "stablehlo", Text: string(text)}})
			path := filepath.Join("testdata", name+".txtar")
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o755))
				require.NoError(t, os.WriteFile(path, []byte(file), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, string(want), file)
			_, err = testClient(t).Compile(text, CompileOptions{In: graph.Avals(g.In), Out: graph.Avals(g.Out)})
			assert.NoError(t, err)
		})
	}
}
