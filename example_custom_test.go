package jacobi_test

import (
	"fmt"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

// log(1 + exp(x)), whose derivative would be inf/inf for large x.
func ExampleCustomJVP() {
	plain := func(x *jx.Array) *jx.Array { return num.Log(num.Add(num.Exp(x), 1)) }
	softplus := jx.CustomJVP(plain, func(x, dx *jx.Array) (*jx.Array, *jx.Array) {
		slope := num.Sub(1, num.Reciprocal(num.Add(num.Exp(x), 1)))
		return plain(x), num.Mul(slope, dx)
	})
	x := jx.Scalar(float32(100))
	fmt.Println(jx.Grad(plain)(x), jx.Grad(softplus)(x))
	// Output: nan 1.0
}

// A rule for each array of the argument.
func ExampleCustomPartials() {
	type point struct{ X, Y *jx.Array }
	product := jx.CustomPartials(
		func(p point) *jx.Array { return num.Mul(p.X, p.Y) },
		func(dx, _ *jx.Array, p point) *jx.Array { return num.Mul(dx, p.Y) },
		func(dy, _ *jx.Array, p point) *jx.Array { return num.Mul(dy, p.X) })
	g := jx.Grad(product)(point{jx.Scalar(2.0), jx.Scalar(3.0)})
	fmt.Println(g.X, g.Y)
	// Output: 3.0 2.0
}

// The identity, whose gradient is clipped.
func ExampleCustomVJP() {
	clip := jx.CustomVJP(
		func(x *jx.Array) *jx.Array { return x },
		func(x *jx.Array) (y *jx.Array, residuals struct{}) { return x, residuals },
		func(_ struct{}, ct *jx.Array) *jx.Array { return num.Clip(ct, -1, 1) })
	f := func(x *jx.Array) *jx.Array { return num.Sum(num.Mul(clip(x), jx.From([]float32{0.5, 10, -10}))) }
	fmt.Println(jx.Grad(f)(num.Zeros(jx.Float32, 3)))
	// Output: [ 0.5  1.  -1. ]
}

// A rule for each mode.
func ExampleCustomRules() {
	square := jx.CustomRules(num.Square,
		func(x, dx *jx.Array) (*jx.Array, *jx.Array) { return num.Square(x), num.Mul(num.Mul(x, 2), dx) },
		func(x *jx.Array) (*jx.Array, *jx.Array) { return num.Square(x), x },
		func(x, ct *jx.Array) *jx.Array { return num.Mul(num.Mul(x, 2), ct) })
	_, dy := jx.JVP(square, jx.Scalar(3.0), jx.Scalar(1.0))
	fmt.Println(dy, jx.Grad(square)(jx.Scalar(3.0)))
	// Output: 6.0 6.0
}

// The square root of a as the root of x^2 - a, found by Newton's method. Its
// derivative, 1/(2 sqrt(a)), is that of the equation and not of the steps.
func ExampleCustomRoot() {
	newton := func(f func(*jx.Array) *jx.Array, x *jx.Array) *jx.Array {
		return jx.Fori(0, 10, x, func(_, x *jx.Array) *jx.Array {
			y, slope := jx.JVP(f, x, jx.Scalar(1.0))
			return num.Sub(x, num.Div(y, slope))
		})
	}
	divide := func(g func(*jx.Array) *jx.Array, y *jx.Array) *jx.Array { return num.Div(y, g(jx.Scalar(1.0))) }
	sqrt := func(a *jx.Array) *jx.Array {
		return jx.CustomRoot(func(x *jx.Array) *jx.Array { return num.Sub(num.Square(x), a) }, jx.Scalar(1.0), newton, divide)
	}
	fmt.Printf("%.3f %.3f\n", sqrt(jx.Scalar(4.0)), jx.Grad(sqrt)(jx.Scalar(4.0)))
	// Output: 2.000 0.250
}

// Equations with a diagonal matrix, which is symmetric: one solver for both
// modes. It may be anything; nothing is differentiated through it.
func ExampleCustomLinearSolve() {
	b := jx.From([]float32{2, 9})
	x := func(d *jx.Array) *jx.Array {
		matvec := func(x *jx.Array) *jx.Array { return num.Mul(d, x) }
		solve := func(matvec func(*jx.Array) *jx.Array, b *jx.Array) *jx.Array {
			return num.Div(b, matvec(num.OnesLike(b)))
		}
		return jx.CustomLinearSolve(matvec, b, solve, solve)
	}
	d := jx.From([]float32{2, 3})
	fmt.Println(x(d))
	fmt.Println(jx.JacRev(x)(d))
	// Output:
	// [1. 3.]
	// [[-0.5 -0. ]
	//  [-0.  -1. ]]
}
