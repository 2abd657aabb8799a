package array_test

import (
	"bytes"
	"encoding"
	"encoding/gob"
	"encoding/json"
	"errors"
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/num"
)

// encodings are the three forms of an array.
var encodings = map[string]struct {
	write func(*jx.Array) ([]byte, error)
	read  func(*jx.Array, []byte) error
}{
	"json": {func(x *jx.Array) ([]byte, error) { return json.Marshal(x) }, func(x *jx.Array, b []byte) error { return json.Unmarshal(b, x) }},
	"text": {func(x *jx.Array) ([]byte, error) { return x.MarshalText() }, func(x *jx.Array, b []byte) error { return x.UnmarshalText(b) }},
	"gob": {
		func(x *jx.Array) ([]byte, error) {
			var b bytes.Buffer
			err := gob.NewEncoder(&b).Encode(x)
			return b.Bytes(), err
		},
		func(x *jx.Array, b []byte) error { return gob.NewDecoder(bytes.NewReader(b)).Decode(x) },
	},
}

var (
	_ encoding.TextMarshaler     = (*jx.Array)(nil)
	_ encoding.TextUnmarshaler   = (*jx.Array)(nil)
	_ encoding.BinaryMarshaler   = (*jx.Array)(nil)
	_ encoding.BinaryUnmarshaler = (*jx.Array)(nil)
)

// bits are the elements, each with its lowest byte first.
func bits[T jx.Elem](t *testing.T, x *jx.Array) []byte {
	data, err := jx.Slice[T](x)
	require.NoError(t, err)
	var b []byte
	for _, e := range data {
		b = append(b, bitsOf(e)...)
	}
	return b
}

func bitsOf(e any) []byte {
	var b bytes.Buffer
	little := func(width int, x uint64) {
		for i := range width {
			b.WriteByte(byte(x >> (8 * i)))
		}
	}
	switch e := e.(type) {
	case bool:
		if e {
			return []byte{1}
		}
		return []byte{0}
	case int8:
		little(1, uint64(e))
	case int16:
		little(2, uint64(e))
	case int32:
		little(4, uint64(e))
	case int64:
		little(8, uint64(e))
	case uint8:
		little(1, uint64(e))
	case uint16:
		little(2, uint64(e))
	case uint32:
		little(4, uint64(e))
	case uint64:
		little(8, e)
	case jx.F16:
		little(2, uint64(e))
	case jx.BF16:
		little(2, uint64(e))
	case float32:
		little(4, uint64(math.Float32bits(e)))
	case float64:
		little(8, math.Float64bits(e))
	case complex64:
		return append(bitsOf(real(e)), bitsOf(imag(e))...)
	case complex128:
		return append(bitsOf(real(e)), bitsOf(imag(e))...)
	}
	return b.Bytes()
}

func roundTrips[T jx.Elem](t *testing.T, data ...T) {
	half := jx.From(data, len(data)/2, 2)
	rows := map[string]*jx.Array{
		"host": jx.From(data), "matrix": half, "computed": num.Transpose(half),
		"scalar": jx.From(data[:1]).At(0), "empty": jx.From([]T{}, 0, 3),
		"lazy": num.Zeros(half.DType(), 2, 3),
	}
	for form, e := range encodings {
		for name, x := range rows {
			want := bits[T](t, x)
			b, err := e.write(x)
			require.NoError(t, err)
			var y jx.Array
			require.NoError(t, e.read(&y, b), "%s: %s", form, b)
			require.Equal(t, ops.Aval(x), ops.Aval(&y), "%s %s", form, name)
			require.Equal(t, x.Weak(), y.Weak(), "%s %s", form, name)
			require.Equal(t, want, bits[T](t, &y), "%s %s %v", form, name, x.DType())
			require.Equal(t, x.String(), num.Add(&y, num.Zeros(y.DType())).String())
		}
	}
}

