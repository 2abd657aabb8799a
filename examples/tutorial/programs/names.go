package programs

import jx "github.com/jacobi-go/jacobi"

// Blocks of the tutorial that print nothing define what others use. Whoever
// checks that finds it under these names; the programs use short ones.
type (
	Params     = params     // a model's parameters
	Batch      = batch      // a batch of examples
	Transition = transition // a step of a Markov process
	XY         = xy         // a point of the plane
	Clipped    = clipped    // the argument of ClipGradient
	Seen       = seen       // what Look sees: a value and its cotangent
)

var (
	Key = key // the root of all randomness

	Hessian  = hessian  // by forward over reverse mode
	Loss     = loss     // the mean square of a linear model
	SGD      = sgd      // a step of gradient descent
	MetaLoss = metaLoss // Loss after such a step

	Value           = value           // of a state
	Theta           = theta           // the parameters of Value
	Step            = step            // a transition
	Steps           = steps           // two of it
	TDLoss          = tdLoss          // its gradient is the update of TD(0)
	PerExampleGrads = perExampleGrads // of TDLoss

	Inputs      = inputs  // of four examples
	Predict     = predict // by logistic regression
	Weights     = w
	Bias        = b
	Predictions = f // for Inputs, by the weights

	JVPKey    = jvpSub // draws a tangent
	VJPKey    = vjpSub // draws a cotangent
	HVPPoint  = hvpX
	HVPVector = hvpV
	SumTanh2  = sumTanh2  // the function whose Hessian is multiplied
	OwnJacRev = ownJacRev // jx.JacRev for a vector

	ClipGradient = clipGradient // the identity with a clipped gradient
	ClippedSin   = clippedSin   // a sine of that
	NewtonUpdate = newtonUpdate // converges to a square root
	IteratedSqrt = iteratedSqrt // by a loop
	Look         = look         // the identity, with a view of the backward pass
)

// ForwardOverReverse is the product of the Hessian of f at x with v.
func ForwardOverReverse[P any](f func(P) *jx.Array, x, v P) P { return forwardOverReverse(f, x, v) }

// ReverseOverForward is the same product, by the other order of the modes.
func ReverseOverForward[P any](f func(P) *jx.Array, x, v P) P { return reverseOverForward(f, x, v) }

// Iterate runs x = f(a, x) until it changes by less than 1e-6.
func Iterate[A any](f func(A, *jx.Array) *jx.Array, a A, guess *jx.Array, opts ...jx.LoopOption) *jx.Array {
	return iterate(f, a, guess, opts...)
}
