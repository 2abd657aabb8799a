//go:build !race

package graphtest

// Slower is how much longer a program takes, at most, with the race detector if
// that is on.
const Slower = 1
