package tutorial

import (
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	update    = flag.Bool("update", false, "write docs/tutorial.md")
	reference = flag.String("reference", "", "a run of the tutorial by JAX (JSON), to make testdata/expected.json from")
)

// A comparison says how much of the printed text must agree.
type comparison string

const (
	text    comparison = "text"    // every byte
	numbers comparison = "numbers" // the numbers, to 1e-5, in order
	calls   comparison = "calls"   // the lines before the error, whose words are ours
	program comparison = "program" // nothing: the block prints nothing, or timings or plots
)

// An expectation is what JAX printed.
type expectation struct {
	JAX   string         `json:"jax"`
	Cases []expectedCase `json:"cases"`
}

type expectedCase struct {
	ID      string     `json:"id"`
	Compare comparison `json:"compare"`
	Output  string     `json:"output,omitempty"`
}

const expectedFile = "testdata/expected.json"

func expected(t *testing.T) expectation {
	t.Helper()
	if *reference != "" {
		writeExpected(t, *reference)
	}
	raw, err := os.ReadFile(expectedFile)
	require.NoError(t, err)
	var e expectation
	require.NoError(t, json.Unmarshal(raw, &e))
	return e
}

func (e expectation) match(t *testing.T, id, got string) {
	t.Helper()
	for _, c := range e.Cases {
		if c.ID != id {
			continue
		}
		switch c.Compare {
		case text:
			assert.Equal(t, c.Output, got)
		case calls:
			before, _, failed := strings.Cut(got, "ERROR! ")
			assert.True(t, failed, "no error in %q", got)
			assert.Equal(t, c.Output, before)
		case numbers:
			want, have := parseNumbers(t, c.Output), parseNumbers(t, got)
			require.Len(t, have, len(want), "want\n%s\ngot\n%s", c.Output, got)
			for i, w := range want {
				assert.InDelta(t, w, have[i], 1e-6+1e-5*max(w, -w), "number %d of\n%s\nwant\n%s", i, got, c.Output)
			}
		default:
			t.Errorf("%s is compared by a check of its own, not by what it prints", id)
		}
		return
	}
	t.Errorf("no reference for %s", id)
}

// number finds numbers, not the digits of names such as float32.
var number = regexp.MustCompile(`(?:^|[^\w.])([-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|nan|inf))`)

func parseNumbers(t *testing.T, s string) []float64 {
	t.Helper()
	var out []float64
	for _, m := range number.FindAllStringSubmatch(s, -1) {
		x, err := strconv.ParseFloat(m[1], 64)
		require.NoError(t, err)
		out = append(out, x)
	}
	return out
}

// writeExpected keeps ids and what was printed of a reference run, not its
// programs.
func writeExpected(t *testing.T, path string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	var run struct {
		JAX   string
		Cases []struct {
			ID, Kind string
			Random   bool   `json:"uses_random"`
			Output   string `json:"output_now"`
			Compare  struct {
				TextEqual bool `json:"text_equal"`
			}
		}
		Prose []struct{ ID string } `json:"prose_claims"`
	}
	require.NoError(t, json.Unmarshal(raw, &run))
	e := expectation{JAX: run.JAX}
	for _, c := range run.Cases {
		out := expectedCase{ID: c.ID, Compare: program}
		switch {
		case c.Kind == "error":
			out.Compare = calls
			out.Output, _, _ = strings.Cut(c.Output, "ERROR! ")
		case c.Kind == "jaxpr", c.Compare.TextEqual && c.Kind != "text" && !(c.Random && c.Kind == "value"):
			out.Compare, out.Output = text, goText(c.Output)
		case c.Kind == "value":
			out.Compare, out.Output = numbers, c.Output
		}
		if strings.HasPrefix(c.ID, "pytree_") {
			out.Compare, out.Output = numbers, c.Output // dicts and namedtuples print as Go structs
		}
		e.Cases = append(e.Cases, out)
	}
	for _, c := range run.Prose {
		e.Cases = append(e.Cases, expectedCase{ID: c.ID, Compare: program})
	}
	raw, err = json.MarshalIndent(e, "", "\t")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(expectedFile, append(raw, '\n'), 0o644))
}

var (
	unused   = regexp.MustCompile(`(?m)^ *_:.*\n`)            // an equation whose value nothing uses; ours are dropped
	tuple1   = regexp.MustCompile(`(?m)^\((Array\(.*\)),\)$`) // a tuple of one array; Go has the array
	boolLine = regexp.MustCompile(`(?m)^True$`)
)

// goText is what Python prints as a Go program prints the same.
func goText(s string) string {
	s = unused.ReplaceAllString(s, "")
	s = tuple1.ReplaceAllString(s, "$1")
	return strings.TrimRight(boolLine.ReplaceAllString(s, "true"), "\n")
}
