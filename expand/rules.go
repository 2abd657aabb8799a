package expand

import "github.com/jacobi-go/jacobi/graph"

// A rule says when a platform needs an equation rewritten, and emits it as
// other ops. What it emits is not looked at again: it is what the platform can
// do. An op without a rule is always copied.
type rule struct {
	when func(e E, p Platform) bool
	emit func(b B, e E, in []V, p Platform) []V
}

func (r rule) applies(e E, p Platform) bool { return r.when != nil && r.when(e, p) }

// rules is filled in init: rules of ops that hold graphs reach it.
var rules [graph.NumOps]rule

func init() {
	rules = [graph.NumOps]rule{
		graph.OpAbs:          {unsigned, identity},
		graph.OpSign:         {unsigned, one(expandSign)},
		graph.OpExp2:         {always, one(expandExp2)},
		graph.OpSquare:       {integer, one(expandSquare)},
		graph.OpSin:          {complexes, one(expandSin)},
		graph.OpCos:          {complexes, one(expandCos)},
		graph.OpAtan:         {wrongAtan, one(expandAtan)},
		graph.OpAtan2:        {wrongAtan2, one(expandAtan)},
		graph.OpComplex:      {wrongPhase, one(expandComplex)},
		graph.OpLog1p:        {wrongPhase1p, one(expandLog1p)},
		graph.OpLogistic:     {always, one(expandLogistic)},
		graph.OpIntegerPow:   {always, one(expandIntegerPow)},
		graph.OpConj:         {always, one(expandConj)},
		graph.OpConvert:      {severalSteps, one(expandConvert)},
		graph.OpBitcast:      {sameType, identity},
		graph.OpStopGradient: {always, identity},
		graph.OpName:         {always, identity},

		graph.OpDynamicSlice:       {narrowFrom(1), expandIndices(1)},
		graph.OpDynamicUpdateSlice: {narrowFrom(2), expandIndices(2)},
		graph.OpGather:             {emptyOrNarrow, expandGather},
		graph.OpScatter:            {narrowAt(1), expandIndex},

		graph.OpCumsum:  {empty, identity},
		graph.OpCumprod: {empty, identity},
		graph.OpCummax:  {empty, identity},
		graph.OpCummin:  {empty, identity},

		graph.OpCholesky:        {always, one(expandCholesky)},
		graph.OpTriangularSolve: {emptyOrConjugate, one(expandTriangularSolve)},
		graph.OpLU:              {always, expandLU},
		graph.OpFFT:             {emptyOrInverse, one(expandFFT)},

		graph.OpCall:       {insideCall, expandCall},
		graph.OpCond:       {always, expandCond},
		graph.OpScan:       {always, expandScan},
		graph.OpWhile:      {boundedOrInside, expandWhile},
		graph.OpCheckpoint: {always, expandCheckpoint},
		graph.OpCustomJVP:  {always, expandCustomJVP},
		graph.OpCustomVJP:  {always, expandCustomVJP},
		graph.OpCustomLin:  {always, expandCustomLin},

		graph.OpLinearSolve: {always, expandLinearSolve},
	}
}

// one makes a rule's emit of a function that gives the only result and is the
// same for all platforms.
func one(f func(b B, e E, in []V) V) func(B, E, []V, Platform) []V {
	return func(b B, e E, in []V, _ Platform) []V { return []V{f(b, e, in)} }
}

func identity(_ B, _ E, in []V, _ Platform) []V { return in[:1] }

func always(E, Platform) bool { return true }

// The first operand decides.
func unsigned(e E, _ Platform) bool  { return e.In[0].DType.IsUnsigned() }
func integer(e E, _ Platform) bool   { return e.In[0].DType.IsInt() }
func complexes(e E, _ Platform) bool { return e.In[0].DType.IsComplex() }

// XLA has no operation of some kinds on arrays without elements.
func empty(e E, _ Platform) bool { return e.Out[0].Size() == 0 }

// made is the graph that f builds of values of the given avals, with the
// position of e.
func made(e E, in []graph.Aval, f func(b B, in []V) []V) *graph.Graph {
	var b graph.Builder
	b.At(e)
	return b.Graph(f(&b, b.Inputs(in))...)
}
