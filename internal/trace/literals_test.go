package trace

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/jit"
	"github.com/jacobi-go/jacobi/xla"
)

// The numbers of a program of thousands stay on the device, until they are to
// go.
func TestNumbersStayOnTheDevice(t *testing.T) {
	ClearLiterals()
	buffers := func() []*xla.Buffer {
		bs := make([]*xla.Buffer, 5000)
		for i := range bs {
			bs[i] = literalBuffer(graph.Float32, graph.Number{C: complex(float64(i), 0)}, jit.Placement{})
		}
		return bs
	}
	first := buffers()
	for i, b := range buffers() {
		require.Same(t, first[i], b)
	}
	require.Equal(t, 5000, literals.Len())
	ClearLiterals()
	require.Zero(t, literals.Len())
}

// A number is told from others by its type and every bit of it, and so is what
// a jitted function is given: by dtype, weakness and shape. No key is the
// beginning of another, for those of several arrays follow each other.
func TestKeys(t *testing.T) {
	met := map[*xla.Buffer]int{}
	for i, n := range []struct {
		d graph.DType
		x complex128
	}{
		{graph.Float32, 0}, {graph.Float32, complex(math.Copysign(0, -1), 0)}, {graph.Float64, 0}, {graph.Complex64, 0},
		{graph.Complex64, 1}, {graph.Complex64, 1 + 2i}, {graph.Complex64, 2i}, {graph.Complex128, 2i},
	} {
		for range 2 {
			b := literalBuffer(n.d, graph.Number{C: n.x}, jit.Placement{})
			k, ok := met[b]
			require.True(t, !ok || k == i, "%v is %v", i, k)
			met[b] = i
		}
	}
	require.Len(t, met, 8)

	var keys [][]byte
	for _, d := range []graph.DType{graph.Bool, graph.Int8, graph.Float32} {
		for _, shape := range [][]int{{}, {0}, {1}, {2}, {1, 2}, {2, 1}, {2, 0, 0}, {300}, {300, 2}} {
			for _, weak := range []bool{false, true} {
				x := &Array{aval: graph.Aval{DType: d, Shape: shape}, weak: weak}
				keys = append(keys, x.AppendKey(nil))
			}
		}
	}
	for i, x := range keys {
		for k, y := range keys {
			require.Equal(t, i == k, bytes.HasPrefix(x, y), "%v %v", x, y)
		}
	}
}
