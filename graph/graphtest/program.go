package graphtest

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/jacobi-go/jacobi/graph"
)

// A Language is what random programs are made of, beside what all of them are:
// call, cond, scan, checkpoint, a while with a bound, custom_linear_solve.
type Language struct {
	While bool // without a bound: it has no reverse mode
	// JVP and VJP make custom rules; nil: there are none. That of JVP is
	// x, dx of all floats -> y, dy of all floats; of VJP x, ct of all float y
	// -> y, ct of all float x.
	JVP, VJP func(g *graph.Graph) *graph.Graph
	Nested   bool // a custom VJP may be in another, which then has no forward mode
	// Effects are callbacks that print, and that count: i32 -> i32.
	// The numbers are those of the host's functions.
	Effects      bool
	Print, Count int
}

// CountParams are those of the callback with a result. It returns its operand
// plus 1.
var CountParams = graph.CallbackParams{Name: "count", Out: []graph.Aval{{DType: graph.Int32, Shape: []int{}}}, Effect: true}

// programSteps is the length of every stack in a program.
const programSteps = 3

var (
	vecAval   = graph.Aval{DType: graph.Float64, Shape: []int{3}}
	stackAval = vecAval.Stack(programSteps)
	intAval   = graph.Aval{DType: graph.Int32, Shape: []int{}}
)

// Program draws a graph over float64 whose ops hold graphs that hold graphs, up
// to four deep. It takes and returns vectors, a stack of vectors and an
// integer; all floats stay between -1 and 1 if they enter so.
func Program(t *rapid.T, l Language) *graph.Graph {
	return graph.Build([]graph.Aval{vecAval, vecAval, stackAval, intAval}, func(b builder, in []value) []value {
		p := &program{Language: l, t: t, b: b, depth: 3, vecs: in[:2:2], stacks: in[2:3:3], ints: in[3:4:4]}
		y := p.run(rapid.IntRange(3, 8).Draw(t, "steps"), 2)
		if p.n(0, 2) == 0 {
			y = append(y, pick(p, "stack", p.stacks))
		}
		if p.n(0, 2) == 0 {
			y = append(y, p.int())
		}
		return y
	})
}

// A program is what a graph under construction can use where it is.
type program struct {
	Language
	t                  *rapid.T
	b                  builder
	vecs, stacks, ints []value
	depth              int // of graphs that may still nest
}

func pick[T any](p *program, what string, xs []T) T { return rapid.SampledFrom(xs).Draw(p.t, what) }

func (p *program) n(lo, hi int) int { return rapid.IntRange(lo, hi).Draw(p.t, "n") }
func (p *program) int() value       { return pick(p, "int", p.ints) }

// vec prefers the vectors made last, so that programs are deep.
func (p *program) vec() value {
	n := len(p.vecs)
	if p.n(0, 1) == 0 {
		return p.vecs[n-1-p.n(0, min(n, 3)-1)]
	}
	return pick(p, "vec", p.vecs)
}

func (p *program) scaled(x value, c float64) value { return p.b.Mul(x, p.b.Scalar(x.DType, c)) }
func (p *program) literal(i int) value             { return p.b.Scalar(graph.Int32, float64(i)) }

// run draws equations and returns out of the vectors there are then, the
// newest among them.
func (p *program) run(steps, out int) (y []value) {
	for range steps {
		p.vecs = append(p.vecs, p.step()...)
	}
	for range out {
		y = append(y, p.vec())
	}
	if out > 0 {
		y[0] = p.vecs[len(p.vecs)-1]
	}
	return y
}

// within is the program in a graph that is drawn inside of p.
func (p *program) within(b builder, vecs, ints []value) *program {
	return &program{Language: p.Language, t: p.t, b: b, depth: p.depth - 1, vecs: slices.Clip(vecs), ints: slices.Clip(ints)}
}

// sub draws a graph over vectors and integers that returns out vectors.
func (p *program) sub(vecs, ints []value, out int) *graph.Graph {
	return graph.Build(graph.Avals(slices.Concat(vecs, ints)), func(b builder, in []value) []value {
		return p.within(b, in[:len(vecs)], in[len(vecs):]).run(p.n(2, 5), out)
	})
}

