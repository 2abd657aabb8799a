package interp

import (
	"math"
	"math/bits"
	"math/cmplx"

	"github.com/jacobi-go/jacobi/graph"
)

var elementwiseOps = map[graph.Op]evaluator{
	graph.OpNeg: numeric1(
		func(x int64) int64 { return -x },
		func(x float64) float64 { return -x },
		func(x complex128) complex128 { return -x }),
	graph.OpAbs:    element(abs),
	graph.OpSign:   element(sign),
	graph.OpSquare: numeric1(func(x int64) int64 { return x * x }, func(x float64) float64 { return x * x }, func(x complex128) complex128 { return x * x }),
	graph.OpFloor:  inexact(math.Floor, nil),
	graph.OpCeil:   inexact(math.Ceil, nil),
	graph.OpRound:  element(round),

	graph.OpExp:      inexact(math.Exp, cexp),
	graph.OpExp2:     inexact(math.Exp2, func(z complex128) complex128 { return cexp(z * math.Ln2) }),
	graph.OpExpm1:    inexact(math.Expm1, cexpm1),
	graph.OpLog:      inexact(math.Log, clog),
	graph.OpLog1p:    inexact(math.Log1p, clog1p),
	graph.OpSqrt:     inexact(math.Sqrt, upper(cmplx.Sqrt)),
	graph.OpRsqrt:    inexact(func(x float64) float64 { return 1 / math.Sqrt(x) }, func(z complex128) complex128 { return 1 / cmplx.Sqrt(z) }),
	graph.OpCbrt:     inexact(math.Cbrt, nil),
	graph.OpSin:      inexact(math.Sin, turned(csinh)),
	graph.OpCos:      inexact(math.Cos, func(z complex128) complex128 { return ccosh(timesI(z)) }),
	graph.OpTan:      inexact(math.Tan, turned(ctanh)),
	graph.OpAsin:     inexact(asin, upper(casin)),
	graph.OpAcos:     inexact(acos, upper(cacos)),
	graph.OpAtan:     inexact(math.Atan, turned(catanh)),
	graph.OpSinh:     inexact(math.Sinh, csinh),
	graph.OpCosh:     inexact(math.Cosh, ccosh),
	graph.OpTanh:     inexact(math.Tanh, ctanh),
	graph.OpAsinh:    inexact(math.Asinh, turned(upper(casin))),
	graph.OpAcosh:    inexact(math.Acosh, upper(cacosh)),
	graph.OpAtanh:    inexact(atanh, catanh),
	graph.OpLogistic: inexact(logistic, func(z complex128) complex128 { return 1 / (1 + cexp(-z)) }),
	graph.OpErf:      inexact(math.Erf, nil),
	graph.OpErfc:     inexact(math.Erfc, nil),
	graph.OpErfInv:   inexact(math.Erfinv, nil),
	graph.OpLgamma:   inexact(lgamma, nil),
	graph.OpDigamma:  inexact(digamma, nil),

	graph.OpIntegerPow: element(integerPow),
	graph.OpIsFinite: element(func(_ *graph.Eqn, _ graph.DType, x []graph.Number) graph.Number {
		return truth(!math.IsNaN(real(x[0].C)) && !math.IsInf(real(x[0].C), 0))
	}),
	graph.OpNot: element(func(_ *graph.Eqn, d graph.DType, x []graph.Number) graph.Number {
		if d == graph.Bool {
			return truth(x[0].I == 0)
		}
		return graph.Number{I: ^x[0].I}
	}),
	graph.OpPopulationCount: element(func(_ *graph.Eqn, d graph.DType, x []graph.Number) graph.Number {
		return graph.Number{I: int64(bits.OnesCount64(toBits(d, x[0])))}
	}),
	graph.OpClz: element(func(_ *graph.Eqn, d graph.DType, x []graph.Number) graph.Number {
		return graph.Number{I: int64(8*d.Size() - bits.Len64(toBits(d, x[0])))}
	}),
	graph.OpReal: inexact(nil, func(z complex128) complex128 { return complex(real(z), 0) }),
	graph.OpImag: inexact(nil, func(z complex128) complex128 { return complex(imag(z), 0) }),
	graph.OpConj: inexact(nil, cmplx.Conj),
	graph.OpConvert: element(func(e *graph.Eqn, d graph.DType, x []graph.Number) graph.Number {
		return convert(d, e.Params.(graph.ConvertParams).DType, x[0])
	}),
	graph.OpBitcast: element(func(e *graph.Eqn, d graph.DType, x []graph.Number) graph.Number {
		if d.IsComplex() {
			return x[0] // inferred to be of the same type
		}
		return fromBits(e.Params.(graph.BitcastParams).DType, toBits(d, x[0]))
	}),
	graph.OpReducePrecision: element(reducePrecision),
	graph.OpStopGradient:    element(func(_ *graph.Eqn, _ graph.DType, x []graph.Number) graph.Number { return x[0] }),

	graph.OpAdd: numeric2(
		func(_ graph.DType, x, y int64) int64 { return x + y },
		func(x, y float64) float64 { return x + y },
		func(x, y complex128) complex128 { return x + y }),
	graph.OpSub: numeric2(
		func(_ graph.DType, x, y int64) int64 { return x - y },
		func(x, y float64) float64 { return x - y },
		func(x, y complex128) complex128 { return x - y }),
	graph.OpMul: numeric2(
		func(_ graph.DType, x, y int64) int64 { return x * y },
		func(x, y float64) float64 { return x * y },
		func(x, y complex128) complex128 { return x * y }),
	graph.OpDiv: numeric2(divInt, func(x, y float64) float64 { return x / y }, func(x, y complex128) complex128 { return x / y }),
	graph.OpRem: numeric2(remInt, math.Mod, nil),
	graph.OpPow: numeric2(nil, pow, cpow),
	graph.OpMax: numeric2(maxInt, func(x, y float64) float64 { return max(x, y) }, nil),
	graph.OpMin: numeric2(minInt, func(x, y float64) float64 { return min(x, y) }, nil),

	graph.OpAtan2:     numeric2(nil, math.Atan2, nil),
	graph.OpPolygamma: numeric2(nil, polygamma, nil),
	graph.OpNextAfter: element(nextAfter),
	graph.OpComplex: element(func(_ *graph.Eqn, _ graph.DType, x []graph.Number) graph.Number {
		return graph.Number{C: complex(real(x[0].C), real(x[1].C))}
	}),
	graph.OpAnd:                  numeric2(func(_ graph.DType, x, y int64) int64 { return x & y }, nil, nil),
	graph.OpOr:                   numeric2(func(_ graph.DType, x, y int64) int64 { return x | y }, nil, nil),
	graph.OpXor:                  numeric2(func(_ graph.DType, x, y int64) int64 { return x ^ y }, nil, nil),
	graph.OpShiftLeft:            shift(func(x int64, _ graph.DType, n uint64) int64 { return x << n }),
	graph.OpShiftRightLogical:    shift(func(x int64, d graph.DType, n uint64) int64 { return int64(toBits(d, graph.Number{I: x}) >> n) }),
	graph.OpShiftRightArithmetic: shift(shiftRightArithmetic),

	graph.OpEq: compare(func(x, y graph.Number) bool { return x == y }),
	graph.OpNe: compare(func(x, y graph.Number) bool { return x != y }),
	graph.OpLt: compare(less),
	graph.OpLe: compare(func(x, y graph.Number) bool { return less(x, y) || x == y }),
	graph.OpGt: compare(func(x, y graph.Number) bool { return less(y, x) }),
	graph.OpGe: compare(func(x, y graph.Number) bool { return less(y, x) || x == y }),

	graph.OpSelect: element(func(_ *graph.Eqn, _ graph.DType, x []graph.Number) graph.Number {
		if x[0].I != 0 {
			return x[2]
		}
		return x[1]
	}),
	graph.OpClamp: element(func(_ *graph.Eqn, d graph.DType, x []graph.Number) graph.Number {
		return minimum(d, maximum(d, x[1], x[0]), x[2])
	}),
}

