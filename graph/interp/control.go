package interp

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

var controlOps = map[graph.Op]evaluator{
	graph.OpCall:  inside(func(p graph.CallParams) *graph.Graph { return p.Graph }),
	graph.OpCond:  evalCond,
	graph.OpScan:  evalScan,
	graph.OpWhile: evalWhile,
}

func evalCond(h Host, e *graph.Eqn, in []Tensor) []Tensor {
	branches := e.Params.(graph.CondParams).Branches
	i := min(max(int(in[0].Data[0].I), 0), len(branches)-1)
	return h.Eval(branches[i], in[1:]...)
}

func evalWhile(h Host, e *graph.Eqn, in []Tensor) []Tensor {
	p := e.Params.(graph.WhileParams)
	consts, carry := in[:p.Consts], in[p.Consts:]
	for trips := 0; p.MaxTrips == 0 || trips < p.MaxTrips; trips++ {
		operands := slices.Concat(consts, carry)
		if h.Eval(p.Cond, operands...)[0].Data[0].I == 0 {
			break
		}
		carry = h.Eval(p.Body, operands...)
	}
	return carry
}

func evalScan(h Host, e *graph.Eqn, in []Tensor) []Tensor {
	p := e.Params.(graph.ScanParams)
	n := p.Consts + p.Carry
	consts, carry, xs := in[:p.Consts], in[p.Consts:n], in[n:]
	ys := make([]Tensor, len(e.Out)-p.Carry)
	for i, v := range e.Out[p.Carry:] {
		ys[i] = Zeros(v.Aval)
	}
	for step := range p.Length {
		t := step
		if p.Reverse {
			t = p.Length - 1 - step
		}
		slice := make([]Tensor, len(xs))
		for i, x := range xs {
			slice[i] = x.row(t)
		}
		out := h.Eval(p.Body, slices.Concat(consts, carry, slice)...)
		carry = out[:p.Carry]
		for i, y := range out[p.Carry:] {
			copy(ys[i].row(t).Data, y.Data)
		}
	}
	return slices.Concat(carry, ys)
}

// row is the i-th slice along the first axis, sharing its elements.
func (t Tensor) row(i int) Tensor {
	a := t.Aval.Slice()
	return Tensor{a, t.Data[i*a.Size() : (i+1)*a.Size()]}
}
