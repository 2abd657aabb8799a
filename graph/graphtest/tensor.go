package graphtest

import (
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/interp"
)

// RandomLike draws an array of aval a: numbers from -1 to 1, small integers,
// bools.
func RandomLike(r *rand.Rand, a graph.Aval) interp.Tensor { return usual(r, a) }

// RandomLikes draws an array for each of avals.
func RandomLikes(r *rand.Rand, avals []graph.Aval) []interp.Tensor {
	out := make([]interp.Tensor, len(avals))
	for i, a := range avals {
		out[i] = usual(r, a)
	}
	return out
}

// Tolerance is the error that some roundings make in numbers near 1.
func Tolerance(d graph.DType) float64 {
	switch d.Real() {
	case graph.Float16:
		return 4e-3
	case graph.BFloat16:
		return 3e-2
	case graph.Float32:
		return 4e-6
	case graph.Float64:
		return 1e-13
	}
	return 0
}

// MaxDiff is the largest difference of elements, relative to them where they
// are larger than 1. Equal infinities differ by nothing, nor do two NaNs;
// arrays of different avals differ infinitely.
func MaxDiff(x, y interp.Tensor) float64 {
	if !x.Equal(y.Aval) || len(x.Data) != len(y.Data) {
		return math.Inf(1)
	}
	most := 0.0
	for i, n := range x.Data {
		most = max(most, diff(x.DType, n, y.Data[i]))
	}
	return most
}

func diff(d graph.DType, x, y graph.Number) float64 {
	switch {
	case !d.Differentiable():
		if x.I != y.I {
			return math.Inf(1)
		}
		return 0
	case d.IsComplex():
		re := diff(d.Real(), graph.Number{C: complex(real(x.C), 0)}, graph.Number{C: complex(real(y.C), 0)})
		im := diff(d.Real(), graph.Number{C: complex(imag(x.C), 0)}, graph.Number{C: complex(imag(y.C), 0)})
		if re == 0 && im == 0 || math.IsInf(re, 1) || math.IsInf(im, 1) {
			return max(re, im)
		}
		return scaled(cmplx.Abs(x.C-y.C), cmplx.Abs(x.C), cmplx.Abs(y.C))
	}
	a, b := real(x.C), real(y.C)
	if a == b || a != a && b != b {
		return 0
	}
	return scaled(math.Abs(a-b), math.Abs(a), math.Abs(b))
}

func scaled(diff, x, y float64) float64 {
	diff /= max(1, min(x, y))
	if diff != diff || math.IsInf(x, 0) != math.IsInf(y, 0) {
		return math.Inf(1)
	}
	return diff
}

// AllClose returns an error that shows the first of the pairs of arrays that
// differ by more than slack times the tolerance of their dtype.
func AllClose(want, got []interp.Tensor, slack float64) error {
	if len(want) != len(got) {
		return fmt.Errorf("%d results, want %d", len(got), len(want))
	}
	for i, w := range want {
		if d := MaxDiff(w, got[i]); d > slack*Tolerance(w.DType) {
			return fmt.Errorf("result %d differs by %.3g:\n got %v\nwant %v", i, d, got[i], w)
		}
	}
	return nil
}

// Same reports whether arrays are equal to the last bit: 0 is not -0, NaNs are
// all one.
func Same(x, y interp.Tensor) bool {
	if !x.Equal(y.Aval) || len(x.Data) != len(y.Data) {
		return false
	}
	same := func(a, b float64) bool {
		return a != a && b != b || math.Float64bits(a) == math.Float64bits(b)
	}
	for i, n := range x.Data {
		m := y.Data[i]
		if n.I != m.I || !same(real(n.C), real(m.C)) || !same(imag(n.C), imag(m.C)) {
			return false
		}
	}
	return true
}

// Dot pairs cotangents with tangents: the real part of the sum of the products,
// without conjugation. Arrays that are neither floats nor complex count for
// nothing.
func Dot(ct, dx []interp.Tensor) float64 {
	sum := 0.0
	for i, x := range ct {
		if x.DType.Differentiable() {
			for j, n := range x.Data {
				sum += real(n.C * dx[i].Data[j].C)
			}
		}
	}
	return sum
}
