package graph_test

import (
	"math/rand/v2"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/graph/interp"
)

// reparse holds the law of Parse: the text of the graph it reads is the text
// it read. It returns the graph.
func reparse(t require.TestingT, g *graph.Graph) *graph.Graph {
	text := g.String()
	h, err := graph.Parse(text)
	require.NoError(t, err, "%s", text)
	require.NoError(t, graph.Check(h))
	require.Equal(t, text, h.String())
	again, err := graph.Parse(h.String())
	require.NoError(t, err)
	require.Equal(t, h.Fingerprint(), again.Fingerprint(), "%s", text)
	return h
}

func TestParseCases(t *testing.T) {
	for _, c := range graphtest.Cases() {
		g := c.Graph()
		h := reparse(t, g)
		in := c.Sample(graphtest.Seeded(t))
		requireSame(t, g, interp.Eval(g, in...), interp.Eval(h, in...))
	}
}

func TestParseRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Random(t)
		h := reparse(t, g)
		in := graphtest.RandomLikes(graphtest.Rand(t), graph.Avals(g.In))
		requireSame(t, g, interp.Eval(g, in...), interp.Eval(h, in...))
	})
}

func requireSame(t require.TestingT, g *graph.Graph, want, got []interp.Tensor) {
	require.Equal(t, len(want), len(got))
	for i, w := range want {
		require.True(t, graphtest.Same(w, got[i]), "result %d is %v, want %v\n%v", i, got[i], w, g)
	}
}

