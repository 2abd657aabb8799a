package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// String prints g in JAX's jaxpr notation, as jax.make_jaxpr does. Graphs that
// several equations hold, and long ones, are printed once, before g, under
// a name.
func (g *Graph) String() string {
	p := printer{shared: map[*Graph]string{}, scopes: map[*Graph]scope{}}
	for _, sub := range sharedGraphs(g) {
		p.text("let " + sub.name + " = ")
		p.graph(sub.graph, 0)
		p.text(" in")
		p.newline(0)
		p.shared[sub.graph] = sub.name
	}
	p.graph(g, 0)
	p.newline(0)
	return string(p.buf)
}

// lineWidth is where JAX breaks lines.
const lineWidth = 80

// A printer lays out groups: a group is on one line if it fits there alone,
// and broken at all its breaks otherwise.
type printer struct {
	buf    []byte
	line   int  // where the current line begins in buf
	flat   bool // in a group that is tried on one line
	limit  int  // the longest buf in such a group
	shared map[*Graph]string
	scopes map[*Graph]scope
	named  int // values that have a name
}

// A scope has the names of a graph's values. They are given in the order of
// the text, as JAX does, though each graph could have its own.
type scope struct {
	names Env[string]
	used  Env[bool] // something reads it
}

func (p *printer) text(s string) { p.buf = append(p.buf, s...) }

func (p *printer) newline(indent int) {
	p.buf = append(p.buf, '\n')
	p.line = len(p.buf)
	for range indent {
		p.buf = append(p.buf, ' ')
	}
}

// over reports whether a group that is tried on one line is known to fail.
func (p *printer) over() bool { return p.flat && len(p.buf) > p.limit }

func (p *printer) group(f func()) {
	if p.flat {
		f()
		return
	}
	start := len(p.buf)
	p.flat, p.limit = true, p.line+lineWidth
	f()
	failed := p.over()
	p.flat = false
	if failed {
		p.buf = p.buf[:start]
		f()
	}
}

// brk is flat in a group on one line, and a new line in a broken one.
func (p *printer) brk(flat string, indent int) {
	if p.flat {
		p.text(flat)
	} else {
		p.newline(indent)
	}
}

// fill is a space, or a new line where a line is full.
func (p *printer) fill(indent int) {
	if !p.flat && len(p.buf)-p.line >= lineWidth {
		p.newline(indent)
	} else {
		p.text(" ")
	}
}

func (p *printer) graph(g *Graph, indent int) {
	names := p.scope(g)
	p.group(func() {
		p.text("{ lambda ; ")
		p.bind(names, g.In, indent+4)
		p.text(". let")
		sep := " "
		for _, e := range g.Eqns {
			if e.Op == OpLiteral {
				continue
			}
			if p.over() {
				return
			}
			p.brk(sep, indent+4)
			sep = "; "
			p.eqn(names, e, indent+4)
		}
		if sep == " " {
			p.text(" ") // where an equation would be
		}
		p.brk(" ", indent+2)
		p.text("in (")
		for i, v := range g.Out {
			if i > 0 {
				p.text(",")
				p.fill(indent + 4)
			}
			p.use(names, v)
		}
		if len(g.Out) == 1 {
			p.text(",")
		}
		p.text(") }")
	})
}

func (p *printer) eqn(names scope, e *Eqn, indent int) {
	p.bind(names, e.Out, indent+2)
	if len(e.Out) > 0 {
		p.text(" = ")
	}
	p.text(e.Op.String())
	p.params(e.Params, indent)
	for i, v := range e.In {
		if i == 0 {
			p.text(" ")
		} else {
			p.fill(indent + 2)
		}
		p.use(names, v)
	}
}

func (p *printer) params(params Params, indent int) {
	fields := texts(params)
	if len(fields) == 0 {
		return
	}
	p.group(func() {
		p.text("[")
		p.brk("", indent+2)
		for i, f := range fields {
			if i > 0 {
				p.brk(" ", indent+2)
			}
			p.text(f.name + "=")
			switch {
			case f.list:
				p.graphs(f.graphs, indent+2)
			case f.graphs != nil:
				p.inner(f.graphs[0], indent+2)
			default:
				p.buf = append(p.buf, f.text...)
			}
		}
		p.brk("", indent)
		p.text("]")
	})
}

// inner prints a graph inside of another, or its name.
func (p *printer) inner(g *Graph, indent int) {
	if name := p.shared[g]; name != "" {
		p.text(name)
	} else {
		p.graph(g, indent)
	}
}

func (p *printer) graphs(gs []*Graph, indent int) {
	p.group(func() {
		p.text("(")
		p.brk("", indent+2)
		for i, g := range gs {
			if i > 0 {
				p.brk(" ", indent+2)
			}
			p.inner(g, indent+2)
		}
		p.brk("", indent)
		p.text(")")
	})
}

func (p *printer) bind(names scope, vs []*Value, indent int) {
	for i, v := range vs {
		if i > 0 {
			p.fill(indent)
		}
		p.text(p.name(names, v))
		p.text(":")
		p.buf = v.Aval.append(p.buf)
	}
}

