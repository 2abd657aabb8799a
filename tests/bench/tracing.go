package main

import (
	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/num"
)

// tracing is what happens before XLA compiles: the user's function is traced,
// transformed and written as StableHLO. Nothing of it is kept between calls;
// the cold ones compare with JAX with its caches cleared.
var tracing = []benchmark{
	{name: "trace/emit", make: func() program {
		return program{run: func(n int) {
			var b graph.Builder
			x := b.Input(graph.Aval{DType: graph.Float32, Shape: []int{64, 64}})
			for range n {
				x = b.Sin(x)
			}
			b.Graph(x)
		}}
	}},
	{name: "trace/stage_op", make: func() program {
		x := jx.Abstract(jx.Float32, 64, 64)
		return program{run: func(n int) {
			_, err := jx.MakeJaxpr(func(x *jx.Array) *jx.Array {
				for range n {
					x = num.Sin(x)
				}
				return x
			}, x)
			must(err)
		}}
	}},
	{name: "trace/grad_mlp50", goal: 1. / 20, make: gradMLP50},
	{name: "trace/grad_mlp50_cold", goal: 1. / 20, make: gradMLP50},
	{name: "trace/hessian_mlp3", make: hessianMLP3},
	{name: "trace/hessian_mlp3_cold", make: hessianMLP3},
	{name: "trace/grad6_tanh1", make: func() program { return grad6(1) }},
	{name: "trace/grad6_tanh3", make: func() program { return grad6(3) }},
}

// lowering traces and lowers f anew at every call.
func lowering[F any](f func() F, args ...any) program {
	return program{run: func(n int) {
		for range n {
			l, err := jx.Lower(f(), args...)
			must(err)
			if l.Text() == "" {
				panic("the program is empty")
			}
		}
	}}
}

func gradMLP50() program {
	sizes := make([]int, 51)
	for i := range sizes {
		sizes[i] = 64
	}
	return lowering(func() func([]layer, batch) []layer { return jx.GradWith(squaredError) },
		network(1, sizes...), batch{filled(60, 1, 32, 64), filled(61, 1, 32, 64)})
}

func hessianMLP3() program {
	return lowering(func() func([]layer, *jx.Array, *jx.Array) jx.Blocks[[]layer, []layer] {
		return func(p []layer, x, y *jx.Array) jx.Blocks[[]layer, []layer] {
			return jx.HessianTree(func(p []layer) *jx.Array { return squaredError(p, batch{x, y}) })(p)
		}
	}, network(1, 8, 16, 16, 1), filled(60, 1, 16, 8), filled(61, 1, 16, 1))
}

func grad6(times int) program {
	return lowering(func() func(*jx.Array) *jx.Array {
		f := func(x *jx.Array) *jx.Array {
			for range times {
				x = num.Tanh(x)
			}
			return x
		}
		for range 6 {
			f = jx.Grad(f)
		}
		return f
	}, jx.Scalar(float32(0.3)))
}
