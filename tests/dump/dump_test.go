// Package dump holds what JACOBI_DUMP writes.
package dump

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/num"
)

type arr = *jx.Array

// program is the gradient of a loop, for many, compiled, and one that is not
// jitted, called often.
func program() {
	f := func(x arr) arr {
		y, _ := jx.Scan(x, jx.From([]float32{1, 2, 3}), func(c, x arr) (arr, arr) { return num.Mul(num.Sin(c), x), c })
		return y
	}
	jx.Jit(jx.VMap(jx.Grad(f)))(jx.From([]float32{1, 2}))
	for range 3 {
		jx.Grad(num.Cos)(jx.Scalar(float32(1)))
	}
}

func TestMain(m *testing.M) {
	if os.Getenv("JACOBI_DUMP") != "" {
		if err := jx.Try(program); err != nil {
			fmt.Println(err)
		}
		return
	}
	os.Exit(m.Run())
}

// run runs program in a process that dumps to dir.
func run(t *testing.T, dir string) string {
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), "JACOBI_DUMP="+dir)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}

func TestDump(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "dump")
	require.Empty(t, run(t, dir))
	require.Empty(t, run(t, dir)) // goes on where the first ended

	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	stages := map[string][]string{} // by program
	form := regexp.MustCompile(`^(\d{4}-\w+)-(\d\d)-([\w.]+)$`)
	for _, f := range files {
		m := form.FindStringSubmatch(f.Name())
		require.NotNil(t, m, f.Name())
		require.Equal(t, fmt.Sprintf("%02d", len(stages[m[1]])), m[2], f.Name())
		stages[m[1]] = append(stages[m[1]], m[3])
		text, err := os.ReadFile(filepath.Join(dir, f.Name()))
		require.NoError(t, err)
		switch filepath.Ext(f.Name()) {
		case ".jaxpr":
			g, err := graph.Parse(string(text))
			require.NoError(t, err, "%s: %s", f.Name(), text)
			require.NoError(t, graph.Check(g))
		case ".mlir":
			assert.Contains(t, string(text), "stablehlo.")
			assert.Contains(t, string(text), "dump_test.go")
		case ".hlo":
			assert.True(t, strings.HasPrefix(string(text), "HloModule "), "%s", text)
			assert.Contains(t, string(text), "ENTRY")
		default:
			t.Error("what is ", f.Name())
		}
	}
	for first := range 2 {
		loop := stages[fmt.Sprintf("%04d-Jit", 2*first+1)]
		assert.Subset(t, loop, []string{"traced.Jit.jaxpr", "traced.Scan.jaxpr", "traced.Grad.jaxpr", "Grad.jaxpr", "batch.jaxpr", "expand.jaxpr"})
		assert.Equal(t, []string{"stablehlo.mlir", "optimized.hlo"}, loop[len(loop)-2:])
		one := stages[fmt.Sprintf("%04d-Grad", 2*first+2)]
		assert.Equal(t, []string{"traced.Grad.jaxpr", "jvp.jaxpr", "partialEval.known.jaxpr", "partialEval.staged.jaxpr", "transpose.jaxpr", "Grad.jaxpr",
			"stablehlo.mlir", "optimized.hlo"}, one)
	}
	assert.Len(t, stages, 4)
}

func TestDumpNowhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	out := run(t, filepath.Join(file, "dump"))
	assert.Regexp(t, `^dump_test.go:\d+: JACOBI_DUMP: cannot write programs to ".*": mkdir .*: not a directory; set it to a folder that this user can write to, or unset it\n$`, out)
}
