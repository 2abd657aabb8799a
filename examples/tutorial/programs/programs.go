// Package programs holds the programs of the reference tutorial on automatic
// differentiation, as a Go user writes them, a file for each chapter.
package programs

import "slices"

// A Program is a block of the tutorial that prints.
type Program struct {
	ID    string
	Run   func() // prints to standard output
	After func() // what it continues from, if anything; it prints too
}

// All is the programs, in the order of the tutorial.
var All = slices.Concat(derivatives, products, complexes, customs, rules)
