package random_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/graph"
	. "github.com/jacobi-go/jacobi/random"
)

func TestMistakes(t *testing.T) {
	k, x := NewKey(0), jx.From([]float32{1, 2, 3})
	long := jx.Abstract(jx.Int8, 1<<31)
	for want, f := range map[string]func(){
		"takes one key":                   func() { Normal(SplitN(k, 2), jx.Float32) },
		"this is one key, not several":    func() { k.At(0) },
		"a key without bits":              func() { Normal(Key{}, jx.Float32) },
		"the bits of a key are uint32[2]": func() { Normal(Key{Bits: x}, jx.Float32) },
		"draws floats, not int32":         func() { Uniform(k, jx.Int32, 3) },
		"draws unsigned integers":         func() { Bits(k, jx.Int32, 3) },
		"draws integers, not float32":     func() { RandInt(k, jx.Float32, 0, 3) },
		"the bounds are integers":         func() { RandInt(k, jx.Int32, 0, 2.5) },
		"has a negative size":             func() { Normal(k, jx.Float32, -1) },
		"cannot be broadcast":             func() { UniformIn(k, jx.Float32, x, 1, 2) },
		"the probability is a float":      func() { Bernoulli(k, jx.From([]int32{1})) },
		"cannot draw 4 of 3 elements":     func() { Sample(k, x, 4) },
		"cannot draw 1 of 0 elements":     func() { Choice(k, jx.From([]float32{})) },
		"one for each of the 3 elements":  func() { WeightedChoice(k, x, jx.From([]float32{1, 2})) },
		"does not end with [3]":           func() { Categorical(k, jx.From([]float32{1, 2, 3, 4, 5, 6}, 2, 3), 0, 2) },
		"an integer of rank 0":            func() { FoldIn(k, x) },
		"does not fit into uint32":        func() { FoldIn(k, -1) },
		"Permutation: cannot draw places": func() { Permutation(k, 1<<31) },
		"Choice: cannot draw places":      func() { Choice(k, long, 1) },
		"Sample: cannot draw places":      func() { Sample(k, jx.Abstract(jx.Int8, 1<<31, 1), 1) },
		"Categorical: cannot draw places": func() { Categorical(k, jx.Abstract(jx.Float32, 1<<31), 0) },
		"uint8 has no -1":                 func() { Rademacher(k, jx.Uint8) },
	} {
		err := graph.Try(f)
		assert.ErrorContains(t, err, want)
	}
}
