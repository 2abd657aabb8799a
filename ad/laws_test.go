package ad_test

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/ad"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/interp"
)

type (
	B = *graph.Builder
	V = *graph.Value
	T = interp.Tensor
)

// fataler is what *testing.T and *rapid.T have in common.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// laws checks every transform of g at x against the others and, if smooth,
// against differences; then, depth times, those of its JVP and VJP: forward
// over reverse is the difference of the VJP, reverse over reverse its
// transpose.
func laws(t fataler, g *graph.Graph, x []T, r *rand.Rand, smooth bool, depth int) {
	t.Helper()
	lawsFor(t, g, x, graph.Differentiable(g.In), r, smooth, depth)
}

// lawsFor is laws for the inputs in mask wrt.
func lawsFor(t fataler, g *graph.Graph, x []T, wrt []bool, r *rand.Rand, smooth bool, depth int) {
	t.Helper()
	if graph.Count(wrt) == 0 {
		return
	}
	if hasCustomVJP(g) {
		reverseLaws(t, g, x, wrt, r, smooth, depth)
		return
	}
	tol := tolerance(g)
	y := interp.Eval(g, x...)

	j, out := ad.JVP(g, wrt)
	checked(t, j)
	l := ad.Linearize(g, wrt)
	checked(t, l.Primal)
	checked(t, l.Tangent)
	tr := l.Transpose()
	checked(t, tr)
	if !slices.Equal(l.Out, out) {
		t.Fatalf("jvp has tangents of %v, linearize of %v", out, l.Out)
	}
	known := interp.Eval(l.Primal, x...)
	res := ad.Residuals(l, x, known)
	compare(t, g, "primal of linearize", known[:len(y)], y, 0)

	for _, parts := range []complex128{1, 1i, 1 + 1i} {
		if parts != 1 && !hasComplex(g.In) {
			break
		}
		dx := directions(r, graph.Pick(wrt, graph.Avals(g.In)), parts)
		jy := interp.Eval(j, slices.Concat(x, dx)...)
		dy := jy[len(y):]
		compare(t, j, "primal of jvp", jy[:len(y)], y, 1e-14+tol/10)
		if smooth {
			compare(t, j, "jvp and difference", expand(out, dy, g.Out), difference(g, x, dx, wrt), tol)
		}
		compare(t, l.Tangent, "tangent and jvp", interp.Eval(l.Tangent, slices.Concat(res, dx)...), dy, tol)

		ct := directions(r, graph.Pick(out, graph.Avals(g.Out)), 1+1i)
		ctx := interp.Eval(tr, slices.Concat(res, ct)...)
		if a, b := pairing(ct, dy), pairing(ctx, dx); !close(a, b, 10*tol*(1+norm(ct)*norm(dy)+norm(ctx)*norm(dx))) {
			t.Fatalf("<ct, J dx> = %v, <Jt ct, dx> = %v\n%v\n%v\nx %v", a, b, g, tr, x)
		}
	}

	v := ad.VJP(g, wrt)
	checked(t, v)
	ct := directions(r, graph.Pick(graph.Differentiable(g.Out), graph.Avals(g.Out)), 1+1i)
	pulled := interp.Eval(v, slices.Concat(x, ct)...)
	compare(t, v, "primal of vjp", pulled[:len(y)], y, 1e-14+tol/10)
	kept := interp.Eval(tr, slices.Concat(res, graph.Pick(graph.Pick(graph.Differentiable(g.Out), out), ct))...)
	compare(t, v, "vjp and transpose", pulled[len(y):], kept, tol)
	if depth > 0 {
		dx := directions(r, graph.Pick(wrt, graph.Avals(g.In)), 1+1i)
		lawsFor(t, j, slices.Concat(x, dx), append(slices.Clone(wrt), graph.Fill(true, len(dx))...), r, smooth, depth-1)
		lawsFor(t, v, slices.Concat(x, ct), append(slices.Clone(wrt), graph.Fill(true, len(ct))...), r, smooth, depth-1)
	}
}

// reverseLaws is lawsFor without forward mode, which a custom VJP does not have.
func reverseLaws(t fataler, g *graph.Graph, x []T, wrt []bool, r *rand.Rand, smooth bool, depth int) {
	t.Helper()
	tol := tolerance(g)
	y := interp.Eval(g, x...)
	has := graph.Differentiable(g.Out)
	v := ad.VJP(g, wrt)
	checked(t, v)
	ct := directions(r, graph.Pick(has, graph.Avals(g.Out)), 1+1i)
	pulled := interp.Eval(v, slices.Concat(x, ct)...)
	compare(t, v, "primal of vjp", pulled[:len(y)], y, 1e-14+tol/10)
	if smooth {
		dx := directions(r, graph.Pick(wrt, graph.Avals(g.In)), 1+1i)
		a, b := pairing(ct, difference(g, x, dx, wrt)), pairing(pulled[len(y):], dx)
		if !close(a, b, 10*tol*(1+norm(ct)+norm(pulled))) {
			t.Fatalf("<ct, difference> = %v, <vjp ct, dx> = %v\n%v\n%v", a, b, g, v)
		}
	}
	if depth > 0 {
		lawsFor(t, v, slices.Concat(x, ct), append(slices.Clone(wrt), graph.Fill(true, len(ct))...), r, smooth, depth-1)
	}
}

