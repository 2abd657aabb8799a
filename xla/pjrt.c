#include "pjrt.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

// A struct's size as the ABI counts it: to the end of its last field.
#define SIZE(type, last) (offsetof(type, last) + sizeof(((type *)0)->last))
#define CALL(index, args) (((uintptr_t(*)(void *))api->fn[index])(args))

// The argument structs share their first two fields; after them most have a
// handle and a result.
#define HEAD   \
  size_t size; \
  void *extensions
typedef struct {
  HEAD;
  uintptr_t handle;
} handle_args;
typedef struct {
  HEAD;
  uintptr_t handle;
  uintptr_t result;
} result_args;
typedef struct {
  HEAD;
  uintptr_t handle;
  const char *text;
  size_t text_size;
} text_args;
typedef struct {
  HEAD;
  uintptr_t handle;
  int result;
} int_args;
typedef struct {
  HEAD;
  uintptr_t handle;
  bool result;
} bool_args;

static uintptr_t with_handle(const jx_api *api, int index, uintptr_t handle) {
  handle_args a = {.size = SIZE(handle_args, handle), .handle = handle};
  return CALL(index, &a);
}

static uintptr_t with_result(const jx_api *api, int index, uintptr_t handle, uintptr_t *result) {
  result_args a = {.size = SIZE(result_args, result), .handle = handle};
  uintptr_t err = CALL(index, &a);
  *result = a.result;
  return err;
}

static uintptr_t with_text(const jx_api *api, int index, uintptr_t handle, const char **text, size_t *size) {
  text_args a = {.size = SIZE(text_args, text_size), .handle = handle};
  uintptr_t err = CALL(index, &a);
  *text = a.text;
  *size = a.text_size;
  return err;
}

const jx_api *jx_open(const char *path, char **message) {
  *message = NULL;
  dlerror();
  void *library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
  void *get = library ? dlsym(library, "GetPjrtApi") : NULL;
  if (!get) {
    const char *words = dlerror();
    *message = strdup(words ? words : "no reason given");
    if (library) dlclose(library);
    return NULL;
  }
  return ((const jx_api *(*)(void))get)();
}

void jx_error(const jx_api *api, uintptr_t err, int *code, const char **message, size_t *size) {
  // GetCode can itself fail, with an error to free.
  int_args a = {.size = SIZE(int_args, result), .handle = err, .result = 2};
  jx_error_free(api, CALL(jxErrorGetCode, &a));
  *code = a.result;
  text_args t = {.size = SIZE(text_args, text_size), .handle = err};
  ((void (*)(void *))api->fn[jxErrorMessage])(&t);
  *message = t.text;
  *size = t.text_size;
}

void jx_error_free(const jx_api *api, uintptr_t err) {
  if (!err) return;
  handle_args a = {.size = SIZE(handle_args, handle), .handle = err};
  ((void (*)(void *))api->fn[jxErrorDestroy])(&a);
}

uintptr_t jx_platform(const jx_api *api, uintptr_t client, const char **name, size_t *name_size,
                      const char **version, size_t *version_size) {
  uintptr_t err = with_text(api, jxClientPlatformName, client, name, name_size);
  return err ? err : with_text(api, jxClientPlatformVersion, client, version, version_size);
}

uintptr_t jx_devices(const jx_api *api, uintptr_t client, jx_device *devices, size_t max, size_t *n) {
  struct {
    HEAD;
    uintptr_t client;
    const uintptr_t *devices;
    size_t n;
  } a = {.size = sizeof a, .client = client};
  uintptr_t err = CALL(jxClientAddressableDevices, &a);
  if (err) return err;
  *n = a.n;
  for (size_t i = 0; i < a.n && i < max; i++) {
    jx_device *d = &devices[i];
    d->ptr = a.devices[i];
    uintptr_t description;
    if ((err = with_result(api, jxDeviceGetDescription, d->ptr, &description))) return err;
    int_args id = {.size = SIZE(int_args, result), .handle = description};
    if ((err = CALL(jxDeviceDescriptionId, &id))) return err;
    d->id = id.result;
    if ((err = with_text(api, jxDeviceDescriptionKind, description, &d->kind, &d->kind_size))) return err;
  }
  return 0;
}

uintptr_t jx_upload(const jx_api *api, uintptr_t client, uintptr_t device, const void *data, int type,
                    const int64_t *dims, size_t rank, uintptr_t *buffer) {
  struct {
    HEAD;
    uintptr_t client;
    const void *data;
    int type;
    const int64_t *dims;
    size_t rank;
    const int64_t *strides;
    size_t num_strides;
    int semantics;  // 0: data is not read after the call
    uintptr_t device, memory;
    void *layout;
    uintptr_t done, buffer;
  } a = {.size = sizeof a, .client = client, .data = data, .type = type, .dims = dims, .rank = rank, .device = device};
  uintptr_t err = CALL(jxClientBufferFromHostBuffer, &a);
  if (err) return err;
  *buffer = a.buffer;
  if (a.done) jx_error_free(api, with_handle(api, jxEventDestroy, a.done));
  return 0;
}

