// Package cloop runs a program in a loop written in C: what the plugin itself
// costs, beside which the benchmarks of package xla are read.
package cloop

/*
#cgo CFLAGS: -O2 -I${SRCDIR}/../..
#include "pjrt.h"

static int run(const jx_api *api, uintptr_t loaded, uintptr_t arg, int n) {
  struct {
    size_t size;
    void *extensions, *send, *recv;
    size_t num_send, num_recv;
    int launch_id;
    const int64_t *kept;
    size_t num_kept;
    void *context;
    const char *call_location;
    size_t num_tasks;
    int *tasks;
    int64_t *incarnations;
  } options = {.size = sizeof options};
  uintptr_t result, *in = &arg, *out = &result;
  struct {
    size_t size;
    void *extensions;
    uintptr_t executable;
    void *options;
    uintptr_t **in;
    size_t num_devices, num_in;
    uintptr_t **out;
    uintptr_t *events, device;
  } execute = {sizeof execute, 0, loaded, &options, &in, 1, 1, &out, 0, 0};
  struct {
    size_t size;
    void *extensions;
    uintptr_t handle, event;
  } ready = {.size = sizeof ready};
  struct {
    size_t size;
    void *extensions;
    uintptr_t handle;
  } one = {.size = sizeof one};
#define CALL(index, args) (((uintptr_t(*)(void *))api->fn[index])(args))
  for (int i = 0; i < n; i++) {
    if (CALL(jxLoadedExecutableExecute, &execute)) return 1;
    ready.handle = result;
    if (CALL(jxBufferReadyEvent, &ready)) return 1;
    one.handle = ready.event;
    if (CALL(jxEventAwait, &one) || CALL(jxEventDestroy, &one)) return 1;
    one.handle = result;
    if (CALL(jxBufferDestroy, &one)) return 1;
  }
  return 0;
}
*/
import "C"

import "unsafe"

// Run executes the program n times on one array, waits for each result and
// destroys it. api, loaded and arg are handles of the plugin.
func Run(api unsafe.Pointer, loaded, arg uintptr, n int) bool {
	return C.run((*C.jx_api)(api), C.uintptr_t(loaded), C.uintptr_t(arg), C.int(n)) == 0
}
