package vmapper

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/graph/interp"
)

// randomTensor has small whole numbers, so that sums are exact; as indices
// they reach a little over both ends.
func randomTensor(r *rand.Rand, a graph.Aval) interp.Tensor {
	x := interp.Zeros(a)
	for i := range x.Data {
		x.Data[i] = graph.Num(a.DType, float64(r.IntN(9)-2))
	}
	return x
}

func randomTensors(r *rand.Rand, in []*graph.Value) []interp.Tensor {
	out := make([]interp.Tensor, len(in))
	for i, v := range in {
		out[i] = randomTensor(r, v.Aval)
	}
	return out
}

// indexing is a random well-typed way to index.
type indexing struct {
	graph.IndexDims
	x, idx, slices graph.Aval // slices: the result of a gather, the updates of a scatter
	sizes          []int
}

func drawIndexing(t *rapid.T) indexing {
	var s indexing
	some := rapid.IntRange(1, 3)
	rank := rapid.IntRange(0, 3).Draw(t, "rank")
	places := rapid.SliceOfN(some, 0, 3).Draw(t, "places")
	free := rapid.Permutation(graph.Kept(len(places))).Draw(t, "batching")
	s.Start = []int{}
	window := []int{}
	for axis := range rank {
		size, role := some.Draw(t, "size"), rapid.IntRange(0, 3).Draw(t, "role")
		block := 1
		switch {
		case role == 0 && len(free) > 0:
			size = places[free[0]]
			s.OperandBatch, s.IndicesBatch = append(s.OperandBatch, axis), append(s.IndicesBatch, free[0])
			free = free[1:]
		case role == 1:
			s.Collapsed = append(s.Collapsed, axis)
		default:
			block = rapid.IntRange(0, size).Draw(t, "block")
			window = append(window, block)
		}
		if !slices.Contains(s.OperandBatch, axis) && rapid.Bool().Draw(t, "indexed") {
			s.Start = append(s.Start, axis)
		}
		s.x.Shape, s.sizes = append(s.x.Shape, size), append(s.sizes, block)
	}
	s.Start = rapid.Permutation(s.Start).Draw(t, "start")
	r := len(places) + len(window)
	s.Offset = rapid.Permutation(graph.Kept(r)).Draw(t, "offset")[:len(window)]
	slices.Sort(s.Offset)
	shape := make([]int, r)
	for i, a := range s.Offset {
		shape[a] = window[i]
	}
	for i, a := range graph.Kept(r, s.Offset) {
		shape[a] = places[i]
	}
	s.x.DType, s.idx.DType = graph.Float32, graph.Int32
	s.idx.Shape = append(places, len(s.Start))
	s.slices = graph.Aval{DType: graph.Float32, Shape: shape}
	return s
}

func TestGatherIsLoop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawIndexing(t)
		g := graph.Build([]graph.Aval{s.x, s.idx}, func(b B, in []V) []V {
			return []V{b.Gather(in[0], in[1], graph.GatherParams{IndexDims: s.IndexDims, Sizes: s.sizes})}
		})
		r := graphtest.Rand(t)
		checkBatches(t, r, g, 3, func() []interp.Tensor { return randomTensors(r, g.In) })
	})
}

func TestScatterIsLoop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawIndexing(t)
		p := graph.ScatterParams{IndexDims: s.IndexDims, Combine: rapid.SampledFrom([]graph.Combine{
			graph.CombineAdd, graph.CombineMul, graph.CombineMin, graph.CombineMax}).Draw(t, "combine")}
		g := graph.Build([]graph.Aval{s.x, s.idx, s.slices}, func(b B, in []V) []V {
			return []V{b.Scatter(in[0], in[1], in[2], p)}
		})
		r := graphtest.Rand(t)
		checkBatches(t, r, g, 3, func() []interp.Tensor { return randomTensors(r, g.In) })
	})
}

func TestDynamicSlicesAreLoops(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shape := rapid.SliceOfN(rapid.IntRange(0, 3), 0, 3).Draw(t, "shape")
		sizes := make([]int, len(shape))
		for i, n := range shape {
			sizes[i] = rapid.IntRange(0, n).Draw(t, "size")
		}
		in := []graph.Aval{{DType: graph.Float32, Shape: shape}, {DType: graph.Float32, Shape: sizes}}
		index := rapid.SampledFrom([]graph.DType{graph.Int8, graph.Int32, graph.Int64, graph.Uint8, graph.Uint64}).Draw(t, "index")
		for range shape {
			in = append(in, graph.Aval{DType: index})
		}
		g := graph.Build(in, func(b B, in []V) []V {
			return []V{b.DynamicSlice(in[0], in[2:], sizes), b.DynamicUpdateSlice(in[0], in[1], in[2:])}
		})
		r := graphtest.Rand(t)
		checkBatches(t, r, g, 3, func() []interp.Tensor { return randomTensors(r, g.In) })
	})
}

// A limit on the index that its type cannot hold is none.
func TestDynamicUpdateSliceOfSmallIndex(t *testing.T) {
	g := graph.Build([]graph.Aval{
		{DType: graph.Float32, Shape: []int{300}}, {DType: graph.Float32, Shape: []int{2}}, {DType: graph.Int8},
	}, func(b B, in []V) []V { return []V{b.DynamicUpdateSlice(in[0], in[1], in[2:])} })
	sample := func(i int64) []interp.Tensor {
		return []interp.Tensor{
			interp.Zeros(g.In[0].Aval), interp.FromFloats(graph.Float32, []float64{1, 2}, 2), interp.FromInts(graph.Int8, []int64{i}),
		}
	}
	checkLoop(t, g, []int{None, None, 0}, [][]interp.Tensor{sample(127), sample(-128), sample(3)}, sample(0))
}
