package random

import (
	"math"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/vmapper"
)

// Gamma draws from the gamma distribution of shape a and scale 1. It has a
// derivative in a: how the numbers move with it while their quantiles stay.
// They are floats of dtype d, of shape dims or else of the parameters'. It is
// jax.random.gamma.
func Gamma[A array.Operand](k Key, d graph.DType, a A, dims ...int) *array.Array {
	return k.gammas("Gamma", d, array.Of(a), dims, false)
}

// LogGamma draws the logarithm of Gamma's numbers, which does not underflow
// where a is small. They are floats of dtype d, of shape dims or else of the
// parameters'. It is jax.random.loggamma.
func LogGamma[A array.Operand](k Key, d graph.DType, a A, dims ...int) *array.Array {
	return k.gammas("LogGamma", d, array.Of(a), dims, true)
}

func (k Key) gammas(op string, d graph.DType, a *array.Array, dims []int, logs bool) *array.Array {
	return k.floats(op, d, dims, func(b builder, s stream, shape []int) value {
		return s.gamma(b, s.args[0], shape, logs)
	}, a)
}

// Beta draws from the beta distribution. They are floats of dtype d, of shape
// dims or else of the parameters'. It is jax.random.beta.
func Beta[P, Q array.Operand](k Key, d graph.DType, p P, q Q, dims ...int) *array.Array {
	return k.floats("Beta", d, dims, func(b builder, s stream, shape []int) value {
		ks := s.split(b, 2)
		x, y := ks[0].gamma(b, s.args[0], shape, true), ks[1].gamma(b, s.args[1], shape, true)
		most := b.Max(x, y)
		x, y = b.Exp(b.Sub(x, most)), b.Exp(b.Sub(y, most))
		return b.Div(x, b.Add(x, y))
	}, array.Of(p), array.Of(q))
}

// Dirichlet draws from the Dirichlet distribution with parameters alpha along
// the last axis. dims is the shape of the other axes of the result; without
// dims it is alpha's. They are floats of dtype d. An alpha that is a scalar is
// an error. It is jax.random.dirichlet.
func Dirichlet(k Key, d graph.DType, alpha *array.Array, dims ...int) *array.Array {
	if array.Of(alpha).Rank() == 0 {
		panic(ops.Mistake(graph.ErrRank, "Dirichlet", []*array.Array{alpha}, "the parameters lie along the last axis, and a scalar has none"))
	}
	if len(dims) > 0 {
		dims = append(dims[:len(dims):len(dims)], alpha.Dim(-1))
	}
	return k.floats("Dirichlet", d, dims, func(b builder, s stream, shape []int) value {
		x := s.gamma(b, s.args[0], shape, true)
		last := len(shape) - 1
		along := func(y value) value { return b.BroadcastInDim(y, shape, graph.Kept(last)) }
		x = b.Exp(b.Sub(x, along(b.StopGradient(b.ReduceMax(x, last)))))
		return b.Div(x, along(b.ReduceSum(x, last)))
	}, alpha)
}

// ChiSquare draws from the chi-square distribution with df degrees of freedom.
// They are floats of dtype d, of shape dims or else of the parameters'. It is
// jax.random.chisquare.
func ChiSquare[F array.Operand](k Key, d graph.DType, df F, dims ...int) *array.Array {
	return k.floats("ChiSquare", d, dims, func(b builder, s stream, shape []int) value {
		half := b.Div(s.args[0], b.Scalar(d, 2))
		return b.Mul(b.Exp(s.gamma(b, half, shape, true)), b.Scalar(d, 2))
	}, array.Of(df))
}

// StudentT draws from Student's t distribution with df degrees of freedom.
// They are floats of dtype d, of shape dims or else of the parameters'. It is
// jax.random.t.
func StudentT[F array.Operand](k Key, d graph.DType, df F, dims ...int) *array.Array {
	return k.floats("StudentT", d, dims, func(b builder, s stream, shape []int) value {
		ks := s.split(b, 2)
		half := b.Div(s.args[0], b.Scalar(d, 2))
		x, g := ks[0].normal(b, d, shape), ks[1].gamma(b, half, shape, false)
		return b.Mul(x, b.Sqrt(b.Div(spread(b, half, shape), g)))
	}, array.Of(df))
}

