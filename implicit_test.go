package jacobi_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/ad/adtest"
	"github.com/jacobi-go/jacobi/linalg"
	"github.com/jacobi-go/jacobi/num"
)

// jacobiSolve solves a diagonally dominant system by Richardson's iteration.
func richardson[P any](matvec func(P) P, b P) P {
	return jx.Fori(0, 200, b, func(_ *jx.Array, x P) P {
		r := jx.TreeMap2(b, matvec(x), func(b, ax *jx.Array) *jx.Array { return num.Sub(b, ax) })
		return jx.TreeMap2(x, r, func(x, r *jx.Array) *jx.Array { return num.Add(x, num.Mul(0.3, r)) })
	})
}

type system struct{ A, B *jx.Array }

func TestCustomLinearSolve(t *testing.T) {
	solve := func(s system) *jx.Array {
		type pair struct{ U *jx.Array }
		x := jx.CustomLinearSolve(func(v pair) pair { return pair{num.Dot(s.A, v.U)} }, pair{s.B}, richardson[pair], richardson[pair])
		return num.Sin(x.U)
	}
	s := system{jx.From([]float64{2, 0.5, 0.3, -0.4, 3, 0.2, 0.1, 0.6, 2.5}, 3, 3), jx.From([]float64{1, -2, 0.5})}
	adtest.CheckGrads(t, solve, s, adtest.Options{Order: 2})
	adtest.CheckGrads(t, jx.Jit(solve), s, adtest.Options{Order: 1})
	both := system{num.Stack(0, s.A, num.Transpose(s.A)), num.Stack(0, s.B, num.Neg(s.B))}
	adtest.CheckVMap(t, solve, both, 1e-12)
	adtest.CheckVMap(t, jx.Grad(func(s system) *jx.Array { return num.Sum(solve(s)) }), both, 1e-12)
}

func TestCustomRoot(t *testing.T) {
	newton := func(f func(*jx.Array) *jx.Array, guess *jx.Array) *jx.Array {
		return jx.Fori(0, 30, guess, func(_, x *jx.Array) *jx.Array {
			y, dy := jx.JVP(f, x, num.OnesLike(x))
			return num.Sub(x, num.Div(y, dy))
		})
	}
	scalar := func(g func(*jx.Array) *jx.Array, y *jx.Array) *jx.Array { return num.Div(y, g(num.OnesLike(y))) }
	cubeRoot := func(a *jx.Array) *jx.Array {
		return jx.CustomRoot(func(x *jx.Array) *jx.Array { return num.Sub(num.Pow(x, 3), a) }, num.OnesLike(a), newton, scalar)
	}
	x := jx.Scalar(2.0).As(jx.Float64)
	require.InDelta(t, 1.2599210498948732, cubeRoot(x).Float(), 1e-12)
	require.InDelta(t, 0.20998684164914552, jx.Grad(cubeRoot)(x).Float(), 1e-12)
	adtest.CheckGrads(t, cubeRoot, x, adtest.Options{Order: 3})
	adtest.CheckGrads(t, jx.Jit(cubeRoot), x, adtest.Options{Order: 1})
	adtest.CheckVMap(t, jx.Grad(cubeRoot), jx.From([]float64{1, 2, 3}), 1e-12)
}

// What only the solvers close over has no influence, though it is
// differentiated.
func TestSolversCloseOverWhatIsDifferentiated(t *testing.T) {
	root := func(inSolve, inTangentSolve bool) func(a *jx.Array) *jx.Array {
		return func(a *jx.Array) *jx.Array {
			return jx.CustomRoot(func(x *jx.Array) *jx.Array { return num.Sub(num.Square(x), a) }, num.OnesLike(a),
				func(f func(*jx.Array) *jx.Array, x *jx.Array) *jx.Array {
					if inSolve {
						x = num.Div(num.Add(x, a), 2)
					}
					return jx.Fori(0, 30, x, func(_, x *jx.Array) *jx.Array {
						y, dy := jx.JVP(f, x, num.OnesLike(x))
						return num.Sub(x, num.Div(y, dy))
					})
				},
				func(g func(*jx.Array) *jx.Array, y *jx.Array) *jx.Array {
					if inTangentSolve {
						return num.Div(num.Mul(y, a), g(a))
					}
					return num.Div(y, g(num.OnesLike(y)))
				})
		}
	}
	linear := func(a *jx.Array) *jx.Array {
		m := num.Mul(jx.From([]float64{2, 1, 0, 1}, 2, 2), a)
		x := jx.CustomLinearSolve(func(v *jx.Array) *jx.Array { return num.Dot(m, v) }, num.Mul(jx.From([]float64{1, 2}), num.Square(a)),
			func(_ func(*jx.Array) *jx.Array, b *jx.Array) *jx.Array {
				return num.Mul(linalg.Solve(m, b), num.Div(a, a))
			},
			func(_ func(*jx.Array) *jx.Array, b *jx.Array) *jx.Array { return linalg.Solve(num.Transpose(m), b) })
		return num.Sum(num.Square(x))
	}
	four := jx.Scalar(4.0).As(jx.Float64)
	for name, f := range map[string]func(*jx.Array) *jx.Array{
		"solve": root(true, false), "tangent solve": root(false, true), "both": root(true, true), "linear": linear,
	} {
		t.Run(name, func(t *testing.T) {
			adtest.CheckGrads(t, f, four, adtest.Options{Order: 3})
			adtest.CheckGrads(t, jx.Jit(f), four, adtest.Options{Order: 2})
			adtest.CheckVMap(t, jx.Grad(f), jx.From([]float64{1, 2, 3}), 1e-12)
			want := 0.25
			if name == "linear" { // x is a (-1/2, 2)
				want = 2 * 4.25 * 4
			}
			require.InDelta(t, want, jx.Grad(f)(four).Float(), 1e-9)
			require.InDelta(t, want, jx.Jit(jx.Grad(jx.Jit(f)))(four).Float(), 1e-9)
			_, dy := jx.JVP(f, four, num.OnesLike(four))
			require.InDelta(t, want, dy.Float(), 1e-9)
			_, lin := jx.Linearize(f, four)
			require.InDelta(t, want, lin(num.OnesLike(four)).Float(), 1e-9)
		})
	}
}
