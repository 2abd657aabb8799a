// Package failing has a custom call that fails, for the tests of package xla.
package failing

/*
#include <stddef.h>
#include <stdlib.h>

// What a handler needs of XLA's typed foreign function interface: the question
// for its version, and errors.
typedef struct {
  size_t size;
  void *extensions;
  int major, minor;
} version;
typedef struct {
  size_t size;
  void *extensions;
  version version;
  void *internal;
  void *(*error_create)(void *args);
} api;
typedef struct {
  size_t size;
  int type;  // 1: the question for the version
  void *next;
  struct {
    size_t size;
    version version;
  } *metadata;
} extension;
typedef struct {
  size_t size;
  extension *extensions;
  const api *api;
} frame;

static void *handler(frame *f) {
  if (f->extensions && f->extensions->type == 1) {
    f->extensions->metadata->version.major = f->api->version.major;
    f->extensions->metadata->version.minor = f->api->version.minor;
    return NULL;
  }
  struct {
    size_t size;
    void *extensions;
    const char *message;
    int code;
  } error = {sizeof error, NULL, "it was meant to fail", 3};
  return f->api->error_create(&error);
}

static void *address(void) { return (void *)handler; }
*/
import "C"

import "unsafe"

// Message is the error's text.
const Message = "it was meant to fail"

// Handler is the address of the custom call.
func Handler() unsafe.Pointer { return C.address() }
