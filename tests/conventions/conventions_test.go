// Package conventions holds the exported functions of the public packages to
// docs/conventions.md.
package conventions

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// public are the packages that programs import; the root is jacobi. inner are
// the parts that these are made of.
var (
	public = []string{"jacobi", "ad/adtest", "array", "debug", "fft", "lax", "linalg", "num", "random"}
	inner  = []string{"ad", "expand", "graph", "graph/graphtest", "graph/interp", "jac", "jit", "tree", "vmapper", "xla", "xla/mock"}
)

// A function is an exported function, or method of an exported type.
type function struct {
	pkg    string
	recv   string // of a method
	name   string
	types  map[string]bool // its type parameters
	params []param
	result []string
	doc    string // in one line
	pos    string
}

type param struct {
	name, typ string
	variadic  bool
}

func (f function) String() string {
	if f.recv != "" {
		return f.pkg + "." + f.recv + "." + f.name
	}
	return f.pkg + "." + f.name
}

// sources parses the files of a package that are no tests.
func sources(t *testing.T, pkg string) (*token.FileSet, []*ast.File) {
	dir := filepath.Join("../..", pkg)
	if pkg == "jacobi" {
		dir = "../.."
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	set := token.NewFileSet()
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution|parser.ParseComments)
		require.NoError(t, err)
		files = append(files, f)
	}
	return set, files
}

func functions(t *testing.T) (all []function) {
	for _, pkg := range public {
		set, files := sources(t, pkg)
		for _, f := range files {
			for _, d := range f.Decls {
				if d, ok := d.(*ast.FuncDecl); ok && d.Name.IsExported() && ast.IsExported(receiver(d)+"X") {
					all = append(all, functionOf(pkg, set, d))
				}
			}
		}
	}
	require.Greater(t, len(all), 400)
	return all
}

// receiver is the name of a method's type, without its parameters; of a
// function, an exported name.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return "F"
	}
	typ := text(d.Recv.List[0].Type)
	name, _, _ := strings.Cut(strings.TrimPrefix(typ, "*"), "[")
	return name
}

func functionOf(pkg string, set *token.FileSet, d *ast.FuncDecl) function {
	f := function{pkg: pkg, name: d.Name.Name, types: map[string]bool{}, doc: strings.Join(strings.Fields(d.Doc.Text()), " "), pos: set.Position(d.Pos()).String()}
	if d.Recv != nil {
		f.recv = receiver(d)
	}
	if d.Type.TypeParams != nil {
		for _, field := range d.Type.TypeParams.List {
			for _, name := range field.Names {
				f.types[name.Name] = true
			}
		}
	}
	for _, field := range d.Type.Params.List {
		_, variadic := field.Type.(*ast.Ellipsis)
		typ := strings.TrimPrefix(text(field.Type), "...")
		if len(field.Names) == 0 {
			f.params = append(f.params, param{"_", typ, variadic})
		}
		for _, name := range field.Names {
			f.params = append(f.params, param{name.Name, typ, variadic})
		}
	}
	if d.Type.Results != nil {
		for _, field := range d.Type.Results.List {
			for range max(1, len(field.Names)) {
				f.result = append(f.result, text(field.Type))
			}
		}
	}
	return f
}

// text is a type as it is written, arrays as Array.
func text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		if name := text(e.X) + "." + e.Sel.Name; name != "array.Array" && name != "graph.DType" {
			return name
		}
		return e.Sel.Name
	case *ast.StarExpr:
		if x := text(e.X); x == "Array" {
			return x
		}
		return "*" + text(e.X)
	case *ast.Ellipsis:
		return "..." + text(e.Elt)
	case *ast.ArrayType:
		if e.Len != nil {
			return "[" + text(e.Len) + "]" + text(e.Elt)
		}
		return "[]" + text(e.Elt)
	case *ast.BasicLit:
		return e.Value
	case *ast.IndexExpr:
		return text(e.X) + "[" + text(e.Index) + "]"
	case *ast.IndexListExpr:
		return text(e.X) + "[...]"
	case *ast.MapType:
		return "map[" + text(e.Key) + "]" + text(e.Value)
	case *ast.FuncType:
		if e.Results != nil {
			for _, field := range e.Results.List {
				if _, ok := field.Type.(*ast.FuncType); ok {
					return "func func"
				}
			}
		}
		return "func"
	case *ast.InterfaceType:
		return "any"
	}
	return "?"
}

