package num

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// Einsum is a sum of products, as numpy.einsum: "ij,jk->ik" multiplies
// matrices. Each operand's axes have labels, one letter each; the result has
// the axes after the arrow, and the others are summed over. Without an arrow
// it has, sorted, the labels that occur once. A label twice in one operand
// takes its diagonal; an ellipsis stands for further axes, which are
// broadcast. Several operands are contracted pair by pair, those first that
// leave least. Dtypes are promoted. A label whose axes differ in size, and a
// text that does not fit the operands, are errors. It is jax.numpy.einsum.
func Einsum(spec string, xs ...*array.Array) *array.Array {
	checkSome("Einsum", xs)
	labels, out := parseEinsum(spec, xs)
	return list(xs, func(b builder, in []value) value {
		terms := make([]term, len(in))
		for i, v := range in {
			terms[i] = term{v, labels[i]}
		}
		return contraction(b, "Einsum", terms, out)
	})
}

// ellipsis + i is the label of the ellipsis's axis i, counted from the last;
// letters are below.
const ellipsis = 1 << 8

// parseEinsum returns the labels of the operands' axes and of the result's.
func parseEinsum(spec string, xs []*array.Array) (operands [][]int, out []int) {
	wrong := func(code graph.Code, format string, args ...any) {
		e := ops.Mistake(code, "Einsum", xs, format, args...)
		e.Msg = "\"" + spec + "\": " + e.Msg
		panic(e)
	}
	left, right, explicit := strings.Cut(strings.ReplaceAll(spec, " ", ""), "->")
	parts := strings.Split(left, ",")
	if len(parts) != len(xs) {
		wrong(graph.ErrArgument, "%d operands are described, %d given", len(parts), len(xs))
	}
	read := func(part string, dots func(letters int) int) []int {
		var l []int
		before, after, has := strings.Cut(part, "...")
		for _, r := range before + after {
			if !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z') {
				wrong(graph.ErrParse, "%q is no label; labels are letters", r)
			}
		}
		for _, r := range before {
			l = append(l, int(r))
		}
		if has {
			n := dots(len(before) + len(after))
			for i := range n {
				l = append(l, ellipsis+n-1-i)
			}
		}
		for _, r := range after {
			l = append(l, int(r))
		}
		return l
	}
	most := 0 // axes of an ellipsis
	counts := map[int]int{}
	for i, part := range parts {
		rank := array.Of(xs[i]).Rank()
		l := read(part, func(letters int) int {
			n := rank - letters
			if n < 0 {
				wrong(graph.ErrRank, "operand %d has %d axes, fewer than labels", i, rank)
			}
			most = max(most, n)
			return n
		})
		if len(l) != rank {
			wrong(graph.ErrRank, "operand %d has %d axes, %d are described", i, rank, len(l))
		}
		for _, k := range l {
			counts[k]++
		}
		operands = append(operands, l)
	}
	if !explicit {
		for i := range most {
			out = append(out, ellipsis+most-1-i)
		}
		for r := range ellipsis {
			if counts[r] == 1 {
				out = append(out, r)
			}
		}
		return operands, out
	}
	out = read(right, func(int) int { return most })
	for i, k := range out {
		if k < ellipsis && counts[k] == 0 {
			wrong(graph.ErrParse, "the result's label %c is in no operand", k)
		}
		if slices.Contains(out[:i], k) {
			wrong(graph.ErrParse, "the result has label %c twice", k)
		}
	}
	if !strings.Contains(right, "...") && most > 0 {
		wrong(graph.ErrParse, "operands have an ellipsis, the result has none")
	}
	return operands, out
}

// A term is a value whose axes have labels.
type term struct {
	value
	labels []int
}

func (t term) size(label int) int { return t.Shape[slices.Index(t.labels, label)] }

// contraction sums the product of terms over the labels that are not in out.
func contraction(b builder, op string, terms []term, out []int) value {
	sizes := labelSizes(op, terms)
	for i, t := range terms {
		terms[i] = diagonals1(b, op, t).squeezed(b, sizes)
	}
	for i, t := range terms {
		terms[i] = t.summedOver(b, needed(terms, i, i, out))
	}
	for len(terms) > 1 {
		i, j := cheapest(terms, out, sizes)
		t := multiplied(b, terms[i], terms[j], needed(terms, i, j, out), out)
		terms = append(slices.Delete(slices.Delete(terms, j, j+1), i, i+1), t)
	}
	perm := make([]int, len(out))
	t := terms[0]
	if len(t.labels) < len(out) {
		graph.Bugf("einsum lost a label: %v of %v", t.labels, out)
	}
	for i, k := range out {
		perm[i] = slices.Index(t.labels, k)
	}
	return b.Transpose(t.value, perm...)
}

// labelSizes checks that labels have one size, or 1, and returns it.
func labelSizes(op string, terms []term) map[int]int {
	sizes := map[int]int{}
	for _, t := range terms {
		for i, k := range t.labels {
			n, old := t.Shape[i], sizes[k]
			if _, seen := sizes[k]; seen && old != 1 && n != 1 && n != old {
				in := make([]graph.Aval, len(terms))
				for j, u := range terms {
					in[j] = u.Aval
				}
				what := "axes that go together have"
				if 'A' <= k && k <= 'z' {
					what = fmt.Sprintf("label %c has", k)
				}
				panic(graph.Mistake(graph.ErrShape, op, in, "%s sizes %d and %d; they must agree, or be 1", what, old, n))
			}
			if _, seen := sizes[k]; !seen || old == 1 {
				sizes[k] = n
			}
		}
	}
	return sizes
}

