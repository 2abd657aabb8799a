// Package fft is jax.numpy.fft: discrete Fourier transforms, along the last
// axis or the axes given, which may be negative and then count from the last.
//
// The transforms take real and complex numbers; integers, bools and half
// precision are computed as float32. Of an axis of n elements x[j], element k of
// the transform is the sum of x[j] exp(-2 pi i j k/n); the inverse has the
// other sign and is divided by n. A Plan changes that, and the lengths.
package fft

import (
	"math"
	"slices"

	"jacobi/array"
	"jacobi/graph"
	"jacobi/internal/ops"
)

type (
	builder = *graph.Builder
	value   = *graph.Value
)

// A Norm says which transforms are divided, by what, for n elements.
type Norm int

const (
	Backward Norm = iota // inverse transforms, by n
	Ortho                // all, by the square root of n: they are unitary
	Forward              // forward transforms, by n
)

// A Plan is how to transform. The functions of the package are the methods of
// the zero Plan.
type Plan struct {
	// Lengths of the transformed axes, each cut or filled up with zeros at its
	// end to that length before; nil takes them as they are. Of RFFT and IRFFT,
	// and their kin, it is the length of the real side: without Lengths, IRFFT
	// makes 2(m-1) elements of m.
	Lengths []int
	Norm    Norm
}

// FFT transforms the last axis, or the axis given.
func FFT(x *array.Array, axis ...int) *array.Array { return Plan{}.FFT(x, axis...) }

// IFFT is the inverse of FFT.
func IFFT(x *array.Array, axis ...int) *array.Array { return Plan{}.IFFT(x, axis...) }

// RFFT transforms real numbers: the n/2+1 elements of FFT that determine the
// others, their conjugates.
func RFFT(x *array.Array, axis ...int) *array.Array { return Plan{}.RFFT(x, axis...) }

// IRFFT is the inverse of RFFT. The result has an even number of elements,
// unless a Plan gives the length.
func IRFFT(x *array.Array, axis ...int) *array.Array { return Plan{}.IRFFT(x, axis...) }

// HFFT is the transform, which is real, of elements of which the first half,
// as given, determines the others, their conjugates.
func HFFT(x *array.Array, axis ...int) *array.Array { return Plan{}.HFFT(x, axis...) }

// IHFFT is the inverse of HFFT.
func IHFFT(x *array.Array, axis ...int) *array.Array { return Plan{}.IHFFT(x, axis...) }

// FFT2 transforms the last two axes, or the two given.
func FFT2(x *array.Array, axes ...int) *array.Array { return Plan{}.FFT2(x, axes...) }

// IFFT2 is the inverse of FFT2.
func IFFT2(x *array.Array, axes ...int) *array.Array { return Plan{}.IFFT2(x, axes...) }

// RFFT2 is RFFT along the last of two axes, then FFT along the other.
func RFFT2(x *array.Array, axes ...int) *array.Array { return Plan{}.RFFT2(x, axes...) }

// IRFFT2 is the inverse of RFFT2.
func IRFFT2(x *array.Array, axes ...int) *array.Array { return Plan{}.IRFFT2(x, axes...) }

// FFTN transforms all axes, or those given.
func FFTN(x *array.Array, axes ...int) *array.Array { return Plan{}.FFTN(x, axes...) }

// IFFTN is the inverse of FFTN.
func IFFTN(x *array.Array, axes ...int) *array.Array { return Plan{}.IFFTN(x, axes...) }

// RFFTN is RFFT along the last of the axes, then FFT along the others.
func RFFTN(x *array.Array, axes ...int) *array.Array { return Plan{}.RFFTN(x, axes...) }

// IRFFTN is the inverse of RFFTN.
func IRFFTN(x *array.Array, axes ...int) *array.Array { return Plan{}.IRFFTN(x, axes...) }

func (p Plan) FFT(x *array.Array, axis ...int) *array.Array {
	return p.along("FFT", graph.FFT, x, 1, axis)
}

