package thirdparty_test

import (
	"io/fs"
	"os"
	"regexp"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	thirdparty "github.com/jacobi-go/jacobi/third_party"
)

// The reasons why what is installed cannot be used.
func TestCheck(t *testing.T) {
	p := thirdparty.Plugin{Name: "tiny", Version: "1", Library: "tiny/tiny.so", LibrarySHA256: "0123456789abcdef", LibrarySize: 3}
	cache := t.TempDir()
	require.ErrorIs(t, p.Check(cache), fs.ErrNotExist)
	require.NoError(t, os.MkdirAll(p.Dir(cache), 0o755))
	write := func(s string) { require.NoError(t, os.WriteFile(p.Path(cache), []byte(s), 0o600)) }
	write("12")
	require.EqualError(t, p.Check(cache), "it has 2 of 3 bytes")
	require.False(t, p.Installed(cache))
	write("123")
	require.NoError(t, p.Check(cache))
	require.True(t, p.Installed(cache))
	err := make(chan error)
	go func() { // a thread of another user, which ends with the goroutine
		runtime.LockOSThread()
		if os.Getuid() == 0 {
			_, _, _ = syscall.RawSyscall(syscall.SYS_SETFSUID, 65534, 0, 0)
		} else {
			_ = os.Chmod(p.Path(cache), 0)
		}
		err <- p.Check(cache)
	}()
	require.ErrorIs(t, <-err, fs.ErrPermission)
	require.NoError(t, os.Remove(p.Path(cache)))
	require.NoError(t, os.Mkdir(p.Path(cache), 0o755))
	require.EqualError(t, p.Check(cache), "it is a folder, not a file")
}

// The table in README.md says what plugins.json does.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	rows := regexp.MustCompile("(?m)^\\| `([^`]+)` ([0-9.]+)(, the default)? \\| ([^ ]+) \\|").FindAllStringSubmatch(string(text), -1)
	ps := thirdparty.Plugins()
	require.Len(t, rows, len(ps))
	for i, p := range ps {
		assert.Equal(t, []string{p.Name, p.Version, p.Platform}, []string{rows[i][1], rows[i][2], rows[i][4]})
		assert.Equal(t, p.Default, rows[i][3] != "", p.Name)
	}
}
