package random

import (
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// Bits draws random bits of an unsigned integer type. Their shape is dims;
// another dtype is an error. It is jax.random.bits.
func Bits(k Key, d graph.DType, dims ...int) *array.Array {
	checkDims("Bits", dims)
	if !d.IsUnsigned() {
		panic(graph.Errorf(graph.ErrDType, "Bits", "draws unsigned integers, not %v", d))
	}
	dims = append([]int{}, dims...)
	return k.draw("Bits", func(b builder, s stream) value { return s.bits(b, d, dims) })
}

// Uniform draws floats from [0, 1). They are floats of dtype d and shape dims.
// It is jax.random.uniform.
func Uniform(k Key, d graph.DType, dims ...int) *array.Array {
	return k.floats("Uniform", d, dims, func(b builder, s stream, shape []int) value { return s.uniform(b, d, 0, 1, shape) })
}

// UniformIn draws floats from [lo, hi). They are floats of dtype d, of shape
// dims or else that of lo and hi. It is jax.random.uniform with minval and
// maxval.
func UniformIn[L, H array.Operand](k Key, d graph.DType, lo L, hi H, dims ...int) *array.Array {
	return k.floats("UniformIn", d, dims, func(b builder, s stream, shape []int) value {
		return s.uniformIn(b, s.args[0], s.args[1], shape)
	}, array.Of(lo), array.Of(hi))
}

// Normal draws from the standard normal distribution. A complex number has
// variance 1 too, half of it in each part. The shape is dims, the dtype d:
// floats or complex numbers. It is jax.random.normal.
func Normal(k Key, d graph.DType, dims ...int) *array.Array {
	if !d.IsComplex() {
		return k.floats("Normal", d, dims, func(b builder, s stream, shape []int) value { return s.normal(b, d, shape) })
	}
	checkDims("Normal", dims)
	dims = append([]int{}, dims...)
	return k.draw("Normal", func(b builder, s stream) value {
		ks := s.split(b, 2)
		z := b.Complex(ks[0].normal(b, d.Real(), dims), ks[1].normal(b, d.Real(), dims))
		return b.Div(z, b.Scalar(d, math.Sqrt2))
	})
}

// TruncatedNormal draws from the standard normal distribution, given that the
// number is between lo and hi. They are floats of dtype d, of shape dims or
// else of the parameters'. It is jax.random.truncated_normal.
func TruncatedNormal[L, H array.Operand](k Key, d graph.DType, lo L, hi H, dims ...int) *array.Array {
	return k.floats("TruncatedNormal", d, dims, func(b builder, s stream, shape []int) value {
		lo, hi := s.args[0], s.args[1]
		sqrt2 := b.Scalar(d, math.Sqrt2)
		u := s.uniformIn(b, b.Erf(b.Div(lo, sqrt2)), b.Erf(b.Div(hi, sqrt2)), shape)
		x := b.Mul(sqrt2, b.ErfInv(u))
		inf := func(sign int) value { return b.Scalar(d, math.Inf(sign)) }
		least, most := b.NextAfter(b.StopGradient(lo), inf(1)), b.NextAfter(b.StopGradient(hi), inf(-1))
		return b.Min(b.Max(x, least), most)
	}, array.Of(lo), array.Of(hi))
}

// Exponential draws from the exponential distribution with rate 1. They are
// floats of dtype d and shape dims. It is jax.random.exponential.
func Exponential(k Key, d graph.DType, dims ...int) *array.Array {
	return k.floats("Exponential", d, dims, func(b builder, s stream, shape []int) value { return s.exponential(b, d, shape) })
}

// Gumbel draws from the standard Gumbel distribution. They are floats of dtype
// d and shape dims. It is jax.random.gumbel.
func Gumbel(k Key, d graph.DType, dims ...int) *array.Array {
	return k.floats("Gumbel", d, dims, func(b builder, s stream, shape []int) value { return s.gumbel(b, d, shape) })
}

// Laplace draws from the standard Laplace distribution. They are floats of
// dtype d and shape dims. It is jax.random.laplace.
func Laplace(k Key, d graph.DType, dims ...int) *array.Array {
	return k.floats("Laplace", d, dims, func(b builder, s stream, shape []int) value {
		u := s.uniform(b, d, -1+math.Ldexp(1, -mantissa(d)-1), 1, shape)
		return b.Mul(b.Sign(u), b.Log1p(b.Neg(b.Abs(u))))
	})
}

// Logistic draws from the standard logistic distribution. They are floats of
// dtype d and shape dims. It is jax.random.logistic.
func Logistic(k Key, d graph.DType, dims ...int) *array.Array {
	return k.floats("Logistic", d, dims, func(b builder, s stream, shape []int) value {
		u := s.uniform(b, d, tiny(d), 1, shape)
		return b.Sub(b.Log(u), b.Log1p(b.Neg(u)))
	})
}

// Cauchy draws from the standard Cauchy distribution. They are floats of dtype
// d and shape dims. It is jax.random.cauchy.
func Cauchy(k Key, d graph.DType, dims ...int) *array.Array {
	return k.floats("Cauchy", d, dims, func(b builder, s stream, shape []int) value {
		u := s.uniform(b, d, math.Ldexp(1, -mantissa(d)), 1, shape)
		return b.Tan(b.Mul(b.Scalar(d, math.Pi), b.Sub(u, b.Scalar(d, 0.5))))
	})
}

// Pareto draws from the Pareto distribution on [1, inf) of the given shape.
// They are floats of dtype d, of shape dims or else of the parameters'. It is
// jax.random.pareto.
func Pareto[A array.Operand](k Key, d graph.DType, shape A, dims ...int) *array.Array {
	return k.floats("Pareto", d, dims, func(b builder, s stream, shape []int) value {
		return b.Exp(b.Div(s.exponential(b, d, shape), spread(b, s.args[0], shape)))
	}, array.Of(shape))
}

// LogNormal draws exponentials of normal numbers of standard deviation sigma.
// They are floats of dtype d, of shape dims or else of the parameters'. It is
// jax.random.lognormal.
func LogNormal[S array.Operand](k Key, d graph.DType, sigma S, dims ...int) *array.Array {
	return k.floats("LogNormal", d, dims, func(b builder, s stream, shape []int) value {
		return b.Exp(b.Mul(s.normal(b, d, shape), spread(b, s.args[0], shape)))
	}, array.Of(sigma))
}

// Rayleigh draws from the Rayleigh distribution of the given scale. They are
// floats of dtype d, of shape dims or else of the parameters'. It is
// jax.random.rayleigh.
func Rayleigh[S array.Operand](k Key, d graph.DType, scale S, dims ...int) *array.Array {
	return k.floats("Rayleigh", d, dims, func(b builder, s stream, shape []int) value {
		u := b.Log(s.uniform(b, d, 0, 1, shape))
		return b.Mul(spread(b, s.args[0], shape), b.Sqrt(b.Mul(u, b.Scalar(d, -2))))
	}, array.Of(scale))
}

// Weibull draws from the Weibull distribution of the given scale and
// concentration. They are floats of dtype d, of shape dims or else of the
// parameters'. It is jax.random.weibull_min.
func Weibull[S, C array.Operand](k Key, d graph.DType, scale S, concentration C, dims ...int) *array.Array {
	return k.floats("Weibull", d, dims, func(b builder, s stream, shape []int) value {
		u := b.Neg(b.Log1p(b.Neg(s.uniform(b, d, 0, 1, shape))))
		power := b.Div(b.Scalar(d, 1), spread(b, s.args[1], shape))
		return b.Mul(b.Pow(u, power), spread(b, s.args[0], shape))
	}, array.Of(scale), array.Of(concentration))
}

// floats draws floats of type d with parameters params, which become s.args of
// that type. They must broadcast to the shape.
func (k Key) floats(op string, d graph.DType, dims []int, f func(b builder, s stream, shape []int) value, params ...*array.Array) *array.Array {
	ops.Given(params...)
	if !d.IsFloat() {
		panic(graph.Errorf(graph.ErrDType, op, "draws floats, not %v", d))
	}
	shape := shapeOf(op, dims, params)
	n := len(params)
	return k.draw(op, func(b builder, s stream) value {
		for i, v := range s.args[:n] {
			s.args[i] = b.Convert(v, d)
		}
		return f(b, s, shape)
	}, ops.JoinAs(d, params...)...)
}

// shapeOf is the shape of a result: dims, to which all params must broadcast,
// or without dims their joint shape.
func shapeOf(op string, dims []int, params []*array.Array) []int {
	checkDims(op, dims)
	shapes := make([][]int, len(params))
	for i, x := range params {
		shapes[i] = x.Shape()
	}
	joint, ok := ops.BroadcastShape(shapes...)
	if len(dims) > 0 {
		all, fits := ops.BroadcastShape(append(shapes, dims)...)
		ok = fits && slices.Equal(all, dims)
		joint = slices.Clone(dims)
	}
	if !ok {
		panic(graph.Mistake(graph.ErrShape, op, ops.Avals(params), "the parameters cannot be broadcast to shape %v: counted from the last, axes must have one size, or 1", dims))
	}
	return joint
}

// spread broadcasts a parameter; a scalar stays one, which elementwise ops take.
func spread(b builder, x value, shape []int) value {
	if x.Rank() == 0 {
		return x
	}
	return ops.BroadcastTo(b, x, shape)
}

// uniform draws from [lo, hi).
func (s stream) uniform(b builder, d graph.DType, lo, hi float64, shape []int) value {
	return s.uniformIn(b, b.Scalar(d, lo), b.Scalar(d, hi), shape)
}

// uniformIn draws from [lo, hi): random bits as the mantissa of a number in
// [1, 2), which is moved there. The limits have the dtype of the result.
func (s stream) uniformIn(b builder, lo, hi value, shape []int) value {
	d := lo.DType
	m := mantissa(d)
	whole := unsigned(d.Size())
	drawn := whole
	if m < 8 {
		drawn = graph.Uint8
	}
	bits := b.Convert(s.bits(b, drawn, shape), whole)
	bits = b.ShiftRightLogical(bits, b.Scalar(whole, float64(8*drawn.Size()-m)))
	one := b.Bitcast(b.Scalar(d, 1), whole)
	x := b.Sub(b.Bitcast(b.Or(bits, one), d), b.Scalar(d, 1))
	lo, hi = spread(b, lo, shape), spread(b, hi, shape)
	return b.Max(lo, b.Add(b.Mul(x, b.Sub(hi, lo)), lo))
}

func (s stream) normal(b builder, d graph.DType, shape []int) value {
	above := -1 + math.Ldexp(1, -mantissa(d)-1) // the float after -1
	return b.Mul(b.Scalar(d, math.Sqrt2), b.ErfInv(s.uniform(b, d, above, 1, shape)))
}

func (s stream) exponential(b builder, d graph.DType, shape []int) value {
	return b.Neg(b.Log1p(b.Neg(s.uniform(b, d, 0, 1, shape))))
}

func (s stream) gumbel(b builder, d graph.DType, shape []int) value {
	return b.Neg(b.Log(b.Neg(b.Log(s.uniform(b, d, tiny(d), 1, shape)))))
}

// mantissa is the number of bits of a float behind the point.
func mantissa(d graph.DType) int {
	return map[graph.DType]int{graph.Float16: 10, graph.BFloat16: 7, graph.Float32: 23, graph.Float64: 52}[d]
}

// tiny is the smallest normal float.
func tiny(d graph.DType) float64 {
	return math.Ldexp(1, map[graph.DType]int{graph.Float16: -14, graph.BFloat16: -126, graph.Float32: -126, graph.Float64: -1022}[d])
}

// unsigned is the unsigned integer type of so many bytes.
func unsigned(size int) graph.DType {
	return map[int]graph.DType{1: graph.Uint8, 2: graph.Uint16, 4: graph.Uint32, 8: graph.Uint64}[size]
}
