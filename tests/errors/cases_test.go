package errors

import (
	"context"
	"encoding/json"
	"os"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/debug"
	"github.com/jacobi-go/jacobi/lax"
	"github.com/jacobi-go/jacobi/linalg"
	"github.com/jacobi-go/jacobi/num"
	"github.com/jacobi-go/jacobi/random"
)

// A mistake is a program, a part of its message, which says enough that no
// other mistake would have it, and its code.
type mistake struct {
	run  func()
	says string
	code jx.Code
}

// A section of mistakes, in the order of docs/errors.md.
type section struct {
	title, intro string
	mistakes     []mistake
}

type (
	array  = jx.Array
	params struct{ W, B *jx.Array }
	chain  struct {
		X    *jx.Array
		Next *chain
	}
)

var (
	vector = jx.From([]float32{1, 2, 3})
	matrix = num.Ones(jx.Float32, 2, 3)
	three  = jx.Scalar(3.0)
)

var sections = []section{
	{"Arrays", "An op names its operands with dtype and shape: f32[2,3] is a float32 matrix with two rows.", []mistake{
		{func() { jx.From([]float32{1, 2, 3}, 2, 2) }, "3 elements cannot have shape [2 2], which has 4", jx.ErrShape},
		{func() { num.Add(matrix, jx.From([]float32{1, 2})) }, "broadcast", jx.ErrShape},
		{func() { lax.Add(vector, jx.From([]int32{1, 2, 3})) }, "operands must have one dtype", jx.ErrDType},
		{func() { num.Dot(matrix, jx.From([]float32{1, 2})) }, "they must agree", jx.ErrShape},
		{func() { num.Reshape(vector, 2, 2) }, "3 elements cannot have shape [2 2]", jx.ErrShape},
		{func() { num.Zeros(jx.Float32, 1<<32, 1<<32) }, "an array has at most 2^56 bytes", jx.ErrSize},
		{func() { vector.At(3) }, "index 3 is out of range for axis 0, which has 3 elements", jx.ErrIndex},
		{func() { num.Sum(matrix, 2) }, "axis 2", jx.ErrAxis},
		{func() { num.Stack(0, vector, matrix) }, "Stack", jx.ErrShape},
		{func() { num.Concatenate(0, vector, matrix) }, "they must agree in dtype and rank", jx.ErrShape},
		{func() { num.Split(vector, 2, 0) }, "cannot be 2 equal parts", jx.ErrSize},
		{func() { num.Squeeze(matrix, 0) }, "axis 0 has size 2, not 1", jx.ErrShape},
		{func() { num.Take(vector, three) }, "indices are integers", jx.ErrDType},
		{func() { num.Einsum("ij,jk->ik", matrix, matrix) }, "Einsum", jx.ErrShape},
		{func() { vector.Float() }, "pick an element with At", jx.ErrNotScalar},
		{func() { three.Int() }, "reads an integer, not float32; convert with As", jx.ErrDType},
		{func() { must(jx.Slice[float64](vector)) }, "float64", jx.ErrDType},
		{func() { num.Add(jx.Scalar(1<<40), 1) }, "does not fit into int32", jx.ErrOverflow},
		{func() { jx.ScalarOf(jx.Uint8, -1) }, "-1 does not fit into uint8", jx.ErrOverflow},
		{func() { num.Add(vector, (*array)(nil)) }, "nil stands for zero only in tangents and cotangents", jx.ErrNil},
		{func() {
			must(0, json.Unmarshal([]byte(`{"W":{"dtype":"int8","shape":[2,3],"data":"AAAA"}}`), &params{}))
		}, "has 6 bytes; there are 3", jx.ErrParse},
		{func() {
			must(0, json.Unmarshal([]byte(`{"W":{"dtype":"int8","shape":[],"data":"AA=="}}`), &params{W: vector}))
		}, "decode into a tree whose arrays are nil", jx.ErrArgument},
	}},
	{"Gradients", "", []mistake{
		{func() { jx.Grad(num.Sin)(vector) }, "a gradient is of a scalar", jx.ErrNotScalar},
		{func() { jx.Grad(num.Square)(jx.Scalar(3)) }, "jx.AllowInt()", jx.ErrNotDifferentiable},
		{func() { jx.Grad(num.Sin)(jx.Scalar(3 + 4i)) }, "a gradient is of a real value", jx.ErrDType},
		{func() { jx.Grad(num.Sin, jx.Holomorphic())(three) }, "with jx.Holomorphic() inputs must be complex", jx.ErrDType},
		{func() { jx.Grad(num.Abs, jx.Holomorphic())(jx.Scalar(3 + 4i)) }, "with jx.Holomorphic() it must be complex", jx.ErrDType},
		{func() { jx.Grad(func(x *array) *array { return num.Argmax(x) })(vector) }, "has no derivative; convert it to a float", jx.ErrNotDifferentiable},
		{func() { jx.Grad(func(*array) *array { return nil })(vector) }, "the function returned nil", jx.ErrNil},
		{func() { jx.Grad2(num.VDot)(vector, num.Arange(jx.Int32, 3)) }, "argument 1 is i32[3], which has no derivative", jx.ErrNotDifferentiable},
		{func() {
			jx.Grad(func(v *array) *array { return num.Sum(num.MulAt(vector, v, num.By(jx.From([]int32{0, 1})))) })(jx.From([]float32{2, 3}))
		}, "lax.UniqueIndices()", jx.ErrNotDifferentiable},
		{func() { jx.JacFwd(num.Conj)(jx.Scalar(3 + 4i)) }, "forward mode needs jx.Holomorphic()", jx.ErrDType},
		{func() {
			jx.HessianTree(func(p params) *array { return num.Dot(p.W, p.B) })(params{vector, vector}).Row("w")
		}, `there is no array at "w"`, jx.ErrArgument},
	}},
	{"Trees", "Struct, map, slice and array types that hold arrays; nil is an array that is not there.", []mistake{
		{func() { jx.TreeMap2(params{W: vector}, params{vector, vector}, times) }, "B is nil in the first tree, not in the second", jx.ErrTreeMismatch},
		{func() { jx.TreeMap2([]*array{vector}, []*array{vector, vector}, times) }, "the first tree and the second differ: length 1 and length 2", jx.ErrTreeMismatch},
		{func() { _, with := jx.TreeFlatten(params{vector, vector}); with([]*array{three}) }, "the tree has 2 arrays, 1 given", jx.ErrTreeMismatch},
		{func() { _, unravel := jx.TreeRavel(params{vector, vector}); unravel(vector) }, "the tree has 6 elements", jx.ErrShape},
		{func() { jx.TreeMap(struct{ w *array }{vector}, num.Sin) }, "an unexported field holds a *jacobi.Array; export it, or make", jx.ErrTree},
		{func() { l := &chain{X: vector}; l.Next = l; jx.TreeMap([]*chain{l}, num.Sin) }, "0: a cycle: the value contains itself, at Next", jx.ErrTree},
	}},
	{"Tangents and cotangents", "nil is zero, in any place.", []mistake{
		{func() { jx.JVP(num.Sin, vector, three) }, "the tangent is f32[], the value is f32[3]", jx.ErrShape},
		{func() { jx.JVP(num.Square, jx.Scalar(3), jx.Scalar(1)) }, "integers and bools have no tangent", jx.ErrDType},
		{func() { _, pullback := jx.VJP(num.Sin, vector); pullback(three) }, "the cotangent is f32[], the value is f32[3]", jx.ErrShape},
		{func() {
			jx.JVP(func(p params) *array { return num.Sum(p.W) }, params{W: vector}, params{vector, vector})
		}, "B has a tangent, but no value", jx.ErrTreeMismatch},
		{func() { jx.LinearTranspose(num.Sin, vector)(vector) }, "the function is not linear", jx.ErrNotLinear},
		{func() { jx.Jit(sinAndPullback)(vector).Pull(vector) }, "it must be a jx.Pullback, as jx.VJPTree returns", jx.ErrEscaped},
		{func() { _, pullback := jx.VMap(pullbackOfSin)(vector); pullback.Call(three) }, "use jx.VMap of a function of it", jx.ErrShape},
		{func() { jx.JVP(sumAll, []*array{vector}, []*array{vector, vector}) }, "the value and the tangent differ", jx.ErrTreeMismatch},
	}},
	{"Mapping", "", []mistake{
		{func() { jx.VMap(num.VDot)(matrix, vector) }, "sizes of the mapped axis disagree", jx.ErrShape},
		{func() { jx.VMap(num.VDot, jx.In(0, 0))(matrix, three) }, "has no axis 0 to map over", jx.ErrAxis},
		{func() { jx.VMap(num.VDot, jx.In(jx.None, jx.None))(vector, vector) }, "give the number of examples with jx.AxisSize", jx.ErrOption},
		{func() { jx.VMap(num.VDot, jx.In(0))(matrix, matrix) }, "In gives 1 axes for the 2 arguments", jx.ErrOption},
		{func() { jx.VMap(sumOf, jx.In(0))(matrix, matrix) }, "In gives 1 axes, and none for argument 1", jx.ErrOption},
		{func() { jx.VMap(num.VDot, jx.Out(0, 0))(matrix, matrix) }, "Out gives 2 axes for the 1 results", jx.ErrOption},
		{func() { jx.VMap(num.VDot, jx.Out(1))(matrix, matrix) }, "axis 1 cannot be the mapped one", jx.ErrAxis},
		{func() { jx.VMap(num.Sin, jx.AxisSize(-1))(vector) }, "is not negative", jx.ErrOption},
		{func() { jx.VMap(loss, jx.InAt(0, "Mask", jx.None))(params{matrix, matrix}) }, "no path", jx.ErrOption},
		{func() { jx.VMap(func(k random.Key) *array { return random.Normal(k, jx.Float32) })(random.NewKey(0)) }, "the bits of a key", jx.ErrDType},
	}},
	{"Compiling", "A function that returns an error last returns these, too.", []mistake{
		{func() { jx.Jit(branching)(three) }, "jx.Cond", jx.ErrUnknownValue},
		{func() { var f func(*array) *array; jx.Jit(f) }, "the function is nil", jx.ErrNil},
		{func() { endless(three) }, "calls itself while it is traced", jx.ErrRecursion},
		{func() { num.Add(jx.Abstract(jx.Float32), 1) }, "without data", jx.ErrUnknownValue},
		{func() { jx.Jit(3) }, "takes a function, not int", jx.ErrArgument},
		{func() { jx.Jit(sumOf, jx.Donate(2))(vector, vector) }, "Donate names argument 2, and there are 2 arguments", jx.ErrOption},
		{func() { jx.Jit(func(s struct{ x *array }) *array { return s.x }) }, "an unexported field holds", jx.ErrTree},
		{func() { jx.Jit(num.Sin, jx.Donate(1)) }, "Donate names argument 1", jx.ErrOption},
		{donateTwice, "donated to a program", jx.ErrDeleted},
		{func() { x := num.Add(vector, 1); jx.Jit(times, jx.Donate(0))(x, x) }, "are the same array, and it is donated", jx.ErrDeleted},
		{func() { must(jx.MakeJaxpr(num.Sin, vector, vector)) }, "takes 1 arguments, 2 given", jx.ErrArgument},
		{func() { must(jx.MakeJaxpr(num.Sin, 3)) }, "was given as int", jx.ErrArgument},
		{escape, "which has ended; return it from the function instead of keeping it", jx.ErrEscaped},
		{func() { jx.Jit(withHelp)(three) }, "trace in one goroutine", jx.ErrConcurrent},
		{otherShape, "was compiled for other arguments", jx.ErrArgument},
	}},
	{"Loops and branches", "", []mistake{
		{func() { jx.While(three, func(x *array) *array { return num.Less(vector, 3) }, num.Sin) }, "it must be a bool scalar", jx.ErrNotScalar},
		{func() { jx.While(three, positive, func(x *array) *array { return num.Stack(0, x, x) }) }, "the state enters the body as f32[]", jx.ErrShape},
		{func() { jx.Scan(three, vector, func(c, x *array) (*array, *array) { return num.Stack(0, c, x), x }) }, "the state enters the body as f32[]", jx.ErrShape},
		{func() { jx.Map(three, num.Sin) }, "it has no leading axis to walk along", jx.ErrRank},
		{func() { jx.Map(params{matrix, vector}, loss) }, "3 steps, where others, or Length, have 2", jx.ErrShape},
		{func() { jx.Map(struct{}{}, func(struct{}) *array { return three }) }, "give the number of steps with jx.Length", jx.ErrOption},
		{func() { jx.Fori(0.0, three, three, func(_, x *array) *array { return x }) }, "they must be integers", jx.ErrDType},
		{func() { jx.Switch(three, func() *array { return three }) }, "it must be an integer scalar", jx.ErrDType},
		{func() { jx.Switch[*array](jx.Scalar(0)) }, "there are no branches", jx.ErrArgument},
		{func() { jx.Jit(unevenBranches)(three) }, "otherwise returns", jx.ErrShape},
		{func() { jx.Fori(0, 3, params{matrix, three}, grow) }, "B: f32[] and f32[2,3]", jx.ErrShape},
		{func() { jx.Scan(three, vector, func(c, x *array) (*array, *array) { return c, x }, jx.MaxTrips(9)) }, "MaxTrips does not apply to a Scan", jx.ErrOption},
		{func() { jx.While(three, positive, num.Sin, jx.LogMemory()) }, "give a bound, too", jx.ErrOption},
		{func() { jx.While(three, func(x *array) *array { return x }, num.Sin) }, "compare the number", jx.ErrDType},
		{func() { jx.Cond(jx.Scalar(true), func() *array { return vector }, func() *array { return three }) }, "they must agree", jx.ErrShape},
		{func() { jx.Cond(jx.Scalar(true), func() *array { return vector }, nil) }, "otherwise is nil", jx.ErrNil},
		{func() { jx.Fori(0, 3, jx.Scalar(2.5), func(_, x *array) *array { return x.As(jx.Int32) }) }, "they must agree", jx.ErrDType},
		{func() { jx.Map(vector, num.Sin, jx.Unroll(0)) }, "Unroll(0): the number is at least 1", jx.ErrOption},
		{func() { jx.Grad(unbounded)(three) }, "bound it with jx.MaxTrips", jx.ErrNotDifferentiable},
		{func() { jx.AssociativeScan(three, times) }, "every array needs a leading axis of one size", jx.ErrShape},
	}},
	{"Rules of your own", "", []mistake{
		{func() {
			jx.Grad(jx.CustomPartials(loss, func(dw, _ *array, p params) *array { return dw }))(params{three, three})
		}, "1 rules for 2 arrays", jx.ErrRule},
		{func() { jx.JVP(reverseOnly, three, three) }, "give it both rules with jx.CustomRules", jx.ErrRule},
		{func() { jx.Grad(func(n *array) *array { return closesOver(n)(three) })(three) }, "closes over a value", jx.ErrRule},
		{func() {
			jx.Grad(jx.CustomJVP(num.Sin, func(x, dx *array) (y, dy *array) { return num.Sin(x), num.Stack(0, dx, dx) }))(three)
		}, "the tangent that jvp returns is f32[2], the value is f32[]", jx.ErrShape},
		{func() { jx.Grad(jx.CustomJVP(num.Sin, func(x, dx *array) (y, dy *array) { return dx, dx }))(three) }, "depends on the tangent", jx.ErrRule},
		{func() {
			jx.JVP(jx.CustomJVP(num.Sin, func(x, dx *array) (y, dy *array) { return num.Sum(x), num.Sum(dx) }), vector, vector)
		}, "the function returns its value as f32[3] and its rule jvp as f32[]", jx.ErrShape},
		{func() { jx.CustomJVP(num.Sin, nil) }, "jvp is nil", jx.ErrNil},
		{func() {
			jx.Grad(jx.CustomJVP(num.Sin, func(x, dx *array) (y, dy *array) { return x, num.Square(dx) }))(three)
		}, "linear in the tangents", jx.ErrNotLinear},
	}},
	{"Random keys", "", []mistake{
		{func() { random.Normal(random.SplitN(random.NewKey(0), 3), jx.Float32) }, "choose one with At, or apply it to all with VMap", jx.ErrRank},
		{func() { random.Sample(random.NewKey(0), vector, 5) }, "cannot draw 5 of 3 elements", jx.ErrSize},
		{func() { random.RandInt(random.NewKey(0), jx.Int32, 0, 1.5, 3) }, "the bounds are integers", jx.ErrDType},
		{func() { random.NewKey(0).At(1) }, "this is one key, not several", jx.ErrRank},
	}},
	{"Linear algebra", "", []mistake{
		{func() { linalg.Det(matrix) }, "takes square matrices", jx.ErrShape},
		{func() { linalg.Solve(num.Eye(jx.Float32, 2), vector) }, "needs vectors of 2 elements on the right-hand side", jx.ErrShape},
	}},
	{"Looking inside", "", []mistake{
		{func() { debug.Print("x = {}, y = {}", three) }, "has 2 places {} for 1 values", jx.ErrArgument},
		{func() { jx.VMap(quietly)(vector) }, "move the effect out of the branch", jx.ErrEffect},
		{func() { jx.Jit(picky)(three) }, "it panicked at cases_test.go:", jx.ErrCallback},
	}},
	{"Running", "A program that fails says which it is, and where it was run. A callback that fails has its own line in front.", []mistake{
		{func() { must(jx.Slice[float32](jx.Jit(huge)(three))) }, "the program huge is out of memory", jx.ErrMemory},
		{func() { must(jx.RunContext(cancelled(), func() *array { return num.Sin(three) })) }, "context canceled", jx.ErrCanceled},
		{func() { must(hessian(vector).MarshalText()) }, "Blocks cannot be written", jx.ErrUnsupported},
		{func() { jx.SetCacheSize(0) }, "want 1 or more", jx.ErrArgument},
	}},
	{"Plugins and devices", "Programs run on a PJRT plugin, the shared library that `scripts/plugin` installs in the cache folder, or\n`JACOBI_PLUGIN`.", []mistake{
		{func() { os.Setenv("JACOBI_CACHE", "/nowhere"); run() }, "run scripts/plugin", jx.ErrPlugin},
		{func() { os.Setenv("JACOBI_PLUGIN", "/nowhere/plugin.so"); run() }, "no PJRT plugin at /nowhere/plugin.so", jx.ErrPlugin},
		{func() { os.Setenv("JACOBI_PLUGIN", "/dev/null"); run() }, "/dev/null", jx.ErrPlugin},
		{func() { os.Setenv("JACOBI_PLUGIN", "/etc/passwd"); run() }, "cannot load the PJRT plugin /etc/passwd", jx.ErrPlugin},
		{func() { os.Setenv("XLA_FLAGS", "--xla_no_such_flag=1"); run() }, "does not know the flag", jx.ErrPlugin},
		{func() {
			must(0, jx.Init(jx.CPUDevices(2)))
			d := must(jx.Devices())
			num.Add(must(jx.Put(vector, d[0])), must(jx.Put(vector, d[1])))
		}, "bring them together with jx.Put", jx.ErrDevice},
	}},
}

