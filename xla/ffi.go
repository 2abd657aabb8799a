package xla

/*
#include "pjrt.h"
*/
import "C"

import (
	"unsafe"

	"github.com/jacobi-go/jacobi/graph"
)

// registerHandler makes handler, the address of a C function of XLA's typed
// foreign function interface, the target of custom calls of that name, for all
// clients of c's plugin. A name can be registered once in a process: a second
// handler under it is not an error of the plugin, and without effect.
//
// A handler must not use the client that is running it: the client's threads
// may all be waiting for handlers.
func (c *Client) registerHandler(name string, handler unsafe.Pointer) error {
	platform := "Host"
	if !c.cpu {
		platform = c.platform
	}
	var known C.bool
	err := C.jx_register(c.api, (*C.char)(unsafe.Pointer(unsafe.StringData(name))), C.size_t(len(name)), handler,
		(*C.char)(unsafe.Pointer(unsafe.StringData(platform))), C.size_t(len(platform)), &known)
	if !known {
		return graph.Errorf(graph.ErrPlugin, "", "the PJRT plugin %s has no foreign function interface", c.plugin.path)
	}
	return c.check(graph.ErrPlugin, err)
}
