package errors

import (
	"bytes"
	"fmt"
	"log"
	"math"
	"reflect"
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
	"github.com/jacobi-go/jacobi/random"
)

// A likely mistake is one that nearly everybody makes once. Its message has the
// user's line, what was given, and what to do.
type likely struct {
	name  string
	run   func()
	given []string // the numbers, shapes and names of what is wrong
	todo  string
}

type model struct {
	W, B *jx.Array
}

type secret struct{ w *jx.Array }

type list struct {
	Head *jx.Array
	Tail *list
}

var likelyMistakes = []likely{
	{"shapes of a product", func() {
		num.Matmul(matrix, matrix)
	}, []string{"Matmul(f32[2,3], f32[2,3])", "x's last axis has 3 elements, axis 0 of y 2"}, "they must agree"},
	{"shapes of a sum, jitted", func() {
		jx.Jit(func(x, y *jx.Array) *jx.Array { return num.Add(x, y) })(vector, num.Ones(jx.Float32, 4))
	}, []string{"Add(f32[3], f32[4])"}, "counted from the last, axes must have one size, or 1"},
	{"floats as indices", func() {
		num.Take(vector, vector)
	}, []string{"Take(f32[3], f32[3])", "not float32"}, "convert with As"},
	{"integers to Grad", func() {
		jx.Grad(func(m model) *jx.Array { return num.Sum(m.W) })(model{vector, num.Arange(jx.Int32, 3)})
	}, []string{"Grad: B is i32[3]"}, "convert it to a float with As, close over it, or pass jx.AllowInt()"},
	{"a loss that is no scalar", func() {
		jx.Grad(func(m model) *jx.Array { return num.Sub(m.W, m.B) })(model{vector, vector})
	}, []string{"the function returned f32[3]"}, "reduce it, as with num.Sum or num.Mean"},
	{"if on what is traced", func() {
		jx.Jit(func(x *jx.Array) *jx.Array {
			if num.Greater(x, 0).Bool() {
				return x
			}
			return num.Neg(x)
		})(three)
	}, []string{"Bool(bool[])", "while Jit (mistakes_test.go:"}, "choose with num.Where or jx.Cond"},
	{"a loop over what is traced", func() {
		jx.VMap(func(n *jx.Array) *jx.Array {
			y := n
			for range n.Int() {
				y = num.Mul(y, 2)
			}
			return y
		})(num.Arange(jx.Int32, 3))
	}, []string{"Int(i32[])", "while VMap (mistakes_test.go:"}, "pass it as a static argument: a Go number"},
	{"an array that was donated", func() {
		x := num.Neg(vector)
		jx.Jit(num.Sin, jx.Donate(0))(x)
		num.Add(x, 1)
	}, []string{"Add: the array f32[3] was donated"}, "use the program's result, or do not donate it"},
	{"an array that is closed", func() {
		x := num.Neg(vector)
		must(0, x.Close())
		num.Add(x, 1)
	}, []string{"Add: the array f32[3] is closed"}, "close it after its last use"},
	{"examples of other numbers", func() {
		jx.VMap(num.VDot)(matrix, vector)
	}, []string{"argument 0 has 2 (axis 0 of f32[2,3])", "argument 1 has 3 (axis 0 of f32[3])"}, "sizes of the mapped axis disagree"},
	{"a scalar mapped", func() {
		jx.VMap(num.VDot)(vector, three)
	}, []string{"argument 1 is f32[]", "no axis 0"}, "give its axis with jx.In, jx.None if it is the same for every example"},
	{"a state that grows", func() {
		jx.Scan([]*jx.Array{three}, vector, func(s []*jx.Array, x *jx.Array) ([]*jx.Array, *jx.Array) {
			return append(s, x), x
		})
	}, []string{"enters the body as [f32[]]", "leaves it as [f32[], f32[]]"}, "they must agree"},
	{"a value kept from a trace", func() {
		var kept *jx.Array
		jx.Jit(func(x *jx.Array) *jx.Array { kept = num.Sin(x); return x })(vector)
		num.Add(kept, 1)
	}, []string{"Add(f32[3])", "staged by Jit at mistakes_test.go:"}, "return it from the function instead of keeping it"},
	{"an abstract array computed with", func() {
		num.Add(jx.Abstract(jx.Float32, 3), 1)
	}, []string{"Add(f32[3])", "jx.Abstract, a shape and dtype without data"}, "pass it to jx.Lower, jx.MakeJaxpr or jx.EvalShape"},
	{"an unexported field", func() {
		jx.Jit(func(s secret) *jx.Array { return s.w })
	}, []string{"argument 0, w, of func(errors.secret) *jacobi.Array", "holds a *jacobi.Array"}, "export it, or make errors.secret a tree.Node"},
	{"a field that was not set", func() {
		m := model{W: vector}
		num.Add(m.W, m.B)
	}, []string{"Add: operand 2 is a nil array"}, "a field or a map entry is that was never set"},
	{"a key that is not in the map", func() {
		num.Square(map[string]*jx.Array{"w": vector}["W"])
	}, []string{"Square: a nil array"}, "a field or a map entry is that was never set"},
	{"a function that is nil", func() {
		var loss func(*jx.Array) *jx.Array
		jx.Grad(loss)(vector)
	}, []string{"Grad: "}, "f is nil"},
	{"a list that ends in itself", func() {
		l := &list{Head: vector}
		l.Tail = &list{three, l}
		jx.TreeMap(l, num.Sin)
	}, []string{"the value contains itself, at Tail.Tail"}, "a cycle"},
	{"a maximum of nothing", func() {
		num.Max(vector.As(jx.Float64), 0)
		num.Max(num.Index(matrix, num.Whole, num.Range(3, 3)), 1)
	}, []string{"Max(f32[2,0])", "axis 1 has no elements"}, "nothing has no extreme"},
	{"more than memory holds", func() {
		must(0, jx.Wait(num.BroadcastTo(vector, 1<<40, 3)))
	}, []string{"13194139533312 bytes", "(12 TiB)"}, "compute it in parts, as with jx.Map"},
	{"more than can be counted", func() {
		num.Zeros(jx.Float32, 1<<32, 1<<32)
	}, []string{"Zeros: f32[4294967296,4294967296]", "73786976294838206464 bytes"}, "an array has at most 2^56 bytes"},
	{"an index that is not there", func() {
		num.Index(matrix, num.Pick(1), num.Pick(3))
	}, []string{"Index(f32[2,3])", "index 3"}, "out of range for axis 1, which has 3 elements"},
	{"two sizes to find", func() {
		num.Reshape(matrix, -1, -1)
	}, []string{"Reshape(f32[2,3])", "[-1 -1] is no shape"}, "one size may be -1"},
	{"a goroutine that helps to trace", func() {
		jx.Jit(func(x *jx.Array) *jx.Array {
			err := make(chan error)
			go func() { err <- jx.Try(func() { num.Sin(x) }) }()
			return must(x, <-err)
		})(vector)
	}, []string{"another goroutine traces (mistakes_test.go:"}, "trace in one goroutine"},
	{"recursion without an end", func() {
		var f func(*jx.Array) *jx.Array
		f = func(x *jx.Array) *jx.Array { return jx.Jit(f)(num.Sin(x)) }
		f(vector)
	}, []string{"500 traces are open"}, "an end that does not depend on arrays, such as a Go number that counts down"},
	{"branches that differ", func() {
		jx.Cond(jx.Scalar(true), func() *jx.Array { return vector }, func() *jx.Array { return three })
	}, []string{"f32[3]", "f32[]"}, "they must agree"},
	{"no number of steps", func() {
		jx.Scan(three, struct{}{}, func(s *jx.Array, _ struct{}) (*jx.Array, *jx.Array) { return s, s }, jx.Length(-1))
	}, []string{"Length(-1)"}, "at least 0"},
	{"a number that the array cannot hold", func() {
		num.Add(num.Ones(jx.Int8, 2), 300)
	}, []string{"Add: 300 does not fit into int8"}, "jx.Scalar(int64(300))"},
	{"two trees of other keys", func() {
		type weights = map[string]*jx.Array
		jx.TreeMap2(weights{"a": vector, "b": three}, weights{"a": vector, "c": three}, num.Sub[*jx.Array, *jx.Array])
	}, []string{"the first tree and the second differ", "keys a, b", "keys a, c"}, "they must be alike"},
	{"a rule of another shape", func() {
		f := jx.CustomVJP(num.Sin,
			func(x *jx.Array) (y, res *jx.Array) { return num.Sin(x), x },
			func(x, ct *jx.Array) *jx.Array { return num.Sum(ct) })
		jx.Grad(func(x *jx.Array) *jx.Array { return num.Sum(f(x)) })(vector)
	}, []string{"CustomVJP", "the cotangent that bwd returns is f32[]", "the value is f32[3]"}, "they must agree"},
	{"factors at indices that may be equal", func() {
		at := num.By(jx.From([]int32{0, 0}))
		jx.Grad(func(x *jx.Array) *jx.Array { return num.Sum(num.MulAt(vector, x, at)) })(three)
	}, []string{"scatter(f32[3], i32[2,1], f32[2])", "found by Grad"}, "as by lax.ScatterMul with lax.UniqueIndices()"},
}

