// Package adtest checks derivatives and mapped functions numerically. It is
// for those who write rules of their own, with CustomJVP or CustomVJP, and for
// the library's own tests.
package adtest

import (
	"maps"
	"math"
	"math/rand/v2"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/num"
)

// TB is what these checks need of a *testing.T.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
}

// Options change what CheckGrads does; the zero value of each is the default.
type Options struct {
	Order int    // the highest derivative checked; 2
	Modes string // "fwd", "rev" or "fwd,rev", the default
	// Eps is the step of the differences, Tol the difference allowed relative to
	// the larger of 1 and what is compared. The defaults are 1e-5 and 1e-6 for
	// double precision, else 1e-2 and 2e-2.
	Eps, Tol float64
	Seed     uint64
}

// CheckGrads compares the derivatives of f at x with finite differences in
// random directions: forward mode by differences of f, reverse mode as the
// adjoint of forward mode (<ct, J v> = <J^T ct, v>) with random cotangents, and
// the same for those derivatives, up to the order asked for. Arrays may have
// any shapes; integers are held fixed, and complex numbers are moved in random
// complex directions.
//
// f should be smooth within a few Eps of x. A function with only a CustomVJP is
// checked with Modes "rev", which compares with differences of f directly. What
// differs is an error of the test. It is jax.test_util.check_grads.
func CheckGrads[P, Q any](t TB, f func(P) Q, x P, o Options) {
	t.Helper()
	if o.Order == 0 {
		o.Order = 2
	}
	if o.Modes == "" {
		o.Modes = "fwd,rev"
	}
	double := isDouble(x)
	if o.Eps == 0 {
		o.Eps = 1e-2
		if double {
			o.Eps = 1e-5
		}
	}
	if o.Tol == 0 {
		o.Tol = 2e-2
		if double {
			o.Tol = 1e-6
		}
	}
	r := rand.New(rand.NewPCG(o.Seed, 7))
	check(t, r, f, x, o, "f")
}

func check[P, Q any](t TB, r *rand.Rand, f func(P) Q, x P, o Options, name string) {
	t.Helper()
	v := like(r, x)
	want := difference(f, x, v, o.Eps)
	if o.Modes != "rev" {
		_, dy := jx.JVP(f, x, v)
		compare(t, name+": forward mode", dy, want, o.Tol)
	}
	if o.Modes != "fwd" {
		y, pullback := jx.VJP(f, x)
		ct := like(r, y)
		got, expected := dot(pullback(ct), v), dot(ct, want)
		if diff := math.Abs(got - expected); !(diff <= o.Tol*max(1, math.Abs(expected))*math.Sqrt(float64(size(y)))) {
			t.Errorf("%s: reverse mode: <J^T ct, v> is %v, <ct, difference> is %v, for ct %+v and v %+v", name, got, expected, ct, v)
		}
	}
	if o.Order == 1 {
		return
	}
	o.Order--
	if o.Modes != "rev" {
		check(t, r, func(x P) Q { _, dy := jx.JVP(f, x, v); return floats(dy) }, x, o, "jvp of "+name)
	}
	if o.Modes != "fwd" {
		y, _ := jx.VJP(f, x)
		ct := like(r, y)
		check(t, r, func(x P) P { _, pullback := jx.VJP(f, x); return floats(pullback(ct)) }, x, o, "vjp of "+name)
	}
}

// CheckVMap compares f mapped over the leading axis of every array in x, of any
// dtypes, with a loop over that axis. What differs by more than tol is an error
// of the test. JAX has no such function.
func CheckVMap[P, Q any](t TB, f func(P) Q, x P, tol float64) {
	t.Helper()
	got := jx.VMap(f)(x)
	n := 0
	for _, leaf := range jx.TreeLeaves(x) {
		n = leaf.Dim(0)
	}
	for i := range n {
		want := f(jx.TreeMap(x, func(x *jx.Array) *jx.Array { return x.At(i) }))
		compare(t, "vmap", jx.TreeMap(got, func(y *jx.Array) *jx.Array { return y.At(i) }), want, tol)
	}
}

