package expand

import "github.com/jacobi-go/jacobi/graph"

// The function of a custom rule is what runs.
func expandCustomJVP(b B, e E, in []V, p Platform) []V {
	q := e.Params.(graph.CustomJVPParams)
	return b.Call(q.Name, expanded(q.Graph, p), in...)
}

func expandCustomVJP(b B, e E, in []V, p Platform) []V {
	q := e.Params.(graph.CustomVJPParams)
	return b.Call(q.Name, expanded(q.Graph, p), in...)
}

func expandCustomLin(_ B, e E, _ []V, _ Platform) []V {
	panic(e.Errorf(graph.ErrRule, "a map of which only the transpose is known cannot be run"))
}
