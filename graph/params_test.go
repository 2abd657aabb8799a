package graph_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
)

// withEveryOp are graphs in which every op with params has an equation.
func withEveryOp() []*graph.Graph {
	var out []*graph.Graph
	for _, c := range graphtest.Cases() {
		out = append(out, c.Graph())
	}
	x := graph.Aval{DType: graph.Float32, Shape: []int{2}}
	double := graph.Build([]graph.Aval{x}, func(b builder, in []value) []value { return []value{b.Add(in[0], in[0])} })
	return append(out, graph.Build([]graph.Aval{x}, func(b builder, in []value) []value {
		b.Callback(graph.CallbackParams{Name: "f", Out: []graph.Aval{x}}, in...)
		return b.Emit(graph.OpCustomLin, graph.CustomLinParams{Bwd: double, Out: []graph.Aval{x}}, in...)
	}))
}

// variants are values of v's type that differ from it and from each other.
func variants(t *testing.T, v reflect.Value) (out []any) {
	other := graph.Build(nil, func(b builder, _ []value) []value { return []value{b.Scalar(graph.Float32, 3)} })
	switch x := v.Interface().(type) {
	case int:
		return []any{x + 1, x + 1<<40}
	case bool:
		return []any{!x}
	case string:
		return []any{x + "x", x + ` "a" b`, ""}
	case graph.DType:
		return []any{graph.DTypes[(slices.Index(graph.DTypes, x)+1)%len(graph.DTypes)]}
	case graph.Combine:
		return []any{(x + 1) % (graph.CombineMax + 1)}
	case graph.FFTKind:
		return []any{(x + 1) % (graph.IRFFT + 1)}
	case graph.Number:
		return []any{graph.Number{C: x.C + 1, I: x.I}, graph.Number{C: x.C + 1i, I: x.I}, graph.Number{C: x.C, I: x.I + 1}}
	case []int:
		out = []any{append(slices.Clone(x), 0), append(slices.Clone(x), 300)}
		if len(x) > 0 {
			y := slices.Clone(x)
			y[0]++
			out = append(out, y, x[:len(x)-1])
		}
		return out
	case []string:
		return []any{append(slices.Clone(x), "a b"), append(slices.Clone(x), "a", "b"), append(slices.Clone(x), `a" "b`)}
	case []graph.Aval:
		a := graph.Aval{DType: graph.Int8, Shape: []int{}}
		return []any{append(slices.Clone(x), a), append(slices.Clone(x), a.Stack(2)), append(slices.Clone(x), a.Stack(2).Stack(1))}
	case *graph.Graph:
		return []any{other}
	case []*graph.Graph:
		return []any{append(slices.Clone(x), other), x[:len(x)-1], slices.Insert(slices.Clone(x), 0, other)}
	}
	t.Fatalf("no variants of a %v", v.Type())
	return nil
}

// eachField calls f with settable fields, those of embedded structs among them.
func eachField(p reflect.Value, path string, f func(path string, v reflect.Value)) {
	for i := range p.NumField() {
		field := p.Type().Field(i)
		if field.Anonymous {
			eachField(p.Field(i), path+field.Name+".", f)
		} else {
			f(path+field.Name, p.Field(i))
		}
	}
}

