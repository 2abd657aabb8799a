package graph

import (
	"math"
	"slices"
)

// rewrite returns what an equation is known to be without it, or nil. Every
// rule here is exact for every operand, infinities, NaNs and signed zeros
// among them:
//
//	x - 0, x + -0, x*1, x/1 are x, but x + 0 is not: -0 + 0 is 0
//	x*0 is not 0 for floats: it may be NaN or -0
//	complex x*1 and x/1 are not x: a product with an infinite part has NaNs
func (s *simplifier) rewrite(op Op, params Params, in []*Value) *Value {
	switch {
	case op.Elementwise():
		if v := s.foldLiterals(op, params, in); v != nil {
			return v
		}
		if v := s.identity(op, params, in); v != nil {
			return v
		}
		return s.scalars(op, params, in)
	case op.is(moves):
		return s.rearrange(op, params, in)
	}
	return nil
}

// literal returns the number that v is in every place.
func literal(v *Value) (LiteralParams, bool) {
	if x := repeated(v); x != nil {
		v = x
	}
	if v.Def == nil || v.Def.Op != OpLiteral {
		return LiteralParams{}, false
	}
	return v.Def.Params.(LiteralParams), true
}

// repeated is the scalar that v has in every place by a broadcast, or nil.
func repeated(v *Value) *Value {
	if v.Def == nil || v.Def.Op != OpBroadcast || v.Def.In[0].Rank() != 0 {
		return nil
	}
	return v.Def.In[0]
}

// full is x in every place of shape; x has that shape or is a scalar.
func (s *simplifier) full(x *Value, shape []int) *Value {
	if slices.Equal(x.Shape, shape) {
		return x
	}
	return s.emit1(OpBroadcast, BroadcastParams{Shape: shape, Dims: []int{}}, x)
}

func (s *simplifier) foldLiterals(op Op, params Params, in []*Value) *Value {
	var args [3]Number
	var d DType
	for i, x := range in {
		p, ok := literal(x)
		if !ok {
			return nil
		}
		args[i], d = p.Value, p.DType
	}
	n, to, ok := fold(op, params, d, args[:len(in)])
	if !ok {
		return nil
	}
	shape, err := joint(in)
	if err != nil {
		return nil
	}
	return s.full(s.emit1(OpLiteral, LiteralParams{to, n}), shape)
}

// identity returns what an elementwise op does nothing to.
func (s *simplifier) identity(op Op, params Params, in []*Value) *Value {
	x := in[0]
	d := x.DType
	// inner is the operand of x if op after x's own op is the identity.
	inner := func(by Op) *Value {
		if x.Def != nil && x.Def.Op == by {
			return x.Def.In[0]
		}
		return nil
	}
	switch op {
	case OpNeg, OpConj, OpNot:
		return inner(op)
	case OpIntegerPow:
		if params.(IntegerPowParams).Y == 1 {
			return x
		}
	case OpConvert:
		to := params.(ConvertParams).DType
		if to == d {
			return x
		}
		if y := inner(OpConvert); y != nil && skips(y.DType, d, to) {
			if to == y.DType {
				return y
			}
			return s.emit1(OpConvert, params, y)
		}
	case OpReal, OpImag:
		if x.Def != nil && x.Def.Op == OpComplex {
			return s.full(x.Def.In[b2i(op == OpImag)], x.Shape)
		}
	case OpComplex:
		re, im := x.Def, in[1].Def
		if re != nil && im != nil && re.Op == OpReal && im.Op == OpImag && re.In[0] == im.In[0] {
			return re.In[0]
		}
	case OpSelect:
		if c, ok := literal(x); ok {
			shape, _ := joint(in)
			return s.full(in[1+c.Value.I], shape)
		}
		if in[1] == in[2] {
			shape, _ := joint(in)
			return s.full(in[1], shape)
		}
	case OpMax, OpMin:
		if x == in[1] {
			return x
		}
	}
	if len(in) != 2 {
		return nil
	}
	for i, y := range in {
		c, ok := literal(y)
		if !ok {
			continue
		}
		other := in[1-i]
		if neutral(op, d, c.Value, i) {
			shape, _ := joint(in)
			return s.full(other, shape)
		}
		if absorbs(op, d, c.Value) {
			shape, _ := joint(in)
			return s.full(y, shape)
		}
	}
	if (op == OpAnd || op == OpOr) && x == in[1] {
		return x
	}
	return nil
}

// neutral reports whether op with n as operand i is its other operand.
func neutral(op Op, d DType, n Number, i int) bool {
	zero, one := n.I == 0, n.I == 1
	if d.Differentiable() {
		zero, one = n.C == 0, n.C == 1 && !d.IsComplex()
	}
	negative := func(want bool) bool { // the sign of a float zero
		return !d.Differentiable() ||
			math.Signbit(real(n.C)) == want && (!d.IsComplex() || math.Signbit(imag(n.C)) == want)
	}
	switch op {
	case OpAdd:
		return zero && negative(true)
	case OpSub:
		return i == 1 && zero && negative(false)
	case OpMul:
		return one
	case OpDiv, OpPow:
		return i == 1 && one
	case OpOr, OpXor:
		return zero
	case OpAnd:
		return n == ones(d)
	case OpShiftLeft, OpShiftRightLogical, OpShiftRightArithmetic:
		return i == 1 && zero
	}
	return false
}

