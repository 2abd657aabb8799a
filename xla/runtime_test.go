package xla

import (
	"fmt"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
)

func aval(d graph.DType, shape ...int) graph.Aval { return graph.Aval{DType: d, Shape: shape} }

var f32x4 = aval(graph.Float32, 4)

func testClient(t testing.TB) *Client {
	c, err := Default()
	require.NoError(t, err)
	return c
}

func bytesOf[T any](xs ...T) []byte {
	var x T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(xs))), len(xs)*int(unsafe.Sizeof(x)))
}

func upload[T any](t testing.TB, c *Client, a graph.Aval, xs ...T) *Buffer {
	b, err := c.Upload(a, bytesOf(xs...), Device{})
	require.NoError(t, err)
	return b
}

func read[T any](t testing.TB, b *Buffer) []T {
	var x T
	out := make([]T, b.Bytes()/int(unsafe.Sizeof(x)))
	require.NoError(t, b.Read(bytesOf(out...)))
	return out
}

// module is a program of one function: its parameters, the types of its
// results and its body, in which return names them.
func module(params, results, body string) []byte {
	return fmt.Appendf(nil, "module @m {\nfunc.func public @main(%s) -> (%s) {\n%s\n}\n}\n", params, results, body)
}

const f4 = "tensor<4xf32>"

var addOne = module("%x: "+f4, f4, `
	%c = stablehlo.constant dense<1.0> : `+f4+`
	%y = stablehlo.add %x, %c : `+f4+`
	return %y : `+f4)

func compile(t testing.TB, c *Client, program []byte, in, out []graph.Aval) *Executable {
	x, err := c.Compile(program, CompileOptions{In: in, Out: out})
	require.NoError(t, err)
	return x
}

func compileAddOne(t testing.TB, c *Client) *Executable {
	return compile(t, c, addOne, []graph.Aval{f32x4}, []graph.Aval{f32x4})
}

func execute(t testing.TB, x *Executable, args ...*Buffer) []*Buffer {
	out, err := x.Execute(args, nil)
	require.NoError(t, err)
	return out
}

// requireError wants a mistake of the user that says what is expected.
func requireError(t *testing.T, err error, says string) {
	t.Helper()
	require.Error(t, err)
	require.IsType(t, (*graph.Error)(nil), err)
	assert.Contains(t, err.Error(), says)
}

func TestExecute(t *testing.T) {
	c := testClient(t)
	assert.Equal(t, "cpu", c.Platform())
	require.Len(t, c.Devices(), 1)
	assert.Equal(t, "cpu:0", c.Devices()[0].String())
	x := compileAddOne(t, c)
	out := execute(t, x, upload[float32](t, c, f32x4, 1, 2, 3, 4))
	require.Len(t, out, 1)
	assert.Equal(t, f32x4, out[0].Aval())
	assert.Equal(t, []float32{2, 3, 4, 5}, read[float32](t, out[0]))
	out = execute(t, x, out[0])
	require.NoError(t, out[0].Wait())
	require.NoError(t, out[0].View(func(b []byte) { assert.Equal(t, bytesOf[float32](3, 4, 5, 6), b) }))
}

// Every dtype goes to the device and back, and the plugin agrees on its code.
func TestDTypes(t *testing.T) {
	c := testClient(t)
	names := [...]string{"i1", "i8", "i16", "i32", "i64", "ui8", "ui16", "ui32", "ui64", "f16", "bf16", "f32", "f64", "complex<f32>", "complex<f64>"}
	for _, d := range graph.DTypes {
		a := aval(d, 2, 3)
		data := make([]byte, numBytes(a))
		for i := range data {
			data[i] = byte(i % 2) // a valid bool
		}
		typ := "tensor<2x3x" + names[d-graph.Bool] + ">"
		x := compile(t, c, module("%x: "+typ, typ, "return %x : "+typ), []graph.Aval{a}, []graph.Aval{a})
		b, err := c.Upload(a, data, Device{})
		require.NoError(t, err, d)
		assert.Equal(t, data, read[byte](t, execute(t, x, b)[0]), d)
	}
}

