// Package arrows holds the direction of dependency between packages.
package arrows

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// may lists, for each package, the packages of this module that it may depend
// on, directly or not. Those of users may depend on all.
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
	"lax":               "graph expand internal/goid internal/lru internal/npformat third_party xla jit internal/trace array internal/ops",
	"num":               "graph expand internal/goid internal/lru internal/npformat third_party xla jit internal/trace array internal/ops lax",
	"fft":               "graph expand internal/goid internal/lru internal/npformat third_party xla jit internal/trace array internal/ops",
	"random":            "graph expand internal/goid internal/lru internal/npformat third_party xla jit internal/trace array internal/ops lax num vmapper",
	"debug":             "graph expand internal/goid internal/lru internal/npformat third_party xla jit internal/trace array internal/ops tree",
	"linalg":            "graph expand internal/goid internal/lru internal/npformat third_party xla jit internal/trace array internal/ops lax num",
	"":                  root,
	"ad/adtest":         "jacobi lax num " + root,
	"internal/jaxtest":  "jacobi lax num " + root,
	// Programs for tests.
	"xla/internal/cloop":   "",
	"xla/internal/failing": "",
}

const root = "graph expand internal/goid internal/lru internal/npformat third_party xla jit internal/trace array internal/ops tree ad vmapper jac"

// users are folders of packages that use the library as its users do. Nothing
// of it depends on them.
var users = []string{"examples/", "scripts/", "tests/"}

const module = "github.com/jacobi-go/jacobi"

func TestArrows(t *testing.T) {
	sources(t)
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}:{{join .Deps " "}}`, module+"/...").CombinedOutput()
	require.NoError(t, err, string(out))
	met := 0
	for line := range strings.Lines(string(out)) {
		path, deps, _ := strings.Cut(strings.TrimSpace(line), ":")
		name := strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
		if slices.ContainsFunc(users, func(dir string) bool { return strings.HasPrefix(name, dir) }) {
			continue
		}
		allowed, listed := may[name]
		if !listed {
			t.Errorf("package %q is new: say on what it may depend", name)
			continue
		}
		met++
		for dep := range strings.FieldsSeq(deps) {
			if dep != module && !strings.HasPrefix(dep, module+"/") {
				if first, _, _ := strings.Cut(dep, "/"); name == "graph" && strings.Contains(first, ".") {
					t.Errorf("graph imports %s; it imports the standard library only", dep)
				}
				continue
			}
			inner := strings.TrimPrefix(strings.TrimPrefix(dep, module), "/")
			if inner == "" {
				inner = "jacobi"
			}
			if !slices.Contains(strings.Fields(allowed), inner) {
				t.Errorf("%q depends on %q", name, inner)
			}
		}
	}
	require.Equal(t, len(may), met, "packages are gone:\n%s", out)
}

// sources looks at every source: what go list reads is unknown to the cache of
// tests, which would not run this again.
func sources(t *testing.T) {
	require.NoError(t, filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && len(d.Name()) > 2 && d.Name()[0] == '.':
			return fs.SkipDir
		case strings.HasSuffix(path, ".go"):
			_, err = os.Stat(path)
		}
		return err
	}))
}
