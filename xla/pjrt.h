// The part of the PJRT C ABI (major version 0) that this package calls, as our
// own declarations: the order of the function table and the layout of the
// argument structs. Every struct starts with its size, by which a plugin knows
// how many fields the caller has; new fields only ever go to the end.
//
// The jx functions below are what Go calls. Handles cross as uintptr_t, so
// that Go can keep them in ordinary pointer-free memory. Those that can fail
// return an error handle, 0 if all went well.

#ifndef JACOBI_PJRT_H
#define JACOBI_PJRT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Places in the function table.
enum {
  jxErrorDestroy = 0,
  jxErrorMessage = 1,
  jxErrorGetCode = 2,
  jxEventDestroy = 5,
  jxEventIsReady = 6,
  jxEventError = 7,
  jxEventAwait = 8,
  jxEventOnReady = 9,
  jxClientPlatformName = 12,
  jxClientPlatformVersion = 14,
  jxClientAddressableDevices = 16,
  jxClientCompile = 20,
  jxClientBufferFromHostBuffer = 22,
  jxDeviceDescriptionId = 23,
  jxDeviceDescriptionKind = 26,
  jxDeviceGetDescription = 29,
  jxExecutableDestroy = 40,
  jxExecutableNumOutputs = 44,
  jxExecutableGetCostAnalysis = 46,
  jxLoadedExecutableDestroy = 50,
  jxLoadedExecutableGetExecutable = 51,
  jxLoadedExecutableExecute = 55,
  jxBufferDestroy = 58,
  jxBufferIsDeleted = 68,
  jxBufferToHostBuffer = 70,
  jxBufferReadyEvent = 72,
  jxBufferUnsafePointer = 73,
  jxExecutableOutputElementTypes = 90,
  jxExecutableOutputDimensions = 91,
  jxExecutableGetCompiledMemoryStats = 96,
  jxNumFunctions = 97,
};

typedef struct {
  size_t size;
  void *extensions;
  struct {
    size_t size;
    void *extensions;
    int major, minor;
  } version;
  void *fn[];
} jx_api;

typedef struct {
  uintptr_t ptr;
  int id;
  const char *kind;  // owned by the client
  size_t kind_size;
} jx_device;

// Values of PJRT_NamedValue: a cost of a program.
typedef struct {
  size_t size;
  void *extensions;
  const char *name;
  size_t name_size;
  int type;  // 0 string, 1 int64, 2 int64 list, 3 float, 4 bool
  union {
    const char *s;
    int64_t i;
    float f;
    bool b;
  };
  size_t value_size;
} jx_named_value;

typedef struct {
  int64_t code, argument, output, alias, temp, peak;
} jx_memory_stats;

// jx_open loads a plugin and returns its API, or NULL with the loader's words
// in *message, which the caller frees.
const jx_api *jx_open(const char *path, char **message);

void jx_error(const jx_api *api, uintptr_t err, int *code, const char **message, size_t *size);
void jx_error_free(const jx_api *api, uintptr_t err);

uintptr_t jx_platform(const jx_api *api, uintptr_t client, const char **name, size_t *name_size,
                      const char **version, size_t *version_size);
// jx_devices writes up to max devices and the true number to *n.
uintptr_t jx_devices(const jx_api *api, uintptr_t client, jx_device *devices, size_t max, size_t *n);

// jx_upload copies data, dense and row-major, before it returns.
uintptr_t jx_upload(const jx_api *api, uintptr_t client, uintptr_t device, const void *data, int type,
                    const int64_t *dims, size_t rank, uintptr_t *buffer);
// jx_ready tells in *event 0 if the buffer has its data or its error, which is
// returned; else an event for jx_await or jx_on_ready, which free it. jx_await
// blocks the thread; after jx_on_ready jacobiReady, which is Go, gets the waiter
// and the error or 0 when it has happened.
uintptr_t jx_ready(const jx_api *api, uintptr_t buffer, uintptr_t *event);
uintptr_t jx_await(const jx_api *api, uintptr_t event);
uintptr_t jx_on_ready(const jx_api *api, uintptr_t event, uintptr_t waiter);
extern void jacobiReady(uintptr_t waiter, uintptr_t err);
uintptr_t jx_pointer(const jx_api *api, uintptr_t buffer, uintptr_t *pointer);
// jx_read copies to the host, row-major, and waits for it.
uintptr_t jx_read(const jx_api *api, uintptr_t buffer, size_t rank, void *dst, size_t size);
bool jx_deleted(const jx_api *api, uintptr_t buffer);
uintptr_t jx_buffer_free(const jx_api *api, uintptr_t buffer);

uintptr_t jx_compile(const jx_api *api, uintptr_t client, const char *program, size_t program_size,
                     const char *options, size_t options_size, uintptr_t *loaded, uintptr_t *executable);
// jx_execute runs on one device; out has room for the program's results. The
// inputs at kept[0..num_kept] are not donated, whatever the program says.
uintptr_t jx_execute(const jx_api *api, uintptr_t loaded, const uintptr_t *in, size_t num_in, uintptr_t *out,
                     const int64_t *kept, size_t num_kept);
// jx_outputs describes the results: type codes, ranks and, concatenated, sizes.
uintptr_t jx_outputs(const jx_api *api, uintptr_t executable, size_t *n, const int **types, const size_t **ranks,
                     const int64_t **dims);
uintptr_t jx_costs(const jx_api *api, uintptr_t executable, const jx_named_value **values, size_t *n);
uintptr_t jx_memory(const jx_api *api, uintptr_t executable, jx_memory_stats *stats);
uintptr_t jx_executable_free(const jx_api *api, uintptr_t loaded, uintptr_t executable);

// jx_register registers a handler of custom calls; *known is false if the
// plugin has none.
uintptr_t jx_register(const jx_api *api, const char *name, size_t name_size, void *handler, const char *platform,
                      size_t platform_size, bool *known);

#endif
