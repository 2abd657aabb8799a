package fft_test

import (
	"fmt"
	"testing"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/fft"
	"github.com/jacobi-go/jacobi/internal/jaxtest"
	"github.com/jacobi-go/jacobi/num"
)

type arrays = []*jx.Array

// functions are those of the cases that scripts/gen_linalg.py writes.
var functions = map[string]func(x arrays) arrays{
	"fft":                  one(fft.FFT),
	"ifft":                 one(fft.IFFT),
	"rfft":                 one(fft.RFFT),
	"irfft":                one(fft.IRFFT),
	"hfft":                 one(fft.HFFT),
	"ihfft":                one(fft.IHFFT),
	"fft axis 1":           one(fft.FFT, 1),
	"ifft axis -3":         one(fft.IFFT, -3),
	"rfft axis 1":          one(fft.RFFT, 1),
	"irfft axis 0":         one(fft.IRFFT, 0),
	"fft length 7":         one(fft.With(fft.Length(7)).FFT),
	"fft length 3":         one(fft.With(fft.Length(3)).FFT),
	"rfft length 8":        one(fft.With(fft.Length(8)).RFFT),
	"irfft length 7":       one(fft.With(fft.Length(7)).IRFFT),
	"irfft length 6":       one(fft.With(fft.Length(6)).IRFFT),
	"hfft length 7":        one(fft.With(fft.Length(7)).HFFT),
	"fft2":                 one(fft.FFT2),
	"fft2 axes 2 0":        one(fft.FFT2, 2, 0),
	"ifft2":                one(fft.IFFT2),
	"rfft2":                one(fft.RFFT2),
	"irfft2":               one(fft.IRFFT2),
	"fftn":                 one(fft.FFTN),
	"fftn axes 0 2":        one(fft.FFTN, 0, 2),
	"fftn lengths 2 6":     one(fft.With(fft.Length(2, 6)).FFTN),
	"ifftn":                one(fft.IFFTN),
	"rfftn":                one(fft.RFFTN),
	"rfftn axes 2 1":       one(fft.RFFTN, 2, 1),
	"irfftn":               one(fft.IRFFTN),
	"irfftn axes 2 0":      one(fft.IRFFTN, 2, 0),
	"irfftn lengths 2 6 5": one(fft.With(fft.Length(2, 6, 5)).IRFFTN),
	"fft ortho":            one(fft.With(fft.Ortho()).FFT),
	"ifft ortho":           one(fft.With(fft.Ortho()).IFFT),
	"rfft2 ortho":          one(fft.With(fft.Ortho()).RFFT2),
	"irfftn ortho":         one(fft.With(fft.Ortho()).IRFFTN),
	"hfft ortho":           one(fft.With(fft.Ortho()).HFFT),
	"ihfft ortho":          one(fft.With(fft.Ortho()).IHFFT),
	"fft forward":          one(fft.With(fft.Forward()).FFT),
	"ifft forward":         one(fft.With(fft.Forward()).IFFT),
	"rfft2 forward":        one(fft.With(fft.Forward()).RFFT2),
	"irfftn forward":       one(fft.With(fft.Forward()).IRFFTN),
	"hfft forward":         one(fft.With(fft.Forward()).HFFT),
	"ihfft forward":        one(fft.With(fft.Forward()).IHFFT),
	"fftshift":             one(fft.FFTShift),
	"ifftshift":            one(fft.IFFTShift),
	"fftshift axis 1":      one(fft.FFTShift, 1),
	"spectrum":             func(x arrays) arrays { return arrays{spectrum(x[0])} },
	"convolution":          func(x arrays) arrays { return arrays{convolution(x[0], x[1])} },
}

func init() {
	for _, n := range []int{1, 2, 5, 8} {
		functions[fmt.Sprint("fftfreq ", n)] = func(arrays) arrays { return arrays{fft.FFTFreq(jx.Float32, n, fft.Spacing(0.25))} }
		functions[fmt.Sprint("rfftfreq ", n)] = func(arrays) arrays { return arrays{fft.RFFTFreq(jx.Float32, n, fft.Spacing(0.25))} }
	}
}

func one(f func(x *jx.Array, axes ...int) *jx.Array, axes ...int) func(x arrays) arrays {
	return func(x arrays) arrays { return arrays{f(x[0], axes...)} }
}

func spectrum(x *jx.Array) *jx.Array {
	return num.Sum(num.Mul(num.Square(num.Abs(fft.FFT(x))), jx.From([]float64{0, 1, 2, 3, 4})), -1)
}

func convolution(x, y *jx.Array) *jx.Array {
	return fft.With(fft.Length(5)).IRFFT(num.Mul(fft.RFFT(x), fft.RFFT(y)))
}

func TestLikeJAX(t *testing.T) { jaxtest.Run(t, functions) }
