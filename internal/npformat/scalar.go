package npformat

import (
	"math"
	"strconv"
	"strings"

	"github.com/jacobi-go/jacobi/graph"
)

// appendScalar writes str(x) of a NumPy scalar.
func appendScalar(dst []byte, d graph.DType, n graph.Number) []byte {
	switch {
	case d == graph.Bool:
		return append(dst, formatter(graph.Aval{DType: d}, nil)(n)...)
	case d.IsInt():
		return append(dst, integer(d, n)...)
	case d == graph.BFloat16:
		return append(dst, bfloat16(real(n.C))...)
	case d.IsComplex():
		re, im := real(n.C), imag(n.C)
		if re == 0 && !math.Signbit(re) {
			return append(append(dst, number(d.Real(), im)...), 'j')
		}
		dst = append(append(dst, '('), number(d.Real(), re)...)
		if !math.Signbit(im) || math.IsNaN(im) {
			dst = append(dst, '+')
		}
		return append(append(dst, number(d.Real(), im)...), "j)"...)
	}
	s := number(d, real(n.C))
	if !strings.ContainsAny(s, "en.") { // an exponent, nan or inf, a point
		s += ".0"
	}
	return append(dst, s...)
}

// number is a float by itself, as short as it can be: 1, 0.25, 1e-05.
func number(d graph.DType, x float64) string {
	if s, ok := nonFinite(x); ok {
		return s
	}
	limit := 1e16
	switch d {
	case graph.Float16:
		limit = 1e3
	case graph.Float32:
		limit = 1e6
	}
	if a := math.Abs(x); a == 0 || 1e-4 <= a && a < limit {
		return shortest(d, x, 'f')
	}
	return shortest(d, x, 'e')
}

func nonFinite(x float64) (string, bool) {
	switch {
	case math.IsNaN(x):
		return "nan", true
	case math.IsInf(x, 1):
		return "inf", true
	case math.IsInf(x, -1):
		return "-inf", true
	}
	return "", false
}

// bfloat16 writes 6 digits, C's %g: these numbers have a printer of their own.
func bfloat16(x float64) string {
	if s, ok := nonFinite(x); ok {
		return s
	}
	e := strconv.FormatFloat(x, 'e', 5, 64) // rounds before the form is chosen
	_, exp, _ := strings.Cut(e, "e")
	if n, _ := strconv.Atoi(exp); -4 <= n && n < 6 {
		return trimZeros(strconv.FormatFloat(x, 'f', 5-n, 64))
	}
	mantissa, _, _ := strings.Cut(e, "e")
	return trimZeros(mantissa) + "e" + exp
}

func trimZeros(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// shortest is the shortest decimal that rounds to x and to no other number
// of type d, in strconv's form 'e' or 'f'. Of two equally near it is the even one.
func shortest(d graph.DType, x float64, form byte) string {
	parse := func(s string) float64 {
		y, _ := strconv.ParseFloat(s, 64)
		return real(graph.Num(d, y).C)
	}
	if d == graph.Float16 {
		for digits := range 5 {
			// Above a power of two numbers are further apart, and a tie may fit upwards alone.
			for _, y := range [...]float64{x, math.Nextafter(x, 2*x)} {
				if s := strconv.FormatFloat(y, 'e', digits, 64); parse(s) == x {
					return reform(s, form)
				}
			}
		}
	}
	size := 64
	if d == graph.Float32 {
		size = 32
	}
	s := strconv.FormatFloat(x, 'e', -1, size)
	mantissa, _, _ := strings.Cut(s, "e")
	_, fraction, _ := strings.Cut(mantissa, ".")
	if even := strconv.FormatFloat(x, 'e', len(fraction), 64); parse(even) == x {
		s = even
	}
	return reform(s, form)
}

// reform writes a short decimal with an exponent in the given form.
func reform(s string, form byte) string {
	if form == 'e' {
		return s
	}
	x, _ := strconv.ParseFloat(s, 64) // a double holds the digits of smaller types
	return strconv.FormatFloat(x, form, -1, 64)
}
