package jacobi_test

import (
	"fmt"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

// A function of one example becomes one of a batch.
func ExampleVMap() {
	norm := func(x *jx.Array) *jx.Array { return num.Sqrt(num.Sum(num.Square(x))) }
	batch := jx.From([]float32{3, 4, 6, 8}, 2, 2)
	fmt.Println(jx.VMap(norm)(batch))
	// Output: [ 5. 10.]
}

// The gradient for every example, where the parameters are the same for all.
func ExampleVMap_gradients() {
	loss := func(w, x *jx.Array) *jx.Array { return num.Square(num.Dot(w, x)) }
	perExample := jx.VMap(jx.GradWith(loss), jx.In(jx.None, 0))
	w, x := jx.From([]float32{1, -1}), jx.From([]float32{1, 2, 3, 4, 5, 6}, 3, 2)
	fmt.Println(perExample(w, x))
	// Output:
	// [[ -2.  -4.]
	//  [ -6.  -8.]
	//  [-10. -12.]]
}

func ExampleIn() {
	x := jx.From([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	columns := jx.VMap(func(x, w *jx.Array) *jx.Array { return num.Dot(x, w) }, jx.In(1, jx.None))
	fmt.Println(columns(x, jx.From([]float32{1, 10})))
	// Output: [41. 52. 63.]
}

func ExampleOut() {
	x := jx.From([]float32{1, 2, 3})
	powers := func(x *jx.Array) *jx.Array { return num.Mul(x, jx.From([]float32{1, 10})) }
	fmt.Println(jx.VMap(powers, jx.Out(1))(x))
	// Output:
	// [[ 1.  2.  3.]
	//  [10. 20. 30.]]
}

// Part of an argument is the same for every example.
func ExampleInAt() {
	type input struct{ X, Scale *jx.Array }
	f := jx.VMap(func(p input) *jx.Array { return num.Mul(p.X, p.Scale) }, jx.InAt(0, "Scale", jx.None))
	fmt.Println(f(input{jx.From([]float32{1, 2, 3}), jx.Scalar(2.0)}))
	// Output: [2. 4. 6.]
}

func ExampleOutAt() {
	type result struct{ Square, Pair *jx.Array }
	f := func(x *jx.Array) result { return result{num.Square(x), num.Mul(x, jx.From([]float32{1, 10}))} }
	r := jx.VMap(f, jx.OutAt(0, "Pair", 1))(jx.From([]float32{1, 2, 3}))
	fmt.Println(r.Square)
	fmt.Println(r.Pair)
	// Output:
	// [1. 4. 9.]
	// [[ 1.  2.  3.]
	//  [10. 20. 30.]]
}

func ExampleAxisSize() {
	two := jx.VMap(num.Square, jx.In(jx.None), jx.AxisSize(2))
	fmt.Println(two(jx.Scalar(3.0)))
	// Output: [9. 9.]
}
