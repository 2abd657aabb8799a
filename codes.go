package jacobi

import "github.com/jacobi-go/jacobi/graph"

// A Code is the kind of a mistake: what a program that handles errors looks at,
// as messages may change. errors.Is finds it in an *[Error], and errors.As the
// Error with its Code:
//
//	if err := jx.Try(step); errors.Is(err, jx.ErrMemory) {
//		return half(batch)
//	}
type Code = graph.Code

// The kinds of mistakes. Codes stay what they are from release to release.
const (
	// ErrShape: shapes that do not fit together, or that the function does not
	// take. num.Add of f32[2,3] and f32[2].
	ErrShape = graph.ErrShape

	// ErrRank: too many or too few axes for the function. num.MatrixTranspose of a vector.
	ErrRank = graph.ErrRank

	// ErrDType: a dtype that the function does not take, or two that must agree.
	// num.Take with floats as indices.
	ErrDType = graph.ErrDType

	// ErrAxis: an axis that the array does not have, or one named twice.
	// num.Sum(x, 2) of a matrix.
	ErrAxis = graph.ErrAxis

	// ErrIndex: an index beyond the elements. x.At(3) of a vector of 3.
	ErrIndex = graph.ErrIndex

	// ErrSize: a number of elements that no array has or that is not enough:
	// negative, too large for any memory, or none to choose from.
	// num.Zeros(jx.Float32, 1<<32, 1<<32); num.Max of an array of no elements.
	ErrSize = graph.ErrSize

	// ErrOverflow: a number that its dtype cannot hold. jx.Scalar(1 << 40) among
	// int32 numbers.
	ErrOverflow = graph.ErrOverflow

	// ErrNil: an array, function or tree that is nil, where nil does not stand
	// for zero; or the zero value of an array or a key. num.Sin(nil).
	ErrNil = graph.ErrNil

	// ErrTree: a type that is no tree of arrays. A struct with an unexported
	// field that holds an array.
	ErrTree = graph.ErrTree

	// ErrTreeMismatch: two trees that must be alike and are not. jx.TreeMap2 of
	// slices of 1 and of 2 arrays.
	ErrTreeMismatch = graph.ErrTreeMismatch

	// ErrNotScalar: an array where one number is needed. jx.Grad of a function
	// that returns a vector; x.Float() of a matrix.
	ErrNotScalar = graph.ErrNotScalar

	// ErrNotDifferentiable: a derivative that does not exist, or not in this mode.
	// jx.Grad with respect to an integer; of a loop of unknown length.
	ErrNotDifferentiable = graph.ErrNotDifferentiable

	// ErrNotLinear: a function that must be linear and is not.
	// jx.LinearTranspose of num.Sin.
	ErrNotLinear = graph.ErrNotLinear

	// ErrEscaped: a value of a program being traced that is used after that. What
	// a jitted function keeps in a variable instead of returning it.
	ErrEscaped = graph.ErrEscaped

	// ErrUnknownValue: elements that are asked for where there are only a dtype
	// and a shape. x.Float() in a jitted function; any use of jx.Abstract.
	ErrUnknownValue = graph.ErrUnknownValue

	// ErrDeleted: an array or program that is closed, or an array that was
	// donated. x.Float() after x.Close().
	ErrDeleted = graph.ErrDeleted

	// ErrOption: an option that does not apply, has a value it cannot have, or
	// is missing. jx.In with one axis for two arguments.
	ErrOption = graph.ErrOption

	// ErrArgument: an argument of another type, number or value than the function
	// takes. jx.Jit(3); jx.Lower of a function of one array with two.
	ErrArgument = graph.ErrArgument

	// ErrRule: a rule of the user's that is missing or wrong. Forward mode through
	// a function that has only jx.CustomVJP.
	ErrRule = graph.ErrRule

	// ErrEffect: an effect, as of debug.Print, where none can be. One in a branch
	// of a jx.Cond that is mapped.
	ErrEffect = graph.ErrEffect

	// ErrDevice: a device that is not there, or arrays on devices that differ.
	// num.Add of arrays of cpu:0 and cpu:1.
	ErrDevice = graph.ErrDevice

	// ErrPlugin: a PJRT plugin that is missing, damaged or not understood.
	// JACOBI_PLUGIN is the path of no plugin.
	ErrPlugin = graph.ErrPlugin

	// ErrCompile: XLA refuses a program. An op that the device does not have.
	ErrCompile = graph.ErrCompile

	// ErrExecute: a program that fails while it runs, or a copy that does.
	ErrExecute = graph.ErrExecute

	// ErrMemory: there is not enough memory. num.BroadcastTo(x, 1<<20, 1<<20).
	ErrMemory = graph.ErrMemory

	// ErrCallback: a function that the program calls panics, returns other arrays
	// than promised, or runs programs itself. debug.Callback of one that panics.
	ErrCallback = graph.ErrCallback

	// ErrCanceled: the context ended, or the function that it bounds did without
	// returning. jx.RunContext with a deadline; Cause is the context's error.
	ErrCanceled = graph.ErrCanceled

	// ErrParse: a text or file that does not say an array or a program.
	// json.Unmarshal of an array without a dtype.
	ErrParse = graph.ErrParse

	// ErrConcurrent: goroutines that must not do this at the same time. Two that
	// add to one program.
	ErrConcurrent = graph.ErrConcurrent

	// ErrRecursion: a function that calls itself while it is traced, without end.
	ErrRecursion = graph.ErrRecursion

	// ErrUnsupported: what is not there, and has no place in the other kinds.
	// json.Marshal of a jx.Pullback.
	ErrUnsupported = graph.ErrUnsupported
)
