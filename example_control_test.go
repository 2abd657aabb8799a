package jacobi_test

import (
	"fmt"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

// In a jitted function an if on an array is a Cond.
func ExampleCond() {
	abs := jx.Jit(func(x *jx.Array) *jx.Array {
		return jx.Cond(num.Less(x, 0),
			func() *jx.Array { return num.Neg(x) },
			func() *jx.Array { return x })
	})
	fmt.Println(abs(jx.Scalar(-3.0)), abs(jx.Scalar(2.0)))
	// Output: 3.0 2.0
}

func ExampleSwitch() {
	x := jx.Scalar(3.0)
	f := jx.Jit(func(i *jx.Array) *jx.Array {
		return jx.Switch(i,
			func() *jx.Array { return x },
			func() *jx.Array { return num.Square(x) },
			func() *jx.Array { return num.Neg(x) })
	})
	fmt.Println(f(jx.Scalar(0)), f(jx.Scalar(1)), f(jx.Scalar(7)))
	// Output: 3.0 9.0 -3.0
}

// The number of steps of the Collatz sequence.
func ExampleWhile() {
	type state struct{ N, Steps *jx.Array }
	s := jx.While(state{jx.Scalar(27), jx.Scalar(0)},
		func(s state) *jx.Array { return num.Greater(s.N, 1) },
		func(s state) state {
			odd := num.Equal(num.Remainder(s.N, 2), 1)
			next := num.Where(odd, num.Add(num.Mul(s.N, 3), 1), num.FloorDivide(s.N, 2))
			return state{next, num.Add(s.Steps, 1)}
		})
	fmt.Println(s.N, s.Steps)
	// Output: 1 111
}

// A loop of bounded length has a gradient.
func ExampleMaxTrips() {
	double := func(x *jx.Array) *jx.Array {
		return jx.While(x,
			func(x *jx.Array) *jx.Array { return num.Less(x, 100) },
			func(x *jx.Array) *jx.Array { return num.Mul(x, 2) },
			jx.MaxTrips(20))
	}
	fmt.Println(double(jx.Scalar(3.0)), jx.Grad(double)(jx.Scalar(3.0)))
	// Output: 192.0 64.0
}

func ExampleFori() {
	factorial := jx.Fori(1, 6, jx.Scalar(1), func(i, product *jx.Array) *jx.Array { return num.Mul(product, i) })
	fmt.Println(factorial)
	// Output: 120
}

// A running sum, and all that it was.
func ExampleScan() {
	last, sums := jx.Scan(jx.Scalar(0.0), jx.From([]float32{1, 2, 3, 4}),
		func(sum, x *jx.Array) (*jx.Array, *jx.Array) {
			sum = num.Add(sum, x)
			return sum, sum
		})
	fmt.Println(last, sums)
	// Output: 10.0 [ 1.  3.  6. 10.]
}

// Without anything to walk along, Length is the number of steps.
func ExampleLength() {
	_, powers := jx.Scan(jx.Scalar(1), struct{}{},
		func(p *jx.Array, _ struct{}) (*jx.Array, *jx.Array) { return num.Mul(p, 2), p },
		jx.Length(8))
	fmt.Println(powers)
	// Output: [  1   2   4   8  16  32  64 128]
}

// A polynomial by Horner's rule; nothing but the state is kept.
func ExampleFold() {
	x := jx.Scalar(2.0)
	y := jx.Fold(jx.Scalar(0.0), jx.From([]float32{1, -3, 5}),
		func(y, c *jx.Array) *jx.Array { return num.Add(num.Mul(y, x), c) })
	fmt.Println(y)
	// Output: 3.0
}

// The last coefficient comes first.
func ExampleReverse() {
	y := jx.Fold(jx.Scalar(0.0), jx.From([]float32{5, -3, 1}),
		func(y, c *jx.Array) *jx.Array { return num.Add(num.Mul(y, 2), c) },
		jx.Reverse())
	fmt.Println(y)
	// Output: 3.0
}

// One row after another, in the memory of one.
func ExampleMap() {
	rows := jx.From([]float32{1, 2, 3, 4}, 2, 2)
	fmt.Println(jx.Map(rows, func(row *jx.Array) *jx.Array { return num.Sum(row) }))
	// Output: [3. 7.]
}

// A linear recurrence y[t] = a[t] y[t-1] + b[t] in a logarithmic number of steps:
// its steps are functions, and composing them is associative.
func ExampleAssociativeScan() {
	type step struct{ A, B *jx.Array }
	steps := step{jx.From([]float32{1, 2, 3}), jx.From([]float32{1, 1, 1})}
	y := jx.AssociativeScan(steps, func(f, g step) step {
		return step{num.Mul(f.A, g.A), num.Add(num.Mul(g.A, f.B), g.B)}
	}).B
	fmt.Println(y)
	// Output: [ 1.  3. 10.]
}

func ExampleUnroll() {
	y := jx.Fori(0, 4, jx.Scalar(1.0), func(_, x *jx.Array) *jx.Array { return num.Mul(x, 3) }, jx.Unroll(2))
	fmt.Println(y)
	// Output: 81.0
}

// Few states are kept of a long loop.
func ExampleLogMemory() {
	f := func(x *jx.Array) *jx.Array {
		return jx.While(x,
			func(x *jx.Array) *jx.Array { return num.Less(x, 100) },
			func(x *jx.Array) *jx.Array { return num.Mul(x, 2) },
			jx.MaxTrips(1024), jx.LogMemory())
	}
	fmt.Println(jx.Grad(f)(jx.Scalar(3.0)))
	// Output: 64.0
}
