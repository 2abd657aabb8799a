// Package families holds that a family of ops is one file, of one name, in the
// folder of every transform.
package families

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
)

// families are the ops of each file. An op in no list is of elementwise.go.
var families = map[string]string{
	"structural":  "Broadcast Reshape Transpose Concatenate Pad Slice Rev Iota Barrier",
	"indexing":    "DynamicSlice DynamicUpdateSlice Gather Scatter",
	"reduce":      "ReduceSum ReduceProd ReduceMax ReduceMin ReduceAnd ReduceOr Argmax Argmin Cumsum Cumprod Cummax Cummin",
	"sort":        "Sort",
	"dot":         "Dot",
	"linalg":      "Cholesky TriangularSolve LU FFT",
	"control":     "Call Cond Scan While",
	"checkpoint":  "Checkpoint",
	"custom":      "CustomJVP CustomVJP CustomLin",
	"callback":    "Callback",
	"linearsolve": "LinearSolve",
	"name":        "Name",
}

// folders have a file for every family but those that they lack, and other
// files. A file that is in no list is in the wrong room, or new: say so here.
var folders = map[string]struct{ lacks, others string }{
	"graph":        {"", "op graph build params fields print parse check errors simplify rewrite fold dtype number masks associative watch dump code"},
	"graph/interp": {"", "rules interp tensor doc bits special"},
	// A callback calls what is outside of a graph.
	"graph/graphtest": {"callback", "cases domain program programops random tensor without seed race norace"},
	"ad":              {"", "rules jvp linearize transpose grad derive masks"},
	"vmapper":         {"", "rules batch"},
	// What every platform can do is not rewritten.
	"expand": {"structural reduce sort dot name", "rules expand"},
	// What takes functions is in package jacobi.
	"lax": {"control checkpoint custom callback linearsolve name", "lax"},
	// The rest is gone when text is written, or another op by then.
	"xla": {"checkpoint custom linearsolve name", "rules lower text bound buffer callee client compile errors execute ffi flags gopjrt memory needs plugin use"},
}

func TestFiles(t *testing.T) {
	for folder, f := range folders {
		want := strings.Fields(f.others)
		for _, family := range append(slices.Collect(maps.Keys(families)), "elementwise") {
			if !slices.Contains(strings.Fields(f.lacks), family) {
				want = append(want, family)
			}
		}
		var got []string
		for _, path := range sources(t, folder) {
			got = append(got, strings.TrimSuffix(filepath.Base(path), ".go"))
		}
		assert.ElementsMatch(t, want, got, folder)
	}
}

// A function whose name is a verb and an op is what one transform does with that
// op, and is found in the op's family.
func TestRulesAreInTheirFamily(t *testing.T) {
	of := map[string]string{} // op -> family
	for _, name := range opNames(t) {
		of[name] = "elementwise"
	}
	for family, ops := range families {
		for op := range strings.FieldsSeq(ops) {
			require.Contains(t, of, op)
			of[op] = family
		}
	}
	met := 0
	for folder := range folders {
		for _, path := range sources(t, folder) {
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			require.NoError(t, err)
			for _, decl := range file.Decls {
				f, ok := decl.(*ast.FuncDecl)
				if !ok {
					continue
				}
				for _, verb := range []string{"infer", "jvp", "split", "transpose", "batch", "expand", "lower", "eval"} {
					op, ok := strings.CutPrefix(f.Name.Name, verb)
					if family := of[op]; ok && family != "" {
						assert.Equal(t, family+".go", filepath.Base(path), "%s is in %s", f.Name.Name, path)
						met++
					}
				}
			}
		}
	}
	assert.Greater(t, met, 150)
}

// opNames are the ops' names in Go.
func opNames(t *testing.T) (names []string) {
	file, err := parser.ParseFile(token.NewFileSet(), "../../graph/op.go", nil, 0)
	require.NoError(t, err)
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(v.Names[0].Name, "Op") {
			names = append(names, strings.TrimPrefix(v.Names[0].Name, "Op"))
		}
		return true
	})
	require.Len(t, names, int(graph.NumOps))
	return names
}

func sources(t *testing.T, folder string) (paths []string) {
	all, err := filepath.Glob("../../" + folder + "/*.go")
	require.NoError(t, err)
	for _, path := range all {
		if !strings.HasSuffix(path, "_test.go") {
			paths = append(paths, path)
		}
	}
	return paths
}
