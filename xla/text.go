package xla

import (
	"strconv"

	"github.com/jacobi-go/jacobi/graph"
)

// This file writes the pieces that operations are made of.

func (m *emitter) text(parts ...string) {
	for _, s := range parts {
		m.buf = append(m.buf, s...)
	}
}

func (m *emitter) int(n int) { m.buf = strconv.AppendInt(m.buf, int64(n), 10) }

// comma goes before all elements of a list but the first.
func (m *emitter) comma(i int) {
	if i > 0 {
		m.buf = append(m.buf, ", "...)
	}
}

// lead goes before all elements of a list: first before the first.
func (m *emitter) lead(i int, first string) {
	if i > 0 {
		first = ", "
	}
	m.buf = append(m.buf, first...)
}

// list writes what comes before it and [1, 2, 3].
func (m *emitter) list(before string, xs []int) {
	m.text(before, "[")
	m.elements(xs)
	m.buf = append(m.buf, ']')
}

func (m *emitter) elements(xs []int) {
	for i, x := range xs {
		m.comma(i)
		m.int(x)
	}
}

// array writes array<i64: 1, 2, 3>.
func (m *emitter) array(before string, xs []int) {
	m.text(before, "array<i64")
	if len(xs) > 0 {
		m.text(": ")
	}
	m.elements(xs)
	m.buf = append(m.buf, '>')
}

var elementTypes = [...]string{
	graph.Bool: "i1",
	graph.Int8: "i8", graph.Int16: "i16", graph.Int32: "i32", graph.Int64: "i64",
	graph.Uint8: "ui8", graph.Uint16: "ui16", graph.Uint32: "ui32", graph.Uint64: "ui64",
	graph.Float16: "f16", graph.BFloat16: "bf16", graph.Float32: "f32", graph.Float64: "f64",
	graph.Complex64: "complex<f32>", graph.Complex128: "complex<f64>",
}

// typ writes tensor<3x4xf32>.
func (m *emitter) typ(a graph.Aval) { m.buf = appendType(m.buf, a) }

func appendType(buf []byte, a graph.Aval) []byte {
	buf = append(buf, "tensor<"...)
	for _, n := range a.Shape {
		buf = append(strconv.AppendInt(buf, int64(n), 10), 'x')
	}
	return append(append(buf, elementTypes[a.DType]...), '>')
}

func (m *emitter) use(x id) {
	if x < 0 {
		m.buf = append(m.buf, "%arg"...)
		x = ^x
	} else {
		m.buf = append(m.buf, '%')
	}
	m.buf = strconv.AppendInt(m.buf, int64(x), 10)
}

func (m *emitter) uses(xs ...id) {
	for i, x := range xs {
		m.comma(i)
		m.use(x)
	}
}

func truth(x bool) string {
	if x {
		return "true"
	}
	return "false"
}

// fresh names a value.
func (f *function) fresh() id {
	f.next++
	return f.next - 1
}

// begin writes "%7 = op %1, %2" and returns %7.
func (f *function) begin(op string, in ...id) id {
	r := f.fresh()
	f.buf = append(f.buf, f.indent...)
	f.use(r)
	f.buf = append(f.buf, " = "...)
	f.buf = append(f.buf, op...)
	if len(in) > 0 {
		f.buf = append(f.buf, ' ')
		f.uses(in...)
	}
	return r
}

// end ends an operation.
func (f *function) end() {
	f.buf = append(f.buf, f.loc...)
	f.buf = append(f.buf, '\n')
}

// endType ends it with the one type of operands and result.
func (f *function) endType(a graph.Aval) {
	f.buf = append(f.buf, " : "...)
	f.typ(a)
	f.end()
}

// endTypes ends it with (operands) -> result.
func (f *function) endTypes(out graph.Aval, in ...graph.Aval) {
	f.buf = append(f.buf, " : ("...)
	for i, a := range in {
		f.comma(i)
		f.typ(a)
	}
	f.buf = append(f.buf, ") -> "...)
	f.typ(out)
	f.end()
}

// endEqn is endTypes for the operands and the result of e.
func (f *function) endEqn(e *graph.Eqn) {
	f.buf = append(f.buf, " : ("...)
	f.types(e.In)
	f.buf = append(f.buf, ") -> "...)
	f.typ(e.Out[0].Aval)
	f.end()
}

