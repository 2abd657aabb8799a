// Package errors makes every mistake that a user can make, checks the message,
// and writes docs/errors.md.
package errors

import (
	"context"
	"encoding/json"
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
	"github.com/jacobi-go/jacobi/num"
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
		err := mistaken(plugins.mistakes[i].run)
		fmt.Println(codeOf(err))
		fmt.Println(err)
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

// codeOf is the code of an error that has one.
func codeOf(err error) jx.Code {
	var e *jx.Error
	if stderrors.As(err, &e) {
		return e.Code
	}
	return ""
}

// A program that handles errors asks for codes, through whatever wraps them.
func TestIsAndAs(t *testing.T) {
	err := fmt.Errorf("step 7: %w", jx.Try(func() { num.Add(matrix, num.Ones(jx.Float32, 2)) }))
	assert.ErrorIs(t, err, jx.ErrShape)
	assert.NotErrorIs(t, err, jx.ErrDType)
	var mistake *jx.Error
	require.ErrorAs(t, err, &mistake)
	assert.Equal(t, jx.ErrShape, mistake.Code)
	assert.Regexp(t, `^errors_test\.go:\d+$`, mistake.Pos)

	_, err = json.Marshal(jx.HessianTree(func(x *array) *array { return num.Sum(x) })(vector))
	assert.ErrorIs(t, err, jx.ErrUnsupported, "an encoder wraps what MarshalText returns")

	_, err = jx.RunContext(cancelled(), func() *array { return num.Sin(three) })
	assert.ErrorIs(t, err, jx.ErrCanceled)
	assert.ErrorIs(t, err, context.Canceled)
	assert.ErrorAs(t, err, &mistake)
}

const intro = `# What goes wrong, and what it says

A mistake is a panic with a ` + "`*jx.Error`, since formulas have no place for `if err != nil`. `defer jx.Catch(&err)`" + `
makes it the error of a function, ` + "`jx.Try(f)`" + ` that of an expression, and a jitted function whose last result is
an error returns it. What waits for a device, reads many elements, compiles, or has to do with files returns it, too.
A bug of the library panics with another type and is never caught.

Every message starts with your file and line, left out here. The programs are tests in [tests/errors](../tests/errors);
there, ` + "`vector` is a float32 array of 3 elements, `matrix` one of 2 by 3, and `three` is `jx.Scalar(3.0)`" + `.

## Codes

Messages may change; codes, which are under each message below, do not. They are for programs that handle errors:

` + "```go" + `
err := jx.Try(func() { loss = step(batch) })
if errors.Is(err, jx.ErrMemory) {
	loss = inHalves(batch)
}

var mistake *jx.Error
if errors.As(err, &mistake) {
	log.Println(mistake.Code, mistake.Op, mistake.Pos)
}
` + "```" + `

| Code | The mistake |
|---|---|
`

// unshown are the codes that no program here has, and why.
var unshown = map[jx.Code]string{
	jx.ErrCompile: "No program here: it takes a device that lacks an op.",
	jx.ErrExecute: "No program here: it takes a device that fails.",
}

// table is a row for every code, from its comment in the sources.
func table(t *testing.T) string {
	t.Helper()
	shown := map[jx.Code]bool{}
	for _, s := range sections {
		for _, m := range s.mistakes {
			shown[m.code] = true
		}
	}
	file, err := parser.ParseFile(token.NewFileSet(), "../../graph/code.go", nil, parser.ParseComments)
	require.NoError(t, err)
	var rows strings.Builder
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			s := s.(*ast.ValueSpec)
			value, err := strconv.Unquote(s.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			why, excused := unshown[jx.Code(value)]
			assert.NotEqual(t, excused, shown[jx.Code(value)], "%s is in a program, or unshown says why not", s.Names[0])
			_, says, _ := strings.Cut(strings.Join(strings.Fields(s.Doc.Text()), " "), ": ")
			if excused {
				says += " " + why
			}
			fmt.Fprintf(&rows, "| `jx.%s` | %s |\n", s.Names[0], strings.ToUpper(says[:1])+says[1:])
			constants[jx.Code(value)] = s.Names[0].Name
		}
	}
	return rows.String()
}

// constants are the names of the codes.
var constants = map[jx.Code]string{}

func TestErrors(t *testing.T) {
	programs := literals(t)
	var doc strings.Builder
	doc.WriteString(intro + table(t))
	for k, s := range sections {
		fmt.Fprintf(&doc, "\n## %s\n", s.title)
		if s.intro != "" {
			fmt.Fprintf(&doc, "\n%s\n", s.intro)
		}
		for i, m := range s.mistakes {
			p := programs[k][i]
			t.Run(fmt.Sprintf("%s/%d", s.title, i), func(t *testing.T) {
				var message string
				var code jx.Code
				if k == len(sections)-1 {
					code, message = elsewhere(t, i)
				} else {
					err := mistaken(m.run)
					require.Error(t, err, p.text)
					code, message = codeOf(err), err.Error()
				}
				assert.Equal(t, m.code, code, p.text)
				assert.Contains(t, message, m.says, p.text)
				at := position.FindStringSubmatch(message)
				if assert.NotNil(t, at, "no line of the user in %q", message) {
					line, _ := strconv.Atoi(at[1])
					assert.True(t, p.has(line), "%s is not at a line of\n%s", message, p.text)
				}
				fmt.Fprintf(&doc, "\n```go\n%s\n```\n> %s\n\n`jx.%s`\n", p.text, strings.ReplaceAll(position.ReplaceAllString(message, ""), "cases_test.go", "main.go"), constants[code])
			})
		}
	}
	doc.WriteString("\n## What is not noticed\n\nAs in JAX:\n\n")
	for _, u := range unnoticed {
		line := "-"
		for _, word := range strings.Fields(u.what + " " + u.instead) {
			if len(line)+len(word) > 118 {
				doc.WriteString(line + "\n")
				line = " "
			}
			line += " " + word
		}
		doc.WriteString(line + "\n")
	}
	doc.WriteString("\nA static number that changes from call to call, so that each compiles anew, is logged. A type like `type Rate float64`\n" +
		"is no operand: Go says `Rate does not satisfy array.Operand`; write `float64(rate)`.\n")
	text := lineNumber.ReplaceAllString(installed.ReplaceAllString(doc.String(), "/cache/plugin.so"), "$1.go:12")
	if *update {
		require.NoError(t, os.WriteFile(docFile, []byte(text), 0o644))
	}
	committed, err := os.ReadFile(docFile)
	require.NoError(t, err)
	assert.Equal(t, string(committed), text, "docs/errors.md shows something else; -update writes it")
}

var (
	atLine     = regexp.MustCompile(`^mistakes_test\.go:(\d+): `)
	position   = regexp.MustCompile(`^cases_test\.go:(\d+): `)
	lineNumber = regexp.MustCompile(`(\w+)\.go:\d+`)
	installed  = regexp.MustCompile(`/\S*/plugins/\S*\.so`)
)

// elsewhere is the code of the mistake that a process makes, and what it says.
func elsewhere(t *testing.T, i int) (jx.Code, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), child+"="+strconv.Itoa(i), "JACOBI_PLUGIN=")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	code, message, _ := strings.Cut(string(out), "\n")
	return jx.Code(strings.TrimPrefix(code, jx.Code("").Error())), strings.TrimSpace(message)
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
				parts = append(parts, strings.ReplaceAll(strings.TrimSpace(text(body.Lbrace+1, body.Rbrace)), "\n\t\t\t", "\n"))
			}
			p.text = strings.Join(parts, "\n\n")
			list = append(list, p)
		}
		all = append(all, list)
	}
	return all
}
