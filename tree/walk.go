package tree

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"strconv"
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

var errCycle = errors.New("a cycle: the value contains itself")

// cycleDepth is where we begin to look for cycles.
const cycleDepth = 100

func (w *walker) enter(p unsafe.Pointer, n *node) error {
	if w.depth++; w.depth <= cycleDepth {
		return nil
	}
	v := visit{p, n}
	if w.path[v] {
		return errCycle
	}
	if w.path == nil {
		w.path = map[visit]bool{}
	}
	w.path[v] = true
	return nil
}

func (w *walker) leave(p unsafe.Pointer, n *node) {
	if w.depth--; w.path != nil {
		delete(w.path, visit{p, n})
	}
}

func (w *walker) uint(x uint64)   { w.key = binary.AppendUvarint(w.key, x) }
func (w *walker) string(s string) { w.uint(uint64(len(s))); w.key = append(w.key, s...) }
func (w *walker) bytes(p unsafe.Pointer, n uintptr) {
	w.key = append(w.key, unsafe.Slice((*byte)(p), n)...)
}

// address writes the pointer at p.
func (w *walker) address(p unsafe.Pointer) { w.bytes(p, unsafe.Sizeof(p)) }

type sliceHeader struct {
	data     unsafe.Pointer
	len, cap int
}

// flatten walks over the value at p.
func (n *node) flatten(w *walker, p unsafe.Pointer) error {
	if n.fixed && n.kind != tuple {
		for _, offset := range n.offsets {
			w.leaves = append(w.leaves, *(*unsafe.Pointer)(unsafe.Add(p, offset)))
		}
		return nil
	}
	switch n.kind {
	case atom:
		w.bytes(p, n.typ.Size())
	case text:
		w.string(*(*string)(p))
	case identity:
		w.address(p)
	case opaque:
		return n.family.compare(w, n.typ, p)
	case custom:
		return n.flattenCustom(w, p)
	case strukt:
		for i := range n.fields {
			f := &n.fields[i]
			if err := f.flatten(w, unsafe.Add(p, f.offset)); err != nil {
				return at(f.name, err)
			}
		}
	case tuple:
		for i := range n.fields {
			f := &n.fields[i]
			if err := f.flatten(w, *(*unsafe.Pointer)(unsafe.Add(p, f.offset))); err != nil {
				return at(f.name, err)
			}
		}
	case array:
		return n.flattenElems(w, p, n.len)
	case slice:
		s := (*sliceHeader)(p)
		if s.data == nil {
			w.uint(0)
			return nil
		}
		w.uint(uint64(s.len) + 1)
		if err := w.enter(s.data, n); err != nil {
			return err
		}
		defer w.leave(s.data, n)
		return n.flattenElems(w, s.data, s.len)
	case dict:
		return n.flattenDict(w, p)
	case pointer:
		to := *(*unsafe.Pointer)(p)
		if to == nil {
			w.uint(0)
			return nil
		}
		w.uint(1)
		if err := w.enter(to, n); err != nil {
			return err
		}
		err := n.elem.flatten(w, to)
		w.leave(to, n)
		return err
	case iface:
		v := reflect.NewAt(n.typ, p).Elem()
		if v.IsNil() {
			w.uint(0)
			return nil
		}
		e, to, err := n.dynamic(v)
		if err != nil {
			return err
		}
		w.uint(e.id)
		return e.flatten(w, to)
	}
	return nil
}

func (n *node) flattenElems(w *walker, p unsafe.Pointer, count int) error {
	size := n.elem.typ.Size()
	if n.elem.kind == atom {
		w.bytes(p, size*uintptr(count))
		return nil
	}
	for i := range count {
		if err := n.elem.flatten(w, unsafe.Add(p, uintptr(i)*size)); err != nil {
			return at(strconv.Itoa(i), err)
		}
	}
	return nil
}

// dynamic is what an interface that is not nil holds: its node, and the
// address of a copy.
func (n *node) dynamic(v reflect.Value) (*node, unsafe.Pointer, error) {
	e, err := n.family.node(v.Elem().Type())
	if err != nil {
		return nil, nil, err
	}
	return e, Address(v.Elem()), nil
}

// compare writes what == compares of the value at p.
func (f *family) compare(w *walker, t reflect.Type, p unsafe.Pointer) error {
	switch t.Kind() {
	case reflect.String:
		w.string(*(*string)(p))
	case reflect.Pointer, reflect.Chan, reflect.UnsafePointer:
		w.address(p)
	case reflect.Struct:
		for i := range t.NumField() {
			sf := t.Field(i)
			if sf.Name == "_" {
				continue
			}
			if err := f.compare(w, sf.Type, unsafe.Add(p, sf.Offset)); err != nil {
				return at(sf.Name, err)
			}
		}
	case reflect.Array:
		for i := range t.Len() {
			if err := f.compare(w, t.Elem(), unsafe.Add(p, uintptr(i)*t.Elem().Size())); err != nil {
				return at(strconv.Itoa(i), err)
			}
		}
	case reflect.Interface:
		v := reflect.NewAt(t, p).Elem()
		if v.IsNil() {
			w.uint(0)
			return nil
		}
		switch e := v.Elem().Type(); {
		case f.holds(e):
			return fmt.Errorf("an unexported field holds a %v, in a %v", f.leaf, e)
		case !e.Comparable():
			return fmt.Errorf("an unexported field holds a %v, which cannot be compared", e)
		default:
			w.uint(typeID(e))
			return f.compare(w, e, Address(v.Elem()))
		}
	default:
		w.bytes(p, t.Size())
	}
	return nil
}
