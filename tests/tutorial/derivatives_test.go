package tutorial

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/examples/tutorial/programs"
	"github.com/jacobi-go/jacobi/num"
)

var derivatives = []check{
	{id: "setup", run: setup},
	{id: "hessian_def", run: checkHessianDef},
	{id: "maml", run: checkMAML},
	{id: "td_setup", run: checkValue},
	{id: "td_transition", run: checkTransition},
	{id: "perex_timing", run: perExampleTiming},
	{id: "hvp_revrev_def", run: checkReverseOverReverse},
}

func setup(t *testing.T) {
	assertSlice(t, []uint32{0, 0}, programs.Key.Bits)
}

func checkHessianDef(t *testing.T) {
	f := func(x *jx.Array) *jx.Array { return num.Sum(num.Sin(x)) }
	x := jx.From([]float32{1, 2, 3})
	assert.True(t, num.AllClose(programs.Hessian(f)(x), jx.Hessian(f)(x)))
}

// For a mean square the step is linear, so the gradient after it is
// (1 - lr H) g(p - lr g); differences of the loss must agree.
func checkMAML(t *testing.T) {
	p := programs.Params{W: jx.From([]float32{0.5, -1, 2}), B: jx.Scalar(float32(0.25))}
	d := programs.Batch{X: programs.Inputs, Y: jx.From([]float32{1, 0, -1, 2})}
	g := jx.GradWith(programs.MetaLoss)(p, d)
	const h = 1e-2
	at := func(db float64) float64 {
		return programs.MetaLoss(programs.Params{W: p.W, B: num.Add(p.B, db)}, d).Float()
	}
	assert.InDelta(t, (at(h)-at(-h))/(2*h), g.B.Float(), 1e-3)
	grad := func(p programs.Params) programs.Params { return jx.GradWith(programs.Loss)(p, d) }
	after := grad(jx.TreeMap2(p, grad(p), programs.SGD))
	_, hv := jx.JVP(grad, p, after)
	want := jx.TreeMap2(after, hv, programs.SGD)
	assert.True(t, num.AllClose(want.W, g.W, num.RTol(1e-5), num.ATol(1e-6)))
	assert.True(t, num.AllClose(want.B, g.B, num.RTol(1e-5), num.ATol(1e-6)))
}

func checkValue(t *testing.T) { assert.Equal(t, "[ 0.1 -0.1  0. ]", fmt.Sprint(programs.Theta)) }

func checkTransition(t *testing.T) {
	theta, step := programs.Theta, programs.Step
	assert.InDelta(t, -0.1, programs.Value(theta, step.Prev).Float(), 1e-7)
	assert.InDelta(t, 0.1, programs.Value(theta, step.Next).Float(), 1e-7)
}

func perExampleTiming(t *testing.T) {
	theta, step, steps := programs.Theta, programs.Step, programs.Steps
	grads := jx.VMap(jx.GradWith(programs.TDLoss), jx.In(jx.None, 0))
	assert.True(t, num.AllClose(grads(theta, steps), programs.PerExampleGrads(theta, steps)))

	// The axes of one argument differ: both transitions have the same reward.
	shared := programs.Transition{Prev: steps.Prev, Reward: step.Reward, Next: steps.Next}
	some := jx.VMap(jx.GradWith(programs.TDLoss), jx.In(jx.None, 0), jx.InAt(1, "Reward", jx.None))
	assert.True(t, num.AllClose(some(theta, shared), programs.PerExampleGrads(theta, steps)))
}

func checkReverseOverReverse(t *testing.T) {
	x, v := jx.From([]float32{1, 2, 3}), jx.From([]float32{1, -1, 0.5})
	want := num.Dot(jx.Hessian(programs.SumTanh2)(x), v)
	assert.True(t, num.AllClose(want, programs.ReverseOverReverse(programs.SumTanh2, x, v), num.RTol(1e-5), num.ATol(1e-6)))
}
