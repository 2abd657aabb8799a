package ops_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/num"
)

// here is the caller's line, as positions are written.
func here() string {
	pc, _, _, _ := runtime.Caller(1)
	return graph.Position(pc)
}

func TestMistakesHaveTheUsersLine(t *testing.T) {
	x, y := num.Ones(graph.Float32, 2, 3), num.Ones(graph.Float32, 2, 3)
	mistake := func(x *array.Array) (string, error) {
		err, line := graph.Try(func() { num.Dot(x, y) }), here()
		return line, err
	}
	check := func(line string, err error) {
		var e *graph.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, line, e.Pos)
	}
	check(mistake(x))
	check(mistake(num.Add(x, 1.0)))
	ops.Stage(ops.Staging{Name: "Jit", Bake: true}, []graph.Aval{ops.Aval(x)}, nil, func(in []*array.Array) []*array.Array {
		check(mistake(in[0]))
		return in
	})
}

func TestEquationsHaveTheUsersLine(t *testing.T) {
	var lines []string
	g := ops.Stage(ops.Staging{Name: "Jit", Bake: true}, []graph.Aval{{DType: graph.Float32, Shape: []int{3}}}, nil, func(in []*array.Array) []*array.Array {
		x, line := num.Mul(in[0], 3.0), here()
		lines = append(lines, line, line) // the number, and the product
		require.Error(t, graph.Try(func() { num.Reshape(x, 5) }))
		x, line = num.Mean(x), here()
		lines = append(lines, line, line) // the sum, and the quotient by the same number
		return []*array.Array{x}
	})
	var got []string
	for _, e := range g.Eqns {
		got = append(got, e.Pos())
	}
	require.Equal(t, lines, got, g)
}
