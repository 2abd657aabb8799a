package graph

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Parse reads what String prints. Literals become equations where they are
// first read, equal ones one. An error names the line and what was expected
// there.
func Parse(text string) (g *Graph, err error) {
	p := &parser{text: text, pc: userPC(), lets: map[string]*Graph{}}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *Error:
			g, err = nil, r
		default:
			panic(r)
		}
	}()
	for p.accept("let") {
		name := p.word("the name of a graph")
		if p.lets[name] != nil {
			p.fail("graph %s is defined twice", name)
		}
		p.expect("=")
		p.lets[name] = p.graph()
		p.expect("in")
	}
	g = p.graph()
	if p.space(); p.at < len(p.text) {
		p.expected("the end")
	}
	return g, nil
}

type parser struct {
	text  string
	at    int
	pc    uintptr
	lets  map[string]*Graph
	depth int // of graphs inside each other
}

// maxDepth is how deep graphs may be nested in a text: whatever walks over
// graphs in graphs needs a stack as deep.
const maxDepth = 10_000

func (p *parser) fail(format string, args ...any) {
	line := 1 + strings.Count(p.text[:p.at], "\n")
	panic(ErrParse.Errorf("line %d: %s", line, fmt.Sprintf(format, args...)))
}

// expected fails at what comes next.
func (p *parser) expected(what string) {
	p.space()
	found := "the end"
	if f := strings.Fields(p.text[p.at:min(p.at+40, len(p.text))]); len(f) > 0 {
		found = strconv.Quote(f[0])
	}
	p.fail("expected %s, found %s", what, found)
}

