package jacobi

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/tree"
)

// LoopOption changes how a loop is compiled and differentiated. One that does
// not apply to a loop is an error there.
type LoopOption struct {
	name     string
	n, least int
	set      func(l *loop, n int)
}

type loop struct {
	maxTrips  int
	logMemory bool
	unroll    int
	reverse   bool
	length    int
}

// MaxTrips bounds a While, or a Fori between arrays, which makes reverse mode
// possible: a loop that has not ended after n trips stops there. The gradient
// is exact. It keeps about 2 sqrt(n) states and runs the body three times. An n
// below 1 is an error. JAX has no such function: its while_loop has no reverse
// mode.
func MaxTrips(n int) LoopOption {
	return LoopOption{"MaxTrips", n, 1, func(l *loop, n int) { l.maxTrips = n }}
}

// LogMemory makes the gradient of a loop with MaxTrips(n) keep only about 2
// log2(n) states; it runs the body log2(n) times. JAX has no such function.
func LogMemory() LoopOption {
	return LoopOption{"LogMemory", 0, 0, func(l *loop, _ int) { l.logMemory = true }}
}

// Unroll writes n steps of a Scan, a Map or a Fori between Go numbers out in
// each trip of the compiled loop. An n below 1 is an error. It is unroll of
// jax.lax.scan.
func Unroll(n int) LoopOption {
	return LoopOption{"Unroll", n, 1, func(l *loop, n int) { l.unroll = n }}
}

// Reverse runs a Scan or an AssociativeScan from the end; what the steps return
// stays aligned with what they were given. It is reverse of jax.lax.scan.
func Reverse() LoopOption {
	return LoopOption{"Reverse", 0, 0, func(l *loop, _ int) { l.reverse = true }}
}

// Length gives the number of steps of a Scan without xs. A negative n is an
// error. It is length of jax.lax.scan.
func Length(n int) LoopOption {
	return LoopOption{"Length", n, 0, func(l *loop, n int) { l.length = n }}
}

// loopOf are the options of a loop of some kind, which may have those named in
// allowed.
func loopOf(op, kind string, opts []LoopOption, allowed ...string) loop {
	l := loop{unroll: 1, length: -1}
	for _, o := range opts {
		refuseNil(op, "an option", o.set == nil)
		if !slices.Contains(allowed, o.name) {
			panic(graph.Errorf(graph.ErrOption, op, "%s does not apply to %s, which may have %s", o.name, kind, strings.Join(allowed, ", ")))
		}
		if o.n < o.least {
			panic(graph.Errorf(graph.ErrOption, op, "%s(%d): the number is at least %d", o.name, o.n, o.least))
		}
		o.set(&l, o.n)
	}
	if l.logMemory && l.maxTrips == 0 {
		panic(graph.Errorf(graph.ErrOption, op, "LogMemory is about the gradient of a loop with MaxTrips; give a bound, too"))
	}
	return l
}

// whileOf are the options of a loop of unknown length.
func whileOf(op, kind string, opts []LoopOption) loop {
	return loopOf(op, kind, opts, "MaxTrips", "LogMemory")
}

// A traced is a function of trees traced as part of an op.
type traced struct {
	ops.Traced
	out    packing
	leaves []*Array // what it returned
}

// traceBody traces f on staged arrays like those given.
func traceBody[Q any](op string, avals []graph.Aval, weak []bool, f func(xs []*Array) Q) traced {
	var b traced
	b.Traced = ops.Stage(ops.Staging{Name: op}, avals, weak, func(xs []*Array) []*Array {
		leaves, s := flatten(op, f(xs))
		b.out, b.leaves = pack(s, leaves)
		return b.leaves
	})
	return b
}

