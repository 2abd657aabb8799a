package tutorial

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	jx "jacobi"
	"jacobi/num"
	"jacobi/random"
)

var products = []block{
	{id: "jvp_use", check: checkJVP},
	{id: "vjp_use", check: checkVJP},
	{id: "vgrad", run: vectorGrad},
	{id: "hvp_revrev_def2", check: checkReverseOverReverse},
	{id: "hvp_fwdrev_def", check: checkForwardOverReverse},
	{id: "hvp_check", run: hvp},
	{id: "hvp_revfwd_def", check: checkReverseOverForward},
	{id: "hvp_timing", check: checkHVPs},
	{id: "mjp", check: matrixJacobian},
	{id: "jmp", check: jacobianMatrix},
	{id: "our_jacrev", check: ourJacRev},
	{id: "our_jacfwd", check: ourJacFwd},
	{id: "jit_f_vjp", run: jitPullback},
}

// The keys that the sections of the tutorial draw from, each splitting the one
// before.
var (
	jvpKey, jvpSub = random.Split(keys.At(0))
	vjpKey, vjpSub = random.Split(jvpKey)
	hvpKeys        = random.SplitN(vjpKey, 3)
)

func checkJVP(t *testing.T) {
	v := random.Normal(jvpSub, jx.Float32, w.Shape()...)
	assertSlice(t, []float32{-1.2574776411056519, -0.40160441398620605, -1.1213600635528564}, v)
	y, u := jx.JVP(f, w, v)
	assert.True(t, num.AllClose(f(w), y))
	assert.True(t, num.AllClose(num.Dot(jx.JacFwd(f)(w), v), u))
}

func checkVJP(t *testing.T) {
	y, pullback := jx.VJP(f, w)
	u := random.Normal(vjpSub, jx.Float32, y.Shape()...)
	assertSlice(t, []float32{-1.3877681493759155, 0.7748543620109558, 1.5404932498931885, 1.8419101238250732}, u)
	assert.True(t, num.AllClose(num.Dot(u, jx.JacRev(f)(w)), pullback(u)))
}

// assertSlice compares bits.
func assertSlice[T jx.Elem](t *testing.T, want []T, x *jx.Array) {
	t.Helper()
	got, err := jx.Slice[T](x)
	assert.NoError(t, err)
	assert.Equal(t, want, got)
}

func vectorGrad() {
	vgrad := func(f func(*jx.Array) *jx.Array, x *jx.Array) *jx.Array {
		y, pullback := jx.VJP(f, x)
		return pullback(num.OnesLike(y))
	}
	fmt.Println(vgrad(func(x *jx.Array) *jx.Array { return num.Mul(3, num.Square(x)) }, num.Ones(jx.Float32, 2, 2)))
}

// forwardOverReverse is jx.HVP; it takes any tree.
func forwardOverReverse[P any](f func(P) *jx.Array, x, v P) P {
	_, hv := jx.JVP(jx.Grad(f), x, v)
	return hv
}

func reverseOverForward[P any](f func(P) *jx.Array, x, v P) P {
	return jx.Grad(func(x P) *jx.Array {
		_, dy := jx.JVP(f, x, v)
		return dy
	})(x)
}

func sumTanh2(x *jx.Array) *jx.Array { return num.Sum(num.Square(num.Tanh(x))) }

var (
	hvpX = random.Normal(hvpKeys.At(1), jx.Float32, 30, 40)
	hvpV = random.Normal(hvpKeys.At(2), jx.Float32, 30, 40)
)

func hvp() {
	fast := jx.HVP(sumTanh2)(hvpX, hvpV)
	slow := num.Tensordot(jx.Hessian(sumTanh2)(hvpX), hvpV, 2)
	fmt.Println(num.AllClose(fast, slow, 1e-4, 1e-4))
}

func checkForwardOverReverse(t *testing.T) {
	assert.True(t, num.AllClose(jx.HVP(sumTanh2)(hvpX, hvpV), forwardOverReverse(sumTanh2, hvpX, hvpV)))
}

