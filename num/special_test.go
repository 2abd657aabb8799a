package num_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/internal/jaxtest"
	"github.com/jacobi-go/jacobi/num"
)

// For whole n, B(n, y) is (n-1)! / (y (y+1) ... (y+n-1)).
func TestBetaOfLargeArguments(t *testing.T) {
	for n := 1; n <= 6; n++ {
		for _, y := range []float64{1.5, 7.9, 8, 9.5, 30, 1e3, 1e7, 1e12, 1e30} {
			want, slope := 0.0, 0.0 // the logarithm and its derivative in y
			for k := range n {
				want -= math.Log(y + float64(k))
				slope -= 1 / (y + float64(k))
				if k > 0 {
					want += math.Log(float64(k))
				}
			}
			betaLn := func(y *jx.Array) *jx.Array { return num.BetaLn(float64(n), y) }
			got, d := jx.ValueAndGrad(betaLn)(jx.Scalar(y).As(jx.Float64))
			require.InEpsilon(t, want, got.Float(), 1e-13, "BetaLn(%d, %v)", n, y)
			require.InEpsilon(t, slope, d.Float(), 1e-9, "d BetaLn(%d, y) at %v", n, y)
			require.InEpsilon(t, want, num.BetaLn(jx.Scalar(y).As(jx.Float64), n).Float(), 1e-13, "symmetric")
		}
	}
	require.InEpsilon(t, -40.01055599, num.BetaLn(2.5, 1e7).Float(), 1e-6)
	require.InEpsilon(t, 1e-30, num.Beta(1.0, 1e30).Float(), 1e-5)
	for _, d := range jaxtest.Floats(t, jx.Float16) {
		require.InEpsilon(t, 1./200, num.Beta(jx.Scalar(200.0).As(d), 1).Float(), 1e-3, "half precision")
	}
	// Where x + y is small or negative, log|gamma| is as it is.
	want, _ := math.Lgamma(-20.5)
	l, _ := math.Lgamma(10)
	m, _ := math.Lgamma(-10.5)
	require.InEpsilon(t, want+l-m, num.BetaLn(-20.5, 10.0).As(jx.Float64).Float(), 1e-5)
	// Second derivatives do not see which operand is larger.
	h := jx.Hessian(func(x *jx.Array) *jx.Array { return num.BetaLn(x.At(0), x.At(1)) })
	at, beside := h(jx.From([]float64{9, 9})), h(jx.From([]float64{9, 9 + 1e-9}))
	require.True(t, num.AllClose(at, beside, num.RTol(1e-6), num.ATol(1e-9)), "%v %v", at, beside)
}