func TestMarshalKeepsEveryBit(t *testing.T) {
	roundTrips(t, true, false)
	roundTrips[int8](t, math.MinInt8, math.MaxInt8)
	roundTrips[int16](t, math.MinInt16, math.MaxInt16)
	roundTrips[int32](t, math.MinInt32, math.MaxInt32)
	roundTrips[int64](t, math.MinInt64, math.MaxInt64)
	roundTrips[uint8](t, 0, math.MaxUint8)
	roundTrips[uint16](t, 1, math.MaxUint16)
	roundTrips[uint32](t, 1, math.MaxUint32)
	roundTrips[uint64](t, 1, math.MaxUint64)
}

// Floats of every kind: NaN with payloads, both zeros, infinities, denormals.
func TestMarshalKeepsEveryBitOfFloats(t *testing.T) {
	halves := []uint16{0x7e01, 0xfe55, 0x7d01, 0x8000, 0, 0x7c00, 0xfc00, 0x0001, 0x83ff, 0x3c00, 0x7f81, 0xff80}
	f32 := []uint32{0x7fc00001, 0xffc12345, 0x7f800001, 0x80000000, 0, 0x7f800000, 0xff800000, 1, 0x807fffff, 0x3f800001}
	f64 := []uint64{0x7ff8000000000001, 0xfff8123456789abc, 0x7ff0000000000001, 1 << 63, 0, 0x7ff << 52, 0xfff << 52, 1, 1<<63 | 1, 0x3fb999999999999a}
	same := func(t *testing.T, x *jx.Array, form string) *jx.Array {
		b, err := encodings[form].write(x)
		require.NoError(t, err)
		var y jx.Array
		require.NoError(t, encodings[form].read(&y, b))
		require.Equal(t, ops.Aval(x), ops.Aval(&y))
		return &y
	}
	for form := range encodings {
		var f []jx.F16
		var bf []jx.BF16
		for _, b := range halves {
			f, bf = append(f, jx.F16(b)), append(bf, jx.BF16(b))
		}
		require.Equal(t, bits[jx.F16](t, jx.From(f)), bits[jx.F16](t, same(t, jx.From(f), form)))
		require.Equal(t, bits[jx.BF16](t, jx.From(bf)), bits[jx.BF16](t, same(t, jx.From(bf), form)))
		var s []float32
		var c []complex64
		for _, b := range f32 {
			x := math.Float32frombits(b)
			s, c = append(s, x), append(c, complex(x, -x))
		}
		require.Equal(t, bits[float32](t, jx.From(s, 2, 5)), bits[float32](t, same(t, jx.From(s, 2, 5), form)))
		require.Equal(t, bits[complex64](t, jx.From(c)), bits[complex64](t, same(t, jx.From(c), form)))
		var d []float64
		var z []complex128
		for _, b := range f64 {
			x := math.Float64frombits(b)
			d, z = append(d, x), append(z, complex(-x, x))
		}
		require.Equal(t, bits[float64](t, jx.From(d, 5, 2)), bits[float64](t, same(t, jx.From(d, 5, 2), form)))
		require.Equal(t, bits[complex128](t, jx.From(z)), bits[complex128](t, same(t, jx.From(z), form)))
	}
	roundTrips(t, jx.F16(0x3c00), jx.F16(0x8000))
	roundTrips(t, jx.BF16(0x3f80), jx.BF16(0x8000))
	roundTrips(t, float32(0.1), float32(math.Inf(-1)))
	roundTrips(t, 0.1, math.Inf(1))
	roundTrips(t, complex64(1+2i), complex64(-3i))
	roundTrips(t, 0.1+0.2i, -3i)
}

