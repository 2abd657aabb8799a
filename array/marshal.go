package array

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"slices"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/trace"
)

// A header says what the elements of a marshalled array are, which follow in
// row-major order, each with its lowest byte first.
//
// A weak Go number has no dtype yet and is kept in full: Number is its Go type
// as Scalar takes it, int (of 8 bytes), float64 or complex128.
type header struct {
	DType  string `json:"dtype,omitempty"`
	Shape  []int  `json:"shape,omitzero"`
	Weak   bool   `json:"weak,omitempty"`
	Number string `json:"number,omitempty"`
}

// A document is the JSON form of an array.
type document struct {
	header
	Data []byte `json:"data"`
}

// MarshalJSON writes the array as an object that gives it back bit for bit:
//
//	{"dtype":"float32","shape":[2,2],"data":"AACAPwAAAEAAAEBAAACAQA=="}
//
// data holds the elements in row-major order, each with its lowest byte first,
// in base64. A weak array has "weak":true; a weak Go number, as jx.Scalar(0.1)
// makes it, has its Go type instead of dtype and shape and keeps its precision:
//
//	{"number":"float64","data":"mpmZmZmZuT8="}
//
// A nil *Array in a tree is null. The device is not written. It is an error on
// staged arrays and on those whose memory was freed. Hold arrays by pointer:
// encoding/json does not see the methods of an Array that is a value and not
// addressable.
func (x *Array) MarshalJSON() ([]byte, error) { return x.marshal("MarshalJSON") }

// UnmarshalJSON makes a zero Array the one that MarshalJSON wrote. An Array
// never changes, so it is an error on one that holds elements: decode into a
// tree whose arrays are nil.
func (x *Array) UnmarshalJSON(text []byte) error { return x.parse("UnmarshalJSON", text) }

// MarshalText writes the text of MarshalJSON, with the same errors.
func (x *Array) MarshalText() ([]byte, error) { return x.marshal("MarshalText") }

// UnmarshalText is UnmarshalJSON, with the same errors.
func (x *Array) UnmarshalText(text []byte) error { return x.parse("UnmarshalText", text) }

// MarshalBinary writes the object of MarshalJSON without data, a newline, and
// the bytes of the elements. Package gob uses it: a nil *Array is left out of a
// struct; in a slice or a map it is an error of gob.
func (x *Array) MarshalBinary() ([]byte, error) {
	d, err := x.document("MarshalBinary")
	if err != nil {
		return nil, err
	}
	head, err := json.Marshal(d.header)
	if err != nil {
		return nil, err
	}
	return slices.Concat(head, []byte{'\n'}, d.Data), nil
}

// UnmarshalBinary makes a zero Array the one that MarshalBinary wrote; it is an
// error on one that holds elements.
func (x *Array) UnmarshalBinary(data []byte) error {
	const op = "UnmarshalBinary"
	head, elems, ok := bytes.Cut(data, []byte{'\n'})
	if !ok {
		return graph.Errorf(graph.ErrParse, op, "no array: %d bytes without the newline that ends the header", len(data))
	}
	d := document{Data: bytes.Clone(elems)}
	if err := decode(op, head, &d.header); err != nil {
		return err
	}
	return x.become(op, d)
}

func (x *Array) marshal(op string) ([]byte, error) {
	d, err := x.document(op)
	if err != nil {
		return nil, err
	}
	return json.Marshal(d)
}

func (x *Array) parse(op string, text []byte) error {
	if string(text) == "null" {
		return nil // as encoding/json has it
	}
	var d document
	if err := decode(op, text, &d); err != nil {
		return err
	}
	return x.become(op, d)
}

// decode reads one JSON object, and nothing after it.
func decode(op string, text []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if err == nil {
		if _, more := dec.Token(); more == io.EOF {
			return nil
		}
		return graph.Errorf(graph.ErrParse, op, "no array: something follows after byte %d of %d", dec.InputOffset(), len(text))
	}
	return graph.Errorf(graph.ErrParse, op, "no array, which is written as an object with dtype, shape and data: %v", err)
}

