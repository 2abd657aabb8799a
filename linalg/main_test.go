package linalg_test

import (
	"os"
	"testing"
)

// XLA compiles many small programs here, so it does so quickly: this compares
// numbers with JAX's. Package xla tests programs as users' are compiled.
func TestMain(m *testing.M) {
	if os.Getenv("XLA_FLAGS") == "" {
		os.Setenv("XLA_FLAGS", "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true --xla_cpu_use_fusion_emitters=false")
	}
	os.Exit(m.Run())
}
