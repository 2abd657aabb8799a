package vmapper

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/jacobi-go/jacobi/ad"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/graph/interp"
)

func TestEveryOpIsLoop(t *testing.T) {
	for _, c := range graphtest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			r := graphtest.Seeded(t)
			checkBatches(t, r, c.Graph(), 20, func() []interp.Tensor { return c.Sample(r) })
		})
	}
}

func TestRandomGraphsAreLoops(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Random(t)
		r := graphtest.Rand(t)
		checkBatches(t, r, g, 2, func() []interp.Tensor { return graphtest.RandomLikes(r, graph.Avals(g.In)) })
	})
}

// Batching and differentiating commute: the batch of the derivative is the
// derivative of the batch. In reverse, an operand that is the same for all
// examples has the sum of their cotangents.
func TestDerivativesOfBatches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const n = 3
		g, r := graphtest.Random(t), graphtest.Rand(t)
		wrt := graph.Differentiable(g.In)
		in := make([]int, len(g.In))
		for i, v := range g.In {
			if in[i] = rapid.IntRange(-1, v.Rank()).Draw(t, "axis"); in[i] < 0 {
				in[i] = None
			}
		}
		bg := BatchTo(g, n, in, make([]int, len(g.Out)))
		x := graphtest.RandomLikes(r, graph.Avals(bg.In))

		j, out := ad.JVP(g, wrt)
		bj := BatchTo(j, n, slices.Concat(in, graph.Pick(wrt, in)), make([]int, len(j.Out)))
		jb, outB := ad.JVP(bg, wrt)
		require.NoError(t, graph.Check(bj))
		require.NoError(t, graph.Check(jb))
		require.Equal(t, out, outB)
		dx := graphtest.RandomLikes(r, graph.Avals(graph.Pick(wrt, bg.In)))
		require.NoError(t, graphtest.AllClose(
			interp.Eval(jb, slices.Concat(x, dx)...), interp.Eval(bj, slices.Concat(x, dx)...), 100), "%v", g)

		v, vb := ad.VJP(g, wrt), ad.VJP(bg, wrt)
		hasCT := graph.Differentiable(g.Out)
		vIn := slices.Concat(in, make([]int, graph.Count(hasCT)))
		vOut := make([]int, len(v.Out))
		bv := BatchTo(v, n, vIn, vOut)
		require.NoError(t, graph.Check(bv))
		ct := graphtest.RandomLikes(r, graph.Avals(graph.Pick(hasCT, bg.Out)))
		want, got := interp.Eval(vb, slices.Concat(x, ct)...), interp.Eval(bv, slices.Concat(x, ct)...)
		for i, axis := range graph.Pick(wrt, in) {
			y := &got[len(g.Out)+i]
			switch axis {
			case None:
				*y = sumFront(*y)
			default:
				*y = stack(take(*y, 0, 0).Aval, axis, []interp.Tensor{take(*y, 0, 0), take(*y, 0, 1), take(*y, 0, 2)})
			}
		}
		require.NoError(t, graphtest.AllClose(want, got, 100), "axes %v\n%v", in, g)
	})
}

// sumFront adds up x along axis 0.
func sumFront(x interp.Tensor) interp.Tensor {
	y := interp.Zeros(x.Slice())
	for i, n := range x.Data {
		y.Data[i%len(y.Data)].C += n.C
	}
	return y
}
