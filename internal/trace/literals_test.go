package trace

import (
	"testing"

	"github.com/stretchr/testify/require"

	"jacobi/graph"
	"jacobi/jit"
	"jacobi/xla"
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
