package graph

import (
	"fmt"
	"go/token"
	"path"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// An Error is a mistake of the user: the op, its operands, the user's line
// and what would be right.
type Error struct {
	Code Code // what kind of mistake it is
	Op   string
	In   []Aval
	Pos  string // file:line
	Msg  string

	Cause error // an error that is not of this library, for errors.Is; or nil
}

func (e *Error) Unwrap() error { return e.Cause }

// Is reports whether target is e's code, for errors.Is.
func (e *Error) Is(target error) bool {
	c, ok := target.(Code)
	return ok && e.Code == c
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.Pos != "" {
		b.WriteString(e.Pos + ": ")
	}
	if e.Op != "" {
		b.WriteString(e.Op)
		if e.In != nil {
			in := make([]string, len(e.In))
			for i, a := range e.In {
				in[i] = a.String()
			}
			b.WriteString("(" + strings.Join(in, ", ") + ")")
		}
		b.WriteString(": ")
	}
	return b.String() + e.Msg
}

// Errorf is an error at the user's line, for a mistake that is not in the
// operands of an op; op names the function at fault, and is empty if that is the
// one that the user called.
func Errorf(code Code, op, format string, args ...any) *Error {
	if op == "" {
		op = Called()
	}
	return &Error{Code: code, Op: op, Pos: Position(userPC()), Msg: fmt.Sprintf(format, args...)}
}

// Mistake is Errorf for a function of arrays, with the operands in the message.
func Mistake(code Code, op string, in []Aval, format string, args ...any) *Error {
	e := Errorf(code, op, format, args...)
	e.In = in
	return e
}

// Errorf is an error of e found after it was emitted, by the transform that the
// user called.
func (e *Eqn) Errorf(code Code, format string, args ...any) *Error {
	pos, by := e.Pos(), "; found by "+Called()
	if at := Position(userPC()); at != pos {
		by += " at " + at
	}
	return &Error{Code: code, Op: e.Op.String(), In: Avals(e.In), Pos: pos, Msg: fmt.Sprintf(format, args...) + by}
}

// Running is the position of equations that are compiled and run by the call
// that made them: the call that is running, which is looked up if need be.
const Running uintptr = 1

// Pos is the user's line that made e, as file:line.
func (e *Eqn) Pos() string {
	if e.pc == Running {
		return Position(userPC())
	}
	return Position(e.pc)
}

// PC is the program counter of the user's line that made e; it may be Running.
func (e *Eqn) PC() uintptr { return e.pc }

// A Bug is a panic that is ours: never swallowed, never the user's fault.
type Bug struct{ Msg string }

func (b Bug) Error() string { return "jacobi: bug: " + b.Msg }

// Bugf panics with a Bug.
func Bugf(format string, args ...any) { panic(Bug{fmt.Sprintf(format, args...)}) }

// Try runs f and returns the *Error it panics with, if it does.
func Try(f func()) (err error) {
	defer Catch(&err)
	f()
	return nil
}

// Catch is deferred: it turns a panic with an *Error into the function's
// error, and lets every other panic through.
func Catch(err *error) {
	switch r := recover().(type) {
	case nil:
	case *Error:
		*err = r
	default:
		panic(r)
	}
}

// userPC returns the program counter of the innermost caller outside the
// library, or of the innermost test: the line the user wrote.
func userPC() uintptr {
	var pcs [8]uintptr // unwinding is what costs, and the user is near
	for skip := 3; ; skip += len(pcs) {
		n := runtime.Callers(skip, pcs[:])
		for _, pc := range pcs[:n] {
			if !internal(pc) {
				return pc
			}
		}
		if n < len(pcs) {
			return 0
		}
	}
}

// UserPC is userPC for the packages above.
func UserPC() uintptr { return userPC() }

// Called is the name of the function of the library that the user called, for
// errors found further down. Where one was given to another, as in
// jx.Grad(num.Max), it is the one that was given.
func Called() string {
	pcs := make([]uintptr, 64)
	n := runtime.Callers(2, pcs)
	for ; n == len(pcs); n = runtime.Callers(2, pcs) {
		pcs = make([]uintptr, 2*len(pcs))
	}
	frames := runtime.CallersFrames(pcs[:n])
	function, other := "", ""
	for f, more := frames.Next(); more && isLibrary(f.Function, f.File); f, more = frames.Next() {
		dir, ours := strings.CutPrefix(path.Dir(f.File)+"/", root)
		name := exported(f.Function)
		switch {
		case !ours || name == "":
		case ofArrays[dir]:
			function = name
		case !strings.HasPrefix(dir, "internal/"):
			other = name
		}
	}
	if function != "" {
		return function
	}
	return other
}

// ofArrays are the folders of the functions that are given to others.
var ofArrays = map[string]bool{"num/": true, "lax/": true, "linalg/": true, "fft/": true, "random/": true, "array/": true, "debug/": true}

// exported is the name of an exported function or method as its users write
// it, also where it is of a closure in one; else empty. The runtime says
// jacobi/num.Add[...].func1 and jacobi/array.(*Array).Float.
func exported(function string) string {
	function = strings.ReplaceAll(function, "[...]", "")
	_, name, _ := strings.Cut(function[strings.LastIndexByte(function, '/')+1:], ".")
	parts := strings.Split(name, ".")
	if strings.HasPrefix(parts[0], "(*") || len(parts) > 1 && token.IsExported(parts[1]) {
		parts = parts[1:]
	}
	if name, _, _ = strings.Cut(parts[0], "-"); !token.IsExported(name) {
		return ""
	}
	return name
}

// internals remembers, by program counter, whether a frame is the library's:
// pc<<1 | 1 if it is. Direct mapped; a collision only costs a look-up.
var internals [1 << 12]atomic.Uint64

func internal(pc uintptr) bool {
	slot := &internals[(pc^pc>>12)&(1<<12-1)]
	if v := slot.Load(); v>>1 == uint64(pc) {
		return v&1 == 1
	}
	f, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	in := isLibrary(f.Function, f.File)
	v := uint64(pc) << 1
	if in {
		v |= 1
	}
	slot.Store(v)
	return in
}

// root is the directory of the library's sources, as the compiler names it.
var root = func() string {
	_, file, _, _ := runtime.Caller(0)
	return path.Dir(path.Dir(file)) + "/"
}()

// isLibrary tells the library's own frames from those of its users, which
// may live in this module too: tests and examples. It goes by files, because a
// closure of ours that is inlined has a name in the user's package.
func isLibrary(function, file string) bool {
	if rest, ours := strings.CutPrefix(file, root); ours {
		return !strings.HasSuffix(file, "_test.go") &&
			!strings.HasPrefix(rest, "examples/") && !strings.HasPrefix(rest, "tests/") && !strings.HasPrefix(rest, "scripts/")
	}
	if rest, ok := strings.CutPrefix(file, std); ok && between[path.Dir(rest)] {
		return true
	}
	name, _, _ := strings.Cut(function, ".")
	return between[name]
}

// std is the directory of the standard library's sources, as the compiler names
// it: what is inlined of it has a name in the package that calls it.
var std = func() string {
	f := runtime.FuncForPC(reflect.ValueOf(strings.Index).Pointer())
	file, _ := f.FileLine(f.Entry())
	return strings.TrimSuffix(file, "strings/strings.go")
}()

// between are the packages that may stand between the library and its user:
// reflection calls what is jitted, fmt and encoders print and write arrays.
var between = map[string]bool{
	"reflect": true, "runtime": true, "sync": true, "iter": true, "slices": true, "maps": true, "sort": true,
	"fmt": true, "encoding/json": true, "encoding/gob": true, "encoding/xml": true,
}

// Position is a program counter as file:line.
func Position(pc uintptr) string {
	if pc == 0 {
		return ""
	}
	if s, ok := positions.Load(pc); ok {
		return s.(string)
	}
	f, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	s := fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line)
	positions.Store(pc, s)
	return s
}

// positions remembers what Position returned: there are no more than lines in
// the program.
var positions sync.Map
