package graph

import (
	"math"
	"slices"
)

// BroadcastParams: operand axis i becomes result axis Dims[i]; an operand axis
// of size 1 is repeated.
type BroadcastParams struct {
	Shape []int
	Dims  []int
}

func (p BroadcastParams) fields(w walker) Params {
	w.field("broadcast_dimensions", someIntsField{intsField{&p.Dims}})
	w.field("shape", shapeField{x: &p.Shape})
	return done(w, p)
}

// BroadcastInDim repeats x to shape: axis i of x becomes axis dims[i], and has
// its size or 1. x itself if there is nothing to do.
func (b *Builder) BroadcastInDim(x *Value, shape, dims []int) *Value {
	if len(shape) == x.Rank() && slices.Equal(shape, x.Shape) && isIdentity(dims) {
		return x
	}
	return b.emit1(OpBroadcast, BroadcastParams{shape, dims}, x)
}

// Broadcast repeats a scalar in every place of shape.
func (b *Builder) Broadcast(x *Value, shape []int) *Value { return b.BroadcastInDim(x, shape, []int{}) }

func isIdentity(perm []int) bool {
	for i, p := range perm {
		if p != i {
			return false
		}
	}
	return true
}

func inferBroadcast(e *Eqn) ([]Aval, error) {
	x, p := e.In[0], e.Params.(BroadcastParams)
	if len(p.Dims) != x.Rank() {
		return nil, ErrAxis.Errorf("%d broadcast dimensions for an operand of rank %d", len(p.Dims), x.Rank())
	}
	for i, d := range p.Dims {
		if d < 0 || d >= len(p.Shape) || i > 0 && d <= p.Dims[i-1] {
			return nil, ErrAxis.Errorf("broadcast dimensions %v are not rising axes of shape %v", p.Dims, p.Shape)
		}
		if x.Shape[i] != 1 && x.Shape[i] != p.Shape[d] {
			return nil, ErrShape.Errorf("operand axis %d has size %d, result axis %d has %d", i, x.Shape[i], d, p.Shape[d])
		}
	}
	return []Aval{{x.DType, p.Shape}}, nil
}

// ReshapeParams: the elements in row-major order, in another shape.
type ReshapeParams struct{ Shape []int }

func (p ReshapeParams) fields(w walker) Params {
	w.field("dimensions", noteField("None"))
	w.field("new_sizes", intsField{&p.Shape})
	w.field("sharding", noteField("None"))
	return done(w, p)
}

// Reshape is x in another shape, of as many elements; x itself if it has it.
func (b *Builder) Reshape(x *Value, shape ...int) *Value {
	if slices.Equal(shape, x.Shape) {
		return x
	}
	return b.emit1(OpReshape, ReshapeParams{slices.Clone(shape)}, x)
}

func inferReshape(e *Eqn) ([]Aval, error) {
	x, p := e.In[0], e.Params.(ReshapeParams)
	a := Aval{x.DType, p.Shape}
	if err := a.Valid(); err != nil {
		return nil, err
	}
	if a.Size() != x.Size() {
		return nil, ErrShape.Errorf("%d elements cannot have shape %v, which has %d", x.Size(), p.Shape, a.Size())
	}
	return []Aval{a}, nil
}

// TransposeParams: result axis i is operand axis Perm[i].
type TransposeParams struct{ Perm []int }

func (p TransposeParams) fields(w walker) Params {
	w.field("permutation", intsField{&p.Perm})
	return done(w, p)
}

// Transpose is x with its axes in the order perm; x itself if it has it.
func (b *Builder) Transpose(x *Value, perm ...int) *Value {
	if len(perm) == x.Rank() && isIdentity(perm) {
		return x
	}
	return b.emit1(OpTranspose, TransposeParams{slices.Clone(perm)}, x)
}

func inferTranspose(e *Eqn) ([]Aval, error) {
	x, p := e.In[0], e.Params.(TransposeParams)
	if len(p.Perm) != x.Rank() {
		return nil, ErrAxis.Errorf("permutation %v for an operand of rank %d", p.Perm, x.Rank())
	}
	if err := axesOf(x.Rank(), p.Perm); err != nil {
		return nil, err
	}
	shape := make([]int, x.Rank())
	for i, d := range p.Perm {
		shape[i] = x.Shape[d]
	}
	return []Aval{{x.DType, shape}}, nil
}

