package lax

import (
	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// DotDimensionNumbers pair axes of the two operands of DotGeneral, of the first
// and of the second: Contract those along which products are summed, Batch those
// that go along. They are JAX's dimension_numbers, (Contract, Batch).
type DotDimensionNumbers struct{ Contract, Batch [2][]int }

// A DotOption changes what DotGeneral does.
type DotOption struct {
	given bool
	d     graph.DType
}

// PreferredElementType is the dtype that products are summed and returned in:
// integers for integers, floats for floats, complex numbers for complex ones.
// Another kind is an error. It is preferred_element_type of
// jax.lax.dot_general.
func PreferredElementType(d graph.DType) DotOption { return DotOption{true, d} }

// DotGeneral sums products of the numbers of x and y, which have one dtype,
// over the contracted axes. The result has the batch axes, then x's other axes,
// then y's; its dtype is the operands', or PreferredElementType. Axes that are
// paired and differ in size, bools, and two dtypes are errors. It is
// jax.lax.dot_general.
func DotGeneral(x, y *array.Array, dimensionNumbers DotDimensionNumbers, opts ...DotOption) *array.Array {
	ops.Given(x, y)
	axes := func(x *array.Array, axes []int) []int { return each("DotGeneral", x, axes) }
	c, batch := dimensionNumbers.Contract, dimensionNumbers.Batch
	p := graph.DotParams{LHSContract: axes(x, c[0]), RHSContract: axes(y, c[1]), LHSBatch: axes(x, batch[0]), RHSBatch: axes(y, batch[1])}
	for _, o := range opts {
		if !o.given {
			panic(empty("DotGeneral"))
		}
	}
	return map2(func(b builder, x, y value) value {
		p.Prefer = x.DType
		if n := len(opts); n > 0 {
			p.Prefer = opts[n-1].d
		}
		return b.DotGeneral(x, y, p)
	}, x, y)
}
