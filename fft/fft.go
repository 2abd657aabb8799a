// Package fft is jax.numpy.fft: discrete Fourier transforms, along the last
// axis or the axes given, which may be negative and then count from the last.
//
// The transforms take real and complex numbers; integers, bools and half
// precision are computed as float32. Of an axis of n elements x[j], element k of
// the transform is the sum of x[j] exp(-2 pi i j k/n); the inverse has the
// other sign and is divided by n. Options of With change that, and the lengths.
//
// The result is complex64, and complex128 of float64 and complex128. Results
// that are real are float32 and float64 in their place.
package fft

import (
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

type (
	builder = *graph.Builder
	value   = *graph.Value
)

// A Plan has the functions of the package with options, which With gives it.
type Plan struct {
	lengths []int
	norm    norm
}

// A norm says which transforms are divided, by what, for n elements.
type norm int

const (
	backward norm = iota // inverse transforms, by n
	ortho                // all, by the square root of n: they are unitary
	forward              // forward transforms, by n
)

// Option changes how the functions of a Plan transform: Length, Ortho and
// Forward.
type Option struct {
	name string
	set  func(*Plan)
}

// With returns the functions of the package, as methods, with options:
// fft.With(fft.Ortho(), fft.Length(16)).FFT(x). An option given twice, and both
// Ortho and Forward, are errors. JAX has no such function: there the options are
// arguments of each.
func With(opts ...Option) Plan {
	var p Plan
	given := map[string]bool{}
	for _, o := range opts {
		switch {
		case o.set == nil:
			panic(graph.Errorf(graph.ErrOption, "With", "an empty option"))
		case given[o.name]:
			panic(graph.Errorf(graph.ErrOption, "With", "%s is given twice", o.name))
		case p.norm != backward && (o.name == "Ortho" || o.name == "Forward"):
			panic(graph.Errorf(graph.ErrOption, "With", "Ortho and Forward exclude each other"))
		}
		given[o.name] = true
		o.set(&p)
	}
	return p
}

// Length is the length of the transformed axis, or of each of several: an axis
// is cut or filled up with zeros at its end to that length before. Of RFFT and
// IRFFT, and their kin, it is the length of the real side; not given, IRFFT
// makes 2(m-1) elements of m. A length below 1, and another number of lengths
// than of axes, are errors. It is n, or s, of jax.numpy.fft's functions.
func Length(n ...int) Option {
	if len(n) == 0 {
		panic(graph.Errorf(graph.ErrOption, "Length", "no length is given"))
	}
	n = slices.Clone(n)
	return Option{"Length", func(p *Plan) { p.lengths = n }}
}

// Ortho divides all transforms by the square root of the number of elements, so
// that they are unitary. It is norm="ortho" of jax.numpy.fft's functions.
func Ortho() Option { return Option{"Ortho", func(p *Plan) { p.norm = ortho }} }

// Forward divides the forward transforms by the number of elements, and the
// inverse ones by nothing. It is norm="forward" of jax.numpy.fft's functions.
func Forward() Option { return Option{"Forward", func(p *Plan) { p.norm = forward }} }

// A transform is a function of the package: how many axes it takes, any number
// if 0; what computes it; and whether the complex side is conjugated, by which
// forward and inverse change places.
type transform struct {
	op        string
	axes      int
	kind      graph.FFTKind
	conjugate bool
}

var (
	fft    = transform{"FFT", 1, graph.FFT, false}
	ifft   = transform{"IFFT", 1, graph.IFFT, false}
	rfft   = transform{"RFFT", 1, graph.RFFT, false}
	irfft  = transform{"IRFFT", 1, graph.IRFFT, false}
	hfft   = transform{"HFFT", 1, graph.IRFFT, true}
	ihfft  = transform{"IHFFT", 1, graph.RFFT, true}
	fft2   = transform{"FFT2", 2, graph.FFT, false}
	ifft2  = transform{"IFFT2", 2, graph.IFFT, false}
	rfft2  = transform{"RFFT2", 2, graph.RFFT, false}
	irfft2 = transform{"IRFFT2", 2, graph.IRFFT, false}
	fftn   = transform{"FFTN", 0, graph.FFT, false}
	ifftn  = transform{"IFFTN", 0, graph.IFFT, false}
	rfftn  = transform{"RFFTN", 0, graph.RFFT, false}
	irfftn = transform{"IRFFTN", 0, graph.IRFFT, false}
)

// FFT transforms the last axis, or the axis given. The result has the shape of
// x and is complex: complex128 of float64 and complex128, else complex64. An
// axis that x lacks, that is given twice or that has no elements, and another
// number of axes than the function takes are errors. It is jax.numpy.fft.fft.
func FFT(x *array.Array, axis ...int) *array.Array { return Plan{}.FFT(x, axis...) }

// IFFT is the inverse of FFT; see FFT. It is jax.numpy.fft.ifft.
func IFFT(x *array.Array, axis ...int) *array.Array { return Plan{}.IFFT(x, axis...) }

// RFFT transforms real numbers, along the last axis or the one given: the n/2+1
// elements of FFT that determine the others, their conjugates. Complex numbers
// are an error; for others see FFT. It is jax.numpy.fft.rfft.
func RFFT(x *array.Array, axis ...int) *array.Array { return Plan{}.RFFT(x, axis...) }

// IRFFT is the inverse of RFFT; for dtypes and errors see FFT. The axis of the
// result, which is real, has an even number of elements, unless Length says
// otherwise. It is jax.numpy.fft.irfft.
func IRFFT(x *array.Array, axis ...int) *array.Array { return Plan{}.IRFFT(x, axis...) }

// HFFT is the transform, which is real, of elements of which the first half, as
// given, determines the others, their conjugates. The axis has 2(m-1) elements
// of m, unless Length says otherwise. For dtypes and errors see FFT. It is
// jax.numpy.fft.hfft.
func HFFT(x *array.Array, axis ...int) *array.Array { return Plan{}.HFFT(x, axis...) }

// IHFFT is the inverse of HFFT; see RFFT. It is jax.numpy.fft.ihfft.
func IHFFT(x *array.Array, axis ...int) *array.Array { return Plan{}.IHFFT(x, axis...) }

// FFT2 transforms the last two axes, or the two given. See FFT. It is
// jax.numpy.fft.fft2.
func FFT2(x *array.Array, axes ...int) *array.Array { return Plan{}.FFT2(x, axes...) }

// IFFT2 is the inverse of FFT2; see FFT. It is jax.numpy.fft.ifft2.
func IFFT2(x *array.Array, axes ...int) *array.Array { return Plan{}.IFFT2(x, axes...) }

// RFFT2 is RFFT along the last of two axes, then FFT along the other. See RFFT.
// It is jax.numpy.fft.rfft2.
func RFFT2(x *array.Array, axes ...int) *array.Array { return Plan{}.RFFT2(x, axes...) }

// IRFFT2 is the inverse of RFFT2; see IRFFT. It is jax.numpy.fft.irfft2.
func IRFFT2(x *array.Array, axes ...int) *array.Array { return Plan{}.IRFFT2(x, axes...) }

// FFTN transforms all axes, or those given. See FFT. It is jax.numpy.fft.fftn.
func FFTN(x *array.Array, axes ...int) *array.Array { return Plan{}.FFTN(x, axes...) }

// IFFTN is the inverse of FFTN; see FFT. It is jax.numpy.fft.ifftn.
func IFFTN(x *array.Array, axes ...int) *array.Array { return Plan{}.IFFTN(x, axes...) }

// RFFTN is RFFT along the last of the axes, then FFT along the others. See
// RFFT. It is jax.numpy.fft.rfftn.
func RFFTN(x *array.Array, axes ...int) *array.Array { return Plan{}.RFFTN(x, axes...) }

// IRFFTN is the inverse of RFFTN; see IRFFT. It is jax.numpy.fft.irfftn.
func IRFFTN(x *array.Array, axes ...int) *array.Array { return Plan{}.IRFFTN(x, axes...) }

// FFT is the function FFT with the options: jax.numpy.fft.fft.
func (p Plan) FFT(x *array.Array, axis ...int) *array.Array { return p.run(fft, x, axis) }

// IFFT is the function IFFT with the options: jax.numpy.fft.ifft.
func (p Plan) IFFT(x *array.Array, axis ...int) *array.Array { return p.run(ifft, x, axis) }

// RFFT is the function RFFT with the options: jax.numpy.fft.rfft.
func (p Plan) RFFT(x *array.Array, axis ...int) *array.Array { return p.run(rfft, x, axis) }

// IRFFT is the function IRFFT with the options: jax.numpy.fft.irfft.
func (p Plan) IRFFT(x *array.Array, axis ...int) *array.Array { return p.run(irfft, x, axis) }

// HFFT is the function HFFT with the options: jax.numpy.fft.hfft.
func (p Plan) HFFT(x *array.Array, axis ...int) *array.Array { return p.run(hfft, x, axis) }

// IHFFT is the function IHFFT with the options: jax.numpy.fft.ihfft.
func (p Plan) IHFFT(x *array.Array, axis ...int) *array.Array { return p.run(ihfft, x, axis) }

// FFT2 is the function FFT2 with the options: jax.numpy.fft.fft2.
func (p Plan) FFT2(x *array.Array, axes ...int) *array.Array { return p.run(fft2, x, axes) }

// IFFT2 is the function IFFT2 with the options: jax.numpy.fft.ifft2.
func (p Plan) IFFT2(x *array.Array, axes ...int) *array.Array { return p.run(ifft2, x, axes) }

// RFFT2 is the function RFFT2 with the options: jax.numpy.fft.rfft2.
func (p Plan) RFFT2(x *array.Array, axes ...int) *array.Array { return p.run(rfft2, x, axes) }

// IRFFT2 is the function IRFFT2 with the options: jax.numpy.fft.irfft2.
func (p Plan) IRFFT2(x *array.Array, axes ...int) *array.Array { return p.run(irfft2, x, axes) }

// FFTN is the function FFTN with the options: jax.numpy.fft.fftn.
func (p Plan) FFTN(x *array.Array, axes ...int) *array.Array { return p.run(fftn, x, axes) }

// IFFTN is the function IFFTN with the options: jax.numpy.fft.ifftn.
func (p Plan) IFFTN(x *array.Array, axes ...int) *array.Array { return p.run(ifftn, x, axes) }

// RFFTN is the function RFFTN with the options: jax.numpy.fft.rfftn.
func (p Plan) RFFTN(x *array.Array, axes ...int) *array.Array { return p.run(rfftn, x, axes) }

// IRFFTN is the function IRFFTN with the options: jax.numpy.fft.irfftn.
func (p Plan) IRFFTN(x *array.Array, axes ...int) *array.Array { return p.run(irfftn, x, axes) }

func (p Plan) run(t transform, x *array.Array, axes []int) *array.Array {
	x = array.Of(x)
	d := x.DType().Complex()
	axes = p.axes(t, x, axes)
	if t.kind == graph.RFFT {
		if x.DType().IsComplex() {
			panic(ops.Mistake(graph.ErrDType, t.op, []*array.Array{x}, "takes real numbers; use FFT for complex ones"))
		}
		d = d.Real()
	}
	lengths := p.sizes(t, x, axes)
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
		if s := p.scale(t, lengths); s != 1 {
			v = b.Mul(v, b.Scalar(v.DType, s))
		}
		return v
	})
}

