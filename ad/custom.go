package ad

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
)

// The user's graph takes and returns a tangent for every float.
func jvpCustomJVP(b B, e E, x, dx []V) (y, dy []V) {
	p := e.Params.(graph.CustomJVPParams)
	refuseCaptured(e, p.Captured, dx)
	if p.JVP == nil {
		panic(untraced(e))
	}
	own := e.In[p.Captured:]
	in := slices.Concat(x, pick(b, graph.Differentiable(own), dx[p.Captured:], own))
	res := b.Inline(p.JVP, in...)
	return res[:len(e.Out)], unpack(graph.Differentiable(e.Out), res[len(e.Out):])
}

// The primal is fwd. The tangent is a linear map of which bwd is the
// transpose; nothing else is known of it.
func jvpCustomVJP(b B, e E, x, dx []V) (y, dy []V) {
	p := e.Params.(graph.CustomVJPParams)
	refuseCaptured(e, p.Captured, dx)
	if p.Fwd == nil {
		panic(untraced(e))
	}
	own := e.In[p.Captured:]
	y = b.Inline(p.Fwd, x...)
	y, res := y[:len(e.Out)], y[len(e.Out):]
	if p.Late == 0 {
		res = slices.Concat(x[:p.Captured], res)
	}
	q := graph.CustomLinParams{Bwd: p.Bwd, Late: p.Late, Res: len(res), Out: graph.Avals(graph.Pick(graph.Differentiable(e.Out), e.Out))}
	in := slices.Concat(res, pick(b, graph.Differentiable(own), dx[p.Captured:], own))
	return y, unpack(graph.Differentiable(e.Out), b.Emit(graph.OpCustomLin, q, in...))
}

// A LateRule is needed by a Linear whose function has custom rules that were
// left for later.
type LateRule struct {
	Late int   // its number, of CustomVJPParams
	Res  []int // which residual each of the rule's is; -1: none, but made again
}

// LateRules lists what WithRules must be given, in order.
func (l *Linear) LateRules() (late []LateRule) {
	for _, e := range l.Tangent.Eqns {
		if p, ok := e.Params.(graph.CustomLinParams); ok && p.Late != 0 {
			r := LateRule{Late: p.Late}
			for _, v := range e.In[:p.Res] {
				r.Res = append(r.Res, slices.Index(l.Tangent.In, v))
			}
			late = append(late, r)
		}
	}
	return late
}

// A Rule is Bwd: captured, res, ct -> ct of dx.
type Rule struct {
	Bwd      *graph.Graph
	Captured int
}

// WithRules is l with rules in the places of LateRules. What they captured
// becomes residuals before those of l.
func (l *Linear) WithRules(rules []Rule) *Linear {
	if len(rules) == 0 {
		return l
	}
	var in []graph.Aval
	for _, r := range rules {
		in = append(in, graph.Avals(r.Bwd.In[:r.Captured])...)
	}
	n := len(in)
	c := *l
	c.Tangent = graph.Build(append(in, graph.Avals(l.Tangent.In)...), func(b B, in []V) []V {
		env := graph.NewEnv[V](l.Tangent)
		extra := in[:n]
		env.Bind(l.Tangent.In, in[n:])
		for _, e := range l.Tangent.Eqns {
			b.At(e)
			x, params := env.Lookup(e.In), e.Params
			if p, ok := params.(graph.CustomLinParams); ok && p.Late != 0 {
				r := rules[0]
				x = slices.Concat(extra[:r.Captured], x)
				params = graph.CustomLinParams{Bwd: r.Bwd, Res: r.Captured + p.Res, Out: p.Out}
				extra, rules = extra[r.Captured:], rules[1:]
			}
			env.Bind(e.Out, b.Emit(e.Op, params, x...))
		}
		return env.Lookup(l.Tangent.Out)
	})
	return &c
}

// RulePrimal is the part of a rule for forward mode, with n inputs before the
// tangents, that gives the first ny outputs, the value; nil if the tangents
// have a part in it.
func RulePrimal(rule *graph.Graph, n, ny int) *graph.Graph {
	keep := lastN(len(rule.In)-n, len(rule.In))
	t := graph.Trim(rule, graph.Not(lastN(len(rule.Out)-ny, len(rule.Out))), graph.Not(keep))
	if graph.Count(t.In) != n {
		return nil
	}
	return t.Graph
}

