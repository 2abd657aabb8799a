// Command tour shows what Jacobi does: arrays, derivatives, mapping,
// compilation, an error, and a training loop.
package main

import (
	"fmt"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
	"github.com/jacobi-go/jacobi/random"
)

// A model's parameters are a Go struct; so are their gradients.
type Params struct{ W, B *jx.Array }

type Batch struct{ X, Y *jx.Array }

func predict(p Params, x *jx.Array) *jx.Array { return num.Tanh(num.Add(num.Dot(x, p.W), p.B)) }

func loss(p Params, d Batch) *jx.Array { return num.Mean(num.Square(num.Sub(predict(p, d.X), d.Y))) }

func main() {
	x := jx.From([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	fmt.Println(num.Mul(x, 10))
	fmt.Printf("%#v\n", num.Mean(x, 0))

	// Derivatives of any order, of functions written in Go.
	sin := num.Sin
	fmt.Println(sin(jx.Scalar(1.0)), jx.Grad(sin)(jx.Scalar(1.0)), jx.Grad(jx.Grad(sin))(jx.Scalar(1.0)))
	fmt.Println(jx.JacFwd(func(x *jx.Array) *jx.Array { return num.Mul(x, num.Sum(x)) })(jx.From([]float32{1, 2, 3})))

	// The gradient for one example becomes that of a batch, then one compiled program.
	p := Params{W: num.Zeros(jx.Float32, 3), B: jx.Scalar(float32(0.5))}
	perExample := jx.Jit(jx.VMap(jx.GradWith(loss), jx.In(jx.None, 0)))
	fmt.Printf("%+v\n", perExample(p, Batch{x, jx.From([]float32{0, 1})}))

	// A mistake says what was given, where, and what would be right.
	fmt.Println(jx.Try(func() { jx.Grad(num.Sin)(x) }))

	// Training: data from known parameters, found again by gradient descent.
	key, sub := random.Split(random.NewKey(0))
	data := Batch{X: random.Normal(sub, jx.Float32, 100, 3)}
	data.Y = predict(Params{jx.From([]float32{1, -2, 0.5}), jx.Scalar(0.3)}, data.X)
	p.W = random.Normal(key, jx.Float32, 3)
	step := jx.Jit(func(p Params, d Batch) (Params, *jx.Array) {
		l, g := jx.ValueAndGradWith(loss)(p, d)
		return jx.TreeMap2(p, g, func(p, g *jx.Array) *jx.Array { return num.Sub(p, num.Mul(0.5, g)) }), l
	})
	for i := range 301 {
		var l *jx.Array
		if p, l = step(p, data); i%100 == 0 {
			fmt.Printf("step %3d: loss %.6f\n", i, l.Float())
		}
	}
	fmt.Printf("%+v\n", p)
}
