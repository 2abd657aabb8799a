// Package goid tells goroutines apart.
package goid

// Get identifies the running goroutine among those that are alive. An id may
// come again once its goroutine has ended.
func Get() uintptr { return get() }
