package tree

import (
	"fmt"
	"reflect"
	"strconv"
	"unsafe"
)

type pointer struct {
	*node
	elem *node
}

func (n *pointer) flatten(w *walker, p unsafe.Pointer) error {
	to := *(*unsafe.Pointer)(p)
	if to == nil {
		w.uint(0)
		return nil
	}
	w.uint(1)
	if err := w.enter(to, n.node); err != nil {
		return err
	}
	return w.leave(to, n.node, n.elem.flatten(w, to))
}

func (n *pointer) copy(dst, src unsafe.Pointer, s *source) {
	from := *(*unsafe.Pointer)(src)
	if from == nil {
		n.value(dst).SetZero()
		return
	}
	to := n.elem.alloc()
	n.elem.copy(to, from, s)
	*(*unsafe.Pointer)(dst) = to
}

func (n *pointer) view(p unsafe.Pointer) view {
	to := *(*unsafe.Pointer)(p)
	if to == nil {
		return absent()
	}
	v := said("no nil")
	v.open, v.parts = "&", []part{{"", n.elem, to}}
	return v
}

type iface struct{ *node }

func (n iface) flatten(w *walker, p unsafe.Pointer) error {
	v := n.value(p)
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

func (n iface) copy(dst, src unsafe.Pointer, s *source) {
	v, from := n.value(dst), n.value(src)
	if from.IsNil() {
		v.SetZero()
		return
	}
	e, p, err := n.dynamic(from)
	if err != nil {
		panic(err) // it was flattened before
	}
	to := reflect.New(e.typ)
	e.copy(to.UnsafePointer(), p, s)
	v.Set(to.Elem())
}

func (n iface) view(p unsafe.Pointer) view {
	from := n.value(p)
	if from.IsNil() {
		return absent()
	}
	e, to, err := n.dynamic(from)
	if err != nil {
		panic(err) // it was flattened before
	}
	return view{entry: true, text: fmt.Sprintf("a %v", e.typ), key: strconv.FormatUint(e.id, 10), parts: []part{{"", e, to}}}
}

// dynamic is what an interface that is not nil holds: its node, and the
// address of a copy.
func (n iface) dynamic(v reflect.Value) (*node, unsafe.Pointer, error) {
	e, err := n.family.node(v.Elem().Type())
	if err != nil {
		return nil, nil, err
	}
	return e, Address(v.Elem()), nil
}
