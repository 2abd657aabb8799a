package ad

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"jacobi/graph"
)

func TestEveryOpHasRules(t *testing.T) {
	for op := range graph.NumOps {
		r := rules[op]
		assert.True(t, r.jvp != nil && r.transpose != nil, "%v: no rule; say flat or notLinear if that is the answer", op)
	}
}

// An op is divided by partial evaluation exactly if it holds graphs.
func TestOpsWithGraphsAreSplit(t *testing.T) {
	divided := map[graph.Op]bool{graph.OpCall: true}
	for op := range graph.NumOps {
		assert.Equal(t, divided[op], rules[op].split != nil, "%v", op)
	}
}
