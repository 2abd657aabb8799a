//go:build !amd64

package goid

import (
	"bytes"
	"runtime"
	"strconv"
)

// get reads the number in the first line of the goroutine's own stack trace.
func get() uintptr {
	var buf [40]byte
	s := buf[:runtime.Stack(buf[:], false)]
	s = bytes.TrimPrefix(s, []byte("goroutine "))
	if i := bytes.IndexByte(s, ' '); i > 0 {
		if id, err := strconv.ParseUint(string(s[:i]), 10, 64); err == nil {
			return uintptr(id)
		}
	}
	panic("goid: no goroutine id in " + string(s))
}