// axesOf checks that axes are different axes of an array of the given rank.
func axesOf(rank int, axes []int) error {
	for i, a := range axes {
		if a < 0 || a >= rank {
			return ErrAxis.Errorf("axis %d is out of range for rank %d", a, rank)
		}
		if slices.Contains(axes[:i], a) {
			return ErrAxis.Errorf("axis %d is named twice in %v", a, axes)
		}
	}
	return nil
}

// ConcatenateParams: operands joined along Axis.
type ConcatenateParams struct{ Axis int }

func (p ConcatenateParams) fields(w walker) Params {
	w.field("dimension", intField{&p.Axis})
	return done(w, p)
}

// Concatenate joins arrays of one dtype along an axis, in which alone they may
// differ.
func (b *Builder) Concatenate(axis int, xs ...*Value) *Value {
	if len(xs) == 1 {
		return xs[0]
	}
	return b.emit1(OpConcatenate, ConcatenateParams{axis}, xs...)
}

func inferConcatenate(e *Eqn) ([]Aval, error) {
	x, axis := e.In[0], e.Params.(ConcatenateParams).Axis
	if err := axesOf(x.Rank(), []int{axis}); err != nil {
		return nil, err
	}
	shape := slices.Clone(x.Shape)
	for i, y := range e.In[1:] {
		if y.DType != x.DType || y.Rank() != x.Rank() {
			return nil, Disagree(y.Aval, x.Aval).Errorf("operand %d is %v, operand 0 is %v; they must agree in dtype and rank", i+1, y.Aval, x.Aval)
		}
		for d := range shape {
			if d != axis && y.Shape[d] != shape[d] {
				return nil, ErrShape.Errorf("operand %d is %v, operand 0 is %v; they may differ only at axis %d", i+1, y.Aval, x.Aval, axis)
			}
		}
		if shape[axis] += y.Shape[axis]; shape[axis] > MaxBytes {
			break // before it wraps around
		}
	}
	return []Aval{{x.DType, shape}}, nil
}

// PadParams, for each axis: elements added before, after and between; a
// negative Low or High takes away.
type PadParams struct{ Low, High, Interior []int }

func (p PadParams) fields(w walker) Params {
	w.field("padding_config", rowsField{&p.Low, &p.High, &p.Interior})
	return done(w, p)
}

// Pad fills with the scalar value.
func (b *Builder) Pad(x, value *Value, p PadParams) *Value { return b.emit1(OpPad, p, x, value) }

func inferPad(e *Eqn) ([]Aval, error) {
	x, v, p := e.In[0], e.In[1], e.Params.(PadParams)
	if v.Rank() != 0 || v.DType != x.DType {
		return nil, ErrDType.Errorf("pads with a scalar of the operand's dtype")
	}
	if len(p.Low) != x.Rank() || len(p.High) != x.Rank() || len(p.Interior) != x.Rank() {
		return nil, ErrArgument.Errorf("padding for %d axes of an operand of rank %d", len(p.Low), x.Rank())
	}
	shape := make([]int, x.Rank())
	for i, n := range x.Shape {
		if p.Interior[i] < 0 {
			return nil, ErrArgument.Errorf("interior padding of axis %d is negative", i)
		}
		gaps := max(n-1, 0)
		if reach := math.Abs(float64(p.Low[i])) + math.Abs(float64(p.High[i])) + float64(gaps)*float64(p.Interior[i]); reach > MaxBytes {
			return nil, ErrSize.Errorf("axis %d would have some %.3g elements; an array has at most %.3g bytes", i, reach, float64(MaxBytes))
		}
		shape[i] = p.Low[i] + n + gaps*p.Interior[i] + p.High[i]
		if shape[i] < 0 {
			return nil, ErrSize.Errorf("axis %d of size %d cannot lose %d elements", i, n, n-shape[i])
		}
	}
	return []Aval{{x.DType, shape}}, nil
}

