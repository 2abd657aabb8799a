package tree

import (
	"fmt"
	"strings"
	"unsafe"
)

// Format writes the tree with a text for every leaf, or an asterisk if leaves
// is nil: {W: f32[3], B: f32[]}.
func (s *Structure[L]) Format(leaves []string) string {
	f := formatter{leaves: leaves}
	s.plan.root.format(&f, s.skeleton)
	return f.String()
}

type formatter struct {
	strings.Builder
	leaves []string // those to come
}

func (f *formatter) leaf() {
	if f.leaves == nil {
		f.WriteByte('*')
		return
	}
	f.WriteString(f.leaves[0])
	f.leaves = f.leaves[1:]
}

func (n *node) format(f *formatter, p unsafe.Pointer) {
	v := n.view(p)
	switch {
	case v.leaf:
		f.leaf()
		return
	case v.whole:
		f.WriteString(v.text)
		return
	}
	f.WriteString(v.open)
	for i, part := range v.parts {
		if i > 0 {
			f.WriteString(", ")
		}
		if v.named {
			f.WriteString(part.name + ": ")
		}
		part.format(f, part.at)
	}
	f.WriteString(v.close)
}

// Diff says at which path, of those in order, two trees first differ, and how;
// it is empty if they do not. The texts of the leaves, if there are, are
// compared too.
func Diff[L any](a, b *Structure[L], leavesA, leavesB []string) string {
	if a.plan != b.plan {
		return fmt.Sprintf("type %s and type %s", a.plan.root, b.plan.root)
	}
	a.describe()
	b.describe()
	at := 0 // the next leaf
	for i := range min(len(a.entries), len(b.entries)) {
		x, y := a.entries[i], b.entries[i]
		if x.leaf && y.leaf && leavesA != nil && leavesB != nil {
			x.text, y.text = leavesA[at], leavesB[at]
			x.key, y.key = x.text, y.text
		}
		if x.leaf {
			at++
		}
		if x.path == y.path && x.key == y.key && x.leaf == y.leaf {
			continue
		}
		if x.text == y.text { // two funcs, say
			y.text = "another " + y.text
		}
		if x.path == "" {
			return fmt.Sprintf("%s and %s", x.text, y.text)
		}
		return fmt.Sprintf("at %s: %s and %s", x.path, x.text, y.text)
	}
	return ""
}
