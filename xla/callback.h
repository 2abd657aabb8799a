// The part of XLA's typed foreign function interface that a handler needs, as
// our own declarations of the ABI.

#ifndef JACOBI_CALLBACK_H
#define JACOBI_CALLBACK_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  size_t size;
  void *extensions;
  int major, minor;
} ffi_version;

typedef struct {
  size_t size;
  void *extensions;
  ffi_version version;
  void *internal;
  void *(*error_create)(void *args);
} ffi_api;

typedef struct ffi_extension {
  size_t size;
  int type;  // 1: the question for the version
  struct ffi_extension *next;
  struct {
    size_t size;
    ffi_version version;
  } *metadata;
} ffi_extension;

typedef struct {
  size_t size;
  void *extensions;
  int type;
  void *data;
  int64_t rank;
  int64_t *dims;
} ffi_buffer;

typedef struct {
  size_t size;
  void *extensions;
  int64_t count;
  int *types;
  ffi_buffer **buffers;
} ffi_buffers;

typedef struct {
  size_t size;
  ffi_extension *extensions;
  const ffi_api *api;
  void *context;
  int stage;  // 3: execute
  ffi_buffers args, rets;
} ffi_frame;

// jx_callback_handler is the address of the handler that all callbacks share.
void *jx_callback_handler(void);

#endif
