package ad_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
)

// The laws hold for random graphs, to the second order.
func TestRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Random(t)
		r := graphtest.Rand(t)
		var failed string
		for range 3 { // a difference says nothing across the kink of a max
			x := graphtest.RandomLikes(r, graph.Avals(g.In))
			if failed = caught(func(t fataler) { laws(t, g, x, r, !stopsGradient(g), 1) }); failed == "" {
				return
			}
		}
		t.Fatalf("%s", failed)
	})
}

// stopsGradient reports whether the derivative of g is meant to differ from
// what differences say.
func stopsGradient(g *graph.Graph) bool {
	for _, g := range graphs(g) {
		for _, e := range g.Eqns {
			if e.Op == graph.OpStopGradient {
				return true
			}
		}
	}
	return false
}

// A trial is a fataler that ends f.
type trial struct{ failed string }

func (t *trial) Helper() {}

func (t *trial) Fatalf(format string, args ...any) {
	t.failed = fmt.Sprintf(format, args...)
	panic(t)
}

// caught is what f failed with.
func caught(f func(t fataler)) string {
	t := &trial{}
	func() {
		defer func() {
			if r := recover(); r != nil && r != any(t) {
				panic(r)
			}
		}()
		f(t)
	}()
	return t.failed
}