var hessian = jx.HessianTree(func(x *array) *array { return num.Sum(num.Square(x)) })

// withHelp leaves a part of itself to another goroutine.
func withHelp(x *array) *array {
	err := make(chan error)
	go func() { err <- jx.Try(func() { num.Sin(x) }) }()
	return must(x, <-err)
}

func picky(x *array) *array {
	debug.Callback(x, func(x *array) { panic("not three again") })
	return num.Sin(x)
}

func huge(x *array) *array { return num.BroadcastTo(x, 1<<20, 1<<20) }

func cancelled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func endless(x *array) *array { return jx.Grad(endless)(num.Sin(x)) }

func run() { num.Add(vector, 1).At(0).Float() }

func sumAll(xs []*array) *array { return num.Sum(xs[0]) }

func sumOf(xs ...*array) *array { return sumAll(xs) }

func loss(p params) *array { return num.Sum(num.Mul(p.W, p.B)) }

func positive(x *array) *array { return num.Greater(x, 0) }

func times(x, y *array) *array { return num.Mul(x, y) }

func grow(_ *array, p params) params { return params{p.W, num.Add(p.W, p.B)} }

func quietly(x *array) *array {
	return jx.Cond(positive(x),
		func() *array { debug.Print("{}", x); return x },
		func() *array { return x })
}

