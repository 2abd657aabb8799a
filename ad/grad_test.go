package ad_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/ad"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/graph/interp"
)

// gradient is that of the first input.
func gradient(g *graph.Graph) *graph.Graph {
	wrt := make([]bool, len(g.In))
	wrt[0] = true
	return ad.Grad(g, wrt, false)
}

func TestGrad(t *testing.T) {
	g := graph.Build([]graph.Aval{f64(3), f64(3), {DType: graph.Int32}}, func(b B, in []V) []V {
		return []V{b.ReduceSum(b.Mul(b.Sin(in[0]), in[1]), 0), in[2], b.Exp(in[0])}
	})
	x := []T{floats(1, 2, 3), floats(4, 5, 6), interp.Scalar(graph.Int32, 7)}
	want := []float64{4 * math.Cos(1), 5 * math.Cos(2), 6 * math.Cos(3)}

	y := interp.Eval(ad.Grad(g, []bool{true, true, false}, false), x...)
	require.Len(t, y, 2)
	equal(t, want, y[0])
	equal(t, []float64{math.Sin(1), math.Sin(2), math.Sin(3)}, y[1])

	y = interp.Eval(ad.Grad(g, []bool{true, false, false}, true), x...)
	require.Len(t, y, 4)
	equal(t, []float64{4*math.Sin(1) + 5*math.Sin(2) + 6*math.Sin(3)}, y[0])
	assert.Equal(t, int64(7), y[1].Data[0].I)
	equal(t, want, y[3])
}

// A result that does not depend on the input has gradient zero.
func TestGradOfConstant(t *testing.T) {
	g := graph.Build([]graph.Aval{f64(2), f64()}, func(b B, in []V) []V { return []V{in[1], b.Exp(in[0])} })
	equal(t, []float64{0, 0}, interp.Eval(gradient(g), floats(1, 2), scalar(3))[0])
}

func TestGradOfArrayIsUsersError(t *testing.T) {
	g := graph.Build([]graph.Aval{f64(2)}, func(b B, in []V) []V { return in })
	err := graph.Try(func() { gradient(g) })
	require.ErrorContains(t, err, "f64[2]")
	require.ErrorContains(t, err, "grad_test.go:")
}

// Ints have no tangents, whatever a caller asks for.
func TestTangentOfIntIsBug(t *testing.T) {
	g := graph.Build([]graph.Aval{{DType: graph.Int32}}, func(b B, in []V) []V { return []V{b.Convert(in[0], graph.Float32)} })
	assert.PanicsWithError(t, "jacobi: bug: a tangent for i32[]", func() { ad.JVP(g, []bool{true}) })
}

// d/dx (x * d/dy (x + y)) = 1: the inner derivative must not take the outer
// one's tangent for its own.
func TestPerturbationConfusion(t *testing.T) {
	add := graph.Build([]graph.Aval{f64(), f64()}, func(b B, in []V) []V { return []V{b.Add(in[1], in[0])} })
	inner := gradient(add) // y, x -> d/dy
	forward, _ := ad.JVP(add, []bool{true, false})
	for name, d := range map[string]func(b B, x V) V{
		"reverse": func(b B, x V) V { return b.Inline(inner, b.Scalar(graph.Float64, 1), x)[0] },
		"forward": func(b B, x V) V { return b.Inline(forward, x, x, b.Scalar(graph.Float64, 1))[1] },
	} {
		g := graph.Build([]graph.Aval{f64()}, func(b B, in []V) []V { return []V{b.Mul(in[0], d(b, in[0]))} })
		equal(t, []float64{1}, interp.Eval(gradient(g), scalar(3))[0])
		j, _ := ad.JVP(g, []bool{true})
		assert.Equal(t, []float64{1}, interp.Eval(j, scalar(3), scalar(1))[1].Floats(), name)
	}
}

// Derivatives of sin of order 1 to 6, in reverse over reverse.
func TestHighOrder(t *testing.T) {
	g := graph.Build([]graph.Aval{f64()}, func(b B, in []V) []V { return []V{b.Sin(in[0])} })
	for n, want := range []float64{math.Cos(0.5), -math.Sin(0.5), -math.Cos(0.5), math.Sin(0.5), math.Cos(0.5), -math.Sin(0.5)} {
		g = gradient(g)
		require.NoError(t, graph.Check(g))
		assert.InDelta(t, want, real(interp.Eval(g, scalar(0.5))[0].Data[0].C), 1e-14, "order %d", n+1)
	}
}

