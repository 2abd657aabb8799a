package trace

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/jit"
	"github.com/jacobi-go/jacobi/xla"
)

func TestMain(m *testing.M) {
	if err := xla.Configure(xla.Options{Devices: 2}); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// An array is copied to a device once, and its copies go when it does. Numbers
// of Go are no one's: those of equal value stay.
func TestCopies(t *testing.T) {
	c, err := xla.Default()
	require.NoError(t, err)
	there := jit.On(c.Devices()[1])
	x := FromBytes(graph.Aval{DType: graph.Float32, Shape: []int{2}}, false, make([]byte, 8))
	first, second := x.buffer(jit.Placement{}), x.buffer(there)
	require.True(t, there.Has(second))
	require.Same(t, first, x.buffer(jit.Placement{}))
	require.Same(t, second, x.buffer(there))
	require.NoError(t, x.Close())
	require.Error(t, first.Dead())
	require.Error(t, second.Dead())

	number := func() *Array { return NewNumber(graph.Float32, true, true, graph.Number{C: 0.375}) }
	n, m := number(), number()
	b := n.buffer(there)
	require.True(t, there.Has(b))
	require.Same(t, b, m.buffer(there))
	require.True(t, jit.Placement{}.Has(literalBuffer(graph.Float32, graph.Number{C: 0.375}, jit.Placement{})))
	require.NoError(t, n.Close())
	require.NoError(t, b.Dead())
	require.NoError(t, m.Dead())
}
