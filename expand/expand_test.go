package expand

import (
	"flag"
	"math"
	"math/cmplx"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/jacobi-go/jacobi/ad"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/graph/interp"
	"github.com/jacobi-go/jacobi/internal/txtar"
)

var platforms = []Platform{{Name: "cpu"}, {Name: "cpu", WrongAtan2: true}, {Name: "cuda"}, {Name: "rocm"}, {Name: "tpu"}}

// done checks that nothing is left in g, and in the graphs in it, that p needs
// rewritten.
func done(t require.TestingT, g *graph.Graph, p Platform) {
	for _, e := range g.Eqns {
		left := rules[e.Op].applies(e, p)
		switch e.Op {
		case graph.OpCond, graph.OpCholesky, graph.OpCall: // their rules emit the op itself
			left = false
		case graph.OpWhile:
			left = e.Params.(graph.WhileParams).MaxTrips > 0
		}
		require.False(t, left, "%v is left\n%v", e.Op, g)
		for _, sub := range graph.Subgraphs(e.Params) {
			done(t, sub, p)
		}
	}
}

// checkSame states the law: the expanded graph computes what the graph does.
func checkSame(t require.TestingT, g *graph.Graph, slack float64, in []interp.Tensor) {
	want := interp.Eval(g, in...)
	for _, p := range platforms {
		x := For(g, p)
		require.NoError(t, graph.Check(x), "%+v", p)
		done(t, x, p)
		require.NoError(t, graphtest.AllClose(want, interp.Eval(x, in...), slack), "%+v\n%v\n%v", p, g, x)
	}
}

func TestCases(t *testing.T) {
	for _, c := range graphtest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			checkSame(t, c.Graph(), 2, c.Sample(graphtest.Seeded(t)))
		})
	}
}

func TestRandomGraphs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Random(t)
		checkSame(t, g, 100, graphtest.RandomLikes(graphtest.Rand(t), graph.Avals(g.In)))
	})
}

func pullback(g *graph.Graph) *graph.Graph { return ad.VJP(g, graph.Differentiable(g.In)) }

// Loops in branches in checkpoints, their derivatives among them.
func TestPrograms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Program(t, graphtest.Language{VJP: pullback})
		if rapid.Bool().Draw(t, "pull back") {
			g = pullback(g)
		}
		checkSame(t, g, 1e4, graphtest.RandomLikes(graphtest.Rand(t), graph.Avals(g.In)))
	})
}

// Indices of every type that are as far out as they can be are moved inside, or
// dropped, on the side where they are.
func TestFarIndices(t *testing.T) {
	x := graph.Aval{DType: graph.Float32, Shape: []int{5}}
	rows := graph.IndexDims{Collapsed: []int{0}, Start: []int{0}}
	for d := graph.Int8; d <= graph.Uint64; d++ {
		idx := interp.Zeros(graph.Aval{DType: d, Shape: []int{4, 1}})
		for i, n := range []int64{0, -1, 1<<(8*d.Size()-1) - 1, 3} {
			idx.Data[i] = graph.Number{I: n}.Round(d)
		}
		g := graph.Build([]graph.Aval{x, idx.Aval, {DType: x.DType, Shape: []int{4}}}, func(b B, in []V) []V {
			x, idx, u := in[0], in[1], in[2]
			y := []V{
				b.Gather(x, idx, graph.GatherParams{IndexDims: rows, Sizes: []int{1}}),
				b.Scatter(x, idx, u, graph.ScatterParams{IndexDims: rows, Combine: graph.CombineAdd}),
			}
			for i := range 4 {
				at := []V{b.Reshape(b.SliceAxis(idx, 0, i, i+1))}
				y = append(y, b.DynamicSlice(x, at, []int{2}), b.DynamicUpdateSlice(x, b.SliceAxis(u, 0, 0, 2), at))
			}
			return y
		})
		in := graphtest.RandomLikes(graphtest.Seeded(t), graph.Avals(g.In))
		in[1] = idx
		checkSame(t, g, 1, in)
	}
}

