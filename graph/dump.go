package graph

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// dumpDir is the folder that JACOBI_DUMP names: every stage of every program
// that is compiled is written to a file there, NUMBER-NAME-STAGE-WHAT, where
// the number tells the program and the stage what came first.
var dumpDir = os.Getenv("JACOBI_DUMP")

// Dumps reports whether programs are written to JACOBI_DUMP.
func Dumps() bool { return dumpDir != "" }

// A Dump is a program, from the trace to the text for XLA, as JACOBI_DUMP
// writes it. It has a number once something is made of it: a function may be
// traced often and compiled once.
type Dump struct {
	mu     sync.Mutex
	name   string
	number int
	stages int
}

// NewDump is a program of that name; nil if programs are not written.
func NewDump(name string) *Dump {
	if !Dumps() {
		return nil
	}
	return &Dump{name: name}
}

// dumpKey is where a graph remembers its program: a dumped.
const dumpKey = "dump"

type dumped struct {
	*Dump
	once *sync.Once // the graph's own stage is written
	what string
}

// dump is the program that g is a stage of; one named name if it is of none.
func (g *Graph) dump(d *Dump, what string) dumped {
	return Remember(g, dumpKey, func() dumped { return dumped{d, new(sync.Once), what} })
}

func (g *Graph) dumped() (dumped, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	d, ok := g.memo[dumpKey].(dumped)
	return d, ok
}

// DumpOf is the program that g is a stage of, written up to there; nil if
// programs are not written. A graph that was not traced starts a program of
// that name.
func DumpOf(g *Graph, name string) *Dump {
	if !Dumps() {
		return nil
	}
	if name == "" {
		name = "program"
	}
	d := g.dump(&Dump{name: name}, "built")
	d.write(g)
	return d.Dump
}

func (d dumped) write(g *Graph) {
	d.once.Do(func() { d.Write(d.what+".jaxpr", g.String()) })
}

// derived writes h, which transform what made of g, if g is of a program.
func derived(g, h *Graph, what string) {
	if d, ok := g.dumped(); ok {
		d.write(g)
		h.dump(d.Dump, what).write(h)
	}
}

// Write writes the next stage. It panics with an *Error if it cannot.
func (d *Dump) Write(what, text string) {
	if err := os.WriteFile(d.Path(what), []byte(text), 0o666); err != nil {
		panic(cannotDump(err))
	}
}

// Path is the file of the next stage, for somebody else to write.
func (d *Dump) Path(what string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.number == 0 {
		d.number = nextDump()
	}
	name := fmt.Sprintf("%04d-%s-%02d-%s", d.number, fileName(d.name), d.stages, fileName(what))
	d.stages++
	return filepath.Join(dumpDir, name)
}

func cannotDump(err error) *Error {
	return Errorf(ErrArgument, "JACOBI_DUMP", "cannot write programs to %q: %v; set it to a folder that this user can write to, or unset it", dumpDir, err)
}

var dumpCount struct {
	sync.Mutex
	last  int
	ready bool
}

// nextDump is a number that no program in the folder has.
func nextDump() int {
	c := &dumpCount
	c.Lock()
	defer c.Unlock()
	if !c.ready {
		if err := os.MkdirAll(dumpDir, 0o777); err != nil {
			panic(cannotDump(err))
		}
		files, err := os.ReadDir(dumpDir)
		if err != nil {
			panic(cannotDump(err))
		}
		for _, f := range files {
			number, _, _ := strings.Cut(f.Name(), "-")
			if n, err := strconv.Atoi(number); err == nil {
				c.last = max(c.last, n)
			}
		}
		c.ready = true
	}
	c.last++
	return c.last
}

// fileName is name without what cannot be in the name of a file.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(` /\:*?"<>|-`, r) {
			return '_'
		}
		return r
	}, name)
}
