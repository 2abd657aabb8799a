package graph_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/interp"
)

// Composing the functions x -> m x + c is associative and not commutative.
func compose(b *graph.Builder, a, c []*graph.Value) []*graph.Value {
	return []*graph.Value{b.Mul(a[0], c[0]), b.Add(b.Mul(a[1], c[0]), c[1])}
}

func TestAssociativeScan(t *testing.T) {
	for n := range 12 {
		for _, reverse := range []bool{false, true} {
			for axis := range 2 {
				t.Run(fmt.Sprintf("n=%d reverse=%v axis=%d", n, reverse, axis), func(t *testing.T) {
					shape, in := []int{2, 2}, make([]interp.Tensor, 2)
					shape[axis] = n
					a := graph.Aval{DType: graph.Int64, Shape: shape}
					for i := range in {
						in[i] = interp.Zeros(a)
						for k := range in[i].Data {
							in[i].Data[k].I = int64((k*7+i*3)%5 - 2)
						}
					}
					g := graph.Build([]graph.Aval{a, a}, func(b *graph.Builder, x []*graph.Value) []*graph.Value {
						return b.AssociativeScan(axis, reverse, x, compose)
					})
					require.NoError(t, graph.Check(g))
					got := interp.Eval(g, in...)
					for row := range 2 {
						var m, c int64 = 1, 0
						for i := range n {
							if reverse {
								i = n - 1 - i
							}
							at := []int{row, i}
							if axis == 0 {
								at = []int{i, row}
							}
							dm, dc := in[0].At(at...).I, in[1].At(at...).I
							m, c = m*dm, c*dm+dc
							assert.Equal(t, []int64{m, c}, []int64{got[0].At(at...).I, got[1].At(at...).I}, "at %v", at)
						}
					}
				})
			}
		}
	}
}

// Equations grow with the logarithm of the length.
func TestAssociativeScanSize(t *testing.T) {
	size := func(n int) int {
		a := graph.Aval{DType: graph.Float32, Shape: []int{n}}
		return len(graph.Build([]graph.Aval{a, a}, func(b *graph.Builder, x []*graph.Value) []*graph.Value {
			return b.AssociativeScan(0, false, x, compose)
		}).Eqns)
	}
	assert.Less(t, size(1<<16), 500)
	assert.Equal(t, size(1<<16)-size(1<<15), size(1<<15)-size(1<<14))
}