func checkReverseOverForward(t *testing.T) {
	assert.True(t, num.AllClose(jx.HVP(sumTanh2)(hvpX, hvpV), reverseOverForward(sumTanh2, hvpX, hvpV), 1e-5, 1e-6))

	g := func(p params) *jx.Array { return num.Sum(predict(p.W, p.B, inputs)) }
	x, v := params{w, b}, params{W: num.OnesLike(w), B: jx.Scalar(float32(2))}
	one, other := forwardOverReverse(g, x, v), reverseOverForward(g, x, v)
	assert.True(t, num.AllClose(one.W, other.W, 1e-5, 1e-6))
	assert.True(t, num.AllClose(one.B, other.B, 1e-5, 1e-6))
}

func checkHVPs(t *testing.T) {
	want := num.Tensordot(jx.Hessian(sumTanh2)(hvpX), hvpV, 2)
	assert.True(t, num.AllClose(want, forwardOverReverse(sumTanh2, hvpX, hvpV), 1e-4, 1e-4))
	assert.True(t, num.AllClose(want, reverseOverForward(sumTanh2, hvpX, hvpV), 1e-4, 1e-4))
	assert.True(t, num.AllClose(want, reverseOverReverse(sumTanh2, hvpX, hvpV), 1e-4, 1e-4))
}

func matrixJacobian(t *testing.T) {
	U := random.Normal(key, jx.Float32, 128, 4)
	_, pullback := jx.VJP(f, w)
	var rows []*jx.Array
	for _, u := range U.Rows() {
		rows = append(rows, pullback(u))
	}
	assert.Len(t, rows, 128)
	assert.True(t, num.AllClose(num.Stack(rows...), jx.VMap(pullback)(U), 1e-5, 1e-6))
}

func jacobianMatrix(t *testing.T) {
	S := random.Normal(key, jx.Float32, 128, 3)
	push := func(s *jx.Array) *jx.Array {
		_, u := jx.JVP(f, w, s)
		return u
	}
	var rows []*jx.Array
	for _, s := range S.Rows() {
		rows = append(rows, push(s))
	}
	assert.Len(t, rows, 128)
	assert.True(t, num.AllClose(num.Stack(rows...), jx.VMap(push)(S), 1e-5, 1e-6))
}

func ownJacRev(f func(*jx.Array) *jx.Array) func(*jx.Array) *jx.Array {
	return func(x *jx.Array) *jx.Array {
		y, pullback := jx.VJP(f, x)
		return jx.VMap(pullback)(num.Eye(y.DType(), y.Dim(0)))
	}
}

func ownJacFwd(f func(*jx.Array) *jx.Array) func(*jx.Array) *jx.Array {
	return func(x *jx.Array) *jx.Array {
		push := func(s *jx.Array) *jx.Array {
			_, u := jx.JVP(f, x, s)
			return u
		}
		return num.Transpose(jx.VMap(push, jx.In(1))(num.Eye(x.DType(), x.Dim(0))))
	}
}

func ourJacRev(t *testing.T) { assert.True(t, num.AllClose(jx.JacRev(f)(w), ownJacRev(f)(w))) }

func ourJacFwd(t *testing.T) { assert.True(t, num.AllClose(jx.JacFwd(f)(w), ownJacFwd(f)(w))) }

// jitPullback differentiates through an if, and an error that is handled: both
// are the host's, and the numbers they look at are known.
func jitPullback() {
	cubeBelow3 := func(x *jx.Array) (*jx.Array, error) {
		if x.Float() < 3 {
			return num.Mul(2, num.Pow(x, 3)), nil
		}
		return nil, errors.New("not below 3")
	}
	f := func(x *jx.Array) *jx.Array {
		y, err := cubeBelow3(x)
		if err != nil {
			return num.Mul(math.Pi, x)
		}
		return y
	}
	_, pullback := jx.VJP(f, jx.Scalar(4.0))
	fmt.Printf("%#v\n", jx.Jit(pullback)(jx.Scalar(1.0)))
}
