package tree

import (
	"reflect"
	"unsafe"
)

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

// copy makes the value at dst a copy of the one at src with other leaves.
func (n *node) copy(dst, src unsafe.Pointer, s *source) {
	if n.fixed && n.kind != tuple {
		for _, offset := range n.offsets {
			*(*unsafe.Pointer)(unsafe.Add(dst, offset)) = s.next()
		}
		return
	}
	switch n.kind {
	case custom:
		n.copyCustom(dst, src, s)
	case strukt:
		for i := range n.fields {
			f := &n.fields[i]
			f.copy(unsafe.Add(dst, f.offset), unsafe.Add(src, f.offset), s)
		}
	case tuple:
		for i := range n.fields {
			f := &n.fields[i]
			f.copy(*(*unsafe.Pointer)(unsafe.Add(dst, f.offset)), *(*unsafe.Pointer)(unsafe.Add(src, f.offset)), s)
		}
	case array:
		n.copyElems(dst, src, n.len, s)
	case slice:
		v := reflect.NewAt(n.typ, dst).Elem()
		from := (*sliceHeader)(src)
		if from.data == nil {
			v.SetZero()
			return
		}
		v.Set(reflect.MakeSlice(n.typ, from.len, from.len))
		n.copyElems((*sliceHeader)(dst).data, from.data, from.len, s)
	case dict:
		n.copyDict(dst, src, s)
	case pointer:
		v, from := reflect.NewAt(n.typ, dst).Elem(), *(*unsafe.Pointer)(src)
		if from == nil {
			v.SetZero()
			return
		}
		to := n.elem.alloc()
		n.elem.copy(to, from, s)
		*(*unsafe.Pointer)(dst) = to
	case iface:
		v, from := reflect.NewAt(n.typ, dst).Elem(), reflect.NewAt(n.typ, src).Elem()
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
	default:
		reflect.NewAt(n.typ, dst).Elem().Set(reflect.NewAt(n.typ, src).Elem())
	}
}

func (n *node) copyElems(dst, src unsafe.Pointer, count int, s *source) {
	size := n.elem.typ.Size()
	if n.elem.kind == atom {
		bytes := size * uintptr(count)
		copy(unsafe.Slice((*byte)(dst), bytes), unsafe.Slice((*byte)(src), bytes))
		return
	}
	for i := range count {
		n.elem.copy(unsafe.Add(dst, uintptr(i)*size), unsafe.Add(src, uintptr(i)*size), s)
	}
}
