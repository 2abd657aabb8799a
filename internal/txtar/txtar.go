// Package txtar reads and writes files made of named sections of text, each
// begun by a line "-- name --".
package txtar

import "strings"

// A Section is a part of a file.
type Section struct{ Name, Text string }

// Format joins sections.
func Format(sections []Section) string {
	var b strings.Builder
	for _, s := range sections {
		b.WriteString("-- " + s.Name + " --\n" + s.Text)
		if s.Text != "" && !strings.HasSuffix(s.Text, "\n") {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// Parse divides text; what comes before the first section is a comment and is
// left out.
func Parse(text string) []Section {
	var sections []Section
	for line := range strings.Lines(text) {
		name, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "-- ")
		if name, end := strings.CutSuffix(name, " --"); ok && end {
			sections = append(sections, Section{Name: name})
		} else if n := len(sections); n > 0 {
			sections[n-1].Text += line
		}
	}
	return sections
}
