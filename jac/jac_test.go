package jac

import (
	"fmt"
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

// blocks are the derivatives of the outputs of g in mask of by the inputs in mask
// wrt, one number after another, and the other outputs.
func blocks(g *graph.Graph, wrt, of []bool, x []interp.Tensor) (rows []interp.Tensor) {
	push := ownrules.JVP(g)
	floats := graph.Differentiable(g.In)
	for o, out := range g.Out {
		if !of[o] {
			continue
		}
		for i, in := range g.In {
			if !wrt[i] {
				continue
			}
			n := in.Size()
			block := interp.Zeros(graph.Aval{DType: out.DType, Shape: slices.Concat(out.Shape, in.Shape)})
			for j := range n {
				var dx []interp.Tensor
				for k, v := range g.In {
					if floats[k] {
						d := interp.Zeros(v.Aval)
						if k == i {
							d.Data[j] = graph.Number{C: 1}
						}
						dx = append(dx, d)
					}
				}
				dy := interp.Eval(push, slices.Concat(x, dx)...)[len(g.Out)+o]
				for k, d := range dy.Data {
					block.Data[k*n+j] = d
				}
			}
			rows = append(rows, block)
		}
	}
	return append(rows, graph.Pick(graph.Not(of), interp.Eval(g, x...))...)
}

// realOnly is g with those outputs only that are real floats; nil if there are
// none, or if an input is complex.
func realOnly(g *graph.Graph) *graph.Graph {
	for _, v := range g.In {
		if v.DType.IsComplex() {
			return nil
		}
	}
	var out []*graph.Value
	for _, v := range g.Out {
		if v.DType.Differentiable() && !v.DType.IsComplex() {
			out = append(out, v)
		}
	}
	if out == nil {
		return nil
	}
	return graph.Simplify(g.Rewire(g.In, out))
}

// Both modes give the derivatives that one direction after another gives.
func checkBlocks(t require.TestingT, g *graph.Graph, x []interp.Tensor, r *rand.Rand) {
	wrt := graph.Differentiable(g.In)
	if r.IntN(2) == 0 {
		for i := range wrt {
			wrt[i] = wrt[i] && r.IntN(2) == 0
		}
	}
	of := graph.Fill(true, len(g.Out))
	if r.IntN(2) == 0 {
		for i := range of {
			of[i] = r.IntN(2) == 0
		}
	}
	want := blocks(g, wrt, of, x)
	for name, make := range map[string]func(*graph.Graph, []bool, []bool) *graph.Graph{"forward": Forward, "reverse": Reverse} {
		j := make(g, wrt, of)
		require.NoError(t, graph.Check(j))
		require.NoError(t, graphtest.AllClose(want, interp.Eval(j, x...), 1e4), "%s by %v of the outputs %v of\n%v", name, wrt, of, g)
	}
}

func TestJacobiansOfPrograms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Program(t, graphtest.Language{JVP: ownrules.JVP, Nested: rapid.Bool().Draw(t, "nested")})
		r := graphtest.Rand(t)
		if g = realOnly(g); g != nil {
			checkBlocks(t, g, graphtest.RandomLikes(r, graph.Avals(g.In)), r)
		}
	})
}

// Of a Jacobian, too: it is a graph like any other.
func TestSecondDerivatives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := realOnly(graphtest.Random(t))
		if g == nil {
			return
		}
		r := graphtest.Rand(t)
		x := graphtest.RandomLikes(r, graph.Avals(g.In))
		all := graph.Differentiable(g.In)
		for _, make := range []func(*graph.Graph, []bool, []bool) *graph.Graph{Forward, Reverse} {
			j := make(g, all, graph.Fill(true, len(g.Out)))
			if len(j.Out) > 0 {
				checkBlocks(t, j, x, r)
			}
		}
	})
}

// No blocks of an array of no size, and zeros where nothing depends.
func TestEmptyAndZeroBlocks(t *testing.T) {
	f := func(shape ...int) graph.Aval { return graph.Aval{DType: graph.Float64, Shape: shape} }
	g := graph.Build([]graph.Aval{f(0), f(2)}, func(b B, in []V) []V { return []V{b.Sin(in[1]), b.ReduceSum(in[0], 0)} })
	checkBlocks(t, g, []interp.Tensor{interp.Zeros(f(0)), interp.FromFloats(graph.Float64, []float64{1, 2}, 2)}, graphtest.Seeded(t))
	wrt := []bool{true, true}
	for _, j := range []*graph.Graph{Forward(g, wrt, wrt), Reverse(g, wrt, wrt)} {
		require.Equal(t, "[f64[2,0] f64[2,2] f64[0] f64[2]]", fmt.Sprint(graph.Avals(j.Out)))
	}
}
