package graphtest

import (
	"math/rand/v2"
	"slices"

	"pgregory.net/rapid"

	"github.com/jacobi-go/jacobi/graph"
)

// Random draws a graph over float64: see RandomOf.
func Random(t *rapid.T) *graph.Graph { return RandomOf(t, graph.Float64) }

// RandomOf draws a graph whose floats have type d. It takes and returns
// floats, integers and bools; from floats of -1 to 1 it computes floats of
// that order, by functions that are smooth almost everywhere. Some of the
// results may be inputs, constants or the same value twice.
func RandomOf(t *rapid.T, d graph.DType) *graph.Graph {
	var in []graph.Aval
	for range rapid.IntRange(1, 3).Draw(t, "float inputs") {
		in = append(in, graph.Aval{DType: d, Shape: shape(t)})
	}
	for range rapid.IntRange(0, 2).Draw(t, "int inputs") {
		in = append(in, graph.Aval{DType: graph.Int32, Shape: shape(t)})
	}
	return random(t, d, in, 2)
}

// Rand is a source of numbers for RandomLike and Case.Sample.
func Rand(t *rapid.T) *rand.Rand {
	return rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
}

func shape(t *rapid.T) []int {
	return rapid.SliceOfN(rapid.IntRange(1, 3), 0, 3).Draw(t, "shape")
}

func random(t *rapid.T, d graph.DType, in []graph.Aval, depth int) *graph.Graph {
	return graph.Build(in, func(b builder, x []value) []value {
		g := &scope{t: t, b: b, d: d, depth: depth}
		for _, v := range x {
			g.put(v, 1)
		}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			steps[g.draw("op", len(steps))](g)
		}
		var out []value
		for range rapid.IntRange(1, 3).Draw(t, "float outputs") {
			out = append(out, g.float())
		}
		if len(g.ints) > 0 && g.draw("int output", 3) == 0 {
			out = append(out, g.ints[g.draw("int", len(g.ints))])
		}
		return out
	})
}

// A scope is a graph under construction.
type scope struct {
	t      *rapid.T
	b      builder
	d      graph.DType
	depth  int // of calls that may still nest
	floats []bounded
	ints   []value // int32
	bools  []value
	subs   []*graph.Graph // called before
}

// A bounded value is one whose elements are between -bound and bound.
type bounded struct {
	v     value
	bound float64
}

func (g *scope) draw(label string, n int) int { return rapid.IntRange(0, n-1).Draw(g.t, label) }

// put makes v available; a float that has grown is brought back.
func (g *scope) put(v value, bound float64) {
	switch {
	case v.DType == graph.Bool:
		g.bools = append(g.bools, v)
	case v.DType == graph.Int32:
		g.ints = append(g.ints, v)
	case v.DType != g.d:
	case bound > 3:
		g.floats = append(g.floats, bounded{g.b.Tanh(v), 1})
	default:
		g.floats = append(g.floats, bounded{v, bound})
	}
}

// pick prefers the values made last, so that graphs are deep.
func (g *scope) pick() bounded {
	n := len(g.floats)
	return g.floats[n-1-min(g.draw("operand", 6), n-1)]
}

func (g *scope) float() value { return g.pick().v }

// ranked picks a value of at least the given rank; a scalar becomes an array.
func (g *scope) ranked(rank int) bounded {
	x := g.pick()
	if x.v.Rank() >= rank {
		return x
	}
	to, dims := slices.Clone(x.v.Shape), make([]int, x.v.Rank())
	for i := range dims {
		dims[i] = rank - x.v.Rank() + i
	}
	for len(to) < rank {
		to = slices.Insert(to, 0, 1+g.draw("size", 3))
	}
	return bounded{g.b.BroadcastInDim(x.v, to, dims), x.bound}
}

func (g *scope) axis(v value) int { return g.draw("axis", v.Rank()) }

