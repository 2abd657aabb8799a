// Package ops is how functions over arrays are made: what internal/trace does,
// for the array type that users see.
package ops

import (
	"fmt"
	"regexp"
	"unsafe"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/trace"
	"github.com/jacobi-go/jacobi/jit"
	"github.com/jacobi-go/jacobi/xla"
)

// Names from the literature, as in the packages of transforms.
type (
	B     = trace.B
	V     = trace.V
	Array = array.Array
)

// An array.Array is a trace.Array under another name, so lists of the one are
// lists of the other.

func core(xs []*Array) []*trace.Array  { return *(*[]*trace.Array)(unsafe.Pointer(&xs)) }
func users(xs []*trace.Array) []*Array { return *(*[]*Array)(unsafe.Pointer(&xs)) }

// Apply is how every function over arrays is made: f emits equations on the
// operands. Inside a trace they are staged; outside they run at once, as one
// compiled program, kept for other operands of these shapes and dtypes. With
// no operands, the array is made when it is first needed.
func Apply(in []*Array, weak bool, f func(b B, in []V) V) *Array {
	return (*Array)(trace.Apply(core(in), weak, f))
}

// ApplyN is Apply for several results, none of them weak.
func ApplyN(in []*Array, f func(b B, in []V) []V) []*Array { return users(trace.ApplyN(core(in), f)) }

// Run applies what a transform makes of g to arrays: inlined into the trace
// that is open, or as one program with the transform's name, compiled once for
// this g and key, which tells what it makes of g.
func Run(transform, key string, g *graph.Graph, build func() *graph.Graph, in []*Array) []*Array {
	return users(trace.Run(transform, key, g, build, core(in)))
}

// StageCall stages a call of g, which stays one function of the program, into
// the trace that these arrays belong to.
func StageCall(name string, g *graph.Graph, in []*Array) []*Array {
	return users(trace.StageCall(name, g, core(in)))
}

// AssociativeScan stages a prefix reduction along the leading axis by f of
// lists of arrays; it is for use inside a trace.
func AssociativeScan(xs []*Array, reverse bool, f func(a, c []*Array) []*Array) []*Array {
	return users(trace.AssociativeScan(core(xs), reverse, func(a, c []*trace.Array) []*trace.Array {
		return core(f(users(a), users(c)))
	}))
}

// Memo keeps what make returns under key, where the operands are concrete: a
// traced function is transformed once however often it is called. Graphs of an
// outer trace live and die with it instead.
func Memo[T any](key string, in []*Array, make func() T) T { return trace.Memo(key, core(in), make) }

// Traced is the graph that a function staged. Its inputs are the arrays it
// captured, then those asked for.
type Traced struct {
	*graph.Graph
	Captured []*Array
	Weak     []bool     // of the outputs
	Late     []LateRule // by number, from 1
}

// A LateRule traces a backward rule that was left for later. value gives what
// input i stands for, nil if that is not known.
type LateRule func(value func(i int) *Array) Traced

// Staging says how a function is traced.
type Staging struct {
	Name  string   // of the transform, for errors
	Bake  bool     // Go numbers become constants of the program
	Known []*Array // what the inputs stand for; nil if they stand for many values
	// Values gives what input i stands for, when a number is read; nil if that
	// is not known.
	Values func(i int) *Array
	Mode   Mode // how the trace will be differentiated
	// Waits says that backward rules can be traced later, if all that is around
	// is this trace.
	Waits bool
	// Alone says that no transform around differentiates what is traced.
	Alone bool
	// Rule is not nil in the trace of a custom rule, which stands for the
	// derivative at the innermost level: only the outer ones apply to it.
	// RulesAround gives it back.
	Rule any
}

// A Mode is how a transform that opened a trace differentiates it.
type Mode = trace.Mode

// The modes.
const (
	NotDifferentiated = trace.NotDifferentiated
	Forward           = trace.Forward
	Reverse           = trace.Reverse
)

// Stage runs f on staged inputs like those given and returns the graph of what
// it returns. nil outputs are left out by the caller before. An *Error that f
// panics with goes through.
func Stage(s Staging, avals []graph.Aval, weak []bool, f func(in []*Array) []*Array) Traced {
	st := trace.Staging{Name: s.Name, Bake: s.Bake, Known: core(s.Known), Mode: s.Mode, Waits: s.Waits, Alone: s.Alone, Rule: s.Rule}
	if s.Values != nil {
		st.Values = func(i int) *trace.Array { return (*trace.Array)(s.Values(i)) }
	}
	t := trace.Stage(st, avals, weak, func(in []*trace.Array) []*trace.Array { return core(f(users(in))) })
	late := make([]LateRule, len(t.Late))
	for i, rule := range t.Late {
		late[i] = rule.(LateRule)
	}
	return Traced{t.Graph, users(t.Captured), t.Weak, late}
}

// Wait leaves a backward rule of what is staged on these arrays for later and
// returns its number; 0 if it must be traced now.
func Wait(in []*Array, rule LateRule) int { return trace.Wait(core(in), rule) }

