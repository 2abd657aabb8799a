// Package jit turns graphs into compiled programs and keeps them: one compile
// for each distinct program, however many goroutines ask at once.
package jit

import (
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jacobi-go/jacobi/expand"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/lru"
	"github.com/jacobi-go/jacobi/xla"
)

// A Program is a compiled graph.
type Program struct {
	Exe   *xla.Executable
	Out   []graph.Aval
	waits bool
}

// Run starts the program. One that calls the host back has ended when Run
// returns: nothing else keeps alive what it calls.
func (p *Program) Run(in []*xla.Buffer, donate []bool) ([]*xla.Buffer, error) {
	out, err := p.Exe.Execute(in, donate)
	if err != nil || !p.waits {
		return out, err
	}
	for _, b := range out {
		if err := b.Wait(); err != nil {
			return nil, err
		}
	}
	return out[:len(p.Out)], nil
}

// Options are what a program depends on beside its graph, and its name.
type Options struct {
	Name      string    // in errors, profiles and dumps; its first word counts, of those of equal programs the first
	Placement Placement // where it runs
	Donate    []bool    // which operands give their buffers away; nil: none
}

type entry struct {
	once    sync.Once
	program *Program
	err     error
}

var (
	size     atomic.Int64
	programs = lru.New[string, *entry](Size)
	memo     = lru.New[string, any](Size) // what transforms made, beside the programs made of it
	compiled atomic.Int64
)

func init() { size.Store(4096) }

// Size is how many entries each cache of programs, and of what transforms made,
// may have; those used longest ago go. SetSize changes it.
func Size() int { return int(size.Load()) }

// SetSize sets Size and forgets what is above it.
func SetSize(n int) {
	size.Store(int64(n))
	programs.Trim()
	memo.Trim()
}

// Compilations is the number of programs compiled so far, for tests and for
// those who wonder about recompilation.
func Compilations() int64 { return compiled.Load() }

// Load returns the program for key, which must stand for the graph that build
// returns, compiling it if this is the first time.
func Load(key string, build func() *graph.Graph, o Options) (*Program, error) {
	if place := o.Placement.key(); place != "" || o.Donate != nil {
		key = graph.Key(key+"\x00"+place, o.Donate)
	}
	e, ok := programs.Load(key)
	if !ok {
		e, _ = programs.LoadOrStore(key, new(entry))
	}
	e.once.Do(func() {
		defer func() {
			if e.program == nil { // failed, or panicked with a user's mistake: ask again next time
				programs.Remove(key, e)
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
	dump := graph.DumpOf(g, nameOf(g, o.Name))
	g = graph.Simplify(g)
	o.Name = nameOf(g, o.Name)
	x, text := lower(client, g, o)
	options := xla.CompileOptions{
		Name: o.Name, Device: o.Placement.Device, In: graph.Avals(x.In), Out: graph.Avals(x.Out),
	}
	if dump != nil {
		dump.Write("stablehlo.mlir", string(text))
		options.Optimized = dump.Path("optimized.hlo")
	}
	exe, err := client.Compile(text, options)
	if err != nil {
		return nil, err
	}
	return &Program{exe, graph.Avals(g.Out), expand.CallsBack(g)}, nil
}

// nameOf is the first word of given, else the last operation.
func nameOf(g *graph.Graph, given string) string {
	word := func(r rune) bool {
		return r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	if at := strings.IndexFunc(given, func(r rune) bool { return !word(r) }); at >= 0 {
		given = given[:at]
	}
	if n := len(g.Eqns); given == "" && n > 0 {
		given = g.Eqns[n-1].Op.String()
	}
	return given
}

// Text is the StableHLO that Compile compiles g from.
func Text(g *graph.Graph, o Options) (string, error) {
	client, err := xla.Default()
	if err != nil {
		return "", err
	}
	g = graph.Simplify(g)
	o.Name = nameOf(g, o.Name)
	_, text := lower(client, g, o)
	return string(text), nil
}

// lower is g, simplified, as the client's platform needs it, and its text.
func lower(client *xla.Client, g *graph.Graph, o Options) (*graph.Graph, []byte) {
	g = expand.For(g, client.Target())
	return g, xla.Lower(g, xla.LowerOptions{Name: o.Name, Donate: o.Donate, Locations: true})
}

// Clear forgets all programs and what transforms made. Those in use live on
// until they are not.
func Clear() {
	programs.Clear()
	memo.Clear()
}

// Memo returns what make returned the first time for key.
func Memo[T any](key string, make func() T) T {
	if v, ok := memo.Load(key); ok {
		return v.(T)
	}
	v, _ := memo.LoadOrStore(key, make())
	return v.(T)
}
