// Package arrows holds the direction of dependency between packages.
package arrows

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// may lists, for each package, the packages of this module that it may depend
// on, directly or not.
var may = map[string]string{
	"graph":             "",
	"graph/interp":      "graph",
	"graph/graphtest":   "graph graph/interp",
	"internal/goid":     "",
	"internal/lru":      "",
	"internal/npformat": "graph",
	"internal/txtar":    "",
	"tree":              "graph",
	"ad":                "graph",
	"vmapper":           "graph",
	"internal/ownrules": "graph ad",
	"jac":               "graph ad vmapper",
	"expand":            "graph",
	"third_party":       "",
	"xla":               "graph expand internal/goid third_party",
	"jit":               "graph expand internal/goid internal/lru third_party xla",
	"internal/trace":    "graph expand internal/goid internal/lru third_party xla jit",
	"array":             "graph expand internal/goid internal/lru internal/npformat third_party xla jit internal/trace",
	"internal/ops":      "graph expand internal/goid internal/lru internal/npformat third_party xla jit internal/trace array",
	"num":               "graph expand internal/goid internal/lru internal/npformat third_party xla jit internal/trace array internal/ops",
	"fft":               "graph expand internal/goid internal/lru internal/npformat third_party xla jit internal/trace array internal/ops",
	"random":            "graph expand internal/goid internal/lru internal/npformat third_party xla jit internal/trace array internal/ops num vmapper",
	"debug":             "graph expand internal/goid internal/lru internal/npformat third_party xla jit internal/trace array internal/ops tree",
	"linalg":            "graph expand internal/goid internal/lru internal/npformat third_party xla jit internal/trace array internal/ops num",
	"":                  "graph expand internal/goid internal/lru internal/npformat third_party xla jit internal/trace array internal/ops tree ad vmapper jac",
}

func TestArrows(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}:{{join .Deps " "}}`, "jacobi/...").CombinedOutput()
	require.NoError(t, err, string(out))
	met := 0
	for line := range strings.Lines(string(out)) {
		path, deps, _ := strings.Cut(strings.TrimSpace(line), ":")
		name := strings.TrimPrefix(strings.TrimPrefix(path, "jacobi"), "/")
		allowed, listed := may[name]
		if !listed {
			continue
		}
		met++
		for dep := range strings.FieldsSeq(deps) {
			if dep != "jacobi" && !strings.HasPrefix(dep, "jacobi/") {
				if first, _, _ := strings.Cut(dep, "/"); name == "graph" && strings.Contains(first, ".") {
					t.Errorf("graph imports %s; it imports the standard library only", dep)
				}
				continue
			}
			inner := strings.TrimPrefix(strings.TrimPrefix(dep, "jacobi"), "/")
			if !slices.Contains(strings.Fields(allowed), inner) {
				t.Errorf("%q depends on %q", name, inner)
			}
		}
	}
	require.Equal(t, len(may), met, "packages are gone or new:\n%s", out)
}
