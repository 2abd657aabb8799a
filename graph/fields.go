package graph

import (
	enc "encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A fieldKind is a field of params of some type: how it goes into a key, how it
// is printed and how it is read. A kind that is left out of the text where it
// has its usual value is optional as well, one that holds graphs a holder.
type fieldKind interface {
	key(buf []byte) []byte  // appends bytes that tell the value from all others, and where they end
	text(buf []byte) []byte // appends the value as printed
	parse(s string) error   // reads what text wrote
}

type optional interface {
	absent() bool        // not to be printed
	setAbsent(of []Aval) // the value it has if it is not printed, in an equation with such results
}

type holder interface {
	graphs() []*Graph
	set(gs []*Graph) // as many as there are; where a text is read, as many as it has
	many() bool      // printed as a list
}

// notPrinted is part of the kinds that go into keys only.
type notPrinted struct{}

func (notPrinted) text(buf []byte) []byte { return buf }
func (notPrinted) parse(string) error     { return nil }
func (notPrinted) absent() bool           { return true }
func (notPrinted) setAbsent([]Aval)       {}

type intField struct{ x *int }

func (f intField) key(buf []byte) []byte  { return enc.AppendVarint(buf, int64(*f.x)) }
func (f intField) text(buf []byte) []byte { return strconv.AppendInt(buf, int64(*f.x), 10) }
func (f intField) parse(s string) (err error) {
	*f.x, err = atoi(s)
	return err
}

// A countField is an int, not negative.
type countField struct{ intField }

func (f countField) parse(s string) error {
	if err := f.intField.parse(s); err != nil || *f.x >= 0 {
		return err
	}
	return fmt.Errorf("%s is no count", s)
}

// A someField is an int that is not printed if it is 0.
type someField struct{ intField }

func (f someField) absent() bool     { return *f.x == 0 }
func (f someField) setAbsent([]Aval) { *f.x = 0 }

type boolField struct{ x *bool }

func (f boolField) key(buf []byte) []byte { return append(buf, byte(b2i(*f.x))) }
func (f boolField) text(buf []byte) []byte {
	if *f.x {
		return append(buf, "True"...)
	}
	return append(buf, "False"...)
}
func (f boolField) parse(s string) error {
	if *f.x = s == "True"; !*f.x && s != "False" {
		return fmt.Errorf("%q is neither True nor False", s)
	}
	return nil
}

// A stringField is quoted if it could not be read otherwise.
// An ifTrueField is a bool that is not printed if it is false.
type ifTrueField struct{ boolField }

func (f ifTrueField) absent() bool     { return !*f.x }
func (f ifTrueField) setAbsent([]Aval) { *f.x = false }

type stringField struct{ x *string }

func (f stringField) key(buf []byte) []byte { return appendString(buf, *f.x) }
func (f stringField) text(buf []byte) []byte {
	if strings.ContainsAny(*f.x, "\"'()[]{}=,;` \t\n\r") || *f.x == "" {
		return strconv.AppendQuote(buf, *f.x)
	}
	return append(buf, *f.x...)
}
func (f stringField) parse(s string) error {
	*f.x = s
	if s, err := strconv.Unquote(s); err == nil {
		*f.x = s
	}
	return nil
}

func appendString(buf []byte, s string) []byte {
	return append(enc.AppendUvarint(buf, uint64(len(s))), s...)
}

type dtypeField struct{ x *DType }

func (f dtypeField) key(buf []byte) []byte  { return append(buf, byte(*f.x)) }
func (f dtypeField) text(buf []byte) []byte { return append(buf, f.x.String()...) }
func (f dtypeField) parse(s string) error {
	d, ok := ParseDType(s)
	if !ok {
		return fmt.Errorf("%q is no dtype", s)
	}
	*f.x = d
	return nil
}

// An enumField is one of the values 0, 1, ..., which have names.
type enumField[T ~uint8 | ~int] struct {
	x     *T
	names []string
	what  string // what the names are of
}

func (f enumField[T]) key(buf []byte) []byte  { return append(buf, byte(*f.x)) }
func (f enumField[T]) text(buf []byte) []byte { return append(buf, f.names[*f.x]...) }
func (f enumField[T]) parse(s string) error {
	i := slices.Index(f.names, s)
	if i < 0 {
		return fmt.Errorf("%q is no %s", s, f.what)
	}
	*f.x = T(i)
	return nil
}

// A noteField is a field that JAX has and that never varies here.
type noteField string

func (f noteField) key(buf []byte) []byte  { return buf }
func (f noteField) text(buf []byte) []byte { return append(buf, f...) }
func (f noteField) parse(string) error     { return nil }
func (f noteField) absent() bool           { return false }
func (f noteField) setAbsent([]Aval)       {}

// A numberField is the value of a literal, which is printed in its place.
type numberField struct {
	notPrinted
	x *Number
}

func (f numberField) key(buf []byte) []byte {
	buf = enc.LittleEndian.AppendUint64(buf, math.Float64bits(real(f.x.C)))
	buf = enc.LittleEndian.AppendUint64(buf, math.Float64bits(imag(f.x.C)))
	return enc.AppendVarint(buf, f.x.I)
}

// An intsField is a tuple: (1, 0).
type intsField struct{ x *[]int }

func (f intsField) key(buf []byte) []byte  { return appendInts(buf, *f.x) }
func (f intsField) text(buf []byte) []byte { return appendTuple(buf, *f.x) }
func (f intsField) parse(s string) (err error) {
	*f.x, err = parseInts(s)
	return err
}

// An optIntsField is a tuple, or None for nil.
type optIntsField struct{ intsField }

func (f optIntsField) key(buf []byte) []byte {
	if *f.x == nil {
		return append(buf, 0)
	}
	return f.intsField.key(append(buf, 1))
}
func (f optIntsField) text(buf []byte) []byte {
	if *f.x == nil {
		return append(buf, "None"...)
	}
	return f.intsField.text(buf)
}
func (f optIntsField) parse(s string) error {
	if *f.x = nil; s == "None" {
		return nil
	}
	return f.intsField.parse(s)
}

// A someIntsField is a tuple that is not printed if it is empty.
type someIntsField struct{ intsField }

func (f someIntsField) absent() bool     { return len(*f.x) == 0 }
func (f someIntsField) setAbsent([]Aval) { *f.x = []int{} }

// A shapeField is the shape of the result, which says it.
type shapeField struct {
	notPrinted
	x *[]int
}

func (f shapeField) key(buf []byte) []byte { return appendInts(buf, *f.x) }
func (f shapeField) setAbsent(of []Aval) {
	if len(of) > 0 {
		*f.x = slices.Clone(of[0].Shape)
	}
}

// A rowsField is a tuple of tuples, one for each place of the columns, which
// have one length: ((0, 1, 0), (2, 0, 0)).
type rowsField []*[]int

func (f rowsField) key(buf []byte) []byte {
	for _, col := range f {
		buf = appendInts(buf, *col)
	}
	return buf
}
func (f rowsField) text(buf []byte) []byte {
	n, row := len(*f[0]), make([]int, len(f))
	buf = append(buf, '(')
	for i := range n {
		if i > 0 {
			buf = append(buf, ", "...)
		}
		for j, col := range f {
			row[j] = (*col)[i]
		}
		buf = appendTuple(buf, row)
	}
	if n == 1 {
		buf = append(buf, ',')
	}
	return append(buf, ')')
}
func (f rowsField) parse(s string) error {
	all, err := parseInts(s)
	for j, col := range f {
		*col = []int{}
		for i := j; i < len(all); i += len(f) {
			*col = append(*col, all[i])
		}
	}
	return err
}

// A dimsField are the dimension numbers of a dot: (([1], [0]), ([], [])).
type dimsField [4]*[]int

func (f dimsField) key(buf []byte) []byte { return rowsField(f[:]).key(buf) }
func (f dimsField) text(buf []byte) []byte {
	list := func(i int) string { return strings.ReplaceAll(fmt.Sprint(*f[i]), " ", ", ") }
	return fmt.Appendf(buf, "((%s, %s), (%s, %s))", list(0), list(1), list(2), list(3))
}
func (f dimsField) parse(s string) error {
	rest := s
	for _, l := range f {
		from, to := strings.IndexByte(rest, '['), strings.IndexByte(rest, ']')
		if from < 0 || to < from {
			return fmt.Errorf("%q are no dimension numbers", s)
		}
		var err error
		if *l, err = parseInts(rest[from : to+1]); err != nil {
			return err
		}
		rest = rest[to+1:]
	}
	return nil
}

// A structField is a value with fields of its own: Type(a=1, b=(2,)).
type structField struct {
	typ    string
	fields func(w walker)
}

func (f structField) key(buf []byte) []byte {
	k := keying{buf}
	f.fields(&k)
	return k.buf
}
func (f structField) text(buf []byte) []byte {
	var t printing
	f.fields(&t)
	buf = append(append(buf, f.typ...), '(')
	for i, inner := range t.fields {
		if i > 0 {
			buf = append(buf, ", "...)
		}
		buf = append(append(append(buf, inner.name...), '='), inner.text...)
	}
	return append(buf, ')')
}
func (f structField) parse(s string) error {
	rest, isStruct := strings.CutPrefix(s, f.typ+"(")
	rest, closed := strings.CutSuffix(rest, ")")
	if !isStruct || !closed {
		return fmt.Errorf("%q is no %s(...)", s, f.typ)
	}
	r := reading{given: map[string]given{}}
	for rest != "" {
		name, after, _ := strings.Cut(rest, "=")
		end := len(after)
		if next := strings.IndexByte(after, '='); next >= 0 { // the next name is between
			end = strings.LastIndexByte(after[:next], ',') + 1
		}
		r.given[name] = given{text: strings.TrimSuffix(after[:end], ",")}
		rest = strings.TrimSpace(after[end:])
	}
	f.fields(&r)
	return r.done(f.typ)
}

// An avalsField is a list of avals: (f32[] i32[2,3]).
type avalsField struct{ x *[]Aval }

func (f avalsField) key(buf []byte) []byte {
	buf = enc.AppendUvarint(buf, uint64(len(*f.x)))
	for _, a := range *f.x {
		buf = a.AppendKey(buf)
	}
	return buf
}
func (f avalsField) text(buf []byte) []byte {
	buf = append(buf, '(')
	for i, a := range *f.x {
		if i > 0 {
			buf = append(buf, ' ')
		}
		buf = a.append(buf)
	}
	return append(buf, ')')
}
func (f avalsField) parse(s string) error {
	*f.x = nil
	for _, word := range strings.Fields(strings.Trim(s, "()")) {
		short, dims, _ := strings.Cut(strings.TrimSuffix(word, "]"), "[")
		d, ok := ParseDType(short)
		if !ok {
			return fmt.Errorf("%q is no aval", word)
		}
		shape, err := parseInts(strings.ReplaceAll(dims, ",", " "))
		if err != nil {
			return err
		}
		*f.x = append(*f.x, Aval{d, shape})
	}
	return nil
}

// held is part of the kinds that hold graphs, which the parser reads.
type held struct{}

func (held) text(buf []byte) []byte { return buf }
func (held) parse(string) error     { return nil }
func (held) many() bool             { return false }

// A graphField is a graph inside. In a key it is its own key, so that equal
// graphs are equal wherever they were made.
type graphField struct {
	held
	x **Graph
}

func (f graphField) key(buf []byte) []byte {
	sum := (*f.x).digest()
	return append(buf, sum[:]...)
}
func (f graphField) graphs() []*Graph { return []*Graph{*f.x} }
func (f graphField) set(gs []*Graph)  { *f.x = gs[0] }

// An optGraphField is a graph, or None for nil.
type optGraphField struct {
	held
	x **Graph
}

func (f optGraphField) key(buf []byte) []byte {
	if *f.x == nil {
		return append(buf, 0)
	}
	return graphField{x: f.x}.key(append(buf, 1))
}
func (f optGraphField) graphs() []*Graph {
	if *f.x == nil {
		return nil
	}
	return []*Graph{*f.x}
}
func (f optGraphField) set(gs []*Graph) {
	if *f.x = nil; len(gs) > 0 {
		*f.x = gs[0]
	}
}
func (f optGraphField) text(buf []byte) []byte {
	if *f.x == nil {
		return append(buf, "None"...)
	}
	return buf
}

// A graphsField is a list of graphs.
type graphsField struct {
	held
	x *[]*Graph
}

func (f graphsField) key(buf []byte) []byte {
	buf = enc.AppendUvarint(buf, uint64(len(*f.x)))
	for i := range *f.x {
		buf = graphField{x: &(*f.x)[i]}.key(buf)
	}
	return buf
}
func (f graphsField) graphs() []*Graph { return *f.x }
func (f graphsField) set(gs []*Graph)  { *f.x = gs }
func (f graphsField) many() bool       { return true }

func appendInts(buf []byte, xs []int) []byte {
	buf = enc.AppendUvarint(buf, uint64(len(xs)))
	for _, x := range xs {
		buf = enc.AppendVarint(buf, int64(x))
	}
	return buf
}

func appendTuple(buf []byte, xs []int) []byte {
	buf = append(buf, '(')
	for i, x := range xs {
		if i > 0 {
			buf = append(buf, ", "...)
		}
		buf = strconv.AppendInt(buf, int64(x), 10)
	}
	if len(xs) == 1 {
		buf = append(buf, ',')
	}
	return append(buf, ')')
}

func atoi(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, fmt.Errorf("%q is no integer", s)
	}
	return n, nil
}

// parseInts reads all the integers in s, whatever is around them.
func parseInts(s string) ([]int, error) {
	out := []int{}
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("()[], ", r) }) {
		n, err := atoi(f)
		if err != nil {
			return out, err
		}
		out = append(out, n)
	}
	return out, nil
}
