package ops_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/num"
)

// A loop that comes by a line with the same number has it as one operand, so
// that programs do not grow an operand with each step; numbers of two lines,
// and numbers that differ, are operands of their own, so that a change of one
// is no other program.
func TestNumbersOfLoops(t *testing.T) {
	operands := func(f func(x *array.Array) *array.Array) int {
		g := ops.Stage(ops.Staging{Name: "Grad"}, []graph.Aval{{DType: graph.Float32}}, nil, func(in []*array.Array) []*array.Array {
			return []*array.Array{f(in[0])}
		})
		return len(g.Captured)
	}
	require.Equal(t, 2, operands(func(x *array.Array) *array.Array {
		for range 1000 {
			x = num.Add(num.Mul(x, 0.5), 0.5)
		}
		return x
	}))
	require.Equal(t, 10, operands(func(x *array.Array) *array.Array {
		for i := range 100 {
			x = num.Add(x, i%10)
		}
		return x
	}))
	require.Equal(t, 3, operands(func(x *array.Array) *array.Array {
		for _, c := range []float64{0, -1, 0} { // 0 again, and -1
			x = num.Add(x, c)
		}
		return num.Add(x, 0.0)
	}))
	require.Equal(t, 2, operands(func(x *array.Array) *array.Array {
		minus := -1.0
		for _, c := range []float64{0, 0 / minus} {
			x = num.Add(x, c)
		}
		return x
	}), "0 and -0")
}
