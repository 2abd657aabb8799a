package xla

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/xla/internal/failing"
)

// What a plugin would answer with a crash, an exit or silent wrong numbers, and
// what it refuses itself, are all errors of the user.

func TestCompileRefuses(t *testing.T) {
	c := testClient(t)
	in, out := []graph.Aval{f32x4}, []graph.Aval{f32x4}
	other, err := Open("", Options{})
	require.NoError(t, err)
	for _, test := range []struct {
		name, program, says string
	}{
		{"empty", "", "the program is empty"},
		{"blank", "\n", "Compile: "},
		{"no program", "4 blind mice", "Compile: "},
		{"bytecode", "ML\xefR\x01garbage", "Compile: "},
		{"binary", "\x00\x01\x02\xff", "Compile: "},
		{"cut off", string(addOne[:len(addOne)/2]), "Compile: "},
		{"type", string(module("%x: "+f4, f4, "%y = stablehlo.add %x, %x : tensor<4xi32>\nreturn %y : "+f4)), "expects different type"},
		{"shape", string(module("%x: "+f4, "tensor<5xf32>", "%y = stablehlo.add %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<5xf32>\nreturn %y : tensor<5xf32>")), "Compile: "},
		{"unknown op", string(module("%x: "+f4, f4, "%y = stablehlo.frobnicate %x : "+f4+"\nreturn %y : "+f4)), "frobnicate"},
		{"unknown target", string(module("%x: "+f4, f4, "%y = stablehlo.custom_call @nowhere(%x) {api_version = 4 : i32} : ("+f4+") -> "+f4+"\nreturn %y : "+f4)), "nowhere"},
		{"no main", "module @m {\nfunc.func public @mine(%x: tensor<4xf32>) -> tensor<4xf32> { return %x : tensor<4xf32> }\n}", "main"},
		{"dynamic shape", string(module("%x: tensor<?xf32>", "tensor<?xf32>", "return %x : tensor<?xf32>")), "Compile: "},
		{"fewer results", string(module("%x: "+f4, "", "return")), "0 results, but 1"},
		{"other dtype", string(module("%x: tensor<4xi32>", "tensor<4xi32>", "return %x : tensor<4xi32>")), "f32[4]"},
		{"other shape", string(module("%x: tensor<2x2xf32>", "tensor<2x2xf32>", "return %x : tensor<2x2xf32>")), "[2 2]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := c.Compile([]byte(test.program), CompileOptions{In: in, Out: out})
			requireError(t, err, test.says)
			assert.NotRegexp(t, "see current operation|Failed to parse|<unknown>", err.Error())
		})
	}
	_, err = c.Compile(addOne, CompileOptions{Device: other.Devices()[0], In: in, Out: out})
	requireError(t, err, "another client")
}