func branching(x *array) *array {
	if x.Float() > 0 {
		return x
	}
	return num.Neg(x)
}

func donateTwice() {
	f := jx.Jit(num.Sin, jx.Donate(0))
	x := num.Add(vector, 1)
	f(x)
	f(x)
}

func escape() {
	var kept *array
	jx.Jit(func(x *array) *array {
		kept = num.Sin(x)
		return x
	})(three)
	num.Add(kept, 1)
}

type withPullback struct {
	Y    *array
	Pull func(*array) *array
}

func sinAndPullback(x *array) withPullback {
	y, pullback := jx.VJP(num.Sin, x)
	return withPullback{y, pullback}
}

func pullbackOfSin(x *array) (*array, jx.Pullback[*array, *array]) { return jx.VJPTree(num.Sin, x) }

func otherShape() {
	lowered := must(jx.Lower(num.Sin, vector))
	must(lowered.Compile()).Func()(matrix)
}

func unevenBranches(x *array) *array {
	return jx.Cond(positive(x),
		func() *array { return x },
		func() *array { return vector })
}

func unbounded(x *array) *array {
	return jx.While(x, func(x *array) *array { return num.Less(x, 10) }, func(x *array) *array { return num.Mul(x, 2) })
}

var reverseOnly = jx.CustomVJP(num.Sin,
	func(x *array) (y, cosX *array) { return num.Sin(x), num.Cos(x) },
	func(cosX, g *array) *array { return num.Mul(cosX, g) })

func closesOver(n *array) func(*array) *array {
	return jx.CustomJVP(
		func(x *array) *array { return num.Mul(n, x) },
		func(x, dx *array) (y, dy *array) { return num.Mul(n, x), num.Mul(n, dx) })
}
