package xla

/*
#cgo CFLAGS: -std=gnu11 -O2
#cgo LDFLAGS: -ldl
#include <stdlib.h>
#include "pjrt.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"unsafe"

	"github.com/gomlx/gopjrt/pjrt"

	"github.com/jacobi-go/jacobi/graph"
	thirdparty "github.com/jacobi-go/jacobi/third_party"
)

// A plugin is a loaded PJRT implementation. It stays loaded as long as the
// process: XLA cannot be unloaded.
type plugin struct {
	path string
	api  *C.jx_api
	pjrt *pjrt.Plugin
}

var plugins struct {
	sync.Mutex
	byPath map[string]*plugin
}

// defaultPath is the plugin for users who name none: that of JACOBI_PLUGIN,
// else the pinned one, where scripts/plugin installs it.
func defaultPath() (string, error) {
	if path := os.Getenv("JACOBI_PLUGIN"); path != "" {
		return path, nil
	}
	p, ok := thirdparty.Find("")
	if !ok {
		return "", graph.Errorf(graph.ErrPlugin, "plugin", "no PJRT plugin is pinned for %s/%s: set the environment variable JACOBI_PLUGIN to the path of one (a shared library with the symbol GetPjrtApi)", runtime.GOOS, runtime.GOARCH)
	}
	cache, err := thirdparty.Cache()
	if err != nil {
		return "", graph.Errorf(graph.ErrPlugin, "plugin", "no place for plugins: %v; set the environment variable JACOBI_CACHE to a folder, or JACOBI_PLUGIN to the path of a plugin", err)
	}
	switch err := p.Check(cache); {
	case errors.Is(err, fs.ErrNotExist):
		return "", graph.Errorf(graph.ErrPlugin, "plugin", "no PJRT plugin is installed (looked for %s): run scripts/plugin in Jacobi's repository to install it, or set the environment variable JACOBI_PLUGIN to the path of another", p.Path(cache))
	case errors.Is(err, fs.ErrPermission):
		return "", graph.Errorf(graph.ErrPlugin, "plugin", "the installed PJRT plugin %s cannot be read: %v; let this user read it, or set the environment variable JACOBI_CACHE to a folder of the user's own and run scripts/plugin in Jacobi's repository", p.Path(cache), err)
	case err != nil:
		return "", graph.Errorf(graph.ErrPlugin, "plugin", "the installed PJRT plugin %s is damaged: %v; run scripts/plugin in Jacobi's repository, which installs it anew", p.Path(cache), err)
	}
	return p.Path(cache), nil
}

// loadPlugin loads the plugin at path, once.
func loadPlugin(path string) (*plugin, error) {
	full, err := filepath.EvalSymlinks(path)
	if err == nil {
		full, err = filepath.Abs(full)
	}
	if info, e := os.Stat(path); e == nil && info.IsDir() {
		err = errors.New("it is a folder, not a file")
	} else if e == nil && !info.Mode().IsRegular() {
		err = errors.New("it is not a file")
	}
	if err != nil {
		if p := (*fs.PathError)(nil); errors.As(err, &p) {
			err = p.Err
		}
		return nil, graph.Errorf(graph.ErrPlugin, "plugin", "no PJRT plugin at %s: %v; set the environment variable JACOBI_PLUGIN to the path of one, or unset it and run scripts/plugin in Jacobi's repository", path, err)
	}
	plugins.Lock()
	defer plugins.Unlock()
	if p := plugins.byPath[full]; p != nil {
		return p, nil
	}
	if err := prepareEnvironment(full); err != nil {
		return nil, err
	}
	p, err := open(full)
	if err != nil {
		return nil, err
	}
	// What is no plugin has said so by now; clients are made later.
	if err := checkFlags(os.Getenv("XLA_FLAGS"), full); err != nil {
		return nil, err
	}
	if plugins.byPath == nil {
		plugins.byPath = map[string]*plugin{}
	}
	plugins.byPath[full] = p
	return p, nil
}

func open(path string) (*plugin, error) {
	cPath := C.CString(path)
	defer C.free(unsafe.Pointer(cPath))
	var words *C.char
	api := C.jx_open(cPath, &words)
	if words != nil {
		defer C.free(unsafe.Pointer(words))
		return nil, graph.Errorf(graph.ErrPlugin, "plugin", "cannot load the PJRT plugin %s: %s", path, explain(path, C.GoString(words)))
	}
	if api == nil {
		return nil, graph.Errorf(graph.ErrPlugin, "plugin", "%s is no usable PJRT plugin: GetPjrtApi returned nothing", path)
	}
	// An ABI of another major version may have its functions elsewhere.
	need := unsafe.Sizeof(*api) + C.jxNumFunctions*unsafe.Sizeof(uintptr(0))
	if v := api.version; v.major != 0 || uintptr(api.size) < need {
		return nil, graph.Errorf(graph.ErrPlugin, "plugin", "the PJRT plugin %s has API version %d.%d with %d bytes of functions; this library needs 0.x with at least %d", path, v.major, v.minor, api.size, need)
	}
	name := "jacobi:" + path
	if err := pjrt.RegisterPreloadedPlugin(name, uintptr(unsafe.Pointer(api))); err != nil {
		return nil, graph.Errorf(graph.ErrPlugin, "plugin", "the PJRT plugin %s does not initialize: %v", path, err)
	}
	gp, err := pjrt.GetPlugin(name)
	if err != nil {
		return nil, graph.Errorf(graph.ErrPlugin, "plugin", "the PJRT plugin %s does not initialize: %v", path, err)
	}
	return &plugin{path, api, gp}, nil
}

var missingLibrary = regexp.MustCompile(`^(\S+): cannot open shared object file: No such file or directory`)

// explain adds to the loader's words what to do about them.
func explain(path, words string) string {
	advice := ""
	if m := missingLibrary.FindStringSubmatch(words); m != nil && m[1] != path {
		advice = fmt.Sprintf("; it needs the library %s: install it, or add its folder to LD_LIBRARY_PATH", m[1])
	} else if strings.Contains(words, "Permission denied") {
		advice = "; this user may not read it"
	} else if strings.Contains(words, "GLIBC") {
		advice = "; it is built for a newer C library than this system's: set JACOBI_PLUGIN to a plugin built for it"
	} else if strings.Contains(words, "undefined symbol: GetPjrtApi") {
		advice = "; it is a library, but not a PJRT plugin: set JACOBI_PLUGIN to the path of one"
	} else {
		advice = "; it is damaged, not a shared library, or built for another system than " + runtime.GOOS + "/" + runtime.GOARCH + ": run scripts/plugin in Jacobi's repository, or set JACOBI_PLUGIN to another plugin"
	}
	return strings.TrimPrefix(words, path+": ") + advice
}

// deviceOf guesses from its file's name what a plugin is for.
func deviceOf(path string) string {
	name := strings.ToLower(filepath.Base(path))
	for _, d := range []struct{ part, device string }{{"cuda", "cuda"}, {"rocm", "rocm"}, {"tpu", "tpu"}, {"gpu", "cuda"}, {"cpu", "cpu"}} {
		if strings.Contains(name, d.part) {
			return d.device
		}
	}
	return ""
}

// deviceFiles are what the drivers make where there is such a device.
var deviceFiles = map[string][]string{
	"cuda": {"/dev/nvidia[0-9]*", "/dev/nvidiactl", "/dev/dxg", "/dev/nvhost-gpu"},
	"rocm": {"/dev/kfd"},
	"tpu":  {"/dev/accel*", "/dev/vfio/[0-9]*"},
}

func present(device string) bool {
	for _, pattern := range deviceFiles[device] {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return true
		}
	}
	return false
}

// prepareEnvironment makes a plugin that is about to load behave, and refuses
// what would make it end or block the process.
func prepareEnvironment(path string) error {
	setDefault("TF_CPP_MIN_LOG_LEVEL", "2") // else XLA talks on standard error
	if !present("tpu") {
		setDefault("TPU_SKIP_MDS_QUERY", "1") // else a TPU plugin asks the network for minutes
	}
	device := deviceOf(path)
	if files := deviceFiles[device]; files != nil && !present(device) {
		return graph.Errorf(graph.ErrPlugin, "plugin", "the PJRT plugin %s is for %s devices and this machine has none (no %s): set JACOBI_PLUGIN to another plugin, or unset it for the CPU", path, device, strings.Join(files, ", "))
	}
	return nil
}

// setDefault sets an environment variable, for C too, unless the user did.
func setDefault(name, value string) {
	if _, set := os.LookupEnv(name); !set {
		os.Setenv(name, value)
	}
}
