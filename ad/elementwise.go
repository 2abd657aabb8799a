package ad

import "github.com/jacobi-go/jacobi/graph"

func jvpAdd(b B, e E, x, dx []V) (y, dy []V) {
	return b.Emit(e.Op, nil, x...), []V{addTangents(b, dx[0], dx[1])}
}

func jvpSub(b B, e E, x, dx []V) (y, dy []V) {
	y = b.Emit(e.Op, nil, x...)
	switch {
	case dx[1] == nil:
		return y, []V{dx[0]}
	case dx[0] == nil:
		return y, []V{b.Neg(dx[1])}
	}
	return y, []V{b.Sub(dx[0], dx[1])}
}

func transposeSub(b B, e E, ct, x []V) []V {
	out := []V{ct[0], nil}
	if x[1] == nil {
		out[1] = b.Neg(ct[0])
	}
	return out
}

// d(x/y) = dx/y - (x/y)/y dy
func jvpDiv(b B, e E, x, dx []V) (y, dy []V) {
	return binary(
		func(b B, d, x, y, z V) V { return b.Div(d, y) },
		func(b B, d, x, y, z V) V { return b.Neg(b.Mul(d, b.Div(z, y))) },
	).jvp(b, e, x, dx)
}

// A real |x| has slope 1 at 0. For complex x, d|x| = Re(conj(x)/|x| dx), and
// 0 at 0.
func jvpAbs(b B, dx, x, y V) V {
	if !x.DType.IsComplex() {
		return b.Select(b.Ge(x, num(b, x, 0)), dx, b.Neg(dx))
	}
	r := b.Convert(nonzero(b, y), x.DType)
	return b.Real(b.Mul(dx, b.Div(b.Conj(x), r)))
}

// nonzero is x with ones for zeros.
func nonzero(b B, x V) V { return b.Select(b.Eq(x, num(b, x, 0)), num(b, x, 1), x) }

// For complex x, sign is y = x/|x| and dy = (dx - y d|x|)/|x|, and 0 at 0.
func jvpSign(b B, e E, x, dx []V) (y, dy []V) {
	y = b.Emit(e.Op, nil, x...)
	if !x[0].DType.IsComplex() {
		return y, nil
	}
	abs := b.Abs(x[0])
	dabs := b.Convert(jvpAbs(b, dx[0], x[0], abs), x[0].DType)
	d := b.Div(b.Sub(dx[0], b.Mul(y[0], dabs)), b.Convert(nonzero(b, abs), x[0].DType))
	return y, []V{where(b, b.Ne(x[0], num(b, x[0], 0)), d)}
}

// On the complex plane sqrt(x-1)sqrt(x+1), not sqrt(x^2-1), has the branch cut
// of acosh.
func jvpAcosh(b B, dx, x, y V) V {
	one := num(b, x, 1)
	if x.DType.IsComplex() {
		return b.Mul(dx, b.Mul(b.Rsqrt(b.Sub(x, one)), b.Rsqrt(b.Add(x, one))))
	}
	return b.Mul(dx, b.Rsqrt(b.Sub(b.Square(x), one)))
}

// gaussian is c exp(-x^2) dx.
func gaussian(b B, dx, x V, c float64) V {
	return b.Mul(dx, b.Mul(num(b, x, c), b.Exp(b.Neg(b.Square(x)))))
}

func jvpIntegerPow(b B, e E, x, dx []V) (y, dy []V) {
	n := e.Params.(graph.IntegerPowParams).Y
	y = b.Emit(e.Op, e.Params, x...)
	c := num(b, x[0], float64(n))
	switch n {
	case 0:
		return y, nil
	case 1:
		return y, dx
	case 2:
		return y, []V{b.Mul(dx[0], b.Mul(c, x[0]))}
	}
	return y, []V{b.Mul(dx[0], b.Mul(c, b.IntegerPow(x[0], n-1)))}
}

// A tangent ends where the value becomes an integer or a bool.
func jvpConvert(b B, e E, x, dx []V) (y, dy []V) {
	y = b.Emit(e.Op, e.Params, x...)
	if to := y[0].DType; to.Differentiable() {
		dy = []V{b.Convert(dx[0], to)}
	}
	return y, dy
}

// Real to complex transposes to taking the real part, which is what complex to
// real is, and the other way round.
func transposeConvert(b B, e E, ct, x []V) []V { return []V{b.Convert(ct[0], e.In[0].DType)} }

// x rem y = x - trunc(x/y) y
func remRHS(b B, d, x, y, z V) V {
	q := b.Div(x, y)
	return b.Neg(b.Mul(d, b.Mul(b.Sign(q), b.Floor(b.Abs(q)))))
}

func powLHS(b B, d, x, y, z V) V { return b.Mul(d, b.Mul(y, b.Pow(x, b.Sub(y, num(b, y, 1))))) }

// d/dy x^y = log(x) x^y, and 0 at x = 0 unless 0^y is infinite.
func powRHS(b B, d, x, y, z V) V { return b.Mul(d, b.Mul(b.Log(nonzero(b, x)), z)) }

func atan2LHS(b B, d, x, y, z V) V { return b.Mul(d, b.Div(y, b.Add(b.Square(x), b.Square(y)))) }

func atan2RHS(b B, d, x, y, z V) V {
	return b.Neg(b.Mul(d, b.Div(x, b.Add(b.Square(x), b.Square(y)))))
}

// The derivative of max and min goes to the operand chosen, half to each of
// two equal ones.
func chosenLHS(b B, d, x, y, z V) V { return b.Mul(d, chosen(b, x, y, z)) }
func chosenRHS(b B, d, x, y, z V) V { return b.Mul(d, chosen(b, y, x, z)) }

func chosen(b B, x, other, z V) V {
	share := b.Select(b.Eq(other, z), num(b, x, 0.5), num(b, x, 1))
	return where(b, b.Eq(x, z), share)
}

func jvpPolygamma(b B, e E, x, dx []V) (y, dy []V) {
	if dx[0] != nil {
		panic(e.Errorf(graph.ErrNotDifferentiable, "has no derivative in its order; apply StopGradient to it"))
	}
	n := b.Add(x[0], num(b, x[0], 1))
	return b.Emit(e.Op, nil, x...), []V{b.Mul(dx[1], b.Polygamma(n, x[1]))}
}

func transposeComplex(b B, e E, ct, x []V) []V {
	out := make([]V, 2)
	if x[0] == nil {
		out[0] = b.Real(ct[0])
	}
	if x[1] == nil {
		out[1] = b.Neg(b.Imag(ct[0]))
	}
	return out
}

func transposeSelect(b B, e E, ct, x []V) []V {
	out := make([]V, 3)
	if x[1] == nil {
		out[1] = b.Select(x[0], num(b, ct[0], 0), ct[0])
	}
	if x[2] == nil {
		out[2] = where(b, x[0], ct[0])
	}
	return out
}

// The derivative goes to the limit where it is passed and to x strictly
// between the limits.
func jvpClamp(b B, e E, x, dx []V) (y, dy []V) {
	lo, v, hi := x[0], x[1], x[2]
	y = b.Emit(e.Op, nil, x...)
	at := [3]func() V{
		func() V { return b.And(b.Gt(lo, v), b.Lt(lo, hi)) },
		func() V { return b.And(b.Gt(v, lo), b.Lt(v, hi)) },
		func() V { return b.Lt(hi, v) },
	}
	var t V
	for i, d := range dx {
		if d != nil {
			t = addTangents(b, t, where(b, at[i](), d))
		}
	}
	return y, []V{t}
}