// While runs for s := init; cond(s); s = body(s). cond returns a bool scalar;
// body must return a state of the same tree, shapes and dtypes. Another state,
// and a cond that returns something else, are errors. Reverse mode needs
// MaxTrips.
//
// As in every loop, the Go code of body runs once, when the loop is traced; it
// runs again if weak numbers of the state turn out to have another dtype. It is
// jax.lax.while_loop.
func While[S any](init S, cond func(S) *Array, body func(S) S, opts ...LoopOption) S {
	refuseNil("While", "cond", cond == nil)
	refuseNil("While", "body", body == nil)
	return while("While", whileOf("While", "a While", opts), init, cond, body)
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
		x := cond(unflatten[S](s, in.spread(xs)))
		if x != nil && x.Rank() == 0 && x.DType() != Bool {
			panic(graph.Errorf(graph.ErrDType, op, "the condition is %v; it must be a bool scalar: compare the number, as with num.Greater", ops.Aval(x)))
		}
		return predicate(op, x)
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
	out := ops.ApplyN(append(consts, packed...), func(b ops.B, v []ops.V) []ops.V { return b.While(p, v...) })
	return unflatten[S](s, in.spread(ops.SetWeak(out[:n], in.weak)))
}

// predicate is x as a bool scalar; a number is true if it is not zero.
func predicate(op string, x *Array) *Array {
	if x == nil || x.Rank() != 0 {
		what, code := "nil", graph.ErrNil
		if x != nil {
			code, what = graph.ErrNotScalar, ops.Aval(x).String()
		}
		panic(graph.Errorf(code, op, "the condition is %s; it must be a bool scalar", what))
	}
	if x.DType() == Bool {
		return x
	}
	return ops.Apply([]*Array{x}, false, func(b ops.B, v []ops.V) ops.V { return b.Truth(v[0]) })
}

