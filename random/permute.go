package random

import (
	"math"
	"math/bits"
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// Permutation draws an order of 0, 1, ..., n-1, as a vector of int32. It is
// jax.random.permutation.
func Permutation(k Key, n int) *array.Array {
	checkDims("Permutation", []int{n})
	checkPlaces("Permutation", n)
	return k.draw("Permutation", func(b builder, s stream) value { return s.permutation(b, n) })
}

// Shuffle draws an order of the subarrays of x along an axis, 0 by default: of
// the rows of a matrix. Shape and dtype are x's. An axis that x lacks is an
// error. It is jax.random.permutation of an array.
func Shuffle(k Key, x *array.Array, axis ...int) *array.Array {
	a := axisOf("Shuffle", x, axis)
	if x.Rank() > 1 {
		checkPlaces("Shuffle", x.Dim(a))
	}
	return k.draw("Shuffle", func(b builder, s stream) value {
		if s.args[0].Rank() == 1 {
			return s.shuffle(b, s.args[0], 0)
		}
		return take(b, s.args[0], s.permutation(b, s.args[0].Shape[a]), a)
	}, x)
}

// ShuffleEach is Shuffle with an order of its own for each line along the axis.
// See Shuffle. It is jax.random.permutation with independent=True.
func ShuffleEach(k Key, x *array.Array, axis ...int) *array.Array {
	a := axisOf("ShuffleEach", x, axis)
	return k.draw("ShuffleEach", func(b builder, s stream) value { return s.shuffle(b, s.args[0], a) }, x)
}

func axisOf(op string, x *array.Array, axis []int) int {
	switch len(axis) {
	case 0:
		return ops.Axis(op, ops.Aval(array.Of(x)), 0)
	case 1:
		return ops.Axis(op, ops.Aval(array.Of(x)), axis[0])
	}
	panic(ops.Mistake(graph.ErrAxis, op, []*array.Array{x}, "takes one axis, not %v", axis))
}

func (s stream) permutation(b builder, n int) value {
	return s.shuffle(b, b.Iota(graph.Int32, []int{n}, 0), 0)
}

// shuffle sorts by random words, and does so again until it is all but certain
// that any two elements had different words once.
func (s stream) shuffle(b builder, x value, axis int) value {
	rounds := int(math.Ceil(3 * math.Log(float64(max(1, x.Size()))) / math.Log(math.MaxUint32)))
	for range rounds {
		ks := s.split(b, 2)
		s = ks[0]
		x = b.Sort(axis, 1, ks[1].bits(b, graph.Uint32, x.Shape), x)[1]
	}
	return x
}

// Choice draws elements of x along axis 0, the same again or not. The result
// has shape dims, then the shape of an element. The dtype is x's; a scalar is
// an error. It is jax.random.choice.
func Choice(k Key, x *array.Array, dims ...int) *array.Array {
	population("Choice", x, dims, math.MaxInt)
	checkPlaces("Choice", x.Dim(0))
	return k.draw("Choice", func(b builder, s stream) value {
		x, dims := s.args[0], append([]int{}, dims...)
		lo, hi := b.Scalar(graph.Int32, 0), b.Scalar(graph.Int32, float64(x.Shape[0]))
		return take(b, x, s.randint(b, graph.Int32, lo, hi, dims), 0)
	}, x)
}

// Sample is Choice without drawing any element twice; see Choice. More than x
// has are an error. It is jax.random.choice with replace=False.
func Sample(k Key, x *array.Array, dims ...int) *array.Array {
	n := population("Sample", x, dims, array.Of(x).Size())
	if x.Rank() > 1 {
		checkPlaces("Sample", x.Dim(0))
	}
	return k.draw("Sample", func(b builder, s stream) value {
		x := s.args[0]
		if x.Rank() == 1 {
			return b.Reshape(b.SliceAxis(s.shuffle(b, x, 0), 0, 0, n), dims...)
		}
		order := b.SliceAxis(s.permutation(b, x.Shape[0]), 0, 0, n)
		return take(b, x, b.Reshape(order, dims...), 0)
	}, x)
}

// WeightedChoice is Choice with probabilities in proportion to weights, one for
// each element. Weights that are not a vector of floats, as many as x has
// elements, are an error. For the rest see Choice. It is jax.random.choice with
// p.
func WeightedChoice(k Key, x, weights *array.Array, dims ...int) *array.Array {
	ops.Given(x, weights)
	population("WeightedChoice", x, dims, math.MaxInt)
	weights = checkWeights("WeightedChoice", x, weights)
	return k.draw("WeightedChoice", func(b builder, s stream) value {
		x, p := s.args[0], s.args[1]
		one := b.Scalar(p.DType, 1)
		upTo := b.Cum(graph.OpCumsum, p, 0, false)
		total := b.Reshape(b.SliceAxis(upTo, 0, p.Size()-1, p.Size()))
		r := b.Mul(total, b.Sub(one, s.uniform(b, p.DType, 0, 1, append([]int{}, dims...))))
		return take(b, x, search(b, upTo, r), 0)
	}, x, weights)
}

// WeightedSample is WeightedChoice without drawing any element twice; see
// WeightedChoice. More than x has are an error. It is jax.random.choice with p
// and replace=False.
func WeightedSample(k Key, x, weights *array.Array, dims ...int) *array.Array {
	ops.Given(x, weights)
	n := population("WeightedSample", x, dims, array.Of(x).Size())
	weights = checkWeights("WeightedSample", x, weights)
	return k.draw("WeightedSample", func(b builder, s stream) value {
		x, p := s.args[0], s.args[1]
		g := b.Add(s.gumbel(b, p.DType, p.Shape), b.Log(p))
		order := b.Sort(0, 1, b.Neg(g), b.Iota(graph.Int32, p.Shape, 0))[1]
		return take(b, x, b.Reshape(b.SliceAxis(order, 0, 0, n), dims...), 0)
	}, x, weights)
}

// population checks that so many elements of x can be drawn, and returns the
// number that dims asks for.
func population(op string, x *array.Array, dims []int, atMost int) int {
	checkDims(op, dims)
	if array.Of(x).Rank() == 0 {
		panic(ops.Mistake(graph.ErrRank, op, []*array.Array{x}, "draws from the elements along axis 0, and a scalar has none"))
	}
	n := graph.Aval{Shape: dims}.Size()
	if have := x.Dim(0); n > 0 && have == 0 || n > have && atMost < math.MaxInt {
		panic(ops.Mistake(graph.ErrSize, op, []*array.Array{x}, "cannot draw %d of %d elements", n, have))
	}
	return n
}

// checkPlaces refuses axes with more elements than int32, the type of the places
// that are drawn, counts.
func checkPlaces(op string, n int) {
	if n > math.MaxInt32 {
		panic(graph.Errorf(graph.ErrSize, op, "cannot draw places of %d elements, which are int32: no more than %d", n, math.MaxInt32))
	}
}

func checkWeights(op string, x, weights *array.Array) *array.Array {
	checkPlaces(op, x.Dim(0))
	if a := ops.Aval(array.Of(weights)); a.Rank() != 1 || a.Size() != x.Dim(0) || !a.DType.IsFloat() {
		panic(ops.Mistake(graph.ErrShape, op, []*array.Array{weights}, "weights are floats, one for each of the %d elements", x.Dim(0)))
	}
	return weights
}

// search is, for each element of r, how many elements of the rising vector xs
// are below it.
func search(b builder, xs, r value) value {
	n := xs.Size()
	number := func(i int) value { return b.Scalar(graph.Int32, float64(i)) }
	lo, hi := b.Zeros(r.With(graph.Int32)), b.Full(r.With(graph.Int32), float64(n))
	for range bits.Len(uint(n)) { // the number is in lo..hi
		mid := b.Div(b.Add(lo, hi), number(2))
		below := b.And(b.Lt(take(b, xs, mid, 0), r), b.Lt(mid, hi))
		lo, hi = b.Select(below, b.Add(mid, number(1)), lo), b.Select(below, hi, mid)
	}
	return lo
}

// take reads the subarrays of x at the places idx of an axis.
func take(b builder, x, idx value, axis int) value {
	out := slices.Concat(x.Shape[:axis], idx.Shape, x.Shape[axis+1:])
	sizes := slices.Clone(x.Shape)
	sizes[axis] = 1
	if (graph.Aval{Shape: out}).Size() == 0 {
		return b.Zeros(graph.Aval{DType: x.DType, Shape: out})
	}
	offset := make([]int, 0, x.Rank()-1)
	for i := range len(out) {
		if i < axis || i >= axis+idx.Rank() {
			offset = append(offset, i)
		}
	}
	vectors := b.Reshape(idx, append(slices.Clone(idx.Shape), 1)...)
	return b.Gather(x, vectors, graph.GatherParams{Sizes: sizes, IndexDims: graph.IndexDims{
		Offset: offset, Collapsed: []int{axis}, OperandBatch: []int{}, IndicesBatch: []int{}, Start: []int{axis},
	}})
}
