package jacobi

import (
	"reflect"
	"slices"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// RematOption says what Checkpoint keeps; the default is nothing.
type RematOption struct{ set func(*graph.CheckpointParams) }

// SaveAll keeps every value that the backward pass needs, as if there were no
// checkpoint: nothing is computed again. It is
// jax.checkpoint_policies.everything_saveable.
func SaveAll() RematOption {
	return RematOption{func(p *graph.CheckpointParams) { p.SaveAll = true }}
}

// SaveDots keeps the results of matrix products. It is
// jax.checkpoint_policies.dots_saveable.
func SaveDots() RematOption {
	return RematOption{func(p *graph.CheckpointParams) { p.SaveDots = true }}
}

// SaveNamed keeps the values named with Name. It has no errors: a name that
// nothing has saves nothing. It is
// jax.checkpoint_policies.save_only_these_names.
func SaveNamed(names ...string) RematOption {
	return RematOption{func(p *graph.CheckpointParams) { p.SaveNamed = append(p.SaveNamed, names...) }}
}

// Name names the arrays of a tree for SaveNamed; it is the identity, of any
// shapes and dtypes. A tree that holds what is no array is an error. It is
// jax.ad_checkpoint.checkpoint_name.
func Name[T any](x T, name string) T {
	return TreeMap(x, func(x *Array) *Array {
		return ops.Apply([]*Array{x}, x.Weak(), func(b ops.B, v []ops.V) ops.V { return b.Name(v[0], name) })
	})
}

// Checkpoint returns f with another derivative in reverse mode, of the same
// value: what the backward pass needs of f's intermediate values is computed
// again rather than kept, except for what the options save. It trades time for
// memory.
//
// SaveDots and SaveNamed do not look into the loops and branches in f: these
// are computed again as a whole. Put a Checkpoint around the body instead. The
// function takes and returns the shapes and dtypes of f; an f that is no
// function of trees is an error. It is jax.checkpoint.
func Checkpoint[F any](f F, opts ...RematOption) F {
	s, fn := signatureOf("Checkpoint", f)
	var p graph.CheckpointParams
	for _, o := range opts {
		refuseNil("Checkpoint", "an option", o.set == nil)
		o.set(&p)
	}
	return reflect.MakeFunc(s.typ, s.failing(func(args []reflect.Value) []reflect.Value {
		args, plan := s.arguments(args)
		leaves, st := s.flatten("Checkpoint", plan, args)
		in, packed := pack(st, leaves)
		if !ops.Tracing(packed...) {
			return s.apply(fn, args)
		}
		t, out := s.stageCall(ops.Staging{Name: "Checkpoint", Known: packed}, fn, in, avals(packed))
		q := p
		q.Graph = t.Graph
		res := ops.ApplyN(slices.Concat(t.Captured, packed), func(b ops.B, v []ops.V) []ops.V { return b.Checkpoint(q, v...) })
		return s.returns(out.structure, out.spread(ops.SetWeak(res, out.weak)))
	})).Interface().(F)
}