func (p *parser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

func (p *parser) peek() byte {
	if p.space(); p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

// wordEnd is where the word that begins at ends.
func (p *parser) wordEnd(at int) int {
	for at < len(p.text) && isWord(p.text[at]) {
		at++
	}
	return at
}

// accept reads s, a mark or a whole word, if it comes next.
func (p *parser) accept(s string) bool {
	p.space()
	if !strings.HasPrefix(p.text[p.at:], s) || isWord(s[0]) && p.wordEnd(p.at) != p.at+len(s) {
		return false
	}
	p.at += len(s)
	return true
}

func (p *parser) expect(s string) {
	if !p.accept(s) {
		p.expected(strconv.Quote(s))
	}
}

func (p *parser) word(what string) string {
	p.space()
	from := p.at
	if p.at = p.wordEnd(from); p.at == from {
		p.expected(what)
	}
	return p.text[from:p.at]
}

// graph reads { lambda a:f32[] ; b:f32[]. let ... in (c,) }.
func (p *parser) graph() *Graph {
	p.expect("{")
	if p.depth++; p.depth > maxDepth {
		p.fail("graphs are nested more than %d deep", maxDepth)
	}
	defer func() { p.depth-- }()
	p.expect("lambda")
	var b Builder
	b.AtPC(p.pc)
	env := map[string]*Value{}
	input := func(name string, a Aval) { p.define(env, name, b.Input(a)) }
	p.binders(input)
	p.expect(";")
	p.binders(input)
	p.expect(".")
	p.expect("let")
	for !p.accept("in") {
		p.eqn(&b, env)
		p.accept(";")
	}
	p.expect("(")
	var out []*Value
	for !p.accept(")") {
		out = append(out, p.operand(&b, env))
		if !p.accept(",") && p.peek() != ')' {
			p.expected(`"," or ")"`)
		}
	}
	p.expect("}")
	return b.Graph(out...)
}

func (p *parser) define(env map[string]*Value, name string, v *Value) {
	if name == "_" {
		return
	}
	if env[name] != nil {
		p.fail("%s is defined twice", name)
	}
	env[name] = v
}

// binders reads a:f32[3] b:i32[] for as long as there are some.
func (p *parser) binders(f func(name string, a Aval)) {
	for p.isBinder() {
		name := p.word("a name")
		p.expect(":")
		f(name, p.aval())
	}
}

// isBinder reports whether a name with a type comes next.
func (p *parser) isBinder() bool {
	p.space()
	end := p.wordEnd(p.at)
	return end > p.at && end < len(p.text) && p.text[end] == ':' && !p.isLiteral()
}

// isLiteral reports whether the next word is a number; no name begins so.
func (p *parser) isLiteral() bool {
	switch c := p.peek(); {
	case c == '-' || c == '(' || '0' <= c && c <= '9':
		return true
	case c == 0:
		return false
	}
	switch p.text[p.at:p.wordEnd(p.at)] {
	case "True", "False", "inf", "nan", "infj", "nanj":
		return true
	}
	return false
}

func (p *parser) aval() Aval {
	name := p.word("a dtype")
	d, ok := ParseDType(name)
	if !ok {
		p.fail("expected a dtype, found %q", name)
	}
	p.expect("[")
	shape := []int{}
	for !p.accept("]") {
		n, err := strconv.Atoi(p.word("a size"))
		if err != nil {
			p.expected("a size")
		}
		shape = append(shape, n)
		if !p.accept(",") && p.peek() != ']' {
			p.expected(`"," or "]"`)
		}
	}
	a := Aval{d, shape}
	if err := a.Valid(); err != nil {
		p.fail("%v", err)
	}
	return a
}

// eqn reads c:f32[3] = add a b.
func (p *parser) eqn(b *Builder, env map[string]*Value) {
	var names []string
	var avals []Aval
	p.binders(func(name string, a Aval) { names, avals = append(names, name), append(avals, a) })
	if len(names) > 0 {
		p.expect("=")
	}
	p.space()
	from := p.at
	fail := func(format string, args ...any) {
		p.at = from // the line of the op
		p.fail(format, args...)
	}
	name := p.word(`an equation or "in"`)
	op, ok := ParseOp(name)
	if !ok || op == OpLiteral {
		fail("there is no op %q", name)
	}
	params, err := readParams(op, p.fields(op), avals)
	if err != nil {
		fail("%v: %v", op, err)
	}
	var in []*Value
	for c := p.peek(); c != '}' && c != ';' && !p.isBinder() && !p.isNext(env); c = p.peek() {
		in = append(in, p.operand(b, env))
	}
	var out []*Value
	if err := Try(func() { out = b.Emit(op, params, in...) }); err != nil {
		e := err.(*Error)
		e.Pos = ""
		fail("%v", e)
	}
	if len(out) != len(names) {
		fail("%v gives %d results, not %d", op, len(out), len(names))
	}
	for i, v := range out {
		if !v.Aval.Equal(avals[i]) {
			fail("%v gives %v, not %v", op, v.Aval, avals[i])
		}
		p.define(env, names[i], v)
	}
}

// isNext reports whether "in" comes next, or the op of an equation without
// results.
func (p *parser) isNext(env map[string]*Value) bool {
	word := p.text[p.at:p.wordEnd(p.at)]
	_, isOp := ParseOp(word)
	return word == "in" || p.at == len(p.text) || isOp && env[word] == nil
}

// fields reads [axis=0 reverse=False].
func (p *parser) fields(op Op) map[string]given {
	fields := map[string]given{}
	if !p.accept("[") {
		return fields
	}
	for !p.accept("]") {
		name := p.word(`a param or "]"`)
		if _, twice := fields[name]; twice {
			p.fail("param %s is given twice", name)
		}
		p.expect("=")
		var g given
		switch kindOf(op, name).(type) {
		case graphField:
			g.graphs = []*Graph{p.inner()}
		case optGraphField:
			if !p.accept("None") {
				g.graphs = []*Graph{p.inner()}
			}
		case graphsField:
			p.expect("(")
			for !p.accept(")") {
				g.graphs = append(g.graphs, p.inner())
			}
		default:
			g.text = p.value()
		}
		fields[name] = g
	}
	return fields
}

// inner reads a graph inside of another, or its name.
func (p *parser) inner() *Graph {
	if p.peek() == '{' {
		return p.graph()
	}
	name := p.word("a graph")
	if p.lets[name] == nil {
		p.fail("there is no graph %q", name)
	}
	return p.lets[name]
}

// value reads the text of a param: up to a space or ], outside of brackets and
// quotes.
func (p *parser) value() string {
	p.space()
	from, depth := p.at, 0
	for ; p.at < len(p.text); p.at++ {
		switch p.text[p.at] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth == 0 {
				return p.text[from:p.at]
			}
			depth--
		case ' ', '\t', '\r', '\n':
			if depth == 0 {
				return p.text[from:p.at]
			}
		case '"':
			quoted, err := strconv.QuotedPrefix(p.text[p.at:])
			if err != nil {
				p.fail("a quote is not closed")
			}
			p.at += len(quoted) - 1
		}
	}
	p.expected(`"]"`)
	return ""
}

// operand reads a name, or a number with its type: 2.0:f32[].
func (p *parser) operand(b *Builder, env map[string]*Value) *Value {
	if !p.isLiteral() {
		name := p.word("an operand")
		if env[name] == nil {
			p.fail("%s is not defined", name)
		}
		return env[name]
	}
	from := p.at
	for p.at < len(p.text) && strings.IndexByte(": \t\r\n,", p.text[p.at]) < 0 {
		p.at++
	}
	text := p.text[from:p.at]
	p.expect(":")
	a := p.aval()
	n, ok := parseNumber(text, a.DType)
	if !ok {
		p.fail("%s is no %v", text, a.DType)
	}
	if a.Rank() != 0 {
		p.fail("literals are scalars, not %v", a)
	}
	return b.Literal(a.DType, n)
}

func parseNumber(s string, d DType) (n Number, ok bool) {
	var err error
	bits := 8 * d.Size()
	switch {
	case d == Bool:
		n.I, ok = b2i(s == "True"), s == "True" || s == "False"
		return n, ok
	case d.IsUnsigned():
		var u uint64
		u, err = strconv.ParseUint(s, 10, bits)
		n.I = int64(u)
	case d.IsSigned():
		n.I, err = strconv.ParseInt(s, 10, bits)
	case d.IsComplex():
		s = strings.TrimSuffix(strings.TrimPrefix(s, "("), ")")
		im, isComplex := strings.CutSuffix(s, "j")
		re := "0"
		if !isComplex {
			return n, false
		}
		// The sign between the parts is the last that is not an exponent's.
		for i := len(im) - 1; i > 0; i-- {
			if (im[i] == '+' || im[i] == '-') && im[i-1] != 'e' {
				re, im = im[:i], im[i:]
				break
			}
		}
		x, err1 := parseFloat(re)
		y, err2 := parseFloat(im)
		n.C, err = complex(x, y), err1
		if err == nil {
			err = err2
		}
	default:
		var x float64
		x, err = parseFloat(s)
		n.C = complex(x, 0)
	}
	return n, err == nil
}

// parseFloat reads what Python prints; the only NaN is that of package math.
func parseFloat(s string) (float64, error) {
	x, err := strconv.ParseFloat(s, 64)
	if x != x {
		x = math.NaN()
	}
	return x, err
}
