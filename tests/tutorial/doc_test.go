package tutorial

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"text/template"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"jacobi/tests/internal/printed"
)

const docFile = "../../docs/tutorial.md"

// TestDoc makes docs/tutorial.md from testdata/tutorial.md.tmpl. There, {{go
// "name" ...}} is the source of declarations of this package, and {{prints
// "id"}} what a block prints.
func TestDoc(t *testing.T) {
	source := declarations(t)
	tmpl, err := template.New("tutorial.md.tmpl").Funcs(template.FuncMap{
		"go": func(names ...string) string {
			parts := make([]string, len(names))
			for i, name := range names {
				require.Contains(t, source, name)
				parts[i] = source[name]
			}
			return "```go\n" + strings.Join(parts, "\n\n") + "\n```"
		},
		"prints": func(id string) string {
			for _, b := range blocks {
				if b.id == id && b.run != nil {
					return "```\n" + b.prints(t) + "\n```"
				}
			}
			require.Fail(t, "no block prints", id)
			return ""
		},
	}).ParseFiles("testdata/tutorial.md.tmpl")
	require.NoError(t, err)
	var doc bytes.Buffer
	require.NoError(t, tmpl.Execute(&doc, nil))
	if *update {
		require.NoError(t, os.WriteFile(docFile, doc.Bytes(), 0o644))
	}
	committed, err := os.ReadFile(docFile)
	require.NoError(t, err)
	assert.NoError(t, printed.Differ(lines.ReplaceAllString(string(committed), "_test.go"), lines.ReplaceAllString(doc.String(), "_test.go")),
		"docs/tutorial.md shows something else; scripts/gen_tutorial writes it")
}

// lines are the line numbers in errors.
var lines = regexp.MustCompile(`_test\.go:\d+`)

// declarations is the source of every declaration of the package, by name; a
// declaration of several names is under each.
func declarations(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	files, err := filepath.Glob("*_test.go")
	require.NoError(t, err)
	fset := token.NewFileSet()
	for _, name := range files {
		raw, err := os.ReadFile(name)
		require.NoError(t, err)
		file, err := parser.ParseFile(fset, name, raw, parser.ParseComments)
		require.NoError(t, err)
		for _, d := range file.Decls {
			from, names := d.Pos(), []string(nil)
			switch d := d.(type) {
			case *ast.FuncDecl:
				names = []string{d.Name.Name}
				if d.Doc != nil {
					from = d.Doc.Pos()
				}
			case *ast.GenDecl:
				if d.Doc != nil {
					from = d.Doc.Pos()
				}
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						names = append(names, s.Name.Name)
					case *ast.ValueSpec:
						for _, n := range s.Names {
							names = append(names, n.Name)
						}
					}
				}
			}
			text := string(raw[fset.Position(from).Offset:fset.Position(d.End()).Offset])
			for _, n := range names {
				out[n] = text
			}
		}
	}
	return out
}
