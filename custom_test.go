package jacobi_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/ad/adtest"
	"github.com/jacobi-go/jacobi/num"
)

// sinRule is sin with a rule that says where it was used: its derivative is
// three times the cosine.
func sinRule(x *jx.Array) *jx.Array {
	return jx.CustomJVP(num.Sin, func(x, dx *jx.Array) (*jx.Array, *jx.Array) {
		return sinRule(x), num.Mul(num.Mul(3, num.Cos(x)), dx)
	})(x)
}

func sinBack(x *jx.Array) *jx.Array {
	return jx.CustomVJP(num.Sin,
		func(x *jx.Array) (*jx.Array, *jx.Array) { return sinBack(x), x },
		func(x, g *jx.Array) *jx.Array { return num.Mul(num.Mul(3, num.Cos(x)), g) })(x)
}

var both = jx.CustomRules(num.Sin,
	func(x, dx *jx.Array) (*jx.Array, *jx.Array) { return num.Sin(x), num.Mul(num.Mul(3, num.Cos(x)), dx) },
	func(x *jx.Array) (*jx.Array, *jx.Array) { return num.Sin(x), x },
	func(x, g *jx.Array) *jx.Array { return num.Mul(num.Mul(3, num.Cos(x)), g) })

// A rule is used wherever the function is: in calls, mapped, in loops and
// branches, twice.
func TestRulesAreUsedEverywhere(t *testing.T) {
	x := jx.Scalar(0.4).As(jx.Float64)
	want := num.Mul(3, num.Cos(x))
	second := num.Mul(-3, num.Sin(x))
	for name, sin := range map[string]func(*jx.Array) *jx.Array{"jvp": sinRule, "vjp": sinBack, "both": both} {
		t.Run(name, func(t *testing.T) {
			for where, f := range map[string]func(*jx.Array) *jx.Array{
				"alone": sin,
				"jit":   jx.Jit(sin),
				"cond": func(x *jx.Array) *jx.Array {
					return jx.Cond(num.Greater(x, 0), func() *jx.Array { return sin(x) }, func() *jx.Array { return x })
				},
				"scan": func(x *jx.Array) *jx.Array {
					y, _ := jx.Scan(x, struct{}{}, func(c *jx.Array, _ struct{}) (*jx.Array, struct{}) { return sin(c), struct{}{} }, jx.Length(1))
					return y
				},
				"while": func(x *jx.Array) *jx.Array {
					type s struct{ I, X *jx.Array }
					return jx.While(s{jx.Scalar(0), x}, func(s_ s) *jx.Array { return num.Less(s_.I, 1) }, func(s_ s) s { return s{num.Add(s_.I, 1), sin(s_.X)} }, jx.MaxTrips(2)).X
				},
				"checkpoint": jx.Checkpoint(sin),
				"vmap":       func(x *jx.Array) *jx.Array { return jx.VMap(sin)(num.ExpandDims(x, 0)).At(0) },
			} {
				t.Run(where, func(t *testing.T) {
					requireClose(t, num.Sin(x), f(x))
					requireClose(t, want, jx.Grad(f)(x))
					requireClose(t, want, jx.Jit(jx.Grad(f))(x))
					if name != "both" { // its rule does not use a rule for the second derivative
						requireClose(t, num.Mul(1, second), func() *jx.Array {
							if name == "jvp" {
								return num.Add(jx.Grad(jx.Grad(f))(x), 0)
							}
							return jx.Grad(jx.Grad(f))(x)
						}())
					}
					requireClose(t, num.Stack(0, want, want), jx.VMap(jx.Grad(f))(num.Stack(0, x, x)))
					if name != "vjp" {
						_, dy := jx.JVP(f, x, num.OnesLike(x))
						requireClose(t, want, dy)
					}
				})
			}
		})
	}
}

