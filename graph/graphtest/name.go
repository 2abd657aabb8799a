package graphtest

import "github.com/jacobi-go/jacobi/graph"

func (l *list) names() {
	for _, x := range programAvals {
		l.op(graph.OpName, "", graph.NameParams{Name: "h"}, like(x))
	}
}