func TestLikelyMistakes(t *testing.T) {
	for i, m := range likelyMistakes {
		t.Run(m.name, func(t *testing.T) {
			err := mistaken(m.run)
			require.Error(t, err)
			for _, part := range append(m.given, m.todo) {
				assert.ErrorContains(t, err, part)
			}
			at := atLine.FindStringSubmatch(err.Error())
			require.NotNil(t, at, "no line of the user in %v", err)
			line, _ := strconv.Atoi(at[1])
			assert.Greater(t, line, lineOf(m.run), "%v", err)
			if i+1 < len(likelyMistakes) {
				assert.Less(t, line, lineOf(likelyMistakes[i+1].run), "%v", err)
			}
		})
	}
}

// lineOf is where a function starts.
func lineOf(f func()) int {
	_, line := runtime.FuncForPC(reflect.ValueOf(f).Pointer()).FileLine(reflect.ValueOf(f).Pointer())
	return line
}

// A number that changes is no mistake that a call could refuse: it is logged.
func TestStaticNumberChanges(t *testing.T) {
	var out bytes.Buffer
	defer log.SetOutput(log.Writer())
	log.SetOutput(&out)
	scale := jx.Jit(func(x *jx.Array, n int) *jx.Array { return num.Mul(x, n) })
	for i := range 12 {
		scale(vector, i)
	}
	for _, part := range []string{"mistakes_test.go:", "compiled 11 times", "at 1: 9 and 10", "pass a number as an array, with jx.Scalar"} {
		assert.Contains(t, out.String(), part)
	}
}

