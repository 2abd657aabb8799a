package graph_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/graph/interp"
)

type (
	builder = *graph.Builder
	value   = *graph.Value
)

// duplicate is a copy of g of which nothing is remembered.
func duplicate(g *graph.Graph) *graph.Graph {
	return graph.Build(graph.Avals(g.In), func(b builder, in []value) []value { return b.Inline(g, in...) })
}

// requireSimplified holds the laws of Simplify: the result computes the same to
// the last bit, and there is nothing left to simplify.
func requireSimplified(t require.TestingT, g *graph.Graph, in ...interp.Tensor) *graph.Graph {
	s := graph.Simplify(g)
	require.NoError(t, graph.Check(s))
	require.Same(t, s, graph.Simplify(s))
	again := duplicate(s)
	require.Same(t, again, graph.Simplify(again), "simplified to\n%v\nand then to\n%v", s, graph.Simplify(again))
	want, got := interp.Eval(g, in...), interp.Eval(s, in...)
	require.Equal(t, len(want), len(got))
	for i, w := range want {
		require.True(t, graphtest.Same(w, got[i]), "result %d is %v, want %v\n%vsimplified to\n%v", i, got[i], w, g, s)
	}
	return s
}

func TestSimplifyKeepsTheMeaning(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.RandomOf(t, rapid.SampledFrom([]graph.DType{graph.Float64, graph.Float32}).Draw(t, "dtype"))
		requireSimplified(t, g, graphtest.RandomLikes(graphtest.Rand(t), graph.Avals(g.In))...)
	})
	for _, c := range graphtest.Cases() {
		requireSimplified(t, c.Graph(), c.Sample(graphtest.Seeded(t))...)
	}
}

// specials are the elements that an inexact rule would trip over.
func specials(d graph.DType) []graph.Number {
	var out []graph.Number
	add := func(xs ...float64) {
		for _, x := range xs {
			n := graph.Num(d, x)
			out = append(out, n)
		}
	}
	switch {
	case d.IsComplex():
		inf, nan := math.Inf(1), math.NaN()
		for _, z := range []complex128{0, complex(math.Copysign(0, -1), math.Copysign(0, -1)), complex(0, math.Copysign(0, -1)),
			1, -1, 1i, 1 + 2i, complex(inf, 0), complex(1, inf), complex(nan, 1), complex(-inf, nan)} {
			out = append(out, graph.Number{C: z})
		}
	case d.Differentiable():
		add(0, math.Copysign(0, -1), 1, -1, 0.5, 1.5, -2.5, 0.1, 100, math.Inf(1), math.Inf(-1), math.NaN(), 1e4, 60000, 1e-4, 3.0e38, 1e-30)
	default:
		for _, i := range []int64{0, 1, 2, 3, 7, -1, -2, 100, math.MinInt64, math.MaxInt64, 1 << 7, 1 << 31, 1<<31 - 1, -1 << 31} {
			out = append(out, graph.Number{I: i}.Round(d))
		}
	}
	return out
}

// elementwise tries every op that is defined for d by operands of two dtypes.
func elementwise(t *testing.T, d graph.DType, try func(op graph.Op, params graph.Params, arity int)) {
	a := graph.Aval{DType: d}
	for op := range graph.NumOps {
		if !op.Elementwise() {
			continue
		}
		for arity := 1; arity <= 2; arity++ {
			params := []graph.Params{nil}
			switch op {
			case graph.OpConvert:
				params = nil
				for _, to := range graph.DTypes {
					params = append(params, graph.ConvertParams{DType: to})
				}
			case graph.OpIntegerPow:
				params = []graph.Params{graph.IntegerPowParams{Y: 0}, graph.IntegerPowParams{Y: 1}, graph.IntegerPowParams{Y: 2}}
			case graph.OpRound:
				params = []graph.Params{graph.RoundParams{}, graph.RoundParams{ToEven: true}}
			case graph.OpReducePrecision:
				params = []graph.Params{graph.ReducePrecisionParams{Exponent: 5, Mantissa: 3}}
			case graph.OpBitcast, graph.OpSelect, graph.OpClamp:
				continue
			}
			if n, _ := op.Arity(); n != arity {
				continue
			}
			for _, p := range params {
				in := []graph.Aval{a, a}[:arity]
				if graph.Try(func() {
					graph.Build(in, func(b builder, in []value) []value { return b.Emit(op, p, in...) })
				}) == nil {
					try(op, p, arity)
				}
			}
		}
	}
}