// Effects happen in the order of the program, each with the token of the one
// before, and the last token comes out.
func TestEffects(t *testing.T) {
	type event struct {
		name string
		x    interp.Tensor
	}
	var events []event
	count := func(p graph.CallbackParams, x interp.Tensor) (out []interp.Tensor) {
		events = append(events, event{p.Name, x})
		if p.Name == "count" {
			out = []interp.Tensor{interp.Scalar(graph.Int32, float64(x.Data[0].I+1))}
		}
		return out
	}
	some := false
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Program(t, graphtest.Language{Effects: true, While: true})
		in := graphtest.RandomLikes(graphtest.Rand(t), graph.Avals(g.In))
		plain := interp.Host(func(p graph.CallbackParams, in []interp.Tensor) []interp.Tensor { return count(p, in[1]) })
		events = nil
		y, want := plain.Eval(g, in...), events
		for _, p := range platforms {
			x := For(g, p)
			require.NoError(t, graph.Check(x))
			done(t, x, p)
			n := int64(0) // tokens are counted here
			ordered := interp.Host(func(p graph.CallbackParams, in []interp.Tensor) []interp.Tensor {
				require.Equal(t, n%256, in[1].Data[0].I, "the token is not that of the effect before")
				n++
				return append(count(p, in[2]), interp.Scalar(graph.Uint8, float64(n%256)))
			})
			events = nil
			got := ordered.Eval(x, in...)
			require.Equal(t, len(want), len(events))
			for i, e := range want {
				require.Equal(t, e.name, events[i].name)
				require.NoError(t, graphtest.AllClose([]interp.Tensor{e.x}, []interp.Tensor{events[i].x}, 1e4))
			}
			require.NoError(t, graphtest.AllClose(y, got[:len(y)], 1e4))
			if g.Effectful() {
				some = true
				require.Len(t, got, len(y)+1)
				require.Equal(t, n%256, got[len(y)].Data[0].I)
			} else {
				require.Len(t, got, len(y))
			}
		}
	})
	require.True(t, some, "no program had effects")
}

// A callback without effects has a token too: every handler is called alike.
func TestPureCallbacks(t *testing.T) {
	x := graph.Aval{DType: graph.Float32, Shape: []int{}}
	call := func(b B, in []V) []V {
		return b.Callback(graph.CallbackParams{Name: "f", Out: []graph.Aval{x}}, b.Scalar(graph.Int32, 3), in[0])
	}
	inner := graph.Build([]graph.Aval{x}, call)
	g := graph.Build([]graph.Aval{x}, func(b B, in []V) []V { return b.Call("inner", inner, call(b, in)...) })
	e := For(g, platforms[0])
	require.Len(t, e.Out, 1)
	for _, g := range []*graph.Graph{e, e.Eqns[len(e.Eqns)-1].Params.(graph.CallParams).Graph} {
		i := slices.IndexFunc(g.Eqns, func(e E) bool { return e.Op == graph.OpCallback })
		if i < 0 { // in a call that carries the token on
			continue
		}
		require.Len(t, g.Eqns[i].In, 3)
		require.True(t, g.Eqns[i].In[1].Aval.Equal(token))
		require.Len(t, g.Eqns[i].Out, 2)
	}
}

