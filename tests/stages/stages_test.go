// Package stages shows whole programs on their way: each file of testdata is a
// scenario with a section for every stage, from the graph to StableHLO.
package stages

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/ad"
	"github.com/jacobi-go/jacobi/expand"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/txtar"
	"github.com/jacobi-go/jacobi/vmapper"
	"github.com/jacobi-go/jacobi/xla"
)

var update = flag.Bool("update", false, "rewrite the goldens from their first sections")

func TestStages(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			in := txtar.Parse(string(data))[0]
			require.Equal(t, "in", in.Name)
			g, err := graph.Parse(in.Text)
			require.NoError(t, err)
			got := txtar.Format(stages(t, g))
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
				return
			}
			require.Equal(t, string(data), got, "run go test ./tests/stages -update and read the difference")
		})
	}
}

func stages(t *testing.T, g *graph.Graph) (out []txtar.Section) {
	add := func(name string, g *graph.Graph) *graph.Graph {
		require.NoError(t, graph.Check(g))
		out = append(out, txtar.Section{Name: name, Text: g.String()})
		return g
	}
	add("in", g)
	floats := graph.Differentiable(g.In)
	j, _ := ad.JVP(g, floats)
	add("jvp", j)
	l := ad.Linearize(g, floats)
	add("linearize: primal", l.Primal)
	add("linearize: tangent", l.Tangent)
	add("transpose", l.Transpose())
	v := add("vjp", ad.VJP(g, floats))
	front := func(n int) []int { return make([]int, n) }
	add("batch of 8", graph.Simplify(vmapper.BatchTo(g, 8, front(len(g.In)), front(len(g.Out)))))
	// Per-example derivatives: the first input is shared.
	axes := slices.Concat([]int{vmapper.None}, front(len(v.In)-1))
	add("batch of the vjp, the first input shared", graph.Simplify(vmapper.BatchTo(v, 8, axes, front(len(v.Out)))))
	return append(out, txtar.Section{Name: "stablehlo of the vjp", Text: string(xla.Lower(expand.For(v, expand.Platform{Name: "cpu"}), xla.LowerOptions{}))})
}