func TestFoldsAreExact(t *testing.T) {
	for _, d := range graph.DTypes {
		elementwise(t, d, func(op graph.Op, params graph.Params, arity int) {
			folded := 0
			for _, x := range specials(d) {
				for _, y := range specials(d) {
					if op == graph.OpRem || op == graph.OpPow || op == graph.OpPolygamma {
						continue // never folded; the interpreter is asked for odd things
					}
					g := graph.Build(nil, func(b builder, _ []value) []value {
						in := []value{b.Literal(d, x), b.Literal(d, y)}
						return b.Emit(op, params, in[:arity]...)
					})
					if len(requireSimplified(t, g).Eqns) == 1 {
						folded++
					}
				}
			}
			switch op {
			case graph.OpNeg, graph.OpAdd, graph.OpSub, graph.OpEq, graph.OpLt, graph.OpAnd, graph.OpXor:
				assert.NotZero(t, folded, "%v of %v is never folded", op, d)
			case graph.OpExp, graph.OpSin, graph.OpLog, graph.OpSqrt, graph.OpTanh:
				assert.Zero(t, folded, "%v of %v is folded", op, d)
			}
		})
	}
}

func TestIdentitiesAreExact(t *testing.T) {
	for _, d := range graph.DTypes {
		xs := specials(d)
		x := interp.Tensor{Aval: graph.Aval{DType: d, Shape: []int{len(xs)}}, Data: xs}
		in := []graph.Aval{x.Aval}
		elementwise(t, d, func(op graph.Op, params graph.Params, arity int) {
			if arity == 1 {
				requireSimplified(t, graph.Build(in, func(b builder, in []value) []value {
					y := b.Emit(op, params, in[0])
					if y[0].DType == d {
						return append(y, b.Emit(op, params, y[0])...)
					}
					return y
				}), x)
				return
			}
			if op == graph.OpPolygamma {
				return
			}
			requireSimplified(t, graph.Build(in, func(b builder, in []value) []value { return b.Emit(op, params, in[0], in[0]) }), x)
			for _, c := range xs {
				if (op == graph.OpDiv || op == graph.OpRem) && !d.Differentiable() {
					continue // by zero: anything
				}
				requireSimplified(t, graph.Build(in, func(b builder, in []value) []value {
					c := b.Literal(d, c)
					full := b.Broadcast(c, x.Shape)
					return []value{
						b.Emit(op, params, in[0], c)[0], b.Emit(op, params, c, in[0])[0],
						b.Emit(op, params, in[0], full)[0], b.Emit(op, params, full, in[0])[0],
					}
				}), x)
			}
		})
		for _, to := range graph.DTypes {
			for _, then := range graph.DTypes {
				requireSimplified(t, graph.Build(in, func(b builder, in []value) []value {
					return []value{b.Convert(b.Convert(in[0], to), then)}
				}), x)
			}
		}
	}
}

