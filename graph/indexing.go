package graph

import (
	"fmt"
	"slices"
)

// DynamicSliceParams: a block of the given sizes; the operands are the array
// and one scalar index for each axis, at which the block starts. A block that
// would reach over the end is moved back inside.
type DynamicSliceParams struct{ Sizes []int }

func (p DynamicSliceParams) fields(w walker) Params {
	w.field("slice_sizes", intsField{&p.Sizes})
	return done(w, p)
}

// DynamicSlice is the block of x of these sizes that starts at the integer
// scalars start, one for each axis.
func (b *Builder) DynamicSlice(x *Value, start []*Value, sizes []int) *Value {
	return b.emit1(OpDynamicSlice, DynamicSliceParams{sizes}, append([]*Value{x}, start...)...)
}

func inferDynamicSlice(e *Eqn) ([]Aval, error) {
	x, p := e.In[0], e.Params.(DynamicSliceParams)
	if len(p.Sizes) != x.Rank() {
		return nil, ErrRank.Errorf("sizes %v for an operand of rank %d", p.Sizes, x.Rank())
	}
	for i, n := range p.Sizes {
		if n < 0 || n > x.Shape[i] {
			return nil, ErrSize.Errorf("a slice of size %d does not fit into axis %d, which has %d", n, i, x.Shape[i])
		}
	}
	return []Aval{{x.DType, p.Sizes}}, indices(x.Rank(), e.In[1:])
}

func indices(rank int, idx []*Value) error {
	if len(idx) != rank {
		return ErrRank.Errorf("%d start indices for an operand of rank %d", len(idx), rank)
	}
	for _, i := range idx {
		if i.Rank() != 0 || !i.DType.IsInt() || i.DType != idx[0].DType {
			return ErrDType.Errorf("start indices must be integer scalars of one dtype")
		}
	}
	return nil
}

// DynamicUpdateSlice is x with update written over the block that starts at
// the given scalar indices.
func (b *Builder) DynamicUpdateSlice(x, update *Value, start []*Value) *Value {
	return b.emit1(OpDynamicUpdateSlice, nil, append([]*Value{x, update}, start...)...)
}

func inferDynamicUpdateSlice(e *Eqn) ([]Aval, error) {
	x, u := e.In[0], e.In[1]
	if u.DType != x.DType || u.Rank() != x.Rank() {
		return nil, ErrDType.Errorf("the update must have the operand's dtype and rank")
	}
	for i, n := range u.Shape {
		if n > x.Shape[i] {
			return nil, ErrSize.Errorf("an update of size %d does not fit into axis %d, which has %d", n, i, x.Shape[i])
		}
	}
	return []Aval{x.Aval}, indices(x.Rank(), e.In[2:])
}

// IndexDims say how the indices of a gather or scatter address an operand.
// The last axis of the indices holds index vectors; the others are places.
type IndexDims struct {
	// Offset lists the axes of the result (of the updates) that run within a
	// slice; the others run over the places.
	Offset []int
	// Collapsed lists the operand axes, of slice size 1, that the slice drops.
	Collapsed []int
	// OperandBatch[i] of the operand goes along with IndicesBatch[i] of the
	// indices, one to one; slices have size 1 there and drop the axis.
	OperandBatch, IndicesBatch []int
	// Start[i] is the operand axis that component i of an index vector is for.
	Start []int
}

func (d *IndexDims) gather(w walker) {
	w.field("offset_dims", intsField{&d.Offset})
	w.field("collapsed_slice_dims", intsField{&d.Collapsed})
	w.field("start_index_map", intsField{&d.Start})
	w.field("operand_batching_dims", intsField{&d.OperandBatch})
	w.field("start_indices_batching_dims", intsField{&d.IndicesBatch})
}

func (d *IndexDims) scatter(w walker) {
	w.field("update_window_dims", intsField{&d.Offset})
	w.field("inserted_window_dims", intsField{&d.Collapsed})
	w.field("scatter_dims_to_operand_dims", intsField{&d.Start})
	w.field("operand_batching_dims", intsField{&d.OperandBatch})
	w.field("scatter_indices_batching_dims", intsField{&d.IndicesBatch})
}