// SliceParams, for each axis: from Start up to Limit in steps of Strides; nil
// Strides are all 1.
type SliceParams struct{ Start, Limit, Strides []int }

func (p SliceParams) fields(w walker) Params {
	w.field("limit_indices", intsField{&p.Limit})
	w.field("start_indices", intsField{&p.Start})
	w.field("strides", optIntsField{intsField{&p.Strides}})
	return done(w, p)
}

// Stride is the stride of one axis.
func (p SliceParams) Stride(axis int) int {
	if p.Strides == nil {
		return 1
	}
	return p.Strides[axis]
}

// Slice is the part of x that p selects; x itself if that is all.
func (b *Builder) Slice(x *Value, p SliceParams) *Value {
	if p.Strides == nil && slices.Equal(p.Limit, x.Shape) && !slices.ContainsFunc(p.Start, func(i int) bool { return i != 0 }) {
		return x
	}
	return b.emit1(OpSlice, p, x)
}

// SliceAxis is x[..., start:limit, ...] at axis.
func (b *Builder) SliceAxis(x *Value, axis, start, limit int) *Value {
	p := SliceParams{Start: make([]int, x.Rank()), Limit: slices.Clone(x.Shape)}
	p.Start[axis], p.Limit[axis] = start, limit
	return b.Slice(x, p)
}

func inferSlice(e *Eqn) ([]Aval, error) {
	x, p := e.In[0], e.Params.(SliceParams)
	if len(p.Start) != x.Rank() || len(p.Limit) != x.Rank() || p.Strides != nil && len(p.Strides) != x.Rank() {
		return nil, ErrArgument.Errorf("slices %d axes of an operand of rank %d", len(p.Start), x.Rank())
	}
	shape := make([]int, x.Rank())
	for i, n := range x.Shape {
		lo, hi, step := p.Start[i], p.Limit[i], p.Stride(i)
		if lo < 0 || hi < lo || hi > n || step < 1 {
			return nil, ErrIndex.Errorf("%d:%d:%d is no slice of axis %d, which has %d elements", lo, hi, step, i, n)
		}
		if hi > lo {
			shape[i] = (hi-lo-1)/step + 1
		}
	}
	return []Aval{{x.DType, shape}}, nil
}

// RevParams: the order of elements along Axes reversed.
type RevParams struct{ Axes []int }

func (p RevParams) fields(w walker) Params {
	w.field("dimensions", intsField{&p.Axes})
	return done(w, p)
}

// Rev is x in the reverse order along axes.
func (b *Builder) Rev(x *Value, axes ...int) *Value {
	return b.emit1(OpRev, RevParams{slices.Clone(axes)}, x)
}

func inferRev(e *Eqn) ([]Aval, error) {
	return []Aval{e.In[0].Aval}, axesOf(e.In[0].Rank(), e.Params.(RevParams).Axes)
}

// IotaParams: each element is its index along Axis.
type IotaParams struct {
	DType DType
	Shape []int
	Axis  int
}

func (p IotaParams) fields(w walker) Params {
	w.field("dimension", intField{&p.Axis})
	w.field("dtype", dtypeField{&p.DType})
	w.field("shape", intsField{&p.Shape})
	w.field("sharding", noteField("None"))
	return done(w, p)
}

// Iota has in each place its index along axis, as a number of type d.
func (b *Builder) Iota(d DType, shape []int, axis int) *Value {
	return b.emit1(OpIota, IotaParams{d, shape, axis})
}

func inferIota(e *Eqn) ([]Aval, error) {
	p := e.Params.(IotaParams)
	if err := axesOf(len(p.Shape), []int{p.Axis}); err != nil {
		return nil, err
	}
	if err := numeric.check(p.DType); err != nil {
		return nil, err
	}
	return []Aval{{p.DType, p.Shape}}, nil
}

// Barrier is the identity on all its operands together: no result is
// available before every operand is, and XLA does not look through it.
func (b *Builder) Barrier(xs ...*Value) []*Value { return b.Emit(OpBarrier, nil, xs...) }

func inferBarrier(e *Eqn) ([]Aval, error) { return Avals(e.In), nil }
