package vmapper

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// A golden is a graph that its file shows batched over 8 examples in some ways.
type golden struct {
	name  string
	in    []graph.Aval
	build func(b B, in []V) []V
	ways  [][]int
}

var goldens = []golden{
	// One dot whatever is mapped, its operands as they come.
	{"matvec", []graph.Aval{f32(3, 4), f32(4)}, func(b B, in []V) []V {
		return []V{matvec(b, in[0], in[1])}
	}, [][]int{{None, 0}, {None, 1}, {0, None}, {1, None}, {2, 0}}},

	// Weights are not copied for every example; the bias is broadcast.
	{"layer", []graph.Aval{f32(3, 4), f32(3), f32(4), f32(3)}, func(b B, in []V) []V {
		y := b.Tanh(b.Add(matvec(b, in[0], in[2]), in[1]))
		d := b.Sub(y, in[3])
		return []V{b.ReduceSum(b.Mul(d, d), 0), b.Mul(in[1], b.Scalar(graph.Float32, 2))}
	}, [][]int{{None, None, 0, 0}, {0, 0, None, None}}},

	{"softmax", []graph.Aval{f32(5)}, func(b B, in []V) []V {
		x := in[0]
		e := b.Exp(b.Sub(x, b.StopGradient(b.ReduceMax(x, 0))))
		return []V{b.Div(e, b.ReduceSum(e, 0))}
	}, [][]int{{0}, {1}}},

	{"structure", []graph.Aval{f32(2, 6), f32()}, func(b B, in []V) []V {
		x := b.Reshape(in[0], 2, 3, 2)
		y := b.Transpose(x, 2, 0, 1)
		z := b.Pad(in[0], in[1], graph.PadParams{Low: []int{1, 0}, High: []int{0, 0}, Interior: []int{0, 0}})
		return []V{x, y, b.SliceAxis(b.Concatenate(0, z, in[0]), 1, 0, 2)}
	}, [][]int{{0, None}, {2, None}, {None, 0}}},

	// A row at an index: a slice if the index is one for all, else a gather;
	// writing it is an update or a scatter.
	{"rows", []graph.Aval{f32(5, 3), {DType: graph.Int32}, f32(1, 3)}, func(b B, in []V) []V {
		start := []V{in[1], b.Scalar(graph.Int32, 0)}
		return []V{b.DynamicSlice(in[0], start, []int{1, 3}), b.DynamicUpdateSlice(in[0], in[2], start)}
	}, [][]int{{0, None, 0}, {None, 0, None}, {0, 0, 0}}},

	// Looking up tokens in a table.
	{"embedding", []graph.Aval{f32(7, 3), {DType: graph.Int32, Shape: []int{4, 1}}, f32(4, 3)}, func(b B, in []V) []V {
		d := graph.IndexDims{Offset: []int{1}, Collapsed: []int{0}, Start: []int{0}, OperandBatch: []int{}, IndicesBatch: []int{}}
		return []V{
			b.Gather(in[0], in[1], graph.GatherParams{IndexDims: d, Sizes: []int{1, 3}}),
			b.Scatter(in[0], in[1], in[2], graph.ScatterParams{IndexDims: d, Combine: graph.CombineAdd}),
		}
	}, [][]int{{None, 0, 0}, {0, None, 0}, {0, 0, 0}, {None, None, 2}}},

	{"call", []graph.Aval{f32(3, 4), f32(4)}, func(b B, in []V) []V {
		f := graph.Build([]graph.Aval{f32(3, 4), f32(4)}, func(b B, in []V) []V {
			return []V{matvec(b, in[0], in[1]), in[1]}
		})
		y := b.Call("f", f, in...)
		return slices.Concat(y, b.Call("f", f, in[0], y[1]))
	}, [][]int{{None, 1}}},
}

func matvec(b B, w, x V) V {
	return b.DotGeneral(w, x, graph.DotParams{
		LHSContract: []int{1}, RHSContract: []int{0}, LHSBatch: []int{}, RHSBatch: []int{}, Prefer: graph.Float32})
}

func TestGoldens(t *testing.T) {
	for _, c := range goldens {
		t.Run(c.name, func(t *testing.T) {
			g := graph.Build(c.in, c.build)
			sections := []txtar.Section{{Name: "in", Text: g.String()}}
			for _, in := range c.ways {
				bg, out := Batch(g, 8, in)
				require.NoError(t, graph.Check(bg))
				sections = append(sections, txtar.Section{
					Name: fmt.Sprintf("batch %s to %s", axisList(in), axisList(out)), Text: bg.String()})
			}
			got, file := txtar.Format(sections), "testdata/"+c.name+".txtar"
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, string(want), got)
		})
	}
}

// axisList is the list as it would be written in JAX.
func axisList(axes []int) string {
	return "(" + strings.Trim(strings.ReplaceAll(strings.ReplaceAll(fmt.Sprint(axes), strconv.Itoa(None), "None"), " ", ", "), "[]") + ")"
}