// RulesAround are the rules that are being traced around an op on these arrays,
// the innermost first.
func RulesAround(in []*Array) []any { return trace.RulesAround(core(in)) }

// Tracing reports whether an op on these arrays would be staged rather than
// run.
func Tracing(in ...*Array) bool { return trace.Tracing(core(in)...) }

// Bakes reports whether Go numbers in an op on these arrays become constants of
// a program, which then is one for these numbers alone.
func Bakes(in ...*Array) bool { return trace.Bakes(core(in)...) }

// Levels are the modes of the transforms that will differentiate what is
// staged on these arrays, the innermost last; empty outside of traces.
func Levels(in ...*Array) string { return trace.Levels(core(in)...) }

// Known is the one output of g on args, where what these stand for is known;
// else nil.
func Known(g *graph.Graph, args []*Array) *Array { return (*Array)(trace.Known(g, core(args))) }

// Aval is an array's dtype and shape; its Shape must not be written to.
func Aval(x *Array) graph.Aval { return (*trace.Array)(x).Aval() }

// Avals are the avals of several arrays.
func Avals(xs []*Array) []graph.Aval {
	out := make([]graph.Aval, len(xs))
	for i, x := range xs {
		out[i] = Aval(x)
	}
	return out
}

// Ended reports whether an array is a value of a trace that has ended.
func Ended(x *Array) bool { return (*trace.Array)(x).Ended() }

// Mistake is an error of the user in a call of op on xs.
func Mistake(code graph.Code, op string, xs []*Array, format string, args ...any) *graph.Error {
	return graph.Mistake(code, op, Avals(xs), format, args...)
}

// Given refuses nil arrays among the operands of a function of several.
func Given(xs ...*Array) {
	for i, x := range xs {
		if x == nil {
			panic(trace.NilOperand(i, len(xs)))
		}
	}
}

// Whole is an integer scalar; a uint64 beyond int64 is negative.
func Whole(x *Array) (n int) {
	err := (*trace.Array)(x).Numbers("Int", func(at func(i int) graph.Number) { n = int(at(0).I) })
	if err != nil {
		panic(err)
	}
	return n
}

// TypeName is a type, or an error about one, with the name by which users know
// arrays. In the type arguments of a type are whole paths.
func TypeName(t any) string {
	return arrayName.ReplaceAllString(fmt.Sprint(t), "jacobi.Array")
}

var arrayName = regexp.MustCompile(`\b([\w.-]+/)*array\.Array\b`)

// Staged reports whether an array is a value of a program being traced.
func Staged(x *Array) bool { return (*trace.Array)(x).Staged() }

// PassOn makes results that are operands of g keep alive what those do.
func PassOn(g *graph.Graph, in, out []*Array) []*Array {
	return users(trace.PassOn(g, core(in), core(out)))
}

// SetWeak marks arrays that were just made.
func SetWeak(xs []*Array, weak []bool) []*Array { return users(trace.SetWeak(core(xs), weak)) }

// Abstract is an array without data, to trace with: reading it is an error.
func Abstract(a graph.Aval) *Array { return (*Array)(trace.Abstract(a)) }

// AppendKey appends what a jitted function's program depends on.
func AppendKey(x *Array, buf []byte) []byte { return (*trace.Array)(x).AppendKey(buf) }

// Placement is where arrays are that a program is to run on together, or the
// indices of two that are apart.
func Placement(in []*Array) (place jit.Placement, i, k int, ok bool) {
	return trace.Placement(core(in))
}

// Apart is the error of two arrays on different devices, with their names.
func Apart(op string, x, y *Array, xName, yName string) *graph.Error {
	return trace.Apart(op, (*trace.Array)(x), (*trace.Array)(y), xName, yName)
}

// Put copies an array to a place.
func Put(x *Array, place jit.Placement) *Array { return (*Array)((*trace.Array)(x).Put(place)) }

// Buffers are the buffers of concrete arrays for a program that runs at place.
func Buffers(in []*Array, place jit.Placement) []*xla.Buffer { return trace.Buffers(core(in), place) }

// Wrap makes arrays of what a program returned.
func Wrap(p *jit.Program, bufs []*xla.Buffer, weak []bool, place jit.Placement) []*Array {
	return users(trace.Wrap(p, bufs, weak, place))
}

// Dead says why an array's memory cannot be used any more; nil if it can.
func Dead(x *Array) error { return (*trace.Array)(x).Dead() }

// ClearLiterals forgets the buffers of Go numbers.
func ClearLiterals() { trace.ClearLiterals() }

// Callback calls a function of the host with results out, or stages a call of
// it; see trace.Host.
func Callback(name string, out []graph.Aval, effect bool, f func(in []*Array) []*Array, in []*Array) []*Array {
	h := trace.NewHost(name, out, func(in []*trace.Array) []*trace.Array { return core(f(users(in))) })
	return users(h.Call(effect, core(in)))
}

// Axis resolves an axis of a that may count from the end.
func Axis(op string, a graph.Aval, axis int) int { return trace.Axis(op, a, axis) }

// Axes resolves several axes; none means all.
func Axes(op string, a graph.Aval, axes []int) []int { return trace.Axes(op, a, axes) }
