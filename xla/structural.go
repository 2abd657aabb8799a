package xla

import "github.com/jacobi-go/jacobi/graph"

func lowerBroadcast(f *function, e *graph.Eqn) {
	x, p := e.In[0], e.Params.(graph.BroadcastParams)
	if x.Rank() == 0 {
		f.set(e, f.spread(f.in(e, 0), e.Out[0].Aval))
		return
	}
	r := f.begin("stablehlo.broadcast_in_dim", f.in(e, 0))
	f.list(", dims = ", p.Dims)
	f.endEqn(e)
	f.set(e, r)
}

func lowerTranspose(f *function, e *graph.Eqn) {
	r := f.begin("stablehlo.transpose", f.in(e, 0))
	f.list(", dims = ", e.Params.(graph.TransposeParams).Perm)
	f.endEqn(e)
	f.set(e, r)
}

func lowerConcatenate(f *function, e *graph.Eqn) {
	r := f.begin("stablehlo.concatenate", f.ids.Lookup(e.In)...)
	f.text(", dim = ")
	f.int(e.Params.(graph.ConcatenateParams).Axis)
	f.endEqn(e)
	f.set(e, r)
}

func lowerPad(f *function, e *graph.Eqn) {
	p := e.Params.(graph.PadParams)
	r := f.begin("stablehlo.pad", f.in(e, 0), f.in(e, 1))
	f.list(", low = ", p.Low)
	f.list(", high = ", p.High)
	f.list(", interior = ", p.Interior)
	f.endEqn(e)
	f.set(e, r)
}

func lowerSlice(f *function, e *graph.Eqn) {
	p := e.Params.(graph.SliceParams)
	r := f.begin("stablehlo.slice", f.in(e, 0))
	f.text(" [")
	for i := range p.Start {
		f.comma(i)
		f.int(p.Start[i])
		f.text(":")
		f.int(p.Limit[i])
		if s := p.Stride(i); s != 1 {
			f.text(":")
			f.int(s)
		}
	}
	f.text("]")
	f.endEqn(e)
	f.set(e, r)
}

func lowerRev(f *function, e *graph.Eqn) {
	r := f.begin("stablehlo.reverse", f.in(e, 0))
	f.list(", dims = ", e.Params.(graph.RevParams).Axes)
	f.endType(e.Out[0].Aval)
	f.set(e, r)
}

func lowerIota(f *function, e *graph.Eqn) {
	f.set(e, f.iota(e.Out[0].Aval, e.Params.(graph.IotaParams).Axis))
}

func (f *function) iota(a graph.Aval, axis int) id {
	r := f.begin("stablehlo.iota")
	f.text(" dim = ")
	f.int(axis)
	f.endType(a)
	return r
}

func lowerBarrier(f *function, e *graph.Eqn) {
	if len(e.In) == 0 {
		return
	}
	f.ids.Bind(e.Out, f.results(len(e.Out)))
	f.text("stablehlo.optimization_barrier ")
	f.uses(f.ids.Lookup(e.In)...)
	f.text(" : ")
	f.types(e.In)
	f.end()
}

// results begins an operation with n results: "%1, %2 = ".
func (f *function) results(n int) []id {
	f.text(f.indent)
	out := make([]id, n)
	for i := range out {
		out[i] = f.fresh()
	}
	f.uses(out...)
	if n > 0 {
		f.text(" = ")
	}
	return out
}

func (f *function) types(vs []*graph.Value) {
	for i, v := range vs {
		f.comma(i)
		f.typ(v.Aval)
	}
}
