package ad

// Tangents and cotangents have no name: a policy saves what the primal knows.

func jvpName(b B, e E, x, dx []V) (y, dy []V) { return b.Emit(e.Op, e.Params, x...), dx }

func transposeName(b B, e E, ct, x []V) []V { return ct }
