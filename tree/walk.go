package tree

import (
	"encoding/binary"
	"errors"
	"unsafe"
)

// A walker collects leaves, and the key: for every node what the type leaves
// open, so written that no key is the beginning of another.
type walker struct {
	leaves []unsafe.Pointer
	key    []byte
	depth  int            // pointers, slices, maps and interfaces we are in
	path   map[visit]bool // them, below cycleDepth
}

type visit struct {
	p unsafe.Pointer
	n *node
}

// cycleDepth is where we begin to look for cycles.
const cycleDepth = 100

// collect walks over the value at p, the whole tree.
func (w *walker) collect(n *node, p unsafe.Pointer) error {
	err := n.flatten(w, p)
	if err == nil {
		return nil
	}
	if c := (*cycle)(nil); errors.As(err, &c) {
		// We have gone round it many times: look again from the beginning.
		return n.flatten(&walker{depth: cycleDepth}, p)
	}
	return err
}

func (w *walker) enter(p unsafe.Pointer, n *node) error {
	if w.depth++; w.depth <= cycleDepth {
		return nil
	}
	v := visit{p, n}
	if w.path[v] {
		return &cycle{at: v}
	}
	if w.path == nil {
		w.path = map[visit]bool{}
	}
	w.path[v] = true
	return nil
}

// leave ends what enter began; err is what went wrong below.
func (w *walker) leave(p unsafe.Pointer, n *node, err error) error {
	if w.depth--; w.path != nil {
		delete(w.path, visit{p, n})
	}
	if err == nil {
		return nil
	}
	if c := (*cycle)(nil); errors.As(err, &c) && !c.around && c.at == (visit{p, n}) {
		return &cycle{at: c.at, period: pathOf(err), around: true}
	}
	return err
}

// A cycle is the error of a value that contains itself.
type cycle struct {
	at     visit
	period string // the path from the value to itself
	around bool   // period is known
}

func (c *cycle) Error() string {
	if c.period == "" {
		return "a cycle: the value contains itself"
	}
	return "a cycle: the value contains itself, at " + c.period
}

func (w *walker) uint(x uint64)   { w.key = binary.AppendUvarint(w.key, x) }
func (w *walker) string(s string) { w.uint(uint64(len(s))); w.key = append(w.key, s...) }
func (w *walker) bytes(p unsafe.Pointer, n uintptr) {
	w.key = append(w.key, unsafe.Slice((*byte)(p), n)...)
}

// address writes the pointer at p.
func (w *walker) address(p unsafe.Pointer) { w.bytes(p, unsafe.Sizeof(p)) }

// A source gives the leaves of a copy: the given ones, or nil for all.
type source struct {
	leaves []unsafe.Pointer
	fill   bool
}

func (s *source) next() unsafe.Pointer {
	if !s.fill {
		return nil
	}
	l := s.leaves[0]
	s.leaves = s.leaves[1:]
	return l
}

// A view is one level of a value, for people.
type view struct {
	leaf  bool
	entry bool   // the place says more than its parts do
	text  string // what is there
	key   string // the same, less what is below it
	whole bool   // text is all to be printed

	open, close string // printed around the parts
	named       bool   // and their names with them
	parts       []part
}

type part struct {
	name string
	*node
	at unsafe.Pointer
}

// said is the view of a place, to which parts may be added.
func said(text string) view { return view{entry: true, text: text, key: text} }

// absent is the view of nil.
func absent() view {
	v := said("nil")
	v.whole = true
	return v
}