func (p Plan) IFFT(x *array.Array, axis ...int) *array.Array {
	return p.along("IFFT", graph.IFFT, x, 1, axis)
}

func (p Plan) RFFT(x *array.Array, axis ...int) *array.Array {
	return p.along("RFFT", graph.RFFT, x, 1, axis)
}

func (p Plan) IRFFT(x *array.Array, axis ...int) *array.Array {
	return p.along("IRFFT", graph.IRFFT, x, 1, axis)
}

func (p Plan) HFFT(x *array.Array, axis ...int) *array.Array {
	p.Norm = Forward - p.Norm // it is a forward transform
	return p.run(transform{"HFFT", graph.IRFFT, true}, x, last("HFFT", x, 1, axis))
}

func (p Plan) IHFFT(x *array.Array, axis ...int) *array.Array {
	p.Norm = Forward - p.Norm
	return p.run(transform{"IHFFT", graph.RFFT, true}, x, last("IHFFT", x, 1, axis))
}

func (p Plan) FFT2(x *array.Array, axes ...int) *array.Array {
	return p.along("FFT2", graph.FFT, x, 2, axes)
}

func (p Plan) IFFT2(x *array.Array, axes ...int) *array.Array {
	return p.along("IFFT2", graph.IFFT, x, 2, axes)
}

func (p Plan) RFFT2(x *array.Array, axes ...int) *array.Array {
	return p.along("RFFT2", graph.RFFT, x, 2, axes)
}

func (p Plan) IRFFT2(x *array.Array, axes ...int) *array.Array {
	return p.along("IRFFT2", graph.IRFFT, x, 2, axes)
}

func (p Plan) FFTN(x *array.Array, axes ...int) *array.Array {
	return p.along("FFTN", graph.FFT, x, 0, axes)
}

func (p Plan) IFFTN(x *array.Array, axes ...int) *array.Array {
	return p.along("IFFTN", graph.IFFT, x, 0, axes)
}

func (p Plan) RFFTN(x *array.Array, axes ...int) *array.Array {
	return p.along("RFFTN", graph.RFFT, x, 0, axes)
}

func (p Plan) IRFFTN(x *array.Array, axes ...int) *array.Array {
	return p.along("IRFFTN", graph.IRFFT, x, 0, axes)
}

// along transforms count axes, any number if that is 0.
func (p Plan) along(op string, kind graph.FFTKind, x *array.Array, count int, axes []int) *array.Array {
	x = array.Of(x)
	if count == 0 {
		count = len(axes)
		if count == 0 {
			count = x.Rank()
			if p.Lengths != nil {
				count = len(p.Lengths)
			}
		}
	}
	return p.run(transform{op, kind, false}, x, last(op, x, count, axes))
}

// last resolves axes: the last count of them if none is given.
func last(op string, x *array.Array, count int, axes []int) []int {
	x = array.Of(x)
	if len(axes) == 0 {
		for i := range count {
			axes = append(axes, i-count)
		}
	}
	if len(axes) != count {
		panic(ops.Mistake(op, []*array.Array{x}, "transforms %d axes, but %v are given", count, axes))
	}
	out := make([]int, count)
	for i, a := range axes {
		out[i] = ops.Axis(op, ops.Aval(x), a)
		if slices.Contains(out[:i], out[i]) {
			panic(ops.Mistake(op, []*array.Array{x}, "axis %d is named twice", a))
		}
	}
	return out
}

// A transform is a function of the package: what computes it, and whether its
// complex side is conjugated.
type transform struct {
	op        string
	kind      graph.FFTKind
	conjugate bool
}

