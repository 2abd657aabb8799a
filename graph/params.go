package graph

import (
	"crypto/sha256"
	enc "encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Params are what an op needs beside operands: plain structs, passed by value
// and never written to after Emit. Each lists its fields once, to a codec
// that prints, parses, compares or rewrites them.
type Params interface {
	// fields shows every field to c and returns the params as c leaves them.
	fields(c *codec) Params
}

// A codec does one of the things below with params.
type codec struct {
	mode codecMode

	buf    []byte                  // toKey, toText
	texts  []field                 // toText
	parsed map[string]any          // fromText: strings
	read   func(s string) []*Graph // fromText: reads graphs, or their names
	result Aval                    // fromText: of the first result
	err    error                   // fromText
	graphs []*Graph                // toGraphs
	mapped func(*Graph) *Graph     // mapGraphs
}

// A field is printed as name=value. The value of one that holds a graph, or a
// list of them, is those.
type field struct {
	name   string
	from   int // the value begins here in buf, and goes on to the next field
	graphs []*Graph
	list   bool
}

type codecMode uint8

const (
	toKey     codecMode = iota // bytes that are equal exactly if the params are
	toText                     // as printed
	fromText                   // read what toText printed
	toGraphs                   // collect the graphs
	mapGraphs                  // replace the graphs
)

// done returns p where the codec wrote to it.
func done[P Params](c *codec, p P) Params {
	if c.mode == fromText || c.mode == mapGraphs {
		return p
	}
	return nil
}

func (c *codec) int64(x int64) { c.buf = enc.AppendVarint(c.buf, x) }

// has reports whether a field is there that is printed only where it is not
// zero; it always is in a key.
func (c *codec) has(name string, zero bool) bool {
	return !(zero && c.mode == toText || c.mode == fromText && c.parsed[name] == nil)
}

// name begins a printed field.
func (c *codec) name(name string) {
	c.texts = append(c.texts, field{name: name, from: len(c.buf)})
}

// Note prints a field that JAX has and that never varies here.
func (c *codec) Note(name, value string) {
	switch c.mode {
	case toText:
		c.name(name)
		c.buf = append(c.buf, value...)
	case fromText:
		delete(c.parsed, name)
	}
}

func (c *codec) Int(name string, x *int) {
	switch c.mode {
	case toKey:
		c.int64(int64(*x))
	case toText:
		c.name(name)
		c.buf = strconv.AppendInt(c.buf, int64(*x), 10)
	case fromText:
		*x = c.atoi(c.text(name))
	}
}

func (c *codec) Bool(name string, x *bool) {
	switch c.mode {
	case toKey:
		if *x {
			c.buf = append(c.buf, 1)
		} else {
			c.buf = append(c.buf, 0)
		}
	case toText:
		c.name(name)
		if *x {
			c.buf = append(c.buf, "True"...)
		} else {
			c.buf = append(c.buf, "False"...)
		}
	case fromText:
		s := c.text(name)
		if *x = s == "True"; !*x && s != "False" {
			c.fail("%q is neither True nor False", s)
		}
	}
}

func (c *codec) String(name string, x *string) {
	switch c.mode {
	case toKey:
		c.int64(int64(len(*x)))
		c.buf = append(c.buf, *x...)
	case toText:
		c.name(name)
		if strings.ContainsAny(*x, "\"'()[]{}=,;` \t\n\r") || *x == "" {
			c.buf = strconv.AppendQuote(c.buf, *x)
		} else {
			c.buf = append(c.buf, *x...)
		}
	case fromText:
		*x = c.text(name)
		if s, err := strconv.Unquote(*x); err == nil {
			*x = s
		}
	}
}

func (c *codec) DType(name string, d *DType) {
	switch c.mode {
	case toKey:
		c.buf = append(c.buf, byte(*d))
	case toText:
		c.name(name)
		c.buf = append(c.buf, d.String()...)
	case fromText:
		s := c.text(name)
		t, ok := ParseDType(s)
		if !ok {
			c.fail("%q is no dtype", s)
		}
		*d = t
	}
}

func (c *codec) Number(n *Number) { // in keys only: literals are printed in place
	if c.mode == toKey {
		c.buf = enc.LittleEndian.AppendUint64(c.buf, math.Float64bits(real(n.C)))
		c.buf = enc.LittleEndian.AppendUint64(c.buf, math.Float64bits(imag(n.C)))
		c.int64(n.I)
	}
}

// Ints is a tuple: (1, 0). None is nil.
func (c *codec) Ints(name string, xs *[]int) {
	switch c.mode {
	case toKey:
		c.key(*xs)
	case toText:
		c.name(name)
		c.tuple(*xs)
	case fromText:
		*xs = c.ints(c.text(name))
	}
}

// OptInts prints nil as None.
func (c *codec) OptInts(name string, xs *[]int) {
	if c.mode == toText && *xs == nil {
		c.Note(name, "None")
		return
	}
	if c.mode == toKey && *xs == nil {
		c.int64(-1)
		return
	}
	c.Ints(name, xs)
}

func (c *codec) key(xs []int) {
	c.int64(int64(len(xs)))
	for _, x := range xs {
		c.int64(int64(x))
	}
}

func (c *codec) tuple(xs []int) {
	c.buf = append(c.buf, '(')
	for i, x := range xs {
		if i > 0 {
			c.buf = append(c.buf, ", "...)
		}
		c.buf = strconv.AppendInt(c.buf, int64(x), 10)
	}
	if len(xs) == 1 {
		c.buf = append(c.buf, ',')
	}
	c.buf = append(c.buf, ')')
}

// ResultShape is the shape of the result, and not printed.
func (c *codec) ResultShape(shape *[]int) {
	switch c.mode {
	case toKey:
		c.key(*shape)
	case fromText:
		*shape = slices.Clone(c.result.Shape)
		delete(c.parsed, "shape")
	}
}

// SomeInts is Ints, not printed if there are none.
func (c *codec) SomeInts(name string, xs *[]int) {
	switch {
	case c.mode == toText && len(*xs) == 0:
	case c.mode == fromText && c.parsed[name] == nil:
		*xs = []int{}
	default:
		c.Ints(name, xs)
	}
}

// Struct is a value with fields of its own: Type(a=1, b=(2,)).
func (c *codec) Struct(name, typ string, fields func(c *codec)) {
	switch c.mode {
	case toText:
		c.name(name)
		inner := codec{mode: toText}
		fields(&inner)
		c.buf = append(append(c.buf, typ...), '(')
		for i, f := range inner.texts {
			if i > 0 {
				c.buf = append(c.buf, ", "...)
			}
			c.buf = append(append(c.buf, f.name...), '=')
			c.buf = append(c.buf, inner.value(i)...)
		}
		c.buf = append(c.buf, ')')
	case fromText:
		inner := codec{mode: fromText, parsed: c.members(c.text(name), typ)}
		fields(&inner)
		if c.err == nil {
			c.err = inner.err
		}
	default:
		fields(c)
	}
}

// value is the text of field i.
func (c *codec) value(i int) []byte {
	to := len(c.buf)
	if i+1 < len(c.texts) {
		to = c.texts[i+1].from
	}
	return c.buf[c.texts[i].from:to]
}

// members reads the fields of a Struct.
func (c *codec) members(s, typ string) map[string]any {
	fields := map[string]any{}
	rest, isStruct := strings.CutPrefix(s, typ+"(")
	rest, closed := strings.CutSuffix(rest, ")")
	if !isStruct || !closed {
		c.fail("%q is no %s(...)", s, typ)
		return fields
	}
	for rest != "" {
		name, after, _ := strings.Cut(rest, "=")
		end := len(after)
		if next := strings.IndexByte(after, '='); next >= 0 { // the next name is between
			end = strings.LastIndexByte(after[:next], ',') + 1
		}
		fields[name] = strings.TrimSuffix(after[:end], ",")
		rest = strings.TrimSpace(after[end:])
	}
	return fields
}

// Rows is a tuple of tuples, one for each place of the columns, which have
// one length: ((0, 1, 0), (2, 0, 0)).
func (c *codec) Rows(name string, columns ...*[]int) {
	switch c.mode {
	case toKey:
		for _, col := range columns {
			c.key(*col)
		}
	case toText:
		c.name(name)
		c.buf = append(c.buf, '(')
		n := len(*columns[0])
		for i := range n {
			if i > 0 {
				c.buf = append(c.buf, ", "...)
			}
			row := make([]int, len(columns))
			for j, col := range columns {
				row[j] = (*col)[i]
			}
			c.tuple(row)
		}
		if n == 1 {
			c.buf = append(c.buf, ',')
		}
		c.buf = append(c.buf, ')')
	case fromText:
		all := c.ints(c.text(name))
		for i, x := range all {
			col := columns[i%len(columns)]
			*col = append(*col, x)
		}
		for _, col := range columns {
			if *col == nil {
				*col = []int{}
			}
		}
	}
}

// Dims are the dimension numbers of a dot: (([1], [0]), ([], [])).
func (c *codec) Dims(name string, lists ...*[]int) {
	switch c.mode {
	case toKey:
		for _, l := range lists {
			c.key(*l)
		}
	case toText:
		c.name(name)
		list := func(xs []int) string { return strings.ReplaceAll(fmt.Sprint(xs), " ", ", ") }
		c.buf = fmt.Appendf(c.buf, "((%s, %s), (%s, %s))", list(*lists[0]), list(*lists[1]), list(*lists[2]), list(*lists[3]))
	case fromText:
		text := c.text(name)
		rest := text
		for _, l := range lists {
			from, to := strings.IndexByte(rest, '['), strings.IndexByte(rest, ']')
			if from < 0 || to < from {
				c.fail("%q are no dimension numbers", text)
				return
			}
			*l = c.ints(rest[from : to+1])
			rest = rest[to+1:]
		}
	}
}

// Graph is a graph inside. In a key it is its own key, so that equal graphs
// are equal wherever they were made.
func (c *codec) Graph(name string, g **Graph) {
	switch c.mode {
	case toKey:
		sum := (*g).digest()
		c.buf = append(c.buf, sum[:]...)
	case toText:
		c.name(name)
		c.texts[len(c.texts)-1].graphs = []*Graph{*g}
	case fromText:
		if gs := c.read(c.text(name)); len(gs) == 1 {
			*g = gs[0]
		} else {
			c.fail("param %s is no graph", name)
		}
	case toGraphs:
		c.graphs = append(c.graphs, *g)
	case mapGraphs:
		*g = c.mapped(*g)
	}
}

// Graphs is a list of graphs.
func (c *codec) Graphs(name string, gs *[]*Graph) {
	switch c.mode {
	case toText:
		c.name(name)
		f := &c.texts[len(c.texts)-1]
		f.graphs, f.list = *gs, true
		return
	case fromText:
		s := strings.TrimSpace(c.text(name))
		inner := strings.TrimSuffix(strings.TrimPrefix(s, "("), ")")
		if len(inner) != len(s)-2 {
			c.fail("param %s is no list of graphs", name)
		}
		*gs = c.read(inner)
		return
	case toKey:
		c.int64(int64(len(*gs)))
	case mapGraphs:
		*gs = slices.Clone(*gs)
	}
	for i := range *gs {
		c.Graph(name, &(*gs)[i])
	}
}

// OptGraph is a graph that may be nil.
func (c *codec) OptGraph(name string, g **Graph) {
	switch {
	case c.mode == fromText && c.parsed[name] == "None":
		delete(c.parsed, name)
	case *g != nil || c.mode == fromText:
		if c.mode == toKey {
			c.buf = append(c.buf, 1)
		}
		c.Graph(name, g)
	case c.mode == toText:
		c.Note(name, "None")
	case c.mode == toKey:
		c.buf = append(c.buf, 0)
	}
}

// Avals is a list of avals.
func (c *codec) Avals(name string, as *[]Aval) {
	switch c.mode {
	case toKey:
		c.int64(int64(len(*as)))
		for _, a := range *as {
			c.buf = a.key(c.buf)
		}
	case toText:
		c.name(name)
		c.buf = append(c.buf, '(')
		for i, a := range *as {
			if i > 0 {
				c.buf = append(c.buf, ' ')
			}
			c.buf = a.append(c.buf)
		}
		c.buf = append(c.buf, ')')
	case fromText:
		for _, f := range strings.Fields(strings.Trim(c.text(name), "()")) {
			kind, dims, _ := strings.Cut(strings.TrimSuffix(f, "]"), "[")
			d, ok := ParseDType(kind)
			if !ok {
				c.fail("%q is no aval", f)
			}
			*as = append(*as, Aval{d, c.ints(strings.ReplaceAll(dims, ",", " "))})
		}
	}
}

// text takes a field; what is left in the end is not the op's.
func (c *codec) text(name string) string {
	s, ok := c.parsed[name].(string)
	if !ok {
		c.fail("param %s is missing", name)
	}
	delete(c.parsed, name)
	return s
}

func (c *codec) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

func (c *codec) atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		c.fail("%q is no integer", s)
	}
	return n
}

