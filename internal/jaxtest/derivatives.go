package jaxtest

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

// Sample is a well conditioned matrix with its pivots off the diagonal.
func Sample(d jx.DType, n int) *jx.Array {
	data := make([]complex128, n*n)
	for i := range data {
		data[i] = complex(math.Sin(float64(3*i+1)), math.Cos(float64(5*i+2)))
		if (i/n+1)%n == i%n {
			data[i] += 3
		}
	}
	x := jx.From(data, n, n)
	if d == jx.Float64 {
		return num.Real(x)
	}
	return x
}

// Weighted is a real number that depends on all of x.
func Weighted(x *jx.Array) *jx.Array {
	w := num.Reshape(num.Cos(num.Arange(jx.Float64, x.Size())), x.Shape()...)
	if x.DType().IsComplex() {
		x = num.Add(num.Real(x), num.Mul(0.7, num.Imag(x)))
	}
	return num.Sum(num.Mul(num.Square(x), w)) // not linear
}

// Derivatives compares the first and second derivatives of smooth, real
// functions of a matrix with differences, in forward and reverse mode.
func Derivatives(t *testing.T, smooth map[string]func(a *jx.Array) *jx.Array) {
	for name, f := range smooth {
		for _, d := range []jx.DType{jx.Float64, jx.Complex128} {
			t.Run(name+" "+d.String(), func(t *testing.T) {
				a := Sample(d, 4)
				dx := num.Sin(num.Mul(a, 7))
				slope := func(a *jx.Array) *jx.Array { _, dy := jx.JVP(f, a, dx); return dy }
				back := func(a *jx.Array) *jx.Array { return pair(jx.Grad(f)(a), dx) }
				all := jx.Jit(func(a *jx.Array) arrays { // one program, at all points
					_, forward := jx.JVP(slope, a, dx)
					_, mixed := jx.JVP(back, a, dx)
					return arrays{f(a), slope(a), back(a), forward, mixed, pair(jx.Grad(slope)(a), dx)}
				})
				const h = 1e-5
				var at [5]arrays
				for i := range at {
					at[i] = all(num.Add(a, num.Mul(dx, float64(i-2)*h)))
				}
				along := func(k int) float64 { // by differences
					y := func(s int) float64 { return at[2+s][k].Float() }
					return (8*(y(1)-y(-1)) - (y(2) - y(-2))) / (12 * h)
				}
				first, second := along(0), along(1)
				for k, way := range []string{"forward", "reverse"} {
					assert.InEpsilon(t, first, at[2][1+k].Float(), 1e-6, way)
				}
				for k, way := range []string{"forward over forward", "forward over reverse", "reverse over forward"} {
					assert.InEpsilon(t, second, at[2][3+k].Float(), 1e-6, way)
				}
			})
		}
	}
}

// pair is the real part of the sum of products.
func pair(x, y *jx.Array) *jx.Array { return num.Real(num.Sum(num.Mul(x, y))) }

// VMap compares functions of one example at a time with all at once.
func VMap(t *testing.T, smooth map[string]func(a *jx.Array) *jx.Array) {
	for name, f := range smooth {
		t.Run(name, func(t *testing.T) {
			a := num.Stack(0, Sample(jx.Float64, 4), num.Mul(1.5, Sample(jx.Float64, 4)), num.Flip(Sample(jx.Float64, 4)))
			both := func(a *jx.Array) arrays { return arrays{f(a), jx.Grad(f)(a)} }
			got := jx.VMap(both)(a)
			for i := range 3 {
				want := both(a.At(i))
				for k, w := range want {
					Compare(t, name, arrays{got[k].At(i)}, arrays{w})
				}
			}
		})
	}
}
