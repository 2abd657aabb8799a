package graph

// SortParams: all operands, which have one shape, are rearranged alike, line by
// line along Axis, so that the first Keys of them rise: of equal elements of
// the first, those of the second decide, and so on. In this order -0 equals 0,
// NaNs equal each other and come last, and complex numbers are compared by
// their real parts, then by their imaginary parts. Stable leaves what is equal
// in its order.
type SortParams struct {
	Axis, Keys int
	Stable     bool
}

func (p SortParams) fields(w walker) Params {
	w.field("dimension", intField{&p.Axis})
	w.field("is_stable", boolField{&p.Stable})
	w.field("num_keys", intField{&p.Keys})
	return done(w, p)
}

// Sort sorts xs by the first keys of them, and leaves what is equal in its
// order.
func (b *Builder) Sort(axis, keys int, xs ...*Value) []*Value {
	return b.Emit(OpSort, SortParams{axis, keys, true}, xs...)
}

func inferSort(e *Eqn) ([]Aval, error) {
	p := e.Params.(SortParams)
	if p.Keys < 1 || p.Keys > len(e.In) {
		return nil, ErrArgument.Errorf("sorts by %d of %d operands", p.Keys, len(e.In))
	}
	x := e.In[0]
	for i, y := range e.In[1:] {
		if !y.Aval.With(x.DType).Equal(x.Aval) {
			return nil, ErrShape.Errorf("operand %d is %v, operand 0 is %v; they must have one shape", i+1, y.Aval, x.Aval)
		}
	}
	return Avals(e.In), axesOf(x.Rank(), []int{p.Axis})
}
