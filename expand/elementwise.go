package expand

import (
	"math"

	"github.com/jacobi-go/jacobi/graph"
)

// The sign of an unsigned number is 0 or 1, and XLA has none.
func expandSign(b B, e E, in []V) V {
	x := in[0]
	zero, one := b.Scalar(x.DType, 0), b.Scalar(x.DType, 1)
	return b.Select(b.Eq(x, zero), zero, one)
}

func expandExp2(b B, _ E, in []V) V {
	return b.Exp(b.Mul(b.Scalar(in[0].DType, math.Ln2), in[0]))
}

func expandSquare(b B, _ E, in []V) V { return b.Mul(in[0], in[0]) }

// sin(a + ib) = sin a cosh b + i cos a sinh b
func expandSin(b B, _ E, in []V) V {
	re, sinh, cosh := hyperbolic(b, in[0])
	zero := b.Scalar(re.DType, 0)
	im := b.Mul(b.Cos(re), sinh)
	// cosh b may be infinite where sin a is zero.
	return b.Select(b.Eq(re, zero), b.Complex(zero, im), b.Complex(b.Mul(b.Sin(re), cosh), im))
}

// cos(a + ib) = cos a cosh b - i sin a sinh b
func expandCos(b B, _ E, in []V) V {
	re, sinh, cosh := hyperbolic(b, in[0])
	zero := b.Scalar(re.DType, 0)
	r := b.Mul(b.Cos(re), cosh)
	return b.Select(b.Eq(re, zero), b.Complex(r, zero), b.Complex(r, b.Mul(b.Neg(b.Sin(re)), sinh)))
}

// hyperbolic is the real part a of a + ib, with sinh b and cosh b by way of
// expm1, which is exact where b is small.
func hyperbolic(b B, x V) (re, sinh, cosh V) {
	re = b.Real(x)
	im := b.Imag(x)
	two := b.Scalar(re.DType, 2)
	up, down := b.Expm1(im), b.Expm1(b.Neg(im))
	return re, b.Div(b.Sub(up, down), two), b.Div(b.Add(b.Add(up, down), two), two)
}

func wrongAtan(e E, p Platform) bool { return p.WrongAtan2 && !e.In[0].DType.IsComplex() }

func wrongAtan2(e E, p Platform) bool { return p.WrongAtan2 && is(e.In[1], 1) }

// is reports whether all elements of x are this number, as XLA sees.
func is(x V, n complex128) bool {
	for x.Def != nil && (x.Def.Op == graph.OpBroadcast || x.Def.Op == graph.OpReshape) {
		x = x.Def.In[0]
	}
	return x.Def != nil && x.Def.Op == graph.OpLiteral && x.Def.Params.(graph.LiteralParams).Value.C == n
}

// wrongPhase: XLA takes the phase of 1 + iy, in logarithms and powers, by
// atan2(y, 1).
func wrongPhase(e E, p Platform) bool { return p.WrongAtan2 && is(e.In[0], 1) }

// wrongPhase1p: and so that of iy in log1p.
func wrongPhase1p(e E, p Platform) bool {
	x := e.In[0]
	return p.WrongAtan2 && x.Def != nil && x.Def.Op == graph.OpComplex && is(x.Def.In[0], 0)
}

func expandComplex(b B, _ E, in []V) V {
	return b.Complex(b.Add(in[0], hiddenZero(b, in[1])), in[1])
}

func expandLog1p(b B, _ E, in []V) V {
	y := b.Imag(in[0])
	return b.Log1p(b.Complex(hiddenZero(b, y), y))
}

// hiddenZero is 0, but XLA does not know it, and NaN where y is.
func hiddenZero(b B, y V) V { return b.Min(b.Abs(y), b.Zeros(y.Aval)) }

// atan2(2x, 2) is the same number as atan2(x, 1), which XLA makes of atan(x).
func expandAtan(b B, e E, in []V) V {
	two := b.Scalar(in[0].DType, 2)
	return b.Atan2(b.Mul(in[0], two), b.Broadcast(two, e.Out[0].Shape))
}

// 1 / (1 + exp(-x)): XLA's operation of that name is less exact.
func expandLogistic(b B, _ E, in []V) V {
	one := b.Scalar(in[0].DType, 1)
	return b.Div(one, b.Add(one, b.Exp(b.Neg(in[0]))))
}

// Powers by repeated squaring.
func expandIntegerPow(b B, e E, in []V) V {
	x, y := in[0], e.Params.(graph.IntegerPowParams).Y
	if y == 0 {
		return b.Ones(x.Aval)
	}
	n := uint64(y)
	if y < 0 {
		n = -n
	}
	var acc V
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			if acc == nil {
				acc = x
			} else {
				acc = b.Mul(acc, x)
			}
		}
		if n > 1 {
			x = b.Mul(x, x)
		}
	}
	if y < 0 {
		acc = b.Div(b.Scalar(x.DType, 1), acc)
	}
	return acc
}

func expandConj(b B, _ E, in []V) V { return b.Complex(b.Real(in[0]), b.Neg(b.Imag(in[0]))) }

// XLA converts no complex number to a real one, and to bool it takes the
// lowest bit.
func severalSteps(e E, _ Platform) bool {
	from, to := e.In[0].DType, e.Out[0].DType
	return from.IsComplex() && !to.IsComplex() || to == graph.Bool && from != graph.Bool
}

func expandConvert(b B, e E, in []V) V {
	x := in[0]
	if x.DType.IsComplex() {
		x = b.Real(x)
	}
	if d := e.Out[0].DType; d != graph.Bool {
		return b.Convert(x, d)
	}
	return b.Ne(x, b.Scalar(x.DType, 0))
}

func sameType(e E, _ Platform) bool { return e.In[0].DType == e.Out[0].DType }
