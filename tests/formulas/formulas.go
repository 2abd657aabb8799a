// Package formulas has formulas that users of JAX know, for docs/formulas.md,
// which shows them in both languages.
package formulas

import (
	"math"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/linalg"
	"github.com/jacobi-go/jacobi/num"
)

// A is short, as it stands in every line.
type A = *jx.Array

const (
	lr  = 1e-2
	b1  = 0.9
	b2  = 0.999
	eps = 1e-8
)

func adam(p, m, v, g A, t float64) (A, A, A) {
	m = num.Lerp(g, m, b1)
	v = num.Lerp(num.Square(g), v, b2)
	r := lr * math.Sqrt(1-math.Pow(b2, t)) / (1 - math.Pow(b1, t))
	p = num.Sub(p, num.Div(num.Mul(r, m), num.Add(num.Sqrt(v), eps)))
	return p, m, v
}

func attention(q, k, v A, d float64) A {
	w := num.Softmax(num.Div(num.Einsum("qhd,khd->hqk", q, k), math.Sqrt(d)))
	o := num.Einsum("hqk,khd->qhd", w, v)
	return o
}

func crossEntropy(z, y A) A {
	loss := num.Neg(num.Mean(num.TakeAlongAxis(num.LogSoftmax(z), num.ExpandDims(y, 1))))
	return loss
}

func stencil(u A, c float64) A {
	near := num.AddN(num.Roll(u, 1, 0), num.Roll(u, -1, 0), num.Roll(u, 1, 1), num.Roll(u, -1, 1))
	u = num.Add(u, num.Mul(c, num.Sub(near, num.Mul(4, u))))
	return u
}

func layerNorm(x, g, b A) A {
	c := num.Sub(x, num.Keep(num.Mean)(x, -1))
	y := num.Add(num.Mul(g, num.Div(c, num.Sqrt(num.Add(num.Keep(num.Var)(x, -1), eps)))), b)
	return y
}

func newton(f func(A) A, x A) A {
	x = num.Sub(x, linalg.Solve(jx.Hessian(f)(x), jx.Grad(f)(x)))
	return x
}
