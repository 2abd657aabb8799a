package num

import (
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// Zeros is an array of zeros. Functions that create arrays take the dtype
// first.
func Zeros(d graph.DType, dims ...int) *array.Array { return filled("Zeros", d, dims, 0) }

// Ones is an array of ones.
func Ones(d graph.DType, dims ...int) *array.Array { return filled("Ones", d, dims, 1) }

func filled(op string, d graph.DType, dims []int, x float64) *array.Array {
	checkDims(op, dims)
	a := graph.Aval{DType: d, Shape: append([]int{}, dims...)}
	return ops.Apply(nil, false, func(b builder, _ []value) value { return b.Full(a, x) })
}

// Full is an array with one value, a scalar, in every place.
func Full[T array.Operand](d graph.DType, x T, dims ...int) *array.Array {
	checkDims("Full", dims)
	shape := append([]int{}, dims...)
	return ops.Apply(ops.JoinAs(d, array.Of(x)), false, func(b builder, in []value) value {
		return ops.BroadcastTo(b, b.Convert(in[0], d), shape)
	})
}

// ZerosLike is zeros of x's shape and dtype.
func ZerosLike(x *array.Array) *array.Array { return fullLike(x, 0) }

// OnesLike is ones of x's shape and dtype.
func OnesLike(x *array.Array) *array.Array { return fullLike(x, 1) }

// FullLike is a scalar in every place of x's shape, in its dtype.
func FullLike[T array.Operand](x *array.Array, c T) *array.Array {
	ops.Given(x, array.Of(c))
	return Full(x.DType(), c, ops.Aval(x).Shape...)
}

func fullLike(x *array.Array, c float64) *array.Array {
	a := ops.Aval(array.Of(x))
	return ops.Apply(nil, x.Weak(), func(b builder, _ []value) value { return b.Full(a, c) })
}

// Eye is the identity matrix.
func Eye(d graph.DType, n int) *array.Array { return EyeRect(d, n, n, 0) }

// EyeRect is an n by m matrix with ones on diagonal k, counted to the right
// from the main one, and zeros elsewhere.
func EyeRect(d graph.DType, n, m, k int) *array.Array {
	checkDims("EyeRect", []int{n, m})
	return ops.Apply(nil, false, func(b builder, _ []value) value {
		return b.Convert(diagonals(b, graph.OpEq, n, m, k), d)
	})
}

// Tri is an n by m matrix with ones on and below diagonal k, and zeros above.
func Tri(d graph.DType, n, m, k int) *array.Array {
	checkDims("Tri", []int{n, m})
	return ops.Apply(nil, false, func(b builder, _ []value) value {
		return b.Convert(diagonals(b, graph.OpGe, n, m, k), d)
	})
}

// diagonals compares row + k with column.
func diagonals(b builder, op graph.Op, n, m, k int) value {
	shape, d := []int{n, m}, counter(n+m)
	row, col := b.Iota(d, shape, 0), b.Iota(d, shape, 1)
	if k = min(max(k, -n), m); k != 0 { // a diagonal further away is outside too
		row = b.Add(row, b.Scalar(d, float64(k)))
	}
	return b.Emit(op, nil, row, col)[0]
}

// Tril keeps what is on and below diagonal k, the main one if not given, of
// the matrices in the last two axes; the rest is zero.
func Tril(x *array.Array, k ...int) *array.Array {
	return triangle("Tril", x, one("Tril", k, 0), true)
}

// Triu keeps what is on and above diagonal k; see Tril.
func Triu(x *array.Array, k ...int) *array.Array {
	return triangle("Triu", x, one("Triu", k, 0)-1, false)
}

func triangle(op string, x *array.Array, k int, lower bool) *array.Array {
	if array.Of(x).Rank() < 2 {
		panic(ops.Mistake(graph.ErrRank, op, []*array.Array{x}, "needs a matrix in the last two axes"))
	}
	return map1(x, func(b builder, x value) value {
		r := x.Rank()
		mask := ops.BroadcastTo(b, diagonals(b, graph.OpGe, x.Shape[r-2], x.Shape[r-1], k), x.Shape)
		if lower {
			return where(b, mask, x)
		}
		return b.Select(mask, num(b, x, 0), x)
	})
}

// Diag makes a vector the diagonal k of a matrix, or takes it from one. The
// main diagonal is 0; those to the right are positive.
func Diag(x *array.Array, k ...int) *array.Array {
	offset := one("Diag", k, 0)
	switch array.Of(x).Rank() {
	case 1:
		return map1(x, func(b builder, x value) value { return diagonalMatrix(b, x, offset) })
	case 2:
		return Diagonal(x, offset, 0, 1)
	}
	panic(ops.Mistake(graph.ErrRank, "Diag", []*array.Array{x}, "needs a vector or a matrix"))
}

// DiagFlat makes the elements of x, in row-major order, the diagonal k of a
// matrix.
func DiagFlat(x *array.Array, k ...int) *array.Array {
	offset := one("DiagFlat", k, 0)
	return map1(x, func(b builder, x value) value { return diagonalMatrix(b, b.Reshape(x, x.Size()), offset) })
}

func diagonalMatrix(b builder, x value, k int) value {
	n := x.Size() + max(k, -k)
	lo := max(-k, 0)
	// Row i holds x[i-lo].
	x = b.Pad(x, num(b, x, 0), padParams([]int{lo}, []int{max(k, 0)}))
	return where(b, diagonals(b, graph.OpEq, n, n, k), b.BroadcastInDim(x, []int{n, n}, []int{0}))
}

func padParams(lo, hi []int) graph.PadParams {
	return graph.PadParams{Low: lo, High: hi, Interior: make([]int, len(lo))}
}

// Diagonal is the diagonal of the matrices in two axes, as the last axis of the
// result. which is the diagonal's number, 0, then the two axes, 0 and 1, as far
// as they are given.
func Diagonal(x *array.Array, which ...int) *array.Array {
	k, axes := diagonalOf("Diagonal", x, which)
	return ops.Apply([]*array.Array{x}, false, func(b builder, in []value) value { return diagonal(b, in[0], k, axes) })
}

// Trace is the sum of Diagonal.
func Trace(x *array.Array, which ...int) *array.Array {
	k, axes := diagonalOf("Trace", x, which)
	return ops.Apply([]*array.Array{x}, false, func(b builder, in []value) value {
		d := diagonal(b, in[0], k, axes)
		return sum(b, d, []int{d.Rank() - 1})
	})
}

func diagonalOf(op string, x *array.Array, which []int) (k int, axes []int) {
	all := [3]int{0, 0, 1}
	if copy(all[:], which) < len(which) {
		panic(ops.Mistake(graph.ErrOption, op, []*array.Array{x}, "takes a diagonal and two axes, not %d numbers", len(which)))
	}
	axes = ops.Axes(op, ops.Aval(array.Of(x)), all[1:])
	if axes[0] == axes[1] {
		panic(ops.Mistake(graph.ErrAxis, op, []*array.Array{x}, "the axes must differ"))
	}
	return all[0], axes
}

// diagonal masks all but the diagonal, and adds up what then has one element a
// column. -0 becomes 0.
func diagonal(b builder, x value, k int, axes []int) value {
	rest := graph.Kept(x.Rank(), axes)
	x = b.Transpose(x, append(rest, axes...)...)
	r := x.Rank()
	n, m := x.Shape[r-2], x.Shape[r-1]
	row, col := min(n, max(-k, 0)), min(m, max(k, 0)) // where the diagonal begins
	size := min(n-row, m-col)
	x = b.SliceAxis(b.SliceAxis(x, r-2, row, row+size), r-1, col, col+size)
	mask := ops.BroadcastTo(b, diagonals(b, graph.OpEq, size, size, 0), x.Shape)
	if x.DType == graph.Bool {
		return b.ReduceOr(b.And(mask, x), r-2)
	}
	return b.ReduceSum(where(b, mask, x), r-2)
}

// Vander is the matrix of powers of a vector: column i is x**(n-1-i).
func Vander(x *array.Array, n int) *array.Array {
	checkDims("Vander", []int{n})
	if array.Of(x).Rank() != 1 {
		panic(ops.Mistake(graph.ErrRank, "Vander", []*array.Array{x}, "needs a vector"))
	}
	return map1(x, func(b builder, x value) value {
		if x.DType == graph.Bool {
			x = b.Convert(x, graph.Int32)
		}
		if n == 0 {
			return b.Zeros(x.Insert(1, 0))
		}
		factors := b.BroadcastInDim(x, x.Insert(1, n-1).Shape, []int{0})
		one := b.Ones(x.Insert(1, 1))
		return b.Cum(graph.OpCumprod, b.Concatenate(1, factors, one), 1, true)
	})
}

// Arange is 0, 1, ..., n-1.
func Arange(d graph.DType, n int) *array.Array {
	checkDims("Arange", []int{n})
	return ops.Apply(nil, false, func(b builder, _ []value) value { return counting(b, d, n) })
}

// counting is 0, 1, ..., n-1; of bools, which have no more, false and true.
func counting(b builder, d graph.DType, n int) value {
	if d == graph.Bool {
		return b.Convert(b.Iota(counter(n), []int{n}, 0), d)
	}
	return b.Iota(d, []int{n}, 0)
}

// ArangeStep is lo, lo+step, ... up to hi, which is left out.
func ArangeStep(d graph.DType, lo, hi, step float64) *array.Array {
	if step == 0 || math.IsNaN(lo+hi+step) || math.IsInf(lo+hi+step, 0) {
		panic(graph.Errorf(graph.ErrArgument, "ArangeStep", "no finite range goes from %v to %v in steps of %v", lo, hi, step))
	}
	count := max(0, math.Ceil((hi-lo)/step))
	if count > 1<<53 {
		panic(graph.Errorf(graph.ErrSize, "ArangeStep", "%v numbers from %v to %v in steps of %v are too many", count, lo, hi, step))
	}
	n := int(count)
	return ops.Apply(nil, false, func(b builder, _ []value) value {
		x := counting(b, d, n)
		return b.Add(b.Mul(x, num(b, x, step)), num(b, x, lo))
	})
}

// Linspace is n numbers from lo to hi, both among them, at equal distances.
func Linspace(d graph.DType, lo, hi float64, n int) *array.Array {
	return spaced("Linspace", d, n, func(b builder, c graph.DType) value { return linspace(b, c, lo, hi, n) })
}

// Logspace is n numbers from 10**lo to 10**hi, at equal ratios.
func Logspace(d graph.DType, lo, hi float64, n int) *array.Array {
	return spaced("Logspace", d, n, func(b builder, c graph.DType) value {
		x := linspace(b, c, lo, hi, n)
		return b.Pow(num(b, x, 10), x)
	})
}

// Geomspace is n numbers from lo to hi, at equal ratios; the two must have one
// sign.
func Geomspace(d graph.DType, lo, hi float64, n int) *array.Array {
	if !(lo*hi > 0) {
		panic(graph.Errorf(graph.ErrArgument, "Geomspace", "no ratio leads from %v to %v", lo, hi))
	}
	return spaced("Geomspace", d, n, func(b builder, c graph.DType) value {
		x := linspace(b, c, math.Log10(math.Abs(lo)), math.Log10(math.Abs(hi)), n)
		return b.Mul(num(b, x, math.Copysign(1, lo)), b.Pow(num(b, x, 10), x))
	})
}

func spaced(op string, d graph.DType, n int, f func(b builder, c graph.DType) value) *array.Array {
	checkDims(op, []int{n})
	c := d
	if !d.Differentiable() {
		c = graph.Float32
	}
	return ops.Apply(nil, false, func(b builder, _ []value) value {
		x := f(b, c)
		if d.IsInt() {
			x = b.Floor(x)
		}
		return b.Convert(x, d)
	})
}

// linspace interpolates from both ends, which it meets exactly.
func linspace(b builder, d graph.DType, lo, hi float64, n int) value {
	real := d.Real()
	first, last := b.Broadcast(b.Scalar(d, lo), []int{min(1, n)}), b.Broadcast(b.Scalar(d, hi), []int{1})
	if n < 2 {
		return first
	}
	t := b.Div(b.Iota(real, []int{n - 1}, 0), b.Scalar(real, float64(n-1)))
	t = b.Convert(t, d)
	x := b.Add(b.Mul(num(b, t, lo), b.Sub(num(b, t, 1), t)), b.Mul(num(b, t, hi), t))
	return b.Concatenate(0, x, last)
}

// Meshgrid is, for each vector, an array over all combinations of their
// elements that holds its element. The first vector runs along axis 1 and the
// second along axis 0, as x and y in a picture; see MeshgridIJ.
func Meshgrid(xs ...*array.Array) []*array.Array { return meshgrid("Meshgrid", xs, len(xs) > 1) }

// MeshgridIJ is Meshgrid with vector i running along axis i.
func MeshgridIJ(xs ...*array.Array) []*array.Array { return meshgrid("MeshgridIJ", xs, false) }

func meshgrid(op string, xs []*array.Array, swap bool) []*array.Array {
	ops.Given(xs...)
	axis := func(i int) int {
		if swap && i < 2 {
			return 1 - i
		}
		return i
	}
	shape := make([]int, len(xs))
	for i, x := range xs {
		if array.Of(x).Rank() > 1 {
			panic(ops.Mistake(graph.ErrRank, op, xs, "needs vectors"))
		}
		shape[axis(i)] = x.Size()
	}
	if len(xs) == 0 {
		return nil
	}
	return ops.ApplyN(xs, func(b builder, in []value) []value {
		out := make([]value, len(xs))
		for i := range xs {
			out[i] = b.BroadcastInDim(b.Reshape(in[i], in[i].Size()), shape, []int{axis(i)})
		}
		return out
	})
}

// Indices is the index arrays of a shape: element i along the first axis holds
// each place's index along axis i.
func Indices(d graph.DType, dims ...int) *array.Array {
	checkDims("Indices", dims)
	dims = slices.Clone(dims)
	return ops.Apply(nil, false, func(b builder, _ []value) value {
		if len(dims) == 0 {
			return b.Zeros(graph.Aval{DType: d, Shape: []int{0}})
		}
		parts := make([]value, len(dims))
		for i := range dims {
			parts[i] = b.Reshape(b.Iota(d, dims, i), append([]int{1}, dims...)...)
		}
		return b.Concatenate(0, parts...)
	})
}
