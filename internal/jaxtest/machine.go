package jaxtest

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/xla"
)

// Main runs the tests of a package that has XLA compile many small programs, so
// it does so quickly: the tests compare numbers with JAX's, and package xla tests
// programs as users' are compiled. What XLA_FLAGS has stays.
func Main(m *testing.M) {
	flags := "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
	if os.Getenv("JACOBI_PLUGIN") == "" { // the default one, which knows this flag; others end the process for it
		flags += " --xla_cpu_use_fusion_emitters=false"
	}
	if given := os.Getenv("XLA_FLAGS"); given != "" {
		flags += " " + given
	}
	os.Setenv("XLA_FLAGS", flags)
	os.Exit(m.Run())
}

// Computes reports whether the processor computes in d, which not every one does
// in float16.
func Computes(t *testing.T, d jx.DType) bool {
	c, err := xla.Default()
	require.NoError(t, err)
	return c.Computes(d)
}

// Floats are types of floats of which the processor computes in those that it
// gives back.
func Floats(t *testing.T, ds ...jx.DType) (some []jx.DType) {
	for _, d := range ds {
		if Computes(t, d) {
			some = append(some, d)
		} else {
			t.Logf("skipped %v, in which this processor does not compute", d)
		}
	}
	return some
}
