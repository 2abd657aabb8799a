// Package tutorial runs the programs of examples/tutorial, and compares what
// they print with what JAX prints. docs/tutorial.md is made from them.
package tutorial

import (
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/examples/tutorial/programs"
)

// A check is of a block that prints nothing, or timings: it looks at what the
// block computes.
type check struct {
	id  string
	run func(*testing.T)
}

var checks = slices.Concat(derivatives, products, complexes, customs, rules, claims)

func TestTutorial(t *testing.T) {
	want := expected(t)
	seen := map[string]bool{}
	block := func(id string, run func(*testing.T)) {
		require.False(t, seen[id], "%s is there twice", id)
		seen[id] = true
		t.Run(id, run)
	}
	for _, p := range programs.All {
		block(p.ID, func(t *testing.T) { want.match(t, p.ID, prints(t, p)) })
	}
	for _, c := range checks {
		block(c.id, c.run)
	}
	for _, c := range want.Cases {
		assert.True(t, seen[c.ID], "%s has no program", c.ID)
	}
}

func prints(t *testing.T, p programs.Program) string {
	t.Helper()
	if p.After != nil {
		output(t, p.After)
	}
	return output(t, p.Run)
}

// output is what f prints.
func output(t *testing.T, f func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	stdout := os.Stdout
	os.Stdout = w
	text := make(chan string)
	go func() {
		all, _ := io.ReadAll(r)
		text <- string(all)
	}()
	func() {
		defer func() {
			os.Stdout = stdout
			w.Close()
		}()
		f()
	}()
	return strings.TrimSuffix(<-text, "\n")
}
