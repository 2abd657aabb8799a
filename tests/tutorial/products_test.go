package tutorial

import (
	"testing"

	"github.com/stretchr/testify/assert"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/examples/tutorial/programs"
	"github.com/jacobi-go/jacobi/num"
	"github.com/jacobi-go/jacobi/random"
)

var products = []check{
	{id: "jvp_use", run: checkJVP},
	{id: "vjp_use", run: checkVJP},
	{id: "hvp_revrev_def2", run: checkReverseOverReverse},
	{id: "hvp_fwdrev_def", run: checkForwardOverReverse},
	{id: "hvp_revfwd_def", run: checkReverseOverForward},
	{id: "hvp_timing", run: checkHVPs},
	{id: "mjp", run: matrixJacobian},
	{id: "jmp", run: jacobianMatrix},
	{id: "our_jacrev", run: ourJacRev},
	{id: "our_jacfwd", run: ourJacFwd},
}

func checkJVP(t *testing.T) {
	f, w := programs.Predictions, programs.Weights
	v := random.Normal(programs.JVPKey, jx.Float32, w.Shape()...)
	assertNormals(t, []float32{-1.2574776411056519, -0.40160441398620605, -1.1213600635528564}, v)
	y, u := jx.JVP(f, w, v)
	assert.True(t, num.AllClose(f(w), y))
	assert.True(t, num.AllClose(num.Dot(jx.JacFwd(f)(w), v), u))
}

func checkVJP(t *testing.T) {
	f, w := programs.Predictions, programs.Weights
	y, pullback := jx.VJP(f, w)
	u := random.Normal(programs.VJPKey, jx.Float32, y.Shape()...)
	assertNormals(t, []float32{-1.3877681493759155, 0.7748543620109558, 1.5404932498931885, 1.8419101238250732}, u)
	assert.True(t, num.AllClose(num.Dot(u, jx.JacRev(f)(w)), pullback(u)))
}

// assertNormals compares draws from the normal distribution, whose last bits are
// those of the processor's instructions.
func assertNormals(t *testing.T, want []float32, x *jx.Array) {
	t.Helper()
	got, err := jx.Slice[float32](x)
	assert.NoError(t, err)
	assert.InEpsilonSlice(t, want, got, 1e-6)
}

// assertSlice compares bits.
func assertSlice[T jx.Elem](t *testing.T, want []T, x *jx.Array) {
	t.Helper()
	got, err := jx.Slice[T](x)
	assert.NoError(t, err)
	assert.Equal(t, want, got)
}

func checkForwardOverReverse(t *testing.T) {
	f, x, v := programs.SumTanh2, programs.HVPPoint, programs.HVPVector
	assert.True(t, num.AllClose(jx.HVP(f)(x, v), programs.ForwardOverReverse(f, x, v)))
}

func checkReverseOverForward(t *testing.T) {
	f, x, v := programs.SumTanh2, programs.HVPPoint, programs.HVPVector
	assert.True(t, num.AllClose(jx.HVP(f)(x, v), programs.ReverseOverForward(f, x, v), num.RTol(1e-5), num.ATol(1e-6)))

	g := func(p programs.Params) *jx.Array { return num.Sum(programs.Predict(p.W, p.B, programs.Inputs)) }
	p, dot := programs.Params{W: programs.Weights, B: programs.Bias}, programs.Params{W: num.OnesLike(programs.Weights), B: jx.Scalar(float32(2))}
	one, other := programs.ForwardOverReverse(g, p, dot), programs.ReverseOverForward(g, p, dot)
	assert.True(t, num.AllClose(one.W, other.W, num.RTol(1e-5), num.ATol(1e-6)))
	assert.True(t, num.AllClose(one.B, other.B, num.RTol(1e-5), num.ATol(1e-6)))
}

func checkHVPs(t *testing.T) {
	f, x, v := programs.SumTanh2, programs.HVPPoint, programs.HVPVector
	want := num.Tensordot(jx.Hessian(f)(x), v, 2)
	assert.True(t, num.AllClose(want, programs.ForwardOverReverse(f, x, v), num.RTol(1e-4), num.ATol(1e-4)))
	assert.True(t, num.AllClose(want, programs.ReverseOverForward(f, x, v), num.RTol(1e-4), num.ATol(1e-4)))
	assert.True(t, num.AllClose(want, programs.ReverseOverReverse(f, x, v), num.RTol(1e-4), num.ATol(1e-4)))
}

func matrixJacobian(t *testing.T) {
	U := random.Normal(programs.Key, jx.Float32, 128, 4)
	_, pullback := jx.VJP(programs.Predictions, programs.Weights)
	var rows []*jx.Array
	for _, u := range U.Rows() {
		rows = append(rows, pullback(u))
	}
	assert.Len(t, rows, 128)
	assert.True(t, num.AllClose(num.Stack(0, rows...), jx.VMap(pullback)(U), num.RTol(1e-5), num.ATol(1e-6)))
}

func jacobianMatrix(t *testing.T) {
	S := random.Normal(programs.Key, jx.Float32, 128, 3)
	push := func(s *jx.Array) *jx.Array {
		_, u := jx.JVP(programs.Predictions, programs.Weights, s)
		return u
	}
	var rows []*jx.Array
	for _, s := range S.Rows() {
		rows = append(rows, push(s))
	}
	assert.Len(t, rows, 128)
	assert.True(t, num.AllClose(num.Stack(0, rows...), jx.VMap(push)(S), num.RTol(1e-5), num.ATol(1e-6)))
}

func ourJacRev(t *testing.T) {
	f, w := programs.Predictions, programs.Weights
	assert.True(t, num.AllClose(jx.JacRev(f)(w), programs.OwnJacRev(f)(w)))
}

func ourJacFwd(t *testing.T) {
	f, w := programs.Predictions, programs.Weights
	assert.True(t, num.AllClose(jx.JacFwd(f)(w), programs.OwnJacFwd(f)(w)))
}
