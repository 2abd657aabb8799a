package graph

// Elementwise ops take operands of one shape, or scalars among them; the
// result has the shape of those that are no scalars.

func (b *Builder) Neg(x *Value) *Value             { return b.emit1(OpNeg, nil, x) }
func (b *Builder) Abs(x *Value) *Value             { return b.emit1(OpAbs, nil, x) }
func (b *Builder) Sign(x *Value) *Value            { return b.emit1(OpSign, nil, x) }
func (b *Builder) Floor(x *Value) *Value           { return b.emit1(OpFloor, nil, x) }
func (b *Builder) Ceil(x *Value) *Value            { return b.emit1(OpCeil, nil, x) }
func (b *Builder) Exp(x *Value) *Value             { return b.emit1(OpExp, nil, x) }
func (b *Builder) Exp2(x *Value) *Value            { return b.emit1(OpExp2, nil, x) }
func (b *Builder) Expm1(x *Value) *Value           { return b.emit1(OpExpm1, nil, x) }
func (b *Builder) Log(x *Value) *Value             { return b.emit1(OpLog, nil, x) }
func (b *Builder) Log1p(x *Value) *Value           { return b.emit1(OpLog1p, nil, x) }
func (b *Builder) Sqrt(x *Value) *Value            { return b.emit1(OpSqrt, nil, x) }
func (b *Builder) Rsqrt(x *Value) *Value           { return b.emit1(OpRsqrt, nil, x) }
func (b *Builder) Cbrt(x *Value) *Value            { return b.emit1(OpCbrt, nil, x) }
func (b *Builder) Square(x *Value) *Value          { return b.emit1(OpSquare, nil, x) }
func (b *Builder) Sin(x *Value) *Value             { return b.emit1(OpSin, nil, x) }
func (b *Builder) Cos(x *Value) *Value             { return b.emit1(OpCos, nil, x) }
func (b *Builder) Tan(x *Value) *Value             { return b.emit1(OpTan, nil, x) }
func (b *Builder) Asin(x *Value) *Value            { return b.emit1(OpAsin, nil, x) }
func (b *Builder) Acos(x *Value) *Value            { return b.emit1(OpAcos, nil, x) }
func (b *Builder) Atan(x *Value) *Value            { return b.emit1(OpAtan, nil, x) }
func (b *Builder) Sinh(x *Value) *Value            { return b.emit1(OpSinh, nil, x) }
func (b *Builder) Cosh(x *Value) *Value            { return b.emit1(OpCosh, nil, x) }
func (b *Builder) Tanh(x *Value) *Value            { return b.emit1(OpTanh, nil, x) }
func (b *Builder) Asinh(x *Value) *Value           { return b.emit1(OpAsinh, nil, x) }
func (b *Builder) Acosh(x *Value) *Value           { return b.emit1(OpAcosh, nil, x) }
func (b *Builder) Atanh(x *Value) *Value           { return b.emit1(OpAtanh, nil, x) }
func (b *Builder) Logistic(x *Value) *Value        { return b.emit1(OpLogistic, nil, x) }
func (b *Builder) Erf(x *Value) *Value             { return b.emit1(OpErf, nil, x) }
func (b *Builder) Erfc(x *Value) *Value            { return b.emit1(OpErfc, nil, x) }
func (b *Builder) ErfInv(x *Value) *Value          { return b.emit1(OpErfInv, nil, x) }
func (b *Builder) Lgamma(x *Value) *Value          { return b.emit1(OpLgamma, nil, x) }
func (b *Builder) Digamma(x *Value) *Value         { return b.emit1(OpDigamma, nil, x) }
func (b *Builder) IsFinite(x *Value) *Value        { return b.emit1(OpIsFinite, nil, x) }
func (b *Builder) Not(x *Value) *Value             { return b.emit1(OpNot, nil, x) }
func (b *Builder) PopulationCount(x *Value) *Value { return b.emit1(OpPopulationCount, nil, x) }
func (b *Builder) Clz(x *Value) *Value             { return b.emit1(OpClz, nil, x) }
func (b *Builder) Real(x *Value) *Value            { return b.emit1(OpReal, nil, x) }
func (b *Builder) Imag(x *Value) *Value            { return b.emit1(OpImag, nil, x) }
func (b *Builder) StopGradient(x *Value) *Value    { return b.emit1(OpStopGradient, nil, x) }

// Conj is the complex conjugate; x itself if it is real.
func (b *Builder) Conj(x *Value) *Value {
	if !x.DType.IsComplex() {
		return x
	}
	return b.emit1(OpConj, nil, x)
}

