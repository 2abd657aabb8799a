package main

import (
	"math"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

// filled is an array of numbers that look random and are the same in
// bench_peer.py: of mean 0 and standard deviation scale.
func filled(seed int, scale float64, dims ...int) *jx.Array {
	size := 1
	for _, n := range dims {
		size *= n
	}
	data := make([]float32, size)
	for i := range data {
		data[i] = float32(scale * math.Sqrt2 * math.Sin(float64(12.9898*float64(i+1))+float64(78.233*float64(seed))))
	}
	return jx.From(data, dims...)
}

// A layer is a dense layer of a network.
type layer struct{ W, B *jx.Array }

type batch struct{ X, Y *jx.Array }

// network makes layers of the given sizes.
func network(seed int, sizes ...int) []layer {
	var p []layer
	for i, n := range sizes[1:] {
		p = append(p, layer{filled(seed+i, 1/math.Sqrt(float64(sizes[i])), sizes[i], n), num.Zeros(jx.Float32, n)})
	}
	return p
}

// mlp applies the layers, with an activation between them.
func mlp(act func(*jx.Array) *jx.Array, p []layer, x *jx.Array) *jx.Array {
	for i, l := range p {
		if x = num.Add(num.Dot(x, l.W), l.B); i < len(p)-1 {
			x = act(x)
		}
	}
	return x
}

// squaredError is the mean squared error of a tanh network.
func squaredError(p []layer, d batch) *jx.Array {
	return num.Mean(num.Square(num.Sub(mlp(num.Tanh, p, d.X), d.Y)))
}

// each is a program that calls f and waits for what it returns.
func each[T any](f func() T) program {
	return program{
		run: func(n int) {
			for range n {
				must(jx.Wait(f()))
			}
		},
		value: func() float64 { return magnitude(f()) },
	}
}

// magnitude is the sum of the absolute values of all elements of a tree of
// float32 arrays.
func magnitude[T any](tree T) float64 {
	total := 0.0
	for _, x := range jx.TreeLeaves(tree) {
		data, err := jx.Slice[float32](x)
		must(err)
		for _, v := range data {
			total += math.Abs(float64(v))
		}
	}
	return total
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
