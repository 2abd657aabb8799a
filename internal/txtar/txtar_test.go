package txtar_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/internal/txtar"
)

func TestParseFormat(t *testing.T) {
	sections := []txtar.Section{{"in", "a\n-- b\n"}, {"empty", ""}, {"last one", "c --\n"}}
	text := txtar.Format(sections)
	require.Equal(t, "-- in --\na\n-- b\n-- empty --\n-- last one --\nc --\n", text)
	require.Equal(t, sections, txtar.Parse("a comment\n"+text))
	require.Equal(t, "-- x --\nno newline\n", txtar.Format([]txtar.Section{{"x", "no newline"}}))
}
