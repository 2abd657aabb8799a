package jacobi

import (
	"fmt"

	"github.com/jacobi-go/jacobi/ad"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// GradOption changes what Grad accepts.
type GradOption uint8

const (
	// Holomorphic lets Grad take complex input and output, of a function that
	// the caller asserts to be holomorphic.
	Holomorphic GradOption = 1 << iota
	// AllowInt lets integer arrays be part of what is differentiated; their
	// gradient is nil.
	AllowInt
)

func merged(opts []GradOption) (o GradOption) {
	for _, x := range opts {
		if x&^(Holomorphic|AllowInt) != 0 {
			panic(graph.Errorf(graph.ErrOption, "GradOption", "%d is no option; there are jx.Holomorphic and jx.AllowInt", x))
		}
		o |= x
	}
	return o
}

// Grad returns the gradient of a scalar-valued function of a tree: a tree of
// the same type, each array with the shape and dtype of the one it is for.
//
// The value must be a real scalar; for other outputs see JacRev. For complex
// input, the gradient of a real function is the conjugate of the direction of
// steepest ascent, as in JAX; complex output needs Holomorphic.
func Grad[P any](f func(P) *Array, opts ...GradOption) func(P) P {
	refuseNil("Grad", "f", f == nil)
	o := merged(opts)
	return func(p P) P {
		_, g := gradient("Grad", o, false, f, p)
		return g
	}
}

// GradWith is Grad for a function with a second argument, which is not
// differentiated.
func GradWith[P, X any](f func(P, X) *Array, opts ...GradOption) func(P, X) P {
	refuseNil("GradWith", "f", f == nil)
	o := merged(opts)
	return func(p P, x X) P {
		_, g := gradient("GradWith", o, false, func(p P) *Array { return f(p, x) }, p)
		return g
	}
}

// ValueAndGrad returns the value too.
func ValueAndGrad[P any](f func(P) *Array, opts ...GradOption) func(P) (*Array, P) {
	refuseNil("ValueAndGrad", "f", f == nil)
	o := merged(opts)
	return func(p P) (*Array, P) { return gradient("ValueAndGrad", o, true, f, p) }
}

// ValueAndGradWith returns the value too.
func ValueAndGradWith[P, X any](f func(P, X) *Array, opts ...GradOption) func(P, X) (*Array, P) {
	refuseNil("ValueAndGradWith", "f", f == nil)
	o := merged(opts)
	return func(p P, x X) (*Array, P) {
		return gradient("ValueAndGradWith", o, true, func(p P) *Array { return f(p, x) }, p)
	}
}

// valueAux is what a function with an auxiliary result returns, as one tree.
type valueAux[A any] struct {
	Value *Array
	Aux   A
}

// ValueAndGradAux is ValueAndGrad for a function that also returns something
// that is not differentiated: any tree.
func ValueAndGradAux[P, A any](f func(P) (*Array, A), opts ...GradOption) func(P) (*Array, A, P) {
	return gradAux("ValueAndGradAux", f, opts)
}

func gradAux[P, A any](op string, f func(P) (*Array, A), opts []GradOption) func(P) (*Array, A, P) {
	refuseNil(op, "f", f == nil)
	o := merged(opts)
	return func(p P) (*Array, A, P) {
		r, g := gradient(op, o, true, func(p P) valueAux[A] {
			v, aux := f(p)
			return valueAux[A]{v, aux}
		}, p)
		return r.Value, r.Aux, g
	}
}

// GradAux is Grad for a function that also returns something that is not
// differentiated.
func GradAux[P, A any](f func(P) (*Array, A), opts ...GradOption) func(P) (P, A) {
	vg := gradAux("GradAux", f, opts)
	return func(p P) (P, A) {
		_, aux, g := vg(p)
		return g, aux
	}
}

// gradient traces f, whose first array is the value, and runs one program:
// the gradient, and with value the results too.
func gradient[P, Q any](op string, o GradOption, value bool, f func(P) Q, p P) (y Q, g P) {
	s := stage(ops.Staging{Name: op, Mode: ops.Reverse}, f, p)
	checkInputs(op, o, s)
	if len(s.graph.Out) == 0 || !s.out.present[0] {
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
		n := len(s.graph.Out)
		y = unflatten[Q](s.out.structure, s.out.spread(ops.SetWeak(res[:n:n], s.out.weak)))
		res = res[n:]
	}
	grads := spreadGrads(s, wrt, res)
	for i, g := range grads {
		if g != nil && g.DType().IsComplex() && !out.DType.IsComplex() {
			ops.SetWeak(grads[i:i+1], []bool{false}) // as in JAX, where taking a real part ends weakness
		}
	}
	return y, unflatten[P](s.in.structure, s.in.spread(grads))
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
func checkInputs(op string, o GradOption, s *staged) {
	for i, v := range s.own() {
		name := func() string { return fmt.Sprintf("%s is %v", pathName(s.in.path(i)), v.Aval) }
		switch {
		case !v.DType.Differentiable() && o&AllowInt == 0:
			panic(graph.Errorf(graph.ErrNotDifferentiable, op, "%s, which has no derivative; convert it to a float with As, close over it, or pass jx.AllowInt to get nil for it", name()))
		case v.DType.Differentiable() && !v.DType.IsComplex() && o&Holomorphic != 0:
			panic(graph.Errorf(graph.ErrDType, op, "%s; with jx.Holomorphic inputs must be complex", name()))
		}
	}
}

func checkOutput(op string, o GradOption, out graph.Aval) {
	switch {
	case o&Holomorphic != 0 && !out.DType.IsComplex():
		panic(graph.Errorf(graph.ErrDType, op, "the function returned %v; with jx.Holomorphic it must be complex", out))
	case o&Holomorphic == 0 && out.DType.IsComplex():
		panic(graph.Errorf(graph.ErrDType, op, "the function returned %v; a gradient is of a real value: take num.Real or num.Abs of it, or pass jx.Holomorphic if the function is holomorphic", out))
	case !out.DType.Differentiable():
		panic(graph.Errorf(graph.ErrNotDifferentiable, op, "the function returned %v, which has no derivative; convert it to a float with As", out))
	}
}

// HVP returns the product of the Hessian of f with a vector, forward over
// reverse: as cheap as a few gradients.
func HVP[P any](f func(P) *Array) func(x, v P) P {
	refuseNil("HVP", "f", f == nil)
	grad := Grad(f)
	return func(x, v P) P {
		_, hv := JVP(grad, x, v)
		return hv
	}
}
