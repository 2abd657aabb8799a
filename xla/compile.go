package xla

/*
#include <string.h>
#include "pjrt.h"
#cgo noescape jx_outputs
#cgo nocallback jx_outputs
#cgo noescape jx_costs
#cgo nocallback jx_costs
#cgo noescape jx_memory
#cgo nocallback jx_memory
*/
import "C"

import (
	"bytes"
	"encoding/binary"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"unsafe"

	"github.com/jacobi-go/jacobi/graph"
)

// CompileOptions are what Compile needs to know about a program.
type CompileOptions struct {
	Name   string // of the program, for errors
	Device Device // where it runs; the client's first if zero
	// In and Out are the program's parameters and results. Execute checks its
	// arguments against In, because XLA would take any of the right size.
	In, Out []graph.Aval
	// Optimized is a file to write the program to as XLA optimized it, in HLO; ""
	// writes none.
	Optimized string
}

// An Executable is a compiled program on a device. It is freed when nothing
// refers to it any more, or by Close. It is safe for concurrent use.
type Executable struct{ *loaded }

// loaded owns an executable of PJRT, as a handle owns a buffer.
type loaded struct {
	client   *Client
	onDevice C.uintptr_t
	ptr      C.uintptr_t // the same without its place, for questions about it
	use      use
	name     string
	device   int
	in, out  []graph.Aval
	donates  bool // it says that some parameters may be overwritten
	late     bool // its results may be there, or fail, long after Execute returned
}

// cpuOverrides are XLA's debug options for programs on the CPU, where by default
// the maximum and minimum of a number and a NaN are the number.
var cpuOverrides = map[string]string{"xla_cpu_enable_fast_min_max": "false"}

// Compile compiles a program in StableHLO, as text or bytecode, for one
// device. Its function main has flat parameters and results.
func (c *Client) Compile(program []byte, opts CompileOptions) (_ *Executable, err error) {
	d, err := c.own(opts.Device)
	if err != nil {
		return nil, err
	}
	if len(program) == 0 {
		return nil, graph.Errorf(graph.ErrCompile, "", "the program is empty")
	}
	var overrides map[string]string
	if c.cpu {
		overrides = cpuOverrides
	}
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return bytes.Contains(program, []byte(word)) })
	}
	if !c.cpu && has(callbackTarget) { // the operands are not in the host's memory
		return nil, graph.Errorf(graph.ErrUnsupported, "", "the program calls back to the host, as debug.Print does: only CPU clients can do that, not %s", c.platform)
	}
	p := &loaded{client: c, name: opts.Name, device: d.index, in: opts.In, out: opts.Out,
		donates: has("tf.aliasing_output", "jax.buffer_donor"),
		late:    has("stablehlo.while", "stablehlo.custom_call") || large(opts.In) || large(opts.Out)}
	if opts.Optimized != "" {
		dir, failed := os.MkdirTemp(filepath.Dir(opts.Optimized), ".xla-")
		if failed != nil {
			return nil, graph.Errorf(graph.ErrArgument, "", "cannot write the optimized program: %v", failed)
		}
		defer os.RemoveAll(dir)
		defer func() {
			if err == nil {
				err = keepOptimized(dir, opts.Optimized)
			}
		}()
		overrides = maps.Clone(overrides)
		maps.Copy(overrides, map[string]string{"xla_dump_to": dir, "xla_dump_hlo_as_text": "true"})
	}
	options := compileOptions(c.devices[d.index].id, overrides)
	compiles.enter()
	defer compiles.leave()
	e := C.jx_compile(c.api, c.ptr, (*C.char)(unsafe.Pointer(unsafe.SliceData(program))), C.size_t(len(program)),
		(*C.char)(unsafe.Pointer(unsafe.SliceData(options))), C.size_t(len(options)), &p.onDevice, &p.ptr)
	if e != 0 {
		return nil, explainFloat16(p.errorf(graph.ErrCompile, 0, c.takeError(e)), program)
	}
	x := &Executable{p}
	runtime.AddCleanup(x, (*loaded).drop, p)
	return x, p.checkOutputs()
}