// endCall ends an operation of several results with (operands) -> (results).
func (f *function) endCall(in, out []graph.Aval) {
	for i, as := range [][]graph.Aval{in, out} {
		f.text([...]string{" : (", ") -> ("}[i])
		for j, a := range as {
			f.comma(j)
			f.typ(a)
		}
	}
	f.text(")")
	f.end()
}

// simple writes an operation on operands of the type of its result.
func (f *function) simple(op string, a graph.Aval, in ...id) id {
	r := f.begin(op, in...)
	f.endType(a)
	return r
}

// compared is x compared with y, both of aval a.
func (f *function) compared(direction string, a graph.Aval, x, y id) id {
	r := f.begin("stablehlo.compare")
	f.text(" ", direction, ", ")
	f.uses(x, y)
	switch d := a.DType; {
	case d.Differentiable():
		f.text(", FLOAT")
	case d.IsSigned():
		f.text(", SIGNED")
	default:
		f.text(", UNSIGNED")
	}
	f.endTypes(a.With(graph.Bool), a, a)
	return r
}

// selected is x where p holds, y elsewhere, both of aval a.
func (f *function) selected(p id, pred graph.Aval, x, y id, a graph.Aval) id {
	r := f.begin("stablehlo.select", p, x, y)
	f.text(" : ")
	f.typ(pred)
	f.text(", ")
	f.typ(a)
	f.end()
	return r
}

// A scalar is a rank-0 constant, told from others by its bits.
type scalar struct {
	d      graph.DType
	re, im uint64
}

// constant is a rank-0 constant.
func (f *function) constant(d graph.DType, n graph.Number) id {
	re, im := n.Bits(d)
	key := scalar{d, re, im}
	if x, ok := f.scalars[key]; ok {
		return x
	}
	x := f.begin("stablehlo.constant")
	f.text(" dense<")
	f.buf = appendElement(f.buf, d, n)
	f.text(">")
	f.endType(graph.Aval{DType: d})
	if f.scalars == nil {
		f.scalars = map[scalar]id{}
	}
	f.scalars[key] = x
	return x
}

// appendElement writes an element of type d. Floats are written as their
// bits, for decimals would have to be printed and read back exactly.
func appendElement(buf []byte, d graph.DType, n graph.Number) []byte {
	switch {
	case d == graph.Bool:
		return strconv.AppendBool(buf, n.I != 0)
	case d.IsUnsigned():
		return strconv.AppendUint(buf, uint64(n.I), 10)
	case d.IsSigned():
		return strconv.AppendInt(buf, n.I, 10)
	}
	re, im := n.Bits(d)
	if !d.IsComplex() {
		return appendBits(buf, re, d.Size())
	}
	buf = appendBits(append(buf, '('), re, d.Size()/2)
	return append(appendBits(append(buf, ", "...), im, d.Size()/2), ')')
}

// appendBits writes size bytes.
func appendBits(buf []byte, bits uint64, size int) []byte {
	buf = append(buf, "0x"...)
	for shift := 8*size - 4; shift >= 0; shift -= 4 {
		buf = append(buf, "0123456789ABCDEF"[bits>>shift&15])
	}
	return buf
}

// A broadcast of a scalar is written once per function and shape.
type broadcast struct {
	x     id
	shape int
}

// spread is the scalar x in every place of a.
func (f *function) spread(x id, a graph.Aval) id {
	if a.Rank() == 0 {
		return x
	}
	f.key = f.key[:0]
	for _, n := range a.Shape {
		f.key = append(strconv.AppendInt(f.key, int64(n), 36), ' ')
	}
	shape, ok := f.shapes[string(f.key)]
	if !ok {
		if f.shapes == nil {
			f.shapes = map[string]int{}
		}
		shape = len(f.shapes)
		f.shapes[string(f.key)] = shape
	}
	r, ok := f.broadcasts[broadcast{x, shape}]
	if !ok {
		r = f.begin("stablehlo.broadcast_in_dim", x)
		f.text(", dims = []")
		f.endTypes(a, graph.Aval{DType: a.DType})
		if f.broadcasts == nil {
			f.broadcasts = map[broadcast]id{}
		}
		f.broadcasts[broadcast{x, shape}] = r
	}
	return r
}
