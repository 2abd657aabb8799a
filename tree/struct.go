package tree

import (
	"fmt"
	"reflect"
	"strings"
	"unsafe"
)

// fields is a struct, or a tuple: an array of pointers to values of different
// types, which has no Go type.
type fields struct {
	*node
	list []field
}

type field struct {
	*node
	name   string
	offset uintptr
	led    bool // there is a pointer to the value: the fields of a tuple
}

// in is where the field of the value at p is.
func (f *field) in(p unsafe.Pointer) unsafe.Pointer {
	p = unsafe.Add(p, f.offset)
	if f.led {
		p = *(*unsafe.Pointer)(p)
	}
	return p
}

func (n *fields) flatten(w *walker, p unsafe.Pointer) error {
	for i := range n.list {
		f := &n.list[i]
		if err := f.flatten(w, f.in(p)); err != nil {
			return at(f.name, err)
		}
	}
	return nil
}

func (n *fields) copy(dst, src unsafe.Pointer, s *source) {
	for i := range n.list {
		f := &n.list[i]
		f.copy(f.in(dst), f.in(src), s)
	}
}

func (n *fields) view(p unsafe.Pointer) view {
	v := view{open: "{", close: "}", named: true}
	switch {
	case n.typ == nil:
		v = view{open: "(", close: ")"}
	case closed(n.typ) && !n.family.holds(n.typ): // best printed by its own package
		v.text, v.whole = fmt.Sprint(n.value(p).Interface()), true
	}
	for _, f := range n.list {
		v.parts = append(v.parts, part{f.name, f.node, f.in(p)})
	}
	return v
}

// alloc is a new zero value.
func (n *node) alloc() unsafe.Pointer {
	if n.typ != nil {
		return reflect.New(n.typ).UnsafePointer()
	}
	list := n.kind.(*fields).list
	args := make([]unsafe.Pointer, len(list)+1) // never of no size
	for i, f := range list {
		args[i] = f.alloc()
	}
	return unsafe.Pointer(unsafe.SliceData(args))
}

func (n *node) String() string {
	if n.typ != nil {
		return n.typ.String()
	}
	var types []string
	for _, f := range n.kind.(*fields).list {
		types = append(types, f.String())
	}
	return "(" + strings.Join(types, ", ") + ")"
}

// fixedLeaves is the number of leaves of a fixed type.
func (n *node) fixedLeaves() int {
	if n.typ != nil {
		return len(n.offsets)
	}
	sum := 0
	for _, f := range n.kind.(*fields).list {
		sum += f.fixedLeaves()
	}
	return sum
}

func (f *family) tuple(types []reflect.Type) (*node, error) {
	n := &node{family: f, fixed: true}
	t := &fields{node: n}
	n.kind = t
	for i, typ := range types {
		e, err := f.node(typ)
		if err != nil {
			return nil, at(fmt.Sprint(i), err)
		}
		t.list = append(t.list, field{e, fmt.Sprint(i), uintptr(i) * unsafe.Sizeof(uintptr(0)), true})
		n.fixed = n.fixed && e.fixed
	}
	return n, nil
}

func (f *family) compileStruct(n *node, made map[reflect.Type]*node) (*fields, error) {
	s := &fields{node: n}
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
				return nil, at(sf.Name, err)
			}
		} else if e, err = f.compileUnexported(sf.Type); err != nil {
			return nil, at(sf.Name, fmt.Errorf("%w; export it, or make %v a tree.Node", err, n.typ))
		}
		s.list = append(s.list, field{node: e, name: sf.Name, offset: sf.Offset})
		if n.fixed = n.fixed && e.fixed; n.fixed {
			n.add(e, sf.Offset)
		}
	}
	if !n.fixed {
		n.offsets = nil
	}
	return s, nil
}

func (f *family) compileUnexported(t reflect.Type) (*node, error) {
	n := &node{typ: t, family: f, id: typeID(t)}
	if t.Kind() == reflect.Func {
		n.kind = identity{static{n}}
		return n, nil
	}
	n.kind = opaque{static{n}}
	return n, f.comparable(t)
}
