package tutorial

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	jx "jacobi"
	"jacobi/num"
	"jacobi/random"
)

var derivatives = []block{
	{id: "setup", check: setup},
	{id: "hessian_def", check: checkHessianDef},
	{id: "hessian_dot", run: hessianDot},
	{id: "maml", check: checkMAML},
	{id: "td_setup", check: checkValue},
	{id: "td_transition", check: checkTransition},
	{id: "td_naive", run: tdNaive},
	{id: "td_stop_gradient", run: tdStopGradient},
	{id: "td_original", run: tdOriginal},
	{id: "straight_through", run: straightThrough},
	{id: "perex_jit_vmap_grad", run: perExample},
	{id: "perex_single", run: perExampleSingle},
	{id: "perex_vmap_all", run: perExampleAll},
	{id: "perex_in_axes", run: perExampleInAxes},
	{id: "perex_jit", run: perExampleJit},
	{id: "perex_timing", check: perExampleTiming},
	{id: "hvp_revrev_def", check: checkReverseOverReverse},
	{id: "jacobian", run: jacobian},
	{id: "jacobian_dict", run: jacobianDict},
	{id: "hessian_dense", run: hessianDense},
}

var key = random.NewKey(0)

func setup(t *testing.T) {
	assertSlice(t, []uint32{0, 0}, key.Bits)
}

func hessian(f func(*jx.Array) *jx.Array) func(*jx.Array) *jx.Array {
	return jx.JacFwd(jx.Grad(f))
}

func checkHessianDef(t *testing.T) {
	f := func(x *jx.Array) *jx.Array { return num.Sum(num.Sin(x)) }
	x := jx.From([]float32{1, 2, 3})
	assert.True(t, num.AllClose(hessian(f)(x), jx.Hessian(f)(x)))
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

// For a mean square the step is linear, so the gradient after it is
// (1 - lr H) g(p - lr g); differences of the loss must agree.
func checkMAML(t *testing.T) {
	p := params{jx.From([]float32{0.5, -1, 2}), jx.Scalar(float32(0.25))}
	d := batch{inputs, jx.From([]float32{1, 0, -1, 2})}
	g := jx.GradWith(metaLoss)(p, d)
	const h = 1e-2
	at := func(db float64) float64 { return metaLoss(params{p.W, num.Add(p.B, db)}, d).Float() }
	assert.InDelta(t, (at(h)-at(-h))/(2*h), g.B.Float(), 1e-3)
	_, hv := jx.JVP(func(p params) params { return jx.GradWith(loss)(p, d) }, p, jx.GradWith(loss)(jx.TreeMap2(p, jx.GradWith(loss)(p, d), sgd), d))
	want := jx.TreeMap2(jx.GradWith(loss)(jx.TreeMap2(p, jx.GradWith(loss)(p, d), sgd), d), hv, sgd)
	assert.True(t, num.AllClose(want.W, g.W, 1e-5, 1e-6))
	assert.True(t, num.AllClose(want.B, g.B, 1e-5, 1e-6))
}

func value(theta, state *jx.Array) *jx.Array { return num.Dot(theta, state) }

var theta = jx.From([]float32{0.1, -0.1, 0})

type transition struct{ Prev, Reward, Next *jx.Array }

var step = transition{
	Prev:   jx.From([]float32{1, 2, -1}),
	Reward: jx.Scalar(float32(1)),
	Next:   jx.From([]float32{2, 1, 0}),
}

func checkValue(t *testing.T) { assert.Equal(t, "[ 0.1 -0.1  0. ]", fmt.Sprint(theta)) }

func checkTransition(t *testing.T) {
	assert.InDelta(t, -0.1, value(theta, step.Prev).Float(), 1e-7)
	assert.InDelta(t, 0.1, value(theta, step.Next).Float(), 1e-7)
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

	steps = jx.TreeMap(step, func(x *jx.Array) *jx.Array { return num.Stack(x, x) })
)

func perExample() { fmt.Printf("%#v\n", perExampleGrads(theta, steps)) }

func perExampleSingle() { fmt.Printf("%#v\n", jx.GradWith(tdLoss)(theta, step)) }

func perExampleAll() {
	grads := jx.VMap(jx.GradWith(tdLoss))
	fmt.Printf("%#v\n", grads(num.Stack(theta, theta), steps))
}

func perExampleInAxes() {
	grads := jx.VMap(jx.GradWith(tdLoss), jx.In(jx.None, 0))
	fmt.Printf("%#v\n", grads(theta, steps))
}

func perExampleJit() {
	grads := jx.VMap(jx.GradWith(tdLoss), jx.In(jx.None, 0))
	fmt.Printf("%#v\n", jx.Jit(grads)(theta, steps))
}

func perExampleTiming(t *testing.T) {
	grads := jx.VMap(jx.GradWith(tdLoss), jx.In(jx.None, 0))
	assert.True(t, num.AllClose(grads(theta, steps), perExampleGrads(theta, steps)))

	// The axes of one argument differ: both transitions have the same reward.
	shared := transition{steps.Prev, step.Reward, steps.Next}
	some := jx.VMap(jx.GradWith(tdLoss), jx.In(jx.None, 0), jx.InAt(1, "Reward", jx.None))
	assert.True(t, num.AllClose(some(theta, shared), perExampleGrads(theta, steps)))
}

func reverseOverReverse(f func(*jx.Array) *jx.Array, x, v *jx.Array) *jx.Array {
	return jx.Grad(func(x *jx.Array) *jx.Array { return num.VDot(jx.Grad(f)(x), v) })(x)
}

func checkReverseOverReverse(t *testing.T) {
	x, v := jx.From([]float32{1, 2, 3}), jx.From([]float32{1, -1, 0.5})
	assert.True(t, num.AllClose(num.Dot(jx.Hessian(sumTanh2)(x), v), reverseOverReverse(sumTanh2, x, v), 1e-5, 1e-6))
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