// gamma draws numbers one by one, each with a key of its own, in one loop for
// all of them.
func (s stream) gamma(b builder, a value, shape []int, logs bool) value {
	out := graph.Aval{DType: a.DType, Shape: shape}
	n := out.Size()
	if n == 0 {
		return b.Zeros(out)
	}
	a = b.Reshape(ops.BroadcastTo(b, a, shape), n)
	name := "gamma"
	if logs {
		name = "log_gamma"
	}
	one := graph.Build([]graph.Aval{{DType: graph.Uint32, Shape: []int{2}}, {DType: a.DType}}, func(b builder, in []value) []value {
		return []value{keyOf(b, in[0], s.original).gamma1(b, in[1], logs)}
	})
	all := vmapper.BatchTo(one, n, []int{0, 0}, []int{0})
	keys := s.splitBits(b, n)
	// The derivative is not that of the loop, whose number of trips depends on a.
	jvp := graph.Build([]graph.Aval{keys.Aval, a.Aval, a.Aval}, func(b builder, in []value) []value {
		y := b.Call(name, all, in[0], in[1])[0]
		return []value{y, b.Mul(in[2], gammaSlope(b, in[1], y, logs))}
	})
	return b.Reshape(b.CustomJVP(graph.CustomJVPParams{Name: name, Graph: all, JVP: jvp}, keys, a)[0], shape...)
}

// gamma1 draws one number by the method of Marsaglia and Tsang (A simple method
// for generating gamma variables, 2000): the cube of a number near to normal,
// drawn until it is accepted. Where a is less than 1, a number for a+1 is drawn
// and moved.
func (s stream) gamma1(b builder, a value, logs bool) value {
	num := func(x float64) value { return b.Scalar(a.DType, x) }
	large := b.Ge(a, num(1))
	above := b.Select(large, a, b.Add(a, num(1)))
	d := b.Sub(above, num(1./3))
	c := b.Div(num(1./3), b.Sqrt(d))

	k := s.split(b, 2)
	carry := []value{c, d, k[0].k0, k[0].k1, num(0), num(1), num(2)} // c and d, then the key, x squared, v cubed, u
	p := graph.WhileParams{Consts: 2}
	p.Cond = graph.Build(graph.Avals(carry), func(b builder, in []value) []value {
		num := func(x float64) value { return b.Scalar(a.DType, x) }
		d, x, v, u := in[1], in[4], in[5], in[6]
		sure := b.Ge(u, b.Sub(num(1), b.Mul(num(0.0331), b.Mul(x, x))))
		bound := b.Add(b.Mul(x, num(0.5)), b.Mul(d, b.Add(b.Sub(num(1), v), b.Log(v))))
		return []value{b.And(sure, b.Ge(b.Log(u), bound))}
	})
	p.Body = graph.Build(graph.Avals(carry), func(b builder, in []value) []value {
		ks := stream{k0: in[2], k1: in[3], original: s.original}.split(b, 3)
		x, v := ks[1].candidate(b, in[0])
		u := ks[2].uniform(b, a.DType, 0, 1, []int{})
		return []value{ks[0].k0, ks[0].k1, b.Mul(x, x), b.Mul(b.Mul(v, v), v), u}
	})
	v := b.While(p, carry...)[3]

	u := k[1].uniform(b, a.DType, 0, 1, []int{})
	if logs {
		l := b.Log1p(b.Neg(u))
		boost := b.Select(b.Or(large, b.Eq(l, num(0))), num(0), b.Mul(l, b.Div(num(1), a)))
		return b.Add(b.Add(b.Log(d), b.Log(v)), boost)
	}
	boost := b.Select(large, num(1), b.Pow(b.Sub(num(1), u), b.Div(num(1), a)))
	return b.Mul(b.Mul(d, v), boost)
}

