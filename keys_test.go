package jacobi_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

// A jitted function has a program for each kind of arguments, and takes the
// right one when the kinds take turns.
func TestKeysOfJit(t *testing.T) {
	half := num.Ones(jx.BFloat16, 2)
	type arrays struct{ X, Y *jx.Array }
	pick := jx.Jit(func(p arrays, n int) *jx.Array {
		if p.X != nil {
			return num.Mul(num.Mul(p.X, half), n)
		}
		return num.Mul(num.Mul(p.Y, half), 10*n)
	})
	// The derivative of a call is the rule's, not that of what it computes.
	rule := jx.CustomRules(func(x *jx.Array) *jx.Array { return num.Mul(x, 2) },
		func(x, dx *jx.Array) (*jx.Array, *jx.Array) { return num.Mul(x, 2), num.Mul(dx, 3) },
		func(x *jx.Array) (*jx.Array, struct{}) { return num.Mul(x, 2), struct{}{} },
		func(_ struct{}, ct *jx.Array) *jx.Array { return num.Mul(ct, 5) })
	called := jx.Jit(rule)
	one := jx.Scalar(float32(1))
	rows := []struct {
		name string
		f    func() *jx.Array
		want string
	}{
		{"weak", func() *jx.Array { return pick(arrays{X: jx.Scalar(2.0)}, 1) }, "bfloat16 [2 2]"},
		{"not weak", func() *jx.Array { return pick(arrays{X: jx.Scalar(float32(2))}, 1) }, "float32 [2. 2.]"},
		{"dtype", func() *jx.Array { return pick(arrays{X: jx.Scalar(2).As(jx.Float64)}, 1) }, "float64 [2. 2.]"},
		{"shape", func() *jx.Array { return pick(arrays{X: jx.From([]float32{2, 3})}, 1) }, "float32 [2. 3.]"},
		{"nil", func() *jx.Array { return pick(arrays{Y: jx.Scalar(float32(2))}, 1) }, "float32 [20. 20.]"},
		{"static", func() *jx.Array { return pick(arrays{X: jx.Scalar(float32(2))}, 4) }, "float32 [8. 8.]"},
		{"not differentiated", func() *jx.Array { return jx.VMap(called)(num.Stack(0, one, one)) }, "float32 [2. 2.]"},
		{"forward", func() *jx.Array { _, dy := jx.JVP(called, one, one); return dy }, "float32 3.0"},
		{"reverse", func() *jx.Array { return jx.Grad(called)(one) }, "float32 5.0"},
	}
	for _, first := range rows {
		for _, row := range rows {
			first.f()
			y := row.f()
			require.Equal(t, row.want, fmt.Sprint(y.DType(), " ", y), "%s after %s", row.name, first.name)
		}
	}
}

// A call that closes over a value of the trace around it is part of that trace:
// its program is not kept.
func TestJitClosesOverTracedValues(t *testing.T) {
	var outer *jx.Array
	inner := jx.Jit(func(x *jx.Array) *jx.Array { return num.Mul(x, outer) })
	f := jx.Grad(func(y *jx.Array) *jx.Array { outer = y; return inner(jx.Scalar(3.0)) })
	for range 2 {
		require.Equal(t, 3.0, f(jx.Scalar(2.0)).Float())
	}
}

