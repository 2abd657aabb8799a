// Package tree flattens Go values into lists of leaves and builds them again.
//
// A tree over leaves of type *L is one of
//
//   - a *L, which may be nil: a leaf place that holds nothing;
//   - a struct: its exported fields and its embedded structs, in order;
//   - an array, or a slice, which may be nil;
//   - a map with keys of a string or integer kind, in the order of the keys;
//   - a pointer to a tree, or nil; a cycle of pointers is an error;
//   - an interface that holds a tree, or nil;
//   - a type that implements [Node];
//   - anything else, which has no leaves and is static.
//
// Static values are part of what a tree is: numbers, strings and bools by
// their bits; funcs, channels and unsafe pointers by identity. The unexported
// fields of a struct are static. They must be comparable or funcs, and cannot
// hold leaves. A pointer to a struct without leaves that has unexported fields
// (a *log.Logger, say) is static by identity.
//
// A [Plan] is compiled once per type. A [Structure] is all of a tree but its
// leaves: the type, lengths, keys, what is nil, dynamic types, static values.
// Two trees of one type have equal structures if and only if their keys are
// equal. A type whose structure is the same for all its values, such as a
// struct of leaves, is fixed: its key is empty, and flattening it is a list of
// loads.
//
//	plan, err := tree.For[Array](reflect.TypeFor[Params]())
//	leaves, key, err := plan.Flatten(unsafe.Pointer(&params), nil, nil)
//	s, err := plan.Structure(unsafe.Pointer(&params)) // when the key is new
//	again := tree.Unflatten[Params](s, leaves)
//
// A key holds the addresses of funcs and pointers. Who keeps a key keeps the
// structure with it, so that no address is used again.
//
// Paths are written as Go reaches a leaf, without the first dot: W,
// Layers.0.W, "a key" for a map key that is not a word, and the empty path for
// the tree itself.
package tree

import (
	"reflect"
	"slices"
	"sync"
	"unsafe"

	"github.com/jacobi-go/jacobi/graph"
)

// A Plan flattens the values of one type. It is safe for concurrent use.
type Plan[L any] struct {
	root  *node
	fixed *Structure[L] // nil if values differ in structure
}

// For returns the plan of type t. It is an error if t cannot be a tree, as a
// struct with a leaf in an unexported field.
func For[L any](t reflect.Type) (*Plan[L], error) {
	return plan[L](t, func(f *family) (*node, error) { return f.node(t) })
}

// Tuple returns the plan of a list of values, such as the arguments of a
// function: a tree whose first path element is the index. The value of a tuple
// is an array of pointers to its elements; see [Plan.Args].
func Tuple[L any](types ...reflect.Type) (*Plan[L], error) {
	return plan[L](tupleKey(types), func(f *family) (*node, error) { return f.tuple(types) })
}

// plan remembers plans by leaf type and key.
func plan[L any](key any, compile func(*family) (*node, error)) (*Plan[L], error) {
	f := familyOf[L]()
	if p, ok := f.plans.Load(key); ok {
		return p.(*Plan[L]), nil
	}
	root, err := compile(f)
	if err != nil {
		return nil, err
	}
	p := &Plan[L]{root: root}
	if root.fixed {
		p.fixed = &Structure[L]{plan: p, skeleton: root.alloc(), size: root.fixedLeaves()}
	}
	first, _ := f.plans.LoadOrStore(key, p)
	return first.(*Plan[L]), nil
}

// Fixed returns the structure that all values of the type have, or nil.
func (p *Plan[L]) Fixed() *Structure[L] { return p.fixed }

// Flatten appends the leaves of the value at v, of the plan's type, to leaves
// and what identifies its structure to key. It is an error if the value has a
// cycle of pointers, or an interface that holds no tree.
func (p *Plan[L]) Flatten(v unsafe.Pointer, leaves []*L, key []byte) ([]*L, []byte, error) {
	if offsets := p.root.offsets; p.root.loaded() {
		n := len(leaves)
		leaves = slices.Grow(leaves, len(offsets))[:n+len(offsets)]
		for i, out := 0, leaves[n:]; i < len(out) && i < len(offsets); i++ {
			out[i] = *(**L)(unsafe.Add(v, offsets[i]))
		}
		return leaves, key, nil
	}
	w := walker{leaves: raw(leaves), key: key}
	if err := w.collect(p.root, v); err != nil {
		return leaves, key, err
	}
	return typed[L](w.leaves), w.key, nil
}