// Results are dense and row-major, whatever order the program made them in.
func TestRowMajor(t *testing.T) {
	c := testClient(t)
	x := compile(t, c, module("%x: tensor<2x3xf32>", "tensor<3x2xf32>, tensor<0x2xf32>, tensor<f32>", `
		%y = stablehlo.transpose %x, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
		%z = stablehlo.slice %y [1:1, 0:2] : (tensor<3x2xf32>) -> tensor<0x2xf32>
		%c = stablehlo.constant dense<7.0> : tensor<f32>
		return %y, %z, %c : tensor<3x2xf32>, tensor<0x2xf32>, tensor<f32>`),
		[]graph.Aval{aval(graph.Float32, 2, 3)}, []graph.Aval{aval(graph.Float32, 3, 2), aval(graph.Float32, 0, 2), aval(graph.Float32)})
	empty := aval(graph.Float32, 0, 2)
	same := compile(t, c, module("%x: tensor<0x2xf32>", "tensor<0x2xf32>, tensor<0x2xf32>", "return %x, %x : tensor<0x2xf32>, tensor<0x2xf32>"), []graph.Aval{empty}, []graph.Aval{empty, empty})
	assert.Empty(t, read[float32](t, execute(t, same, upload[float32](t, c, empty))[1]))
	out := execute(t, x, upload[float32](t, c, x.In()[0], 1, 2, 3, 4, 5, 6))
	assert.Equal(t, []float32{1, 4, 2, 5, 3, 6}, read[float32](t, out[0]))
	assert.Empty(t, read[float32](t, out[1]))
	assert.Equal(t, []float32{7}, read[float32](t, out[2]))
}

// The client that reads by copying, as on a GPU, reads the same.
func TestReadThroughPlugin(t *testing.T) {
	c := testClient(t)
	b := upload[float32](t, c, aval(graph.Float32, 2, 3), 1, 2, 3, 4, 5, 6)
	dst := make([]float32, 6)
	require.NoError(t, b.read(bytesOf(dst...)))
	assert.Equal(t, []float32{1, 2, 3, 4, 5, 6}, dst)
}

func TestCost(t *testing.T) {
	c := testClient(t)
	cost, err := compileAddOne(t, c).Cost()
	require.NoError(t, err)
	assert.EqualValues(t, 16, cost.Argument)
	assert.EqualValues(t, 16, cost.Output)
	if cost.Properties != nil {
		assert.Equal(t, 4., cost.Properties["flops"])
	}
	t.Logf("%+v", cost)
}

func TestDevices(t *testing.T) {
	path, err := defaultPath()
	require.NoError(t, err)
	c, err := Open(path, Options{Devices: 3})
	require.NoError(t, err)
	require.Len(t, c.Devices(), 3)
	last := c.Devices()[2]
	x, err := c.Compile(addOne, CompileOptions{Device: last, In: []graph.Aval{f32x4}, Out: []graph.Aval{f32x4}})
	require.NoError(t, err)
	b, err := c.Upload(f32x4, bytesOf[float32](1, 2, 3, 4), last)
	require.NoError(t, err)
	out := execute(t, x, b)
	assert.Equal(t, last, out[0].Device())
	assert.Equal(t, []float32{2, 3, 4, 5}, read[float32](t, out[0]))
	_, err = x.Execute([]*Buffer{upload[float32](t, c, f32x4, 1, 2, 3, 4)}, nil)
	requireError(t, err, "argument 0 is on device cpu:0, but the program runs on cpu:2")
}

// gopjrt keeps the C pointer of its client private: this guards the place
// where it is read.
func TestClientPointer(t *testing.T) {
	c := testClient(t)
	assert.NotZero(t, clientPointer(c.pjrt))
	assert.Equal(t, c.pjrt.Platform(), c.platform)
	assert.Equal(t, strings.ToLower(c.pjrt.Platform()), c.Platform())
}
