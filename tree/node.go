package tree

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"
)

// A kind is how values are walked. There is one for each line of what a tree
// is; compile chooses it by the type.
type kind interface {
	// flatten appends the leaves of the value at p and what its key says.
	flatten(w *walker, p unsafe.Pointer) error
	// copy makes the value at dst a copy of the one at src with other leaves.
	copy(dst, src unsafe.Pointer, s *source)
	// view is the value at p for people.
	view(p unsafe.Pointer) view
}

// A node is how the values of a type are flattened.
type node struct {
	kind
	typ    reflect.Type // nil for a tuple
	family *family
	id     uint64 // of typ, for keys

	// A fixed type has leaves and nothing else. They are at offsets, if it is
	// no tuple.
	fixed   bool
	offsets []uintptr
	bytes   bool // it is an atom
}

// flatten walks over the value at p.
func (n *node) flatten(w *walker, p unsafe.Pointer) error {
	if !n.loaded() {
		return n.kind.flatten(w, p)
	}
	for _, offset := range n.offsets {
		w.leaves = append(w.leaves, *(*unsafe.Pointer)(unsafe.Add(p, offset)))
	}
	return nil
}

func (n *node) copy(dst, src unsafe.Pointer, s *source) {
	if !n.loaded() {
		n.kind.copy(dst, src, s)
		return
	}
	for _, offset := range n.offsets {
		*(*unsafe.Pointer)(unsafe.Add(dst, offset)) = s.next()
	}
}

// loaded reports whether a value is what is at the offsets.
func (n *node) loaded() bool { return n.fixed && n.typ != nil }

// value is the value at p, for reflection.
func (n *node) value(p unsafe.Pointer) reflect.Value { return reflect.NewAt(n.typ, p).Elem() }

// A family is all nodes over one type of leaf.
type family struct {
	leaf    reflect.Type // *L
	methods func(reflect.Type) *methods
	words   wordMap
	nodes   sync.Map // reflect.Type -> *node
	plans   sync.Map // reflect.Type or tupleKey -> *Plan[L]
}

var families sync.Map // reflect.Type of *L -> *family

func familyOf[L any]() *family {
	t := reflect.TypeFor[*L]()
	f, ok := families.Load(t)
	if !ok {
		f, _ = families.LoadOrStore(t, &family{leaf: t, methods: methodsOf[L], words: wordMapOf[L]()})
	}
	return f.(*family)
}

// ids numbers types, for keys.
var (
	ids    sync.Map // reflect.Type -> uint64
	lastID atomic.Uint64
)

func typeID(t reflect.Type) uint64 {
	id, ok := ids.Load(t)
	if !ok {
		id, _ = ids.LoadOrStore(t, lastID.Add(1))
	}
	return id.(uint64)
}

type tupleID string

// tupleKey tells lists of types apart.
func tupleKey(types []reflect.Type) tupleID {
	var b strings.Builder
	for _, t := range types {
		fmt.Fprintf(&b, "%d ", typeID(t))
	}
	return tupleID(b.String())
}

// node returns the node of t, compiled at first use.
func (f *family) node(t reflect.Type) (*node, error) {
	if n, ok := f.nodes.Load(t); ok {
		return n.(*node), nil
	}
	made := map[reflect.Type]*node{} // t may refer to itself
	if _, err := f.compile(t, made); err != nil {
		return nil, err
	}
	for t, n := range made {
		f.nodes.LoadOrStore(t, n)
	}
	n, _ := f.nodes.Load(t)
	return n.(*node), nil
}

func (f *family) compile(t reflect.Type, made map[reflect.Type]*node) (_ *node, err error) {
	if n, ok := f.nodes.Load(t); ok {
		return n.(*node), nil
	}
	if n := made[t]; n != nil {
		return n, nil
	}
	n := &node{typ: t, family: f, id: typeID(t)}
	made[t] = n
	if t == f.leaf {
		n.kind, n.fixed, n.offsets = leaf{}, true, []uintptr{0}
		return n, nil
	}
	if m := f.methods(t); m != nil {
		n.kind = &custom{n, m}
		return n, nil
	}
	below := func(name string) (e *node) {
		if e, err = f.compile(t.Elem(), made); err != nil && name != "" {
			err = at(name, err)
		}
		return e
	}
	switch t.Kind() {
	case reflect.String:
		n.kind = text{static{n}}
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		n.kind = identity{static{n}}
		if t.Kind() == reflect.Chan && f.holds(t.Elem()) {
			err = fmt.Errorf("a %v is no tree: what is in a channel cannot be listed; use a slice", t)
		}
	case reflect.Interface:
		n.kind = iface{n}
	case reflect.Struct:
		n.kind, err = f.compileStruct(n, made)
	case reflect.Array:
		a := &array{elements{n, below("0")}, t.Len()}
		n.kind = a
		if err == nil && a.elem.fixed && a.len*len(a.elem.offsets) <= maxOffsets {
			n.fixed = true
			for i := range a.len {
				n.add(a.elem, uintptr(i)*t.Elem().Size())
			}
		}
	case reflect.Slice:
		n.kind = &slice{elements{n, below("0")}}
	case reflect.Map:
		if k := t.Key().Kind(); k != reflect.String && (k < reflect.Int || k > reflect.Uintptr) {
			return nil, fmt.Errorf("a %v is no tree: keys must be strings or integers", t)
		}
		n.kind = &dict{n, below("key")}
	case reflect.Pointer:
		if closed(t.Elem()) && !f.holds(t.Elem()) {
			n.kind = identity{static{n}}
			break
		}
		n.kind = &pointer{n, below("")}
	default:
		n.kind, n.bytes = atom{static{n}}, true
	}
	if err != nil {
		return nil, err
	}
	return n, nil
}

// maxOffsets bounds the list of offsets that a large array would have.
const maxOffsets = 1 << 12

func (n *node) add(part *node, offset uintptr) {
	for _, o := range part.offsets {
		n.offsets = append(n.offsets, offset+o)
	}
}

// holds reports whether values of type t can hold leaves, other than in
// interfaces.
func (f *family) holds(t reflect.Type) bool {
	seen := map[reflect.Type]bool{}
	var holds func(t reflect.Type) bool
	holds = func(t reflect.Type) bool {
		if t == f.leaf {
			return true
		}
		if seen[t] {
			return false
		}
		seen[t] = true
		if f.methods(t) != nil {
			return true
		}
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map, reflect.Chan:
			return holds(t.Elem()) || t.Kind() == reflect.Map && holds(t.Key())
		case reflect.Struct:
			for i := range t.NumField() {
				if holds(t.Field(i).Type) {
					return true
				}
			}
		}
		return false
	}
	return holds(t)
}

// closed reports whether values of type t have parts that only the package of
// the type knows.
func closed(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Array:
		return closed(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			if f.Name != "_" && !f.IsExported() && !f.Anonymous || closed(f.Type) {
				return true
			}
		}
	}
	return false
}

// A pathError is an error somewhere in a tree.
type pathError struct {
	path string
	err  error
}

func (e *pathError) Error() string { return e.path + ": " + e.err.Error() }
func (e *pathError) Unwrap() error { return e.err }

// at is err one level up, where name leads to it.
func at(name string, err error) error {
	var e *pathError
	if errors.As(err, &e) {
		return &pathError{join(name, e.path), e.err}
	}
	return &pathError{name, err}
}

// pathOf is where err is.
func pathOf(err error) string {
	var e *pathError
	if errors.As(err, &e) {
		return e.path
	}
	return ""
}
