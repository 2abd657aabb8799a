package jacobi

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"jacobi/array"
	"jacobi/graph"
	"jacobi/tree"
)

// LoopOption changes how a loop is compiled and differentiated.
type LoopOption struct{ set func(*loop) }

type loop struct {
	maxTrips  int
	logMemory bool
	unroll    int
	reverse   bool
	length    int
}

// MaxTrips bounds a While or a Fori, which makes reverse mode possible: a loop
// that has not ended after n trips stops there. The gradient is exact. It
// keeps about 2 sqrt(n) states and runs the body three times.
func MaxTrips(n int) LoopOption { return LoopOption{func(l *loop) { l.maxTrips = n }} }

// LogMemory makes the gradient of a loop with MaxTrips(n) keep only about
// 2 log2(n) states; it runs the body log2(n) times.
func LogMemory() LoopOption { return LoopOption{func(l *loop) { l.logMemory = true }} }

// Unroll writes n steps of a Scan, Map or Fori out in each trip of the
// compiled loop.
func Unroll(n int) LoopOption { return LoopOption{func(l *loop) { l.unroll = n }} }

// Reverse runs a Scan from the end; what the steps return stays aligned with
// what they were given.
func Reverse() LoopOption { return LoopOption{func(l *loop) { l.reverse = true }} }

// Length gives the number of steps of a Scan without xs.
func Length(n int) LoopOption { return LoopOption{func(l *loop) { l.length = n }} }

func loopOf(op string, opts []LoopOption) loop {
	l := loop{unroll: 1, length: -1}
	for _, o := range opts {
		o.set(&l)
	}
	if l.unroll < 1 {
		panic(graph.Errorf(op, "Unroll(%d): a trip has at least one step", l.unroll))
	}
	return l
}

// A traced is a function of trees traced as part of an op.
type traced struct {
	array.Traced
	out packing
}

// traceBody traces f on staged arrays like those given.
func traceBody[Q any](op string, avals []graph.Aval, weak []bool, f func(xs []*Array) Q) traced {
	var b traced
	b.Traced = array.Stage(array.Staging{Name: op}, avals, weak, func(xs []*Array) []*Array {
		leaves, s := flatten(op, f(xs))
		var packed []*Array
		b.out, packed = pack(s, leaves)
		return packed
	})
	return b
}

// While runs for s := init; cond(s); s = body(s). cond returns a bool scalar;
// body must return a state of the same tree, shapes and dtypes. Reverse mode
// needs MaxTrips.
func While[S any](init S, cond func(S) *Array, body func(S) S, opts ...LoopOption) S {
	return while("While", loopOf("While", opts), init, cond, body)
}

// counted is a state with the number of the step.
type counted[S any] struct {
	Trip  *Array
	State S
}

func while[S any](op string, l loop, init S, cond func(S) *Array, body func(S) S) S {
	leaves, s := flatten(op, init)
	in, packed := pack(s, leaves)
	packed, step := fixCarry(op, in, packed, func(avals []graph.Aval, weak []bool) (traced, packing) {
		b := traceBody(op, avals, weak, func(xs []*Array) S { return body(unflatten[S](s, in.spread(xs))) })
		return b, b.out
	})
	test := traceBody(op, avals(packed), in.weak, func(xs []*Array) *Array {
		return predicate(op, cond(unflatten[S](s, in.spread(xs))))
	})
	n := len(packed)
	consts, graphs := closeOver(step.Traced, test.Traced)
	p := graph.WhileParams{Consts: len(consts), Body: graphs[0], Cond: graphs[1]}
	if l.maxTrips > 0 {
		p.MaxTrips, p.Levels = l.maxTrips, 2
		if l.logMemory {
			p.Levels = max(1, bits.Len(uint(p.MaxTrips-1)))
		}
	}
	out := array.ApplyN(append(consts, packed...), func(b array.B, v []array.V) []array.V { return b.While(p, v...) })
	return unflatten[S](s, in.spread(array.SetWeak(out[:n], in.weak)))
}

// predicate is x as a bool scalar; a number is true if it is not zero.
func predicate(op string, x *Array) *Array {
	if x == nil || x.Rank() != 0 {
		what := "nil"
		if x != nil {
			what = x.Aval().String()
		}
		panic(graph.Errorf(op, "the condition is %s; it must be a bool scalar", what))
	}
	if x.DType() == Bool {
		return x
	}
	return array.Apply([]*Array{x}, false, func(b array.B, v []array.V) array.V {
		return b.Ne(v[0], b.Scalar(v[0].DType, 0))
	})
}