// The outer value is closed over by the rule; the graph has it as an operand.
func TestRulesCloseOverTracedValues(t *testing.T) {
	f := func(a, x *jx.Array) *jx.Array {
		scaled := jx.CustomJVP(
			func(x *jx.Array) *jx.Array { return num.Mul(a, num.Sin(x)) },
			func(x, dx *jx.Array) (*jx.Array, *jx.Array) {
				return num.Mul(a, num.Sin(x)), num.Mul(num.Mul(a, num.Cos(x)), dx)
			})
		return scaled(x)
	}
	a, x := jx.Scalar(2.0).As(jx.Float64), jx.Scalar(0.3).As(jx.Float64)
	want := num.Mul(a, num.Cos(x))
	gradX := func(a *jx.Array) *jx.Array { return jx.Grad(func(x *jx.Array) *jx.Array { return f(a, x) })(x) }
	requireClose(t, want, gradX(a))
	requireClose(t, want, jx.Jit(gradX)(a))
	requireClose(t, num.Mul(num.Stack(0, a, x), num.Cos(x)), jx.VMap(gradX)(num.Stack(0, a, x)))
	// the derivative by a of the derivative by x: a is an ordinary value there
	requireClose(t, num.Cos(x), jx.Grad(gradX)(a))
	err := jx.Try(func() { jx.Grad(func(a *jx.Array) *jx.Array { return f(a, x) })(num.Mul(a, 1)) })
	require.ErrorContains(t, err, "closes over a value")
	require.ErrorContains(t, err, "custom_test.go:")
	back := func(a, x *jx.Array) *jx.Array {
		return jx.CustomVJP(
			func(x *jx.Array) *jx.Array { return num.Mul(a, x) },
			func(x *jx.Array) (*jx.Array, struct{}) { return num.Mul(a, x), struct{}{} },
			func(_ struct{}, g *jx.Array) *jx.Array { return num.Mul(a, g) })(x)
	}
	_, pullback := jx.VJP(func(x *jx.Array) *jx.Array { return back(a, x) }, x)
	requireClose(t, num.Mul(2, a), pullback(jx.Scalar(2.0).As(jx.Float64)))
	requireClose(t, num.Mul(num.Stack(0, a, x), a), jx.VMap(pullback)(num.Stack(0, a, x)))
}

type ruleTree struct {
	X *jx.Array
	N *jx.Array // an integer
	S int       // static
}

func TestRulesOverTrees(t *testing.T) {
	f := jx.CustomVJP(
		func(p ruleTree) map[string]*jx.Array {
			return map[string]*jx.Array{"y": num.Mul(num.Mul(p.X, p.N), jx.Scalar(p.S)), "n": p.N}
		},
		func(p ruleTree) (map[string]*jx.Array, []any) {
			return map[string]*jx.Array{"y": num.Mul(num.Mul(p.X, p.N), jx.Scalar(p.S)), "n": p.N}, []any{p.N, p.S}
		},
		func(r []any, g map[string]*jx.Array) ruleTree {
			return ruleTree{X: num.Mul(num.Mul(g["y"], r[0].(*jx.Array)), jx.Scalar(r[1].(int))), S: r[1].(int)}
		})
	at := ruleTree{jx.From([]float64{1, 2}), jx.Scalar(int32(3)), 5}
	g := jx.Grad(func(p ruleTree) *jx.Array { return num.Sum(num.Square(f(p)["y"])) }, jx.AllowInt())(at)
	requireClose(t, num.Mul(2*15*15, at.X), g.X)
	require.Nil(t, g.N)
	partial := jx.CustomPartials(func(p [2]*jx.Array) *jx.Array { return num.Mul(num.Sin(p[0]), p[1]) },
		func(d, _ *jx.Array, p [2]*jx.Array) *jx.Array { return num.Mul(num.Mul(num.Cos(p[0]), d), p[1]) },
		func(d, _ *jx.Array, p [2]*jx.Array) *jx.Array { return num.Mul(num.Sin(p[0]), d) })
	adtest.CheckGrads(t, partial, [2]*jx.Array{jx.From([]float64{0.3, 0.5}), jx.From([]float64{2, 3})}, adtest.Options{Order: 2})
}

