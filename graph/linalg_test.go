package graph_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
)

func TestLinalgErrors(t *testing.T) {
	aval := func(d graph.DType, dims ...int) graph.Aval { return graph.Aval{DType: d, Shape: dims} }
	f32 := func(dims ...int) graph.Aval { return aval(graph.Float32, dims...) }
	fft := func(kind graph.FFTKind, lengths ...int) func(b *graph.Builder, in []*graph.Value) {
		return func(b *graph.Builder, in []*graph.Value) {
			b.FFT(in[0], graph.FFTParams{Kind: kind, Lengths: lengths})
		}
	}
	cholesky := func(b *graph.Builder, in []*graph.Value) { b.Cholesky(in[0]) }
	left := func(b *graph.Builder, in []*graph.Value) {
		b.TriangularSolve(in[0], in[1], graph.TriangularSolveParams{LeftSide: true})
	}
	right := func(b *graph.Builder, in []*graph.Value) {
		b.TriangularSolve(in[0], in[1], graph.TriangularSolveParams{})
	}
	for _, c := range []struct {
		want string
		f    func(b *graph.Builder, in []*graph.Value)
		in   []graph.Aval
	}{
		{"cholesky(f32[3]): takes matrices, in the last two axes; the operand has rank 1", cholesky, []graph.Aval{f32(3)}},
		{"cholesky(f32[2,3]): takes square matrices, not 2 by 3", cholesky, []graph.Aval{f32(2, 3)}},
		{"cholesky(f16[2,2]): takes float32, float64, complex64 or complex128, not float16; convert with As", cholesky, []graph.Aval{aval(graph.Float16, 2, 2)}},
		{"lu(i32[2,2]): takes float32, float64, complex64 or complex128, not int32; convert with As", func(b *graph.Builder, in []*graph.Value) { b.LU(in[0]) }, []graph.Aval{aval(graph.Int32, 2, 2)}},
		{"triangular_solve(f32[2,2], f32[3,2]): a matrix of 2 by 2 on the left needs 2 elements in axis 0 of the right-hand side, which has 3", left, []graph.Aval{f32(2, 2), f32(3, 2)}},
		{"triangular_solve(f32[2,2], f32[2,3]): a matrix of 2 by 2 on the right needs 2 elements in axis 1 of the right-hand side, which has 3", right, []graph.Aval{f32(2, 2), f32(2, 3)}},
		{"triangular_solve(f32[2,2], f64[2,2]): operands must have one dtype; convert with As", left, []graph.Aval{f32(2, 2), aval(graph.Float64, 2, 2)}},
		{"triangular_solve(f32[4,2,2], f32[2,2]): operands must have the same batch axes, those before the last two", left, []graph.Aval{f32(4, 2, 2), f32(2, 2)}},
		{"triangular_solve(f32[4,2,2], f32[3,2,2]): operands must have the same batch axes, those before the last two", left, []graph.Aval{f32(4, 2, 2), f32(3, 2, 2)}},
		{"fft(f32[4]): FFT takes complex64 or complex128, not float32; convert with As", fft(graph.FFT, 4), []graph.Aval{f32(4)}},
		{"fft(c64[4]): RFFT takes float32 or float64, not complex64; convert with As", fft(graph.RFFT, 4), []graph.Aval{aval(graph.Complex64, 4)}},
		{"fft(f32[4]): RFFT of lengths [5] takes [5] in the last axes", fft(graph.RFFT, 5), []graph.Aval{f32(4)}},
		{"fft(c64[2,4]): IRFFT of lengths [2 4] takes [2 3] in the last axes", fft(graph.IRFFT, 2, 4), []graph.Aval{aval(graph.Complex64, 2, 4)}},
		{"fft(f32[4]): cannot transform 2 axes of an operand of rank 1", fft(graph.RFFT, 4, 4), []graph.Aval{f32(4)}},
		{"fft(f32[4]): transforms 1, 2 or 3 axes at once, not 0", fft(graph.RFFT), []graph.Aval{f32(4)}},
		{"fft(f32[0]): lengths [0] must be 1 or more", fft(graph.RFFT, 0), []graph.Aval{f32(0)}},
	} {
		err := graph.Try(func() {
			graph.Build(c.in, func(b *graph.Builder, in []*graph.Value) []*graph.Value { c.f(b, in); return nil })
		})
		require.Error(t, err, c.want)
		assert.Contains(t, err.Error(), c.want)
		assert.Contains(t, err.Error(), "linalg_test.go:")
	}
}

// Params are printed as in JAX, and read back.
func TestLinalgText(t *testing.T) {
	g := graph.Build([]graph.Aval{{DType: graph.Float32, Shape: []int{2, 2}}}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
		l := b.Cholesky(in[0])
		x := b.TriangularSolve(l, in[0], graph.TriangularSolveParams{LeftSide: true, Lower: true})
		lu, pivots, perm := b.LU(x)
		z := b.FFT(lu, graph.FFTParams{Kind: graph.RFFT, Lengths: []int{2, 2}})
		return []*graph.Value{z, pivots, perm}
	})
	assert.Equal(t, `{ lambda ; a:f32[2,2]. let
    b:f32[2,2] = cholesky a
    c:f32[2,2] = triangular_solve[
      conjugate_a=False
      left_side=True
      lower=True
      transpose_a=False
      unit_diagonal=False
    ] b a
    d:f32[2,2] e:i32[2] f:i32[2] = lu c
    g:c64[2,2] = fft[fft_lengths=(2, 2) fft_type=2] d
  in (g, e, f) }
`, g.String())
	again, err := graph.Parse(g.String())
	require.NoError(t, err)
	assert.Equal(t, g.Fingerprint(), again.Fingerprint())
}
