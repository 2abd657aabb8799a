package graph

import (
	"fmt"
	"slices"
)

// ReduceParams: the axes that a reduction removes.
type ReduceParams struct{ Axes []int }

func (p ReduceParams) fields(w walker) Params {
	w.field("axes", intsField{&p.Axes})
	w.field("out_sharding", noteField("None"))
	return done(w, p)
}

// The reductions remove the named axes; over no axes they are x.

func (b *Builder) ReduceSum(x *Value, axes ...int) *Value  { return b.Reduce(OpReduceSum, x, axes...) }
func (b *Builder) ReduceProd(x *Value, axes ...int) *Value { return b.Reduce(OpReduceProd, x, axes...) }
func (b *Builder) ReduceMax(x *Value, axes ...int) *Value  { return b.Reduce(OpReduceMax, x, axes...) }
func (b *Builder) ReduceMin(x *Value, axes ...int) *Value  { return b.Reduce(OpReduceMin, x, axes...) }
func (b *Builder) ReduceAnd(x *Value, axes ...int) *Value  { return b.Reduce(OpReduceAnd, x, axes...) }
func (b *Builder) ReduceOr(x *Value, axes ...int) *Value   { return b.Reduce(OpReduceOr, x, axes...) }
func (b *Builder) ReduceXor(x *Value, axes ...int) *Value  { return b.Reduce(OpReduceXor, x, axes...) }

// Reduce reduces by op, one of the reductions; over no axes it is x.
func (b *Builder) Reduce(op Op, x *Value, axes ...int) *Value {
	if len(axes) == 0 {
		return x
	}
	return b.emit1(op, ReduceParams{slices.Clone(axes)}, x)
}

func inferReduce(k kind) func(*Eqn) ([]Aval, error) {
	return func(e *Eqn) ([]Aval, error) {
		x, p := e.In[0], e.Params.(ReduceParams)
		if err := axesOf(x.Rank(), p.Axes); err != nil {
			return nil, err
		}
		return []Aval{{x.DType, without(x.Shape, p.Axes)}}, k.check(x.DType)
	}
}

func without(shape, axes []int) []int {
	out := make([]int, 0, len(shape))
	for i, d := range shape {
		if !slices.Contains(axes, i) {
			out = append(out, d)
		}
	}
	return out
}

// Seq is lo, lo+1, ..., hi-1.
func Seq(lo, hi int) []int {
	out := make([]int, 0, max(hi-lo, 0))
	for i := lo; i < hi; i++ {
		out = append(out, i)
	}
	return out
}

// Kept returns the axes of 0..rank-1 that are in none of the lists.
func Kept(rank int, lists ...[]int) []int {
	kept := make([]int, 0, rank)
next:
	for i := range rank {
		for _, l := range lists {
			if slices.Contains(l, i) {
				continue next
			}
		}
		kept = append(kept, i)
	}
	return kept
}

// ArgParams: the index along Axis of the largest or smallest element, the
// first of equals, as type DType.
type ArgParams struct {
	Axis  int
	DType DType
}

func (p ArgParams) fields(w walker) Params {
	axes := []int{p.Axis}
	w.field("axes", intsField{&axes})
	if len(axes) == 1 {
		p.Axis = axes[0]
	}
	w.field("index_dtype", dtypeField{&p.DType})
	return done(w, p)
}

// Arg is OpArgmax or OpArgmin. A NaN counts as the largest or smallest.
func (b *Builder) Arg(op Op, x *Value, axis int, d DType) *Value {
	return b.emit1(op, ArgParams{axis, d}, x)
}

func inferArg(e *Eqn) ([]Aval, error) {
	x, p := e.In[0], e.Params.(ArgParams)
	if err := axesOf(x.Rank(), []int{p.Axis}); err != nil {
		return nil, err
	}
	if x.Shape[p.Axis] == 0 {
		return nil, ErrSize.Errorf("axis %d is empty", p.Axis)
	}
	if err := integer.check(p.DType); err != nil {
		return nil, fmt.Errorf("the index dtype: %w", err)
	}
	return []Aval{{p.DType, without(x.Shape, []int{p.Axis})}}, ordered.check(x.DType)
}

// CumParams: each element is the reduction of those up to it along Axis, or of
// those from it on.
type CumParams struct {
	Axis    int
	Reverse bool
}

func (p CumParams) fields(w walker) Params {
	w.field("axis", intField{&p.Axis})
	w.field("reverse", boolField{&p.Reverse})
	return done(w, p)
}

// Cum is OpCumsum, OpCumprod, OpCummax or OpCummin.
func (b *Builder) Cum(op Op, x *Value, axis int, reverse bool) *Value {
	return b.emit1(op, CumParams{axis, reverse}, x)
}

func inferCum(k kind) func(*Eqn) ([]Aval, error) {
	return func(e *Eqn) ([]Aval, error) {
		x, p := e.In[0], e.Params.(CumParams)
		if err := axesOf(x.Rank(), []int{p.Axis}); err != nil {
			return nil, err
		}
		return []Aval{x.Aval}, k.check(x.DType)
	}
}
