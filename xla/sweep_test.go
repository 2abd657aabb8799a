package xla

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/graph/interp"
)

// points are elements of a type at which functions are interesting.
func points(d graph.DType) []graph.Number {
	var out []graph.Number
	switch {
	case d == graph.Bool:
		return []graph.Number{{I: 0}, {I: 1}}
	case d.IsInt():
		for _, i := range []int64{0, 1, 2, 3, 7, 8, 31, 33, 63, 64, 100, -1, -2, -5, -100, math.MaxInt64, math.MinInt64} {
			out = append(out, graph.Number{I: i}.Round(d))
		}
		out = append(out, d.Min(), d.Max())
		return out
	}
	inf := math.Inf(1)
	reals := []float64{0, math.Copysign(0, -1), 0.25, -0.25, 0.5, -0.5, 0.9, -0.9, 1, -1, 1.5, -1.5, 2, -2, 2.5, 3.7, -3.2, 10, -10, 30, -30, 1000, -1000, inf, -inf, math.NaN(), 1e-3, -1e-3}
	if d.IsFloat() {
		for _, x := range reals {
			out = append(out, graph.Num(d, x))
		}
		return out
	}
	for _, x := range []float64{0, 0.3, -0.7, 1, -1.2, 2.5, -3} {
		for _, y := range []float64{0, 0.4, -0.8, 1.1, -2} {
			out = append(out, graph.Number{C: complex(x, y)}.Round(d))
		}
	}
	return out
}

// elementwiseUses lists a use of every op that has no params, and some that do.
func elementwiseUses() (uses []elementwiseUse) {
	add := func(name string, arity int, f func(b *graph.Builder, in []*graph.Value) *graph.Value) {
		uses = append(uses, elementwiseUse{name, arity, f})
	}
	for op := graph.OpNeg; op <= graph.OpClamp; op++ {
		arity := 1
		switch {
		case op >= graph.OpClamp:
			arity = 3
		case op == graph.OpSelect:
			continue
		case op >= graph.OpAdd:
			arity = 2
		}
		switch op {
		case graph.OpPolygamma, graph.OpIntegerPow, graph.OpRound, graph.OpReducePrecision, graph.OpConvert, graph.OpBitcast:
			continue
		}
		add(op.String(), arity, func(b *graph.Builder, in []*graph.Value) *graph.Value { return b.Emit(op, nil, in...)[0] })
	}
	for _, y := range []int{0, 1, 2, 3, 4, 5, 7, 10, -1, -2, -3} {
		add("integer_pow", 1, func(b *graph.Builder, in []*graph.Value) *graph.Value { return b.IntegerPow(in[0], y) })
	}
	add("round", 1, func(b *graph.Builder, in []*graph.Value) *graph.Value { return b.Round(in[0], true) })
	add("round_away", 1, func(b *graph.Builder, in []*graph.Value) *graph.Value { return b.Round(in[0], false) })
	add("reduce_precision", 1, func(b *graph.Builder, in []*graph.Value) *graph.Value { return b.ReducePrecision(in[0], 5, 3) })
	for _, d := range graph.DTypes {
		add("convert "+d.String(), 1, func(b *graph.Builder, in []*graph.Value) *graph.Value { return b.Convert(in[0], d) })
		add("bitcast "+d.String(), 1, func(b *graph.Builder, in []*graph.Value) *graph.Value { return b.Bitcast(in[0], d) })
	}
	return uses
}

type elementwiseUse struct {
	name  string
	arity int
	f     func(b *graph.Builder, in []*graph.Value) *graph.Value
}

// Every elementwise op agrees with the interpreter on every type it takes, at
// all pairs (or triples by chance) of interesting points.
func TestElementwise(t *testing.T) {
	if testing.Short() {
		t.Skip("short: compiles for long, and compares numbers only")
	}
	for _, d := range graph.DTypes {
		t.Run(d.String(), func(t *testing.T) {
			ps := points(d)
			n := len(ps) * len(ps)
			r := graphtest.Seeded(t)
			in := make([]interp.Tensor, 3)
			for i := range in {
				in[i] = interp.Zeros(graph.Aval{DType: d, Shape: []int{n}})
				for j := range n {
					in[i].Data[j] = ps[[]int{j % len(ps), j / len(ps), r.IntN(len(ps))}[i]]
				}
			}
			uses := elementwiseUses()
			var b graph.Builder
			vs := b.Inputs([]graph.Aval{in[0].Aval, in[1].Aval, in[2].Aval})
			var out []*graph.Value
			var names []string
			for _, u := range uses {
				if graph.Try(func() { out = append(out, u.f(&b, vs[:u.arity])) }) == nil {
					names = append(names, u.name)
				}
			}
			g := b.Graph(out...)
			got, want := eval(t, g, in), interp.Eval(g, in...)
			slack := map[string]float64{}
			for _, u := range uses {
				slack[u.name] = 1
			}
			slack["exp2"], slack["pow"] = 2, 2 // by way of logarithms
			for k := range got {
				bad := 0
				for j := range n {
					if names[k] == "digamma" && real(in[0].Data[j].C) == 0 {
						continue // a pole, where -infinity is as good as NaN
					}
					x, y := element(got[k], j), element(want[k], j)
					if diff := graphtest.MaxDiff(x, y); diff > slack[names[k]]*graphtest.Tolerance(x.DType) {
						if bad++; bad <= 4 {
							assert.Fail(t, "differs", "%s(%v, %v, %v) is %v, not %v", names[k], in[0].Data[j], in[1].Data[j], in[2].Data[j], x, y)
						}
					}
				}
			}
		})
	}
}