// Structure is the structure of the value at v. It holds no leaves, and copies
// of the rest.
func (p *Plan[L]) Structure(v unsafe.Pointer) (*Structure[L], error) {
	if p.fixed != nil {
		return p.fixed, nil
	}
	var w walker
	if err := w.collect(p.root, v); err != nil {
		return nil, err
	}
	s := &Structure[L]{plan: p, key: string(w.key), size: len(w.leaves), skeleton: p.root.alloc()}
	p.root.copy(s.skeleton, v, &source{})
	return s, nil
}

// Args is a tuple's value made of its elements. Values that are not
// addressable are copied.
func (p *Plan[L]) Args(values []reflect.Value) unsafe.Pointer {
	args := make([]unsafe.Pointer, len(values))
	for i, v := range values {
		args[i] = Address(v)
	}
	return unsafe.Pointer(unsafe.SliceData(args))
}

// Address is the address of v, or of a copy if v is not addressable.
func Address(v reflect.Value) unsafe.Pointer {
	if v.CanAddr() {
		return v.Addr().UnsafePointer()
	}
	c := reflect.New(v.Type())
	c.Elem().Set(v)
	return c.UnsafePointer()
}

// Flatten returns the leaves of v and its structure.
func Flatten[L, T any](v T) ([]*L, *Structure[L], error) {
	p, err := For[L](reflect.TypeFor[T]())
	if err != nil {
		return nil, nil, err
	}
	leaves, _, err := p.Flatten(unsafe.Pointer(&v), nil, nil)
	if err != nil {
		return nil, nil, err
	}
	s, err := p.Structure(unsafe.Pointer(&v))
	return leaves, s, err
}

// A Structure is a tree without its leaves. It never changes.
type Structure[L any] struct {
	plan     *Plan[L]
	key      string
	skeleton unsafe.Pointer // a value of the plan's type, its leaves nil
	size     int

	once    sync.Once // for the fields below
	entries []entry
	paths   []string
}

// Key identifies the structure among those of its type.
func (s *Structure[L]) Key() string { return s.key }

// Equal reports whether s and o are the same type and structure.
func (s *Structure[L]) Equal(o *Structure[L]) bool { return s.plan == o.plan && s.key == o.key }

// unflattenTo makes the value at dst, of the plan's type, the tree with the
// given leaves. What dst held is not looked at, and nothing is shared with s
// but what is static by identity.
func (s *Structure[L]) unflattenTo(dst unsafe.Pointer, leaves []*L) {
	if len(leaves) != s.size {
		graph.Bugf("a tree of %d leaves is made of %d", s.size, len(leaves))
	}
	if root := s.plan.root; root.loaded() {
		for i, offset := range root.offsets {
			*(**L)(unsafe.Add(dst, offset)) = leaves[i]
		}
		return
	}
	s.plan.root.copy(dst, s.skeleton, &source{leaves: raw(leaves), fill: true})
}

// Unflatten returns the tree with the given leaves; T is the plan's type.
func Unflatten[T, L any](s *Structure[L], leaves []*L) T {
	var v T
	if t := reflect.TypeFor[T](); t != s.plan.root.typ {
		graph.Bugf("a tree of type %v is made as a %v", s.plan.root.typ, t)
	}
	s.unflattenTo(unsafe.Pointer(&v), leaves)
	return v
}

// Value is Unflatten for a type not known when compiling.
func (s *Structure[L]) Value(leaves []*L) reflect.Value {
	v := reflect.New(s.plan.root.typ)
	s.unflattenTo(v.UnsafePointer(), leaves)
	return v.Elem()
}

// Values is Unflatten for a tuple.
func (s *Structure[L]) Values(leaves []*L) []reflect.Value {
	args, list := s.plan.root.alloc(), s.plan.root.kind.(*fields).list
	s.unflattenTo(args, leaves)
	values := make([]reflect.Value, len(list))
	for i := range list {
		values[i] = list[i].value(list[i].in(args))
	}
	return values
}

// raw and typed see a list of leaves as one of addresses and back: the walk
// over nodes is the same for all types of leaves.
func raw[L any](leaves []*L) []unsafe.Pointer {
	return *(*[]unsafe.Pointer)(unsafe.Pointer(&leaves))
}

func typed[L any](leaves []unsafe.Pointer) []*L { return *(*[]*L)(unsafe.Pointer(&leaves)) }
