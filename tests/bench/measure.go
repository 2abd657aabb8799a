package main

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// A row is what was measured of one benchmark: seconds per call.
type row struct {
	benchmark
	ours, theirs []float64 // one for each round; theirs is nil if JAX has no such program
}

// Both sides run in short slices, in turns, so that what else the machine does
// hits both.
const (
	slice     = 15 * time.Millisecond
	minRounds = 5
	maxRounds = 100
)

// A side runs a program n times and says how many seconds it took.
type side func(n int) (float64, error)

func measure(b benchmark, peer *peer, budget time.Duration) (row, error) {
	r := row{benchmark: b}
	p := b.make()
	here := func(n int) (float64, error) {
		start := time.Now()
		p.run(n)
		return time.Since(start).Seconds(), nil
	}
	there := func(n int) (float64, error) { return peer.run(b.name, n) }
	both := peer.has(b.name)
	if both && p.value != nil {
		if err := agree(p.value, b.name, peer); err != nil {
			return r, err
		}
	}
	n, err := calls(here)
	if err != nil {
		return r, err
	}
	m := 0
	if both {
		if m, err = calls(there); err != nil {
			return r, err
		}
	}
	for start := time.Now(); len(r.ours) < minRounds || len(r.ours) < maxRounds && time.Since(start) < budget; {
		t, err := here(n)
		if err != nil {
			return r, err
		}
		r.ours = append(r.ours, t/float64(n))
		if !both {
			continue
		}
		if t, err = there(m); err != nil {
			return r, err
		}
		r.theirs = append(r.theirs, t/float64(m))
	}
	return r, nil
}

// agree checks that both sides compute the same.
func agree(value func() float64, name string, peer *peer) error {
	theirs, err := peer.value(name)
	if err != nil {
		return err
	}
	if ours := value(); math.IsNaN(ours) || math.Abs(ours-theirs) > 1e-3*math.Abs(theirs)+1e-6 {
		return fmt.Errorf("the results differ: their absolute values add up to %g here and to %g in JAX", ours, theirs)
	}
	return nil
}

// calls is how many calls fill a slice, after a few to warm up.
func calls(run side) (int, error) {
	if _, err := run(2); err != nil {
		return 0, err
	}
	for n := 1; ; n *= 4 {
		t, err := run(n)
		if err != nil {
			return 0, err
		}
		if t >= slice.Seconds()/4 || n >= 1<<20 {
			return max(1, int(float64(n)*slice.Seconds()/t)), nil
		}
	}
}

// best is the ratio of the fastest rounds, typical the median of the rounds'
// ratios.
func (r row) best() float64 { return slices.Min(r.ours) / slices.Min(r.theirs) }

func (r row) typical() float64 {
	ratios := make([]float64, len(r.ours))
	for i := range ratios {
		ratios[i] = r.ours[i] / r.theirs[i]
	}
	return median(ratios)
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	if n := len(x); n%2 == 0 {
		return (x[n/2-1] + x[n/2]) / 2
	}
	return x[len(x)/2]
}
