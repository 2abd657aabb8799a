package graph_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
)

// aval reads f32[3,4].
func aval(s string) graph.Aval {
	g, err := graph.Parse("{ lambda ; a:" + s + ". let in (a,) }")
	if err != nil {
		panic(err)
	}
	return g.In[0].Aval
}

func avals(s string) (as []graph.Aval) {
	for _, f := range strings.Fields(s) {
		as = append(as, aval(f))
	}
	return as
}

// A mistake is what somebody gives to an op, and what the error says.
type mistake struct {
	op     graph.Op
	in     string
	params graph.Params
	want   string
}

// mistakes has one for every complaint of every shape rule.
func mistakes() []mistake {
	const (
		axis = "axis 2 is out of range for rank 2"
		same = "operands must have one dtype; convert with As"
	)
	none := []int{}
	row := graph.IndexDims{Offset: []int{1}, Collapsed: []int{0}, OperandBatch: none, IndicesBatch: none, Start: []int{0}}
	dims := func(change func(*graph.IndexDims)) graph.IndexDims {
		d := row
		change(&d)
		return d
	}
	gather := func(sizes []int, change func(*graph.IndexDims)) graph.Params {
		return graph.GatherParams{IndexDims: dims(change), Sizes: sizes}
	}
	scatter := func(change func(*graph.IndexDims)) graph.Params {
		return graph.ScatterParams{IndexDims: dims(change)}
	}
	keep := func(*graph.IndexDims) {}
	dot := func(lc, rc, lb, rb []int) graph.Params {
		return graph.DotParams{LHSContract: lc, RHSContract: rc, LHSBatch: lb, RHSBatch: rb, Prefer: graph.Float32}
	}
	sin := graph.Build(avals("f32[2]"), func(b builder, in []value) []value { return []value{b.Sin(in[0])} })
	less := graph.Build(avals("f32[2]"), func(b builder, in []value) []value {
		return []value{b.ReduceAnd(b.Lt(in[0], b.Scalar(graph.Float32, 1)), 0)}
	})
	rows := []mistake{
		{graph.OpComplex, "f16[2] f16[2]", nil, "no complex numbers with parts of type float16"},
		{graph.OpIntegerPow, "i32[2]", graph.IntegerPowParams{Y: -2}, "negative power -2"},
		{graph.OpIntegerPow, "bool[2]", graph.IntegerPowParams{Y: 2}, "takes numbers, not bool"},
		{graph.OpBitcast, "f32[2]", graph.BitcastParams{DType: graph.Int64}, "the bits of float32 cannot be read as int64"},
		{graph.OpSelect, "i32[2] f32[2] f32[2]", nil, "chooses by bools, not int32"},
		{graph.OpSelect, "bool[2] f32[2] f64[2]", nil, "one dtype, not float32 and float64"},
		{graph.OpSelect, "bool[3] f32[2] f32[2]", nil, "one shape"},
		{graph.OpClamp, "f32[] f64[2] f32[]", nil, same},
		{graph.OpClamp, "c64[] c64[2] c64[]", nil, "not complex"},
		{graph.OpClamp, "f32[3] f32[2] f32[]", nil, "one shape"},
		{graph.OpRound, "i32[2]", graph.RoundParams{}, "takes real floats, not int32"},
		{graph.OpReducePrecision, "i32[2]", graph.ReducePrecisionParams{}, "takes real floats, not int32"},

		{graph.OpBroadcast, "f32[2]", graph.BroadcastParams{Shape: []int{2, 3}, Dims: none}, "0 broadcast dimensions for an operand of rank 1"},
		{graph.OpBroadcast, "f32[2,3]", graph.BroadcastParams{Shape: []int{3, 2}, Dims: []int{1, 0}}, "[1 0] are not rising axes of shape [3 2]"},
		{graph.OpBroadcast, "f32[2]", graph.BroadcastParams{Shape: []int{3, 4}, Dims: []int{1}}, "operand axis 0 has size 2, result axis 1 has 4"},
		{graph.OpBroadcast, "f32[]", graph.BroadcastParams{Shape: []int{-1}, Dims: none}, "negative size"},
		{graph.OpReshape, "f32[2,3]", graph.ReshapeParams{Shape: []int{4}}, "6 elements cannot have shape [4], which has 4"},
		{graph.OpTranspose, "f32[2,3]", graph.TransposeParams{Perm: []int{0}}, "permutation [0] for an operand of rank 2"},
		{graph.OpTranspose, "f32[2,3]", graph.TransposeParams{Perm: []int{0, 2}}, axis},
		{graph.OpTranspose, "f32[2,3]", graph.TransposeParams{Perm: []int{1, 1}}, "axis 1 is named twice in [1 1]"},
		{graph.OpConcatenate, "", graph.ConcatenateParams{}, "takes at least 1 operand, not 0"},
		{graph.OpConcatenate, "f32[2,3]", graph.ConcatenateParams{Axis: 2}, axis},
		{graph.OpConcatenate, "f32[2] f64[2]", graph.ConcatenateParams{}, "operand 1 is f64[2], operand 0 is f32[2]"},
		{graph.OpConcatenate, "f32[2,3] f32[2,4]", graph.ConcatenateParams{}, "operand 1 is f32[2,4], operand 0 is f32[2,3]; they may differ only at axis 0"},
		{graph.OpPad, "f32[2] f64[]", graph.PadParams{Low: []int{0}, High: []int{0}, Interior: []int{0}}, "scalar of the operand's dtype"},
		{graph.OpPad, "f32[2] f32[]", graph.PadParams{}, "padding for 0 axes of an operand of rank 1"},
		{graph.OpPad, "f32[2] f32[]", graph.PadParams{Low: []int{0}, High: []int{0}, Interior: []int{-1}}, "interior padding of axis 0 is negative"},
		{graph.OpPad, "f32[2] f32[]", graph.PadParams{Low: []int{-2}, High: []int{-1}, Interior: []int{0}}, "axis 0 of size 2 cannot lose 3 elements"},
		{graph.OpSlice, "f32[2,3]", graph.SliceParams{Start: []int{0}, Limit: []int{1}}, "slices 1 axes of an operand of rank 2"},
		{graph.OpSlice, "f32[5]", graph.SliceParams{Start: []int{1}, Limit: []int{6}}, "1:6:1 is no slice of axis 0, which has 5 elements"},
		{graph.OpSlice, "f32[5]", graph.SliceParams{Start: []int{1}, Limit: []int{3}, Strides: []int{0}}, "1:3:0 is no slice"},
		{graph.OpRev, "f32[2,3]", graph.RevParams{Axes: []int{2}}, axis},
		{graph.OpIota, "", graph.IotaParams{DType: graph.Float32, Shape: []int{2, 3}, Axis: 2}, axis},
		{graph.OpIota, "", graph.IotaParams{DType: graph.Bool, Shape: []int{2}}, "takes numbers, not bool"},

		{graph.OpDynamicSlice, "f32[2,3] i32[] i32[]", graph.DynamicSliceParams{Sizes: []int{1}}, "sizes [1] for an operand of rank 2"},
		{graph.OpDynamicSlice, "f32[3] i32[]", graph.DynamicSliceParams{Sizes: []int{4}}, "a slice of size 4 does not fit into axis 0, which has 3"},
		{graph.OpDynamicSlice, "f32[2,3] i32[]", graph.DynamicSliceParams{Sizes: []int{1, 1}}, "1 start indices for an operand of rank 2"},
		{graph.OpDynamicSlice, "f32[3] f32[]", graph.DynamicSliceParams{Sizes: []int{1}}, "integer scalars of one dtype"},
		{graph.OpDynamicUpdateSlice, "f32[3] f64[1] i32[]", nil, "the operand's dtype and rank"},
		{graph.OpDynamicUpdateSlice, "f32[3] f32[4] i32[]", nil, "an update of size 4 does not fit into axis 0, which has 3"},
		{graph.OpDynamicUpdateSlice, "f32[3] f32[1] i32[1]", nil, "integer scalars of one dtype"},
		{graph.OpGather, "f32[5,3] f32[2,1]", gather([]int{1, 3}, keep), "indices must be integers, with a last axis of 1"},
		{graph.OpGather, "f32[5,3] i32[2,2]", gather([]int{1, 3}, keep), "with a last axis of 1"},
		{graph.OpGather, "f32[5,3] i32[2,1]", gather([]int{1}, keep), "slice sizes [1] for an operand of rank 2"},
		{graph.OpGather, "f32[5,3] i32[2,1]", gather([]int{1, 4}, keep), "a slice of size 4 does not fit into axis 1, which has 3"},
		{graph.OpGather, "f32[5,3] i32[2,1]", gather([]int{2, 3}, keep), "axis 0 is dropped from slices, but its slice size is 2"},
		{graph.OpGather, "f32[5,3] i32[2,1]", gather([]int{1, 3}, func(d *graph.IndexDims) { d.Offset = none }), "0 offset axes for slices of rank 1"},
		{graph.OpGather, "f32[5,3] i32[2,1]", gather([]int{1, 3}, func(d *graph.IndexDims) { d.Offset = []int{2} }), axis},
		{graph.OpGather, "f32[5,3] i32[2,1]", gather([]int{1, 3}, func(d *graph.IndexDims) { d.Start = []int{2} }), "start index map: " + axis},
		{graph.OpGather, "f32[5,3] i32[2,1]", gather([]int{1, 3}, func(d *graph.IndexDims) { d.Collapsed = []int{2} }), "collapsed and batching axes: " + axis},
		{graph.OpGather, "f32[5,3] i32[2,1]", gather([]int{1, 3}, func(d *graph.IndexDims) { d.IndicesBatch = []int{1} }), "batching axes of the indices"},
		{graph.OpGather, "f32[5,3] i32[2,1]", gather([]int{1, 1}, func(d *graph.IndexDims) { d.OperandBatch = []int{1}; d.IndicesBatch = []int{0} }), "lhs axis 1 has 3, rhs axis 0 has 2"},
		{graph.OpGather, "f32[5,3] i32[2,1]", gather([]int{1, 3}, func(d *graph.IndexDims) { d.Collapsed = []int{1, 0} }), "must be sorted"},
		{graph.OpScatter, "f32[5,3] i32[2,1] f64[2,3]", scatter(keep), "the updates must have the operand's dtype"},
		{graph.OpScatter, "f32[5,3] i32[2,1] f32[2,4]", scatter(keep), "updates of size 4 do not fit into axis 1, which has 3"},
		{graph.OpScatter, "f32[5,3] i32[2,1] f32[7,3]", scatter(keep), "updates for places of shape [7], indices for [2]"},
		{graph.OpScatter, "f32[5,3] i32[2,1] f32[2,3]", scatter(func(d *graph.IndexDims) { d.Offset = []int{2} }), "offset axes: " + axis},
		{graph.OpScatter, "f32[5,3] i32[2,1] f32[2,3]", scatter(func(d *graph.IndexDims) { d.Offset = none }), "0 offset axes for slices of rank 1"},
		{graph.OpScatter, "c64[5,3] i32[2,1] c64[2,3]", graph.ScatterParams{IndexDims: row, Combine: graph.CombineMax}, "not complex"},

		{graph.OpDot, "f32[3,4] f32[5,2]", dot([]int{1}, []int{0}, none, none), "contracting axes differ in size: lhs axis 1 has 4, rhs axis 0 has 5"},
		{graph.OpDot, "f32[3,4] f32[5,2]", dot(none, none, []int{1}, []int{0}), "batch axes differ in size: lhs axis 1 has 4, rhs axis 0 has 5"},
		{graph.OpDot, "f32[3,4] f32[4,2]", dot([]int{1}, none, none, none), "1 contracting axes of lhs, 0 of rhs"},
		{graph.OpDot, "f32[3,4] f32[4,2]", dot([]int{2}, []int{0}, none, none), "lhs: " + axis},
		{graph.OpDot, "f32[3,4] f32[4,2]", dot([]int{1}, []int{2}, none, none), "rhs: " + axis},
		{graph.OpDot, "f32[3,4] f64[4,2]", dot([]int{1}, []int{0}, none, none), same},
		{graph.OpDot, "bool[3,4] bool[4,2]", dot([]int{1}, []int{0}, none, none), "takes numbers, not bool"},
		{graph.OpDot, "i32[3,4] i32[4,2]", dot([]int{1}, []int{0}, none, none), "products of int32 cannot be summed as float32"},
		{graph.OpArgmax, "f32[0,3]", graph.ArgParams{Axis: 0, DType: graph.Int32}, "axis 0 is empty"},
		{graph.OpArgmax, "f32[2]", graph.ArgParams{Axis: 0, DType: graph.Float32}, "the index dtype: takes integers, not float32"},

		{graph.OpSort, "f32[2]", graph.SortParams{Keys: 2}, "sorts by 2 of 1 operands"},
		{graph.OpSort, "f32[2] i32[3]", graph.SortParams{Keys: 1}, "operand 1 is i32[3], operand 0 is f32[2]; they must have one shape"},
		{graph.OpSort, "f32[2,3]", graph.SortParams{Axis: 2, Keys: 1}, axis},

		{graph.OpCholesky, "f32[2]", nil, "takes matrices, in the last two axes; the operand has rank 1"},
		{graph.OpCholesky, "f32[5,2,3]", nil, "takes square matrices, not 2 by 3"},
		{graph.OpCholesky, "f16[2,2]", nil, "takes float32, float64, complex64 or complex128, not float16"},
		{graph.OpTriangularSolve, "f32[2,3] f32[2,3]", graph.TriangularSolveParams{}, "takes square matrices, not 2 by 3"},
		{graph.OpTriangularSolve, "f32[2,2] f64[2,2]", graph.TriangularSolveParams{}, same},
		{graph.OpTriangularSolve, "f32[5,2,2] f32[4,2,2]", graph.TriangularSolveParams{}, "the same batch axes"},
		{graph.OpTriangularSolve, "f32[2,2] f32[3,4]", graph.TriangularSolveParams{LeftSide: true}, "a matrix of 2 by 2 on the left needs 2 elements in axis 0 of the right-hand side, which has 3"},
		{graph.OpLU, "i32[2,2]", nil, "takes float32, float64, complex64 or complex128, not int32"},
		{graph.OpFFT, "f32[4]", graph.FFTParams{Kind: graph.FFT, Lengths: []int{4}}, "FFT takes complex64 or complex128, not float32"},
		{graph.OpFFT, "c64[4]", graph.FFTParams{Kind: graph.FFT}, "transforms 1, 2 or 3 axes at once, not 0"},
		{graph.OpFFT, "c64[4]", graph.FFTParams{Kind: graph.FFT, Lengths: []int{4, 4}}, "cannot transform 2 axes of an operand of rank 1"},
		{graph.OpFFT, "c64[4]", graph.FFTParams{Kind: graph.FFT, Lengths: []int{0}}, "must be 1 or more"},

		{graph.OpCall, "f32[2] f32[2]", graph.CallParams{Graph: sin}, "the graph takes 1 operands, 2 given"},
		{graph.OpCall, "f32[3]", graph.CallParams{Graph: sin}, "the graph takes f32[2] as operand 0, f32[3] given"},
		{graph.OpCheckpoint, "f32[3]", graph.CheckpointParams{Graph: sin}, "the graph takes f32[2] as operand 0, f32[3] given"},
		{graph.OpCond, "f32[] f32[2]", graph.CondParams{Branches: []*graph.Graph{sin, sin}}, "2 branches are chosen by a scalar"},
		{graph.OpCond, "i32[] f32[2]", graph.CondParams{Branches: []*graph.Graph{sin, less}}, "branch 0 returns [f32[2]], branch 1 [bool[]]"},
		{graph.OpScan, "f32[2] f32[4,2]", graph.ScanParams{Body: sin, Length: 3, Carry: 1, Unroll: 1}, "scan of length 3 over f32[4,2]"},
		{graph.OpScan, "f32[2]", graph.ScanParams{Body: less, Length: 3, Carry: 1, Unroll: 1}, "carry 0 enters the body as f32[2] and leaves as bool[]"},
		{graph.OpWhile, "f32[2]", graph.WhileParams{Cond: sin, Body: sin}, "the condition must give one bool, not [f32[2]]"},
		{graph.OpWhile, "f32[2]", graph.WhileParams{Cond: less, Body: less}, "carry 0 enters the body as f32[2] and leaves as bool[]"},
		{graph.OpCustomJVP, "f32[2]", graph.CustomJVPParams{Graph: sin, JVP: sin}, "jvp: the graph takes 1 operands, 2 given"},
		{graph.OpCustomVJP, "f32[2]", graph.CustomVJPParams{Graph: sin, Fwd: less}, "fwd returns [bool[]], not [f32[2]]"},
		{graph.OpLinearSolve, "f32[2]", graph.LinearSolveParams{Matvec: sin, Solve: sin, Consts: 2}, "2 consts of 1 operands"},
	}
	for op := graph.OpReduceSum; op <= graph.OpReduceXor; op++ {
		rows = append(rows, mistake{op, "bool[2,3]", graph.ReduceParams{Axes: []int{2}}, axis})
	}
	for op := graph.OpReduceSum; op <= graph.OpReduceProd; op++ {
		rows = append(rows, mistake{op, "bool[2]", graph.ReduceParams{Axes: []int{0}}, "takes numbers, not bool"})
	}
	for op := graph.OpArgmax; op <= graph.OpArgmin; op++ {
		rows = append(rows, mistake{op, "f32[2,3]", graph.ArgParams{Axis: 2, DType: graph.Int32}, axis},
			mistake{op, "c64[2]", graph.ArgParams{Axis: 0, DType: graph.Int32}, "not complex"})
	}
	for op := graph.OpCumsum; op <= graph.OpCummin; op++ {
		rows = append(rows, mistake{op, "f32[2,3]", graph.CumParams{Axis: 2}, axis})
	}
	// Elementwise ops of one kind refuse another.
	unary := map[string][]graph.Op{
		"takes numbers, not bool[2]": {graph.OpNeg, graph.OpAbs, graph.OpSign, graph.OpSquare},
		"takes floats or complex numbers, not int32": {graph.OpExp, graph.OpExp2, graph.OpExpm1, graph.OpLog, graph.OpLog1p, graph.OpSqrt, graph.OpRsqrt,
			graph.OpSin, graph.OpCos, graph.OpTan, graph.OpAsin, graph.OpAcos, graph.OpAtan, graph.OpSinh, graph.OpCosh, graph.OpTanh,
			graph.OpAsinh, graph.OpAcosh, graph.OpAtanh, graph.OpLogistic},
		"takes real floats, not int32": {graph.OpFloor, graph.OpCeil, graph.OpCbrt, graph.OpErf, graph.OpErfc, graph.OpErfInv,
			graph.OpLgamma, graph.OpDigamma, graph.OpIsFinite},
		"takes integers or bools, not float32": {graph.OpNot},
		"takes integers, not float32":          {graph.OpPopulationCount, graph.OpClz},
		"takes complex numbers, not float32":   {graph.OpReal, graph.OpImag, graph.OpConj},
	}
	for want, ops := range unary {
		for _, op := range ops {
			in := "f32[2]"
			if strings.HasSuffix(want, "bool[2]") {
				in = "bool[2]"
			} else if strings.HasSuffix(want, "int32") {
				in = "i32[2]"
			}
			rows = append(rows, mistake{op, in, nil, strings.TrimSuffix(want, "[2]")})
		}
	}
	for op := range graph.NumOps {
		if n, _ := op.Arity(); n != 2 || !op.Elementwise() {
			continue
		}
		x := "f32"
		switch op {
		case graph.OpAnd, graph.OpOr, graph.OpXor, graph.OpShiftLeft, graph.OpShiftRightLogical, graph.OpShiftRightArithmetic:
			x = "i32"
		}
		rows = append(rows,
			mistake{op, x + "[2] i64[2]", nil, same},
			mistake{op, x + "[2] " + x + "[3]", nil, "operands must have one shape, or be scalars; broadcast them first"})
	}
	return rows
}