func TestEveryPackageIsPublicOrInner(t *testing.T) {
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(path, "../../"))
		switch name := d.Name(); {
		case path == "../..":
			return nil
		case strings.HasPrefix(name, "."), slices.Contains([]string{"examples", "internal", "scripts", "tests", "testdata", "third_party"}, name):
			return filepath.SkipDir
		}
		sources, err := filepath.Glob(filepath.Join(path, "*.go"))
		if len(sources) > 0 && !slices.Contains(public, rel) && !slices.Contains(inner, rel) {
			t.Errorf("%s is not listed here as a public or an inner package", rel)
		}
		return err
	})
	require.NoError(t, err)
}

// mains are variadic parameters that are no options: what the function is about.
var mains = map[string]string{
	"dims": "int", "sizes": "int", "reps": "int", "index": "int", "n": "int", "args": "int", "xs": "Array", "keys": "Array", "start": "Array",
	"shapes": "[]int", "widths": "[2]int", "at": "Selector", "names": "string", "bounds": "N", "branches": "func", "rules": "func",
	"values": "any",

	// JAX's names in package lax.
	"newSizes": "int", "permutation": "int", "dimensions": "int", "shape": "int", "strides": "int", "fftLengths": "int", "cases": "Array",
	"config": "PaddingConfig",
}

// others are variadic parameters of one function.
var others = map[string]string{
	"jacobi.Bind":      "opts ...O",   // of any function
	"jacobi.Lower":     "args ...any", // of the function that is lowered
	"jacobi.MakeJaxpr": "args ...any", // likewise
}

func TestVariadicParameters(t *testing.T) {
	for _, f := range functions(t) {
		for _, p := range f.params {
			_, base, _ := cut(p.typ)
			switch {
			case !p.variadic, others[f.String()] == p.name+" ..."+p.typ:
			case (p.name == "axis" || p.name == "axes") && p.typ == "int":
			case strings.HasSuffix(base, "Option"):
				assert.Equal(t, "opts", p.name, "%s: %s: options are called opts", f.pos, f)
			case mains[p.name] == p.typ:
			default:
				t.Errorf("%s: %s takes %s ...%s: optional arguments are axis or axes ...int, or functions that make an Option", f.pos, f, p.name, p.typ)
			}
		}
	}
}

// cut is the package and the name of a type.
func cut(typ string) (pkg, name string, found bool) {
	if pkg, name, found = strings.Cut(typ, "."); !found {
		return "", typ, false
	}
	return pkg, name, true
}

func TestNoBareBools(t *testing.T) {
	for _, f := range functions(t) {
		for _, p := range f.params {
			assert.False(t, p.typ == "bool" || p.typ == "[]bool", "%s: %s takes the bool %s: a caller's true says nothing; make it an option", f.pos, f, p.name)
		}
	}
}

// kinds are types whose values are named by constants, and are no options.
var kinds = []string{"DType", "graph.DType", "Code", "graph.Code", "GatherScatterMode"}

func TestNoConstantsAsFlags(t *testing.T) {
	for _, pkg := range public {
		set, files := sources(t, pkg)
		for _, f := range files {
			for _, d := range f.Decls {
				group, ok := d.(*ast.GenDecl)
				if !ok || group.Tok != token.CONST {
					continue
				}
				typ := ""
				for _, s := range group.Specs {
					v := s.(*ast.ValueSpec)
					if v.Type != nil {
						typ = text(v.Type)
					}
					for _, name := range v.Names {
						if name.IsExported() && ast.IsExported(typ) && !slices.Contains(kinds, typ) {
							t.Errorf("%s: the constant %s is of type %s: options are made by functions", set.Position(name.Pos()), name.Name, typ)
						}
					}
				}
			}
		}
	}
}

