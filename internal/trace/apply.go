package trace

import (
	"math"
	"runtime"
	"slices"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/jit"
	"github.com/jacobi-go/jacobi/xla"
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
		return t.wrapAll(t.emit(in, f))
	}
	return run1(in, false, f)
}

// emit runs f on staged operands. All that it emits is the user's one call.
func (t *Trace) emit(in []*Array, f func(b B, in []V) []V) []V {
	t.pc = graph.UserPC()
	t.b.AtPC(t.pc)
	defer func() {
		t.pc = 0
		t.b.AtPC(0)
		called(recover(), in)
	}()
	return f(&t.b, t.reads(in))
}

// called goes on with a panic. The error of an op becomes that of the function
// that the user called on these arrays, which emitted the op.
func called(r any, in []*Array) {
	if r == nil {
		return
	}
	if e, ok := r.(*graph.Error); ok {
		if _, op := graph.ParseOp(e.Op); op {
			e.Op = graph.Called()
			if len(in) == 0 {
				e.In = nil // they are ours
			}
		}
	}
	panic(r)
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

func (t *Trace) wrapAll(vs []V) []*Array {
	out := make([]*Array, len(vs))
	for i, v := range vs {
		out[i] = t.wrap(v, false)
	}
	return out
}

func run1(in []*Array, weak bool, f func(b B, in []V) []V) []*Array {
	defer func() { called(recover(), in) }()
	var b graph.Builder
	vs := make([]V, len(in), len(in)+4)
	args := in[:0:0]
	for i, x := range in {
		if x.closed.Load() {
			panic(x.Dead())
		}
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
	out := runNow("", g.Fingerprint(), func() *graph.Graph { return g }, args)
	for _, x := range out {
		x.weak = weak && x.aval.DType != graph.Bool
	}
	return out
}

// Run applies what a transform makes of g to arrays: inlined into the trace
// that is open, or as one program with the transform's name, compiled once for
// this g and key, which tells what it makes of g.
func Run(transform, key string, g *graph.Graph, build func() *graph.Graph, in []*Array) []*Array {
	if t := current(in); t != nil {
		g := build()
		return t.wrapAll(t.emit(in, func(b B, in []V) []V { return b.Inline(g, in...) }))
	}
	return PassOn(g, in, runNow(transform, key+g.Fingerprint(), build, in))
}

// runNow runs a program on concrete arrays, where they are.
func runNow(name, key string, build func() *graph.Graph, in []*Array) []*Array {
	place := together(in)
	bufs := Buffers(in, place)
	p := load(key, build, jit.Options{Name: name, Placement: place})
	out := execute(p, bufs)
	for _, x := range in { // what callbacks call, among others
		runtime.KeepAlive(x)
	}
	return Wrap(p, out, nil, place)
}

// StageCall stages a call of g, which stays one function of the program, into
// the trace that these arrays belong to.
func StageCall(name string, g *graph.Graph, in []*Array) []*Array {
	t := current(in)
	return t.wrapAll(t.emit(in, func(b B, in []V) []V { return b.Call(name, g, in...) }))
}

// Wrap makes arrays of what a program returned.
func Wrap(p *jit.Program, bufs []*xla.Buffer, weak []bool, place jit.Placement) []*Array {
	out := make([]*Array, len(bufs))
	for i, b := range bufs {
		out[i] = fromBuffer(p.Out[i], weak != nil && weak[i], place, b)
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

func execute(p *jit.Program, bufs []*xla.Buffer) []*xla.Buffer {
	out, err := p.Run(bufs, nil)
	if err != nil {
		panic(err)
	}
	return out
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
	return runNow("read", key+g.Fingerprint(), func() *graph.Graph { return g }, in)
}

// As converts to another element type.
func (x *Array) As(d graph.DType) *Array {
	if x.num != nil {
		return x.Retyped(d, false)
	}
	if x.aval.DType == d && !x.weak {
		return x
	}
	return Apply([]*Array{x}, false, func(b B, v []V) V { return b.Convert(v[0], d) })
}

// Pick is the subarray at indices of the leading axes, which are in range.
func (x *Array) Pick(at []int) *Array {
	rest := x.aval.Shape[len(at):]
	if t := current([]*Array{x}); t != nil && t.bake {
		return Apply([]*Array{x}, x.weak, func(b B, v []V) V {
			p := graph.SliceParams{Start: make([]int, x.aval.Rank()), Limit: slices.Clone(x.aval.Shape)}
			for i, k := range at {
				p.Start[i], p.Limit[i] = k, k+1
			}
			return b.Reshape(b.Slice(v[0], p), rest...)
		})
	}
	// The indices are operands, or every index would be a program of its own.
	in := []*Array{x}
	d := graph.Int32
	if slices.Max(x.aval.Shape) > math.MaxInt32 {
		d = graph.Int64
	}
	for _, k := range at {
		in = append(in, NewNumber(d, true, true, graph.Number{I: int64(k)}))
	}
	return Apply(in, x.weak, func(b B, v []V) V {
		sizes := slices.Clone(x.aval.Shape)
		start := v[1:]
		for i := range sizes {
			if i < len(at) {
				sizes[i] = 1
			} else {
				start = append(start, b.Scalar(d, 0))
			}
		}
		return b.Reshape(b.DynamicSlice(v[0], start, sizes), rest...)
	})
}
