package main

import (
	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/expand"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/num"
	"github.com/jacobi-go/jacobi/xla"
)

// dispatch is what a call costs when the computation costs nothing.
var dispatch = []benchmark{
	{name: "dispatch/raw_4x4_blocking", make: func() program { return raw(true) }},
	{name: "dispatch/raw_4x4_async", make: func() program { return raw(false) }},
	{name: "dispatch/jit_4x4_blocking", goal: 0.5, make: func() program {
		f, x := jx.Jit(addOne), ones()
		return program{
			run: func(n int) {
				for range n {
					must(f(x).Wait())
				}
			},
			value: func() float64 { return magnitude(f(x)) },
		}
	}},
	{name: "dispatch/jit_4x4_async", make: func() program {
		f, x := jx.Jit(addOne), ones()
		return program{run: func(n int) {
			var y *jx.Array
			for range n {
				y = f(x)
			}
			must(y.Wait())
		}}
	}},
	{name: "dispatch/jit_4x4_chained", make: func() program {
		f := jx.Jit(addOne)
		return program{run: func(n int) {
			x := ones()
			for range n {
				x = f(x)
			}
			must(x.Wait())
		}}
	}},
	{name: "dispatch/jit_50_arrays_blocking", goal: 0.5, make: func() program {
		f, t := jx.Jit(addOnes), fifty()
		return each(func() arrays50 { return f(t) })
	}},
	{name: "dispatch/jit_50_arrays_chained", goal: 0.5, make: func() program {
		f := jx.Jit(addOnes)
		return program{run: func(n int) {
			t := fifty()
			for range n {
				t = f(t)
			}
			must(jx.Wait(t))
		}}
	}},
	{name: "dispatch/eager_add_chained", make: func() program {
		return program{run: func(n int) {
			x := ones()
			for range n {
				x = num.Add(x, 1.0)
			}
			must(x.Wait())
		}}
	}},
	{name: "dispatch/eager_3_ops_blocking", make: func() program {
		x := ones()
		return each(func() *jx.Array { return sumTanhSquare(x) })
	}},
	{name: "dispatch/eager_grad_3_ops_blocking", make: func() program {
		x := ones()
		return each(func() *jx.Array { return jx.Grad(sumTanhSquare)(x) })
	}},
	{name: "dispatch/roundtrip_4x4", make: func() program {
		f, data := jx.Jit(addOne), make([]float32, 16)
		return program{run: func(n int) {
			for range n {
				_, err := jx.Slice[float32](f(jx.From(data, 4, 4)))
				must(err)
			}
		}}
	}},
}

func ones() *jx.Array {
	return jx.From([]float32{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 4, 4)
}

func addOne(x *jx.Array) *jx.Array { return num.Add(x, 1.0) }

func sumTanhSquare(x *jx.Array) *jx.Array { return num.Sum(num.Tanh(num.Dot(x, x))) }

type (
	arrays5  struct{ A, B, C, D, E *jx.Array }
	arrays50 struct{ A, B, C, D, E, F, G, H, I, J arrays5 }
)

func addOnes(t arrays50) arrays50 { return jx.TreeMap(t, addOne) }

func fifty() arrays50 {
	one := arrays5{ones(), ones(), ones(), ones(), ones()}
	return arrays50{one, one, one, one, one, one, one, one, one, one}
}

// raw calls PJRT directly with the program of addOne: the least that a call
// can cost.
func raw(wait bool) program {
	client, err := xla.Default()
	must(err)
	a := graph.Aval{DType: graph.Float32, Shape: []int{4, 4}}
	g := graph.Build([]graph.Aval{a}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
		return []*graph.Value{b.Add(in[0], b.Scalar(graph.Float32, 1))}
	})
	exe, err := client.Compile(xla.Lower(expand.For(g, client.Target()), xla.LowerOptions{}), xla.CompileOptions{In: []graph.Aval{a}, Out: []graph.Aval{a}})
	must(err)
	x, err := client.Upload(a, make([]byte, 64), client.Devices()[0])
	must(err)
	in := []*xla.Buffer{x}
	return program{run: func(n int) {
		var out []*xla.Buffer
		for range n {
			out, err = exe.Execute(in, nil)
			must(err)
			if wait {
				must(out[0].Wait())
			}
		}
		must(out[0].Wait())
	}}
}
