// Package linalg compares packages linalg and fft with JAX.
package linalg

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "jacobi"
	"jacobi/fft"
	"jacobi/linalg"
	"jacobi/num"
)

type arrays = []*jx.Array

// functions are those of the cases that scripts/gen_linalg.py writes.
var functions = map[string]func(x arrays) arrays{
	"fft":                                 one(fft.FFT),
	"ifft":                                one(fft.IFFT),
	"rfft":                                one(fft.RFFT),
	"irfft":                               one(fft.IRFFT),
	"hfft":                                one(fft.HFFT),
	"ihfft":                               one(fft.IHFFT),
	"fft axis 1":                          one(fft.FFT, 1),
	"ifft axis -3":                        one(fft.IFFT, -3),
	"rfft axis 1":                         one(fft.RFFT, 1),
	"irfft axis 0":                        one(fft.IRFFT, 0),
	"fft length 7":                        one(fft.Plan{Lengths: []int{7}}.FFT),
	"fft length 3":                        one(fft.Plan{Lengths: []int{3}}.FFT),
	"rfft length 8":                       one(fft.Plan{Lengths: []int{8}}.RFFT),
	"irfft length 7":                      one(fft.Plan{Lengths: []int{7}}.IRFFT),
	"irfft length 6":                      one(fft.Plan{Lengths: []int{6}}.IRFFT),
	"hfft length 7":                       one(fft.Plan{Lengths: []int{7}}.HFFT),
	"fft2":                                one(fft.FFT2),
	"fft2 axes 2 0":                       one(fft.FFT2, 2, 0),
	"ifft2":                               one(fft.IFFT2),
	"rfft2":                               one(fft.RFFT2),
	"irfft2":                              one(fft.IRFFT2),
	"fftn":                                one(fft.FFTN),
	"fftn axes 0 2":                       one(fft.FFTN, 0, 2),
	"fftn lengths 2 6":                    one(fft.Plan{Lengths: []int{2, 6}}.FFTN),
	"ifftn":                               one(fft.IFFTN),
	"rfftn":                               one(fft.RFFTN),
	"rfftn axes 2 1":                      one(fft.RFFTN, 2, 1),
	"irfftn":                              one(fft.IRFFTN),
	"irfftn axes 2 0":                     one(fft.IRFFTN, 2, 0),
	"irfftn lengths 2 6 5":                one(fft.Plan{Lengths: []int{2, 6, 5}}.IRFFTN),
	"fft ortho":                           one(fft.Plan{Norm: fft.Ortho}.FFT),
	"ifft ortho":                          one(fft.Plan{Norm: fft.Ortho}.IFFT),
	"rfft2 ortho":                         one(fft.Plan{Norm: fft.Ortho}.RFFT2),
	"irfftn ortho":                        one(fft.Plan{Norm: fft.Ortho}.IRFFTN),
	"hfft ortho":                          one(fft.Plan{Norm: fft.Ortho}.HFFT),
	"ihfft ortho":                         one(fft.Plan{Norm: fft.Ortho}.IHFFT),
	"fft forward":                         one(fft.Plan{Norm: fft.Forward}.FFT),
	"ifft forward":                        one(fft.Plan{Norm: fft.Forward}.IFFT),
	"rfft2 forward":                       one(fft.Plan{Norm: fft.Forward}.RFFT2),
	"irfftn forward":                      one(fft.Plan{Norm: fft.Forward}.IRFFTN),
	"hfft forward":                        one(fft.Plan{Norm: fft.Forward}.HFFT),
	"ihfft forward":                       one(fft.Plan{Norm: fft.Forward}.IHFFT),
	"fftshift":                            one(fft.FFTShift),
	"ifftshift":                           one(fft.IFFTShift),
	"fftshift axis 1":                     one(fft.FFTShift, 1),
	"spectrum":                            func(x arrays) arrays { return arrays{spectrum(x[0])} },
	"convolution":                         func(x arrays) arrays { return arrays{convolution(x[0], x[1])} },
	"cholesky":                            func(x arrays) arrays { return arrays{linalg.Cholesky(x[0])} },
	"cholesky_solve":                      two(linalg.CholeskySolve),
	"solve_triangular":                    triangular(),
	"solve":                               two(linalg.Solve),
	"inv":                                 func(x arrays) arrays { return arrays{linalg.Inv(x[0])} },
	"det":                                 func(x arrays) arrays { return arrays{linalg.Det(x[0])} },
	"multi_dot":                           func(x arrays) arrays { return arrays{linalg.MultiDot(x...)} },
	"norm":                                one(linalg.Norm),
	"norm axis 1":                         one(linalg.Norm, 1),
	"norm axes 0 2":                       one(linalg.Norm, 0, 2),
	"solve_triangular upper":              triangular(linalg.Upper),
	"solve_triangular transposed":         triangular(linalg.Transposed),
	"solve_triangular upper adjoint unit": triangular(linalg.Upper, linalg.Adjoint, linalg.UnitDiagonal),
	"slogdet": func(x arrays) arrays {
		sign, log := linalg.SlogDet(x[0])
		return arrays{sign, log}
	},
	"lu": func(x arrays) arrays {
		p, l, u := linalg.LU(x[0])
		return arrays{p, l, u}
	},
}