func TestExecuteRefuses(t *testing.T) {
	c := testClient(t)
	other, err := Open("", Options{})
	require.NoError(t, err)
	add := compile(t, c, module("%x: "+f4+", %y: "+f4, f4, "%z = stablehlo.add %x, %y : "+f4+"\nreturn %z : "+f4), []graph.Aval{f32x4, f32x4}, []graph.Aval{f32x4})
	a := upload[float32](t, c, f32x4, 1, 2, 3, 4)
	dead := upload[float32](t, c, f32x4, 1, 2, 3, 4)
	require.NoError(t, dead.Close())
	gone := upload[float32](t, c, f32x4, 1, 2, 3, 4)
	_, err = add.Execute([]*Buffer{gone, a}, []bool{true, false})
	require.NoError(t, err)
	for _, test := range []struct {
		name   string
		args   []*Buffer
		donate []bool
		says   string
	}{
		{"none", nil, nil, "0 arguments for a program of 2"},
		{"too few", []*Buffer{a}, nil, "1 arguments for a program of 2"},
		{"too many", []*Buffer{a, a, a}, nil, "3 arguments for a program of 2"},
		{"nil", []*Buffer{a, nil}, nil, "argument 1 is nil"},
		{"zero", []*Buffer{a, {}}, nil, "argument 1 is nil"},
		{"dtype", []*Buffer{a, upload[int32](t, c, aval(graph.Int32, 4), 1, 2, 3, 4)}, nil, "argument 1 is i32[4], but the program takes f32[4]"},
		{"shape", []*Buffer{upload[float32](t, c, aval(graph.Float32, 2, 2), 1, 2, 3, 4), a}, nil, "argument 0 is f32[2,2], but the program takes f32[4]"},
		{"size", []*Buffer{upload[float32](t, c, aval(graph.Float32, 1), 1), a}, nil, "argument 0 is f32[1]"},
		{"closed", []*Buffer{a, dead}, nil, "f32[4] is closed"},
		{"donated", []*Buffer{a, gone}, nil, "f32[4] was donated"},
		{"donate closed", []*Buffer{a, dead}, []bool{true, true}, "is closed"},
		{"donate twice", []*Buffer{a, a}, []bool{true, true}, "arguments 0 and 1 are the same array, and it is donated"},
		{"donate first", []*Buffer{a, a}, []bool{true, false}, "arguments 0 and 1 are the same array"},
		{"donate second", []*Buffer{a, a}, []bool{false, true}, "arguments 0 and 1 are the same array"},
		{"donate length", []*Buffer{a, a}, []bool{true}, "donate has 1 entries for 2 arguments"},
		{"client", []*Buffer{a, upload[float32](t, other, f32x4, 1, 2, 3, 4)}, nil, "argument 1, f32[4], belongs to another client"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := add.Execute(test.args, test.donate)
			requireError(t, err, test.says)
			assert.Contains(t, err.Error(), "robust_test.go:", "the user's line")
			assert.Equal(t, []float32{2, 4, 6, 8}, read[float32](t, execute(t, add, a, a)[0]), "nothing is consumed by a refused call")
		})
	}
	require.NoError(t, add.Close())
	_, err = add.Execute([]*Buffer{a, a}, nil)
	requireError(t, err, "the program is closed")
	requireError(t, add.Close(), "the program is closed")
	_, err = add.Cost()
	requireError(t, err, "the program is closed")
}

func TestBufferRefuses(t *testing.T) {
	c := testClient(t)
	_, err := c.Upload(f32x4, make([]byte, 15), Device{})
	requireError(t, err, "f32[4] has 16 bytes, but 15 were given")
	_, err = c.Upload(aval(graph.Float32, -1, -4), make([]byte, 16), Device{})
	requireError(t, err, "cannot be negative")
	_, err = c.Upload(aval(graph.Float32, 1<<32, 1<<32), nil, Device{})
	requireError(t, err, "too large")
	b := upload[float32](t, c, f32x4, 1, 2, 3, 4)
	requireError(t, b.Read(make([]byte, 17)), "f32[4] has 16 bytes, but the destination has 17")
	require.NoError(t, b.Close())
	requireError(t, b.Close(), "f32[4] is closed")
	requireError(t, b.Wait(), "f32[4] is closed")
	requireError(t, b.Read(make([]byte, 16)), "f32[4] is closed")
	requireError(t, b.View(func([]byte) {}), "f32[4] is closed")
}

func TestTooLarge(t *testing.T) {
	c := testClient(t)
	big := aval(graph.Float32, 1<<38) // 1 TiB
	x := compile(t, c, module("%x: "+f4, "tensor<274877906944xf32>", `
		%c = stablehlo.slice %x [0:1] : (`+f4+`) -> tensor<1xf32>
		%s = stablehlo.reshape %c : (tensor<1xf32>) -> tensor<f32>
		%y = stablehlo.broadcast_in_dim %s, dims = [] : (tensor<f32>) -> tensor<274877906944xf32>
		return %y : tensor<274877906944xf32>`), []graph.Aval{f32x4}, []graph.Aval{big})
	a := upload[float32](t, c, f32x4, 1, 2, 3, 4)
	for _, donate := range [][]bool{nil, {true}} {
		out, err := x.Execute([]*Buffer{a}, donate)
		if err == nil {
			err = out[0].Wait()
		}
		requireError(t, err, "the program is out of memory: it needs 1099511627776 bytes at once (1 TiB)")
	}
	assert.Less(t, c.memory.bytes.Load(), int64(1<<38))
}

