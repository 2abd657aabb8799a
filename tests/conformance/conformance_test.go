// Package conformance compares every op, and its derivatives, with JAX.
package conformance

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"jacobi/graph/interp"
)

// The reference evaluator does what JAX does.
func TestInterp(t *testing.T) {
	for _, r := range records(t) {
		check(t, r, interp.Eval(r.g, r.in...), r.out)
	}
}

func check(t *testing.T, r record, got, want []interp.Tensor) {
	t.Helper()
	require.Len(t, got, len(want), r.name)
	for i := range want {
		assert.NoError(t, differ(r.in, got[i], want[i], tolerance(r)), r.name)
	}
}
