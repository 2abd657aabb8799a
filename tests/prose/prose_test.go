// Package prose holds that a diff can show what changed in a document: text is
// in lines of at most 120 columns.
package prose

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "wrap the lines that are too long")

const width = 120

func TestLines(t *testing.T) {
	documents := 0
	require.NoError(t, filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && len(d.Name()) > 2 && d.Name()[0] == '.':
			return fs.SkipDir
		case filepath.Ext(strings.TrimSuffix(path, ".tmpl")) != ".md":
			return nil
		}
		documents++
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		wrapped := wrap(string(text))
		if *update && wrapped != string(text) {
			require.NoError(t, os.WriteFile(path, []byte(wrapped), 0o666))
			return nil
		}
		got := strings.Split(string(text), "\n")
		for i, line := range strings.Split(wrapped, "\n") {
			if line != got[i] {
				t.Errorf("%s:%d: a line of a paragraph is longer than %d columns; go test ./tests/prose -update wraps it", path, i+1, width)
				break
			}
		}
		return nil
	}))
	require.Greater(t, documents, 6)
}

// opening is how a block starts that lines with its indent go on with.
var opening = regexp.MustCompile(`^ *(?:[-*] |\d+\. )?`)

// wrap fills the paragraphs of a document in which a line is too long. Code,
// tables, headings and quotations, which are what programs say, stay as they
// are.
func wrap(document string) string {
	var out, block []string
	flush := func() {
		out = append(out, fill(block)...)
		block = nil
	}
	fenced := false
	for line := range strings.SplitSeq(document, "\n") {
		start := strings.TrimSpace(line)
		fence := strings.HasPrefix(start, "```")
		if fence {
			fenced = !fenced
		}
		indent := len(line) - len(strings.TrimLeft(line, " "))
		code := indent >= 4 && len(block) == 0
		switch {
		case fence || fenced || code || start == "" || start != "" && strings.ContainsRune("|>", rune(start[0])) || strings.HasPrefix(start, "#") || strings.HasPrefix(start, "<!--"):
			flush()
			out = append(out, line)
		case opening.FindString(line) != strings.Repeat(" ", indent): // an item of a list
			flush()
			block = []string{line}
		default:
			block = append(block, line)
		}
	}
	flush()
	return strings.Join(out, "\n")
}

func fill(block []string) []string {
	long := false
	for _, line := range block {
		long = long || utf8.RuneCountInString(line) > width
	}
	if !long {
		return block
	}
	start := opening.FindString(block[0])
	indent := strings.Repeat(" ", len(start))
	line := start
	var out []string
	words := wordsOf(strings.TrimPrefix(strings.Join(block, " "), start))
	for i, word := range words {
		switch {
		case i == 0:
			line += word
		case utf8.RuneCountInString(line+" "+word) > width && opening.FindString(word+" ") == "": // else it were an item
			out = append(out, line)
			line = indent + word
		default:
			line += " " + word
		}
	}
	return append(out, line)
}

// wordsOf are the words of a text; code between backquotes is one.
func wordsOf(text string) (words []string) {
	open := false
	for word := range strings.FieldsSeq(text) {
		if open {
			words[len(words)-1] += " " + word
		} else {
			words = append(words, word)
		}
		open = open != (strings.Count(word, "`")%2 == 1)
	}
	return words
}

func TestWrap(t *testing.T) {
	word := strings.Repeat("x", 50)
	long := word + " " + word + " " + word
	two := word + " " + word + "\n" + word
	for _, row := range []struct{ name, text, want string }{
		{"paragraph", long + "\nmore\n\nnext", two + " more\n\nnext"},
		{"short", "a\nb", "a\nb"},
		{"items", "- " + long + "\n- a\n  b", "- " + word + " " + word + "\n  " + word + "\n- a\n  b"},
		{"numbers", "1. a\n2. " + long, "1. a\n2. " + word + " " + word + "\n   " + word},
		{"code in text", long[:110] + " `go run it`.", long[:110] + "\n`go run it`."},
		{"a dash", long[:114] + " more - more", long[:114] + " more -\nmore"},
		{"code", "```\n" + long + "\n```\n\n    " + long, "```\n" + long + "\n```\n\n    " + long},
		{"table", "| " + long + " |", "| " + long + " |"},
		{"heading", "# " + long, "# " + long},
		{"one word", word + word + word, word + word + word},
	} {
		assert.Equal(t, row.want, wrap(row.text), row.name)
	}
}
