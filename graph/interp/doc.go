// Package interp evaluates graphs in Go, slowly and obviously: each op does
// what its definition says, element by element. It is the reference that
// tests compare the compiler and the transforms with.
//
// Floats are computed in float64 and rounded to their dtype after each op, so
// float16, bfloat16 and float32 results are the exact ones, rounded once.
package interp
