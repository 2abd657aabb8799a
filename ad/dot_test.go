package ad_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/jacobi-go/jacobi/ad"
	"github.com/jacobi-go/jacobi/graph"
)

// genDot draws operand shapes and params that agree.
func genDot(t *rapid.T) (x, y []int, p graph.DotParams) {
	n := func(name string) int { return rapid.IntRange(0, 2).Draw(t, name) }
	nb, nc, nx, ny := n("batch"), n("contract"), n("lhs kept"), n("rhs kept")
	size := rapid.SliceOfN(rapid.IntRange(1, 3), nb+nc+nx+ny, nb+nc+nx+ny).Draw(t, "sizes")
	place := func(rank int, name string) []int {
		idx := make([]int, rank)
		for i := range idx {
			idx[i] = i
		}
		return rapid.Permutation(idx).Draw(t, name)
	}
	px, py := place(nb+nc+nx, "lhs axes"), place(nb+nc+ny, "rhs axes")
	x, y = make([]int, len(px)), make([]int, len(py))
	for i, axis := range px {
		x[axis] = size[i]
	}
	for i, axis := range py {
		s := i
		if i >= nb+nc {
			s += nx
		}
		y[axis] = size[s]
	}
	return x, y, graph.DotParams{LHSBatch: px[:nb], RHSBatch: py[:nb], LHSContract: px[nb : nb+nc], RHSContract: py[nb : nb+nc], Prefer: graph.Float64}
}

func TestDotLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y, p := genDot(t)
		g := graph.Build([]graph.Aval{f64(x...), f64(y...)}, func(b B, in []V) []V { return []V{b.DotGeneral(in[0], in[1], p)} })
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		laws(t, g, directions(r, graph.Avals(g.In), 1), r, true, 1)
		for _, e := range ad.Linearize(g, []bool{true, true}).Transpose().Eqns {
			if e.Op != graph.OpDot && e.Op != graph.OpTranspose {
				t.Fatalf("a dot transposes to dots only, not %v\n%v", e.Op, g)
			}
		}
	})
}

// A cotangent has the operand's type though the products were summed in a
// wider one.
func TestDotOfHalfPrecision(t *testing.T) {
	in := []graph.Aval{{DType: graph.BFloat16, Shape: []int{2, 3}}, {DType: graph.BFloat16, Shape: []int{3, 2}}}
	g := graph.Build(in, func(b B, in []V) []V {
		return []V{b.DotGeneral(in[0], in[1], graph.DotParams{LHSContract: []int{1}, RHSContract: []int{0}, Prefer: graph.Float32})}
	})
	v := ad.VJP(g, []bool{true, true})
	assert.NoError(t, graph.Check(v))
	assert.Equal(t, in, graph.Avals(v.Out[1:]))
	wide := slices.ContainsFunc(v.Eqns, func(e *graph.Eqn) bool {
		return e.Op == graph.OpDot && e.In[0].DType == graph.Float32
	})
	assert.True(t, wide, "cotangents are multiplied in the wider type\n%v", v)
}
