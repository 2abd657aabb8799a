package xla

import (
	"math"

	"jacobi/graph"
)

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
	switch x := e.In[0]; {
	case x.DType.IsUnsigned():
		same(f, e)
	case x.DType.IsComplex():
		hloTyped("stablehlo.abs")(f, e)
	default:
		f.set(e, f.simple("stablehlo.abs", x.Aval, f.in(e, 0)))
	}
}

func lowerSign(f *function, e *graph.Eqn) {
	a, x := e.In[0].Aval, f.in(e, 0)
	if !a.DType.IsUnsigned() {
		f.set(e, f.simple("stablehlo.sign", a, x))
		return
	}
	zero, one := f.full(a, graph.Num(a.DType, 0)), f.full(a, graph.Num(a.DType, 1))
	f.set(e, f.selected(f.compared("EQ", a, x, zero), a.With(graph.Bool), zero, one, a))
}

func lowerRound(f *function, e *graph.Eqn) {
	op := "stablehlo.round_nearest_afz"
	if e.Params.(graph.RoundParams).ToEven {
		op = "stablehlo.round_nearest_even"
	}
	hlo(op)(f, e)
}

func lowerSquare(f *function, e *graph.Eqn) {
	if e.In[0].DType.IsInt() {
		f.set(e, f.simple("stablehlo.multiply", e.In[0].Aval, f.in(e, 0), f.in(e, 0)))
		return
	}
	chlo("chlo.square")(f, e)
}

// 1 / (1 + exp(-x)): the operation of that name is less exact.
func lowerLogistic(f *function, e *graph.Eqn) {
	a := e.Out[0].Aval
	one := f.full(a, graph.Num(a.DType, 1))
	exp := f.simple("stablehlo.exponential", a, f.simple("stablehlo.negate", a, f.in(e, 0)))
	f.set(e, f.simple("stablehlo.divide", a, one, f.simple("stablehlo.add", a, one, exp)))
}

// Powers by repeated squaring.
func lowerIntegerPow(f *function, e *graph.Eqn) {
	a, x, y := e.Out[0].Aval, f.in(e, 0), e.Params.(graph.IntegerPowParams).Y
	one := graph.Num(a.DType, 1)
	mul := func(x, y id) id { return f.simple("stablehlo.multiply", a, x, y) }
	switch y {
	case 0:
		f.set(e, f.full(a, one))
		return
	case 3: // the order of JAX: (x x) x
		f.set(e, mul(mul(x, x), x))
		return
	}
	n := uint64(y)
	if y < 0 {
		n = -n
	}
	const none = math.MinInt32
	acc := id(none)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			if acc == none {
				acc = x
			} else {
				acc = mul(acc, x)
			}
		}
		if n > 1 {
			x = mul(x, x)
		}
	}
	if y < 0 {
		acc = f.simple("stablehlo.divide", a, f.full(a, one), acc)
	}
	f.set(e, acc)
}

func lowerConvert(f *function, e *graph.Eqn) {
	x, a, d := f.in(e, 0), e.In[0].Aval, e.Out[0].DType
	if a.DType.IsComplex() && !d.IsComplex() {
		r := f.begin("stablehlo.real", x)
		f.endTypes(a.With(a.DType.Real()), a)
		x, a = r, a.With(a.DType.Real())
	}
	if d == graph.Bool && a.DType != graph.Bool {
		f.set(e, f.compared("NE", a, x, f.full(a, graph.Number{})))
		return
	}
	f.set(e, f.converted(x, a, d))
}

func lowerBitcast(f *function, e *graph.Eqn) {
	if e.In[0].DType == e.Out[0].DType {
		same(f, e)
		return
	}
	hloTyped("stablehlo.bitcast_convert")(f, e)
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

// max(lo, min(x, hi)) is no clamp: the two differ at NaN and where lo > hi.
func lowerClamp(f *function, e *graph.Eqn) { hlo("stablehlo.clamp")(f, e) }

// XLA:CPU of jaxlib 0.11 computes atan2(x, 1) with a constant 1 wrongly: every
// element from those of the next vector. atan2(2x, 2) is the same number.
func expandAtan(b *graph.Builder, in []*graph.Value, _ graph.Params) *graph.Value {
	two := b.Scalar(in[0].DType, 2)
	return b.Atan2(b.Mul(in[0], two), two)
}

func lowerAtan2(f *function, e *graph.Eqn) {
	y := e.In[1]
	for y.Def != nil && (y.Def.Op == graph.OpBroadcast || y.Def.Op == graph.OpReshape) {
		y = y.Def.In[0]
	}
	if y.Def == nil || y.Def.Op != graph.OpLiteral || y.Def.Params.(graph.LiteralParams).Value.C != 1 {
		hlo("stablehlo.atan2")(f, e)
		return
	}
	a := e.Out[0].Aval
	two := f.full(a, graph.Num(a.DType, 2))
	x := f.operands(e)[0]
	f.set(e, f.simple("stablehlo.atan2", a, f.simple("stablehlo.multiply", a, x, two), two))
}

func expandExp2(b *graph.Builder, in []*graph.Value, _ graph.Params) *graph.Value {
	x := in[0]
	return b.Exp(b.Mul(b.Scalar(x.DType, math.Ln2), x))
}

func expandConj(b *graph.Builder, in []*graph.Value, _ graph.Params) *graph.Value {
	return b.Complex(b.Real(in[0]), b.Neg(b.Imag(in[0])))
}

// sin(a + ib) = sin a cosh b + i cos a sinh b
func expandComplexSin(b *graph.Builder, in []*graph.Value, _ graph.Params) *graph.Value {
	re, sinh, cosh := hyperbolic(b, in[0])
	zero := b.Scalar(re.DType, 0)
	im := b.Mul(b.Cos(re), sinh)
	// cosh b may be infinite where sin a is zero.
	return b.Select(b.Eq(re, zero), b.Complex(zero, im), b.Complex(b.Mul(b.Sin(re), cosh), im))
}

// cos(a + ib) = cos a cosh b - i sin a sinh b
func expandComplexCos(b *graph.Builder, in []*graph.Value, _ graph.Params) *graph.Value {
	re, sinh, cosh := hyperbolic(b, in[0])
	zero := b.Scalar(re.DType, 0)
	r := b.Mul(b.Cos(re), cosh)
	return b.Select(b.Eq(re, zero), b.Complex(r, zero), b.Complex(r, b.Mul(b.Neg(b.Sin(re)), sinh)))
}

// hyperbolic is the real part a of a + ib, with sinh b and cosh b by way of
// expm1, which is exact where b is small.
func hyperbolic(b *graph.Builder, x *graph.Value) (re, sinh, cosh *graph.Value) {
	re = b.Real(x)
	im := b.Imag(x)
	two := b.Scalar(re.DType, 2)
	up, down := b.Expm1(im), b.Expm1(b.Neg(im))
	return re, b.Div(b.Sub(up, down), two), b.Div(b.Add(b.Add(up, down), two), two)
}
