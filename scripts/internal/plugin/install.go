package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	thirdparty "github.com/jacobi-go/jacobi/third_party"
)

// An installer puts one plugin into a cache folder.
type installer struct {
	thirdparty.Plugin
	cache string
	log   io.Writer
}

// install brings the plugin into the cache, unless it is there. What is there
// has been verified and is whole: everything is made in a folder beside it that
// is renamed at the end. Of several installers one works and the others wait.
func (i installer) install(verify bool) error {
	if i.Installed(i.cache) && (!verify || i.intact()) {
		return nil
	}
	unlock, err := i.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if i.Installed(i.cache) && (!verify || i.intact()) {
		return nil
	}
	plugins := filepath.Dir(i.Dir(i.cache))
	leftovers, _ := filepath.Glob(filepath.Join(plugins, ".new-*"))
	for _, dir := range leftovers { // of installers that were killed
		os.RemoveAll(dir)
	}
	work, err := os.MkdirTemp(plugins, ".new-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	wheel, err := i.download(work)
	if err != nil {
		return err
	}
	out := filepath.Join(work, "plugin")
	if err := i.unpack(wheel, out); err != nil {
		return err
	}
	if err := os.RemoveAll(i.Dir(i.cache)); err != nil { // incomplete or not intact
		return err
	}
	return os.Rename(out, i.Dir(i.cache))
}

func (i installer) lock() (unlock func(), err error) {
	dir := filepath.Dir(i.Dir(i.cache))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, ".lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		fmt.Fprintln(i.log, "waiting for another installation")
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
			f.Close()
			return nil, err
		}
	}
	return func() { f.Close() }, nil
}

func (i installer) intact() bool {
	sum, err := hashFile(i.Path(i.cache))
	if err != nil || sum != i.LibrarySHA256 {
		fmt.Fprintf(i.log, "%s is not as pinned: installing it anew\n", i.Path(i.cache))
		return false
	}
	return true
}

// download gets the wheel with pip, which knows the user's index and proxy.
func (i installer) download(work string) (wheel string, err error) {
	fmt.Fprintf(i.log, "downloading %s %s (%d MB) ... ", i.Name, i.Version, i.WheelMB)
	start := time.Now()
	requirements := filepath.Join(work, "requirements.txt")
	line := fmt.Sprintf("%s==%s --hash=sha256:%s\n", i.Name, i.Version, i.WheelSHA256)
	if err := os.WriteFile(requirements, []byte(line), 0o644); err != nil {
		return "", err
	}
	dir := filepath.Join(work, "wheel")
	cmd := exec.Command("python3", "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
		"--only-binary", ":all:", "--require-hashes", "--dest", dir, "--requirement", requirements)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		fmt.Fprintln(i.log, "failed")
		if errors.Is(err, exec.ErrNotFound) {
			return "", errors.New("python3 with pip is needed to download the plugin, and there is no python3")
		}
		if strings.Contains(said.String(), "DO NOT MATCH THE HASHES") {
			return "", fmt.Errorf("the wheel of %s %s is not the pinned one and was refused; pip says:\n%s", i.Name, i.Version, strings.TrimSpace(said.String()))
		}
		return "", fmt.Errorf("pip could not download %s %s: %v\n%s", i.Name, i.Version, err, strings.TrimSpace(said.String()))
	}
	wheels, err := filepath.Glob(filepath.Join(dir, "*.whl"))
	if err != nil || len(wheels) != 1 {
		fmt.Fprintln(i.log, "failed")
		return "", fmt.Errorf("pip downloaded %d wheels of %s, want 1", len(wheels), i.Name)
	}
	sum, err := hashFile(wheels[0])
	if err != nil {
		return "", err
	}
	if sum != i.WheelSHA256 {
		fmt.Fprintln(i.log, "refused")
		return "", fmt.Errorf("the wheel of %s %s has the SHA-256 %s, but %s is pinned: it is not installed", i.Name, i.Version, sum, i.WheelSHA256)
	}
	fmt.Fprintf(i.log, "%.0f s\n", time.Since(start).Seconds())
	return wheels[0], nil
}

// unpack writes the library, if it is the pinned one, and its licences to the
// new folder out.
func (i installer) unpack(wheel, out string) error {
	z, err := zip.OpenReader(wheel)
	if err != nil {
		return err
	}
	defer z.Close()
	if err := os.Mkdir(out, 0o755); err != nil {
		return err
	}
	for _, name := range append([]string{i.Library}, i.LicenceFiles...) {
		at := slices.IndexFunc(z.File, func(f *zip.File) bool { return f.Name == name })
		if at < 0 {
			return fmt.Errorf("there is no %s in the wheel of %s %s", name, i.Name, i.Version)
		}
		sum, err := extract(z.File[at], filepath.Join(out, path.Base(name)))
		if err != nil {
			return err
		}
		if name == i.Library && sum != i.LibrarySHA256 {
			return fmt.Errorf("%s in the wheel of %s %s has the SHA-256 %s, but %s is pinned: it is not installed", name, i.Name, i.Version, sum, i.LibrarySHA256)
		}
	}
	origin, err := json.MarshalIndent(i.Plugin, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "plugin.json"), append(origin, '\n'), 0o644)
}

func extract(f *zip.File, to string) (sum string, err error) {
	r, err := f.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	w, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(w, h), r)
	// The rename that follows must not be on disk before the contents.
	return hex.EncodeToString(h.Sum(nil)), errors.Join(err, w.Sync(), w.Close())
}

func hashFile(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), err
}
