package ad_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/jacobi-go/jacobi/ad"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
)

// chain is n equations that each need the one before.
func chain(n int) *graph.Graph {
	return graph.Build([]graph.Aval{f32(4)}, func(b B, in []V) []V {
		x := in[0]
		for range n / 2 {
			x = b.Mul(b.Sin(x), in[0])
		}
		return []V{b.ReduceSum(x, 0)}
	})
}

// Differentiating takes time linear in the number of equations.
func TestLongChain(t *testing.T) {
	took := func(n int) time.Duration {
		g := chain(n)
		start := time.Now()
		d := ad.Grad(g, []bool{true}, true)
		assert.Greater(t, len(d.Eqns), 2*n)
		return time.Since(start)
	}
	half, whole := took(50_000), took(100_000)
	for range 5 { // other programs may have slowed it down
		if whole < 3*half {
			break
		}
		half, whole = took(50_000), took(100_000)
	}
	t.Logf("gradient of 50,000 equations: %v, of 100,000: %v", half, whole)
	assert.Less(t, whole, 3*half, "time is not linear")
	assert.Less(t, whole, 10*graphtest.Slower*time.Second)
}

// equations counts those of g and of the graphs in it, each graph once.
func equations(g *graph.Graph) int {
	n := 0
	for _, g := range graphs(g) {
		n += len(g.Eqns)
	}
	return n
}

// graphs lists g and the graphs in it, each once.
func graphs(g *graph.Graph) []*graph.Graph {
	seen, all := map[*graph.Graph]bool{g: true}, []*graph.Graph{g}
	for i := 0; i < len(all); i++ {
		for _, e := range all[i].Eqns {
			for _, sub := range graph.Subgraphs(e.Params) {
				if !seen[sub] {
					seen[sub] = true
					all = append(all, sub)
				}
			}
		}
	}
	return all
}

// doubling calls itself, one less deep, twice: 2^depth steps, one graph per
// level.
func doubling(depth int) *graph.Graph {
	in := []graph.Aval{f64(), f64()}
	if depth == 0 {
		return graph.Build(in, func(b B, in []V) []V { return []V{b.Mul(b.Sin(in[1]), in[0])} })
	}
	g := doubling(depth - 1)
	return graph.Build(in, func(b B, in []V) []V {
		return b.Call("twice", g, in[0], b.Call("twice", g, in[0], in[1])[0])
	})
}

// One more derivative multiplies straight-line code by a constant.
func TestHighOrderGrowth(t *testing.T) {
	g := graph.Build([]graph.Aval{f64(), f64()}, func(b B, in []V) []V {
		x := in[0]
		for range 3 {
			x = b.Mul(b.Sin(x), in[1])
		}
		return []V{x}
	})
	var sizes []int
	for range 6 {
		g = ad.Grad(g, []bool{true, false}, false)
		sizes = append(sizes, equations(g))
		if n := len(sizes); n > 1 {
			assert.Less(t, sizes[n-1], 3*sizes[n-2])
		}
	}
	t.Logf("equations of derivatives of order 1 to 6: %v", sizes)
}

// nest is depth scans in each other around x = sin(x) c.
func nest(depth int) *graph.Graph {
	in := []graph.Aval{f64(), f64()}
	return graph.Build(in, func(b B, in []V) []V {
		if depth == 0 {
			return []V{b.Mul(b.Sin(in[1]), in[0])}
		}
		return b.Scan(graph.ScanParams{Body: nest(depth - 1), Consts: 1, Carry: 1, Length: 2, Unroll: 1}, in...)
	})
}

// Equations of a second derivative grow with the depth of nesting, though the
// steps are exponential in it.
func TestNestedScansGrowth(t *testing.T) {
	size := func(depth int) int {
		return equations(ad.Grad(ad.Grad(nest(depth), []bool{false, true}, false), []bool{false, true}, false))
	}
	n := []int{size(4), size(8), size(12)}
	t.Logf("second derivative of scans 4, 8 and 12 deep: %v equations", n)
	assert.LessOrEqual(t, n[2]-n[1], 2*(n[1]-n[0]))
}

// A graph is transformed once per mask, however often it is called: equations
// grow with the number of graphs, not of calls.
func TestCallsAreShared(t *testing.T) {
	size := func(depth int) int {
		return equations(ad.Grad(ad.Grad(doubling(depth), []bool{false, true}, false), []bool{false, true}, false))
	}
	n := []int{size(3), size(6), size(9)}
	t.Logf("second derivative of calls 3, 6 and 9 deep: %v equations", n)
	assert.LessOrEqual(t, n[2]-n[1], 2*(n[1]-n[0]))

	j, _ := ad.JVP(doubling(40), []bool{true, true}) // 2^40 steps
	assert.Less(t, equations(j), 1000)
}

// A transform is made once for a graph and mask, and one with nothing to do
// returns its graph.
func TestRemembered(t *testing.T) {
	g := doubling(1)
	mask := []bool{false, true}
	j, _ := ad.JVP(g, mask)
	again, _ := ad.JVP(g, []bool{false, true})
	assert.Same(t, j, again)
	assert.Same(t, ad.Linearize(g, mask), ad.Linearize(g, mask))
	assert.Same(t, ad.Linearize(g, mask).Transpose(), ad.Linearize(g, mask).Transpose())
	assert.Same(t, ad.VJP(g, mask), ad.VJP(g, mask))
	assert.NotSame(t, ad.VJP(g, mask), ad.VJP(g, []bool{true, false}))
	assert.NotSame(t, ad.Grad(g, mask, true), ad.Grad(g, mask, false))

	same, out := ad.JVP(g, []bool{false, false})
	assert.Same(t, g, same)
	assert.Equal(t, []bool{false}, out)
}
