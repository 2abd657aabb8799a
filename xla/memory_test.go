package xla

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
)

// resident is the process's memory in bytes.
func resident(t *testing.T) int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("resident memory is read from /proc, which is not here: ", err)
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	require.NoError(t, err)
	return pages * int64(os.Getpagesize())
}

// Results that nobody closes are freed as they are dropped: the 100,000 calls
// make 6 GiB of them, and the memory of the process stays flat.
func TestMemoryIsFlat(t *testing.T) {
	c := testClient(t)
	const n = 16 << 10
	a, typ := aval(graph.Float32, n), "tensor<16384xf32>"
	x := compile(t, c, module("%x: "+typ, typ, "%y = stablehlo.negate %x : "+typ+"\nreturn %y : "+typ), []graph.Aval{a}, []graph.Aval{a})
	in := upload(t, c, a, make([]float32, n)...)
	calls := 100_000
	if testing.Short() {
		calls = 20_000
	}
	start, most := int64(0), int64(0)
	for i := range calls {
		out := execute(t, x, in)
		if i%1000 == 999 {
			require.NoError(t, out[0].Wait())
			most = max(most, resident(t))
			if start == 0 {
				start = most
			}
		}
	}
	t.Logf("resident %d MiB after 1,000 calls, %d MiB at most", start>>20, most>>20)
	growth := int64(2 * minGrowth)
	if graphtest.Slower > 1 { // the race detector keeps a shadow of what is live; a leak would be 6 GiB
		growth *= 2
	}
	assert.Less(t, most, start+growth)
}

// Small results are found by Go's own collections.
func TestMemoryIsFlatSmall(t *testing.T) {
	c := testClient(t)
	x, in := compileAddOne(t, c), upload[float32](t, c, f32x4, 1, 2, 3, 4)
	run := func(n int) int64 {
		for range n {
			execute(t, x, in)
		}
		return resident(t)
	}
	start := run(100_000)
	end := run(100_000)
	t.Logf("resident %d MiB after 100,000 calls, %d MiB after as many more", start>>20, end>>20)
	assert.Less(t, end, start+64<<20)
}

// Programs are freed too.
func TestProgramsAreFreed(t *testing.T) {
	c := testClient(t)
	in := upload[float32](t, c, f32x4, 1, 2, 3, 4)
	var start int64
	for i := range 200 {
		execute(t, compileAddOne(t, c), in)
		if i%50 == 49 {
			runtime.GC()
			c.memory.drain()
		}
		if i == 99 {
			start = resident(t)
		}
	}
	assert.Less(t, resident(t), start+64<<20)
}

// The count of bytes is that of the live buffers.
func TestMemoryCount(t *testing.T) {
	c, err := Open("", Options{})
	require.NoError(t, err)
	a := upload[float32](t, c, f32x4, 1, 2, 3, 4)
	assert.EqualValues(t, 16, c.memory.bytes.Load())
	out := execute(t, donating(t, c), a)[0]
	assert.EqualValues(t, 32, c.memory.bytes.Load())
	outs, err := donating(t, c).Execute([]*Buffer{a}, []bool{true})
	require.NoError(t, err)
	assert.EqualValues(t, 32, c.memory.bytes.Load())
	require.NoError(t, out.Close())
	assert.EqualValues(t, 16, c.memory.bytes.Load())
	runtime.KeepAlive(outs)
	runtime.KeepAlive(a)
	c.memory.collect()
	assert.Zero(t, c.memory.bytes.Load(), "what is unreachable is freed by a collection")
}
