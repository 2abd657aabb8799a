// Package random is jax.random: arrays of random numbers as functions of
// explicit keys, with JAX's numbers.
//
// There is no hidden state. A key gives the same numbers every time, so use
// each key once: split it, use one part and go on with the other.
//
//	key := random.NewKey(0)
//	key, sub := random.Split(key)
//	x := random.Normal(sub, jx.Float32, 3, 4)
//
// Every function takes the key first, then the dtype where there is a choice,
// then the distribution's parameters, then the shape. Without a shape the
// result has the shape of the parameters, which is a scalar if they are
// numbers. Functions of one key are applied to many with VMap.
//
// What draws takes one key: a Key of several is an error, and so is one without
// bits, a negative size, a dtype that is not of the kind drawn, and parameters
// that cannot be broadcast to the shape.
//
// # The same everywhere
//
// A key's numbers are JAX's, on every processor, as far as processors agree:
//
//   - Keys, Bits, RandInt, Permutation, Shuffle, ShuffleEach, Choice, Sample,
//     Bernoulli, Rademacher, and Uniform in every dtype are the same bit for bit.
//   - Other floats are functions of such bits. XLA's functions are right to a few
//     units in the last place, and a processor with fused multiply-add rounds a
//     product and a sum once where another rounds twice. Results differ by such
//     errors times the function's condition: by few roundings of the result, or
//     near its zeros of what cancels there, and by more where a small change of a
//     uniform number is a large one of the result, as in the tails of Normal.
//     UniformIn(lo, hi) differs by one rounding of hi-lo and one of the result.
//     Log1p in float64 has 7 bits less near -0.41 in XLA up to jaxlib 0.10, which
//     Normal, Exponential, Laplace and Logistic inherit.
//   - Half precision is rounded after each step where the processor computes in
//     it (AVX512-FP16 for float16), and otherwise after each step or after the
//     last: results differ by one rounding of every step, times its condition.
//   - Categorical, WeightedChoice, WeightedSample, Poisson and the gamma family
//     compare such floats. Two processors decide otherwise only where two numbers
//     are that close, which is rare but in half precision.
//
// On one machine the same program gives the same bits every time.
package random

import (
	"iter"
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

type (
	builder = *graph.Builder
	value   = *graph.Value
)

// Key is a key of the threefry generator, or an array of them; it is a tree
// with one leaf. Bits has type uint32 and a last axis of size 2.
type Key struct {
	Bits     *array.Array
	original bool
}

// String prints the bits: Key[ 0 42]. It is str of a jax.random.key.
func (k Key) String() string {
	if k.Bits == nil {
		return "Key[]"
	}
	return "Key" + k.Bits.String()
}

// NewKey makes a key from a seed. Its bits are of shape [2]. It has no errors.
// It is jax.random.key.
func NewKey(seed uint64) Key {
	return Key{Bits: array.From([]uint32{uint32(seed >> 32), uint32(seed)})}
}

// Original is the same key in the older layout, which was JAX's default before
// version 0.5 (jax_threefry_partitionable=False): other numbers, as good as
// these. Keys made from it are of that layout too. The shape stays. It has no
// errors. JAX has no such function; it is a flag.
func (k Key) Original() Key { return Key{k.Bits, true} }

// Split returns two new keys: one to go on with, one to use, each of bits of
// shape [2]. A Key of several is an error: it takes VMap. It is
// jax.random.split.
func Split(k Key) (next, use Key) {
	ks := k.split("Split", 2)
	return ks.At(0), ks.At(1)
}

// SplitN returns n keys as one Key with a leading axis, for VMap, At and Rows.
// A negative n, and a Key of several, are errors. It is jax.random.split with a
// number.
func SplitN(k Key, n int) Key {
	checkDims("SplitN", []int{n})
	return k.split("SplitN", n)
}

func (k Key) split(op string, n int) Key {
	return k.like(k.draw(op, func(b builder, s stream) value { return s.splitBits(b, n) }))
}

// FoldIn mixes a number into a key: another key for every number. It is the key
// of step i of a loop, say. The number is an integer of rank 0, taken as a
// uint32; another is an error, and so is a Key of several. It is
// jax.random.fold_in.
func FoldIn[N array.Operand](k Key, n N) Key {
	x := array.Of(n)
	if x.Rank() != 0 || !x.DType().IsInt() {
		panic(ops.Mistake(graph.ErrDType, "FoldIn", []*array.Array{x}, "mixes in an integer of rank 0"))
	}
	return k.like(k.draw("FoldIn", func(b builder, s stream) value {
		zero := b.Zeros(graph.Aval{DType: graph.Uint32, Shape: []int{1}})
		data := b.Reshape(b.Convert(s.args[0], graph.Uint32), 1)
		return b.Concatenate(0, s.threefry(b, zero, data)...)
	}, ops.JoinAs(graph.Uint32, x)...))
}

// At is one key of several, along their first axis. One key alone, and an index
// out of range, are errors. It is the index of an array of keys of jax.random.
func (k Key) At(i int) Key {
	if k.Bits.Rank() < 2 {
		panic(ops.Mistake(graph.ErrRank, "At", []*array.Array{k.Bits}, "this is one key, not several"))
	}
	return k.like(k.Bits.At(i))
}

// Rows ranges over keys. One key alone is an error. JAX has no such function:
// it ranges over arrays.
func (k Key) Rows() iter.Seq2[int, Key] {
	if k.Bits.Rank() < 2 {
		panic(ops.Mistake(graph.ErrRank, "Rows", []*array.Array{k.Bits}, "this is one key, not several"))
	}
	return func(yield func(int, Key) bool) {
		for i := range k.Bits.Dim(0) {
			if !yield(i, k.At(i)) {
				return
			}
		}
	}
}

func (k Key) like(bits *array.Array) Key { return Key{bits, k.original} }

// draw applies f to a key and other operands.
func (k Key) draw(op string, f func(b builder, s stream) value, args ...*array.Array) *array.Array {
	if k.Bits == nil {
		panic(graph.Errorf(graph.ErrNil, op, "a key without bits; make one with random.NewKey"))
	}
	if a := ops.Aval(k.Bits); a.DType != graph.Uint32 || a.Rank() == 0 || a.Shape[a.Rank()-1] != 2 {
		panic(ops.Mistake(graph.ErrDType, op, []*array.Array{k.Bits}, "the bits of a key are uint32[2]; map over several keys, as SplitN makes them"))
	} else if a.Rank() > 1 {
		panic(ops.Mistake(graph.ErrRank, op, []*array.Array{k.Bits}, "takes one key: choose one with At, or apply it to all with VMap"))
	}
	return ops.Apply(slices.Insert(slices.Clone(args), 0, k.Bits), false, func(b builder, in []value) value {
		s := keyOf(b, in[0], k.original)
		s.args = in[1:]
		return f(b, s)
	})
}

func checkDims(op string, dims []int) {
	for _, n := range dims {
		if n < 0 {
			panic(graph.Errorf(graph.ErrSize, op, "shape %v has a negative size", dims))
		}
	}
}