// Division of integers by zero does not trap; the results are XLA's.
func TestIntegerDivision(t *testing.T) {
	c := testClient(t)
	i4 := "tensor<4xi32>"
	a := aval(graph.Int32, 4)
	x := compile(t, c, module("%x: "+i4+", %y: "+i4, i4+", "+i4, `
		%q = stablehlo.divide %x, %y : `+i4+`
		%r = stablehlo.remainder %x, %y : `+i4+`
		return %q, %r : `+i4+`, `+i4), []graph.Aval{a, a}, []graph.Aval{a, a})
	out := execute(t, x, upload[int32](t, c, a, 7, -7, math.MinInt32, 0), upload[int32](t, c, a, 0, 0, -1, 0))
	assert.Equal(t, []int32{-1, -1, math.MinInt32, -1}, read[int32](t, out[0]))
	assert.Equal(t, []int32{7, -7, 0, 0}, read[int32](t, out[1]))
}

func donating(t testing.TB, c *Client) *Executable {
	return compile(t, c, []byte(strings.Replace(string(addOne), "%x: "+f4, "%x: "+f4+" {tf.aliasing_output = 0 : i32}", 1)), []graph.Aval{f32x4}, []graph.Aval{f32x4})
}

func address(t testing.TB, b *Buffer) (p *byte) {
	require.NoError(t, b.View(func(data []byte) { p = &data[0] }))
	return p
}

func TestDonate(t *testing.T) {
	c := testClient(t)
	x := donating(t, c)
	a := upload[float32](t, c, f32x4, 1, 2, 3, 4)
	at := address(t, a)

	// Unless the caller donates, a program that could overwrite does not.
	out := execute(t, x, a)[0]
	assert.Equal(t, []float32{2, 3, 4, 5}, read[float32](t, out))
	assert.Equal(t, []float32{1, 2, 3, 4}, read[float32](t, a))
	assert.NotSame(t, at, address(t, out))

	outs, err := x.Execute([]*Buffer{a}, []bool{true})
	require.NoError(t, err)
	assert.Equal(t, []float32{2, 3, 4, 5}, read[float32](t, outs[0]))
	assert.Same(t, at, address(t, outs[0]))
	requireError(t, a.Wait(), "f32[4] was donated")
	requireError(t, a.Close(), "f32[4] was donated")
	requireError(t, a.Read(make([]byte, 16)), "f32[4] was donated")
}

// Of two that the program may take only the one that is given is.
func TestDonateSome(t *testing.T) {
	c := testClient(t)
	x := compile(t, c, module("%x: "+f4+" {jax.buffer_donor = true}, %y: "+f4+" {jax.buffer_donor = true}", f4+", "+f4, `
		%s = stablehlo.add %x, %y : `+f4+`
		%d = stablehlo.subtract %x, %y : `+f4+`
		return %s, %d : `+f4+", "+f4), []graph.Aval{f32x4, f32x4}, []graph.Aval{f32x4, f32x4})
	for i := range 2 {
		in := []*Buffer{upload[float32](t, c, f32x4, 1, 2, 3, 4), upload[float32](t, c, f32x4, 4, 3, 2, 1)}
		give := make([]bool, 2)
		give[i] = true
		out, err := x.Execute(in, give)
		require.NoError(t, err)
		assert.Equal(t, []float32{5, 5, 5, 5}, read[float32](t, out[0]))
		assert.Equal(t, []float32{-3, -1, 1, 3}, read[float32](t, out[1]))
		requireError(t, in[i].Wait(), "f32[4] was donated")
		assert.Equal(t, [][]float32{{1, 2, 3, 4}, {4, 3, 2, 1}}[1-i], read[float32](t, in[1-i]))
	}
}

