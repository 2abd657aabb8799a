package num

import (
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// Where is x where cond is not zero, and y elsewhere. The derivative of the one
// not chosen is zero, but a NaN that arises in computing it stays one: make its
// operand safe too. Elementwise; x and y are promoted. It is jax.numpy.where.
func Where[A, B array.Operand](cond *array.Array, x A, y B) *array.Array {
	ops.Given(cond, array.Of(x), array.Of(y))
	p, q := array.Of(x), array.Of(y)
	d, weak := array.Promote(p, q)
	in := ops.JoinAs(d, p, q)
	return ops.Apply([]*array.Array{array.Of(cond), in[0], in[1]}, weak, func(b builder, in []value) value {
		in = ops.BroadcastAll(b, "Where", []value{b.Truth(in[0]), b.Convert(in[1], d), b.Convert(in[2], d)})
		return b.Select(in[0], in[1], in[2])
	})
}

// Select is, for each place, the element of the first choice whose condition
// holds there, and otherwise where none does. All are broadcast, choices
// promoted; other numbers of conditions than of choices are an error. It is
// jax.numpy.select.
func Select[T array.Operand](conds, choices []*array.Array, otherwise T) *array.Array {
	ops.Given(append(slices.Concat(conds, choices), array.Of(otherwise))...)
	if len(conds) != len(choices) || len(conds) == 0 {
		panic(graph.Errorf(graph.ErrArgument, "Select", "%d conditions for %d choices", len(conds), len(choices)))
	}
	n := len(conds)
	xs := append([]*array.Array{array.Of(otherwise)}, choices...)
	d, weak := array.Promote(xs...)
	xs = append(ops.JoinAs(d, xs...), conds...)
	return ops.Apply(xs, weak, func(b builder, in []value) value {
		for i, v := range in[:2*n+1] {
			if i <= n {
				in[i] = b.Convert(v, d)
			} else {
				in[i] = b.Truth(v)
			}
		}
		in = ops.BroadcastAll(b, "Select", in[:2*n+1])
		y := in[0]
		for i := n; i > 0; i-- {
			y = b.Select(in[n+i], in[i], y)
		}
		return y
	})
}

// NaNToNum has 0 for NaN and the largest finite numbers for the infinities, in
// each part of a complex number. Elementwise; the dtype is x's. It is
// jax.numpy.nan_to_num.
func NaNToNum(x *array.Array) *array.Array {
	if !x.DType().Differentiable() {
		return x
	}
	return ops.Apply([]*array.Array{x}, false, func(b builder, in []value) value {
		if x := in[0]; x.DType.IsComplex() {
			return b.Complex(nanToNum(b, b.Real(x)), nanToNum(b, b.Imag(x)))
		}
		return nanToNum(b, in[0])
	})
}

func nanToNum(b builder, x value) value {
	largest := num(b, x, greatest(x.DType))
	y := b.Select(b.Ne(x, x), num(b, x, 0), x)
	y = b.Select(b.Eq(x, num(b, x, math.Inf(1))), largest, y)
	return b.Select(b.Eq(x, num(b, x, math.Inf(-1))), b.Neg(largest), y)
}

// greatest is the largest finite number of a float type.
func greatest(d graph.DType) float64 {
	switch d {
	case graph.Float16:
		return 65504
	case graph.BFloat16:
		return 0x1.fep127
	case graph.Float64:
		return math.MaxFloat64
	}
	return math.MaxFloat32
}

// Searchsorted is for each v the first index of the sorted vector a at which v
// could be inserted: before equal elements, or after them with Right. The
// result has the shape of v and is int32. An a that is no vector is an error.
// Every v is compared with every element. It is jax.numpy.searchsorted.
func Searchsorted[T array.Operand](a *array.Array, v T, opts ...SearchOption) *array.Array {
	return searched("Searchsorted", a, array.Of(v), optioned("Searchsorted", false, opts, "Right"))
}

func searched(op string, a, q *array.Array, right bool) *array.Array {
	ops.Given(a, q)
	if a.Rank() != 1 {
		panic(ops.Mistake(graph.ErrRank, op, []*array.Array{a, q}, "the sorted elements must be a vector"))
	}
	d, _ := array.Promote(a, q)
	return ops.Apply(ops.JoinAs(d, a, q), false, func(b builder, in []value) value {
		return searchSorted(b, b.Convert(in[0], d), b.Convert(in[1], d), right)
	})
}

func searchSorted(b builder, a, v value, right bool) value {
	shape := v.Insert(v.Rank(), a.Size()).Shape
	last := v.Rank()
	x := b.BroadcastInDim(a, shape, []int{last})
	y := b.BroadcastInDim(v, shape, graph.Kept(len(shape), []int{last}))
	before := b.Lt(x, y)
	if right {
		before = b.Le(x, y)
	}
	if v.DType.IsFloat() { // NaN sorts last
		nan := b.Ne(y, y)
		if !right {
			nan = b.And(nan, b.Eq(x, x))
		}
		before = b.Or(before, nan)
	}
	return b.ReduceSum(b.Convert(before, counter(a.Size())), last)
}

// Digitize is for each x the number of the bin that it is in, of bins with
// these ascending edges, as int32: i where edges[i-1] <= x < edges[i]; with
// Right, where edges[i-1] < x <= edges[i]. The result has the shape of x. Edges
// that are no vector are an error. It is jax.numpy.digitize.
func Digitize[T array.Operand](x T, edges *array.Array, opts ...SearchOption) *array.Array {
	ops.Given(array.Of(x), edges)
	return searched("Digitize", edges, array.Of(x), !optioned("Digitize", false, opts, "Right"))
}

// Interp is the function that is linear between the points (xp, fp), at x. The
// vector xp ascends, which is not checked; outside of it the function is
// constant. The result has x's shape; integers become float32. An xp and fp
// that are not vectors of one length are an error. It is jax.numpy.interp.
func Interp[T array.Operand](x T, xp, fp *array.Array) *array.Array {
	ops.Given(array.Of(x), xp, fp)
	at := array.Of(x)
	if array.Of(xp).Rank() != 1 || !equalShape(xp, array.Of(fp)) || xp.Size() == 0 {
		panic(ops.Mistake(graph.ErrShape, "Interp", []*array.Array{at, xp, fp}, "xp and fp must be vectors of one length"))
	}
	d, weak := float(at, xp)
	df, weakf := float(fp)
	in := append(ops.JoinAs(d, at, xp), fp)
	out, _ := array.Promote(ops.Abstract(graph.Aval{DType: d}), ops.Abstract(graph.Aval{DType: df}))
	return ops.Apply(in, weak && weakf, func(b builder, in []value) value {
		x, xp, fp := b.Convert(in[0], d), b.Convert(in[1], d), b.Convert(in[2], df)
		x, xp, fp = b.Convert(x, out.Real()), b.Convert(xp, out.Real()), b.Convert(fp, out)
		n := xp.Size()
		end := func(v value, i int) value { return b.Reshape(b.SliceAxis(v, 0, i, i+1)) }
		y := b.Broadcast(end(fp, 0), x.Shape)
		if n > 1 {
			i := searchSorted(b, xp, x, true)
			i = b.Clamp(num(b, i, 1), i, num(b, i, float64(n-1)))
			at := func(v, i value) value { return takeRows(b, v, i) }
			before := b.Sub(i, num(b, i, 1))
			x0, f0 := at(xp, before), at(fp, before)
			dx := b.Sub(at(xp, i), x0)
			flat := b.Eq(dx, num(b, dx, 0))
			slope := b.Convert(b.Div(b.Sub(x, x0), b.Select(flat, num(b, dx, 1), dx)), fp.DType)
			y = b.Select(flat, f0, b.Add(f0, b.Mul(slope, b.Sub(at(fp, i), f0))))
		}
		y = b.Select(b.Lt(x, end(xp, 0)), end(fp, 0), y)
		return b.Select(b.Gt(x, end(xp, n-1)), end(fp, n-1), y)
	})
}

// takeRows is v[i] for an array of indices within the vector v.
func takeRows(b builder, v, i value) value {
	p := graph.GatherParams{Sizes: []int{1}}
	p.Offset, p.Collapsed, p.Start, p.OperandBatch, p.IndicesBatch = []int{}, []int{0}, []int{0}, []int{}, []int{}
	return b.Gather(v, b.Reshape(i, i.Insert(i.Rank(), 1).Shape...), p)
}
