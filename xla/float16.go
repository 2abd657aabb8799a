package xla

import (
	"regexp"
	"strings"

	"jacobi/graph"
)

// Computes reports whether programs of this client can compute in d. On the CPU
// that is so but for float16 on processors without F16C, which converts it:
// there XLA's compiler calls functions that it does not have. What it finds is
// remembered.
func (c *Client) Computes(d graph.DType) bool {
	if !c.cpu || d != graph.Float16 {
		return true
	}
	c.float16.Do(func() {
		half := graph.Aval{DType: d}
		g := graph.Build([]graph.Aval{half}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
			return []*graph.Value{b.Exp(in[0])}
		})
		x, err := c.Compile(Lower(g, LowerOptions{}), CompileOptions{In: graph.Avals(g.In), Out: graph.Avals(g.Out)})
		if c.noFloat16 = err != nil; err == nil {
			x.Close()
		}
	})
	return !c.noFloat16
}

var float16Type = regexp.MustCompile(`[<x]f16>`)

// explainFloat16 gives the reason of a program in float16 that did not compile
// for lack of functions, which XLA's message does not name.
func explainFloat16(e *graph.Error, program []byte) *graph.Error {
	if at := strings.Index(e.Msg, "Failed to materialize symbols"); at >= 0 && float16Type.Match(program) {
		e.Msg = e.Msg[:at] + "XLA cannot compute in float16 on this processor, which lacks the instructions F16C (they are in AMD's since 2011 and Intel's since 2012, and need an XLA_FLAGS=--xla_cpu_max_isa of AVX or more where that is set); use bfloat16 or float32"
	}
	return e
}
