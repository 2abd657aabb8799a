package jacobi_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

// A function with optional arguments goes where a function of an array does.
func TestBind(t *testing.T) {
	x := jx.From([]float32{1, 4, 2, 8, 5, 7}, 2, 3)
	rows := jx.From([]float32{4, 8})
	equal := func(want string, got *jx.Array) {
		t.Helper()
		assert.Equal(t, want, got.String())
	}
	equal("[[0. 0. 0.]\n [1. 0. 0.]]", jx.Grad(jx.Bind(num.Max))(x))
	equal("[4. 8.]", jx.VMap(jx.Bind(num.Max))(x))
	equal("[4. 8.]", jx.Jit(jx.Bind(num.Max, 1))(x))
	assert.True(t, num.ArrayEqual(num.Zeros(jx.Float32, 2, 2, 3, 2, 3), jx.Hessian(jx.Bind(num.Sum, -1))(x)))
	y, pullback := jx.VJP(jx.Bind(num.Max, 1), x)
	equal("[4. 8.]", y)
	equal("[[0. 4. 0.]\n [8. 0. 0.]]", pullback(rows))
	tree := jx.TreeMap(map[string]*jx.Array{"a": x, "b": rows}, jx.Bind(num.Sum, 0))
	equal("[9. 9. 9.]", tree["a"])
	equal("12.0", tree["b"])
	axes := []int{0}
	sum := jx.Bind(num.Sum, axes...)
	axes[0] = 1
	equal("[9. 9. 9.]", sum(x))
}

