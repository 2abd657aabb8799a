package num_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/num"
)

// A selection is a Selector, and what it means to a loop over indices.
type selection struct {
	num.Selector
	kind       string // range, pick, by, new, rest
	lo, hi, by int
	idx, shape []int // of by
}

func drawSelections(t *rapid.T, sizes []int) (out []selection) {
	n := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	rest := false
	for axis := 0; axis < len(sizes); {
		size := sizes[axis]
		kinds := []string{"new", "range", "range"}
		if size > 0 {
			kinds = append(kinds, "pick", "pick", "by", "by")
		}
		if !rest { // after it selectors go on to the last axis
			kinds = append(kinds, "rest", "stop")
		}
		s := selection{kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
		switch s.kind {
		case "stop":
			return out
		case "new":
			s.Selector = num.NewAxis
		case "rest":
			rest, s.Selector = true, num.Rest
			axis += n("rest", 0, len(sizes)-axis)
		case "range":
			s.lo, s.hi, s.by = n("lo", -6, 6), n("hi", -6, 6), n("by", -3, 3)
			if s.lo == 6 {
				s.lo = num.Begin
			}
			if s.hi == 6 {
				s.hi = num.End
			}
			if s.by == 0 {
				s.by = 1
			}
			s.Selector = num.Step(s.lo, s.hi, s.by)
		case "pick":
			s.lo = n("pick", -size, size-1)
			s.Selector = num.Pick(s.lo)
		case "by":
			s.shape = [][]int{{}, {1}, {2}, {2, 1}, {1, 2}}[n("shape", 0, 4)]
			idx := []int32{}
			for range product(s.shape) {
				i := n("index", -size-2, size+1)
				s.idx, idx = append(s.idx, i), append(idx, int32(i))
			}
			s.Selector = num.By(num.Reshape(jx.From(idx), s.shape...))
		}
		if s.kind != "new" && s.kind != "rest" {
			axis++
		}
		out = append(out, s)
	}
	return out
}

func product(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

// each calls f with every index into dims, in order.
func each(dims []int, f func(at []int)) {
	at := make([]int, len(dims))
	for range product(dims) {
		f(at)
		for i := len(dims) - 1; i >= 0; i-- {
			if at[i]++; at[i] < dims[i] {
				break
			}
			at[i] = 0
		}
	}
}

// python lists the elements of x[lo:hi:by], by Python's rules.
func python(lo, hi, by, n int) (list []int) {
	least, most := 0, n
	if by < 0 {
		least, most = -1, n-1
	}
	end := func(i int) int {
		switch {
		case i == num.Begin && by > 0, i == num.End && by < 0:
			return map[bool]int{true: 0, false: n - 1}[by > 0]
		case i == num.End:
			return n
		case i == num.Begin:
			return -1
		case i < 0:
			i += n
		}
		return min(max(i, least), most)
	}
	for i, stop := end(lo), end(hi); by > 0 && i < stop || by < 0 && i > stop; i += by {
		list = append(list, i)
	}
	return list
}

// selected is the shape of x[at...], and which element of x each of its
// elements is: read is the nearest where an index is out of range, written is
// -1 there.
func selected(sizes []int, at []selection) (shape, read, written []int) {
	// Axes of the result: by axis of x, in order; -1 for a new one, -2 for those
	// of the arrays, broadcast.
	var places, lists = []int{}, make([][]int, len(sizes)) // what an axis selects, if it is a range
	used := 0
	for _, s := range at {
		if s.kind != "new" && s.kind != "rest" {
			used++
		}
	}
	arrays := map[int]selection{}
	byArray := slices.ContainsFunc(at, func(s selection) bool { return s.kind == "by" })
	axis, groups, previous, first := 0, 0, -2, -1
	whole := func(n int) {
		for range n {
			lists[axis] = python(num.Begin, num.End, 1, sizes[axis])
			places = append(places, axis)
			axis++
		}
	}
	place := 0
	for _, s := range at {
		switch s.kind {
		case "new":
			places = append(places, -1)
		case "rest":
			n := len(sizes) - used
			whole(n)
			place += n - 1
		case "range":
			lists[axis] = python(s.lo, s.hi, s.by, sizes[axis])
			places = append(places, axis)
			axis++
		default:
			if s.kind == "pick" {
				s.idx, s.shape = []int{s.lo}, nil
			}
			if byArray {
				if previous != place-1 {
					groups++
				}
				if previous = place; first < 0 {
					first = len(places)
				}
			}
			arrays[axis] = s
			axis++
		}
		place++
	}
	whole(len(sizes) - axis)

	joint := []int{}
	for _, s := range arrays {
		for i := range s.shape {
			k := len(joint) - len(s.shape) + i
			for ; k < 0; k++ {
				joint = slices.Insert(joint, 0, 1)
			}
			joint[k] = max(joint[k], s.shape[i])
		}
	}
	if groups > 1 {
		first = 0
	}
	if byArray {
		places = slices.Insert(places, first, -2)
	}
	var dims []int
	for _, p := range places {
		switch p {
		case -1:
			dims = append(dims, 1)
		case -2:
			dims = append(dims, joint...)
		default:
			dims = append(dims, len(lists[p]))
		}
	}
	each(dims, func(out []int) {
		at, inside := make([]int, len(sizes)), true
		var of []int // the place in the arrays
		k := 0
		for _, p := range places {
			switch p {
			case -1:
				k++
			case -2:
				of = out[k : k+len(joint)]
				k += len(joint)
			default:
				at[p] = lists[p][out[k]]
				k++
			}
		}
		for axis, s := range arrays {
			i := 0
			for j, n := range s.shape {
				i = i*n + of[len(of)-len(s.shape)+j]%n
			}
			v := s.idx[i]
			if v < 0 {
				v += sizes[axis]
			}
			inside = inside && 0 <= v && v < sizes[axis]
			at[axis] = min(max(v, 0), sizes[axis]-1)
		}
		flat := 0
		for axis, i := range at {
			flat = flat*sizes[axis] + i
		}
		read = append(read, flat)
		if !inside {
			flat = -1
		}
		written = append(written, flat)
	})
	return dims, read, written
}

// indexing: Index reads, and AddAt writes, what NumPy's rules say, in Jit and
// outside of it.
func indexing(t *rapid.T) {
	sizes := rapid.SliceOfN(rapid.IntRange(0, 4), 0, 3).Draw(t, "sizes")
	at := drawSelections(t, sizes)
	selectors := make([]num.Selector, len(at))
	for i, s := range at {
		selectors[i] = s.Selector
	}
	x := num.Reshape(num.Arange(jx.Int32, product(sizes)), sizes...)
	shape, read, written := selected(sizes, at)
	want := make([]int32, len(read))
	added := make([]int32, product(sizes))
	for i := range added {
		added[i] = int32(i)
	}
	for i, k := range read {
		want[i] = int32(k)
		if written[i] >= 0 {
			added[written[i]] += 100
		}
	}
	index := func(x *jx.Array) *jx.Array { return num.Index(x, selectors...) }
	addAt := func(x *jx.Array) *jx.Array { return num.AddAt(x, 100, selectors...) }
	for _, f := range []func(*jx.Array) *jx.Array{index, jx.Jit(index)} {
		y := f(x)
		require.Equal(t, append([]int{}, shape...), append([]int{}, y.Shape()...), "%v of %v", at, sizes)
		got, err := jx.Slice[int32](y)
		require.NoError(t, err)
		require.Equal(t, want, append([]int32{}, got...), "%v of %v", at, sizes)
	}
	for _, f := range []func(*jx.Array) *jx.Array{addAt, jx.Jit(addAt)} {
		got, err := jx.Slice[int32](f(x))
		require.NoError(t, err)
		require.Equal(t, added, append([]int32{}, got...), "added at %v of %v", at, sizes)
	}
}

func TestIndexing(t *testing.T) { rapid.Check(t, indexing) }

func FuzzIndexing(f *testing.F) {
	for i := range 8 {
		f.Add(graphtest.Bytes(uint64(i), 1024))
	}
	f.Fuzz(rapid.MakeFuzz(indexing))
}

// einsum is the sum of products over all labels, where every label x has
// 1 + x%3 elements and every axis of an ellipsis 2.
func einsum(operands []string, result string, dots int, value func(operand, flat int) int) (shape, out []int) {
	size := func(label rune) int {
		if label < 'A' {
			return 2
		}
		return 1 + int(label)%3
	}
	spell := func(s string) string { // the axes of an ellipsis are labels 1, 2, ...
		return strings.ReplaceAll(s, "...", string([]rune{1, 2, 3}[:dots]))
	}
	var labels []rune
	for _, o := range append(slices.Clone(operands), result) {
		for _, l := range spell(o) {
			if !slices.Contains(labels, l) {
				labels = append(labels, l)
			}
		}
	}
	dims := make([]int, len(labels))
	for i, l := range labels {
		dims[i] = size(l)
	}
	flat := func(spec string, at []int) (n int) {
		for _, l := range spell(spec) {
			n = n*size(l) + at[slices.Index(labels, l)]
		}
		return n
	}
	for _, l := range spell(result) {
		shape = append(shape, size(l))
	}
	out = make([]int, product(shape))
	each(dims, func(at []int) {
		p := 1
		for i, o := range operands {
			p *= value(i, flat(o, at))
		}
		out[flat(result, at)] += p
	})
	return shape, out
}

// Whatever the spec, Einsum computes the sum or says what is wrong with it.
func FuzzEinsum(f *testing.F) {
	for _, spec := range []string{"ij,jk->ik", "ii->i", "ii", "ij->ji", "i,j", "...i,...i->...", "a...b->b...a", "ijk,ijl,ij->kl", ",->", "ab,bc,cd,de->ae", "a,a,a",
		"ij,jk->", "i->ii", "i->j", "ij..,j->i", "->", "a->b->c", "...->", "....", "1,2->3", " i j , j -> i "} {
		f.Add(spec, uint8(2))
	}
	f.Fuzz(func(t *testing.T, spec string, dots uint8) {
		dots %= 3
		left, right, explicit := strings.Cut(strings.ReplaceAll(spec, " ", ""), "->")
		operands := strings.Split(left, ",")
		if len(operands) > 4 || len(left) > 16 {
			t.Skip("it takes long")
		}
		value := func(operand, flat int) int { return (operand+2)*(flat+1)%7 - 2 }
		xs := make([]*jx.Array, len(operands))
		for i, o := range operands {
			shape := []int{}
			for _, l := range strings.Replace(o, "...", string([]rune{1, 2, 3}[:dots]), 1) {
				switch {
				case l < 4:
					shape = append(shape, 2)
				case 'a' <= l && l <= 'z' || 'A' <= l && l <= 'Z':
					shape = append(shape, 1+int(l)%3)
				}
			}
			elements := make([]int32, product(shape))
			for k := range elements {
				elements[k] = int32(value(i, k))
			}
			xs[i] = num.Reshape(jx.From(elements), shape...)
		}
		var y *jx.Array
		if err := jx.Try(func() { y = num.Einsum(spec, xs...) }); err != nil {
			require.Contains(t, err.Error(), "Einsum")
			return
		}
		if !explicit {
			return
		}
		shape, want := einsum(operands, right, int(dots), value)
		require.Equal(t, append([]int{}, shape...), append([]int{}, y.Shape()...))
		got, err := jx.Slice[int32](y)
		require.NoError(t, err)
		for i := range want {
			require.Equal(t, int32(want[i]), got[i], "%q %d", spec, i)
		}
	})
}