func TestMistakes(t *testing.T) {
	met := map[graph.Op]bool{}
	for _, row := range mistakes() {
		met[row.op] = true
		t.Run(fmt.Sprintf("%v(%s) %s", row.op, row.in, row.want), func(t *testing.T) {
			in := avals(row.in)
			err := graph.Try(func() {
				graph.Build(in, func(b builder, in []value) []value {
					return b.Emit(row.op, row.params, in...)
				})
			})
			var e *graph.Error
			require.True(t, errors.As(err, &e), "%v", err)
			assert.Contains(t, e.Msg, row.want)
			assert.Equal(t, row.op.String(), e.Op)
			assert.Equal(t, len(in), len(e.In))
			text := e.Error()
			assert.Regexp(t, `^errors_test.go:\d+: `, text)
			assert.Contains(t, text, row.op.String()+"("+strings.Join(strings.Fields(row.in), ", ")+"): ")
		})
	}
	// These take anything.
	for _, op := range []graph.Op{graph.OpLiteral, graph.OpConvert, graph.OpStopGradient, graph.OpBarrier, graph.OpName, graph.OpCallback, graph.OpCustomLin} {
		met[op] = true
	}
	for op := range graph.NumOps {
		assert.True(t, met[op], "no mistake of %v is tried", op)
	}
}

func TestCatch(t *testing.T) {
	err := func() (err error) {
		defer graph.Catch(&err)
		panic(graph.Errorf(graph.ErrNotScalar, "grad", "the result has %d elements, not 1", 3))
	}()
	assert.Regexp(t, `^errors_test.go:\d+: grad: the result has 3 elements, not 1$`, err.Error())
	assert.NoError(t, graph.Try(func() {}))
	assert.PanicsWithError(t, "jacobi: bug: 1", func() { _ = graph.Try(func() { graph.Bugf("%d", 1) }) })
	assert.PanicsWithValue(t, "else", func() { _ = graph.Try(func() { panic("else") }) })
}