uintptr_t jx_ready(const jx_api *api, uintptr_t buffer, uintptr_t *event) {
  uintptr_t err = with_result(api, jxBufferReadyEvent, buffer, event);
  if (err) return err;
  bool_args a = {.size = SIZE(bool_args, result), .handle = *event};
  err = CALL(jxEventIsReady, &a);
  if (!err && !a.result) return 0;
  if (!err) err = with_handle(api, jxEventError, *event);
  jx_error_free(api, with_handle(api, jxEventDestroy, *event));
  *event = 0;
  return err;
}

static void ready(uintptr_t err, void *waiter) { jacobiReady((uintptr_t)waiter, err); }

uintptr_t jx_on_ready(const jx_api *api, uintptr_t event, uintptr_t waiter) {
  struct {
    HEAD;
    uintptr_t event;
    void (*callback)(uintptr_t err, void *waiter);
    void *waiter;
  } a = {.size = sizeof a, .event = event, .callback = ready, .waiter = (void *)waiter};
  uintptr_t err = CALL(jxEventOnReady, &a);
  jx_error_free(api, with_handle(api, jxEventDestroy, event));
  return err;
}

uintptr_t jx_await(const jx_api *api, uintptr_t event) {
  uintptr_t err = with_handle(api, jxEventAwait, event);
  jx_error_free(api, with_handle(api, jxEventDestroy, event));
  return err;
}

uintptr_t jx_pointer(const jx_api *api, uintptr_t buffer, uintptr_t *pointer) {
  return with_result(api, jxBufferUnsafePointer, buffer, pointer);
}

uintptr_t jx_read(const jx_api *api, uintptr_t buffer, size_t rank, void *dst, size_t size) {
  int64_t minor_to_major[rank + 1];
  for (size_t i = 0; i < rank; i++) minor_to_major[i] = rank - 1 - i;
  struct {
    HEAD;
    struct {
      HEAD;
      const int64_t *minor_to_major;
      size_t rank;
      const int64_t *tile_dims;
      const size_t *tile_dim_sizes;
      size_t num_tiles;
    } tiled;
    int type;
  } layout = {.tiled = {.size = sizeof layout.tiled, .minor_to_major = minor_to_major, .rank = rank}};
  layout.size = offsetof(__typeof__(layout), type) + sizeof layout.type;
  struct {
    HEAD;
    uintptr_t src;
    void *layout, *dst;
    size_t dst_size;
    uintptr_t event;
  } a = {.size = sizeof a, .src = buffer, .layout = &layout, .dst = dst, .dst_size = size};
  uintptr_t err = CALL(jxBufferToHostBuffer, &a);
  return err ? err : jx_await(api, a.event);
}

bool jx_deleted(const jx_api *api, uintptr_t buffer) {
  bool_args a = {.size = SIZE(bool_args, result), .handle = buffer};
  jx_error_free(api, CALL(jxBufferIsDeleted, &a));
  return a.result;
}

uintptr_t jx_buffer_free(const jx_api *api, uintptr_t buffer) { return with_handle(api, jxBufferDestroy, buffer); }

typedef struct {
  const jx_api *api;
  uintptr_t client;
  const char *program, *options;
  size_t program_size, options_size;
  uintptr_t *loaded, *executable, err;
} compilation;

static void *compile(void *arg) {
  compilation *c = arg;
  const jx_api *api = c->api;
  struct {
    HEAD;
    const char *code;
    size_t code_size;
    const char *format;
    size_t format_size;
  } p = {.size = sizeof p, .code = c->program, .code_size = c->program_size, .format = "mlir", .format_size = 4};
  struct {
    HEAD;
    uintptr_t client;
    const void *program;
    const char *options;
    size_t options_size;
    uintptr_t executable;
  } a = {.size = sizeof a, .client = c->client, .program = &p, .options = c->options, .options_size = c->options_size};
  if ((c->err = CALL(jxClientCompile, &a))) return NULL;
  *c->loaded = a.executable;
  if ((c->err = with_result(api, jxLoadedExecutableGetExecutable, a.executable, c->executable)))
    jx_error_free(api, with_handle(api, jxLoadedExecutableDestroy, a.executable));
  return NULL;
}

