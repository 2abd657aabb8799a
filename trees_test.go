package jacobi_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/internal/jaxtest"
	"github.com/jacobi-go/jacobi/num"
)

type model struct {
	Layers []map[string]*jx.Array
	Scale  *jx.Array
	None   *jx.Array
	Name   string
}

func someModel() model {
	return model{
		Layers: []map[string]*jx.Array{
			{"W": jx.From([]float32{1, 2, 3, 4, 5, 6}, 2, 3), "b": jx.From([]float32{7, 8})},
			{"W": jx.From([]float32{9, 10}, 1, 2)},
		},
		Scale: jx.Scalar(float32(0.5)),
		Name:  "a model",
	}
}

// nil is no leaf, but has a place.
func TestTreeLeaves(t *testing.T) {
	var paths []string
	for path, x := range jx.TreeLeaves(someModel()) {
		paths = append(paths, path+" "+fmt.Sprint(x.Shape()))
	}
	assert.Equal(t, []string{"Layers.0.W [2 3]", "Layers.0.b [2]", "Layers.1.W [1 2]", "Scale []"}, paths)
	leaves, _ := jx.TreeFlatten(someModel())
	assert.Len(t, leaves, 5)
	for range jx.TreeLeaves(someModel()) {
		break
	}
}

func TestTreeMapWithPath(t *testing.T) {
	var paths []string
	got := jx.TreeMapWithPath(someModel(), func(path string, x *jx.Array) *jx.Array {
		paths = append(paths, path)
		if path == "Scale" {
			return num.Add(x, 1)
		}
		return x
	})
	assert.Equal(t, []string{"Layers.0.W", "Layers.0.b", "Layers.1.W", "Scale"}, paths)
	assert.Equal(t, "1.5", got.Scale.String())
	assert.Nil(t, got.None)
	assert.Equal(t, "a model", got.Name)
}

func TestTreeRavel(t *testing.T) {
	m := someModel()
	flat, unravel := jx.TreeRavel(m)
	assert.Equal(t, jx.Float32, flat.DType())
	assert.Equal(t, "[ 1.   2.   3.   4.   5.   6.   7.   8.   9.  10.   0.5]", flat.String())
	same := func(want, got model) {
		t.Helper()
		w, _ := jx.TreeFlatten(want)
		g, _ := jx.TreeFlatten(got)
		require.Len(t, g, len(w))
		for i := range w {
			if w[i] == nil {
				assert.Nil(t, g[i])
				continue
			}
			assert.Equal(t, w[i].DType(), g[i].DType())
			assert.Equal(t, w[i].Weak(), g[i].Weak())
			assert.True(t, num.ArrayEqual(w[i], g[i]))
		}
		assert.Equal(t, want.Name, got.Name)
	}
	same(m, unravel(flat))
	same(jx.TreeMap(m, func(x *jx.Array) *jx.Array { return x.As(jx.Float64) }), unravel(flat.As(jx.Float64)))
	same(m, jx.Jit(func(m model) model { flat, unravel := jx.TreeRavel(m); return unravel(flat) })(m))

	mixed := model{Layers: []map[string]*jx.Array{{"n": jx.From([]int32{1, 2}), "z": jx.From([]complex64{3 + 4i})}}, Scale: jx.Scalar(0.5)}
	flat, back := jx.TreeRavel(mixed)
	assert.Equal(t, jx.Complex64, flat.DType())
	same(mixed, back(flat))
	assert.ErrorContains(t, jx.Try(func() { back(num.Real(flat)) }), "which are complex64 together, and unravel was given f32[4]")

	halves := map[jx.DType]*jx.Array{jx.Float16: jx.From([]jx.F16{0x3c00}), jx.BFloat16: jx.From([]jx.BF16{0x3f80})}
	for _, d := range jaxtest.Floats(t, jx.Float16, jx.BFloat16) {
		half := model{Layers: []map[string]*jx.Array{{"w": halves[d]}}, Scale: jx.Scalar(0.5)}
		flat, back = jx.TreeRavel(half)
		assert.Equal(t, d, flat.DType())
		same(half, back(flat))
	}

	for _, wrong := range []*jx.Array{jx.From([]float32{1, 2}), jx.Scalar(1.0), num.Zeros(jx.Float32, 11, 1)} {
		assert.ErrorContains(t, jx.Try(func() { unravel(wrong) }), "it takes a vector of 11")
	}
	assert.ErrorContains(t, jx.Try(func() { unravel(nil) }), "nil")

	empty, nothing := jx.TreeRavel(model{Name: "nothing"})
	assert.Equal(t, []int{0}, empty.Shape())
	assert.Equal(t, model{Name: "nothing"}, nothing(empty))
}