// A custom function of what is not known is in a rule that applies it to the
// tangent. Its own rule has no place there, where nothing but a transposition
// is to come: what counts is what it computes, which must be linear.
func splitCustomJVP(k B, e E, x []V) (y, res []V, rest func(s B, res, in []V) []V) {
	return splitInline(e.Params.(graph.CustomJVPParams).Graph, k, x)
}

func splitCustomVJP(k B, e E, x []V) (y, res []V, rest func(s B, res, in []V) []V) {
	return splitInline(e.Params.(graph.CustomVJPParams).Graph, k, x)
}

func refuseCaptured(e E, captured int, dx []V) {
	for i, d := range dx[:captured] {
		if d != nil {
			where := ""
			if def := e.In[i].Def; def != nil {
				where = ", the result of " + def.Op.String() + " at " + def.Pos() + ","
			}
			panic(e.Errorf(graph.ErrRule, "the function closes over a value (%v)%s that is being differentiated, and its rule has no place for that derivative: pass the value as an argument, or stop its gradient with jx.StopGradient", e.In[i].Aval, where))
		}
	}
}

func untraced(e E) error {
	return e.Errorf(graph.ErrRule, "the derivative rule of this function was not traced, because nothing was differentiating when the function was; take the derivative of a function that calls it, not of a pullback or linear map made before")
}

func jvpCustomLin(b B, e E, x, dx []V) (y, dy []V) { panic(noForwardMode(e)) }

func transposeCustomLin(b B, e E, ct, x []V) []V {
	p := e.Params.(graph.CustomLinParams)
	if p.Bwd == nil {
		graph.Bugf("a rule is needed that was not traced")
	}
	cts := make([]V, len(ct))
	for i, c := range ct {
		if cts[i] = c; c == nil {
			cts[i] = b.Zeros(p.Out[i])
		}
	}
	return append(make([]V, p.Res), b.Inline(p.Bwd, slices.Concat(x[:p.Res], cts)...)...)
}

// emitKnown emits e, from which no unknown tangent, or one that is transposed,
// is reached. If it is linear in a tangent, that is zero, whether or not it shows,
// and so is what a custom_lin makes of it, which could not be run.
func emitKnown(b B, e E, x []V) []V {
	if e.Op == graph.OpCustomLin {
		y := make([]V, len(e.Out))
		for i, v := range e.Out {
			y[i] = b.Zeros(v.Aval)
		}
		return y
	}
	params := e.Params
	if e.Op.HoldsGraphs() {
		params = graph.WithGraphs(params, withoutCustomLin)
	}
	return b.Emit(e.Op, params, x...)
}

func withoutCustomLin(g *graph.Graph) *graph.Graph {
	if findCustomLin(g) == nil {
		return g
	}
	return graph.Remember(g, "withoutCustomLin", func() *graph.Graph {
		return graph.Build(graph.Avals(g.In), func(b B, in []V) []V {
			env := graph.NewEnv[V](g)
			env.Bind(g.In, in)
			for _, e := range g.Eqns {
				b.At(e)
				env.Bind(e.Out, emitKnown(b, e, env.Lookup(e.In)))
			}
			b.AtPC(0)
			return env.Lookup(g.Out)
		})
	})
}

// RefuseCustomLin panics with an *Error if g, which is to be evaluated, has a
// map in it that can only be transposed: the tangent of a custom VJP.
func RefuseCustomLin(g *graph.Graph) {
	if e := findCustomLin(g); e != nil {
		panic(noForwardMode(e))
	}
}

func findCustomLin(g *graph.Graph) E {
	return graph.Remember(g, "findCustomLin", func() E {
		for _, e := range g.Eqns {
			if e.Op == graph.OpCustomLin {
				return e
			}
			for _, sub := range graph.Subgraphs(e.Params) {
				if e := findCustomLin(sub); e != nil {
					return e
				}
			}
		}
		return nil
	})
}

func noForwardMode(e E) error {
	err := e.Errorf(graph.ErrRule, "can't apply forward-mode autodiff (jvp) to a custom_vjp function; give it both rules with jx.CustomRules, or use reverse mode")
	err.Op, err.In = "custom_vjp", nil
	return err
}
