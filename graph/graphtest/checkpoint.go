package graphtest

import "github.com/jacobi-go/jacobi/graph"

func (l *list) checkpoints() {
	for _, x := range programAvals {
		l.checkpoint(x)
	}
}

func (l *list) checkpoint(x graph.Aval) {
	f := graph.Build([]graph.Aval{x, x}, func(b builder, in []value) []value {
		h := b.Name(b.Sin(b.Mul(in[0], in[1])), "h")
		return []value{b.Mul(h, b.Cos(h)), in[0]}
	})
	l.op(graph.OpCheckpoint, "", graph.CheckpointParams{Graph: f}, like(x), like(x))
	l.op(graph.OpCheckpoint, "saves h", graph.CheckpointParams{Graph: f, SaveNamed: []string{"h"}}, like(x), like(x))
	l.op(graph.OpCheckpoint, "saves dots", graph.CheckpointParams{Graph: f, SaveDots: true}, like(x), like(x))
}