// What is known to become of what; a in each has the bits of the right side.
func TestSimplifyPictures(t *testing.T) {
	for _, row := range []struct{ name, in, want string }{
		{"dead code", `b:f32[3] = sin a; c:f32[3] = cos a in (b,)`, `b:f32[3] = sin a in (b,)`},
		{"common subexpressions", `b:f32[3] = sin a; c:f32[3] = sin a; d:f32[3] = mul b c in (d,)`, `b:f32[3] = sin a; c:f32[3] = mul b b in (c,)`},
		{"commuted", `b:f32[3] = sin a; c:f32[3] = add a b; d:f32[3] = add b a in (c, d)`, `b:f32[3] = sin a; c:f32[3] = add a b in (c, c)`},
		{"but not max", `b:f32[3] = sin a; c:f32[3] = max a b; d:f32[3] = max b a in (c, d)`, `b:f32[3] = sin a; c:f32[3] = max a b; d:f32[3] = max b a in (c, d)`},
		{"times one", `b:f32[3] = mul a 1.0:f32[] in (b,)`, `in (a,)`},
		{"times zero stays", `b:f32[3] = mul a 0.0:f32[] in (b,)`, `b:f32[3] = mul a 0.0:f32[] in (b,)`},
		{"plus zero stays", `b:f32[3] = add a 0.0:f32[] in (b,)`, `b:f32[3] = add a 0.0:f32[] in (b,)`},
		{"plus minus zero", `b:f32[3] = add a -0.0:f32[] in (b,)`, `in (a,)`},
		{"minus zero", `b:f32[3] = sub a 0.0:f32[] in (b,)`, `in (a,)`},
		{"minus minus", `b:f32[3] = neg a; c:f32[3] = neg b in (c,)`, `in (a,)`},
		{"folding", `b:f32[] = add 1.0:f32[] 2.0:f32[]; c:f32[3] = mul a b in (c,)`, `b:f32[3] = mul a 3.0:f32[] in (b,)`},
		{"scalars", `b:f32[3] = broadcast_in_dim 2.0:f32[]; c:f32[3] = mul b a in (c,)`, `b:f32[3] = mul 2.0:f32[] a in (b,)`},
		{"folding of broadcasts", `b:f32[3] = broadcast_in_dim 2.0:f32[]; c:f32[3] = neg b; d:f32[3] = div a c in (d,)`, `b:f32[3] = div a -2.0:f32[] in (b,)`},
		{"never exp", `b:f32[] = exp 1.0:f32[]; c:f32[3] = mul a b in (c,)`, `b:f32[] = exp 1.0:f32[]; c:f32[3] = mul a b in (c,)`},
		{"select", `b:f32[3] = select_n True:bool[] 1.0:f32[] a in (b,)`, `in (a,)`},
		{"reshape", `b:f32[1,3] = reshape[dimensions=None new_sizes=(1, 3) sharding=None] a; c:f32[3] = reshape[dimensions=None new_sizes=(3,) sharding=None] b in (c,)`, `in (a,)`},
		{"broadcast", `b:f32[1,3] = broadcast_in_dim[broadcast_dimensions=(1,)] a; c:f32[2,1,3] = broadcast_in_dim[broadcast_dimensions=(1, 2)] b in (c,)`,
			`b:f32[2,1,3] = broadcast_in_dim[broadcast_dimensions=(2,)] a in (b,)`},
		{"convert", `b:f64[3] = convert_element_type[new_dtype=float64 weak_type=False] a; c:f32[3] = convert_element_type[new_dtype=float32 weak_type=False] b in (c,)`, `in (a,)`},
		{"convert that rounds", `b:f16[3] = convert_element_type[new_dtype=float16 weak_type=False] a; c:f32[3] = convert_element_type[new_dtype=float32 weak_type=False] b in (c,)`,
			`b:f16[3] = convert_element_type[new_dtype=float16 weak_type=False] a; c:f32[3] = convert_element_type[new_dtype=float32 weak_type=False] b in (c,)`},
		{"complex", `b:c64[3] = complex a 0.0:f32[]; c:f32[3] = real b in (c,)`, `in (a,)`},
		{"barrier", `b:f32[3] c:f32[3] = optimization_barrier a a; d:f32[3] e:f32[3] = optimization_barrier a a in (b, d)`,
			`b:f32[3] c:f32[3] = optimization_barrier a a; d:f32[3] e:f32[3] = optimization_barrier a a in (b, d)`},
		{"call", `b:f32[3] c:f32[3] = jit[name=f jaxpr={ lambda ; a:f32[3] b:f32[3]. let c:f32[3] = mul b 1.0:f32[]; d:f32[3] = sin a in (c, d) }] a a in (b,)`,
			`b:f32[3] = jit[name=f jaxpr={ lambda ; c:f32[3]. let in (c,) }] a in (b,)`},
		{"calls that become equal", `b:f32[3] = sin a; c:f32[3] = jit[name=f jaxpr={ lambda ; a:f32[3] b:f32[3]. let d:f32[3] = cos a in (d,) }] a a;
			d:f32[3] = jit[name=f jaxpr={ lambda ; a:f32[3] b:f32[3]. let d:f32[3] = cos a in (d,) }] a b in (c, d)`,
			`b:f32[3] = jit[name=f jaxpr={ lambda ; a:f32[3]. let d:f32[3] = cos a in (d,) }] a in (b, b)`},
	} {
		t.Run(row.name, func(t *testing.T) {
			parse := func(body string) *graph.Graph {
				g, err := graph.Parse("{ lambda ; a:f32[3]. let " + body + " }")
				require.NoError(t, err)
				return g
			}
			got := requireSimplified(t, parse(row.in), interp.FromFloats(graph.Float32, []float64{-1, 0, 2}, 3))
			assert.Equal(t, parse(row.want).String(), got.String())
			fixed := parse(row.want)
			assert.Same(t, fixed, graph.Simplify(fixed))
		})
	}
}

