package num_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

func TestOptions(t *testing.T) {
	m := num.Reshape(num.Arange(jx.Int32, 6), 2, 3)
	for _, c := range []struct {
		want string
		got  *jx.Array
	}{
		{"[[0 1 0]\n [0 0 1]]", num.Eye(jx.Int32, 2, num.Columns(3), num.Offset(1))},
		{"[[1 1 0]\n [1 1 1]]", num.Tri(jx.Int32, 2, num.Offset(1), num.Columns(3))},
		{"[[0 0 0]\n [3 0 0]]", num.Tril(m, num.Offset(-1))},
		{"[[0 1 2]\n [0 4 5]]", num.Triu(m)},
		{"[1 5]", num.Diag(m, num.Offset(1))},
		{"[[0 0]\n [7 0]]", num.DiagFlat(jx.Scalar(int32(7)), num.Offset(-1))},
		{"[3]", num.Diagonal(m, num.Across(1, 0), num.Offset(1))},
		{"4", num.Trace(m, num.Across(1, 0))},
		{"[-0.5]", num.Elu(f32(-100), num.Alpha(0.5))},
		{"[-0.5]", num.Celu(f32(-100), num.Alpha(0.5))},
		{"[-50.]", num.LeakyRelu(f32(-100), num.Slope(0.5))},
		{"[1 2]", num.Searchsorted(f32(1, 2, 3), f32(1, 2), num.Right())},
		{"[0 1]", num.Digitize(f32(1, 2), f32(1, 2, 3), num.Right())},
		{"[ True  True False]", num.IsClose(f32(float32(math.NaN()), 1, 2), f32(float32(math.NaN()), 1, 3), num.EqualNaN())},
		{"[ 0.5  0.  -0.5]", num.Arange(jx.Float32, 0.5, -1, -0.5)},
		{"[9223372036854775803 9223372036854775805]", num.Arange(jx.Int64, math.MaxInt-4, math.MaxInt, 2)},
		{"[]", num.Arange(jx.Int32, -3)},
	} {
		require.Equal(t, c.want, c.got.String())
	}
	nan := f32(float32(math.NaN()), 1)
	require.False(t, num.ArrayEqual(nan, nan))
	require.True(t, num.ArrayEqual(nan, nan, num.EqualNaN()))
	require.True(t, num.AllClose(nan, nan, num.EqualNaN()))
	require.False(t, num.AllClose(nan, f32(1, 1), num.EqualNaN()))
	require.NotEqual(t, num.Gelu(f32(1)).String(), num.Gelu(f32(1), num.Exact()).String())
}

func TestOptionsThatDoNotApply(t *testing.T) {
	m := num.Reshape(num.Arange(jx.Float32, 6), 2, 3)
	for want, f := range map[string]func(){
		"Diag: Columns does not apply; it takes Offset":                             func() { num.Diag(m, num.Columns(2)) },
		"Eye: Across does not apply; it takes Offset and Columns":                   func() { num.Eye(jx.Float32, 2, num.Across(0, 1)) },
		"Trace: Columns does not apply; it takes Offset and Across":                 func() { num.Trace(m, num.Columns(2)) },
		"the axes must differ":                                                      func() { num.Trace(m, num.Across(1, -1)) },
		"Tril: Offset is given twice":                                               func() { num.Tril(m, num.Offset(1), num.Offset(2)) },
		"Triu: an empty option; it takes Offset":                                    func() { num.Triu(m, num.DiagonalOption{}) },
		"Columns: [-1] has a negative size":                                         func() { num.Tri(jx.Float32, 2, num.Columns(-1)) },
		"Elu: Slope does not apply; it takes Alpha":                                 func() { num.Elu(m, num.Slope(1)) },
		"LeakyRelu: Alpha does not apply; it takes Slope":                           func() { num.LeakyRelu(m, num.Alpha(1)) },
		"ArrayEqual: RTol does not apply; it takes EqualNaN":                        func() { num.ArrayEqual(m, m, num.RTol(1)) },
		"the sorted elements must be a vector":                                      func() { num.Digitize(1, m) },
		"the function does not remove the axes [1]":                                 func() { num.Keep(num.Softmax)(m, -1) },
		"axis 2 is out of range":                                                    func() { num.Keep(num.Sum)(m, 2) },
		"Arange: 4 bounds; it takes the end, begin and end, or begin, end and step": func() { num.Arange(jx.Float32, 1, 2, 3, 4) },
		"Arange: no finite range goes from 0 to 3 in steps of 0":                    func() { num.Arange(jx.Float32, 0, 3, 0) },
		"Arange: 9223372036854775808 numbers from -1 to 9223372036854775807":        func() { num.Arange(jx.Float32, -1, math.MaxInt) },
		"HSplit(f32[2,3]): axis 1 has 3 elements":                                   func() { num.HSplit(m, 2) },
		"AddN: needs at least one array":                                            func() { num.AddN() },
		"there are no 3 axes to contract":                                           func() { num.Tensordot(m, m, 3) },
		"1 axes of x, 2 of y":                                                       func() { num.Tensordot(m, m, [2][]int{{0}, {0, 1}}) },
	} {
		err := jx.Try(f)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "options_test.go:", "the user's line")
	}
}

// Add and Mul are functions of two arrays as they are, and reductions that keep
// axes are reductions.
func TestFunctionsAsValues(t *testing.T) {
	p := []*jx.Array{f32(1, 2), f32(3)}
	require.Equal(t, "[2. 4.]", jx.TreeMap2(p, p, num.Add)[0].String())
	require.Equal(t, "[9.]", jx.TreeMap2(p, p, num.Mul)[1].String())
	m := num.Reshape(num.Arange(jx.Float32, 6), 2, 3)
	require.Equal(t, "[[-1.  0.  1.]\n [-1.  0.  1.]]", num.Sub(m, num.Keep(num.Mean)(m, -1)).String())
	require.Equal(t, "[[2]\n [2]]", num.Keep(num.Argmax)(m, 1).String())
}

// An axis that is not given is the one that JAX takes.
func TestAxesNotGiven(t *testing.T) {
	m := num.Reshape(num.Arange(jx.Int32, 6), 2, 3)
	last := jx.From([]int32{1, 0}, 2, 1)
	for want, got := range map[string]*jx.Array{
		"[[0 1 2]]":           num.Split(m, 2)[0],
		"[[3 4 5]]":           num.ArraySplit(m, 2)[1],
		"[]":                  num.SplitAt(m, []int{2})[1],
		"[3 4 5]":             num.Unstack(m)[1],
		"[[1]\n [3]]":         num.TakeAlongAxis(m, last),
		"[[0 9 2]\n [9 4 5]]": num.PutAlongAxis(m, last, 9),
	} {
		require.Equal(t, want, got.String())
	}
}
