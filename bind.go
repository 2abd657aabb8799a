package jacobi

import "slices"

// Bind returns f, a function of an array with optional arguments, as a function
// of the array alone, for what takes such functions:
//
//	jx.Grad(jx.Bind(num.Max))
//	jx.VMap(jx.Bind(num.Softmax, -1))
//	jx.TreeMap(grads, jx.Bind(num.Sum, 0))
//
// Jit, VMap and Checkpoint take variadic functions as they are, and give
// functions of the same type. Shapes, dtypes and errors are those of f; a nil f
// is an error. It is functools.partial of Python, for optional arguments; JAX
// has no such function.
func Bind[O any](f func(*Array, ...O) *Array, opts ...O) func(*Array) *Array {
	refuseNil("Bind", "f", f == nil)
	opts = slices.Clone(opts)
	return func(x *Array) *Array { return f(x, opts...) }
}
