package jacobi

import (
	"reflect"

	"jacobi/graph"
	"jacobi/internal/ops"
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
		return ops.Apply([]*Array{x}, x.Weak(), func(b ops.B, v []ops.V) ops.V { return b.Name(v[0], name) })
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
		if !ops.Tracing(packed...) {
			return fn.Call(args)
		}
		t, out := s.stageCall(ops.Staging{Name: "Checkpoint", Known: packed}, fn, in, avals(packed))
		q := p
		q.Graph = t.Graph
		res := ops.ApplyN(append(packed, t.Captured...), func(b ops.B, v []ops.V) []ops.V { return b.Checkpoint(q, v...) })
		return s.returns(out.structure, out.spread(ops.SetWeak(res, out.weak)))
	})).Interface().(F)
}