// Loops count in i64 where i32 does not hold the number of steps.
func TestLongLoops(t *testing.T) {
	const long = math.MaxInt32 + 5
	x := graph.Aval{DType: graph.Float32, Shape: []int{}}
	body := graph.Build([]graph.Aval{x}, func(b B, in []V) []V { return []V{b.Sin(in[0])} })
	limit := func(g *graph.Graph) graph.LiteralParams {
		i := slices.IndexFunc(g.Eqns, func(e E) bool { return e.Op == graph.OpWhile })
		cond := g.Eqns[i].Params.(graph.WhileParams).Cond
		j := slices.IndexFunc(cond.Eqns, func(e E) bool { return e.Op == graph.OpLt })
		return cond.Eqns[j].In[1].Def.Params.(graph.LiteralParams)
	}
	for n, d := range map[int]graph.DType{7: graph.Int32, math.MaxInt32: graph.Int32, math.MaxInt32 + 1: graph.Int64, long: graph.Int64} {
		g := graph.Build([]graph.Aval{x}, func(b B, in []V) []V {
			return b.Scan(graph.ScanParams{Body: body, Carry: 1, Length: n, Unroll: 1}, in...)
		})
		e := For(g, platforms[0])
		require.NoError(t, graph.Check(e))
		assert.Equal(t, graph.LiteralParams{DType: d, Value: graph.Number{I: int64(n)}}, limit(e))
		g = graph.Build([]graph.Aval{x}, func(b B, in []V) []V {
			small := graph.Build([]graph.Aval{x}, func(b B, in []V) []V { return []V{b.Lt(in[0], b.Scalar(x.DType, 0.1))} })
			return b.While(graph.WhileParams{Cond: small, Body: body, MaxTrips: n, Levels: 1}, in...)
		})
		e = For(g, platforms[0])
		require.NoError(t, graph.Check(e))
		assert.Equal(t, graph.LiteralParams{DType: d, Value: graph.Number{I: int64(n)}}, limit(e))
	}
	// Rows are read and written at indices of the counter's type.
	rows := graph.Aval{DType: graph.Bool, Shape: []int{long}}
	same := graph.Build([]graph.Aval{x.With(graph.Bool)}, func(b B, in []V) []V { return in })
	for _, reverse := range []bool{false, true} {
		g := graph.Build([]graph.Aval{rows}, func(b B, in []V) []V {
			return b.Scan(graph.ScanParams{Body: same, Length: long, Unroll: 2, Reverse: reverse}, in...)
		})
		require.NoError(t, graph.Check(For(g, platforms[0])))
	}
}

// A loop of at most n trips makes n where its condition always holds.
func TestBoundIsExact(t *testing.T) {
	x := graph.Aval{DType: graph.Int32, Shape: []int{}}
	yes := graph.Build([]graph.Aval{x}, func(b B, _ []V) []V { return []V{b.Literal(graph.Bool, graph.Number{I: 1})} })
	body := graph.Build([]graph.Aval{x}, func(b B, in []V) []V { return []V{b.Add(in[0], b.Scalar(graph.Int32, 1))} })
	for _, n := range []int{1, 2, 7} {
		g := graph.Build([]graph.Aval{x}, func(b B, in []V) []V {
			return b.While(graph.WhileParams{Cond: yes, Body: body, MaxTrips: n, Levels: 1}, in...)
		})
		assert.EqualValues(t, n, interp.Eval(For(g, platforms[0]), interp.Scalar(graph.Int32, 0))[0].Data[0].I)
	}
}

// atan2(x, 1) is left alone where it is right, and gone where it is wrong.
func TestWrongAtan2(t *testing.T) {
	x := graph.Aval{DType: graph.Float32, Shape: []int{3}}
	g := graph.Build([]graph.Aval{x, x}, func(b B, in []V) []V {
		one := b.Scalar(graph.Float32, 1)
		return []V{b.Atan(in[0]), b.Atan2(in[0], one), b.Atan2(in[0], b.Broadcast(one, []int{3})), b.Atan2(b.ReduceSum(in[0], 0), b.Ones(x))}
	})
	require.Same(t, g, For(g, Platform{Name: "cpu"}))
	e := For(g, Platform{Name: "cpu", WrongAtan2: true})
	require.NotSame(t, g, e)
	for _, e := range e.Eqns {
		require.NotEqual(t, graph.OpAtan, e.Op)
		if e.Op == graph.OpAtan2 {
			y := e.In[1]
			for y.Def.Op != graph.OpLiteral {
				y = y.Def.In[0]
			}
			require.Equal(t, graph.Num(graph.Float32, 2), y.Def.Params.(graph.LiteralParams).Value)
		}
	}
}

