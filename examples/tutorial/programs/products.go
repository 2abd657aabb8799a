package programs

import (
	"errors"
	"fmt"
	"math"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
	"github.com/jacobi-go/jacobi/random"
)

var products = []Program{
	{ID: "vgrad", Run: vectorGrad},
	{ID: "hvp_check", Run: hvp},
	{ID: "jit_f_vjp", Run: jitPullback},
}

// The keys that the sections of the tutorial draw from, each splitting the one
// before.
var (
	jvpKey, jvpSub = random.Split(keys.At(0))
	vjpKey, vjpSub = random.Split(jvpKey)
	hvpKeys        = random.SplitN(vjpKey, 3)
)

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
	fmt.Println(num.AllClose(fast, slow, num.RTol(1e-4), num.ATol(1e-4)))
}

func ownJacRev(f func(*jx.Array) *jx.Array) func(*jx.Array) *jx.Array {
	return func(x *jx.Array) *jx.Array {
		y, pullback := jx.VJP(f, x)
		return jx.VMap(pullback)(num.Eye(y.DType(), y.Dim(0)))
	}
}

// OwnJacFwd is jx.JacFwd for a vector.
func OwnJacFwd(f func(*jx.Array) *jx.Array) func(*jx.Array) *jx.Array {
	return func(x *jx.Array) *jx.Array {
		push := func(s *jx.Array) *jx.Array {
			_, u := jx.JVP(f, x, s)
			return u
		}
		return num.Transpose(jx.VMap(push, jx.In(1))(num.Eye(x.DType(), x.Dim(0))))
	}
}

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
