package graphtest

import (
	"math/rand/v2"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/interp"
)

// A domain draws the elements of an operand.
type domain func(r *rand.Rand, a graph.Aval) interp.Tensor

// each draws every element alone.
func each(draw func(r *rand.Rand, d graph.DType) graph.Number) domain {
	return func(r *rand.Rand, a graph.Aval) interp.Tensor {
		t := interp.Zeros(a)
		for i := range t.Data {
			t.Data[i] = draw(r, a.DType).Round(a.DType)
		}
		return t
	}
}

func uniform(r *rand.Rand, lo, hi float64) float64 { return lo + (hi-lo)*r.Float64() }

// within draws real numbers from lo to hi.
func within(lo, hi float64) domain {
	return each(func(r *rand.Rand, d graph.DType) graph.Number { return graph.Num(d, uniform(r, lo, hi)) })
}

// signed draws numbers of either sign, of absolute value lo to hi.
func signed(lo, hi float64) domain {
	return each(func(r *rand.Rand, d graph.DType) graph.Number {
		x := uniform(r, lo, hi)
		if r.IntN(2) == 0 && !d.IsUnsigned() {
			x = -x
		}
		return graph.Num(d, x)
	})
}

// away draws complex numbers off the axes, on which branch cuts lie.
var away = each(func(r *rand.Rand, _ graph.DType) graph.Number {
	return graph.Number{C: complex(uniform(r, 0.3, 0.8), uniform(r, 0.2, 0.7))}
})

// ints draws integers from lo to hi, both included.
func ints(lo, hi int) domain {
	return each(func(r *rand.Rand, _ graph.DType) graph.Number {
		return graph.Number{I: int64(lo + r.IntN(hi-lo+1))}
	})
}

// bits draws any integer or bool.
var bits = each(func(r *rand.Rand, d graph.DType) graph.Number {
	if d == graph.Bool {
		return graph.Number{I: int64(r.IntN(2))}
	}
	return graph.Number{I: int64(r.Uint64())}
})

// usual draws from -1 to 1, small integers that fit every type, or bools.
func usual(r *rand.Rand, a graph.Aval) interp.Tensor {
	switch d := a.DType; {
	case d == graph.Bool:
		return bits(r, a)
	case d.IsComplex():
		return each(func(r *rand.Rand, _ graph.DType) graph.Number {
			return graph.Number{C: complex(uniform(r, -1, 1), uniform(r, -1, 1))}
		})(r, a)
	case d.IsFloat():
		return within(-1, 1)(r, a)
	case d.IsUnsigned():
		return ints(0, 9)(r, a)
	}
	return ints(-9, 9)(r, a)
}

// distinct draws numbers from -1 to 1 that are well apart, integers that
// differ, or bools.
func distinct(r *rand.Rand, a graph.Aval) interp.Tensor { return grid(r, a, 1) }

// between is like distinct, and no number is one that distinct draws.
func between(r *rand.Rand, a graph.Aval) interp.Tensor { return grid(r, a, 1.37) }

func grid(r *rand.Rand, a graph.Aval, offset float64) interp.Tensor {
	if a.DType == graph.Bool {
		return bits(r, a)
	}
	t, n := interp.Zeros(a), a.Size()
	for i, k := range r.Perm(n) {
		x := float64(k)
		if a.DType.Differentiable() {
			x = (2*x+offset)/float64(n) - 1
		}
		t.Data[i] = graph.Num(a.DType, x)
	}
	return t
}

// these are given elements, in order, over and over.
func these(xs ...int64) domain {
	return func(_ *rand.Rand, a graph.Aval) interp.Tensor {
		t := interp.Zeros(a)
		for i := range t.Data {
			x := xs[i%len(xs)]
			if a.DType.Differentiable() {
				t.Data[i] = graph.Num(a.DType, float64(x))
			} else {
				t.Data[i] = graph.Number{I: x}.Round(a.DType)
			}
		}
		return t
	}
}