// keepOptimized moves the optimized program, of all that XLA wrote to dir, to
// path.
func keepOptimized(dir, path string) error {
	found, err := filepath.Glob(filepath.Join(dir, "*after_optimizations.txt"))
	if err == nil && len(found) == 0 {
		err = os.WriteFile(path, []byte("// this plugin does not write the programs that it optimized\n"), 0o666)
	} else if err == nil {
		err = os.Rename(found[0], path)
	}
	if err != nil {
		return graph.Errorf(graph.ErrArgument, "", "cannot write the optimized program: %v", err)
	}
	return nil
}

// large reports whether a program on these arrays takes longer than to say
// where it was called.
func large(as []graph.Aval) bool {
	n := 0
	for _, a := range as {
		n += numBytes(a)
	}
	return n > 1<<16
}

// checkOutputs compares the results of the compiled program with what the
// options said of them: buffers are labelled by that.
func (p *loaded) checkOutputs() error {
	var n C.size_t
	var types *C.int
	var ranks *C.size_t
	var dims *C.int64_t
	if err := p.client.check(graph.ErrCompile, C.jx_outputs(p.client.api, p.ptr, &n, &types, &ranks, &dims)); err != nil {
		return err
	}
	if int(n) != len(p.out) {
		return graph.Errorf(graph.ErrCompile, "", "the program has %d results, but %d were said", n, len(p.out))
	}
	if n == 0 {
		return nil
	}
	dim := unsafe.Pointer(dims)
	for i, rank := range unsafe.Slice(ranks, n) {
		shape := make([]int, rank)
		for j := range shape {
			shape[j] = int(*(*C.int64_t)(dim))
			dim = unsafe.Add(dim, 8)
		}
		want := p.out[i]
		if t := unsafe.Slice(types, n)[i]; t != typeCodes[want.DType] || !slices.Equal(shape, want.Shape) {
			return graph.Errorf(graph.ErrCompile, "", "result %d of the program has shape %v and type code %d, but it was said to be %v (%d)", i, shape, t, want, typeCodes[want.DType])
		}
	}
	return nil
}

// compileOptions is XLA's CompileOptionsProto for one device.
func compileOptions(device int, overrides map[string]string) []byte {
	field := func(b []byte, number int, v []byte) []byte {
		b = append(b, byte(number<<3|2))
		b = binary.AppendUvarint(b, uint64(len(v)))
		return append(b, v...)
	}
	varint := func(b []byte, number int, v uint64) []byte {
		return binary.AppendUvarint(append(b, byte(number<<3)), v)
	}
	computation := varint(nil, 1, uint64(device)) // replica_device_ids
	assignment := varint(nil, 1, 1)               // replica_count
	assignment = varint(assignment, 2, 1)         // computation_count
	assignment = field(assignment, 3, computation)
	build := varint(nil, 4, 1)  // num_replicas
	build = varint(build, 5, 1) // num_partitions
	build = field(build, 9, assignment)
	b := field(nil, 3, build)
	for _, name := range slices.Sorted(maps.Keys(overrides)) {
		value := field(nil, 1, []byte(overrides[name])) // XLA parses it
		switch overrides[name] {
		case "false": // XLA's parser knows bools as Python spells them
			value = varint(nil, 2, 0)
		case "true":
			value = varint(nil, 2, 1)
		}
		b = field(b, 7, field(field(nil, 1, []byte(name)), 2, value))
	}
	return b
}

// In and Out are the program's parameters and results.
func (x *Executable) In() []graph.Aval  { return x.in }
func (x *Executable) Out() []graph.Aval { return x.out }

// Device is where the program runs.
func (x *Executable) Device() Device { return Device{x.client, x.device} }

// Close frees the program now rather than when it is found unreachable.
// Executions that have begun go on. Using it afterwards is an error.
func (x *Executable) Close() error {
	ok, last := x.use.end(closed)
	if !ok {
		return x.dead()
	}
	if last {
		x.destroy()
	}
	return nil
}

