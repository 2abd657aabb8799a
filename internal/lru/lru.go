// Package lru is a bounded cache whose hits take no lock.
package lru

import (
	"sync"
	"sync/atomic"
)

// A Cache keeps what was used of late. It is safe for concurrent use.
//
// Who has to go is found by a clock's hand, which passes over the entries that
// were read since it came by last: a hit only sets a flag.
type Cache[K, V comparable] struct {
	limit   func() int
	entries sync.Map // K to *entry[K, V]

	mu   sync.Mutex
	ring []*entry[K, V]
	hand int
}

type entry[K, V comparable] struct {
	key   K
	value V
	used  atomic.Bool
	at    int // in the ring
}

// New makes a cache of at most limit() entries, which is asked when one comes.
func New[K, V comparable](limit func() int) *Cache[K, V] { return &Cache[K, V]{limit: limit} }

// Load returns the value for key.
func (c *Cache[K, V]) Load(key K) (v V, ok bool) {
	found, ok := c.entries.Load(key)
	if !ok {
		return v, false
	}
	e := found.(*entry[K, V])
	if !e.used.Load() { // written rarely, or processors would contend for it
		e.used.Store(true)
	}
	return e.value, true
}

// LoadOrStore returns the value for key, which is v if there was none.
func (c *Cache[K, V]) LoadOrStore(key K, v V) (_ V, loaded bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.Load(key); ok {
		return old, true
	}
	limit := max(1, c.limit())
	c.shrink(limit)
	e := &entry[K, V]{key: key, value: v, at: len(c.ring)}
	if e.at < limit {
		c.ring = append(c.ring, e)
	} else { // in the place of another, where the hand comes by last
		e.at = c.victim()
		c.entries.Delete(c.ring[e.at].key)
		c.ring[e.at] = e
		c.hand++
	}
	c.entries.Store(key, e)
	return v, false
}

// Remove removes the entry for key if it is v.
func (c *Cache[K, V]) Remove(key K, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if found, ok := c.entries.Load(key); ok && found.(*entry[K, V]).value == v {
		c.drop(found.(*entry[K, V]))
	}
}

// Trim removes what is above the limit now.
func (c *Cache[K, V]) Trim() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shrink(max(1, c.limit()))
}

// Clear removes everything.
func (c *Cache[K, V]) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries.Clear()
	c.ring, c.hand = nil, 0
}

// Len is the number of entries.
func (c *Cache[K, V]) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.ring)
}

func (c *Cache[K, V]) shrink(n int) {
	for len(c.ring) > n {
		c.drop(c.ring[c.victim()])
	}
}

// victim moves the hand to the entry that has to go.
func (c *Cache[K, V]) victim() int {
	for {
		if c.hand >= len(c.ring) {
			c.hand = 0
		}
		if !c.ring[c.hand].used.Swap(false) {
			return c.hand
		}
		c.hand++
	}
}

// drop closes the gap with the last entry.
func (c *Cache[K, V]) drop(e *entry[K, V]) {
	c.entries.Delete(e.key)
	last := len(c.ring) - 1
	c.ring[e.at], c.ring[last].at = c.ring[last], e.at
	c.ring[last] = nil
	c.ring = c.ring[:last]
}