// Transforms are kept by the graph, which does not tell what a function closes
// over from what it is given, nor what is asked of it.
func TestKeysOfTransforms(t *testing.T) {
	type pair struct{ Y, X *jx.Array } // Y is what the other function closes over
	y, x := jx.Scalar(3.0).As(jx.Float64), jx.Scalar(2.0).As(jx.Float64)
	at := pair{y, x}
	of := func(x *jx.Array) *jx.Array { return num.Mul(num.Mul(x, x), y) }
	both := func(p pair) *jx.Array { return num.Mul(num.Mul(p.X, p.X), p.Y) }
	plus := func(x *jx.Array) *jx.Array { return num.Add(x, y) }
	sum := func(p pair) *jx.Array { return num.Add(p.X, p.Y) }
	one := num.OnesLike(x)
	square := num.Reshape(num.Arange(jx.Float32, 9), 3, 3)
	running := func(x *jx.Array) *jx.Array { return num.Cumsum(x, 0) }
	for name, uses := range map[string][]struct {
		f    func() any
		want string
	}{
		"JVP": {
			{func() any { _, dy := jx.JVP(of, x, one); return dy }, "12.0"},
			{func() any { _, dy := jx.JVP(both, at, pair{X: one}); return dy }, "12.0"},
			{func() any { _, dy := jx.JVP(both, at, pair{Y: one}); return dy }, "4.0"},
			{func() any { _, dy := jx.JVP(both, at, pair{one, one}); return dy }, "16.0"},
		},
		"Linearize": {
			{func() any { _, f := jx.Linearize(of, x); return f(one) }, "12.0"},
			{func() any { _, f := jx.Linearize(both, at); return f(pair{one, one}) }, "16.0"},
		},
		"VJP": {
			{func() any { _, f := jx.VJP(of, x); return f(one) }, "12.0"},
			{func() any { _, f := jx.VJP(both, at); return f(one) }, "{4.0 12.0}"},
		},
		"Grad": {
			{func() any { return jx.Grad(of)(x) }, "12.0"},
			{func() any { return jx.Grad(both)(at) }, "{4.0 12.0}"},
			{func() any { v, g := jx.ValueAndGrad(of)(x); return [2]*jx.Array{v, g} }, "[12.0 12.0]"},
		},
		"JacFwd": {
			{func() any { return jx.JacFwd(of)(x) }, "12.0"},
			{func() any { return jx.JacFwd(both)(at) }, "{4.0 12.0}"},
		},
		"JacRev": {
			{func() any { return jx.JacRev(of)(x) }, "12.0"},
			{func() any { return jx.JacRev(both)(at) }, "{4.0 12.0}"},
		},
		"LinearTranspose": {
			{func() any { return jx.LinearTranspose(plus, x)(one) }, "1.0"},
			{func() any { return jx.LinearTranspose(sum, at)(one) }, "{1.0 1.0}"},
		},
		"VMap": {
			{func() any { return jx.VMap(running)(square) }, fmt.Sprint(num.Cumsum(square, 1))},
			{func() any { return jx.VMap(running, jx.In(1))(square) }, fmt.Sprint(num.Transpose(num.Cumsum(square, 0)))},
			{func() any { return jx.VMap(running, jx.Out(1))(square) }, fmt.Sprint(num.Transpose(num.Cumsum(square, 1)))},
			{func() any { return jx.VMap(running)(num.Index(square, num.Range(0, 2))) }, fmt.Sprint(num.Cumsum(num.Index(square, num.Range(0, 2)), 1))},
			{func() any { return jx.VMap(of, jx.In(jx.None), jx.AxisSize(2))(x) }, "[12. 12.]"},
			{func() any { return jx.VMap(of, jx.In(jx.None), jx.AxisSize(3))(x) }, "[12. 12. 12.]"},
		},
	} {
		for range 2 { // in either order
			jx.ClearCaches()
			for _, use := range uses {
				var got any
				err := jx.Try(func() { got = use.f() })
				require.NoError(t, err, "%s: want %s", name, use.want)
				require.Equal(t, use.want, fmt.Sprint(got), name)
			}
			slices.Reverse(uses)
		}
	}
}