// candidate draws normal numbers x until v = 1 + c x is positive.
func (s stream) candidate(b builder, c value) (x, v value) {
	carry := []value{c, s.k0, s.k1, b.Scalar(c.DType, 0), b.Scalar(c.DType, -1)} // c, then the key, x, v
	p := graph.WhileParams{Consts: 1}
	p.Cond = graph.Build(graph.Avals(carry), func(b builder, in []value) []value {
		return []value{b.Le(in[4], b.Scalar(c.DType, 0))}
	})
	p.Body = graph.Build(graph.Avals(carry), func(b builder, in []value) []value {
		ks := stream{k0: in[1], k1: in[2], original: s.original}.split(b, 2)
		x := ks[1].normal(b, c.DType, []int{})
		return []value{ks[0].k0, ks[0].k1, x, b.Add(b.Scalar(c.DType, 1), b.Mul(x, in[0]))}
	})
	out := b.While(p, carry...)
	return out[2], out[3]
}

// gammaSlope is dy/da at constant quantile, of y drawn for a: minus the
// derivative in a of the distribution function P, divided by the density p. In
//
//	P = x**a exp(-x) / gamma(a+1) S,  S = sum of x**n / ((a+1) ... (a+n)),  p = dP/dx,
//
// what is in front of S cancels. The sum and its derivative are added up in
// float64, which makes up for what cancels between them.
func gammaSlope(b builder, a, y value, logs bool) value {
	d, f := a.DType, graph.Float64
	a, y = b.Convert(a, f), b.Convert(y, f)
	x := b.Exp(y)
	if !logs {
		x, y = y, b.Log(y)
	}
	ones := b.Ones(a.Aval)
	zeros := b.Zeros(a.Aval)
	p := graph.WhileParams{Consts: 2}
	in := []value{a, x, b.Scalar(f, 0), ones, zeros, ones, zeros} // a, x, then n, the term, its log's derivative, S, dS/da
	p.Cond = graph.Build(graph.Avals(in), func(b builder, in []value) []value {
		n, term, slope, sum, dsum := in[2], in[3], in[4], in[5], in[6]
		eps := b.Scalar(f, 1e-17)
		grows := b.Or(b.Gt(term, b.Mul(eps, sum)), b.Gt(b.Abs(b.Mul(term, slope)), b.Mul(eps, b.Abs(dsum))))
		return []value{b.And(b.Lt(n, b.Scalar(f, 1e5)), b.ReduceOr(grows, graph.Kept(grows.Rank())...))}
	})
	p.Body = graph.Build(graph.Avals(in), func(b builder, in []value) []value {
		a, x := in[0], in[1]
		n := b.Add(in[2], b.Scalar(f, 1))
		over := b.Div(b.Scalar(f, 1), b.Add(a, n))
		term, slope := b.Mul(in[3], b.Mul(x, over)), b.Sub(in[4], over)
		return []value{n, term, slope, b.Add(in[5], term), b.Add(in[6], b.Mul(term, slope))}
	})
	out := b.While(p, in...)
	sum, dsum := out[3], out[4]
	digamma := b.Digamma(b.Add(a, b.Scalar(f, 1)))
	slope := b.Neg(b.Div(b.Add(b.Mul(sum, b.Sub(y, digamma)), dsum), a)) // of log x
	if !logs {
		slope = b.Select(b.Eq(x, b.Scalar(f, 0)), b.Scalar(f, 0), b.Mul(slope, x))
	}
	return b.Convert(slope, d)
}

// Poisson draws counts of the mean lam. They are integers of dtype d, of shape
// dims or else of lam's. It is jax.random.poisson.
func Poisson[L array.Operand](k Key, d graph.DType, lam L, dims ...int) *array.Array {
	x := array.Of(lam)
	if !d.IsInt() {
		panic(graph.Errorf(graph.ErrDType, "Poisson", "draws integers, not %v", d))
	}
	return k.floats("Poisson", graph.Float32, dims, func(b builder, s stream, shape []int) value {
		lam := b.StopGradient(ops.BroadcastTo(b, s.args[0], shape))
		num := func(x float64) value { return b.Scalar(graph.Float32, x) }
		small := b.Or(b.Ne(lam, lam), b.Lt(lam, num(10)))
		trips := float64(min(most(d), math.MaxInt32))
		few := s.poissonKnuth(b, d, b.Select(small, lam, num(0)), trips)
		many := s.poissonRejection(b, d, b.Select(small, num(1e5), lam), trips)
		zero := b.Scalar(d, 0)
		return b.Select(b.Eq(lam, num(0)), zero, b.Select(small, few, many))
	}, x)
}

