package tree

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unsafe"
)

type dict struct {
	*node
	elem *node
}

// flatten writes every key before what is below it.
func (n *dict) flatten(w *walker, p unsafe.Pointer) error {
	m := n.value(p)
	if m.IsNil() {
		w.uint(0)
		return nil
	}
	w.uint(uint64(m.Len()) + 1)
	if n.typ == n.family.words.typ {
		n.family.words.flatten(w, p)
		return nil
	}
	if err := w.enter(m.UnsafePointer(), n.node); err != nil {
		return err
	}
	return w.leave(m.UnsafePointer(), n.node, n.flattenAll(w, m))
}

func (n *dict) flattenAll(w *walker, m reflect.Value) error {
	elem := reflect.New(n.elem.typ)
	for _, k := range sortedKeys(m) {
		if k.Kind() == reflect.String {
			w.string(k.String())
		} else {
			w.bytes(Address(k), k.Type().Size())
		}
		elem.Elem().Set(m.MapIndex(k))
		if err := n.elem.flatten(w, elem.UnsafePointer()); err != nil {
			return at(keyName(k), err)
		}
	}
	return nil
}

func sortedKeys(m reflect.Value) []reflect.Value {
	keys := m.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		switch {
		case a.Kind() == reflect.String:
			return cmp.Compare(a.String(), b.String())
		case a.CanInt():
			return cmp.Compare(a.Int(), b.Int())
		}
		return cmp.Compare(a.Uint(), b.Uint())
	})
	return keys
}

func (n *dict) copy(dst, src unsafe.Pointer, s *source) {
	v, m := n.value(dst), n.value(src)
	if m.IsNil() {
		v.SetZero()
		return
	}
	v.Set(reflect.MakeMapWithSize(n.typ, m.Len()))
	if n.typ == n.family.words.typ {
		n.family.words.copy(dst, src, s)
		return
	}
	for _, k := range sortedKeys(m) {
		e := reflect.New(n.elem.typ)
		n.elem.copy(e.UnsafePointer(), Address(m.MapIndex(k)), s)
		v.SetMapIndex(k, e.Elem())
	}
}

func (n *dict) view(p unsafe.Pointer) view {
	m := n.value(p)
	if m.IsNil() {
		return absent()
	}
	var names []string
	var parts []part
	for _, k := range sortedKeys(m) {
		names = append(names, keyName(k))
		parts = append(parts, part{keyName(k), n.elem, Address(m.MapIndex(k))})
	}
	v := said("keys " + strings.Join(names, ", "))
	if len(parts) == 0 {
		v = said("no keys")
	}
	v.open, v.close, v.named, v.parts = "{", "}", true, parts
	return v
}

// wordMap flattens and copies a map[string]*L, the type of map that most trees
// have, without reflection: several times as fast.
type wordMap struct {
	typ     reflect.Type
	flatten func(w *walker, p unsafe.Pointer)
	copy    func(dst, src unsafe.Pointer, s *source)
}

func wordMapOf[L any]() wordMap {
	keys := func(m map[string]*L) []string {
		keys := slices.AppendSeq(make([]string, 0, len(m)), maps.Keys(m))
		slices.Sort(keys)
		return keys
	}
	return wordMap{
		typ: reflect.TypeFor[map[string]*L](),
		flatten: func(w *walker, p unsafe.Pointer) {
			m := *(*map[string]*L)(p)
			for _, k := range keys(m) {
				w.string(k)
				w.leaves = append(w.leaves, unsafe.Pointer(m[k]))
			}
		},
		copy: func(dst, src unsafe.Pointer, s *source) {
			to, from := *(*map[string]*L)(dst), *(*map[string]*L)(src)
			for _, k := range keys(from) {
				to[k] = (*L)(s.next())
			}
		},
	}
}
