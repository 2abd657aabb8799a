// Command bench runs the same programs in Jacobi and in JAX, in turns, and
// prints how their times compare. scripts/bench sets JAX up and starts it.
//
//	bench -python python3             everything
//	bench -python python3 hvp/ /jit_  what has one of these in its name
//	bench -short                      a few calls each, without JAX
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// A benchmark is a program whose time is of interest.
type benchmark struct {
	name string
	goal float64 // how many of JAX's seconds it should take at most; 0: no goal
	make func() program
}

// A program is set up and ready to run.
type program struct {
	run   func(n int)    // n times, until the results are there
	value func() float64 // the sum of the results' absolute values, to compare with JAX's; nil: there are none
}

func main() {
	python := flag.String("python", "python3", "a Python that has JAX")
	short := flag.Bool("short", false, "run each program a few times, without JAX, to show that it works")
	write := flag.String("write", "", "put the table into this Markdown file")
	budget := flag.Duration("time", 2*time.Second, "how long to measure each program, both sides together")
	list := flag.Bool("list", false, "print the names")
	flag.Parse()
	chosen := choose(flag.Args())
	switch {
	case len(chosen) == 0:
		fail(fmt.Errorf("no benchmark has any of %v in its name; -list prints them", flag.Args()))
	case *list:
		for _, b := range chosen {
			fmt.Println(b.name)
		}
	case *short:
		for _, b := range chosen {
			start := time.Now()
			try(b)
			fmt.Printf("%-36s ok %10s\n", b.name, time.Since(start).Round(time.Millisecond))
		}
	default:
		if err := compare(chosen, *python, *budget, *write); err != nil {
			fail(err)
		}
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "bench:", err)
	os.Exit(1)
}

// choose lists the benchmarks that have one of the words in their name.
func choose(words []string) []benchmark {
	all := slices.Concat(dispatch, tracing, derivatives, models)
	if len(words) == 0 {
		return all
	}
	return slices.DeleteFunc(all, func(b benchmark) bool {
		return !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(b.name, w) })
	})
}

// try runs a program a few times and returns its value.
func try(b benchmark) (value float64, ok bool) {
	p := b.make()
	p.run(3)
	if p.value == nil {
		return 0, false
	}
	return p.value(), true
}

// compare measures and prints one line for each benchmark, and, if asked,
// writes the table.
func compare(chosen []benchmark, python string, budget time.Duration, write string) error {
	peer, err := start(python)
	if err != nil {
		return err
	}
	defer peer.stop()
	machine := describe(peer)
	fmt.Print(machine, "\n")
	fmt.Println(header)
	var rows []row
	for _, b := range chosen {
		r, err := measure(b, peer, budget)
		if err != nil {
			return fmt.Errorf("%s: %w", b.name, err)
		}
		fmt.Println(r.text())
		rows = append(rows, r)
	}
	if write == "" {
		return nil
	}
	return rewrite(write, machine, rows)
}
