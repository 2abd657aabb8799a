package programs

import (
	"fmt"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
	"github.com/jacobi-go/jacobi/random"
)

var derivatives = []Program{
	{ID: "hessian_dot", Run: hessianDot},
	{ID: "td_naive", Run: tdNaive},
	{ID: "td_stop_gradient", Run: tdStopGradient},
	{ID: "td_original", Run: tdOriginal},
	{ID: "straight_through", Run: straightThrough},
	{ID: "perex_jit_vmap_grad", Run: perExample},
	{ID: "perex_single", Run: perExampleSingle},
	{ID: "perex_vmap_all", Run: perExampleAll},
	{ID: "perex_in_axes", Run: perExampleInAxes},
	{ID: "perex_jit", Run: perExampleJit},
	{ID: "jacobian", Run: jacobian},
	{ID: "jacobian_dict", Run: jacobianDict},
	{ID: "hessian_dense", Run: hessianDense},
}

var key = random.NewKey(0)

func hessian(f func(*jx.Array) *jx.Array) func(*jx.Array) *jx.Array {
	return jx.JacFwd(jx.Grad(f))
}

func hessianDot() {
	f := func(x *jx.Array) *jx.Array { return num.Dot(x, x) }
	fmt.Printf("%#v\n", hessian(f)(jx.From([]float32{1, 2, 3})))
}

type params struct{ W, B *jx.Array }

type batch struct{ X, Y *jx.Array }

func loss(p params, d batch) *jx.Array {
	return num.Mean(num.Square(num.Sub(num.Add(num.Dot(d.X, p.W), p.B), d.Y)))
}

const lr = 0.1

func sgd(p, g *jx.Array) *jx.Array { return num.Sub(p, num.Mul(lr, g)) }

// metaLoss is the loss after one step of gradient descent.
func metaLoss(p params, d batch) *jx.Array {
	return loss(jx.TreeMap2(p, jx.GradWith(loss)(p, d), sgd), d)
}

func value(theta, state *jx.Array) *jx.Array { return num.Dot(theta, state) }

var theta = jx.From([]float32{0.1, -0.1, 0})

type transition struct{ Prev, Reward, Next *jx.Array }

var step = transition{
	Prev:   jx.From([]float32{1, 2, -1}),
	Reward: jx.Scalar(float32(1)),
	Next:   jx.From([]float32{2, 1, 0}),
}

func tdNaive() {
	tdLoss := func(theta *jx.Array, s transition) *jx.Array {
		target := num.Add(s.Reward, value(theta, s.Next))
		return num.Mul(-0.5, num.Square(num.Sub(target, value(theta, s.Prev))))
	}
	fmt.Printf("%#v\n", jx.GradWith(tdLoss)(theta, step))
}

func tdLoss(theta *jx.Array, s transition) *jx.Array {
	target := num.Add(s.Reward, value(theta, s.Next))
	return num.Mul(-0.5, num.Square(num.Sub(jx.StopGradient(target), value(theta, s.Prev))))
}

func tdStopGradient() { fmt.Printf("%#v\n", jx.GradWith(tdLoss)(theta, step)) }

func tdOriginal() {
	g := jx.GradWith(value)(theta, step.Prev)
	err := num.Sub(num.Add(step.Reward, value(theta, step.Next)), value(theta, step.Prev))
	fmt.Printf("%#v\n", num.Mul(err, g))
}

func straightThrough() {
	f := num.Round // its derivative is zero
	straight := func(x *jx.Array) *jx.Array {
		zero := num.Sub(x, jx.StopGradient(x)) // exactly zero, with derivative one
		return num.Add(zero, jx.StopGradient(f(x)))
	}
	x := jx.Scalar(3.2)
	fmt.Println("f(x): ", f(x))
	fmt.Println("straight_through_f(x):", straight(x))
	fmt.Println("grad(f)(x):", jx.Grad(f)(x))
	fmt.Println("grad(straight_through_f)(x):", jx.Grad(straight)(x))
}

var (
	perExampleGrads = jx.Jit(jx.VMap(jx.GradWith(tdLoss), jx.In(jx.None, 0)))

	steps = jx.TreeMap(step, func(x *jx.Array) *jx.Array { return num.Stack(0, x, x) })
)

func perExample() { fmt.Printf("%#v\n", perExampleGrads(theta, steps)) }

func perExampleSingle() { fmt.Printf("%#v\n", jx.GradWith(tdLoss)(theta, step)) }

func perExampleAll() {
	grads := jx.VMap(jx.GradWith(tdLoss))
	fmt.Printf("%#v\n", grads(num.Stack(0, theta, theta), steps))
}

func perExampleInAxes() {
	grads := jx.VMap(jx.GradWith(tdLoss), jx.In(jx.None, 0))
	fmt.Printf("%#v\n", grads(theta, steps))
}

func perExampleJit() {
	grads := jx.VMap(jx.GradWith(tdLoss), jx.In(jx.None, 0))
	fmt.Printf("%#v\n", jx.Jit(grads)(theta, steps))
}

// ReverseOverReverse is the product of the Hessian of f with v by reverse mode,
// twice.
func ReverseOverReverse(f func(*jx.Array) *jx.Array, x, v *jx.Array) *jx.Array {
	return jx.Grad(func(x *jx.Array) *jx.Array { return num.VDot(jx.Grad(f)(x), v) })(x)
}

func sigmoid(x *jx.Array) *jx.Array { return num.Mul(0.5, num.Add(num.Tanh(num.Div(x, 2)), 1)) }

func predict(w, b, inputs *jx.Array) *jx.Array { return sigmoid(num.Add(num.Dot(inputs, w), b)) }

var inputs = jx.From([]float32{
	0.52, 1.12, 0.77,
	0.88, -1.08, 0.15,
	0.52, 0.06, -1.30,
	0.74, -2.49, 1.39,
}, 4, 3)

var (
	keys = random.SplitN(key, 3)
	w    = random.Normal(keys.At(1), jx.Float32, 3)
	b    = random.Normal(keys.At(2), jx.Float32)
)

// f is the predictions as a function of the weights.
func f(w *jx.Array) *jx.Array { return predict(w, b, inputs) }

func jacobian() {
	J := jx.JacFwd(f)(w)
	fmt.Println("jacfwd result, with shape", J.Shape())
	fmt.Println(J)

	J = jx.JacRev(f)(w)
	fmt.Println("jacrev result, with shape", J.Shape())
	fmt.Println(J)
}

func jacobianDict() {
	predict := func(p map[string]*jx.Array) *jx.Array { return predict(p["W"], p["b"], inputs) }
	J := jx.JacRev(predict)(map[string]*jx.Array{"W": w, "b": b})
	for name, block := range jx.TreeLeaves(J) {
		fmt.Printf("Jacobian from %s to logits is\n%v\n", name, block)
	}
}

func hessianDense() {
	H := jx.JacFwd(jx.JacRev(f))(w)
	fmt.Println("hessian, with shape", H.Shape())
	fmt.Println(H)
}
