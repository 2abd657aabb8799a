package programs

import (
	"fmt"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/linalg"
	"github.com/jacobi-go/jacobi/num"
	"github.com/jacobi-go/jacobi/random"
)

var complexes = []Program{
	{ID: "complex_jvp_check", Run: complexJVP},
	{ID: "complex_grad_C_to_R", Run: complexToReal},
	{ID: "complex_grad_holomorphic", Run: holomorphic},
	{ID: "complex_grad_conj", Run: conjugate},
	{ID: "complex_cholesky", Run: complexCholesky},
}

type xy struct{ X, Y *jx.Array }

// Planar is the function of a complex number that u and v make.
func Planar(u, v func(xy) *jx.Array) func(z *jx.Array) *jx.Array {
	return func(z *jx.Array) *jx.Array {
		p := xy{num.Real(z), num.Imag(z)}
		return num.Add(u(p), num.Mul(v(p), 1i))
	}
}

// A PlanarCase is a pair of linear functions of the plane, a point and a direction.
type PlanarCase struct {
	F    func(z *jx.Array) *jx.Array
	U, V func(xy) *jx.Array
	At   xy
	C, D *jx.Array
}

// MakePlanar draws a case.
func MakePlanar(seed uint64) PlanarCase {
	key, sub := random.Split(random.NewKey(seed))
	coef := random.Uniform(sub, jx.Float32, 4)
	key, sub = random.Split(key)
	at := random.Uniform(sub, jx.Float32, 2)
	_, sub = random.Split(key)
	dir := random.Uniform(sub, jx.Float32, 2)
	u := func(p xy) *jx.Array { return num.Add(num.Mul(coef.At(0), p.X), num.Mul(coef.At(1), p.Y)) }
	v := func(p xy) *jx.Array { return num.Add(num.Mul(coef.At(2), p.X), num.Mul(coef.At(3), p.Y)) }
	return PlanarCase{Planar(u, v), u, v, xy{at.At(0), at.At(1)}, dir.At(0), dir.At(1)}
}

func complexJVP() {
	for seed := range uint64(3) {
		t := MakePlanar(seed)
		_, got := jx.JVP(t.F, num.Complex(t.At.X, t.At.Y), num.Complex(t.C, t.D))
		du, dv := jx.Grad(t.U)(t.At), jx.Grad(t.V)(t.At)
		want := num.AddN(
			num.Mul(du.X, t.C), num.Mul(du.Y, t.D),
			num.Mul(num.Mul(1i, dv.X), t.C), num.Mul(num.Mul(1i, dv.Y), t.D))
		fmt.Println(num.AllClose(got, want))
	}
}

func complexToReal() {
	f := func(z *jx.Array) *jx.Array {
		return num.Add(num.Square(num.Real(z)), num.Square(num.Imag(z)))
	}
	fmt.Printf("%#v\n", jx.Grad(f)(jx.Scalar(3+4i)))
}

func holomorphic() {
	fmt.Printf("%#v\n", jx.Grad(num.Sin, jx.Holomorphic())(jx.Scalar(3+4i)))
}

func conjugate() {
	fmt.Printf("%#v\n", jx.Grad(num.Conj, jx.Holomorphic())(jx.Scalar(3+4i))) // not holomorphic
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
	fmt.Printf("%#v\n", jx.Grad(f, jx.Holomorphic())(A))
}
