package graph

import (
	enc "encoding/binary"
	"math"
)

// A Number is an element: C holds floats and complex numbers, I the others (a
// bool is 0 or 1, a uint64 its bits).
type Number struct {
	C complex128
	I int64
}

// Num is x as an element of type d.
func Num(d DType, x float64) Number {
	if d.Differentiable() {
		return Number{C: complex(x, 0)}.Round(d)
	}
	return Number{I: int64(x)}.Round(d)
}

// Round makes n an element of d: floats are rounded to nearest even, integers
// wrap around.
func (n Number) Round(d DType) Number {
	switch d {
	case Bool:
		if n.I != 0 {
			n.I = 1
		}
	case Int8:
		n.I = int64(int8(n.I))
	case Int16:
		n.I = int64(int16(n.I))
	case Int32:
		n.I = int64(int32(n.I))
	case Uint8:
		n.I = int64(uint8(n.I))
	case Uint16:
		n.I = int64(uint16(n.I))
	case Uint32:
		n.I = int64(uint32(n.I))
	case Float16:
		n.C = complex(FromFloat16(ToFloat16(real(n.C))), 0)
	case BFloat16:
		n.C = complex(FromBFloat16(ToBFloat16(real(n.C))), 0)
	case Float32:
		n.C = complex(float64(float32(real(n.C))), 0)
	case Float64:
		n.C = complex(real(n.C), 0)
	case Complex64:
		n.C = complex128(complex64(n.C))
	}
	return n
}

// Bits are the bits of n as an element of d: of its real part, or of the whole,
// and of its imaginary part. Two elements that differ have different bits, 0 and
// -0 among them; all NaNs of one sign have the same.
func (n Number) Bits(d DType) (re, im uint64) {
	switch d {
	case Float16:
		return uint64(ToFloat16(real(n.C))), 0
	case BFloat16:
		return uint64(ToBFloat16(real(n.C))), 0
	case Float32:
		return uint64(math.Float32bits(float32(real(n.C)))), 0
	case Float64:
		return math.Float64bits(real(n.C)), 0
	case Complex64, Complex128:
		re, _ = n.Bits(d.Real())
		im, _ = Number{C: complex(imag(n.C), 0)}.Bits(d.Real())
		return re, im
	}
	return uint64(n.I) & (math.MaxUint64 >> (64 - 8*d.Size())), 0
}

// FromBits is the element of d with these bits.
func FromBits(d DType, re, im uint64) Number {
	switch d {
	case Float16:
		return Number{C: complex(FromFloat16(uint16(re)), 0)}
	case BFloat16:
		return Number{C: complex(FromBFloat16(uint16(re)), 0)}
	case Float32:
		return Number{C: complex(float64(math.Float32frombits(uint32(re))), 0)}
	case Float64:
		return Number{C: complex(math.Float64frombits(re), 0)}
	case Complex64, Complex128:
		x, y := FromBits(d.Real(), re, 0), FromBits(d.Real(), im, 0)
		return Number{C: complex(real(x.C), real(y.C))}
	}
	return Number{I: int64(re)}.Round(d)
}

// Append appends the bytes of n as an element of d, as they are on devices:
// little-endian, the real part first.
func (n Number) Append(buf []byte, d DType) []byte {
	re, im := n.Bits(d)
	if d.IsComplex() {
		return appendBytes(appendBytes(buf, re, d.Size()/2), im, d.Size()/2)
	}
	return appendBytes(buf, re, d.Size())
}

func appendBytes(buf []byte, bits uint64, size int) []byte {
	switch size {
	case 1:
		return append(buf, byte(bits))
	case 2:
		return enc.LittleEndian.AppendUint16(buf, uint16(bits))
	case 4:
		return enc.LittleEndian.AppendUint32(buf, uint32(bits))
	}
	return enc.LittleEndian.AppendUint64(buf, bits)
}

// Decode is the element of d whose bytes data begins with.
func Decode(d DType, data []byte) Number {
	if d.IsComplex() {
		half := d.Size() / 2
		return FromBits(d, readBytes(data, half), readBytes(data[half:], half))
	}
	return FromBits(d, readBytes(data, d.Size()), 0)
}

func readBytes(data []byte, size int) uint64 {
	switch size {
	case 1:
		return uint64(data[0])
	case 2:
		return uint64(enc.LittleEndian.Uint16(data))
	case 4:
		return uint64(enc.LittleEndian.Uint32(data))
	}
	return enc.LittleEndian.Uint64(data)
}

// ToFloat16 rounds x to half precision, to nearest even, and returns its bits.
func ToFloat16(x float64) uint16 { return toSmall(x, 5, 10) }

// FromFloat16 is the value of the bits of a half precision number.
func FromFloat16(h uint16) float64 { return fromSmall(h, 5, 10) }

// ToBFloat16 rounds x to a bfloat16, to nearest even, and returns its bits.
func ToBFloat16(x float64) uint16 { return toSmall(x, 8, 7) }

// FromBFloat16 is the value of the bits of a bfloat16.
func FromBFloat16(h uint16) float64 { return fromSmall(h, 8, 7) }

// toSmall rounds to a 16-bit float with e exponent and m mantissa bits.
func toSmall(x float64, e, m uint) uint16 {
	sign := uint16(math.Float64bits(x) >> 63 << 15)
	a, bias := math.Abs(x), 1<<(e-1)-1
	inf := uint16(1<<e-1) << m
	switch {
	case a != a:
		return sign | inf | 1<<(m-1)
	case a == 0:
		return sign
	case math.IsInf(a, 0):
		return sign | inf
	}
	_, exp := math.Frexp(a) // a = f * 2^exp, f in [1/2, 1)
	exp = max(exp-1, 1-bias)
	q := math.RoundToEven(math.Ldexp(a, int(m)-exp)) // in units of the last place
	// A q of 2^(m+1) carries into the exponent by itself.
	n := int64(q) + int64(exp+bias-1)<<m
	if n >= int64(inf) {
		return sign | inf
	}
	return sign | uint16(n)
}

func fromSmall(h uint16, e, m uint) float64 {
	exp, frac := int(h>>m)&(1<<e-1), float64(h&(1<<m-1))
	bias := 1<<(e-1) - 1
	x := 0.0
	switch {
	case exp == 1<<e-1 && frac != 0:
		return math.NaN()
	case exp == 1<<e-1:
		x = math.Inf(1)
	case exp == 0:
		x = math.Ldexp(frac, 1-bias-int(m))
	default:
		x = math.Ldexp(frac+float64(int(1)<<m), exp-bias-int(m))
	}
	if h>>15 != 0 {
		return -x
	}
	return x
}
