package jacobi_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

type inputs struct{ X, Y *jx.Array }

// An extra is an auxiliary result: arrays that depend on the input, an integer,
// nothing, and what is no array.
type extra struct {
	Twice, Count, None *jx.Array
	Text               string
}

func sinTimes(p inputs) *jx.Array { return num.Mul(num.Sin(p.X), p.Y) }

func sinTimesAux(p inputs) (*jx.Array, extra) {
	return sinTimes(p), extra{num.Mul(num.Exp(p.X), 2), num.Sum(num.Greater(p.X, 0)), nil, "text"}
}

// What has an auxiliary result gives what it gives without, and that result; at
// once, jitted and mapped.
func TestAux(t *testing.T) {
	type result struct {
		A, B inputs
		Y    *jx.Array
		Aux  extra
	}
	p := inputs{jx.From([]float32{0.5, -1, 2}), jx.From([]float32{3, 1, -2})}
	dx := inputs{X: jx.From([]float32{1, 0.5, 2})}
	ct := jx.From([]float32{1, -1, 0.5})
	for name, row := range map[string]struct{ aux, without func(p inputs) result }{
		"JVP": {
			func(p inputs) result {
				y, dy, aux := jx.JVPAux(sinTimesAux, p, dx)
				return result{inputs{dy, dy}, p, y, aux}
			},
			func(p inputs) result { y, dy := jx.JVP(sinTimes, p, dx); return result{A: inputs{dy, dy}, B: p, Y: y} },
		},
		"VJP": {
			func(p inputs) result {
				y, pull, aux := jx.VJPAux(sinTimesAux, p)
				return result{pull(ct), pull(y), y, aux}
			},
			func(p inputs) result { y, pull := jx.VJP(sinTimes, p); return result{A: pull(ct), B: pull(y), Y: y} },
		},
		"Linearize": {
			func(p inputs) result {
				y, lin, aux := jx.LinearizeAux(sinTimesAux, p)
				return result{inputs{lin(dx), lin(p)}, p, y, aux}
			},
			func(p inputs) result {
				y, lin := jx.Linearize(sinTimes, p)
				return result{A: inputs{lin(dx), lin(p)}, B: p, Y: y}
			},
		},
		"JacFwd": {
			func(p inputs) result { j, aux := jx.JacFwdAux(sinTimesAux)(p); return result{j, p, p.X, aux} },
			func(p inputs) result { return result{A: jx.JacFwd(sinTimes)(p), B: p, Y: p.X} },
		},
		"JacRev": {
			func(p inputs) result { j, aux := jx.JacRevAux(sinTimesAux)(p); return result{j, p, p.X, aux} },
			func(p inputs) result { return result{A: jx.JacRev(sinTimes)(p), B: p, Y: p.X} },
		},
	} {
		t.Run(name, func(t *testing.T) {
			want := row.without(p)
			_, want.Aux = sinTimesAux(p)
			agree := func(want, got result) {
				t.Helper()
				assert.Equal(t, "text", got.Aux.Text)
				assert.Nil(t, got.Aux.None)
				assert.Equal(t, jx.Int32, got.Aux.Count.DType())
				paths := 0
				w, _ := jx.TreeFlatten(want)
				g, _ := jx.TreeFlatten(got)
				for i := range w {
					if w[i] != nil {
						paths++
						assert.True(t, num.AllClose(w[i], g[i], num.RTol(1e-5)), "%d: %v, want %v", i, g[i], w[i])
					}
				}
				assert.Equal(t, 7, paths)
			}
			agree(want, row.aux(p))
			agree(want, jx.Jit(row.aux)(p))
			many := jx.TreeMap(p, func(x *jx.Array) *jx.Array { return num.Stack(0, x, num.Mul(x, 0.5)) })
			agree(want, jx.TreeMap(jx.VMap(row.aux)(many), func(x *jx.Array) *jx.Array { return x.At(0) }))
		})
	}
}

// The transform around sees how an auxiliary result depends on the input: only
// the inner one does not differentiate it.
func TestAuxIsDifferentiatedOutside(t *testing.T) {
	f := func(x *jx.Array) (*jx.Array, *jx.Array) { return num.Sin(x), num.Mul(x, x) }
	x := jx.Scalar(3.0)
	for name, outer := range map[string]func(x *jx.Array) *jx.Array{
		"JVPAux":       func(x *jx.Array) *jx.Array { _, _, aux := jx.JVPAux(f, x, x); return aux },
		"VJPAux":       func(x *jx.Array) *jx.Array { _, _, aux := jx.VJPAux(f, x); return aux },
		"LinearizeAux": func(x *jx.Array) *jx.Array { _, _, aux := jx.LinearizeAux(f, x); return aux },
		"JacFwdAux":    func(x *jx.Array) *jx.Array { _, aux := jx.JacFwdAux(f)(x); return aux },
		"JacRevAux":    func(x *jx.Array) *jx.Array { _, aux := jx.JacRevAux(f)(x); return aux },
		"GradAux":      func(x *jx.Array) *jx.Array { _, aux := jx.GradAux(f)(x); return aux },
	} {
		assert.Equal(t, 6.0, jx.Grad(outer)(x).Float(), name)
	}
}

// An auxiliary result that has no derivative, or no rule for one, is no mistake,
// and its residuals are not kept.
func TestAuxNeedsNoDerivative(t *testing.T) {
	x := jx.From([]float32{1, 2})
	f := func(x *jx.Array) (*jx.Array, *jx.Array) { return num.Sum(x), num.Argmax(x) }
	g, at := jx.GradAux(f)(x)
	assert.Equal(t, "[1. 1.]", g.String())
	assert.Equal(t, 1, at.Int())
	y, pull, aux := jx.VJPAux(func(x *jx.Array) (*jx.Array, *jx.Array) { return num.Mul(x, 2), num.Sin(x) }, x)
	assert.Equal(t, "[2. 4.]", y.String())
	assert.Equal(t, "[2. 2.]", pull(num.Ones(jx.Float32, 2)).String())
	assert.True(t, num.AllClose(num.Sin(x), aux))
	jaxpr, err := jx.MakeJaxpr(func(x *jx.Array) *jx.Array {
		_, dy, _ := jx.JVPAux(func(x *jx.Array) (*jx.Array, *jx.Array) { return num.Sin(x), num.Tanh(x) }, x, x)
		return dy
	}, jx.Abstract(jx.Float32))
	require.NoError(t, err)
	assert.Equal(t, "{ lambda ; a:f32[]. let\n    _:f32[] = sin a\n    b:f32[] = cos a\n    c:f32[] = mul a b\n    _:f32[] = tanh a\n  in (c,) }", jaxpr.String())
}
