// Package errors makes every mistake that a user can make, checks the message,
// and writes docs/errors.md.
package errors

import (
	stderrors "errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
)

var update = flag.Bool("update", false, "write docs/errors.md")

const (
	source  = "cases_test.go"
	docFile = "../../docs/errors.md"
	child   = "JACOBI_TEST_MISTAKE" // the index of the mistake that a process makes
)

// Mistakes with the environment are made by a process of their own, before it
// has loaded a plugin.
func TestMain(m *testing.M) {
	if i, err := strconv.Atoi(os.Getenv(child)); err == nil {
		plugins := sections[len(sections)-1]
		fmt.Println(mistaken(plugins.mistakes[i].run))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// mistaken is the error of a user's mistake.
func mistaken(f func()) (err error) {
	defer func() {
		r := recover()
		e, ok := r.(error)
		if !ok {
			err = fmt.Errorf("no mistake, but %v", r)
			return
		}
		var mistake *jx.Error
		if err = e; !stderrors.As(e, &mistake) {
			err = fmt.Errorf("no mistake of the user, but %T: %w", e, e)
		}
	}()
	f()
	return nil
}

func TestErrors(t *testing.T) {
	programs := literals(t)
	var doc strings.Builder
	doc.WriteString("# What goes wrong, and what it says\n\n" +
		"A mistake is a panic with a `*jx.Error`, since formulas have no place for `if err != nil`. `defer jx.Catch(&err)` makes\n" +
		"it the error of a function, `jx.Try(f)` that of an expression, and a jitted function whose last result is an error\n" +
		"returns it. A bug of the library panics with another type and is never caught.\n\n" +
		"Every message starts with your file and line, left out here. The programs are tests in [tests/errors](../tests/errors);\n" +
		"there, `vector` is a float32 array of 3 elements, `matrix` one of 2 by 3, and `three` is `jx.Scalar(3.0)`.\n")
	for k, s := range sections {
		fmt.Fprintf(&doc, "\n## %s\n", s.title)
		if s.intro != "" {
			fmt.Fprintf(&doc, "\n%s\n", s.intro)
		}
		for i, m := range s.mistakes {
			p := programs[k][i]
			t.Run(fmt.Sprintf("%s/%d", s.title, i), func(t *testing.T) {
				var message string
				if k == len(sections)-1 {
					message = elsewhere(t, i)
				} else {
					err := mistaken(m.run)
					require.Error(t, err, p.text)
					message = err.Error()
				}
				assert.Contains(t, message, m.says, p.text)
				at := position.FindStringSubmatch(message)
				if assert.NotNil(t, at, "no line of the user in %q", message) {
					line, _ := strconv.Atoi(at[1])
					assert.True(t, p.has(line), "%s is not at a line of\n%s", message, p.text)
				}
				fmt.Fprintf(&doc, "\n```go\n%s\n```\n> %s\n", p.text, strings.ReplaceAll(position.ReplaceAllString(message, ""), "cases_test.go", "main.go"))
			})
		}
	}
	text := lineNumber.ReplaceAllString(installed.ReplaceAllString(doc.String(), "/cache/plugin.so"), "$1.go:12")
	if *update {
		require.NoError(t, os.WriteFile(docFile, []byte(text), 0o644))
	}
	committed, err := os.ReadFile(docFile)
	require.NoError(t, err)
	assert.Equal(t, string(committed), text, "docs/errors.md shows something else; scripts/gen_tutorial writes it")
}

var (
	position   = regexp.MustCompile(`^cases_test\.go:(\d+): `)
	lineNumber = regexp.MustCompile(`(\w+)\.go:\d+`)
	installed  = regexp.MustCompile(`/\S*/plugins/\S*\.so`)
)

// elsewhere is what a process that makes a mistake says.
func elsewhere(t *testing.T, i int) string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), child+"="+strconv.Itoa(i), "JACOBI_PLUGIN=")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	return strings.TrimSpace(string(out))
}

type program struct {
	text  string
	lines [][2]int // its own, and those of the functions of this file that it uses
}

func (p program) has(line int) bool {
	return slices.ContainsFunc(p.lines, func(r [2]int) bool { return r[0] <= line && line <= r[1] })
}

// literals are the programs of the sections: the bodies of function literals,
// with the functions of this file that they use.
func literals(t *testing.T) [][]program {
	t.Helper()
	raw, err := os.ReadFile(source)
	require.NoError(t, err)
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, source, raw, parser.ParseComments)
	require.NoError(t, err)
	text := func(from, to token.Pos) string {
		return string(raw[fset.Position(from).Offset:fset.Position(to).Offset])
	}
	lines := func(n ast.Node) [2]int { return [2]int{fset.Position(n.Pos()).Line, fset.Position(n.End()).Line} }
	helpers := map[string]ast.Decl{}
	var table *ast.CompositeLit
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			helpers[d.Name.Name] = d
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if v, ok := s.(*ast.ValueSpec); ok {
					switch v.Names[0].Name {
					case "sections":
						table = v.Values[0].(*ast.CompositeLit)
					case "reverseOnly":
						helpers["reverseOnly"] = d
					}
				}
			}
		}
	}
	var all [][]program
	for _, s := range table.Elts {
		var list []program
		for _, m := range s.(*ast.CompositeLit).Elts[2].(*ast.CompositeLit).Elts {
			f := m.(*ast.CompositeLit).Elts[0]
			p := program{lines: [][2]int{lines(f)}}
			lit, inline := f.(*ast.FuncLit)
			var parts []string
			seen := map[string]bool{"must": true}
			ast.Inspect(f, func(n ast.Node) bool {
				id, ok := n.(*ast.Ident)
				if !ok || helpers[id.Name] == nil || seen[id.Name] {
					return true
				}
				seen[id.Name] = true
				d := helpers[id.Name]
				parts = append(parts, text(d.Pos(), d.End()))
				p.lines = append(p.lines, lines(d))
				return true
			})
			if inline {
				body := lit.Body
				parts = append(parts, strings.TrimSpace(text(body.Lbrace+1, body.Rbrace)))
			}
			p.text = strings.Join(parts, "\n\n")
			list = append(list, p)
		}
		all = append(all, list)
	}
	return all
}
