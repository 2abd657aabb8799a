package xla

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
	thirdparty "github.com/jacobi-go/jacobi/third_party"
)

// children are what a test runs in a process of its own, where the test binary
// is started with JACOBI_TEST_CHILD: before any plugin is loaded, and so that
// it may end.
var children = map[string]func() error{"run": runAddOne, "endless": runEndless, "chain": runChain, "half": runHalf}

func runAddOne() error {
	c, err := Default()
	if err != nil {
		return err
	}
	out, err := runOn(c, addOne, f32x4, bytesOf[float32](1, 2, 3, 4))
	if err != nil {
		return err
	}
	return out.View(func(data []byte) { fmt.Print(data[:4]) })
}

// runHalf tells whether programs compute in half precision, and runs one.
func runHalf() error {
	c, err := Default()
	if err != nil {
		return err
	}
	fmt.Print(c.Computes(graph.Float16), c.Computes(graph.BFloat16), c.Computes(graph.Float64))
	g := graph.Build([]graph.Aval{aval(graph.Float16)}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
		return []*graph.Value{b.Add(in[0], in[0])}
	})
	_, err = runOn(c, Lower(g, LowerOptions{}), aval(graph.Float16), []byte{0, 0x3c})
	return err
}

// runEndless runs a program that never ends, which keeps neither others from
// running nor the process from ending.
func runEndless() error {
	c, err := Default()
	if err != nil {
		return err
	}
	// The plugin runs a program that looks cheap before Execute returns.
	failed, soon := make(chan error), time.After(100*time.Millisecond)
	go func() {
		_, err := runOn(c, countTo, aval(graph.Int64), bytesOf[int64](-1))
		failed <- fmt.Errorf("the endless program ended: %v", err)
	}()
	select {
	case err := <-failed:
		return err
	case <-soon:
		return runAddOne()
	}
}

// runChain runs a program of 6,000 operations, one after the other.
func runChain() error {
	c, err := Default()
	if err != nil {
		return err
	}
	a := aval(graph.Float32)
	g := graph.Build([]graph.Aval{a}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
		x := in[0]
		for range 3000 {
			x = b.Add(b.Mul(x, b.Scalar(a.DType, 1.0001)), b.Scalar(a.DType, 0.5))
		}
		return []*graph.Value{x}
	})
	out, err := runOn(c, Lower(g, LowerOptions{}), a, make([]byte, numBytes(a)))
	if err != nil {
		return err
	}
	return out.Wait()
}