// XLA does not see the real parts 1, and 0 in log1p, where it would take a
// phase wrongly; numbers stay as they are.
func TestWrongPhase(t *testing.T) {
	x := graph.Aval{DType: graph.Float32, Shape: []int{6}}
	for _, row := range []struct {
		re    float64
		op    graph.Op
		wrong bool
	}{{1, graph.OpLog, true}, {2, graph.OpLog, false}, {0, graph.OpLog, false}, {0, graph.OpLog1p, true}} {
		g := graph.Build([]graph.Aval{x}, func(b B, in []V) []V { return b.Emit(row.op, nil, b.Complex(b.Full(x, row.re), in[0])) })
		require.Same(t, g, For(g, Platform{Name: "cpu"}))
		e := For(g, Platform{Name: "cpu", WrongAtan2: true})
		require.Equal(t, row.wrong, e != g, row)
		in := interp.FromFloats(graph.Float32, []float64{0, math.Copysign(0, -1), 2, math.Inf(1), math.Inf(-1), math.NaN()}, 6)
		got, want := interp.Eval(e, in)[0].Data, interp.Eval(g, in)[0].Data
		require.Equal(t, want[:5], got[:5])
		require.True(t, cmplx.IsNaN(got[5].C))
	}
}

// A graph with nothing to do stays the same graph, and one that is called from
// everywhere is expanded once: a tree of calls and loops does not grow.
func TestGraphsAreExpandedOnce(t *testing.T) {
	x := graph.Aval{DType: graph.Float32, Shape: []int{2}}
	plain := graph.Build([]graph.Aval{x}, func(b B, in []V) []V { return []V{b.Sin(in[0])} })
	g := graph.Build([]graph.Aval{x}, func(b B, in []V) []V { return b.Call("plain", plain, in...) })
	require.Same(t, g, For(g, platforms[0]))

	f := graph.Build([]graph.Aval{x}, func(b B, in []V) []V { return []V{b.Logistic(in[0])} })
	for range 40 {
		inner := f
		f = graph.Build([]graph.Aval{x}, func(b B, in []V) []V {
			y := b.Call("inner", inner, b.Call("inner", inner, in...)...)
			p := graph.ScanParams{Body: inner, Carry: 1, Length: 2, Unroll: 1}
			yes := graph.Build([]graph.Aval{x}, func(b B, _ []V) []V { return []V{b.Literal(graph.Bool, graph.Number{I: 1})} })
			w := graph.WhileParams{Cond: yes, Body: inner, MaxTrips: 3, Levels: 1}
			return b.While(w, b.Scan(p, b.Scan(p, y...)...)...)
		})
	}
	require.NoError(t, graph.Check(For(f, platforms[0])))
	require.Same(t, For(f, platforms[0]), For(f, platforms[0]))
}

// Loops of one body are told apart by their params, and by the platform.
func TestScansOfOneBody(t *testing.T) {
	x := graph.Aval{DType: graph.Float32, Shape: []int{2}}
	fresh := func() *graph.Graph {
		return graph.Build([]graph.Aval{x, x, x}, func(b B, in []V) []V {
			return []V{b.Mul(b.Atan2(in[0], b.Ones(x)), in[1]), b.Add(in[2], b.Logistic(in[0]))}
		})
	}
	body := fresh()
	for _, p := range []graph.ScanParams{
		{Consts: 1, Carry: 1, Length: 4, Unroll: 1}, {Carry: 1, Length: 4, Unroll: 1}, {Consts: 2, Carry: 1, Length: 4, Unroll: 1},
		{Carry: 2, Length: 4, Unroll: 1}, {Consts: 1, Carry: 2, Length: 4, Unroll: 1}, {Consts: 1, Carry: 2, Length: 3, Unroll: 1},
		{Consts: 1, Carry: 2, Length: 4, Unroll: 2}, {Consts: 1, Carry: 1, Length: 4, Unroll: 1, Reverse: true},
	} {
		for _, on := range platforms {
			loop := func(body *graph.Graph) string {
				in := slices.Repeat([]graph.Aval{x}, 3)
				for i := p.Consts + p.Carry; i < len(in); i++ {
					in[i] = x.Stack(p.Length)
				}
				p.Body = body
				return For(graph.Build(in, func(b B, in []V) []V { return b.Scan(p, in...) }), on).String()
			}
			require.Equal(t, loop(fresh()), loop(body), "%v on %v", p, on)
		}
	}
}

