// Package goid tells goroutines apart.
package goid

import (
	"bytes"
	"runtime"
	"strconv"
)

// Get is the running goroutine's id.
func Get() uint64 {
	var buf [40]byte
	s := buf[:runtime.Stack(buf[:], false)]
	s = bytes.TrimPrefix(s, []byte("goroutine "))
	if i := bytes.IndexByte(s, ' '); i > 0 {
		if id, err := strconv.ParseUint(string(s[:i]), 10, 64); err == nil {
			return id
		}
	}
	panic("goid: no goroutine id in " + string(s))
}