func (b *Builder) Add(x, y *Value) *Value       { return b.emit1(OpAdd, nil, x, y) }
func (b *Builder) Sub(x, y *Value) *Value       { return b.emit1(OpSub, nil, x, y) }
func (b *Builder) Mul(x, y *Value) *Value       { return b.emit1(OpMul, nil, x, y) }
func (b *Builder) Div(x, y *Value) *Value       { return b.emit1(OpDiv, nil, x, y) }
func (b *Builder) Rem(x, y *Value) *Value       { return b.emit1(OpRem, nil, x, y) }
func (b *Builder) Pow(x, y *Value) *Value       { return b.emit1(OpPow, nil, x, y) }
func (b *Builder) Atan2(x, y *Value) *Value     { return b.emit1(OpAtan2, nil, x, y) }
func (b *Builder) Max(x, y *Value) *Value       { return b.emit1(OpMax, nil, x, y) }
func (b *Builder) Min(x, y *Value) *Value       { return b.emit1(OpMin, nil, x, y) }
func (b *Builder) NextAfter(x, y *Value) *Value { return b.emit1(OpNextAfter, nil, x, y) }
func (b *Builder) Polygamma(n, x *Value) *Value { return b.emit1(OpPolygamma, nil, n, x) }
func (b *Builder) Complex(x, y *Value) *Value   { return b.emit1(OpComplex, nil, x, y) }
func (b *Builder) And(x, y *Value) *Value       { return b.emit1(OpAnd, nil, x, y) }
func (b *Builder) Or(x, y *Value) *Value        { return b.emit1(OpOr, nil, x, y) }
func (b *Builder) Xor(x, y *Value) *Value       { return b.emit1(OpXor, nil, x, y) }
func (b *Builder) ShiftLeft(x, y *Value) *Value { return b.emit1(OpShiftLeft, nil, x, y) }
func (b *Builder) ShiftRightLogical(x, y *Value) *Value {
	return b.emit1(OpShiftRightLogical, nil, x, y)
}
func (b *Builder) ShiftRightArithmetic(x, y *Value) *Value {
	return b.emit1(OpShiftRightArithmetic, nil, x, y)
}
func (b *Builder) Eq(x, y *Value) *Value { return b.emit1(OpEq, nil, x, y) }
func (b *Builder) Ne(x, y *Value) *Value { return b.emit1(OpNe, nil, x, y) }
func (b *Builder) Lt(x, y *Value) *Value { return b.emit1(OpLt, nil, x, y) }
func (b *Builder) Le(x, y *Value) *Value { return b.emit1(OpLe, nil, x, y) }
func (b *Builder) Gt(x, y *Value) *Value { return b.emit1(OpGt, nil, x, y) }
func (b *Builder) Ge(x, y *Value) *Value { return b.emit1(OpGe, nil, x, y) }

// Select is onTrue where pred holds and onFalse elsewhere. Its operands are in
// the order of JAX's select_n: pred, onFalse, onTrue.
func (b *Builder) Select(pred, onTrue, onFalse *Value) *Value {
	return b.emit1(OpSelect, nil, pred, onFalse, onTrue)
}

// Clamp limits x to lo..hi.
func (b *Builder) Clamp(lo, x, hi *Value) *Value { return b.emit1(OpClamp, nil, lo, x, hi) }

// LiteralParams is a rank-0 constant.
type LiteralParams struct {
	DType DType
	Value Number
}

func (p LiteralParams) fields(w walker) Params {
	w.field("dtype", dtypeField{&p.DType})
	w.field("value", numberField{x: &p.Value})
	return done(w, p)
}

// Literal is a rank-0 constant; one value stands for all equal ones of a
// graph.
func (b *Builder) Literal(d DType, n Number) *Value {
	n = n.Round(d)
	re, im := n.Bits(d)
	key := litKey{d, re, im}
	if v := b.literals[key]; v != nil {
		return v
	}
	if b.literals == nil {
		b.literals = map[litKey]*Value{}
	}
	v := b.emit1(OpLiteral, LiteralParams{d, n})
	b.literals[key] = v
	return v
}

// Scalar is Literal of a real number.
func (b *Builder) Scalar(d DType, x float64) *Value { return b.Literal(d, Num(d, x)) }

// Full is x in every place of a.
func (b *Builder) Full(a Aval, x float64) *Value {
	return b.Broadcast(b.Scalar(a.DType, x), a.Shape)
}

