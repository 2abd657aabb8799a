package xla

/*
#include "pjrt.h"
#cgo noescape jx_error
#cgo nocallback jx_error
#cgo noescape jx_platform
#cgo noescape jx_devices
*/
import "C"

import (
	"fmt"
	"reflect"
	"regexp"
	"sync"
	"sync/atomic"

	"github.com/gomlx/gopjrt/pjrt"

	"github.com/jacobi-go/jacobi/expand"
	"github.com/jacobi-go/jacobi/graph"
)

// A Client is a plugin at work: its devices and everything that lives on
// them. It is safe for concurrent use, and lives as long as anything made by
// it is in use.
type Client struct {
	plugin   *plugin
	api      *C.jx_api
	pjrt     *pjrt.Client // owns ptr
	ptr      C.uintptr_t
	platform string
	version  string
	cpu      bool
	devices  []device
	memory   memory

	float16   sync.Once // Computes
	noFloat16 bool
}

type device struct {
	ptr  C.uintptr_t
	id   int
	kind string
}

// A Device is a place where programs run and arrays live. The zero Device
// stands for a client's first.
type Device struct {
	client *Client
	index  int
}

// Options are what a client can be told when it is made; the zero value is
// the default.
type Options struct {
	// Devices is the number of devices of a CPU client, which are made up of
	// the one processor. 0 means 1. Other plugins have what the machine has.
	Devices int
	// Settings are the plugin's own, by name: a string, an int64, a []int64, a
	// float32 or a bool each.
	Settings map[string]any
}

var defaultClient struct {
	sync.Mutex
	client  atomic.Pointer[Client]
	options Options
}

// Default returns the process's client of the default plugin, which is made at
// the first call: that of the environment variable JACOBI_PLUGIN, or the one
// that scripts/plugin installed. It has one CPU device, unless Configure said
// otherwise.
func Default() (*Client, error) {
	if c := defaultClient.client.Load(); c != nil {
		return c, nil
	}
	defaultClient.Lock()
	defer defaultClient.Unlock()
	if c := defaultClient.client.Load(); c != nil {
		return c, nil
	}
	c, err := Open("", defaultClient.options)
	if err != nil {
		return nil, err
	}
	defaultClient.client.Store(c)
	return c, nil
}

// Configure sets the options of the default client. It is an error once that
// has been made, unless by the same options.
func Configure(o Options) error {
	if o.Devices < 0 {
		return graph.Errorf(graph.ErrDevice, "Init", "%d devices: want 1 or more", o.Devices)
	}
	defaultClient.Lock()
	defer defaultClient.Unlock()
	if c := defaultClient.client.Load(); c != nil && !reflect.DeepEqual(o, defaultClient.options) {
		return graph.Errorf(graph.ErrDevice, "Init", "the devices are in use already, %d of them; set them up before the first array is computed", len(c.devices))
	}
	defaultClient.options = o
	return nil
}

// Open makes a client of the plugin at path, or of the default plugin if path
// is empty. Arrays and programs of one client cannot be used with another.
func Open(path string, opts Options) (*Client, error) {
	if path == "" {
		var err error
		if path, err = defaultPath(); err != nil {
			return nil, err
		}
	}
	if opts.Devices < 0 {
		return nil, graph.Errorf(graph.ErrDevice, "client", "%d devices: want 1 or more, or 0 for the default", opts.Devices)
	}
	p, err := loadPlugin(path)
	if err != nil {
		return nil, err
	}
	settings := pjrt.NamedValuesMap{}
	if deviceFiles[deviceOf(p.path)] == nil {
		settings["cpu_device_count"] = int64(max(1, opts.Devices))
	} else if opts.Devices > 0 {
		return nil, graph.Errorf(graph.ErrDevice, "client", "%d devices asked of %s: only a CPU client can be told how many it has", opts.Devices, p.path)
	}
	for name, value := range opts.Settings {
		settings[name] = value
	}
	return newClient(p, settings)
}

var codePrefix = regexp.MustCompile(`^.*PJRT error \(code=\d+\): `) // gopjrt's

