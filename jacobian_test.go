package jacobi_test

import (
	"encoding/gob"
	"encoding/json"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

type pair struct{ X, Y *jx.Array }

func product(p pair) *jx.Array { return num.Sum(num.Mul(num.Tanh(p.X), p.Y)) }

var at = pair{jx.From([]float32{1, 2, 3}), jx.Scalar(3.0)}

func TestBlocks(t *testing.T) {
	slope := num.Sub(1, num.Square(num.Tanh(at.X)))
	h := jx.HessianTree(product)(at)
	assert.True(t, num.AllClose(h.Row("X").Y, slope))
	assert.True(t, num.AllClose(h.Col("Y").X, slope))
	assert.Equal(t, 0.0, h.Row("Y").Y.Float())
	var paths []string
	for path := range h.Rows() {
		paths = append(paths, path)
	}
	assert.Equal(t, []string{"X", "Y"}, paths)

	// Blocks are a tree, so they can be differentiated.
	third := jx.JacFwdTree(jx.HessianTree(product))(at)
	want := jx.JacFwd(func(x *jx.Array) *jx.Array { return num.Sub(1, num.Square(num.Tanh(x))) })(at.X)
	assert.True(t, num.AllClose(third.Row("X.Y").X, want))
	assert.True(t, num.AllClose(third.Col("X").Row("Y").X, want))
}

func TestBlocksAreNotMarshalled(t *testing.T) {
	h := jx.HessianTree(product)(at)
	_, err := json.Marshal(struct{ H jx.Blocks[pair, pair] }{h})
	assert.ErrorContains(t, err, "Blocks cannot be written; write the trees that Rows ranges over")
	assert.ErrorContains(t, gob.NewEncoder(io.Discard).Encode(h), "no exported fields")

	rows := map[string]pair{}
	for path, row := range h.Rows() {
		rows[path] = row
	}
	text, err := json.Marshal(rows)
	assert.NoError(t, err)
	var again map[string]pair
	assert.NoError(t, json.Unmarshal(text, &again))
	assert.Equal(t, h.Row("X").Y.GoString(), again["X"].Y.GoString())
}

func TestModesAgree(t *testing.T) {
	f := func(p pair) *jx.Array { return num.Stack(0, product(p), num.Sum(num.Sin(p.X)), p.Y) }
	fwd, rev := jx.JacFwd(f)(at), jx.JacRev(f)(at)
	assert.True(t, num.AllClose(fwd.X, rev.X))
	assert.True(t, num.AllClose(fwd.Y, rev.Y))
	assert.Equal(t, []int{3, 3}, fwd.X.Shape())
	assert.Equal(t, []int{3}, fwd.Y.Shape())
	compiled := jx.Jit(jx.JacRev(f))(at)
	assert.True(t, num.AllClose(compiled.X, rev.X))
}

func TestMakeJaxpr(t *testing.T) {
	f := func(x *jx.Array) *jx.Array { return num.Sum(num.Mul(num.Sin(x), 2)) }
	want := "{ lambda ; a:f32[3]. let b:f32[3] = cos a; c:f32[3] = mul 2.0:f32[] b in (c,) }"
	got, err := jx.MakeJaxpr(jx.Grad(f), jx.Abstract(jx.Float32, 3))
	assert.NoError(t, err)
	assert.Equal(t, want, got.String())
}

// Every function with a GradOption takes complex numbers with Holomorphic alone,
// and integers, whose derivative is nil, with AllowInt alone.
func TestGradOptions(t *testing.T) {
	type in struct{ X, N *jx.Array }
	type options = []jx.GradOption
	f := func(p in) *jx.Array { return num.Mul(num.Mul(p.X, p.X), p.X) }
	two := func(p, _ in) *jx.Array { return f(p) }
	three := func(_, p, _ in) *jx.Array { return f(p) }
	aux := func(p in) (*jx.Array, *jx.Array) { return f(p), nil }
	tree := func(p in) in { return in{X: f(p)} }
	for name, row := range map[string]struct {
		at    func(o options, p in) in
		order int
	}{
		"Grad":             {func(o options, p in) in { return jx.Grad(f, o...)(p) }, 1},
		"GradWith":         {func(o options, p in) in { return jx.GradWith(two, o...)(p, p) }, 1},
		"GradAux":          {func(o options, p in) in { g, _ := jx.GradAux(aux, o...)(p); return g }, 1},
		"Grad2":            {func(o options, p in) in { g, _ := jx.Grad2(two, o...)(p, in{}); return g }, 1},
		"Grad3":            {func(o options, p in) in { _, g, _ := jx.Grad3(three, o...)(in{}, p, in{}); return g }, 1},
		"ValueAndGrad2":    {func(o options, p in) in { _, g, _ := jx.ValueAndGrad2(two, o...)(p, in{}); return g }, 1},
		"ValueAndGrad3":    {func(o options, p in) in { _, _, g, _ := jx.ValueAndGrad3(three, o...)(in{}, p, in{}); return g }, 1},
		"ValueAndGrad":     {func(o options, p in) in { _, g := jx.ValueAndGrad(f, o...)(p); return g }, 1},
		"ValueAndGradWith": {func(o options, p in) in { _, g := jx.ValueAndGradWith(two, o...)(p, p); return g }, 1},
		"ValueAndGradAux":  {func(o options, p in) in { _, _, g := jx.ValueAndGradAux(aux, o...)(p); return g }, 1},
		"JacFwd":           {func(o options, p in) in { return jx.JacFwd(f, o...)(p) }, 1},
		"JacRev":           {func(o options, p in) in { return jx.JacRev(f, o...)(p) }, 1},
		"JacFwdTree":       {func(o options, p in) in { return jx.JacFwdTree(tree, o...)(p).Row("X") }, 1},
		"JacRevTree":       {func(o options, p in) in { return jx.JacRevTree(tree, o...)(p).Row("X") }, 1},
		"HessianTree":      {func(o options, p in) in { return jx.HessianTree(f, o...)(p).Row("X") }, 2},
		"Hessian": {func(o options, p in) in {
			if p.N != nil && len(o) == 0 { // it is of one array
				p.X = p.N
			}
			return in{X: jx.Hessian(func(x *jx.Array) *jx.Array { return f(in{X: x}) }, o...)(p.X)}
		}, 2},
	} {
		z, real, whole := in{X: jx.Scalar(1 + 2i)}, in{X: jx.Scalar(2.0)}, in{jx.Scalar(2.0), jx.Scalar(3)}
		slope := map[int]complex128{1: -9 + 12i, 2: 6 + 12i}[row.order] // 3z^2, 6z
		assert.Equal(t, slope, row.at(options{jx.Holomorphic()}, z).X.Complex(), name)
		assert.Equal(t, slope, row.at(options{jx.AllowInt(), jx.Holomorphic()}, z).X.Complex(), name)
		assert.ErrorContains(t, jx.Try(func() { row.at(options{jx.AllowInt()}, z) }), "jx.Holomorphic()", name)
		assert.ErrorContains(t, jx.Try(func() { row.at(options{jx.Holomorphic()}, real) }), "must be complex", name)
		got := row.at(options{jx.AllowInt()}, whole)
		assert.Equal(t, 12.0, got.X.Float(), name)
		assert.Nil(t, got.N, name)
		assert.ErrorContains(t, jx.Try(func() { row.at(nil, whole) }), "jx.AllowInt()", name)
		assert.Equal(t, 12.0, row.at(nil, real).X.Float(), name)
		assert.ErrorContains(t, jx.Try(func() { row.at(options{{}}, real) }), "an option is nil", name)
	}
}
