package jacobi

import (
	"iter"
	"slices"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/jit"
)

// TreeMap returns a tree of what f returns for every array of t; nil arrays
// stay nil. f may change shapes and dtypes; a nil f, and what is no tree of
// arrays, are errors. It is jax.tree.map.
func TreeMap[T any](t T, f func(x *Array) *Array) T {
	refuseNil("TreeMap", "f", f == nil)
	return treeMap("TreeMap", t, func(_ string, x *Array) *Array { return f(x) })
}

// TreeMapWithPath is TreeMap with the path of every array, as TreeLeaves writes
// it. See TreeMap. It is jax.tree.map_with_path.
func TreeMapWithPath[T any](t T, f func(path string, x *Array) *Array) T {
	refuseNil("TreeMapWithPath", "f", f == nil)
	return treeMap("TreeMapWithPath", t, f)
}

func treeMap[T any](op string, t T, f func(path string, x *Array) *Array) T {
	leaves, s := flatten(op, t)
	out := make([]*Array, len(leaves))
	for i, x := range leaves {
		if x != nil {
			out[i] = f(s.Paths()[i], x)
		}
	}
	return unflatten[T](s, out)
}

// TreeMap2 returns a tree of what f returns for the arrays of two trees of one
// structure. Where one has nil so must the other, and the result has; other
// trees are an error. See TreeMap. It is jax.tree.map of two trees.
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

// TreeMap3 is TreeMap2 for three trees; see TreeMap2. It is jax.tree.map of
// three trees.
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
// reaches them, without the first dot: W, Layers.0.W. Arrays that are nil are
// not among them. They have any shapes and dtypes; what is no tree of arrays is
// an error. It is jax.tree.leaves_with_path.
func TreeLeaves[T any](t T) iter.Seq2[string, *Array] {
	leaves, s := flatten("TreeLeaves", t)
	return func(yield func(string, *Array) bool) {
		for i, path := range s.Paths() {
			if leaves[i] != nil && !yield(path, leaves[i]) {
				return
			}
		}
	}
}

// TreeRavel returns all elements of a tree as one vector, and the function that
// makes such a tree of a vector, for methods that are written for vectors. The
// vector has the dtype that the arrays have together; unravel gives each its own
// again (complex numbers become real by dropping the imaginary part). Where all
// have one dtype, unravel takes any and the arrays have it.
//
// A vector of another size, or dtype where that matters, is an error. Both may
// be differentiated, mapped and jitted. It is jax.flatten_util.ravel_pytree.
func TreeRavel[T any](t T) (flat *Array, unravel func(flat *Array) T) {
	const op = "TreeRavel"
	leaves, s := flatten(op, t)
	in, packed := pack(s, leaves)
	if len(packed) == 0 {
		flat = zeros(graph.Aval{DType: Float32, Shape: []int{0}})
	} else {
		flat = ravel(packed)
	}
	n, as, d := flat.Size(), avals(packed), flat.DType()
	same := !slices.ContainsFunc(as, func(a graph.Aval) bool { return a.DType != d })
	return flat, func(flat *Array) T {
		refuseNil(op, "the vector to unravel", flat == nil)
		if flat.Rank() != 1 || flat.Size() != n {
			panic(graph.Errorf(graph.ErrShape, op, "the tree has %d elements, and unravel was given %v, which has %d; it takes a vector of %[1]d", n, ops.Aval(flat), flat.Size()))
		}
		if flat.Weak() && !same {
			flat = flat.As(d)
		}
		if !same && flat.DType() != d {
			panic(graph.Errorf(graph.ErrDType, op, "the tree is of several dtypes, which are %v together, and unravel was given %v", d, ops.Aval(flat)))
		}
		out := ops.ApplyN([]*Array{flat}, func(b ops.B, v []ops.V) (parts []ops.V) {
			at := 0
			for _, a := range as {
				x := b.Reshape(b.SliceAxis(v[0], 0, at, at+a.Size()), a.Shape...)
				if at += a.Size(); !same {
					x = b.Convert(x, a.DType)
				}
				parts = append(parts, x)
			}
			return parts
		})
		for i, x := range out {
			ops.SetWeak(out[i:i+1], []bool{in.weak[i] && x.DType() == as[i].DType})
		}
		return unflatten[T](s, in.spread(out))
	}
}

// ravel is all elements of arrays as one vector.
func ravel(xs []*Array) *Array {
	d, weak := array.Promote(xs...)
	in := make([]*Array, len(xs))
	for i, x := range xs {
		if in[i] = x; x.DType() != d {
			in[i] = x.As(d)
		}
	}
	return ops.Apply(in, weak, func(b ops.B, v []ops.V) ops.V {
		for i, x := range v {
			v[i] = b.Reshape(x, x.Size())
		}
		return b.Concatenate(0, v...)
	})
}

// TreeFlatten returns the arrays of a tree, nil where there is none, and the
// function that puts others, of any shapes and dtypes, in their place: as many,
// or it is an error. It is jax.tree.flatten, which leaves out what is None.
func TreeFlatten[T any](t T) ([]*Array, func([]*Array) T) {
	leaves, s := flatten("TreeFlatten", t)
	return leaves, func(with []*Array) T {
		if len(with) != len(leaves) {
			panic(graph.Errorf(graph.ErrTreeMismatch, "TreeFlatten", "the tree has %d arrays, %d given", len(leaves), len(with)))
		}
		return unflatten[T](s, with)
	}
}

// StopGradient is the identity with derivative zero, on every array of a tree,
// of any shape and dtype. What is no tree of arrays is an error. It is
// jax.lax.stop_gradient.
func StopGradient[T any](x T) T {
	return TreeMap(x, func(x *Array) *Array {
		return ops.Apply([]*Array{x}, x.Weak(), func(b ops.B, v []ops.V) ops.V { return b.StopGradient(v[0]) })
	})
}

// Wait blocks until every array in the tree, of any shape and dtype, is
// computed, and returns the error of what went wrong. It is
// jax.block_until_ready.
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

// Close frees the memory of every array in the tree, of any shape and dtype,
// now rather than when the collector finds it, so that the next results find it
// warm. Using such an array afterwards is an error; so is closing one twice. It
// is delete of jax.Array.
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
// do not meet in one program. Shapes and dtypes stay; a copy that fails, and
// arrays of a trace, are errors. It is jax.device_put.
func Put[T any](tree T, d Device) (_ T, err error) {
	defer graph.Catch(&err)
	return TreeMap(tree, func(x *Array) *Array { return ops.Put(x, jit.On(d)) }), nil
}

// pathName is a path in a message.
func pathName(path string) string { return orElse(path, "the array") }
