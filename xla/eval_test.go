package xla

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"jacobi/graph"
	"jacobi/graph/interp"
)

// eval lowers g, compiles it and runs it.
func eval(t testing.TB, g *graph.Graph, in []interp.Tensor) []interp.Tensor {
	return run(t, Lower(g, LowerOptions{Locations: true}), graph.Avals(g.In), graph.Avals(g.Out), in)
}

// run compiles a program and runs it.
func run(t testing.TB, text []byte, takes, returns []graph.Aval, in []interp.Tensor) []interp.Tensor {
	c := testClient(t)
	x, err := c.Compile(text, CompileOptions{In: takes, Out: returns})
	require.NoError(t, err, "%s", text)
	defer x.Close()
	args := make([]*Buffer, len(in))
	for i, a := range in {
		args[i], err = c.Upload(a.Aval, encode(a), Device{})
		require.NoError(t, err)
	}
	results, err := x.Execute(args, nil)
	require.NoError(t, err, "%s", text)
	out := make([]interp.Tensor, len(results))
	for i, r := range results {
		data := make([]byte, r.Bytes())
		require.NoError(t, r.Read(data))
		out[i] = decode(returns[i], data)
	}
	return out
}

func encode(t interp.Tensor) []byte {
	var buf []byte
	put := func(d graph.DType, x float64, i int64) {
		var bits uint64
		switch d {
		case graph.Float16:
			bits = uint64(graph.ToFloat16(x))
		case graph.BFloat16:
			bits = uint64(graph.ToBFloat16(x))
		case graph.Float32:
			bits = uint64(math.Float32bits(float32(x)))
		case graph.Float64:
			bits = math.Float64bits(x)
		default:
			bits = uint64(i)
		}
		buf = append(buf, binary.LittleEndian.AppendUint64(nil, bits)[:d.Size()]...)
	}
	for _, n := range t.Data {
		put(t.DType.Real(), real(n.C), n.I)
		if t.DType.IsComplex() {
			put(t.DType.Real(), imag(n.C), 0)
		}
	}
	return buf
}

func decode(a graph.Aval, data []byte) interp.Tensor {
	out := interp.Zeros(a)
	get := func(d graph.DType) (float64, int64) {
		var word [8]byte
		copy(word[:], data[:d.Size()])
		data = data[d.Size():]
		bits := binary.LittleEndian.Uint64(word[:])
		switch d {
		case graph.Float16:
			return graph.FromFloat16(uint16(bits)), 0
		case graph.BFloat16:
			return graph.FromBFloat16(uint16(bits)), 0
		case graph.Float32:
			return float64(math.Float32frombits(uint32(bits))), 0
		case graph.Float64:
			return math.Float64frombits(bits), 0
		}
		return 0, graph.Number{I: int64(bits)}.Round(d).I
	}
	for i := range out.Data {
		re, n := get(a.DType.Real())
		im := 0.0
		if a.DType.IsComplex() {
			im, _ = get(a.DType.Real())
		}
		out.Data[i] = graph.Number{C: complex(re, im), I: n}
	}
	return out
}