// ints reads all the integers in s, whatever is around them; None is nil.
func (c *codec) ints(s string) []int {
	if s == "None" {
		return nil
	}
	out := []int{}
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("()[], ", r) }) {
		out = append(out, c.atoi(f))
	}
	return out
}

// Subgraphs returns the graphs that params hold, in a fixed order.
func Subgraphs(p Params) []*Graph {
	if p == nil {
		return nil
	}
	c := codec{mode: toGraphs}
	p.fields(&c)
	return c.graphs
}

// WithGraphs returns params with f applied to the graphs they hold.
func WithGraphs(p Params, f func(*Graph) *Graph) Params {
	if p == nil {
		return nil
	}
	c := codec{mode: mapGraphs, mapped: f}
	return p.fields(&c)
}

// appendKey appends bytes that tell e's op and params from all others.
func appendKey(buf []byte, op Op, p Params) []byte {
	buf = append(buf, byte(op))
	if p == nil {
		return buf
	}
	c := codecs.Get().(*codec)
	defer codecs.Put(c)
	*c = codec{mode: toKey, buf: buf}
	p.fields(c)
	buf, c.buf = c.buf, nil
	return buf
}

// codecs are reused: keys are made of every equation.
var codecs = sync.Pool{New: func() any { return new(codec) }}

