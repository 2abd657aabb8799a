package conformance

import (
	"fmt"
	"math"
	"math/cmplx"

	"jacobi/graph"
	"jacobi/graph/interp"
)

// epsilon is the distance from 1 to the next number, and tiny the smallest
// normal number, of the parts of a type.
func epsilon(d graph.DType) float64 {
	return map[graph.DType]float64{graph.Float16: 0x1p-10, graph.BFloat16: 0x1p-7, graph.Float32: 0x1p-23, graph.Float64: 0x1p-52}[d.Real()]
}

func tiny(d graph.DType) float64 {
	return map[graph.DType]float64{graph.Float16: 0x1p-14, graph.BFloat16: 0x1p-126, graph.Float32: 0x1p-126, graph.Float64: 0x1p-1022}[d.Real()]
}

// differ says where got is not want, up to ulps units in the last place, of
// complex numbers in the larger part; integers and bools must be equal. With
// ulps 0 floats must have the same bits, but for NaNs, which are all one, and
// subnormals, which may be flushed to 0.
func differ(in []interp.Tensor, got, want interp.Tensor, ulps float64) error {
	if !got.Equal(want.Aval) {
		return fmt.Errorf("got %v, want %v", got.Aval, want.Aval)
	}
	d, wrong, first, worst := want.DType, 0, "", 0.0
	for i, w := range want.Data {
		g := got.Data[i]
		if d.Differentiable() && near(d, g.C, w.C, ulps) || !d.Differentiable() && g.I == w.I {
			continue
		}
		worst = max(worst, cmplx.Abs(g.C-w.C)/cmplx.Abs(w.C)/epsilon(d))
		if wrong++; wrong <= 6 {
			at := func(t interp.Tensor) string {
				return interp.Tensor{Aval: graph.Aval{DType: t.DType}, Data: t.Data[i : i+1]}.String()
			}
			first += fmt.Sprintf("\n  element %d: got %s, want %s, of", i, at(got), at(want))
			for _, x := range in {
				if x.Size() == want.Size() {
					first += " " + at(x)
				}
			}
		}
	}
	if wrong == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d elements differ by more than %v ulps, the worst by %.3g:%s", wrong, len(want.Data), ulps, worst, first)
}

func near(d graph.DType, got, want complex128, ulps float64) bool {
	slack := ulps * epsilon(d) * cmplx.Abs(want)
	if math.IsNaN(slack) || math.IsInf(slack, 0) {
		slack = 0
	}
	part := func(g, w float64) bool {
		switch {
		case math.IsNaN(w):
			return math.IsNaN(g)
		case math.Abs(w) < tiny(d) && math.Abs(g) < tiny(d):
			return w != 0 || ulps > 0 || g != 0 || math.Signbit(g) == math.Signbit(w)
		}
		return g == w || math.Abs(g-w) <= slack
	}
	return part(real(got), real(want)) && part(imag(got), imag(want))
}

// tolerance is how many ulps an op may be away from JAX. Data movement,
// comparison and correctly rounded arithmetic are exact.
func tolerance(r record) float64 {
	switch op := r.op(); {
	case op == graph.OpSquare, op == graph.OpSqrt && !r.in[0].DType.IsComplex(), op == graph.OpRem, op == graph.OpMax, op == graph.OpMin, op == graph.OpNextAfter:
		return 0
	case op >= graph.OpExp && op <= graph.OpIntegerPow, op == graph.OpPow, op == graph.OpAtan2, op == graph.OpPolygamma:
		return 4
	case op >= graph.OpReduceSum:
		return 4
	case r.in != nil && r.in[0].DType.IsComplex():
		return 4
	default:
		return 0
	}
}
