package linalg_test

import (
	"fmt"
	"math"
	"testing"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/internal/jaxtest"
	"github.com/jacobi-go/jacobi/linalg"
)

type arrays = []*jx.Array

// functions are those of the cases that scripts/gen_linalg.py writes.
var functions = map[string]func(x arrays) arrays{
	"cholesky":                            func(x arrays) arrays { return arrays{linalg.Cholesky(x[0])} },
	"cholesky_solve":                      two(linalg.CholeskySolve),
	"solve_triangular":                    triangular(),
	"solve":                               two(linalg.Solve),
	"inv":                                 func(x arrays) arrays { return arrays{linalg.Inv(x[0])} },
	"det":                                 func(x arrays) arrays { return arrays{linalg.Det(x[0])} },
	"multi_dot":                           func(x arrays) arrays { return arrays{linalg.MultiDot(x...)} },
	"norm":                                one(linalg.Norm),
	"norm axis 1":                         one(linalg.Norm, 1),
	"norm axes 0 2":                       one(linalg.Norm, 0, 2),
	"solve_triangular upper":              triangular(linalg.Upper()),
	"solve_triangular transposed":         triangular(linalg.Transposed()),
	"solve_triangular upper adjoint unit": triangular(linalg.Upper(), linalg.Adjoint(), linalg.UnitDiagonal()),
	"slogdet": func(x arrays) arrays {
		sign, log := linalg.SlogDet(x[0])
		return arrays{sign, log}
	},
	"lu": func(x arrays) arrays {
		p, l, u := linalg.LU(x[0])
		return arrays{p, l, u}
	},
}

func init() {
	for name, p := range map[string]float64{"0": 0, "1": 1, "3": 3, "0.5": 0.5, "inf": math.Inf(1), "-inf": math.Inf(-1)} {
		functions["vector_norm "+name] = func(x arrays) arrays { return arrays{linalg.VectorNorm(x[0], p, -1)} }
	}
	for name, p := range map[string]float64{"1": 1, "-1": -1, "inf": math.Inf(1), "-inf": math.Inf(-1)} {
		functions["matrix_norm "+name] = func(x arrays) arrays { return arrays{linalg.MatrixNorm(x[0], p)} }
	}
	for _, n := range []int{0, 1, 2, 5, -1, -3} {
		functions[fmt.Sprint("matrix_power ", n)] = func(x arrays) arrays { return arrays{linalg.MatrixPower(x[0], n)} }
	}
}

func one(f func(x *jx.Array, axes ...int) *jx.Array, axes ...int) func(x arrays) arrays {
	return func(x arrays) arrays { return arrays{f(x[0], axes...)} }
}

func two(f func(a, y *jx.Array) *jx.Array) func(x arrays) arrays {
	return func(x arrays) arrays { return arrays{f(x[0], x[1])} }
}

func triangular(opts ...linalg.TriangularOption) func(x arrays) arrays {
	return func(x arrays) arrays { return arrays{linalg.SolveTriangular(x[0], x[1], opts...)} }
}

func TestLikeJAX(t *testing.T) { jaxtest.Run(t, functions) }
