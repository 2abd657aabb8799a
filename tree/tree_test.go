package tree

import (
	"fmt"
	"log"
	"math"
	"reflect"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An arr is the leaf of these tests.
type arr struct{ n int }

func a(n int) *arr { return &arr{n} }

type (
	params struct{ W, B *arr }
	base   struct{ K *arr }
	Embed  struct{ E *arr }
	model  struct {
		Name   string
		Layers []params
		Head   *params
		Table  map[string]*arr
		Pair   [2]*arr
		Any    any
		Act    func(int) int
		base
		Embed
		rate float64
	}
	list struct {
		X    *arr
		Next *list
	}
	generic[T any] struct{ Inner T }
)

func double(x int) int { return 2 * x }

func example() model {
	return model{
		Name:   "net",
		Layers: []params{{a(0), a(1)}, {a(2), nil}},
		Head:   &params{a(4), a(5)},
		Table:  map[string]*arr{"z": a(8), "a key": a(6), "b": a(7)},
		Pair:   [2]*arr{a(9), a(10)},
		Any:    []any{a(11), 3, nil, params{a(12), a(13)}},
		Act:    double,
		base:   base{a(14)},
		Embed:  Embed{a(15)},
		rate:   0.5,
	}
}

func flatten[T any](t *testing.T, v T) ([]*arr, *Structure[arr]) {
	t.Helper()
	leaves, s, err := Flatten[arr](v)
	require.NoError(t, err)
	require.Len(t, leaves, s.size)
	require.Len(t, s.Paths(), s.size)
	return leaves, s
}

func key[T any](t *testing.T, v T) string {
	t.Helper()
	_, s := flatten(t, v)
	return s.Key()
}

func TestModel(t *testing.T) {
	m := example()
	leaves, s := flatten(t, m)
	want := []int{0, 1, 2, -1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	got := make([]int, len(leaves))
	for i, l := range leaves {
		got[i] = -1
		if l != nil {
			got[i] = l.n
		}
	}
	assert.Equal(t, want, got)
	assert.Equal(t, []string{
		"Layers.0.W", "Layers.0.B", "Layers.1.W", "Layers.1.B", "Head.W", "Head.B", `Table."a key"`, "Table.b", "Table.z",
		"Pair.0", "Pair.1", "Any.0", "Any.3.W", "Any.3.B", "base.K", "Embed.E",
	}, s.Paths())
	assert.Equal(t, `{Name: "net", Layers: [{W: *, B: *}, {W: *, B: *}], Head: &{W: *, B: *}, Table: {"a key": *, b: *, z: *}, `+
		`Pair: [*, *], Any: [*, 3, nil, {W: *, B: *}], Act: func(int) int, base: {K: *}, Embed: {E: *}, rate: 0.5}`, s.Format(nil))

	again := Unflatten[model](s, leaves)
	assert.Equal(t, 42, again.Act(21))
	again.Act, m.Act = nil, nil
	assert.Equal(t, m, again)
}

// The structure keeps no leaf and nothing that the user may change.
func TestStructureIsACopy(t *testing.T) {
	m := example()
	_, s := flatten(t, m)
	before := s.Format(nil)
	for _, l := range Unflatten[model](s, make([]*arr, s.size)).Layers {
		assert.Nil(t, l.W)
	}
	m.Table["new"] = a(1)
	m.Any.([]any)[1] = 4
	one := Unflatten[model](s, make([]*arr, s.size))
	one.Head.W = a(3)
	one.Any.([]any)[1] = "other"
	assert.Equal(t, before, s.Format(nil))
	assert.Nil(t, Unflatten[model](s, make([]*arr, s.size)).Head.W)
}

func TestFixed(t *testing.T) {
	type deep struct {
		A params
		_ [0]func()
		B [2]struct{ X, Y *arr }
		C generic[*arr]
	}
	p, err := For[arr](reflect.TypeFor[deep]())
	require.NoError(t, err)
	require.NotNil(t, p.Fixed())
	leaves, s := flatten(t, deep{A: params{a(1), nil}, C: generic[*arr]{a(2)}})
	assert.Same(t, p.Fixed(), s)
	assert.Empty(t, s.Key())
	assert.Len(t, leaves, 7)
	assert.Equal(t, []string{"A.W", "A.B", "B.0.X", "B.0.Y", "B.1.X", "B.1.Y", "C.Inner"}, s.Paths())
	assert.Equal(t, 2, Unflatten[deep](s, leaves).C.Inner.n)

	one, s := flatten(t, a(7))
	assert.Equal(t, []string{""}, s.Paths())
	assert.Equal(t, 7, Unflatten[*arr](s, one).n)
	assert.Equal(t, 7, s.Value(one).Interface().(*arr).n)

	none, s := flatten(t, struct{}{})
	assert.Empty(t, none)
	assert.Equal(t, "{}", s.Format(nil))
}

// Values of one type whose structures all differ.
func TestKeysDiffer(t *testing.T) {
	type statics struct {
		B bool
		I int8
		F float64
		S string
		C complex64
		P *params
		L []*arr
		M map[string]*arr
		N map[int]string
		A any
		G func(int) int
		T time.Time
		K chan int
		D *log.Logger
		E [2]string
		Q *int
		R map[string]params
	}
	one, two := 1, 2
	logger := log.Default()
	closure := func(n int) func(int) int { return func(x int) int { return x + n } }
	seen := map[string]int{}
	for i, v := range []statics{
		{}, {B: true}, {I: 1}, {I: -1}, {F: 1}, {F: math.Copysign(0, -1)}, {F: math.NaN()}, {S: "a"}, {S: "ab"}, {C: 1i},
		{P: &params{}}, {L: []*arr{}}, {L: []*arr{nil}}, {L: []*arr{nil, nil}}, {M: map[string]*arr{}}, {M: map[string]*arr{"a": nil}},
		{M: map[string]*arr{"b": nil}}, {M: map[string]*arr{"a": nil, "b": nil}}, {N: map[int]string{1: "a"}}, {N: map[int]string{2: "a"}},
		{A: 1}, {A: int8(1)}, {A: "1"}, {A: (*arr)(nil)}, {A: (*params)(nil)}, {A: params{}}, {A: []any{}}, {A: []any{nil}}, {G: double}, {G: closure(1)}, {G: closure(2)},
		{T: time.Unix(1, 0)}, {T: time.Unix(2, 0)}, {K: make(chan int)}, {D: logger}, {E: [2]string{"a", "b"}}, {E: [2]string{"ab", ""}}, {Q: &one}, {Q: &two},
		{M: map[string]*arr{"a": nil, "bc": nil}}, {M: map[string]*arr{"ab": nil, "c": nil}},
		{R: map[string]params{"a": {}, "bc": {}}}, {R: map[string]params{"ab": {}, "c": {}}},
	} {
		k := key(t, v)
		if j, ok := seen[k]; ok {
			assert.Fail(t, "one key", "values %d and %d", i, j)
		}
		seen[k] = i
		assert.Equal(t, k, key(t, v), "value %d", i)
	}
	same := 1
	assert.Equal(t, key(t, statics{Q: &one}), key(t, statics{Q: &same}), "pointers are compared by what they lead to")
	assert.Equal(t, key(t, statics{L: []*arr{nil}}), key(t, statics{L: []*arr{a(1)}}), "leaves are no part of the key")
	assert.Equal(t, key(t, statics{A: []any{a(1)}}), key(t, statics{A: []any{a(2)}}))
}

func TestNotTrees(t *testing.T) {
	type hidden struct{ w *arr }
	type within struct{ Layers []hidden }
	type buffer struct {
		W   *arr
		buf []byte
	}
	type below struct {
		W    *arr
		next *below
	}
	for _, tc := range []struct {
		t    reflect.Type
		want string
	}{
		{reflect.TypeFor[hidden](), "w: an unexported field holds a *tree.arr; export it, or make tree.hidden a tree.Node"},
		{reflect.TypeFor[*hidden](), "w: an unexported field holds a *tree.arr; export it, or make tree.hidden a tree.Node"},
		{reflect.TypeFor[within](), "Layers.0.w: an unexported field holds a *tree.arr; export it, or make tree.hidden a tree.Node"},
		{reflect.TypeFor[buffer](), "buf: an unexported field holds a []uint8, which cannot be compared; export it, or make tree.buffer a tree.Node"},
		{reflect.TypeFor[below](), "next: an unexported field holds a *tree.arr, in a *tree.below; export it, or make tree.below a tree.Node"},
		{reflect.TypeFor[chan *arr](), "a chan *tree.arr is no tree: what is in a channel cannot be listed; use a slice"},
		{reflect.TypeFor[map[float64]*arr](), "a map[float64]*tree.arr is no tree: keys must be strings or integers"},
		{reflect.TypeFor[map[string]hidden](), "key.w: an unexported field holds a *tree.arr; export it, or make tree.hidden a tree.Node"},
	} {
		_, err := For[arr](tc.t)
		assert.EqualError(t, err, tc.want)
	}
	_, err := Tuple[arr](reflect.TypeFor[int](), reflect.TypeFor[within]())
	assert.ErrorContains(t, err, "1.Layers.0.w: ")
	_, _, err = Flatten[arr](map[string]any{"x": []any{hidden{}}})
	assert.ErrorContains(t, err, "x.0.w: an unexported field holds")
	_, _, err = Flatten[arr](struct{ hide any }{a(1)})
	assert.ErrorContains(t, err, "hide: an unexported field holds")
	_, _, _ = below{}.next, hidden{}.w, buffer{}.buf // used by reflection alone
}

func TestRecursive(t *testing.T) {
	var l *list
	for i := range 1000 {
		l = &list{a(i), l}
	}
	leaves, s := flatten(t, l)
	assert.Len(t, leaves, 1000)
	assert.Equal(t, l, Unflatten[*list](s, leaves))

	// One value at two places is no cycle.
	shared := &list{X: a(1)}
	leaves, _ = flatten(t, []*list{shared, shared})
	assert.Len(t, leaves, 2)
	var many *list
	for range 2 * cycleDepth {
		many = &list{X: a(1), Next: many}
	}
	leaves, _ = flatten(t, []*list{many, many})
	assert.Len(t, leaves, 4*cycleDepth)
}

func TestCycles(t *testing.T) {
	l := &list{X: a(1)}
	l.Next = &list{Next: l}
	_, _, err := Flatten[arr](l)
	assert.EqualError(t, err, "a cycle: the value contains itself, at Next.Next")
	_, _, err = Flatten[arr](map[string]any{"Head": []*list{nil, {Next: l}}})
	assert.EqualError(t, err, "Head.1.Next: a cycle: the value contains itself, at Next.Next")

	s := []any{nil}
	s[0] = s
	_, _, err = Flatten[arr](s)
	assert.ErrorContains(t, err, "a cycle")

	m := map[string]any{}
	m["m"] = m
	_, _, err = Flatten[arr](m)
	assert.ErrorContains(t, err, "a cycle")

	var p any
	p = &p
	_, _, err = Flatten[arr](p)
	assert.ErrorContains(t, err, "a cycle")
}

func TestTuple(t *testing.T) {
	p, err := Tuple[arr](reflect.TypeFor[*arr](), reflect.TypeFor[params](), reflect.TypeFor[float64]())
	require.NoError(t, err)
	same, err := Tuple[arr](reflect.TypeFor[*arr](), reflect.TypeFor[params](), reflect.TypeFor[float64]())
	require.NoError(t, err)
	assert.Same(t, p, same)
	other, err := Tuple[arr](reflect.TypeFor[*arr](), reflect.TypeFor[params]())
	require.NoError(t, err)
	assert.NotSame(t, p, other)
	assert.NotNil(t, other.Fixed())
	assert.Equal(t, 3, other.Fixed().size)

	values := []reflect.Value{reflect.ValueOf(a(1)), reflect.ValueOf(params{a(2), a(3)}), reflect.ValueOf(0.5)}
	args := p.Args(values)
	leaves, k, err := p.Flatten(args, nil, nil)
	require.NoError(t, err)
	s, err := p.Structure(args)
	require.NoError(t, err)
	assert.Equal(t, s.Key(), string(k))
	assert.Equal(t, []string{"0", "1.W", "1.B"}, s.Paths())
	assert.Equal(t, "(f32[], {W: f32[2], B: f32[3]}, 0.5)", s.Format([]string{"f32[]", "f32[2]", "f32[3]"}))
	for i, v := range s.Values(leaves) {
		assert.Equal(t, values[i].Interface(), v.Interface())
	}
	fixed := other.Fixed().Values(leaves)
	assert.Equal(t, 3, fixed[1].Interface().(params).B.n)

	none, err := Tuple[arr]()
	require.NoError(t, err)
	leaves, _, err = none.Flatten(none.Args(nil), nil, nil)
	require.NoError(t, err)
	assert.Empty(t, leaves)
	assert.Empty(t, none.Fixed().Values(nil))
}

// grid is a Node: a matrix of leaves with a name.
type grid struct {
	name   string
	rows   int
	leaves []*arr
}

func (g grid) TreeLeaves() []*arr { return g.leaves }
func (g grid) TreeStatic() any    { return [2]any{g.name, g.rows} }
func (g grid) TreeWith(l []*arr) any {
	return grid{g.name, g.rows, append([]*arr(nil), l...)}
}

func (g grid) TreePaths() []string {
	paths := make([]string, len(g.leaves))
	for i := range paths {
		paths[i] = fmt.Sprintf("%d.%d", i/g.rows, i%g.rows)
	}
	return paths
}

// cell is a Node by its pointer methods.
type cell struct{ x *arr }

func (c *cell) TreeLeaves() []*arr    { return []*arr{c.x} }
func (c *cell) TreeStatic() any       { return nil }
func (c *cell) TreeWith(l []*arr) any { return &cell{l[0]} }
func (c *cell) TreePaths() []string   { return []string{""} }

func TestNode(t *testing.T) {
	type both struct {
		G grid
		P *grid
		C cell
		Q *cell
		A any
	}
	v := both{G: grid{"g", 1, []*arr{a(1), a(2)}}, P: &grid{"p", 2, []*arr{a(3), a(4)}}, C: cell{a(5)}, Q: &cell{a(6)}, A: grid{rows: 1}}
	leaves, s := flatten(t, v)
	assert.Equal(t, []string{"G.0.0", "G.1.0", "P.0.0", "P.0.1", "C", "Q"}, s.Paths())
	assert.Equal(t, "{G: {0.0: *, 1.0: *}, P: &{0.0: *, 0.1: *}, C: {: *}, Q: &{: *}, A: {}}", s.Format(nil))
	v.A = grid{rows: 1}
	got := Unflatten[both](s, leaves)
	assert.Equal(t, v.G, got.G)
	assert.Equal(t, v.Q, got.Q)
	assert.Equal(t, v.P, got.P)

	keys := map[string]bool{}
	for _, g := range []grid{{"", 1, nil}, {"a", 1, nil}, {"a", 2, nil}, {"a", 2, []*arr{nil}}} {
		keys[key(t, g)] = true
	}
	assert.Len(t, keys, 4)
	assert.Equal(t, key(t, grid{"a", 1, []*arr{nil}}), key(t, grid{"a", 1, []*arr{a(1)}}))
	_, _, err := Flatten[arr](both{Q: nil})
	assert.NoError(t, err)
}

func TestConcurrentUse(t *testing.T) {
	type one struct{ A, B map[string]list }
	var wg sync.WaitGroup
	plans := make([]*Plan[arr], 8)
	for i := range plans {
		wg.Go(func() {
			p, err := For[arr](reflect.TypeFor[one]())
			assert.NoError(t, err)
			plans[i] = p
			v := one{A: map[string]list{"x": {X: a(1)}, "y": {}}}
			s, err := p.Structure(unsafe.Pointer(&v))
			assert.NoError(t, err)
			for range 100 {
				leaves, k, err := p.Flatten(unsafe.Pointer(&v), nil, nil)
				assert.NoError(t, err)
				assert.Equal(t, s.Key(), string(k))
				assert.Equal(t, "A.x.X", s.Paths()[0])
				assert.Equal(t, v, Unflatten[one](s, leaves))
			}
		})
	}
	wg.Wait()
	for _, p := range plans {
		assert.Same(t, plans[0], p)
	}
}

func TestWrongUseIsABug(t *testing.T) {
	_, s := flatten(t, params{})
	assert.Panics(t, func() { Unflatten[params](s, nil) })
	assert.Panics(t, func() { Unflatten[[2]*arr](s, make([]*arr, 2)) })
}
