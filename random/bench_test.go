package random_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
	. "github.com/jacobi-go/jacobi/random"
)

func BenchmarkNormal(b *testing.B) {
	for _, n := range []int{1_000, 10_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			k := NewKey(0)
			draw := func() {
				x := Normal(k, graph.Float32, n)
				require.NoError(b, x.Wait())
				require.NoError(b, x.Close())
			}
			draw() // compiled
			for b.Loop() {
				draw()
			}
			b.SetBytes(int64(4 * n))
		})
	}
}