// Blocks and pullbacks of one Go type are told apart by what they are of.
func TestKeysOfTrees(t *testing.T) {
	type dict = map[string]*jx.Array
	x := jx.From([]float64{0.5, 2})
	one := num.OnesLike(x)
	// One array in all of them, at A or at B.
	rows := jx.Jit(func(b jx.Blocks[dict, *jx.Array]) dict { return b.Col("") })
	cols := jx.Jit(func(b jx.Blocks[*jx.Array, dict]) dict { return b.Row("") })
	pull := jx.Jit(func(p jx.Pullback[*jx.Array, dict], ct *jx.Array) dict { return p.Call(ct) })
	push := jx.Jit(func(p jx.Pullback[dict, *jx.Array], ct dict) *jx.Array { return p.Call(ct) })
	statics := map[any]bool{}
	for range 2 {
		for _, key := range []string{"A", "B"} {
			for _, other := range []bool{false, true} {
				to := func(x *jx.Array) dict {
					d := dict{key: num.Sin(x)}
					if other {
						d["C"] = nil
					}
					return d
				}
				from := func(d dict) *jx.Array { return num.Sin(d[key]) }
				in := dict{key: x}
				if other {
					in["C"] = nil
				}
				same := func(want *jx.Array, d dict) {
					require.Len(t, d, len(in))
					require.NotNil(t, d[key], "%s, %v: %v", key, other, d)
					requireClose(t, want, d[key])
				}
				same(jx.JacRev(num.Sin)(x), rows(jx.JacRevTree(to)(x)))
				same(jx.JacRev(num.Sin)(x), cols(jx.JacRevTree(from)(in)))
				_, p := jx.VJPTree(from, in)
				same(num.Cos(x), pull(p, one))
				_, q := jx.VJPTree(to, x)
				statics[q.TreeStatic()] = true
				in[key] = one
				requireClose(t, num.Cos(x), push(q, in))
			}
		}
	}
	require.Len(t, statics, 4)
	// Which of two is there.
	type pair struct{ X, Y *jx.Array }
	first := jx.Jit(func(b jx.Blocks[pair, *jx.Array]) pair { return b.Col("") })
	for range 2 {
		require.NotNil(t, first(jx.JacRevTree(func(x *jx.Array) pair { return pair{X: num.Sin(x)} })(x)).X)
		require.NotNil(t, first(jx.JacRevTree(func(x *jx.Array) pair { return pair{Y: num.Sin(x)} })(x)).Y)
	}
	// Programs, and the weakness of what is differentiated.
	apply := jx.Jit(func(p jx.Pullback[*jx.Array, *jx.Array], ct *jx.Array) *jx.Array { return p.Call(ct) })
	for range 2 {
		for _, f := range []func(*jx.Array) *jx.Array{func(x *jx.Array) *jx.Array { return num.Mul(x, x) }, num.Sin} {
			_, p := jx.VJPTree(f, x)
			requireClose(t, p.Call(one), apply(p, one))
		}
		for _, x := range []*jx.Array{jx.Scalar(2.0), jx.Scalar(float32(2))} {
			_, p := jx.VJPTree(num.Neg, x)
			assert.Equal(t, x.Weak(), apply(p, jx.Scalar(float32(1))).Weak())
		}
	}
}

// What a function with rules returned of one kind of arguments does not pass for
// what it returns of another.
func TestKeysOfRules(t *testing.T) {
	type in struct {
		X, Y *jx.Array
		N    int
	}
	x, wide := jx.From([]float32{1, 2}), jx.From([]float32{1, 2, 3})
	// Its value is right for the first of the arguments, wrong for the others.
	f := jx.CustomJVP(func(p in) *jx.Array {
		switch {
		case p.X == nil:
			return num.Sum(p.Y)
		case p.N > 0:
			return num.Sum(p.X)
		}
		return num.Mul(p.X, 2)
	}, func(p, dp in) (*jx.Array, *jx.Array) { return num.Mul(2, x), num.Mul(2, x) })
	for _, p := range []in{{X: x, N: 1}, {Y: x}, {X: wide}, {X: x.As(jx.Float64)}} {
		jx.JVP(f, in{X: x}, in{X: x})
		for range 2 { // what it returned is known the second time
			err := jx.Try(func() { jx.JVP(f, p, p) })
			require.ErrorContains(t, err, "its rule jvp as f32[2]")
		}
	}
	// The rule calls the function at another point, or another function.
	var g, h func(in) *jx.Array
	value := func(p in) *jx.Array {
		if p.N > 0 {
			return num.Sum(p.X)
		}
		return num.Mul(p.X, 2)
	}
	g = jx.CustomJVP(value, func(p, dp in) (*jx.Array, *jx.Array) { y := g(in{X: p.X}); return y, y })
	h = jx.CustomJVP(func(p in) *jx.Array { return num.Sum(p.X) }, func(p, dp in) (*jx.Array, *jx.Array) { y := g(p); return y, y })
	require.ErrorContains(t, jx.Try(func() { jx.JVP(g, in{X: x, N: 1}, in{X: x, N: 1}) }), "as f32[] and its rule jvp as f32[2]")
	require.ErrorContains(t, jx.Try(func() { jx.JVP(h, in{X: x}, in{X: x}) }), "as f32[] and its rule jvp as f32[2]")
}
