package jacobi_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

// What newcomers did, and what they are told.
func TestMisuse(t *testing.T) {
	x := jx.From([]float32{1, 2, 3})
	closed := num.Add(x, 1)
	require.NoError(t, closed.Close())
	var zero jx.Array
	id := func(x *jx.Array) *jx.Array { return x }
	for name, row := range map[string]struct {
		f    func()
		want string
	}{
		"zero VMapOption":         {func() { jx.VMap(id, jx.VMapOption{})(x) }, "VMap: an option is nil"},
		"zero JitOption":          {func() { jx.Jit(id, jx.JitOption{})(x) }, "Jit: an option is nil"},
		"zero RematOption":        {func() { jx.Checkpoint(id, jx.RematOption{})(x) }, "Checkpoint: an option is nil"},
		"zero LoopOption":         {func() { jx.Map(x, id, jx.LoopOption{}) }, "Map: an option is nil"},
		"no such dtype":           {func() { num.Sin(x.As(jx.DType(99))) }, "there is no DType(99)"},
		"a size for a dtype":      {func() { num.Zeros(2, 3) }, "there is no DType(2); a dtype is one of jx.Float32"},
		"number of no such dtype": {func() { num.Sin(jx.Scalar(2.0).As(jx.DType(99))) }, "there is no DType(99)"},
		"too many axes":           {func() { jx.From([]float32{1}, ones(65)...) }, "65 axes; an array has at most 64"},
		"reshaped to many axes":   {func() { num.Reshape(jx.From([]float32{1}), ones(65)...) }, "65 axes"},
		"uint64 as int":           {func() { jx.Scalar(uint64(math.MaxUint64)).Int() }, "18446744073709551615 does not fit into an int"},
		"zero Array":              {func() { num.Sin(&zero) }, "a zero Array holds nothing"},
		"nil mapped":              {func() { jx.VMap(id)(nil) }, "no argument is mapped, and argument 0 is nil"},
		"closed over, closed": {func() { jx.Jit(func(x *jx.Array) *jx.Array { return num.Mul(x, closed) })(x) },
			"closed"},
		"equations that are not linear": {func() {
			solve := func(_ func(*jx.Array) *jx.Array, b *jx.Array) *jx.Array { return num.Sqrt(b) }
			jx.Grad(func(b *jx.Array) *jx.Array { return num.Sum(jx.CustomLinearSolve(num.Square, b, solve, solve)) })(x)
		}, "linear"},
	} {
		err := jx.Try(row.f)
		require.ErrorContains(t, err, row.want, name)
		require.Contains(t, err.Error(), "misuse_test.go:", name)
	}
	require.Equal(t, "DType(77)", fmt.Sprint(jx.DType(77)))
	require.ErrorContains(t, jx.Init(jx.InitOption{}), "an option is nil")
	require.Contains(t, zero.String(), "holds nothing")

	for shape, want := range map[string]string{
		"[" + strings.Repeat("1,", 1000) + "1]":       "1001 axes",
		"[0,9223372036854775807,9223372036854775807]": "at most 2^56 bytes",
	} {
		var y jx.Array
		require.ErrorContains(t, json.Unmarshal(fmt.Appendf(nil, `{"dtype":"float32","shape":%s,"data":""}`, shape), &y), want)
	}
}

func ones(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = 1
	}
	return out
}
