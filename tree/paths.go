package tree

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unsafe"
)

// An entry is one place of a tree, in the order of the walk: a leaf, a static
// value, or what holds others.
type entry struct {
	path string
	leaf bool
	text string // what is there, for people
	key  string // what is there, less what is below it
}

// Paths returns the path of every leaf, in order.
func (s *Structure[L]) Paths() []string {
	s.describe()
	return s.paths
}

// describe lists the entries, once.
func (s *Structure[L]) describe() {
	s.once.Do(func() {
		s.plan.root.describe("", s.skeleton, &s.entries)
		for _, e := range s.entries {
			if e.leaf {
				s.paths = append(s.paths, e.path)
			}
		}
	})
}

// describe appends the entries of the value at p.
func (n *node) describe(path string, p unsafe.Pointer, out *[]entry) {
	v := n.view(p)
	if v.leaf || v.entry {
		*out = append(*out, entry{path, v.leaf, v.text, v.key})
	}
	for _, part := range v.parts {
		part.describe(join(path, part.name), part.at, out)
	}
}

// join is the path of name below path.
func join(path, name string) string {
	switch {
	case path == "":
		return name
	case name == "":
		return path
	}
	return path + "." + name
}

// keyName is a map key in a path.
func keyName(k reflect.Value) string {
	switch {
	case k.CanInt():
		return strconv.FormatInt(k.Int(), 10)
	case k.CanUint():
		return strconv.FormatUint(k.Uint(), 10)
	}
	s := k.String()
	notWord := func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	if s == "" || strings.ContainsFunc(s, notWord) {
		return strconv.Quote(s)
	}
	return s
}

// Select returns the indices of the leaves at and below path. A path that does
// not exist, or has no leaves below it, is an error that lists those that do.
func (s *Structure[L]) Select(path string) ([]int, error) {
	var found []int
	for i, p := range s.Paths() {
		if below(p, path) {
			found = append(found, i)
		}
	}
	if found != nil || path == "" {
		return found, nil
	}
	if slices.ContainsFunc(s.entries, func(e entry) bool { return below(e.path, path) }) {
		return nil, fmt.Errorf("path %s leads to no arrays; %s", path, s.suggest(path))
	}
	return nil, fmt.Errorf("no path %s; %s", path, s.suggest(path))
}

// below reports whether p is path or continues it.
func below(p, path string) bool {
	rest, ok := strings.CutPrefix(p, path)
	return ok && (rest == "" || path == "" || rest[0] == '.')
}

// suggest lists the paths to leaves, those most like path first.
func (s *Structure[L]) suggest(path string) string {
	const most = 12
	paths := slices.Clone(s.Paths())
	if len(paths) == 0 {
		return "there are none"
	}
	slices.SortStableFunc(paths, func(a, b string) int { return distance(path, a) - distance(path, b) })
	more := ""
	if n := len(paths) - most; n > 0 {
		paths, more = paths[:most], fmt.Sprintf(" and %d more", n)
	}
	for i, p := range paths {
		if p == "" {
			paths[i] = `"" (the array itself)`
		}
	}
	return "the paths are " + strings.Join(paths, ", ") + more
}

// distance is the least number of insertions, deletions and replacements of
// runes that make a into the beginning of b that ends before a dot, or into b.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(x)+1) // distances from beginnings of x to y[:j]
	for i := range row {
		row[i] = i
	}
	best := len(x) + len(y)
	for j, r := range y {
		if r == '.' {
			best = min(best, row[len(x)])
		}
		diagonal := row[0]
		row[0] = j + 1
		for i, q := range x {
			d := diagonal
			if q != r {
				d = 1 + min(diagonal, row[i], row[i+1])
			}
			diagonal, row[i+1] = row[i+1], d
		}
	}
	return min(best, row[len(x)])
}