func increment(i *Array) *Array {
	return array.Apply([]*Array{i}, i.Weak(), func(b array.B, v []array.V) array.V {
		return b.Add(v[0], b.Scalar(v[0].DType, 1))
	})
}

// fixCarry traces a loop's body until the carry leaves it as it enters: weak
// numbers that start a carry take the dtype that the body gives them.
func fixCarry(op string, in packing, carry []*Array, trace func([]graph.Aval, []bool) (traced, packing)) ([]*Array, traced) {
	for range 3 {
		b, out := trace(avals(carry), in.weak)
		got := make([]graph.Aval, 0, len(carry))
		for _, v := range b.Out {
			got = append(got, v.Aval)
		}
		got = got[:min(len(got), len(out.weak))]
		again := false
		if slices.Equal(out.present, in.present) && len(got) == len(carry) {
			carry = slices.Clone(carry)
			for i, x := range carry {
				if x.Weak() && x.DType() != got[i].DType && x.Rank() == got[i].Rank() {
					carry[i] = x.As(got[i].DType)
					in.weak[i] = false
					again = true
				}
			}
		}
		if again {
			continue
		}
		sameTree(op, "the state enters the body", "leaves it", in, avals(carry), out, got)
		for i := range in.weak {
			in.weak[i] = in.weak[i] && out.weak[i]
		}
		return carry, b
	}
	panic(graph.Errorf(op, "the dtype of the state does not settle; give it one that is not weak, with As"))
}

// kept is after, which must be like before, but that weak numbers may change
// their dtype.
func kept[S any](op string, before, after S) S {
	xs, s := flatten(op, before)
	ys, r := flatten(op, after)
	in, x := pack(s, xs)
	out, y := pack(r, ys)
	for i := range min(len(x), len(y)) {
		if x[i].Weak() && x[i].Rank() == y[i].Rank() {
			x[i] = y[i]
		}
	}
	sameTree(op, "the state enters the body", "leaves it", in, avals(x), out, avals(y))
	return after
}

// sameTree checks that two trees of arrays agree in structure, shapes and
// dtypes.
func sameTree(op, first, second string, a packing, as []graph.Aval, b packing, bs []graph.Aval) {
	la, lb := leafTexts(a, as), leafTexts(b, bs)
	if !a.Equal(b.structure) || !slices.Equal(la, lb) {
		where := tree.Diff(a.structure, b.structure, la, lb)
		switch {
		case strings.HasPrefix(where, "at "):
			where = ", which differ " + where
		case a.Format(la) == b.Format(lb):
			where = ", which are " + where
		default:
			where = "" // the trees say it themselves
		}
		panic(graph.Errorf(op, "%s as %s and %s as %s%s; they must agree", first, a.Format(la), second, b.Format(lb), where))
	}
}

func leafTexts(p packing, as []graph.Aval) []string {
	out := make([]string, len(p.present))
	k := 0
	for i, here := range p.present {
		out[i] = "nil"
		if here {
			out[i] = as[k].String()
			k++
		}
	}
	return out
}

// Fori runs for i := lo; i < hi; i++ { s = body(i, s) }. Between Go numbers the
// number of steps is known, and every derivative works; between arrays it is a
// While.
func Fori[L, H Operand, S any](lo L, hi H, init S, body func(i *Array, s S) S, opts ...LoopOption) S {
	l := loopOf("Fori", opts)
	from, okLo := any(lo).(int)
	to, okHi := any(hi).(int)
	type state = counted[S]
	if okLo && okHi {
		start := Scalar(int32(from))
		out, _ := scan("Fori", loop{unroll: l.unroll, length: max(0, to-from)}, state{start, init}, struct{}{},
			func(c state, _ struct{}) (state, struct{}) {
				return state{increment(c.Trip), kept("Fori", c.State, body(c.Trip, c.State))}, struct{}{}
			})
		return out.State
	}
	xs, _, _ := array.Join(array.Of(lo), array.Of(hi))
	d, _ := array.Promote(array.Of(lo), array.Of(hi))
	if !d.IsInt() {
		panic(graph.Errorf("Fori", "the bounds are %v; they must be integers", d))
	}
	end := xs[1].As(d)
	return while("Fori", l, state{xs[0].As(d), init},
		func(c state) *Array {
			return array.Apply([]*Array{c.Trip, end}, false, func(b array.B, v []array.V) array.V { return b.Lt(v[0], v[1]) })
		},
		func(c state) state { return state{increment(c.Trip), kept("Fori", c.State, body(c.Trip, c.State))} }).State
}