func (p *loaded) drop() {
	if _, last := p.use.end(closed); last {
		p.destroy()
	}
}

func (p *loaded) release() {
	if p.use.done() {
		p.destroy()
	}
}

func (p *loaded) destroy() {
	if err := C.jx_executable_free(p.client.api, p.onDevice, p.ptr); err != 0 {
		C.jx_error_free(p.client.api, err)
	}
}

func (p *loaded) dead() *graph.Error {
	return graph.Errorf(graph.ErrDeleted, "", "%v is closed", p)
}

// Cost is what XLA says of an execution of a program: its own estimates.
type Cost struct {
	// Sizes in bytes. Alias is the part of the arguments that results reuse,
	// Temp what is needed besides arguments and results. Peak is 0 where the
	// plugin does not tell.
	Code, Argument, Output, Alias, Temp, Peak int64
	// Properties are the numbers of XLA's cost analysis by its own names, such
	// as "flops" and "bytes accessed"; nil where the plugin has no such analysis,
	// as on CPU.
	Properties map[string]float64
}

// Cost returns XLA's estimates of the program.
func (x *Executable) Cost() (Cost, error) {
	if !x.use.begin() {
		return Cost{}, x.dead()
	}
	defer x.release()
	c := x.client
	var m C.jx_memory_stats
	if err := c.check(graph.ErrExecute, C.jx_memory(c.api, x.ptr, &m)); err != nil {
		return Cost{}, err
	}
	cost := Cost{Code: int64(m.code), Argument: int64(m.argument), Output: int64(m.output), Alias: int64(m.alias), Temp: int64(m.temp), Peak: int64(m.peak)}
	var values *C.jx_named_value
	var n C.size_t
	if err := C.jx_costs(c.api, x.ptr, &values, &n); err != 0 {
		if failed := c.takeError(err); failed.code != unimplemented {
			return Cost{}, x.errorf(graph.ErrExecute, 0, failed)
		}
		return cost, nil
	}
	cost.Properties = map[string]float64{}
	for _, v := range unsafe.Slice(values, n) {
		u := unsafe.Pointer(&v.anon0)
		name := C.GoStringN(v.name, C.int(v.name_size))
		switch v._type {
		case 1:
			cost.Properties[name] = float64(*(*int64)(u))
		case 3:
			cost.Properties[name] = float64(*(*float32)(u))
		}
	}
	return cost, nil
}

// Computes reports whether programs of this client can compute in d. On the CPU
// that is so but for float16 on processors without F16C, which converts it:
// there XLA's compiler calls functions that it does not have. What it finds is
// remembered.
func (c *Client) Computes(d graph.DType) bool {
	if !c.cpu || d != graph.Float16 {
		return true
	}
	c.float16.Do(func() {
		half := graph.Aval{DType: d}
		g := graph.Build([]graph.Aval{half}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
			return []*graph.Value{b.Exp(in[0])}
		})
		x, err := c.Compile(Lower(g, LowerOptions{}), CompileOptions{In: graph.Avals(g.In), Out: graph.Avals(g.Out)})
		if c.noFloat16 = err != nil; err == nil {
			x.Close()
		}
	})
	return !c.noFloat16
}

var float16Type = regexp.MustCompile(`[<x]f16>`)

// explainFloat16 gives the reason of a program in float16 that did not compile
// for lack of functions, which XLA's message does not name.
func explainFloat16(e *graph.Error, program []byte) *graph.Error {
	if at := strings.Index(e.Msg, "Failed to materialize symbols"); at >= 0 && float16Type.Match(program) {
		e.Msg = e.Msg[:at] + "XLA cannot compute in float16 on this processor, which lacks the instructions F16C (they are in AMD's since 2011 and Intel's since 2012, and need an XLA_FLAGS=--xla_cpu_max_isa of AVX or more where that is set); use bfloat16 or float32"
	}
	return e
}
