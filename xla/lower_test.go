package xla

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/jacobi-go/jacobi/expand"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/graph/interp"
)

// Every op is written, or expanded wherever it is met, on every platform.
func TestEveryOpIsWrittenOrExpanded(t *testing.T) {
	var met [graph.NumOps]bool
	var walk func(g *graph.Graph, c, platform string)
	walk = func(g *graph.Graph, c, platform string) {
		for _, e := range g.Eqns {
			assert.NotNil(t, lowerings[e.Op], "%v is not written, and package expand leaves it in %s on %s", e.Op, c, platform)
			for _, sub := range graph.Subgraphs(e.Params) {
				walk(sub, c, platform)
			}
		}
	}
	platforms := []expand.Platform{{Name: "cpu"}, {Name: "cpu", WrongAtan2: true}, {Name: "cuda"}, {Name: "rocm"}, {Name: "tpu"}}
	for _, c := range graphtest.Cases() {
		met[c.Op] = true
		for _, p := range platforms {
			walk(expand.For(c.Graph(), p), c.Name, p.Name)
		}
	}
	for op := range graph.NumOps {
		if _, ok := without[op]; !ok {
			assert.True(t, met[op], "%v has no case", op)
		}
	}
	assert.NotNil(t, lowerings[graph.OpCallback])
}

// without are the ops that have no cases.
var without = map[graph.Op]string{
	graph.OpCallback:  "what it computes is the host's",
	graph.OpCustomLin: "it is never run, only transposed",
}

// Compiled programs compute what the interpreter does: every case of every
// op, with the cases of an op in one program.
func TestCases(t *testing.T) {
	if testing.Short() {
		t.Skip("short: compiles for long, and compares numbers only")
	}
	cases := map[graph.Op][]graphtest.Case{}
	for _, c := range graphtest.Cases() {
		cases[c.Op] = append(cases[c.Op], c)
	}
	for op := range graph.NumOps {
		t.Run(op.String(), func(t *testing.T) {
			if why, ok := without[op]; ok {
				t.Skip(why)
			}
			var b graph.Builder
			var in []interp.Tensor
			var out []*graph.Value
			var names []string
			r := graphtest.Seeded(t)
			for _, c := range cases[op] {
				ys := c.Build(&b, b.Inputs(c.In))
				out = append(out, ys...)
				in = append(in, c.Sample(r)...)
				for range ys {
					names = append(names, c.Name)
				}
			}
			g := b.Graph(out...)
			require.NotEmpty(t, out, "no cases")
			got := eval(t, g, in)
			for i, want := range interp.Eval(g, in...) {
				assert.NoError(t, graphtest.AllClose([]interp.Tensor{want}, got[i:i+1], 1), names[i])
			}
		})
	}
}

// The interpreter and XLA agree on random programs.
func TestRandom(t *testing.T) {
	if testing.Short() {
		t.Skip("short: compiles for long, and compares numbers only")
	}
	for _, d := range []graph.DType{graph.Float64, graph.Float32} {
		t.Run(d.String(), func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				g := graphtest.RandomOf(rt, d)
				in := graphtest.RandomLikes(graphtest.Rand(rt), graph.Avals(g.In))
				require.NoError(rt, graphtest.AllClose(interp.Eval(g, in...), eval(t, g, in), 20), "%v", g)
			})
		})
	}
}

// A graph that is called from many places, or built twice, is one function.
func TestCallsShareFunctions(t *testing.T) {
	a := aval(graph.Float32, 3)
	build := func() *graph.Graph {
		return graph.Build([]graph.Aval{a}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
			return []*graph.Value{b.Sin(in[0])}
		})
	}
	first, again := build(), build()
	other := graph.Build([]graph.Aval{a}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
		return []*graph.Value{b.Cos(b.Call("f", first, in...)[0])}
	})
	g := graph.Build([]graph.Aval{a}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
		x := b.Call("f", first, in...)
		x = b.Call("f", again, x...)
		return b.Call("f", other, x...)
	})
	text := string(lowered(t, g))
	assert.Equal(t, 1, strings.Count(text, "stablehlo.sine"), text)
	assert.Equal(t, 3, strings.Count(text, "func.func "), text)
	assert.Contains(t, text, "private @f_0(")
	x := interp.FromFloats(graph.Float32, []float64{1, 2, 3}, 3)
	assert.NoError(t, graphtest.AllClose(interp.Eval(g, x), eval(t, g, []interp.Tensor{x}), 1))
}

