package tree

import (
	"fmt"
	"reflect"
	"strconv"
	"unsafe"
)

// Elements lie one behind the other.
type elements struct {
	*node
	elem *node
}

type (
	array struct {
		elements
		len int
	}
	slice struct{ elements }
)

type sliceHeader struct {
	data     unsafe.Pointer
	len, cap int
}

func (n *array) flatten(w *walker, p unsafe.Pointer) error { return n.flattenAll(w, p, n.len) }

func (n *array) copy(dst, src unsafe.Pointer, s *source) { n.copyAll(dst, src, n.len, s) }

func (n *array) view(p unsafe.Pointer) view { return n.viewAll(view{}, p, n.len) }

func (n *slice) flatten(w *walker, p unsafe.Pointer) error {
	s := (*sliceHeader)(p)
	if s.data == nil {
		w.uint(0)
		return nil
	}
	w.uint(uint64(s.len) + 1)
	if err := w.enter(s.data, n.node); err != nil {
		return err
	}
	return w.leave(s.data, n.node, n.flattenAll(w, s.data, s.len))
}

func (n *slice) copy(dst, src unsafe.Pointer, s *source) {
	v, from := n.value(dst), (*sliceHeader)(src)
	if from.data == nil {
		v.SetZero()
		return
	}
	v.Set(reflect.MakeSlice(n.typ, from.len, from.len))
	n.copyAll((*sliceHeader)(dst).data, from.data, from.len, s)
}

func (n *slice) view(p unsafe.Pointer) view {
	s := (*sliceHeader)(p)
	if s.data == nil {
		return absent()
	}
	return n.viewAll(said(fmt.Sprintf("length %d", s.len)), s.data, s.len)
}

func (n *elements) flattenAll(w *walker, p unsafe.Pointer, count int) error {
	size := n.elem.typ.Size()
	if n.elem.bytes {
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

func (n *elements) copyAll(dst, src unsafe.Pointer, count int, s *source) {
	size := n.elem.typ.Size()
	if n.elem.bytes {
		bytes := size * uintptr(count)
		copy(unsafe.Slice((*byte)(dst), bytes), unsafe.Slice((*byte)(src), bytes))
		return
	}
	for i := range count {
		n.elem.copy(unsafe.Add(dst, uintptr(i)*size), unsafe.Add(src, uintptr(i)*size), s)
	}
}

func (n *elements) viewAll(v view, p unsafe.Pointer, count int) view {
	v.open, v.close = "[", "]"
	for i := range count {
		v.parts = append(v.parts, part{strconv.Itoa(i), n.elem, unsafe.Add(p, uintptr(i)*n.elem.typ.Size())})
	}
	return v
}