// floats is a tree without its integers, which have no derivative.
func floats[T any](t T) T {
	return jx.TreeMap(t, func(x *jx.Array) *jx.Array {
		if !x.DType().Differentiable() {
			return nil
		}
		return x
	})
}

// like is a random tangent of a tree.
func like[T any](r *rand.Rand, t T) T {
	return jx.TreeMap(t, func(x *jx.Array) *jx.Array {
		d := x.DType()
		if !d.Differentiable() {
			return nil
		}
		re, im := make([]float64, x.Size()), make([]float64, x.Size())
		for i := range re {
			re[i], im[i] = r.Float64()*2-1, r.Float64()*2-1
		}
		v := num.Reshape(jx.From(re), x.Shape()...)
		if d.IsComplex() {
			v = num.Complex(v, num.Reshape(jx.From(im), x.Shape()...))
		}
		return v.As(d)
	})
}

// difference is (f(x + eps v) - f(x - eps v)) / 2 eps; with double precision,
// of fourth order.
func difference[P, Q any](f func(P) Q, x, v P, eps float64) Q {
	at := func(h float64) Q {
		return f(step(x, v, h))
	}
	central := func(h float64) Q {
		return jx.TreeMap2(at(h), at(-h), func(a, b *jx.Array) *jx.Array {
			if !a.DType().Differentiable() {
				return nil
			}
			return num.Mul(0.5/h, num.Sub(a, b))
		})
	}
	near, far := central(eps), central(2*eps)
	return jx.TreeMap2(near, far, func(a, b *jx.Array) *jx.Array { return num.Sub(num.Mul(4.0/3, a), num.Mul(1.0/3, b)) })
}

func step[P any](x, v P, h float64) P {
	xs, unflatten := jx.TreeFlatten(x)
	vs, _ := jx.TreeFlatten(v)
	out := make([]*jx.Array, len(xs))
	for i, x := range xs {
		if out[i] = x; vs[i] != nil {
			out[i] = num.Add(x, num.Mul(h, vs[i]))
		}
	}
	return unflatten(out)
}

// dot is the pairing of tangents and cotangents: Re(sum ct * dx), without
// conjugation.
func dot[T any](a, b T) (sum float64) {
	as, _ := jx.TreeFlatten(a)
	bs, _ := jx.TreeFlatten(b)
	for i, x := range as {
		if x == nil || bs[i] == nil {
			continue
		}
		s := num.Sum(num.Mul(x.As(wide(x)), bs[i].As(wide(x))))
		sum += real(s.Complex())
	}
	return sum
}

func wide(x *jx.Array) jx.DType {
	if x.DType().IsComplex() {
		return jx.Complex128
	}
	return jx.Float64
}

func compare[T any](t TB, what string, got, want T, tol float64) {
	t.Helper()
	gs := maps.Collect(jx.TreeLeaves(got))
	for path, w := range jx.TreeLeaves(want) {
		g := gs[path]
		if g == nil {
			continue
		}
		if !ops.Aval(g).Equal(ops.Aval(w)) {
			t.Errorf("%s: %s is %v, want %v", what, name(path), ops.Aval(g), ops.Aval(w))
			continue
		}
		d := wide(w)
		if d == jx.Float64 && !num.AllClose(g.As(d), w.As(d), num.RTol(tol), num.ATol(tol)) || d != jx.Float64 && !closeComplex(g, w, tol) {
			t.Errorf("%s: %s is\n%v\nwant\n%v", what, name(path), g, w)
		}
	}
}

func closeComplex(g, w *jx.Array, tol float64) bool {
	g, w = g.As(jx.Complex128), w.As(jx.Complex128)
	return num.AllClose(num.Real(g), num.Real(w), num.RTol(tol), num.ATol(tol)) && num.AllClose(num.Imag(g), num.Imag(w), num.RTol(tol), num.ATol(tol))
}

func name(path string) string {
	if path == "" {
		return "the result"
	}
	return path
}

func isDouble[T any](t T) bool {
	for _, x := range jx.TreeLeaves(t) {
		if x.DType().Differentiable() && x.DType().Real() != jx.Float64 {
			return false
		}
	}
	return true
}

func size[T any](t T) (n int) {
	for _, x := range jx.TreeLeaves(t) {
		n += x.Size()
	}
	return max(n, 1)
}