// like finds a value that goes with x in an elementwise op: of x's shape, or
// one of the two is a scalar.
func (g *scope) like(x value) bounded {
	var fits []bounded
	for _, y := range g.floats {
		if slices.Equal(x.Shape, y.v.Shape) || y.v.Rank() == 0 || x.Rank() == 0 {
			fits = append(fits, y)
		}
	}
	if i := g.draw("second operand", len(fits)+1); i < len(fits) {
		return fits[i]
	}
	return bounded{g.b.Scalar(g.d, float64(g.draw("literal", 5))/4-0.5), 0.5}
}

// index is an int32 scalar.
func (g *scope) index() value {
	if len(g.ints) > 0 && g.draw("literal index", 2) > 0 {
		i := g.ints[g.draw("index", len(g.ints))]
		for i.Rank() > 0 {
			i = g.b.Reshape(g.b.SliceAxis(i, 0, 0, 1), i.Shape[1:]...)
		}
		return i
	}
	return g.b.Scalar(graph.Int32, float64(g.draw("index", 5)-1))
}

// pred is a bool of x's shape, or a scalar.
func (g *scope) pred(x value) value {
	for _, p := range g.bools {
		if p.Rank() == 0 || slices.Equal(p.Shape, x.Shape) {
			return p
		}
	}
	return g.b.Gt(x, g.b.Scalar(g.d, 0.0625))
}

// unary makes a step of a function with bounded values.
func unary(f func(b builder, x value) value, bound float64) func(*scope) {
	return func(g *scope) { g.put(f(g.b, g.float()), bound) }
}

func binary(f func(b builder, x, y value) value, bound func(x, y float64) float64) func(*scope) {
	return func(g *scope) {
		x := g.pick()
		y := g.like(x.v)
		if g.draw("swap", 2) == 1 {
			x, y = y, x
		}
		g.put(f(g.b, x.v, y.v), bound(x.bound, y.bound))
	}
}

func sum(x, y float64) float64     { return x + y }
func product(x, y float64) float64 { return x * y }
func larger(x, y float64) float64  { return max(x, y) }

// moved makes a step that moves elements of an array of at least rank 1.
func moved(f func(g *scope, x value) value) func(*scope) {
	return func(g *scope) {
		x := g.ranked(1)
		g.put(f(g, x.v), max(x.bound, 0.5))
	}
}

// steps are the ways to add to a graph. They are set in init: a call draws a
// graph.
var steps []func(*scope)

