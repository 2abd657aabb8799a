package adtest_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/ad/adtest"
	"github.com/jacobi-go/jacobi/num"
)

type params struct {
	W *jx.Array
	N *jx.Array // an integer, held fixed
	Z *jx.Array
}

var x = params{
	W: jx.From([]float64{0.5, -0.3, 0.8, 0.1}, 2, 2),
	N: jx.Scalar(int32(3)),
	Z: jx.From([]complex128{0.3 + 0.4i, -0.2i}),
}

func f(p params) map[string]*jx.Array {
	return map[string]*jx.Array{
		"a": num.Sum(num.Tanh(num.Dot(p.W, num.Mul(p.W, p.N))), 0),
		"z": num.Mul(num.Mul(num.Exp(p.Z), num.Conj(p.Z)), num.Real(p.Z)),
		"n": p.N,
	}
}

func TestRightDerivativesPass(t *testing.T) {
	adtest.CheckGrads(t, f, x, adtest.Options{Order: 3})
	single := func(x *jx.Array) *jx.Array { return num.Sin(num.Square(x)) }
	adtest.CheckGrads(t, single, jx.From([]float32{0.3, -0.7}), adtest.Options{})
	adtest.CheckVMap(t, f, params{W: num.Stack(0, x.W, num.Neg(x.W)), N: jx.From([]int32{1, 2}), Z: num.Stack(0, x.Z, x.Z)}, 1e-12)
}

type recorder struct{ messages []string }

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.messages = append(r.messages, fmt.Sprintf(format, args...))
}

// A rule that is right for a cotangent of ones only, a sign that is wrong, and a
// second derivative that is wrong where the first is right.
func TestWrongRulesAreFound(t *testing.T) {
	at := jx.From([]float64{0.4, 0.9})
	squared := jx.CustomVJP(num.Sin,
		func(x *jx.Array) (*jx.Array, *jx.Array) { return num.Sin(x), num.Cos(x) },
		func(c, g *jx.Array) *jx.Array { return num.Mul(c, num.Square(g)) })
	sign := jx.CustomJVP(num.Cos,
		func(x, dx *jx.Array) (*jx.Array, *jx.Array) { return num.Cos(x), num.Mul(num.Sin(x), dx) })
	frozen := jx.CustomJVP(num.Sin,
		func(x, dx *jx.Array) (*jx.Array, *jx.Array) {
			return num.Sin(x), num.Mul(jx.StopGradient(num.Cos(x)), dx)
		})
	for _, row := range []struct {
		f     func(*jx.Array) *jx.Array
		modes string
		order int
		bad   bool
	}{{squared, "rev", 1, true}, {sign, "", 1, true}, {frozen, "", 1, false}, {frozen, "", 2, true}} {
		var r recorder
		adtest.CheckGrads(&r, row.f, at, adtest.Options{Modes: row.modes, Order: row.order})
		require.Equal(t, row.bad, len(r.messages) > 0, r.messages)
	}
}
