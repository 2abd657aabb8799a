package fft

import (
	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// FrequencyOption says what frequencies are counted in: Spacing.
type FrequencyOption struct{ set func(step *float64) }

// Spacing is the distance of samples, of which one lies in each unit if not
// given. It has no errors. It is d of jax.numpy.fft.fftfreq.
func Spacing(d float64) FrequencyOption {
	return FrequencyOption{func(step *float64) { *step = d }}
}

// FFTFreq lists the frequencies of the elements of FFT of n samples, in cycles
// per unit of the Spacing of the samples, as a vector of n floats of dtype d:
// 0, 1, ..., then the negative ones, over n times the spacing. No samples, and
// a dtype that is not of floats, are errors. It is jax.numpy.fft.fftfreq.
func FFTFreq(d graph.DType, n int, opts ...FrequencyOption) *array.Array {
	return frequencies("FFTFreq", d, n, n, (n+1)/2, opts)
}

// RFFTFreq lists those of the n/2+1 elements of RFFT, none negative, as a
// vector; see FFTFreq. It is jax.numpy.fft.rfftfreq.
func RFFTFreq(d graph.DType, n int, opts ...FrequencyOption) *array.Array {
	return frequencies("RFFTFreq", d, n, n/2+1, n, opts)
}

// frequencies lists the first count of n; those from number negative on are
// negative.
func frequencies(op string, d graph.DType, n, count, negative int, opts []FrequencyOption) *array.Array {
	switch {
	case n < 1:
		panic(graph.Errorf(graph.ErrSize, op, "there are no frequencies of %d samples", n))
	case !d.Differentiable():
		panic(graph.Errorf(graph.ErrDType, op, "frequencies are floats, not %v", d))
	case len(opts) > 1:
		panic(graph.Errorf(graph.ErrOption, op, "Spacing is given twice"))
	}
	step := 1.0
	for _, o := range opts {
		if o.set == nil {
			panic(graph.Errorf(graph.ErrOption, op, "an empty option; it takes Spacing"))
		}
		o.set(&step)
	}
	return ops.Apply(nil, false, func(b builder, _ []value) value {
		k := b.Iota(graph.Int32, []int{count}, 0)
		if negative < count {
			k = b.Select(b.Lt(k, b.Scalar(k.DType, float64(negative))), k, b.Sub(k, b.Scalar(k.DType, float64(n))))
		}
		return b.Div(b.Convert(k, d), b.Scalar(d, float64(n)*step))
	})
}

// FFTShift moves the frequency 0 to the middle of all axes, or of those given.
// Shape and dtype are x's. An axis that x lacks is an error. It is
// jax.numpy.fft.fftshift.
func FFTShift(x *array.Array, axes ...int) *array.Array {
	return shifted("FFTShift", x, axes, func(n int) int { return n - n/2 })
}

// IFFTShift undoes FFTShift; see FFTShift. It is jax.numpy.fft.ifftshift.
func IFFTShift(x *array.Array, axes ...int) *array.Array {
	return shifted("IFFTShift", x, axes, func(n int) int { return n / 2 })
}

// shifted begins every axis at the element that first tells, and goes round.
func shifted(op string, x *array.Array, axes []int, first func(n int) int) *array.Array {
	x = array.Of(x)
	axes = ops.Axes(op, ops.Aval(x), axes)
	return ops.Apply([]*array.Array{x}, x.Weak(), func(b builder, in []value) value {
		v := in[0]
		for _, a := range axes {
			n := v.Shape[a]
			k := first(n)
			v = b.Concatenate(a, b.SliceAxis(v, a, k, n), b.SliceAxis(v, a, 0, k))
		}
		return v
	})
}
