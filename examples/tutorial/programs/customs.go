package programs

import (
	"fmt"
	"log"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

var customs = []Program{
	{ID: "custom_jvp_summary", Run: customJVP},
	{ID: "custom_jvp_defjvps", Run: customPartials},
	{ID: "custom_vjp_summary", Run: customVJP},
	{ID: "log1pexp", Run: log1pexpValue},
	{ID: "log1pexp_transforms", Run: log1pexpTransforms},
	{ID: "log1pexp_nan", Run: log1pexpNaN},
	{ID: "log1pexp_jaxpr", Run: log1pexpJaxpr},
	{ID: "log1pexp_custom", Run: log1pexpCustom},
	{ID: "log1pexp_custom_transforms", Run: log1pexpCustomTransforms},
	{ID: "log1pexp_defjvps", Run: log1pexpPartials},
	{ID: "convention_nan", Run: conventionNaN},
	{ID: "convention_custom", Run: conventionCustom},
	{ID: "convention_defjvps", Run: conventionPartials},
	{ID: "newton_sqrt", Run: newtonSqrt},
	{ID: "newton_sqrt_vmap", Run: newtonSqrtVMap},
	{ID: "fixed_point_custom_vjp", Run: implicitSqrt},
	{ID: "fixed_point_grads", Run: implicitGrads},
	{ID: "fixed_point_check", Run: sqrtGrads},
}

func sinTimes(p xy) *jx.Array { return num.Mul(num.Sin(p.X), p.Y) }

func customJVP() {
	f := jx.CustomJVP(sinTimes, func(p, dot xy) (*jx.Array, *jx.Array) {
		return sinTimes(p), num.Add(
			num.Mul(num.Mul(num.Cos(p.X), dot.X), p.Y),
			num.Mul(num.Sin(p.X), dot.Y))
	})
	useRule(f)
}

func useRule(f func(xy) *jx.Array) {
	at := xy{jx.Scalar(2.0), jx.Scalar(3.0)}
	fmt.Println(f(at))
	y, dy := jx.JVP(f, at, xy{X: jx.Scalar(1.0)}) // the tangent of Y is nil, zero
	fmt.Println(y)
	fmt.Println(dy)
	fmt.Println(jx.Grad(f)(at).X)
}

func customPartials() {
	f := jx.CustomPartials(sinTimes,
		func(dx, _ *jx.Array, p xy) *jx.Array { return num.Mul(num.Mul(num.Cos(p.X), dx), p.Y) },
		func(dy, _ *jx.Array, p xy) *jx.Array { return num.Mul(num.Sin(p.X), dy) })
	useRule(f)
}

func customVJP() {
	type residuals struct{ CosX, SinX, Y *jx.Array }
	f := jx.CustomVJP(sinTimes,
		func(p xy) (*jx.Array, residuals) {
			return sinTimes(p), residuals{num.Cos(p.X), num.Sin(p.X), p.Y}
		},
		func(r residuals, g *jx.Array) xy {
			return xy{num.Mul(num.Mul(r.CosX, g), r.Y), num.Mul(r.SinX, g)}
		})
	fmt.Println(jx.Grad(f)(xy{jx.Scalar(2.0), jx.Scalar(3.0)}).X)
}

func log1pexp(x *jx.Array) *jx.Array { return num.Log(num.Add(1.0, num.Exp(x))) }

func log1pexpValue() { fmt.Printf("%#v\n", log1pexp(jx.Scalar(3.0))) }

func transforms(f func(*jx.Array) *jx.Array) {
	three := jx.Scalar(3.0)
	fmt.Println(jx.Jit(f)(three))
	fmt.Println(jx.Jit(jx.Grad(f))(three))
	fmt.Println(jx.VMap(jx.Jit(jx.Grad(f)))(num.Arange(jx.Float32, 3)))
}

func log1pexpTransforms() { transforms(log1pexp) }

func log1pexpNaN() { fmt.Println(jx.Grad(log1pexp)(jx.Scalar(100.0))) }

func log1pexpJaxpr() {
	j, err := jx.MakeJaxpr(jx.Grad(log1pexp), jx.Scalar(100.0))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(j)
}

// log1pexpStable has a rule that calls it: a plain function that applies the
// rule.
func log1pexpStable(x *jx.Array) *jx.Array {
	return jx.CustomJVP(log1pexp, func(x, dx *jx.Array) (*jx.Array, *jx.Array) {
		y := log1pexpStable(x)
		return y, num.Mul(num.Sub(1, num.Div(1, num.Add(1, num.Exp(x)))), dx)
	})(x)
}

func log1pexpCustom() { fmt.Println(jx.Grad(log1pexpStable)(jx.Scalar(100.0))) }

func log1pexpCustomTransforms() { transforms(log1pexpStable) }

func log1pexpPartials() {
	f := jx.CustomPartials(log1pexp, func(dx, _, x *jx.Array) *jx.Array {
		return num.Mul(num.Sub(1, num.Div(1, num.Add(1, num.Exp(x)))), dx)
	})
	fmt.Println(jx.Grad(f)(jx.Scalar(100.0)))
	transforms(f)
}

// Convention has a derivative at zero, where its formula has none.
func Convention(x *jx.Array) *jx.Array { return num.Div(x, num.Add(1, num.Sqrt(x))) }

func conventionNaN() { fmt.Println(jx.Grad(Convention)(jx.Scalar(0.0))) }

// conventionRule is the derivative, continued to zero.
func conventionRule(dx, x *jx.Array) *jx.Array {
	s := num.Sqrt(x)
	return num.Mul(num.Div(num.Add(s, 2), num.Mul(2, num.Square(num.Add(s, 1)))), dx)
}

func conventionCustom() {
	f := jx.CustomJVP(Convention, func(x, dx *jx.Array) (*jx.Array, *jx.Array) {
		return Convention(x), conventionRule(dx, x)
	})
	fmt.Println(jx.Grad(f)(jx.Scalar(0.0)))
}

func conventionPartials() {
	f := jx.CustomPartials(Convention, func(dx, _, x *jx.Array) *jx.Array { return conventionRule(dx, x) })
	fmt.Println(jx.Grad(f)(jx.Scalar(0.0)))
}

type clipped struct{ Lo, Hi, X *jx.Array }

// clipGradient is X; its gradient is clipped. The bounds are residuals, and
// have no gradient.
var clipGradient = jx.CustomVJP(
	func(a clipped) *jx.Array { return a.X },
	func(a clipped) (*jx.Array, [2]*jx.Array) { return a.X, [2]*jx.Array{a.Lo, a.Hi} },
	func(bounds [2]*jx.Array, g *jx.Array) clipped { return clipped{X: num.Clip(g, bounds[0], bounds[1])} })

func clippedSin(x *jx.Array) *jx.Array {
	return num.Sin(clipGradient(clipped{jx.Scalar(-0.75), jx.Scalar(0.75), x}))
}

// iterate runs x = f(a, x) until it changes by less than 1e-6.
func iterate[A any](f func(A, *jx.Array) *jx.Array, a A, guess *jx.Array, opts ...jx.LoopOption) *jx.Array {
	type carry struct{ Prev, X *jx.Array }
	return jx.While(
		carry{guess, f(a, guess)},
		func(c carry) *jx.Array { return num.Greater(num.Abs(num.Sub(c.Prev, c.X)), 1e-6) },
		func(c carry) carry { return carry{c.X, f(a, c.X)} }, opts...).X
}

func newtonUpdate(a, x *jx.Array) *jx.Array { return num.Mul(0.5, num.Add(x, num.Div(a, x))) }

func iteratedSqrt(a *jx.Array) *jx.Array { return iterate(newtonUpdate, a, a) }

func newtonSqrt() { fmt.Println(iteratedSqrt(jx.Scalar(2.0))) }

func newtonSqrtVMap() {
	fmt.Println(jx.Jit(jx.VMap(iteratedSqrt))(jx.From([]float32{1, 2, 3, 4})))
}

// fixedPoint is iterate with a derivative by the implicit function theorem.
func fixedPoint[A any](f func(A, *jx.Array) *jx.Array, a A, guess *jx.Array) *jx.Array {
	type args struct {
		A A
		X *jx.Array
	}
	return jx.CustomVJP(
		func(in args) *jx.Array { return iterate(f, in.A, in.X) },
		func(in args) (*jx.Array, args) {
			x := fixedPoint(f, in.A, in.X)
			return x, args{in.A, x}
		},
		func(r args, xBar *jx.Array) args {
			// u = xBar + u df/dx is a fixed point too. It is differentiated
			// again, so all that it depends on is passed.
			leaves, unflatten := jx.TreeFlatten(r)
			revIter := func(packed []*jx.Array, u *jx.Array) *jx.Array {
				xBar, r := packed[0], unflatten(packed[1:])
				_, pullX := jx.VJP(func(x *jx.Array) *jx.Array { return f(r.A, x) }, r.X)
				return num.Add(xBar, pullX(u))
			}
			u := fixedPoint(revIter, append([]*jx.Array{xBar}, leaves...), xBar)
			_, pullA := jx.VJP(func(a A) *jx.Array { return f(a, r.X) }, r.A)
			return args{A: pullA(u)} // the guess has no influence
		})(args{a, guess})
}

func sqrt(a *jx.Array) *jx.Array { return fixedPoint(newtonUpdate, a, a) }

func implicitSqrt() { fmt.Println(sqrt(jx.Scalar(2.0))) }

func implicitGrads() {
	fmt.Println(jx.Grad(sqrt)(jx.Scalar(2.0)))
	fmt.Println(jx.Grad(jx.Grad(sqrt))(jx.Scalar(2.0)))
}

func sqrtGrads() {
	fmt.Println(jx.Grad(num.Sqrt)(jx.Scalar(2.0)))
	fmt.Println(jx.Grad(jx.Grad(num.Sqrt))(jx.Scalar(2.0)))
}
