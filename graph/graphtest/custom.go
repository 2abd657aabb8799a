package graphtest

import "github.com/jacobi-go/jacobi/graph"

// customs has no custom_lin: it stands between jvp and transpose only, and cannot
// be evaluated.
func (l *list) customs() {
	for _, x := range programAvals {
		l.custom(x)
	}
}

// custom has rules with the derivative that the function has, or differences
// would not tell it.
func (l *list) custom(x graph.Aval) {
	jvp := graph.Build([]graph.Aval{x, x, x, x}, func(b builder, in []value) []value {
		sin := b.Sin(in[0])
		dy := b.Add(b.Mul(b.Mul(b.Cos(in[0]), in[1]), in[2]), b.Mul(sin, in[3]))
		return []value{b.Mul(sin, in[1]), dy}
	})
	l.op(graph.OpCustomJVP, "", graph.CustomJVPParams{Name: "f", Graph: sinMul(x), JVP: jvp}, like(x), like(x))
	fwd := graph.Build([]graph.Aval{x, x}, func(b builder, in []value) []value {
		sin := b.Sin(in[0])
		return []value{b.Mul(sin, in[1]), b.Mul(b.Cos(in[0]), in[1]), sin}
	})
	bwd := graph.Build([]graph.Aval{x, x, x}, func(b builder, in []value) []value {
		return []value{b.Mul(in[0], in[2]), b.Mul(in[1], in[2])}
	})
	l.op(graph.OpCustomVJP, "", graph.CustomVJPParams{Name: "f", Graph: sinMul(x), Fwd: fwd, Bwd: bwd}, like(x), like(x))
}
