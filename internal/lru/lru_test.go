package lru_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/internal/lru"
)

func keys(c *lru.Cache[int, string], n int) (in []int) {
	for k := range n {
		if _, ok := c.Load(k); ok {
			in = append(in, k)
		}
	}
	return in
}

func TestOldestGoes(t *testing.T) {
	limit := 3
	c := lru.New[int, string](func() int { return limit })
	for k := range 10 {
		v, loaded := c.LoadOrStore(k, fmt.Sprint(k))
		require.False(t, loaded)
		require.Equal(t, fmt.Sprint(k), v)
	}
	require.Equal(t, []int{7, 8, 9}, keys(c, 10))
	v, loaded := c.LoadOrStore(7, "other")
	require.True(t, loaded)
	require.Equal(t, "7", v)
}

// What is read stays, though others come and go.
func TestUsedStays(t *testing.T) {
	c := lru.New[int, string](func() int { return 4 })
	c.LoadOrStore(0, "kept")
	for k := 1; k < 100; k++ {
		c.LoadOrStore(k, "")
		v, ok := c.Load(0)
		require.True(t, ok, k)
		require.Equal(t, "kept", v)
	}
	require.Equal(t, 4, c.Len())
}

func TestRemoveTrimClear(t *testing.T) {
	limit := 8
	c := lru.New[int, string](func() int { return limit })
	for k := range 8 {
		c.LoadOrStore(k, fmt.Sprint(k))
	}
	c.Remove(3, "another")
	require.Equal(t, 8, c.Len())
	c.Remove(3, "3")
	require.Equal(t, 7, c.Len())
	limit = 2
	c.Trim()
	require.Equal(t, 2, c.Len())
	require.Len(t, keys(c, 8), 2)
	limit = 0 // the one that came last can be used
	c.LoadOrStore(9, "9")
	require.Equal(t, []int{9}, keys(c, 10))
	c.Clear()
	require.Zero(t, c.Len())
	require.Empty(t, keys(c, 10))
	c.LoadOrStore(1, "1")
	require.Equal(t, []int{1}, keys(c, 10))
}

func TestConcurrent(t *testing.T) {
	c := lru.New[int, int](func() int { return 50 })
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 5000 {
				k := (i*7 + g) % 100
				if v, ok := c.Load(k); ok {
					assert.Equal(t, k, v)
				}
				v, _ := c.LoadOrStore(k, k)
				assert.Equal(t, k, v)
				if i%1000 == 0 {
					c.Clear()
				}
				if i%10 == 0 {
					c.Remove(k, k)
				}
			}
		})
	}
	wg.Wait()
	require.LessOrEqual(t, c.Len(), 50)
}

func BenchmarkHit(b *testing.B) {
	c := lru.New[string, int](func() int { return 100 })
	c.LoadOrStore("a key of some length", 1)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			c.Load("a key of some length")
		}
	})
}
