package jacobi

import (
	"errors"
	"fmt"
	"log"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"jacobi/array"
	"jacobi/graph"
	"jacobi/jit"
	"jacobi/tree"
	"jacobi/xla"
)

// JitOption changes how Jit compiles.
type JitOption struct{ set func(*jitOptions) }

type jitOptions struct {
	donate []int
	device xla.Device
}

// Donate gives the memory of the arrays in these arguments to the results:
// they cannot be used after the call.
func Donate(args ...int) JitOption {
	return JitOption{func(o *jitOptions) { o.donate = append(o.donate, args...) }}
}

// On compiles for a device.
func On(d Device) JitOption { return JitOption{func(o *jitOptions) { o.device = d }} }

// Jit compiles a function, once for each combination of shapes, dtypes and
// values of what is no array, and returns one of the same type that runs the
// program. The Go code of f runs only while it is traced; numbers of its
// arrays cannot be read there.
//
// What is no array in the arguments is part of the program: a Go number that
// changes from call to call compiles anew for every value (pass jx.Scalar).
// Arrays that f closes over are those of the first call. If f's last result is
// an error, it carries mistakes found while tracing, and errors that f
// returns.
//
// Within another jitted function a call stays one function of the program,
// however often it is made.
func Jit[F any](f F, opts ...JitOption) F {
	j := newJitted("Jit", f, opts)
	switch any(f).(type) { // the usual types take a path without reflection
	case func(*Array) *Array:
		return any(func(x *Array) *Array { return j.call1(x) }).(F)
	case func(*Array, *Array) *Array:
		return any(func(x, y *Array) *Array { return j.call1(x, y) }).(F)
	case func(*Array, *Array, *Array) *Array:
		return any(func(x, y, z *Array) *Array { return j.call1(x, y, z) }).(F)
	}
	return reflect.MakeFunc(j.sig.typ, j.sig.failing(j.call)).Interface().(F)
}

// ClearCaches forgets the programs of un-jitted code and of functions that are
// jitted anew. They are kept otherwise, for there is no telling what will be
// called again; a server that meets ever new shapes may want to forget.
func ClearCaches() { jit.Clear() }

// jitted is a function and its compiled programs.
type jitted struct {
	sig  *signature
	fn   reflect.Value
	name string
	opts jitOptions

	last     atomic.Pointer[compiled]
	mu       sync.RWMutex
	programs map[string]*compiled
	warned   bool
}

// compiled is a function traced for arguments of one kind, and its program if
// it ran outside a trace.
type compiled struct {
	in, out  packing
	levels   string       // how what it is part of is differentiated: custom rules depend on it
	avals    []graph.Aval // of the packed arguments
	graph    *graph.Graph
	captured []*Array
	program  atomic.Pointer[program]
	donate   []bool
}

// A program is ready to run: what it captured comes before the arguments.
type program struct {
	*jit.Program
	captured []*xla.Buffer
}

