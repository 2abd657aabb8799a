package goid

import (
	"sync"
	"testing"
)

func TestGet(t *testing.T) {
	const n = 100
	var wg, all sync.WaitGroup
	ids := make([]uintptr, n)
	all.Add(n)
	for i := range n {
		wg.Go(func() {
			ids[i] = Get()
			all.Done()
			all.Wait() // so that all are alive at once
			if again := deep(1000); again != ids[i] {
				t.Errorf("%x became %x", ids[i], again)
			}
		})
	}
	wg.Wait()
	seen := map[uintptr]bool{Get(): true}
	for _, id := range ids {
		if seen[id] {
			t.Fatalf("two goroutines are %x", id)
		}
		seen[id] = true
	}
}

// deep asks after the stack has grown, and so moved.
func deep(n int) uintptr {
	if n == 0 {
		return Get()
	}
	var pad [64]byte
	pad[n%64] = 1
	return deep(n-1) + uintptr(pad[(n+1)%64])
}

func BenchmarkGet(b *testing.B) {
	for b.Loop() {
		Get()
	}
}
