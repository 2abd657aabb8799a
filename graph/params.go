package graph

import (
	"crypto/sha256"
	enc "encoding/binary"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// Params are what an op needs beside operands: plain structs, passed by value
// and never written to after Emit. Each lists its fields once, to a walker,
// which prints, reads, compares or rewrites them.
type Params interface {
	// fields shows every field to w and returns done(w, p).
	fields(w walker) Params
}

// A walker does one thing with every field. What a field of some type is, its
// kind knows.
type walker interface {
	field(name string, f fieldKind)
}

// done returns p where the walker wrote to it.
func done[P Params](w walker, p P) Params {
	switch w.(type) {
	case *reading, *mapping:
		return p
	}
	return nil
}

// keying makes bytes that are equal exactly if the params are.
type keying struct{ buf []byte }

func (k *keying) field(_ string, f fieldKind) { k.buf = f.key(k.buf) }

// keyings are reused: keys are made of every equation.
var keyings = sync.Pool{New: func() any { return new(keying) }}

// appendKey appends bytes that tell e's op and params from all others, and
// where they end.
func appendKey(buf []byte, op Op, p Params) []byte {
	buf = append(buf, byte(op))
	if p == nil {
		return buf
	}
	k := keyings.Get().(*keying)
	defer keyings.Put(k)
	k.buf = buf
	p.fields(k)
	buf, k.buf = k.buf, nil
	return buf
}

// printing lists what is printed.
type printing struct {
	buf    []byte
	fields []field
}

// A field is printed as name=value. The value of one that holds a graph, or a
// list of them, is those.
type field struct {
	name   string
	text   []byte
	graphs []*Graph
	list   bool
}

func (t *printing) field(name string, f fieldKind) {
	if o, ok := f.(optional); ok && o.absent() {
		return
	}
	from := len(t.buf)
	t.buf = f.text(t.buf)
	out := field{name: name, text: t.buf[from:]}
	if h, ok := f.(holder); ok {
		out.graphs, out.list = h.graphs(), h.many()
	}
	t.fields = append(t.fields, out)
}

func texts(p Params) []field {
	if p == nil {
		return nil
	}
	var t printing
	p.fields(&t)
	return t.fields
}

// reading reads what printing printed. What is left over in the end is not the
// op's.
type reading struct {
	given   map[string]given
	results []Aval // of the equation
	err     error
}

// A given is what a text says of a field.
type given struct {
	text   string
	graphs []*Graph
}

func (r *reading) field(name string, f fieldKind) {
	g, ok := r.given[name]
	delete(r.given, name)
	o, isOptional := f.(optional)
	if isOptional {
		o.setAbsent(r.results)
	}
	switch h, holds := f.(holder); {
	case !ok && isOptional:
	case !ok:
		r.fail(fmt.Errorf("param %s is missing", name))
	case holds:
		h.set(g.graphs)
	default:
		r.fail(f.parse(g.text))
	}
}

func (r *reading) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// failed reports whether w reads, and has met an error.
func failed(w walker) bool {
	r, ok := w.(*reading)
	return ok && r.err != nil
}

// done returns the first error there was; what is the name of what was read.
func (r *reading) done(what string) error {
	for _, name := range slices.Sorted(maps.Keys(r.given)) {
		r.fail(fmt.Errorf("%s has no param %s", what, name))
	}
	return r.err
}

// readParams reads the params of op, of an equation with such results.
func readParams(op Op, fields map[string]given, results []Aval) (Params, error) {
	r := reading{given: fields, results: results}
	p := ops[op].params
	if p != nil {
		p = p.fields(&r)
	}
	return p, r.done(op.String())
}

// finding looks for the kind of a field.
type finding struct {
	name  string
	found fieldKind
}

func (s *finding) field(name string, f fieldKind) {
	if name == s.name {
		s.found = f
	}
}

// kindOf is the kind of op's field of the given name, or nil.
func kindOf(op Op, name string) fieldKind {
	s := finding{name: name}
	if p := ops[op].params; p != nil {
		p.fields(&s)
	}
	return s.found
}

// collecting lists the graphs.
type collecting struct{ graphs []*Graph }

func (c *collecting) field(_ string, f fieldKind) {
	if h, ok := f.(holder); ok {
		c.graphs = append(c.graphs, h.graphs()...)
	}
}

// Subgraphs returns the graphs that params hold, in a fixed order.
func Subgraphs(p Params) []*Graph {
	if p == nil {
		return nil
	}
	var c collecting
	p.fields(&c)
	return c.graphs
}

// mapping replaces the graphs.
type mapping struct{ f func(*Graph) *Graph }

func (m *mapping) field(_ string, f fieldKind) {
	if h, ok := f.(holder); ok {
		gs := slices.Clone(h.graphs())
		for i, g := range gs {
			gs[i] = m.f(g)
		}
		h.set(gs)
	}
}

// WithGraphs returns params with f applied to the graphs they hold.
func WithGraphs(p Params, f func(*Graph) *Graph) Params {
	if p == nil {
		return nil
	}
	return p.fields(&mapping{f})
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
	buf = enc.AppendUvarint(buf, uint64(len(g.In)))
	for _, v := range g.In {
		buf = v.Aval.AppendKey(buf)
		bind(v)
	}
	buf = enc.AppendUvarint(buf, uint64(len(g.Eqns)))
	for _, e := range g.Eqns {
		buf = appendKey(buf, e.Op, e.Params)
		buf = enc.AppendUvarint(buf, uint64(len(e.In)))
		for _, v := range e.In {
			buf = enc.AppendUvarint(buf, uint64(ids.Get(v)))
		}
		for _, v := range e.Out {
			bind(v)
		}
	}
	buf = enc.AppendUvarint(buf, uint64(len(g.Out)))
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

// AppendKey appends bytes that tell a from all other avals, and where they end.
func (a Aval) AppendKey(buf []byte) []byte {
	buf = enc.AppendUvarint(append(buf, byte(a.DType)), uint64(len(a.Shape)))
	for _, d := range a.Shape {
		buf = enc.AppendUvarint(buf, uint64(d))
	}
	return buf
}