// GatherParams: for every place, the slice of size Sizes of the operand that
// starts at the index there, moved inside where it would reach over the end.
// Unique promises that no element is read twice, Sorted that the index vectors
// rise.
type GatherParams struct {
	IndexDims
	Sizes          []int
	Unique, Sorted bool
}

func (p GatherParams) fields(w walker) Params {
	w.field("dimension_numbers", structField{"GatherDimensionNumbers", p.IndexDims.gather})
	w.field("fill_value", noteField("None"))
	w.field("indices_are_sorted", boolField{&p.Sorted})
	w.field("mode", noteField("GatherScatterMode.CLIP"))
	w.field("slice_sizes", intsField{&p.Sizes})
	w.field("unique_indices", boolField{&p.Unique})
	return done(w, p)
}

// Gather reads slices of x at integer indices [..., len(p.Start)].
func (b *Builder) Gather(x, idx *Value, p GatherParams) *Value { return b.emit1(OpGather, p, x, idx) }

func inferGather(e *Eqn) ([]Aval, error) {
	x, idx, p := e.In[0], e.In[1], e.Params.(GatherParams)
	if err := p.check(x, idx); err != nil {
		return nil, err
	}
	if len(p.Sizes) != x.Rank() {
		return nil, ErrRank.Errorf("slice sizes %v for an operand of rank %d", p.Sizes, x.Rank())
	}
	for i, n := range p.Sizes {
		if n < 0 || n > x.Shape[i] {
			return nil, ErrSize.Errorf("a slice of size %d does not fit into axis %d, which has %d", n, i, x.Shape[i])
		}
		if n > 1 && (slices.Contains(p.Collapsed, i) || slices.Contains(p.OperandBatch, i)) {
			return nil, ErrSize.Errorf("axis %d is dropped from slices, but its slice size is %d", i, n)
		}
	}
	window := without(p.Sizes, slices.Concat(p.Collapsed, p.OperandBatch))
	places := idx.Shape[:idx.Rank()-1]
	if len(p.Offset) != len(window) {
		return nil, ErrAxis.Errorf("%d offset axes for slices of rank %d", len(p.Offset), len(window))
	}
	shape := make([]int, len(window)+len(places))
	if err := axesOf(len(shape), p.Offset); err != nil {
		return nil, err
	}
	for i, a := range p.Offset {
		shape[a] = window[i]
	}
	for i, a := range Kept(len(shape), p.Offset) {
		shape[a] = places[i]
	}
	out := Aval{x.DType, shape}
	for _, a := range slices.Concat(p.Collapsed, p.OperandBatch) {
		if p.Sizes[a] == 0 && out.Size() > 0 {
			return nil, ErrSize.Errorf("axis %d is dropped from slices, but its slice size is 0", a)
		}
	}
	return []Aval{out}, nil
}

// LastStarts gives, for each component of index vectors, the largest index at
// which a slice of these sizes lies within shape: one scalar, or an array like idx.
func (b *Builder) LastStarts(idx *Value, d IndexDims, shape, sizes []int) *Value {
	last := make([]*Value, len(d.Start))
	for i, axis := range d.Start {
		last[i] = b.Literal(idx.DType, idx.DType.Clip(shape[axis]-sizes[axis]))
	}
	if !slices.ContainsFunc(last, func(v *Value) bool { return v != last[0] }) {
		return last[0]
	}
	for i, v := range last {
		last[i] = b.Broadcast(v, []int{1})
	}
	return b.BroadcastInDim(b.Concatenate(0, last...), idx.Shape, []int{idx.Rank() - 1})
}

