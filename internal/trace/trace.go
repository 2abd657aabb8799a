// Package trace is where arrays come from: functions staged into graphs, and
// programs run on buffers. Packages array and internal/ops give it the types
// that users see.
package trace

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/goid"
)

// A Trace is a graph being built by a running Go function. Traces nest: a
// value of an outer trace that an inner one uses becomes an input of the
// inner graph.
type Trace struct {
	b      graph.Builder
	name   string // what opened it, for errors
	bake   bool   // Go numbers become constants; else inputs
	waits  bool   // backward rules can be traced later
	rule   any    // whose rule it traces
	opened uintptr

	in       []*Array                // its own inputs
	later    []func() *Array         // what its inputs stand for, when asked
	given    map[*graph.Value]*Array // what inputs stand for, where it is known
	captured []*Array                // arrays from outside, each an input after its own
	inside   map[any]*graph.Value    // by *Array or outer *graph.Value, what stands for it here
	known    map[*graph.Value]*Array // numbers that were read

	late          []any
	levels        []Mode // of the transforms around, the innermost last
	serial        uint64
	depth         int // how many traces are around
	gid           uintptr
	parent, child *Trace // of one goroutine
	closed        atomic.Bool
	dump          *graph.Dump // the program it is of
	pc            uintptr     // of the op being added
}

var (
	open    atomic.Int64  // traces open in the process
	serials atomic.Uint64 // a trace opened later is an inner one
	traces  sync.Map      // goroutine id to its outermost *Trace
)

// Traced is the graph that a function staged. Its inputs are the arrays it
// captured, then those asked for.
type Traced struct {
	*graph.Graph
	Captured []*Array
	Weak     []bool // of the outputs
	Late     []any  // the rules that wait, by number, from 1
}

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
type Mode byte

// The modes.
const (
	NotDifferentiated Mode = iota
	Forward
	Reverse
)

// Stage runs f on staged inputs like those given and returns the graph of what
// it returns. nil outputs are left out by the caller before. An *Error that f
// panics with goes through.
func Stage(s Staging, avals []graph.Aval, weak []bool, f func(in []*Array) []*Array) Traced {
	t := &Trace{name: s.Name, bake: s.Bake, rule: s.Rule, waits: s.Waits, opened: graph.UserPC()}
	t.enter()
	defer t.leave()
	if t.parent != nil && !s.Alone {
		t.levels = t.parent.levels
	}
	if t.parent != nil {
		t.dump = t.parent.dump
	} else {
		t.dump = graph.NewDump(s.Name)
	}
	if s.Mode != NotDifferentiated {
		t.levels = append(t.levels[:len(t.levels):len(t.levels)], s.Mode)
	}
	if s.Rule != nil {
		t.levels = t.levels[:len(t.levels)-1]
	}
	t.in = make([]*Array, len(avals))
	for i, a := range avals {
		v := t.b.Input(a)
		t.in[i] = &Array{aval: a, weak: weak != nil && weak[i], trace: t, val: v}
		if s.Known != nil {
			t.give(v, s.Known[i])
		}
		if s.Values != nil {
			t.later = append(t.later, func() *Array { return s.Values(i) })
		}
	}
	out := f(t.in)
	vs := make([]V, len(out))
	w := make([]bool, len(out))
	for i, x := range out {
		vs[i], w[i] = t.read(x), x.weak
	}
	g := t.b.Graph(vs...)
	if own := len(avals); len(t.captured) > 0 { // they came after, as they were met
		g = g.Rewire(slices.Concat(g.In[own:], g.In[:own]), g.Out)
	}
	graph.Made(s.Name, g, t.dump)
	return Traced{g, t.captured, w, t.late}
}

func (t *Trace) give(v V, x *Array) {
	if t.given == nil {
		t.given = map[*graph.Value]*Array{}
	}
	t.given[v] = x
}

// maxDepth is how many traces may be open, each within the next: far more than
// programs have, and few enough that the error comes at once.
const maxDepth = 500

func (t *Trace) enter() {
	t.serial = serials.Add(1)
	t.gid = goid.Get()
	outer, ok := traces.Load(t.gid)
	if ok {
		t.parent = outer.(*Trace).innermost()
		if t.depth = t.parent.depth + 1; t.depth == maxDepth {
			panic(graph.Errorf(graph.ErrRecursion, t.name, "a function calls itself while it is traced: %d traces are open, each within another; recursion needs an end that does not depend on arrays, such as a Go number that counts down", maxDepth))
		}
	}
	open.Add(1)
	if ok {
		t.parent.child = t
		t.bake = t.bake || t.parent.bake
	} else {
		traces.Store(t.gid, t)
	}
}

