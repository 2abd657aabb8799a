package array

import (
	"runtime"

	"jacobi/graph"
	"jacobi/jit"
	"jacobi/xla"
)

// Names from the literature, as in the packages of transforms.
type (
	B = *graph.Builder
	V = *graph.Value
)

// Apply is how every function over arrays is made: f emits equations on the
// operands. Inside a trace they are staged; outside they run at once, as one
// compiled program, kept for other operands of these shapes and dtypes. With
// no operands, the array is made when it is first needed.
func Apply(in []*Array, weak bool, f func(b B, in []V) V) *Array {
	if t := current(in); t != nil {
		return t.wrap(t.emit(in, func(b B, in []V) []V { return []V{f(b, in)} })[0], weak)
	}
	return run1(in, weak, func(b B, in []V) []V { return []V{f(b, in)} })[0]
}

// ApplyN is Apply for several results, none of them weak.
func ApplyN(in []*Array, f func(b B, in []V) []V) []*Array {
	if t := current(in); t != nil {
		vs := t.emit(in, f)
		out := make([]*Array, len(vs))
		for i, v := range vs {
			out[i] = t.wrap(v, false)
		}
		return out
	}
	return run1(in, false, f)
}

// emit runs f on staged operands. All that it emits is the user's one call.
func (t *Trace) emit(in []*Array, f func(b B, in []V) []V) []V {
	if !t.busy.CompareAndSwap(false, true) {
		panic(graph.Errorf(t.name, "two goroutines add to the program that is being traced (%s) at once; trace in one goroutine", graph.Position(t.opened)))
	}
	t.b.AtPC(graph.UserPC())
	defer func() {
		t.b.AtPC(0)
		t.busy.Store(false)
	}()
	return f(&t.b, t.reads(in))
}

func (t *Trace) reads(in []*Array) []V {
	vs := make([]V, len(in), len(in)+4)
	for i, x := range in {
		vs[i] = t.read(x)
	}
	return vs
}

func (t *Trace) wrap(v V, weak bool) *Array {
	return &Array{aval: v.Aval, weak: weak && v.DType != graph.Bool, trace: t, val: v}
}

func run1(in []*Array, weak bool, f func(b B, in []V) []V) []*Array {
	var b graph.Builder
	vs := make([]V, len(in), len(in)+4)
	args := in[:0:0]
	for i, x := range in {
		if x.lazy == nil || x.buf.Load() != nil {
			vs[i] = b.Input(x.aval)
			args = append(args, x)
		}
	}
	for i, x := range in {
		if vs[i] == nil {
			vs[i] = b.Inline(x.lazy)[0]
		}
	}
	if len(args) > 0 {
		b.AtPC(graph.Running)
	}
	g := b.Graph(f(&b, vs)...)
	if len(args) == 0 {
		out := make([]*Array, len(g.Out))
		for i, v := range g.Out {
			out[i] = &Array{aval: v.Aval, weak: weak && v.DType != graph.Bool, lazy: graph.Simplify(g.Rewire(nil, []V{v}))}
		}
		return out
	}
	out := runGraph("", g, args)
	for _, x := range out {
		x.weak = weak && x.aval.DType != graph.Bool
	}
	return out
}

func runGraph(key string, g *graph.Graph, in []*Array) []*Array {
	return Run(key, g, func() *graph.Graph { return g }, in)
}

// Run applies what a transform makes of g to arrays: inlined into the trace
// that is open, or as one program, compiled once for this g and transform.
func Run(transform string, g *graph.Graph, build func() *graph.Graph, in []*Array) []*Array {
	if t := current(in); t != nil {
		g := build()
		vs := t.emit(in, func(b B, in []V) []V { return b.Inline(g, in...) })
		out := make([]*Array, len(vs))
		for i, v := range vs {
			out[i] = t.wrap(v, false)
		}
		return out
	}
	defer runtime.KeepAlive(in) // what callbacks call, among others
	bufs := Buffers(in)
	p := load(transform+g.Fingerprint(), build, jit.Options{Name: transform})
	return Wrap(p, execute1(p, bufs), nil)
}

// StageCall stages a call of g, which stays one function of the program, into
// the trace that these arrays belong to.
func StageCall(name string, g *graph.Graph, in []*Array) []*Array {
	t := current(in)
	vs := t.emit(in, func(b B, in []V) []V { return b.Call(name, g, in...) })
	out := make([]*Array, len(vs))
	for i, v := range vs {
		out[i] = t.wrap(v, false)
	}
	return out
}

// SetWeak marks arrays that were just made.
func SetWeak(xs []*Array, weak []bool) []*Array {
	for i, x := range xs {
		x.weak = weak[i]
	}
	return xs
}

// Buffers are the device buffers of concrete arrays.
func Buffers(in []*Array) []*xla.Buffer {
	bufs := make([]*xla.Buffer, len(in))
	for i, x := range in {
		bufs[i] = x.buffer()
	}
	return bufs
}

// Wrap makes arrays of what a program returned.
func Wrap(p *jit.Program, bufs []*xla.Buffer, weak []bool) []*Array {
	out := make([]*Array, len(bufs))
	for i, b := range bufs {
		out[i] = fromBuffer(p.Out[i], weak != nil && weak[i], b)
	}
	return out
}

func load(key string, build func() *graph.Graph, o jit.Options) *jit.Program {
	p, err := jit.Load(key, build, o)
	if err != nil {
		panic(err)
	}
	return p
}

func execute1(p *jit.Program, bufs []*xla.Buffer) []*xla.Buffer {
	out, err := p.Run(bufs, nil)
	if err != nil {
		panic(err)
	}
	return out
}

func execute(key string, build func() *graph.Graph, in []*xla.Buffer) []*xla.Buffer {
	return execute1(load(key, build, jit.Options{}), in)
}

// Memo keeps what make returns under key, where the operands are concrete: a
// traced function is transformed once however often it is called. Graphs of an
// outer trace live and die with it instead.
func Memo[T any](key string, in []*Array, make func() T) T {
	if Tracing(in...) {
		return make()
	}
	return jit.Memo(key, make)
}

// AssociativeScan stages a prefix reduction along the leading axis by f of
// lists of arrays; it is for use inside a trace.
func AssociativeScan(xs []*Array, reverse bool, f func(a, c []*Array) []*Array) []*Array {
	t := current(xs)
	wrap := func(vs []V) []*Array {
		out := make([]*Array, len(vs))
		for i, v := range vs {
			out[i] = t.wrap(v, xs[i].weak)
		}
		return out
	}
	return wrap(t.b.AssociativeScan(0, reverse, t.reads(xs), func(_ B, a, c []V) []V {
		return t.reads(f(wrap(a), wrap(c)))
	}))
}

// runOutside runs a graph on concrete arrays at once, though a trace is open.
func runOutside(key string, g *graph.Graph, in []*Array) []*Array {
	defer runtime.KeepAlive(in)
	p := load(key+g.Fingerprint(), func() *graph.Graph { return g }, jit.Options{})
	return Wrap(p, execute1(p, Buffers(in)), nil)
}