func init() {
	steps = []func(*scope){
		unary(builder.Sin, 1), unary(builder.Cos, 1), unary(builder.Tanh, 1),
		unary(builder.Logistic, 1), unary(builder.Atan, 1.3), unary(builder.Erf, 1),
		unary(func(b builder, x value) value { return b.Exp(b.Neg(b.Square(x))) }, 1),
		unary(func(b builder, x value) value { return b.Log1p(b.Square(x)) }, 2.4),
		unary(func(b builder, x value) value { return b.IntegerPow(b.Sin(x), 3) }, 1),
		unary(func(b builder, x value) value { return b.Sqrt(b.Add(b.Square(x), b.Scalar(x.DType, 1))) }, 3),

		binary(builder.Add, sum), binary(builder.Sub, sum), binary(builder.Mul, product),
		binary(builder.Max, larger), binary(builder.Min, larger),
		binary(func(b builder, x, y value) value {
			return b.Div(x, b.Add(b.Square(y), b.Scalar(y.DType, 1)))
		}, func(x, _ float64) float64 { return x }),
		func(g *scope) {
			x := g.pick()
			y := g.like(x.v)
			g.put(g.b.Select(g.pred(x.v), x.v, y.v), max(x.bound, y.bound))
		},

		moved(func(g *scope, x value) value { return g.b.Transpose(x, permutation(g, x.Rank())...) }),
		moved(func(g *scope, x value) value { return g.b.Reshape(x, x.Size()) }),
		moved(func(g *scope, x value) value { return g.b.Reshape(x, x.Insert(g.axis(x), 1).Shape...) }),
		moved(func(g *scope, x value) value { return g.b.Rev(x, g.axis(x)) }),
		moved(func(g *scope, x value) value {
			axis := g.axis(x)
			to := x.Insert(axis, 2).Shape
			if len(to) > 4 {
				return x
			}
			return g.b.BroadcastInDim(x, to, graph.Kept(len(to), []int{axis}))
		}),
		moved(func(g *scope, x value) value {
			axis := g.axis(x)
			n := x.Shape[axis]
			from := g.draw("start", n)
			return g.b.SliceAxis(x, axis, from, from+1+g.draw("size", n-from))
		}),
		moved(func(g *scope, x value) value {
			axis, rank := g.axis(x), x.Rank()
			p := graph.PadParams{Low: make([]int, rank), High: make([]int, rank), Interior: make([]int, rank)}
			p.Low[axis], p.High[axis], p.Interior[axis] = g.draw("low", 3)-x.Shape[axis]/2, g.draw("high", 2), g.draw("interior", 2)
			value := g.b.Scalar(g.d, 0.5)
			return g.b.Pad(x, value, p)
		}),
		moved(func(g *scope, x value) value {
			axis := g.axis(x)
			if x.Shape[axis] > 4 {
				return x
			}
			return g.b.Concatenate(axis, x, g.b.Sin(x), x)
		}),
		moved(func(g *scope, x value) value {
			start, sizes := make([]value, x.Rank()), slices.Clone(x.Shape)
			for i := range start {
				start[i] = g.index()
			}
			axis := g.axis(x)
			sizes[axis] = 1 + g.draw("size", sizes[axis])
			return g.b.DynamicSlice(x, start, sizes)
		}),
		moved(func(g *scope, x value) value {
			start, axis := make([]value, x.Rank()), g.axis(x)
			for i := range start {
				start[i] = g.index()
			}
			u := g.b.Cos(g.b.SliceAxis(x, axis, 0, 1+g.draw("size", x.Shape[axis])))
			return g.b.DynamicUpdateSlice(g.b.Mul(x, x), u, start)
		}),
		moved(func(g *scope, x value) value { // rows, some out of bounds, some twice
			idx := g.b.Reshape(g.index(), 1)
			idx = g.b.Concatenate(0, idx, g.b.Broadcast(g.b.Scalar(graph.Int32, 1), []int{1}), idx)
			sizes := slices.Clone(x.Shape)
			sizes[0] = 1
			offset := make([]int, x.Rank()-1)
			for i := range offset {
				offset[i] = i + 1
			}
			return g.b.Gather(x, g.b.Reshape(idx, 3, 1), graph.GatherParams{Sizes: sizes, IndexDims: graph.IndexDims{
				Offset: offset, Collapsed: []int{0}, OperandBatch: []int{}, IndicesBatch: []int{}, Start: []int{0}}})
		}),

		func(g *scope) { // add to, or put in, a row
			x := g.ranked(1)
			row := g.b.SliceAxis(g.b.Sin(x.v), 0, 0, 1)
			offset := make([]int, x.v.Rank())
			for i := range offset {
				offset[i] = i
			}
			p := graph.ScatterParams{Combine: graph.CombineAdd, IndexDims: graph.IndexDims{
				Offset: offset, Collapsed: []int{}, OperandBatch: []int{}, IndicesBatch: []int{}, Start: []int{0}}}
			if g.draw("set", 2) == 1 {
				p.Combine, p.Unique = graph.CombineSet, true // there is one place
			}
			g.put(g.b.Scatter(x.v, g.b.Reshape(g.index(), 1), row, p), x.bound+1)
		},

		func(g *scope) {
			x := g.ranked(1)
			axis := g.axis(x.v)
			g.put(g.b.ReduceSum(x.v, axis), x.bound*float64(x.v.Shape[axis]))
		},
		func(g *scope) {
			x := g.ranked(1)
			g.put(g.b.ReduceSum(x.v, graph.Kept(x.v.Rank())...), x.bound*float64(x.v.Size()))
		},
		moved(func(g *scope, x value) value { return g.b.ReduceMax(x, g.axis(x)) }),
		moved(func(g *scope, x value) value { return g.b.ReduceMin(x, g.axis(x)) }),
		func(g *scope) {
			x := g.ranked(1)
			axis := g.axis(x.v)
			g.put(g.b.Cum(graph.OpCumsum, x.v, axis, g.draw("reverse", 2) == 1), x.bound*float64(x.v.Shape[axis]))
		},
		moved(func(g *scope, x value) value {
			return g.b.Cum(graph.OpCummax, x, g.axis(x), g.draw("reverse", 2) == 1)
		}),
		moved(func(g *scope, x value) value { // sorted by integers: floats may meet, where sort has a kink
			axis := g.axis(x)
			key := g.b.Mul(g.b.Iota(graph.Int32, x.Shape, axis), g.b.Scalar(graph.Int32, 2))
			return g.b.Sort(axis, 1, g.b.Rem(key, g.b.Scalar(graph.Int32, 3)), x)[1]
		}),
		func(g *scope) { // products along an axis, with itself or with a cousin
			x := g.ranked(1)
			y, axis := x, g.axis(x.v)
			for _, z := range g.floats {
				if z.v.Rank() == x.v.Rank() && z.v.Rank() > 0 && z.v.Shape[axis] == x.v.Shape[axis] {
					y = z
					break
				}
			}
			if x.v.Rank()+y.v.Rank() > 5 {
				return
			}
			p := graph.DotParams{LHSContract: []int{axis}, RHSContract: []int{axis}, LHSBatch: []int{}, RHSBatch: []int{}, Prefer: g.d}
			if batch := (axis + 1) % x.v.Rank(); x.v.Shape[batch] == y.v.Shape[batch] && batch != axis {
				p.LHSBatch, p.RHSBatch = []int{batch}, []int{batch}
			}
			g.put(g.b.DotGeneral(x.v, y.v, p), x.bound*y.bound*float64(x.v.Shape[axis]))
		},

		func(g *scope) { // integers on the side
			x := g.ranked(1)
			i := g.b.Arg(graph.OpArgmax, x.v, g.axis(x.v), graph.Int32)
			g.put(g.b.Add(i, g.b.Scalar(graph.Int32, 1)), 0)
		},
		func(g *scope) {
			i := g.b.Iota(graph.Int32, []int{3}, 0)
			g.put(g.b.Mul(i, g.index()), 0)
		},
		func(g *scope) {
			i := g.index()
			g.put(g.b.Lt(i, g.b.Scalar(graph.Int32, 2)), 0)
			g.put(g.b.Sin(g.b.Convert(i, g.d)), 1)
		},
		func(g *scope) { g.put(g.b.Floor(g.float()), 3) },
		func(g *scope) { g.put(g.b.StopGradient(g.float()), 3) },
		func(g *scope) {
			x, y := g.pick(), g.pick()
			out := g.b.Barrier(x.v, g.index(), y.v)
			g.put(out[0], x.bound)
			g.put(out[2], y.bound)
		},

		func(g *scope) { // a call, of what was called before if it fits
			if g.depth == 0 {
				return
			}
			var in []value
			var avals []graph.Aval
			for range 1 + g.draw("operands", 3) {
				in = append(in, g.float())
			}
			in = append(in, g.index())
			for _, v := range in {
				avals = append(avals, v.Aval)
			}
			var f *graph.Graph
			for _, old := range g.subs {
				if slices.EqualFunc(graph.Avals(old.In), avals, graph.Aval.Equal) {
					f = old
				}
			}
			if f == nil {
				f = random(g.t, g.d, avals, g.depth-1)
				g.subs = append(g.subs, f)
			}
			for _, y := range g.b.Call("f", f, in...) {
				g.put(y, 3)
			}
		},
	}
}

func permutation(g *scope, n int) []int {
	return rapid.Permutation(graph.Kept(n)).Draw(g.t, "permutation")
}
