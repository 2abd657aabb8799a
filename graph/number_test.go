package graph_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
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
	r := graphtest.Seeded(t)
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

// Bytes and bits are of the element, and make it again.
func TestBytes(t *testing.T) {
	r := graphtest.Seeded(t)
	for _, d := range graph.DTypes {
		for range 2000 {
			data := make([]byte, d.Size())
			for i := range data {
				data[i] = byte(r.Uint32())
			}
			if d == graph.Bool {
				data[0] &= 1
			}
			n := graph.Decode(d, data)
			require.Equal(t, n.I, n.Round(d).I)
			if real(n.C) != real(n.C) || imag(n.C) != imag(n.C) {
				continue // payloads are not kept
			}
			require.Equal(t, n, n.Round(d), "%v % x", d, data)
			require.Equal(t, append([]byte{7}, data...), n.Append([]byte{7}, d), "%v", d)
			re, im := n.Bits(d)
			require.Equal(t, n, graph.FromBits(d, re, im), "%v", d)
		}
	}
	zero, minus := graph.Num(graph.Float16, 0), graph.Num(graph.Float16, math.Copysign(0, -1))
	assert.NotEqual(t, zero.Append(nil, graph.Float16), minus.Append(nil, graph.Float16))
	re, im := graph.Number{C: complex(1, -2)}.Bits(graph.Complex64)
	assert.Equal(t, [2]uint64{0x3f800000, 0xc0000000}, [2]uint64{re, im})
	assert.Equal(t, []byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0}, graph.Number{C: complex(1, -2)}.Append(nil, graph.Complex64))
	assert.Equal(t, []byte{0xfe, 0xff}, graph.Number{I: -2}.Append(nil, graph.Int16))
}