func init() {
	for _, n := range []int{1, 2, 5, 8} {
		functions[fmt.Sprint("fftfreq ", n)] = func(arrays) arrays { return arrays{fft.FFTFreq(jx.Float32, n, 0.25)} }
		functions[fmt.Sprint("rfftfreq ", n)] = func(arrays) arrays { return arrays{fft.RFFTFreq(jx.Float32, n, 0.25)} }
	}
	for name, p := range map[string]float64{"0": 0, "1": 1, "3": 3, "0.5": 0.5, "inf": math.Inf(1), "-inf": math.Inf(-1)} {
		functions["vector_norm "+name] = func(x arrays) arrays { return arrays{linalg.VectorNorm(x[0], p, -1)} }
	}
	for name, p := range map[string]float64{"1": 1, "-1": -1, "inf": math.Inf(1), "-inf": math.Inf(-1)} {
		functions["matrix_norm "+name] = func(x arrays) arrays { return arrays{linalg.MatrixNorm(x[0], p)} }
	}
	for _, n := range []int{0, 1, 2, 5, -1, -3} {
		functions[fmt.Sprint("matrix_power ", n)] = func(x arrays) arrays { return arrays{linalg.MatrixPower(x[0], n)} }
	}
}

func one(f func(x *jx.Array, axes ...int) *jx.Array, axes ...int) func(x arrays) arrays {
	return func(x arrays) arrays { return arrays{f(x[0], axes...)} }
}

func two(f func(a, y *jx.Array) *jx.Array) func(x arrays) arrays {
	return func(x arrays) arrays { return arrays{f(x[0], x[1])} }
}

func triangular(as ...linalg.Triangular) func(x arrays) arrays {
	return func(x arrays) arrays { return arrays{linalg.SolveTriangular(x[0], x[1], as...)} }
}

func spectrum(x *jx.Array) *jx.Array {
	return num.Sum(num.Mul(num.Square(num.Abs(fft.FFT(x))), jx.From([]float64{0, 1, 2, 3, 4})), -1)
}

func convolution(x, y *jx.Array) *jx.Array {
	return fft.Plan{Lengths: []int{5}}.IRFFT(num.Mul(fft.RFFT(x), fft.RFFT(y)))
}

type testCase struct {
	Name              string
	In, Out, CT, Grad []operand
}

type operand struct{ *jx.Array }

func (o *operand) UnmarshalJSON(text []byte) error {
	var raw struct {
		DType string
		Shape []int
		Data  []string
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		return err
	}
	data := make([]float64, len(raw.Data))
	for i, s := range raw.Data {
		x, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return err
		}
		data[i] = x
	}
	types := map[string]jx.DType{"bool": jx.Bool, "int32": jx.Int32, "float16": jx.Float16, "float32": jx.Float32, "float64": jx.Float64, "complex64": jx.Complex64, "complex128": jx.Complex128}
	d, ok := types[raw.DType]
	if !ok {
		return fmt.Errorf("dtype %q", raw.DType)
	}
	if !d.IsComplex() {
		o.Array = num.Reshape(jx.From(data), raw.Shape...).As(d)
		return nil
	}
	z := make([]complex128, len(data)/2)
	for i := range z {
		z[i] = complex(data[2*i], data[2*i+1])
	}
	o.Array = num.Reshape(jx.From(z), raw.Shape...).As(d)
	return nil
}

func unwrap(os []operand) arrays {
	out := make(arrays, len(os))
	for i, o := range os {
		out[i] = o.Array
	}
	return out
}

func TestLikeJAX(t *testing.T) {
	f, err := os.Open("testdata/cases.json.gz")
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	var cases []testCase
	require.NoError(t, json.NewDecoder(z).Decode(&cases))
	seen := map[string]bool{}
	for i, c := range cases {
		seen[c.Name] = true
		f := functions[c.Name]
		require.NotNil(t, f, "no function %q", c.Name)
		x := unwrap(c.In)
		t.Run(fmt.Sprint(i, " ", c.Name), func(t *testing.T) {
			if c.Grad == nil {
				compare(t, "result", f(x), unwrap(c.Out))
				return
			}
			y, pull := jx.VJP(f, x)
			compare(t, "result", y, unwrap(c.Out))
			compare(t, "gradient", pull(unwrap(c.CT)), unwrap(c.Grad))
		})
	}
	for name := range functions {
		assert.True(t, seen[name], "no case of %q", name)
	}
}

// compare compares elements relative to the largest one of the array.
func compare(t *testing.T, what string, got, want arrays) {
	t.Helper()
	require.Len(t, got, len(want))
	for i, w := range want {
		g := got[i]
		require.Equal(t, w.Shape(), g.Shape(), "%s %d", what, i)
		require.Equal(t, w.DType(), g.DType(), "%s %d", what, i)
		tolerance := map[jx.DType]float64{jx.Float16: 2e-3, jx.Float32: 1e-4, jx.Float64: 1e-11}[w.DType().Real()]
		gs, err := jx.Slice[complex128](g.As(jx.Complex128))
		require.NoError(t, err)
		ws, err := jx.Slice[complex128](w.As(jx.Complex128))
		require.NoError(t, err)
		size := 1.0
		for _, z := range ws {
			if a := math.Hypot(real(z), imag(z)); !math.IsInf(a, 0) {
				size = math.Max(size, a)
			}
		}
		for k, z := range ws {
			if !near(real(gs[k]), real(z), tolerance*size) || !near(imag(gs[k]), imag(z), tolerance*size) {
				assert.Fail(t, "differs from JAX", "%s %d:\n got %v\nwant %v", what, i, g, w)
				break
			}
		}
	}
}

func near(got, want, tolerance float64) bool {
	return got == want || math.IsNaN(got) && math.IsNaN(want) || math.Abs(got-want) <= tolerance
}