// Scan carries a state along the leading axis of xs and stacks what each step
// returns: for t := range xs { c, ys[t] = step(c, xs[t]) }. The state must keep
// its tree, shapes and dtypes. Without arrays in xs, Length says how many
// steps there are.
func Scan[C, X, Y any](init C, xs X, step func(C, X) (C, Y), opts ...LoopOption) (C, Y) {
	return scan("Scan", loopOf("Scan", opts), init, xs, step)
}

func scan[C, X, Y any](op string, l loop, init C, xs X, step func(C, X) (C, Y)) (C, Y) {
	leaves, s := flatten(op, init)
	in, carry := pack(s, leaves)
	rows, rs := flatten(op, xs)
	rp, packedRows := pack(rs, rows)
	n := l.length
	rowAvals := make([]graph.Aval, len(packedRows))
	for i, x := range packedRows {
		if x.Rank() == 0 {
			panic(graph.Errorf(op, "%s of xs is a scalar; it has no leading axis to walk along", pathName(rp.path(i))))
		}
		if n < 0 {
			n = x.Dim(0)
		}
		if x.Dim(0) != n {
			panic(graph.Errorf(op, "%s of xs is %v: %d steps, where others, or Length, have %d", pathName(rp.path(i)), x.Aval(), x.Dim(0), n))
		}
		rowAvals[i] = x.Aval().Slice()
	}
	if n < 0 {
		panic(graph.Errorf(op, "there are no arrays in xs; give the number of steps with jx.Length"))
	}
	var yp packing
	carry, b := fixCarry(op, in, carry, func(avals []graph.Aval, weak []bool) (traced, packing) {
		var cp packing
		b := traced{}
		b.Traced = array.Stage(array.Staging{Name: op}, append(avals, rowAvals...), append(slices.Clone(weak), rp.weak...), func(vs []*Array) []*Array {
			c, y := step(unflatten[C](s, in.spread(vs[:len(avals)])), unflatten[X](rs, rp.spread(vs[len(avals):])))
			cl, cs := flatten(op, c)
			yl, ys := flatten(op, y)
			var packedC, packedY []*Array
			cp, packedC = pack(cs, cl)
			yp, packedY = pack(ys, yl)
			return append(packedC, packedY...)
		})
		return b, cp
	})
	k := len(carry)
	p := graph.ScanParams{
		Body: b.Graph, Consts: len(b.Captured), Carry: k, Length: n, Reverse: l.reverse, Unroll: max(1, min(l.unroll, n)),
	}
	out := array.ApplyN(slices.Concat(b.Captured, carry, packedRows), func(bb array.B, v []array.V) []array.V { return bb.Scan(p, v...) })
	end := array.SetWeak(out[:k:k], in.weak)
	return unflatten[C](s, in.spread(end)), unflatten[Y](yp.structure, yp.spread(out[k:]))
}

// Map applies f to one row after another, in a loop: slower than VMap, in the
// memory of one row.
func Map[X, Y any](xs X, f func(X) Y, opts ...LoopOption) Y {
	_, ys := scan("Map", loopOf("Map", opts), struct{}{}, xs, func(_ struct{}, x X) (struct{}, Y) { return struct{}{}, f(x) })
	return ys
}

// Cond runs one of two functions, which close over what they need. Where pred
// is a number that is known outside of any trace, that is all; inside a trace
// both are staged, and must return the same tree, shapes and dtypes. pred is a
// bool scalar.
func Cond[R any](pred *Array, then, otherwise func() R) R {
	pred = predicate("Cond", pred)
	if !array.Tracing(pred) {
		if pred.Bool() {
			return then()
		}
		return otherwise()
	}
	return branch("Cond", pred, []func() R{otherwise, then}, []string{"otherwise", "then"})
}

