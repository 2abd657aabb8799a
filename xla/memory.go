package xla

import (
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"
)

// minGrowth is how many bytes of arrays may be added before the collector is
// asked to find those that are no longer used.
const minGrowth = 256 << 20

// memory counts the bytes of a client's live arrays, which Go's collector does
// not see, and makes it run when they have grown as much as would have made it
// run if they were on its heap. Without that, arrays that nothing refers to
// would pile up until a collection happens for other reasons.
type memory struct {
	bytes atomic.Int64
	limit atomic.Int64 // of bytes, where the next collection is due
	mu    sync.Mutex
}

// add counts n more bytes, which are freed by add of their negative.
func (m *memory) add(n int64) {
	if m.bytes.Add(n) > m.limit.Load() && n > 0 {
		m.collect()
	}
}

// collect runs the collector and waits until what it found is freed. One
// goroutine does; the others go on meanwhile.
func (m *memory) collect() {
	if !m.mu.TryLock() {
		return
	}
	defer m.mu.Unlock()
	runtime.GC()
	m.drain()
	live := m.bytes.Load()
	m.limit.Store(live + max(minGrowth, live, goHeap()))
}

// drain waits, not for long, until the cleanups queued so far have run.
func (m *memory) drain() {
	s := []metrics.Sample{{Name: "/gc/cleanups/queued:cleanups"}, {Name: "/gc/cleanups/executed:cleanups"}}
	metrics.Read(s)
	if s[0].Value.Kind() != metrics.KindUint64 || s[1].Value.Kind() != metrics.KindUint64 {
		return
	}
	queued := s[0].Value.Uint64()
	for deadline := time.Now().Add(50 * time.Millisecond); s[1].Value.Uint64() < queued && time.Now().Before(deadline); {
		time.Sleep(20 * time.Microsecond)
		metrics.Read(s[1:])
	}
}

// goHeap is the size of Go's own live heap: a collection costs in proportion.
func goHeap() int64 {
	s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	if s[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return int64(s[0].Value.Uint64())
}
