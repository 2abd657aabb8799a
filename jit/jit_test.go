package jit_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/jit"
)

func double(n int) *graph.Graph {
	return graph.Build([]graph.Aval{{DType: graph.Float32, Shape: []int{n}}}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
		return []*graph.Value{b.Add(in[0], in[0])}
	})
}

func TestOneCompileForAll(t *testing.T) {
	before := jit.Compilations()
	var built atomic.Int64
	var wg sync.WaitGroup
	programs := make([]*jit.Program, 32)
	for i := range programs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			g := double(7)
			p, err := jit.Load("double"+g.Fingerprint(), func() *graph.Graph { built.Add(1); return g }, jit.Options{})
			if err == nil {
				programs[i] = p
			}
		}()
	}
	wg.Wait()
	require.EqualValues(t, 1, built.Load())
	require.EqualValues(t, 1, jit.Compilations()-before)
	for _, p := range programs {
		require.Same(t, programs[0], p)
	}
}

// A mistake found while a program is made is not remembered as the program.
func TestFailuresAreNotKept(t *testing.T) {
	mistake := func() *graph.Graph { panic(graph.Errorf(graph.ErrArgument, "test", "a mistake")) }
	for range 2 {
		err := graph.Try(func() { _, _ = jit.Load("fails", mistake, jit.Options{}) })
		require.ErrorContains(t, err, "a mistake")
	}
	p, err := jit.Load("fails", func() *graph.Graph { return double(3) }, jit.Options{})
	require.NoError(t, err)
	require.Len(t, p.Out, 1)
}

func TestOptionsAreOtherPrograms(t *testing.T) {
	g := double(5)
	load := func(o jit.Options) *jit.Program {
		p, err := jit.Load(g.Fingerprint(), func() *graph.Graph { return g }, o)
		require.NoError(t, err)
		return p
	}
	require.Same(t, load(jit.Options{}), load(jit.Options{}))
	require.NotSame(t, load(jit.Options{}), load(jit.Options{Donate: []bool{true}}))
	require.NotSame(t, load(jit.Options{Donate: []bool{false}}), load(jit.Options{Donate: []bool{true}}))
	jit.Clear()
	require.NotNil(t, load(jit.Options{}))
}

// What is not used goes when there is too much, and what is used stays.
func TestSize(t *testing.T) {
	defer jit.SetSize(jit.Size())
	jit.Clear()
	jit.SetSize(3)
	load := func(n int) int64 {
		before := jit.Compilations()
		g := double(n)
		_, err := jit.Load(g.Fingerprint(), func() *graph.Graph { return g }, jit.Options{})
		require.NoError(t, err)
		return jit.Compilations() - before
	}
	require.EqualValues(t, 1, load(1))
	for n := 2; n < 10; n++ {
		require.EqualValues(t, 1, load(n))
		require.Zero(t, load(1), "used again after %d others", n)
	}
	require.Zero(t, load(1))
	require.Zero(t, load(9))
	require.EqualValues(t, 1, load(5))
	made := 0
	for range 2 {
		for k := range 5 {
			jit.Memo(string(rune('a'+k)), func() int { made++; return k })
		}
	}
	require.Equal(t, 10, made)
}
