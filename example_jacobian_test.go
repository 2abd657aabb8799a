package jacobi_test

import (
	"fmt"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

// polar is a point given by a radius and an angle.
func polar(p *jx.Array) *jx.Array {
	r, a := p.At(0), p.At(1)
	return num.Stack(0, num.Mul(r, num.Cos(a)), num.Mul(r, num.Sin(a)))
}

func ExampleJacFwd() {
	fmt.Printf("%.3f\n", jx.JacFwd(polar)(jx.From([]float32{2, 1})))
	// Output:
	// [[ 0.540 -1.683]
	//  [ 0.841  1.081]]
}

func ExampleJacRev() {
	fmt.Printf("%.3f\n", jx.JacRev(polar)(jx.From([]float32{2, 1})))
	// Output:
	// [[ 0.540 -1.683]
	//  [ 0.841  1.081]]
}

func ExampleJacFwdAux() {
	f := func(x *jx.Array) (*jx.Array, *jx.Array) { return num.Square(x), num.Sum(x) }
	j, sum := jx.JacFwdAux(f)(jx.From([]float32{1, 2}))
	fmt.Println(j, sum)
	// Output:
	// [[2. 0.]
	//  [0. 4.]] 3.0
}

func ExampleJacRevAux() {
	f := func(x *jx.Array) (*jx.Array, *jx.Array) { return num.Square(x), num.Sum(x) }
	j, sum := jx.JacRevAux(f)(jx.From([]float32{1, 2}))
	fmt.Println(j, sum)
	// Output:
	// [[2. 0.]
	//  [0. 4.]] 3.0
}

// A block for every array of the result and every array of the argument.
func ExampleJacFwdTree() {
	type in struct{ X, Y *jx.Array }
	type out struct{ Sum, Product *jx.Array }
	f := func(p in) out { return out{num.Add(p.X, p.Y), num.Mul(p.X, p.Y)} }
	j := jx.JacFwdTree(f)(in{jx.Scalar(2.0), jx.Scalar(3.0)})
	fmt.Println(j.Row("Product").X, j.Col("Y").Sum)
	fmt.Println(j)
	// Output:
	// 3.0 1.0
	// Sum by X:
	// 1.0
	// Sum by Y:
	// 1.0
	// Product by X:
	// 3.0
	// Product by Y:
	// 2.0
}

func ExampleJacRevTree() {
	f := func(x *jx.Array) map[string]*jx.Array {
		return map[string]*jx.Array{"square": num.Square(x), "sum": num.Sum(x)}
	}
	for name, block := range jx.JacRevTree(f)(jx.From([]float32{1, 2})).Rows() {
		fmt.Printf("%s %.0f\n", name, block)
	}
	// Output:
	// square [[2 0]
	//  [0 4]]
	// sum [1 1]
}

func ExampleHessian() {
	f := func(x *jx.Array) *jx.Array { return num.Mul(num.Square(x.At(0)), x.At(1)) }
	fmt.Println(jx.Hessian(f)(jx.From([]float32{3, 5})))
	// Output:
	// [[10.  6.]
	//  [ 6.  0.]]
}

func ExampleHessianTree() {
	type point struct{ X, Y *jx.Array }
	f := func(p point) *jx.Array { return num.Mul(num.Square(p.X), p.Y) }
	h := jx.HessianTree(f)(point{jx.Scalar(3.0), jx.Scalar(5.0)})
	fmt.Println(h.Row("X").X, h.Row("X").Y, h.Row("Y").Y)
	// Output: 10.0 6.0 0.0
}

// The product of the Hessian with a vector, without the Hessian.
func ExampleHVP() {
	f := func(x *jx.Array) *jx.Array { return num.Sum(num.Pow(x, 3)) }
	fmt.Println(jx.HVP(f)(jx.From([]float32{1, 2}), jx.From([]float32{1, 10})))
	// Output: [  6. 120.]
}
