#include "callback.h"

#include <stdlib.h>

// Runs a callback of Go; returns an error's text, to be freed, or NULL.
extern char *jacobiCallback(ffi_frame *f);

static void *handler(ffi_frame *f) {
  for (ffi_extension *e = f->extensions; e; e = e->next) {
    if (e->type == 1) {
      e->metadata->version.major = f->api->version.major;
      e->metadata->version.minor = f->api->version.minor;
      return NULL;
    }
  }
  if (f->stage != 3) return NULL;
  char *message = jacobiCallback(f);
  if (!message) return NULL;
  struct {
    size_t size;
    void *extensions;
    const char *message;
    int code;
  } error = {sizeof error, NULL, message, 2};  // unknown
  void *e = f->api->error_create(&error);
  free(message);
  return e;
}

void *jx_callback_handler(void) { return (void *)handler; }