func TestTrim(t *testing.T) {
	a := graph.Aval{DType: graph.Float32, Shape: []int{2}}
	g := graph.Build([]graph.Aval{a, a, a}, func(b builder, in []value) []value {
		return []value{b.Sin(in[0]), b.Cos(in[1]), in[2]}
	})
	all := []bool{true, true, true}
	none := []bool{false, false, false}

	same := graph.Trim(g, all, none)
	assert.Same(t, g, same.Graph)
	assert.Equal(t, all, same.In)

	first := graph.Trim(g, []bool{true, false, false}, none)
	assert.Equal(t, []bool{true, false, false}, first.In)
	assert.Equal(t, "{ lambda ; a:f32[2]. let b:f32[2] = sin a in (b,) }\n", first.String())

	kept := graph.Trim(g, []bool{true, false, false}, []bool{false, false, true})
	assert.Equal(t, []bool{true, false, true}, kept.In)
	require.NoError(t, graph.Check(kept.Graph))

	// From a value in the middle: what computes it is not run.
	h := graph.Build([]graph.Aval{a}, func(b builder, in []value) []value {
		x := b.Sin(in[0])
		return []value{b.Cos(x), x}
	})
	rest := graph.Trim(h.Rewire([]value{h.Out[1]}, []value{h.Out[0]}), []bool{true}, []bool{false})
	require.NoError(t, graph.Check(rest.Graph))
	assert.Equal(t, "{ lambda ; a:f32[2]. let b:f32[2] = cos a in (b,) }\n", rest.String())
}

// A chain of 100,000 equations costs every pass well under a second; the limit
// leaves room for a busy machine, and none for work that grows with the square.
func TestLongChains(t *testing.T) {
	const n = 100_000
	a := graph.Aval{DType: graph.Float32, Shape: []int{4}}
	g := graph.Build([]graph.Aval{a}, func(b builder, in []value) []value {
		x := in[0]
		for i := range n / 2 {
			x = b.Add(b.Sin(x), b.Scalar(graph.Float32, float64(1+i%10)))
		}
		return []value{x}
	})
	for _, pass := range []struct {
		name string
		run  func()
	}{
		{"check", func() { require.NoError(t, graph.Check(g.Rewire(g.In, g.Out))) }},
		{"simplify", func() { require.Same(t, g, graph.Simplify(g)) }},
		{"fingerprint", func() { require.NotEmpty(t, g.Fingerprint()) }},
		{"print", func() { require.NotEmpty(t, g.String()) }},
		{"print and parse", func() {
			h, err := graph.Parse(g.String())
			require.NoError(t, err)
			require.Len(t, h.Eqns, n+10)
		}},
	} {
		start := time.Now()
		pass.run()
		t.Logf("%s: %v", pass.name, time.Since(start))
		assert.Less(t, time.Since(start), 2*graphtest.Slower*time.Second, pass.name)
	}
}
