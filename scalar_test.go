package jacobi_test

import (
	"bytes"
	"log"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

func TestScalarOf(t *testing.T) {
	for _, row := range []struct {
		got  *jx.Array
		want string
	}{
		{jx.ScalarOf(jx.Float64, 0.1), "Array(0.1, dtype=float64)"},
		{jx.ScalarOf(jx.Float32, 0.1), "Array(0.1, dtype=float32)"},
		{jx.ScalarOf(jx.Float64, 3), "Array(3., dtype=float64)"},
		{jx.ScalarOf(jx.Int8, -128), "Array(-128, dtype=int8)"},
		{jx.ScalarOf(jx.Int32, 3.0), "Array(3, dtype=int32)"},
		{jx.ScalarOf(jx.Int64, 1<<40), "Array(1099511627776, dtype=int64)"},
		{jx.ScalarOf(jx.Int64, math.MinInt64), "Array(-9223372036854775808, dtype=int64)"},
		{jx.ScalarOf(jx.Uint64, uint64(math.MaxUint64)), "Array(18446744073709551615, dtype=uint64)"},
		{jx.ScalarOf(jx.Float64, uint64(1<<63)), "Array(9.22337204e+18, dtype=float64)"},
		{jx.ScalarOf(jx.Bool, 1), "Array(True, dtype=bool)"},
		{jx.ScalarOf(jx.Int16, true), "Array(1, dtype=int16)"},
		{jx.ScalarOf(jx.Complex128, 0.1), "Array(0.1+0.j, dtype=complex128)"},
		{jx.ScalarOf(jx.Float32, 2+0i), "Array(2., dtype=float32)"},
		{jx.ScalarOf(jx.Float16, 1e6), "Array(inf, dtype=float16)"},
	} {
		assert.Equal(t, row.want, row.got.GoString())
		assert.False(t, row.got.Weak())
	}
	for want, f := range map[string]func(){
		"128 does not fit into int8":                         func() { jx.ScalarOf(jx.Int8, 128) },
		"-1 does not fit into uint64":                        func() { jx.ScalarOf(jx.Uint64, -1) },
		"9223372036854775808 does not fit into int64":        func() { jx.ScalarOf(jx.Int64, uint64(1<<63)) },
		"2.5 does not fit into int32":                        func() { jx.ScalarOf(jx.Int32, 2.5) },
		"NaN does not fit into int32":                        func() { jx.ScalarOf(jx.Int32, math.NaN()) },
		"9.223372036854776e+18 does not fit into int64":      func() { jx.ScalarOf(jx.Int64, math.Ldexp(1, 63)) },
		"2 does not fit into bool":                           func() { jx.ScalarOf(jx.Bool, 2) },
		"(1+2i) has an imaginary part, and float32 has none": func() { jx.ScalarOf(jx.Float32, 1+2i) },
		"ScalarOf: there is no DType(200)":                   func() { jx.ScalarOf(jx.DType(200), 1) },
		"-9.223372036854778e+18 does not fit into int64":     func() { jx.ScalarOf(jx.Int64, -math.Ldexp(1, 63)-2048) },
		"(2+1i) has an imaginary part, and int64 has none":   func() { jx.ScalarOf(jx.Int64, 2+1i) },
		"-1 does not fit into bool":                          func() { jx.ScalarOf(jx.Bool, -1) },
		"4294967296 does not fit into uint32":                func() { jx.ScalarOf(jx.Uint32, int64(1<<32)) },
		"65536 does not fit into uint16":                     func() { jx.ScalarOf(jx.Uint16, float32(65536)) },
		"18446744073709551615 does not fit into bool":        func() { jx.ScalarOf(jx.Bool, uint64(math.MaxUint64)) },
		"+Inf does not fit into uint8":                       func() { jx.ScalarOf(jx.Uint8, math.Inf(1)) },
	} {
		assert.ErrorContains(t, jx.Try(f), want)
	}
}

// A weak float that is an argument of a float64 program is float32 there, as it
// is by itself: a line says so, once for each place.
func TestWeakArgumentsOfAFloat64Program(t *testing.T) {
	var out bytes.Buffer
	log.SetOutput(&out)
	defer log.SetOutput(os.Stderr)
	x, single := jx.From([]float64{1, 2, 4}), jx.From([]float32{1, 2, 4})
	type params struct{ P, Q *jx.Array }
	loss := func(p params) *jx.Array { return num.Sum(num.Square(num.Mul(p.P, x))) }
	for range 2 {
		jx.Grad(loss)(params{P: jx.Scalar(0.1)})
	}
	assert.Equal(t, 1, strings.Count(out.String(), "\n"))
	assert.Regexp(t, `jacobi: scalar_test.go:\d+: Grad: P is a weak float32 in a program that computes in float64: .*jx.ScalarOf\(jx.Float64, 0.1\)`, out.String())
	out.Reset()
	jx.Jit(func(_, p *jx.Array) *jx.Array { return num.Mul(p, x) })(single, jx.Scalar(0.1))
	assert.Regexp(t, `Jit: argument 1 is a weak float32`, out.String())
	out.Reset()
	jx.Jit(jx.Grad(loss))(params{P: jx.Scalar(0.1)})
	assert.Equal(t, 1, strings.Count(out.String(), "\n"))
	out.Reset()
	jx.Grad(loss)(params{P: jx.ScalarOf(jx.Float64, 0.1)})
	jx.Grad(func(p *jx.Array) *jx.Array { return num.Sum(num.Mul(p, single)) })(jx.Scalar(0.1))
	weak := jx.Scalar(0.1)
	jx.Grad(func(x *jx.Array) *jx.Array { return num.Sum(num.Mul(x, num.Add(weak, 0.1))) })(x)
	jx.Jit(func(n *jx.Array) *jx.Array { return num.Mul(n, x) })(jx.Scalar(3))
	assert.Empty(t, out.String())
}

// What a scalar of a dtype is for: gradients and arguments in full precision.
func TestScalarOfInAFloat64Program(t *testing.T) {
	x := jx.From([]float64{1, 2, 4})
	loss := func(p *jx.Array) *jx.Array { return num.Sum(num.Square(num.Mul(p, x))) }
	g := jx.Grad(loss)(jx.ScalarOf(jx.Float64, 0.1))
	assert.Equal(t, jx.Float64, g.DType())
	assert.InDelta(t, 4.2, g.Float(), 1e-15)
	assert.InDelta(t, 0.7, jx.Jit(func(p *jx.Array) *jx.Array { return num.Sum(num.Mul(p, x)) })(jx.ScalarOf(jx.Float64, 0.1)).Float(), 1e-15)
}
