// Package sizes holds that an array which cannot be is an error, of the line
// that asks for it: XLA would end the process.
package sizes

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/fft"
	"github.com/jacobi-go/jacobi/linalg"
	"github.com/jacobi-go/jacobi/num"
	"github.com/jacobi-go/jacobi/random"
)

const (
	big  = 1 << 32
	most = math.MaxInt
)

type arr = *jx.Array

func zeros(dims ...int) arr { return num.Zeros(jx.Float32, dims...) }

// long is a vector that may be, of which nothing is stored.
func long() arr { return zeros(big) }

// lower gives f a long vector.
func lower(f func(arr) arr) any {
	l, err := jx.Lower(f, jx.Abstract(jx.Float32, big))
	if err != nil {
		panic(err)
	}
	return l
}

func ints(n int) arr { return num.Zeros(jx.Int32, n) }

// misuses ask for arrays with more elements or bytes than an int64 counts, most
// of them where an intermediate result is too large, or a size wraps around.
func misuses() map[string]func() any {
	keep := func(c arr, _ struct{}) (arr, arr) { return c, c }
	x, key := num.Arange(jx.Float32, 3), random.NewKey(1)
	sq := num.Zeros(jx.Float32, 2, 2)
	return map[string]func() any{
		"Zeros":              func() any { return zeros(big, big) },
		"Zeros of 2^62":      func() any { return zeros(1<<31, 1<<31) },
		"Zeros below 0":      func() any { return zeros(1<<33, 1<<30) },
		"Zeros of bytes":     func() any { return num.Zeros(jx.Complex128, 1<<30, 1<<30) },
		"Zeros of one axis":  func() any { return zeros(most) },
		"Zeros, one empty":   func() any { return zeros(0, big, big) },
		"Zeros, size":        func() any { return zeros(big, big).Size() },
		"Ones":               func() any { return num.Ones(jx.Float32, big, big) },
		"Full":               func() any { return num.Full(jx.Float32, 2, big, big) },
		"BroadcastTo":        func() any { return num.BroadcastTo(x, big, big, 3) },
		"Reshape":            func() any { return num.Reshape(x, big, big, 3) },
		"Reshape to nothing": func() any { return num.Reshape(zeros(0), big, big) },
		"Arange":             func() any { return num.Arange(jx.Int64, most) },
		"Linspace":           func() any { return num.Linspace(jx.Float32, 0, 1, most) },
		"Logspace":           func() any { return num.Logspace(jx.Float32, 0, 1, most) },
		"Geomspace":          func() any { return num.Geomspace(jx.Float32, 1, 2, most) },
		"Eye":                func() any { return num.Eye(jx.Float32, big) },
		"Eye of max":         func() any { return num.Eye(jx.Float32, most) },
		"Eye of columns":     func() any { return num.Eye(jx.Float32, 3, num.Columns(most)) },
		"Tri":                func() any { return num.Tri(jx.Float32, big) },
		"Indices":            func() any { return num.Indices(jx.Int32, big, big) },
		"OneHot":             func() any { return num.OneHot(jx.Float32, ints(3), most) },
		"Tile":               func() any { return num.Tile(x, most) },
		"Tile to 0":          func() any { return num.Tile(zeros(1<<32), 1<<32) },
		"Tile twice":         func() any { return num.Tile(x, big, big) },
		"Repeat":             func() any { return num.Repeat(x, most) },
		"Repeat to 0":        func() any { return num.Repeat(zeros(1<<32), 1<<32) },
		"Bincount":           func() any { return num.Bincount(ints(3), most) },
		"Diag":               func() any { return num.Diag(x, num.Offset(most)) },
		"Diag far below":     func() any { return num.Diag(x, num.Offset(math.MinInt)) },
		"Diag of long":       func() any { return num.Diag(long()) },
		"Vander":             func() any { return num.Vander(x, most) },
		"Kron":               func() any { return num.Kron(long(), long()) },
		"Outer":              func() any { return num.Outer(long(), long()) },
		"Add":                func() any { return num.Add(zeros(big, 1), zeros(1, big)) },
		"Matmul":             func() any { return num.Matmul(zeros(big, 1), zeros(1, big)) },
		"Einsum":             func() any { return num.Einsum("i,j,k->ijk", long(), long(), x) },
		"Tensordot":          func() any { return num.Tensordot(long(), long(), 0) },
		"Where":              func() any { return num.Where(num.Zeros(jx.Bool, big, 1), zeros(1, big), 0) },
		"Meshgrid":           func() any { return num.Meshgrid(long(), long()) },
		"Pad":                func() any { return num.Pad(x, 0, [2]int{most, most}) },
		"Pad twice":          func() any { return num.Pad(zeros(3, 3), 0, [2]int{0, big}, [2]int{0, big}) },
		"Take":               func() any { return num.Take(zeros(3, big), ints(big), 0) },
		"random.Normal":      func() any { return random.Normal(key, jx.Float32, big, big) },
		"random.Uniform":     func() any { return random.Uniform(key, jx.Float32, most) },
		"random.Bits":        func() any { return random.Bits(key, jx.Uint32, big, big) },
		"random.SplitN":      func() any { return random.SplitN(key, most) },
		"random.Permutation": func() any { return random.Permutation(key, most) },
		"random.Gamma":       func() any { return random.Gamma(key, jx.Float32, 1, big, big) },
		"fft.FFT":            func() any { return fft.With(fft.Length(most)).FFT(zeros(2, 3)) },
		"linalg.Solve":       func() any { return linalg.Solve(sq, num.BroadcastTo(x, big, big, 2, 3)) },
		"Scan": func() any {
			_, ys := jx.Scan(zeros(big), struct{}{}, keep, jx.Length(big))
			return ys
		},
		"Scan of max": func() any {
			_, ys := jx.Scan(zeros(), struct{}{}, keep, jx.Length(most))
			return ys
		},
		"VMap": func() any {
			return jx.VMap(func(x arr) arr { return num.Add(x, long()) }, jx.In(jx.None), jx.AxisSize(big), jx.Out(0))(zeros())
		},
		"VMap of max": func() any {
			return jx.VMap(func(x arr) arr { return x }, jx.In(jx.None), jx.AxisSize(most))(x)
		},
		"VMap outer":        func() any { return lower(jx.VMap(func(x arr) arr { return num.Add(x, long()) })) },
		"JacFwd":            func() any { return lower(jx.JacFwd(func(x arr) arr { return num.Mul(x, x) })) },
		"JacRev":            func() any { return lower(jx.JacRev(func(x arr) arr { return num.Mul(x, x) })) },
		"Hessian":           func() any { return lower(jx.Hessian(func(x arr) arr { return num.Sum(num.Mul(x, x)) })) },
		"Abstract":          func() any { return jx.Abstract(jx.Float32, big, big) },
		"Abstract negative": func() any { return jx.Abstract(jx.Float32, 2, -1) },
		"From":              func() any { return jx.From([]float32{}, big, big) },
		"From nothing":      func() any { return jx.From([]float32{}, 0, big, big) },
	}
}

func TestTooLarge(t *testing.T) {
	for name, f := range misuses() {
		t.Run(name, func(t *testing.T) {
			err := jx.Try(func() { jx.Wait(f()) })
			var e *jx.Error
			require.True(t, errors.As(err, &e), "%v", err)
			assert.Regexp(t, `^sizes_test.go:\d+$`, e.Pos)
			t.Log(err)
		})
	}
}

// A step beyond the end takes the first element.
func TestHugeStep(t *testing.T) {
	y := num.Index(num.Arange(jx.Float32, 3), num.Step(0, 3, most))
	assert.Equal(t, []int{1}, y.Shape())
	assert.Equal(t, 0.0, y.At(0).Float())
}
