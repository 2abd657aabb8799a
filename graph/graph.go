// Package graph defines the intermediate representation that every transform
// reads and writes: a flat, typed, purely functional list of equations.
package graph

import (
	"math"
	"math/big"
	"math/bits"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
)

// An Aval (abstract value) is what is known of a value before it has data.
type Aval struct {
	DType DType
	Shape []int
}

func (a Aval) Rank() int { return len(a.Shape) }

// Size is the number of elements; math.MaxInt if there are more, as no valid
// aval has.
func (a Aval) Size() int {
	n := uint64(1)
	for _, d := range a.Shape {
		hi, lo := bits.Mul64(n, uint64(d))
		if n = lo; hi > 0 || lo > math.MaxInt {
			return a.huge()
		}
	}
	return int(n)
}

// huge is the size of a shape that has more elements than an int counts, but
// for an axis without any.
func (a Aval) huge() int {
	if slices.Contains(a.Shape, 0) {
		return 0
	}
	return math.MaxInt
}

// MaxBytes is the size of the largest arrays there are. XLA counts elements
// and bytes in an int64 and ends the process where that overflows; the rest is
// room for what it pads, doubles and adds up.
const MaxBytes = 1 << 56

// MaxRank is the number of axes that an array can have, as in NumPy. XLA has no
// limit, but compiles for minutes where there are thousands.
const MaxRank = 64

// Valid returns an error if no array is like a: there is no such dtype, there
// are too many axes, a size is negative, or there are more elements or bytes than
// XLA can count. An axis without elements does not make room for the others.
func (a Aval) Valid() error {
	if !a.DType.Valid() {
		return ErrDType.Errorf("there is no %v; a dtype is one of jx.Float32, jx.Int32, ..., and comes before sizes", a.DType)
	}
	if len(a.Shape) > MaxRank {
		return ErrRank.Errorf("there are %d axes; an array has at most %d", len(a.Shape), MaxRank)
	}
	n := uint64(a.DType.Size())
	for _, d := range a.Shape {
		if d < 0 {
			return ErrSize.Errorf("shape %v has a negative size", a.Shape)
		}
		hi, lo := bits.Mul64(n, uint64(max(d, 1)))
		if n = lo; hi > 0 || lo > MaxBytes {
			return a.tooLarge()
		}
	}
	return nil
}

func (a Aval) tooLarge() error {
	n := big.NewInt(1)
	for _, d := range a.Shape {
		n.Mul(n, big.NewInt(int64(max(d, 1))))
	}
	beside := ""
	if slices.Contains(a.Shape, 0) {
		beside = ", beside the empty axes,"
	}
	bytes := new(big.Int).Mul(n, big.NewInt(int64(a.DType.Size())))
	return ErrSize.Errorf("%v would have%s %v elements, %v bytes; an array has at most 2^%d bytes", a, beside, n, bytes, bits.Len64(MaxBytes)-1)
}

func (a Aval) Equal(o Aval) bool { return a.DType == o.DType && slices.Equal(a.Shape, o.Shape) }

// Slice is a without its leading axis; Stack is n of a.
func (a Aval) Slice() Aval      { return Aval{a.DType, a.Shape[1:]} }
func (a Aval) Stack(n int) Aval { return a.Insert(0, n) }

// Insert is a with one more axis, of size n, at axis.
func (a Aval) Insert(axis, n int) Aval {
	return Aval{a.DType, slices.Insert(slices.Clone(a.Shape), axis, n)}
}

// With is a with another dtype.
func (a Aval) With(d DType) Aval { return Aval{d, a.Shape} }

// String is as in a printed graph: f32[3,4].
func (a Aval) String() string { return string(a.append(nil)) }

func (a Aval) append(b []byte) []byte {
	b = append(b, a.DType.Short()...)
	b = append(b, '[')
	for i, d := range a.Shape {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(d), 10)
	}
	return append(b, ']')
}

// A Value is bound exactly once: by a graph input or by an equation. It
// belongs to the builder that made it.
type Value struct {
	Aval
	Def *Eqn // nil for a graph input
	id  int32
}

// An Eqn applies one op. Params is nil for ops that have none.
type Eqn struct {
	Op     Op
	Params Params
	In     []*Value
	Out    []*Value
	pc     uintptr // the user's call that made it
}

// A Graph is a function: Out, computed from In by Eqns in order. It never
// changes once built, so graphs may share equations and be shared.
type Graph struct {
	In, Out []*Value
	Eqns    []*Eqn
	size    int // ids of its values are below this

	print atomic.Pointer[string] // the fingerprint, once asked for
	mu    sync.Mutex
	memo  map[string]any // what transforms made of this graph
}

// Remember returns make() and keeps it with g, so that a sub-graph is
// transformed once per transform and mask, which together are the key. What
// is derived from a graph lives and dies with it: there is no cache to bound.
func Remember[T any](g *Graph, key string, make func() T) T {
	g.mu.Lock()
	v, ok := g.memo[key]
	g.mu.Unlock()
	if !ok {
		v = make() // unlocked: make may ask for other things about g
		if watching {
			watch(g, key, v)
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		if first, ok := g.memo[key]; ok {
			return first.(T)
		}
		if g.memo == nil {
			g.memo = map[string]any{}
		}
		g.memo[key] = v
	}
	return v.(T)
}

// Key is a key for Remember: a transform's name, which may have its other
// arguments in it, and its masks.
func Key(name string, masks ...[]bool) string {
	b := strconv.AppendQuote(make([]byte, 0, 64), name) // says where it ends
	for _, mask := range masks {
		if mask == nil {
			b = append(b, '-')
			continue
		}
		b = append(b, ' ')
		for _, m := range mask {
			if m {
				b = append(b, '1')
			} else {
				b = append(b, '0')
			}
		}
	}
	return string(b)
}

// Rewire is g with other inputs and outputs, all of them values of g;
// equations are shared.
func (g *Graph) Rewire(in, out []*Value) *Graph {
	return &Graph{In: in, Out: out, Eqns: g.Eqns, size: g.size}
}

// An Env maps the values of one graph to something else.
type Env[T any] []T

// NewEnv returns an environment for g in which every value has the zero T.
func NewEnv[T any](g *Graph) Env[T] { return make(Env[T], g.size) }

func (env Env[T]) Get(v *Value) T    { return env[v.id] }
func (env Env[T]) Set(v *Value, x T) { env[v.id] = x }

// Lookup maps a list.
func (env Env[T]) Lookup(vs []*Value) []T {
	out := make([]T, len(vs))
	for i, v := range vs {
		out[i] = env[v.id]
	}
	return out
}

// Bind maps vs to xs.
func (env Env[T]) Bind(vs []*Value, xs []T) {
	for i, v := range vs {
		env[v.id] = xs[i]
	}
}

// Avals lists the avals of values.
func Avals(vs []*Value) []Aval {
	out := make([]Aval, len(vs))
	for i, v := range vs {
		out[i] = v.Aval
	}
	return out
}

// Differentiable marks the values that have tangents.
func Differentiable(vs []*Value) []bool {
	mask := make([]bool, len(vs))
	for i, v := range vs {
		mask[i] = v.DType.Differentiable()
	}
	return mask
}