// The places of parameters, from the left.
const (
	keys = iota
	dtypes
	transformed
	arrays
	numbers
	applied
	options
)

var places = []string{"a key", "a dtype", "a function that is transformed", "an array or a tree", "a number", "a function that is applied", "axes or options"}

// place is where a parameter of this type belongs.
func place(f function, p param) int {
	switch {
	case p.variadic:
		return options
	case p.typ == "Key", p.typ == "context.Context", p.typ == "TB":
		return keys
	case p.typ == "DType":
		return dtypes
	case strings.HasPrefix(p.typ, "func"):
		if transforms(f) {
			return transformed
		}
		return applied
	case p.typ == "Array", p.typ == "[]Array", p.typ == "[]Key":
		return arrays
	case p.typ == "int", p.typ == "float64", p.typ == "uint64", p.typ == "string", p.typ == "[]int", p.typ == "Device":
		return numbers
	case strings.Contains(p.typ, "DimensionNumbers"), strings.Contains(p.typ, "Config"), p.typ == "Options":
		return numbers
	}
	return arrays // of a type parameter: an operand or a tree
}

// transforms says whether f makes a function, or a derivative at a point, of the
// functions it takes.
func transforms(f function) bool {
	switch f.String() {
	case "jacobi.JVP", "jacobi.JVPAux", "jacobi.VJP", "jacobi.VJPAux", "jacobi.VJPTree", "jacobi.Linearize", "jacobi.LinearizeAux", "jacobi.LinearTranspose",
		"jacobi.EvalShape", "jacobi.Lower", "jacobi.MakeJaxpr", "jacobi.CustomRoot", "jacobi.CustomLinearSolve", "ad/adtest.CheckGrads", "ad/adtest.CheckVMap",
		"num.Keep", "jacobi.Bind", "jacobi.RunContext", "jacobi.Try":
		return true
	}
	return slices.ContainsFunc(f.result, func(r string) bool { return strings.HasPrefix(r, "func") })
}

// ownOrder are functions with an order of their own.
var ownOrder = map[string]string{
	"jacobi.CustomRoot":        "JAX's: the guess stands before the functions that solve",
	"jacobi.CustomLinearSolve": "JAX's: the right-hand side stands before the functions that solve",
	"num.Einsum":               "JAX's: the subscripts name the arrays that follow",
	"num.Concatenate":          "the arrays are variadic: the axis stands before them",
	"num.Stack":                "the arrays are variadic: the axis stands before them",
	"lax.Concatenate":          "the arrays are variadic: the axis stands before them",
	"lax.Sort":                 "the arrays are variadic: the axis stands before them",
	"jacobi.Fold":              "JAX's scan: the state stands before what is scanned",
	"debug.Print":              "fmt's: the format stands before the values",
}

func TestOrderOfParameters(t *testing.T) {
	for _, f := range functions(t) {
		if ownOrder[f.String()] != "" {
			continue
		}
		last, before := -1, ""
		for _, p := range f.params {
			at := place(f, p)
			if at < last {
				t.Errorf("%s: %s takes %s, %s, after %s, %s", f.pos, f, p.name, places[at], before, places[last])
			}
			last, before = at, p.name
		}
	}
}

