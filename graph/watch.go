package graph

import (
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"unicode"
)

// checks: with JACOBI_CHECK=1, and in this module's own tests unless it is 0,
// Check looks at every graph that a trace or a transform made.
var (
	checks   = checking(os.Getenv("JACOBI_CHECK"))
	watching = checks || Dumps()
)

func checking(env string) bool {
	if env == "" {
		return ownTest() && !slices.ContainsFunc(os.Args, func(arg string) bool { return strings.HasPrefix(arg, "-test.bench") })
	}
	return env != "0"
}

// ownTest reports whether this process is a test of this module, not one of its
// users.
func ownTest() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && strings.HasSuffix(info.Path, ".test") && strings.HasPrefix(reflect.TypeFor[Graph]().PkgPath()+"/", info.Main.Path+"/")
}

// Made is told each graph that a function was traced to, and the program it is
// of. What transforms make of graphs is seen by Remember and Build.
func Made(by string, g *Graph, of *Dump) {
	if checks {
		mustCheck(by, nil, g)
	}
	if of != nil {
		g.dump(of, "traced."+by)
	}
}

// watch looks at the graphs in what a transform, by its key for Remember, made
// of g.
func watch(g *Graph, key string, made any) {
	for path, h := range graphsIn(reflect.ValueOf(made), "") {
		if h == g {
			continue
		}
		if checks {
			mustCheck(transform(key)+path, g, h)
		}
		if Dumps() && transform(key) != "trim" { // a part of simplify
			derived(g, h, transform(key)+path)
		}
	}
}

func mustCheck(by string, from, g *Graph) {
	err := Check(g)
	switch {
	case err == nil:
	case from != nil && Check(from) != nil:
		Bugf("%s was given a broken graph: %v", by, Check(from))
	default:
		Bugf("%s made a broken graph: %v", by, err)
	}
}

// transform is the name in a key for Remember: its first word.
func transform(key string) string {
	key = strings.TrimPrefix(key, `"`)
	if end := strings.IndexFunc(key, func(r rune) bool { return !unicode.IsLetter(r) }); end >= 0 {
		key = key[:end]
	}
	return key
}

// graphsIn calls yield with the graphs in a result of a transform, each with
// the names of the fields that it is in.
func graphsIn(v reflect.Value, path string) func(yield func(string, *Graph) bool) {
	return func(yield func(string, *Graph) bool) { eachGraph(v, path, yield) }
}

func eachGraph(v reflect.Value, path string, yield func(string, *Graph) bool) bool {
	switch {
	case !v.IsValid():
	case v.Type() == reflect.TypeFor[*Graph]():
		return v.IsNil() || yield(path, (*Graph)(v.UnsafePointer()))
	case v.Type() == reflect.TypeFor[*Eqn](), v.Type() == reflect.TypeFor[*Value]():
	case v.Kind() == reflect.Pointer, v.Kind() == reflect.Interface:
		return eachGraph(v.Elem(), path, yield)
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			if !eachGraph(v.Index(i), path, yield) {
				return false
			}
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			inner := path
			if f := v.Type().Field(i); !f.Anonymous {
				inner += "." + f.Name
			}
			if !eachGraph(v.Field(i), inner, yield) {
				return false
			}
		}
	}
	return true
}

// caller is the function that called the one that calls it, as ad.VJP.
func caller() string {
	var pcs [1]uintptr
	runtime.Callers(3, pcs[:])
	f, _ := runtime.CallersFrames(pcs[:]).Next()
	name := f.Function[strings.LastIndex(f.Function, "/")+1:]
	name, _, _ = strings.Cut(name, ".func")
	return name
}
