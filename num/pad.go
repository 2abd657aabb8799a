package num

import (
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// Padding is given as the elements added before and after, for every axis, or
// once for all.

// Pad fills with a value. The fill is a scalar, converted to x's dtype. Widths
// that are negative, or neither one nor one for each axis, are errors. It is
// jax.numpy.pad.
func Pad[T array.Operand](x *array.Array, fill T, widths ...[2]int) *array.Array {
	ops.Given(x, array.Of(fill))
	lo, hi := padding("Pad", array.Of(x), widths)
	d := x.DType()
	in := ops.JoinAs(d, x, array.Of(fill))
	if in[1].Rank() != 0 {
		panic(ops.Mistake(graph.ErrNotScalar, "Pad", in, "fills with a scalar"))
	}
	return ops.Apply(in, x.Weak(), func(b builder, in []value) value {
		return b.Pad(in[0], b.Convert(in[1], d), padParams(lo, hi))
	})
}

// PadEdge repeats the first and the last element of each axis. See Pad for the
// widths. It is jax.numpy.pad with mode="edge".
func PadEdge(x *array.Array, widths ...[2]int) *array.Array {
	return padAxes("PadEdge", x, widths, func(n, i int) int { return min(max(i, 0), n-1) })
}

// PadReflect mirrors at the first and the last element: d c b [a b c d] c b a.
// See Pad for the widths. It is jax.numpy.pad with mode="reflect".
func PadReflect(x *array.Array, widths ...[2]int) *array.Array {
	return padAxes("PadReflect", x, widths, func(n, i int) int {
		if n == 1 {
			return 0
		}
		i = modulo(i, 2*n-2)
		return min(i, 2*n-2-i)
	})
}

// PadSymmetric mirrors beyond the first and the last element: b a [a b c] c b.
// See Pad for the widths. It is jax.numpy.pad with mode="symmetric".
func PadSymmetric(x *array.Array, widths ...[2]int) *array.Array {
	return padAxes("PadSymmetric", x, widths, func(n, i int) int {
		i = modulo(i, 2*n)
		return min(i, 2*n-1-i)
	})
}

// PadWrap continues at the other end: b c [a b c] a b. See Pad for the widths.
// It is jax.numpy.pad with mode="wrap".
func PadWrap(x *array.Array, widths ...[2]int) *array.Array {
	return padAxes("PadWrap", x, widths, func(n, i int) int { return modulo(i, n) })
}

func modulo(i, n int) int { return (i%n + n) % n }

func padding(op string, x *array.Array, widths [][2]int) (lo, hi []int) {
	if len(widths) != 1 && len(widths) != x.Rank() {
		panic(ops.Mistake(graph.ErrArgument, op, []*array.Array{x}, "%d widths; give one for each axis, or one for all", len(widths)))
	}
	for i := range x.Rank() {
		w := widths[min(i, len(widths)-1)]
		if w[0] < 0 || w[1] < 0 {
			panic(ops.Mistake(graph.ErrArgument, op, []*array.Array{x}, "the widths %v of axis %d are negative", w, i))
		}
		lo, hi = append(lo, w[0]), append(hi, w[1])
	}
	return lo, hi
}

// padAxes pads axis after axis; from says which of the n elements comes to
// place i, where place 0 is the first element's.
func padAxes(op string, x *array.Array, widths [][2]int, from func(n, i int) int) *array.Array {
	lo, hi := padding(op, array.Of(x), widths)
	for axis := range lo {
		if x.Dim(axis) == 0 && lo[axis]+hi[axis] > 0 {
			panic(ops.Mistake(graph.ErrSize, op, []*array.Array{x}, "axis %d has no elements to pad with", axis))
		}
	}
	return map1(x, func(b builder, x value) value {
		for axis := range lo {
			n := x.Shape[axis]
			if n == 0 {
				continue
			}
			m := lo[axis] + hi[axis] + n
			if max(lo[axis], hi[axis], m) > math.MaxInt32 || m < 0 {
				panic(graph.Mistake(graph.ErrSize, op, []graph.Aval{x.Aval}, "axis %d with %d elements before and %d after is too long to be written out", axis, lo[axis], hi[axis]))
			}
			places := make([]int, 0, m)
			for i := -lo[axis]; i < n+hi[axis]; i++ {
				places = append(places, from(n, i))
			}
			x = pick(b, x, axis, places)
		}
		return x
	})
}

// pick is the elements at these places along an axis, by slices of runs.
func pick(b builder, x value, axis int, places []int) value {
	var parts []value
	for len(places) > 0 {
		run, step := 1, 0
		for run < len(places) {
			d := places[run] - places[run-1]
			if step == 0 && (d == 1 || d == -1) {
				step = d
			}
			if d != step || d == 0 {
				break
			}
			run++
		}
		from, to := places[0], places[run-1]
		part := b.SliceAxis(x, axis, min(from, to), max(from, to)+1)
		if step < 0 {
			part = b.Rev(part, axis)
		}
		// equal places, one slice repeated
		same := 1
		for run == 1 && same < len(places) && places[same] == from {
			same++
		}
		if same > 1 {
			shape := slices.Clone(x.Shape)
			shape[axis] = same
			part = ops.BroadcastTo(b, part, shape)
			run = same
		}
		parts = append(parts, part)
		places = places[run:]
	}
	return b.Concatenate(axis, parts...)
}
