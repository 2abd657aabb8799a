package jacobi

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/jac"
)

// JacFwd returns the Jacobian of a function with one result, column by column
// in forward mode: each array of the tree becomes the derivative by it, of
// shape result.shape + array.shape and of the result's dtype. It suits
// functions with more results than arguments. Integers and bools are an error
// without AllowInt, and in the result; so are complex arguments without
// Holomorphic. It is jax.jacfwd.
func JacFwd[P any](f func(P) *Array, opts ...GradOption) func(P) P {
	refuseNil("JacFwd", "f", f == nil)
	o := merged("JacFwd", opts)
	return func(p P) P {
		b, _ := jacobian("JacFwd", ops.Forward, o, alone(f), p)
		return single(b)
	}
}

// JacRev returns the same Jacobian row by row, in reverse mode, of the array's
// dtype. Complex results are an error without Holomorphic; for the rest see
// JacFwd. It suits functions with more arguments than results. It is
// jax.jacrev.
func JacRev[P any](f func(P) *Array, opts ...GradOption) func(P) P {
	refuseNil("JacRev", "f", f == nil)
	o := merged("JacRev", opts)
	return func(p P) P {
		b, _ := jacobian("JacRev", ops.Reverse, o, alone(f), p)
		return single(b)
	}
}

// JacFwdAux is JacFwd for a function that also returns something that is not
// differentiated: any tree. See JacFwd. It is jax.jacfwd with has_aux=True.
func JacFwdAux[P, A any](f func(P) (*Array, A), opts ...GradOption) func(P) (P, A) {
	refuseNil("JacFwdAux", "f", f == nil)
	o := merged("JacFwdAux", opts)
	return func(p P) (P, A) {
		b, aux := jacobian("JacFwdAux", ops.Forward, o, f, p)
		return single(b), aux
	}
}

// JacRevAux is JacRev for a function that also returns something that is not
// differentiated: any tree. See JacRev. It is jax.jacrev with has_aux=True.
func JacRevAux[P, A any](f func(P) (*Array, A), opts ...GradOption) func(P) (P, A) {
	refuseNil("JacRevAux", "f", f == nil)
	o := merged("JacRevAux", opts)
	return func(p P) (P, A) {
		b, aux := jacobian("JacRevAux", ops.Reverse, o, f, p)
		return single(b), aux
	}
}

// JacFwdTree is JacFwd for a function that returns a tree; see JacFwd. It is
// jax.jacfwd.
func JacFwdTree[P, Q any](f func(P) Q, opts ...GradOption) func(P) Blocks[Q, P] {
	refuseNil("JacFwdTree", "f", f == nil)
	o := merged("JacFwdTree", opts)
	return func(p P) Blocks[Q, P] {
		b, _ := jacobian("JacFwdTree", ops.Forward, o, alone(f), p)
		return b
	}
}

// JacRevTree is JacRev for a function that returns a tree; see JacRev. It is
// jax.jacrev.
func JacRevTree[P, Q any](f func(P) Q, opts ...GradOption) func(P) Blocks[Q, P] {
	refuseNil("JacRevTree", "f", f == nil)
	o := merged("JacRevTree", opts)
	return func(p P) Blocks[Q, P] {
		b, _ := jacobian("JacRevTree", ops.Reverse, o, alone(f), p)
		return b
	}
}

// Hessian returns the second derivative of a function of one array, of shape
// result.shape + x.shape + x.shape: JacFwd of JacRev. For dtypes and errors see
// JacRev. It is jax.hessian.
func Hessian(f func(*Array) *Array, opts ...GradOption) func(*Array) *Array {
	refuseNil("Hessian", "f", f == nil)
	return JacFwd(JacRev(f, opts...), opts...)
}

// HessianTree returns the second derivative of a scalar function by a tree. For
// shapes, dtypes and errors see Grad and JacFwd. It is jax.hessian.
func HessianTree[P any](f func(P) *Array, opts ...GradOption) func(P) Blocks[P, P] {
	refuseNil("HessianTree", "f", f == nil)
	return JacFwdTree(Grad(f, opts...), opts...)
}

// Blocks is a matrix of arrays: a row for every array of Q, a column for every
// array of P; the block of shape row.shape + column.shape is the derivative of
// the one by the other. It is a tree, so derivatives of it are Blocks again.
type Blocks[Q, P any] struct {
	rows, cols packing
	at         []*Array // row-major, packed; nil where there is no derivative
}

// Row returns the derivatives of one array of the result, named by path: W,
// Layers.0.W, or the empty string if the result is an array. A path that does
// not exist is an error. JAX has no such function: there a Jacobian is a tree
// of trees.
func (b Blocks[Q, P]) Row(path string) P { return b.row(b.rows.index("Row", path)) }

// Col returns the derivatives by one array of the argument. A path that does
// not exist is an error. JAX has no such function.
func (b Blocks[Q, P]) Col(path string) Q {
	i, n := b.cols.index("Col", path), graph.Count(b.cols.present)
	col := make([]*Array, graph.Count(b.rows.present))
	for k := range col {
		col[k] = b.at[k*n+i]
	}
	return unflatten[Q](b.rows.structure, b.rows.spread(col))
}