// diagonals1 takes the diagonal of axes with one label.
func diagonals1(b builder, op string, t term) term {
	for i := 0; i < len(t.labels); i++ {
		j := slices.Index(t.labels[:i], t.labels[i])
		if j < 0 {
			continue
		}
		if t.Shape[i] != t.Shape[j] {
			panic(graph.Mistake(graph.ErrShape, op, []graph.Aval{t.Aval}, "label %c has sizes %d and %d in one operand", t.labels[i], t.Shape[j], t.Shape[i]))
		}
		k := t.labels[i]
		t.value = diagonal(b, t.value, 0, []int{j, i})
		rest := slices.Delete(slices.Clone(t.labels), i, i+1) // a label may be there a third time
		t.labels = append(slices.Delete(rest, j, j+1), k)
		i = -1
	}
	return t
}

// squeezed drops axes of size 1 whose label has more elements elsewhere.
func (t term) squeezed(b builder, sizes map[int]int) term {
	return t.without(func(i int) bool { return t.Shape[i] == 1 && sizes[t.labels[i]] != 1 },
		func(axes []int, shape []int) value { return b.Reshape(t.value, shape...) })
}

// summedOver sums over the labels that are not needed.
func (t term) summedOver(b builder, needed map[int]bool) term {
	return t.without(func(i int) bool { return !needed[t.labels[i]] },
		func(axes []int, _ []int) value {
			if t.DType == graph.Bool {
				return b.ReduceOr(t.value, axes...)
			}
			return widely(b, t.value, func(x value) value { return b.ReduceSum(x, axes...) })
		})
}

// without is t less the axes that gone says; f gives the value.
func (t term) without(gone func(i int) bool, f func(axes, shape []int) value) term {
	var axes, labels []int
	shape := []int{}
	for i, k := range t.labels {
		if gone(i) {
			axes = append(axes, i)
		} else {
			labels, shape = append(labels, k), append(shape, t.Shape[i])
		}
	}
	if len(axes) == 0 {
		return t
	}
	return term{f(axes, shape), labels}
}

// needed are the labels of out and of terms beside i and j.
func needed(terms []term, i, j int, out []int) map[int]bool {
	m := map[int]bool{}
	for _, k := range out {
		m[k] = true
	}
	for n, t := range terms {
		if n != i && n != j {
			for _, k := range t.labels {
				m[k] = true
			}
		}
	}
	return m
}

// cheapest are the two terms whose product is smallest, compared with them.
func cheapest(terms []term, out []int, sizes map[int]int) (x, y int) {
	if len(terms) == 2 {
		return 0, 1
	}
	best := 0
	for i := range terms {
		for j := i + 1; j < len(terms); j++ {
			keep := needed(terms, i, j, out)
			n := 1
			for k := range union(terms[i].labels, terms[j].labels) {
				if keep[k] {
					n *= sizes[k]
				}
			}
			n -= terms[i].Size() + terms[j].Size()
			if y == 0 || n < best {
				x, y, best = i, j, n
			}
		}
	}
	return x, y
}

func union(lists ...[]int) map[int]bool {
	m := map[int]bool{}
	for _, l := range lists {
		for _, k := range l {
			m[k] = true
		}
	}
	return m
}

// multiplied is the product of two terms, summed over the labels that are not
// needed any more. Operands go in the order that out has them, which often
// saves a transpose.
func multiplied(b builder, x, y term, needed map[int]bool, out []int) term {
	if free := func(t, u term) int {
		return slices.IndexFunc(out, func(k int) bool { return slices.Contains(t.labels, k) && !slices.Contains(u.labels, k) })
	}; free(y, x) >= 0 && free(y, x) < free(x, y) {
		x, y = y, x
	}
	var p graph.DotParams
	var batch, labels []int
	for i, k := range x.labels {
		j := slices.Index(y.labels, k)
		switch {
		case j >= 0 && needed[k]:
			p.LHSBatch, p.RHSBatch = append(p.LHSBatch, i), append(p.RHSBatch, j)
			batch = append(batch, k)
		case j >= 0:
			p.LHSContract, p.RHSContract = append(p.LHSContract, i), append(p.RHSContract, j)
		default:
			labels = append(labels, k)
		}
	}
	for _, k := range y.labels {
		if !slices.Contains(x.labels, k) {
			labels = append(labels, k)
		}
	}
	labels = append(batch, labels...)
	if len(p.LHSContract) > 0 {
		return term{dotGeneral(b, x.value, y.value, p), labels}
	}
	// Nothing to sum: elementwise, in the result's order.
	if slices.Equal(slices.Sorted(slices.Values(labels)), slices.Sorted(slices.Values(out))) {
		labels = out
	}
	shape := make([]int, len(labels))
	for i, k := range labels {
		if slices.Contains(x.labels, k) {
			shape[i] = x.size(k)
		} else {
			shape[i] = y.size(k)
		}
	}
	return term{times(b, x.laidOut(b, labels, shape), y.laidOut(b, labels, shape)), labels}
}

// laidOut is t repeated to the axes that labels say.
func (t term) laidOut(b builder, labels, shape []int) value {
	var perm, dims []int
	for i, k := range labels {
		if j := slices.Index(t.labels, k); j >= 0 {
			perm, dims = append(perm, j), append(dims, i)
		}
	}
	return b.BroadcastInDim(b.Transpose(t.value, perm...), shape, dims)
}
