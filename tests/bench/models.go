package main

import (
	jx "jacobi"
	"jacobi/num"
)

// models are steps of training.
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
}

func relu(x *jx.Array) *jx.Array { return num.Maximum(x, 0) }

// crossEntropy is of logits and one-hot labels.
func crossEntropy(logits, y *jx.Array) *jx.Array {
	z := num.Sub(logits, jx.StopGradient(num.Keep(num.Max, logits, -1)))
	logp := num.Sub(z, num.Log(num.Keep(num.Sum, num.Exp(z), -1)))
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