func TestRuleErrors(t *testing.T) {
	x := jx.From([]float32{1, 2})
	sum := func(f func(*jx.Array) *jx.Array) func() {
		return func() { jx.Grad(func(x *jx.Array) *jx.Array { return num.Sum(f(x)) })(x) }
	}
	for name, row := range map[string]struct {
		f    func()
		want string
	}{
		"forward mode":           {func() { jx.JVP(sinBack, x, x) }, "jx.CustomRules"},
		"forward mode of a map":  {func() { jx.JVP(jx.VMap(sinBack), x, x) }, "jx.CustomRules"},
		"forward mode in a loop": {func() { jx.JacFwd(func(x *jx.Array) *jx.Array { return jx.Map(x, sinBack) })(x) }, "jx.CustomRules"},
		"a linear map of it":     {func() { jx.Linearize(jx.Jit(sinBack), x) }, "jx.CustomRules"},
		"shape of a tangent": {sum(jx.CustomJVP(num.Sin, func(x, dx *jx.Array) (*jx.Array, *jx.Array) { return num.Sin(x), num.Sum(dx) })),
			"the tangent that jvp returns is f32[], the value is f32[2]"},
		"dtype of a cotangent": {sum(jx.CustomVJP(num.Sin,
			func(x *jx.Array) (*jx.Array, *jx.Array) { return num.Sin(x), x },
			func(x, g *jx.Array) *jx.Array { return num.Mul(num.Cos(x), g).As(jx.Float64) })),
			"the cotangent that bwd returns is f64[2], the value is f32[2]"},
		"value depends on the tangent": {sum(jx.CustomJVP(num.Sin, func(x, dx *jx.Array) (*jx.Array, *jx.Array) { return num.Add(num.Sin(x), dx), dx })),
			"depends on the tangent"},
		"too few partials": {func() {
			jx.Grad(jx.CustomPartials(func(p [2]*jx.Array) *jx.Array { return num.Sum(num.Mul(p[0], p[1])) },
				func(d, _ *jx.Array, p [2]*jx.Array) *jx.Array { return num.Sum(d) }))([2]*jx.Array{x, x})
		}, "1 rules for 2 arrays"},
		"shape of a value": {sum(jx.CustomJVP(num.Sin, func(x, dx *jx.Array) (*jx.Array, *jx.Array) { return num.Sum(x), num.Sum(dx) })),
			"the function returns its value as f32[2] and its rule jvp as f32[]"},
		"dtype of a value": {sum(jx.CustomJVP(num.Sin, func(x, dx *jx.Array) (*jx.Array, *jx.Array) { return num.Sin(x).As(jx.Float64), dx.As(jx.Float64) })),
			"as f32[2] and its rule jvp as f64[2]"},
		"number for an integer": {func() {
			jx.JVP(jx.CustomJVP(func(x *jx.Array) *jx.Array { return num.Argmax(x) },
				func(x, dx *jx.Array) (*jx.Array, *jx.Array) { return jx.Scalar(1.5), nil }), x, x)
		}, "as i32[] and its rule jvp as f32[]"},
		"shape of a value, forward": {func() {
			jx.JVP(jx.CustomJVP(num.Sin, func(x, dx *jx.Array) (*jx.Array, *jx.Array) { return num.Sum(x), num.Sum(dx) }), x, x)
		}, "as f32[2] and its rule jvp as f32[]"},
		"shape of a value in a call": {func() {
			jx.Jit(jx.JacRev(jx.Jit(jx.CustomJVP(num.Sin, func(x, dx *jx.Array) (*jx.Array, *jx.Array) { return num.Sum(x), num.Sum(dx) }))))(x)
		}, "as f32[2] and its rule jvp as f32[]"},
		"shape of fwd's value": {sum(jx.CustomVJP(num.Sin,
			func(x *jx.Array) (*jx.Array, *jx.Array) { return num.Sum(x), x },
			func(x, g *jx.Array) *jx.Array { return num.Mul(x, g) })), "as f32[2] and its rule fwd as f32[]"},
		"shape of fwd's value, one rule for each mode": {sum(jx.CustomRules(num.Sin,
			func(x, dx *jx.Array) (*jx.Array, *jx.Array) { return num.Sin(x), dx },
			func(x *jx.Array) (*jx.Array, *jx.Array) { return num.Sum(x), x },
			func(x, g *jx.Array) *jx.Array { return num.Mul(x, g) })), "as f32[2] and its rule fwd as f32[]"},
		"tree of a value": {func() {
			jx.JVP(jx.CustomJVP(func(x *jx.Array) []*jx.Array { return []*jx.Array{x, x} },
				func(x, dx *jx.Array) ([]*jx.Array, []*jx.Array) { return []*jx.Array{x}, []*jx.Array{dx} }), x, x)
		}, "must agree"},
		"shape of a partial": {sum(jx.CustomPartials(func(p *jx.Array) *jx.Array { return num.Sin(p) },
			func(d, _, p *jx.Array) *jx.Array { return num.Sum(d) })), "the tangent by rule 0 is f32[], the value is f32[2]"},
		"shape of the second partial": {func() {
			jx.JVP(jx.CustomPartials(func(p [2]*jx.Array) *jx.Array { return num.Mul(p[0], p[1]) },
				func(d, _ *jx.Array, p [2]*jx.Array) *jx.Array { return num.Mul(d, p[1]) },
				func(d, _ *jx.Array, p [2]*jx.Array) *jx.Array { return num.Sum(d) }), [2]*jx.Array{x, x}, [2]*jx.Array{x, x})
		}, "the tangent by rule 1 is f32[], the value is f32[2]"},
		"not linear": {sum(jx.CustomJVP(num.Sin, func(x, dx *jx.Array) (*jx.Array, *jx.Array) { return num.Sin(x), num.Mul(num.Mul(num.Cos(x), dx), dx) })),
			"linear"},
	} {
		t.Run(name, func(t *testing.T) {
			err := jx.Try(row.f)
			require.ErrorContains(t, err, row.want)
			require.ErrorContains(t, err, "custom_test.go:")
		})
	}
}

