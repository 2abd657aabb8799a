package graph_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
)

func TestSizes(t *testing.T) {
	for _, row := range []struct {
		d     graph.DType
		shape []int
		size  int
		valid string // what the error says, if it is one
	}{
		{graph.Float32, nil, 1, ""},
		{graph.Float32, []int{2, 0, 3}, 0, ""},
		{graph.Bool, []int{1 << 28, 1 << 28}, 1 << 56, ""},
		{graph.Bool, []int{1 << 28, 1<<28 + 1}, 1<<56 + 1<<28, "would have 72057594306363392 elements, 72057594306363392 bytes; an array has at most 2^56 bytes"},
		{graph.Float32, []int{1 << 27, 1 << 27}, 1 << 54, ""},
		{graph.Float32, []int{1 << 28, 1 << 28}, 1 << 56, "288230376151711744 bytes"},
		{graph.Float32, []int{1 << 32, 1 << 32}, math.MaxInt, "f32[4294967296,4294967296] would have 18446744073709551616 elements"},
		{graph.Float32, []int{1 << 33, 1 << 30}, math.MaxInt, "9223372036854775808 elements"},
		{graph.Float32, []int{1 << 32, 1 << 32, 0}, 0, "would have, beside the empty axes, 18446744073709551616 elements"},
		{graph.Float32, []int{math.MaxInt, math.MaxInt, math.MaxInt}, math.MaxInt, "elements"},
		{graph.Float32, []int{3, -1}, math.MaxInt, "shape [3 -1] has a negative size"},
	} {
		a := graph.Aval{DType: row.d, Shape: row.shape}
		assert.Equal(t, row.size, a.Size(), "%v", a)
		err := graph.Try(func() { graph.Build([]graph.Aval{a}, func(b builder, in []value) []value { return in }) })
		if row.valid == "" {
			assert.NoError(t, a.Valid(), "%v", a)
			assert.NoError(t, err, "%v", a)
		} else {
			require.ErrorContains(t, a.Valid(), row.valid, "%v", a)
			require.ErrorContains(t, err, row.valid, "%v", a)
		}
	}
}