// Jit, VMap, Checkpoint, Lower and MakeJaxpr take variadic functions: every
// value for the last parameter is an argument.
func TestVariadic(t *testing.T) {
	x := jx.From([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	traced := 0
	sum := jx.Jit(func(x *jx.Array, axes ...int) *jx.Array {
		traced++
		assert.Equal(t, len(axes) == 0, axes == nil)
		return num.Sum(x, axes...)
	})
	for range 2 {
		assert.Equal(t, "21.0", sum(x).String())
		assert.Equal(t, "[5. 7. 9.]", sum(x, 0).String())
		assert.Equal(t, "[ 6. 15.]", sum(x, 1).String())
		assert.Equal(t, "21.0", sum(x, 0, 1).String())
	}
	assert.Equal(t, 4, traced)
	assert.Equal(t, "21.0", sum(x, []int{}...).String())
	assert.Equal(t, 4, traced)
	assert.Equal(t, "[ 6. 15.]", jx.Jit(num.Sum)(x, 1).String())
	assert.Equal(t, "[5. 7. 9.]", jx.VMap(num.Sum, jx.In(1))(x, 0).String())
	assert.Equal(t, "[ 6. 15.]", jx.VMap(num.Sum)(x).String())
	assert.Equal(t, "[ 6. 15.]", jx.Checkpoint(num.Sum)(x, 1).String())
	lines := jx.Checkpoint(num.Sum)
	g := jx.Grad(func(x *jx.Array) *jx.Array { return num.Sum(num.Square(lines(x, 1))) })(x)
	assert.Equal(t, "[[12. 12. 12.]\n [30. 30. 30.]]", g.String())

	add := func(xs ...*jx.Array) *jx.Array {
		s := jx.Scalar(float32(0))
		for i, x := range xs {
			s = num.Add(s, num.Mul(i+1, num.Sum(x)))
		}
		return s
	}
	assert.Equal(t, "0.0", jx.Jit(add)().String())
	assert.Equal(t, "21.0", jx.Jit(add)(x).String())
	assert.Equal(t, "63.0", jx.Jit(add)(x, x).String())
	assert.Equal(t, "[18. 45.]", jx.VMap(add)(x, x).String())
	assert.Equal(t, "[48. 57.]", jx.VMap(add, jx.In(0, jx.None))(x, x).String())
	assert.Equal(t, "[16. 26. 36.]", jx.VMap(add, jx.In(1, 0))(x, jx.From([]float32{5.5, 9.5, 13.5})).String())

	type params struct{ W *jx.Array }
	mask := func(c *jx.Array, ps ...params) *jx.Array {
		for _, p := range ps {
			c = num.Add(c, p.W)
		}
		return c
	}
	assert.Equal(t, "[[1. 2. 3.]\n [5. 6. 7.]]", jx.VMap(mask, jx.InAt(1, "W", 0), jx.In(jx.None, 0))(num.Zeros(jx.Float32, 3), params{num.Sub(x, jx.From([]float32{0, 0, 0, -1, -1, -1}, 2, 3))}).String())

	low, err := jx.Lower(add, jx.Abstract(jx.Float32, 2), jx.Abstract(jx.Float32))
	require.NoError(t, err)
	exe, err := low.Compile()
	require.NoError(t, err)
	assert.Equal(t, "13.0", exe.Func()(jx.From([]float32{1, 2}), jx.Scalar(float32(5))).String())
	assert.ErrorContains(t, jx.Try(func() { exe.Func()(x, x, x) }), "other arguments: type (*jacobi.Array, *jacobi.Array) and type (*jacobi.Array, *jacobi.Array, *jacobi.Array)")
	_, err = jx.Lower(mask)
	assert.ErrorContains(t, err, "takes 1 or more arguments, 0 given")
	jaxpr, err := jx.MakeJaxpr(mask, jx.Abstract(jx.Float32), params{jx.Abstract(jx.Float32)})
	require.NoError(t, err)
	assert.Equal(t, "{ lambda ; a:f32[] b:f32[]. let c:f32[] = add a b in (c,) }", jaxpr.String())

	donated := num.Add(x, 1)
	jx.Jit(func(xs ...*jx.Array) *jx.Array { return num.Add(xs[0], xs[1]) }, jx.Donate(1))(x, donated)
	assert.Contains(t, donated.String(), "donated")
	assert.ErrorContains(t, jx.Try(func() { jx.VMap(add, jx.In(0, 0, 0))(x, x) }), "In gives 3 axes for 2 arguments")
	assert.ErrorContains(t, jx.Try(func() { jx.Jit(func(...struct{}) {}) }), "values that hold nothing")
	failing := jx.Jit(func(xs ...*jx.Array) (*jx.Array, error) { return nil, fmt.Errorf("%d given", len(xs)) })
	_, err = failing(x, x)
	assert.EqualError(t, err, "2 given")
}

// Gradients by several arguments are those by each.
func TestGradientsByArguments(t *testing.T) {
	type params struct{ W, B *jx.Array }
	w, x := jx.From([]float32{1, 2, 3}), jx.From([]float32{0.5, -1, 2})
	f := func(p params, x *jx.Array) *jx.Array { return num.Sum(num.Sin(num.Add(num.Mul(p.W, x), p.B))) }
	p := params{w, jx.Scalar(float32(0.5))}
	for name, wrap := range map[string]func(func(params, *jx.Array) (params, *jx.Array)) func(params, *jx.Array) (params, *jx.Array){
		"at once": func(g func(params, *jx.Array) (params, *jx.Array)) func(params, *jx.Array) (params, *jx.Array) {
			return g
		},
		"jitted": func(g func(params, *jx.Array) (params, *jx.Array)) func(params, *jx.Array) (params, *jx.Array) {
			return jx.Jit(g)
		},
	} {
		gp, gx := wrap(jx.Grad2(f))(p, x)
		wantP := jx.Grad(func(p params) *jx.Array { return f(p, x) })(p)
		wantX := jx.Grad(func(x *jx.Array) *jx.Array { return f(p, x) })(x)
		assert.True(t, num.AllClose(wantP.W, gp.W), name)
		assert.True(t, num.AllClose(wantP.B, gp.B), name)
		assert.True(t, num.AllClose(wantX, gx), name)
	}
	y, gp, gx := jx.ValueAndGrad2(f)(p, x)
	assert.True(t, num.AllClose(f(p, x), y))
	assert.Equal(t, []int{3}, gp.W.Shape())
	assert.Equal(t, []int{3}, gx.Shape())

	cube := func(a, b, c *jx.Array) *jx.Array { return num.Mul(num.Mul(a, b), num.Mul(b, c)) }
	a, b, c := jx.Scalar(2.0), jx.Scalar(3.0), jx.Scalar(5.0)
	ga, gb, gc := jx.Grad3(cube)(a, b, c)
	assert.Equal(t, []float64{45, 60, 18}, []float64{ga.Float(), gb.Float(), gc.Float()})
	y, ga, gb, gc = jx.ValueAndGrad3(cube)(a, b, c)
	assert.Equal(t, []float64{90, 45, 60, 18}, []float64{y.Float(), ga.Float(), gb.Float(), gc.Float()})
	type A = *jx.Array
	of := jx.VMap(func(a, b, c A) A { _, gb, _ := jx.Grad3(cube)(a, b, c); return gb })
	assert.Equal(t, "[12. 16.]", of(jx.From([]float32{1, 2}), jx.From([]float32{2, 1}), jx.From([]float32{3, 4})).String())
}
