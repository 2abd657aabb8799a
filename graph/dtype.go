package graph

import (
	"math"
	"strconv"
	"strings"
)

// A DType is the type of an array's elements.
type DType uint8

// The element types. They begin where no size or number of elements does: a
// number that stands in the place of a dtype is none.
const (
	Bool DType = 0xa0 + iota
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
)

// DTypes are all of them.
var DTypes = []DType{Bool, Int8, Int16, Int32, Int64, Uint8, Uint16, Uint32, Uint64, Float16, BFloat16, Float32, Float64, Complex64, Complex128}

// Valid reports whether d is one of them.
func (d DType) Valid() bool { return Bool <= d && d <= Complex128 }

var dtypes = [...]struct {
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
func (d DType) String() string {
	if !d.Valid() {
		return "DType(" + strconv.Itoa(int(d)) + ")"
	}
	return dtypes[d].name
}

// GoString is the constant of package jacobi: jacobi.Float32.
func (d DType) GoString() string {
	s := d.String()
	if d == BFloat16 {
		return "jacobi.BFloat16"
	}
	return "jacobi." + strings.ToUpper(s[:1]) + s[1:]
}

// Short is the name in a printed graph: f32.
func (d DType) Short() string {
	if !d.Valid() {
		return d.String()
	}
	return dtypes[d].short
}

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

// Min and Max are the limits of d: infinities for floats, 0 and 1 for bools. They
// are 0 for complex numbers, which have no order.
func (d DType) Min() Number {
	switch {
	case d.IsFloat():
		return Num(d, math.Inf(-1))
	case d.IsSigned():
		return Number{I: math.MinInt64 >> (64 - 8*d.Size())}
	}
	return Number{}
}

func (d DType) Max() Number {
	switch {
	case d.IsFloat():
		return Num(d, math.Inf(1))
	case d.IsSigned():
		return Number{I: math.MaxInt64 >> (64 - 8*d.Size())}
	case d.IsComplex():
		return Number{}
	}
	return ones(d)
}

// HoldsInt reports whether n is a number of an integer type d, or 0 or 1 of bool.
func (d DType) HoldsInt(n int64) bool {
	return (n >= 0 || d.IsSigned()) && Number{I: n}.Round(d).I == n
}

// HoldsFloat is HoldsInt for a whole number that is a float.
func (d DType) HoldsFloat(f float64) bool {
	switch {
	case d.IsBool():
		return f == 0 || f == 1
	case d.IsUnsigned():
		return 0 <= f && f < math.Ldexp(1, 8*d.Size())
	}
	limit := math.Ldexp(1, 8*d.Size()-1)
	return -limit <= f && f < limit
}

// Clip is n as an element of an integer type d, or the nearest that there is.
func (d DType) Clip(n int) Number {
	switch most := d.Max().I; {
	case n < 0 && d.IsUnsigned():
		return Number{}
	case d == Uint64:
		return Number{I: int64(n)}
	default:
		return Number{I: min(max(int64(n), d.Min().I), most)}
	}
}

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
	for _, d := range DTypes {
		if s == d.String() || s == d.Short() {
			return d, true
		}
	}
	return 0, false
}
