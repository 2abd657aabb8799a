package jacobi_test

import (
	"errors"
	"fmt"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

// A line fitted by gradient descent: the formula is Go, its gradient is a
// transformation of it, and Jit compiles the step.
func Example() {
	type line struct{ Slope, Offset *jx.Array }
	x := jx.From([]float32{0, 1, 2, 3})
	y := jx.From([]float32{1, 3, 5, 7})

	loss := func(p line) *jx.Array {
		return num.Mean(num.Square(num.Sub(num.Add(num.Mul(p.Slope, x), p.Offset), y)))
	}
	step := jx.Jit(func(p line) line {
		return jx.TreeMap2(p, jx.Grad(loss)(p), func(p, g *jx.Array) *jx.Array {
			return num.Sub(p, num.Mul(0.1, g))
		})
	})

	p := line{jx.Scalar(float32(0)), jx.Scalar(float32(0))}
	for range 200 {
		p = step(p)
	}
	fmt.Printf("%.2f x + %.2f\n", p.Slope, p.Offset)
	// Output: 2.00 x + 1.00
}

// A float64 is weak: it takes the dtype of what it is combined with.
func ExampleScalar() {
	half := jx.Scalar(0.5)
	fmt.Println(num.Mul(half, jx.From([]float64{1, 3})).DType())
	fmt.Println(num.Mul(half, jx.From([]int32{1, 3})).DType())
	fmt.Println(num.Mul(half, half).DType())
	// Output:
	// float64
	// float32
	// float32
}

// In a float64 program a parameter is a float64: by a weak scalar, which is
// float32 by itself, the gradient would be one, too.
func ExampleScalarOf() {
	x := jx.From([]float64{1, 2, 4})
	loss := func(p *jx.Array) *jx.Array { return num.Sum(num.Square(num.Mul(p, x))) }
	fmt.Printf("%#v\n", jx.Grad(loss)(jx.Scalar(0.5)))
	fmt.Printf("%#v\n", jx.Grad(loss)(jx.ScalarOf(jx.Float64, 0.5)))
	// Output:
	// Array(21., dtype=float32, weak_type=True)
	// Array(21., dtype=float64)
}

func ExampleFrom() {
	fmt.Println(jx.From([]int32{1, 2, 3, 4, 5, 6}, 2, 3))
	// Output:
	// [[1 2 3]
	//  [4 5 6]]
}

func ExampleSlice() {
	squares, err := jx.Slice[float32](num.Square(jx.From([]float32{1, 2, 3})))
	fmt.Println(squares, err)
	// Output: [1 4 9] <nil>
}

func ExampleView() {
	sum := float32(0)
	err := jx.View(jx.From([]float32{1, 2, 3}), func(data []float32) {
		for _, x := range data {
			sum += x
		}
	})
	fmt.Println(sum, err)
	// Output: 6 <nil>
}

func ExampleTry() {
	err := jx.Try(func() { num.Add(num.Ones(jx.Float32, 2), num.Ones(jx.Float32, 3)) })
	fmt.Println(errors.Is(err, jx.ErrShape))
	// Output: true
}

func ExampleCatch() {
	train := func() (err error) {
		defer jx.Catch(&err)
		num.Add(num.Ones(jx.Float32, 2), num.Ones(jx.Float32, 3))
		return nil
	}
	fmt.Println(errors.Is(train(), jx.ErrShape))
	// Output: true
}

// The verbs of fmt format every element.
func ExampleArray() {
	x := jx.From([]float32{0.5, 20, -1.25, 3}, 2, 2)
	fmt.Println(x)
	fmt.Printf("%.1f\n", x)
	fmt.Printf("%#v\n", x.At(0))
	// Output:
	// [[ 0.5  20.  ]
	//  [-1.25  3.  ]]
	// [[ 0.5 20.0]
	//  [-1.2  3.0]]
	// Array([ 0.5, 20. ], dtype=float32)
}