// Zeros and Ones are Full of 0 and 1.
func (b *Builder) Zeros(a Aval) *Value { return b.Full(a, 0) }
func (b *Builder) Ones(a Aval) *Value  { return b.Full(a, 1) }

func inferLiteral(e *Eqn) ([]Aval, error) {
	return []Aval{{DType: e.Params.(LiteralParams).DType}}, nil
}

// IntegerPowParams: x to the power Y, by multiplications; Y may be negative
// for floats.
type IntegerPowParams struct{ Y int }

func (p IntegerPowParams) fields(w walker) Params { w.field("y", intField{&p.Y}); return done(w, p) }

func (b *Builder) IntegerPow(x *Value, y int) *Value {
	return b.emit1(OpIntegerPow, IntegerPowParams{y}, x)
}

// RoundParams: halves go to the even neighbour, or away from zero.
type RoundParams struct{ ToEven bool }

func (p RoundParams) fields(w walker) Params {
	method := 0
	if p.ToEven {
		method = 1
	}
	w.field("rounding_method", intField{&method})
	p.ToEven = method == 1
	return done(w, p)
}

func (b *Builder) Round(x *Value, toEven bool) *Value {
	return b.emit1(OpRound, RoundParams{toEven}, x)
}

// ReducePrecisionParams: round to a float of so many exponent and mantissa
// bits.
type ReducePrecisionParams struct{ Exponent, Mantissa int }

func (p ReducePrecisionParams) fields(w walker) Params {
	w.field("exponent_bits", intField{&p.Exponent})
	w.field("mantissa_bits", intField{&p.Mantissa})
	return done(w, p)
}

func (b *Builder) ReducePrecision(x *Value, exponent, mantissa int) *Value {
	return b.emit1(OpReducePrecision, ReducePrecisionParams{exponent, mantissa}, x)
}

// ConvertParams: the value as another type. Floats become integers by
// dropping the fraction; complex numbers become real by dropping the imaginary
// part.
type ConvertParams struct{ DType DType }

func (p ConvertParams) fields(w walker) Params {
	w.field("new_dtype", dtypeField{&p.DType})
	w.field("weak_type", noteField("False"))
	return done(w, p)
}

// Convert is x as type d; x itself if that is its type.
func (b *Builder) Convert(x *Value, d DType) *Value {
	if x.DType == d {
		return x
	}
	return b.emit1(OpConvert, ConvertParams{d}, x)
}

// Truth is x as bools: what is not zero. Converted, a complex number would be the
// truth of its real part.
func (b *Builder) Truth(x *Value) *Value {
	if x.DType.IsComplex() {
		return b.Ne(x, b.Scalar(x.DType, 0))
	}
	return b.Convert(x, Bool)
}

// BitcastParams: the same bits as another type of the same size.
type BitcastParams struct{ DType DType }

func (p BitcastParams) fields(w walker) Params {
	w.field("new_dtype", dtypeField{&p.DType})
	return done(w, p)
}

func (b *Builder) Bitcast(x *Value, d DType) *Value { return b.emit1(OpBitcast, BitcastParams{d}, x) }

// A kind is a set of dtypes that an op takes.
type kind struct {
	has  func(DType) bool
	name string
}

var (
	anyType     = kind{func(DType) bool { return true }, "any"}
	numeric     = kind{func(d DType) bool { return d != Bool }, "numbers"}
	realNumeric = kind{func(d DType) bool { return d.IsInt() || d.IsFloat() }, "real numbers"}
	ordered     = kind{func(d DType) bool { return !d.IsComplex() }, "ordered values (not complex)"}
	integer     = kind{DType.IsInt, "integers"}
	bitwise     = kind{func(d DType) bool { return d.IsInt() || d == Bool }, "integers or bools"}
	float       = kind{DType.IsFloat, "real floats"}
	complexes   = kind{DType.IsComplex, "complex numbers"}
	inexact     = kind{DType.Differentiable, "floats or complex numbers"}
)

func (k kind) check(d DType) error {
	if !k.has(d) {
		return ErrDType.Errorf("takes %s, not %v; convert with As", k.name, d)
	}
	return nil
}

var errShapes = ErrShape.Errorf("operands must have one shape, or be scalars; broadcast them first")

// joint is the shape of an elementwise result.
func joint(in []*Value) ([]int, error) {
	shape := in[0].Shape
	for _, x := range in[1:] {
		switch {
		case x.Rank() == 0:
		case len(shape) == 0:
			shape = x.Shape
		default:
			if len(shape) != len(x.Shape) {
				return nil, errShapes
			}
			for i, d := range x.Shape {
				if shape[i] != d {
					return nil, errShapes
				}
			}
		}
	}
	return shape, nil
}

