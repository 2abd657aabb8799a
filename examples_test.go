package jacobi_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// notShown are functions without an Example: they do nothing to look at.
var notShown = map[string]string{
	"ClearCaches":  "forgets programs",
	"SetCacheSize": "bounds how many programs are kept",
	"CPUDevices":   "in that of Init",
	"Devices":      "in those of On and Put",
}

// The documentation shows an Example of every exported function, whose output
// is checked.
func TestEveryFunctionHasAnExample(t *testing.T) {
	fset := token.NewFileSet()
	var functions []string
	var tests []*ast.File
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, name := range files {
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		require.NoError(t, err)
		if strings.HasSuffix(name, "_test.go") {
			tests = append(tests, file)
			continue
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.IsExported() {
				functions = append(functions, f.Name.Name)
			}
		}
	}
	shown := map[string]bool{}
	for _, e := range doc.Examples(tests...) {
		of, _, _ := strings.Cut(e.Name, "_")
		shown[of] = true
		assert.NotEmpty(t, e.Doc+e.Output, e.Name)
		if of != "Init" { // the process that runs the tests has computed
			assert.NotEmpty(t, e.Output, "Example%s has no output that is checked", e.Name)
		}
	}
	require.Greater(t, len(functions), 70)
	for _, f := range functions {
		_, out := notShown[f]
		assert.NotEqual(t, out, shown[f], "%s: an Example, or else a reason why not", f)
	}
	assert.True(t, shown[""], "the package has no Example")
}
