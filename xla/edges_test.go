package xla

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/graph/interp"
)

// checkAgainstInterp compares all results of what build makes of in.
func checkAgainstInterp(t *testing.T, in []interp.Tensor, slack float64, build func(b *graph.Builder, in []*graph.Value) []*graph.Value) {
	avals := make([]graph.Aval, len(in))
	for i, x := range in {
		avals[i] = x.Aval
	}
	g := graph.Build(avals, build)
	got := eval(t, g, in)
	for i, want := range interp.Eval(g, in...) {
		err := graphtest.AllClose([]interp.Tensor{want}, got[i:i+1], slack)
		if err != nil && len(want.Data) > 100 {
			for j := range want.Data {
				x, y := element(want, j), element(got[i], j)
				if graphtest.MaxDiff(x, y) > slack*graphtest.Tolerance(want.DType) {
					assert.Fail(t, "results differ", "result %d, %v of %v, at %d: got %v, want %v", i, g.Out[i].Def.Op, graph.Avals(g.Out[i].Def.In), j, y, x)
					break
				}
			}
			continue
		}
		assert.NoError(t, err, "result %d of %v", i, g)
	}
}

// element is x[i] of the flattened x.
func element(x interp.Tensor, i int) interp.Tensor {
	return interp.Tensor{Aval: graph.Aval{DType: x.DType}, Data: x.Data[i : i+1]}
}

// Reductions of NaNs, infinities, ties, nothing at all and the ends of types.
func TestReductionsAtEdges(t *testing.T) {
	if testing.Short() {
		t.Skip("short: compiles for long, and compares numbers only")
	}
	for _, d := range graph.DTypes {
		t.Run(d.String(), func(t *testing.T) {
			ps := points(d)
			n := len(ps)
			rows := interp.Zeros(aval(d, 2*n, n)) // row k has point k%n first and last, or everywhere
			for k := range 2 * n {
				for j := range n {
					p := ps[(k+j)%n]
					if k >= n || j == n-1 {
						p = ps[k%n]
					}
					rows.Data[k*n+j] = p
				}
			}
			empty := interp.Zeros(aval(d, 0, 3))
			checkAgainstInterp(t, []interp.Tensor{rows, empty}, 1, func(b *graph.Builder, in []*graph.Value) (out []*graph.Value) {
				x, none := in[0], in[1]
				for op := graph.OpReduceSum; op <= graph.OpReduceXor; op++ {
					if d.IsFloat() && (op == graph.OpReduceSum || op == graph.OpReduceProd) {
						continue // infinities, and the order matters
					}
					_ = graph.Try(func() { out = append(out, b.Reduce(op, x, 1), b.Reduce(op, none, 0), b.Reduce(op, none, 1)) })
				}
				for op := graph.OpArgmax; op <= graph.OpArgmin; op++ {
					for _, i := range []graph.DType{graph.Int32, graph.Uint8, graph.Int64} {
						_ = graph.Try(func() { out = append(out, b.Arg(op, x, 1, i), b.Arg(op, none, 1, i)) })
					}
				}
				for op := graph.OpCummax; op <= graph.OpCummin; op++ {
					_ = graph.Try(func() { out = append(out, b.Cum(op, x, 1, false), b.Cum(op, x, 0, true), b.Cum(op, none, 0, false)) })
				}
				return out
			})
		})
	}
}

// Indices of every type, of which some are outside of an axis that is longer
// than the smallest types can say.
func TestIndicesOfEveryType(t *testing.T) {
	x := interp.Zeros(aval(graph.Float32, 300))
	for i := range x.Data {
		x.Data[i] = graph.Num(graph.Float32, float64(i))
	}
	for d := graph.Int8; d <= graph.Uint64; d++ {
		t.Run(d.String(), func(t *testing.T) {
			idx := interp.Zeros(aval(d, len(points(d)), 1))
			copy(idx.Data, points(d))
			updates := interp.Full(aval(graph.Float32, len(idx.Data)), graph.Num(graph.Float32, 0.5))
			windows := interp.Full(aval(graph.Float32, len(idx.Data), 2), graph.Num(graph.Float32, 0.25))
			in := []interp.Tensor{x, idx, updates, windows}
			for _, p := range points(d) {
				in = append(in, interp.Full(aval(d), p))
			}
			checkAgainstInterp(t, in, 1, func(b *graph.Builder, in []*graph.Value) (out []*graph.Value) {
				one := graph.IndexDims{Offset: []int{}, Collapsed: []int{0}, Start: []int{0}}
				two := graph.IndexDims{Offset: []int{1}, Collapsed: []int{}, Start: []int{0}}
				out = append(out,
					b.Gather(in[0], in[1], graph.GatherParams{IndexDims: one, Sizes: []int{1}}),
					b.Gather(in[0], in[1], graph.GatherParams{IndexDims: two, Sizes: []int{200}}),
					b.Scatter(in[0], in[1], in[2], graph.ScatterParams{IndexDims: one, Combine: graph.CombineAdd}),
					b.Scatter(in[0], in[1], in[3], graph.ScatterParams{IndexDims: two, Combine: graph.CombineMul}))
				for _, i := range in[4:] {
					out = append(out, b.DynamicSlice(in[0], []*graph.Value{i}, []int{2}), b.DynamicUpdateSlice(in[0], in[2], []*graph.Value{i}))
				}
				return out
			})
		})
	}
}

