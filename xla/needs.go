//go:build !cgo || !(linux || darwin)

package xla

// XLA is a C library. Where it cannot be called the compiler says so, by this
// name: build on linux/amd64, for which a plugin is pinned, with a C compiler
// and CGO_ENABLED=1.
var _ = Jacobi_needs_linux_amd64_and_cgo
