package xla

import "github.com/jacobi-go/jacobi/graph"

// operands are e's operands in the shape of its result. They are good until
// the next call.
func (f *function) operands(e *graph.Eqn) []id {
	shape := e.Out[0].Shape
	for i, x := range e.In {
		r := f.ids.Get(x)
		if len(x.Shape) != len(shape) {
			r = f.spread(r, graph.Aval{DType: x.DType, Shape: shape})
		}
		f.args[i] = r
	}
	return f.args[:len(e.In)]
}

// hlo is an operation on operands of its result's type, which is written
// once.
func hlo(op string) lowering {
	return func(f *function, e *graph.Eqn) { f.set(e, f.simple(op, e.Out[0].Aval, f.operands(e)...)) }
}

// hloTyped is an operation on one operand whose result has another type.
func hloTyped(op string) lowering {
	return func(f *function, e *graph.Eqn) {
		r := f.begin(op, f.in(e, 0))
		f.endEqn(e)
		f.set(e, r)
	}
}

// chlo is hlo in the dialect of client operations, which XLA expands in the
// way that is right for each type.
func chlo(op string) lowering {
	return func(f *function, e *graph.Eqn) {
		a := e.Out[0].Aval
		r := f.begin(op, f.operands(e)...)
		for i := range e.In {
			f.lead(i, " : ")
			f.typ(a)
		}
		f.text(" -> ")
		f.typ(a)
		f.end()
		f.set(e, r)
	}
}

func lowerLiteral(f *function, e *graph.Eqn) {
	p := e.Params.(graph.LiteralParams)
	f.set(e, f.constant(p.DType, p.Value))
}

func lowerAbs(f *function, e *graph.Eqn) {
	if e.In[0].DType.IsComplex() {
		hloTyped("stablehlo.abs")(f, e)
	} else {
		hlo("stablehlo.abs")(f, e)
	}
}

func lowerRound(f *function, e *graph.Eqn) {
	op := "stablehlo.round_nearest_afz"
	if e.Params.(graph.RoundParams).ToEven {
		op = "stablehlo.round_nearest_even"
	}
	hlo(op)(f, e)
}

func lowerReducePrecision(f *function, e *graph.Eqn) {
	p := e.Params.(graph.ReducePrecisionParams)
	r := f.begin("stablehlo.reduce_precision", f.in(e, 0))
	f.text(", format = e")
	f.int(p.Exponent)
	f.text("m")
	f.int(p.Mantissa)
	f.endType(e.Out[0].Aval)
	f.set(e, r)
}

func compare(direction string) lowering {
	return func(f *function, e *graph.Eqn) {
		in := f.operands(e)
		f.set(e, f.compared(direction, graph.Aval{DType: e.In[0].DType, Shape: e.Out[0].Shape}, in[0], in[1]))
	}
}

// The operation chooses by a scalar too.
func lowerSelect(f *function, e *graph.Eqn) {
	a, pred := e.Out[0].Aval, e.In[0].Aval
	p := f.in(e, 0)
	onFalse, onTrue := f.in(e, 1), f.in(e, 2)
	if e.In[1].Rank() == 0 {
		onFalse = f.spread(onFalse, a)
	}
	if e.In[2].Rank() == 0 {
		onTrue = f.spread(onTrue, a)
	}
	f.set(e, f.selected(p, pred, onTrue, onFalse, a))
}
