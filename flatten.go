package jacobi

import (
	"reflect"
	"slices"
	"strings"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/tree"
)

// A structure is a tree without its arrays.
type structure = *tree.Structure[Array]

// flatten lists the arrays of a tree, some of which may be nil.
func flatten[T any](op string, t T) ([]*Array, structure) {
	leaves, s, err := tree.Flatten[Array](t)
	if err != nil {
		panic(graph.Errorf(graph.ErrTree, op, "%s", ops.TypeName(err)))
	}
	return leaves, s
}

// flattenLike flattens a tree that must have structure s; like and what are the
// names of a tree that has it and of this one.
func flattenLike[T any](op, like string, s structure, what string, t T) []*Array {
	leaves, got := flatten(op, t)
	if !got.Equal(s) {
		panic(graph.Errorf(graph.ErrTreeMismatch, op, "%s and %s differ: %s; they must be alike", like, what, ops.TypeName(tree.Diff(s, got, nil, nil))))
	}
	return leaves
}

func unflatten[T any](s structure, leaves []*Array) T { return tree.Unflatten[T](s, leaves) }

// A signature is a function type whose arguments and results are trees; a last
// result of type error is not one of them. Each of the values that a variadic
// function is given for its last parameter is an argument.
type signature struct {
	typ     reflect.Type
	in, out *tree.Plan[Array] // in: of one value for every parameter
	results int               // without the error
	fails   bool
}

var errorType = reflect.TypeFor[error]()

// refuseNil is the error of an argument, a function or an array, that is nil.
func refuseNil(op, name string, isNil bool) {
	if isNil {
		panic(graph.Errorf(graph.ErrNil, op, "%s is nil", name))
	}
}

func signatureOf(op string, f any) (*signature, reflect.Value) {
	v := reflect.ValueOf(f)
	refuseNil(op, "the function", !v.IsValid() || v.Kind() == reflect.Func && v.IsNil())
	if v.Kind() != reflect.Func {
		panic(graph.Errorf(graph.ErrArgument, op, "takes a function, not %s", ops.TypeName(v.Type())))
	}
	t := v.Type()
	s := &signature{typ: t, results: t.NumOut()}
	if n := s.results; n > 0 && t.Out(n-1) == errorType {
		s.fails = true
		s.results--
	}
	var in, out []reflect.Type
	for i := range t.NumIn() {
		in = append(in, s.argument(i))
	}
	for i := range s.results {
		out = append(out, t.Out(i))
	}
	if last := len(in) - 1; t.IsVariadic() && in[last].Size() == 0 {
		panic(graph.Errorf(graph.ErrArgument, op, "%s is variadic in values that hold nothing; nothing but their number is in a call", ops.TypeName(t)))
	}
	var err error
	if s.in, err = tree.Tuple[Array](in...); err != nil {
		panic(noTree(op, argument, err, ", of "+ops.TypeName(t)))
	}
	if s.out, err = tree.Tuple[Array](out...); err != nil {
		panic(noTree(op, result, err, ", of "+ops.TypeName(t)))
	}
	return s, v
}

// argument is the type of argument i.
func (s *signature) argument(i int) reflect.Type {
	if last := s.typ.NumIn() - 1; s.typ.IsVariadic() && i >= last {
		return s.typ.In(last).Elem()
	}
	return s.typ.In(i)
}

// takes reports whether there can be n arguments.
func (s *signature) takes(n int) bool {
	return n == s.typ.NumIn() || s.typ.IsVariadic() && n >= s.typ.NumIn()-1
}

// arguments are what reflect.MakeFunc gives a function of this type, one by
// one, with the plan of the tuple of them.
func (s *signature) arguments(args []reflect.Value) ([]reflect.Value, *tree.Plan[Array]) {
	if !s.typ.IsVariadic() {
		return args, s.in
	}
	last := len(args) - 1
	more := args[last]
	args = slices.Clone(args[:last])
	for i := range more.Len() {
		args = append(args, more.Index(i))
	}
	return args, s.plan(len(args))
}