// Products of each type, summed as each type they can be summed as.
func TestDotTypes(t *testing.T) {
	if testing.Short() {
		t.Skip("short: compiles for long, and compares numbers only")
	}
	r := graphtest.Seeded(t)
	for _, d := range graph.DTypes {
		t.Run(d.String(), func(t *testing.T) {
			in := graphtest.RandomLikes(r, []graph.Aval{aval(d, 3, 40), aval(d, 40, 5), aval(d, 0), aval(d, 0), aval(d)})
			var b graph.Builder
			ok := false
			for _, p := range graph.DTypes {
				ok = ok || graph.Try(func() { b.DotGeneral(b.Input(in[4].Aval), b.Input(in[4].Aval), graph.DotParams{Prefer: p}) }) == nil
			}
			if !ok {
				assert.Equal(t, graph.Bool, d)
				return
			}
			checkAgainstInterp(t, in, 3, func(b *graph.Builder, in []*graph.Value) (out []*graph.Value) {
				for _, p := range graph.DTypes {
					_ = graph.Try(func() {
						out = append(out,
							b.DotGeneral(in[0], in[1], graph.DotParams{LHSContract: []int{1}, RHSContract: []int{0}, Prefer: p}),
							b.DotGeneral(in[2], in[3], graph.DotParams{LHSContract: []int{0}, RHSContract: []int{0}, Prefer: p}),
							b.DotGeneral(in[4], in[4], graph.DotParams{Prefer: p}))
					})
				}
				return out
			})
		})
	}
}

// Arrays that are long enough for vectors and blocks.
func TestLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("short: compiles for long, and compares numbers only")
	}
	r := graphtest.Seeded(t)
	for _, d := range []graph.DType{graph.Float32, graph.Float64, graph.Int32, graph.Complex64} {
		t.Run(d.String(), func(t *testing.T) {
			in := graphtest.RandomLikes(r, []graph.Aval{aval(d, 300, 37), aval(d, 37, 129), aval(graph.Int32, 500, 1)})
			checkAgainstInterp(t, in, 200, func(b *graph.Builder, in []*graph.Value) (out []*graph.Value) {
				x, y, idx := in[0], in[1], in[2]
				keep := func(v *graph.Value) { out = append(out, v) }
				for op := graph.OpReduceSum; op <= graph.OpCummin; op++ {
					for axis := range 2 {
						_ = graph.Try(func() {
							switch {
							case op <= graph.OpReduceXor:
								keep(b.Reduce(op, x, axis))
							case op <= graph.OpArgmin:
								keep(b.Arg(op, x, axis, graph.Int32))
							default:
								keep(b.Cum(op, x, axis, axis == 0))
							}
						})
					}
				}
				keep(b.ReduceSum(x, 0, 1))
				keep(b.DotGeneral(x, y, graph.DotParams{LHSContract: []int{1}, RHSContract: []int{0}, Prefer: d}))
				keep(b.DotGeneral(y, x, graph.DotParams{LHSContract: []int{0}, RHSContract: []int{1}, Prefer: d}))
				keep(b.Transpose(x, 1, 0))
				keep(b.Rev(x, 0, 1))
				keep(b.Pad(x, b.Scalar(d, 2), graph.PadParams{Low: []int{-3, 2}, High: []int{5, -1}, Interior: []int{1, 2}}))
				rows := graph.IndexDims{Offset: []int{1}, Collapsed: []int{0}, Start: []int{0}}
				g := b.Gather(x, idx, graph.GatherParams{IndexDims: rows, Sizes: []int{1, 37}})
				keep(g)
				keep(b.Scatter(x, idx, g, graph.ScatterParams{IndexDims: rows, Combine: graph.CombineAdd}))
				return out
			})
		})
	}
}

// knowsArctangent reports whether the plugin computes atan2(x, 1) rightly on
// vectors; that of jaxlib 0.11.2 does not.
func knowsArctangent(t *testing.T) bool {
	a := aval(graph.Float32, 64)
	program := `module @m {
  func.func public @main(%x: tensor<64xf32>) -> tensor<64xf32> {
    %one = stablehlo.constant dense<1.0> : tensor<64xf32>
    %y = stablehlo.atan2 %x, %one : tensor<64xf32>
    return %y : tensor<64xf32>
  }
}`
	x := interp.Zeros(a)
	x.Data[0] = graph.Num(graph.Float32, 0.5)
	y := run(t, []byte(program), []graph.Aval{a}, []graph.Aval{a}, []interp.Tensor{x})[0]
	return math.Abs(real(y.Data[0].C)-math.Atan(0.5)) < 1e-6 && real(y.Data[8].C) == 0
}

