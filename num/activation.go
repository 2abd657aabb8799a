package num

import (
	"math"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// The functions here are those of jax.nn. Integers become float32, but for
// Relu and HardTanh, which keep them.

// Relu is max(x, 0), with derivative 0 at 0. Elementwise, of real numbers; the
// dtype is x's. It is jax.nn.relu.
func Relu(x *array.Array) *array.Array { return map1(x, relu) }

func relu(b builder, x value) value {
	zero := num(b, x, 0)
	return b.Select(b.Le(x, zero), zero, x)
}

// Relu6 is min(max(x, 0), 6), with derivative 0 at 0 and 6. Elementwise, of
// real numbers; integers and bools become float32. It is jax.nn.relu6.
func Relu6(x *array.Array) *array.Array { return float1(x, relu6) }

func relu6(b builder, x value) value {
	six := num(b, x, 6)
	return b.Select(b.Ge(x, six), six, relu(b, x))
}

// Sigmoid is 1/(1 + exp(-x)). Elementwise; integers and bools become float32.
// It is jax.nn.sigmoid.
func Sigmoid(x *array.Array) *array.Array { return ops.Inexact(graph.OpLogistic, x) }

// LogSigmoid is the logarithm of Sigmoid, precise in both tails. Elementwise,
// of real numbers; integers and bools become float32. It is jax.nn.log_sigmoid.
func LogSigmoid(x *array.Array) *array.Array {
	return float1(x, func(b builder, x value) value { return b.Neg(softplus(b, b.Neg(x))) })
}

// Softplus is log(1 + exp(x)) without overflow. Elementwise, of real numbers;
// integers and bools become float32. It is jax.nn.softplus.
func Softplus(x *array.Array) *array.Array { return float1(x, softplus) }

func softplus(b builder, x value) value { return logAddExp(b, x, num(b, x, 0), 1) }

// SoftSign is x/(1 + |x|). Elementwise; integers and bools become float32. It is jax.nn.soft_sign.
func SoftSign(x *array.Array) *array.Array {
	return float1(x, func(b builder, x value) value {
		size := b.Abs(x)
		return b.Div(x, b.Convert(b.Add(size, num(b, size, 1)), x.DType))
	})
}

// SquarePlus is (x + sqrt(x*x + 4))/2. Elementwise; integers and bools become
// float32. It is jax.nn.squareplus.
func SquarePlus(x *array.Array) *array.Array {
	return float1(x, func(b builder, x value) value {
		return b.Div(b.Add(x, b.Sqrt(b.Add(b.Square(x), num(b, x, 4)))), num(b, x, 2))
	})
}

// Silu is x Sigmoid(x), also known as swish. Elementwise; integers and bools
// become float32. It is jax.nn.silu.
func Silu(x *array.Array) *array.Array {
	return float1(x, func(b builder, x value) value { return b.Mul(x, b.Logistic(x)) })
}

// Mish is x tanh(Softplus(x)). Elementwise, of real numbers; integers and bools
// become float32. It is jax.nn.mish.
func Mish(x *array.Array) *array.Array {
	return float1(x, func(b builder, x value) value { return b.Mul(x, b.Tanh(softplus(b, x))) })
}

// HardSigmoid is Relu6(x + 3)/6. Elementwise, of real numbers; integers and
// bools become float32. It is jax.nn.hard_sigmoid.
func HardSigmoid(x *array.Array) *array.Array { return float1(x, hardSigmoid) }

// HardSilu is x HardSigmoid(x). Elementwise, of real numbers; integers and
// bools become float32. It is jax.nn.hard_silu.
func HardSilu(x *array.Array) *array.Array {
	return float1(x, func(b builder, x value) value { return b.Mul(x, hardSigmoid(b, x)) })
}

func hardSigmoid(b builder, x value) value {
	return b.Div(relu6(b, b.Add(x, num(b, x, 3))), num(b, x, 6))
}

// HardTanh is x limited to -1..1, with derivative 1 at the limits and 0 beyond.
// Elementwise, of real numbers; the dtype is x's. It is jax.nn.hard_tanh.
func HardTanh(x *array.Array) *array.Array {
	return map1(x, func(b builder, x value) value {
		if x.DType.IsUnsigned() {
			return b.Min(x, num(b, x, 1))
		}
		lo, hi := num(b, x, -1), num(b, x, 1)
		return b.Select(b.Gt(x, hi), hi, b.Select(b.Lt(x, lo), lo, x))
	})
}

// Elu is x where positive, and a (exp(x) - 1) elsewhere, for Alpha(a), 1 if not
// given. Elementwise, of real numbers; integers and bools become float32. It is
// jax.nn.elu.
func Elu(x *array.Array, opts ...AlphaOption) *array.Array {
	a := optioned("Elu", 1.0, opts, "Alpha")
	return float1(x, func(b builder, x value) value { return elu(b, x, a) })
}

// Selu is Elu, scaled so that layers keep mean 0 and variance 1. Elementwise,
// of real numbers; integers and bools become float32. It is jax.nn.selu.
func Selu(x *array.Array) *array.Array {
	const alpha, scale = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946
	return float1(x, func(b builder, x value) value { return b.Mul(num(b, x, scale), elu(b, x, alpha)) })
}

func elu(b builder, x value, alpha float64) value {
	positive := b.Gt(x, num(b, x, 0))
	below := b.Expm1(b.Select(positive, num(b, x, 0), x))
	return b.Select(positive, x, b.Mul(num(b, x, alpha), below))
}

// Celu is max(x, 0) + a (exp(min(x, 0)/a) - 1), for Alpha(a), 1 if not given.
// Elementwise, of real numbers; integers and bools become float32. It is
// jax.nn.celu.
func Celu(x *array.Array, opts ...AlphaOption) *array.Array {
	a := optioned("Celu", 1.0, opts, "Alpha")
	return float1(x, func(b builder, x value) value {
		zero, a := num(b, x, 0), num(b, x, a)
		return b.Add(b.Max(x, zero), b.Mul(a, b.Expm1(b.Div(b.Min(x, zero), a))))
	})
}

// LeakyRelu is x where it is not negative, and s x elsewhere, for Slope(s),
// 0.01 if not given. Elementwise, of real numbers; integers and bools become
// float32. It is jax.nn.leaky_relu.
func LeakyRelu(x *array.Array, opts ...AlphaOption) *array.Array {
	s := optioned("LeakyRelu", 0.01, opts, "Slope")
	return float1(x, func(b builder, x value) value {
		return b.Select(b.Ge(x, num(b, x, 0)), x, b.Mul(num(b, x, s), x))
	})
}

// Gelu is x times the normal distribution function at x, in the approximation
// by tanh, or Exact. Elementwise; integers and bools become float32. Exact is
// for real numbers. It is jax.nn.gelu.
func Gelu(x *array.Array, opts ...GeluOption) *array.Array {
	exact := optioned("Gelu", false, opts, "Exact")
	return float1(x, func(b builder, x value) value {
		if exact {
			return b.Mul(b.Mul(num(b, x, 0.5), x), b.Erfc(b.Mul(b.Neg(x), num(b, x, math.Sqrt(0.5)))))
		}
		inner := b.Mul(num(b, x, math.Sqrt(2/math.Pi)), b.Add(x, b.Mul(num(b, x, 0.044715), b.IntegerPow(x, 3))))
		return b.Mul(x, b.Mul(num(b, x, 0.5), b.Add(num(b, x, 1), b.Tanh(inner))))
	})
}

// Glu is the first half of an axis times the Sigmoid of the second; the axis
// is the last if not given. Integers become float32; an axis of odd size is an
// error. It is jax.nn.glu.
func Glu(x *array.Array, axis ...int) *array.Array {
	a := ops.Axis("Glu", ops.Aval(array.Of(x)), one("Glu", axis, -1))
	n := x.Dim(a)
	if n%2 != 0 {
		panic(ops.Mistake(graph.ErrSize, "Glu", []*array.Array{x}, "axis %d has %d elements, which cannot be halved", a, n))
	}
	return float1(x, func(b builder, x value) value {
		return b.Mul(b.SliceAxis(x, a, 0, n/2), b.Logistic(b.SliceAxis(x, a, n/2, n)))
	})
}

// Softmax is exp(x) divided by its sum over the axes, the last if none are
// given. It does not overflow; half precision is computed in float32. The shape
// is x's; integers become float32. An axis that x lacks is an error. It is
// jax.nn.softmax.
func Softmax(x *array.Array, axes ...int) *array.Array {
	return normalized("Softmax", x, axes, func(b builder, x value, axes []int) value {
		e := b.Exp(b.Sub(x, top(b, x, axes)))
		return b.Div(e, spread(b, b.ReduceSum(e, axes...), x, axes))
	})
}

// LogSoftmax is the logarithm of Softmax, precise where that is small. The
// shape is x's; integers become float32. For errors see Softmax. It is
// jax.nn.log_softmax.
func LogSoftmax(x *array.Array, axes ...int) *array.Array {
	return normalized("LogSoftmax", x, axes, func(b builder, x value, axes []int) value {
		x = b.Sub(x, top(b, x, axes))
		return b.Sub(x, spread(b, b.Log(b.ReduceSum(b.Exp(x), axes...)), x, axes))
	})
}

// Standardize subtracts the mean over the axes, the last if none are given,
// and divides by sqrt(variance + 1e-5). The shape is x's; integers become
// float32. It is jax.nn.standardize.
func Standardize(x *array.Array, axes ...int) *array.Array {
	return normalized("Standardize", x, axes, func(b builder, x value, axes []int) value {
		m := spread(b, mean(b, x, axes), x, axes)
		v := variance(b, x, axes, 0)
		scale := b.Rsqrt(b.Add(v, num(b, v, 1e-5)))
		return b.Mul(b.Sub(x, m), b.Convert(spread(b, scale, x, axes), x.DType))
	})
}

// normalized computes on a float array of x's shape, half precision in
// float32.
func normalized(op string, x *array.Array, axes []int, f func(b builder, x value, axes []int) value) *array.Array {
	if len(axes) == 0 && array.Of(x).Rank() > 0 {
		axes = []int{-1}
	}
	axes = ops.Axes(op, ops.Aval(array.Of(x)), axes)
	d, _ := float(x)
	return ops.Apply([]*array.Array{x}, false, func(b builder, in []value) value {
		x := b.Convert(in[0], d)
		if x.Size() == 0 {
			return x
		}
		return widely(b, x, func(x value) value { return f(b, x, axes) })
	})
}

// top is the largest element over the axes, repeated along them. It is
// subtracted before exp, and takes no part in derivatives, for it cancels.
func top(b builder, x value, axes []int) value {
	return spread(b, b.Convert(b.ReduceMax(b.StopGradient(realPart(b, x)), axes...), x.DType), x, axes)
}

// LogSumExp is log(sum(exp(x))) over the axes, or over all, without overflow.
// Half precision is computed in float32. The axes are removed; integers become
// float32. It is jax.nn.logsumexp.
func LogSumExp(x *array.Array, axes ...int) *array.Array {
	return floatReduce("LogSumExp", x, axes, logSumExp)
}

// LogMeanExp is log(mean(exp(x))) over the axes, or over all; see LogSumExp.
// The axes are removed; integers become float32. It is jax.nn.logmeanexp.
func LogMeanExp(x *array.Array, axes ...int) *array.Array {
	return floatReduce("LogMeanExp", x, axes, func(b builder, x value, axes []int) value {
		y := logSumExp(b, x, axes)
		return b.Sub(y, num(b, y, math.Log(float64(count(x, axes)))))
	})
}

// logSumExp scales by the largest element, if that is finite.
func logSumExp(b builder, x value, axes []int) value {
	m := b.ReduceMax(b.StopGradient(realPart(b, x)), axes...)
	m = b.Convert(where(b, b.IsFinite(m), m), x.DType)
	e := b.Exp(b.Sub(x, spread(b, m, x, axes)))
	return b.Add(b.Log(b.ReduceSum(e, axes...)), m)
}

// OneHot has, along a new last axis of n elements, 1 at each of the integers
// in x and 0 elsewhere; an integer out of range gives zeros. The result has
// dtype d and one axis more than x. An x that is not of integers is an error.
// It is jax.nn.one_hot.
func OneHot(d graph.DType, x *array.Array, n int) *array.Array {
	checkIndices("OneHot", x, x)
	checkDims("OneHot", []int{n})
	return ops.Apply([]*array.Array{x}, false, func(b builder, in []value) value {
		x := widened(b, in[0], n)
		shape := x.Insert(x.Rank(), n).Shape
		y := b.BroadcastInDim(x, shape, graph.Seq(0, x.Rank()))
		return b.Convert(b.Eq(y, b.Iota(x.DType, shape, x.Rank())), d)
	})
}