// Values at the places where conventions decide, as JAX has them.
func TestConventions(t *testing.T) {
	grad := func(f func(b B, x V) V, x float64) float64 {
		g := graph.Build([]graph.Aval{f64()}, func(b B, in []V) []V { return []V{f(b, in[0])} })
		return real(interp.Eval(gradient(g), scalar(x))[0].Data[0].C)
	}
	num := func(b B, c float64) V { return b.Scalar(graph.Float64, c) }
	for _, c := range []struct {
		name string
		f    func(b B, x V) V
		x    float64
		want float64
	}{
		{"abs at 0", func(b B, x V) V { return b.Abs(x) }, 0, 1},
		{"sign", func(b B, x V) V { return b.Sign(x) }, 0, 0},
		{"complex sign at 0", func(b B, x V) V { return b.Real(b.Sign(b.Complex(x, num(b, 0)))) }, 0, 0},
		{"max at a tie", func(b B, x V) V { return b.Max(x, num(b, 1)) }, 1, 0.5},
		{"min at a tie", func(b B, x V) V { return b.Min(num(b, 1), x) }, 1, 0.5},
		{"max with itself", func(b B, x V) V { return b.Max(x, b.Mul(x, num(b, 1))) }, 1, 1},
		{"clamp at its limit", func(b B, x V) V { return b.Clamp(num(b, 0), x, num(b, 1)) }, 1, 0},
		{"limit of clamp", func(b B, x V) V { return b.Clamp(num(b, 0), num(b, 3), x) }, 1, 1},
		{"x^0 as integer_pow", func(b B, x V) V { return b.IntegerPow(x, 0) }, 0, 0},
		{"x^1 as integer_pow", func(b B, x V) V { return b.IntegerPow(x, 1) }, 0, 1},
		{"x^2 as integer_pow", func(b B, x V) V { return b.IntegerPow(x, 2) }, 0, 0},
		{"x^3 as integer_pow", func(b B, x V) V { return b.IntegerPow(x, 3) }, 0, 0},
		{"x^2 at 0", func(b B, x V) V { return b.Pow(x, num(b, 2)) }, 0, 0},
		{"0^x", func(b B, x V) V { return b.Pow(num(b, 0), x) }, 2, 0},
		{"0^x at 0", func(b B, x V) V { return b.Pow(num(b, 0), x) }, 0, 0},
		{"sqrt at 0", func(b B, x V) V { return b.Sqrt(x) }, 0, math.Inf(1)},
		{"floor", func(b B, x V) V { return b.Floor(x) }, 0.5, 0},
		{"stop_gradient", func(b B, x V) V { return b.Mul(x, b.StopGradient(x)) }, 3, 3},
		{"nextafter", func(b B, x V) V { return b.NextAfter(x, num(b, 9)) }, 3, 0},
		{"rem by x", func(b B, x V) V { return b.Rem(num(b, -7), x) }, 2, 3},
		{"select where the branch not taken is infinite", func(b B, x V) V {
			return b.Select(b.Gt(x, num(b, 0)), b.Log(b.Select(b.Gt(x, num(b, 0)), x, num(b, 1))), x)
		}, 0, 1},
	} {
		assert.Equal(t, c.want, grad(c.f, c.x), c.name)
	}
	assert.True(t, math.IsNaN(grad(func(b B, x V) V { return b.Pow(x, num(b, 0)) }, 0)), "x^0 at 0")
}

func TestTiesAndZeros(t *testing.T) {
	grad := func(f func(b B, x V) V, x ...float64) T {
		g := graph.Build([]graph.Aval{f64(len(x))}, func(b B, in []V) []V { return []V{f(b, in[0])} })
		return interp.Eval(gradient(g), floats(x...))[0]
	}
	last := func(op graph.Op, reverse bool) func(b B, x V) V { // the sum of a cumulative reduction
		return func(b B, x V) V { return b.ReduceSum(b.Cum(op, x, 0, reverse), 0) }
	}
	equal(t, []float64{0, 0.5, 0.5}, grad(func(b B, x V) V { return b.ReduceMax(x, 0) }, 1, 2, 2))
	equal(t, []float64{1. / 3, 1. / 3, 1. / 3}, grad(func(b B, x V) V { return b.ReduceMin(x, 0) }, 2, 2, 2))
	prod := func(b B, x V) V { return b.ReduceProd(x, 0) }
	equal(t, []float64{6, 3, 2}, grad(prod, 1, 2, 3))
	equal(t, []float64{0, 8, 0}, grad(prod, 2, 0, 4))
	equal(t, []float64{0, 0, 0, 0, 0}, grad(prod, 2, 0, 4, 0, 1))
	equal(t, []float64{1}, grad(prod, 0))
	equal(t, []float64{}, grad(prod))
	// d(x + xy + xyz) at 2 0 5
	equal(t, []float64{1, 12, 0}, grad(last(graph.OpCumprod, false), 2, 0, 5))
	equal(t, []float64{0, 15, 1}, grad(last(graph.OpCumprod, true), 2, 0, 5))
	// A tie gives half to each.
	equal(t, []float64{1, 1.5, 0.5}, grad(last(graph.OpCummax, false), 1, 3, 3))
	equal(t, []float64{0, 1, 2}, grad(last(graph.OpCummax, true), 1, 2, 2))
	equal(t, []float64{3, 2, 1}, grad(last(graph.OpCumsum, false), 1, 2, 2))
}

