package graph

// What an op's row says, for tests.

func (op Op) Commutes() bool   { return op.is(commutes) }
func (op Op) Compares() bool   { return op.is(compares) }
func (op Op) Moves() bool      { return op.is(moves) }
func (op Op) KeepsApart() bool { return op.is(keepsApart) }
func (op Op) Params() Params   { return ops[op].params }
