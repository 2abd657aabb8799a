package tree

import (
	"fmt"
	"reflect"
	"unsafe"
)

// A Node is a type that says itself how it is flattened, by methods of the
// type or of pointers to it.
type Node[L any] interface {
	// TreeLeaves returns the leaves.
	TreeLeaves() []*L
	// TreePaths returns a path for every leaf.
	TreePaths() []string
	// TreeStatic returns a comparable value that tells values with as many
	// leaves apart, or nil.
	TreeStatic() any
	// TreeWith returns a value like the receiver with other leaves: one of the
	// type, or a pointer to one. It must not keep the slice.
	TreeWith(leaves []*L) any
}

// methods are those of Node for the value at an address, whatever L is.
type methods struct {
	leaves func(v unsafe.Pointer) []unsafe.Pointer
	paths  func(v unsafe.Pointer) []string
	static func(v unsafe.Pointer) any
	with   func(v unsafe.Pointer, leaves []unsafe.Pointer) any
}

func methodsOf[L any](t reflect.Type) *methods {
	if k := t.Kind(); k == reflect.Interface || k == reflect.Pointer {
		return nil // what they lead to is the node
	}
	if !reflect.PointerTo(t).Implements(reflect.TypeFor[Node[L]]()) {
		return nil
	}
	node := func(v unsafe.Pointer) Node[L] { return reflect.NewAt(t, v).Interface().(Node[L]) }
	return &methods{
		leaves: func(v unsafe.Pointer) []unsafe.Pointer { return raw(node(v).TreeLeaves()) },
		paths:  func(v unsafe.Pointer) []string { return node(v).TreePaths() },
		static: func(v unsafe.Pointer) any { return node(v).TreeStatic() },
		with:   func(v unsafe.Pointer, leaves []unsafe.Pointer) any { return node(v).TreeWith(typed[L](leaves)) },
	}
}

// custom is a type that implements Node.
type custom struct {
	*node
	*methods
}

func (n *custom) flatten(w *walker, p unsafe.Pointer) error {
	leaves := n.leaves(p)
	w.uint(uint64(len(leaves)))
	w.leaves = append(w.leaves, leaves...)
	static := reflect.ValueOf(n.static(p))
	if !static.IsValid() {
		w.uint(0)
		return nil
	}
	if !static.Comparable() {
		return fmt.Errorf("TreeStatic of a %v returns a %v, which cannot be compared", n.typ, static.Type())
	}
	w.uint(typeID(static.Type()))
	return n.family.compare(w, static.Type(), Address(static))
}

func (n *custom) copy(dst, src unsafe.Pointer, s *source) {
	leaves := make([]unsafe.Pointer, len(n.leaves(src)))
	for i := range leaves {
		leaves[i] = s.next()
	}
	v := reflect.ValueOf(n.with(src, leaves))
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	n.value(dst).Set(v)
}

func (n *custom) view(p unsafe.Pointer) view {
	var w walker
	if err := n.flatten(&w, p); err != nil {
		panic(err) // it was flattened before
	}
	v := view{entry: true, text: fmt.Sprintf("a %v with %d leaves and %v", n.typ, len(w.leaves), n.static(p)), key: string(w.key)}
	v.open, v.close, v.named = "{", "}", true
	leaves := &node{kind: leaf{}}
	for _, name := range n.paths(p) {
		v.parts = append(v.parts, part{name: name, node: leaves})
	}
	return v
}
