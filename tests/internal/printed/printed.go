// Package printed compares what programs print, where the last digits of
// numbers depend on the machine's vector instructions.
package printed

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

var number = regexp.MustCompile(`[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|nan|inf)`)

// Differ says where two texts differ in a word, or in a number by more than
// 1e-4 of it and 1e-5; it is nil if they do not. Spaces do not count, since
// columns follow their widest number.
func Differ(want, got string) error {
	w, g := split(want), split(got)
	for i := range min(len(w), len(g)) {
		if !near(w[i], g[i]) {
			return fmt.Errorf("%q where %q was, in\n%s", g[i], w[i], got)
		}
	}
	if len(w) != len(g) {
		return fmt.Errorf("%d words and numbers where %d were, in\n%s", len(g), len(w), got)
	}
	return nil
}

// split is the text's words and its numbers, in order.
func split(s string) []string {
	s = number.ReplaceAllString(s, " $0 ")
	for _, bracket := range "[](){}," {
		s = strings.ReplaceAll(s, string(bracket), " "+string(bracket)+" ")
	}
	return strings.Fields(s)
}

func near(want, got string) bool {
	if want == got {
		return true
	}
	w, err := strconv.ParseFloat(want, 64)
	g, err2 := strconv.ParseFloat(got, 64)
	return err == nil && err2 == nil && math.Abs(w-g) <= 1e-5+1e-4*math.Abs(w)
}
