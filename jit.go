package jacobi

import (
	"errors"
	"fmt"
	"log"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"weak"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/lru"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/jit"
	"github.com/jacobi-go/jacobi/tree"
	"github.com/jacobi-go/jacobi/xla"
)

// JitOption changes how Jit compiles.
type JitOption struct{ set func(*jitOptions) }

type jitOptions struct {
	donate []int
	on     jit.Placement
}

// Donate gives the memory of the arrays in these arguments to the results: they
// cannot be used after the call. An argument that the function does not have is
// an error of Jit. It is donate_argnums of jax.jit.
func Donate(args ...int) JitOption {
	return JitOption{func(o *jitOptions) { o.donate = append(o.donate, args...) }}
}

// On compiles for a device. Arrays that were put on another device are an error
// of the call. It is device of jax.jit.
func On(d Device) JitOption { return JitOption{func(o *jitOptions) { o.on = jit.On(d) }} }

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
// however often it is made. It is jax.jit.
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

// ClearCaches forgets all programs, what transforms made, and the Go numbers on
// devices: a jitted function is traced and compiled anew at its next call, and
// closes over what it then finds. It has no errors. It is jax.clear_caches.
func ClearCaches() {
	jit.Clear()
	ops.ClearLiterals()
	functions.Range(func(key, _ any) bool {
		if j := key.(weak.Pointer[jitted]).Value(); j != nil {
			j.programs.Clear()
			j.last.Store(nil)
		}
		return true
	})
}

// SetCacheSize sets how many programs are kept: n of un-jitted code, and n of
// each jitted function, for other shapes or static arguments. Those used
// longest ago are forgotten, and compiled anew if they are needed again. The
// default is 4096, as in JAX. An n below 1 is an error. JAX has no such
// function.
func SetCacheSize(n int) {
	if n < 1 {
		panic(graph.Errorf(graph.ErrArgument, "SetCacheSize", "%d programs cannot be kept: want 1 or more", n))
	}
	jit.SetSize(n)
}

// functions are the jitted functions that have programs, weakly.
var functions sync.Map // of weak.Pointer[jitted]

// jitted is a function and its compiled programs.
type jitted struct {
	sig  *signature
	fn   reflect.Value
	name string
	opts jitOptions

	last     atomic.Pointer[compiled]
	programs *lru.Cache[string, *compiled]

	mu     sync.Mutex
	traced int // how many programs there have been
	warned bool
}

// compiled is a function traced for arguments of one kind, and its program if
// it ran outside a trace.
type compiled struct {
	in, out  packing
	levels   string       // how what it is part of is differentiated: custom rules depend on it
	avals    []graph.Aval // of the packed arguments
	graph    *graph.Graph
	captured []*Array
	place    jit.Placement // of what it captured
	keeps    bool          // a result is an operand
	program  atomic.Pointer[program]
	donate   []bool
}

// A program is ready to run: what it captured comes before the arguments.
type program struct {
	*jit.Program
	place    jit.Placement
	captured []*xla.Buffer
}

func newJitted[F any](op string, f F, opts []JitOption) *jitted {
	sig, fn := signatureOf(op, f)
	j := &jitted{sig: sig, fn: fn, programs: lru.New[string, *compiled](jit.Size)}
	for _, o := range opts {
		refuseNil(op, "an option", o.set == nil)
		o.set(&j.opts)
	}
	for _, i := range j.opts.donate {
		if i < 0 || !sig.takes(max(i+1, sig.typ.NumIn())) {
			panic(graph.Errorf(graph.ErrOption, op, "Donate names argument %d of %s", i, ops.TypeName(sig.typ)))
		}
	}
	j.name = nameOf(runtime.FuncForPC(fn.Pointer()).Name())
	return j
}

var closure = regexp.MustCompile(`^(func|gowrap)?\d+$|^$`)

// nameOf is a Go function's own name, in letters, digits and underscores. A
// closure has that of the function around it in front.
func nameOf(full string) string {
	full = strings.TrimSuffix(strings.ReplaceAll(full, "[...]", ""), "-fm")
	_, full, _ = strings.Cut(full[strings.LastIndexByte(full, '/')+1:], ".")
	parts := strings.Split(full, ".")
	first := len(parts) - 1
	for first > 0 && closure.MatchString(parts[first]) {
		first--
	}
	return graph.Identifier(strings.Join(parts[first:], "_"))
}

