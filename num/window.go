package num

import (
	"math"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
)

// Windows are of n samples, symmetric; a single sample is 1.

// Hann is 0.5 - 0.5 cos(2 pi i/(n-1)); NumPy calls it hanning. It is a vector
// of n floats of dtype d. A negative n, and a d of other numbers than real
// floats, are errors. It is jax.numpy.hanning.
func Hann(d graph.DType, n int) *array.Array { return cosines("Hann", d, n, 0.5, -0.5) }

// Hamming is 0.54 - 0.46 cos(2 pi i/(n-1)). It is a vector of n floats of dtype
// d. A negative n, and a d of other numbers than real floats, are errors. It is
// jax.numpy.hamming.
func Hamming(d graph.DType, n int) *array.Array { return cosines("Hamming", d, n, 0.54, -0.46) }

// Blackman is 0.42 - 0.5 cos(2 pi i/(n-1)) + 0.08 cos(4 pi i/(n-1)). It is a
// vector of n floats of dtype d. A negative n, and a d of other numbers than
// real floats, are errors. It is jax.numpy.blackman.
func Blackman(d graph.DType, n int) *array.Array { return cosines("Blackman", d, n, 0.42, -0.5, 0.08) }

// Bartlett is a triangle: 1 - |2i/(n-1) - 1|. It is a vector of n floats of
// dtype d. A negative n, and a d of other numbers than real floats, are errors.
// It is jax.numpy.bartlett.
func Bartlett(d graph.DType, n int) *array.Array {
	return window("Bartlett", d, n, func(i float64) float64 { return 1 - math.Abs(2*i-1) })
}

func cosines(op string, d graph.DType, n int, c ...float64) *array.Array {
	return window(op, d, n, func(t float64) float64 {
		y := 0.0
		for k, a := range c {
			y += a * math.Cos(2*math.Pi*float64(k)*t)
		}
		return y
	})
}

// window samples f on [0, 1], on the host: windows are constants.
func window(op string, d graph.DType, n int, f func(t float64) float64) *array.Array {
	checkDims(op, []int{n})
	if !d.IsFloat() {
		panic(graph.Errorf(graph.ErrDType, op, "the samples are floats, not %v", d))
	}
	if n > math.MaxInt32 {
		panic(graph.Errorf(graph.ErrSize, op, "%d samples are too many", n))
	}
	y := make([]float64, n)
	for i := range y {
		y[i] = 1
		if n > 1 {
			y[i] = f(float64(i) / float64(n-1))
		}
	}
	return array.From(y).As(d)
}
