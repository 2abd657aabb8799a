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

	"github.com/jacobi-go/jacobi/examples/tutorial/programs"
	"github.com/jacobi-go/jacobi/tests/internal/printed"
)

const docFile = "../../docs/tutorial.md"

// TestDoc makes docs/tutorial.md from testdata/tutorial.md.tmpl. There, {{go
// "name" ...}} is the source of declarations of the programs, or else of their
// checks, and {{prints "id"}} what a program prints.
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
			for _, p := range programs.All {
				if p.ID == id {
					return "```\n" + prints(t, p) + "\n```"
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
	assert.NoError(t, printed.Differ(lines.ReplaceAllString(string(committed), ".go"), lines.ReplaceAllString(doc.String(), ".go")),
		"docs/tutorial.md shows something else; scripts/gen_tutorial writes it")
}

// lines are the line numbers in errors.
var lines = regexp.MustCompile(`\.go:\d+`)

// declarations is the source of every declaration of the programs and their
// checks, by name; a declaration of several names is under each. Where a check
// has a program's name, it is the program's that counts.
func declarations(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	checks, err := filepath.Glob("*_test.go")
	require.NoError(t, err)
	files, err := filepath.Glob("../../examples/tutorial/programs/*.go")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	fset := token.NewFileSet()
	for _, name := range append(checks, files...) {
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
