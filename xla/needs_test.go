package xla

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Without cgo the compiler says what is needed, and nothing else.
func TestWithoutCgo(t *testing.T) {
	cmd := exec.Command("go", "build", "github.com/jacobi-go/jacobi")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	assert.Error(t, err)
	assert.Equal(t, "# github.com/jacobi-go/jacobi/xla\nneeds.go:8:9: undefined: Jacobi_needs_linux_amd64_and_cgo\n", strings.ReplaceAll(string(out), "./", ""))
}