// element applies f to corresponding elements; scalars go with every element.
// f is told the dtype of the last operand.
func element(f func(e *graph.Eqn, d graph.DType, x []graph.Number) graph.Number) evaluator {
	return one(func(e *graph.Eqn, in []Tensor, out Tensor) {
		d := in[len(in)-1].DType
		x := make([]graph.Number, len(in))
		for i := range out.Data {
			for j, t := range in {
				if t.Rank() == 0 {
					x[j] = t.Data[0]
				} else {
					x[j] = t.Data[i]
				}
			}
			out.Data[i] = f(e, d, x)
		}
	})
}

// numeric1 is an op of one number, by the kind of its dtype.
func numeric1(i func(int64) int64, f func(float64) float64, c func(complex128) complex128) evaluator {
	return element(func(_ *graph.Eqn, d graph.DType, x []graph.Number) graph.Number {
		switch {
		case d.IsFloat():
			return graph.Number{C: complex(f(real(x[0].C)), 0)}
		case d.IsComplex():
			return graph.Number{C: c(x[0].C)}
		}
		return graph.Number{I: i(x[0].I)}
	})
}

func inexact(f func(float64) float64, c func(complex128) complex128) evaluator {
	return numeric1(nil, f, c)
}

// numeric2 is an op of two numbers, by the kind of their dtype.
func numeric2(i func(d graph.DType, x, y int64) int64, f func(x, y float64) float64, c func(x, y complex128) complex128) evaluator {
	return element(func(_ *graph.Eqn, d graph.DType, x []graph.Number) graph.Number {
		switch {
		case d.IsFloat():
			return graph.Number{C: complex(f(real(x[0].C), real(x[1].C)), 0)}
		case d.IsComplex():
			return graph.Number{C: c(x[0].C, x[1].C)}
		}
		return graph.Number{I: i(d, x[0].I, x[1].I)}
	})
}

