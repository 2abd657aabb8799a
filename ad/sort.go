package ad

import (
	"math"

	"github.com/jacobi-go/jacobi/graph"
)

// Places are sorted along with the operands; tangents are read from there,
// which is linear.
func jvpSort(b B, e E, x, dx []V) (y, dy []V) {
	p := e.Params.(graph.SortParams)
	shape := e.In[0].Shape
	d := graph.Int32
	if shape[p.Axis] > math.MaxInt32 {
		d = graph.Int64
	}
	y = b.Emit(e.Op, p, append(x[:len(x):len(x)], b.Iota(d, shape, p.Axis))...)
	n := len(y) - 1
	dy = make([]V, n)
	for i, t := range dx {
		if t != nil {
			dy[i] = alongAxis(b, t, y[n], p.Axis)
		}
	}
	return y[:n:n], dy
}

// alongAxis reads x at the places idx of one axis, everywhere else at the same
// place.
func alongAxis(b B, x, idx V, axis int) V {
	if x.Size() == 0 {
		return x
	}
	sizes := make([]int, x.Rank())
	for i := range sizes {
		sizes[i] = 1
	}
	rest := graph.Kept(x.Rank(), []int{axis})
	idx = b.Reshape(idx, append(idx.Shape[:idx.Rank():idx.Rank()], 1)...)
	return b.Gather(x, idx, graph.GatherParams{Sizes: sizes, IndexDims: graph.IndexDims{
		Offset: []int{}, Collapsed: []int{axis}, OperandBatch: rest, IndicesBatch: rest, Start: []int{axis},
	}})
}
