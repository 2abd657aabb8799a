package jacobi

import (
	"iter"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/jit"
)

// TreeMap applies f to every array of a tree; nil arrays stay nil.
func TreeMap[T any](t T, f func(x *Array) *Array) T {
	refuseNil("TreeMap", "f", f == nil)
	leaves, s := flatten("TreeMap", t)
	out := make([]*Array, len(leaves))
	for i, x := range leaves {
		if x != nil {
			out[i] = f(x)
		}
	}
	return unflatten[T](s, out)
}

// TreeMap2 applies f to the arrays of two trees of one structure. Where one
// has nil so must the other, and the result.
func TreeMap2[T any](t, u T, f func(x, y *Array) *Array) T {
	refuseNil("TreeMap2", "f", f == nil)
	xs, s := flatten("TreeMap2", t)
	ys := flattenLike("TreeMap2", "the first tree", s, "the second", u)
	out := make([]*Array, len(xs))
	for i, x := range xs {
		if bothNil("TreeMap2", s, i, x, "the second", ys[i]) {
			continue
		}
		out[i] = f(x, ys[i])
	}
	return unflatten[T](s, out)
}

// TreeMap3 applies f to the arrays of three trees of one structure.
func TreeMap3[T any](t, u, v T, f func(x, y, z *Array) *Array) T {
	refuseNil("TreeMap3", "f", f == nil)
	xs, s := flatten("TreeMap3", t)
	ys, zs := flattenLike("TreeMap3", "the first tree", s, "the second", u), flattenLike("TreeMap3", "the first tree", s, "the third", v)
	out := make([]*Array, len(xs))
	for i, x := range xs {
		if bothNil("TreeMap3", s, i, x, "the second", ys[i]) || bothNil("TreeMap3", s, i, x, "the third", zs[i]) {
			continue
		}
		out[i] = f(x, ys[i], zs[i])
	}
	return unflatten[T](s, out)
}

func bothNil(op string, s structure, i int, x *Array, other string, y *Array) bool {
	if (x == nil) != (y == nil) {
		here, there := "the first tree", other
		if x != nil {
			here, there = other+" tree", "the first"
		}
		panic(graph.Errorf(graph.ErrTreeMismatch, op, "%s is nil in %s, not in %s; it is an array in all of them, or in none", pathName(s.Paths()[i]), here, there))
	}
	return x == nil
}

// TreeLeaves ranges over the arrays of a tree with their paths, written as Go
// reaches them, without the first dot: W, Layers.0.W.
func TreeLeaves[T any](t T) iter.Seq2[string, *Array] {
	leaves, s := flatten("TreeLeaves", t)
	return func(yield func(string, *Array) bool) {
		for i, path := range s.Paths() {
			if !yield(path, leaves[i]) {
				return
			}
		}
	}
}

// TreeFlatten returns the arrays of a tree and the function that puts others
// in their place.
func TreeFlatten[T any](t T) ([]*Array, func([]*Array) T) {
	leaves, s := flatten("TreeFlatten", t)
	return leaves, func(with []*Array) T {
		if len(with) != len(leaves) {
			panic(graph.Errorf(graph.ErrTreeMismatch, "TreeFlatten", "the tree has %d arrays, %d given", len(leaves), len(with)))
		}
		return unflatten[T](s, with)
	}
}

// StopGradient is the identity with derivative zero, on every array of a tree.
func StopGradient[T any](x T) T {
	return TreeMap(x, func(x *Array) *Array {
		return ops.Apply([]*Array{x}, x.Weak(), func(b ops.B, v []ops.V) ops.V { return b.StopGradient(v[0]) })
	})
}

// Wait blocks until every array in the tree is computed, and returns what went
// wrong.
func Wait[T any](tree T) error {
	leaves, _ := flatten("Wait", tree)
	for _, x := range leaves {
		if x != nil {
			if err := x.Wait(); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close frees the memory of every array in the tree now rather than when the
// collector finds it, so that the next results find it warm. Using such an
// array afterwards is an error; so is closing one twice.
func Close[T any](tree T) error {
	leaves, _ := flatten("Close", tree)
	var first error
	for _, x := range leaves {
		if x != nil {
			if err := x.Close(); err != nil && first == nil {
				first = err
			}
		}
	}
	return first
}

// Put copies every array of a tree to a device, where what is computed of them
// runs and stays. Arrays that were put nowhere go along; arrays on two devices
// do not meet in one program.
func Put[T any](tree T, d Device) (_ T, err error) {
	defer graph.Catch(&err)
	return TreeMap(tree, func(x *Array) *Array { return ops.Put(x, jit.On(d)) }), nil
}

// pathName is a path in a message.
func pathName(path string) string {
	if path == "" {
		return "the array"
	}
	return path
}
