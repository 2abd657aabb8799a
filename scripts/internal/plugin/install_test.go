package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	thirdparty "github.com/jacobi-go/jacobi/third_party"
)

const library = "not really a library"

// offline builds a small wheel, makes it all that pip can find, and returns an
// installer of it into an empty cache.
func offline(t *testing.T) installer {
	if err := exec.Command("python3", "-m", "pip", "--version").Run(); err != nil {
		t.Skip("installing needs python3 with pip, which is not here: ", err)
	}
	p := thirdparty.Plugin{Name: "tiny-plugin", Version: "1.0", Library: "tiny/tiny.so", LicenceFiles: []string{"tiny_plugin-1.0.dist-info/LICENSE"}, LibrarySize: int64(len(library))}
	var wheel bytes.Buffer
	z := zip.NewWriter(&wheel)
	for _, f := range [][2]string{
		{p.Library, library},
		{p.LicenceFiles[0], "a licence"},
		{"tiny_plugin-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny-plugin\nVersion: 1.0\n"},
		{"tiny_plugin-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
		{"tiny_plugin-1.0.dist-info/RECORD", ""},
	} {
		w, err := z.Create(f[0])
		require.NoError(t, err)
		_, err = io.WriteString(w, f[1])
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	shelf := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(shelf, "tiny_plugin-1.0-py3-none-any.whl"), wheel.Bytes(), 0o644))
	t.Setenv("PIP_NO_INDEX", "1")
	t.Setenv("PIP_FIND_LINKS", shelf)
	sum := func(b []byte) string { h := sha256.Sum256(b); return hex.EncodeToString(h[:]) }
	p.WheelSHA256, p.LibrarySHA256 = sum(wheel.Bytes()), sum([]byte(library))
	return installer{p, t.TempDir(), io.Discard}
}

// files are the names of what an installer left, without its lock.
func files(t *testing.T, cache string) []string {
	var names []string
	entries, err := os.ReadDir(filepath.Join(cache, "plugins"))
	require.NoError(t, err)
	for _, e := range entries {
		if e.Name() != ".lock" {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestInstall(t *testing.T) {
	i := offline(t)
	var log bytes.Buffer
	i.log = &log
	assert.False(t, i.Installed(i.cache))
	require.NoError(t, i.install(false))
	assert.True(t, i.Installed(i.cache))
	assert.Regexp(t, `^downloading tiny-plugin 1\.0 \(0 MB\) \.\.\. \d+ s\n$`, log.String())
	assert.Equal(t, []string{filepath.Base(i.Dir(i.cache))}, files(t, i.cache))
	for name, want := range map[string]string{"tiny.so": library, "LICENSE": "a licence"} {
		got, err := os.ReadFile(filepath.Join(i.Dir(i.cache), name))
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
	}

	// Once installed, pip is not asked.
	log.Reset()
	t.Setenv("PIP_FIND_LINKS", t.TempDir())
	require.NoError(t, i.install(false))
	require.NoError(t, i.install(true))
	assert.Empty(t, log.String())
}

func TestInstallRepairs(t *testing.T) {
	i := offline(t)
	require.NoError(t, i.install(false))
	require.NoError(t, os.WriteFile(i.Path(i.cache), []byte("cut"), 0o644))
	require.NoError(t, i.install(false))
	require.NoError(t, os.WriteFile(i.Path(i.cache), []byte("Not really a library"), 0o644))
	require.NoError(t, i.install(true))
	got, err := os.ReadFile(i.Path(i.cache))
	require.NoError(t, err)
	assert.Equal(t, library, string(got))
}

func TestInstallTwiceAtOnce(t *testing.T) {
	i := offline(t)
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for k := range errs {
		wg.Go(func() { errs[k] = i.install(false) })
	}
	wg.Wait()
	for _, err := range errs {
		assert.NoError(t, err)
	}
	assert.True(t, i.Installed(i.cache))
	assert.Equal(t, []string{filepath.Base(i.Dir(i.cache))}, files(t, i.cache))
}

func TestInstallRefusesWrongHashes(t *testing.T) {
	i := offline(t)
	wrong := fmt.Sprintf("%064x", 1)
	bad := i
	bad.WheelSHA256 = wrong
	err := bad.install(false)
	require.ErrorContains(t, err, "is not the pinned one and was refused")
	require.ErrorContains(t, err, i.WheelSHA256)
	assert.Empty(t, files(t, i.cache))

	bad = i
	bad.LibrarySHA256 = wrong
	require.ErrorContains(t, bad.install(false), "but "+wrong+" is pinned: it is not installed")
	assert.Empty(t, files(t, i.cache))
	assert.False(t, bad.Installed(i.cache))
}

func TestInstallSaysWhatPipSays(t *testing.T) {
	i := offline(t)
	i.Version = "2.0"
	require.ErrorContains(t, i.install(false), "pip could not download tiny-plugin 2.0")
	assert.Empty(t, files(t, i.cache))
	t.Setenv("PATH", "")
	require.ErrorContains(t, i.install(false), "there is no python3")
}

func TestPinned(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range thirdparty.Plugins() {
		assert.Regexp(t, "^[0-9a-f]{64}$", p.WheelSHA256, p.Name)
		assert.Regexp(t, "^[0-9a-f]{64}$", p.LibrarySHA256, p.Name)
		assert.NotZero(t, p.LibrarySize, p.Name)
		assert.NotEmpty(t, p.Licence, p.Name)
		if p.Default {
			assert.False(t, seen[p.Platform], "two defaults for %s", p.Platform)
			seen[p.Platform] = true
		}
	}
	assert.True(t, seen["linux/amd64"])
}