// check is what gather and scatter ask of their operand and indices.
func (d IndexDims) check(x, idx *Value) error {
	if !idx.DType.IsInt() || idx.Rank() == 0 || idx.Shape[idx.Rank()-1] != len(d.Start) {
		return ErrDType.Errorf("indices must be integers, with a last axis of %d", len(d.Start))
	}
	if err := axesOf(x.Rank(), d.Start); err != nil {
		return fmt.Errorf("start index map: %w", err)
	}
	if err := axesOf(x.Rank(), slices.Concat(d.Collapsed, d.OperandBatch)); err != nil {
		return fmt.Errorf("collapsed and batching axes: %w", err)
	}
	if err := axesOf(idx.Rank()-1, d.IndicesBatch); err != nil {
		return fmt.Errorf("batching axes of the indices: %w", err)
	}
	if !slices.IsSorted(d.Collapsed) || !slices.IsSorted(d.OperandBatch) || !slices.IsSorted(d.Offset) {
		return ErrAxis.Errorf("offset, collapsed and operand batching axes must be sorted")
	}
	for _, a := range d.OperandBatch {
		if slices.Contains(d.Start, a) {
			return ErrAxis.Errorf("batching axis %d is indexed too", a)
		}
	}
	return pairs("batching", x, idx, d.OperandBatch, d.IndicesBatch)
}

// A Combine says what a scatter does where an update meets an element.
type Combine uint8

// The ways to combine. Set leaves it open which of several updates stays.
const (
	CombineSet Combine = iota
	CombineAdd
	CombineMul
	CombineMin
	CombineMax
)

var combines = []string{"set", "add", "mul", "min", "max"}

func (c Combine) String() string { return combines[c] }

// ScatterParams: at every place, the slice of the operand that starts at the
// index there is combined with the slice of the updates. Slices that do not
// lie within the operand are left out. Unique promises that no element is met
// twice, Sorted that the index vectors rise.
type ScatterParams struct {
	IndexDims
	Combine        Combine
	Unique, Sorted bool
}

func (p ScatterParams) fields(w walker) Params {
	w.field("dimension_numbers", structField{"ScatterDimensionNumbers", p.IndexDims.scatter})
	w.field("indices_are_sorted", boolField{&p.Sorted})
	w.field("mode", noteField("GatherScatterMode.FILL_OR_DROP"))
	w.field("unique_indices", boolField{&p.Unique})
	w.field("update", enumField[Combine]{&p.Combine, combines, "way to combine"})
	return done(w, p)
}

// Scatter is x with updates combined into its slices at integer indices
// [..., len(p.Start)]. The updates have the places of idx and the axes of a slice.
func (b *Builder) Scatter(x, idx, updates *Value, p ScatterParams) *Value {
	return b.emit1(OpScatter, p, x, idx, updates)
}

func inferScatter(e *Eqn) ([]Aval, error) {
	x, idx, u, p := e.In[0], e.In[1], e.In[2], e.Params.(ScatterParams)
	if err := p.check(x, idx); err != nil {
		return nil, err
	}
	if u.DType != x.DType {
		return nil, ErrDType.Errorf("the updates must have the operand's dtype")
	}
	if p.Combine >= CombineMin && x.DType.IsComplex() {
		return nil, ordered.check(x.DType)
	}
	if err := axesOf(u.Rank(), p.Offset); err != nil {
		return nil, fmt.Errorf("offset axes: %w", err)
	}
	window := Kept(x.Rank(), p.Collapsed, p.OperandBatch)
	if len(window) != len(p.Offset) {
		return nil, ErrAxis.Errorf("%d offset axes for slices of rank %d", len(p.Offset), len(window))
	}
	for i, a := range p.Offset {
		if u.Shape[a] > x.Shape[window[i]] {
			return nil, ErrShape.Errorf("updates of size %d do not fit into axis %d, which has %d", u.Shape[a], window[i], x.Shape[window[i]])
		}
	}
	places := without(u.Shape, p.Offset)
	if !slices.Equal(places, idx.Shape[:idx.Rank()-1]) {
		return nil, ErrShape.Errorf("updates for places of shape %v, indices for %v", places, idx.Shape[:idx.Rank()-1])
	}
	return []Aval{x.Aval}, nil
}