func newJitted[F any](op string, f F, opts []JitOption) *jitted {
	sig, fn := signatureOf(op, f)
	j := &jitted{sig: sig, fn: fn, programs: map[string]*compiled{}}
	for _, o := range opts {
		o.set(&j.opts)
	}
	for _, i := range j.opts.donate {
		if i < 0 || i >= sig.typ.NumIn() {
			panic(graph.Errorf(op, "Donate names argument %d of %s", i, typeName(sig.typ)))
		}
	}
	name := runtime.FuncForPC(fn.Pointer()).Name()
	name = name[strings.LastIndexAny(name, "/.")+1:]
	j.name = strings.Map(func(r rune) rune {
		if r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
	return j
}

func (j *jitted) call(args []reflect.Value) []reflect.Value {
	at := j.sig.in.Args(args)
	leaves, key, err := j.sig.in.Flatten(at, nil, nil)
	if err != nil {
		panic(graph.Errorf("Jit", "%v", err))
	}
	c, out := j.run(leaves, key, func() structure {
		s, err := j.sig.in.Structure(at)
		if err != nil {
			panic(graph.Errorf("Jit", "%v", err))
		}
		return s
	})
	return j.sig.returns(c.out.structure, c.out.spread(out))
}

// call1 is call for functions of arrays to one array.
func (j *jitted) call1(xs ...*Array) *Array {
	_, out := j.run(xs, nil, func() structure { return j.sig.in.Fixed() })
	if len(out) == 0 {
		return nil
	}
	return out[0]
}

// run finds or makes the program for arguments like these and runs it, or
// stages a call.
func (j *jitted) run(leaves []*Array, key []byte, st func() structure) (*compiled, []*Array) {
	packed := leaves
	if slices.Contains(leaves, nil) {
		packed = slices.DeleteFunc(slices.Clone(leaves), func(x *Array) bool { return x == nil })
	}
	tracing, levels := array.Tracing(packed...), ""
	if tracing {
		levels = array.Levels(packed...)
	}
	c := j.last.Load()
	if c == nil || c.levels != levels || !c.fits(leaves, key) {
		c = j.find(leaves, packed, key, levels, st)
	}
	return c, j.apply(c, packed, tracing)
}

// apply runs what was traced on arguments that fit it, or stages a call of it.
func (j *jitted) apply(c *compiled, packed []*Array, tracing bool) []*Array {
	if tracing {
		out := array.StageCall(j.name, c.graph, slices.Concat(c.captured, packed))
		return array.SetWeak(out, c.out.weak)
	}
	p := c.program.Load()
	if p == nil {
		p = j.compile(c)
	}
	in := array.Buffers(packed)
	if len(p.captured) > 0 {
		in = slices.Concat(p.captured, in)
	}
	out, err := p.Run(in, c.donate)
	if err != nil {
		panic(j.failure(c, packed, err))
	}
	return array.Wrap(p.Program, out, c.out.weak)
}

// failure names the argument that was donated or closed before.
func (j *jitted) failure(c *compiled, packed []*Array, err error) error {
	for i, x := range packed {
		var dead *Error
		if errors.As(x.Dead(), &dead) {
			return graph.Errorf("Jit", "%s: %s", argument(c.in.path(i)), dead.Msg)
		}
	}
	return err
}

// fits reports whether c was traced for arguments like these.
func (c *compiled) fits(leaves []*Array, key []byte) bool {
	if len(leaves) != len(c.in.present) || string(key) != c.in.Key() {
		return false
	}
	i := 0
	for k, x := range leaves {
		if (x != nil) != c.in.present[k] {
			return false
		}
		if x == nil {
			continue
		}
		if x.Weak() != c.in.weak[i] || !x.Aval().Equal(c.avals[i]) {
			return false
		}
		i++
	}
	return true
}

func (j *jitted) find(leaves, packed []*Array, key []byte, levels string, st func() structure) *compiled {
	full := make([]byte, 0, len(key)+8*len(leaves))
	full = append(append(append(append(full, levels...), 0), key...), 0)
	for _, x := range leaves {
		if x == nil {
			full = append(full, "nil"...)
		} else {
			full = x.AppendKey(full)
		}
	}
	j.mu.RLock()
	c := j.programs[string(full)]
	j.mu.RUnlock()
	if c != nil {
		j.last.Store(c)
		return c
	}
	c = j.trace(leaves, packed, st())
	c.levels = levels
	if slices.ContainsFunc(c.captured, (*Array).Staged) {
		return c // it is part of the trace around it
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if first := j.programs[string(full)]; first != nil {
		return first
	}
	j.warn(c)
	j.programs[string(full)] = c
	j.last.Store(c)
	return c
}

func (j *jitted) trace(leaves, packed []*Array, st structure) *compiled {
	in, _ := pack(st, leaves)
	c := &compiled{in: in, avals: avals(packed)}
	t, out := j.sig.stageCall(array.Staging{Name: "Jit", Bake: true}, j.fn, in, c.avals)
	c.out, c.graph, c.captured = out, t.Graph, t.Captured
	c.donate = j.donated(c)
	return c
}

// donated marks the inputs whose memory the results may take.
func (j *jitted) donated(c *compiled) []bool {
	if len(j.opts.donate) == 0 {
		return nil
	}
	mask := make([]bool, len(c.graph.In))
	for i := range c.avals {
		arg, _ := place(c.in.path(i))
		mask[len(c.captured)+i] = slices.Contains(j.opts.donate, arg)
	}
	return mask
}

func (j *jitted) compile(c *compiled) *program {
	p, err := jit.Load(c.graph.Fingerprint(), func() *graph.Graph { return c.graph }, jit.Options{Device: j.opts.device, Donate: c.donate})
	if err != nil {
		panic(err)
	}
	ready := &program{p, array.Buffers(c.captured)}
	c.program.Store(ready)
	return ready
}

// warnAfter is the number of programs of one function after which it is worth
// a word.
const warnAfter = 10

// warn says once, when a function is compiled again and again, what changes.
func (j *jitted) warn(c *compiled) {
	last := j.last.Load()
	if j.warned || last == nil || len(j.programs) < warnAfter {
		return
	}
	j.warned = true
	log.Printf("jacobi: %s has been compiled %d times, the last time because %s", j.name, len(j.programs)+1, j.change(last, c))
}

// change says what makes two calls different programs.
func (j *jitted) change(a, b *compiled) string {
	if !a.in.Equal(b.in.structure) {
		return fmt.Sprintf("what is no array changes: %s; pass a number as an array, with jx.Scalar", tree.Diff(a.in.structure, b.in.structure, nil, nil))
	}
	for i := range min(len(a.avals), len(b.avals)) {
		if !a.avals[i].Equal(b.avals[i]) {
			return fmt.Sprintf("%s was %v and is %v", argument(a.in.path(i)), a.avals[i], b.avals[i])
		}
		if a.in.weak[i] != b.in.weak[i] {
			return fmt.Sprintf("%s was a weak scalar at one call and not at another", argument(a.in.path(i)))
		}
	}
	return "arguments are nil at one call and not at another"
}
