// Command tutorial runs the programs of docs/tutorial.md: those whose ids it is
// given, or all.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"slices"

	"github.com/jacobi-go/jacobi/examples/tutorial/programs"
)

func main() {
	log.SetFlags(0)
	list := flag.Bool("list", false, "print the ids of the programs")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: tutorial [-list] [ID ...]")
		flag.PrintDefaults()
	}
	flag.Parse()
	chosen := programs.All
	if flag.NArg() > 0 {
		chosen = nil
	}
	for _, id := range flag.Args() {
		i := slices.IndexFunc(programs.All, func(p programs.Program) bool { return p.ID == id })
		if i < 0 {
			log.Fatalf("no program is called %s; -list prints what they are called", id)
		}
		chosen = append(chosen, programs.All[i])
	}
	for i, p := range chosen {
		if *list {
			fmt.Println(p.ID)
			continue
		}
		if i > 0 {
			fmt.Println()
		}
		fmt.Println("#", p.ID)
		if p.After != nil {
			silently(p.After)
		}
		p.Run()
	}
}

// silently runs f without what it prints.
func silently(f func()) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		log.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = null
	defer func() {
		os.Stdout = stdout
		null.Close()
	}()
	f()
}
