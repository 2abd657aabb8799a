package linalg

import (
	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/num"
)

// MatrixPower multiplies a with itself n times, by repeated squaring; n = 0
// gives the identity, and negative n powers of the inverse. The shape is a's;
// matrices that are not square are an error. The dtype is a's; of negative n
// see Inv. It is jax.numpy.linalg.matrix_power.
func MatrixPower(a *array.Array, n int) *array.Array {
	a = array.Of(a)
	if r := a.Rank(); r < 2 || a.Dim(-1) != a.Dim(-2) {
		panic(graph.Mistake(graph.ErrShape, "MatrixPower", []graph.Aval{ops.Aval(a)}, "takes square matrices, in the last two axes"))
	}
	times := uint(n)
	if n < 0 {
		a, times = Inv(a), -times
	}
	if times == 0 {
		return num.BroadcastTo(num.Eye(a.DType(), a.Dim(-1)), a.Shape()...)
	}
	var power *array.Array
	for square := a; ; square = num.Matmul(square, square) {
		if times&1 == 1 {
			if power == nil {
				power = square
			} else {
				power = num.Matmul(power, square)
			}
		}
		if times >>= 1; times == 0 {
			return power
		}
	}
}

// MultiDot multiplies two or more matrices in the order that takes the fewest
// multiplications. The first may be a vector, a row, and the last one a column.
// Sizes that do not agree are an error. Dtypes are promoted. The result is a
// matrix, a vector if one of these is one, or a scalar if both are. It is
// jax.numpy.linalg.multi_dot.
func MultiDot(xs ...*array.Array) *array.Array {
	ops.Given(xs...)
	n := len(xs)
	if n < 2 {
		panic(graph.Errorf(graph.ErrArgument, "MultiDot", "needs two or more matrices, not %d", n))
	}
	// Matrix i is sizes[i] by sizes[i+1].
	sizes := make([]int, n+1)
	for i, x := range xs {
		switch r := array.Of(x).Rank(); {
		case r == 2:
			sizes[i], sizes[i+1] = x.Dim(0), x.Dim(1)
		case r == 1 && i == 0:
			sizes[0], sizes[1] = 1, x.Dim(0)
		case r == 1 && i == n-1:
			sizes[i], sizes[i+1] = x.Dim(0), 1
		default:
			panic(graph.Mistake(graph.ErrRank, "MultiDot", ops.Avals(xs), "operand %d has rank %d; all are matrices, but the first and the last may be vectors", i, r))
		}
		if i > 0 {
			if before := xs[i-1].Dim(-1); before != sizes[i] {
				panic(graph.Mistake(graph.ErrShape, "MultiDot", ops.Avals(xs), "operand %d has %d columns, operand %d has %d rows", i-1, before, i, sizes[i]))
			}
		}
	}
	// cost[i][j] is the least for matrices i to j, which split[i][j] divides.
	cost, split := make([][]int, n), make([][]int, n)
	for i := n - 1; i >= 0; i-- {
		cost[i], split[i] = make([]int, n), make([]int, n)
		for j := i + 1; j < n; j++ {
			for k := i; k < j; k++ {
				c := cost[i][k] + cost[k+1][j] + sizes[i]*sizes[k+1]*sizes[j+1]
				if k == i || c < cost[i][j] {
					cost[i][j], split[i][j] = c, k
				}
			}
		}
	}
	var product func(i, j int) *array.Array
	product = func(i, j int) *array.Array {
		if i == j {
			return xs[i]
		}
		return num.Matmul(product(i, split[i][j]), product(split[i][j]+1, j))
	}
	return product(0, n-1)
}
