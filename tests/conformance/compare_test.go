package conformance

import (
	"fmt"
	"math"
	"math/cmplx"
	"slices"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/interp"
)

// epsilon is the distance from 1 to the next number, and tiny the smallest
// normal number, of the parts of a type.
func epsilon(d graph.DType) float64 {
	return map[graph.DType]float64{graph.Float16: 0x1p-10, graph.BFloat16: 0x1p-7, graph.Float32: 0x1p-23, graph.Float64: 0x1p-52}[d.Real()]
}

func tiny(d graph.DType) float64 {
	return map[graph.DType]float64{graph.Float16: 0x1p-14, graph.BFloat16: 0x1p-126, graph.Float32: 0x1p-126, graph.Float64: 0x1p-1022}[d.Real()]
}

// A tolerance is how far an op may be from JAX: so many units in the last
// place of the larger part of the result, or of floor if that is more.
type tolerance struct{ ulps, floor float64 }

// exact is for data movement, comparison, integers, and arithmetic that
// IEEE 754 rounds correctly. Complex products are no such thing, nor is
// division: XLA divides by a scalar by multiplying with its reciprocal.
var exact = tolerance{}

// tolerances say where JAX on XLA's CPU backend is not correctly rounded. What
// is not here is exact for real numbers, and to few ulps for complex ones.
var tolerances = map[graph.Op]tolerance{
	graph.OpExp:   few,
	graph.OpExp2:  {128, 0}, // exp(x log 2) in the type of x: as many ulps as x is large
	graph.OpExpm1: few,
	graph.OpLog:   few, graph.OpLog1p: few,
	graph.OpRsqrt: few, graph.OpCbrt: few,
	graph.OpSin: {24, 0}, graph.OpCos: {24, 0}, graph.OpTan: {24, 0}, // math.Sin of the largest float64s is that far off

	graph.OpAsin: few, graph.OpAcos: few, graph.OpAtan: few,
	graph.OpSinh: {16, 1}, graph.OpCosh: {16, 0}, // exp(x + log 1/2), and for complex numbers a difference of two such
	graph.OpTanh: few, graph.OpAsinh: few, graph.OpAcosh: few, graph.OpAtanh: {32, 0},
	graph.OpLogistic: few,
	graph.OpErf:      few, graph.OpErfInv: few,
	graph.OpErfc:   {24, 0},                                                       // below 1 it is 1 - erf, which is up to 5.4 times as large
	graph.OpLgamma: {16, 1}, graph.OpDigamma: {16, 1}, graph.OpPolygamma: {32, 1}, // series that lose digits at the roots
	graph.OpIntegerPow: few, // products of products
	graph.OpPow:        few, graph.OpAtan2: few,
	graph.OpDiv:       {1, 0},
	graph.OpScatter:   sums,                                                                                         // where slices overlap
	graph.OpReduceSum: sums, graph.OpReduceProd: few, graph.OpCumsum: sums, graph.OpCumprod: few, graph.OpDot: sums, // other orders
	graph.OpCholesky: linalg, graph.OpTriangularSolve: linalg, graph.OpLU: linalg, graph.OpFFT: linalg,
}

var few, sums, linalg = tolerance{4, 0}, tolerance{4, 2}, tolerance{32, 2}

// derivative is for tangents and cotangents, which are compositions of ops; the
// points are of size 1.
var derivative = tolerance{64, 1}

func toleranceOf(r record) tolerance {
	op, d := r.op(), r.out[0].DType
	tol, ok := tolerances[op]
	if p, is := r.g.Eqns[0].Params.(graph.IntegerPowParams); is {
		// n-1 products, rounded half a unit each, complex ones sqrt(5) times that,
		// in two orders or with other fusions.
		tol.ulps = max(tol.ulps, math.Abs(float64(p.Y)))
		if d.IsComplex() {
			tol.ulps *= math.Sqrt(5)
		}
	}
	if !ok && (d.IsComplex() || op == graph.OpAbs && r.in[0].DType.IsComplex()) {
		return few
	}
	if half := d == graph.Float16 || d == graph.BFloat16; half && op.Elementwise() && op != graph.OpExp2 && op != graph.OpIntegerPow {
		tol.ulps = min(tol.ulps, 1) // these are computed in float32
	}
	return tol
}

// betterThanJAX reports whether JAX's derivative of an op is known to be wrong.
func betterThanJAX(r record) bool {
	// JAX has z/|z| constant, which it is for real z only.
	return r.op() == graph.OpSign && r.in[0].DType.IsComplex()
}

// differ says where got is not want, the result of an op on in: integers and
// bools must be equal, and floats have the same bits if tol is exact. NaNs are
// all one. Complex numbers that are not finite must be in the same places, and
// subnormal numbers are as good as 0.
func differ(op graph.Op, in []interp.Tensor, got, want interp.Tensor, tol tolerance) error {
	if !got.Equal(want.Aval) {
		return fmt.Errorf("got %v, want %v", got.Aval, want.Aval)
	}
	wrong, worst, text := 0, 0.0, ""
	for i, w := range want.Data {
		var operands []interp.Tensor
		for _, x := range in {
			switch {
			case x.Size() == want.Size():
				operands = append(operands, element(x, i))
			case x.Size() == 1:
				operands = append(operands, element(x, 0))
			}
		}
		if op.Elementwise() && open(op, operands) {
			continue
		}
		g := got.Data[i]
		if want.DType.Differentiable() && near(want.DType, g.C, w.C, tol) || !want.DType.Differentiable() && g.I == w.I {
			continue
		}
		worst = max(worst, cmplx.Abs(g.C-w.C)/cmplx.Abs(w.C)/epsilon(want.DType))
		if wrong++; wrong <= 5 {
			text += fmt.Sprintf("\n  element %d: got %v, want %v, of %v", i, element(got, i), element(want, i), operands)
		}
	}
	if wrong == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d elements differ, by up to %.3g ulps; allowed are %v:%s", wrong, want.Size(), worst, tol, text)
}

func element(t interp.Tensor, i int) interp.Tensor {
	return interp.Tensor{Aval: graph.Aval{DType: t.DType}, Data: t.Data[i : i+1]}
}

// open reports whether the result of an elementwise op is open: XLA's CPU
// backend takes subnormal operands for 0, and its versions do not agree whether
// digamma is NaN or -inf at 0.
func open(op graph.Op, operands []interp.Tensor) bool {
	return slices.ContainsFunc(operands, subnormal) || op == graph.OpDigamma && operands[0].Data[0].C == 0
}

func subnormal(t interp.Tensor) bool {
	x := math.Abs(real(t.Data[0].C))
	return t.DType.IsFloat() && x != 0 && x < tiny(t.DType)
}

func near(d graph.DType, got, want complex128, tol tolerance) bool {
	if d.IsComplex() && !finite(want) {
		return !finite(got)
	}
	slack := tol.ulps * epsilon(d) * max(tol.floor, cmplx.Abs(want))
	part := func(g, w float64) bool {
		switch {
		case math.IsNaN(w):
			return math.IsNaN(g)
		case math.IsInf(w, 0):
			return g == w
		case g == 0 && w == 0 && tol == exact && !d.IsComplex():
			return math.Signbit(g) == math.Signbit(w)
		}
		return g == w || math.Abs(g-w) <= max(slack, tiny(d))
	}
	return part(real(got), real(want)) && part(imag(got), imag(want))
}

func finite(z complex128) bool { return !cmplx.IsNaN(z) && !cmplx.IsInf(z) }
