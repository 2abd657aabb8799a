// Package jit turns graphs into compiled programs and keeps them: one compile
// for each distinct program, however many goroutines ask at once.
package jit

import (
	"sync"
	"sync/atomic"

	"jacobi/graph"
	"jacobi/xla"
)

// A Program is a compiled graph.
type Program struct {
	Exe     *xla.Executable
	Out     []graph.Aval
	effects bool
}

// Run starts the program. One with effects has ended when Run returns.
func (p *Program) Run(in []*xla.Buffer, donate []bool) ([]*xla.Buffer, error) {
	out, err := p.Exe.Execute(in, donate)
	if err != nil || !p.effects {
		return out, err
	}
	for _, b := range out {
		if err := b.Wait(); err != nil {
			return nil, err
		}
	}
	return out[:len(p.Out)], nil
}

// Options are what a program depends on beside its graph.
type Options struct {
	Placement Placement // where it runs
	Donate    []bool    // which operands give their buffers away; nil: none
}

type entry struct {
	once    sync.Once
	program *Program
	err     error
}

var (
	programs sync.Map // string to *entry
	compiled atomic.Int64
)

// Compilations is the number of programs compiled so far, for tests and for
// those who wonder about recompilation.
func Compilations() int64 { return compiled.Load() }

// Load returns the program for key, which must stand for the graph that build
// returns, compiling it if this is the first time.
func Load(key string, build func() *graph.Graph, o Options) (*Program, error) {
	if place := o.Placement.key(); place != "" || o.Donate != nil {
		key = graph.Key(key+"\x00"+place, o.Donate)
	}
	v, ok := programs.Load(key)
	if !ok {
		v, _ = programs.LoadOrStore(key, new(entry))
	}
	e := v.(*entry)
	e.once.Do(func() {
		defer func() {
			if e.program == nil { // failed, or panicked with a user's mistake: ask again next time
				programs.CompareAndDelete(key, v)
			}
		}()
		e.program, e.err = Compile(build(), o)
	})
	if e.program == nil && e.err == nil {
		// Another goroutine's build panicked; ours will say why.
		return Compile(build(), o)
	}
	return e.program, e.err
}

// Compile compiles g, without asking or filling the cache.
func Compile(g *graph.Graph, o Options) (*Program, error) {
	client, err := xla.Default()
	if err != nil {
		return nil, err
	}
	compiled.Add(1)
	g = graph.Simplify(g)
	out := graph.Avals(g.Out)
	effects := g.Effectful()
	if effects { // a result more, to wait for
		g = xla.WithToken(g)
	}
	exe, err := client.Compile(xla.Lower(g, xla.LowerOptions{Donate: o.Donate}), xla.CompileOptions{
		Device: o.Placement.Device, In: graph.Avals(g.In), Out: graph.Avals(g.Out),
	})
	if err != nil {
		return nil, err
	}
	return &Program{exe, out, effects}, nil
}

// Clear forgets all programs and what transforms made. Those in use live on
// until they are not.
func Clear() {
	programs.Clear()
	memo.Clear()
}

// memo keeps what transforms made, beside the programs made of it.
var memo sync.Map

// Memo returns what make returned the first time for key.
func Memo[T any](key string, make func() T) T {
	if v, ok := memo.Load(key); ok {
		return v.(T)
	}
	v, _ := memo.LoadOrStore(key, make())
	return v.(T)
}