// name is the name of a value where it is bound. What nothing reads is _, but
// inputs have names.
func (p *printer) name(names scope, v *Value) string {
	if v.Def != nil && !names.used.Get(v) {
		return "_"
	}
	for names.names.Get(v) == "" {
		if s := letters(p.named); !reserved(s) {
			names.names.Set(v, s)
		}
		p.named++
	}
	return names.names.Get(v)
}

func (p *printer) use(names scope, v *Value) {
	switch {
	case v.Def != nil && v.Def.Op == OpLiteral:
		l := v.Def.Params.(LiteralParams)
		p.buf = l.Value.append(p.buf, l.DType)
		p.text(":")
		p.buf = v.Aval.append(p.buf)
	case int(v.id) >= len(names.names) || names.names.Get(v) == "":
		p.text("?") // of another graph; Check says so
	default:
		p.text(names.names.Get(v))
	}
}

func (p *printer) scope(g *Graph) scope {
	if s, ok := p.scopes[g]; ok {
		return s
	}
	s := scope{NewEnv[string](g), NewEnv[bool](g)}
	use := func(vs []*Value) {
		for _, v := range vs {
			if int(v.id) < len(s.used) {
				s.used.Set(v, true)
			}
		}
	}
	for _, e := range g.Eqns {
		use(e.In)
	}
	use(g.Out)
	p.scopes[g] = s
	return s
}

// letters is the n-th name: a ... z, ba ... bz, ca, as JAX counts.
func letters(n int) string {
	var s [8]byte
	i := len(s)
	for {
		i--
		s[i] = byte('a' + n%26)
		if n /= 26; n == 0 {
			return string(s[i:])
		}
	}
}

// reserved words are no names: the text could not be read.
func reserved(s string) bool {
	return s == "in" || s == "let" || s == "lambda" || s == "inf" || s == "nan"
}

type namedGraph struct {
	name  string
	graph *Graph
}

// maxNested is how many graphs are printed inside each other. What is deeper
// is indented so far that the text would grow with the square of the depth.
const maxNested = 16

// sharedGraphs lists the graphs inside g that get a name, each after those it
// holds: graphs that several equations hold, long ones and deep ones.
func sharedGraphs(g *Graph) []namedGraph {
	type found struct {
		name  string
		uses  int
		holds []*Graph
		depth int // of the graphs printed inside
	}
	all := map[*Graph]*found{}
	var order []*Graph
	var visit func(g *Graph) (holds []*Graph)
	visit = func(g *Graph) (holds []*Graph) {
		for _, e := range g.Eqns {
			if !e.Op.HoldsGraphs() {
				continue
			}
			name := "jaxpr"
			for _, f := range texts(e.Params) {
				if f.name == "name" {
					name = cmp.Or(Identifier(strings.Trim(string(f.text), "<>")), name)
				}
				for _, sub := range f.graphs {
					if all[sub] == nil {
						all[sub] = &found{name: name}
						all[sub].holds = visit(sub)
						order = append(order, sub)
					}
					all[sub].uses++
					holds = append(holds, sub)
				}
			}
		}
		return holds
	}
	visit(g)
	var shared []namedGraph
	taken := map[string]int{"None": 1} // means that there is no graph
	for _, sub := range order {
		f := all[sub]
		for _, inner := range f.holds {
			f.depth = max(f.depth, all[inner].depth+1)
		}
		if f.uses > 1 || len(sub.Eqns) > 10 || f.depth == maxNested {
			f.depth = 0
			name := f.name
			for n := taken[f.name]; taken[name] > 0; n++ {
				name = f.name + strconv.Itoa(n)
			}
			taken[f.name]++
			taken[name]++
			shared = append(shared, namedGraph{name, sub})
		}
	}
	return shared
}

// Identifier is s, the name of a function, with whatever names in texts cannot
// have replaced.
func Identifier(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && isWord(byte(r)) {
			return r
		}
		return '_'
	}, s)
}

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}

// append prints an element of type d as Python does.
func (n Number) append(buf []byte, d DType) []byte {
	switch {
	case d == Bool:
		if n.I != 0 {
			return append(buf, "True"...)
		}
		return append(buf, "False"...)
	case d.IsUnsigned():
		return strconv.AppendUint(buf, uint64(n.I), 10)
	case d.IsSigned():
		return strconv.AppendInt(buf, n.I, 10)
	case d.IsComplex():
		re, im := strings.TrimSuffix(python(real(n.C)), ".0"), strings.TrimSuffix(python(imag(n.C)), ".0")
		if re == "0" {
			return fmt.Appendf(buf, "%sj", im)
		}
		if im[0] != '-' {
			im = "+" + im
		}
		return fmt.Appendf(buf, "(%s%sj)", re, im)
	}
	return append(buf, python(real(n.C))...)
}

// python is the shortest text of a float64: 1.0, 0.001, 1e-05, inf, nan.
func python(x float64) string {
	s := strconv.FormatFloat(x, 'e', -1, 64)
	mantissa, exp, ok := strings.Cut(s, "e")
	if !ok { // +Inf, NaN
		return strings.ToLower(strings.TrimPrefix(s, "+"))
	}
	if e, _ := strconv.Atoi(exp); e < -4 || e >= 16 {
		return mantissa + "e" + exp
	}
	s = strconv.FormatFloat(x, 'f', -1, 64)
	if !slices.Contains([]byte(s), '.') {
		s += ".0"
	}
	return s
}
