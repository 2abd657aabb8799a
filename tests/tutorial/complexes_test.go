package tutorial

import (
	"testing"

	"github.com/stretchr/testify/assert"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/examples/tutorial/programs"
	"github.com/jacobi-go/jacobi/num"
)

var complexes = []check{
	{id: "complex_schematic", run: checkPairs},
	{id: "complex_vjp_check", run: complexVJP},
}

func checkPairs(t *testing.T) {
	square := programs.Planar(
		func(p programs.XY) *jx.Array { return num.Sub(num.Square(p.X), num.Square(p.Y)) },
		func(p programs.XY) *jx.Array { return num.Mul(num.Mul(2, p.X), p.Y) })
	z := jx.Scalar(complex64(3 + 4i))
	assert.Equal(t, -7+24i, square(z).Complex())
	assert.Equal(t, 6+8i, jx.Grad(square, jx.Holomorphic())(z).Complex())
}

func complexVJP(t *testing.T) {
	for seed := range uint64(3) {
		p := programs.MakePlanar(seed)
		_, pullback := jx.VJP(p.F, num.Complex(p.At.X, p.At.Y))
		got := pullback(num.Complex(p.C, p.D))
		du, dv := jx.Grad(p.U)(p.At), jx.Grad(p.V)(p.At)
		want := num.AddN(
			num.Mul(du.X, p.C), num.Mul(num.Mul(-1, dv.X), p.D),
			num.Mul(num.Mul(-1i, du.Y), p.C), num.Mul(num.Mul(1i, dv.Y), p.D))
		assert.True(t, num.AllClose(got, want, num.RTol(1e-5), num.ATol(1e-5)))
	}
}
