package graph_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
)

func TestCode(t *testing.T) {
	err := error(graph.Errorf(graph.ErrRank, "Trace", "needs a matrix"))
	assert.ErrorIs(t, err, graph.ErrRank)
	assert.NotErrorIs(t, err, graph.ErrShape)
	assert.ErrorIs(t, fmt.Errorf("step 3: %w", err), graph.ErrRank)
	var e *graph.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, graph.ErrRank, e.Code)

	assert.Equal(t, graph.ErrSize, graph.CodeOf(fmt.Errorf("lhs: %w", graph.ErrSize.Errorf("no elements"))))
	assert.Empty(t, graph.CodeOf(errors.New("another library's")))

	for in, want := range map[string]graph.Code{
		"f32[2] f32[3]": graph.ErrShape,
		"f32[2] f64[2]": graph.ErrDType,
	} {
		as := avals(in)
		assert.Equal(t, want, graph.Disagree(as[0], as[1]), in)
	}
}

// What an op's shape rule says has a code in every case.
func TestMistakesHaveCodes(t *testing.T) {
	for _, m := range mistakes() {
		err := graph.Try(func() {
			graph.Build(avals(m.in), func(b builder, in []value) []value { return b.Emit(m.op, m.params, in...) })
		})
		assert.NotEmpty(t, graph.CodeOf(err), "%v(%s): %v", m.op, m.in, err)
	}
}

// uncoded are the files whose errors become part of one that has a code, or are
// not the user's.
var uncoded = map[string]string{
	"graph/fields.go": "Parse says where in the text",
	"graph/params.go": "Parse says where in the text",
	"graph/check.go":  "bugs of ours",
	"tree/":           "the function that takes the tree says which",
	"third_party/":    "the plugin's path is said by xla",
	"xla/plugin.go":   "the file is named by who asks",
	"graph/graphtest": "for tests",
	"jaxtest":         "for tests",
}

// Every error of the library has a code, every code has a use and a comment, and
// package jacobi has them all.
func TestEveryErrorHasACode(t *testing.T) {
	used, told, offered := map[string]bool{}, map[string]bool{}, map[string]bool{}
	fset := token.NewFileSet()
	require.NoError(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		name := filepath.ToSlash(strings.TrimPrefix(path, "../"))
		if d.IsDir() {
			if name == "examples" || name == "tests" || name == "scripts" || strings.HasPrefix(d.Name(), ".") && len(d.Name()) > 2 {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		require.NoError(t, err)
		if name == "graph/code.go" || name == "codes.go" {
			for _, d := range file.Decls {
				if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.CONST {
					for _, s := range g.Specs {
						s := s.(*ast.ValueSpec)
						assert.Contains(t, s.Doc.Text(), s.Names[0].Name+": ", "%s: a comment says what kind of mistake it is", name)
						(map[string]map[string]bool{"graph/code.go": told, "codes.go": offered})[name][s.Names[0].Name] = true
					}
				}
			}
			if name == "codes.go" {
				return nil
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				return name != "graph/code.go" // what the constants are is no use of them
			case *ast.Ident:
				if strings.HasPrefix(n.Name, "Err") && len(n.Name) > 3 {
					used[n.Name] = true
				}
			case *ast.CompositeLit:
				if typ := text(n.Type); typ == "Error" || typ == "graph.Error" {
					first, ok := ast.Expr(nil), false
					if len(n.Elts) > 0 {
						first, ok = n.Elts[0].(*ast.KeyValueExpr)
					}
					assert.True(t, ok && text(first.(*ast.KeyValueExpr).Key) == "Code", "%s: an Error without a Code", fset.Position(n.Pos()))
				}
			case *ast.CallExpr:
				switch f := text(n.Fun); {
				case strings.HasPrefix(f, "fmt.") && strings.HasSuffix(f, "Errorf") && strings.Contains(text(n.Args[0]), "%w"):
				case f == "fmt.Errorf" || f == "errors.New":
					for exempt := range uncoded {
						if strings.Contains(name, exempt) {
							return true
						}
					}
					assert.Fail(t, "an error without a code", "%s: use graph.Errorf, or Errorf of a code", fset.Position(n.Pos()))
				case f == "graph.Errorf" || f == "Errorf" || strings.HasSuffix(f, "Mistake") || f == "e.Errorf" || f == "x.Errorf":
					_, literal := n.Args[0].(*ast.BasicLit)
					assert.False(t, literal, "%s: an error whose code is a literal", fset.Position(n.Pos()))
				}
			}
			return true
		})
		return nil
	}))
	assert.Equal(t, told, offered, "codes.go offers the codes of graph/code.go")
	for code := range told {
		assert.True(t, used[code], "%s is nobody's code", code)
	}
}

// text is an expression of names and literals as it is written.
func text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return text(e.X) + "." + e.Sel.Name
	case *ast.BasicLit:
		return e.Value
	default:
		return ""
	}
}
