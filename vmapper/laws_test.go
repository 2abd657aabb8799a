package vmapper

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/graph/interp"
)

func f32(shape ...int) graph.Aval { return graph.Aval{DType: graph.Float32, Shape: shape} }

func TestDotIsLoop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p graph.DotParams
		p.Prefer = graph.Float32
		x, y := f32(), f32()
		size := rapid.IntRange(0, 3)
		// Axes of x in order; y has the paired ones and some more in any order.
		type pair struct{ x, size int }
		var pairs []pair
		for axis := range rapid.IntRange(0, 3).Draw(t, "rank") {
			n := size.Draw(t, "size")
			x.Shape = append(x.Shape, n)
			if rapid.Bool().Draw(t, "paired") {
				pairs = append(pairs, pair{axis, n})
			}
		}
		rank := len(pairs) + rapid.IntRange(0, 2).Draw(t, "more")
		for i, axis := range rapid.Permutation(graph.Kept(rank)).Draw(t, "places")[:len(pairs)] {
			if rapid.Bool().Draw(t, "batch") {
				p.LHSBatch, p.RHSBatch = append(p.LHSBatch, pairs[i].x), append(p.RHSBatch, axis)
			} else {
				p.LHSContract, p.RHSContract = append(p.LHSContract, pairs[i].x), append(p.RHSContract, axis)
			}
		}
		y.Shape = slices.Repeat([]int{2}, rank)
		for _, both := range [][2][]int{{p.LHSBatch, p.RHSBatch}, {p.LHSContract, p.RHSContract}} {
			for i, a := range both[1] {
				y.Shape[a] = x.Shape[both[0][i]]
			}
		}
		g := graph.Build([]graph.Aval{x, y}, func(b B, in []V) []V { return []V{b.DotGeneral(in[0], in[1], p)} })
		r := graphtest.Rand(t)
		checkBatches(t, r, g, 4, func() []interp.Tensor { return randomTensors(r, g.In) })
		for _, in := range [][]int{{0, None}, {None, y.Rank()}, {x.Rank(), 0}} {
			bg, _ := Batch(g, 2, in)
			require.Len(t, bg.Eqns, 1, "a batched dot is one dot")
		}
	})
}

func TestReshapeIsLoop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Two ways to group the same prime factors.
		factors := rapid.SliceOfN(rapid.SampledFrom([]int{0, 1, 2, 2, 3}), 0, 3).Draw(t, "factors")
		group := func(name string) []int {
			shape := []int{}
			size := 1
			for _, f := range factors {
				size *= f
				if rapid.Bool().Draw(t, name) {
					shape, size = append(shape, size), 1
				}
			}
			return append(shape, size)
		}
		from, to := group("from"), group("to")
		g := graph.Build([]graph.Aval{f32(from...)}, func(b B, in []V) []V { return []V{b.Reshape(in[0], to...)} })
		r := graphtest.Rand(t)
		checkBatches(t, r, g, 5, func() []interp.Tensor { return randomTensors(r, g.In) })
	})
}

// What the op cases of package graphtest do not reach by themselves: operands
// of one equation mapped in different ways.
func TestMixedOperandsAreLoops(t *testing.T) {
	boolean := graph.Aval{DType: graph.Bool}
	i32 := graph.Aval{DType: graph.Int32}
	for _, c := range []struct {
		name  string
		in    []graph.Aval
		build func(b B, in []V) []V
	}{
		{"scalar and array", []graph.Aval{f32(), f32(2, 3)}, func(b B, in []V) []V {
			return []V{b.Add(in[0], in[1]), b.Sub(in[1], in[0]), b.Mul(in[0], in[0])}
		}},
		{"literal", []graph.Aval{f32(3)}, func(b B, in []V) []V {
			return []V{b.Mul(b.Scalar(graph.Float32, 2), in[0]), b.Scalar(graph.Float32, 3)}
		}},
		{"select by scalar", []graph.Aval{boolean, f32(2), f32(2)}, func(b B, in []V) []V {
			return []V{b.Select(in[0], in[1], in[2])}
		}},
		{"select scalars", []graph.Aval{boolean.Insert(0, 2), f32(), f32(2)}, func(b B, in []V) []V {
			return []V{b.Select(in[0], in[1], in[2]), b.Select(in[0], in[1], in[1])}
		}},
		{"clamp", []graph.Aval{f32(), f32(3, 2), f32()}, func(b B, in []V) []V {
			return []V{b.Clamp(in[0], in[1], in[2])}
		}},
		{"pad", []graph.Aval{f32(2, 3), f32()}, func(b B, in []V) []V {
			return []V{b.Pad(in[0], in[1], graph.PadParams{Low: []int{1, -1}, High: []int{0, 2}, Interior: []int{2, 0}})}
		}},
		{"concatenate", []graph.Aval{f32(2, 3), f32(2, 0), f32(2, 1)}, func(b B, in []V) []V {
			return []V{b.Concatenate(1, in...)}
		}},
		{"barrier", []graph.Aval{f32(2), i32}, func(b B, in []V) []V { return b.Barrier(in...) }},
		{"call", []graph.Aval{f32(2, 3), f32(2)}, func(b B, in []V) []V {
			inner := graph.Build([]graph.Aval{f32(2, 3), f32(2)}, func(b B, in []V) []V {
				return []V{b.ReduceSum(in[0], 0), b.Sin(in[1]), b.Scalar(graph.Float32, 7)}
			})
			y := b.Call("inner", inner, in...)
			z := b.Call("inner", inner, b.Neg(in[0]), y[1])
			return slices.Concat(y, z)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := graph.Build(c.in, c.build)
			r := graphtest.Seeded(t)
			checkBatches(t, r, g, 60, func() []interp.Tensor { return randomTensors(r, g.In) })
		})
	}
}