// A donated input gives its memory to a result of its aval.
func TestDonation(t *testing.T) {
	a, s := aval(graph.Float32, 1000), aval(graph.Float32)
	g := graph.Build([]graph.Aval{a, s, a}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
		return []*graph.Value{b.Add(in[0], in[1]), b.ReduceSum(in[2], 0)}
	})
	text := string(Lower(g, LowerOptions{Donate: []bool{true, false, true}}))
	assert.Contains(t, text, "(%arg0: tensor<1000xf32> {tf.aliasing_output = 0 : i32}, %arg1: tensor<f32>, %arg2: tensor<1000xf32> {jax.buffer_donor = true})")
	_, err := testClient(t).Compile([]byte(text), CompileOptions{In: graph.Avals(g.In), Out: graph.Avals(g.Out)})
	assert.NoError(t, err)
}

// With Locations every operation names the user's line; the module compiles.
func TestLocations(t *testing.T) {
	a := aval(graph.Float32, 3)
	g := graph.Build([]graph.Aval{a}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
		x := b.Sin(in[0])
		return []*graph.Value{x, b.Arg(graph.OpArgmax, x, 0, graph.Int32), b.Cum(graph.OpCumsum, x, 0, false), b.Logistic(x)}
	})
	text := Lower(expanded(t, g), LowerOptions{Name: "jit f", Locations: true})
	assert.Contains(t, string(text), "module @jit_f ")
	file, line, _ := strings.Cut(g.Eqns[0].Pos(), ":")
	assert.Contains(t, string(text), "stablehlo.sine %arg0 : tensor<3xf32> loc(#line0)\n")
	assert.Contains(t, string(text), `#line0 = loc("`+file+`":`+line+":0)\n")
	_, err := testClient(t).Compile(text, CompileOptions{In: graph.Avals(g.In), Out: graph.Avals(g.Out)})
	assert.NoError(t, err, "%s", text)
}

// Lowering takes time in proportion to the equations, and the same text comes
// out every time.
func TestLinear(t *testing.T) {
	times := map[int]time.Duration{}
	for _, n := range []int{10_000, 100_000} {
		g := chain(n)
		best := time.Hour
		for range 3 {
			start := time.Now()
			Lower(g, LowerOptions{Locations: true})
			best = min(best, time.Since(start))
		}
		times[n] = best
	}
	assert.Less(t, times[100_000], 40*times[10_000])
	assert.True(t, slices.Equal(Lower(chain(100), LowerOptions{}), Lower(chain(100), LowerOptions{})))
}

// chain is a graph of 2n equations in which scalars meet an array.
func chain(n int) *graph.Graph {
	return graph.Build([]graph.Aval{aval(graph.Float32, 64, 64)}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
		b.AtPC(1) // not looked up
		x := in[0]
		for range n {
			x = b.Mul(b.Sin(x), b.Scalar(graph.Float32, 1.5))
		}
		return []*graph.Value{x}
	})
}

func BenchmarkLower(b *testing.B) {
	const n = 1000
	g := chain(n)
	b.ReportAllocs()
	for b.Loop() {
		Lower(g, LowerOptions{Locations: true})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(2*n), "ns/equation")
}

// Constants that differ in any bit or in their type are constants of their own.
func TestConstantsAreToldApart(t *testing.T) {
	g := graph.Build(nil, func(b *graph.Builder, _ []*graph.Value) (out []*graph.Value) {
		for range 2 {
			for _, x := range []complex128{0, 1, 1i, 1 + 1i, complex(0, math.Copysign(0, -1)), complex(math.Copysign(0, -1), 0)} {
				for _, d := range []graph.DType{graph.Complex64, graph.Complex128} {
					out = append(out, b.Literal(d, graph.Number{C: x}))
				}
			}
		}
		return out
	})
	require.Equal(t, 12, strings.Count(string(Lower(g, LowerOptions{})), "stablehlo.constant"))
}
