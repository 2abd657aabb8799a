package graph

import (
	"errors"
	"fmt"
)

// A Code is the kind of a mistake: what a program that handles errors looks at,
// as messages may change. It is itself an error, for errors.Is.
type Code string

func (c Code) Error() string { return "jacobi: " + string(c) }

// The kinds of mistakes. Codes stay what they are from release to release.
const (
	// ErrShape: shapes that do not fit together, or that the function does not
	// take. num.Add of f32[2,3] and f32[2].
	ErrShape Code = "shape"

	// ErrRank: too many or too few axes for the function. num.MatrixTranspose of a vector.
	ErrRank Code = "rank"

	// ErrDType: a dtype that the function does not take, or two that must agree.
	// num.Take with floats as indices.
	ErrDType Code = "dtype"

	// ErrAxis: an axis that the array does not have, or one named twice.
	// num.Sum(x, 2) of a matrix.
	ErrAxis Code = "axis"

	// ErrIndex: an index beyond the elements. x.At(3) of a vector of 3.
	ErrIndex Code = "index"

	// ErrSize: a number of elements that no array has or that is not enough:
	// negative, too large for any memory, or none to choose from.
	// num.Zeros(jx.Float32, 1<<32, 1<<32); num.Max of an array of no elements.
	ErrSize Code = "size"

	// ErrOverflow: a number that its dtype cannot hold. jx.Scalar(1 << 40) among
	// int32 numbers.
	ErrOverflow Code = "overflow"

	// ErrNil: an array, function or tree that is nil, where nil does not stand
	// for zero; or the zero value of an array or a key. num.Sin(nil).
	ErrNil Code = "nil"

	// ErrTree: a type that is no tree of arrays. A struct with an unexported
	// field that holds an array.
	ErrTree Code = "tree"

	// ErrTreeMismatch: two trees that must be alike and are not. jx.TreeMap2 of
	// slices of 1 and of 2 arrays.
	ErrTreeMismatch Code = "tree mismatch"

	// ErrNotScalar: an array where one number is needed. jx.Grad of a function
	// that returns a vector; x.Float() of a matrix.
	ErrNotScalar Code = "not a scalar"

	// ErrNotDifferentiable: a derivative that does not exist, or not in this mode.
	// jx.Grad with respect to an integer; of a loop of unknown length.
	ErrNotDifferentiable Code = "not differentiable"

	// ErrNotLinear: a function that must be linear and is not.
	// jx.LinearTranspose of num.Sin.
	ErrNotLinear Code = "not linear"

	// ErrEscaped: a value of a program being traced that is used after that. What
	// a jitted function keeps in a variable instead of returning it.
	ErrEscaped Code = "escaped"

	// ErrUnknownValue: elements that are asked for where there are only a dtype
	// and a shape. x.Float() in a jitted function; any use of jx.Abstract.
	ErrUnknownValue Code = "unknown value"

	// ErrDeleted: an array or program that is closed, or an array that was
	// donated. x.Float() after x.Close().
	ErrDeleted Code = "deleted"

	// ErrOption: an option that does not apply, has a value it cannot have, or
	// is missing. jx.In with one axis for two arguments.
	ErrOption Code = "option"

	// ErrArgument: an argument of another type, number or value than the function
	// takes. jx.Jit(3); jx.Lower of a function of one array with two.
	ErrArgument Code = "argument"

	// ErrRule: a rule of the user's that is missing or wrong. Forward mode through
	// a function that has only jx.CustomVJP.
	ErrRule Code = "rule"

	// ErrEffect: an effect, as of debug.Print, where none can be. One in a branch
	// of a jx.Cond that is mapped.
	ErrEffect Code = "effect"

	// ErrDevice: a device that is not there, or arrays on devices that differ.
	// num.Add of arrays of cpu:0 and cpu:1.
	ErrDevice Code = "device"

	// ErrPlugin: a PJRT plugin that is missing, damaged or not understood.
	// JACOBI_PLUGIN is the path of no plugin.
	ErrPlugin Code = "plugin"

	// ErrCompile: XLA refuses a program. An op that the device does not have.
	ErrCompile Code = "compile"

	// ErrExecute: a program that fails while it runs, or a copy that does.
	ErrExecute Code = "execute"

	// ErrMemory: there is not enough memory. num.BroadcastTo(x, 1<<20, 1<<20).
	ErrMemory Code = "memory"

	// ErrCallback: a function that the program calls panics, returns other arrays
	// than promised, or runs programs itself. debug.Callback of one that panics.
	ErrCallback Code = "callback"

	// ErrCanceled: the context ended, or the function that it bounds did without
	// returning. jx.RunContext with a deadline; Cause is the context's error.
	ErrCanceled Code = "canceled"

	// ErrParse: a text or file that does not say an array or a program.
	// json.Unmarshal of an array without a dtype.
	ErrParse Code = "parse"

	// ErrConcurrent: goroutines that must not do this at the same time. Two that
	// add to one program.
	ErrConcurrent Code = "concurrent"

	// ErrRecursion: a function that calls itself while it is traced, without end.
	ErrRecursion Code = "recursion"

	// ErrUnsupported: what is not there, and has no place in the other kinds.
	// json.Marshal of a jx.Pullback.
	ErrUnsupported Code = "unsupported"
)

// Errorf is an error of kind c without op and line, which who knows them adds.
func (c Code) Errorf(format string, args ...any) error {
	return &Error{Code: c, Msg: fmt.Sprintf(format, args...)}
}

// CodeOf is the code of an error that has one, or that wraps one that has.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// Disagree is the code of two avals that should be one.
func Disagree(a, b Aval) Code {
	if a.DType != b.DType {
		return ErrDType
	}
	return ErrShape
}
