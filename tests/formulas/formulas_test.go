package formulas

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

var update = flag.Bool("update", false, "write docs/formulas.md")

const page = "../../docs/formulas.md"

// most is how long the Go may be for each character of Python.
const most = 1.4

// A formula in Python; in Go it is the function of that name.
type formula struct {
	title, function, python string
	compute                 func() []A
}

var formulas = []formula{
	{"A step of Adam", "adam", `
m = b1*m + (1-b1)*g
v = b2*v + (1-b2)*g**2
r = lr * math.sqrt(1-b2**t) / (1-b1**t)
p = p - r*m / (jnp.sqrt(v) + eps)`,
		func() []A {
			p, m, v := adam(numbers(1, 2, 3), numbers(2, 2, 3), num.Abs(numbers(3, 2, 3)), numbers(4, 2, 3), 3)
			return []A{p, m, v}
		}},
	{"Attention with several heads", "attention", `
w = jax.nn.softmax(jnp.einsum('qhd,khd->hqk', q, k)/math.sqrt(d))
o = jnp.einsum('hqk,khd->qhd', w, v)`,
		func() []A { return []A{attention(numbers(1, 3, 2, 4), numbers(2, 5, 2, 4), numbers(3, 5, 2, 4), 4)} }},
	{"Cross entropy of logits and labels", "crossEntropy", `
loss = -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], axis=1))`,
		func() []A { return []A{crossEntropy(numbers(1, 4, 3), jx.From([]int32{2, 0, 1, 2}))} }},
	{"A step of the heat equation, on a torus", "stencil", `
near = jnp.roll(u, 1, 0) + jnp.roll(u, -1, 0) + jnp.roll(u, 1, 1) + jnp.roll(u, -1, 1)
u = u + c*(near - 4*u)`,
		func() []A { return []A{stencil(numbers(1, 4, 5), 0.1)} }},
	{"Layer norm", "layerNorm", `
c = x - jnp.mean(x, -1, keepdims=True)
y = g*c/jnp.sqrt(jnp.var(x, -1, keepdims=True) + eps) + b`,
		func() []A { return []A{layerNorm(numbers(1, 3, 4), numbers(2, 4), numbers(3, 4))} }},
	{"A step of Newton's method", "newton", `
x = x - jnp.linalg.solve(jax.hessian(f)(x), jax.grad(f)(x))`,
		func() []A {
			f := func(x A) A { return num.Sum(num.Add(num.Cosh(x), num.Mul(x, num.Roll(x, 1)))) }
			return []A{newton(f, numbers(1, 3))}
		}},
}

// numbers are the same in scripts/gen_formulas.py, exactly.
func numbers(seed int, dims ...int) A {
	data := make([]float32, size(dims))
	for i := range data {
		data[i] = float32((7*i+3*seed)%11-5) / 8
	}
	return jx.From(data, dims...)
}

func size(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

// The Go computes what JAX computes from the Python that the page shows.
func TestLikeJAX(t *testing.T) {
	text, err := os.ReadFile("testdata/results.json")
	require.NoError(t, err)
	var file struct {
		Python  map[string]string
		Results map[string][][]float64
	}
	require.NoError(t, json.Unmarshal(text, &file))
	for _, f := range formulas {
		require.Equal(t, f.python[1:], file.Python[f.function], "%s: run scripts/gen_formulas.py", f.function)
		for how, got := range map[string][]A{"as it is": f.compute(), "jitted": jx.Jit(f.compute)()} {
			want := file.Results[f.function]
			require.Len(t, got, len(want))
			for i, x := range got {
				values, err := jx.Slice[float32](x)
				require.NoError(t, err)
				require.Len(t, values, len(want[i]))
				for j, v := range values {
					require.InDelta(t, want[i][j], v, 2e-5, "%s %s, result %d", f.function, how, i)
				}
			}
		}
	}
}

var (
	comments = regexp.MustCompile(`(?m)//.*$`)
	ofGo     = regexp.MustCompile(`\b(jx|num|linalg|math)\.`)
	ofPython = regexp.MustCompile(`\b(jax|jnp|nn|tree|linalg|math)\.`)
)

// length is the number of characters of code without spaces and packages'
// names.
func length(code string, packages *regexp.Regexp) int {
	code = packages.ReplaceAllString(comments.ReplaceAllString(code, ""), "")
	n := 0
	for _, c := range code {
		if !unicode.IsSpace(c) {
			n++
		}
	}
	return n
}

// golang is the body of a function of formulas.go, without what it returns.
func golang(t *testing.T, function string) string {
	source, err := os.ReadFile("formulas.go")
	require.NoError(t, err)
	_, body, found := strings.Cut(string(source), "\nfunc "+function+"(")
	require.True(t, found, function)
	_, body, _ = strings.Cut(body, "{\n")
	body, _, _ = strings.Cut(body, "\n}\n")
	lines := strings.Split(body, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, "\t")
	}
	require.True(t, strings.HasPrefix(lines[len(lines)-1], "return "))
	return strings.Join(lines[:len(lines)-1], "\n")
}

// No formula is much longer than in JAX, and the page says so.
func TestPage(t *testing.T) {
	var doc strings.Builder
	doc.WriteString(`# Formulas side by side

Six formulas in JAX and here, each of them as one would write it. Go has no operators for arrays, so a formula nests
calls. Under each stands how long the Go is for each character of Python, without spaces and the names of packages.
The Go is [tests/formulas](../tests/formulas/formulas.go), where ` + "`A` is `*jx.Array`" + `; its numbers are those that JAX
computes from the Python.
`)
	goes, pythons := 0, 0
	for _, f := range formulas {
		code := golang(t, f.function)
		g, p := length(code, ofGo), length(f.python, ofPython)
		ratio := float64(g) / float64(p)
		require.LessOrEqual(t, ratio, most, f.function)
		fmt.Fprintf(&doc, "\n## %s\n\n```python\n%s\n```\n\n```go\n%s\n```\n\n%d characters for %d: %.2f.\n", f.title, f.python[1:], code, g, p, ratio)
		goes, pythons = goes+g, pythons+p
	}
	fmt.Fprintf(&doc, "\nAll together: %d characters for %d, %.2f.\n", goes, pythons, float64(goes)/float64(pythons))
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(doc.String()), 0o666))
	}
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	require.Equal(t, doc.String(), string(text), "go test ./tests/formulas -update writes it")
}
