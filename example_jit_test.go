package jacobi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

// The Go code runs once for each combination of shapes and dtypes.
func ExampleJit() {
	f := jx.Jit(func(x *jx.Array) *jx.Array {
		fmt.Println("tracing", x)
		return num.Sum(num.Square(x))
	})
	fmt.Println(f(jx.From([]float32{1, 2})))
	fmt.Println(f(jx.From([]float32{3, 4})))
	fmt.Println(f(jx.From([]float32{1, 2, 3})))
	// Output:
	// tracing Traced<f32[2]>
	// 5.0
	// 25.0
	// tracing Traced<f32[3]>
	// 14.0
}

// What is no array is part of the program.
func ExampleJit_static() {
	sum := jx.Jit(num.Sum)
	x := jx.From([]float32{1, 2, 3, 4}, 2, 2)
	fmt.Println(sum(x), sum(x, 0), sum(x, 1))
	// Output: 10.0 [4. 6.] [3. 7.]
}

// An error that the function returns, and mistakes found while tracing.
func ExampleJit_error() {
	inverse := jx.Jit(func(x *jx.Array) (*jx.Array, error) {
		if x.Rank() != 2 {
			return nil, errors.New("not a matrix")
		}
		return num.Add(x, jx.From([]float32{1, 2, 3})), nil
	})
	_, err := inverse(num.Ones(jx.Float32, 2))
	fmt.Println(err)
	_, err = inverse(num.Ones(jx.Float32, 2, 2))
	fmt.Println(errors.Is(err, jx.ErrShape))
	// Output:
	// not a matrix
	// true
}

// The sum may take the memory of x.
func ExampleDonate() {
	add := jx.Jit(func(x, y *jx.Array) *jx.Array { return num.Add(x, y) }, jx.Donate(0))
	x, y := jx.From([]float32{1, 2}), jx.From([]float32{3, 4})
	fmt.Println(add(x, y))
	fmt.Println(jx.Try(func() { num.Neg(x) }) != nil)
	// Output:
	// [4. 6.]
	// true
}

func ExampleOn() {
	devices, err := jx.Devices()
	if err != nil {
		panic(err)
	}
	f := jx.Jit(num.Square, jx.On(devices[0]))
	y := f(jx.From([]float32{1, 2, 3}))
	fmt.Println(y, y.Devices()[0] == devices[0])
	// Output: [1. 4. 9.] true
}

func ExamplePut() {
	devices, err := jx.Devices()
	if err != nil {
		panic(err)
	}
	x, err := jx.Put(map[string]*jx.Array{"w": jx.From([]float32{1, 2})}, devices[len(devices)-1])
	fmt.Println(x, err)
	// Output: map[w:[1. 2.]] <nil>
}

// Init comes before everything that computes.
func ExampleInit() {
	main := func() error {
		if err := jx.Init(jx.CPUDevices(4)); err != nil {
			return err
		}
		devices, err := jx.Devices()
		fmt.Println(len(devices))
		return err
	}
	_ = main
}

func ExampleMakeJaxpr() {
	f := func(x *jx.Array) *jx.Array { return num.Mul(num.Sin(x), 2) }
	program, err := jx.MakeJaxpr(jx.Grad(f), jx.Abstract(jx.Float32))
	fmt.Println(program, err)
	// Output: { lambda ; a:f32[]. let b:f32[] = cos a; c:f32[] = mul 2.0:f32[] b in (c,) } <nil>
}

func ExampleLower() {
	lowered, err := jx.Lower(num.Sin, jx.Abstract(jx.Float32, 3))
	if err != nil {
		panic(err)
	}
	fmt.Println(lowered)
	fmt.Println(strings.Contains(lowered.Text(), "stablehlo.sine"))
	// Output:
	// lowered Sin(f32[3]) -> (f32[3])
	// true
}

// A program that is compiled before there is data.
func ExampleLowered_Compile() {
	lowered, err := jx.Lower(func(x, y *jx.Array) *jx.Array { return num.Add(x, y) }, jx.Abstract(jx.Float32, 2), jx.Abstract(jx.Float32))
	if err != nil {
		panic(err)
	}
	add, err := lowered.Compile()
	if err != nil {
		panic(err)
	}
	fmt.Println(add.Func()(jx.From([]float32{1, 2}), jx.Scalar(float32(10))))
	// Output: [11. 12.]
}

// Shapes and dtypes without running anything, also of what no memory holds.
func ExampleEvalShape() {
	f := func(x *jx.Array) *jx.Array { return num.Sum(num.Greater(x, 0), 1) }
	fmt.Println(jx.EvalShape(f, jx.Abstract(jx.Float32, 1<<30, 1<<10)))
	// Output: Abstract<i32[1073741824]>
}

func ExampleAbstract() {
	x := jx.Abstract(jx.Float64, 2, 3)
	fmt.Println(x, x.Shape(), x.DType())
	// Output: Abstract<f64[2,3]> [2 3] float64
}

// A computation that takes too long is left behind.
func ExampleRunContext() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	y, err := jx.RunContext(ctx, func() *jx.Array { return num.Square(jx.Scalar(3.0)) })
	fmt.Println(y, err)
	cancel()
	_, err = jx.RunContext(ctx, func() *jx.Array { return num.Square(jx.Scalar(3.0)) })
	fmt.Println(errors.Is(err, context.Canceled))
	// Output:
	// 9.0 <nil>
	// true
}

func ExampleWaitContext() {
	y := num.Square(jx.From([]float32{1, 2}))
	fmt.Println(jx.WaitContext(context.Background(), y))
	// Output: <nil>
}

func ExampleWait() {
	y := num.Square(jx.From([]float32{1, 2}))
	fmt.Println(jx.Wait(y))
	// Output: <nil>
}

// Memory is given back now rather than when the collector comes by.
func ExampleClose() {
	x := num.Square(jx.From([]float32{1, 2}))
	fmt.Println(jx.Close(x))
	fmt.Println(errors.Is(jx.Try(func() { num.Neg(x) }), jx.ErrDeleted))
	// Output:
	// <nil>
	// true
}

// Trees of arrays are written and read by the encoders of the standard library.
func ExampleArray_MarshalJSON() {
	type params struct{ W *jx.Array }
	text, err := json.Marshal(params{jx.From([]int8{1, 2, 3})})
	fmt.Println(string(text), err)
	var p params
	fmt.Println(json.Unmarshal(text, &p), p.W)
	// Output:
	// {"W":{"dtype":"int8","shape":[3],"data":"AQID"}} <nil>
	// <nil> [1 2 3]
}