// What JAX 0.10.2 prints for the functions beside it is what is printed here.
func TestPrintsAsJAX(t *testing.T) {
	for _, text := range []string{
		// lambda x: (jnp.sin(x) * 2.0, x)
		`{ lambda ; a:f32[3]. let
    b:f32[3] = sin a
    c:f32[3] = mul b 2.0:f32[]
  in (c, a) }
`,
		// lambda x, y: x @ y
		`{ lambda ; a:f32[2,3] b:f32[3,4]. let
    c:f32[2,4] = dot_general[
      dimension_numbers=(([1], [0]), ([], []))
      preferred_element_type=float32
    ] a b
  in (c,) }
`,
		// lambda x: lax.broadcast_in_dim(x, (2, 3), ())
		`{ lambda ; a:f32[]. let b:f32[2,3] = broadcast_in_dim a in (b,) }
`,
		// lambda x: lax.pad(x, jnp.float32(0), ((1, 2, 0), (0, 0, 1)))
		`{ lambda ; a:f32[2,3]. let
    b:f32[5,5] = pad[padding_config=((1, 2, 0), (0, 0, 1))] a 0.0:f32[]
  in (b,) }
`,
		// lambda x: lax.slice(x, (0, 1), (2, 3), (1, 2))
		`{ lambda ; a:f32[2,3]. let
    b:f32[2,1] = slice[limit_indices=(2, 3) start_indices=(0, 1) strides=(1, 2)] a
  in (b,) }
`,
		// lambda x: lax.cumsum(x, axis=1)
		`{ lambda ; a:f32[2,3]. let b:f32[2,3] = cumsum[axis=1 reverse=False] a in (b,) }
`,
		// lambda x: jnp.argmax(x, axis=1)
		`{ lambda ; a:f32[2,3]. let
    b:i32[2] = argmax[axes=(1,) index_dtype=int32] a
  in (b,) }
`,
		// lambda x, i: lax.dynamic_slice(x, (i, 0), (1, 2))
		`{ lambda ; a:f32[2,3] b:i32[]. let
    c:bool[] = lt b 0:i32[]
    d:i32[] = add b 2:i32[]
    e:i32[] = select_n c b d
    f:f32[1,2] = dynamic_slice[slice_sizes=(1, 2)] a e 0:i32[]
  in (f,) }
`,
		// lambda x, i: lax.gather(x, i, dims, (1, 3), mode="clip")
		`{ lambda ; a:f32[2,3] b:i32[4,1]. let
    c:f32[4,3] = gather[
      dimension_numbers=GatherDimensionNumbers(offset_dims=(1,), collapsed_slice_dims=(0,), start_index_map=(0,), operand_batching_dims=(), start_indices_batching_dims=())
      fill_value=None
      indices_are_sorted=False
      mode=GatherScatterMode.CLIP
      slice_sizes=(1, 3)
      unique_indices=False
    ] a b
  in (c,) }
`,
		// numbers as Python prints the float64 they are
		`{ lambda ; a:f32[3]. let
    b:f32[3] = mul a 9.999999747378752e-06:f32[]
    c:f32[3] = add a 1.0000000200408773e+20:f32[]
    d:f32[3] = mul a 0.10000000149011612:f32[]
    e:f32[3] = sub a 123456792.0:f32[]
    f:f32[3] = max a -inf:f32[]
  in (b, c, d, e, f) }
`,
		// lambda x: x * (1 + 2j)
		`{ lambda ; a:c64[3]. let b:c64[3] = mul a (1+2j):c64[] in (b,) }
`,
		// lambda x: lax.optimization_barrier((x, x + 1))
		`{ lambda ; a:f32[2,3]. let
    b:f32[2,3] = add a 1.0:f32[]
    c:f32[2,3] d:f32[2,3] = optimization_barrier a b
  in (c, d) }
`,
		// lambda x: jnp.float32(2.0)
		`{ lambda ; a:f32[2,3]. let  in (2.0:f32[],) }
`,
		// lambda x: lax.scan(lambda c, y: (c + y, c), jnp.float32(0), x)
		`{ lambda ; a:f32[3]. let
    b:f32[] c:f32[3] = scan[
      jaxpr={ lambda ; d:f32[] e:f32[]. let f:f32[] = add d e in (f, d) }
      length=3
      num_carry=1
      num_consts=0
      reverse=False
      unroll=1
    ] 0.0:f32[] a
  in (b, c) }
`,
		// lambda x: lax.cond(x > 0, jnp.sin, jnp.cos, x)
		`{ lambda ; a:f32[]. let
    b:bool[] = gt a 0.0:f32[]
    c:i32[] = convert_element_type[new_dtype=int32 weak_type=False] b
    d:f32[] = cond[
      branches=(
        { lambda ; e:f32[]. let f:f32[] = cos e in (f,) }
        { lambda ; g:f32[]. let h:f32[] = sin g in (h,) }
      )
    ] c a
  in (d,) }
`,
		// g = jax.jit(g); lambda x: g(g(x))
		`let g = { lambda ; a:f32[2,3]. let b:f32[2,3] = sin a in (b,) } in
{ lambda ; c:f32[2,3]. let
    d:f32[2,3] = jit[name=g jaxpr=g] c
    e:f32[2,3] = jit[name=g jaxpr=g] d
  in (e,) }
`,
	} {
		g, err := graph.Parse(text)
		require.NoError(t, err, "%s", text)
		require.NoError(t, graph.Check(g))
		require.Equal(t, text, g.String())
	}
}

