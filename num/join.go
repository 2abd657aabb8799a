package num

import (
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// Concatenate joins arrays along an axis that they have; the other sizes must
// agree. Dtypes are promoted. No array at all is an error. It is
// jax.numpy.concatenate.
func Concatenate(axis int, xs ...*array.Array) *array.Array {
	checkSome("Concatenate", xs)
	a := ops.Axis("Concatenate", ops.Aval(xs[0]), axis)
	return list(xs, func(b builder, x []value) value { return b.Concatenate(a, x...) })
}

// Stack joins arrays of one shape along a new axis, at this place of the result,
// of rank one higher. Dtypes are promoted; no array at all, and shapes that
// differ, are errors. It is jax.numpy.stack.
func Stack(axis int, xs ...*array.Array) *array.Array {
	checkSome("Stack", xs)
	for _, x := range xs {
		if !equalShape(x, xs[0]) {
			panic(ops.Mistake(graph.ErrShape, "Stack", xs, "the arrays must have one shape"))
		}
	}
	a := ops.Axis("Stack", ops.Aval(xs[0]).Stack(len(xs)), axis)
	return list(xs, func(b builder, x []value) value {
		for i, v := range x {
			x[i] = b.Reshape(v, v.Insert(a, 1).Shape...)
		}
		return b.Concatenate(a, x...)
	})
}

// Append joins y to x along the axis; without an axis, both as vectors. Dtypes
// are promoted. It is jax.numpy.append.
func Append[A, B array.Operand](x A, y B, axis ...int) *array.Array {
	p, q := array.Of(x), array.Of(y)
	if len(axis) == 0 {
		return list([]*array.Array{p, q}, func(b builder, x []value) value {
			return b.Concatenate(0, b.Reshape(x[0], x[0].Size()), b.Reshape(x[1], x[1].Size()))
		})
	}
	return Concatenate(one("Append", axis, 0), p, q)
}

// VStack joins arrays along the first axis; vectors are rows. Dtypes are
// promoted; other sizes that differ, and no array at all, are errors. It is
// jax.numpy.vstack.
func VStack(xs ...*array.Array) *array.Array {
	return joinAs("VStack", 0, xs, func(s []int) []int {
		for len(s) < 2 {
			s = slices.Insert(s, 0, 1)
		}
		return s
	})
}

// HStack joins arrays along the second axis, vectors along their only one.
// Dtypes are promoted; other sizes that differ, and no array at all, are
// errors. It is jax.numpy.hstack.
func HStack(xs ...*array.Array) *array.Array {
	checkSome("HStack", xs)
	axis := 1
	if xs[0].Rank() < 2 {
		axis = 0
	}
	return joinAs("HStack", axis, xs, func(s []int) []int {
		if len(s) == 0 {
			return []int{1}
		}
		return s
	})
}

// DStack joins arrays along the third axis, as AtLeast3D makes it. Dtypes are
// promoted; other sizes that differ, and no array at all, are errors. It is
// jax.numpy.dstack.
func DStack(xs ...*array.Array) *array.Array {
	return joinAs("DStack", 2, xs, func(s []int) []int {
		switch len(s) {
		case 0:
			return []int{1, 1, 1}
		case 1:
			return []int{1, s[0], 1}
		case 2:
			return append(s, 1)
		}
		return s
	})
}

// ColumnStack joins vectors, and the columns of matrices, as the columns of a
// matrix. Dtypes are promoted; other sizes that differ, and no array at all,
// are errors. It is jax.numpy.column_stack.
func ColumnStack(xs ...*array.Array) *array.Array {
	return joinAs("ColumnStack", 1, xs, func(s []int) []int {
		for len(s) < 2 {
			s = append(s, 1)
		}
		return s
	})
}

func joinAs(op string, axis int, xs []*array.Array, shape func([]int) []int) *array.Array {
	checkSome(op, xs)
	return list(xs, func(b builder, x []value) value {
		for i, v := range x {
			x[i] = b.Reshape(v, shape(slices.Clone(v.Shape))...)
		}
		return b.Concatenate(axis, x...)
	})
}

func checkSome(op string, xs []*array.Array) {
	if len(xs) == 0 {
		panic(graph.Errorf(graph.ErrArgument, op, "needs at least one array"))
	}
	ops.Given(xs...)
}

// Split divides the axis, the first if not given, into n equal parts; an n that
// does not divide its size is an error. The dtype is x's. It is jax.numpy.split
// with a number.
func Split(x *array.Array, n int, axis ...int) []*array.Array {
	return split("Split", x, n, one("Split", axis, 0))
}

func split(op string, x *array.Array, n, axis int) []*array.Array {
	a := ops.Axis(op, ops.Aval(array.Of(x)), axis)
	if n < 1 || x.Dim(a)%n != 0 {
		panic(ops.Mistake(graph.ErrSize, op, []*array.Array{x}, "axis %d has %d elements, which cannot be %d equal parts; see ArraySplit", a, x.Dim(a), n))
	}
	checkWrittenOut(op, n)
	return cut(x, a, equalCuts(x.Dim(a), n))
}

// ArraySplit divides the axis, the first if not given, into n parts, of which
// the first ones may have one element more. The dtype is x's. An n below 1 is
// an error. It is jax.numpy.array_split with a number.
func ArraySplit(x *array.Array, n int, axis ...int) []*array.Array {
	a := ops.Axis("ArraySplit", ops.Aval(array.Of(x)), one("ArraySplit", axis, 0))
	if n < 1 {
		panic(ops.Mistake(graph.ErrArgument, "ArraySplit", []*array.Array{x}, "%d is no number of parts", n))
	}
	checkWrittenOut("ArraySplit", n)
	return cut(x, a, equalCuts(x.Dim(a), n))
}

// SplitAt divides the axis, the first if not given, before each of the indices,
// of which negative ones count from the end, and those beyond an end are that
// end. The dtype is x's; an axis that x lacks is an error. It is
// jax.numpy.split with a list.
func SplitAt(x *array.Array, indices []int, axis ...int) []*array.Array {
	a := ops.Axis("SplitAt", ops.Aval(array.Of(x)), one("SplitAt", axis, 0))
	n := x.Dim(a)
	cuts := []int{0}
	for _, i := range indices {
		if i < 0 {
			i += n
		}
		cuts = append(cuts, min(max(i, 0), n))
	}
	return cut(x, a, append(cuts, n))
}

// HSplit divides the second axis into n equal parts, of a vector the only one.
// See Split. It is jax.numpy.hsplit.
func HSplit(x *array.Array, n int) []*array.Array {
	return split("HSplit", x, n, min(1, array.Of(x).Rank()-1))
}

// VSplit divides the first axis into n equal parts. See Split. It is
// jax.numpy.vsplit.
func VSplit(x *array.Array, n int) []*array.Array { return split("VSplit", x, n, 0) }

// DSplit divides the third axis into n equal parts. See Split. It is
// jax.numpy.dsplit.
func DSplit(x *array.Array, n int) []*array.Array { return split("DSplit", x, n, 2) }

// Unstack is the subarrays along the axis, the first if not given, without it.
// The dtype is x's. It is jax.numpy.unstack.
func Unstack(x *array.Array, axis ...int) []*array.Array {
	a := ops.Axis("Unstack", ops.Aval(array.Of(x)), one("Unstack", axis, 0))
	rest := slices.Delete(x.Shape(), a, a+1)
	checkWrittenOut("Unstack", x.Dim(a))
	return parts(x, x.Dim(a), func(b builder, x value, i int) value {
		return b.Reshape(b.SliceAxis(x, a, i, i+1), rest...)
	})
}

// checkWrittenOut refuses programs with parts that a mistaken number made many
// of: none could be compiled.
func checkWrittenOut(op string, n int) {
	const most = 1 << 16
	if n > most {
		panic(graph.Errorf(graph.ErrSize, op, "would write out %d parts in one program; no more than %d are possible", n, most))
	}
}

// equalCuts are the ends of n parts of size, the first ones longer.
func equalCuts(size, n int) []int {
	cuts := make([]int, n+1)
	for i := range n {
		cuts[i+1] = cuts[i] + size/n
		if i < size%n {
			cuts[i+1]++
		}
	}
	return cuts
}

// cut is the parts of an axis between neighbouring cuts.
func cut(x *array.Array, axis int, cuts []int) []*array.Array {
	return parts(x, len(cuts)-1, func(b builder, x value, i int) value {
		return b.SliceAxis(x, axis, cuts[i], max(cuts[i], cuts[i+1]))
	})
}

// parts are n arrays made of x at once.
func parts(x *array.Array, n int, part func(b builder, x value, i int) value) []*array.Array {
	if n == 0 {
		return nil
	}
	weak := graph.Fill(x.Weak(), n)
	return ops.SetWeak(ops.ApplyN([]*array.Array{x}, func(b builder, in []value) []value {
		out := make([]value, n)
		for i := range out {
			out[i] = part(b, in[0], i)
		}
		return out
	}), weak)
}
