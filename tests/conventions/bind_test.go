package conventions

import (
	"testing"

	"github.com/stretchr/testify/assert"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/fft"
	"github.com/jacobi-go/jacobi/linalg"
	"github.com/jacobi-go/jacobi/num"
)

// bound are functions of an array with optional arguments of every kind, as
// functions of the array alone.
var bound = map[string]func(*jx.Array) *jx.Array{
	"Sum":           jx.Bind(num.Sum),
	"Max":           jx.Bind(num.Max, 1),
	"LogSumExp":     jx.Bind(num.LogSumExp, 0, -1),
	"Softmax":       jx.Bind(num.Softmax, -1),
	"Cumsum":        jx.Bind(num.Cumsum, 0),
	"Sort":          jx.Bind(num.Sort),
	"Transpose":     jx.Bind(num.Transpose),
	"Reshape":       jx.Bind(num.Reshape, -1),
	"Keep":          jx.Bind(num.Keep(num.Mean), -1),
	"Diagonal":      jx.Bind(num.Diagonal, num.Across(1, 0), num.Offset(1)),
	"Trace":         jx.Bind(num.Trace),
	"Tril":          jx.Bind(num.Tril, num.Offset(-1)),
	"Elu":           jx.Bind(num.Elu, num.Alpha(2)),
	"LeakyRelu":     jx.Bind(num.LeakyRelu, num.Slope(0.5)),
	"Gelu":          jx.Bind(num.Gelu, num.Exact()),
	"Index":         jx.Bind(num.Index, num.Pick(0), num.Range(1, num.End)),
	"PadEdge":       jx.Bind(num.PadEdge, [2]int{1, 2}),
	"linalg.Norm":   jx.Bind(linalg.Norm, -1),
	"fft.FFTShift":  jx.Bind(fft.FFTShift, 0),
	"fft.With.RFFT": jx.Bind(func(x *jx.Array, axis ...int) *jx.Array { return num.Abs(fft.With(fft.Ortho()).RFFT(x, axis...)) }, 1),
}

func TestBoundFunctionsAreMapped(t *testing.T) {
	xs := num.Sin(num.Reshape(num.Arange(jx.Float64, 24), 2, 3, 4))
	for name, f := range bound {
		rows := num.Stack(0, f(xs.At(0)), f(xs.At(1)))
		assert.True(t, num.AllClose(rows, jx.VMap(f)(xs), num.RTol(1e-12)), name)
		loss := func(x *jx.Array) *jx.Array { return num.Sum(num.Square(f(x))) }
		slopes := num.Stack(0, jx.Grad(loss)(xs.At(0)), jx.Grad(loss)(xs.At(1)))
		assert.True(t, num.AllClose(slopes, jx.VMap(jx.Grad(loss))(xs), num.RTol(1e-12)), name)
	}
}

// A function of one array and optional arguments, and of nothing else, can be
// bound: it returns one array.
func TestFunctionsOfOneArrayFitBind(t *testing.T) {
	n := 0
	for _, f := range functions(t) {
		of := f.pkg == "num" || f.pkg == "linalg" || f.pkg == "fft"
		if !of || len(f.params) != 2 || f.params[0].typ != "Array" || !f.params[1].variadic {
			continue
		}
		n++
		if f.String() != "num.Unstack" { // which returns a list of them
			assert.Equal(t, []string{"Array"}, f.result, "%s: %s", f.pos, f)
		}
	}
	assert.Greater(t, n, 70)
}