// The product's second derivative is right where an element is zero.
func TestProductHessian(t *testing.T) {
	for _, x := range [][]float64{{2, 0, 4}, {0, 0, 4}, {1, 2, 3, 4, 5}, {0, 2}} {
		for name, f := range map[string]func(b B, x V) V{
			"reduce_prod": func(b B, x V) V { return b.ReduceProd(x, 0) },
			"cumprod": func(b B, x V) V {
				return b.ReduceSum(b.SliceAxis(b.Cum(graph.OpCumprod, x, 0, false), 0, x.Shape[0]-1, x.Shape[0]), 0)
			},
		} {
			n := len(x)
			d := gradient(graph.Build([]graph.Aval{f64(n)}, func(b B, in []V) []V { return []V{f(b, in[0])} }))
			j, _ := ad.JVP(d, []bool{true})
			for i := range n {
				e, want := make([]float64, n), make([]float64, n)
				e[i] = 1
				for k := range want {
					if k != i {
						want[k] = 1
						for l := range x {
							if l != i && l != k {
								want[k] *= x[l]
							}
						}
					}
				}
				assert.Equal(t, want, interp.Eval(j, floats(x...), floats(e...))[1].Floats(), "%s of %v, row %d", name, x, i)
			}
		}
	}
}

// The second derivative passes through what slice transposes to.
func TestSecondDerivativeOfSlice(t *testing.T) {
	g := graph.Build([]graph.Aval{f64(7)}, func(b B, in []V) []V {
		s := b.Slice(in[0], graph.SliceParams{Start: []int{1}, Limit: []int{6}, Strides: []int{2}})
		return []V{b.ReduceSum(b.IntegerPow(s, 3), 0)}
	})
	d := gradient(g)
	total := graph.Build([]graph.Aval{f64(7)}, func(b B, in []V) []V { return []V{b.ReduceSum(b.Inline(d, in[0])[0], 0)} })
	equal(t, []float64{0, 12, 0, 24, 0, 36, 0}, interp.Eval(gradient(total), floats(1, 2, 3, 4, 5, 6, 7))[0])
}

func TestLinearTranspose(t *testing.T) {
	in := []graph.Aval{f64(3), f64(2, 3), {DType: graph.Int32}}
	mask := []bool{true, false, false}
	g := graph.Build(in, func(b B, in []V) []V { // sin(A) x, and a counter
		y := b.DotGeneral(b.Sin(in[1]), in[0], graph.DotParams{LHSContract: []int{1}, RHSContract: []int{0}, Prefer: graph.Float64})
		return []V{y, b.Add(in[2], b.Scalar(graph.Int32, 1))}
	})
	tr := ad.LinearTranspose(g, mask)
	require.NoError(t, graph.Check(tr))
	a := interp.FromFloats(graph.Float64, []float64{1, 2, 3, 4, 5, 6}, 2, 3)
	y := interp.Eval(tr, a, interp.Scalar(graph.Int32, 0), floats(10, 100))
	want := make([]float64, 3)
	for i := range want {
		want[i] = 10*math.Sin(float64(i+1)) + 100*math.Sin(float64(i+4))
	}
	equal(t, want, y[0])

	square := graph.Build([]graph.Aval{f64(3)}, func(b B, in []V) []V { return []V{b.Mul(in[0], in[0])} })
	err := graph.Try(func() { ad.LinearTranspose(square, []bool{true}) })
	require.ErrorContains(t, err, "not linear in argument 0")
}

