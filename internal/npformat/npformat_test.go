package npformat

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
)

// testdata/cases.json is made by scripts/gen_npformat.py.
type cases struct {
	Every map[string][2]string
	Cases []struct {
		DType     string
		Shape     []int
		Bits      []string
		Rule      string
		Weak      bool
		Str, Repr string
	}
}

func load(t *testing.T) cases {
	text, err := os.ReadFile("testdata/cases.json")
	require.NoError(t, err)
	var c cases
	require.NoError(t, json.Unmarshal(text, &c))
	return c
}

func TestNumPyAndJAX(t *testing.T) {
	all := load(t).Cases
	require.Greater(t, len(all), 1000)
	for i, c := range all {
		d, ok := graph.ParseDType(c.DType)
		require.True(t, ok, c.DType)
		a := graph.Aval{DType: d, Shape: c.Shape}
		var at func(i int) graph.Number
		switch c.Rule {
		case "arange":
			at = func(i int) graph.Number { return graph.Num(d, float64(i)) }
		case "steps":
			at = func(i int) graph.Number {
				x := float64(i*7%23-11) * 0.5
				if d == graph.Bool && x != 0 {
					x = 1
				}
				return graph.Num(d, x)
			}
		default:
			at = func(i int) graph.Number { return fromBits(t, d, c.Bits, i) }
		}
		ok = assert.Equal(t, c.Str, string(Print(nil, a, at)), "case %d: str of %v", i, a) &&
			assert.Equal(t, c.Repr, string(Repr(nil, "Array(", a, at, c.Weak)), "case %d: repr of %v", i, a)
		if !ok && testing.Verbose() {
			t.Log(c.Bits)
		}
	}
}

func fromBits(t *testing.T, d graph.DType, bits []string, i int) graph.Number {
	read := func(i int) uint64 {
		u, err := strconv.ParseUint(bits[i], 16, 64)
		require.NoError(t, err)
		return u
	}
	switch d {
	case graph.Complex64:
		u := read(i)
		return graph.FromBits(d, u&math.MaxUint32, u>>32)
	case graph.Complex128:
		return graph.FromBits(d, read(2*i), read(2*i+1))
	}
	return element(d, read(i))
}

// element is the element of type d with these bits.
func element(d graph.DType, u uint64) graph.Number { return graph.FromBits(d, u, 0) }

// TestEveryFloat prints all 16-bit floats, and many others, among them the
// powers of two and their neighbours, as scalars and as arrays of one.
func TestEveryFloat(t *testing.T) {
	every := load(t).Every
	for _, tc := range []struct {
		d    graph.DType
		bits []uint64
	}{
		{graph.Float16, all16()},
		{graph.BFloat16, all16()},
		{graph.Float32, walk(32, 20000, 23)},
		{graph.Float64, walk(64, 20000, 52)},
	} {
		scalar, array := sha256.New(), sha256.New()
		for _, u := range tc.bits {
			n := element(tc.d, u)
			at := func(int) graph.Number { return n }
			scalar.Write(append(Print(nil, graph.Aval{DType: tc.d}, at), '\n'))
			array.Write(append(Print(nil, graph.Aval{DType: tc.d, Shape: []int{1}}, at), '\n'))
		}
		got := [2]string{hex.EncodeToString(scalar.Sum(nil)), hex.EncodeToString(array.Sum(nil))}
		assert.Equal(t, every[tc.d.String()], got, "%v", tc.d)
	}
}

func all16() (bits []uint64) {
	for u := range uint64(1 << 16) {
		bits = append(bits, u)
	}
	return bits
}

// walk is the sequence of the same name in gen_npformat.py.
func walk(size uint, n int, shift uint) (bits []uint64) {
	for i := range uint64(n) {
		bits = append(bits, i*0x9E3779B97F4A7C15>>(64-size))
	}
	for e := uint64(1); e < 1<<(size-1-shift)-1; e++ {
		bits = append(bits, e<<shift-1, e<<shift, e<<shift+1)
	}
	return bits
}

func TestReadsOnlyWhatItPrints(t *testing.T) {
	reads := map[int]bool{}
	a := graph.Aval{DType: graph.Int32, Shape: []int{100, 100}}
	Print(nil, a, func(i int) graph.Number { reads[i] = true; return graph.Number{I: int64(i)} })
	assert.Len(t, reads, 36)
}

func TestAppends(t *testing.T) {
	a := graph.Aval{DType: graph.Float32, Shape: []int{2}}
	at := func(int) graph.Number { return graph.Number{C: 1} }
	assert.Equal(t, "x = [1. 1.]", string(Print([]byte("x = "), a, at)))
	assert.Equal(t, "x = Array([1., 1.], dtype=float32)", string(Repr([]byte("x = "), "Array(", a, at, false)))
}

func BenchmarkPrint(b *testing.B) {
	a := graph.Aval{DType: graph.Float32, Shape: []int{10, 10}}
	at := func(i int) graph.Number { return graph.Num(graph.Float32, float64(i)/7) }
	b.ReportAllocs()
	for b.Loop() {
		Print(nil, a, at)
	}
}