// Printing what cannot be printed says why instead of failing.
func TestPrintClosed(t *testing.T) {
	assert.Equal(t, "Array<f32[]>(the array f32[] is closed; close it after its last use)", fmt.Sprint(closed()))
}

// unnoticed are mistakes that nothing reports, as in JAX: what is done about
// them, and a program in which it happens.
var unnoticed = []struct {
	what, instead string
	happens       func() bool
}{
	{"A Go variable that a jitted function reads is a constant of its program, and so is an array that it closes over. A change of the variable later changes nothing.",
		"Pass it as an argument.", func() bool {
			rate := 2.0
			f := jx.Jit(func(x *jx.Array) *jx.Array { return num.Mul(x, rate) })
			before := f(three).Float()
			rate = 5
			return before == 6 && f(three).Float() == 6
		}},
	{"A static argument behind a pointer that is compared by address, such as a `*strings.Builder`, may change without a new program.",
		"Pass a value, or a copy.", func() bool {
			f := jx.Jit(func(x *jx.Array, b *bytes.Buffer) *jx.Array { return num.Mul(x, b.Len()) })
			var b bytes.Buffer
			before := f(three, &b).Float()
			b.WriteString("abc")
			return before == 0 && f(three, &b).Float() == 0
		}},
	{"A key used twice gives the same numbers twice.",
		"Split it, and use every part once.", func() bool {
			k := random.NewKey(0)
			return random.Normal(k, jx.Float32).Float() == random.Normal(k, jx.Float32).Float()
		}},
	{"Floating point goes on with NaN and infinity: 0/0, `num.Log(-1)`, overflow.",
		"`num.IsFinite` tells; `debug.Print` shows where they begin.", func() bool {
			return math.IsNaN(num.Log(jx.Scalar(-1.0)).Float()) && math.IsInf(num.Div(1, jx.Scalar(0.0)).Float(), 1)
		}},
	{"Integers wrap around, and a division by zero has a number as its result.",
		"Compute in a wider dtype; choose with `num.Where`.", func() bool {
			return num.Add(jx.Scalar(int8(127)), jx.Scalar(int8(1))).Int() == -128 && num.FloorDivide(jx.Scalar(int32(7)), jx.Scalar(int32(0))).Int() < 0
		}},
	{"Indices in arrays, as `num.By` takes them, are known only when the program runs: out of range they read the nearest element, and write none. `num.Take` reads NaN, or the least integer.",
		"Compare them with the length first.", func() bool {
			at := jx.From([]int32{9})
			return num.Index(vector, num.By(at)).At(0).Float() == 3 && math.IsNaN(num.Take(vector, at).At(0).Float()) &&
				num.Sum(num.SetAt(vector, 100, num.By(at))).Float() == 6
		}},
	{"A float that becomes an integer loses its fraction and stops at the largest one.",
		"Round it as you mean it: `num.Round`, `num.Floor`.", func() bool {
			return jx.Scalar(-2.7).As(jx.Int32).Int() == -2 && jx.Scalar(1e20).As(jx.Int32).Int() == math.MaxInt32
		}},
	{"What a jitted function does in Go (printing, counting, appending) happens when it is traced, not when it is run.",
		"`debug.Print` and `debug.Callback` happen in every run.", func() bool {
			n := 0
			f := jx.Jit(func(x *jx.Array) *jx.Array { n++; return num.Sin(x) })
			f(three)
			f(three)
			return n == 1
		}},
}

func TestUnnoticed(t *testing.T) {
	for _, u := range unnoticed {
		assert.True(t, u.happens(), u.what)
	}
}
