package vmapper

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/graph/interp"
)

func TestEveryOpHasARule(t *testing.T) {
	for op := range graph.NumOps {
		assert.NotNil(t, rules[op], "%v has no rule; say neverMapped if that is the answer", op)
	}
}

// checkLoop states the law: one run of g batched is one run of g for each
// example. samples are the operands of the examples; operands that are not
// mapped are those of other.
func checkLoop(t require.TestingT, g *graph.Graph, in []int, samples [][]interp.Tensor, other []interp.Tensor) {
	n := len(samples)
	args := stacked(g, in, samples, other)
	bg, out := Batch(g, n, in)
	require.NoError(t, graph.Check(bg), "%v\n%v", g, bg)
	got := interp.Eval(bg, args...)
	for k, sample := range samples {
		example := slices.Clone(other)
		for i := range in {
			if in[i] != None {
				example[i] = sample[i]
			}
		}
		for j, want := range interp.Eval(g, example...) {
			y := got[j]
			if out[j] != None {
				y = take(y, out[j], k)
			}
			requireSame(t, want, y, "output %d of example %d of %d, axes %v to %v, arguments %v\n%v\n%v", j, k, n, in, out, args, g, bg)
		}
	}
	for j, v := range g.Out { // also where there are no examples
		want := v.Aval
		if out[j] != None {
			want = want.Insert(out[j], n)
		}
		require.True(t, want.Equal(got[j].Aval), "output %d is %v, not %v", j, got[j].Aval, want)
	}
}

// requireSame compares bit for bit: the examples of a batch are computed by the
// same steps as alone.
func requireSame(t require.TestingT, want, got interp.Tensor, format string, args ...any) {
	if !graphtest.Same(want, got) {
		require.Fail(t, "not the same", "want %v\ngot  %v\n%s", want, got, fmt.Sprintf(format, args...))
	}
}

func column(samples [][]interp.Tensor, i int) []interp.Tensor {
	out := make([]interp.Tensor, len(samples))
	for k := range samples {
		out[k] = samples[k][i]
	}
	return out
}

// stacked is the operands of a batch of samples, mapped at axes in. Those that
// are not mapped are taken from other.
func stacked(g *graph.Graph, in []int, samples [][]interp.Tensor, other []interp.Tensor) []interp.Tensor {
	args := slices.Clone(other)
	for i, axis := range in {
		if axis != None {
			args[i] = stack(g.In[i].Aval, axis, column(samples, i))
		}
	}
	return args
}

// stack joins xs, all of aval a, along a new axis.
func stack(a graph.Aval, axis int, xs []interp.Tensor) interp.Tensor {
	y := interp.Zeros(a.Insert(axis, len(xs)))
	inner := graph.Aval{Shape: a.Shape[axis:]}.Size()
	for i := range y.Data {
		o, k, r := i/(inner*len(xs)), i/inner%len(xs), i%inner
		y.Data[i] = xs[k].Data[o*inner+r]
	}
	return y
}

// take is element k of x along axis.
func take(x interp.Tensor, axis, k int) interp.Tensor {
	n := x.Shape[axis]
	y := interp.Zeros(graph.Aval{DType: x.DType, Shape: slices.Delete(slices.Clone(x.Shape), axis, axis+1)})
	inner := graph.Aval{Shape: x.Shape[axis+1:]}.Size()
	for i := range y.Data {
		y.Data[i] = x.Data[(i/inner*n+k)*inner+i%inner]
	}
	return y
}

// eachIn calls f with every choice of mapped axes but the empty one, or with
// limit of them at random if there are more.
func eachIn(r *rand.Rand, in []*graph.Value, limit int, f func(in []int)) {
	total := 1
	for _, v := range in {
		total *= v.Rank() + 2
	}
	choose := func(code int) []int {
		axes := make([]int, len(in))
		for i, v := range in {
			if axes[i] = code%(v.Rank()+2) - 1; axes[i] < 0 {
				axes[i] = None
			}
			code /= v.Rank() + 2
		}
		return axes
	}
	for code := 1; code < min(total, limit+1); code++ {
		if total > limit+1 {
			f(choose(1 + r.IntN(total-1)))
		} else {
			f(choose(code))
		}
	}
}

// checkBatches is checkLoop for many choices of axes, for no, one and more
// examples, and for batches of batches.
func checkBatches(t require.TestingT, r *rand.Rand, g *graph.Graph, limit int, sample func() []interp.Tensor) {
	eachIn(r, g.In, limit, func(in []int) {
		for n := range 4 {
			samples := make([][]interp.Tensor, n)
			for k := range samples {
				samples[k] = sample()
			}
			checkLoop(t, g, in, samples, sample())
		}
		twice, _ := Batch(g, 2, in)
		pair := func() []interp.Tensor { return stacked(g, in, [][]interp.Tensor{sample(), sample()}, sample()) }
		eachIn(r, twice.In, 1, func(in []int) {
			checkLoop(t, twice, in, [][]interp.Tensor{pair(), pair(), pair()}, pair())
		})
	})
}