func TestParseErrors(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"", `line 1: expected "{", found the end`},
		{"{ lambda ; a:f32[3]. let\n  b:f32[3] = sine a\nin (b,) }", `line 2: there is no op "sine"`},
		{"{ lambda ; a:f32[3]. let\n  b:f32[3] = sin c\nin (b,) }", "line 2: c is not defined"},
		{"{ lambda ; a:f32[3]. let\n  b:f32[4] = sin a\nin (b,) }", "line 2: sin gives f32[3], not f32[4]"},
		{"{ lambda ; a:f32[3]. let\n  b:f32[3] = add a\nin (b,) }", "line 2: add(f32[3]): takes 2 operands, not 1"},
		{"{ lambda ; a:f32[3] a:f32[3]. let in (a,) }", "line 1: a is defined twice"},
		{"{ lambda ; a:f12[3]. let in (a,) }", `line 1: expected a dtype, found "f12"`},
		{"{ lambda ; a:f32[x]. let in (a,) }", "line 1: expected a size"},
		{"{ lambda ; a:f32[3]. let\n\n b:i32[3] = clz a in (b,) }", "line 3: clz(f32[3]): takes integers, not float32"},
		{"{ lambda ; a:f32[3]. let b:f32[3] = cumsum[axis=0] a in (b,) }", "line 1: cumsum: param reverse is missing"},
		{"{ lambda ; a:f32[3]. let b:f32[3] = sin[axis=0] a in (b,) }", "line 1: sin: sin has no param axis"},
		{"{ lambda ; a:f32[3]. let b:f32[3] = cumsum[axis=x reverse=False] a in (b,) }", `line 1: cumsum: "x" is no integer`},
		{"{ lambda ; a:f32[3]. let b:f32[3] = cumsum[axis=0 reverse=No] a in (b,) }", `"No" is neither True nor False`},
		{"{ lambda ; a:f32[3]. let b:f32[3] = mul a 2:i32[] in (b,) }", "mul(f32[3], i32[]): operands must have one dtype"},
		{"{ lambda ; a:f32[3]. let b:f32[3] = mul a 2.5:i32[] in (b,) }", "line 1: 2.5 is no int32"},
		{"{ lambda ; a:i8[3]. let b:i8[3] = mul a 200:i8[] in (b,) }", "line 1: 200 is no int8"},
		{"{ lambda ; a:f32[3]. let b:f32[3] = jit[name=f jaxpr=g] a in (b,) }", `line 1: there is no graph "g"`},
		{"{ lambda ; a:f32[3]. let in (a,) } more", `line 1: expected the end, found "more"`},
		{"{ lambda ; a:f32[3]. let b:f32[3] = jit[name=f\n  jaxpr={ lambda ; c:f32[3]. let\n d:f32[3] = sin q in (d,) }] a in (b,) }", "line 3: q is not defined"},
		{"{ lambda ; a:u8[3]. let b:u8[3] = mul a 300:u8[] in (b,) }", "line 1: 300 is no uint8"},
		{"{ lambda ; a:i8[3]. let b:i8[3] = mul a 128:i8[] in (b,) }", "line 1: 128 is no int8"},
		{"{ lambda ; a:u8[3]. let b:u8[3] = mul a -1:u8[] in (b,) }", "line 1: -1 is no uint8"},
		{"{ lambda ; a:f32[4294967296,4294967296]. let in (a,) }", "line 1: f32[4294967296,4294967296] would have 18446744073709551616 elements"},
		{"{ lambda ; a:f32[3]. let b:f32[3] = cumsum[axis=0 axis=1 reverse=False] a in (b,) }", "line 1: param axis is given twice"},
		{"{ lambda ; a:f32[3]. let b:f32[3] = reduce_precision[exponent_bits=-1 mantissa_bits=2] a in (b,) }", "there are no floats of -1 exponent and 2 mantissa bits"},
		{"{ lambda ; a:i32[]. let b:i32[] = cond[branches=()] a in (b,) }", "there is no branch"},
	} {
		_, err := graph.Parse(row.text)
		require.Error(t, err, "%s", row.text)
		require.Contains(t, err.Error(), row.want)
	}
}

// Counts that no equation has are errors, wherever one is read.
func TestParseHostileCounts(t *testing.T) {
	count := regexp.MustCompile(`\b(num_\w+|length|unroll|max_trips|levels|id)=\d+`)
	met := map[string]bool{}
	for _, g := range withEveryOp() {
		text := g.String()
		for _, at := range count.FindAllStringIndex(text, -1) {
			name, _, _ := strings.Cut(text[at[0]:at[1]], "=")
			for _, n := range []string{"-1", "1000000", "4294967296", "9223372036854775807", "-9223372036854775808", "9223372036854775808"} {
				_, err := graph.Parse(text[:at[0]] + name + "=" + n + text[at[1]:])
				if met[name] = true; strings.HasPrefix(name, "num_") || name != "id" && n[0] == '-' {
					assert.Error(t, err, "%s=%s in\n%s", name, n, text)
				}
			}
		}
	}
	for _, name := range []string{"num_consts", "num_carry", "num_names", "num_res", "num_keys", "length", "unroll", "max_trips", "levels", "id"} {
		assert.True(t, met[name], "%s is in no text", name)
	}
}

