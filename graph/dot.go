package graph

import (
	"fmt"
	"slices"
)

// DotParams pairs axes of the two operands. The result has the batch axes,
// then lhs's other axes, then rhs's other axes. Prefer is the type that
// products are summed and returned in.
type DotParams struct {
	LHSContract, RHSContract []int
	LHSBatch, RHSBatch       []int
	Prefer                   DType
}

func (p DotParams) fields(w walker) Params {
	w.field("dimension_numbers", dimsField{&p.LHSContract, &p.RHSContract, &p.LHSBatch, &p.RHSBatch})
	w.field("preferred_element_type", dtypeField{&p.Prefer})
	return done(w, p)
}

// Swap is p for the operands in the other order.
func (p DotParams) Swap() DotParams {
	return DotParams{p.RHSContract, p.LHSContract, p.RHSBatch, p.LHSBatch, p.Prefer}
}

// DotGeneral sums products over the contracted axes of x and y; see DotParams for
// the axes of the result.
func (b *Builder) DotGeneral(x, y *Value, p DotParams) *Value { return b.emit1(OpDot, p, x, y) }

func inferDot(e *Eqn) ([]Aval, error) {
	x, y, p := e.In[0], e.In[1], e.Params.(DotParams)
	if x.DType != y.DType {
		return nil, ErrDType.Errorf("operands must have one dtype; convert with As")
	}
	if err := numeric.check(x.DType); err != nil {
		return nil, err
	}
	if p.Prefer == Bool || x.DType.IsComplex() != p.Prefer.IsComplex() || x.DType.IsInt() != p.Prefer.IsInt() {
		return nil, ErrDType.Errorf("products of %v cannot be summed as %v", x.DType, p.Prefer)
	}
	if err := axesOf(x.Rank(), slices.Concat(p.LHSBatch, p.LHSContract)); err != nil {
		return nil, fmt.Errorf("lhs: %w", err)
	}
	if err := axesOf(y.Rank(), slices.Concat(p.RHSBatch, p.RHSContract)); err != nil {
		return nil, fmt.Errorf("rhs: %w", err)
	}
	if err := pairs("contracting", x, y, p.LHSContract, p.RHSContract); err != nil {
		return nil, err
	}
	if err := pairs("batch", x, y, p.LHSBatch, p.RHSBatch); err != nil {
		return nil, err
	}
	shape := make([]int, 0, x.Rank()+y.Rank())
	for _, a := range p.LHSBatch {
		shape = append(shape, x.Shape[a])
	}
	for _, a := range Kept(x.Rank(), p.LHSBatch, p.LHSContract) {
		shape = append(shape, x.Shape[a])
	}
	for _, a := range Kept(y.Rank(), p.RHSBatch, p.RHSContract) {
		shape = append(shape, y.Shape[a])
	}
	return []Aval{{p.Prefer, shape}}, nil
}

func pairs(what string, x, y *Value, lhs, rhs []int) error {
	if len(lhs) != len(rhs) {
		return ErrAxis.Errorf("%d %s axes of lhs, %d of rhs", len(lhs), what, len(rhs))
	}
	for i, a := range lhs {
		if c := rhs[i]; x.Shape[a] != y.Shape[c] {
			return ErrShape.Errorf("%s axes differ in size: lhs axis %d has %d, rhs axis %d has %d", what, a, x.Shape[a], c, y.Shape[c])
		}
	}
	return nil
}