// Rows ranges over the arrays of the result. It has no errors. JAX has no such
// function.
func (b Blocks[Q, P]) Rows() iter.Seq2[string, P] {
	return func(yield func(string, P) bool) {
		for i := range graph.Count(b.rows.present) {
			if !yield(b.rows.path(i), b.row(i)) {
				return
			}
		}
	}
}

func (b Blocks[Q, P]) row(i int) P {
	n := graph.Count(b.cols.present)
	return unflatten[P](b.cols.structure, b.cols.spread(b.at[i*n:(i+1)*n]))
}

// index is the number of the packed array at path.
func (p packing) index(op, path string) int {
	paths := make([]string, graph.Count(p.present))
	for i := range paths {
		if paths[i] = p.path(i); paths[i] == path {
			return i
		}
	}
	panic(graph.Errorf(graph.ErrArgument, op, "there is no array at %q; there are %q", path, paths))
}

// TreeLeaves, TreeWith, TreePaths and TreeStatic make Blocks a tree, whose arrays
// are the blocks, row by row.
func (b Blocks[Q, P]) TreeLeaves() []*Array { return b.at }

// TreeWith makes Blocks a tree: such Blocks of other arrays, as many, which it
// does not check; it has no errors.
func (b Blocks[Q, P]) TreeWith(at []*Array) any { b.at = slices.Clone(at); return b }

// TreePaths makes Blocks a tree.
func (b Blocks[Q, P]) TreePaths() []string {
	var paths []string
	for i := range graph.Count(b.rows.present) {
		for k := range graph.Count(b.cols.present) {
			r, c := b.rows.path(i), b.cols.path(k)
			if r != "" && c != "" {
				r += "."
			}
			paths = append(paths, r+c)
		}
	}
	return paths
}

// TreeStatic makes Blocks a tree.
func (b Blocks[Q, P]) TreeStatic() any {
	if b.at == nil {
		return nil
	}
	return [2]string{b.rows.key(), b.cols.key()}
}

// MarshalText is an error, so that encoding/json does not write {} in silence:
// what names the rows and columns is the structure of trees in this program.
// The rows and the columns are trees like others, and can be written.
func (b Blocks[Q, P]) MarshalText() ([]byte, error) {
	return nil, graph.Errorf(graph.ErrUnsupported, "MarshalText", "Blocks cannot be written; write the trees that Rows ranges over, by path")
}

// String prints the blocks, each after the names of its row and its column.
func (b Blocks[Q, P]) String() string {
	var lines []string
	n := graph.Count(b.cols.present)
	for i, x := range b.at {
		lines = append(lines, fmt.Sprintf("%s by %s:\n%v", orElse(b.rows.path(i/n), "the result"), orElse(b.cols.path(i%n), "the argument"), x))
	}
	if lines == nil {
		return "no blocks"
	}
	return strings.Join(lines, "\n")
}

func orElse(path, whole string) string {
	if path == "" {
		return whole
	}
	return path
}

// single is the Jacobian of a function with one array as result.
func single[P any](b Blocks[*Array, P]) P { return b.row(0) }

// jacobian traces f and runs one program for all blocks.
func jacobian[P, Q, A any](op string, mode ops.Mode, o gradOptions, f func(P) (Q, A), p P) (Blocks[Q, P], A) {
	s := stageAux(ops.Staging{Name: op, Mode: mode}, f, p)
	checkInputs(op, o, pathName, s)
	if len(s.results()) == 0 {
		panic(graph.Errorf(graph.ErrNil, op, "the function returned no array"))
	}
	for i, v := range s.results() {
		if !v.DType.Differentiable() {
			panic(graph.Errorf(graph.ErrNotDifferentiable, op, "the function returned %v at %s, which has no derivative; convert it to a float with As", v.Aval, pathName(s.out.path(i))))
		}
	}
	if !o.holomorphic {
		for i, v := range s.own() {
			if v.DType.IsComplex() && mode == ops.Forward {
				panic(graph.Errorf(graph.ErrDType, op, "%s is %v; forward mode needs jx.Holomorphic() for complex input, of a function that is holomorphic", pathName(s.in.path(i)), v.Aval))
			}
		}
		for _, v := range s.results() {
			if v.DType.IsComplex() && mode == ops.Reverse {
				panic(graph.Errorf(graph.ErrDType, op, "the function returned %v; reverse mode needs jx.Holomorphic() for complex output, of a function that is holomorphic", v.Aval))
			}
		}
	}
	wrt := s.wrt()
	inputs, of := s.inputs(wrt), s.differentiated()
	name, blocks := "jac_rev", jac.Reverse
	if mode == ops.Forward {
		name, blocks = "jac_fwd", jac.Forward
	}
	res := s.run(name, func() *graph.Graph { return blocks(s.graph, inputs, of) }, s.args, inputs, of)
	at := make([]*Array, 0, len(s.results())*len(wrt))
	for _, w := range s.out.weak {
		row := spreadGrads(s, wrt, res[:graph.Count(wrt)])
		res = res[graph.Count(wrt):]
		for i, x := range row {
			if x != nil {
				ops.SetWeak(row[i:i+1], []bool{w && s.in.weak[i]})
			}
		}
		at = append(at, row...)
	}
	return Blocks[Q, P]{s.out, s.in, at}, unflatten[A](s.aux.structure, s.aux.spread(ops.SetWeak(res, s.aux.weak)))
}