// The value that scatter leaves where updates meet and its derivative agree.
func TestScatterSetOverlapping(t *testing.T) {
	p := graph.ScatterParams{IndexDims: graph.IndexDims{Collapsed: []int{0}, Start: []int{0}}}
	g := graph.Build([]graph.Aval{f64(4), f64(3), {DType: graph.Int32, Shape: []int{3, 1}}}, func(b B, in []V) []V {
		return []V{b.Scatter(in[0], in[2], in[1], p)}
	})
	x := []T{floats(1, 2, 3, 4), floats(10, 20, 30), interp.FromInts(graph.Int32, []int64{1, 1, 9}, 3, 1)}
	j, _ := ad.JVP(g, []bool{true, true, false})
	y := interp.Eval(j, append(slices.Clone(x), floats(.1, .2, .3, .4), floats(5, 6, 7))...)
	require.Equal(t, interp.Eval(g, x...)[0], y[0])
	chosen := map[float64]float64{10: 5, 20: 6}[y[0].Floats()[1]]
	equal(t, []float64{.1, chosen, .3, .4}, y[1])
	laws(t, g, x, graphtest.Seeded(t), false, 1)
}

// The updates of a repeated product need a division; say so.
func TestScatterMulRepeated(t *testing.T) {
	p := graph.ScatterParams{IndexDims: graph.IndexDims{Collapsed: []int{0}, Start: []int{0}}, Combine: graph.CombineMul}
	g := graph.Build([]graph.Aval{f64(4), f64(3), {DType: graph.Int32, Shape: []int{3, 1}}}, func(b B, in []V) []V {
		return []V{b.Scatter(in[0], in[2], in[1], p)}
	})
	require.ErrorContains(t, graph.Try(func() { ad.JVP(g, []bool{false, true, false}) }), "unique")
	require.NoError(t, graph.Try(func() { ad.VJP(g, []bool{true, false, false}) }))
}

// Gather moves indices inside and adds there; scatter leaves out what is not
// inside and gives it no cotangent. Whatever the indices' type can hold.
func TestIndicesOutside(t *testing.T) {
	for _, d := range []graph.DType{graph.Int8, graph.Uint8, graph.Int32, graph.Uint32, graph.Int64, graph.Uint64} {
		for _, n := range []int{4, 300} {
			at := graph.IndexDims{Collapsed: []int{0}, Start: []int{0}}
			idx := []int64{2, 100, -1} // -1 is the largest if unsigned
			is := interp.FromInts(d, idx, 3, 1)
			in := []graph.Aval{f64(n), {DType: d, Shape: []int{3, 1}}}

			g := graph.Build(in, func(b B, in []V) []V {
				return []V{b.Gather(in[0], in[1], graph.GatherParams{IndexDims: at, Sizes: []int{1}})}
			})
			want := make([]float64, n)
			for i, k := range is.Floats() {
				want[int(min(max(k, 0), float64(n-1)))] += float64(i + 1)
			}
			v := ad.VJP(g, []bool{true, false})
			equal(t, want, interp.Eval(v, interp.Zeros(in[0]), is, floats(1, 2, 3))[1])

			g = graph.Build(append(in, f64(3)), func(b B, in []V) []V {
				return []V{b.Scatter(in[0], in[1], in[2], graph.ScatterParams{IndexDims: at, Combine: graph.CombineAdd})}
			})
			ct := make([]float64, n)
			for i := range ct {
				ct[i] = float64(i + 1)
			}
			want = make([]float64, 3)
			for i, k := range is.Floats() {
				if 0 <= k && k < float64(n) {
					want[i] = k + 1
				}
			}
			v = ad.VJP(g, []bool{true, false, true})
			y := interp.Eval(v, interp.Zeros(in[0]), is, floats(0, 0, 0), floats(ct...))
			equal(t, ct, y[1])
			equal(t, want, y[2])
		}
	}
}

// Equations of a derivative have the lines of those they come from.
func TestPositions(t *testing.T) {
	lines := map[string]bool{}
	g := graph.Build([]graph.Aval{f64(3)}, func(b B, in []V) []V {
		x := b.Sin(in[0])
		x = b.Tanh(x)
		return []V{b.ReduceSum(x, 0)}
	})
	for _, e := range g.Eqns {
		lines[e.Pos()] = true
	}
	require.Len(t, lines, 3)
	for _, e := range ad.VJP(g, []bool{true}).Eqns {
		if e.Op != graph.OpLiteral {
			assert.True(t, lines[e.Pos()], "%v is at %s, not at a line of %v", e.Op, e.Pos(), lines)
		}
	}
}

// The derivative of a derivative's pullback with nothing to differentiate.
func TestNothingToDifferentiate(t *testing.T) {
	g := graph.Build([]graph.Aval{{DType: graph.Int32, Shape: []int{2}}}, func(b B, in []V) []V { return []V{b.Add(in[0], in[0])} })
	v := ad.VJP(g, []bool{false})
	require.NoError(t, graph.Check(v))
	require.Len(t, v.In, 1)
	require.Len(t, v.Out, 1)
}
