package xla

import (
	"strconv"
	"strings"

	"github.com/jacobi-go/jacobi/graph"
)

// LowerOptions say how a graph becomes a module.
type LowerOptions struct {
	Name      string // of the module, in profiles and dumps; "main" if empty
	Donate    []bool // the inputs whose memory the results may take; nil is none
	Locations bool   // write the user's line behind each operation
}

// Lower returns the StableHLO text of a module whose function main takes g.In
// and returns g.Out. The ops of g are those that package expand leaves: one
// operation each. Equal graphs and options give equal text.
func Lower(g *graph.Graph, o LowerOptions) []byte {
	m := emitter{
		buf:       make([]byte, 0, 512+96*len(g.Eqns)),
		locations: o.Locations,
		lines:     map[uintptr]int{},
		functions: map[*graph.Graph]string{},
		prints:    map[string]string{},
		names:     map[string]int{"main": 0},
	}
	if o.Name == "" {
		o.Name = "main"
	}
	m.text("module @", identifier(o.Name), " attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {\n")
	m.function("public @main", g, aliases(g, o.Donate))
	for len(m.queue) > 0 { // a loop, for calls may be nested deeply
		next := m.queue[0]
		m.queue = m.queue[1:]
		m.function("private @"+next.name, next.Graph, nil)
	}
	m.text("}\n")
	m.writeLines()
	return m.buf
}

// An emitter is text under construction.
type emitter struct {
	buf       []byte
	locations bool
	lines     map[uintptr]int         // numbers of locations, by program counter
	queue     []pending               // functions that are called and not yet written
	functions map[*graph.Graph]string // names of functions, by their graphs
	prints    map[string]string       // and by the fingerprints of those
	names     map[string]int          // names given out, with how often they were asked for again
}

type pending struct {
	name string
	*graph.Graph
}

// name is the name of the function for g, which is written once for all
// graphs that equal it.
func (m *emitter) name(g *graph.Graph, hint string) string {
	if name, ok := m.functions[g]; ok {
		return name
	}
	name, ok := m.prints[g.Fingerprint()]
	if !ok {
		name = m.unique(identifier(hint))
		m.prints[g.Fingerprint()] = name
		m.queue = append(m.queue, pending{name, g})
	}
	m.functions[g] = name
	return name
}

// unique is name, or name_0, name_1, ... if it is taken.
func (m *emitter) unique(name string) string {
	try := name
	for {
		if _, taken := m.names[try]; !taken {
			m.names[try] = 0
			return try
		}
		try = name + "_" + strconv.Itoa(m.names[name])
		m.names[name]++
	}
}

// identifier is s with whatever MLIR does not take in a bare name replaced.
func identifier(s string) string {
	clean := graph.Identifier(s)
	if clean == "" || '0' <= clean[0] && clean[0] <= '9' {
		clean = "_" + clean
	}
	return clean
}

// aliases says for each input what becomes of its memory: the number of the
// output that takes it, which is the first of its aval that took no other;
// donated if there is none; kept if it is not for donation.
func aliases(g *graph.Graph, donate []bool) []int {
	out := make([]int, len(g.In))
	taken := make([]bool, len(g.Out))
	for i, v := range g.In {
		if donate == nil || !donate[i] {
			out[i] = keepsMemory
			continue
		}
		out[i] = losesMemory
		for k, r := range g.Out {
			if !taken[k] && r.Aval.Equal(v.Aval) {
				taken[k], out[i] = true, k
				break
			}
		}
	}
	return out
}

const (
	keepsMemory = -1
	losesMemory = -2
)

// function writes g as a function. alias is what aliases returned, or nil.
func (m *emitter) function(name string, g *graph.Graph, alias []int) {
	f := &function{emitter: m, indent: "    ", ids: graph.NewEnv[id](g)}
	f.text("  func.func ", name, "(")
	for i, v := range g.In {
		if i > 0 {
			f.text(", ")
		}
		f.ids.Set(v, ^id(i))
		f.use(^id(i))
		f.text(": ")
		f.typ(v.Aval)
		if alias == nil {
			continue
		}
		switch k := alias[i]; k {
		case keepsMemory:
		case losesMemory:
			f.text(" {jax.buffer_donor = true}")
		default:
			f.text(" {tf.aliasing_output = ")
			f.int(k)
			f.text(" : i32}")
		}
	}
	f.text(") -> (")
	for i, v := range g.Out {
		f.comma(i)
		f.typ(v.Aval)
	}
	f.text(") {\n")
	f.body(g)
	f.text("    return")
	for i, v := range g.Out {
		f.lead(i, " ")
		f.use(f.ids.Get(v))
	}
	for i, v := range g.Out {
		f.lead(i, " : ")
		f.typ(v.Aval)
	}
	f.text("\n  }\n")
}

// An id names a value of a function: %0, %1, ... for results, and ^0, ^1, ...
// (which are negative) for %arg0, %arg1, ...
type id int32

// A function is one under construction.
type function struct {
	*emitter
	indent string
	ids    graph.Env[id] // of the values of the graph that is being lowered
	next   id
	pc     uintptr
	loc    []byte // of the equation that is being lowered, whose line is that of pc

	scalars    map[scalar]id
	broadcasts map[broadcast]id
	shapes     map[string]int // numbers of shapes in keys of broadcasts
	key        []byte         // scratch
	args       [3]id          // scratch
}

// body lowers g's equations.
func (f *function) body(g *graph.Graph) {
	for _, e := range g.Eqns {
		if f.locations {
			f.locate(e.PC())
		}
		l := lowerings[e.Op]
		if l == nil {
			graph.Bugf("%v is not expanded", e.Op)
		}
		l(f, e)
	}
}

// locate makes the line of pc the location of what is written next.
func (f *function) locate(pc uintptr) {
	if pc == f.pc {
		return
	}
	f.pc, f.loc = pc, f.loc[:0]
	if pc == 0 {
		return
	}
	n, ok := f.lines[pc]
	if !ok {
		n = len(f.lines)
		f.lines[pc] = n
	}
	f.loc = append(strconv.AppendInt(append(f.loc, " loc(#line"...), int64(n), 10), ')')
}

// writeLines says which lines the locations are.
func (m *emitter) writeLines() {
	pcs := make([]uintptr, len(m.lines))
	for pc, n := range m.lines {
		pcs[n] = pc
	}
	for n, pc := range pcs {
		if pc == graph.Running {
			pc = graph.UserPC()
		}
		file, line, _ := strings.Cut(graph.Position(pc), ":")
		if line == "" {
			file, line = "unknown", "0"
		}
		m.text("#line", strconv.Itoa(n), " = loc(", strconv.Quote(file), ":", line, ":0)\n")
	}
}

// in is the id of operand i of e; set binds the one result of e.
func (f *function) in(e *graph.Eqn, i int) id { return f.ids.Get(e.In[i]) }
func (f *function) set(e *graph.Eqn, x id)    { f.ids.Set(e.Out[0], x) }
