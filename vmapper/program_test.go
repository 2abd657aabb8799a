package vmapper_test

import (
	"math"
	"math/cmplx"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"jacobi/ad"
	"jacobi/graph"
	"jacobi/graph/graphtest"
	"jacobi/graph/interp"
	"jacobi/vmapper"
)
