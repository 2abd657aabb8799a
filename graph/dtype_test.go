package graph_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/jacobi-go/jacobi/graph"
)

// No element of a type is beyond its limits, and they are elements of it.
func TestLimits(t *testing.T) {
	for _, d := range graph.DTypes {
		lo, hi := d.Min(), d.Max()
		assert.Equal(t, lo, lo.Round(d), "%v", d)
		assert.Equal(t, hi, hi.Round(d), "%v", d)
	}
	assert.Equal(t, int64(0), graph.Bool.Min().I)
	assert.Equal(t, int64(1), graph.Bool.Max().I)
	assert.Equal(t, int64(-128), graph.Int8.Min().I)
	assert.Equal(t, int64(127), graph.Int8.Max().I)
	assert.Equal(t, int64(math.MinInt64), graph.Int64.Min().I)
	assert.Equal(t, int64(math.MaxInt64), graph.Int64.Max().I)
	assert.Equal(t, int64(math.MaxUint16), graph.Uint16.Max().I)
	assert.Equal(t, uint64(math.MaxUint64), uint64(graph.Uint64.Max().I))
	assert.Equal(t, math.Inf(-1), real(graph.BFloat16.Min().C))
	assert.Equal(t, math.Inf(1), real(graph.Float16.Max().C))
}

func TestClip(t *testing.T) {
	for _, row := range []struct {
		d    graph.DType
		n    int
		want int64
	}{
		{graph.Int8, 127, 127}, {graph.Int8, 128, 127}, {graph.Int8, -1 << 40, -128}, {graph.Uint8, -1, 0}, {graph.Uint8, 300, 255},
		{graph.Int32, 1 << 31, math.MaxInt32}, {graph.Uint32, 1 << 31, 1 << 31}, {graph.Uint32, 1 << 33, math.MaxUint32},
		{graph.Int64, math.MaxInt, math.MaxInt64}, {graph.Uint64, math.MaxInt, math.MaxInt64}, {graph.Uint64, -5, 0}, {graph.Int64, -5, -5},
	} {
		assert.Equal(t, row.want, row.d.Clip(row.n).I, "%v of %d", row.d, row.n)
	}
}

func TestDTypes(t *testing.T) {
	for _, d := range graph.DTypes {
		for _, name := range []string{d.String(), d.Short()} {
			got, ok := graph.ParseDType(name)
			assert.True(t, ok && got == d, "%s is %v", name, got)
		}
		kinds := 0
		for _, is := range []bool{d.IsBool(), d.IsSigned(), d.IsUnsigned(), d.IsFloat(), d.IsComplex()} {
			if is {
				kinds++
			}
		}
		assert.Equal(t, 1, kinds, "%v is of one kind", d)
		assert.Equal(t, d.IsFloat() || d.IsComplex(), d.Differentiable(), "%v", d)
		assert.Equal(t, d.IsSigned() || d.IsUnsigned(), d.IsInt(), "%v", d)
		if d.IsComplex() {
			assert.Equal(t, d, d.Real().Complex())
			assert.Equal(t, d.Size(), 2*d.Real().Size())
		} else {
			assert.Equal(t, d, d.Real())
		}
	}
	_, ok := graph.ParseDType("float128")
	assert.False(t, ok)
}
