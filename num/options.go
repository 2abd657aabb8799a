package num

import (
	"slices"
	"strings"

	"github.com/jacobi-go/jacobi/graph"
)

// An option has the name of the function that makes it, and changes a T.
type option[T any] struct {
	name string
	set  func(*T)
}

// optioned is t as the options change it. One that the function does not take,
// or takes twice, is an error.
func optioned[T any, O ~struct{ option[T] }](op string, t T, opts []O, takes ...string) T {
	for i, opt := range opts {
		o := struct{ option[T] }(opt).option
		again := slices.ContainsFunc(opts[:i], func(opt O) bool { return struct{ option[T] }(opt).name == o.name })
		switch {
		case o.set == nil:
			panic(graph.Errorf(graph.ErrOption, op, "an empty option; it takes %s", strings.Join(takes, " and ")))
		case !slices.Contains(takes, o.name):
			panic(graph.Errorf(graph.ErrOption, op, "%s does not apply; it takes %s", o.name, strings.Join(takes, " and ")))
		case again:
			panic(graph.Errorf(graph.ErrOption, op, "%s is given twice", o.name))
		}
		o.set(&t)
	}
	return t
}

// DiagonalOption says which diagonal a function is about: Offset, Columns and
// Across. Each function says which of them it takes; another is an error.
type DiagonalOption struct{ option[diagonals] }

// diagonals are those of matrices in two axes.
type diagonals struct {
	offset  int
	columns int // as many as rows if negative
	axes    [2]int
}

// Offset counts diagonals from the main one, 0: to the right, and to the left
// where k is negative. It has no errors: a diagonal outside of the matrix is
// empty. It is the k, or offset, of jax.numpy's functions.
func Offset(k int) DiagonalOption {
	return DiagonalOption{option[diagonals]{"Offset", func(d *diagonals) { d.offset = k }}}
}

// Columns is how many columns a matrix has, which has as many as rows if not
// given. A negative m is an error. It is the M of jax.numpy's functions.
func Columns(m int) DiagonalOption {
	checkDims("Columns", []int{m})
	return DiagonalOption{option[diagonals]{"Columns", func(d *diagonals) { d.columns = m }}}
}

// Across is the two axes that matrices are in, their rows along axis1; not
// given, they are the first two. Axes that an array lacks are an error of the
// function that takes it, and so are equal ones. It is axis1 and axis2 of
// jax.numpy's functions.
func Across(axis1, axis2 int) DiagonalOption {
	return DiagonalOption{option[diagonals]{"Across", func(d *diagonals) { d.axes = [2]int{axis1, axis2} }}}
}

func diagonalsOf(op string, opts []DiagonalOption, takes ...string) diagonals {
	return optioned(op, diagonals{columns: -1, axes: [2]int{0, 1}}, opts, takes...)
}

// ToleranceOption says which numbers are taken for equal: RTol, ATol and
// EqualNaN.
type ToleranceOption struct{ option[tolerance] }

type tolerance struct {
	relative, absolute float64
	nan                bool
}

// RTol is the tolerance relative to the second operand, 1e-5 if not given. It
// has no errors. It is rtol of jax.numpy.isclose.
func RTol(r float64) ToleranceOption {
	return ToleranceOption{option[tolerance]{"RTol", func(t *tolerance) { t.relative = r }}}
}

// ATol is the absolute tolerance, 1e-8 if not given. It has no errors. It is
// atol of jax.numpy.isclose.
func ATol(a float64) ToleranceOption {
	return ToleranceOption{option[tolerance]{"ATol", func(t *tolerance) { t.absolute = a }}}
}

// EqualNaN takes NaNs for equal to each other. It is equal_nan=True of
// jax.numpy.isclose.
func EqualNaN() ToleranceOption {
	return ToleranceOption{option[tolerance]{"EqualNaN", func(t *tolerance) { t.nan = true }}}
}

// toleranceOf is JAX's unless options say otherwise.
func toleranceOf(op string, opts []ToleranceOption) tolerance {
	return optioned(op, tolerance{relative: 1e-5, absolute: 1e-8}, opts, "RTol", "ATol", "EqualNaN")
}

// AlphaOption is the number that an activation depends on: Alpha, or Slope.
type AlphaOption struct{ option[float64] }

// Alpha is the limit of Elu and Celu far below 0, but for the sign; 1 if not
// given. It has no errors. It is alpha of jax.nn.elu.
func Alpha(a float64) AlphaOption {
	return AlphaOption{option[float64]{"Alpha", func(x *float64) { *x = a }}}
}

// Slope is the derivative of LeakyRelu below 0; 0.01 if not given. It has no
// errors. It is negative_slope of jax.nn.leaky_relu.
func Slope(s float64) AlphaOption {
	return AlphaOption{option[float64]{"Slope", func(x *float64) { *x = s }}}
}

// SearchOption says on which side of equal elements a number belongs.
type SearchOption struct{ option[bool] }

// Right puts a number that is equal to an element of Searchsorted after it, and
// one that is equal to an edge of Digitize into the bin below it. It is
// side="right" of jax.numpy.searchsorted and right=True of jax.numpy.digitize.
func Right() SearchOption {
	return SearchOption{option[bool]{"Right", func(right *bool) { *right = true }}}
}

// GeluOption says how Gelu is computed.
type GeluOption struct{ option[bool] }

// Exact computes Gelu with the error function, not its approximation. It is
// approximate=False of jax.nn.gelu.
func Exact() GeluOption {
	return GeluOption{option[bool]{"Exact", func(exact *bool) { *exact = true }}}
}
