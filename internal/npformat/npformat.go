// Package npformat writes arrays as NumPy 2 and JAX do, to the byte.
//
// The rules are those of NumPy's default print options: 8 digits, lines of 75
// columns, and the first and last 3 of every axis of an array of more than
// 1000 elements. Only the elements that are printed are read.
package npformat

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jacobi-go/jacobi/graph"
)

const (
	lineWidth = 75
	threshold = 1000 // arrays of more elements are summarized
	edgeItems = 3    // elements kept at either end of a summarized axis
	precision = 8    // most digits after the point
)

// Print appends str(x) of the array with the given aval, whose i-th element
// in row-major order is at(i): [1.  2.5].
func Print(dst []byte, a graph.Aval, at func(i int) graph.Number) []byte {
	switch {
	case a.Rank() == 0:
		return appendScalar(dst, a.DType, at(0))
	case a.Size() == 0:
		return append(dst, "[]"...)
	}
	return appendArray(dst, a, at, layout{separator: " ", width: lineWidth, hang: 1})
}

// Each appends the array with every element written by text, in columns: to the
// right, or to the left if left is true. A scalar is what text makes of it.
func Each(dst []byte, a graph.Aval, at func(i int) graph.Number, left bool, text func(graph.Number) string) []byte {
	switch {
	case a.Rank() == 0:
		return append(dst, text(at(0))...)
	case a.Size() == 0:
		return append(dst, "[]"...)
	}
	return arrayOf(dst, a, at, layout{separator: " ", width: lineWidth, hang: 1}, func(shown []graph.Number) func(graph.Number) string {
		width := 0
		for _, n := range shown {
			width = max(width, utf8.RuneCountInString(text(n)))
		}
		return func(n graph.Number) string {
			s := text(n)
			room := strings.Repeat(" ", width-utf8.RuneCountInString(s))
			if left {
				return s + room
			}
			return room + s
		}
	})
}

// Repr appends repr(x) of a JAX array: Array([1. , 2.5], dtype=float32), where
// prefix is "Array(". Further lines align with the first element.
func Repr(dst []byte, prefix string, a graph.Aval, at func(i int) graph.Number, weak bool) []byte {
	extra := "dtype=" + a.DType.String()
	if weak {
		extra += ", weak_type=True"
	}
	dst = append(dst, prefix...)
	start := len(dst)
	if a.Size() == 0 {
		dst = append(dst, "[], shape="...)
		dst = appendShape(dst, a.Shape)
	} else {
		// The suffix "," takes a column.
		dst = appendArray(dst, a, at, layout{separator: ", ", width: lineWidth - 1, hang: 1 + len(prefix)})
	}
	// JAX counts one column too many, and sets off a dtype that does not fit
	// by spaces alone.
	body := dst[start:]
	last := len(body) - bytes.LastIndexByte(body, '\n') + 1
	dst = append(dst, ',')
	if last+len(extra)+2 > lineWidth {
		dst = appendSpaces(dst, len(prefix))
	} else {
		dst = append(dst, ' ')
	}
	dst = append(dst, extra...)
	return append(dst, ')')
}

// appendShape writes a Python tuple: (0,), (0, 3).
func appendShape(dst []byte, shape []int) []byte {
	dst = append(dst, '(')
	for i, d := range shape {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = strconv.AppendInt(dst, int64(d), 10)
	}
	if len(shape) == 1 {
		dst = append(dst, ',')
	}
	return append(dst, ')')
}

func appendSpaces(dst []byte, n int) []byte {
	for range n {
		dst = append(dst, ' ')
	}
	return dst
}

// A layout says how elements are set in lines.
type layout struct {
	separator string
	width     int // columns
	hang      int // indent of the lines after the first, without brackets
}

// appendArray writes a nonempty array.
func appendArray(dst []byte, a graph.Aval, at func(i int) graph.Number, l layout) []byte {
	return arrayOf(dst, a, at, l, func(shown []graph.Number) func(graph.Number) string { return formatter(a, shown) })
}

// arrayOf writes a nonempty array, each element as format says beside the
// others that are shown.
func arrayOf(dst []byte, a graph.Aval, at func(i int) graph.Number, l layout, format func(shown []graph.Number) func(graph.Number) string) []byte {
	summary := a.Size() > threshold
	p := printer{layout: l, shape: a.Shape, at: at, summary: summary}
	p.strides = make([]int, a.Rank())
	for i, stride := a.Rank()-1, 1; i >= 0; i-- {
		p.strides[i] = stride
		stride *= a.Shape[i]
	}
	var shown []graph.Number
	p.visit(0, 0, func(i int) { shown = append(shown, at(i)) })
	p.element = format(shown)
	return append(dst, p.text(0, 0, l.hang, l.width)...)
}

type printer struct {
	layout
	shape, strides []int
	at             func(i int) graph.Number
	element        func(graph.Number) string
	summary        bool
}

// indices calls f with the printed indices of an axis, and with -1 where
// elements are left out.
func (p *printer) indices(axis int, f func(i int)) {
	n := p.shape[axis]
	cut := p.summary && n > 2*edgeItems
	for i := 0; i < n; i++ {
		if cut && i == edgeItems {
			f(-1)
			i = n - edgeItems
		}
		f(i)
	}
}

// visit calls f with the offset of every printed element.
func (p *printer) visit(axis, offset int, f func(offset int)) {
	if axis == len(p.shape) {
		f(offset)
		return
	}
	p.indices(axis, func(i int) {
		if i >= 0 {
			p.visit(axis+1, offset+i*p.strides[axis], f)
		}
	})
}

// text is the part of the array below the indices that led to axis and
// offset, for lines that hang by hang columns and end at width.
func (p *printer) text(axis, offset, hang, width int) []byte {
	switch left := len(p.shape) - axis; {
	case left == 0:
		return []byte(p.element(p.at(offset)))
	case left > 1:
		return p.rows(axis, offset, hang, width)
	}
	out, column := []byte{'['}, hang
	width -= len("]") // or the separator less its space, which is as wide
	first := true
	p.indices(axis, func(i int) {
		word := "..."
		if i >= 0 {
			word = p.element(p.at(offset + i*p.strides[axis]))
		}
		if !first {
			out = append(out, p.separator...)
			column += len(p.separator)
		}
		first = false
		if column+len(word) > width && column > hang {
			out = append(bytes.TrimRight(out, " "), '\n')
			out = appendSpaces(out, hang)
			column = hang
		}
		out = append(out, word...)
		column += len(word)
	})
	return append(out, ']')
}

// rows is text for an axis that is not the last: the parts below it, each on
// lines of its own, with blank lines between those of higher rank.
func (p *printer) rows(axis, offset, hang, width int) []byte {
	out := []byte{'['}
	first := true
	p.indices(axis, func(i int) {
		if !first {
			out = append(out, bytes.TrimRight([]byte(p.separator), " ")...)
			for range len(p.shape) - axis - 1 {
				out = append(out, '\n')
			}
			out = appendSpaces(out, hang)
		}
		first = false
		if i < 0 {
			out = append(out, "..."...)
		} else {
			out = append(out, p.text(axis+1, offset+i*p.strides[axis], hang+1, width-1)...)
		}
	})
	return append(out, ']')
}
