// Command logreg is logistic regression: predictions, their derivatives, and
// training to convergence.
package main

import (
	"fmt"

	"github.com/janpfeifer/must"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
	"github.com/jacobi-go/jacobi/random"
)

type Params struct{ W, B *jx.Array }

// An Example, or many of them with a leading axis.
type Example struct{ X, Target *jx.Array }

func sigmoid(x *jx.Array) *jx.Array { return num.Mul(0.5, num.Add(num.Tanh(num.Div(x, 2)), 1)) }

// predict is the probability that a target is true.
func predict(p Params, x *jx.Array) *jx.Array { return sigmoid(num.Add(num.Dot(x, p.W), p.B)) }

// loss is the negative log-likelihood of the targets.
func loss(p Params, e Example) *jx.Array {
	preds := predict(p, e.X)
	return num.Neg(num.Sum(num.Log(num.Where(e.Target, preds, num.Sub(1, preds)))))
}

// objective adds a small penalty, without which separable data have no optimum.
func objective(p Params, e Example) *jx.Array {
	return num.Add(loss(p, e), num.Mul(0.05, num.Add(num.Dot(p.W, p.W), num.Square(p.B))))
}

var data = Example{
	X: jx.From([]float32{
		0.52, 1.12, 0.77,
		0.88, -1.08, 0.15,
		0.52, 0.06, -1.30,
		0.74, -2.49, 1.39,
	}, 4, 3),
	Target: jx.From([]bool{true, true, false, true}),
}

func main() {
	keys := random.SplitN(random.NewKey(0), 3)
	p := Params{random.Normal(keys.At(1), jx.Float32, 3), random.Normal(keys.At(2), jx.Float32)}

	fmt.Println("parameters:", p.W, p.B)
	fmt.Println("predictions:", predict(p, data.X))
	fmt.Println("loss:", loss(p, data))

	g := jx.GradWith(loss)(p, data)
	fmt.Println("gradient:", g.W, g.B)

	J := jx.JacRev(func(p Params) *jx.Array { return predict(p, data.X) })(p)
	fmt.Printf("Jacobian of the predictions by W:\n%v\nby B: %v\n", J.W, J.B)

	H := jx.HessianTree(func(p Params) *jx.Array { return loss(p, data) })(p)
	fmt.Printf("Hessian, W by W:\n%v\nW by B: %v\nB by B: %v\n", H.Row("W").W, H.Row("W").B, H.Row("B").B)

	each := jx.VMap(jx.GradWith(loss), jx.In(jx.None, 0))(p, data)
	fmt.Printf("gradient for each example:\n%v\n%v\n", each.W, each.B)

	step := jx.Jit(func(p Params, e Example) (Params, *jx.Array, *jx.Array) {
		l, g := jx.ValueAndGradWith(objective)(p, e)
		norm := num.Sqrt(num.Add(num.Dot(g.W, g.W), num.Square(g.B)))
		return jx.TreeMap2(p, g, func(p, g *jx.Array) *jx.Array { return num.Sub(p, num.Mul(0.5, g)) }), l, norm
	})
	for i := 0; ; i++ {
		next, l, norm := step(p, data)
		done := norm.Float() < 1e-6
		if i%100 == 0 || done {
			fmt.Printf("step %d: objective %.6f, gradient %.1e\n", i, l.Float(), norm.Float())
		}
		if done {
			break
		}
		p = next
	}
	must.M(jx.Wait(p)) // work is asynchronous: late errors come here
	fmt.Println("parameters:", p.W, p.B)
	fmt.Println("predictions:", predict(p, data.X))
}
