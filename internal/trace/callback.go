package trace

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/xla"
)

// A Host is a function of the host that programs call while they run. Its
// operands are concrete arrays, its results must be of the avals that were
// promised. It cannot run programs.
type Host struct {
	name string
	out  []graph.Aval
	f    func(in []*Array) []*Array
}

// NewHost makes a host function with results out.
func NewHost(name string, out []graph.Aval, f func(in []*Array) []*Array) *Host {
	return &Host{name: name, out: out, f: f}
}

// Call calls the host function, or stages a call of it. One with an effect is
// called even if nothing reads its results, and in order with others.
func (h *Host) Call(effect bool, in []*Array) []*Array {
	t := current(in)
	if t == nil {
		concrete := make([]*Array, len(in))
		for i, x := range in {
			concrete[i] = x.onHost()
		}
		return h.check(h.f(concrete))
	}
	// The program passes the operands' elements; what they are is known now.
	as := make([]graph.Aval, len(in))
	for i, x := range in {
		as[i] = x.aval
	}
	p := graph.CallbackParams{Name: h.name, Out: h.out, Effect: effect}
	args := append([]*Array{h.register(as)}, in...)
	return t.wrapAll(t.emit(args, func(b B, in []V) []V { return b.Callback(p, in...) }))
}

// register makes the function known to programs, by the number it returns: an
// operand, so that programs that differ in closures only are one program, and
// so that the closure lives as long as something can call it. Under vmap a call
// has operands with further axes: the sizes of those follow from the bytes.
func (h *Host) register(as []graph.Aval) *Array {
	callee := xla.NewCallee(h.name, func(data [][]byte) ([][]byte, error) {
		in := make([]*Array, len(data))
		for i, d := range data {
			a := as[i]
			if n := a.Size() * a.DType.Size(); n != len(d) && n > 0 {
				a = a.Stack(len(d) / n)
			}
			in[i] = &Array{aval: a, host: slices.Clone(d)}
		}
		var out [][]byte
		err := graph.Try(func() {
			for _, y := range h.check(h.f(in)) {
				out = append(out, y.onHost().host)
			}
		})
		return out, err
	})
	id := FromBytes(graph.Aval{DType: graph.Int64, Shape: []int{}}, false, graph.Number{I: callee.ID}.Append(nil, graph.Int64))
	id.keep = callee
	return id
}

// PassOn makes results that are operands of g, which may be numbers of
// callbacks, keep alive what those do; under a transform the results of g come
// first.
func PassOn(g *graph.Graph, in, out []*Array) []*Array {
	if !slices.ContainsFunc(in, func(x *Array) bool { return x.keep != nil }) {
		return out
	}
	for i, v := range g.Out[:min(len(g.Out), len(out))] {
		if k := slices.Index(g.In, v); k >= 0 && out[i].aval.DType == graph.Int64 {
			out[i].keep = in[k].keep
		}
	}
	return out
}

func (h *Host) check(out []*Array) []*Array {
	if len(out) != len(h.out) {
		panic(graph.Errorf(graph.ErrCallback, h.name, "the function returns %d arrays, %d were promised", len(out), len(h.out)))
	}
	for i, y := range out {
		if y.weak && y.aval.DType != h.out[i].DType {
			out[i] = y.As(h.out[i].DType)
		}
		if !out[i].aval.Equal(h.out[i]) {
			panic(graph.Errorf(graph.ErrCallback, h.name, "result %d of the function is %v, but %v was promised", i, out[i].aval, h.out[i]))
		}
	}
	return out
}
