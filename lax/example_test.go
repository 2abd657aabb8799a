package lax_test

import (
	"fmt"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/lax"
)

func ExamplePad() {
	x := jx.From([]float32{1, 2, 3})
	fmt.Println(lax.Pad(x, 0, lax.PaddingConfig{Low: 2, High: -1, Interior: 1}))
	// Output: [0. 0. 1. 0. 2. 0.]
}

func ExampleDotGeneral() {
	x := jx.From([]float32{1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2)
	n := lax.DotDimensionNumbers{Contract: [2][]int{{2}, {1}}, Batch: [2][]int{{0}, {0}}}
	fmt.Println(lax.DotGeneral(x, x, n))
	// Output:
	// [[[  7.  10.]
	//   [ 15.  22.]]
	//
	//  [[ 67.  78.]
	//   [ 91. 106.]]]
}

func ExampleScatterMul() {
	x, rows := jx.From([]float32{1, 2, 3}), jx.From([]int32{2, 0}, 2, 1)
	n := lax.ScatterDimensionNumbers{InsertedWindowDims: []int{0}, ScatterDimsToOperandDims: []int{0}}
	y, pull := jx.VJP(func(by *jx.Array) *jx.Array {
		return lax.ScatterMul(x, rows, by, n, lax.UniqueIndices())
	}, jx.From([]float32{10, 100}))
	fmt.Println(y, pull(jx.From([]float32{1, 1, 1})))
	// Output: [100.   2.  30.] [3. 1.]
}

func ExampleSort() {
	keys, values := jx.From([]int32{2, 0, 1}), jx.From([]float32{0.5, 1.5, 2.5})
	fmt.Println(lax.Sort(0, 1, keys, values))
	// Output: [[0 1 2] [1.5 2.5 0.5]]
}