func newClient(p *plugin, settings pjrt.NamedValuesMap) (*Client, error) {
	pc, err := p.pjrt.NewClient(settings)
	if err != nil {
		return nil, graph.Errorf(graph.ErrPlugin, "client", "the PJRT plugin %s makes no client: %s", p.path, trim(codePrefix.ReplaceAllString(err.Error(), "")))
	}
	c := &Client{plugin: p, api: p.api, pjrt: pc, ptr: C.uintptr_t(clientPointer(pc))}
	if c.ptr == 0 {
		graph.Bugf("no PJRT client in gopjrt's %T", pc)
	}
	var name, version *C.char
	var nameSize, versionSize C.size_t
	if err := c.check(graph.ErrPlugin, C.jx_platform(c.api, c.ptr, &name, &nameSize, &version, &versionSize)); err != nil {
		return nil, err
	}
	c.platform = C.GoStringN(name, C.int(nameSize))
	c.version = C.GoStringN(version, C.int(versionSize))
	c.cpu = c.platform == "cpu"
	c.memory.limit.Store(minGrowth)
	if err := c.findDevices(); err != nil {
		return nil, err
	}
	if c.cpu { // elsewhere the operands of a callback are not in the host's memory
		err = c.enableCallbacks()
	}
	return c, err
}

func (c *Client) findDevices() error {
	ds := make([]C.jx_device, 16)
	for {
		var n C.size_t
		if err := c.check(graph.ErrPlugin, C.jx_devices(c.api, c.ptr, &ds[0], C.size_t(len(ds)), &n)); err != nil {
			return err
		}
		if int(n) <= len(ds) {
			ds = ds[:n]
			break
		}
		ds = make([]C.jx_device, n)
	}
	if len(ds) == 0 {
		return graph.Errorf(graph.ErrPlugin, "client", "the PJRT plugin %s has no device", c.plugin.path)
	}
	for _, d := range ds {
		c.devices = append(c.devices, device{d.ptr, int(d.id), C.GoStringN(d.kind, C.int(d.kind_size))})
	}
	return nil
}

// Platform is what the client runs on: cpu, cuda, tpu.
func (c *Client) Platform() string { return c.platform }

// Target is what a graph is expanded for, before it is lowered for the client.
func (c *Client) Target() expand.Platform {
	return expand.Platform{
		Name: c.platform,
		// Right in plugins of API 0.106, wrong in those of 0.115 (jaxlib 0.11).
		WrongAtan2: c.cpu && c.plugin.api.version.minor > 106,
	}
}

// IsCPU reports whether arrays live in the process's own memory, so that they
// can be read without a copy.
func (c *Client) IsCPU() bool { return c.cpu }

// String names the platform, the plugin and its versions.
func (c *Client) String() string {
	v := c.plugin.api.version
	return fmt.Sprintf("%s, %d device(s), PJRT %d.%d, %s", c.platform, len(c.devices), v.major, v.minor, c.plugin.path)
}

// Devices returns the client's devices.
func (c *Client) Devices() []Device {
	ds := make([]Device, len(c.devices))
	for i := range ds {
		ds[i] = Device{c, i}
	}
	return ds
}

// ID tells apart the devices of a client.
func (d Device) ID() int {
	if d.client == nil {
		return 0
	}
	return d.client.devices[d.index].id
}

// Kind is the maker's name for the device.
func (d Device) Kind() string {
	if d.client == nil {
		return ""
	}
	return d.client.devices[d.index].kind
}

// String is the platform and the id: cpu:0.
func (d Device) String() string {
	if d.client == nil {
		return "default device"
	}
	return fmt.Sprintf("%s:%d", d.client.platform, d.ID())
}

// own is d as one of c's devices.
func (c *Client) own(d Device) (Device, error) {
	if d.client == nil {
		return Device{c, 0}, nil
	}
	if d.client != c {
		return d, graph.Errorf(graph.ErrDevice, "", "device %v belongs to another client: a device has the arrays and programs of its own client only", d)
	}
	return d, nil
}

// check makes an error of what a call of PJRT returned, and frees it.
func (c *Client) check(code graph.Code, err C.uintptr_t) error {
	if err == 0 {
		return nil
	}
	return (*loaded)(nil).errorf(code, 0, c.takeError(err))
}
