package jacobi

import (
	"slices"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// CustomLinearSolve solves matvec(x) = b, where matvec is linear, by solve, and
// differentiates by solving again rather than through the steps of solve:
// forward mode solves matvec(dx) = db - dmatvec(x), reverse mode solves with
// the transpose, by transposeSolve, which gets the transposed matvec. For a
// symmetric matvec both may be the same; transposeSolve may be nil if reverse
// mode is not needed. What matvec closes over is differentiated; what only the
// solvers close over has no influence on the solution. The solution has the
// tree, shapes and dtypes of b; a matvec or a solver that returns another is an
// error, and so are integers in b. It is jax.lax.custom_linear_solve.
func CustomLinearSolve[P any](matvec func(P) P, b P, solve, transposeSolve func(matvec func(P) P, b P) P) P {
	const op = "CustomLinearSolve"
	refuseNil(op, "matvec", matvec == nil)
	refuseNil(op, "solve", solve == nil)
	leaves, s := flatten(op, b)
	in, packed := pack(s, leaves)
	for i, x := range packed {
		if !x.DType().Differentiable() {
			panic(graph.Errorf(graph.ErrDType, op, "%s is %v; linear equations are over floats or complex numbers", pathName(in.path(i)), ops.Aval(x)))
		}
	}
	trace := func(f func(P) P) ops.Traced {
		return ops.Stage(ops.Staging{Name: op}, avals(packed), nil, func(xs []*Array) []*Array {
			y, ys := flatten(op, f(unflatten[P](s, in.spread(xs))))
			out, ys2 := pack(ys, y)
			sameTree(op, "the unknown is", "a function given returns it", in, avals(packed), out, avals(ys2))
			return ys2
		})
	}
	parts := []ops.Traced{trace(matvec), trace(func(b P) P { return solve(matvec, b) })}
	if transposeSolve != nil {
		parts = append(parts, trace(func(ct P) P { return transposeSolve(LinearTranspose(matvec, b), ct) }))
	}
	consts, graphs := closeOver(parts...)
	p := graph.LinearSolveParams{Matvec: graphs[0], Solve: graphs[1], Consts: len(consts)}
	if transposeSolve != nil {
		p.TransposeSolve = graphs[2]
	}
	out := ops.ApplyN(append(consts, packed...), func(b ops.B, v []ops.V) []ops.V { return b.LinearSolve(p, v...) })
	return unflatten[P](s, in.spread(out))
}

// CustomRoot solves f(x) = 0 by solve, which starts at guess, with a derivative
// by the implicit function theorem: with J the derivative of f at the solution,
// dx is the solution of J dx = -df, found by tangentSolve, which solves g(x) =
// y for a linear g. It must do so for the transpose of J, too, in reverse mode.
// What f closes over is differentiated; the guess, and what only solve and
// tangentSolve close over, have no influence on the root. The root has the
// tree, shapes and dtypes of the guess; functions that return others are an
// error. It is jax.lax.custom_root.
func CustomRoot[P any](f func(P) P, guess P, solve func(f func(P) P, guess P) P, tangentSolve func(g func(P) P, y P) P) P {
	const op = "CustomRoot"
	refuseNil(op, "f", f == nil)
	refuseNil(op, "solve", solve == nil)
	refuseNil(op, "tangentSolve", tangentSolve == nil)
	s := stage(ops.Staging{Name: op}, f, guess)
	sameTree(op, "x is", "f(x) is", s.in, graph.Avals(s.own()), s.out, graph.Avals(s.graph.Out))
	apply := func(captured []*Array, x P) P {
		_, packed := pack(s.in.structure, flattenLike(op, "the guess", s.in.structure, "the solution", x))
		out := s.run("custom_root", func() *graph.Graph { return s.graph }, slices.Concat(captured, packed))
		return unflatten[P](s.out.structure, s.out.spread(out))
	}
	type problem struct {
		Captured []*Array
		Guess    P
	}
	root := &customFunc[problem, P]{op: op, solver: true}
	root.f = func(p problem) P {
		return solve(func(x P) P { return apply(p.Captured, x) }, p.Guess)
	}
	root.jvp = func(p, dp problem) (P, P) {
		x := root.call(p)
		dcaptured := make([]*Array, len(dp.Captured))
		for i, d := range dp.Captured {
			if d.DType().Differentiable() {
				dcaptured[i] = d
			}
		}
		_, df := JVP(func(c []*Array) P { return apply(c, x) }, p.Captured, dcaptured)
		jacobian := func(v P) P {
			_, jv := JVP(func(x P) P { return apply(p.Captured, x) }, x, v)
			return jv
		}
		dx := CustomLinearSolve(jacobian, TreeMap(df, negative), tangentSolve, tangentSolve)
		return x, dx
	}
	return root.call(problem{s.args[:s.consts], guess})
}

func negative(x *Array) *Array { return ops.Elementwise(graph.OpNeg, x) }
