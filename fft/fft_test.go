package fft_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/fft"
	"github.com/jacobi-go/jacobi/internal/jaxtest"
	"github.com/jacobi-go/jacobi/num"
)

var smooth = map[string]func(a *jx.Array) *jx.Array{
	"fft":   func(a *jx.Array) *jx.Array { return jaxtest.Weighted(num.Square(fft.FFT2(a))) },
	"irfft": func(a *jx.Array) *jx.Array { return jaxtest.Weighted(num.Square(fft.IRFFTN(num.Sin(a)))) },
}

func TestDerivatives(t *testing.T) { jaxtest.Derivatives(t, smooth) }

func TestVMap(t *testing.T) { jaxtest.VMap(t, smooth) }

func TestMistakes(t *testing.T) {
	m, v := num.Ones(jx.Float32, 2, 3), num.Ones(jx.Float32, 3)
	for want, f := range map[string]func(){
		"RFFT(c64[3]): takes real numbers; use FFT for complex ones":         func() { fft.RFFT(v.As(jx.Complex64)) },
		"FFT2(f32[2,3]): axis 1 is named twice":                              func() { fft.FFT2(m, 1, 1) },
		"FFT(f32[2,3]): transforms 1 axes, but [0 1] are given":              func() { fft.FFT(m, 0, 1) },
		"FFTN(f32[2,3]): Length has 1 lengths for 2 axes":                    func() { fft.With(fft.Length(2)).FFTN(m, 0, 1) },
		"With: Ortho and Forward exclude each other":                         func() { fft.With(fft.Ortho(), fft.Forward()) },
		"With: Length is given twice":                                        func() { fft.With(fft.Length(1), fft.Length(2)) },
		"With: an empty option":                                              func() { fft.With(fft.Option{}) },
		"Length: no length is given":                                         func() { fft.Length() },
		"FFTFreq: Spacing is given twice":                                    func() { fft.FFTFreq(jx.Float32, 2, fft.Spacing(1), fft.Spacing(2)) },
		"RFFTFreq: an empty option; it takes Spacing":                        func() { fft.RFFTFreq(jx.Float32, 2, fft.FrequencyOption{}) },
		"IRFFT(f32[1]): axis 0 would have 0 elements; it needs at least one": func() { fft.IRFFT(num.Ones(jx.Float32, 1)) },
	} {
		err := jx.Try(f)
		require.Error(t, err, want)
		assert.Contains(t, err.Error(), want)
		assert.Contains(t, err.Error(), "fft_test.go:")
	}
}
