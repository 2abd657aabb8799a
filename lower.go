package jacobi

import (
	"fmt"
	"maps"
	"reflect"
	"strings"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/jit"
)

// Jaxpr is a traced program that prints as JAX's does.
type Jaxpr struct{ graph *graph.Graph }

// String is the program, in JAX's notation.
func (j *Jaxpr) String() string { return strings.TrimSuffix(j.graph.String(), "\n") }

// MakeJaxpr traces f with arguments like these, which may be Abstract: of
// arrays only shapes and dtypes matter. Arrays that f closes over are inputs
// before its own. The error is that of a mistake found while tracing, or what f
// returned. It is jax.make_jaxpr.
func MakeJaxpr(f any, args ...any) (_ *Jaxpr, err error) {
	defer catchTraced(&err)
	j := newJitted("MakeJaxpr", f, nil)
	return &Jaxpr{j.traceFor("MakeJaxpr", args).graph}, nil
}

// EvalShape returns what f returns for arguments like x, with Abstract arrays
// in place of those of the result: shapes and dtypes. f is traced, and nothing
// runs; the arrays of x may be Abstract, too. As in what is jitted, the numbers
// in x cannot be read. A mistake found while tracing is an error. It is
// jax.eval_shape.
func EvalShape[P, Q any](f func(P) Q, x P) Q {
	const op = "EvalShape"
	refuseNil(op, "f", f == nil)
	leaves, s := flatten(op, x)
	in, packed := pack(s, leaves)
	var out packing
	t := ops.Stage(ops.Staging{Name: op, Bake: true, Alone: true}, avals(packed), in.weak, func(xs []*Array) []*Array {
		y, s := flatten(op, f(unflatten[P](in.structure, in.spread(xs))))
		out, y = pack(s, y)
		return y
	})
	shapes := make([]*Array, len(t.Out))
	for i, v := range t.Out {
		shapes[i] = ops.Abstract(v.Aval)
	}
	return unflatten[Q](out.structure, out.spread(ops.SetWeak(shapes, out.weak)))
}

// catchTraced is deferred: it makes the mistake that a panic carries, or the
// error that the traced function returned, the error of the function.
func catchTraced(err *error) {
	if e, ok := caught(recover()); ok {
		*err = e
	}
}

// traceFor traces the function for arguments given one by one.
func (j *jitted) traceFor(op string, args []any) *compiled {
	t := j.sig.typ
	if !j.sig.takes(len(args)) {
		least := ""
		if t.IsVariadic() {
			least = fmt.Sprintf("%d or more", t.NumIn()-1)
		} else {
			least = fmt.Sprint(t.NumIn())
		}
		panic(graph.Errorf(graph.ErrArgument, op, "%s takes %s arguments, %d given", ops.TypeName(t), least, len(args)))
	}
	values := make([]reflect.Value, len(args))
	for i, a := range args {
		values[i] = reflect.ValueOf(a)
		if !values[i].IsValid() {
			values[i] = reflect.Zero(j.sig.argument(i))
		}
		if got := values[i].Type(); !got.AssignableTo(j.sig.argument(i)) {
			panic(graph.Errorf(graph.ErrArgument, op, "argument %d of %s was given as %s", i, ops.TypeName(t), ops.TypeName(got)))
		}
		v := reflect.New(j.sig.argument(i)).Elem()
		v.Set(values[i])
		values[i] = v
	}
	leaves, st := j.sig.flatten(op, j.sig.plan(len(values)), values)
	_, packed := pack(st, leaves)
	return j.trace(leaves, packed, st)
}

// Lowered is a program not yet compiled.
type Lowered[F any] struct {
	j *jitted
	c *compiled
}

// Lower traces and lowers f for arguments like these, which may be Abstract: of
// arrays only shapes and dtypes matter. The error is that of a mistake found
// while tracing, or what f returned. It is lower of what jax.jit returns.
func Lower[F any](f F, args ...any) (_ *Lowered[F], err error) {
	defer catchTraced(&err)
	j := newJitted("Lower", f, nil)
	return &Lowered[F]{j, j.traceFor("Lower", args)}, nil
}

