package conformance

import (
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/interp"
)

// A record is an op, its operands, and what JAX computes: results, and at
// smooth points the tangents of the results and the cotangents of the
// operands that are floats or complex numbers.
type record struct {
	name                                    string
	g                                       *graph.Graph // of the one equation
	in, out, tangents, jvp, cotangents, vjp []interp.Tensor
}

// smooth reports whether there are derivatives to compare with.
func (r record) smooth() bool { return r.jvp != nil }

func (r record) op() graph.Op { return r.g.Eqns[0].Op }

// records reads testdata/ops.json.gz, which scripts/gen_conformance.py writes.
func records(t *testing.T) []record {
	rs, err := load()
	require.NoError(t, err)
	return rs
}

var load = sync.OnceValues(func() ([]record, error) {
	f, err := os.Open("testdata/ops.json.gz")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	var file struct {
		Arrays []struct {
			DType, Data string
			Shape       []int
		}
		Cases []struct {
			Op                                      string
			Params                                  json.RawMessage
			In, Out, Tangents, JVP, Cotangents, VJP []int
		}
	}
	if err := json.NewDecoder(z).Decode(&file); err != nil {
		return nil, err
	}
	arrays := make([]interp.Tensor, len(file.Arrays))
	for i, a := range file.Arrays {
		d, ok := graph.ParseDType(a.DType)
		data, err := hex.DecodeString(a.Data)
		if !ok || err != nil {
			return nil, fmt.Errorf("array %d: %s, %v", i, a.DType, err)
		}
		arrays[i] = interp.FromBytes(graph.Aval{DType: d, Shape: a.Shape}, data)
	}
	pick := func(numbers []int) (ts []interp.Tensor) {
		for _, i := range numbers {
			ts = append(ts, arrays[i])
		}
		return ts
	}
	var rs []record
	for i, c := range file.Cases {
		op, ok := graph.ParseOp(c.Op)
		if !ok {
			return nil, fmt.Errorf("case %d: no op %s", i, c.Op)
		}
		params, err := parseParams(op, c.Params)
		if err != nil {
			return nil, fmt.Errorf("case %d: %s: %w", i, c.Op, err)
		}
		r := record{in: pick(c.In), out: pick(c.Out), tangents: pick(c.Tangents), jvp: pick(c.JVP), cotangents: pick(c.Cotangents), vjp: pick(c.VJP)}
		r.name = fmt.Sprintf("case %d: %s %s", i, c.Op, c.Params)
		avals := make([]graph.Aval, len(r.in))
		for i, x := range r.in {
			avals[i] = x.Aval
			r.name += " " + x.Aval.String()
		}
		err = graph.Try(func() {
			r.g = graph.Build(avals, func(b *graph.Builder, in []*graph.Value) []*graph.Value { return b.Emit(op, params, in...) })
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.name, err)
		}
		rs = append(rs, r)
	}
	return rs, nil
})

// paramTypes are the params of the ops that have some.
var paramTypes = map[graph.Op]graph.Params{
	graph.OpIntegerPow:      graph.IntegerPowParams{},
	graph.OpRound:           graph.RoundParams{},
	graph.OpConvert:         graph.ConvertParams{},
	graph.OpBitcast:         graph.BitcastParams{},
	graph.OpReducePrecision: graph.ReducePrecisionParams{},
	graph.OpBroadcast:       graph.BroadcastParams{},
	graph.OpReshape:         graph.ReshapeParams{},
	graph.OpTranspose:       graph.TransposeParams{},
	graph.OpConcatenate:     graph.ConcatenateParams{},
	graph.OpPad:             graph.PadParams{},
	graph.OpSlice:           graph.SliceParams{},
	graph.OpRev:             graph.RevParams{},
	graph.OpIota:            graph.IotaParams{},
	graph.OpDynamicSlice:    graph.DynamicSliceParams{},
	graph.OpGather:          graph.GatherParams{},
	graph.OpScatter:         graph.ScatterParams{},
	graph.OpReduceSum:       graph.ReduceParams{},
	graph.OpReduceProd:      graph.ReduceParams{},
	graph.OpReduceMax:       graph.ReduceParams{},
	graph.OpReduceMin:       graph.ReduceParams{},
	graph.OpReduceAnd:       graph.ReduceParams{},
	graph.OpReduceOr:        graph.ReduceParams{},
	graph.OpReduceXor:       graph.ReduceParams{},
	graph.OpArgmax:          graph.ArgParams{},
	graph.OpArgmin:          graph.ArgParams{},
	graph.OpCumsum:          graph.CumParams{},
	graph.OpCumprod:         graph.CumParams{},
	graph.OpCummax:          graph.CumParams{},
	graph.OpCummin:          graph.CumParams{},
	graph.OpSort:            graph.SortParams{},
	graph.OpDot:             graph.DotParams{},
	graph.OpTriangularSolve: graph.TriangularSolveParams{},
	graph.OpFFT:             graph.FFTParams{},
}

// parseParams reads params by their fields' names; a dtype is given by its
// name.
func parseParams(op graph.Op, text json.RawMessage) (graph.Params, error) {
	zero := paramTypes[op]
	if zero == nil {
		return nil, nil
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		return nil, err
	}
	for name, x := range fields {
		if s, ok := x.(string); ok {
			d, ok := graph.ParseDType(s)
			if !ok {
				return nil, fmt.Errorf("%s is %q, no dtype", name, s)
			}
			fields[name] = d
		}
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	p := reflect.New(reflect.TypeOf(zero))
	if err := json.Unmarshal(text, p.Interface()); err != nil {
		return nil, err
	}
	return p.Elem().Interface().(graph.Params), nil
}
