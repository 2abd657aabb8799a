package tutorial

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	jx "jacobi"
	"jacobi/linalg"
	"jacobi/num"
	"jacobi/random"
)

var complexes = []block{
	{id: "complex_schematic", check: checkPairs},
	{id: "complex_jvp_check", run: complexJVP},
	{id: "complex_vjp_check", check: complexVJP},
	{id: "complex_grad_C_to_R", run: complexToReal},
	{id: "complex_grad_holomorphic", run: holomorphic},
	{id: "complex_grad_conj", run: conjugate},
	{id: "complex_cholesky", run: complexCholesky},
}

type xy struct{ X, Y *jx.Array }

// planar is the function of a complex number that u and v make.
func planar(u, v func(xy) *jx.Array) func(z *jx.Array) *jx.Array {
	return func(z *jx.Array) *jx.Array {
		p := xy{num.Real(z), num.Imag(z)}
		return num.Add(u(p), num.Mul(v(p), 1i))
	}
}

func checkPairs(t *testing.T) {
	square := planar(
		func(p xy) *jx.Array { return num.Sub(num.Square(p.X), num.Square(p.Y)) },
		func(p xy) *jx.Array { return num.Mul(2, p.X, p.Y) })
	z := jx.Scalar(complex64(3 + 4i))
	assert.Equal(t, -7+24i, square(z).Complex())
	assert.Equal(t, 6+8i, jx.Grad(square, jx.Holomorphic)(z).Complex())
}

// A pair of linear functions of the plane, a point and a direction.
type planarCase struct {
	f    func(z *jx.Array) *jx.Array
	u, v func(xy) *jx.Array
	at   xy
	c, d *jx.Array
}

func makePlanar(seed uint64) planarCase {
	key, sub := random.Split(random.NewKey(seed))
	coef := random.Uniform(sub, jx.Float32, 4)
	key, sub = random.Split(key)
	at := random.Uniform(sub, jx.Float32, 2)
	_, sub = random.Split(key)
	dir := random.Uniform(sub, jx.Float32, 2)
	u := func(p xy) *jx.Array { return num.Add(num.Mul(coef.At(0), p.X), num.Mul(coef.At(1), p.Y)) }
	v := func(p xy) *jx.Array { return num.Add(num.Mul(coef.At(2), p.X), num.Mul(coef.At(3), p.Y)) }
	return planarCase{planar(u, v), u, v, xy{at.At(0), at.At(1)}, dir.At(0), dir.At(1)}
}

func complexJVP() {
	for seed := range uint64(3) {
		t := makePlanar(seed)
		_, got := jx.JVP(t.f, num.Complex(t.at.X, t.at.Y), num.Complex(t.c, t.d))
		du, dv := jx.Grad(t.u)(t.at), jx.Grad(t.v)(t.at)
		want := num.Add(
			num.Mul(du.X, t.c), num.Mul(du.Y, t.d),
			num.Mul(1i, dv.X, t.c), num.Mul(1i, dv.Y, t.d))
		fmt.Println(num.AllClose(got, want))
	}
}

func complexVJP(t *testing.T) {
	for seed := range uint64(3) {
		p := makePlanar(seed)
		_, pullback := jx.VJP(p.f, num.Complex(p.at.X, p.at.Y))
		got := pullback(num.Complex(p.c, p.d))
		du, dv := jx.Grad(p.u)(p.at), jx.Grad(p.v)(p.at)
		want := num.Add(
			num.Mul(du.X, p.c), num.Mul(-1, dv.X, p.d),
			num.Mul(-1i, du.Y, p.c), num.Mul(1i, dv.Y, p.d))
		assert.True(t, num.AllClose(got, want, 1e-5, 1e-5))
	}
}

func complexToReal() {
	f := func(z *jx.Array) *jx.Array {
		return num.Add(num.Square(num.Real(z)), num.Square(num.Imag(z)))
	}
	fmt.Printf("%#v\n", jx.Grad(f)(jx.Scalar(3+4i)))
}

func holomorphic() {
	fmt.Printf("%#v\n", jx.Grad(num.Sin, jx.Holomorphic)(jx.Scalar(3+4i)))
}

func conjugate() {
	fmt.Printf("%#v\n", jx.Grad(num.Conj, jx.Holomorphic)(jx.Scalar(3+4i))) // not holomorphic
}

func complexCholesky() {
	A := jx.From([]complex64{
		5, 2 + 3i, 5i,
		2 - 3i, 7, 1 + 7i,
		-5i, 1 - 7i, 12,
	}, 3, 3)
	f := func(x *jx.Array) *jx.Array {
		L := linalg.Cholesky(x)
		return num.Sum(num.Square(num.Sub(L, num.Sin(L))))
	}
	fmt.Printf("%#v\n", jx.Grad(f, jx.Holomorphic)(A))
}