// runOn runs a program from a to a.
func runOn(c *Client, program []byte, a graph.Aval, data []byte) (*Buffer, error) {
	x, err := c.Compile(program, CompileOptions{In: []graph.Aval{a}, Out: []graph.Aval{a}})
	if err != nil {
		return nil, err
	}
	b, err := c.Upload(a, data, Device{})
	if err != nil {
		return nil, err
	}
	out, err := x.Execute([]*Buffer{b}, nil)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

func TestMain(m *testing.M) {
	if child := children[os.Getenv("JACOBI_TEST_CHILD")]; child != nil {
		if err := child(); err != nil {
			fmt.Print(err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// runChild runs a child with more environment variables; one without = is
// unset.
func runChild(t *testing.T, name string, env ...string) (out, errors string, code int) {
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "JACOBI_TEST_CHILD="+name)
	cmd.Env = append(cmd.Env, env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err = cmd.Start(); err == nil {
		timer := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
		defer timer.Stop()
		err = cmd.Wait()
	}
	if err != nil {
		require.IsType(t, (*exec.ExitError)(nil), err)
	}
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}

func TestSilence(t *testing.T) {
	out, errors, code := runChild(t, "run")
	assert.Equal(t, "[0 0 0 64]", out)
	assert.Empty(t, errors)
	assert.Zero(t, code)
}

func TestFlags(t *testing.T) {
	list := filepath.Join(t.TempDir(), "flags")
	require.NoError(t, os.WriteFile(list, []byte("--xla_cpu_no_such_flag=1\n"), 0o644))
	for _, test := range []struct{ flags, says string }{
		{"--xla_cpu_enable_fast_math=false --xla_backend_optimization_level=1", ""},
		{"", ""},
		{" ", "XLA_FLAGS is blank: unset it"},
		{" --xla_backend_optimization_level=1 ", ""},
		{"--xla_cpu_no_such_flag=1", "does not know the flag --xla_cpu_no_such_flag"},
		{"--xla_cpu_enable_fast_mat=true", "does not know the flag --xla_cpu_enable_fast_mat,"},
		{"--xla_cpu_enable_fast_math false", `"false" is not a flag`},
		{list, "does not know the flag --xla_cpu_no_such_flag"},
		{"xla_cpu_enable_fast_math=false", "nor a file"},
	} {
		t.Run(test.flags, func(t *testing.T) {
			out, errors, code := runChild(t, "run", "XLA_FLAGS="+test.flags)
			assert.Empty(t, errors)
			if test.says == "" {
				assert.Equal(t, "[0 0 0 64]", out)
				return
			}
			assert.Equal(t, 3, code, out)
			assert.Contains(t, out, test.says)
		})
	}
}

// A processor without instructions for float16 computes in all other types,
// and the error says what is missing.
func TestNoFloat16(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("other processors have no such level")
	}
	out, _, code := runChild(t, "half", "XLA_FLAGS=--xla_cpu_max_isa=SSE4_2")
	assert.Equal(t, 3, code)
	assert.Contains(t, out, "false true true")
	assert.Contains(t, out, "XLA cannot compute in float16 on this processor, which lacks the instructions F16C")
	assert.NotContains(t, out, "materialize")
}

// No plugin: the error says how to get one.
func TestNoPlugin(t *testing.T) {
	cache := t.TempDir()
	out, errors, code := runChild(t, "run", "JACOBI_PLUGIN=", "JACOBI_CACHE="+cache)
	assert.Equal(t, 3, code)
	assert.Empty(t, errors)
	assert.Contains(t, out, "no PJRT plugin is installed (looked for "+cache)
	assert.Contains(t, out, "run scripts/plugin")
	assert.Contains(t, out, "JACOBI_PLUGIN")

	p, ok := thirdparty.Find("")
	require.True(t, ok)
	require.NoError(t, os.MkdirAll(p.Dir(cache), 0o755))
	require.NoError(t, os.WriteFile(p.Path(cache), make([]byte, 1000), 0o644))
	out, _, code = runChild(t, "run", "JACOBI_PLUGIN=", "JACOBI_CACHE="+cache)
	assert.Equal(t, 3, code)
	assert.Contains(t, out, fmt.Sprintf("the installed PJRT plugin %s is damaged: it has 1000 of %d bytes; run scripts/plugin", p.Path(cache), p.LibrarySize))

	out, _, code = runChild(t, "run", "JACOBI_PLUGIN=", "JACOBI_CACHE=here")
	assert.Equal(t, 3, code)
	assert.Contains(t, out, "JACOBI_CACHE=here is not an absolute path")

	out, _, code = runChild(t, "run", "JACOBI_PLUGIN=/no/such/plugin.so")
	assert.Equal(t, 3, code)
	assert.Contains(t, out, "no PJRT plugin at /no/such/plugin.so")
}

// build compiles C code into a shared library.
func build(t *testing.T, dir, name, code string, flags ...string) string {
	source, library := filepath.Join(dir, name+".c"), filepath.Join(dir, "lib"+name+".so")
	require.NoError(t, os.WriteFile(source, []byte(code), 0o644))
	out, err := exec.Command("cc", append([]string{"-shared", "-fPIC", "-o", library, source}, flags...)...).CombinedOutput()
	if err != nil {
		t.Skipf("a broken plugin is made with cc, which does not work here: %v\n%s", err, out)
	}
	return library
}

func TestBrokenPlugins(t *testing.T) {
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage.so")
	require.NoError(t, os.WriteFile(garbage, []byte("this is no library"), 0o644))
	needed := build(t, dir, "needed", "int needed(void) { return 1; }")
	needy := build(t, dir, "needy", "int needed(void); void *GetPjrtApi(void) { return needed() ? 0 : 0; }", "-L"+dir, "-lneeded")
	require.NoError(t, os.Remove(needed))
	for _, test := range []struct{ name, path, says string }{
		{"absent", filepath.Join(dir, "absent.so"), "no such file"},
		{"folder", dir, "it is a folder, not a file"},
		{"device", "/dev/null", "it is not a file"},
		{"garbage", garbage, "it is damaged, not a shared library, or built for another system"},
		{"needy", needy, "it needs the library libneeded.so: install it, or add its folder to LD_LIBRARY_PATH"},
		{"no plugin", build(t, dir, "plain", "int x;"), "undefined symbol: GetPjrtApi; it is a library, but not a PJRT plugin"},
		{"empty", build(t, dir, "empty", "void *GetPjrtApi(void) { return 0; }"), "GetPjrtApi returned nothing"},
		{"major", build(t, dir, "major", "#include <stddef.h>\nstruct { size_t size; void *x; size_t s; void *y; int major, minor; } api = {4096, 0, 40, 0, 1, 2};\nvoid *GetPjrtApi(void) { return &api; }"), "has API version 1.2"},
		{"short", build(t, dir, "short", "#include <stddef.h>\nstruct { size_t size; void *x; size_t s; void *y; int major, minor; } api = {48, 0, 40, 0, 0, 1};\nvoid *GetPjrtApi(void) { return &api; }"), "with 48 bytes of functions"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Open(test.path, Options{})
			requireError(t, err, test.says)
			assert.Contains(t, err.Error(), test.path)
		})
	}
}

func TestOtherDevices(t *testing.T) {
	for _, device := range []string{"cuda", "rocm", "tpu"} {
		if present(device) {
			t.Logf("there is a %s device here", device)
			continue
		}
		path := filepath.Join(t.TempDir(), "pjrt_"+device+"_plugin.so")
		require.NoError(t, os.WriteFile(path, []byte("not loaded"), 0o644))
		_, err := Open(path, Options{})
		requireError(t, err, "is for "+device+" devices and this machine has none")
	}
	_, err := Open("", Options{Devices: -1})
	requireError(t, err, "-1 devices")
	_, err = Open("", Options{Settings: map[string]any{"no_such_setting": int64(1)}})
	if err != nil { // some plugins ignore it
		requireError(t, err, "no_such_setting")
		assert.NotContains(t, err.Error(), "code=")
	}
}

// A program may be deeper than a thread's stack: here, where that is small, one
// of thousands of operations.
func TestDeepProgram(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command("sh", "-c", "ulimit -s 128 && exec "+self)
	cmd.Env = append(os.Environ(), "JACOBI_TEST_CHILD=chain")
	out, err := cmd.CombinedOutput()
	assert.NoError(t, err, "%.2000s", out)
}

func TestEndless(t *testing.T) {
	out, errors, code := runChild(t, "endless")
	assert.Equal(t, "[0 0 0 64]", out)
	assert.Empty(t, errors)
	assert.Zero(t, code)
}
