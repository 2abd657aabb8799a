package xla

import (
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/jacobi-go/jacobi/ad"
	"github.com/jacobi-go/jacobi/expand"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/graph/interp"
	"github.com/jacobi-go/jacobi/internal/ownrules"
	"github.com/jacobi-go/jacobi/vmapper"
)

// programs draws n programs.
func programs(n int, l graphtest.Language) []*graph.Graph {
	draw := rapid.Custom(func(t *rapid.T) *graph.Graph { return graphtest.Program(t, l) })
	out := make([]*graph.Graph, n)
	for i := range out {
		out[i] = draw.Example(i)
	}
	return out
}

func pushforward(g *graph.Graph) *graph.Graph {
	j, _ := ad.JVP(g, graph.Differentiable(g.In))
	return j
}

func mapped(g *graph.Graph) *graph.Graph {
	bg, _ := vmapper.Batch(g, 2, make([]int, len(g.In)))
	return bg
}

// together is a graph that calls all of gs.
func together(gs []*graph.Graph) *graph.Graph {
	var b graph.Builder
	var out []*graph.Value
	for _, g := range gs {
		out = append(out, b.Call("program", g, b.Inputs(graph.Avals(g.In))...)...)
	}
	return b.Graph(out...)
}

// The interpreter and XLA agree on programs of nested graphs, and on what
// transforms make of them. Some are one module, since compiling takes a while.
func TestPrograms(t *testing.T) {
	const each = 5
	for name, transform := range map[string]func(*graph.Graph) *graph.Graph{
		"program":           func(g *graph.Graph) *graph.Graph { return g },
		"jvp":               pushforward,
		"vjp":               ownrules.VJP,
		"simplified vjp":    func(g *graph.Graph) *graph.Graph { return graph.Simplify(ownrules.VJP(g)) },
		"forward, reverse":  func(g *graph.Graph) *graph.Graph { return pushforward(ownrules.VJP(g)) },
		"batch of vjp":      func(g *graph.Graph) *graph.Graph { return mapped(ownrules.VJP(g)) },
		"batch of programs": mapped,
	} {
		t.Run(name, func(t *testing.T) {
			l := graphtest.Language{JVP: ownrules.JVP, While: name == "program" || name == "batch of programs"}
			gs := programs(each, l)
			for i, g := range gs {
				gs[i] = transform(g)
			}
			all := together(gs)
			in := graphtest.RandomLikes(graphtest.Seeded(t), graph.Avals(all.In))
			got := eval(t, all, in)
			for i, g := range gs {
				want := interp.Eval(g, in[:len(g.In)]...)
				assert.NoError(t, graphtest.AllClose(want, got[:len(want)], 1e4), "program %d:\n%v", i, g)
				in, got = in[len(g.In):], got[len(want):]
			}
		})
	}
}

// A recorder keeps what callbacks saw, in order.
type recorder struct {
	sync.Mutex
	names []string
	seen  []interp.Tensor
}

func (r *recorder) record(name string, x interp.Tensor) []interp.Tensor {
	r.Lock()
	defer r.Unlock()
	r.names, r.seen = append(r.names, name), append(r.seen, x)
	if name == "count" {
		return []interp.Tensor{interp.Scalar(graph.Int32, float64(x.Data[0].I+1))}
	}
	return nil
}

// take returns what was seen since the last take.
func (r *recorder) take() (names []string, seen []interp.Tensor) {
	names, seen = r.names, r.seen
	r.names, r.seen = nil, nil
	return names, seen
}

// register lets compiled programs call r.
func (r *recorder) register(name string, in graph.Aval) *Callee {
	return NewCallee(name, func(data [][]byte) (out [][]byte, err error) {
		for _, y := range r.record(name, interp.FromBytes(in, data[0])) {
			out = append(out, y.Bytes())
		}
		return out, nil
	})
}

// Compiled programs do what the interpreter does, in the same order: loops,
// branches and derivatives, too.
func TestProgramEffects(t *testing.T) {
	var r recorder
	print, count := r.register("print", aval(graph.Float64, 3)), r.register("count", aval(graph.Int32))
	defer runtime.KeepAlive([]*Callee{print, count})
	l := graphtest.Language{Effects: true, JVP: ownrules.JVP, VJP: ownrules.VJP, Print: int(print.ID), Count: int(count.ID)}
	host := interp.Host(func(p graph.CallbackParams, in []interp.Tensor) []interp.Tensor { return r.record(p.Name, in[1]) })
	var gs, pullbacks []*graph.Graph
	for _, g := range programs(8, l) {
		if g.Effectful() {
			gs, pullbacks = append(gs, g), append(pullbacks, ownrules.VJP(g))
		}
	}
	for _, gs := range [][]*graph.Graph{gs, pullbacks} {
		g := together(gs)
		in := graphtest.RandomLikes(graphtest.Seeded(t), graph.Avals(g.In))
		y := host.Eval(g, in...)
		names, seen := r.take()
		require.Greater(t, len(names), 20)
		got := eval(t, g, in)
		gotNames, gotSeen := r.take()
		require.NoError(t, graphtest.AllClose(y, got[:len(y)], 1e4), "%v", g)
		require.Equal(t, names, gotNames, "%v", g)
		require.NoError(t, graphtest.AllClose(seen, gotSeen, 1e4), "%v", g)
	}
}

// The text of every program is one that XLA reads and compiles, with results of
// the avals that the graph says.
func FuzzText(f *testing.F) {
	for i := range 6 {
		f.Add(graphtest.Bytes(uint64(i), 1<<14))
	}
	c := testClient(f)
	l := graphtest.Language{JVP: ownrules.JVP, VJP: ownrules.VJP, While: true, Nested: true}
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		g := graphtest.Random(t)
		if rapid.Bool().Draw(t, "program") {
			g = graphtest.Program(t, l)
		}
		x := expand.For(g, c.Target())
		text := Lower(x, LowerOptions{Name: rapid.StringN(0, 8, 20).Draw(t, "name"), Locations: rapid.Bool().Draw(t, "locations")})
		exe, err := c.Compile(text, CompileOptions{In: graph.Avals(x.In), Out: graph.Avals(x.Out)})
		require.NoError(t, err, "%s", text)
		require.NoError(t, exe.Close())
	}))
}
