// Package tutorial holds the programs of the reference tutorial on automatic
// differentiation, as a Go user writes them, and compares what they print with
// what JAX prints. docs/tutorial.md is made from them.
package tutorial

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A block is one program of the tutorial. Most print; run compares that with
// the reference. Those that print nothing, or timings, check what they
// computed.
type block struct {
	id    string
	run   func()           // prints
	check func(*testing.T) // or checks
	setup func()           // what it continues from, when it prints too
}

var blocks = append(append(derivatives, products...), append(append(complexes, customs...), append(rules, claims...)...)...)

func TestTutorial(t *testing.T) {
	want := expected(t)
	seen := map[string]bool{}
	for _, b := range blocks {
		require.False(t, seen[b.id], "%s is there twice", b.id)
		seen[b.id] = true
		t.Run(b.id, func(t *testing.T) {
			if b.check != nil {
				b.check(t)
				return
			}
			want.match(t, b.id, b.prints(t))
		})
	}
	for _, c := range want.Cases {
		assert.True(t, seen[c.ID], "%s has no program", c.ID)
	}
}

func (b block) prints(t *testing.T) string {
	t.Helper()
	if b.setup != nil {
		output(t, b.setup)
	}
	return output(t, b.run)
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