// plan is that of the tuple of n arguments.
func (s *signature) plan(n int) *tree.Plan[Array] {
	if n == s.typ.NumIn() {
		return s.in
	}
	types := make([]reflect.Type, n)
	for i := range types {
		types[i] = s.argument(i)
	}
	p, err := tree.Tuple[Array](types...)
	if err != nil {
		graph.Bugf("%v was a tree of arrays, and is %v", s.typ, err)
	}
	return p
}

// apply calls f, of this signature. No values for a variadic parameter are nil,
// as in a call in Go.
func (s *signature) apply(f reflect.Value, args []reflect.Value) []reflect.Value {
	if n := s.typ.NumIn(); s.typ.IsVariadic() && len(args) < n {
		return f.CallSlice(append(slices.Clone(args), reflect.Zero(s.typ.In(n-1))))
	}
	return f.Call(args)
}

// userError is an error that a user's function returned while traced; it goes
// through the trace as a panic and comes out of the function again.
type userError struct{ error }

// call runs f, of this signature, on a tuple and flattens what it returns.
func (s *signature) call(op string, f reflect.Value, args []reflect.Value) ([]*Array, structure) {
	res := s.apply(f, args)
	if s.fails {
		if err, _ := res[s.results].Interface().(error); err != nil {
			panic(userError{err})
		}
	}
	return s.flatten(op, s.out, res[:s.results])
}

func (s *signature) flatten(op string, p *tree.Plan[Array], values []reflect.Value) ([]*Array, structure) {
	at := p.Args(values)
	name := argument
	if p == s.out {
		name = result
	}
	leaves, _, err := p.Flatten(at, nil, nil)
	if err != nil {
		panic(noTree(op, name, err, ""))
	}
	st, err := p.Structure(at)
	if err != nil {
		panic(noTree(op, name, err, ""))
	}
	return leaves, st
}

// noTree is the error of what stands somewhere in a tuple of arguments or results
// and is no tree: err starts with its path. of says more of the tuple.
func noTree(op string, name func(path string) string, err error, of string) *Error {
	path, why, _ := strings.Cut(ops.TypeName(err), ": ")
	return graph.Errorf(graph.ErrTree, op, "%s%s: %s", name(path), of, why)
}

// returns are the results of a call: trees of the leaves, and no error.
func (s *signature) returns(st structure, leaves []*Array) []reflect.Value {
	out := st.Values(leaves)
	if s.fails {
		out = append(out, reflect.Zero(errorType))
	}
	return out
}

// failing makes f return our errors and its own, if its type has a place for
// them; else they go on as panics.
func (s *signature) failing(f func(args []reflect.Value) []reflect.Value) func([]reflect.Value) []reflect.Value {
	if !s.fails {
		return f
	}
	return func(args []reflect.Value) (out []reflect.Value) {
		defer func() {
			err, ok := caught(recover())
			if !ok {
				return
			}
			out = out[:0]
			for i := range s.results {
				out = append(out, reflect.Zero(s.typ.Out(i)))
			}
			out = append(out, reflect.ValueOf(&err).Elem())
		}()
		return f(args)
	}
}

// caught is the error of a user's mistake that a panic carries.
func caught(r any) (error, bool) {
	switch r := r.(type) {
	case nil:
		return nil, false
	case *Error:
		return r, true
	case userError:
		return r.error, true
	}
	panic(r)
}

// argument is a path of a tuple of arguments in a message: argument 1, Mask.
func argument(path string) string { return numbered("argument", path) }

func result(path string) string { return numbered("result", path) }

func numbered(what, path string) string {
	i, rest, _ := strings.Cut(path, ".")
	if rest == "" {
		return what + " " + i
	}
	return what + " " + i + ", " + rest
}

// stageCall traces f on a tuple of arguments.
func (s *signature) stageCall(st ops.Staging, f reflect.Value, in packing, avals []graph.Aval) (ops.Traced, packing) {
	var out packing
	t := ops.Stage(st, avals, in.weak, func(xs []*Array) []*Array {
		leaves, structure := s.call(st.Name, f, in.Values(in.spread(xs)))
		var packed []*Array
		out, packed = pack(structure, leaves)
		return packed
	})
	narrow(st.Name, argument, in, t.In[len(t.Captured):], t.Graph)
	return t, out
}