func hasCustomVJP(g *graph.Graph) bool {
	return slices.ContainsFunc(graphs(g), func(g *graph.Graph) bool {
		return slices.ContainsFunc(g.Eqns, func(e *graph.Eqn) bool { return e.Op == graph.OpCustomVJP })
	})
}

func checked(t fataler, g *graph.Graph) {
	t.Helper()
	if err := graph.Check(g); err != nil {
		t.Fatalf("%v\n%v", err, g)
	}
}

// directions draws arrays with parts, or their real part, in each element.
func directions(r *rand.Rand, as []graph.Aval, parts complex128) []T {
	out := make([]T, len(as))
	for i, a := range as {
		out[i] = interp.Zeros(a)
		for k := range out[i].Data {
			x, y := 2*r.Float64()-1, 2*r.Float64()-1
			n := graph.Number{C: complex(x*real(parts), y*imag(parts))}
			if !a.DType.IsComplex() {
				n.C = complex(x, 0)
			}
			out[i].Data[k] = n.Round(a.DType)
		}
	}
	return out
}

// difference is the derivative of the outputs that have tangents along dx, by
// differences of fourth order.
func difference(g *graph.Graph, x, dx []T, wrt []bool) []T {
	const h = 1e-5
	at := func(s float64) []T {
		moved, d := slices.Clone(x), dx
		for i, v := range x {
			if wrt[i] {
				moved[i] = interp.Zeros(v.Aval)
				for k := range v.Data {
					moved[i].Data[k].C = v.Data[k].C + complex(s*h, 0)*d[0].Data[k].C
				}
				d = d[1:]
			}
		}
		y := interp.Eval(g, moved...)
		return graph.Pick(graph.Differentiable(g.Out), y)
	}
	a, b, c, d := at(-2), at(-1), at(1), at(2)
	out := make([]T, len(a))
	for i := range a {
		out[i] = interp.Zeros(a[i].Aval)
		for k := range a[i].Data {
			if a[i].Data[k] == b[i].Data[k] && b[i].Data[k] == c[i].Data[k] && c[i].Data[k] == d[i].Data[k] {
				continue // constant, maybe infinite
			}
			out[i].Data[k].C = (8*(c[i].Data[k].C-b[i].Data[k].C) - (d[i].Data[k].C - a[i].Data[k].C)) / (12 * h)
		}
	}
	return out
}

// expand lists the tangents of all ys that can have one.
func expand(mask []bool, dy []T, ys []V) (out []T) {
	for i, y := range ys {
		switch {
		case mask[i]:
			out, dy = append(out, dy[0]), dy[1:]
		case y.DType.Differentiable():
			out = append(out, interp.Zeros(y.Aval))
		}
	}
	return out
}

func compare(t fataler, g *graph.Graph, what string, got, want []T, tol float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d\n%v", what, len(got), len(want), g)
	}
	for i := range got {
		if !got[i].Equal(want[i].Aval) {
			t.Fatalf("%s: value %d is %v, want %v\n%v", what, i, got[i].Aval, want[i].Aval, g)
		}
		for k := range got[i].Data {
			a, b := got[i].Data[k], want[i].Data[k]
			if a.I != b.I || !close(a.C, b.C, tol*(1+cmplx.Abs(b.C))) {
				t.Fatalf("%s: value %d element %d is %v, want %v\n%v", what, i, k, a, b, g)
			}
		}
	}
}

func close(a, b complex128, tol float64) bool {
	one := func(a, b float64) bool {
		return a == b || a != a && b != b || math.Abs(a-b) <= tol
	}
	return one(real(a), real(b)) && one(imag(a), imag(b))
}

// pairing is <ct, dx>.
func pairing(ct, dx []T) (s complex128) {
	for i := range ct {
		for k := range ct[i].Data {
			s += complex(real(ct[i].Data[k].C*dx[i].Data[k].C), 0)
		}
	}
	return s
}

func norm(xs []T) (s float64) {
	for _, x := range xs {
		for _, n := range x.Data {
			if a := cmplx.Abs(n.C); a == a {
				s += a
			}
		}
	}
	return s
}

// tolerance is what can be asked of computations in g's dtypes.
func tolerance(g *graph.Graph) float64 {
	tol := 2e-8
	for _, e := range g.Eqns {
		if p, ok := e.Params.(graph.ReducePrecisionParams); ok { // tangents are rounded, too
			tol = max(tol, math.Ldexp(1, -p.Mantissa))
		}
	}
	for _, a := range slices.Concat(g.In, g.Out) {
		switch a.DType {
		case graph.Float32, graph.Complex64:
			tol = max(tol, 1e-4)
		case graph.Float16:
			tol = max(tol, 2e-2)
		case graph.BFloat16:
			tol = max(tol, 1e-1)
		}
	}
	return tol
}

func hasComplex(vs []V) bool {
	return slices.ContainsFunc(vs, func(v V) bool { return v.DType.IsComplex() })
}

func f64(shape ...int) graph.Aval { return graph.Aval{DType: graph.Float64, Shape: shape} }
func f32(shape ...int) graph.Aval { return graph.Aval{DType: graph.Float32, Shape: shape} }

func floats(xs ...float64) T { return interp.FromFloats(graph.Float64, xs, len(xs)) }
func scalar(x float64) T     { return interp.Scalar(graph.Float64, x) }

// equal asserts the elements of a float64 array.
func equal(t *testing.T, want []float64, got T) {
	t.Helper()
	require.InDeltaSlice(t, want, got.Floats(), 1e-12)
}
