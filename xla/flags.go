//go:build cgo && unix

package xla

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"syscall"

	"github.com/jacobi-go/jacobi/graph"
)

var flagForm = regexp.MustCompile(`^--?([a-z][a-z0-9_]*)(=.*)?$`)

// checkFlags refuses an XLA_FLAGS for which the plugin at path would end the
// process: words that are not flags, and flags it does not know. The names a
// plugin knows are strings in its file, so a name that is nowhere in it is
// unknown. A known flag with an ill-formed value still ends the process.
func checkFlags(flags, path string) error {
	if flags == "" {
		return nil
	}
	if flags = strings.TrimSpace(flags); flags == "" {
		return graph.Errorf(graph.ErrPlugin, "plugin", "XLA_FLAGS is blank: unset it, or name flags as --name=value")
	}
	if !strings.HasPrefix(flags, "-") { // XLA reads the flags from that file
		text, err := os.ReadFile(flags)
		if err != nil {
			return graph.Errorf(graph.ErrPlugin, "plugin", "XLA_FLAGS=%q is neither a list of flags, which start with --, nor a file: %v", flags, err)
		}
		flags = string(text)
	}
	var names []string
	for _, word := range strings.Fields(flags) {
		m := flagForm.FindStringSubmatch(word)
		if m == nil {
			return graph.Errorf(graph.ErrPlugin, "plugin", "XLA_FLAGS: %q is not a flag: write --name=value, without spaces or quotes", word)
		}
		names = append(names, m[1])
	}
	library, unmap, err := mapFile(path)
	if err != nil {
		return graph.Errorf(graph.ErrPlugin, "plugin", "cannot read the PJRT plugin %s: %v", path, err)
	}
	defer unmap()
	for _, name := range names {
		if !containsName(library, name) {
			return graph.Errorf(graph.ErrPlugin, "plugin", "XLA_FLAGS: the plugin %s does not know the flag --%s, and would end the process for it", path, name)
		}
	}
	return nil
}

func mapFile(path string) (data []byte, unmap func(), err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	data, err = syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	return data, func() { syscall.Munmap(data) }, err
}

// containsName reports whether name is in data as C strings are, ended by a
// zero, and no end of a longer name. Fields of messages that are no flags any
// more are there, too, but not so.
func containsName(data []byte, name string) bool {
	for {
		i := bytes.Index(data, []byte(name+"\x00"))
		if i < 0 {
			return false
		}
		if i == 0 || data[i-1] != '_' && (data[i-1] < 'a' || 'z' < data[i-1]) {
			return true
		}
		data = data[i+1:]
	}
}
