package jacobi

import (
	"reflect"
	"slices"

	"jacobi/array"
	"jacobi/graph"
)

// RematOption says what Checkpoint keeps; the default is nothing.
type RematOption struct{ set func(*graph.CheckpointParams) }

// SaveDots keeps the results of matrix products.
func SaveDots() RematOption {
	return RematOption{func(p *graph.CheckpointParams) { p.SaveDots = true }}
}

// SaveNamed keeps the values named with Name.
func SaveNamed(names ...string) RematOption {
	return RematOption{func(p *graph.CheckpointParams) { p.SaveNamed = append(p.SaveNamed, names...) }}
}

// Name names the arrays of a tree for SaveNamed; it is the identity.
func Name[T any](x T, name string) T {
	return TreeMap(x, func(x *Array) *Array {
		return array.Apply([]*Array{x}, x.Weak(), func(b array.B, v []array.V) array.V { return b.Name(v[0], name) })
	})
}

// Checkpoint returns f with another derivative in reverse mode, of the same
// value: what the backward pass needs of f's intermediate values is computed
// again rather than kept, except for what the options save. It trades time for
// memory.
func Checkpoint[F any](f F, opts ...RematOption) F {
	s, fn := signatureOf("Checkpoint", f)
	var p graph.CheckpointParams
	for _, o := range opts {
		o.set(&p)
	}
	return reflect.MakeFunc(s.typ, s.failing(func(args []reflect.Value) []reflect.Value {
		leaves, st := s.flatten("Checkpoint", s.in, args)
		in, packed := pack(st, leaves)
		if !array.Tracing(packed...) {
			return fn.Call(args)
		}
		t, out := s.stageCall(array.Staging{Name: "Checkpoint", Known: packed}, fn, in, avals(packed))
		q := p
		q.Graph = t.Graph
		res := array.ApplyN(slices.Concat(t.Captured, packed), func(b array.B, v []array.V) []array.V { return b.Checkpoint(q, v...) })
		return s.returns(out.structure, out.spread(array.SetWeak(res, out.weak)))
	})).Interface().(F)
}