// operands draws some vectors, for a graph that takes them and all integers.
func (p *program) operands() (vecs, ints []value) {
	for range p.n(1, 3) {
		vecs = append(vecs, p.vec())
	}
	return vecs, p.ints
}

func (p *program) stack() value {
	if len(p.stacks) > 0 && p.n(0, 3) > 0 {
		return pick(p, "stack", p.stacks)
	}
	return p.b.BroadcastInDim(p.vec(), stackAval.Shape, []int{1})
}

// step adds to the program, and returns the vectors that are new.
func (p *program) step() []value {
	steps := slices.Clone(flatSteps)
	if p.depth > 0 {
		steps = append(steps, deepSteps...)
		if p.JVP != nil {
			steps = append(steps, (*program).customJVP)
		}
		if p.VJP != nil {
			steps = append(steps, (*program).customVJP, (*program).customVJP)
		}
		if p.While {
			steps = append(steps, (*program).unbounded)
		}
	}
	if p.Effects {
		steps = append(steps, (*program).print, (*program).print, (*program).count)
	}
	return steps[p.evenly(len(steps))](p)
}

// evenly draws a number below n, all with the same chance: rapid prefers small
// numbers elsewhere.
func (p *program) evenly(n int) int {
	const bits = 6
	i := 0
	for range bits {
		i *= 2
		if rapid.Bool().Draw(p.t, "bit") {
			i++
		}
	}
	return i * n >> bits
}

// flatSteps are ways to go on without a graph inside, deepSteps with one.
var flatSteps, deepSteps []func(*program) []value

func init() {
	one := func(f func(p *program) value) func(*program) []value {
		return func(p *program) []value { return []value{f(p)} }
	}
	flatSteps = []func(*program) []value{
		one(func(p *program) value { return p.b.Sin(p.vec()) }),
		one(func(p *program) value { return p.b.Sin(p.scaled(p.b.Add(p.vec(), p.vec()), 0.7)) }),
		one(func(p *program) value { return p.b.Mul(p.vec(), p.vec()) }),
		one(func(p *program) value { return p.b.Tanh(p.b.Sub(p.vec(), p.vec())) }),
		one(func(p *program) value { // the mean
			return p.b.Broadcast(p.scaled(p.b.ReduceSum(p.vec(), 0), 1./3), vecAval.Shape)
		}),
		one(func(p *program) value { // (x y') z
			xy := p.b.DotGeneral(p.vec(), p.vec(), graph.DotParams{Prefer: graph.Float64})
			d := graph.DotParams{LHSContract: []int{1}, RHSContract: []int{0}, Prefer: graph.Float64}
			return p.b.Name(p.scaled(p.b.DotGeneral(xy, p.vec(), d), 1./3), "dot")
		}),
		one(func(p *program) value { return p.b.Full(vecAval, 0.5*float64(p.n(0, 1))) }),
		one(func(p *program) value { return p.scaled(p.b.ReduceSum(p.stack(), 0), 1./programSteps) }),
		one(func(p *program) value { // a row, the number of which may be out of bounds
			return p.b.Reshape(p.b.DynamicSlice(p.stack(), []value{p.int(), p.literal(0)}, []int{1, 3}), 3)
		}),
		func(p *program) []value {
			i := p.b.Add(p.int(), p.literal(p.n(-1, 1)))
			p.ints = append(p.ints, i)
			return nil
		},
		func(p *program) []value { // an integer that floats determine
			x := p.b.Reshape(p.b.SliceAxis(p.vec(), 0, 0, 1))
			p.ints = append(p.ints, p.b.Convert(p.b.Gt(x, p.b.Scalar(x.DType, 0.0817)), graph.Int32))
			return nil
		},
	}
	deepSteps = []func(*program) []value{
		(*program).call, (*program).cond, (*program).cond, (*program).scan, (*program).scan, (*program).scan,
		(*program).checkpoint, (*program).checkpoint, (*program).bounded, (*program).solve,
	}
}

func (p *program) print() []value {
	p.b.Callback(graph.CallbackParams{Name: "print", Effect: true}, p.literal(p.Print), p.vec())
	return nil
}

func (p *program) count() []value {
	p.ints = append(p.ints, p.b.Callback(CountParams, p.literal(p.Count), p.int())...)
	return nil
}