uintptr_t jx_compile(const jx_api *api, uintptr_t client, const char *program, size_t program_size,
                     const char *options, size_t options_size, uintptr_t *loaded, uintptr_t *executable) {
  compilation c = {api, client, program, options, program_size, options_size, loaded, executable, 0};
  // XLA walks programs by recursion, deeper than a thread's usual 8 MiB of
  // stack for some ten thousand operations. Only what is touched costs memory.
  for (size_t stack = (size_t)4 << 30; stack >= (size_t)64 << 20; stack /= 4) {
    pthread_attr_t attr;
    pthread_t thread;
    pthread_attr_init(&attr);
    int failed = pthread_attr_setstacksize(&attr, stack) || pthread_create(&thread, &attr, compile, &c);
    pthread_attr_destroy(&attr);
    if (!failed) {
      pthread_join(thread, NULL);
      return c.err;
    }
  }
  compile(&c);
  return c.err;
}

uintptr_t jx_execute(const jx_api *api, uintptr_t loaded, const uintptr_t *in, size_t num_in, uintptr_t *out,
                     const int64_t *kept, size_t num_kept) {
  struct {
    HEAD;
    void *send, *recv;
    size_t num_send, num_recv;
    int launch_id;
    const int64_t *kept;
    size_t num_kept;
    void *context;
    const char *call_location;
    size_t num_tasks;
    int *tasks;
    int64_t *incarnations;
  } options = {.size = sizeof options, .kept = kept, .num_kept = num_kept};
  struct {
    HEAD;
    uintptr_t executable;
    void *options;
    const uintptr_t *const *in;
    size_t num_devices, num_in;
    uintptr_t *const *out;
    uintptr_t *events;
    uintptr_t device;
  } a = {.size = sizeof a, .executable = loaded, .options = &options, .in = &in, .num_devices = 1, .num_in = num_in, .out = &out};
  return CALL(jxLoadedExecutableExecute, &a);
}

uintptr_t jx_outputs(const jx_api *api, uintptr_t executable, size_t *n, const int **types, const size_t **ranks,
                     const int64_t **dims) {
  struct {
    HEAD;
    uintptr_t executable;
    const int *types;
    size_t n;
  } t = {.size = sizeof t, .executable = executable};
  uintptr_t err = CALL(jxExecutableOutputElementTypes, &t);
  if (err) return err;
  struct {
    HEAD;
    uintptr_t executable;
    size_t n;
    const int64_t *dims;
    const size_t *ranks;
  } d = {.size = sizeof d, .executable = executable};
  if ((err = CALL(jxExecutableOutputDimensions, &d))) return err;
  *n = t.n < d.n ? t.n : d.n;
  *types = t.types;
  *ranks = d.ranks;
  *dims = d.dims;
  return 0;
}

uintptr_t jx_costs(const jx_api *api, uintptr_t executable, const jx_named_value **values, size_t *n) {
  struct {
    HEAD;
    uintptr_t executable;
    size_t n;
    const jx_named_value *values;
  } a = {.size = sizeof a, .executable = executable};
  uintptr_t err = CALL(jxExecutableGetCostAnalysis, &a);
  *values = a.values;
  *n = a.n;
  return err;
}

uintptr_t jx_memory(const jx_api *api, uintptr_t executable, jx_memory_stats *stats) {
  struct {
    HEAD;
    uintptr_t executable;
    int64_t code, argument, output, alias, temp;
    int64_t host_code, host_argument, host_output, host_alias, host_temp;
    int64_t peak;
  } a = {.size = sizeof a, .executable = executable};
  uintptr_t err = CALL(jxExecutableGetCompiledMemoryStats, &a);
  *stats = (jx_memory_stats){a.code, a.argument, a.output, a.alias, a.temp, a.peak};
  return err;
}

uintptr_t jx_executable_free(const jx_api *api, uintptr_t loaded, uintptr_t executable) {
  jx_error_free(api, with_handle(api, jxExecutableDestroy, executable));
  return with_handle(api, jxLoadedExecutableDestroy, loaded);
}

uintptr_t jx_register(const jx_api *api, const char *name, size_t name_size, void *handler, const char *platform,
                      size_t platform_size, bool *known) {
  typedef struct extension {
    size_t size;
    int type;  // 5: foreign functions
    struct extension *next;
    void *add_type, *add_user_data;
    uintptr_t (*register_handler)(void *args);
  } extension;
  extension *e = api->extensions;
  while (e && e->type != 5) e = e->next;
  if (!(*known = e != NULL)) return 0;
  struct {
    size_t size;
    const char *name;
    size_t name_size;
    void *handler;
    const char *platform;
    size_t platform_size;
    int traits;
  } a = {.name = name, .name_size = name_size, .handler = handler, .platform = platform, .platform_size = platform_size};
  a.size = offsetof(__typeof__(a), traits) + sizeof a.traits;
  return e->register_handler(&a);
}
