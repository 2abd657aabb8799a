package tree

import (
	"fmt"
	"reflect"
	"strconv"
	"unsafe"
)

// leaf is a *L. Values of fixed types are walked by their offsets, so it has no
// walk of its own.
type leaf struct{ kind }

func (leaf) view(unsafe.Pointer) view { return view{leaf: true, text: "a leaf"} }

// Static kinds have no leaves: what identifies their values is in the key.
type (
	atom     struct{ static } // by its bytes: a number or a bool
	text     struct{ static } // a string
	identity struct{ static } // by its address: func, chan, unsafe.Pointer, pointer
	opaque   struct{ static } // by what == compares
)

type static struct{ *node }

func (n static) copy(dst, src unsafe.Pointer, _ *source) { n.value(dst).Set(n.value(src)) }

// say is the view of the value at p, which text describes.
func (n static) say(p unsafe.Pointer, text string) view {
	var w walker
	if err := n.flatten(&w, p); err != nil {
		panic(err) // it was flattened before
	}
	return view{entry: true, text: text, key: string(w.key), whole: true}
}

func (n static) view(p unsafe.Pointer) view { return n.say(p, fmt.Sprint(n.value(p).Interface())) }

func (n atom) flatten(w *walker, p unsafe.Pointer) error {
	w.bytes(p, n.typ.Size())
	return nil
}

func (n text) flatten(w *walker, p unsafe.Pointer) error {
	w.string(*(*string)(p))
	return nil
}

func (n text) view(p unsafe.Pointer) view { return n.say(p, strconv.Quote(n.value(p).String())) }

func (n identity) flatten(w *walker, p unsafe.Pointer) error {
	w.address(p)
	return nil
}

func (n identity) view(p unsafe.Pointer) view {
	if n.value(p).IsNil() {
		return n.say(p, "nil")
	}
	return n.say(p, n.typ.String())
}

func (n opaque) flatten(w *walker, p unsafe.Pointer) error { return n.family.compare(w, n.typ, p) }

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
		e := v.Elem().Type()
		if err := f.comparable(e); err != nil {
			return err
		}
		w.uint(typeID(e))
		return f.compare(w, e, Address(v.Elem()))
	default:
		w.bytes(p, t.Size())
	}
	return nil
}

// comparable is the error of an unexported field that holds a t, if there is
// one.
func (f *family) comparable(t reflect.Type) error {
	switch {
	case t == f.leaf:
		return fmt.Errorf("an unexported field holds a %v", t)
	case f.holds(t):
		return fmt.Errorf("an unexported field holds a %v, in a %v", f.leaf, t)
	case !t.Comparable():
		return fmt.Errorf("an unexported field holds a %v, which cannot be compared", t)
	}
	return nil
}