// A weak number is written in full, and takes the other's dtype afterwards as
// it would have before.
func TestMarshalKeepsGoNumbers(t *testing.T) {
	wide := jx.From([]float64{1})
	for form, e := range encodings {
		for _, x := range []*jx.Array{jx.Scalar(0.1), jx.Scalar(1 << 40), jx.Scalar(-3), jx.Scalar(0.1 - 0.2i), num.Add(jx.Scalar(0.1), 0.2),
			jx.Scalar(math.Float64frombits(0xfff8123456789abc))} {
			b, err := e.write(x)
			require.NoError(t, err)
			var y jx.Array
			require.NoError(t, e.read(&y, b))
			require.Equal(t, ops.Aval(x), ops.Aval(&y), form)
			require.True(t, y.Weak())
			a, c := num.Add(x, wide), num.Add(&y, wide)
			require.Equal(t, a.DType(), c.DType())
			require.Equal(t, a.GoString(), c.GoString())
			again, err := e.write(&y)
			require.NoError(t, err)
			require.Equal(t, b, again)
		}
		for _, x := range []*jx.Array{jx.Scalar(int8(-3)), jx.Scalar(uint64(math.MaxUint64)), jx.Scalar(float32(0.1)), jx.Scalar(0.1).As(jx.Float64), jx.Scalar(true)} {
			b, err := e.write(x)
			require.NoError(t, err)
			var y jx.Array
			require.NoError(t, e.read(&y, b))
			require.Equal(t, x.GoString(), y.GoString(), form)
			require.False(t, y.Weak())
		}
	}
}

func TestJSONForm(t *testing.T) {
	for _, row := range []struct {
		x    *jx.Array
		want string
	}{
		{jx.From([]float32{1, 2, 3, 4}, 2, 2), `{"dtype":"float32","shape":[2,2],"data":"AACAPwAAAEAAAEBAAACAQA=="}`},
		{jx.Scalar(true), `{"dtype":"bool","shape":[],"data":"AQ=="}`},
		{jx.From([]int8{}), `{"dtype":"int8","shape":[0],"data":""}`},
		{jx.Scalar(0.1), `{"number":"float64","data":"mpmZmZmZuT8="}`},
		{num.Add(jx.Scalar(1), 2), `{"dtype":"int32","shape":[],"weak":true,"data":"AwAAAA=="}`},
		{nil, `null`},
	} {
		b, err := json.Marshal(row.x)
		require.NoError(t, err)
		require.Equal(t, row.want, string(b))
	}
}

type layer struct{ W, B *jx.Array }

type model struct {
	Layers []layer
	Named  map[string]*jx.Array
	Pair   [2]*jx.Array
	Value  jx.Array
	Rate   float64
}

func TestMarshalTrees(t *testing.T) {
	m := model{
		Layers: []layer{{W: jx.From([]float32{1, 2}, 1, 2), B: nil}, {W: num.Ones(jx.Float64, 2), B: jx.Scalar(3)}},
		Named:  map[string]*jx.Array{"a": jx.Scalar(true), "b": num.Eye(jx.BFloat16, 2)},
		Pair:   [2]*jx.Array{jx.From([]int64{1}), jx.Scalar(2i)},
		Rate:   0.5,
	}
	require.NoError(t, json.Unmarshal([]byte(`{"dtype":"int8","shape":[1],"data":"Bw=="}`), &m.Value))
	check := func(got *model) {
		require.Len(t, got.Layers, 2)
		require.Equal(t, m.Layers[0].W.GoString(), got.Layers[0].W.GoString())
		require.Nil(t, got.Layers[0].B)
		require.Equal(t, m.Layers[1].W.GoString(), got.Layers[1].W.GoString())
		require.Equal(t, m.Layers[1].B.GoString(), got.Layers[1].B.GoString())
		require.Len(t, got.Named, 2)
		for k := range m.Named {
			require.Equal(t, m.Named[k].GoString(), got.Named[k].GoString())
		}
		for i := range m.Pair {
			require.Equal(t, m.Pair[i].GoString(), got.Pair[i].GoString())
		}
		require.Equal(t, m.Value.GoString(), got.Value.GoString())
		require.Equal(t, m.Rate, got.Rate)
	}
	text, err := json.Marshal(&m)
	require.NoError(t, err)
	require.Contains(t, string(text), `"B":null`)
	var fromText, fromGob model
	require.NoError(t, json.Unmarshal(text, &fromText))
	check(&fromText)

	var b bytes.Buffer
	require.NoError(t, gob.NewEncoder(&b).Encode(&m))
	require.NoError(t, gob.NewDecoder(&b).Decode(&fromGob))
	check(&fromGob)
}