// compare orders uint64s, which are kept as bits, by moving them to the range
// of int64.
func compare(f func(x, y graph.Number) bool) evaluator {
	return element(func(_ *graph.Eqn, d graph.DType, x []graph.Number) graph.Number {
		return truth(f(ordered(d, x[0]), ordered(d, x[1])))
	})
}

func ordered(d graph.DType, n graph.Number) graph.Number {
	if d == graph.Uint64 {
		n.I ^= math.MinInt64
	}
	return n
}

// less is for ordered numbers that are not complex; it is false for a NaN.
func less(x, y graph.Number) bool { return real(x.C) < real(y.C) || x.I < y.I }

func truth(b bool) graph.Number {
	if b {
		return graph.Number{I: 1}
	}
	return graph.Number{}
}

func abs(_ *graph.Eqn, d graph.DType, x []graph.Number) graph.Number {
	switch {
	case d.IsFloat():
		return graph.Number{C: complex(math.Abs(real(x[0].C)), 0)}
	case d.IsComplex():
		return graph.Number{C: complex(cmplx.Abs(x[0].C), 0)}
	case d.IsSigned() && x[0].I < 0:
		return graph.Number{I: -x[0].I}
	}
	return x[0]
}

// sign of a complex number z is z/|z|, by parts; 0 and NaN are their own.
func sign(_ *graph.Eqn, d graph.DType, x []graph.Number) graph.Number {
	switch z := x[0].C; {
	case d.IsFloat():
		if real(z) == 0 || math.IsNaN(real(z)) {
			return x[0]
		}
		return graph.Number{C: complex(math.Copysign(1, real(z)), 0)}
	case d.IsComplex():
		if z == 0 {
			return graph.Number{}
		}
		r := cmplx.Abs(z)
		return graph.Number{C: complex(real(z)/r, imag(z)/r)}
	case d.IsSigned() && x[0].I < 0:
		return graph.Number{I: -1}
	}
	return truth(x[0].I != 0)
}

func round(e *graph.Eqn, _ graph.DType, x []graph.Number) graph.Number {
	f := math.Round
	if e.Params.(graph.RoundParams).ToEven {
		f = math.RoundToEven
	}
	return graph.Number{C: complex(f(real(x[0].C)), 0)}
}

func integerPow(e *graph.Eqn, d graph.DType, x []graph.Number) graph.Number {
	y := e.Params.(graph.IntegerPowParams).Y
	if d.IsFloat() {
		return graph.Number{C: complex(pow(real(x[0].C), float64(y)), 0)}
	}
	if y == 0 {
		return graph.Number{C: 1, I: 1}
	}
	p := x[0] // 1 times a complex x may be another number
	for range max(y, -y) - 1 {
		p.I *= x[0].I
		p.C *= x[0].C
	}
	if d.IsInt() {
		return graph.Number{I: p.I}
	}
	if y < 0 {
		p.C = 1 / p.C
	}
	return graph.Number{C: p.C}
}

// divInt truncates. Nothing traps: x/0 has all bits set.
func divInt(d graph.DType, x, y int64) int64 {
	switch {
	case y == 0:
		return -1
	case d == graph.Uint64:
		return int64(uint64(x) / uint64(y))
	}
	return x / y
}

// remInt has the sign of x; x rem 0 is x.
func remInt(d graph.DType, x, y int64) int64 {
	switch {
	case y == 0:
		return x
	case d == graph.Uint64:
		return int64(uint64(x) % uint64(y))
	}
	return x % y
}

func maxInt(d graph.DType, x, y int64) int64 {
	if less(ordered(d, graph.Number{I: x}), ordered(d, graph.Number{I: y})) {
		return y
	}
	return x
}

func minInt(d graph.DType, x, y int64) int64 {
	if less(ordered(d, graph.Number{I: y}), ordered(d, graph.Number{I: x})) {
		return y
	}
	return x
}

// maximum and minimum are NaN if an operand is.
func maximum(d graph.DType, x, y graph.Number) graph.Number {
	return graph.Number{C: complex(max(real(x.C), real(y.C)), 0), I: maxInt(d, x.I, y.I)}
}

func minimum(d graph.DType, x, y graph.Number) graph.Number {
	return graph.Number{C: complex(min(real(x.C), real(y.C)), 0), I: minInt(d, x.I, y.I)}
}

// shift reads the distance as an unsigned number; Go's shifts by more than
// the width give what StableHLO asks for: zeros, or copies of the sign.
func shift(f func(x int64, d graph.DType, n uint64) int64) evaluator {
	return numeric2(func(d graph.DType, x, y int64) int64 { return f(x, d, toBits(d, graph.Number{I: y})) }, nil, nil)
}

// shiftRightArithmetic copies the top bit, of unsigned numbers too.
func shiftRightArithmetic(x int64, d graph.DType, n uint64) int64 {
	unused := 64 - 8*d.Size()
	return x << unused >> unused >> n
}