// What a rule's value is checked against is known from the rule's own call of
// the function, or from an earlier trace; else the function is traced once.
func TestHowOftenCustomFunctionsAreTraced(t *testing.T) {
	var called []string
	var f func(*jx.Array) *jx.Array
	base := func(x *jx.Array) *jx.Array { called = append(called, "f"); return num.Sin(x) }
	count := func(g func(*jx.Array) *jx.Array) []string {
		called = nil
		g(jx.Scalar(1.0))
		return called
	}
	f = jx.CustomJVP(base, func(x, dx *jx.Array) (*jx.Array, *jx.Array) {
		called = append(called, "jvp")
		return f(x), dx
	})
	require.Equal(t, []string{"jvp", "f"}, count(jx.Grad(f)))
	f = jx.CustomJVP(base, func(x, dx *jx.Array) (*jx.Array, *jx.Array) {
		called = append(called, "jvp")
		return num.Sin(x), dx
	})
	require.Equal(t, []string{"jvp", "f"}, count(jx.Grad(f)))
	require.Equal(t, []string{"jvp"}, count(jx.Grad(f)))
	// To see what the function returns, no rule of what it calls is traced.
	inner := jx.CustomJVP(num.Sin, func(x, dx *jx.Array) (*jx.Array, *jx.Array) {
		called = append(called, "inner jvp")
		return num.Sin(x), dx
	})
	f = jx.CustomJVP(func(x *jx.Array) *jx.Array { called = append(called, "f"); return inner(x) }, func(x, dx *jx.Array) (*jx.Array, *jx.Array) {
		called = append(called, "jvp")
		return num.Sin(x), dx
	})
	require.Equal(t, []string{"jvp", "f"}, count(jx.Grad(f)))
	// The second function is like the first, but for the one that it is made of.
	of := func(g func(*jx.Array) *jx.Array) func(*jx.Array) *jx.Array {
		return jx.CustomJVP(func(x *jx.Array) *jx.Array { return g(x) }, func(x, dx *jx.Array) (*jx.Array, *jx.Array) { return num.Sin(x), dx })
	}
	jx.Grad(of(num.Sin))(jx.Scalar(1.0))
	err := jx.Try(func() { jx.Grad(of(func(x *jx.Array) *jx.Array { return num.Stack(0, x, x) }))(jx.Scalar(1.0)) })
	require.ErrorContains(t, err, "as f32[2] and its rule jvp as f32[]")
}

// A number that the rule returns takes the function's dtype.
func TestRuleReturnsANumber(t *testing.T) {
	one := jx.CustomJVP(func(x *jx.Array) *jx.Array { return num.OnesLike(x) }, func(x, dx *jx.Array) (*jx.Array, *jx.Array) { return jx.Scalar(1.0), dx })
	x := jx.Scalar(2.0).As(jx.Float64)
	y, dy := jx.JVP(one, x, x)
	require.Equal(t, jx.Float64, y.DType())
	require.Equal(t, 1.0, y.Float())
	require.Equal(t, 2.0, dy.Float())
}

