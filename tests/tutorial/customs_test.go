package tutorial

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/examples/tutorial/programs"
	"github.com/jacobi-go/jacobi/num"
)

var customs = []check{
	{id: "convention_def", run: checkConvention},
	{id: "clip_def", run: checkClip},
	{id: "clip_plot_sin", run: checkSinCurves},
	{id: "clip_plot_clipped", run: checkClippedCurves},
	{id: "fixed_point_def", run: checkFixedPoint},
}

func checkConvention(t *testing.T) {
	assert.InDelta(t, 4.0/3, programs.Convention(jx.Scalar(4.0)).Float(), 1e-6)
}

func checkClip(t *testing.T) {
	f := func(a programs.Clipped) *jx.Array { return num.Mul(10, programs.ClipGradient(a)) }
	g := jx.Grad(f)(programs.Clipped{Lo: jx.Scalar(-0.5), Hi: jx.Scalar(0.5), X: jx.Scalar(3.0)})
	assert.Equal(t, "0.0 0.0 0.5", fmt.Sprint(g.Lo, g.Hi, g.X))
}

func checkSinCurves(t *testing.T) { checkCurves(t, num.Sin, math.Cos) }

func checkClippedCurves(t *testing.T) {
	checkCurves(t, programs.ClippedSin, func(x float64) float64 { return min(max(math.Cos(x), -0.75), 0.75) })
}

// checkCurves compares a curve that is a sine, and its derivative, at 1000
// points.
func checkCurves(t *testing.T, f func(*jx.Array) *jx.Array, slope func(float64) float64) {
	x := num.Linspace(jx.Float32, 0, 10, 1000)
	xs, err := jx.Slice[float32](x)
	require.NoError(t, err)
	y, err := jx.Slice[float32](f(x))
	require.NoError(t, err)
	dy, err := jx.Slice[float32](jx.VMap(jx.Grad(f))(x))
	require.NoError(t, err)
	require.Len(t, dy, 1000)
	for i, at := range xs {
		assert.InDelta(t, math.Sin(float64(at)), y[i], 1e-6)
		assert.InDelta(t, slope(float64(at)), dy[i], 1e-6)
	}
}

func checkFixedPoint(t *testing.T) {
	cos := func(_ struct{}, x *jx.Array) *jx.Array { return num.Cos(x) }
	assert.InDelta(t, 0.7390851, programs.Iterate(cos, struct{}{}, jx.Scalar(1.0)).Float(), 2e-6)
}
