package vmapper

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/graph/interp"
	"github.com/jacobi-go/jacobi/internal/ownrules"
)

// A program and its derivatives, batched, are loops, whichever of their inputs
// are mapped.
func TestProgramsAreLoops(t *testing.T) {
	for name, c := range map[string]struct {
		language   graphtest.Language
		derivative func(g *graph.Graph) *graph.Graph
	}{
		"program": {graphtest.Language{JVP: ownrules.JVP, VJP: ownrules.VJP, Nested: true, While: true}, func(g *graph.Graph) *graph.Graph { return g }},
		"jvp":     {graphtest.Language{JVP: ownrules.JVP, While: true}, ownrules.JVP},
		"vjp":     {graphtest.Language{JVP: ownrules.JVP, VJP: ownrules.VJP, Nested: true}, ownrules.VJP},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				g := c.derivative(graphtest.Program(t, c.language))
				r := graphtest.Rand(t)
				checkLoop(t, g, someAxes(r, g.In), samples(r, g.In, r.IntN(4)), graphtest.RandomLikes(r, graph.Avals(g.In)))
			})
		})
	}
}

// The derivatives of a batched program are, for each example, those of the
// program; those for an operand that the examples share, their sum.
func TestDerivativesOfBatchedPrograms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Program(t, graphtest.Language{JVP: ownrules.JVP, VJP: ownrules.VJP, Nested: rapid.Bool().Draw(t, "nested")})
		r := graphtest.Rand(t)
		pullsBackLikeLoop(t, g, r)
		pullsBackLikeLoop(t, ownrules.VJP(g), r)
	})
}

func TestTangentsOfBatchedPrograms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Program(t, graphtest.Language{JVP: ownrules.JVP, While: true})
		r := graphtest.Rand(t)
		in, n := someAxes(r, g.In), 1+r.IntN(3)
		all := graph.Differentiable(g.In)
		bg := BatchTo(g, n, in, make([]int, len(g.Out)))
		push, pushAll := ownrules.JVP(g), ownrules.JVP(bg)
		axes := slices.Concat(in, graph.Pick(all, in))
		each, other := samples(r, push.In, n), graphtest.RandomLikes(r, graph.Avals(push.In))
		got := interp.Eval(pushAll, stacked(push, axes, each, other)...)
		for k := range n {
			for i, want := range interp.Eval(push, example(axes, each[k], other)...) {
				closeTo(t, want, take(got[i], 0, k), "result %d of example %d, axes %v\n%v\n%v", i, k, in, g, bg)
			}
		}
	})
}

func pullsBackLikeLoop(t *rapid.T, g *graph.Graph, r *rand.Rand) {
	in, n := someAxes(r, g.In), 1+r.IntN(3)
	bg := BatchTo(g, n, in, make([]int, len(g.Out)))
	pull, pullAll := ownrules.VJP(g), ownrules.VJP(bg)
	require.NoError(t, graph.Check(pullAll))
	axes := slices.Concat(in, make([]int, len(pull.In)-len(g.In)))
	each, other := samples(r, pull.In, n), graphtest.RandomLikes(r, graph.Avals(pull.In))
	got := interp.Eval(pullAll, stacked(pull, axes, each, other)...)[len(g.Out):]

	sums := make([]interp.Tensor, len(got))
	inAxes := graph.Pick(graph.Differentiable(g.In), in)
	for k := range n {
		for i, ct := range interp.Eval(pull, example(axes, each[k], other)...)[len(g.Out):] {
			if inAxes[i] != None {
				closeTo(t, ct, take(got[i], inAxes[i], k), "cotangent %d of example %d, axes %v\n%v\n%v", i, k, in, g, bg)
				continue
			}
			if k == 0 {
				sums[i] = interp.Zeros(ct.Aval)
			}
			for j := range ct.Data {
				sums[i].Data[j].C += ct.Data[j].C
			}
		}
	}
	for i, axis := range inAxes {
		if axis == None {
			closeTo(t, sums[i], got[i], "cotangent %d, the sum, axes %v\n%v\n%v", i, in, g, bg)
		}
	}
}

func closeTo(t *rapid.T, want, got interp.Tensor, format string, args ...any) {
	if err := graphtest.AllClose([]interp.Tensor{want}, []interp.Tensor{got}, 1e4); err != nil {
		t.Fatalf("%v\n"+format, append([]any{err}, args...)...)
	}
}

// someAxes is where inputs are mapped; at least one is.
func someAxes(r *rand.Rand, in []V) (axes []int) {
	eachIn(r, in, 1, func(some []int) { axes = some })
	return axes
}

func samples(r *rand.Rand, in []V, n int) [][]interp.Tensor {
	out := make([][]interp.Tensor, n)
	for k := range out {
		out[k] = graphtest.RandomLikes(r, graph.Avals(in))
	}
	return out
}

// example is what one example gets: its own operands where those are mapped.
func example(axes []int, own, other []interp.Tensor) []interp.Tensor {
	out := slices.Clone(other)
	for i, axis := range axes {
		if axis != None {
			out[i] = own[i]
		}
	}
	return out
}
