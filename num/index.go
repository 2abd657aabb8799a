package num

import (
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// Begin and End are the open ends of a Range or a Step: num.Range(2, num.End)
// is x[2:], and num.Step(num.End, num.Begin, -1) is x[::-1].
const (
	Begin = math.MinInt
	End   = math.MaxInt
)

// A Selector says what Index picks along an axis: Whole, Range, Step, Pick or
// By. NewAxis adds an axis, and Rest stands for the axes that no other
// selector is for.
type Selector struct {
	kind       selectorKind
	lo, hi, by int
	idx        *array.Array
}

type selectorKind uint8

const (
	selectRange selectorKind = 1 + iota
	selectPick
	selectBy
	selectNew
	selectRest
)

// Selectors without arguments: Whole is all of an axis, x[:]; NewAxis is a new
// axis of size 1; Rest is the whole of all axes that are left, x[...], and is
// understood at the end.
var (
	Whole   = Range(Begin, End)
	NewAxis = Selector{kind: selectNew}
	Rest    = Selector{kind: selectRest}
)

// Range selects lo up to hi, x[lo:hi], as Python does: negative numbers count
// from the end, and what is beyond an end is that end. It has no errors. It is
// a slice in the index of a jax.Array.
func Range(lo, hi int) Selector { return Step(lo, hi, 1) }

// Step selects lo up to hi in steps, x[lo:hi:by], as Python does; by may be
// negative. A step of 0 is an error. It is a slice in the index of a
// jax.Array.
func Step(lo, hi, by int) Selector {
	if by == 0 {
		panic(graph.Errorf(graph.ErrArgument, "Step", "a step of 0 leads nowhere"))
	}
	return Selector{kind: selectRange, lo: lo, hi: hi, by: by}
}

// Pick selects one element and drops the axis, x[i]; negative numbers count
// from the end. An index out of range is an error of Index. It is an integer
// in the index of a jax.Array.
func Pick(i int) Selector { return Selector{kind: selectPick, lo: i} }

// By selects by an array of integers, x[idx], whose axes take the place of the
// axis. Several are broadcast together, and their axes come first if other
// selectors stand between them, as in NumPy; a Pick beside them counts as one.
// Negative integers count from the end; those out of range read the nearest
// element, and write none. Other dtypes are an error. It is an array in the
// index of a jax.Array.
func By(idx *array.Array) Selector {
	if d := array.Of(idx).DType(); !d.IsInt() {
		msg := "selects by integers, not %v"
		if d == graph.Bool {
			msg += "; the shape of a selection by bools depends on the data: use num.Where"
		}
		panic(ops.Mistake(graph.ErrDType, "By", []*array.Array{idx}, msg, d))
	}
	return Selector{kind: selectBy, idx: idx}
}

// Index is a part of x: num.Index(x, num.Whole, num.Range(1, 3)) is x[:, 1:3].
// There is a selector for each axis, in order, but for those at the end.
// Outside of Jit, parts of one shape are read by one program, wherever they
// are. The result has x's dtype; more selectors than axes are an error. It is
// the index of a jax.Array, x[...].
func Index(x *array.Array, at ...Selector) *array.Array {
	p := newPlan("Index", x, at)
	return ops.Apply(p.operands(x), x.Weak(), func(b builder, in []value) value {
		x, at := in[0], in[1:]
		w := p.window(b, x, at)
		if p.adv != nil {
			w = b.Gather(w, p.indices(b, at), p.gather())
		}
		return b.Reshape(w, p.shape...)
	})
}

// SetAt is x with the part that Index selects replaced by v, which is
// broadcast to it. Where several indices of By are equal, one of their
// elements stays. Shape and dtype are x's; a v that does not fit, in shape or
// dtype, is an error. It is x.at[...].set(v) of jax.Array.
func SetAt[T array.Operand](x *array.Array, v T, at ...Selector) *array.Array {
	return update("SetAt", x, array.Of(v), at, graph.CombineSet)
}

// AddAt is x with v added to the part that Index selects; equal indices of By
// add up. It is x.at[...].add(v) of jax.Array; see SetAt.
func AddAt[T array.Operand](x *array.Array, v T, at ...Selector) *array.Array {
	return update("AddAt", x, array.Of(v), at, graph.CombineAdd)
}

// MulAt is x with the part that Index selects multiplied by v. It is
// x.at[...].multiply(v) of jax.Array; see SetAt.
func MulAt[T array.Operand](x *array.Array, v T, at ...Selector) *array.Array {
	return update("MulAt", x, array.Of(v), at, graph.CombineMul)
}

// MinAt is x with the part that Index selects limited to v from above. It is
// x.at[...].min(v) of jax.Array; see SetAt.
func MinAt[T array.Operand](x *array.Array, v T, at ...Selector) *array.Array {
	return update("MinAt", x, array.Of(v), at, graph.CombineMin)
}

// MaxAt is x with the part that Index selects limited to v from below. It is
// x.at[...].max(v) of jax.Array; see SetAt.
func MaxAt[T array.Operand](x *array.Array, v T, at ...Selector) *array.Array {
	return update("MaxAt", x, array.Of(v), at, graph.CombineMax)
}

// update changes a window of x: reads it, changes it, and puts it back.
func update(op string, x, v *array.Array, at []Selector, c graph.Combine) *array.Array {
	ops.Given(x, v)
	p := newPlan(op, x, at)
	d := x.DType()
	checkFits(op, x, v)
	in := slices.Insert(p.operands(x), 1, ops.JoinAs(d, v)[0])
	return ops.Apply(in, x.Weak(), func(b builder, in []value) value {
		x, v, at := in[0], b.Convert(in[1], d), in[2:]
		if slices.Contains(p.shape, 0) {
			return x
		}
		if s, ok := ops.BroadcastShape(v.Shape, p.shape); !ok || !slices.Equal(s, p.shape) {
			panic(graph.Mistake(graph.ErrShape, op, []graph.Aval{x.Aval}, "%v cannot be broadcast to the selected part, which has shape %v", v.Aval, p.shape))
		}
		v = ops.BroadcastTo(b, v, p.shape)
		w := p.window(b, x, at)
		if p.adv != nil {
			s := graph.ScatterParams{IndexDims: p.dims(), Combine: c}
			w = b.Scatter(w, p.indices(b, at), b.Reshape(v, p.slots...), s)
		} else {
			w = combine(b, c, w, b.Reshape(v, w.Shape...))
		}
		return p.put(b, x, w, at)
	})
}

// checkFits refuses values that an element of x cannot hold even roughly.
func checkFits(op string, x, v *array.Array) {
	rank := func(d graph.DType) int {
		switch {
		case d.IsComplex():
			return 3
		case d.IsFloat():
			return 2
		case d.IsInt():
			return 1
		}
		return 0
	}
	if rank(v.DType()) > rank(x.DType()) {
		panic(ops.Mistake(graph.ErrDType, op, []*array.Array{x, v}, "%v is no element of %v; convert one of them with As", v.DType(), x.DType()))
	}
}

func combine(b builder, c graph.Combine, x, v value) value {
	bool := x.DType == graph.Bool
	switch {
	case c == graph.CombineAdd && bool:
		return b.Or(x, v)
	case c == graph.CombineAdd:
		return b.Add(x, v)
	case c == graph.CombineMul:
		return times(b, x, v)
	case c == graph.CombineMin:
		return b.Min(x, v)
	case c == graph.CombineMax:
		return b.Max(x, v)
	}
	return v
}

// A plan is what selectors mean for an array: first a window, which keeps all
// axes; then the arrays of By pick from the window; then axes are dropped and
// added.
type plan struct {
	start, limit, step []int // the window; a negative step in the selector is in rev
	rev                []int
	whole              bool // the window is the array
	// The numbers that say where a part is are constants of the program, or
	// operands, after the arrays of By: the start of the window on the axes that
	// it does not cover, then picks.
	constant bool
	index    graph.DType // of start

	adv      []int // the window's axes that are picked from
	picks    []int // their numbers, where idx is nil
	idx      []*array.Array
	advShape []int // what the picked axes become
	advAt    int   // the place of these axes among slots

	slots []int // the result's shape without new axes
	shape []int
	sizes []int // the window's shape
}

func newPlan(op string, x *array.Array, at []Selector) *plan {
	at = expand(op, x, at)
	p := &plan{whole: true, index: counter(longest(ops.Aval(x).Shape))}
	byArray := slices.ContainsFunc(at, func(s Selector) bool { return s.kind == selectBy })
	axis, groups, previous := 0, 0, -2 // groups of neighbouring selectors that pick
	for place, s := range at {
		if s.kind == selectNew {
			continue
		}
		n := x.Dim(axis)
		lo, hi, by := 0, n, 1
		picks := s.kind == selectBy || s.kind == selectPick && byArray
		switch {
		case picks:
			if previous != place-1 {
				groups++
			}
			previous = place
			p.adv, p.idx = append(p.adv, axis), append(p.idx, s.idx)
			k := 0
			if s.kind == selectPick {
				k = picked(op, x, axis, s.lo)
			}
			p.picks = append(p.picks, k)
		case s.kind == selectPick:
			lo = picked(op, x, axis, s.lo)
			hi = lo + 1
		default:
			lo, hi, by = s.bounds(n)
			if s.by < 0 && hi-lo > 1 {
				p.rev = append(p.rev, axis)
			}
		}
		p.start, p.limit, p.step = append(p.start, lo), append(p.limit, hi), append(p.step, by)
		p.sizes = append(p.sizes, (hi-lo+by-1)/by)
		p.whole = p.whole && lo == 0 && hi == n && by == 1
		axis++
	}
	p.whole = p.whole && len(p.rev) == 0
	p.layOut(op, x, at, groups)
	p.constant = slices.Contains(p.shape, 0) || ops.Bakes(append(p.arrays(), x)...)
	return p
}

// layOut finds the result's shape.
func (p *plan) layOut(op string, x *array.Array, at []Selector, groups int) {
	var arrays [][]int
	for _, idx := range p.idx {
		if idx != nil {
			arrays = append(arrays, idx.Shape())
		}
	}
	if p.adv != nil {
		p.advShape = BroadcastShapes(arrays...)
	}
	p.slots, p.shape = []int{}, []int{}
	picked := func() {
		p.advAt = len(p.slots)
		p.slots, p.shape = append(p.slots, p.advShape...), append(p.shape, p.advShape...)
	}
	if groups > 1 {
		picked()
	}
	axis := 0
	for _, s := range at {
		switch {
		case s.kind == selectNew:
			p.shape = append(p.shape, 1)
			continue
		case slices.Contains(p.adv, axis):
			if groups == 1 && axis == p.adv[0] {
				picked()
			}
		case s.kind == selectRange:
			p.slots, p.shape = append(p.slots, p.sizes[axis]), append(p.shape, p.sizes[axis])
		}
		axis++
	}
}

// expand writes out Rest and what is understood at the end.
func expand(op string, x *array.Array, at []Selector) []Selector {
	used, rest := 0, -1
	for i, s := range at {
		switch {
		case s.kind == 0:
			panic(ops.Mistake(graph.ErrNil, op, []*array.Array{x}, "selector %d is empty; there are Range, Step, Pick, By, NewAxis, Rest and Whole", i))
		case s.kind == selectRest && rest >= 0:
			panic(ops.Mistake(graph.ErrArgument, op, []*array.Array{x}, "has Rest twice"))
		case s.kind == selectRest:
			rest = i
		case s.kind != selectNew:
			used++
		}
	}
	if used > array.Of(x).Rank() {
		panic(ops.Mistake(graph.ErrRank, op, []*array.Array{x}, "%d selectors for rank %d; there is one for each axis, and Rest or nothing for others", used, x.Rank()))
	}
	whole := slices.Repeat([]Selector{Whole}, x.Rank()-used)
	if rest < 0 {
		return slices.Concat(at, whole)
	}
	return slices.Concat(at[:rest], whole, at[rest+1:])
}

func picked(op string, x *array.Array, axis, i int) int {
	n := x.Dim(axis)
	if i < -n || i >= n {
		panic(ops.Mistake(graph.ErrIndex, op, []*array.Array{x}, "index %d is out of range for axis %d, which has %d elements", i, axis, n))
	}
	if i < 0 {
		i += n
	}
	return i
}

// bounds are lo, hi and the step of the elements selected, in ascending order.
func (s Selector) bounds(n int) (lo, hi, by int) {
	s.by = min(max(s.by, min(-n, -1)), max(n, 1)) // a longer step leads beyond the end, too
	clip := func(i, least, most int) int {
		if i < 0 && i != Begin {
			i += n
		}
		return min(max(i, least), most)
	}
	by = min(max(s.by, -n-1), n+1) // a longer step leads out of the axis too
	if by > 0 {
		lo, hi = clip(s.lo, 0, n), clip(s.hi, 0, n)
		return lo, max(lo, hi), by
	}
	from, to := clip(s.lo, -1, n-1), clip(s.hi, -1, n-1) // from down to to, which is left out
	if from <= to {
		return 0, 0, 1
	}
	by = -by
	last := from - (from-to-1)/by*by
	return last, from + 1, by
}

// arrays are those of By.
func (p *plan) arrays() []*array.Array {
	return slices.DeleteFunc(slices.Clone(p.idx), func(idx *array.Array) bool { return idx == nil })
}

// operands are x, the arrays of By, and the numbers that are not constants.
func (p *plan) operands(x *array.Array) []*array.Array {
	in := append([]*array.Array{x}, p.arrays()...)
	if p.constant {
		return in
	}
	for axis := range p.start {
		if p.moves(x.Dim(axis), axis) {
			in = append(in, array.Of(p.start[axis]).As(p.index))
		}
	}
	for i, k := range p.picks {
		if p.idx[i] == nil {
			in = append(in, array.Of(k).As(counter(p.sizes[p.adv[i]])))
		}
	}
	return in
}

// moves reports whether the window could be elsewhere on an axis of n elements.
func (p *plan) moves(n, axis int) bool { return p.span(axis) < n }

// span is the size of the window on an axis with what is between its elements.
func (p *plan) span(axis int) int { return max(0, (p.sizes[axis]-1)*p.step[axis]+1) }

// starts is where the window starts; at is the operands after x.
func (p *plan) starts(b builder, x value, at []value) []value {
	at = at[len(p.arrays()):]
	start := make([]value, len(p.start))
	for axis, k := range p.start {
		if !p.constant && p.moves(x.Shape[axis], axis) {
			start[axis], at = at[0], at[1:]
		} else {
			start[axis] = b.Scalar(p.index, float64(k))
		}
	}
	return start
}

func (p *plan) unitSteps() bool {
	return !slices.ContainsFunc(p.step, func(k int) bool { return k != 1 })
}

// block is the window with what is between its elements.
func (p *plan) block(b builder, x value, at []value) value {
	sizes, limit := make([]int, len(p.start)), make([]int, len(p.start))
	for axis, k := range p.start {
		sizes[axis], limit[axis] = p.span(axis), k+p.span(axis)
	}
	if p.constant {
		return b.Slice(x, graph.SliceParams{Start: p.start, Limit: limit})
	}
	return b.DynamicSlice(x, p.starts(b, x, at), sizes)
}

func (p *plan) window(b builder, x value, at []value) value {
	if p.whole {
		return x
	}
	switch {
	case p.unitSteps():
		x = p.block(b, x, at)
	case p.constant:
		x = b.Slice(x, graph.SliceParams{Start: p.start, Limit: p.limit, Strides: p.step})
	default:
		x = p.block(b, x, at)
		x = b.Slice(x, graph.SliceParams{Start: make([]int, x.Rank()), Limit: x.Shape, Strides: p.step})
	}
	if p.rev != nil {
		x = b.Rev(x, p.rev...)
	}
	return x
}

// put is x with the window w.
func (p *plan) put(b builder, x, w value, at []value) value {
	if p.whole {
		return w
	}
	if p.rev != nil {
		w = b.Rev(w, p.rev...)
	}
	if !p.unitSteps() { // what is between stays
		none := make([]int, len(p.step))
		params := graph.PadParams{Low: none, High: none, Interior: make([]int, len(p.step))}
		for i, k := range p.step {
			params.Interior[i] = k - 1
		}
		mask := b.Pad(b.Full(w.With(graph.Bool), 1), b.Scalar(graph.Bool, 0), params)
		w = b.Select(mask, b.Pad(w, num(b, w, 0), params), p.block(b, x, at))
	}
	return b.DynamicUpdateSlice(x, w, p.starts(b, x, at))
}

// indices is an index vector for each place of advShape; at is the operands
// after x.
func (p *plan) indices(b builder, at []value) value {
	arrays, picks := at[:len(p.arrays())], at
	if !p.constant {
		picks = at[len(at)-len(p.adv)+len(arrays):]
	}
	d := graph.Int32
	for i, axis := range p.adv {
		d = max(d, counter(p.sizes[axis])) // int64 comes after int32
		if p.idx[i] != nil {
			d = max(d, indexType(p.idx[i].DType(), p.sizes[axis]))
		}
	}
	column := slices.Concat(p.advShape, []int{1})
	parts := make([]value, len(p.adv))
	for i, axis := range p.adv {
		var v value
		switch {
		case p.idx[i] != nil:
			v, arrays = fromEnd(b, b.Convert(arrays[0], d), p.sizes[axis], arrays[0].DType), arrays[1:]
		case p.constant:
			v = b.Scalar(d, float64(p.picks[i]))
		default:
			v, picks = b.Convert(picks[0], d), picks[1:]
		}
		parts[i] = b.Reshape(ops.BroadcastTo(b, v, p.advShape), column...)
	}
	return b.Concatenate(len(p.advShape), parts...)
}

// fromEnd makes indices that count from the end of n elements positive.
func fromEnd(b builder, i value, n int, from graph.DType) value {
	if from.IsUnsigned() {
		return i
	}
	return b.Select(b.Lt(i, num(b, i, 0)), b.Add(i, num(b, i, float64(n))), i)
}

func (p *plan) dims() graph.IndexDims {
	offset := []int{}
	for i := range p.slots {
		if i < p.advAt || i >= p.advAt+len(p.advShape) {
			offset = append(offset, i)
		}
	}
	return graph.IndexDims{Offset: offset, Collapsed: p.adv, Start: p.adv, OperandBatch: []int{}, IndicesBatch: []int{}}
}

func (p *plan) gather() graph.GatherParams {
	sizes := slices.Clone(p.sizes)
	for _, axis := range p.adv {
		sizes[axis] = 1
	}
	return graph.GatherParams{IndexDims: p.dims(), Sizes: sizes}
}