// A linear function's derivative is the function: the rule applies it to the
// tangent.
func TestRulesApplyTheFunctionToTheTangent(t *testing.T) {
	x := jx.From([]float64{0.5, -1, 2})
	own := func(f func(*jx.Array) *jx.Array) func(*jx.Array) *jx.Array {
		var g func(*jx.Array) *jx.Array
		g = jx.CustomJVP(f, func(x, dx *jx.Array) (*jx.Array, *jx.Array) { return g(x), g(dx) })
		return g
	}
	back := func(f, transpose func(*jx.Array) *jx.Array) func(*jx.Array) *jx.Array {
		return jx.CustomVJP(f,
			func(x *jx.Array) (*jx.Array, struct{}) { return f(x), struct{}{} },
			func(_ struct{}, g *jx.Array) *jx.Array { return transpose(g) })
	}
	sums := func(x *jx.Array) *jx.Array { // the last of each step of a loop that mixes
		_, ys := jx.Scan(num.Sum(x), x, func(c, x *jx.Array) (*jx.Array, *jx.Array) {
			c = num.Add(num.Mul(0.5, c), x)
			return c, num.Mul(2, c)
		})
		return ys
	}
	for name, plain := range map[string]func(*jx.Array) *jx.Array{"negative": num.Neg, "loop": sums, "call": jx.Jit(sums)} {
		other := jx.CustomJVP(plain, func(x, dx *jx.Array) (*jx.Array, *jx.Array) {
			g := back(plain, func(g *jx.Array) *jx.Array { return jx.LinearTranspose(plain, x)(g) })
			return g(x), g(dx)
		})
		for how, f := range map[string]func(*jx.Array) *jx.Array{"own": own(plain), "reverse": other} {
			t.Run(name+" "+how, func(t *testing.T) {
				loss := func(f func(*jx.Array) *jx.Array) func(*jx.Array) *jx.Array {
					return func(x *jx.Array) *jx.Array { return num.Sum(num.Pow(f(x), 3)) }
				}
				requireClose(t, jx.Grad(loss(plain))(x), jx.Grad(loss(f))(x))
				requireClose(t, jx.Grad(loss(plain))(x), jx.Jit(jx.Grad(loss(f)))(x))
				requireClose(t, jx.Grad(loss(plain))(x), jx.Grad(jx.Jit(loss(f)))(x))
				requireClose(t, jx.JacRev(plain)(x), jx.JacRev(f)(x))
				requireClose(t, jx.JacFwd(plain)(x), jx.JacFwd(f)(x))
				_, lin := jx.Linearize(f, x)
				requireClose(t, plain(x), lin(x))
				xs := num.Stack(0, x, num.Mul(2, x))
				requireClose(t, jx.VMap(jx.Grad(loss(plain)))(xs), jx.VMap(jx.Grad(loss(f)))(xs))
				all := func(f func(*jx.Array) *jx.Array) func(*jx.Array) *jx.Array {
					return jx.Grad(func(xs *jx.Array) *jx.Array { return num.Sum(num.Square(jx.VMap(f)(xs))) })
				}
				requireClose(t, all(plain)(xs), all(f)(xs))
				second := func(f func(*jx.Array) *jx.Array) func(*jx.Array) *jx.Array { return jx.JacRev(jx.Grad(loss(f))) }
				requireClose(t, second(plain)(x), second(f)(x))
				requireClose(t, second(plain)(x), jx.Jit(second(f))(x))
				if how == "own" {
					requireClose(t, second(plain)(x), jx.JacFwd(jx.Grad(loss(f)))(x))
				}
			})
		}
	}
}

// The bilinear part of a product, by the function itself.
func TestRuleAppliesTheFunctionToOneTangent(t *testing.T) {
	var mul func([2]*jx.Array) *jx.Array
	mul = jx.CustomPartials(func(p [2]*jx.Array) *jx.Array { return num.Mul(p[0], p[1]) },
		func(d, _ *jx.Array, p [2]*jx.Array) *jx.Array { return mul([2]*jx.Array{d, p[1]}) },
		func(d, _ *jx.Array, p [2]*jx.Array) *jx.Array { return mul([2]*jx.Array{p[0], d}) })
	at := [2]*jx.Array{jx.From([]float64{0.3, 0.5}), jx.From([]float64{2, 3})}
	adtest.CheckGrads(t, mul, at, adtest.Options{Order: 3})
	adtest.CheckGrads(t, jx.Jit(mul), at, adtest.Options{Order: 2})
}