func TestWhatCannotRun(t *testing.T) {
	x := graph.Aval{DType: graph.Float32, Shape: []int{}}
	bwd := graph.Build([]graph.Aval{x}, func(b B, in []V) []V { return in })
	g := graph.Build([]graph.Aval{x}, func(b B, in []V) []V {
		return b.Emit(graph.OpCustomLin, graph.CustomLinParams{Bwd: bwd, Out: []graph.Aval{x}}, in...)
	})
	require.ErrorContains(t, graph.Try(func() { For(g, platforms[0]) }), "only the transpose is known")

	print := graph.CallbackParams{Name: "print", Effect: true}
	cond := graph.Build([]graph.Aval{x}, func(b B, in []V) []V {
		b.Callback(print, b.Scalar(graph.Int32, 3), in[0])
		return []V{b.Lt(in[0], b.Scalar(graph.Float32, 3))}
	})
	g = graph.Build([]graph.Aval{x}, func(b B, in []V) []V {
		return b.While(graph.WhileParams{Cond: cond, Body: bwd}, in...)
	})
	require.ErrorContains(t, graph.Try(func() { For(g, platforms[0]) }), "cannot have effects")
}

var update = flag.Bool("update", false, "rewrite the goldens")

// Pictures of the loops.
func TestGoldens(t *testing.T) {
	x := graph.Aval{DType: graph.Float32, Shape: []int{}}
	rows := graph.Aval{DType: graph.Float32, Shape: []int{7}}
	print := graph.CallbackParams{Name: "print", Effect: true}
	step := graph.Build([]graph.Aval{x, x, x}, func(b B, in []V) []V { // c, h, x -> h', y
		h := b.Add(b.Mul(in[0], in[1]), in[2])
		return []V{h, b.Sin(h)}
	})
	half := graph.Build([]graph.Aval{x}, func(b B, in []V) []V {
		b.Callback(print, b.Scalar(graph.Int32, 3), in[0])
		return []V{b.Mul(in[0], b.Scalar(graph.Float32, 0.5))}
	})
	large := graph.Build([]graph.Aval{x}, func(b B, in []V) []V { return []V{b.Gt(in[0], b.Scalar(graph.Float32, 1))} })
	for name, g := range map[string]*graph.Graph{
		"scan": graph.Build([]graph.Aval{x, x, rows}, func(b B, in []V) []V {
			return b.Scan(graph.ScanParams{Body: step, Consts: 1, Carry: 1, Length: 7, Unroll: 2, Reverse: true}, in...)
		}),
		"bounded_with_effects": graph.Build([]graph.Aval{x}, func(b B, in []V) []V {
			return b.While(graph.WhileParams{Cond: large, Body: half, MaxTrips: 5, Levels: 1}, in...)
		}),
	} {
		t.Run(name, func(t *testing.T) {
			got := txtar.Format([]txtar.Section{{Name: "in", Text: g.String()}, {Name: "expanded", Text: For(g, platforms[0]).String()}})
			file := "testdata/" + name + ".txtar"
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, string(want), got)
		})
	}
}
