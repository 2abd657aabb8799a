package graph_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"jacobi/graph"
)

// Each half precision type has few numbers: all of them are tried, what lies
// between neighbours, and what lies beside the middle.
func TestHalfPrecision(t *testing.T) {
	for _, half := range []struct {
		d          graph.DType
		to         func(float64) uint16
		from       func(uint16) float64
		inf        uint16
		least, top float64
	}{
		{graph.Float16, graph.ToFloat16, graph.FromFloat16, 0x7c00, 0x1p-24, 65504},
		{graph.BFloat16, graph.ToBFloat16, graph.FromBFloat16, 0x7f80, 0x1p-133, 0x1.fep127},
	} {
		t.Run(half.d.String(), func(t *testing.T) {
			assert.Equal(t, half.least, half.from(1))
			assert.Equal(t, half.top, half.from(half.inf-1))
			assert.Equal(t, math.Inf(1), half.from(half.inf))
			assert.True(t, math.IsNaN(half.from(half.inf+1)))
			assert.True(t, math.IsNaN(half.from(half.to(math.NaN()))))
			step := half.top - half.from(half.inf-2)
			for h := uint16(0); h < half.inf; h++ {
				x, next := half.from(h), half.from(h+1)
				if h+1 == half.inf {
					next = x + step // overflow rounds as if the next number were there
				}
				require.Less(t, x, next)
				middle := x + (next-x)/2
				even := h + h&1
				for _, sign := range []uint16{0, 0x8000} {
					s := 1 - 2*float64(sign>>15)
					require.Equal(t, h|sign, half.to(s*x), "%v", x)
					require.Equal(t, even|sign, half.to(s*middle), "%v", middle)
					require.Equal(t, h|sign, half.to(s*math.Nextafter(middle, 0)), "below %v", middle)
					require.Equal(t, (h+1)|sign, half.to(s*math.Nextafter(middle, math.Inf(1))), "above %v", middle)
					require.Equal(t, s*x, half.from(h|sign))
				}
			}
		})
	}
}

// The upper half of a float32 is a bfloat16.
func TestBFloat16IsAFloat32(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		h := uint16(r.Uint32())
		want := float64(math.Float32frombits(uint32(h) << 16))
		got := graph.FromBFloat16(h)
		require.True(t, got == want || got != got && want != want, "%x: %v, want %v", h, got, want)
	}
}

func TestNumberRounds(t *testing.T) {
	for _, row := range []struct {
		d    graph.DType
		in   graph.Number
		want graph.Number
	}{
		{graph.Bool, graph.Number{I: 7}, graph.Number{I: 1}},
		{graph.Int8, graph.Number{I: 200}, graph.Number{I: -56}},
		{graph.Uint8, graph.Number{I: -1}, graph.Number{I: 255}},
		{graph.Int16, graph.Number{I: 1 << 15}, graph.Number{I: -1 << 15}},
		{graph.Uint16, graph.Number{I: 1<<16 + 3}, graph.Number{I: 3}},
		{graph.Int32, graph.Number{I: 1 << 31}, graph.Number{I: -1 << 31}},
		{graph.Uint32, graph.Number{I: -1}, graph.Number{I: 1<<32 - 1}},
		{graph.Uint64, graph.Number{I: -1}, graph.Number{I: -1}},
		{graph.Float16, graph.Number{C: 65520}, graph.Number{C: complex(math.Inf(1), 0)}},
		{graph.Float32, graph.Number{C: 0.1}, graph.Number{C: complex(float64(float32(0.1)), 0)}},
		{graph.Float64, graph.Number{C: 1 + 2i}, graph.Number{C: 1}},
		{graph.Complex64, graph.Number{C: 0.1 + 0.2i}, graph.Number{C: complex128(complex64(0.1 + 0.2i))}},
	} {
		assert.Equal(t, row.want, row.in.Round(row.d), "%v as %v", row.in, row.d)
		assert.Equal(t, row.want, row.want.Round(row.d), "rounding again")
	}
}

func TestDTypes(t *testing.T) {
	for d := range graph.NumDTypes {
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
