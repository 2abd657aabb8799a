package ad

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

func transposeBroadcast(b B, e E, ct V) V {
	x, dims := e.In[0], e.Params.(graph.BroadcastParams).Dims
	axes := graph.Kept(ct.Rank(), dims)
	for i, d := range dims {
		if x.Shape[i] != ct.Shape[d] {
			axes = append(axes, d)
		}
	}
	slices.Sort(axes)
	return b.Reshape(b.ReduceSum(ct, axes...), x.Shape...)
}

func transposeTranspose(b B, e E, ct V) V {
	return b.Transpose(ct, argsort(e.Params.(graph.TransposeParams).Perm)...)
}

// argsort of a permutation is its inverse.
func argsort(xs []int) []int {
	idx := graph.Seq(0, len(xs))
	slices.SortStableFunc(idx, func(i, j int) int { return xs[i] - xs[j] })
	return idx
}

func transposeConcatenate(b B, e E, ct, x []V) []V {
	axis := e.Params.(graph.ConcatenateParams).Axis
	out := make([]V, len(x))
	at := 0
	for i, v := range e.In {
		n := v.Shape[axis]
		if x[i] == nil {
			out[i] = b.SliceAxis(ct[0], axis, at, at+n)
		}
		at += n
	}
	return out
}

// The operand gets the places it went to, the padding value the sum of the
// others.
func transposePad(b B, e E, ct, x []V) []V {
	p := e.Params.(graph.PadParams)
	out := make([]V, 2)
	if x[0] == nil {
		out[0] = unpad(b, ct[0], p)
	}
	if x[1] == nil {
		no, yes := num(b, ct[0], 0), num(b, ct[0], 1)
		padded := b.Ne(b.Pad(b.Zeros(e.In[0].Aval), yes, p), no)
		out[1] = b.ReduceSum(where(b, padded, ct[0]), graph.Seq(0, ct[0].Rank())...)
	}
	return out
}

// unpad takes away what pad with p has added, and gives zeros for what it has
// taken away.
func unpad(b B, y V, p graph.PadParams) V {
	n := len(p.Low)
	back := graph.PadParams{Low: make([]int, n), High: make([]int, n), Interior: make([]int, n)}
	strides := make([]int, n)
	for i := range n {
		back.Low[i], back.High[i], strides[i] = -p.Low[i], -p.High[i], p.Interior[i]+1
	}
	if slices.ContainsFunc(slices.Concat(back.Low, back.High), func(i int) bool { return i != 0 }) {
		y = b.Pad(y, num(b, y, 0), back)
	}
	if slices.ContainsFunc(strides, func(i int) bool { return i != 1 }) {
		y = b.Slice(y, graph.SliceParams{Start: make([]int, n), Limit: slices.Clone(y.Shape), Strides: strides})
	}
	return y
}

func transposeSlice(b B, e E, ct V) V {
	x, p := e.In[0], e.Params.(graph.SliceParams)
	pad := graph.PadParams{Low: p.Start, High: make([]int, x.Rank()), Interior: make([]int, x.Rank())}
	for i, n := range ct.Shape {
		step := p.Stride(i)
		pad.Interior[i] = step - 1
		pad.High[i] = x.Shape[i] - p.Start[i]
		if n > 0 {
			pad.High[i] -= 1 + (n-1)*step
		}
	}
	return b.Pad(ct, num(b, ct, 0), pad)
}

func jvpBarrier(b B, e E, x, dx []V) (y, dy []V) {
	return b.Barrier(x...), unpack(present(dx), b.Barrier(pack(dx)...))
}

func transposeBarrier(b B, e E, ct, x []V) []V {
	return unpack(present(ct), b.Barrier(pack(ct)...))
}

// What is known need not wait for what is not.
func splitBarrier(k B, e E, x []V) (y, res []V, rest func(s B, res, in []V) []V) {
	return unpack(present(x), k.Barrier(pack(x)...)), nil, func(s B, res, in []V) []V {
		return unpack(present(in), s.Barrier(pack(in)...))
	}
}