func (t *Trace) leave() {
	t.closed.Store(true)
	// Whoever keeps a value, as the closure of a callback may, keeps no arrays.
	t.in, t.later, t.given, t.captured, t.inside, t.known = nil, nil, nil, nil, nil, nil
	open.Add(-1)
	if t.parent != nil {
		t.parent.child = nil
	} else {
		traces.Delete(t.gid)
	}
}

func (t *Trace) innermost() *Trace {
	for t.child != nil {
		t = t.child
	}
	return t
}

// Levels are the modes of the transforms that will differentiate what is
// staged on these arrays, the innermost last; empty outside of traces.
func Levels(in ...*Array) string {
	t := current(in)
	if t == nil {
		return ""
	}
	levels := make([]byte, len(t.levels))
	for i, m := range t.levels {
		levels[i] = byte(m)
	}
	return string(levels)
}

// Wait leaves a backward rule of what is staged on these arrays for later and
// returns its number; 0 if it must be traced now.
func Wait(in []*Array, rule any) int {
	t := current(in)
	if !t.waits || t.parent != nil {
		return 0
	}
	t.late = append(t.late, rule)
	return len(t.late)
}

// RulesAround are the rules that are being traced around an op on these arrays,
// the innermost first.
func RulesAround(in []*Array) (rules []any) {
	for t := current(in); t != nil; t = t.parent {
		if t.rule != nil {
			rules = append(rules, t.rule)
		}
	}
	return rules
}

// Tracing reports whether an op on these arrays would be staged rather than
// run.
func Tracing(in ...*Array) bool { return current(in) != nil }

// Bakes reports whether Go numbers in an op on these arrays become constants of
// a program, which then is one for these numbers alone.
func Bakes(in ...*Array) bool {
	t := current(in)
	return t != nil && t.bake
}

// current is the trace that an op on these arrays belongs to: the innermost
// one open in this goroutine, or of the operands; nil if the op is to run.
func current(in []*Array) *Trace {
	var t *Trace
	for i, x := range in {
		if x == nil {
			panic(NilOperand(i, len(in)))
		}
		if x.trace != nil && (t == nil || x.trace.serial > t.serial) {
			t = x.trace
		}
	}
	if t == nil {
		if open.Load() == 0 {
			return nil
		}
		outer, ok := traces.Load(goid.Get())
		if !ok {
			return nil
		}
		return outer.(*Trace).innermost()
	}
	if t.closed.Load() {
		return t // what reads the operand says so
	}
	t.mine()
	return t.innermost()
}

// mine refuses goroutines other than the one that runs the traced function:
// what they add or read there would be in no order.
func (t *Trace) mine() {
	if t.gid != goid.Get() {
		panic(graph.Errorf(graph.ErrConcurrent, t.name, "the program that another goroutine traces (%s) cannot be added to or read here; trace in one goroutine", graph.Position(t.opened)))
	}
}

// read is x as a value of t, captured if it is from outside.
func (t *Trace) read(x *Array) V {
	if x.closed.Load() {
		panic(x.Dead())
	}
	switch {
	case x.trace == t:
		if t.closed.Load() {
			panic(x.escaped())
		}
		return x.val
	case x.trace != nil:
		if x.trace.closed.Load() || !x.trace.encloses(t) {
			panic(x.escaped())
		}
		return t.capture(x.val, x)
	case x.num != nil && x.num.literal && t.bake:
		return t.b.Literal(x.aval.DType, x.num.fit(x.aval.DType))
	case x.num != nil && x.num.literal:
		// One input for every place in the program and value: two places whose
		// numbers are equal now need not agree at the next call, but a loop that
		// comes by with the same number is one operand.
		if t.pc == 0 {
			return t.capture(new(byte), x)
		}
		return t.capture(literalAt{t.pc, literalOf(x.aval.DType, x.num.fit(x.aval.DType))}, x)
	case x.lazy != nil:
		if v := t.inside[x]; v != nil {
			return v
		}
		v := t.b.Inline(x.lazy)[0]
		t.remember(x, v)
		return v
	}
	return t.capture(x, x)
}

// A literalAt is a number at a place in the user's program.
type literalAt struct {
	pc uintptr
	literal
}

func (t *Trace) encloses(inner *Trace) bool {
	for ; inner != nil; inner = inner.parent {
		if inner == t {
			return true
		}
	}
	return false
}

func (t *Trace) capture(key any, x *Array) V {
	if v := t.inside[key]; v != nil {
		return v
	}
	v := t.b.Input(x.aval)
	t.captured = append(t.captured, x)
	t.remember(key, v)
	t.give(v, x)
	return v
}

