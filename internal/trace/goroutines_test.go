package trace_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
	. "github.com/jacobi-go/jacobi/internal/trace"
)

// elsewhere runs f in another goroutine and returns the mistake it made.
func elsewhere(f func()) (err error) {
	var wg sync.WaitGroup
	wg.Go(func() { err = graph.Try(f) })
	wg.Wait()
	return err
}

func double(x *Array) *Array {
	return Apply([]*Array{x}, false, func(b B, v []V) V { return b.Add(v[0], v[0]) })
}

// A traced function that hands its values to other goroutines gets an error,
// not a program that is mixed up, nor one that depends on who came first.
func TestOneGoroutineTraces(t *testing.T) {
	const refused = "another goroutine traces"
	scalar := []graph.Aval{{DType: graph.Float32}}
	one := FromBytes(graph.Aval{DType: graph.Float32, Shape: []int{}}, false, make([]byte, 4))
	Stage(Staging{Name: "Grad", Known: []*Array{one}}, scalar, nil, func(in []*Array) []*Array {
		x := in[0]
		require.ErrorContains(t, elsewhere(func() { double(x) }), refused)
		require.ErrorContains(t, elsewhere(func() { x.Bytes("Float") }), refused)
		require.NoError(t, elsewhere(func() { double(one) }), "concrete arrays are everybody's")

		// Readers and openers at once; the race detector looks on.
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 100 {
					if graph.Try(func() { double(x) }) == nil || graph.Try(func() { x.Bytes("Float") }) == nil {
						t.Error("not refused")
						return
					}
				}
			})
		}
		y := x
		for range 20 {
			y = double(y)
			Stage(Staging{Name: "Grad"}, scalar, nil, func(in []*Array) []*Array { return []*Array{double(in[0])} })
			_, err := y.Bytes("Float")
			require.NoError(t, err)
		}
		wg.Wait()
		return in
	})
}
