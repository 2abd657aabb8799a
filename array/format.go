package array

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/npformat"
)

// String prints as NumPy's print does. An array without elements to print says
// why: a staged one prints its type, as does one that is closed or failed.
func (x *Array) String() string {
	text, _ := x.text(func(at func(i int) graph.Number) []byte { return npformat.Print(nil, x.aval(), at) })
	return text
}

// GoString is repr: Array([2., 0.], dtype=float32).
func (x *Array) GoString() string {
	text, _ := x.text(func(at func(i int) graph.Number) []byte {
		return npformat.Repr(nil, "Array(", x.aval(), at, x.Weak())
	})
	return text
}

// Format is what package fmt calls. %v and %s print String, and %#v GoString.
// Other verbs, and %v with a width or precision, are those of each element, as
// the Go value that it is, in columns and in NumPy's brackets: %.3f prints
// [0.500 1.000]. Verbs that do not suit are written as fmt writes them. The
// elements of large arrays are left out as String does.
func (x *Array) Format(s fmt.State, verb rune) {
	columns, wide := s.Width()
	_, precise := s.Precision()
	text, ok := "", true
	switch {
	case verb == 'v' && s.Flag('#'):
		text = x.GoString()
	case verb == 's', verb == 'v' && !wide && !precise:
		text = x.String()
		ok = false
	default:
		text, ok = x.text(func(at func(i int) graph.Number) []byte {
			directive, d := fmt.FormatString(s, verb), x.DType()
			return npformat.Each(nil, x.aval(), at, s.Flag('-'), func(n graph.Number) string {
				return element(directive, d, n)
			})
		})
	}
	if !ok && s.Flag('-') {
		text = fmt.Sprintf("%-*s", columns, text)
	} else if !ok {
		text = fmt.Sprintf("%*s", columns, text)
	}
	fmt.Fprint(s, text)
}

// element is an element as fmt writes the Go value of its dtype.
func element(directive string, d graph.DType, n graph.Number) string {
	text := fmt.Sprintf(directive, value(d, n))
	if d.Size() == 2 && d.IsFloat() { // Go has no such type
		text = strings.Replace(text, "(float32=", "("+d.String()+"=", 1)
	}
	return text
}

// value is a number as the Go value of a dtype; a half is a float32.
func value(d graph.DType, n graph.Number) any {
	switch d {
	case graph.Bool:
		return n.I != 0
	case graph.Int8:
		return int8(n.I)
	case graph.Int16:
		return int16(n.I)
	case graph.Int32:
		return int32(n.I)
	case graph.Int64:
		return n.I
	case graph.Uint8:
		return uint8(n.I)
	case graph.Uint16:
		return uint16(n.I)
	case graph.Uint32:
		return uint32(n.I)
	case graph.Uint64:
		return uint64(n.I)
	case graph.Float64:
		return real(n.C)
	case graph.Complex64:
		return complex64(n.C)
	case graph.Complex128:
		return n.C
	}
	return float32(real(n.C))
}

// text is what print makes of the elements, or else what the array is, and
// false. It does not panic: whoever prints is looking for a mistake already.
func (x *Array) text(print func(at func(i int) graph.Number) []byte) (string, bool) {
	if x == nil {
		return "nil", false
	}
	if x.t().Empty() {
		return "Array<>(a zero Array holds nothing)", false
	}
	if x.t().Abstract() {
		return "Abstract<" + x.aval().String() + ">", false
	}
	if x.t().Staged() {
		return "Traced<" + x.aval().String() + ">", false
	}
	var out []byte
	var err error
	if e := graph.Try(func() { err = x.t().Numbers("String", func(at func(i int) graph.Number) { out = print(at) }) }); e != nil {
		err = e
	}
	if err != nil {
		why := err.Error()
		var mistake *graph.Error
		if errors.As(err, &mistake) {
			why = mistake.Msg
		}
		return "Array<" + x.aval().String() + ">(" + why + ")", false
	}
	return string(out), true
}
