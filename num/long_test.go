package num_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

// Axes longer than int32 counts: such arrays are seldom in memory, so this
// reads programs.
func TestLongAxes(t *testing.T) {
	const long = 1<<31 + 5
	abstract := func(d jx.DType, dims ...int) *jx.Array { return jx.Abstract(d, dims...) }
	x, i := abstract(jx.Int8, long), abstract(jx.Int32)
	for name, f := range map[string]func(x, i *jx.Array) *jx.Array{
		"Take":          func(x, i *jx.Array) *jx.Array { return num.Take(x, i) },
		"TakeAlongAxis": func(x, i *jx.Array) *jx.Array { return num.TakeAlongAxis(x, num.Reshape(i, 1)) },
		"PutAlongAxis":  func(x, i *jx.Array) *jx.Array { return num.PutAlongAxis(x, num.Reshape(i, 1), 1) },
		"By":            func(x, i *jx.Array) *jx.Array { return num.Index(x, num.By(i)) },
		"SetAt By":      func(x, i *jx.Array) *jx.Array { return num.SetAt(x, 1, num.By(i)) },
		"Slice":         func(x, i *jx.Array) *jx.Array { return num.DynamicSlice(x, []*jx.Array{i}, 3) },
		"Update":        func(x, i *jx.Array) *jx.Array { return num.DynamicUpdateSlice(x, num.Zeros(jx.Int8, 3), i) },
		"SetAt":         func(x, i *jx.Array) *jx.Array { return num.SetAt(x, 1, num.Range(long-9, long-3)) },
		"OneHot":        func(_, i *jx.Array) *jx.Array { return num.OneHot(jx.Int8, i, long) },
	} {
		program := jaxpr(t, f, x, i)
		require.Contains(t, program, "i64", "%s: indices as int64:\n%s", name, program)
		program = jaxpr(t, f, abstract(jx.Int8, 1<<31-1), i)
		if name != "OneHot" && name != "SetAt" {
			require.NotContains(t, program, "i64", "%s on an axis that int32 counts", name)
		}
	}
	for name, f := range map[string]func(x *jx.Array) *jx.Array{
		"Argmax":       func(x *jx.Array) *jx.Array { return num.Argmax(x) },
		"Argmin":       func(x *jx.Array) *jx.Array { return num.Argmin(x, 0) },
		"CountNonzero": func(x *jx.Array) *jx.Array { return num.CountNonzero(x) },
		"Argsort":      func(x *jx.Array) *jx.Array { return num.Argsort(x) },
		"Lexsort":      func(x *jx.Array) *jx.Array { return num.Lexsort(x) },
		"TopK":         func(x *jx.Array) *jx.Array { _, i := num.TopK(x, 1); return i },
		"Bincount":     func(x *jx.Array) *jx.Array { return num.Bincount(x, 3) },
		"Searchsorted": func(x *jx.Array) *jx.Array { return num.Searchsorted(x, 3) },
	} {
		dtype := func(x *jx.Array) (d jx.DType) {
			jaxpr(t, func(x *jx.Array) *jx.Array {
				y := f(x)
				d = y.DType()
				return y
			}, x)
			return d
		}
		require.Equal(t, jx.Int64, dtype(x), name)
		require.Equal(t, jx.Int32, dtype(abstract(jx.Int8, 1<<31-1)), name)
	}
	require.Equal(t, "[[1 1 1]\n [1 1 1]]", num.Tri(jx.Int32, 2, num.Columns(3), num.Offset(1<<32)).String(), "a diagonal far outside")
	require.Equal(t, "[[0 0 0]\n [0 0 0]]", num.Eye(jx.Int32, 2, num.Columns(3), num.Offset(-1<<32)).String())
}

// What is made of a lazy array is computed without it.
func TestElementOfLongArray(t *testing.T) {
	const n = 1<<31 + 5
	x := num.Ones(jx.Int8, n)
	require.Equal(t, 1, x.At(n-1).Int())
	require.Equal(t, 1, x.At(-3).Int())
	require.Equal(t, 1, num.Take(x, jx.Scalar(int32(5))).Int())
	require.Equal(t, "[1 1]", num.Index(x, num.Range(n-2, n)).String())
	require.Equal(t, n, num.CountNonzero(x).Int())
}

// jaxpr is the program of f, as text.
func jaxpr(t *testing.T, f any, args ...any) string {
	t.Helper()
	j, err := jx.MakeJaxpr(f, args...)
	require.NoError(t, err)
	return j.String()
}