// axes resolves those to transform: the last if none is given.
func (p Plan) axes(t transform, x *array.Array, axes []int) []int {
	count := t.axes
	switch {
	case count > 0:
	case len(axes) > 0:
		count = len(axes)
	case p.lengths != nil:
		count = len(p.lengths)
	default:
		count = x.Rank()
	}
	if len(axes) == 0 {
		for i := range count {
			axes = append(axes, i-count)
		}
	}
	if len(axes) != count {
		panic(ops.Mistake(graph.ErrAxis, t.op, []*array.Array{x}, "transforms %d axes, but %v are given", count, axes))
	}
	out := make([]int, count)
	for i, a := range axes {
		out[i] = ops.Axis(t.op, ops.Aval(x), a)
		if slices.Contains(out[:i], out[i]) {
			panic(ops.Mistake(graph.ErrAxis, t.op, []*array.Array{x}, "axis %d is named twice", a))
		}
	}
	return out
}

// lengths are those of the axes on the real side.
func (p Plan) sizes(t transform, x *array.Array, axes []int) []int {
	n := slices.Clone(p.lengths)
	if n == nil {
		for _, a := range axes {
			n = append(n, x.Dim(a))
		}
		if k := len(n) - 1; k >= 0 && t.kind == graph.IRFFT {
			n[k] = 2 * (n[k] - 1)
		}
	}
	if len(n) != len(axes) {
		panic(ops.Mistake(graph.ErrOption, t.op, []*array.Array{x}, "Length has %d lengths for %d axes", len(n), len(axes)))
	}
	for i, k := range n {
		if k < 1 {
			panic(ops.Mistake(graph.ErrSize, t.op, []*array.Array{x}, "axis %d would have %d elements; it needs at least one", axes[i], k))
		}
	}
	return n
}

// scale is what to multiply with, where inverse transforms are divided by n.
func (p Plan) scale(t transform, lengths []int) float64 {
	n := 1.0
	for _, k := range lengths {
		n *= float64(k)
	}
	norm := p.norm
	if t.conjugate {
		norm = forward - norm
	}
	if t.kind == graph.IFFT || t.kind == graph.IRFFT {
		return [...]float64{backward: 1, ortho: math.Sqrt(n), forward: n}[norm]
	}
	return [...]float64{backward: 1, ortho: 1 / math.Sqrt(n), forward: 1 / n}[norm]
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