func TestDonateInUse(t *testing.T) {
	c := testClient(t)
	x := donating(t, c)
	a := upload[float32](t, c, f32x4, 1, 2, 3, 4)
	require.NoError(t, a.View(func(data []byte) {
		_, err := x.Execute([]*Buffer{a}, []bool{true})
		requireError(t, err, "cannot be donated: another goroutine is using it")
		// Closing takes effect when the view ends.
		require.NoError(t, a.Close())
		requireError(t, a.Wait(), "is closed")
		assert.Equal(t, bytesOf[float32](1, 2, 3, 4), data)
	}))
}

// countTo is a loop from 0 to its parameter.
var countTo = module("%n: tensor<i64>", "tensor<i64>", `
	%zero = stablehlo.constant dense<0> : tensor<i64>
	%one = stablehlo.constant dense<1> : tensor<i64>
	%r = stablehlo.while(%i = %zero) : tensor<i64>
	cond {
		%c = stablehlo.compare NE, %i, %n : (tensor<i64>, tensor<i64>) -> tensor<i1>
		stablehlo.return %c : tensor<i1>
	} do {
		%j = stablehlo.add %i, %one : tensor<i64>
		stablehlo.return %j : tensor<i64>
	}
	return %r : tensor<i64>`)

// powers multiplies its parameter with itself 100 times: some hundred
// milliseconds, so that Execute returns long before the result is there.
func powers(t testing.TB, c *Client) *Executable {
	a, m := aval(graph.Float32, 512, 512), "tensor<512x512xf32>"
	return compile(t, c, module("%x: "+m+" {tf.aliasing_output = 0 : i32}", m, "%y0 = stablehlo.negate %x : "+m+func() (body string) {
		for i := range 100 {
			body += fmt.Sprintf("\n%%y%d = stablehlo.dot_general %%y%d, %%x, contracting_dims = [1] x [0] : (%s, %s) -> %s", i+1, i, m, m, m)
		}
		return body
	}()+"\nreturn %y100 : "+m), []graph.Aval{a}, []graph.Aval{a})
}

// What is closed or donated while the program that reads or writes it runs
// lives as long as that needs.
func TestCloseUnderWay(t *testing.T) {
	c := testClient(t)
	x := powers(t, c)
	identity := make([]float32, 512*512)
	for i := range 512 {
		identity[i*513] = 1
	}
	a := upload(t, c, x.In()[0], identity...)
	start := time.Now()
	first := execute(t, x, a)[0]
	second, err := x.Execute([]*Buffer{first}, []bool{true})
	require.NoError(t, err)
	unread := execute(t, x, second[0])[0]
	returned := time.Since(start)
	require.NoError(t, a.Close())
	require.NoError(t, unread.Close())
	require.NoError(t, x.Close())
	got := read[float32](t, second[0])
	t.Logf("Execute returned three times in %v, the second result was there after %v", returned, time.Since(start))
	assert.Less(t, returned, time.Since(start)/2, "Execute waits for its results")
	assert.Equal(t, identity, got, "the power of -1 times -1")
}

func TestConcurrent(t *testing.T) {
	c := testClient(t)
	shared, in := compileAddOne(t, c), upload[float32](t, c, f32x4, 1, 2, 3, 4)
	take := donating(t, c)
	var taken atomic.Int32
	prize := upload[float32](t, c, f32x4, 1, 2, 3, 4)
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Go(func() {
			own := compileAddOne(t, c)
			for i := range 200 {
				x := shared
				if i%2 == g%2 {
					x = own
				}
				out, err := x.Execute([]*Buffer{in}, nil)
				if !assert.NoError(t, err) {
					return
				}
				assert.Equal(t, []float32{2, 3, 4, 5}, read[float32](t, out[0]))
				if i%3 == 0 {
					assert.NoError(t, out[0].Close())
				}
				if b, err := take.Execute([]*Buffer{prize}, []bool{true}); err == nil {
					taken.Add(1)
					assert.Equal(t, []float32{2, 3, 4, 5}, read[float32](t, b[0]))
				}
			}
			assert.NoError(t, own.Close())
		})
	}
	wg.Wait()
	assert.EqualValues(t, 1, taken.Load(), "exactly one of those who donate an array gets it")
}

