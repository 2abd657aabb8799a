package main

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Jacobi's side alone, for profiles and benchstat.
func Benchmark(b *testing.B) {
	for _, c := range choose(nil) {
		b.Run(c.name, func(b *testing.B) {
			p := c.make()
			p.run(2)
			b.ReportAllocs()
			b.ResetTimer()
			p.run(b.N)
		})
	}
}

func TestProgramsRun(t *testing.T) {
	for _, c := range choose(nil) {
		t.Run(c.name, func(t *testing.T) {
			if value, ok := try(c); ok {
				require.Positive(t, value)
				require.False(t, math.IsInf(value, 0))
			}
		})
	}
}

// What does the same by different means must agree.
func TestProgramsAgree(t *testing.T) {
	for _, names := range [][]string{
		{"hvp/forward_over_reverse", "hvp/reverse_over_forward", "hvp/reverse_over_reverse", "hvp/naive_hessian",
			"hvp/forward_over_reverse_jit", "hvp/reverse_over_forward_jit", "hvp/reverse_over_reverse_jit", "hvp/naive_hessian_jit"},
		{"mjp/vjp_loop", "mjp/vjp_vmap", "mjp/vjp_vmap_jit"},
		{"mjp/jvp_loop", "mjp/jvp_vmap", "mjp/jvp_vmap_jit"},
		{"perexample/b64", "perexample/b64_jit"},
		{"jacobian/jacfwd", "jacobian/jacfwd_jit", "jacobian/jacrev", "jacobian/jacrev_jit"},
	} {
		want, ok := try(named(t, names[0]))
		require.True(t, ok)
		for _, name := range names[1:] {
			got, ok := try(named(t, name))
			require.True(t, ok)
			require.InEpsilon(t, want, got, 1e-4, name)
		}
	}
}

func named(t *testing.T, name string) benchmark {
	all := choose(nil)
	i := slices.IndexFunc(all, func(b benchmark) bool { return b.name == name })
	require.GreaterOrEqual(t, i, 0, name)
	return all[i]
}

// JAX's programs are ours by name, and all that have a goal have one in JAX.
func TestPeerHasTheSamePrograms(t *testing.T) {
	source, err := os.ReadFile("../../" + script)
	require.NoError(t, err)
	var ours []string
	for _, b := range choose(nil) {
		ours = append(ours, b.name)
		if b.goal != 0 && filepath.Dir(b.name) != "hvp" { // those are made in a loop there
			require.Contains(t, string(source), `"`+b.name+`"`)
		}
	}
	for _, m := range regexp.MustCompile(`"([a-z]+/[a-z0-9_]+)"`).FindAllStringSubmatch(string(source), -1) {
		require.Contains(t, ours, m[1])
	}
}

func TestMeasures(t *testing.T) {
	require.Equal(t, 2.0, median([]float64{3, 1, 2}))
	require.Equal(t, 2.5, median([]float64{4, 1, 2, 3}))
	r := row{benchmark: benchmark{name: "a", goal: 0.5}, ours: []float64{1e-6, 3e-6, 2e-6}, theirs: []float64{4e-6, 4e-6, 4e-6}}
	require.Equal(t, [6]string{"a", "1.00 µs", "4.00 µs", "1/4", "1/2", "1/2 met"}, r.cells())
	r.goal = 0.2
	require.Equal(t, "1/5 missed", r.cells()[5])
}

func TestRewriteKeepsTheRest(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.md")
	r := row{benchmark: benchmark{name: "a"}, ours: []float64{1}}
	require.NoError(t, os.WriteFile(file, []byte("before\n"+begin+"old\n"+end+"after\n"), 0o644))
	require.NoError(t, rewrite(file, "machine\n", []row{r}))
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "before\n"+begin+markdown("machine\n", []row{r})+end+"after\n", string(got))
	require.NoError(t, os.WriteFile(file, []byte("no table\n"), 0o644))
	require.Error(t, rewrite(file, "machine\n", nil))
}
