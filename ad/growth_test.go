package ad_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/jacobi-go/jacobi/ad"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/interp"
)

// size counts the equations of g and of the graphs in it, each graph once, and
// the scans among them.
func size(g *graph.Graph) (eqns, loops int) {
	for _, g := range graphs(g) {
		for _, e := range g.Eqns {
			eqns++
			if e.Op == graph.OpScan {
				loops++
			}
		}
	}
	return eqns, loops
}

var pair = []graph.Aval{f64(), f64()}

// once is x = c sin(x).
func once() *graph.Graph { return nest(0) }

// branching has its next level in two branches of two conds.
func branching(depth int) *graph.Graph {
	if depth == 0 {
		return once()
	}
	g := branching(depth - 1)
	return graph.Build(pair, func(b B, in []V) []V {
		more := b.Lt(in[0], b.Scalar(graph.Float64, 1))
		x := b.Cond([]*graph.Graph{g, once()}, more, in...)[0]
		return b.Cond([]*graph.Graph{once(), g}, more, in[0], x)
	})
}

// slow is depth scans in each other, each with carries that enter with a zero
// tangent and gain one only after the one before has.
func slow(depth int) *graph.Graph {
	if depth == 0 {
		return once()
	}
	inner := slow(depth - 1)
	body := graph.Build([]graph.Aval{f64(), f64(), f64(), f64()}, func(b B, in []V) []V { // c | x y z
		return []V{b.Inline(inner, in[0], b.Add(in[1], in[3]))[0], in[1], in[2]}
	})
	return graph.Build(pair, func(b B, in []V) []V {
		zero := b.Scalar(graph.Float64, 0)
		return b.Scan(graph.ScanParams{Body: body, Consts: 1, Carry: 3, Length: 2, Unroll: 1}, in[0], in[1], zero, zero)[:1]
	})
}

// remat is depth checkpoints in each other, each run twice.
func remat(depth int) *graph.Graph {
	if depth == 0 {
		return once()
	}
	p := graph.CheckpointParams{Graph: remat(depth - 1)}
	return graph.Build(pair, func(b B, in []V) []V {
		return b.Checkpoint(p, in[0], b.Checkpoint(p, in...)[0])
	})
}

// gradients differentiates n times for x.
func gradients(g *graph.Graph, n int) (all []*graph.Graph) {
	for range n {
		g = ad.Grad(g, []bool{false, true}, false)
		all = append(all, g)
	}
	return all
}

// One more gradient of a scan of straight-line code doubles the scans, a sweep
// the other way for each there is, and no more; its equations grow like those
// of the same code without a scan.
func TestGradientsGrow(t *testing.T) {
	for depth := 1; depth <= 2; depth++ {
		t.Run(fmt.Sprintf("%d deep", depth), func(t *testing.T) {
			eqns, sweeps := size(nest(depth))
			for k, g := range gradients(nest(depth), 6) {
				e, s := size(g)
				t.Logf("grad^%d: %d equations, %d scans", k+1, e, s)
				if k > 0 {
					assert.LessOrEqual(t, e, 3*eqns, "grad^%d", k+1)
				}
				assert.LessOrEqual(t, s, 2*sweeps, "grad^%d", k+1)
				eqns, sweeps = e, s
			}
		})
	}
}

// Forward mode adds no sweeps: five JVPs of a gradient leave two scans.
func TestForwardOverReverseGrows(t *testing.T) {
	g := gradients(nest(1), 1)[0]
	for range 5 {
		j, _ := ad.JVP(g, []bool{false, true})
		g = graph.Build(pair, func(b B, in []V) []V {
			return b.Inline(j, in[0], in[1], b.Scalar(graph.Float64, 1))[1:]
		})
		g = graph.Simplify(g)
		_, sweeps := size(g)
		assert.Equal(t, 2, sweeps)
	}
}

// Size is linear in depth, though the steps, or the ways through fixed points,
// are exponential: a graph is transformed once for each mask.
func TestDepthGrows(t *testing.T) {
	for _, c := range []struct {
		name  string
		make  func(int) *graph.Graph
		depth int
	}{{"slow fixed points", slow, 9}, {"cond twice", branching, 9}, {"checkpoint twice", remat, 9}} {
		t.Run(c.name, func(t *testing.T) {
			var e [3]int
			for i := range e {
				d := gradients(c.make(c.depth*(i+1)/3), 2)
				e[i], _ = size(d[1])
			}
			t.Logf("grad^2 has %v equations", e)
			assert.LessOrEqual(t, e[2]-e[1], 2*(e[1]-e[0]))
		})
	}
}

// sine is sin, computed by the host, which counts.
func sine(b B, x V) V {
	host := graph.CallbackParams{Name: "sin", Out: []graph.Aval{x.Aval}}
	return b.CustomJVP(graph.CustomJVPParams{Name: "sin",
		Graph: graph.Build([]graph.Aval{x.Aval}, func(b B, in []V) []V { return b.Callback(host, in[0]) }),
		JVP: graph.Build([]graph.Aval{x.Aval, x.Aval}, func(b B, in []V) []V {
			return []V{b.Callback(host, in[0])[0], b.Mul(b.Cos(in[0]), in[1])}
		}),
	}, x)[0]
}

// The gradient of a while with a bound on its trips is exact, whatever it
// keeps. It runs the body once more for each level below the first, on the
// trips that are made and not on those that could be, and keeps the carries of
// as many trips as a level has.
func TestBoundedWhileCost(t *testing.T) {
	in := []graph.Aval{i32(), i32(), f64()} // n | i x
	cond := graph.Build(in, func(b B, in []V) []V { return []V{b.Lt(in[1], in[0])} })
	body := graph.Build(in, func(b B, in []V) []V {
		return []V{b.Add(in[1], b.Scalar(graph.Int32, 1)), sine(b, in[2])}
	})
	runs := 0
	host := interp.Host(func(_ graph.CallbackParams, in []T) []T {
		runs++
		return []T{scalar(math.Sin(in[0].Floats()[0]))}
	})
	for _, c := range []struct{ levels, width int }{{1, 64}, {2, 8}, {3, 4}, {6, 2}} {
		g := graph.Build([]graph.Aval{i32(), f64()}, func(b B, in []V) []V {
			p := graph.WhileParams{Cond: cond, Body: body, Consts: 1, MaxTrips: 64, Levels: c.levels}
			return b.While(p, in[0], b.Scalar(graph.Int32, 0), in[1])[1:]
		})
		d := ad.Grad(g, []bool{false, true}, false)
		checked(t, d)
		for _, n := range []int{0, 1, 5, 20, 64, 70} {
			runs = 0
			got := host.Eval(d, interp.Scalar(graph.Int32, float64(n)), scalar(0.5))[0].Floats()[0]
			x, want := 0.5, 1.0
			for range min(n, 64) {
				x, want = math.Sin(x), want*math.Cos(x)
			}
			assert.InDelta(t, want, got, 1e-15, "%d trips, %d levels", n, c.levels)
			assert.Equal(t, c.levels*min(n, 64), runs, "%d trips, %d levels", n, c.levels)
		}
		for _, g := range graphs(d) {
			for _, e := range g.Eqns {
				if p, ok := e.Params.(graph.ScanParams); ok {
					assert.Equal(t, c.width, p.Length)
				}
			}
		}
	}
}
