package trace

import (
	"encoding/binary"
	"math"

	"jacobi/graph"
)

// Decode reads one element of type d from its bytes.
func Decode(d graph.DType, data []byte) (n graph.Number) {
	le := binary.LittleEndian
	f32 := func(b []byte) float64 { return float64(math.Float32frombits(le.Uint32(b))) }
	f64 := func(b []byte) float64 { return math.Float64frombits(le.Uint64(b)) }
	switch d {
	case graph.Bool, graph.Uint8:
		n.I = int64(data[0])
	case graph.Int8:
		n.I = int64(int8(data[0]))
	case graph.Int16:
		n.I = int64(int16(le.Uint16(data)))
	case graph.Uint16:
		n.I = int64(le.Uint16(data))
	case graph.Int32:
		n.I = int64(int32(le.Uint32(data)))
	case graph.Uint32:
		n.I = int64(le.Uint32(data))
	case graph.Int64, graph.Uint64:
		n.I = int64(le.Uint64(data))
	case graph.Float16:
		n.C = complex(graph.FromFloat16(le.Uint16(data)), 0)
	case graph.BFloat16:
		n.C = complex(graph.FromBFloat16(le.Uint16(data)), 0)
	case graph.Float32:
		n.C = complex(f32(data), 0)
	case graph.Float64:
		n.C = complex(f64(data), 0)
	case graph.Complex64:
		n.C = complex(f32(data), f32(data[4:]))
	case graph.Complex128:
		n.C = complex(f64(data), f64(data[8:]))
	}
	return n
}

// Encode appends the bytes of one element of type d.
func Encode(dst []byte, d graph.DType, n graph.Number) []byte {
	le := binary.LittleEndian
	f32 := func(b []byte, x float64) []byte { return le.AppendUint32(b, math.Float32bits(float32(x))) }
	f64 := func(b []byte, x float64) []byte { return le.AppendUint64(b, math.Float64bits(x)) }
	switch d {
	case graph.Float16:
		return le.AppendUint16(dst, graph.ToFloat16(real(n.C)))
	case graph.BFloat16:
		return le.AppendUint16(dst, graph.ToBFloat16(real(n.C)))
	case graph.Float32:
		return f32(dst, real(n.C))
	case graph.Float64:
		return f64(dst, real(n.C))
	case graph.Complex64:
		return f32(f32(dst, real(n.C)), imag(n.C))
	case graph.Complex128:
		return f64(f64(dst, real(n.C)), imag(n.C))
	}
	switch d.Size() {
	case 1:
		return append(dst, byte(n.I))
	case 2:
		return le.AppendUint16(dst, uint16(n.I))
	case 4:
		return le.AppendUint32(dst, uint32(n.I))
	}
	return le.AppendUint64(dst, uint64(n.I))
}