// String says of which function it is, and for which arguments.
func (l *Lowered[F]) String() string { return "lowered " + l.c.signature(l.j.name) }

// Text is the StableHLO that is compiled, with the user's lines as locations.
// Of two functions that are the same program the first is compiled, with its
// lines. What it is depends on the plugin; without one it panics with an
// *Error. It is as_text of jax.stages.Lowered.
func (l *Lowered[F]) Text() string {
	text, err := jit.Text(l.c.graph, jit.Options{Name: l.j.name})
	if err != nil {
		panic(err)
	}
	return text
}

// Compile makes the program ready to run, with the options of Jit. An error of the
// compiler is returned. It is compile of jax.stages.Lowered.
func (l *Lowered[F]) Compile(opts ...JitOption) (_ *Compiled[F], err error) {
	defer graph.Catch(&err)
	j := &jitted{sig: l.j.sig, fn: l.j.fn, name: l.j.name}
	for _, o := range opts {
		refuseNil("Compile", "an option", o.set == nil)
		o.set(&j.opts)
	}
	c := &compiled{in: l.c.in, out: l.c.out, avals: l.c.avals, graph: l.c.graph, captured: l.c.captured, place: l.c.place, keeps: l.c.keeps}
	c.donate = j.donated(c)
	p := j.compile(c, j.placement(c, nil))
	return &Compiled[F]{j, c, p}, nil
}

// Compiled is an executable for one combination of shapes.
type Compiled[F any] struct {
	j *jitted
	c *compiled
	p *program
}

// String says of which function it is, and for which arguments.
func (c *Compiled[F]) String() string { return "compiled " + c.c.signature(c.j.name) }

// signature is what goes in and comes out: f(f32[3], {W: f32[2]}) -> (f32[]).
func (c *compiled) signature(name string) string {
	return name + c.in.Format(leafTexts(c.in, c.avals)) + " -> " + c.out.Format(leafTexts(c.out, graph.Avals(c.graph.Out)))
}

// Func returns the program as a function of f's type. Calling it with arguments
// of other shapes, dtypes or static values is an error. It is a call of
// jax.stages.Compiled.
func (c *Compiled[F]) Func() F {
	sig := c.j.sig
	return reflect.MakeFunc(sig.typ, sig.failing(func(args []reflect.Value) []reflect.Value {
		args, plan := sig.arguments(args)
		at := plan.Args(args)
		leaves, key, err := plan.Flatten(at, nil, nil)
		if err != nil {
			panic(noTree("Compiled", argument, err, ""))
		}
		if !c.c.fits(leaves, key) {
			st, err := plan.Structure(at)
			if err != nil {
				panic(noTree("Compiled", argument, err, ""))
			}
			in, packed := pack(st, leaves)
			other := &compiled{in: in, avals: avals(packed)}
			panic(graph.Errorf(graph.ErrArgument, "Compiled", "%s was compiled for other arguments: %s", c.j.described(), c.j.change(c.c, other)))
		}
		_, packed := pack(c.c.in.structure, leaves)
		out := c.j.apply(c.c, packed, ops.Tracing(packed...))
		return sig.returns(c.c.out.structure, c.c.out.spread(out))
	})).Interface().(F)
}

// CostAnalysis returns what XLA estimates, by XLA's names such as "flops" and
// "bytes accessed", and sizes in bytes: "argument size", "output size", "temp
// size", "code size". A plugin need not know all of it; the CPU's tells sizes
// only. What the plugin refuses to tell is an error. It is cost_analysis and
// memory_analysis of jax.stages.Compiled.
func (c *Compiled[F]) CostAnalysis() (map[string]float64, error) {
	cost, err := c.p.Exe.Cost()
	if err != nil {
		return nil, err
	}
	all := map[string]float64{
		"argument size": float64(cost.Argument), "output size": float64(cost.Output),
		"temp size": float64(cost.Temp), "code size": float64(cost.Code),
	}
	maps.Copy(all, cost.Properties)
	return all, nil
}