func increment(i *Array) *Array {
	return ops.Apply([]*Array{i}, i.Weak(), func(b ops.B, v []ops.V) ops.V {
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
				if x.Weak() && x.DType() != got[i].DType && takes(got[i].DType, x.DType()) && x.Rank() == got[i].Rank() {
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
	panic(graph.Errorf(graph.ErrDType, op, "the dtype of the state does not settle; give it one that is not weak, with As"))
}

// takes reports whether weak numbers of type w may become of type d: those of a
// lower kind, or the same.
func takes(d, w DType) bool {
	return d.IsComplex() || d.IsFloat() && !w.IsComplex() || d.IsInt() && w.IsInt()
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
		where := ops.TypeName(tree.Diff(a.structure, b.structure, la, lb))
		switch {
		case strings.HasPrefix(where, "at "):
			where = ", which differ " + where
		case a.Format(la) == b.Format(lb):
			where = ", which are " + where
		default:
			where = "" // the trees say it themselves
		}
		code := graph.ErrTreeMismatch
		if a.Equal(b.structure) && slices.Equal(a.present, b.present) {
			i := 0
			for as[i].Equal(bs[i]) {
				i++
			}
			code = graph.Disagree(as[i], bs[i])
		}
		panic(graph.Errorf(code, op, "%s as %s and %s as %s%s; they must agree", first, a.Format(la), second, b.Format(lb), where))
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
// While. The index has the dtype that the bounds have together; between two Go
// ints that is int32, or int64 if one of them does not fit. Bounds that are not
// integer scalars are an error, and so is a body that returns a state of
// another tree, shape or dtype. It is jax.lax.fori_loop.
func Fori[L, H Operand, S any](lo L, hi H, init S, body func(i *Array, s S) S, opts ...LoopOption) S {
	refuseNil("Fori", "body", body == nil)
	from, to := array.Of(lo), array.Of(hi)
	d, weak := array.Promote(from, to)
	if !d.IsInt() {
		panic(graph.Errorf(graph.ErrDType, "Fori", "the bounds are %v; they must be integers", d))
	}
	type state = counted[S]
	next := func(c state) state {
		return state{increment(c.Trip), kept("Fori", c.State, body(c.Trip, c.State))}
	}
	_, okLo := any(lo).(*Array)
	_, okHi := any(hi).(*Array)
	if !okLo && !okHi {
		l := loopOf("Fori", "a Fori between Go numbers", opts, "Unroll")
		if fits := func(x *Array) bool { n := x.As(Int64).Int(); return int(int32(n)) == n }; weak && !(fits(from) && fits(to)) {
			d = Int64
		}
		from, to = from.As(d), to.As(d)
		l.length = trips(from, to)
		out, _ := scan("Fori", l, state{from, init}, struct{}{}, func(c state, _ struct{}) (state, struct{}) { return next(c), struct{}{} })
		return out.State
	}
	l := whileOf("Fori", "a Fori between arrays", opts)
	xs, _, _ := ops.Join(from, to)
	end := xs[1].As(d)
	return while("Fori", l, state{xs[0].As(d), init},
		func(c state) *Array {
			return ops.Apply([]*Array{c.Trip, end}, false, func(b ops.B, v []ops.V) ops.V { return b.Lt(v[0], v[1]) })
		}, next).State
}

// trips is the number of steps between known bounds.
func trips(from, to *Array) int {
	lo, hi := ops.Whole(from), ops.Whole(to)
	if from.DType() == Uint64 { // beyond int64 they are negative
		lo, hi = lo+math.MinInt64, hi+math.MinInt64
	}
	if hi > lo && hi-lo < 0 {
		panic(graph.Errorf(graph.ErrSize, "Fori", "from %v to %v there are more steps than an int64 counts", from, to))
	}
	return max(0, hi-lo)
}

// Scan carries a state along the leading axis of xs and stacks what each step
// returns: for t := range xs { c, ys[t] = step(c, xs[t]) }. A state that does
// not keep its tree, shapes and dtypes is an error, and so are arrays of xs
// without a leading axis of one size. Without arrays in xs, Length says how
// many steps there are. It is jax.lax.scan.
func Scan[C, X, Y any](init C, xs X, step func(C, X) (C, Y), opts ...LoopOption) (C, Y) {
	refuseNil("Scan", "step", step == nil)
	return scan("Scan", loopOf("Scan", "a Scan", opts, "Unroll", "Reverse", "Length"), init, xs, step)
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
			panic(graph.Errorf(graph.ErrRank, op, "%s of xs is a scalar; it has no leading axis to walk along", pathName(rp.path(i))))
		}
		if n < 0 {
			n = x.Dim(0)
		}
		if x.Dim(0) != n {
			panic(graph.Errorf(graph.ErrShape, op, "%s of xs is %v: %d steps, where others, or Length, have %d", pathName(rp.path(i)), ops.Aval(x), x.Dim(0), n))
		}
		rowAvals[i] = ops.Aval(x).Slice()
	}
	if n < 0 {
		panic(graph.Errorf(graph.ErrOption, op, "there are no arrays in xs; give the number of steps with jx.Length"))
	}
	var yp packing
	carry, b := fixCarry(op, in, carry, func(avals []graph.Aval, weak []bool) (traced, packing) {
		var cp packing
		b := traced{}
		b.Traced = ops.Stage(ops.Staging{Name: op}, append(avals, rowAvals...), append(slices.Clone(weak), rp.weak...), func(vs []*Array) []*Array {
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
	out := ops.ApplyN(slices.Concat(b.Captured, carry, packedRows), func(bb ops.B, v []ops.V) []ops.V { return bb.Scan(p, v...) })
	end := ops.SetWeak(out[:k:k], in.weak)
	return unflatten[C](s, in.spread(end)), unflatten[Y](yp.structure, yp.spread(out[k:]))
}

// Fold is Scan that stacks nothing: it carries a state along the leading axis
// of xs and returns the last one: for t := range xs { c = step(c, xs[t]) }.
// Without arrays in xs, Length says how many steps there are. For dtypes and
// errors see Scan. It is jax.lax.scan with None for what is stacked.
func Fold[C, X any](init C, xs X, step func(C, X) C, opts ...LoopOption) C {
	refuseNil("Fold", "step", step == nil)
	c, _ := scan("Fold", loopOf("Fold", "a Fold", opts, "Unroll", "Reverse", "Length"), init, xs, func(c C, x X) (C, none) { return step(c, x), none{} })
	return c
}

// Map applies f to one row after another, in a loop: slower than VMap, in the
// memory of one row. Each array of the result has a leading axis of rows before
// the shape that f gives it, and the dtype that f gives it. For errors see
// Scan. It is jax.lax.map.
func Map[X, Y any](xs X, f func(X) Y, opts ...LoopOption) Y {
	refuseNil("Map", "f", f == nil)
	_, ys := scan("Map", loopOf("Map", "a Map", opts, "Unroll"), struct{}{}, xs, func(_ struct{}, x X) (struct{}, Y) { return struct{}{}, f(x) })
	return ys
}

// Cond runs one of two functions, which close over what they need, and return
// one tree, with the same shapes and dtypes; all else is an error. pred is a
// bool scalar; a number is true if it is not zero, as in JAX, which takes no
// complex ones.
//
// Inside a trace both functions are staged. Where pred is a number that is
// known outside of any trace, the one it chooses runs, and the Go code of the
// other is traced all the same, to check what it returns; of that nothing runs
// on the device, no effect happens, and it costs as much as tracing costs. To
// choose without that, use a Go if on pred.Bool(). It is jax.lax.cond.
func Cond[R any](pred *Array, then, otherwise func() R) R {
	refuseNil("Cond", "then", then == nil)
	refuseNil("Cond", "otherwise", otherwise == nil)
	pred = predicate("Cond", pred)
	branches, names := []func() R{otherwise, then}, []string{"otherwise", "then"}
	if ops.Tracing(pred) {
		return branch("Cond", pred, branches, names)
	}
	if pred.Bool() {
		return chosen("Cond", 1, branches, names)
	}
	return chosen("Cond", 0, branches, names)
}

// Switch runs the function at index, an integer scalar that is clamped to the
// functions there are. The others are traced, as Cond does. No branches, and an
// index that is no integer scalar, are errors; see Cond. It is jax.lax.switch.
func Switch[R any](index *Array, branches ...func() R) R {
	if len(branches) == 0 {
		panic(graph.Errorf(graph.ErrArgument, "Switch", "there are no branches"))
	}
	names := make([]string, len(branches))
	for i, f := range branches {
		names[i] = fmt.Sprintf("branch %d", i)
		refuseNil("Switch", names[i], f == nil)
	}
	refuseNil("Switch", "the index", index == nil)
	d := index.DType()
	if index.Rank() != 0 || !d.IsInt() {
		code := graph.ErrDType
		if d.IsInt() {
			code = graph.ErrNotScalar
		}
		panic(graph.Errorf(code, "Switch", "the index is %v; it must be an integer scalar", ops.Aval(index)))
	}
	if len(branches) == 1 {
		return branches[0]()
	}
	last := len(branches) - 1
	if !ops.Tracing(index) {
		i := min(max(ops.Whole(index), 0), last)
		if d.IsUnsigned() && ops.Whole(index) < 0 { // beyond int64
			i = last
		}
		return chosen("Switch", i, branches, names)
	}
	width := 8 * d.Size()
	if d.IsSigned() {
		width--
	}
	if width < 31 {
		last = min(last, 1<<width-1)
	}
	index = ops.Apply([]*Array{index}, false, func(b ops.B, v []ops.V) ops.V {
		return b.Convert(b.Clamp(b.Scalar(d, 0), v[0], b.Scalar(d, float64(last))), graph.Int32)
	})
	return branch("Switch", index, branches, names)
}

// chosen runs branch i, and traces the others to check that all agree.
func chosen[R any](op string, i int, branches []func() R, names []string) R {
	leaves, s := flatten(op, branches[i]())
	out, packed := pack(s, leaves)
	bodies := make([]traced, len(branches))
	for k := range branches {
		if k != i {
			bodies[k] = traceBody(op, nil, nil, func([]*Array) R { return branches[k]() })
		}
	}
	bodies[i] = traced{out: out, leaves: packed}
	as, weak := agree(op, names, bodies)
	for k, x := range packed {
		if x.Weak() && (!weak[k] || x.DType() != as[k]) {
			packed[k] = x.As(as[k])
		}
	}
	return unflatten[R](s, out.spread(packed))
}

// branch stages a cond. Every branch takes what any of them captured.
func branch[R any](op string, index *Array, branches []func() R, names []string) R {
	bodies := make([]traced, len(branches))
	for i, f := range branches {
		bodies[i] = traceBody(op, nil, nil, func([]*Array) R { return f() })
	}
	as, weak := agree(op, names, bodies)
	for i, b := range bodies {
		bodies[i] = b.converted(op, as)
	}
	traces := make([]ops.Traced, len(bodies))
	for i, b := range bodies {
		traces[i] = b.Traced
	}
	operands, graphs := closeOver(traces...)
	out := ops.ApplyN(append([]*Array{index}, operands...), func(b ops.B, v []ops.V) []ops.V {
		return b.Cond(graphs, v[0], v[1:]...)
	})
	first := bodies[0].out
	return unflatten[R](first.structure, first.spread(ops.SetWeak(out, weak)))
}

// agree checks that branches return the same trees, shapes and dtypes, and
// gives the dtypes and which results are weak. Weak results take the dtype of
// those of other branches.
func agree(op string, names []string, bodies []traced) (as []DType, weak []bool) {
	first := bodies[0]
	n := len(first.leaves)
	for _, b := range bodies {
		n = min(n, len(b.leaves))
	}
	as, weak = make([]DType, n), graph.Fill(true, n)
	for i := range n {
		strong := slices.IndexFunc(bodies, func(b traced) bool { return !b.out.weak[i] })
		for _, b := range bodies {
			as[i] = max(as[i], b.leaves[i].DType())
			weak[i] = weak[i] && strong < 0 && b.leaves[i].DType() == first.leaves[i].DType()
		}
		if strong >= 0 {
			as[i] = bodies[strong].leaves[i].DType()
		}
	}
	joint := func(b traced) []graph.Aval {
		out := avals(b.leaves)
		for i := range as {
			if b.out.weak[i] && takes(as[i], out[i].DType) {
				out[i].DType = as[i]
			}
		}
		return out
	}
	for i, b := range bodies[1:] {
		sameTree(op, names[0]+" returns", names[i+1]+" returns", first.out, joint(first), b.out, joint(b))
	}
	return as, weak
}

// converted is b with weak results of the dtypes as. Numbers keep their full
// value: they are converted as numbers, not as what they were staged as.
func (b traced) converted(op string, as []DType) traced {
	differs := func(i int) bool { return b.leaves[i].DType() != as[i] }
	if slices.EqualFunc(b.leaves, as, func(x *Array, d DType) bool { return x.DType() == d }) {
		return b
	}
	numbers := ops.Stage(ops.Staging{Name: op}, nil, nil, func([]*Array) (out []*Array) {
		for i, x := range b.leaves {
			if differs(i) && !ops.Staged(x) {
				out = append(out, x.As(as[i]))
			}
		}
		return out
	})
	g, n := b.Graph, len(b.Captured)
	b.Captured = slices.Concat(b.Captured, numbers.Captured)
	b.Graph = graph.Build(avals(b.Captured), func(bb ops.B, v []ops.V) []ops.V {
		out, full := slices.Clone(bb.Inline(g, v[:n]...)), bb.Inline(numbers.Graph, v[n:]...)
		for i, x := range b.leaves {
			switch {
			case !differs(i):
			case ops.Staged(x):
				out[i] = bb.Convert(out[i], as[i])
			default:
				out[i], full = full[0], full[1:]
			}
		}
		return out
	})
	return b
}

// AssociativeScan is the parallel prefix of an associative function: ys[t] =
// f(ys[t-1], xs[t]), in a number of steps that grows with the logarithm of the
// length. f combines trees whose arrays have a leading axis of places, all of
// them at once, and keeps shapes and dtypes; arrays without a leading axis of
// one size are an error. It is jax.lax.associative_scan.
func AssociativeScan[X any](xs X, f func(a, b X) X, opts ...LoopOption) X {
	refuseNil("AssociativeScan", "f", f == nil)
	l := loopOf("AssociativeScan", "an AssociativeScan", opts, "Reverse")
	s := stage(ops.Staging{Name: "AssociativeScan"}, func(xs X) X {
		leaves, st := flatten("AssociativeScan", xs)
		p, packed := pack(st, leaves)
		for i, x := range packed {
			if x.Rank() == 0 || x.Dim(0) != packed[0].Dim(0) {
				panic(graph.Errorf(graph.ErrShape, "AssociativeScan", "%s is %v; every array needs a leading axis of one size", pathName(p.path(i)), ops.Aval(x)))
			}
		}
		if len(packed) == 0 {
			return xs
		}
		out := ops.AssociativeScan(packed, l.reverse, func(a, c []*Array) []*Array {
			y, ys := flatten("AssociativeScan", f(unflatten[X](st, p.spread(a)), unflatten[X](st, p.spread(c))))
			yp, packedY := pack(ys, y)
			sameTree("AssociativeScan", "the function takes", "returns", p, avals(a), yp, avals(packedY))
			return packedY
		})
		return unflatten[X](st, p.spread(out))
	}, xs)
	out := s.run("associative_scan", func() *graph.Graph { return s.graph }, s.args)
	return unflatten[X](s.out.structure, s.out.spread(ops.SetWeak(out, s.out.weak)))
}