// What is wrong is known. Where the processor has short vectors only, what is
// known to be wrong may be right.
func TestTargetKnowsArctangent(t *testing.T) {
	assert.True(t, knowsArctangent(t) || testClient(t).Target().WrongAtan2)
}

// atan2 with a constant of 1, which XLA once computed wrongly on vectors.
func TestAtan2OfOne(t *testing.T) {
	x := interp.Zeros(aval(graph.Float32, 1000))
	for i := range x.Data {
		x.Data[i] = graph.Num(graph.Float32, float64(i-500)/50)
	}
	checkAgainstInterp(t, []interp.Tensor{x}, 1, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
		one := b.Scalar(graph.Float32, 1)
		return []*graph.Value{b.Atan(in[0]), b.Atan2(in[0], one), b.Atan2(in[0], b.Broadcast(one, []int{1000})), b.Atan2(one, in[0])}
	})
}

// Complex functions that take the phase of a number with a constant real part.
func TestPhasesOfConstantRealParts(t *testing.T) {
	y := interp.Zeros(aval(graph.Float32, 100))
	for i := range y.Data {
		y.Data[i] = graph.Num(graph.Float32, 0.5+float64(i)/40)
	}
	for _, re := range []float64{0, 1, -1, 2} {
		checkAgainstInterp(t, []interp.Tensor{y}, 100, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
			z := b.Complex(b.Full(in[0].Aval, re), in[0])
			w := b.Complex(in[0], b.Full(in[0].Aval, re))
			return []*graph.Value{b.Log(z), b.Log(w), b.Log1p(z), b.Log1p(w), b.Rsqrt(z), b.Sqrt(z), b.Pow(z, w), b.Pow(w, z), b.Tanh(z), b.Tanh(w)}
		})
	}
}

// polygamma(1, x): pi^2/6 at 1, pi^2/2 at 1/2.
func TestPolygamma(t *testing.T) {
	for d := graph.Float16; d <= graph.Float64; d++ {
		g := graph.Build([]graph.Aval{aval(d), aval(d, 2)}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
			return b.Emit(graph.OpPolygamma, nil, in...)
		})
		got := eval(t, g, []interp.Tensor{interp.Scalar(d, 1), interp.FromFloats(d, []float64{1, 0.5}, 2)})
		want := interp.FromFloats(d, []float64{math.Pi * math.Pi / 6, math.Pi * math.Pi / 2}, 2)
		assert.NoError(t, graphtest.AllClose([]interp.Tensor{want}, got, 1))
	}
}

// Vectors and constants, of which compilers know special cases.
func TestConstantOperands(t *testing.T) {
	if testing.Short() {
		t.Skip("short: compiles for long, and compares numbers only")
	}
	for _, d := range []graph.DType{graph.Float32, graph.Float64, graph.Float16} {
		x := interp.Zeros(aval(d, 1000))
		for i := range x.Data {
			x.Data[i] = graph.Num(d, (float64(i)-499.5)/100)
		}
		t.Run(d.String(), func(t *testing.T) {
			checkAgainstInterp(t, []interp.Tensor{x}, 8, func(b *graph.Builder, in []*graph.Value) (out []*graph.Value) {
				for op := graph.OpAdd; op <= graph.OpNextAfter; op++ {
					if op == graph.OpPolygamma {
						continue // nowhere here a function of both
					}
					for _, c := range []float64{0, 1, -1, 2, -2, 0.5, -0.5, 0.25, 3, 4, 10, 1. / 3} {
						c := b.Scalar(d, c)
						out = append(out, b.Emit(op, nil, in[0], c)[0], b.Emit(op, nil, c, in[0])[0])
					}
				}
				return out
			})
		})
		if d == graph.Float16 {
			continue
		}
		t.Run(d.String()+" log of complex", func(t *testing.T) {
			knows := knowsArctangent(t)
			checkAgainstInterp(t, []interp.Tensor{x}, 8, func(b *graph.Builder, in []*graph.Value) (out []*graph.Value) {
				for _, c := range []float64{0, 1, -1, 2} {
					c := b.Scalar(d, c)
					for _, z := range []*graph.Value{b.Complex(in[0], c), b.Complex(c, in[0])} {
						out = append(out, b.Sqrt(z), b.Exp(z), b.Tanh(z), b.Atan(z))
						if x := z.Def.In[0].Def; !knows && x != nil {
							t.Log("without log of complex numbers with a constant real part: this plugin computes atan2(x, 1) wrongly")
							continue
						}
						out = append(out, b.Log(z), b.Log1p(z))
					}
				}
				return out
			})
		})
	}
}
