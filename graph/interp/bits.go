package interp

import (
	"math"

	"github.com/jacobi-go/jacobi/graph"
)

// toBits is the representation of an element that is not complex, fromBits the
// element that has it.
func toBits(d graph.DType, n graph.Number) uint64 {
	bits, _ := n.Bits(d)
	return bits
}

func fromBits(d graph.DType, bits uint64) graph.Number { return graph.FromBits(d, bits, 0) }

// mantissa is the number of mantissa bits of a float type.
func mantissa(d graph.DType) int {
	return map[graph.DType]int{graph.Float16: 10, graph.BFloat16: 7, graph.Float32: 23, graph.Float64: 52}[d]
}

// nextAfter steps through the representations, which are ordered like the
// numbers of one sign.
func nextAfter(_ *graph.Eqn, d graph.DType, x []graph.Number) graph.Number {
	from, to := real(x[0].C), real(x[1].C)
	switch {
	case math.IsNaN(from) || math.IsNaN(to):
		return graph.Number{C: complex(math.NaN(), 0)}
	case from == to:
		return x[1]
	case from == 0:
		tiny := fromBits(d, 1)
		return graph.Number{C: complex(math.Copysign(real(tiny.C), to), 0)}
	}
	b := toBits(d, x[0])
	if (to > from) == (from > 0) {
		return fromBits(d, b+1)
	}
	return fromBits(d, b-1)
}

// reducePrecision rounds the mantissa to nearest even in the representation,
// then replaces what is too large by infinity and what is no normal number of
// the small type by zero.
func reducePrecision(e *graph.Eqn, d graph.DType, x []graph.Number) graph.Number {
	p, m := e.Params.(graph.ReducePrecisionParams), mantissa(d)
	if math.IsNaN(real(x[0].C)) {
		return x[0]
	}
	b := toBits(d, x[0])
	sign := b >> (8*d.Size() - 1) << (8*d.Size() - 1)
	b ^= sign
	if drop := m - p.Mantissa; drop > 0 {
		odd := b >> drop & 1
		b = (b + 1<<(drop-1) - 1 + odd) >> drop << drop
	}
	bits := 8*d.Size() - 1 - m // of d's exponent
	if p.Exponent < bits {
		bias, small := 1<<(bits-1)-1, 1<<(p.Exponent-1)-1
		switch exponent := int(b>>m) - bias; {
		case exponent > small:
			b = uint64(1<<bits-1) << m
		case exponent < 1-small:
			b = 0
		}
	}
	return fromBits(d, sign|b)
}

// convert makes an element of one type an element of another. Floats become
// integers by truncation, with what is out of range at its end and NaN as 0;
// integers wrap around; complex numbers lose the imaginary part; what is not
// 0 is true.
func convert(from, to graph.DType, n graph.Number) graph.Number {
	switch {
	case to == graph.Bool:
		return truth(from.Differentiable() && real(n.C) != 0 || n.I != 0)
	case to.IsInt() && from.Differentiable():
		return saturate(to, real(n.C))
	case to.IsInt():
		return n
	case from.Differentiable():
		if !to.IsComplex() {
			n.C = complex(real(n.C), 0)
		}
		return n
	}
	x := float(from, n)
	if to.Real() == graph.Float32 { // rounded once
		x = float64(float32(n.I))
		if from == graph.Uint64 {
			x = float64(float32(uint64(n.I)))
		}
	}
	return graph.Number{C: complex(x, 0)}
}

func saturate(d graph.DType, x float64) graph.Number {
	lo, hi := limits(d)
	switch x = math.Trunc(x); {
	case math.IsNaN(x):
		return graph.Number{}
	case x <= float(d, lo):
		return lo
	case x >= float(d, hi): // in float64 this may be one more than the largest
		return hi
	case d == graph.Uint64:
		return graph.Number{I: int64(uint64(x))}
	}
	return graph.Number{I: int64(x)}
}

// limits are the ends of an ordered type: infinities, of floats.
func limits(d graph.DType) (lo, hi graph.Number) {
	switch ones := int64(math.MaxInt64 >> (64 - 8*d.Size())); {
	case d.IsFloat():
		inf := math.Inf(1)
		return graph.Number{C: complex(-inf, 0)}, graph.Number{C: complex(inf, 0)}
	case d == graph.Bool:
		return graph.Number{}, graph.Number{I: 1}
	case d.IsSigned():
		return graph.Number{I: ^ones}, graph.Number{I: ones}
	}
	return graph.Number{}, graph.Number{I: -1}.Round(d)
}
