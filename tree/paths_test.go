package tree

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSelect(t *testing.T) {
	_, s := flatten(t, example())
	for _, tc := range []struct {
		path string
		want []int
	}{
		{"", []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}},
		{"Layers", []int{0, 1, 2, 3}},
		{"Layers.1", []int{2, 3}},
		{"Layers.1.B", []int{3}},
		{`Table."a key"`, []int{6}},
		{"Any.3", []int{12, 13}},
		{"base.K", []int{14}},
	} {
		got, err := s.Select(tc.path)
		require.NoError(t, err, tc.path)
		assert.Equal(t, tc.want, got, tc.path)
	}
	for _, tc := range []struct{ path, want string }{
		{"Layer", "no path Layer; the paths are Layers.0.W, Layers.0.B, Layers.1.W, Layers.1.B, "},
		{"Layers.0.C", "no path Layers.0.C; the paths are Layers.0.W, Layers.0.B, "},
		{"Table.c", "no path Table.c; the paths are Table.b, Table.z, "},
		{"Any.1", "path Any.1 leads to no arrays; the paths are Any.0, "},
	} {
		_, err := s.Select(tc.path)
		assert.ErrorContains(t, err, tc.want)
		assert.ErrorContains(t, err, " and 4 more")
	}
	_, one := flatten(t, a(1))
	got, err := one.Select("")
	require.NoError(t, err)
	assert.Equal(t, []int{0}, got)
	_, err = one.Select("W")
	assert.EqualError(t, err, `no path W; the paths are "" (the array itself)`)
	_, none := flatten(t, 3)
	_, err = none.Select("W")
	assert.EqualError(t, err, "no path W; there are none")
}

func TestDiff(t *testing.T) {
	change := func(f func(*model)) *Structure[arr] {
		m := example()
		f(&m)
		_, s := flatten(t, m)
		return s
	}
	same := change(func(*model) {})
	for _, tc := range []struct {
		change func(*model)
		diff   string
	}{
		{func(*model) {}, ""},
		{func(m *model) { m.Name = "other" }, `at Name: "net" and "other"`},
		{func(m *model) { m.Layers = m.Layers[:1] }, "at Layers: length 2 and length 1"},
		{func(m *model) { m.Layers = nil }, "at Layers: length 2 and nil"},
		{func(m *model) { m.Head = nil }, "at Head: no nil and nil"},
		{func(m *model) { delete(m.Table, "b") }, `at Table: keys "a key", b, z and keys "a key", z`},
		{func(m *model) { m.Any = a(1) }, "at Any: a []interface {} and a *tree.arr"},
		{func(m *model) { m.Any.([]any)[1] = 4 }, "at Any.1: 3 and 4"},
		{func(m *model) { m.Act = func(x int) int { return x } }, "at Act: func(int) int and another func(int) int"},
		{func(m *model) { m.rate, m.Name = 1, "" }, `at Name: "net" and ""`},
	} {
		other := change(tc.change)
		assert.Equal(t, tc.diff, Diff(same, other, nil, nil))
		assert.Equal(t, tc.diff == "", same.Equal(other))
	}

	_, p := flatten(t, params{})
	_, l := flatten(t, a(1))
	assert.Equal(t, "at B: f32[] and f32[2]", Diff(p, p, []string{"i32[]", "f32[]"}, []string{"i32[]", "f32[2]"}))
	assert.Equal(t, "f32[] and f32[2]", Diff(l, l, []string{"f32[]"}, []string{"f32[2]"}))
	assert.Equal(t, "type tree.params and type *tree.arr", Diff(p, l, nil, nil))
}