// poissonKnuth counts how many uniform numbers it takes until their product is
// below exp(-lam).
func (s stream) poissonKnuth(b builder, d graph.DType, lam value, trips float64) value {
	in := []value{lam, b.Scalar(graph.Int32, 0), b.Zeros(lam.With(d)), s.k0, s.k1, b.Zeros(lam.Aval)} // lam, then trips, counts, the key, logs of products
	going := func(b builder, in []value) value { return b.Gt(in[5], b.Neg(in[0])) }
	p := graph.WhileParams{Consts: 1}
	p.Cond = graph.Build(graph.Avals(in), func(b builder, in []value) []value {
		some := b.ReduceOr(going(b, in), graph.Kept(lam.Rank())...)
		return []value{b.And(some, b.Lt(in[1], b.Scalar(graph.Int32, trips)))}
	})
	p.Body = graph.Build(graph.Avals(in), func(b builder, in []value) []value {
		ks := stream{k0: in[3], k1: in[4], original: s.original}.split(b, 2)
		count := b.Select(going(b, in), b.Add(in[2], b.Scalar(d, 1)), in[2])
		u := ks[1].uniform(b, graph.Float32, 0, 1, lam.Shape)
		return []value{b.Add(in[1], b.Scalar(graph.Int32, 1)), count, ks[0].k0, ks[0].k1, b.Add(in[5], b.Log(u))}
	})
	return b.Sub(b.While(p, in...)[1], b.Scalar(d, 1))
}

// poissonRejection is the transformed rejection of Hörmann (The transformed
// rejection method for generating Poisson random variables, 1993).
func (s stream) poissonRejection(b builder, d graph.DType, lam value, trips float64) value {
	f := graph.Float32
	in := []value{lam, b.Scalar(graph.Int32, 0), b.Full(lam.Aval, -1), b.Zeros(lam.With(graph.Bool)), s.k0, s.k1} // lam, then trips, counts, whether accepted, the key
	p := graph.WhileParams{Consts: 1}
	p.Cond = graph.Build(graph.Avals(in), func(b builder, in []value) []value {
		some := b.ReduceOr(b.Not(in[3]), graph.Kept(lam.Rank())...)
		return []value{b.And(some, b.Lt(in[1], b.Scalar(graph.Int32, trips)))}
	})
	p.Body = graph.Build(graph.Avals(in), func(b builder, in []value) []value {
		num := func(x float64) value { return b.Scalar(f, x) }
		lam := in[0]
		beta := b.Add(num(0.931), b.Mul(num(2.53), b.Sqrt(lam)))
		alpha := b.Add(num(-0.059), b.Mul(num(0.02483), beta))
		inverse := b.Add(num(1.1239), b.Div(num(1.1328), b.Sub(beta, num(3.4))))
		vr := b.Sub(num(0.9277), b.Div(num(3.6224), b.Sub(beta, num(2))))

		ks := stream{k0: in[4], k1: in[5], original: s.original}.split(b, 3)
		u := b.Sub(ks[1].uniform(b, f, 0, 1, lam.Shape), num(0.5))
		v := ks[2].uniform(b, f, 0, 1, lam.Shape)
		edge := b.Sub(num(0.5), b.Abs(u))

		width := b.Add(b.Div(b.Mul(num(2), alpha), edge), beta)
		k := b.Floor(b.Add(b.Add(b.Mul(width, u), lam), num(0.43)))
		lhs := b.Log(b.Div(b.Mul(v, inverse), b.Add(b.Div(alpha, b.Mul(edge, edge)), beta)))
		rhs := b.Sub(b.Add(b.Neg(lam), b.Mul(k, b.Log(lam))), b.Lgamma(b.Add(k, num(1))))

		sure := b.And(b.Ge(edge, num(0.07)), b.Le(v, vr))
		reject := b.Or(b.Lt(k, num(0)), b.And(b.Lt(edge, num(0.013)), b.Gt(v, edge)))
		accept := b.Or(sure, b.And(b.Not(reject), b.Le(lhs, rhs)))
		return []value{
			b.Add(in[1], b.Scalar(graph.Int32, 1)), b.Select(accept, k, in[2]), b.Or(in[3], accept), ks[0].k0, ks[0].k1,
		}
	})
	return b.Convert(b.While(p, in...)[1], d)
}
