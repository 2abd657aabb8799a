package jacobi_test

import (
	"fmt"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

func ExampleGrad() {
	f := func(x *jx.Array) *jx.Array { return num.Sum(num.Sin(x)) }
	fmt.Printf("%.3f\n", jx.Grad(f)(jx.From([]float32{0, 1, 2})))
	// Output: [ 1.000  0.540 -0.416]
}

// What is differentiated may be any tree of arrays; the gradient is such a tree.
func ExampleGrad_tree() {
	type params struct{ W, B *jx.Array }
	x := jx.From([]float32{1, 2})
	f := func(p params) *jx.Array { return num.Square(num.Add(num.Dot(p.W, x), p.B)) }
	g := jx.Grad(f)(params{jx.From([]float32{0.5, -1}), jx.Scalar(float32(3))})
	fmt.Printf("%.1f %.1f\n", g.W, g.B)
	// Output: [3.0 6.0] 3.0
}

// A gradient is a function like any other.
func ExampleGrad_higher() {
	f := func(x *jx.Array) *jx.Array { return num.Pow(x, 4) }
	fmt.Printf("%.1f\n", jx.Grad(jx.Grad(jx.Grad(f)))(jx.Scalar(2.0)))
	// Output: 48.0
}

func ExampleHolomorphic() {
	fmt.Printf("%.1f\n", jx.Grad(num.Square, jx.Holomorphic())(jx.Scalar(3+4i)))
	// Output: (6.0+8.0i)
}

func ExampleAllowInt() {
	type batch struct{ X, Label *jx.Array }
	f := func(b batch) *jx.Array { return num.Mul(b.X, b.Label) }
	g := jx.Grad(f, jx.AllowInt())(batch{jx.Scalar(2.0), jx.Scalar(int32(3))})
	fmt.Println(g.X, g.Label)
	// Output: 3.0 nil
}

func ExampleGrad2() {
	f := func(x, y *jx.Array) *jx.Array { return num.Mul(num.Square(x), y) }
	dx, dy := jx.Grad2(f)(jx.Scalar(3.0), jx.Scalar(5.0))
	fmt.Printf("%.1f %.1f\n", dx, dy)
	// Output: 30.0 9.0
}

func ExampleGrad3() {
	f := func(x, y, z *jx.Array) *jx.Array { return num.Mul(num.Mul(x, y), z) }
	dx, dy, dz := jx.Grad3(f)(jx.Scalar(2.0), jx.Scalar(3.0), jx.Scalar(5.0))
	fmt.Printf("%.1f %.1f %.1f\n", dx, dy, dz)
	// Output: 15.0 10.0 6.0
}

// The second argument is data.
func ExampleGradWith() {
	loss := func(w, x *jx.Array) *jx.Array { return num.Sum(num.Square(num.Mul(w, x))) }
	fmt.Printf("%.1f\n", jx.GradWith(loss)(jx.Scalar(0.5), jx.From([]float32{1, 2})))
	// Output: 5.0
}

// The loss comes with the predictions, which are not differentiated.
func ExampleGradAux() {
	x := jx.From([]float32{1, 2})
	loss := func(w *jx.Array) (*jx.Array, *jx.Array) {
		y := num.Mul(w, x)
		return num.Sum(num.Square(y)), y
	}
	g, predictions := jx.GradAux(loss)(jx.Scalar(0.5))
	fmt.Printf("%.1f %.1f\n", g, predictions)
	// Output: 5.0 [0.5 1.0]
}

func ExampleValueAndGrad() {
	y, g := jx.ValueAndGrad(jx.Bind(num.Sum))(jx.From([]float32{1, 2, 3}))
	fmt.Println(y, g)
	// Output: 6.0 [1. 1. 1.]
}

func ExampleValueAndGrad2() {
	y, da, db := jx.ValueAndGrad2(num.VDot)(jx.From([]float32{1, 2}), jx.From([]float32{3, 4}))
	fmt.Println(y, da, db)
	// Output: 11.0 [3. 4.] [1. 2.]
}

func ExampleValueAndGrad3() {
	f := func(x, y, z *jx.Array) *jx.Array { return num.Add(num.Mul(x, y), z) }
	v, dx, dy, dz := jx.ValueAndGrad3(f)(jx.Scalar(2.0), jx.Scalar(3.0), jx.Scalar(5.0))
	fmt.Println(v, dx, dy, dz)
	// Output: 11.0 3.0 2.0 1.0
}

func ExampleValueAndGradWith() {
	loss := func(w, x *jx.Array) *jx.Array { return num.Sum(num.Mul(w, x)) }
	y, g := jx.ValueAndGradWith(loss)(jx.Scalar(0.5), jx.From([]float32{1, 2}))
	fmt.Println(y, g)
	// Output: 1.5 3.0
}

func ExampleValueAndGradAux() {
	loss := func(w *jx.Array) (*jx.Array, string) { return num.Square(w), "anything" }
	y, aux, g := jx.ValueAndGradAux(loss)(jx.Scalar(3.0))
	fmt.Println(y, aux, g)
	// Output: 9.0 anything 6.0
}

// The derivative in the direction of a tangent.
func ExampleJVP() {
	x, dx := jx.From([]float32{0, 1}), jx.From([]float32{1, 0.5})
	y, dy := jx.JVP(num.Sin, x, dx)
	fmt.Printf("%.3f %.3f\n", y, dy)
	// Output: [0.000 0.841] [1.000 0.270]
}

func ExampleJVPAux() {
	f := func(x *jx.Array) (*jx.Array, *jx.Array) { return num.Square(x), num.Neg(x) }
	y, dy, aux := jx.JVPAux(f, jx.Scalar(3.0), jx.Scalar(1.0))
	fmt.Println(y, dy, aux)
	// Output: 9.0 6.0 -3.0
}

// A pullback maps a cotangent of the result to one of the argument.
func ExampleVJP() {
	y, pullback := jx.VJP(num.Square, jx.From([]float32{1, 2, 3}))
	fmt.Println(y)
	fmt.Println(pullback(jx.From([]float32{1, 0, 10})))
	// Output:
	// [1. 4. 9.]
	// [ 2.  0. 60.]
}

func ExampleVJPAux() {
	f := func(x *jx.Array) (*jx.Array, *jx.Array) { return num.Square(x), num.Sum(x) }
	y, pullback, sum := jx.VJPAux(f, jx.From([]float32{1, 2}))
	fmt.Println(y, pullback(num.Ones(jx.Float32, 2)), sum)
	// Output: [1. 4.] [2. 4.] 3.0
}

// A Pullback is a tree: a mapped function may return many.
func ExampleVJPTree() {
	type result struct {
		Y    *jx.Array
		Pull jx.Pullback[*jx.Array, *jx.Array]
	}
	r := jx.VMap(func(x *jx.Array) result {
		y, pull := jx.VJPTree(num.Square, x)
		return result{y, pull}
	})(jx.From([]float32{1, 2, 3}))
	call := func(r result) *jx.Array { return r.Pull.Call(r.Y) }
	fmt.Println(jx.VMap(call)(r))
	// Output: [ 2. 16. 54.]
}

// What does not depend on the tangent is computed once.
func ExampleLinearize() {
	y, push := jx.Linearize(num.Exp, jx.Scalar(0.0))
	fmt.Println(y, push(jx.Scalar(1.0)), push(jx.Scalar(2.0)))
	// Output: 1.0 1.0 2.0
}

func ExampleLinearizeAux() {
	f := func(x *jx.Array) (*jx.Array, *jx.Array) { return num.Square(x), num.Neg(x) }
	y, push, aux := jx.LinearizeAux(f, jx.Scalar(3.0))
	fmt.Println(y, push(jx.Scalar(2.0)), aux)
	// Output: 9.0 12.0 -3.0
}

// The transpose of repeating is adding up.
func ExampleLinearTranspose() {
	repeat := func(x *jx.Array) *jx.Array { return num.Concatenate(0, x, x) }
	transposed := jx.LinearTranspose(repeat, jx.Abstract(jx.Float32, 2))
	fmt.Println(transposed(jx.From([]float32{1, 2, 3, 4})))
	// Output: [4. 6.]
}

func ExampleStopGradient() {
	f := func(x *jx.Array) *jx.Array { return num.Mul(x, jx.StopGradient(num.Square(x))) }
	fmt.Println(jx.Grad(f)(jx.Scalar(3.0)))
	// Output: 9.0
}

func ExampleBind() {
	x := jx.From([]float32{1, 4, 2, 8, 5, 7}, 2, 3)
	fmt.Println(jx.Grad(jx.Bind(num.Max))(x))
	fmt.Println(jx.TreeMap(map[string]*jx.Array{"x": x}, jx.Bind(num.Sum, -1)))
	// Output:
	// [[0. 0. 0.]
	//  [1. 0. 0.]]
	// map[x:[ 7. 20.]]
}

// The backward pass computes the tanh and its input again.
func ExampleCheckpoint() {
	layer := jx.Checkpoint(func(x *jx.Array) *jx.Array { return num.Tanh(num.Mul(x, 2)) })
	g := jx.Grad(func(x *jx.Array) *jx.Array { return num.Sum(layer(layer(x))) })
	fmt.Printf("%.3f\n", g(jx.From([]float32{0, 0.5})))
	// Output: [4.000 0.291]
}

// What is named is kept, the rest computed again.
func ExampleSaveNamed() {
	layer := func(x *jx.Array) *jx.Array {
		h := jx.Name(num.Exp(x), "hidden")
		return num.Sum(num.Sin(h))
	}
	g := jx.Grad(jx.Checkpoint(layer, jx.SaveNamed("hidden")))
	fmt.Printf("%.3f\n", g(jx.From([]float32{0, 1})))
	// Output: [ 0.540 -2.478]
}

func ExampleSaveDots() {
	w := jx.From([]float32{1, 2, 3, 4}, 2, 2)
	layer := func(x *jx.Array) *jx.Array { return num.Sum(num.Square(num.Dot(w, x))) }
	g := jx.Grad(jx.Checkpoint(layer, jx.SaveDots()))
	fmt.Printf("%.1f\n", g(jx.From([]float32{1, -1})))
	// Output: [ -8.0 -12.0]
}

func ExampleSaveAll() {
	g := jx.Grad(jx.Checkpoint(num.Square, jx.SaveAll()))
	fmt.Println(g(jx.Scalar(3.0)))
	// Output: 6.0
}