// waits are the functions that return an error, and why: they wait for a device,
// read many elements, compile, load, write or read files, or set up. All others
// panic with an error at a mistake.
var waits = map[string]string{
	"jacobi.Close":                 "waits for what frees",
	"jacobi.Devices":               "sets up",
	"jacobi.Init":                  "sets up",
	"jacobi.Lower":                 "traces a whole program, for tools",
	"jacobi.MakeJaxpr":             "traces a whole program, for tools",
	"jacobi.Put":                   "copies to a device",
	"jacobi.RunContext":            "waits until a time",
	"jacobi.Slice":                 "reads many elements",
	"jacobi.View":                  "reads many elements",
	"jacobi.Try":                   "makes an error of a panic",
	"jacobi.Wait":                  "waits for a device",
	"jacobi.WaitContext":           "waits for a device",
	"jacobi.Compiled.CostAnalysis": "asks the compiler",
	"jacobi.Lowered.Compile":       "compiles",
	"jacobi.Blocks.MarshalText":    "an interface of encoding",
	"jacobi.Pullback.MarshalText":  "an interface of encoding",
	"array.Slice":                  "reads many elements",
	"array.View":                   "reads many elements",
	"array.Array.Close":            "waits for what frees",
	"array.Array.MarshalBinary":    "an interface of encoding",
	"array.Array.MarshalJSON":      "an interface of encoding",
	"array.Array.MarshalText":      "an interface of encoding",
	"array.Array.UnmarshalBinary":  "an interface of encoding",
	"array.Array.UnmarshalJSON":    "an interface of encoding",
	"array.Array.UnmarshalText":    "an interface of encoding",
	"array.Array.Wait":             "waits for a device",
	"array.Array.WaitContext":      "waits for a device",
}

func TestErrors(t *testing.T) {
	returns := map[string]bool{}
	for _, f := range functions(t) {
		i := slices.Index(f.result, "error")
		if i < 0 {
			continue
		}
		returns[f.String()] = true
		assert.Equal(t, len(f.result)-1, i, "%s: %s: the error is the last result", f.pos, f)
		assert.NotEmpty(t, waits[f.String()], "%s: %s returns an error: what waits for nothing panics with one", f.pos, f)
	}
	for name := range waits {
		assert.True(t, returns[name], "%s returns no error", name)
	}
}

// names are the parameters of a type, where it is not a tree's.
var names = map[string][]string{
	"DType":  {"d"},
	"Key":    {"k"},
	"Device": {"d"},
}

// arrayNames are those of the arrays of formulas: x and y, and words where these
// would say less.
var arrayNames = strings.Fields("x y z xs a l n p q b idx ids cond conds choices otherwise lo hi fill v at xp fp edges weights keys block start re im logits alpha")

func TestNamesOfParameters(t *testing.T) {
	for _, f := range functions(t) {
		formulas := slices.Contains([]string{"num", "linalg", "fft"}, f.pkg)
		for _, p := range f.params {
			if want := names[p.typ]; want != nil {
				assert.Contains(t, want, p.name, "%s: %s: %s %s", f.pos, f, p.name, p.typ)
			}
			if formulas && (p.typ == "Array" || p.typ == "[]Array") {
				assert.Contains(t, arrayNames, p.name, "%s: %s: an array is x or y, or says what it is", f.pos, f)
			}
			if strings.Contains(strings.ToLower(p.name), "axes") || strings.Contains(strings.ToLower(p.name), "axis") {
				assert.Contains(t, []string{"axis", "axes", "axis1", "axis2"}, p.name, "%s: %s", f.pos, f)
			}
		}
		if arraysOf(f) == 1 && formulas && f.pkg != "linalg" && f.params[0].typ == "Array" && !f.params[0].variadic {
			assert.Contains(t, []string{"x", "n", "idx"}, f.params[0].name, "%s: %s", f.pos, f)
		}
	}
}

// arraysOf is how many arrays a function takes.
func arraysOf(f function) (n int) {
	for _, p := range f.params {
		if p.typ == "Array" || f.types[p.typ] {
			n++
		}
	}
	return n
}

// Every line of code in docs/conventions.md is one of the examples of this
// package, which compile and run.
func TestExamplesOfThePage(t *testing.T) {
	page, err := os.ReadFile("../../docs/conventions.md")
	require.NoError(t, err)
	code, err := os.ReadFile("example_test.go")
	require.NoError(t, err)
	lines := map[string]bool{}
	for _, line := range strings.Split(string(code), "\n") {
		lines[strings.TrimSpace(line)] = true
	}
	n := 0
	for _, line := range strings.Split(string(page), "\n") {
		assert.LessOrEqual(t, len(line), 120, line)
		if line, ok := strings.CutPrefix(line, "    "); ok {
			n++
			assert.True(t, lines[strings.TrimSpace(line)], "example_test.go lacks the line\n%s", line)
		}
	}
	require.Greater(t, n, 10)
}