// An Array never changes: what else holds it would see it.
func TestDecodingIntoAnArrayInUse(t *testing.T) {
	p := layer{W: jx.From([]float32{1})}
	kept := p.W
	err := json.Unmarshal([]byte(`{"W":{"dtype":"int8","shape":[1],"data":"Bw=="}}`), &p)
	require.ErrorContains(t, err, "UnmarshalJSON(f32[1]): the array holds elements already")
	require.Equal(t, "Array([1.], dtype=float32)", kept.GoString())
	b, err := jx.Scalar(3).MarshalBinary()
	require.NoError(t, err)
	for _, x := range []*jx.Array{jx.Scalar(1.0), num.Zeros(jx.Float32, 2), num.Add(kept, kept), jx.From([]bool{})} {
		before := x.GoString()
		require.ErrorContains(t, x.UnmarshalBinary(b), "holds elements already")
		require.Equal(t, before, x.GoString())
	}
	require.NoError(t, kept.UnmarshalJSON([]byte("null"))) // which says nothing
	require.Equal(t, "Array([1.], dtype=float32)", kept.GoString())
}

func TestWhatCannotBeMarshalled(t *testing.T) {
	freed := []*jx.Array{num.Add(jx.From([]float32{1}), 1), jx.From([]float32{1}), jx.Scalar(1.0), jx.Scalar(int8(1))}
	for _, x := range freed {
		require.NoError(t, x.Close())
	}
	for form, e := range encodings {
		_, err := e.write(new(jx.Array))
		require.ErrorContains(t, err, "a zero Array holds nothing", form)
		for _, x := range freed {
			_, err = e.write(x)
			require.ErrorContains(t, err, "closed", form)
			require.ErrorContains(t, x.UnmarshalText([]byte(`{"number":"int","data":"AAAAAAAAAAA="}`)), "an Array never changes")
		}
		writes := func(x *jx.Array) *jx.Array {
			_, err = e.write(x)
			return x
		}
		for _, f := range []func(*jx.Array) *jx.Array{jx.Jit(writes), jx.Grad(writes)} {
			f(jx.Scalar(float32(1)))
			require.ErrorContains(t, err, "(f32[]): a staged array has no elements yet", form)
			err = nil
		}
	}
	_, err := (*jx.Array)(nil).MarshalText()
	require.ErrorContains(t, err, "a nil array")
}

// here is the caller's line, as positions are written.
func here() string {
	pc, _, _, _ := runtime.Caller(1)
	return graph.Position(pc)
}

func TestMarshalErrorsHaveTheUsersLine(t *testing.T) {
	position := func(_ []byte, err error) string {
		var e *graph.Error
		require.True(t, errors.As(err, &e))
		return e.Pos
	}
	require.Equal(t, here(), position(json.Marshal(new(jx.Array))))
}

