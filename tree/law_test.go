package tree

import (
	"reflect"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/jacobi-go/jacobi/graph/graphtest"
)

// drawType draws a type of tree.
func drawType(t *rapid.T, depth int) reflect.Type {
	kinds := 10
	if depth == 0 {
		kinds = 5
	}
	elem := func() reflect.Type { return drawType(t, depth-1) }
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0, 1:
		return reflect.TypeFor[*arr]()
	case 2:
		return reflect.TypeFor[int16]()
	case 3:
		return reflect.TypeFor[string]()
	case 4:
		return reflect.TypeFor[any]()
	case 5:
		return reflect.SliceOf(elem())
	case 6:
		return reflect.ArrayOf(rapid.IntRange(0, 3).Draw(t, "len"), elem())
	case 7:
		keys := []reflect.Type{reflect.TypeFor[string](), reflect.TypeFor[int]()}
		return reflect.MapOf(rapid.SampledFrom(keys).Draw(t, "key"), elem())
	case 8:
		return reflect.PointerTo(elem())
	}
	fields := make([]reflect.StructField, rapid.IntRange(0, 3).Draw(t, "fields"))
	for i := range fields {
		fields[i] = reflect.StructField{Name: string(rune('A' + i)), Type: elem()}
	}
	return reflect.StructOf(fields)
}

// drawValue makes v a value of its type. Leaves are numbered by *next, or nil.
func drawValue(t *rapid.T, v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Int, reflect.Int16:
		v.SetInt(rapid.Int64Range(-3, 3).Draw(t, "int"))
	case reflect.String:
		v.SetString(rapid.SampledFrom([]string{"", "a", "b c", "ab"}).Draw(t, "string"))
	case reflect.Interface:
		if depth > 0 && rapid.Bool().Draw(t, "not nil") {
			e := reflect.New(drawType(t, depth-1)).Elem()
			drawValue(t, e, depth-1)
			v.Set(e)
		}
	case reflect.Pointer:
		if !rapid.Bool().Draw(t, "not nil") {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		if v.Type() == reflect.TypeFor[*arr]() {
			v.Interface().(*arr).n = rapid.Int().Draw(t, "leaf")
			return
		}
		drawValue(t, v.Elem(), depth)
	case reflect.Slice:
		if n := rapid.IntRange(-1, 3).Draw(t, "len"); n >= 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n+1))
			for i := range n {
				drawValue(t, v.Index(i), depth)
			}
		}
	case reflect.Array:
		for i := range v.Len() {
			drawValue(t, v.Index(i), depth)
		}
	case reflect.Map:
		if n := rapid.IntRange(-1, 3).Draw(t, "len"); n >= 0 {
			v.Set(reflect.MakeMap(v.Type()))
			for range n {
				k, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
				drawValue(t, k, depth)
				drawValue(t, e, depth)
				v.SetMapIndex(k, e)
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			drawValue(t, v.Field(i), depth)
		}
	}
}

func drawOf(t *rapid.T, typ reflect.Type) reflect.Value {
	v := reflect.New(typ).Elem()
	drawValue(t, v, 2)
	return v
}

func unflattenIsTheInverse(t *rapid.T) {
	v := drawOf(t, drawType(t, 3))
	p, err := For[arr](v.Type())
	require.NoError(t, err)
	at := v.Addr().UnsafePointer()
	leaves, key, err := p.Flatten(at, nil, nil)
	require.NoError(t, err)
	s, err := p.Structure(at)
	require.NoError(t, err)
	again := s.Value(leaves)
	require.Equal(t, v.Interface(), again.Interface())

	leaves2, key2, err := p.Flatten(again.Addr().UnsafePointer(), nil, nil)
	require.NoError(t, err)
	require.Equal(t, key, key2)
	require.Len(t, leaves2, len(leaves))
	for i := range leaves {
		require.Same(t, leaves[i], leaves2[i])
	}

	// Paths are distinct, and each selects its leaf.
	require.Len(t, s.Paths(), len(leaves))
	for i, path := range s.Paths() {
		got, err := s.Select(path)
		require.NoError(t, err)
		require.Equal(t, []int{i}, got, "%q of %v", path, s.Paths())
	}
}

func TestUnflattenIsTheInverse(t *testing.T) { rapid.Check(t, unflattenIsTheInverse) }

// blank makes every leaf nil: what remains is the structure.
func blank(s *Structure[arr]) any { return s.Value(make([]*arr, s.size)).Interface() }

func keysAreEqualIfStructuresAre(t *rapid.T) {
	typ := drawType(t, 2)
	p, err := For[arr](typ)
	require.NoError(t, err)
	structure := func() *Structure[arr] {
		s, err := p.Structure(drawOf(t, typ).Addr().UnsafePointer())
		require.NoError(t, err)
		return s
	}
	x, y := structure(), structure()
	same := reflect.DeepEqual(blank(x), blank(y))
	require.Equal(t, same, x.Equal(y), "%s and %s", x.Format(nil), y.Format(nil))
	require.Equal(t, same, Diff(x, y, nil, nil) == "")
}

func TestKeysAreEqualIfStructuresAre(t *testing.T) { rapid.Check(t, keysAreEqualIfStructuresAre) }

// Any type that reflection makes, and any value of it.
func FuzzTree(f *testing.F) {
	for i := range 8 {
		f.Add(graphtest.Bytes(uint64(i), 4096))
	}
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		unflattenIsTheInverse(t)
		keysAreEqualIfStructuresAre(t)
	}))
}

func TestFlattenAppends(t *testing.T) {
	v := model{Layers: []params{{a(1), a(2)}}}
	p, err := For[arr](reflect.TypeFor[model]())
	require.NoError(t, err)
	leaves, key, err := p.Flatten(unsafe.Pointer(&v), []*arr{a(0)}, []byte("k"))
	require.NoError(t, err)
	assert.Equal(t, 0, leaves[0].n)
	assert.Equal(t, 1, leaves[1].n)
	assert.Equal(t, byte('k'), key[0])
}

type fifty struct{ A, B, C, D, E [10]*arr }

func benchmark[T any](b *testing.B, v *T) {
	p, err := For[arr](reflect.TypeFor[T]())
	require.NoError(b, err)
	s, err := p.Structure(unsafe.Pointer(v))
	require.NoError(b, err)
	leaves, key, err := p.Flatten(unsafe.Pointer(v), nil, nil)
	require.NoError(b, err)
	b.Run("flatten", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			leaves, key, _ = p.Flatten(unsafe.Pointer(v), leaves[:0], key[:0])
		}
	})
	b.Run("unflatten", func(b *testing.B) {
		b.ReportAllocs()
		var out T
		for b.Loop() {
			s.unflattenTo(unsafe.Pointer(&out), leaves)
		}
	})
}

func BenchmarkFifty(b *testing.B) { benchmark(b, &fifty{}) }

func BenchmarkSlice(b *testing.B) {
	v := make([]params, 25)
	benchmark(b, &v)
}

func BenchmarkMap(b *testing.B) {
	v := map[string]*arr{}
	for i := range 50 {
		v[string(rune('A'+i))] = a(i)
	}
	benchmark(b, &v)
}

func BenchmarkModel(b *testing.B) {
	m := example()
	benchmark(b, &m)
}
