package graph

import "slices"

// AssociativeScan returns for every place along axis the combination by f of
// the elements up to it (from it on if reverse), in a number of equations that
// grows with the logarithm of the axis's length. An element is a list, one
// part in each of xs, which may have several dtypes; f combines the elements a
// with those that come later, c, place by place, and must be associative.
func (b *Builder) AssociativeScan(axis int, reverse bool, xs []*Value, f func(b *Builder, a, c []*Value) []*Value) []*Value {
	if reverse {
		xs = b.scanReversed(axis, xs)
	}
	ys := b.associativeScan(axis, xs, f)
	if reverse {
		ys = b.scanReversed(axis, ys)
	}
	return ys
}

func (b *Builder) scanReversed(axis int, xs []*Value) []*Value {
	return each(xs, func(x *Value) *Value { return b.Rev(x, axis) })
}

// Blelloch, "Prefix sums and their applications": combine neighbours, scan the
// half as many pairs, which gives the odd places, and from each get the even
// place after it.
func (b *Builder) associativeScan(axis int, xs []*Value, f func(b *Builder, a, c []*Value) []*Value) []*Value {
	n := xs[0].Shape[axis]
	if n < 2 {
		return slices.Clone(xs)
	}
	even, odd := b.strided(xs, axis, 0, n), b.strided(xs, axis, 1, n)
	cut := func(xs []*Value, from, to int) []*Value {
		return each(xs, func(x *Value) *Value { return b.SliceAxis(x, axis, from, to) })
	}
	sums := b.associativeScan(axis, f(b, cut(even, 0, n/2), odd), f) // of the odd places
	first, rest := cut(even, 0, 1), cut(even, 1, (n+1)/2)
	if n > 2 {
		rest = f(b, cut(sums, 0, (n-1)/2), rest)
	}
	out := make([]*Value, len(xs))
	for i := range xs {
		at := first[i]
		if n > 2 {
			at = b.Concatenate(axis, first[i], rest[i])
		}
		out[i] = b.interleave(axis, at, sums[i])
	}
	return out
}

// strided is every second element along axis.
func (b *Builder) strided(xs []*Value, axis, from, to int) []*Value {
	return each(xs, func(x *Value) *Value {
		p := SliceParams{Start: make([]int, x.Rank()), Limit: slices.Clone(x.Shape), Strides: make([]int, x.Rank())}
		for i := range p.Strides {
			p.Strides[i] = 1
		}
		p.Start[axis], p.Limit[axis], p.Strides[axis] = from, to, 2
		return b.Slice(x, p)
	})
}

// interleave is x0 y0 x1 y1 ... along axis; x may have one more than y.
func (b *Builder) interleave(axis int, x, y *Value) *Value {
	n := y.Shape[axis]
	column := func(v *Value) *Value { return b.Reshape(v, v.Insert(axis+1, 1).Shape...) }
	pairs := b.Concatenate(axis+1, column(b.SliceAxis(x, axis, 0, n)), column(y))
	shape := slices.Clone(y.Shape)
	shape[axis] = 2 * n
	out := b.Reshape(pairs, shape...)
	if x.Shape[axis] > n {
		out = b.Concatenate(axis, out, b.SliceAxis(x, axis, n, n+1))
	}
	return out
}

func each(xs []*Value, f func(*Value) *Value) []*Value {
	out := make([]*Value, len(xs))
	for i, x := range xs {
		out[i] = f(x)
	}
	return out
}
