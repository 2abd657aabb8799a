package vmapper

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

// A rule emits e on operands of which at least one is mapped, over n examples,
// and says where the axis went. It leaves the axis where it is if it can:
// transposes are what batching costs.
type rule func(b B, e E, n int, in []batched) []batched

// rules is filled in init: rules of ops that hold graphs reach it.
var rules [graph.NumOps]rule

func init() {
	rules = [graph.NumOps]rule{
		graph.OpLiteral: neverMapped,
		graph.OpIota:    neverMapped,

		graph.OpBroadcast:   batchBroadcast,
		graph.OpReshape:     batchReshape,
		graph.OpTranspose:   batchTranspose,
		graph.OpConcatenate: batchConcatenate,
		graph.OpPad:         batchPad,
		graph.OpSlice:       along(sliceParams),
		graph.OpRev:         along(revParams),
		graph.OpBarrier:     batchBarrier,

		graph.OpDynamicSlice:       batchDynamicSlice,
		graph.OpDynamicUpdateSlice: batchDynamicUpdateSlice,
		graph.OpGather:             batchGather,
		graph.OpScatter:            batchScatter,

		graph.OpReduceSum:  along(reduceParams),
		graph.OpReduceProd: along(reduceParams),
		graph.OpReduceMax:  along(reduceParams),
		graph.OpReduceMin:  along(reduceParams),
		graph.OpReduceAnd:  along(reduceParams),
		graph.OpReduceOr:   along(reduceParams),
		graph.OpReduceXor:  along(reduceParams),
		graph.OpArgmax:     along(argParams),
		graph.OpArgmin:     along(argParams),
		graph.OpCumsum:     along(cumParams),
		graph.OpCumprod:    along(cumParams),
		graph.OpCummax:     along(cumParams),
		graph.OpCummin:     along(cumParams),

		graph.OpSort: batchSort,

		graph.OpDot: batchDot,

		graph.OpCholesky:        inFront,
		graph.OpTriangularSolve: batchTriangularSolve,
		graph.OpLU:              inFront,
		graph.OpFFT:             inFront,

		graph.OpName:     batchName,
		graph.OpCallback: batchCallback,

		graph.OpCall:       batchCall,
		graph.OpCond:       batchCond,
		graph.OpScan:       batchScan,
		graph.OpWhile:      batchWhile,
		graph.OpCheckpoint: batchCheckpoint,
		graph.OpCustomJVP:  batchCustomJVP,
		graph.OpCustomVJP:  batchCustomVJP,
		graph.OpCustomLin:  batchCustomLin,

		graph.OpLinearSolve: batchLinearSolve,
	}
	for op := range graph.NumOps {
		if op.Elementwise() {
			rules[op] = elementwise
		}
	}
}

// neverMapped is the rule of ops without operands.
func neverMapped(b B, e E, n int, in []batched) []batched {
	graph.Bugf("%v has no operand that could be mapped", e.Op)
	return nil
}

// one is what a rule of an op with one result returns.
func one(y V, axis int) []batched { return []batched{{y, axis}} }

// along is the rule of ops of one operand that do the same at every place of
// the axes that their params do not name. renumber gives the params for one
// more such axis, of size n, and the operand axes that the result lacks.
func along[P graph.Params](renumber func(p P, axis, n int) (q P, removed []int)) rule {
	return func(b B, e E, n int, in []batched) []batched {
		x := in[0]
		p, removed := renumber(e.Params.(P), x.axis, n)
		y := b.Emit(e.Op, p, x.V)[0]
		return one(y, slices.Index(graph.Kept(x.Rank(), removed), x.axis))
	}
}
