package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
)

var header = fmt.Sprintf("%-36s %10s %10s %9s %9s  %s", "program", "ours", "JAX", "ratio", "median", "goal")

// text is a line of the printed table.
func (r row) text() string {
	c := r.cells()
	return strings.TrimRight(fmt.Sprintf("%-36s %10s %10s %9s %9s  %s", c[0], c[1], c[2], c[3], c[4], c[5]), " ")
}

// cells are the name, our best time, JAX's, their ratio, the median ratio, and
// what was hoped for.
func (r row) cells() [6]string {
	c := [6]string{r.name, duration(slices.Min(r.ours))}
	if r.theirs == nil {
		return c
	}
	c[2] = duration(slices.Min(r.theirs))
	c[3], c[4] = ratio(r.best()), ratio(r.typical())
	if r.goal != 0 {
		c[5] = ratio(r.goal) + map[bool]string{true: " met", false: " missed"}[max(r.best(), r.typical()) <= r.goal]
	}
	return c
}

func duration(seconds float64) string {
	switch {
	case seconds < 1e-6:
		return fmt.Sprintf("%.0f ns", seconds*1e9)
	case seconds < 1e-4:
		return fmt.Sprintf("%.2f µs", seconds*1e6)
	case seconds < 1e-3:
		return fmt.Sprintf("%.0f µs", seconds*1e6)
	}
	return fmt.Sprintf("%.2f ms", seconds*1e3)
}

// ratio is ours over theirs, as 1/20 or 1.3.
func ratio(x float64) string {
	if x < 0.7 {
		return strings.TrimSuffix(fmt.Sprintf("1/%.1f", 1/x), ".0")
	}
	return fmt.Sprintf("%.2f", x)
}

// describe is the machine and the versions, on a line.
func describe(p *peer) string {
	model := "unknown processor"
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(info)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%s, %d of its processors, %s/%s; %s; %s\n", model, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), p.version)
}

const begin, end = "<!-- bench: begin -->\n", "<!-- bench: end -->\n"

// rewrite replaces the table in a Markdown file.
func rewrite(file, machine string, rows []row) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(old), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no lines %q and %q to write the table between", file, strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	return os.WriteFile(file, []byte(before+begin+markdown(machine, rows)+end+after), 0o644)
}

func markdown(machine string, rows []row) string {
	var b strings.Builder
	b.WriteString(machine + "\n| program | Jacobi | JAX | ratio | median of ratios | goal |\n|---|---:|---:|---:|---:|---|\n")
	for _, r := range rows {
		c := r.cells()
		fmt.Fprintf(&b, "| `%s` | %s |\n", c[0], strings.Join(c[1:], " | "))
	}
	return b.String()
}
