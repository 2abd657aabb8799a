package array_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"jacobi/array"
	"jacobi/graph"
)

// A traced function that hands its values to other goroutines gets an error,
// not a program that is mixed up.
func TestTwoGoroutinesInOneTrace(t *testing.T) {
	var mistakes atomic.Int64
	array.Stage(array.Staging{Name: "Jit"}, []graph.Aval{{DType: graph.Float32}}, nil, func(in []*array.Array) []*array.Array {
		var wg sync.WaitGroup
		inside, leave := make(chan bool), make(chan bool)
		wg.Add(1)
		go func() {
			defer wg.Done()
			array.Apply(in, false, func(b array.B, v []array.V) array.V {
				inside <- true
				<-leave
				return b.Sin(v[0])
			})
		}()
		<-inside
		err := graph.Try(func() { array.Inexact(graph.OpCos, in[0]) })
		if err != nil {
			mistakes.Add(1)
			require.ErrorContains(t, err, "two goroutines")
		}
		leave <- true
		wg.Wait()
		return []*array.Array{array.Inexact(graph.OpTanh, in[0])}
	})
	require.EqualValues(t, 1, mistakes.Load())
}
