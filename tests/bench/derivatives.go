package main

import (
	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

// derivatives are the tutorial's tables: products with Hessians and
// Jacobians, whole Jacobians, gradients of single examples.
var derivatives = append(hvps(),
	benchmark{name: "mjp/vjp_loop", make: func() program {
		return each(func() *jx.Array {
			_, pull := jx.VJP(logistic, logisticW)
			rows := make([]*jx.Array, 0, 128)
			for _, u := range mjpU.Rows() {
				rows = append(rows, pull(u))
			}
			return num.VStack(rows...)
		})
	}},
	benchmark{name: "mjp/vjp_vmap", make: func() program { return each(func() *jx.Array { return vmapVJP(logisticW, mjpU) }) }},
	benchmark{name: "mjp/vjp_vmap_jit", make: func() program {
		f := jx.Jit(vmapVJP)
		return each(func() *jx.Array { return f(logisticW, mjpU) })
	}},
	benchmark{name: "mjp/jvp_loop", make: func() program {
		return each(func() *jx.Array {
			rows := make([]*jx.Array, 0, 128)
			for _, s := range mjpS.Rows() {
				_, dy := jx.JVP(logistic, logisticW, s)
				rows = append(rows, dy)
			}
			return num.VStack(rows...)
		})
	}},
	benchmark{name: "mjp/jvp_vmap", make: func() program { return each(func() *jx.Array { return vmapJVP(logisticW, mjpS) }) }},
	benchmark{name: "mjp/jvp_vmap_jit", make: func() program {
		f := jx.Jit(vmapJVP)
		return each(func() *jx.Array { return f(logisticW, mjpS) })
	}},
	benchmark{name: "perexample/b64", make: func() program { return perExample(64, perExampleGrad) }},
	benchmark{name: "perexample/b64_jit", make: func() program { return perExample(64, jx.Jit(perExampleGrad)) }},
	benchmark{name: "perexample/b64_jit_closed", make: func() program { return perExampleClosed(64) }},
	benchmark{name: "perexample/b1024", make: func() program { return perExample(1024, perExampleGrad) }},
	benchmark{name: "perexample/b1024_jit", make: func() program { return perExample(1024, jx.Jit(perExampleGrad)) }},
	benchmark{name: "perexample/b1024_jit_closed", make: func() program { return perExampleClosed(1024) }},
	benchmark{name: "jacobian/jacfwd", make: func() program { return jacobian(jx.JacFwd(mlp128)) }},
	benchmark{name: "jacobian/jacfwd_jit", make: func() program { return jacobian(jx.Jit(jx.JacFwd(mlp128))) }},
	benchmark{name: "jacobian/jacrev", make: func() program { return jacobian(jx.JacRev(mlp128)) }},
	benchmark{name: "jacobian/jacrev_jit", make: func() program { return jacobian(jx.Jit(jx.JacRev(mlp128))) }},
)

// sumTanh2 is the function whose Hessian the tutorial multiplies.
func sumTanh2(x *jx.Array) *jx.Array { return num.Sum(num.Square(num.Tanh(x))) }

func hvps() []benchmark {
	var out []benchmark
	for _, h := range []struct {
		name string
		f    func(x, v *jx.Array) *jx.Array
	}{
		{"forward_over_reverse", jx.HVP(sumTanh2)},
		{"reverse_over_forward", func(x, v *jx.Array) *jx.Array {
			return jx.Grad(func(x *jx.Array) *jx.Array {
				_, dy := jx.JVP(sumTanh2, x, v)
				return dy
			})(x)
		}},
		{"reverse_over_reverse", func(x, v *jx.Array) *jx.Array {
			return jx.Grad(func(x *jx.Array) *jx.Array { return num.VDot(jx.Grad(sumTanh2)(x), v) })(x)
		}},
		{"naive_hessian", func(x, v *jx.Array) *jx.Array { return num.Tensordot(jx.Hessian(sumTanh2)(x), v, 2) }},
	} {
		on := func(f func(x, v *jx.Array) *jx.Array) program {
			x, v := filled(10, 1, 30, 40), filled(11, 1, 30, 40)
			return each(func() *jx.Array { return f(x, v) })
		}
		out = append(out,
			benchmark{name: "hvp/" + h.name, goal: 1. / 5, make: func() program { return on(h.f) }},
			benchmark{name: "hvp/" + h.name + "_jit", make: func() program { return on(jx.Jit(h.f)) }})
	}
	return out
}

// A logistic regression on four examples, and the vectors to multiply its
// Jacobian with.
var (
	logisticX = jx.From([]float32{0.52, 1.12, 0.77, 0.88, -1.08, 0.15, 0.52, 0.06, -1.30, 0.74, -2.49, 1.39}, 4, 3)
	logisticW = jx.From([]float32{0.4, -0.7, 0.2})
	mjpU      = filled(20, 1, 128, 4)
	mjpS      = filled(21, 1, 128, 3)
)

func logistic(w *jx.Array) *jx.Array {
	x := num.Add(num.Dot(logisticX, w), 0.1)
	return num.Mul(0.5, num.Add(num.Tanh(num.Div(x, 2)), 1))
}

func vmapVJP(w, u *jx.Array) *jx.Array {
	_, pull := jx.VJP(logistic, w)
	return jx.VMap(pull)(u)
}

func vmapJVP(w, s *jx.Array) *jx.Array {
	return jx.VMap(func(s *jx.Array) *jx.Array {
		_, dy := jx.JVP(logistic, w, s)
		return dy
	})(s)
}

var perExampleGrad = jx.VMap(jx.GradWith(squaredError), jx.In(jx.None, 0))

func perExample(n int, f func([]layer, batch) []layer) program {
	p, d := network(60, 16, 32, 32, 1), batch{filled(70, 1, n, 16), filled(71, 1, n, 1)}
	return each(func() []layer { return f(p, d) })
}

// perExampleClosed frees each result when it is there, as Python does by itself.
func perExampleClosed(n int) program {
	f := jx.Jit(perExampleGrad)
	p, d := network(60, 16, 32, 32, 1), batch{filled(70, 1, n, 16), filled(71, 1, n, 1)}
	return program{
		run: func(times int) {
			for range times {
				g := f(p, d)
				must(jx.Wait(g))
				must(jx.Close(g))
			}
		},
		value: func() float64 { return magnitude(f(p, d)) },
	}
}

var layers128 = network(100, 128, 128, 128)

func mlp128(x *jx.Array) *jx.Array { return mlp(num.Tanh, layers128, x) }

func jacobian(f func(*jx.Array) *jx.Array) program {
	x := filled(110, 1, 128)
	return each(func() *jx.Array { return f(x) })
}
