package programs

import (
	"errors"
	"fmt"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/debug"
	"github.com/jacobi-go/jacobi/num"
)

var rules = []Program{
	{ID: "basic_custom_jvp_use", Run: useSinRule},
	{ID: "basic_custom_jvp_grad", Run: sinRuleGrads},
	{ID: "basic_custom_jvp_multi", Run: twoArguments},
	{ID: "basic_defjvps", Run: onePartial},
	{ID: "basic_defjvps_multi", Run: twoPartials},
	{ID: "basic_defjvps_none", Run: zeroPartial},
	{ID: "trace_custom_jvp", Run: traceJVPRule},
	{ID: "trace_custom_jvp_vmap_jit", Run: traceJVPRuleVMapJit},
	{ID: "trace_custom_jvp_jvp", Run: traceJVPRuleJVP},
	{ID: "trace_custom_jvp_grad", Run: traceJVPRuleGrad},
	{ID: "trace_custom_jvp_gradgrad", Run: traceJVPRuleGradGrad},
	{ID: "custom_jvp_pyflow", Run: hostControlFlow},
	{ID: "basic_custom_vjp", Run: useReverseRule},
	{ID: "basic_custom_vjp_multi", Run: reverseRuleOfTwo},
	{ID: "trace_custom_vjp", Run: traceVJPRule},
	{ID: "trace_custom_vjp_grad", Run: traceVJPRuleGrad},
	{ID: "trace_custom_vjp_vjp", Run: traceVJPRuleVJP},
	{ID: "trace_custom_vjp_pullback", Run: traceVJPRulePullback, After: traceVJPRuleVJP},
	{ID: "custom_vjp_jvp_error", Run: forwardThroughReverse},
	{ID: "pytree_custom_jvp", Run: structJVPRule},
	{ID: "pytree_custom_jvp_grad", Run: structJVPRuleGrad},
	{ID: "pytree_custom_vjp", Run: structVJPRule},
	{ID: "pytree_custom_vjp_grad", Run: structVJPRuleGrad},
	{ID: "nondiff_jvp_app", Run: applied},
	{ID: "nondiff_jvp_app_grad", Run: appliedGrad},
	{ID: "nondiff_jvp_app2", Run: appliedTwice},
	{ID: "nondiff_jvp_app2_grad", Run: appliedTwiceGrad},
	{ID: "nondiff_vjp_app", Run: appliedReverse},
	{ID: "nondiff_vjp_app_grad", Run: appliedReverseGrad},
}

// Sin is num.Sin with a rule.
func Sin(x *jx.Array) *jx.Array {
	return jx.CustomJVP(num.Sin, func(x, dx *jx.Array) (*jx.Array, *jx.Array) {
		return Sin(x), num.Mul(num.Cos(x), dx)
	})(x)
}

func useSinRule() {
	fmt.Println(Sin(jx.Scalar(3.0)))
	y, dy := jx.JVP(Sin, jx.Scalar(3.0), jx.Scalar(1.0))
	fmt.Println(y)
	fmt.Println(dy)
}

func sinRuleGrads() {
	fmt.Println(jx.Grad(Sin)(jx.Scalar(3.0)))
	fmt.Println(jx.Grad(jx.Grad(Sin))(jx.Scalar(3.0)))
}

func squareTimes(p xy) *jx.Array { return num.Mul(num.Square(p.X), p.Y) }

var at23 = xy{jx.Scalar(2.0), jx.Scalar(3.0)}

func twoArguments() {
	f := jx.CustomJVP(squareTimes, func(p, dot xy) (*jx.Array, *jx.Array) {
		return squareTimes(p), num.Add(num.Mul(num.Mul(num.Mul(2, p.X), p.Y), dot.X), num.Mul(num.Square(p.X), dot.Y))
	})
	fmt.Println(jx.Grad(f)(at23).X)
}

func onePartial() {
	f := jx.CustomPartials(num.Sin, func(dx, _, x *jx.Array) *jx.Array { return num.Mul(num.Cos(x), dx) })
	fmt.Println(jx.Grad(f)(jx.Scalar(3.0)))
}

func twoPartials() {
	f := jx.CustomPartials(squareTimes,
		func(dx, _ *jx.Array, p xy) *jx.Array { return num.Mul(num.Mul(num.Mul(2, p.X), p.Y), dx) },
		func(dy, _ *jx.Array, p xy) *jx.Array { return num.Mul(num.Square(p.X), dy) })
	g := jx.Grad(f)(at23)
	fmt.Println(g.X)
	fmt.Println(jx.Grad(func(x *jx.Array) *jx.Array { return f(xy{x, at23.Y}) })(at23.X)) // the same
	fmt.Println(g.Y)
}

