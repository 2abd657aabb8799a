package xla

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/xla/internal/cloop"
)

// Execute, wait and free, as the loop in C does.
func BenchmarkExecute(b *testing.B) {
	c := testClient(b)
	x, arg := compileAddOne(b, c), []*Buffer{upload[float32](b, c, f32x4, 1, 2, 3, 4)}
	b.ReportAllocs()
	for b.Loop() {
		out, err := x.Execute(arg, nil)
		if err != nil || out[0].Wait() != nil || out[0].Close() != nil {
			b.Fatal(err)
		}
	}
}

// The results are left to the collector.
func BenchmarkExecuteCollected(b *testing.B) {
	c := testClient(b)
	x, arg := compileAddOne(b, c), []*Buffer{upload[float32](b, c, f32x4, 1, 2, 3, 4)}
	b.ReportAllocs()
	for b.Loop() {
		out, err := x.Execute(arg, nil)
		if err != nil || out[0].Wait() != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkExecuteC(b *testing.B) {
	c := testClient(b)
	x, arg := compileAddOne(b, c), upload[float32](b, c, f32x4, 1, 2, 3, 4)
	b.ResetTimer()
	require.True(b, cloop.Run(unsafe.Pointer(c.api), uintptr(x.onDevice), uintptr(arg.ptr), b.N))
}

func BenchmarkUpload(b *testing.B) {
	c := testClient(b)
	data := bytesOf[float32](1, 2, 3, 4)
	b.ReportAllocs()
	for b.Loop() {
		x, err := c.Upload(f32x4, data, Device{})
		if err != nil || x.Close() != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	c := testClient(b)
	x, dst := upload[float32](b, c, f32x4, 1, 2, 3, 4), make([]byte, 16)
	b.ReportAllocs()
	for b.Loop() {
		if err := x.Read(dst); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUpload4MiB(b *testing.B) {
	c := testClient(b)
	data := make([]byte, 4<<20)
	b.SetBytes(4 << 20)
	for b.Loop() {
		x, err := c.Upload(aval(graph.Float32, 1<<20), data, Device{})
		if err != nil || x.Close() != nil {
			b.Fatal(err)
		}
	}
}