// Switch runs the function at index, an integer scalar that is clamped to the
// functions there are.
func Switch[R any](index *Array, branches ...func() R) R {
	if len(branches) == 0 {
		panic(graph.Errorf("Switch", "there are no branches"))
	}
	if index.Rank() != 0 || !index.DType().IsInt() {
		panic(graph.Errorf("Switch", "the index is %v; it must be an integer scalar", index.Aval()))
	}
	if !array.Tracing(index) {
		return branches[min(max(index.Int(), 0), len(branches)-1)]()
	}
	names := make([]string, len(branches))
	for i := range names {
		names[i] = fmt.Sprintf("branch %d", i)
	}
	if len(branches) == 1 {
		return branches[0]()
	}
	index = array.Apply([]*Array{index}, false, func(b array.B, v []array.V) array.V {
		d := v[0].DType
		i := b.Clamp(b.Scalar(d, 0), v[0], b.Scalar(d, float64(min(len(branches)-1, 127))))
		return b.Convert(i, graph.Int32)
	})
	return branch("Switch", index, branches, names)
}

// branch stages a cond. Every branch takes what any of them captured.
func branch[R any](op string, index *Array, branches []func() R, names []string) R {
	bodies := make([]traced, len(branches))
	trace := func(i int, as []graph.DType) {
		bodies[i] = traceBody(op, nil, nil, func([]*Array) R {
			r := branches[i]()
			if as == nil {
				return r
			}
			k := -1
			return TreeMap(r, func(x *Array) *Array {
				if k++; x.Weak() {
					return x.As(as[k])
				}
				return x
			})
		})
	}
	for i := range branches {
		trace(i, nil)
	}
	// Weak results take the dtype of those of other branches.
	if as := jointTypes(bodies); as != nil {
		for i := range branches {
			trace(i, as)
		}
	}
	first := bodies[0]
	for i, b := range bodies[1:] {
		sameTree(op, names[0]+" returns", names[i+1]+" returns", first.out, graph.Avals(first.Out), b.out, graph.Avals(b.Out))
	}
	traces := make([]array.Traced, len(bodies))
	for i, b := range bodies {
		traces[i] = b.Traced
	}
	operands, graphs := closeOver(traces...)
	out := array.ApplyN(append([]*Array{index}, operands...), func(b array.B, v []array.V) []array.V {
		return b.Cond(graphs, v[0], v[1:]...)
	})
	weak := slices.Clone(first.out.weak)
	for _, b := range bodies {
		for i := range weak {
			weak[i] = weak[i] && b.out.weak[i]
		}
	}
	return unflatten[R](first.out.structure, first.out.spread(array.SetWeak(out, weak)))
}

// jointTypes are the dtypes that results of branches take where weak ones meet
// others; nil if all agree as they are.
func jointTypes(bodies []traced) []graph.DType {
	n := len(bodies[0].Out)
	as := make([]graph.DType, n)
	differ := false
	for i := range n {
		set := false
		for _, b := range bodies {
			if len(b.Out) != n {
				return nil
			}
			d := b.Out[i].DType
			differ = differ || d != bodies[0].Out[i].DType
			if !b.out.weak[i] && !set {
				as[i], set = d, true
			}
		}
		if !set {
			for _, b := range bodies {
				as[i] = max(as[i], b.Out[i].DType)
			}
		}
	}
	if !differ {
		return nil
	}
	return as
}

// AssociativeScan is the parallel prefix of an associative function: ys[t] =
// f(ys[t-1], xs[t]), in a number of steps that grows with the logarithm of the
// length. f combines trees whose arrays have a leading axis of places, all of
// them at once.
func AssociativeScan[X any](xs X, f func(a, b X) X, opts ...LoopOption) X {
	l := loopOf("AssociativeScan", opts)
	s := stage(array.Staging{Name: "AssociativeScan"}, func(xs X) X {
		leaves, st := flatten("AssociativeScan", xs)
		p, packed := pack(st, leaves)
		for i, x := range packed {
			if x.Rank() == 0 || x.Dim(0) != packed[0].Dim(0) {
				panic(graph.Errorf("AssociativeScan", "%s is %v; every array needs a leading axis of one size", pathName(p.path(i)), x.Aval()))
			}
		}
		if len(packed) == 0 {
			return xs
		}
		out := array.AssociativeScan(packed, l.reverse, func(a, c []*Array) []*Array {
			y, ys := flatten("AssociativeScan", f(unflatten[X](st, p.spread(a)), unflatten[X](st, p.spread(c))))
			yp, packedY := pack(ys, y)
			sameTree("AssociativeScan", "the function takes", "returns", p, avals(a), yp, avals(packedY))
			return packedY
		})
		return unflatten[X](st, p.spread(out))
	}, xs)
	out := s.run("associative_scan", func() *graph.Graph { return s.graph }, s.args)
	return unflatten[X](s.out.structure, s.out.spread(array.SetWeak(out, s.out.weak)))
}
