package jacobi_test

import (
	"fmt"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

type layer struct{ W, B *jx.Array }

func layers() []layer {
	return []layer{
		{jx.From([]float32{1, 2, 3, 4}, 2, 2), jx.From([]float32{5, 6})},
		{W: jx.From([]float32{7, 8}, 1, 2)},
	}
}

func ExampleTreeMap() {
	negative := jx.TreeMap(layers(), num.Neg)
	fmt.Println(negative[0].B, negative[1].W, negative[1].B)
	// Output: [-5. -6.] [[-7. -8.]] nil
}

// A step of gradient descent.
func ExampleTreeMap2() {
	p := map[string]*jx.Array{"w": jx.From([]float32{1, 2}), "b": jx.Scalar(float32(3))}
	g := map[string]*jx.Array{"w": jx.From([]float32{10, -10}), "b": jx.Scalar(float32(5))}
	p = jx.TreeMap2(p, g, func(p, g *jx.Array) *jx.Array { return num.Sub(p, num.Mul(0.1, g)) })
	fmt.Println(p["w"], p["b"])
	// Output: [0. 3.] 2.5
}

func ExampleTreeMap3() {
	p := jx.TreeMap3(layers(), layers(), layers(), func(x, y, z *jx.Array) *jx.Array { return num.Sub(num.Mul(x, y), z) })
	fmt.Println(p[0].B)
	// Output: [20. 30.]
}

// Weights decay, offsets do not.
func ExampleTreeMapWithPath() {
	decay := func(path string, x *jx.Array) *jx.Array {
		if x.Rank() < 2 {
			fmt.Println(path, "stays")
			return x
		}
		return num.Mul(x, 0.5)
	}
	p := jx.TreeMapWithPath(layers(), decay)
	fmt.Println(p[1].W)
	// Output:
	// 0.B stays
	// [[3.5 4. ]]
}

// What is nil is no leaf.
func ExampleTreeLeaves() {
	for path, x := range jx.TreeLeaves(layers()) {
		fmt.Println(path, x.Shape())
	}
	// Output:
	// 0.W [2 2]
	// 0.B [2]
	// 1.W [1 2]
}

func ExampleTreeFlatten() {
	leaves, with := jx.TreeFlatten(layer{jx.Scalar(1.0), jx.Scalar(2.0)})
	leaves[0], leaves[1] = leaves[1], leaves[0]
	fmt.Println(with(leaves))
	// Output: {2.0 1.0}
}

// A function of a tree as one of a vector, for methods that know only those.
func ExampleTreeRavel() {
	flat, unravel := jx.TreeRavel(layer{jx.From([]float32{1, 2}), jx.Scalar(float32(3))})
	f := func(x *jx.Array) *jx.Array {
		l := unravel(x)
		return num.Mul(num.Sum(num.Square(l.W)), l.B)
	}
	fmt.Println(flat)
	fmt.Println(jx.Hessian(f)(flat))
	// Output:
	// [1. 2. 3.]
	// [[6. 0. 2.]
	//  [0. 6. 4.]
	//  [2. 4. 0.]]
}

func ExampleName() {
	h := func(x *jx.Array) *jx.Array { return num.Sin(jx.Name(num.Exp(x), "hidden")) }
	program, err := jx.MakeJaxpr(h, jx.Abstract(jx.Float32))
	fmt.Println(program, err)
	// Output:
	// { lambda ; a:f32[]. let
	//     b:f32[] = exp a
	//     c:f32[] = name[name=hidden] b
	//     d:f32[] = sin c
	//   in (d,) } <nil>
}
