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

// A kind is how the values of a type are flattened.
type kind uint8

const (
	leaf     kind = iota
	atom          // static, by its bytes: a number or a bool
	text          // a string
	identity      // static, by its address: func, chan, unsafe.Pointer, pointer
	opaque        // static, by what == compares
	strukt
	array
	slice
	dict
	pointer
	iface
	custom // implements Node
	tuple  // an array of pointers to values of different types
)

// A node is how the values of a type are flattened.
type node struct {
	kind   kind
	typ    reflect.Type // nil for a tuple
	family *family
	id     uint64 // of typ, for keys

	fields []field // strukt, tuple
	elem   *node   // array, slice, dict, pointer
	len    int     // array
	custom *methods

	// A fixed type has its leaves at these offsets, and nothing else. A fixed
	// tuple has fixed elements.
	fixed   bool
	offsets []uintptr
}

type field struct {
	*node
	name   string
	offset uintptr
}

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

func (f *family) tuple(types []reflect.Type) (*node, error) {
	n := &node{kind: tuple, family: f, fixed: true}
	for i, t := range types {
		e, err := f.node(t)
		if err != nil {
			return nil, at(fmt.Sprint(i), err)
		}
		n.fields = append(n.fields, field{e, fmt.Sprint(i), uintptr(i) * unsafe.Sizeof(uintptr(0))})
		n.fixed = n.fixed && e.fixed
	}
	return n, nil
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
		n.kind, n.fixed, n.offsets = leaf, true, []uintptr{0}
		return n, nil
	}
	if n.custom = f.methods(t); n.custom != nil {
		n.kind = custom
		return n, nil
	}
	switch t.Kind() {
	case reflect.String:
		n.kind = text
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		n.kind = identity
		if t.Kind() == reflect.Chan && f.holds(t.Elem()) {
			return nil, fmt.Errorf("a %v is no tree", t)
		}
	case reflect.Interface:
		n.kind = iface
	case reflect.Struct:
		n.kind = strukt
		err = f.compileStruct(n, made)
	case reflect.Array:
		n.kind, n.len = array, t.Len()
		n.elem, err = f.compile(t.Elem(), made)
		if err != nil {
			return nil, at("0", err)
		}
		if n.elem.fixed && n.len*len(n.elem.offsets) <= maxOffsets {
			n.fixed = true
			for i := range n.len {
				n.add(n.elem, uintptr(i)*t.Elem().Size())
			}
		}
	case reflect.Slice:
		n.kind = slice
		if n.elem, err = f.compile(t.Elem(), made); err != nil {
			return nil, at("0", err)
		}
	case reflect.Map:
		n.kind = dict
		if k := t.Key().Kind(); k != reflect.String && (k < reflect.Int || k > reflect.Uintptr) {
			return nil, fmt.Errorf("a %v is no tree: keys must be strings or integers", t)
		}
		if n.elem, err = f.compile(t.Elem(), made); err != nil {
			return nil, at("key", err)
		}
	case reflect.Pointer:
		if closed(t.Elem()) && !f.holds(t.Elem()) {
			n.kind = identity
			return n, nil
		}
		n.kind = pointer
		n.elem, err = f.compile(t.Elem(), made)
	default:
		n.kind = atom
	}
	return n, err
}

// maxOffsets bounds the list of offsets that a large array would have.
const maxOffsets = 1 << 12

func (n *node) add(part *node, offset uintptr) {
	for _, o := range part.offsets {
		n.offsets = append(n.offsets, offset+o)
	}
}

func (f *family) compileStruct(n *node, made map[reflect.Type]*node) error {
	n.fixed = true
	for i := range n.typ.NumField() {
		sf := n.typ.Field(i)
		if sf.Name == "_" {
			continue
		}
		var e *node
		var err error
		if sf.IsExported() || sf.Anonymous && sf.Type.Kind() == reflect.Struct {
			if e, err = f.compile(sf.Type, made); err != nil {
				return at(sf.Name, err)
			}
		} else if e, err = f.compileUnexported(sf.Type); err != nil {
			return at(sf.Name, fmt.Errorf("%w, so %v is no tree; export the field", err, n.typ))
		}
		n.fields = append(n.fields, field{e, sf.Name, sf.Offset})
		if n.fixed = n.fixed && e.fixed; n.fixed {
			n.add(e, sf.Offset)
		}
	}
	if !n.fixed {
		n.offsets = nil
	}
	return nil
}

func (f *family) compileUnexported(t reflect.Type) (*node, error) {
	n := &node{kind: opaque, typ: t, family: f, id: typeID(t)}
	switch {
	case t == f.leaf:
		return nil, fmt.Errorf("an unexported field holds a %v", t)
	case f.holds(t):
		return nil, fmt.Errorf("an unexported field holds a %v, in a %v", f.leaf, t)
	case t.Kind() == reflect.Func:
		n.kind = identity
	case !t.Comparable():
		return nil, fmt.Errorf("an unexported field of type %v cannot be compared", t)
	}
	return n, nil
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

// fixedLeaves is the number of leaves of a fixed type.
func (n *node) fixedLeaves() int {
	if n.kind != tuple {
		return len(n.offsets)
	}
	sum := 0
	for _, f := range n.fields {
		sum += f.fixedLeaves()
	}
	return sum
}

// alloc is a new zero value.
func (n *node) alloc() unsafe.Pointer {
	if n.kind != tuple {
		return reflect.New(n.typ).UnsafePointer()
	}
	args := make([]unsafe.Pointer, len(n.fields)+1) // never of no size
	for i, f := range n.fields {
		args[i] = f.alloc()
	}
	return unsafe.Pointer(unsafe.SliceData(args))
}

// A pathError is an error somewhere in a tree.
type pathError struct {
	path string
	err  error
}

func (e *pathError) Error() string {
	path := e.path
	if parts := strings.SplitN(path, ".", 5); errors.Is(e.err, errCycle) && len(parts) == 5 {
		path = strings.Join(parts[:4], ".") + "..." // the way around, many times
	}
	return path + ": " + e.err.Error()
}

func (e *pathError) Unwrap() error { return e.err }

// at is err one level up, where name leads to it.
func at(name string, err error) error {
	var e *pathError
	if errors.As(err, &e) {
		return &pathError{join(name, e.path), e.err}
	}
	return &pathError{name, err}
}