func (p Plan) run(t transform, x *array.Array, axes []int) *array.Array {
	x = array.Of(x)
	d := x.DType().Complex()
	if t.kind == graph.RFFT {
		if x.DType().IsComplex() {
			panic(ops.Mistake(t.op, []*array.Array{x}, "takes real numbers; use FFT for complex ones"))
		}
		d = d.Real()
	}
	lengths := p.lengths(t, x, axes)
	return ops.Apply(ops.JoinAs(d, x), false, func(b builder, in []value) value {
		v := b.Convert(in[0], d)
		for i, a := range axes {
			n := lengths[i]
			if i == len(axes)-1 && t.kind == graph.IRFFT {
				n = n/2 + 1
			}
			v = resized(b, v, a, n)
		}
		if t.conjugate && t.kind == graph.IRFFT {
			v = b.Conj(v)
		}
		v = several(b, v, t.kind, axes, lengths)
		if t.conjugate && t.kind == graph.RFFT {
			v = b.Conj(v)
		}
		if s := p.scale(t.kind, lengths); s != 1 {
			v = b.Mul(v, b.Scalar(v.DType, s))
		}
		return v
	})
}

// lengths are those of the axes on the real side.
func (p Plan) lengths(t transform, x *array.Array, axes []int) []int {
	n := slices.Clone(p.Lengths)
	if n == nil {
		for _, a := range axes {
			n = append(n, x.Dim(a))
		}
		if k := len(n) - 1; k >= 0 && t.kind == graph.IRFFT {
			n[k] = 2 * (n[k] - 1)
		}
	}
	if len(n) != len(axes) {
		panic(ops.Mistake(t.op, []*array.Array{x}, "the plan has %d lengths for %d axes", len(n), len(axes)))
	}
	for i, k := range n {
		if k < 1 {
			panic(ops.Mistake(t.op, []*array.Array{x}, "axis %d would have %d elements; it needs at least one", axes[i], k))
		}
	}
	return n
}

// scale is what to multiply with, where inverse transforms are divided by n.
func (p Plan) scale(kind graph.FFTKind, lengths []int) float64 {
	n := 1.0
	for _, k := range lengths {
		n *= float64(k)
	}
	if kind == graph.IFFT || kind == graph.IRFFT {
		return [...]float64{Backward: 1, Ortho: math.Sqrt(n), Forward: n}[p.Norm]
	}
	return [...]float64{Backward: 1, Ortho: 1 / math.Sqrt(n), Forward: 1 / n}[p.Norm]
}

// resized cuts an axis or fills it up with zeros.
func resized(b builder, v value, axis, n int) value {
	if n <= v.Shape[axis] {
		return b.SliceAxis(v, axis, 0, n)
	}
	none, high := make([]int, v.Rank()), make([]int, v.Rank())
	high[axis] = n - v.Shape[axis]
	return b.Pad(v, b.Scalar(v.DType, 0), graph.PadParams{Low: none, High: high, Interior: none})
}

// several transforms any number of axes, up to three at once. Of real numbers,
// the last axes come first; on the way back, last.
func several(b builder, v value, kind graph.FFTKind, axes, lengths []int) value {
	k := max(0, len(axes)-3)
	rest, restLengths := axes[:k], lengths[:k]
	axes, lengths = axes[k:], lengths[k:]
	if len(axes) == 0 {
		return v
	}
	switch kind {
	case graph.RFFT:
		return several(b, once(b, v, kind, axes, lengths), graph.FFT, rest, restLengths)
	case graph.IRFFT:
		return once(b, several(b, v, graph.IFFT, rest, restLengths), kind, axes, lengths)
	}
	return several(b, once(b, v, kind, axes, lengths), kind, rest, restLengths)
}

// once transforms axes brought to the end.
func once(b builder, v value, kind graph.FFTKind, axes, lengths []int) value {
	perm := append(graph.Kept(v.Rank(), axes), axes...)
	back := make([]int, len(perm))
	for i, a := range perm {
		back[a] = i
	}
	return b.Transpose(b.FFT(b.Transpose(v, perm...), graph.FFTParams{Kind: kind, Lengths: lengths}), back...)
}