// nested calls itself inside of itself.
func nested(depth int) *graph.Graph {
	x := []graph.Aval{{DType: graph.Float32, Shape: []int{}}}
	g := graph.Build(x, func(b builder, in []value) []value { return []value{b.Sin(in[0])} })
	for range depth {
		inner := g
		g = graph.Build(x, func(b builder, in []value) []value { return b.Call("f", inner, in[0]) })
	}
	return g
}

// Printing and reading take time that grows with the text, and the text grows
// with the program.
func TestNestedText(t *testing.T) {
	small, large := nested(1000), nested(8000)
	assert.Less(t, len(large.String()), 10*len(small.String()))
	reparse(t, large)

	// A text may also be nested itself.
	text := func(depth int) string {
		return strings.Repeat("{ lambda ; a:f32[]. let b:f32[] = jit[name=f jaxpr=", depth) + "{ lambda ; a:f32[]. let in (a,) }" +
			strings.Repeat("] a in (b,) }", depth)
	}
	start := time.Now()
	g, err := graph.Parse(text(9000))
	require.NoError(t, err)
	reparse(t, g)
	assert.Less(t, time.Since(start), 20*time.Second) // it was minutes
	_, err = graph.Parse(text(20_000))
	require.ErrorContains(t, err, "graphs are nested more than 10000 deep")
}

var tokens = regexp.MustCompile(`[\w.+-]+|\S|\s+`)

// mutated is text with some of its tokens left out, exchanged, repeated, or
// replaced by others, of numbers that are near a bound among them.
func mutated(text string, r *rand.Rand) string {
	words := tokens.FindAllString(text, -1)
	if len(words) == 0 {
		return text
	}
	odd := []string{"-1", "0", "1", "2", "65536", "4294967296", "9223372036854775807", "-9223372036854775808", "None", "True", "()", "(0,)",
		"inf", "nan", "a", "b", "in", "let", "[", "]", "(", ")", "{", "}", ",", "=", ":", ";", ".", "_", `"`, "f32", "i32", "bool", "jit", "scan"}
	for range 1 + r.IntN(3) {
		i, j := r.IntN(len(words)), r.IntN(len(words))
		switch r.IntN(5) {
		case 0:
			words[i] = odd[r.IntN(len(odd))]
		case 1:
			words[i] = words[j]
		case 2:
			words[i], words[j] = words[j], words[i]
		case 3:
			words[i] = ""
		case 4:
			words[i] += " " + words[j]
		}
	}
	return strings.Join(words, "")
}

func TestParseMutated(t *testing.T) {
	r := graphtest.Seeded(t)
	for _, g := range withEveryOp() {
		text := g.String()
		for range 50 {
			tryParse(t, mutated(text, r))
		}
	}
}

// tryParse holds that Parse returns, and what it read is what it says.
func tryParse(t *testing.T, text string) {
	defer func() {
		if r := recover(); r != nil {
			t.Fatalf("%v\n%s\n%s", r, text, debug.Stack())
		}
	}()
	if g, err := graph.Parse(text); err == nil {
		reparse(t, g)
	}
}

// Whatever the text, Parse returns.
func FuzzParse(f *testing.F) {
	for i, g := range withEveryOp() {
		f.Add(g.String(), uint64(i))
	}
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		tryParse(t, text)
		tryParse(t, mutated(text, rand.New(rand.NewPCG(seed, 1))))
	})
}