// absorbs reports whether op with n is n, whatever the other operand.
func absorbs(op Op, d DType, n Number) bool {
	switch {
	case d.Differentiable():
		return false
	case op == OpMul, op == OpAnd:
		return n.I == 0
	case op == OpOr:
		return n == ones(d)
	}
	return false
}

// ones is the element of an integer type, or bool, whose bits are all 1.
func ones(d DType) Number { return Number{I: -1}.Round(d) }

// skips reports whether converting from a by b to c is converting from a to c.
func skips(a, b, c DType) bool {
	switch {
	case a == Bool:
		return true
	case a.IsInt() && b.IsInt():
		// A wider type keeps the value; a narrower result then wraps the same.
		return b.Size() > a.Size() && (b.IsSigned() || a.IsUnsigned()) || a.Size() == b.Size() && c.IsInt() && c.Size() <= a.Size()
	case a.IsInt():
		// A float of n bytes has every integer of n/2. To another integer type
		// floats saturate, integers wrap.
		return b.Differentiable() && a.Size() <= b.Real().Size()/2 && (c == a || !c.IsInt())
	case a.IsFloat():
		return holds(a, b.Real())
	}
	return b.IsComplex() && holds(a.Real(), b.Real())
}

// holds reports whether float type b has every value of float type a.
func holds(a, b DType) bool { return a == b || b.IsFloat() && b.Size() > a.Size() }

// scalars reads the scalar in place of its broadcast, as long as another
// operand has the shape.
func (s *simplifier) scalars(op Op, params Params, in []*Value) *Value {
	keep, some := -1, false // the operand that has the shape
	for i, x := range in {
		switch {
		case x.Rank() == 0:
		case repeated(x) == nil:
			keep = i
		default:
			some = true
		}
	}
	if !some {
		return nil
	}
	if keep < 0 { // all are broadcasts
		for i, x := range in {
			if x.Rank() > 0 {
				keep = i
			}
		}
	}
	narrow, changed := slices.Clone(in), false
	for i, x := range in {
		if i != keep && x.Rank() > 0 && repeated(x) != nil {
			narrow[i], changed = repeated(x), true
		}
	}
	if !changed {
		return nil
	}
	return s.emit1(op, params, narrow...)
}

// rearrange simplifies the ops that move elements. Each of them gives a
// repeated scalar repeated.
func (s *simplifier) rearrange(op Op, params Params, in []*Value) *Value {
	x := in[0]
	var inner Params // of x, if it is by op
	if x.Def != nil && x.Def.Op == op {
		inner = x.Def.Params
	}
	switch p := params.(type) {
	case BroadcastParams:
		if slices.Equal(p.Shape, x.Shape) { // dims rise, so they are all there are
			return x
		}
		if q, ok := inner.(BroadcastParams); ok {
			dims := make([]int, len(q.Dims))
			for i, d := range q.Dims {
				dims[i] = p.Dims[d]
			}
			return s.emit1(op, BroadcastParams{p.Shape, dims}, x.Def.In[0])
		}
		return nil
	case ReshapeParams:
		if slices.Equal(p.Shape, x.Shape) {
			return x
		}
		if inner != nil {
			return s.emit1(op, p, x.Def.In[0])
		}
	case TransposeParams:
		if isIdentity(p.Perm) {
			return x
		}
		if q, ok := inner.(TransposeParams); ok {
			perm := make([]int, len(p.Perm))
			for i, d := range p.Perm {
				perm[i] = q.Perm[d]
			}
			return s.emit1(op, TransposeParams{perm}, x.Def.In[0])
		}
	case RevParams:
		if len(p.Axes) == 0 {
			return x
		}
		if q, ok := inner.(RevParams); ok && slices.Equal(p.Axes, q.Axes) {
			return x.Def.In[0]
		}
	case SliceParams:
		if slices.Equal(p.Limit, x.Shape) && !slices.ContainsFunc(p.Start, func(i int) bool { return i != 0 }) &&
			!slices.ContainsFunc(p.Strides, func(i int) bool { return i != 1 }) {
			return x
		}
	case ConcatenateParams:
		if len(in) == 1 {
			return x
		}
		return nil
	case PadParams:
		zero := func(i int) bool { return i != 0 }
		if !slices.ContainsFunc(p.Low, zero) && !slices.ContainsFunc(p.High, zero) && !slices.ContainsFunc(p.Interior, zero) {
			return x
		}
		if repeated(x) != in[1] {
			return nil
		}
	}
	if c := repeated(x); c != nil {
		out, err := infer(&Eqn{Op: op, Params: params, In: in})
		if err != nil {
			return nil
		}
		return s.full(c, out[0].Shape)
	}
	return nil
}
