package jacobi

import (
	"fmt"
	"strings"

	"github.com/jacobi-go/jacobi/ad"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// GradOption changes what Grad, and what else differentiates, accepts.
type GradOption struct{ set func(*gradOptions) }

type gradOptions struct{ holomorphic, allowInt bool }

// Holomorphic lets the input and the output be complex, of a function that the
// caller asserts to be holomorphic; then all of them must be. It is
// holomorphic=True of jax.grad.
func Holomorphic() GradOption { return GradOption{func(o *gradOptions) { o.holomorphic = true }} }

// AllowInt lets integer and bool arrays be part of what is differentiated;
// their derivative is nil. It is allow_int=True of jax.grad.
func AllowInt() GradOption { return GradOption{func(o *gradOptions) { o.allowInt = true }} }

func merged(op string, opts []GradOption) (o gradOptions) {
	for _, x := range opts {
		refuseNil(op, "an option", x.set == nil)
		x.set(&o)
	}
	return o
}

// Grad returns the gradient of a scalar-valued function of a tree: a tree of
// the same type, each array with the shape and dtype of the one it is for. That
// of a weak number, such as jx.Scalar(0.5), is a weak float32, whatever else
// the function computes with: in a float64 program use ScalarOf.
//
// A value that is no real scalar is an error; for other outputs see JacRev.
// Integers and bools in the tree are an error without AllowInt. For complex
// input, the gradient of a real function is the conjugate of the direction of
// steepest ascent, as in JAX; complex output needs Holomorphic. It is jax.grad.
func Grad[P any](f func(P) *Array, opts ...GradOption) func(P) P {
	refuseNil("Grad", "f", f == nil)
	o := merged("Grad", opts)
	return func(p P) P {
		_, _, g := gradient("Grad", o, false, pathName, alone(f), p)
		return g
	}
}

// GradWith is Grad for a function with a second argument, which is not
// differentiated; see Grad. It is jax.grad of a function of two arguments, with
// its default argnums=0.
func GradWith[P, X any](f func(P, X) *Array, opts ...GradOption) func(P, X) P {
	refuseNil("GradWith", "f", f == nil)
	o := merged("GradWith", opts)
	return func(p P, x X) P {
		_, _, g := gradient("GradWith", o, false, pathName, func(p P) (*Array, none) { return f(p, x), none{} }, p)
		return g
	}
}

// ValueAndGrad is Grad that returns the value too, before the gradient; see
// Grad. It is jax.value_and_grad.
func ValueAndGrad[P any](f func(P) *Array, opts ...GradOption) func(P) (*Array, P) {
	refuseNil("ValueAndGrad", "f", f == nil)
	o := merged("ValueAndGrad", opts)
	return func(p P) (*Array, P) {
		y, _, g := gradient("ValueAndGrad", o, true, pathName, alone(f), p)
		return y, g
	}
}

// ValueAndGradWith is GradWith that returns the value too, before the gradient;
// see Grad. It is jax.value_and_grad of a function of two arguments, with its
// default argnums=0.
func ValueAndGradWith[P, X any](f func(P, X) *Array, opts ...GradOption) func(P, X) (*Array, P) {
	refuseNil("ValueAndGradWith", "f", f == nil)
	o := merged("ValueAndGradWith", opts)
	return func(p P, x X) (*Array, P) {
		y, _, g := gradient("ValueAndGradWith", o, true, pathName, func(p P) (*Array, none) { return f(p, x), none{} }, p)
		return y, g
	}
}

// Grad2 is Grad by both arguments of a function; see Grad. It is jax.grad with
// argnums=(0, 1).
func Grad2[A, B any](f func(A, B) *Array, opts ...GradOption) func(A, B) (A, B) {
	refuseNil("Grad2", "f", f == nil)
	o := merged("Grad2", opts)
	return func(a A, b B) (A, B) {
		_, _, g := gradient("Grad2", o, false, argumentName, with2(f), two[A, B]{a, b})
		return g.Arg0, g.Arg1
	}
}

// Grad3 is Grad by all three arguments of a function; see Grad. It is jax.grad
// with argnums=(0, 1, 2).
func Grad3[A, B, C any](f func(A, B, C) *Array, opts ...GradOption) func(A, B, C) (A, B, C) {
	refuseNil("Grad3", "f", f == nil)
	o := merged("Grad3", opts)
	return func(a A, b B, c C) (A, B, C) {
		_, _, g := gradient("Grad3", o, false, argumentName, with3(f), three[A, B, C]{a, b, c})
		return g.Arg0, g.Arg1, g.Arg2
	}
}

// ValueAndGrad2 is Grad2 that returns the value too, before the gradients; see
// Grad. It is jax.value_and_grad with argnums=(0, 1).
func ValueAndGrad2[A, B any](f func(A, B) *Array, opts ...GradOption) func(A, B) (*Array, A, B) {
	refuseNil("ValueAndGrad2", "f", f == nil)
	o := merged("ValueAndGrad2", opts)
	return func(a A, b B) (*Array, A, B) {
		y, _, g := gradient("ValueAndGrad2", o, true, argumentName, with2(f), two[A, B]{a, b})
		return y, g.Arg0, g.Arg1
	}
}

// ValueAndGrad3 is Grad3 that returns the value too, before the gradients; see
// Grad. It is jax.value_and_grad with argnums=(0, 1, 2).
func ValueAndGrad3[A, B, C any](f func(A, B, C) *Array, opts ...GradOption) func(A, B, C) (*Array, A, B, C) {
	refuseNil("ValueAndGrad3", "f", f == nil)
	o := merged("ValueAndGrad3", opts)
	return func(a A, b B, c C) (*Array, A, B, C) {
		y, _, g := gradient("ValueAndGrad3", o, true, argumentName, with3(f), three[A, B, C]{a, b, c})
		return y, g.Arg0, g.Arg1, g.Arg2
	}
}

// two and three are the arguments of a function as one tree.
type (
	two[A, B any] struct {
		Arg0 A
		Arg1 B
	}
	three[A, B, C any] struct {
		Arg0 A
		Arg1 B
		Arg2 C
	}
)

func with2[A, B any](f func(A, B) *Array) func(two[A, B]) (*Array, none) {
	return func(p two[A, B]) (*Array, none) { return f(p.Arg0, p.Arg1), none{} }
}

func with3[A, B, C any](f func(A, B, C) *Array) func(three[A, B, C]) (*Array, none) {
	return func(p three[A, B, C]) (*Array, none) { return f(p.Arg0, p.Arg1, p.Arg2), none{} }
}

// argumentName is a path of two or three in a message.
func argumentName(path string) string { return argument(strings.TrimPrefix(path, "Arg")) }

// ValueAndGradAux is ValueAndGrad for a function that also returns something
// that is not differentiated: any tree. See Grad. It is jax.value_and_grad with
// has_aux=True.
func ValueAndGradAux[P, A any](f func(P) (*Array, A), opts ...GradOption) func(P) (*Array, A, P) {
	return gradAux("ValueAndGradAux", f, opts)
}

func gradAux[P, A any](op string, f func(P) (*Array, A), opts []GradOption) func(P) (*Array, A, P) {
	refuseNil(op, "f", f == nil)
	o := merged(op, opts)
	return func(p P) (*Array, A, P) {
		return gradient(op, o, true, pathName, f, p)
	}
}

// GradAux is Grad for a function that also returns something that is not
// differentiated; see Grad. It is jax.grad with has_aux=True.
func GradAux[P, A any](f func(P) (*Array, A), opts ...GradOption) func(P) (P, A) {
	vg := gradAux("GradAux", f, opts)
	return func(p P) (P, A) {
		_, aux, g := vg(p)
		return g, aux
	}
}

// gradient traces f and runs one program: the gradient, and with value the
// results too. name is a path of P in a message.
func gradient[P, A any](op string, o gradOptions, value bool, name func(path string) string, f func(P) (*Array, A), p P) (y *Array, aux A, g P) {
	s := stageAux(ops.Staging{Name: op, Mode: ops.Reverse}, f, p)
	checkInputs(op, o, name, s)
	if !s.out.present[0] {
		panic(graph.Errorf(graph.ErrNil, op, "the function returned nil; it must return a real scalar"))
	}
	out := s.graph.Out[0].Aval
	if out.Rank() != 0 {
		panic(graph.Errorf(graph.ErrNotScalar, op, "the function returned %v; a gradient is of a scalar: reduce it, as with num.Sum or num.Mean, or use JacRev for all of its derivatives", out))
	}
	checkOutput(op, o, out)
	wrt := s.wrt()
	inputs := s.inputs(wrt)
	res := s.run("grad", func() *graph.Graph { return ad.Grad(s.graph, inputs, value) }, s.args, inputs, []bool{value})
	if value {
		y, aux = unpack[*Array, A](s, s.marked(res))
		res = res[len(s.graph.Out):]
	}
	grads := spreadGrads(s, wrt, res)
	for i, g := range grads {
		if g != nil && g.DType().IsComplex() && !out.DType.IsComplex() {
			ops.SetWeak(grads[i:i+1], []bool{false}) // as in JAX, where taking a real part ends weakness
		}
	}
	return y, aux, unflatten[P](s.in.structure, s.in.spread(grads))
}

// spreadGrads puts the cotangents of the arrays in wrt among the others, nil.
func spreadGrads(s *staged, wrt []bool, cts []*Array) []*Array {
	out := make([]*Array, len(wrt))
	k := 0
	for i := range out {
		if wrt[i] {
			out[i] = cts[k]
			ops.SetWeak(out[i:i+1], s.in.weak[i:])
			k++
		}
	}
	return out
}

// checkInputs refuses to differentiate with respect to what has no
// derivative.
func checkInputs(op string, o gradOptions, name func(path string) string, s *staged) {
	for i, v := range s.own() {
		is := func() string { return fmt.Sprintf("%s is %v", name(s.in.path(i)), v.Aval) }
		switch {
		case !v.DType.Differentiable() && !o.allowInt:
			panic(graph.Errorf(graph.ErrNotDifferentiable, op, "%s, which has no derivative; convert it to a float with As, close over it, or pass jx.AllowInt() to get nil for it", is()))
		case v.DType.Differentiable() && !v.DType.IsComplex() && o.holomorphic:
			panic(graph.Errorf(graph.ErrDType, op, "%s; with jx.Holomorphic() inputs must be complex", is()))
		}
	}
}

func checkOutput(op string, o gradOptions, out graph.Aval) {
	switch {
	case o.holomorphic && !out.DType.IsComplex():
		panic(graph.Errorf(graph.ErrDType, op, "the function returned %v; with jx.Holomorphic() it must be complex", out))
	case !o.holomorphic && out.DType.IsComplex():
		panic(graph.Errorf(graph.ErrDType, op, "the function returned %v; a gradient is of a real value: take num.Real or num.Abs of it, or pass jx.Holomorphic() if the function is holomorphic", out))
	case !out.DType.Differentiable():
		panic(graph.Errorf(graph.ErrNotDifferentiable, op, "the function returned %v, which has no derivative; convert it to a float with As", out))
	}
}

// HVP returns the product of the Hessian of f with a vector, forward over
// reverse: as cheap as a few gradients. Each array has the shape and dtype of
// the one in x; for errors see Grad and JVP. JAX has no such function: it is
// jax.jvp of jax.grad.
func HVP[P any](f func(P) *Array) func(x, v P) P {
	refuseNil("HVP", "f", f == nil)
	grad := Grad(f)
	return func(x, v P) P {
		_, hv := JVP(grad, x, v)
		return hv
	}
}