// document reads the elements.
func (x *Array) document(op string) (d document, err error) {
	defer graph.Catch(&err)
	switch {
	case x == nil:
		return d, graph.Errorf(graph.ErrNil, op, "a nil array has no elements")
	case x.t().Staged():
		return d, x.t().Errorf(graph.ErrUnknownValue, op, "a staged array has no elements yet; write what the transformed function returns")
	case x.t().Empty():
		return d, trace.ZeroArray(op)
	}
	if err := x.t().Dead(); err != nil {
		return d, err
	}
	if n, ok := x.t().Number(); ok && x.Weak() {
		d.Number, d.Data = inFull(x.DType(), n)
		return d, nil
	}
	d.header = header{DType: x.DType().String(), Shape: x.Shape(), Weak: x.Weak()}
	d.Data, err = x.t().Bytes(op)
	return d, err
}

// inFull is the Go type and the bytes of a number that has type alone when it
// meets no other.
func inFull(alone graph.DType, n graph.Number) (string, []byte) {
	switch {
	case alone.IsComplex():
		return "complex128", n.Append(nil, graph.Complex128)
	case alone.IsFloat():
		return "float64", n.Append(nil, graph.Float64)
	}
	return "int", n.Append(nil, graph.Int64)
}

// become makes a zero Array the one that d describes. What d says is checked
// against the bytes that are there; no memory is taken on its word.
func (x *Array) become(op string, d document) error {
	if x == nil {
		return graph.Errorf(graph.ErrNil, op, "there is no array to decode into")
	}
	if !x.t().Empty() {
		return x.t().Errorf(graph.ErrArgument, op, "the array holds elements already, and an Array never changes; decode into a tree whose arrays are nil: var p Params")
	}
	if d.Number != "" {
		return x.becomeNumber(op, d)
	}
	t, ok := graph.ParseDType(d.DType)
	if !ok {
		return graph.Errorf(graph.ErrParse, op, "unknown dtype %q; there are bool, float32, int32 and the other names of DTypes", d.DType)
	}
	if d.Shape == nil {
		return graph.Errorf(graph.ErrParse, op, "no shape; that of a scalar is []")
	}
	if err := (graph.Aval{DType: t, Shape: d.Shape}).Valid(); err != nil {
		return graph.Errorf(graph.ErrParse, op, "%v", err)
	}
	size := float64(t.Size()) // exact if it is what there is, and never overflows
	for _, n := range d.Shape {
		size *= float64(n)
	}
	if size != float64(len(d.Data)) {
		return graph.Errorf(graph.ErrParse, op, "shape %v of %v has %.0f bytes; there are %d", d.Shape, t, size, len(d.Data))
	}
	if t == graph.Bool {
		if i := slices.IndexFunc(d.Data, func(b byte) bool { return b > 1 }); i >= 0 {
			return graph.Errorf(graph.ErrParse, op, "element %d is %d; a bool is 0 or 1", i, d.Data[i])
		}
	}
	if d.Data == nil {
		d.Data = []byte{}
	}
	x.t().Become(trace.FromBytes(graph.Aval{DType: t, Shape: d.Shape}, d.Weak, d.Data))
	return nil
}

func (x *Array) becomeNumber(op string, d document) error {
	if d.DType != "" || d.Shape != nil || d.Weak {
		return graph.Errorf(graph.ErrParse, op, "a number of type %s has no dtype, shape or weak besides", d.Number)
	}
	size, ok := map[string]int{"int": 8, "float64": 8, "complex128": 16}[d.Number]
	if !ok {
		return graph.Errorf(graph.ErrParse, op, "unknown number %q; a weak number is an int, float64 or complex128", d.Number)
	}
	if len(d.Data) != size {
		return graph.Errorf(graph.ErrParse, op, "the number has %d bytes; a number of type %s has %d", len(d.Data), d.Number, size)
	}
	float := func(i int) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(d.Data[i:])) }
	var n *Array
	switch d.Number {
	case "int":
		n = scalar(int(binary.LittleEndian.Uint64(d.Data)), false)
	case "float64":
		n = scalar(float(0), false)
	default:
		n = scalar(complex(float(0), float(8)), false)
	}
	x.t().Become(n.t())
	return nil
}
