package npformat

import (
	"math"
	"strconv"
	"strings"

	"github.com/jacobi-go/jacobi/graph"
)

// formatter returns how an element is written beside the shown ones of an
// array of type a.
func formatter(a graph.Aval, shown []graph.Number) func(graph.Number) string {
	switch d := a.DType; {
	case d == graph.Bool:
		return func(n graph.Number) string {
			switch {
			case n.I == 0:
				return "False"
			case a.Rank() == 0:
				return "True"
			}
			return " True"
		}
	case d.IsInt():
		width := 0
		for _, n := range shown {
			width = max(width, len(integer(d, n)))
		}
		return func(n graph.Number) string { return padLeft(integer(d, n), width) }
	case d == graph.BFloat16:
		return func(n graph.Number) string { return bfloat16(real(n.C)) }
	case d.IsComplex():
		re, im := make([]float64, len(shown)), make([]float64, len(shown))
		for i, n := range shown {
			re[i], im[i] = real(n.C), imag(n.C)
		}
		r, i := newFloats(d.Real(), re, ""), newFloats(d.Real(), im, "+")
		return func(n graph.Number) string {
			s := i.format(imag(n.C))
			digits := strings.TrimRight(s, " ")
			return r.format(real(n.C)) + digits + "j" + s[len(digits):]
		}
	}
	xs := make([]float64, len(shown))
	for i, n := range shown {
		xs[i] = real(n.C)
	}
	f := newFloats(a.DType, xs, "")
	return func(n graph.Number) string { return f.format(real(n.C)) }
}

func integer(d graph.DType, n graph.Number) string {
	if d == graph.Uint64 {
		return strconv.FormatUint(uint64(n.I), 10)
	}
	return strconv.FormatInt(n.I, 10)
}

func padLeft(s string, width int) string {
	return strings.Repeat(" ", max(0, width-len(s))) + s
}

// floats writes the floats of one array, aligned at their points.
type floats struct {
	dtype       graph.DType
	plus        string // what a positive number begins with
	exponential bool
	digits      int // after the point: exactly, in exponential form, or at most
	expDigits   int // least digits of an exponent
	left, right int // columns before and after the point
}

func newFloats(d graph.DType, xs []float64, plus string) *floats {
	f := &floats{dtype: d, plus: plus, digits: precision}
	var finite []float64
	special := 0 // columns of the non-finite
	for _, x := range xs {
		switch {
		case math.IsNaN(x):
			special = max(special, len("nan"))
		case math.IsInf(x, 0):
			special = max(special, len("inf"))
			if plus != "" || x < 0 {
				special = len("-inf")
			}
		default:
			finite = append(finite, x)
		}
	}
	if plus != "" && special > 0 {
		special = len("+inf") // NumPy leaves room for a sign even beside nan
	}
	f.exponential = exponential(d, finite)
	right, expDigits := 0, 0
	for _, x := range finite {
		var mantissa, exp string
		if f.exponential {
			mantissa, exp, _ = strings.Cut(f.scientific(x, 0, 2), "e")
			expDigits = max(expDigits, len(exp)-1)
		} else {
			mantissa = f.positional(x)
		}
		whole, fraction, _ := strings.Cut(mantissa, ".")
		f.left, right = max(f.left, len(whole)), max(right, len(fraction))
	}
	f.right = right
	if f.exponential {
		f.digits, f.expDigits = right, expDigits
		f.right = expDigits + 2 + right
	}
	if special > 0 {
		f.left = max(f.left, special-f.right-1)
	}
	return f
}

// exponential reports whether numbers are too large, too small or too far
// apart to be written without exponents. Comparisons are in their own type.
func exponential(d graph.DType, finite []float64) bool {
	lo, hi := math.Inf(1), 0.0
	for _, x := range finite {
		if x != 0 {
			lo, hi = min(lo, math.Abs(x)), max(hi, math.Abs(x))
		}
	}
	if hi == 0 {
		return false
	}
	cut := 1e8 // 10 to the decimal digits that every number of the type keeps, or less
	switch d {
	case graph.Float16:
		cut = 1e3
	case graph.Float32:
		cut = 1e6
	}
	round := func(x float64) float64 { return real(graph.Num(d, x).C) }
	return hi >= cut || lo < round(0.0001) || round(hi/lo) > 1000
}

func (f *floats) format(x float64) string {
	switch {
	case math.IsNaN(x):
		return padLeft(f.plus+"nan", f.left+f.right+1)
	case math.IsInf(x, 1):
		return padLeft(f.plus+"inf", f.left+f.right+1)
	case math.IsInf(x, -1):
		return padLeft("-inf", f.left+f.right+1)
	}
	var s string
	if f.exponential {
		s = f.scientific(x, f.digits, f.expDigits)
	} else {
		s = f.positional(x)
	}
	point := strings.IndexByte(s, '.')
	s = strings.Repeat(" ", max(0, f.left-point)) + s
	if !f.exponential {
		s += strings.Repeat(" ", max(0, f.right-(len(s)-strings.IndexByte(s, '.')-1)))
	}
	return s
}

// positional is x without exponent and with no more digits than needed: 2.5, 1. or -0.
func (f *floats) positional(x float64) string {
	s := shortest(f.dtype, x, 'f')
	_, fraction, ok := strings.Cut(s, ".")
	if len(fraction) > f.digits {
		s = strconv.FormatFloat(x, 'f', f.digits, 64)
		s = strings.TrimRight(s, "0")
	} else if !ok {
		s += "."
	}
	return f.sign(x) + s
}

// scientific is x with an exponent and at least least digits after the point: 1.e-05.
func (f *floats) scientific(x float64, least, expDigits int) string {
	s := shortest(f.dtype, x, 'e')
	mantissa, _, _ := strings.Cut(s, "e")
	_, fraction, _ := strings.Cut(mantissa, ".")
	if n := len(fraction); n > f.digits || n < least {
		s = strconv.FormatFloat(x, 'e', min(max(n, least), f.digits), 64)
	}
	mantissa, exp, _ := strings.Cut(s, "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if least == 0 {
		fraction = strings.TrimRight(fraction, "0")
	}
	exp = exp[:1] + strings.Repeat("0", max(0, expDigits-len(exp)+1)) + exp[1:]
	return f.sign(x) + whole + "." + fraction + "e" + exp
}

// sign is what comes before the digits of x, unless they hold a minus.
func (f *floats) sign(x float64) string {
	if math.Signbit(x) {
		return ""
	}
	return f.plus
}
