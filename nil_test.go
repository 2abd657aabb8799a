package jacobi_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/debug"
	"github.com/jacobi-go/jacobi/num"
)

// mayBeNil are the arguments for which nil means something.
var mayBeNil = map[string]string{
	"CustomPartials.rules":             "the rule of an array that contributes zero",
	"CustomLinearSolve.transposeSolve": "there is no reverse mode",
	"debug.OnBreak.f":                  "what Break does by default",
}

// A function or an array that is nil is an error that names the argument, and
// the line that passed it, for every argument of every exported function.
func TestNilArguments(t *testing.T) {
	type A = *jx.Array
	var (
		none    A
		f       func(A) A
		two     func(A, A) A
		jvp     func(A, A) (A, A)
		fwd     func(A) (A, A)
		of      func(func(A) A, A) A
		nothing func() A
	)
	x := jx.Scalar(1.0)
	v := jx.From([]float32{1, 2})
	some, pair, first := func(x A) A { return x }, func(x, y A) (A, A) { return x, y }, func(x, _ A) A { return x }
	residual, solve := func(x A) (A, A) { return x, x }, func(f func(A) A, x A) A { return x }
	branch := func() A { return x }
	less := func(x A) A { return num.Less(x, 0) }
	failing := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	table := map[string]func(){
		"AssociativeScan.f":        func() { jx.AssociativeScan(v, nil) },
		"Checkpoint.f":             func() { jx.Checkpoint(f) },
		"Cond.otherwise":           func() { jx.Cond(jx.Scalar(true), branch, nil) },
		"Cond.pred":                func() { jx.Cond(none, branch, branch) },
		"Cond.then":                func() { jx.Cond(jx.Scalar(false), nil, branch) },
		"Bind.f":                   func() { jx.Bind[int](nil) },
		"CustomJVP.f":              func() { jx.CustomJVP(f, pair) },
		"CustomJVP.jvp":            func() { jx.CustomJVP(some, jvp) },
		"CustomLinearSolve.matvec": func() { jx.CustomLinearSolve(f, x, solve, solve) },
		"CustomLinearSolve.solve":  func() { jx.CustomLinearSolve(some, x, of, solve) },
		"CustomPartials.f":         func() { jx.CustomPartials(f) },
		"CustomRoot.f":             func() { jx.CustomRoot(f, x, solve, solve) },
		"CustomRoot.solve":         func() { jx.CustomRoot(some, x, of, solve) },
		"CustomRoot.tangentSolve":  func() { jx.CustomRoot(some, x, solve, of) },
		"CustomRules.bwd":          func() { jx.CustomRules(some, pair, residual, two) },
		"CustomRules.f":            func() { jx.CustomRules(f, pair, residual, first) },
		"CustomRules.fwd":          func() { jx.CustomRules(some, pair, fwd, first) },
		"CustomRules.jvp":          func() { jx.CustomRules(some, jvp, residual, first) },
		"CustomVJP.bwd":            func() { jx.CustomVJP(some, residual, two) },
		"CustomVJP.f":              func() { jx.CustomVJP(f, residual, first) },
		"CustomVJP.fwd":            func() { jx.CustomVJP(some, fwd, first) },
		"EvalShape.f":              func() { jx.EvalShape(f, x) },
		"Fold.step":                func() { jx.Fold[A, A](x, v, nil) },
		"Fori.body":                func() { jx.Fori[int, int, A](0, 1, x, nil) },
		"Fori.hi":                  func() { jx.Fori(0, none, x, first) },
		"Fori.lo":                  func() { jx.Fori(none, 1, x, first) },
		"Grad.f":                   func() { jx.Grad(f) },
		"Grad2.f":                  func() { jx.Grad2[A, A](nil) },
		"Grad3.f":                  func() { jx.Grad3[A, A, A](nil) },
		"GradAux.f":                func() { jx.GradAux(fwd) },
		"GradWith.f":               func() { jx.GradWith(two) },
		"HVP.f":                    func() { jx.HVP(f) },
		"Hessian.f":                func() { jx.Hessian(f) },
		"HessianTree.f":            func() { jx.HessianTree(f) },
		"JVPAux.f":                 func() { jx.JVPAux(fwd, x, x) },
		"JacFwdAux.f":              func() { jx.JacFwdAux(fwd) },
		"JacRevAux.f":              func() { jx.JacRevAux(fwd) },
		"JVP.f":                    func() { jx.JVP(f, x, x) },
		"JacFwd.f":                 func() { jx.JacFwd(f) },
		"JacFwdTree.f":             func() { jx.JacFwdTree(f) },
		"JacRev.f":                 func() { jx.JacRev(f) },
		"JacRevTree.f":             func() { jx.JacRevTree(f) },
		"Jit.f":                    func() { jx.Jit(f) },
		"LinearTranspose.f":        func() { jx.LinearTranspose(f, x) },
		"Linearize.f":              func() { jx.Linearize(f, x) },
		"LinearizeAux.f":           func() { jx.LinearizeAux(fwd, x) },
		"Lower.f":                  func() { _, err := jx.Lower(f, x); failing(err) },
		"MakeJaxpr.f":              func() { _, err := jx.MakeJaxpr(nil, x); failing(err) },
		"Map.f":                    func() { jx.Map[A, A](v, nil) },
		"RunContext.f":             func() { _, err := jx.RunContext(context.Background(), nothing); failing(err) },
		"Scan.step":                func() { jx.Scan[A, A, A](x, v, nil) },
		"Slice.x":                  func() { _, err := jx.Slice[float32](none); failing(err) },
		"Switch.branches":          func() { jx.Switch(jx.Scalar(0), branch, nil) },
		"Switch.index":             func() { jx.Switch(none, branch, branch) },
		"TreeMapWithPath.f":        func() { jx.TreeMapWithPath(x, nil) },
		"TreeMap.f":                func() { jx.TreeMap(x, nil) },
		"TreeMap2.f":               func() { jx.TreeMap2(x, x, nil) },
		"TreeMap3.f":               func() { jx.TreeMap3(x, x, x, nil) },
		"Try.f":                    func() { failing(jx.Try(nil)) },
		"VJP.f":                    func() { jx.VJP(f, x) },
		"VJPAux.f":                 func() { jx.VJPAux(fwd, x) },
		"VJPTree.f":                func() { jx.VJPTree(f, x) },
		"VMap.f":                   func() { jx.VMap(f) },
		"ValueAndGrad.f":           func() { jx.ValueAndGrad(f) },
		"ValueAndGrad2.f":          func() { jx.ValueAndGrad2[A, A](nil) },
		"ValueAndGrad3.f":          func() { jx.ValueAndGrad3[A, A, A](nil) },
		"ValueAndGradAux.f":        func() { jx.ValueAndGradAux(fwd) },
		"ValueAndGradWith.f":       func() { jx.ValueAndGradWith(two) },
		"View.use":                 func() { failing(jx.View[float32](v, nil)) },
		"View.x":                   func() { failing(jx.View(none, func([]float32) {})) },
		"While.body":               func() { jx.While(x, less, nil) },
		"While.cond":               func() { jx.While(x, nil, some) },
		"debug.Callback.f":         func() { debug.Callback(x, nil) },
	}
	for name, run := range table {
		err := jx.Try(run)
		var mistake *jx.Error
		if assert.ErrorAs(t, err, &mistake, name) {
			assert.Contains(t, mistake.Error(), "nil", name)
			assert.Contains(t, mistake.Pos, "nil_test.go:", name)
		}
	}
	want := append(nilable(t, ".", ""), nilable(t, "debug", "debug.")...)
	assert.ElementsMatch(t, want, slices.Concat(slices.Collect(maps.Keys(table)), slices.Collect(maps.Keys(mayBeNil))))
}

