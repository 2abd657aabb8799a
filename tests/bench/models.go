package main

import (
	"math"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

// models are steps of training, a recurrent network, and a solver with the
// implicit derivative of what it finds.
var models = []benchmark{
	{name: "train/mlp_b128", make: func() program {
		p, step, d := network(70, 784, 512, 512, 10), jx.Jit(sgd), digits()
		return each(func() []layer { q, _ := step(p, d); return q })
	}},
	{name: "train/mlp_b128_forward", make: func() program {
		p, d := network(70, 784, 512, 512, 10), digits()
		f := jx.Jit(func(p []layer, x *jx.Array) *jx.Array { return mlp(relu, p, x) })
		return each(func() *jx.Array { return f(p, d.X) })
	}},
	{name: "rnn/forward", make: func() program {
		f, p, xs := jx.Jit(rnn), rnnParams(), filled(93, 1, 1000, 1, 128)
		return each(func() *jx.Array { return f(p, xs) })
	}},
	{name: "rnn/grad", make: func() program {
		f := jx.Jit(jx.GradWith(func(p cell, xs *jx.Array) *jx.Array { return num.Mean(num.Square(rnn(p, xs))) }))
		p, xs := rnnParams(), filled(93, 1, 1000, 1, 128)
		return each(func() cell { return f(p, xs) })
	}},
	{name: "fixedpoint/newton_jit", make: func() program { return solver(jx.Jit(newtonSqrt), jx.Scalar(float32(2))) }},
	{name: "fixedpoint/grad", make: func() program { return solver(jx.Grad(newtonSqrt), jx.Scalar(float32(2))) }},
	{name: "fixedpoint/grad_jit", make: func() program { return solver(jx.Jit(jx.Grad(newtonSqrt)), jx.Scalar(float32(2))) }},
	{name: "fixedpoint/grad_vmap1024_jit", make: func() program {
		return solver(jx.Jit(jx.VMap(jx.Grad(newtonSqrt))), num.Linspace(jx.Float32, 0.5, 9.5, 1024))
	}},
}

func relu(x *jx.Array) *jx.Array { return num.Maximum(x, 0) }

// crossEntropy is of logits and one-hot labels.
func crossEntropy(logits, y *jx.Array) *jx.Array {
	z := num.Sub(logits, jx.StopGradient(num.Keep(num.Max)(logits, -1)))
	logp := num.Sub(z, num.Log(num.Keep(num.Sum)(num.Exp(z), -1)))
	return num.Neg(num.Mean(num.Sum(num.Mul(logp, y), -1)))
}

// sgd is a step of gradient descent on a classifier.
func sgd(p []layer, d batch) ([]layer, *jx.Array) {
	l, g := jx.ValueAndGradWith(func(p []layer, d batch) *jx.Array { return crossEntropy(mlp(relu, p, d.X), d.Y) })(p, d)
	return jx.TreeMap2(p, g, func(p, g *jx.Array) *jx.Array { return num.Sub(p, num.Mul(1e-3, g)) }), l
}

// digits are 128 images and labels.
func digits() batch {
	labels := make([]float32, 128*10)
	for i := range 128 {
		labels[10*i+i*7%10] = 1
	}
	return batch{filled(80, 1, 128, 784), jx.From(labels, 128, 10)}
}

type cell struct{ H, X, B *jx.Array }

func rnnParams() cell {
	return cell{filled(90, 1/math.Sqrt(128), 128, 128), filled(91, 1/math.Sqrt(128), 128, 128), num.Zeros(jx.Float32, 128)}
}

// rnn returns the hidden states of a recurrent network, after each input.
func rnn(p cell, xs *jx.Array) *jx.Array {
	_, hs := jx.Scan(num.Zeros(jx.Float32, 1, 128), xs, func(h, x *jx.Array) (*jx.Array, *jx.Array) {
		h = num.Tanh(num.Add(num.Add(num.Dot(h, p.H), num.Dot(x, p.X)), p.B))
		return h, h
	})
	return hs
}

func solver(f func(*jx.Array) *jx.Array, a *jx.Array) program {
	return each(func() *jx.Array { return f(a) })
}

// iterate applies f until what it returns stays the same.
func iterate(f func(*jx.Array) *jx.Array, guess *jx.Array) *jx.Array {
	type carry = [2]*jx.Array // previous, current
	return jx.While(carry{guess, f(guess)},
		func(c carry) *jx.Array { return num.Greater(num.Abs(num.Sub(c[0], c[1])), 1e-6) },
		func(c carry) carry { return carry{c[1], f(c[1])} })[1]
}

// newtonSqrt is the square root of a by Newton's method. The derivative is
// that of the equation it solves: x = g(a, x).
func newtonSqrt(a *jx.Array) *jx.Array {
	g := func(a, x *jx.Array) *jx.Array { return num.Mul(0.5, num.Add(x, num.Div(a, x))) }
	type known struct{ A, X *jx.Array }
	return jx.CustomVJP(
		func(a *jx.Array) *jx.Array {
			return iterate(func(x *jx.Array) *jx.Array { return g(a, x) }, a)
		},
		func(a *jx.Array) (*jx.Array, known) {
			x := newtonSqrt(a)
			return x, known{a, x}
		},
		func(k known, ct *jx.Array) *jx.Array {
			_, pullX := jx.VJP(func(x *jx.Array) *jx.Array { return g(k.A, x) }, k.X)
			u := iterate(func(u *jx.Array) *jx.Array { return num.Add(ct, pullX(u)) }, ct)
			_, pullA := jx.VJP(func(a *jx.Array) *jx.Array { return g(a, k.X) }, k.A)
			return pullA(u)
		})(a)
}