func zeroPartial() {
	f := jx.CustomPartials(squareTimes,
		func(dx, _ *jx.Array, p xy) *jx.Array { return num.Mul(num.Mul(num.Mul(2, p.X), p.Y), dx) },
		nil)
	g := jx.Grad(f)(at23)
	fmt.Println(g.X)
	fmt.Println(jx.Grad(func(x *jx.Array) *jx.Array { return f(xy{x, at23.Y}) })(at23.X)) // the same
	fmt.Println(g.Y)
}

func tracedSin(x *jx.Array) *jx.Array {
	return jx.CustomJVP(
		func(x *jx.Array) *jx.Array {
			fmt.Println("called f!")
			return num.Sin(x)
		},
		func(x, dx *jx.Array) (*jx.Array, *jx.Array) {
			fmt.Println("called f_jvp!")
			return tracedSin(x), num.Mul(num.Cos(x), dx)
		})(x)
}

func traceJVPRule() { fmt.Println(tracedSin(jx.Scalar(3.0))) }

func traceJVPRuleVMapJit() {
	fmt.Println(jx.VMap(tracedSin)(num.Arange(jx.Float32, 3)))
	fmt.Println(jx.Jit(tracedSin)(jx.Scalar(3.0)))
}

func traceJVPRuleJVP() {
	_, dy := jx.JVP(tracedSin, jx.Scalar(3.0), jx.Scalar(1.0))
	fmt.Println(dy)
}

func traceJVPRuleGrad() { fmt.Println(jx.Grad(tracedSin)(jx.Scalar(3.0))) }

func traceJVPRuleGradGrad() { fmt.Printf("%#v\n", jx.Grad(jx.Grad(tracedSin))(jx.Scalar(3.0))) }

func sinOrCos(x *jx.Array) *jx.Array {
	return jx.CustomJVP(
		func(x *jx.Array) *jx.Array {
			if x.Float() > 0 {
				return num.Sin(x)
			}
			return num.Cos(x)
		},
		func(x, dx *jx.Array) (*jx.Array, *jx.Array) {
			y := sinOrCos(x)
			if x.Float() > 0 {
				return y, num.Mul(2, dx)
			}
			return y, num.Mul(3, dx)
		})(x)
}

func hostControlFlow() {
	fmt.Println(jx.Grad(sinOrCos)(jx.Scalar(1.0)))
	fmt.Println(jx.Grad(sinOrCos)(jx.Scalar(-1.0)))
}

func sinReverse(x *jx.Array) *jx.Array {
	return jx.CustomVJP(num.Sin,
		func(x *jx.Array) (y, cosX *jx.Array) { return sinReverse(x), num.Cos(x) },
		func(cosX, yBar *jx.Array) *jx.Array { return num.Mul(cosX, yBar) })(x)
}

func useReverseRule() {
	fmt.Println(sinReverse(jx.Scalar(3.0)))
	fmt.Println(jx.Grad(sinReverse)(jx.Scalar(3.0)))
}

func reverseRuleOfTwo() {
	f := jx.CustomVJP(sinTimes,
		func(p xy) (*jx.Array, [3]*jx.Array) {
			return sinTimes(p), [3]*jx.Array{num.Cos(p.X), num.Sin(p.X), p.Y}
		},
		func(r [3]*jx.Array, g *jx.Array) xy {
			cosX, sinX, y := r[0], r[1], r[2]
			return xy{num.Mul(num.Mul(cosX, g), y), num.Mul(sinX, g)}
		})
	fmt.Println(jx.Grad(f)(at23).X)
}

func tracedReverse(x *jx.Array) *jx.Array {
	return jx.CustomVJP(
		func(x *jx.Array) *jx.Array {
			fmt.Println("called f!")
			return num.Sin(x)
		},
		func(x *jx.Array) (*jx.Array, *jx.Array) {
			fmt.Println("called f_fwd!")
			return tracedReverse(x), num.Cos(x)
		},
		func(cosX, yBar *jx.Array) *jx.Array {
			fmt.Println("called f_bwd!")
			return num.Mul(cosX, yBar)
		})(x)
}

func traceVJPRule() { fmt.Println(tracedReverse(jx.Scalar(3.0))) }

func traceVJPRuleGrad() { fmt.Println(jx.Grad(tracedReverse)(jx.Scalar(3.0))) }

var tracedPullback func(*jx.Array) *jx.Array

func traceVJPRuleVJP() {
	var y *jx.Array
	y, tracedPullback = jx.VJP(tracedReverse, jx.Scalar(3.0))
	fmt.Println(y)
}