func TestMalformed(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{`3`, "no array, which is written as an object with dtype, shape and data: json: cannot unmarshal number"},
		{`[1,2]`, "no array"},
		{`{}`, `unknown dtype ""`},
		{`{"dtype":"float8","shape":[],"data":""}`, `unknown dtype "float8"`},
		{`{"dtype":"int8","shape":[1],"data":"Bw==","order":"F"}`, `unknown field "order"`},
		{`{"dtype":"int8","data":"Bw=="}`, "no shape; that of a scalar is []"},
		{`{"dtype":"int8","shape":null,"data":"Bw=="}`, "no shape"},
		{`{"dtype":"int8","shape":[-1],"data":"Bw=="}`, "shape [-1] has a negative size"},
		{`{"dtype":"int8","shape":[-1,-1],"data":"Bw=="}`, "shape [-1 -1] has a negative size"},
		{`{"dtype":"int8","shape":[0,-1],"data":""}`, "shape [0 -1] has a negative size"},
		{`{"dtype":"int8","shape":[1e30],"data":""}`, "cannot unmarshal number 1e30"},
		{`{"dtype":"float32","shape":[2,3],"data":"AACAPw=="}`, "shape [2 3] of float32 has 24 bytes; there are 4"},
		{`{"dtype":"float32","shape":[1],"data":"AACA"}`, "has 4 bytes; there are 3"},
		{`{"dtype":"int8","shape":[4294967296,4294967296],"data":""}`, "18446744073709551616 bytes; an array has at most 2^56 bytes"},
		{`{"dtype":"float64","shape":[2305843009213693952],"data":""}`, "18446744073709551616 bytes; an array has at most 2^56 bytes"},
		{`{"dtype":"int8","shape":[1],"data":"!"}`, "illegal base64"},
		{`{"dtype":"bool","shape":[2],"data":"AQI="}`, "element 1 is 2; a bool is 0 or 1"},
		{`{"number":"float32","data":"AACAPw=="}`, `unknown number "float32"`},
		{`{"number":"float64","data":"AACAPw=="}`, "the number has 4 bytes; a number of type float64 has 8"},
		{`{"number":"int","shape":[],"data":"AACAPwAAgD8="}`, "a number of type int has no dtype, shape or weak"},
	} {
		var x jx.Array
		require.ErrorContains(t, json.Unmarshal([]byte(row.text), &x), row.want, row.text)
		require.NoError(t, json.Unmarshal([]byte(`{"dtype":"int8","shape":[1],"data":"Bw=="}`), &x), "what failed left the array as it was")
	}
	var x jx.Array
	require.ErrorContains(t, x.UnmarshalBinary([]byte(`{"dtype":"int8"`)), "15 bytes without the newline")
	require.ErrorContains(t, x.UnmarshalBinary([]byte(`{"dtype":"int8","shape":[2]}`+"\n1")), "has 2 bytes; there are 1")
	require.ErrorContains(t, x.UnmarshalBinary([]byte(`{"dtype":"int8","shape":[1]}{}`+"\n1")), "something follows after byte 29 of 30")
	require.ErrorContains(t, x.UnmarshalText(nil), "no array")
}

// What decodes encodes to what decodes to the same; nothing panics.
func FuzzUnmarshal(f *testing.F) {
	for _, x := range []*jx.Array{jx.Scalar(0.1), jx.Scalar(true), jx.From([]float32{1, 2}, 2, 1), jx.From([]int64{}, 0, 5)} {
		text, err := x.MarshalText()
		require.NoError(f, err)
		f.Add(text)
		data, err := x.MarshalBinary()
		require.NoError(f, err)
		f.Add(data)
	}
	f.Add([]byte(`{"dtype":"int8","shape":[4611686018427387904,4,0],"data":""}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		type form struct {
			read  func(*array.Array, []byte) error
			write func(*array.Array) ([]byte, error)
		}
		for _, c := range []form{
			{(*array.Array).UnmarshalJSON, (*array.Array).MarshalJSON},
			{(*array.Array).UnmarshalBinary, (*array.Array).MarshalBinary},
		} {
			var x, y array.Array
			if c.read(&x, data) != nil || string(data) == "null" {
				continue
			}
			b, err := c.write(&x)
			require.NoError(t, err)
			require.NoError(t, c.read(&y, b))
			again, err := c.write(&y)
			require.NoError(t, err)
			require.Equal(t, b, again)
		}
	})
}
