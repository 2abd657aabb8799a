package num

import (
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// Zeros is an array of zeros. Functions that create arrays take the dtype
// first. The shape is dims, a scalar without them; a negative size is an
// error. It is jax.numpy.zeros.
func Zeros(d graph.DType, dims ...int) *array.Array { return filled("Zeros", d, dims, 0) }

// Ones is an array of ones. The shape is dims, the dtype d; see Zeros. It is
// jax.numpy.ones.
func Ones(d graph.DType, dims ...int) *array.Array { return filled("Ones", d, dims, 1) }

func filled(op string, d graph.DType, dims []int, x float64) *array.Array {
	checkDims(op, dims)
	a := graph.Aval{DType: d, Shape: append([]int{}, dims...)}
	return ops.Apply(nil, false, func(b builder, _ []value) value { return b.Full(a, x) })
}

// Full is an array with one value, a scalar, in every place. The shape is dims;
// x is converted to dtype d. A negative size is an error, and so is an x that
// cannot be broadcast to the shape. It is jax.numpy.full.
func Full[T array.Operand](d graph.DType, x T, dims ...int) *array.Array {
	checkDims("Full", dims)
	shape := append([]int{}, dims...)
	return ops.Apply(ops.JoinAs(d, array.Of(x)), false, func(b builder, in []value) value {
		return ops.BroadcastTo(b, b.Convert(in[0], d), shape)
	})
}

// ZerosLike is zeros of x's shape and dtype. A nil x is the only error. It is
// jax.numpy.zeros_like.
func ZerosLike(x *array.Array) *array.Array { return fullLike(x, 0) }

// OnesLike is ones of x's shape and dtype. It has no errors but that of a nil
// x. It is jax.numpy.ones_like.
func OnesLike(x *array.Array) *array.Array { return fullLike(x, 1) }

// FullLike is c in every place of x's shape, converted to its dtype. A c that
// cannot be broadcast to the shape is an error. It is jax.numpy.full_like.
func FullLike[T array.Operand](x *array.Array, c T) *array.Array {
	ops.Given(x, array.Of(c))
	return Full(x.DType(), c, ops.Aval(x).Shape...)
}

func fullLike(x *array.Array, c float64) *array.Array {
	a := ops.Aval(array.Of(x))
	return ops.Apply(nil, x.Weak(), func(b builder, _ []value) value { return b.Full(a, c) })
}

// Eye is the identity matrix of n rows, of dtype d; with Columns and Offset,
// another number of columns and the ones on another diagonal. A negative size
// is an error. It is jax.numpy.eye.
func Eye(d graph.DType, n int, opts ...DiagonalOption) *array.Array {
	return pattern("Eye", d, graph.OpEq, n, opts)
}

// Tri is a matrix of n rows, of dtype d, with ones on and below the main
// diagonal and zeros above it; with Columns and Offset, another number of
// columns and another diagonal. A negative size is an error. It is
// jax.numpy.tri.
func Tri(d graph.DType, n int, opts ...DiagonalOption) *array.Array {
	return pattern("Tri", d, graph.OpGe, n, opts)
}

// pattern is 1 where row + offset compares with column.
func pattern(op string, d graph.DType, compare graph.Op, n int, opts []DiagonalOption) *array.Array {
	o := diagonalsOf(op, opts, "Offset", "Columns")
	m := o.columns
	if m < 0 {
		m = n
	}
	checkDims(op, []int{n, m})
	return ops.Apply(nil, false, func(b builder, _ []value) value {
		return b.Convert(band(b, compare, n, m, o.offset), d)
	})
}

// band compares row + k with column.
func band(b builder, op graph.Op, n, m, k int) value {
	shape, d := []int{n, m}, counter(n+m)
	row, col := b.Iota(d, shape, 0), b.Iota(d, shape, 1)
	if k = min(max(k, -n), m); k != 0 { // a diagonal further away is outside too
		row = b.Add(row, b.Scalar(d, float64(k)))
	}
	return b.Emit(op, nil, row, col)[0]
}

// Tril keeps what is on and below the main diagonal, or the one at Offset, of
// the matrices in the last two axes of x; the rest is zero. Shape and dtype are
// x's; a rank below 2 is an error. It is jax.numpy.tril.
func Tril(x *array.Array, opts ...DiagonalOption) *array.Array {
	return triangle("Tril", x, opts, true)
}

// Triu keeps what is on and above the diagonal; see Tril. It is jax.numpy.triu.
func Triu(x *array.Array, opts ...DiagonalOption) *array.Array {
	return triangle("Triu", x, opts, false)
}

func triangle(op string, x *array.Array, opts []DiagonalOption, lower bool) *array.Array {
	k := diagonalsOf(op, opts, "Offset").offset
	if !lower {
		k-- // what is not on or below the diagonal before
	}
	if array.Of(x).Rank() < 2 {
		panic(ops.Mistake(graph.ErrRank, op, []*array.Array{x}, "needs a matrix in the last two axes"))
	}
	return map1(x, func(b builder, x value) value {
		r := x.Rank()
		mask := ops.BroadcastTo(b, band(b, graph.OpGe, x.Shape[r-2], x.Shape[r-1], k), x.Shape)
		if lower {
			return where(b, mask, x)
		}
		return b.Select(mask, num(b, x, 0), x)
	})
}

// Diag makes a vector the main diagonal, or the one at Offset, of a square
// matrix of zeros, and takes that diagonal from a matrix, as a vector. The dtype
// is x's; another rank is an error. It is jax.numpy.diag.
func Diag(x *array.Array, opts ...DiagonalOption) *array.Array {
	offset := diagonalsOf("Diag", opts, "Offset").offset
	switch array.Of(x).Rank() {
	case 1:
		return map1(x, func(b builder, x value) value { return diagonalMatrix(b, x, offset) })
	case 2:
		return ops.Apply([]*array.Array{x}, false, func(b builder, in []value) value {
			return diagonal(b, in[0], offset, []int{0, 1})
		})
	}
	panic(ops.Mistake(graph.ErrRank, "Diag", []*array.Array{x}, "needs a vector or a matrix"))
}

// DiagFlat makes the elements of x, of any shape and in row-major order, the
// main diagonal, or the one at Offset, of a square matrix of zeros. The dtype
// is x's; an option other than Offset is an error. It is jax.numpy.diagflat.
func DiagFlat(x *array.Array, opts ...DiagonalOption) *array.Array {
	offset := diagonalsOf("DiagFlat", opts, "Offset").offset
	return map1(x, func(b builder, x value) value { return diagonalMatrix(b, b.Reshape(x, x.Size()), offset) })
}

func diagonalMatrix(b builder, x value, k int) value {
	n := x.Size() + max(k, -k)
	lo := max(-k, 0)
	// Row i holds x[i-lo].
	x = b.Pad(x, num(b, x, 0), padParams([]int{lo}, []int{max(k, 0)}))
	return where(b, band(b, graph.OpEq, n, n, k), b.BroadcastInDim(x, []int{n, n}, []int{0}))
}

func padParams(lo, hi []int) graph.PadParams {
	return graph.PadParams{Low: lo, High: hi, Interior: make([]int, len(lo))}
}

// Diagonal is the main diagonal, or the one at Offset, of the matrices in the
// first two axes, or those of Across: an array without the two, and with the
// diagonal as its last axis. The dtype is x's. A rank below 2, and axes that
// are equal, are errors. It is jax.numpy.diagonal.
func Diagonal(x *array.Array, opts ...DiagonalOption) *array.Array {
	k, axes := diagonalOf("Diagonal", x, opts)
	return ops.Apply([]*array.Array{x}, false, func(b builder, in []value) value { return diagonal(b, in[0], k, axes) })
}

// Trace is the sum of Diagonal, with its options: the two axes are removed, and
// the dtype is that of Sum. For errors see Diagonal. It is jax.numpy.trace.
func Trace(x *array.Array, opts ...DiagonalOption) *array.Array {
	k, axes := diagonalOf("Trace", x, opts)
	return ops.Apply([]*array.Array{x}, false, func(b builder, in []value) value {
		d := diagonal(b, in[0], k, axes)
		return sum(b, d, []int{d.Rank() - 1})
	})
}

func diagonalOf(op string, x *array.Array, opts []DiagonalOption) (k int, axes []int) {
	o := diagonalsOf(op, opts, "Offset", "Across")
	axes = ops.Axes(op, ops.Aval(array.Of(x)), o.axes[:])
	if axes[0] == axes[1] {
		panic(ops.Mistake(graph.ErrAxis, op, []*array.Array{x}, "the axes must differ"))
	}
	return o.offset, axes
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
	mask := ops.BroadcastTo(b, band(b, graph.OpEq, size, size, 0), x.Shape)
	if x.DType == graph.Bool {
		return b.ReduceOr(b.And(mask, x), r-2)
	}
	return b.ReduceSum(where(b, mask, x), r-2)
}

// Vander is the matrix of powers of a vector: column i is x**(n-1-i). It has
// len(x) rows and n columns; an x that is no vector is an error. The dtype is
// x's; bools become int32. It is jax.numpy.vander.
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

// Arange is numbers at equal distances, as a vector of dtype d. The bounds are
// where it ends, which is left out: 0, 1, 2, ...; or where it begins and ends;
// or these and the step, which may be negative. A range that has no number is
// empty. A step of 0, bounds that are not finite, and none or more than three
// are errors, and so are numbers that d does not have. It is jax.numpy.arange.
func Arange[N int | float64](d graph.DType, bounds ...N) *array.Array {
	var lo, hi N
	step := N(1)
	switch len(bounds) {
	case 1:
		hi = bounds[0]
	case 2:
		lo, hi = bounds[0], bounds[1]
	case 3:
		lo, hi, step = bounds[0], bounds[1], bounds[2]
	default:
		panic(graph.Errorf(graph.ErrArgument, "Arange", "%d bounds; it takes the end, begin and end, or begin, end and step", len(bounds)))
	}
	n := steps(lo, hi, step)
	checkRange(d, lo, step, n)
	return ops.Apply(nil, false, func(b builder, _ []value) value {
		c := d
		if len(bounds) == 3 && d.IsFloat() && d.Size() < 4 {
			c = graph.Float32
		}
		x := counting(b, c, n)
		if len(bounds) == 3 {
			x = b.Mul(x, b.Literal(x.DType, exactly(x.DType, step)))
		}
		if len(bounds) == 3 || lo != 0 {
			x = b.Add(x, b.Literal(x.DType, exactly(x.DType, lo)))
		}
		return b.Convert(x, d)
	})
}

// checkRange refuses numbers that a dtype does not have.
func checkRange[N int | float64](d graph.DType, lo, step N, n int) {
	if d == graph.Bool && n > 2 {
		panic(graph.Errorf(graph.ErrDType, "Arange", "%d bools; there are two", n))
	}
	if !d.IsInt() || n == 0 {
		return
	}
	for _, x := range []N{lo, lo + step*N(n-1)} {
		if !holds(d, x) {
			panic(graph.Errorf(graph.ErrOverflow, "Arange", "%v does not fit into %v, which goes from %d to %d", x, d, d.Min().I, uint64(d.Max().I)))
		}
	}
}

// holds reports whether x, without its fraction, is a number of an integer type.
func holds[N int | float64](d graph.DType, x N) bool {
	if n, ok := any(x).(int); ok {
		return d.HoldsInt(int64(n))
	}
	return (x >= 0 || d.IsSigned()) && d.HoldsFloat(math.Trunc(float64(x)))
}

// steps is how many numbers a range has.
func steps[N int | float64](lo, hi, step N) int {
	if l, ok := any(lo).(int); ok {
		return wholeSteps(l, int(hi), int(step))
	}
	l, h, s := float64(lo), float64(hi), float64(step)
	if s == 0 || math.IsNaN(l+h+s) || math.IsInf(l+h+s, 0) {
		panic(graph.Errorf(graph.ErrArgument, "Arange", "no finite range goes from %v to %v in steps of %v", lo, hi, step))
	}
	count := max(0, math.Ceil((h-l)/s))
	if count > 1<<53 {
		panic(graph.Errorf(graph.ErrSize, "Arange", "%v numbers from %v to %v in steps of %v are too many", count, lo, hi, step))
	}
	return int(count)
}

func wholeSteps(lo, hi, step int) int {
	var n uint64
	switch {
	case step == 0:
		panic(graph.Errorf(graph.ErrArgument, "Arange", "no finite range goes from %d to %d in steps of 0", lo, hi))
	case step > 0 && lo < hi:
		n = (uint64(hi)-uint64(lo)-1)/uint64(step) + 1
	case step < 0 && lo > hi:
		n = (uint64(lo)-uint64(hi)-1)/-uint64(step) + 1
	}
	if n > math.MaxInt {
		panic(graph.Errorf(graph.ErrSize, "Arange", "%d numbers from %d to %d in steps of %d are too many", n, lo, hi, step))
	}
	return int(n)
}

// exactly is x as an element of d: an int beyond 2^53, too.
func exactly[N int | float64](d graph.DType, x N) graph.Number {
	if n, ok := any(x).(int); ok && !d.Differentiable() {
		return graph.Number{I: int64(n)}
	}
	return graph.Num(d, float64(x))
}

// counting is 0, 1, ..., n-1; of bools, which have no more, false and true.
func counting(b builder, d graph.DType, n int) value {
	if d == graph.Bool {
		return b.Convert(b.Iota(counter(n), []int{n}, 0), d)
	}
	return b.Iota(d, []int{n}, 0)
}

// Linspace is n numbers from lo to hi, both among them, at equal distances.
// They are a vector of dtype d; of integers, rounded down. A negative n is an
// error. It is jax.numpy.linspace.
func Linspace(d graph.DType, lo, hi float64, n int) *array.Array {
	return spaced("Linspace", d, n, func(b builder, c graph.DType) value { return linspace(b, c, lo, hi, n) })
}

// Logspace is n numbers from 10**lo to 10**hi, at equal ratios. They are a
// vector of dtype d; see Linspace. It is jax.numpy.logspace.
func Logspace(d graph.DType, lo, hi float64, n int) *array.Array {
	return spaced("Logspace", d, n, func(b builder, c graph.DType) value {
		x := linspace(b, c, lo, hi, n)
		return b.Pow(num(b, x, 10), x)
	})
}

// Geomspace is n numbers from lo to hi, at equal ratios; two of different
// signs, and 0, are errors. They are a vector of dtype d; see Linspace. It is
// jax.numpy.geomspace.
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
// second along axis 0, as x and y in a picture; see MeshgridIJ. Dtypes stay;
// an array of rank 2 or more is an error. It is jax.numpy.meshgrid.
func Meshgrid(xs ...*array.Array) []*array.Array { return meshgrid("Meshgrid", xs, len(xs) > 1) }

// MeshgridIJ is Meshgrid with vector i running along axis i; see Meshgrid. It
// is jax.numpy.meshgrid with indexing="ij".
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
// each place's index along axis i. The shape is len(dims), then dims; the dtype
// is d. A negative size is an error. It is jax.numpy.indices.
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