func TestBatchTo(t *testing.T) {
	g := graph.Build([]graph.Aval{f32(2, 3), f32(3)}, func(b B, in []V) []V {
		return []V{b.Neg(in[0]), b.Neg(in[1]), in[0]}
	})
	r := graphtest.Seeded(t)
	x := randomTensors(r, []V{{Aval: f32(2, 4, 3)}, {Aval: f32(3)}})
	for _, out := range [][]int{{0, None, 2}, {1, None, 1}, {2, 0, 0}, {1, 1, 2}} {
		bg := BatchTo(g, 4, []int{1, None}, out)
		require.NoError(t, graph.Check(bg))
		for j, y := range interp.Eval(bg, x...) {
			for k := range 4 {
				want := interp.Eval(g, take(x[0], 1, k), x[1])[j]
				if out[j] != None {
					requireSame(t, want, take(y, out[j], k), "output %d\n%v", j, bg)
				} else {
					requireSame(t, want, y, "output %d\n%v", j, bg)
				}
			}
		}
	}
}

func TestBatchErrors(t *testing.T) {
	g := graph.Build([]graph.Aval{f32(2)}, func(b B, in []V) []V { return []V{b.Neg(in[0])} })
	for _, c := range []struct {
		in, out []int
		want    string
	}{
		{[]int{0}, []int{None}, "output 0 depends on mapped inputs"},
		{[]int{2}, []int{0}, "input 0 is f32[2] for each example; it cannot have its axis of examples at 2"},
		{[]int{0}, []int{2}, "output 0 is f32[2] for each example; it cannot have its axis of examples at 2"},
		{[]int{None}, []int{-2}, "output 0 is f32[2] for each example; it cannot have its axis of examples at -2"},
	} {
		err := graph.Try(func() { BatchTo(g, 3, c.in, c.out) })
		require.ErrorContains(t, err, c.want)
		assert.ErrorContains(t, err, "laws_test.go:")
	}
}

func TestNothingMapped(t *testing.T) {
	g := graph.Build([]graph.Aval{f32(2)}, func(b B, in []V) []V { return []V{b.Neg(in[0])} })
	bg, out := Batch(g, 3, []int{None})
	assert.Same(t, g, bg)
	assert.Equal(t, []int{None}, out)
	assert.Same(t, g, BatchTo(g, 3, []int{None}, []int{None}))
}

func TestBatchIsRemembered(t *testing.T) {
	inner := graph.Build([]graph.Aval{f32(2)}, func(b B, in []V) []V { return []V{b.Sin(in[0])} })
	g := inner
	for range 30 { // 2^30 calls, if each were batched
		g = graph.Build([]graph.Aval{f32(2)}, func(b B, in []V) []V {
			return b.Call("f", g, b.Call("f", g, in...)...)
		})
	}
	bg, _ := Batch(g, 3, []int{1})
	again, _ := Batch(g, 3, []int{1})
	assert.Same(t, bg, again)
	assert.Same(t, bg.Eqns[0].Params.(graph.CallParams).Graph, bg.Eqns[1].Params.(graph.CallParams).Graph)
}

func TestPositionsAreKept(t *testing.T) {
	g := graph.Build([]graph.Aval{f32(), f32(2)}, func(b B, in []V) []V {
		y := b.Mul(in[0], in[1])
		return []V{b.Pad(y, in[0], graph.PadParams{Low: []int{1}, High: []int{0}, Interior: []int{0}})}
	})
	from := map[string]bool{}
	for _, e := range g.Eqns {
		from[e.Pos()] = true
	}
	require.Len(t, from, 2)
	bg, _ := Batch(g, 3, []int{0, None})
	for _, e := range bg.Eqns {
		assert.True(t, from[e.Pos()], "%v is at %s", e.Op, e.Pos())
	}
}

func TestLongChain(t *testing.T) {
	const length = 100_000
	g := graph.Build([]graph.Aval{f32(2), f32()}, func(b B, in []V) []V {
		x := in[0]
		for range length {
			x = b.Mul(x, in[1])
		}
		return []V{x}
	})
	bg, _ := Batch(g, 3, []int{1, None})
	assert.Len(t, bg.Eqns, length)
}