func (j *jitted) call(args []reflect.Value) []reflect.Value {
	args, plan := j.sig.arguments(args)
	if n := len(args); len(j.opts.donate) > 0 && slices.Max(j.opts.donate) >= n {
		panic(graph.Errorf(graph.ErrOption, "Jit", "Donate names argument %d, and there are %d arguments", slices.Max(j.opts.donate), n))
	}
	at := plan.Args(args)
	leaves, key, err := plan.Flatten(at, nil, nil)
	if err != nil {
		panic(noTree("Jit", argument, err, ""))
	}
	c, out := j.run(leaves, key, func() structure {
		s, err := plan.Structure(at)
		if err != nil {
			panic(noTree("Jit", argument, err, ""))
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
	tracing, levels := ops.Tracing(packed...), ""
	if tracing {
		levels = ops.Levels(packed...)
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
		out := ops.StageCall(j.name, c.graph, slices.Concat(c.captured, packed))
		return ops.SetWeak(out, c.out.weak)
	}
	place := j.placement(c, packed)
	p := c.program.Load()
	if p == nil || p.place != place {
		p = j.compile(c, place)
	}
	in := ops.Buffers(packed, place)
	if len(p.captured) > 0 {
		in = slices.Concat(p.captured, in)
	}
	out, err := p.Run(in, c.donate)
	runtime.KeepAlive(c)       // what callbacks call is among the captured
	for _, x := range packed { // not the list, which would go to the heap for it
		runtime.KeepAlive(x)
	}
	if err != nil {
		panic(j.failure(c, packed, err))
	}
	ys := ops.Wrap(p.Program, out, c.out.weak, place)
	if c.keeps {
		ys = ops.PassOn(c.graph, slices.Concat(c.captured, packed), ys)
	}
	return ys
}

// placement is where the program runs: where its arrays are, and those that it
// captured, and where On says.
func (j *jitted) placement(c *compiled, packed []*Array) jit.Placement {
	place, i, k, ok := ops.Placement(packed)
	if !ok {
		panic(ops.Apart("Jit", packed[i], packed[k], argument(c.in.path(i)), argument(c.in.path(k))))
	}
	none := jit.Placement{}
	here := func(x *Array) bool { p, _, _, _ := ops.Placement([]*Array{x}); return p != none }
	switch {
	case c.place == none || c.place == place:
	case place == none:
		place = c.place
	default:
		i, k := slices.IndexFunc(packed, here), slices.IndexFunc(c.captured, here)
		panic(ops.Apart("Jit", packed[i], c.captured[k], argument(c.in.path(i)), "an array that the function closes over"))
	}
	switch on := j.opts.on; {
	case on == none || on == place:
		return place
	case place == none:
		return on
	}
	panic(graph.Errorf(graph.ErrDevice, "Jit", "the function is compiled for %v, by jx.On, but arrays it is given or closes over are on %v; move them with jx.Put", j.opts.on, place))
}

// failure names the array that was donated or closed before.
func (j *jitted) failure(c *compiled, packed []*Array, err error) error {
	for i, x := range packed {
		var dead *Error
		if errors.As(ops.Dead(x), &dead) {
			return graph.Errorf(graph.ErrDeleted, "Jit", "%s: %s", argument(c.in.path(i)), dead.Msg)
		}
	}
	for _, x := range c.captured {
		var dead *Error
		if errors.As(ops.Dead(x), &dead) {
			return graph.Errorf(graph.ErrDeleted, "Jit", "an array that the function closes over: %s", dead.Msg)
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
		if x.Weak() != c.in.weak[i] || !ops.Aval(x).Equal(c.avals[i]) {
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
			full = ops.AppendKey(x, full)
		}
	}
	c, ok := j.programs.Load(string(full))
	if ok {
		j.last.Store(c)
		return c
	}
	c = j.trace(leaves, packed, st())
	c.levels = levels
	if slices.ContainsFunc(c.captured, ops.Staged) {
		return c // it is part of the trace around it
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if first, met := j.programs.LoadOrStore(string(full), c); met {
		return first
	}
	j.count(c)
	j.last.Store(c)
	return c
}

func (j *jitted) trace(leaves, packed []*Array, st structure) *compiled {
	in, _ := pack(st, leaves)
	c := &compiled{in: in, avals: avals(packed)}
	t, out := j.sig.stageCall(ops.Staging{Name: "Jit", Bake: true}, j.fn, in, c.avals)
	c.out, c.graph, c.captured = out, t.Graph, t.Captured
	c.keeps = slices.ContainsFunc(t.Out, func(v ops.V) bool { return v.Def == nil })
	c.donate = j.donated(c)
	var i, k int
	var ok bool
	if c.place, i, k, ok = ops.Placement(c.captured); !ok {
		panic(ops.Apart("Jit", c.captured[i], c.captured[k], "an array that the function closes over", "another"))
	}
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

func (j *jitted) compile(c *compiled, place jit.Placement) *program {
	p, err := jit.Load(c.graph.Fingerprint(), func() *graph.Graph { return c.graph }, jit.Options{Name: j.name, Placement: place, Donate: c.donate})
	if err != nil {
		panic(err)
	}
	ready := &program{p, place, ops.Buffers(c.captured, place)}
	c.program.Store(ready)
	return ready
}

// warnAfter is the number of programs of one function after which it is worth
// a word.
const warnAfter = 10

// count says once, when a function is compiled again and again, what changes.
func (j *jitted) count(c *compiled) {
	if j.traced++; j.traced == 1 {
		p := weak.Make(j)
		functions.Store(p, nil)
		runtime.AddCleanup(j, func(p weak.Pointer[jitted]) { functions.Delete(p) }, p)
	}
	last := j.last.Load()
	if j.warned || last == nil || j.traced <= warnAfter {
		return
	}
	j.warned = true
	log.Printf("jacobi: %s has been compiled %d times, the last time because %s", j.described(), j.traced, j.change(last, c))
}

// described is the function as people know it: a closure has no name of its
// own, but a line.
func (j *jitted) described() string {
	f := runtime.FuncForPC(j.fn.Pointer())
	name := f.Name()
	file, line := f.FileLine(f.Entry())
	return fmt.Sprintf("%s (%s:%d)", name[strings.LastIndexByte(name, '/')+1:], filepath.Base(file), line)
}

// change says what makes two calls different programs.
func (j *jitted) change(a, b *compiled) string {
	if !a.in.Equal(b.in.structure) {
		what := ops.TypeName(tree.Diff(a.in.structure, b.in.structure, nil, nil))
		if strings.HasPrefix(what, "type ") { // of a variadic function
			return "it is called with other arguments: " + what
		}
		return fmt.Sprintf("what is no array changes: %s; pass a number as an array, with jx.Scalar", what)
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
