package graph

import "math"

// A DType is the type of an array's elements.
type DType uint8

// The element types.
const (
	Bool DType = iota
	Int8
	Int16
	Int32
	Int64
	Uint8
	Uint16
	Uint32
	Uint64
	Float16
	BFloat16
	Float32
	Float64
	Complex64
	Complex128
	NumDTypes
)

var dtypes = [NumDTypes]struct {
	name, short string
	size        int
}{
	Bool: {"bool", "bool", 1},
	Int8: {"int8", "i8", 1}, Int16: {"int16", "i16", 2}, Int32: {"int32", "i32", 4}, Int64: {"int64", "i64", 8},
	Uint8: {"uint8", "u8", 1}, Uint16: {"uint16", "u16", 2}, Uint32: {"uint32", "u32", 4}, Uint64: {"uint64", "u64", 8},
	Float16: {"float16", "f16", 2}, BFloat16: {"bfloat16", "bf16", 2}, Float32: {"float32", "f32", 4}, Float64: {"float64", "f64", 8},
	Complex64: {"complex64", "c64", 8}, Complex128: {"complex128", "c128", 16},
}

// String is NumPy's name: float32.
func (d DType) String() string { return dtypes[d].name }

// Short is the name in a printed graph: f32.
func (d DType) Short() string { return dtypes[d].short }

// Size is the number of bytes of an element.
func (d DType) Size() int { return dtypes[d].size }

func (d DType) IsBool() bool     { return d == Bool }
func (d DType) IsSigned() bool   { return Int8 <= d && d <= Int64 }
func (d DType) IsUnsigned() bool { return Uint8 <= d && d <= Uint64 }
func (d DType) IsInt() bool      { return Int8 <= d && d <= Uint64 }
func (d DType) IsFloat() bool    { return Float16 <= d && d <= Float64 }
func (d DType) IsComplex() bool  { return d == Complex64 || d == Complex128 }

// Differentiable reports whether values of this type have tangents: floats
// and complex numbers do, integers and bools do not.
func (d DType) Differentiable() bool { return d >= Float16 }

// Real is the type of the parts of a complex type; other types are their own.
func (d DType) Real() DType {
	switch d {
	case Complex64:
		return Float32
	case Complex128:
		return Float64
	}
	return d
}

// Complex is the complex type whose parts have type d; half precision widens.
func (d DType) Complex() DType {
	if d == Float64 || d == Complex128 {
		return Complex128
	}
	return Complex64
}

// ParseDType returns the type with the given name, long or short.
func ParseDType(s string) (DType, bool) {
	for d := range NumDTypes {
		if s == d.String() || s == d.Short() {
			return d, true
		}
	}
	return 0, false
}

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
