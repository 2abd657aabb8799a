// Package thirdparty lists what has to come from elsewhere: the PJRT plugins,
// each pinned by version and hash, and where they are installed.
package thirdparty

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
)

// A Plugin is a shared library with a PJRT implementation, pinned in
// plugins.json. It is taken from a Python wheel.
type Plugin struct {
	Name          string   // of the wheel's package
	Version       string   // of the wheel's package
	Platform      string   // GOOS/GOARCH
	Device        string   // cpu, cuda, tpu
	Default       bool     // the one used where the user chose none
	Origin        string   // whose build of what
	Licence       string   // SPDX
	LicenceFiles  []string `json:"licence_files"` // in the wheel, installed beside the library
	API           string   `json:"pjrt_api"`      // version of the PJRT C API
	WheelSHA256   string   `json:"wheel_sha256"`
	WheelMB       int      `json:"wheel_mb"`
	Library       string   // in the wheel
	LibrarySHA256 string   `json:"library_sha256"`
	LibrarySize   int64    `json:"library_size"`
}

//go:embed plugins.json
var pinned []byte

// Plugins returns the pinned plugins of all platforms.
func Plugins() []Plugin {
	var ps []Plugin
	if err := json.Unmarshal(pinned, &ps); err != nil {
		panic("third_party/plugins.json: " + err.Error())
	}
	return ps
}

// Find returns this platform's plugin of that name, or its default one if
// name is empty.
func Find(name string) (Plugin, bool) {
	for _, p := range Plugins() {
		if p.Platform == runtime.GOOS+"/"+runtime.GOARCH && (p.Name == name || name == "" && p.Default) {
			return p, true
		}
	}
	return Plugin{}, false
}

// Cache is the folder for what is installed: JACOBI_CACHE if that is set,
// else jacobi in the user's cache folder.
func Cache() (string, error) {
	if dir := os.Getenv("JACOBI_CACHE"); dir != "" {
		if !filepath.IsAbs(dir) {
			return "", errors.New("JACOBI_CACHE=" + dir + " is not an absolute path")
		}
		return dir, nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "jacobi"), nil
}

// Dir is the folder of the installed plugin below the folder cache. Its name
// carries the hash, so another version is another folder.
func (p Plugin) Dir(cache string) string {
	return filepath.Join(cache, "plugins", p.Name+"-"+p.Version+"-"+p.LibrarySHA256[:12])
}

// Path is the installed plugin's library below the folder cache.
func (p Plugin) Path(cache string) string { return filepath.Join(p.Dir(cache), path.Base(p.Library)) }

// Installed reports whether the library is there. It is moved into place
// whole, so a file of the right size is the verified one.
func (p Plugin) Installed(cache string) bool { return p.Check(cache) == nil }

// Check says why the library cannot be used, if it cannot: an error like
// fs.ErrNotExist if it is not installed.
func (p Plugin) Check(cache string) error {
	f, err := os.Open(p.Path(cache))
	if err != nil {
		return reason(err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return reason(err)
	case info.IsDir():
		return errors.New("it is a folder, not a file")
	case info.Size() != p.LibrarySize:
		return fmt.Errorf("it has %d of %d bytes", info.Size(), p.LibrarySize)
	}
	return nil
}

// reason is err without the call and the path, which the caller says.
func reason(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}
