package tutorial

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "jacobi"
	"jacobi/num"
)

var customs = []block{
	{id: "custom_jvp_summary", run: customJVP},
	{id: "custom_jvp_defjvps", run: customPartials},
	{id: "custom_vjp_summary", run: customVJP},
	{id: "log1pexp", run: log1pexpValue},
	{id: "log1pexp_transforms", run: log1pexpTransforms},
	{id: "log1pexp_nan", run: log1pexpNaN},
	{id: "log1pexp_jaxpr", run: log1pexpJaxpr},
	{id: "log1pexp_custom", run: log1pexpCustom},
	{id: "log1pexp_custom_transforms", run: log1pexpCustomTransforms},
	{id: "log1pexp_defjvps", run: log1pexpPartials},
	{id: "convention_def", check: checkConvention},
	{id: "convention_nan", run: conventionNaN},
	{id: "convention_custom", run: conventionCustom},
	{id: "convention_defjvps", run: conventionPartials},
	{id: "clip_def", check: checkClip},
	{id: "clip_plot_sin", check: checkSinCurves},
	{id: "clip_plot_clipped", check: checkClippedCurves},
	{id: "fixed_point_def", check: checkFixedPoint},
	{id: "newton_sqrt", run: newtonSqrt},
	{id: "newton_sqrt_vmap", run: newtonSqrtVMap},
	{id: "fixed_point_custom_vjp", run: implicitSqrt},
	{id: "fixed_point_grads", run: implicitGrads},
	{id: "fixed_point_check", run: sqrtGrads},
}

func sinTimes(p xy) *jx.Array { return num.Mul(num.Sin(p.X), p.Y) }

func customJVP() {
	f := jx.CustomJVP(sinTimes, func(p, dot xy) (*jx.Array, *jx.Array) {
		return sinTimes(p), num.Add(
			num.Mul(num.Cos(p.X), dot.X, p.Y),
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
		func(dx, _ *jx.Array, p xy) *jx.Array { return num.Mul(num.Cos(p.X), dx, p.Y) },
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
			return xy{num.Mul(r.CosX, g, r.Y), num.Mul(r.SinX, g)}
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

func log1pexpJaxpr() { fmt.Println(jx.MakeJaxpr(jx.Grad(log1pexp), jx.Scalar(100.0))) }

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

func convention(x *jx.Array) *jx.Array { return num.Div(x, num.Add(1, num.Sqrt(x))) }

func checkConvention(t *testing.T) {
	assert.InDelta(t, 4.0/3, convention(jx.Scalar(4.0)).Float(), 1e-6)
}

func conventionNaN() { fmt.Println(jx.Grad(convention)(jx.Scalar(0.0))) }

// conventionRule is the derivative, continued to zero.
func conventionRule(dx, x *jx.Array) *jx.Array {
	s := num.Sqrt(x)
	return num.Mul(num.Div(num.Add(s, 2), num.Mul(2, num.Square(num.Add(s, 1)))), dx)
}

func conventionCustom() {
	f := jx.CustomJVP(convention, func(x, dx *jx.Array) (*jx.Array, *jx.Array) {
		return convention(x), conventionRule(dx, x)
	})
	fmt.Println(jx.Grad(f)(jx.Scalar(0.0)))
}

func conventionPartials() {
	f := jx.CustomPartials(convention, func(dx, _, x *jx.Array) *jx.Array { return conventionRule(dx, x) })
	fmt.Println(jx.Grad(f)(jx.Scalar(0.0)))
}

type clipped struct{ Lo, Hi, X *jx.Array }

// clipGradient is X; its gradient is clipped. The bounds are residuals, and
// have no gradient.
var clipGradient = jx.CustomVJP(
	func(a clipped) *jx.Array { return a.X },
	func(a clipped) (*jx.Array, [2]*jx.Array) { return a.X, [2]*jx.Array{a.Lo, a.Hi} },
	func(bounds [2]*jx.Array, g *jx.Array) clipped { return clipped{X: num.Clip(g, bounds[0], bounds[1])} })

func checkClip(t *testing.T) {
	g := jx.Grad(func(a clipped) *jx.Array { return num.Mul(10, clipGradient(a)) })(clipped{jx.Scalar(-0.5), jx.Scalar(0.5), jx.Scalar(3.0)})
	assert.Equal(t, "0.0 0.0 0.5", fmt.Sprint(g.Lo, g.Hi, g.X))
}

func clippedSin(x *jx.Array) *jx.Array {
	return num.Sin(clipGradient(clipped{jx.Scalar(-0.75), jx.Scalar(0.75), x}))
}

func checkSinCurves(t *testing.T) { checkCurves(t, num.Sin, math.Cos) }

func checkClippedCurves(t *testing.T) {
	checkCurves(t, clippedSin, func(x float64) float64 { return min(max(math.Cos(x), -0.75), 0.75) })
}

// checkCurves compares a curve that is a sine, and its derivative, at 1000
// points.
func checkCurves(t *testing.T, f func(*jx.Array) *jx.Array, slope func(float64) float64) {
	x := num.Linspace(jx.Float32, 0, 10, 1000)
	xs, err := jx.Slice[float32](x)
	require.NoError(t, err)
	y, err := jx.Slice[float32](f(x))
	require.NoError(t, err)
	dy, err := jx.Slice[float32](jx.VMap(jx.Grad(f))(x))
	require.NoError(t, err)
	require.Len(t, dy, 1000)
	for i, at := range xs {
		assert.InDelta(t, math.Sin(float64(at)), y[i], 1e-6)
		assert.InDelta(t, slope(float64(at)), dy[i], 1e-6)
	}
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

func checkFixedPoint(t *testing.T) {
	cos := func(_ struct{}, x *jx.Array) *jx.Array { return num.Cos(x) }
	assert.InDelta(t, 0.7390851, iterate(cos, struct{}{}, jx.Scalar(1.0)).Float(), 2e-6)
}

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
