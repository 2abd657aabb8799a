package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// A peer is a process that runs the programs in JAX. It answers each line,
// "run NAME N" or "value NAME", by one: a number, or "error" and why.
type peer struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	version string
	names   []string
}

// script is where the programs are, from the root of the repository.
const script = "scripts/bench_peer.py"

func start(python string) (*peer, error) {
	p := &peer{cmd: exec.Command(python, script)}
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	if p.version, err = p.line(); err != nil {
		return nil, err
	}
	names, err := p.line()
	p.names = strings.Fields(names)
	return p, err
}

func (p *peer) has(name string) bool { return slices.Contains(p.names, name) }

// run runs a program n times and returns the seconds that took.
func (p *peer) run(name string, n int) (float64, error) { return p.ask("run %s %d\n", name, n) }

func (p *peer) value(name string) (float64, error) { return p.ask("value %s\n", name) }

func (p *peer) ask(format string, args ...any) (float64, error) {
	if _, err := fmt.Fprintf(p.in, format, args...); err != nil {
		return 0, err
	}
	answer, err := p.line()
	if err != nil {
		return 0, err
	}
	x, err := strconv.ParseFloat(answer, 64)
	if err != nil {
		return 0, fmt.Errorf("JAX's side says %q", answer)
	}
	return x, nil
}

func (p *peer) line() (string, error) {
	s, err := p.out.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("JAX's side has ended: %w", err)
	}
	return strings.TrimSpace(s), nil
}

// stop lets the process end.
func (p *peer) stop() {
	p.in.Close()
	p.cmd.Wait()
}