// Every field of every params struct is in the fingerprint, and in the text: a
// field that is left out of keys gives one program's numbers for another.
func TestEveryFieldCounts(t *testing.T) {
	met := map[graph.Op]bool{}
	for _, g := range withEveryOp() {
		for i, e := range g.Eqns {
			if e.Params == nil || met[e.Op] && e.Op == graph.OpLiteral {
				continue
			}
			met[e.Op] = true
			changed := reflect.New(reflect.TypeOf(e.Params)).Elem()
			changed.Set(reflect.ValueOf(e.Params))
			keys := map[string]string{graph.KeyOf(e.Op, e.Params): "the params as they are"}
			eachField(changed, "", func(path string, v reflect.Value) {
				old := reflect.New(v.Type()).Elem()
				old.Set(v)
				defer v.Set(old)
				for k, x := range variants(t, v) {
					v.Set(reflect.ValueOf(x))
					p := changed.Interface().(graph.Params)
					what := fmt.Sprintf("%v: %s, variant %d, %v", e.Op, path, k, p)
					key := graph.KeyOf(e.Op, p)
					if same, ok := keys[key]; ok && !reflect.DeepEqual(old.Interface(), x) {
						t.Errorf("%s: the key is that of %s", what, same)
					}
					keys[key] = what
					assert.NotEqual(t, g.Fingerprint(), g.Swapped(i, p).Fingerprint(), what)
					if e.Op == graph.OpLiteral {
						continue // not printed; printed where it is read
					}
					if _, pad := p.(graph.PadParams); pad {
						continue // the columns of a table must be as long
					}
					results := graph.Avals(e.Out)
					if b, ok := p.(graph.BroadcastParams); ok {
						results = []graph.Aval{{Shape: b.Shape}}
					}
					q, err := graph.Reread(e.Op, p, results)
					require.NoError(t, err, what)
					assert.Equal(t, key, graph.KeyOf(e.Op, q), what)
				}
			})
		}
	}
	for op := range graph.NumOps {
		assert.Equal(t, op.Params() != nil, met[op], "%v", op)
	}
}

// Keys say where they end, so that no key of a longer list is the beginning of
// another.
func TestFingerprintsTellGraphsApart(t *testing.T) {
	x := graph.Aval{DType: graph.Float32}
	build := func(n int, f func(b builder, in []value) []value) *graph.Graph {
		return graph.Build(slices.Repeat([]graph.Aval{x}, n), f)
	}
	seen := map[string]*graph.Graph{}
	for _, g := range []*graph.Graph{
		build(1, func(b builder, in []value) []value { return in }),
		build(1, func(b builder, in []value) []value { return []value{in[0], in[0]} }),
		build(2, func(b builder, in []value) []value { return in[:1] }),
		build(2, func(b builder, in []value) []value { return in[1:] }),
		build(1, func(b builder, in []value) []value { b.Sin(in[0]); return in }),
		build(1, func(b builder, in []value) []value { return []value{b.Sin(in[0])} }),
		build(1, func(b builder, in []value) []value { return []value{b.Cos(in[0])} }),
		build(2, func(b builder, in []value) []value { return []value{b.Sub(in[0], in[1])} }),
		build(2, func(b builder, in []value) []value { return []value{b.Sub(in[1], in[0])} }),
		build(0, func(b builder, in []value) []value { return []value{b.Scalar(graph.Float32, 0)} }),
		build(0, func(b builder, in []value) []value { return []value{b.Neg(b.Scalar(graph.Float32, 0))} }),
		build(0, func(b builder, in []value) []value { return []value{b.Scalar(graph.Float64, 0)} }),
	} {
		assert.Nil(t, seen[g.Fingerprint()], "%v\n%v", g, seen[g.Fingerprint()])
		seen[g.Fingerprint()] = g
	}
	for _, a := range []graph.Aval{
		{DType: graph.Float64}, {DType: graph.Int32}, x.Stack(0), x.Stack(1), x.Stack(2), x.Stack(300), x.Stack(1).Stack(2), x.Stack(2).Stack(1),
	} {
		g := graph.Build([]graph.Aval{a}, func(b builder, in []value) []value { return in })
		assert.Nil(t, seen[g.Fingerprint()], "%v", a)
		seen[g.Fingerprint()] = g
	}
	for _, k := range [][2]string{
		{graph.Key("a", []bool{true}), graph.Key("a 1")},
		{graph.Key("a", nil), graph.Key("a-")},
		{graph.Key("a", []bool{}), graph.Key("a", nil)},
		{graph.Key("a", []bool{true, false}), graph.Key("a", []bool{true}, []bool{false})},
	} {
		assert.NotEqual(t, k[0], k[1])
	}
}
