// Command plugin installs a pinned PJRT plugin; see scripts/plugin.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"runtime"

	thirdparty "github.com/jacobi-go/jacobi/third_party"
)

func main() {
	list := flag.Bool("list", false, "list the pinned plugins")
	verify := flag.Bool("verify", false, "compare an installed plugin with its hash, and install it anew if it differs")
	flag.Parse()
	if err := run(flag.Arg(0), *list, *verify); err != nil {
		fmt.Fprintln(os.Stderr, "scripts/plugin:", err)
		os.Exit(1)
	}
}

func run(name string, list, verify bool) error {
	cache, err := thirdparty.Cache()
	if err != nil {
		return err
	}
	if list {
		for _, p := range thirdparty.Plugins() {
			state := ""
			if p.Default {
				state += ", default"
			}
			if p.Installed(cache) {
				state += ", installed"
			}
			fmt.Printf("%s %s: %s, PJRT %s, %s, %s%s\n", p.Name, p.Version, p.Platform, p.API, p.Licence, p.Origin, state)
		}
		return nil
	}
	p, ok := thirdparty.Find(name)
	if !ok {
		return fmt.Errorf("no plugin %q is pinned for %s/%s (see scripts/plugin -list): set JACOBI_PLUGIN to the path of one of your own", name, runtime.GOOS, runtime.GOARCH)
	}
	i := installer{p, cache, os.Stderr}
	if err := i.install(verify); errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w; set JACOBI_CACHE to the absolute path of a folder that you may write to", err)
	} else if err != nil {
		return err
	}
	fmt.Println(p.Path(cache))
	return nil
}