// texts lists what is printed of params, and the values' text.
func texts(p Params) ([]field, []byte) {
	if p == nil {
		return nil, nil
	}
	c := codec{mode: toText}
	p.fields(&c)
	return c.texts, c.buf
}

// parseParams reads the params of op from the text of their fields; read reads
// graphs, and result is the aval of the first result.
func parseParams(op Op, fields map[string]any, read func(s string) []*Graph, result Aval) (Params, error) {
	c := codec{mode: fromText, parsed: fields, read: read, result: result}
	p := ops[op].params
	if p != nil {
		p = p.fields(&c)
	}
	for _, name := range slices.Sorted(maps.Keys(c.parsed)) {
		c.fail("%v has no param %s", op, name)
	}
	return p, c.err
}

// Fingerprint is equal for two graphs exactly if they compute the same by the
// same equations in the same order, whatever lines of the user they come
// from. It is a key for caches.
func (g *Graph) Fingerprint() string {
	// Kept apart from what Remember keeps: a graph that runs once is asked for
	// nothing else, and a map would cost more than the fingerprint.
	if s := g.print.Load(); s != nil {
		return *s
	}
	buf := make([]byte, 0, 64+24*len(g.Eqns))
	ids := NewEnv[int32](g)
	next := int32(0)
	bind := func(v *Value) {
		next++
		ids.Set(v, next)
	}
	buf = enc.AppendVarint(buf, int64(len(g.In)))
	for _, v := range g.In {
		buf = v.Aval.key(buf)
		bind(v)
	}
	for _, e := range g.Eqns {
		buf = appendKey(buf, e.Op, e.Params)
		buf = enc.AppendVarint(buf, int64(len(e.In)))
		for _, v := range e.In {
			buf = enc.AppendUvarint(buf, uint64(ids.Get(v)))
		}
		for _, v := range e.Out {
			bind(v)
		}
	}
	buf = enc.AppendVarint(buf, int64(len(g.Out)))
	for _, v := range g.Out {
		buf = enc.AppendUvarint(buf, uint64(ids.Get(v)))
	}
	s := string(buf)
	g.print.Store(&s)
	return s
}

// digest stands for the fingerprint in the keys of graphs that hold g, which
// would otherwise double with every level of sharing.
func (g *Graph) digest() [sha256.Size]byte {
	return Remember(g, "digest", func() [sha256.Size]byte { return sha256.Sum256([]byte(g.Fingerprint())) })
}

func (a Aval) key(buf []byte) []byte {
	buf = append(buf, byte(a.DType), byte(len(a.Shape)))
	for _, d := range a.Shape {
		buf = enc.AppendUvarint(buf, uint64(d))
	}
	return buf
}