// Readers, and one who closes: each read is right or an error, never memory
// that was freed.
func TestConcurrentClose(t *testing.T) {
	c := testClient(t)
	a := aval(graph.Int32, 1000)
	for range 50 {
		b := upload(t, c, a, slices.Repeat([]int32{7}, 1000)...)
		var wg sync.WaitGroup
		var ended atomic.Int32
		for range 4 {
			wg.Go(func() {
				for range 20 {
					if err := b.View(func(data []byte) {
						if data[0] != 7 || data[3996] != 7 {
							t.Error("freed memory was read")
						}
					}); err != nil {
						assert.ErrorContains(t, err, "is closed")
						return
					}
				}
			})
			wg.Go(func() {
				if b.Close() == nil {
					ended.Add(1)
				}
			})
		}
		wg.Wait()
		assert.EqualValues(t, 1, ended.Load())
	}
}

func TestManyClients(t *testing.T) {
	for range 5 {
		c, err := Open("", Options{})
		require.NoError(t, err)
		assert.Equal(t, []float32{2, 3, 4, 5}, read[float32](t, execute(t, compileAddOne(t, c), upload[float32](t, c, f32x4, 1, 2, 3, 4))[0]))
	}
}

// The error of a computation that fails after Execute has returned comes from
// whatever needs the result, and from what is computed of it.
func TestComputationFails(t *testing.T) {
	c := testClient(t)
	require.NoError(t, c.registerHandler("jacobi.test.failing", failing.Handler()))
	a, m := aval(graph.Float32, 512, 512), "tensor<512x512xf32>"
	x := compile(t, c, module("%x: "+m, m, `
		%y = stablehlo.dot_general %x, %x, contracting_dims = [1] x [0] : (`+m+", "+m+") -> "+m+`
		%z = stablehlo.custom_call @jacobi.test.failing(%y) {api_version = 4 : i32} : (`+m+") -> "+m+`
		return %z : `+m), []graph.Aval{a}, []graph.Aval{a})
	out, err := x.Execute([]*Buffer{upload(t, c, a, make([]float32, 512*512)...)}, nil)
	require.NoError(t, err)
	_, _, line, _ := runtime.Caller(0)
	after, afterErr := powers(t, c).Execute(out, nil)
	requireError(t, out[0].Wait(), fmt.Sprintf("Wait: the program, run at robust_test.go:%d, failed: ", line-2))
	for range 2 {
		requireError(t, out[0].Wait(), failing.Message)
		requireError(t, out[0].Read(make([]byte, out[0].Bytes())), failing.Message)
		requireError(t, out[0].View(func([]byte) { t.Error("lent what was not computed") }), failing.Message)
	}
	if afterErr == nil { // else it has failed early enough for Execute to say so
		afterErr = after[0].Wait()
	}
	requireError(t, afterErr, failing.Message)
	for _, jargon := range []string{"Buffer Definition Event", "Error dispatching", "CustomCall"} {
		assert.NotContains(t, afterErr.Error(), jargon)
	}
}

func TestCallbacksOnOtherPlatforms(t *testing.T) {
	gpu := &Client{platform: "cuda", devices: make([]device, 1)}
	_, err := gpu.Compile([]byte("stablehlo.custom_call @"+callbackTarget), CompileOptions{})
	requireError(t, err, "the program calls back to the host, as debug.Print does: only CPU clients can do that, not cuda")
}

// What XLA's verifier refuses has the line of the operation.
func TestCompileNamesTheLine(t *testing.T) {
	text := string(module("%x: "+f4, f4, "%y = stablehlo.reduce_precision %x, format = e0m3 : "+f4+" loc(#l)\nreturn %x : "+f4)) + "#l = loc(\"main.go\":12:0)\n"
	_, err := testClient(t).Compile([]byte(text), CompileOptions{Name: "f"})
	requireError(t, err, "main.go:12: Compile: the program f: 'stablehlo.reduce_precision' op attribute")
}
