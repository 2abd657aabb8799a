package jacobi_test

import (
	"encoding/gob"
	"encoding/json"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"

	jx "jacobi"
	"jacobi/num"
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
	f := func(p pair) *jx.Array { return num.Stack(product(p), num.Sum(num.Sin(p.X)), p.Y) }
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