func unary(k kind) func(*Eqn) ([]Aval, error) {
	return func(e *Eqn) ([]Aval, error) { return []Aval{e.In[0].Aval}, k.check(e.In[0].DType) }
}

func binary(k kind) func(*Eqn) ([]Aval, error) {
	return func(e *Eqn) ([]Aval, error) {
		x, y := e.In[0], e.In[1]
		if x.DType != y.DType {
			return nil, ErrDType.Errorf("operands must have one dtype; convert with As")
		}
		shape, err := joint(e.In)
		if err == nil {
			err = k.check(x.DType)
		}
		return []Aval{{x.DType, shape}}, err
	}
}

func compare(k kind) func(*Eqn) ([]Aval, error) {
	same := binary(k)
	return func(e *Eqn) ([]Aval, error) {
		a, err := same(e)
		if err != nil {
			return nil, err
		}
		return []Aval{a[0].With(Bool)}, nil
	}
}

func inferAbs(e *Eqn) ([]Aval, error) {
	x := e.In[0].Aval
	return []Aval{x.With(x.DType.Real())}, numeric.check(x.DType)
}

func inferIntegerPow(e *Eqn) ([]Aval, error) {
	x, y := e.In[0].Aval, e.Params.(IntegerPowParams).Y
	if y < 0 && x.DType.IsInt() {
		return nil, ErrArgument.Errorf("integers cannot be raised to the negative power %d; convert to a float with As", y)
	}
	return []Aval{x}, numeric.check(x.DType)
}

func inferReducePrecision(e *Eqn) ([]Aval, error) {
	p := e.Params.(ReducePrecisionParams)
	out, err := unary(float)(e)
	if err == nil && (p.Exponent < 1 || p.Mantissa < 0 || p.Exponent > 64 || p.Mantissa > 64) {
		err = ErrArgument.Errorf("there are no floats of %d exponent and %d mantissa bits", p.Exponent, p.Mantissa)
	}
	return out, err
}

func inferIsFinite(e *Eqn) ([]Aval, error) {
	return []Aval{e.In[0].With(Bool)}, float.check(e.In[0].DType)
}

func inferParts(e *Eqn) ([]Aval, error) {
	x := e.In[0].Aval
	return []Aval{x.With(x.DType.Real())}, complexes.check(x.DType)
}

func inferComplex(e *Eqn) ([]Aval, error) {
	a, err := binary(float)(e)
	if err != nil {
		return nil, err
	}
	if d := a[0].DType; d != Float32 && d != Float64 {
		return nil, ErrDType.Errorf("there are no complex numbers with parts of type %v; convert to float32 or float64 with As", d)
	}
	return []Aval{a[0].With(a[0].DType.Complex())}, nil
}

func inferConvert(e *Eqn) ([]Aval, error) {
	return []Aval{e.In[0].With(e.Params.(ConvertParams).DType)}, nil
}

func inferBitcast(e *Eqn) ([]Aval, error) {
	x, d := e.In[0], e.Params.(BitcastParams).DType
	if err := x.With(d).Valid(); err != nil {
		return nil, err
	}
	if x.DType.Size() != d.Size() || (x.DType == Bool) != (d == Bool) || x.DType.IsComplex() != d.IsComplex() {
		return nil, ErrDType.Errorf("the bits of %v cannot be read as %v", x.DType, d)
	}
	return []Aval{x.With(d)}, nil
}

func inferSelect(e *Eqn) ([]Aval, error) {
	p, x, y := e.In[0], e.In[1], e.In[2]
	if p.DType != Bool {
		return nil, ErrDType.Errorf("chooses by bools, not %v", p.DType)
	}
	if x.DType != y.DType {
		return nil, ErrDType.Errorf("the cases must have one dtype, not %v and %v; convert with As", x.DType, y.DType)
	}
	shape, err := joint(e.In)
	return []Aval{{x.DType, shape}}, err
}

func inferClamp(e *Eqn) ([]Aval, error) {
	lo, x, hi := e.In[0], e.In[1], e.In[2]
	if lo.DType != x.DType || hi.DType != x.DType {
		return nil, ErrDType.Errorf("operands must have one dtype; convert with As")
	}
	shape, err := joint(e.In)
	if err == nil {
		err = ordered.check(x.DType)
	}
	return []Aval{{x.DType, shape}}, err
}
