//go:build cgo

package xla

import (
	"reflect"

	"github.com/gomlx/gopjrt/pjrt"
)

// clientPointer is the C pointer in gopjrt's client, which keeps it private
// (Client.client.c) and stays its owner: it destroys the C client once the Go
// one is unreachable. 0 if gopjrt's layout is another.
func clientPointer(c *pjrt.Client) uintptr {
	v := reflect.ValueOf(c).Elem().FieldByName("client")
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return 0
	}
	if v = v.Elem().FieldByName("c"); v.Kind() != reflect.Pointer {
		return 0
	}
	return v.Pointer()
}