func traceVJPRulePullback() { fmt.Printf("%#v\n", tracedPullback(jx.Scalar(1.0))) }

func forwardThroughReverse() {
	err := jx.Try(func() { jx.JVP(tracedReverse, jx.Scalar(3.0), jx.Scalar(1.0)) })
	var e *jx.Error
	if errors.As(err, &e) {
		fmt.Println("ERROR!", e)
	}
}

type seen struct{ X, G *jx.Array }

// look is the identity, and calls back with what passes in the backward pass.
func look(back func(seen)) func(*jx.Array) *jx.Array {
	return jx.CustomVJP(
		func(x *jx.Array) *jx.Array { return x },
		func(x *jx.Array) (*jx.Array, *jx.Array) { return x, x },
		func(x, g *jx.Array) *jx.Array {
			debug.Callback(seen{x, g}, back)
			return g
		})
}

type point struct{ X, Y *jx.Array }

type shadow struct {
	A *jx.Array
	B [2]*jx.Array
}

func cast(p point) shadow {
	return shadow{A: num.Square(p.X), B: [2]*jx.Array{num.Sin(p.X), num.Cos(p.Y)}}
}

var (
	pt = point{jx.Scalar(1.0), jx.Scalar(2.0)}

	castJVP = jx.CustomJVP(cast, func(p, dot point) (shadow, shadow) {
		return cast(p), shadow{
			A: num.Mul(num.Mul(2, p.X), dot.X),
			B: [2]*jx.Array{num.Mul(num.Cos(p.X), dot.X), num.Mul(num.Neg(num.Sin(p.Y)), dot.Y)},
		}
	})

	castVJP = jx.CustomVJP(cast,
		func(p point) (shadow, point) { return cast(p), p },
		func(p point, g shadow) point {
			return point{
				X: num.Add(num.Mul(num.Mul(2, p.X), g.A), num.Mul(num.Cos(p.X), g.B[0])),
				Y: num.Mul(num.Neg(num.Sin(p.Y)), g.B[1]),
			}
		})
)

func structJVPRule() { fmt.Printf("%+v\n", castJVP(pt)) }

func structJVPRuleGrad() {
	f := func(p point) *jx.Array { s := castJVP(p); return num.Add(s.A, s.B[0]) }
	fmt.Printf("%+v\n", jx.Grad(f)(pt))
}

func structVJPRule() { fmt.Printf("%+v\n", castVJP(pt)) }

func structVJPRuleGrad() {
	f := func(p point) *jx.Array { s := castVJP(p); return num.Add(s.A, s.B[0]) }
	fmt.Printf("%+v\n", jx.Grad(f)(pt))
}

type fn = func(*jx.Array) *jx.Array

// apply is f(x); f is not differentiated: the rule closes over it.
func apply(f fn, x *jx.Array) *jx.Array {
	return jx.CustomJVP(f, func(x, dx *jx.Array) (*jx.Array, *jx.Array) {
		return f(x), num.Mul(2, dx)
	})(x)
}

func cube(x *jx.Array) *jx.Array { return num.Pow(x, 3) }

func applied() { fmt.Println(apply(cube, jx.Scalar(3.0))) }

func appliedGrad() {
	fmt.Println(jx.Grad(func(x *jx.Array) *jx.Array { return apply(cube, x) })(jx.Scalar(3.0)))
}

// applyTwice is f(g(x)).
func applyTwice(f fn, x *jx.Array, g fn) *jx.Array {
	fg := func(x *jx.Array) *jx.Array { return f(g(x)) }
	return jx.CustomJVP(fg, func(x, dx *jx.Array) (*jx.Array, *jx.Array) {
		return fg(x), num.Mul(3, dx)
	})(x)
}

func five(x *jx.Array) *jx.Array { return num.Mul(5, x) }

func appliedTwice() { fmt.Println(applyTwice(cube, jx.Scalar(3.0), five)) }

func appliedTwiceGrad() {
	fmt.Println(jx.Grad(func(x *jx.Array) *jx.Array { return applyTwice(cube, x, five) })(jx.Scalar(3.0)))
}

func applyReverse(f fn, x *jx.Array) *jx.Array {
	return jx.CustomVJP(f,
		func(x *jx.Array) (*jx.Array, *jx.Array) { return f(x), x },
		func(x, g *jx.Array) *jx.Array { return num.Mul(5, g) })(x)
}

func appliedReverse() { fmt.Println(applyReverse(num.Square, jx.Scalar(4.0))) }

func appliedReverseGrad() {
	fmt.Println(jx.Grad(func(x *jx.Array) *jx.Array { return applyReverse(num.Square, x) })(jx.Scalar(4.0)))
}