func (t *Trace) remember(key any, v V) {
	if t.inside == nil {
		t.inside = map[any]*graph.Value{}
	}
	t.inside[key] = v
}

func (x *Array) escaped() *graph.Error {
	if x.trace == abstract {
		return x.Errorf(graph.ErrUnknownValue, "", "this array is of jx.Abstract, a shape and dtype without data; pass it to jx.Lower, jx.MakeJaxpr or jx.EvalShape")
	}
	return x.Errorf(graph.ErrEscaped, "", "this value was staged by %s at %s, which has ended; return it from the function instead of keeping it",
		x.trace.name, graph.Position(x.trace.opened))
}

// concrete is x if it is concrete, or what it stands for where that is known.
func (x *Array) concrete(op string) *Array {
	if x.trace == nil {
		return x
	}
	if x.trace.closed.Load() {
		panic(x.escaped())
	}
	x.trace.mine()
	y := x.trace.value(x.val)
	if y == nil {
		t := x.trace.unknown(x.val)
		panic(x.Errorf(graph.ErrUnknownValue, op, "the number is not known while %s (%s) traces the program for all inputs; choose with num.Where or jx.Cond, or pass it as a static argument: a Go number",
			t.name, graph.Position(t.opened)))
	}
	return y
}

// value evaluates v from what t's inputs stand for; nil if it is not known.
func (t *Trace) value(v V) *Array {
	if x := t.known[v]; x != nil {
		return x
	}
	if x, ok := t.given[v]; ok {
		if x != nil && x.trace != nil {
			return x.trace.value(x.val)
		}
		return x
	}
	if v.Def == nil {
		for i, x := range t.in {
			if x.val == v && t.later != nil {
				t.give(v, t.later[i]())
				return t.value(v)
			}
		}
		return nil
	}
	in, g := t.slice(v)
	args := make([]*Array, len(in))
	for i, u := range in {
		if args[i] = t.value(u); args[i] == nil {
			return nil
		}
	}
	y := runOutside("read", graph.Pure(g), args)[0] // the program's effects happen when it runs
	if t.known == nil {
		t.known = map[*graph.Value]*Array{}
	}
	t.known[v] = y
	return y
}

// slice is the part of the graph so far that leads to v, from inputs or from
// values that were read before.
func (t *Trace) slice(v V) ([]V, *graph.Graph) {
	var eqns []*graph.Eqn
	var in []V
	seen := map[V]bool{v: true}
	all := t.b.Peek(nil, nil).Eqns
	for i := len(all) - 1; i >= 0; i-- {
		e := all[i]
		needed := false
		for _, o := range e.Out {
			needed = needed || seen[o] && t.known[o] == nil
		}
		if needed {
			eqns = append(eqns, e)
			for _, u := range e.In {
				seen[u] = true
			}
		}
	}
	var b graph.Builder
	env := map[V]V{}
	read := func(u V) V {
		if env[u] == nil {
			env[u] = b.Input(u.Aval)
			in = append(in, u)
		}
		return env[u]
	}
	for i := len(eqns) - 1; i >= 0; i-- {
		e := eqns[i]
		b.At(e)
		args := make([]V, len(e.In))
		for j, u := range e.In {
			args[j] = read(u)
		}
		for j, y := range b.Emit(e.Op, e.Params, args...) {
			env[e.Out[j]] = y
		}
	}
	return in, b.Graph(env[v])
}

// unknown is the trace because of which v is not known.
func (t *Trace) unknown(v V) *Trace {
	if x, ok := t.given[v]; ok {
		if x != nil && x.trace != nil {
			return x.trace.unknown(x.val)
		}
		return t
	}
	if v.Def != nil {
		in, _ := t.slice(v)
		for _, u := range in {
			if t.value(u) == nil {
				return t.unknown(u)
			}
		}
	}
	return t
}

// Abstract is an array without data, to trace with: reading it is an error.
func Abstract(a graph.Aval) *Array {
	if err := a.Valid(); err != nil {
		panic(graph.Errorf(graph.CodeOf(err), "Abstract", "%v", err))
	}
	return &Array{aval: a, trace: abstract}
}

var abstract = func() *Trace {
	t := &Trace{name: "Abstract"}
	t.closed.Store(true)
	return t
}()

// Known is the one output of g on args, where what these stand for is known;
// else nil.
func Known(g *graph.Graph, args []*Array) *Array {
	known := make([]*Array, len(args))
	for i, x := range args {
		if known[i] = x; x.trace != nil {
			if x.trace.closed.Load() {
				return nil
			}
			if known[i] = x.trace.value(x.val); known[i] == nil {
				return nil
			}
		}
	}
	return runOutside("read", graph.Pure(g), known)[0]
}