// nilable lists the arguments of the exported functions of a package that are
// functions or arrays.
func nilable(t *testing.T, dir, prefix string) (names []string) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, d := range parsed.Decls {
			d, ok := d.(*ast.FuncDecl)
			if !ok || d.Recv != nil || !d.Name.IsExported() {
				continue
			}
			operands := map[string]bool{"F": true} // type parameters that may be functions or arrays
			if d.Type.TypeParams != nil {
				for _, p := range d.Type.TypeParams.List {
					if c, ok := p.Type.(*ast.Ident); ok && c.Name == "Operand" {
						for _, name := range p.Names {
							operands[name.Name] = true
						}
					}
				}
			}
			for _, p := range d.Type.Params.List {
				typ := p.Type
				if e, ok := typ.(*ast.Ellipsis); ok {
					typ = e.Elt
				}
				nilable := false
				switch typ := typ.(type) {
				case *ast.FuncType:
					nilable = true
				case *ast.StarExpr:
					id, ok := typ.X.(*ast.Ident)
					nilable = ok && id.Name == "Array"
				case *ast.Ident:
					nilable = operands[typ.Name] || typ.Name == "any" && p.Names[0].Name == "f"
				}
				for _, name := range p.Names {
					if nilable {
						names = append(names, prefix+d.Name.Name+"."+name.Name)
					}
				}
			}
		}
	}
	return names
}

// The methods of a nil array say so: as an error where they return one, as text
// where they print.
func TestNilArraysHaveMethods(t *testing.T) {
	var none *jx.Array
	silent := []string{"String", "GoString", "Format"}
	text, err := num.Ones(jx.Float32, 2).MarshalText()
	require.NoError(t, err)
	binary, err := num.Ones(jx.Float32, 2).MarshalBinary()
	require.NoError(t, err)
	arguments := map[string][]any{"WaitContext": {context.Background()},
		"UnmarshalJSON": {text}, "UnmarshalText": {text}, "UnmarshalBinary": {binary}}
	v := reflect.ValueOf(none)
	require.Greater(t, v.NumMethod(), 20)
	for i := range v.NumMethod() {
		name, typ := v.Type().Method(i).Name, v.Method(i).Type()
		if slices.Contains(silent, name) {
			continue
		}
		in := make([]reflect.Value, typ.NumIn())
		for k := range in {
			in[k] = reflect.Zero(typ.In(k))
		}
		for k, v := range arguments[name] {
			in[k] = reflect.ValueOf(v)
		}
		err := jx.Try(func() {
			call := v.Method(i).Call
			if typ.IsVariadic() {
				call = v.Method(i).CallSlice
			}
			for _, r := range call(in) {
				switch r := r.Interface().(type) {
				case error:
					panic(r)
				case func(func(int, *jx.Array) bool):
					r(func(int, *jx.Array) bool { return true })
				}
			}
		})
		var mistake *jx.Error
		if assert.ErrorAs(t, err, &mistake, name) {
			assert.Equal(t, jx.ErrNil, mistake.Code, "%s: %v", name, err)
		}
	}
}
