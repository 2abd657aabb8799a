package tree

import (
	"fmt"
	"reflect"
	"strconv"
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

// list writes what each writes for 0 to n-1, between brackets.
func (f *formatter) list(brackets string, n int, each func(i int)) {
	f.WriteByte(brackets[0])
	for i := range n {
		if i > 0 {
			f.WriteString(", ")
		}
		each(i)
	}
	f.WriteByte(brackets[1])
}

func (n *node) format(f *formatter, p unsafe.Pointer) {
	switch n.kind {
	case leaf:
		f.leaf()
	case custom:
		names := n.custom.paths(p)
		f.list("{}", len(names), func(i int) {
			f.WriteString(names[i] + ": ")
			f.leaf()
		})
	case strukt:
		if n.family.plain(n.typ) {
			f.WriteString(fmt.Sprint(reflect.NewAt(n.typ, p).Elem().Interface()))
			return
		}
		f.list("{}", len(n.fields), func(i int) {
			f.WriteString(n.fields[i].name + ": ")
			n.fields[i].format(f, n.fieldAt(p, i))
		})
	case tuple:
		f.list("()", len(n.fields), func(i int) { n.fields[i].format(f, n.fieldAt(p, i)) })
	case array, slice:
		data, count := n.elems(p)
		if data == nil {
			f.WriteString("nil")
			return
		}
		f.list("[]", count, func(i int) { n.elem.format(f, unsafe.Add(data, uintptr(i)*n.elem.typ.Size())) })
	case dict:
		m := reflect.NewAt(n.typ, p).Elem()
		if m.IsNil() {
			f.WriteString("nil")
			return
		}
		keys := sortedKeys(m)
		f.list("{}", len(keys), func(i int) {
			f.WriteString(keyName(keys[i]) + ": ")
			n.elem.format(f, Address(m.MapIndex(keys[i])))
		})
	case pointer:
		to := *(*unsafe.Pointer)(p)
		if to == nil {
			f.WriteString("nil")
			return
		}
		f.WriteByte('&')
		n.elem.format(f, to)
	case iface:
		v := reflect.NewAt(n.typ, p).Elem()
		if v.IsNil() {
			f.WriteString("nil")
			return
		}
		e, to, err := n.dynamic(v)
		if err != nil {
			panic(err) // it was flattened before
		}
		e.format(f, to)
	default:
		f.WriteString(n.static(p))
	}
}

// plain reports whether structs of type t are best printed by their own
// package: they have parts that only it knows, and no leaves.
func (f *family) plain(t reflect.Type) bool { return closed(t) && !f.holds(t) }

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

// Changed returns the paths at which two trees of one type differ, up to one
// below which they cannot be compared: for different lengths, say.
func Changed[L any](a, b *Structure[L]) []string {
	if a.plan != b.plan {
		return []string{""}
	}
	a.describe()
	b.describe()
	var paths []string
	for i := range min(len(a.entries), len(b.entries)) {
		x, y := a.entries[i], b.entries[i]
		if x.path != y.path || x.leaf != y.leaf {
			break // the places are no longer the same
		}
		if x.key != y.key {
			paths = append(paths, x.path)
		}
	}
	return paths
}

// String is the node's type.
func (n *node) String() string {
	if n.kind != tuple {
		return n.typ.String()
	}
	types := make([]string, len(n.fields))
	for i, f := range n.fields {
		types[i] = f.typ.String()
	}
	return "(" + strings.Join(types, ", ") + ")"
}

// Argument turns a path of a tuple into words: 0.W is "argument 0, W".
func Argument(path string) string {
	index, rest, below := strings.Cut(path, ".")
	if _, err := strconv.Atoi(index); err != nil || !below {
		return "argument " + path
	}
	return "argument " + index + ", " + rest
}
