package random

import (
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// RandInt draws integers from [lo, hi): any integer of type d if they span it,
// only lo if hi is not above it. Their shape is dims, or else that of lo and
// hi; bounds that are no integers are an error. It is jax.random.randint.
func RandInt[L, H array.Operand](k Key, d graph.DType, lo L, hi H, dims ...int) *array.Array {
	params := []*array.Array{array.Of(lo), array.Of(hi)}
	ops.Given(params...)
	if !d.IsInt() {
		panic(graph.Errorf(graph.ErrDType, "RandInt", "draws integers, not %v", d))
	}
	for i, x := range params {
		if !x.DType().IsInt() {
			panic(ops.Mistake(graph.ErrDType, "RandInt", []*array.Array{x}, "the bounds are integers; convert with As"))
		}
		if x.Weak() { // a Go int, in full
			params[i] = ops.JoinAs(graph.Int64, x)[0]
		}
	}
	shape := shapeOf("RandInt", dims, params)
	return k.draw("RandInt", func(b builder, s stream) value {
		lo, hi := s.args[0], s.args[1]
		wide := d
		if d.Size() < 4 { // few bits would favour some numbers
			wide = graph.Int32
			lo = clamp(b, lo, least(d), most(d))
			hi = clamp(b, hi, least(d), most(d)+1)
		}
		return b.Convert(s.randint(b, wide, lo, hi, shape), d)
	}, params...)
}

// randint reduces twice as many random bits as an integer has modulo the span:
// that none is favoured much takes no loop.
func (s stream) randint(b builder, d graph.DType, lo, hi value, shape []int) value {
	u := unsigned(d.Size())
	number := func(x float64) value { return b.Scalar(u, x) }
	beyond := b.Gt(hi, b.Literal(hi.DType, graph.Number{I: int64(min(most(d), most(hi.DType)))}))
	lo, hi = b.Convert(clamp(b, lo, least(d), most(d)), d), b.Convert(clamp(b, hi, least(d), most(d)), d)
	lo, hi, beyond = spread(b, lo, shape), spread(b, hi, shape), spread(b, beyond, shape)

	ks := s.split(b, 2)
	high, low := ks[0].bits(b, u, shape), ks[1].bits(b, u, shape)
	span := b.Convert(b.Sub(hi, lo), u)
	span = b.Select(b.Le(hi, lo), number(1), span)
	// Where hi is one more than the type holds, so is the span; of all numbers
	// there are, it wraps to 0, and the remainder by 0 is the number itself.
	span = b.Select(b.And(beyond, b.Gt(hi, lo)), b.Add(span, number(1)), span)

	// 2**bits modulo the span, by way of its square root.
	multiplier := b.Rem(number(math.Ldexp(1, 4*d.Size())), span)
	multiplier = b.Rem(b.Mul(multiplier, multiplier), span)
	offset := b.Rem(b.Add(b.Mul(b.Rem(high, span), multiplier), b.Rem(low, span)), span)
	return b.Add(lo, b.Convert(offset, d))
}

// clamp limits integers to what both their own type and lo..hi allow.
func clamp(b builder, x value, lo int64, hi uint64) value {
	limit := func(n int64) value { return b.Literal(x.DType, graph.Number{I: n}) }
	return b.Clamp(limit(max(lo, least(x.DType))), x, limit(int64(min(hi, most(x.DType)))))
}

// least and most are the limits of an integer type.
func least(d graph.DType) int64 { return d.Min().I }
func most(d graph.DType) uint64 { return uint64(d.Max().I) }

// Bernoulli draws bools that are true with probability p. Their shape is dims,
// or else p's; a p that is no float is an error. It is jax.random.bernoulli.
func Bernoulli[P array.Operand](k Key, p P, dims ...int) *array.Array {
	x := array.Of(p)
	if x.Weak() {
		x = ops.JoinAs(graph.Float32, x)[0]
	}
	if d := x.DType(); !d.IsFloat() {
		panic(ops.Mistake(graph.ErrDType, "Bernoulli", []*array.Array{x}, "the probability is a float; convert with As"))
	}
	return k.floats("Bernoulli", x.DType(), dims, func(b builder, s stream, shape []int) value {
		return b.Lt(s.uniform(b, s.args[0].DType, 0, 1, shape), spread(b, s.args[0], shape))
	}, x)
}

// Rademacher draws -1 or 1, with the same probability. They have dtype d, and
// shape dims; an unsigned d, and bool, are errors. It is jax.random.rademacher.
func Rademacher(k Key, d graph.DType, dims ...int) *array.Array {
	checkDims("Rademacher", dims)
	if d == graph.Bool || d.IsUnsigned() {
		panic(graph.Errorf(graph.ErrDType, "Rademacher", "%v has no -1", d))
	}
	dims = append([]int{}, dims...)
	return k.draw("Rademacher", func(b builder, s stream) value {
		drawn := graph.Float32
		if d.Real().Size() == 8 { // JAX has such types where its numbers are float64
			drawn = graph.Float64
		}
		up := b.Lt(s.uniform(b, drawn, 0, 1, dims), b.Scalar(drawn, 0.5))
		return b.Sub(b.Mul(b.Scalar(d, 2), b.Convert(up, d)), b.Scalar(d, 1))
	})
}

// Categorical draws indices along an axis of logits, index i with probability
// in proportion to exp(logits[i]), for every place of the other axes. dims is
// the shape of the result, which ends with those axes; without dims there are
// no more. Indices are int32. A shape that does not end with those axes is an
// error. It is jax.random.categorical.
func Categorical(k Key, logits *array.Array, axis int, dims ...int) *array.Array {
	d := array.Of(logits).DType()
	if !d.IsFloat() {
		panic(ops.Mistake(graph.ErrDType, "Categorical", []*array.Array{logits}, "logits are floats; convert with As"))
	}
	checkDims("Categorical", dims)
	axis = ops.Axis("Categorical", ops.Aval(logits), axis)
	rest := slices.Delete(logits.Shape(), axis, axis+1)
	more := []int{}
	if len(dims) > 0 {
		n := len(dims) - len(rest)
		if n < 0 || !slices.Equal(dims[n:], rest) {
			panic(ops.Mistake(graph.ErrShape, "Categorical", []*array.Array{logits}, "shape %v does not end with %v, the logits' other axes", dims, rest))
		}
		more = slices.Clone(dims[:n])
	}
	if logits.Dim(axis) == 0 {
		panic(ops.Mistake(graph.ErrSize, "Categorical", []*array.Array{logits}, "axis %d has no elements to choose from", axis))
	}
	checkPlaces("Categorical", logits.Dim(axis))
	return k.draw("Categorical", func(b builder, s stream) value {
		x := s.args[0]
		shape := slices.Concat(more, x.Shape)
		g := s.gumbel(b, d, shape)
		return b.Arg(graph.OpArgmax, b.Add(g, ops.BroadcastTo(b, x, shape)), len(more)+axis, graph.Int32)
	}, logits)
}
