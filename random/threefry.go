package random

import (
	"fmt"
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/jit"
)

// A stream is a key in a graph, and the other operands of what is drawn.
type stream struct {
	k0, k1   value
	original bool
	args     []value
}

func keyOf(b builder, bits value, original bool) stream {
	part := func(i int) value { return b.Reshape(b.SliceAxis(bits, 0, i, i+1)) }
	return stream{k0: part(0), k1: part(1), original: original}
}

// threefry hashes pairs of counts.
func (s stream) threefry(b builder, c0, c1 value) []value {
	return b.Call("threefry2x32", threefry2x32(c0.Shape), s.k0, s.k1, c0, c1)
}

// threefry2x32 is k0, k1, c0, c1 -> x0, x1, for counts of a shape: twenty
// rounds of Threefry-2x32 (Salmon et al., Parallel random numbers: as easy as
// 1, 2, 3, 2011).
func threefry2x32(shape []int) *graph.Graph {
	return jit.Memo(fmt.Sprint("threefry2x32", shape), func() *graph.Graph {
		key, counts := graph.Aval{DType: graph.Uint32, Shape: []int{}}, graph.Aval{DType: graph.Uint32, Shape: slices.Clone(shape)}
		return graph.Build([]graph.Aval{key, key, counts, counts}, func(b builder, in []value) []value {
			ks := []value{in[0], in[1], b.Xor(b.Xor(in[0], in[1]), word(b, 0x1BD11BDA))}
			x, y := b.Add(in[2], ks[0]), b.Add(in[3], ks[1])
			for i := range 5 {
				for _, r := range rotations[i%2] {
					x = b.Add(x, y)
					y = b.Xor(x, rotate(b, y, r))
				}
				x = b.Add(x, ks[(i+1)%3])
				y = b.Add(y, b.Add(ks[(i+2)%3], word(b, uint32(i+1))))
			}
			return []value{x, y}
		})
	})
}

var rotations = [2][4]uint32{{13, 15, 26, 6}, {17, 29, 16, 24}}

func rotate(b builder, x value, n uint32) value {
	return b.Or(b.ShiftLeft(x, word(b, n)), b.ShiftRightLogical(x, word(b, 32-n)))
}

func word(b builder, x uint32) value { return b.Literal(graph.Uint32, graph.Number{I: int64(x)}) }

// words hashes 0, 1, ..., n-1 in the older layout: the first half of the
// counts is paired with the second, to which a 0 is added if n is odd.
func (s stream) words(b builder, n int) value {
	if n > math.MaxUint32 {
		panic(graph.Errorf(graph.ErrSize, "", "the older layout has no more than 2**32-1 words for one array, not %d", n))
	}
	if n == 0 {
		return b.Zeros(graph.Aval{DType: graph.Uint32, Shape: []int{0}})
	}
	half := (n + 1) / 2
	first := b.Iota(graph.Uint32, []int{half}, 0)
	second := b.Add(first, word(b, uint32(half)))
	if n%2 == 1 {
		zero := b.Zeros(graph.Aval{DType: graph.Uint32, Shape: []int{1}})
		second = b.Concatenate(0, b.SliceAxis(second, 0, 0, half-1), zero)
	}
	return b.SliceAxis(b.Concatenate(0, s.threefry(b, first, second)...), 0, 0, n)
}

// pairs hashes the places of shape: each is numbered by 64 bits.
func (s stream) pairs(b builder, shape []int) (high, low value) {
	a := graph.Aval{DType: graph.Uint32, Shape: shape}
	size := a.Size()
	c0 := b.Zeros(a)
	c1 := c0
	switch {
	case size > math.MaxUint32:
		c := b.Reshape(b.Iota(graph.Uint64, []int{size}, 0), shape...)
		c0 = b.Convert(b.ShiftRightLogical(c, b.Scalar(graph.Uint64, 32)), graph.Uint32)
		c1 = b.Convert(c, graph.Uint32)
	case len(shape) > 0:
		c1 = b.Reshape(b.Iota(graph.Uint32, []int{size}, 0), shape...)
	}
	out := s.threefry(b, c0, c1)
	return out[0], out[1]
}

// splitBits is uint32[n, 2]: the bits of n new keys.
func (s stream) splitBits(b builder, n int) value {
	if s.original {
		return b.Reshape(s.words(b, 2*n), n, 2)
	}
	high, low := s.pairs(b, []int{n})
	return b.Concatenate(1, b.Reshape(high, n, 1), b.Reshape(low, n, 1))
}

// split returns n new keys. The barrier keeps XLA from computing them again
// within whatever uses them, over and over in a chain of splits.
func (s stream) split(b builder, n int) []stream {
	all := b.Barrier(s.splitBits(b, n))[0]
	out := make([]stream, n)
	for i := range out {
		out[i] = keyOf(b, b.Reshape(b.SliceAxis(all, 0, i, i+1), 2), s.original)
	}
	return out
}

// bits is an array of random bits of an unsigned type.
func (s stream) bits(b builder, d graph.DType, shape []int) value {
	width := 8 * d.Size()
	if s.original {
		return s.originalBits(b, d, shape)
	}
	high, low := s.pairs(b, shape)
	if width == 64 {
		return join64(b, high, low)
	}
	return b.Convert(b.Xor(high, low), d)
}

func join64(b builder, high, low value) value {
	high, low = b.Convert(high, graph.Uint64), b.Convert(low, graph.Uint64)
	return b.Or(b.ShiftLeft(high, b.Scalar(graph.Uint64, 32)), low)
}

// originalBits cuts words into elements, or makes elements of two words: one
// from each half.
func (s stream) originalBits(b builder, d graph.DType, shape []int) value {
	size, width := graph.Aval{Shape: shape}.Size(), 8*d.Size()
	n := (width*size + 31) / 32
	x := s.words(b, n)
	switch {
	case width == 64:
		x = join64(b, b.SliceAxis(x, 0, 0, size), b.SliceAxis(x, 0, size, n))
	case width < 32:
		parts := make([]value, 32/width)
		for i := range parts {
			part := b.ShiftRightLogical(x, word(b, uint32(i*width)))
			parts[i] = b.Reshape(b.Convert(part, d), n, 1)
		}
		x = b.SliceAxis(b.Reshape(b.Concatenate(1, parts...), n*len(parts)), 0, 0, size)
	}
	return b.Reshape(x, shape...)
}
