// Package examples runs the programs in examples/ and checks what they print,
// and that README.md shows it.
package examples

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/examples/tutorial/programs"
	"github.com/jacobi-go/jacobi/tests/internal/printed"
)

var update = flag.Bool("update", false, "write the tour and its output into README.md")

const root = "../.."

// run is what an example prints. Its source is read so that a cached test does
// not outlive it.
func run(t *testing.T, name string, args ...string) (source, output string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, "examples", name, "main.go"))
	require.NoError(t, err)
	cmd := exec.Command("go", append([]string{"run", "./examples/" + name}, args...)...)
	cmd.Dir = root
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	return string(raw), string(out)
}

func TestTour(t *testing.T) {
	source, output := run(t, "tour")
	_, program, _ := strings.Cut(source, "package main\n")
	path := filepath.Join(root, "README.md")
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	readme := string(raw)
	if *update {
		readme = fill(fill(readme, "```go\n", strings.TrimLeft(program, "\n")), prints, output)
		require.NoError(t, os.WriteFile(path, []byte(readme), 0o644))
	}
	assert.Contains(t, readme, strings.TrimLeft(program, "\n"), "README.md shows another tour; scripts/gen_tutorial writes it")
	_, shown, _ := strings.Cut(readme, prints)
	shown, _, _ = strings.Cut(shown, "```\n")
	assert.NoError(t, printed.Differ(shown, output), "README.md shows another output; scripts/gen_tutorial writes it")
}

// prints is where the output starts.
const prints = "It prints\n\n```\n"

// fill replaces what is between the first start and the end of its block.
func fill(s, start, with string) string {
	before, rest, ok := strings.Cut(s, start)
	if !ok {
		return s + "\nthere is no " + start
	}
	_, after, _ := strings.Cut(rest, "```\n")
	return before + start + with + "```\n" + after
}

// What JAX computes for the same program; after training, in double precision.
var logreg = []struct {
	line string
	want []float64
	tol  float64
}{
	{"parameters:", []float64{-2.442456, -2.035681, 0.2055442, 1.295636}, 1e-6},
	{"predictions:", []float64{0.1094731, 0.7982901, 0.4100426, 0.9921765}, 1e-6},
	{"loss:", []float64{2.972919}, 1e-5},
	{"gradient:", []float64{-0.433146, -0.7354605, -1.259892, -0.6900178}, 1e-5},
	{"Jacobian of the predictions by W:", []float64{0.05069415, 0.1091874, 0.07506634, 0.1417003, -0.1739049, 0.02415345,
		0.125792, 0.01451446, -0.3144799, 0.005744094, -0.0193281, 0.01078958, 0.09748876, 0.161023, 0.2419077, 0.00776229}, 1e-6},
	{"Hessian, W by W:", []float64{0.2207195, -0.103014, -0.09525573, -0.1030143, 0.3591052, 0.0122537, -0.09525587, 0.01225387,
		0.4852455, 0.3239306, -0.06953096, -0.2044705, 0.5081819}, 1e-6},
	{"gradient for each example:", []float64{-0.463074, -0.9973903, -0.6857058, -0.1775047, 0.2178467, -0.03025649, 0.2132221, 0.02460255,
		-0.5330554, -0.005789387, 0.01948051, -0.01087466, -0.890527, -0.2017099, 0.4100426, -0.007823496}, 1e-6},
	{"parameters:", []float64{0.7473489, -0.4063455, 2.361342, 0.6968847}, 2e-5},
	{"predictions:", []float64{0.9204614, 0.8954449, 0.1183009, 0.9961043}, 2e-6},
}

var number = regexp.MustCompile(`-?\d+\.\d*(e[-+]\d+)?`)

func TestLogreg(t *testing.T) {
	_, out := run(t, "logreg")
	rest := out
	for _, c := range logreg {
		_, after, ok := strings.Cut(rest, c.line)
		require.True(t, ok, "no %q in\n%s", c.line, rest)
		rest = after
		found := number.FindAllString(rest, len(c.want))
		require.Len(t, found, len(c.want))
		for i, w := range c.want {
			x, err := strconv.ParseFloat(found[i], 64)
			require.NoError(t, err)
			assert.InDelta(t, w, x, c.tol, "number %d after %q", i, c.line)
		}
	}
	assert.Regexp(t, `(?m)^step \d{2,3}: objective 0\.66238\d, gradient \d\.\de-07$`, out, "it converges")
}

func TestTutorial(t *testing.T) {
	_, list := run(t, "tutorial", "-list")
	ids := strings.Fields(list)
	require.Len(t, ids, len(programs.All))
	for i, p := range programs.All {
		assert.Equal(t, p.ID, ids[i])
	}

	_, some := run(t, "tutorial", "trace_custom_vjp_pullback", "newton_sqrt")
	want := "# trace_custom_vjp_pullback\ncalled f_bwd!\nArray(-0.9899925, dtype=float32, weak_type=True)\n\n# newton_sqrt\n1.4142135\n"
	assert.NoError(t, printed.Differ(want, some), "what a program continues from is not shown")

	_, all := run(t, "tutorial")
	headings := regexp.MustCompile(`(?m)^# (\w+)\n.`).FindAllStringSubmatch(all, -1)
	require.Len(t, headings, len(ids), "every program prints")
	for i, h := range headings {
		assert.Equal(t, ids[i], h[1])
	}
}