// A function of a tree is one of a vector, with the same derivatives.
func TestTreeRavelOfDerivatives(t *testing.T) {
	type params struct{ A, B *jx.Array }
	p := params{jx.From([]float32{1, 2}), jx.Scalar(float32(3))}
	f := func(p params) *jx.Array { return num.Mul(num.Sum(num.Square(p.A)), p.B) }
	flat, unravel := jx.TreeRavel(p)
	g := func(x *jx.Array) *jx.Array { return f(unravel(x)) }
	assert.Equal(t, "[ 6. 12.  5.]", jx.Grad(g)(flat).String())
	assert.Equal(t, "[[6. 0. 2.]\n [0. 6. 4.]\n [2. 4. 0.]]", jx.Hessian(g)(flat).String())
	of, _ := jx.TreeRavel(jx.Grad(f)(p))
	assert.Equal(t, "[ 6. 12.  5.]", of.String())
	back := jx.Grad(func(p params) *jx.Array { flat, _ := jx.TreeRavel(p); return num.Sum(num.Square(flat)) })(p)
	assert.Equal(t, "[2. 4.]", back.A.String())
	assert.Equal(t, "6.0", back.B.String())
	batch := params{jx.From([]float32{1, 2, 3, 4}, 2, 2), jx.From([]float32{5, 6})}
	rows := jx.VMap(func(p params) *jx.Array { flat, _ := jx.TreeRavel(p); return flat })(batch)
	assert.Equal(t, "[[1. 2. 5.]\n [3. 4. 6.]]", rows.String())
	mapped := jx.VMap(unravel)(rows)
	assert.True(t, num.ArrayEqual(batch.A, mapped.A))
	assert.True(t, num.ArrayEqual(batch.B, mapped.B))
}

func TestEvalShape(t *testing.T) {
	ran := false
	f := func(m model) (out struct {
		Y    *jx.Array
		None *jx.Array
		N    int
	}) {
		ran = true
		assert.ErrorContains(t, jx.Try(func() { m.Scale.Float() }), "")
		out.Y, out.N = num.Greater(num.Mul(m.Layers[0]["b"], m.Layers[1]["W"]), m.Scale), 3
		return out
	}
	abstract := jx.TreeMap(someModel(), func(x *jx.Array) *jx.Array { return jx.Abstract(x.DType(), x.Shape()...) })
	for _, m := range []model{someModel(), abstract} {
		got := jx.EvalShape(f, m)
		assert.True(t, ran)
		assert.Equal(t, "Abstract<bool[1,2]>", got.Y.String())
		assert.Nil(t, got.None)
		assert.Equal(t, 3, got.N)
		assert.ErrorContains(t, jx.Try(func() { num.Add(got.Y, 1) }), "jx.EvalShape")
	}
	// An array too large to be computed, a result that is weak, an error.
	big := jx.EvalShape(func(x *jx.Array) *jx.Array { return num.Add(x, 1) }, jx.Abstract(jx.Int8, 1<<20, 1<<12))
	assert.Equal(t, []int{1 << 20, 1 << 12}, big.Shape())
	assert.True(t, jx.EvalShape(func(x *jx.Array) *jx.Array { return num.Mul(x, 2) }, jx.Scalar(1.0)).Weak())
	assert.ErrorContains(t, jx.Try(func() {
		jx.EvalShape(func(x *jx.Array) *jx.Array { return num.Add(x, jx.From([]float32{1, 2})) }, jx.Abstract(jx.Float32, 3))
	}), "f32[3]")
	// Inside of what is traced, nothing is added to it.
	jaxpr, err := jx.MakeJaxpr(func(x *jx.Array) *jx.Array {
		y := jx.EvalShape(num.Sin, x)
		return num.Zeros(y.DType(), y.Shape()...)
	}, jx.Abstract(jx.Float32))
	require.NoError(t, err)
	assert.NotContains(t, jaxpr.String(), "sin")
}

func TestFold(t *testing.T) {
	xs := jx.From([]float32{1, 2, 3})
	poly := func(c, x *jx.Array) *jx.Array { return num.Add(num.Mul(c, 10), x) }
	assert.Equal(t, "123.0", jx.Fold(jx.Scalar(0.0), xs, poly).String())
	assert.Equal(t, "321.0", jx.Fold(jx.Scalar(0.0), xs, poly, jx.Reverse()).String())
	assert.Equal(t, "123.0", jx.Jit(func(xs *jx.Array) *jx.Array { return jx.Fold(jx.Scalar(0.0), xs, poly, jx.Unroll(2)) })(xs).String())
	assert.Equal(t, "[100.  10.   1.]", jx.Grad(func(xs *jx.Array) *jx.Array { return jx.Fold(jx.Scalar(0.0), xs, poly) })(xs).String())
	assert.Equal(t, "[123. 456.]", jx.VMap(func(xs *jx.Array) *jx.Array { return jx.Fold(jx.Scalar(0.0), xs, poly) })(jx.From([]float32{1, 2, 3, 4, 5, 6}, 2, 3)).String())
	double := func(c *jx.Array, _ struct{}) *jx.Array { return num.Add(c, c) }
	assert.Equal(t, 1024, jx.Fold(jx.Scalar(1), struct{}{}, double, jx.Length(10)).Int())
	assert.ErrorContains(t, jx.Try(func() { jx.Fold(jx.Scalar(1), struct{}{}, double) }), "give the number of steps with jx.Length")
	assert.ErrorContains(t, jx.Try(func() { jx.Fold(jx.Scalar(1.0), xs, poly, jx.MaxTrips(3)) }), "MaxTrips does not apply to a Fold")
	assert.ErrorContains(t, jx.Try(func() { jx.Fold(jx.Scalar(0.0), xs, func(_, x *jx.Array) *jx.Array { return xs }) }), "they must agree")
	// Nothing is stacked.
	jaxpr, err := jx.MakeJaxpr(func(xs *jx.Array) *jx.Array { return jx.Fold(jx.Scalar(float32(0)), xs, poly) }, xs)
	require.NoError(t, err)
	assert.NotContains(t, jaxpr.String(), "out:f32[3]")
}
