package graph

// What an op's row says, for tests.

func (op Op) Commutes() bool   { return op.is(commutes) }
func (op Op) Compares() bool   { return op.is(compares) }
func (op Op) Moves() bool      { return op.is(moves) }
func (op Op) KeepsApart() bool { return op.is(keepsApart) }
func (op Op) Params() Params   { return ops[op].params }

// KeyOf is what an op and its params add to a fingerprint.
func KeyOf(op Op, p Params) string { return string(appendKey(nil, op, p)) }

// Swapped is g with params p for its equation i, unchecked.
func (g *Graph) Swapped(i int, p Params) *Graph {
	s := g.Rewire(g.In, g.Out)
	s.Eqns = append([]*Eqn{}, g.Eqns...)
	e := *g.Eqns[i]
	e.Params = p
	s.Eqns[i] = &e
	return s
}

// Reread prints params of op, of an equation with such results, and reads them.
func Reread(op Op, p Params, results []Aval) (_ Params, err error) {
	w := printer{shared: map[*Graph]string{}, scopes: map[*Graph]scope{}}
	w.params(p, 0)
	r := parser{text: string(w.buf), lets: map[string]*Graph{}}
	defer func() {
		if e, ok := recover().(*Error); ok {
			err = e
		}
	}()
	return readParams(op, r.fields(op), results)
}

// SetChecks says whether what transforms make is checked, and returns what says
// so again as before.
func SetChecks(on bool) (restore func()) {
	c, w := checks, watching
	checks, watching = on, on
	return func() { checks, watching = c, w }
}

// Checking is what JACOBI_CHECK means.
func Checking(env string) bool { return checking(env) }
