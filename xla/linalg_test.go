package xla

import (
	"fmt"
	"math"
	"math/cmplx"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/graph/graphtest"
	"github.com/jacobi-go/jacobi/graph/interp"
)

var lapackTypes = []graph.DType{graph.Float32, graph.Float64, graph.Complex64, graph.Complex128}

// Where a matrix is not positive definite, all of its factor is NaN, as in JAX,
// and that of its neighbours in a batch is not.
func TestCholeskyOfIndefinite(t *testing.T) {
	nan := math.NaN()
	for _, d := range lapackTypes {
		t.Run(d.String(), func(t *testing.T) {
			x := interp.FromFloats(d, []float64{
				4, 9, 9, 2, 5, 9, 0, 0, 1,
				1, 2, 0, 2, 1, 0, 0, 0, 1, // fails in the middle
				1, 0, 0, 0, 1, 0, 0, 0, -1, // at the end
				0, 0, 0, 0, 1, 0, 0, 0, 1, // singular
				nan, 0, 0, 0, 1, 0, 0, 0, 1,
				1, 0, 0, nan, 1, 0, 0, 0, 1,
			}, 6, 3, 3)
			g := graph.Build([]graph.Aval{x.Aval}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
				return []*graph.Value{b.Cholesky(in[0])}
			})
			got, want := eval(t, g, []interp.Tensor{x}), interp.Eval(g, x)
			for i, n := range want[0].Data {
				switch row, col := i/3%3, i%3; {
				case col > row:
					assert.Zero(t, n.C, "%d", i)
				case i < 9:
					assert.False(t, cmplx.IsNaN(n.C), "%d", i)
				default:
					assert.True(t, cmplx.IsNaN(n.C), "%d", i)
				}
				got := got[0].Data[i]
				assert.Equal(t, cmplx.IsNaN(n.C), cmplx.IsNaN(got.C), "%d: %v, want %v", i, got.C, n.C)
				if !cmplx.IsNaN(n.C) {
					assert.InDelta(t, 0, cmplx.Abs(got.C-n.C), 1e-6, "%d", i)
				}
			}
		})
	}
}

// The triangle that a solve must not read is full of NaNs.
func TestTriangularSolveReadsOneTriangle(t *testing.T) {
	if testing.Short() {
		t.Skip("short: compiles for long, and compares numbers only")
	}
	r := graphtest.Seeded(t)
	for _, d := range lapackTypes {
		var in []interp.Tensor
		var solves []graph.TriangularSolveParams
		for bits := range 32 {
			p := graph.TriangularSolveParams{LeftSide: bits&1 == 1, Lower: bits&2 != 0, TransposeA: bits&4 != 0, ConjugateA: bits&8 != 0, UnitDiagonal: bits&16 != 0}
			x := graphtest.RandomLikes(r, []graph.Aval{aval(d, 5, 5), aval(d, 5, 5)})
			for i := range 5 {
				for j := range 5 {
					n := &x[0].Data[i*5+j]
					switch {
					case i == j && !p.UnitDiagonal:
						n.C += 3
					case i == j || (i < j) == p.Lower:
						n.C = cmplx.NaN()
						if !d.IsComplex() {
							n.C = complex(math.NaN(), 0)
						}
					}
				}
			}
			in, solves = append(in, x...), append(solves, p)
		}
		checkAgainstInterp(t, in, 4, func(b *graph.Builder, in []*graph.Value) (out []*graph.Value) {
			for i, p := range solves {
				out = append(out, b.TriangularSolve(in[2*i], in[2*i+1], p))
			}
			return out
		})
	}
}

// Matrices larger than a panel: the factors multiply to the matrix.
func TestLargeLU(t *testing.T) {
	if testing.Short() {
		t.Skip("short: compiles for long, and compares numbers only")
	}
	r := graphtest.Seeded(t)
	for _, d := range lapackTypes {
		shapes := [][]int{{2, 150, 150}, {1, 300, 140}, {1, 140, 300}, {1, 257, 257}}
		if d != graph.Float64 {
			shapes = shapes[:1]
		}
		for _, shape := range shapes {
			t.Run(fmt.Sprint(d, shape), func(t *testing.T) {
				x := graphtest.RandomLike(r, aval(d, shape...))
				m, n := shape[1], shape[2]
				k := min(m, n)
				g := graph.Build([]graph.Aval{x.Aval}, func(b *graph.Builder, in []*graph.Value) []*graph.Value {
					lu, pivots, perm := b.LU(in[0])
					l := b.Tril(b.SliceAxis(lu, 2, 0, k), -1)
					l = b.Add(l, b.Eye(l.Aval))
					u := b.Triu(b.SliceAxis(lu, 1, 0, k), 0)
					return []*graph.Value{b.MatMul(l, u), b.Rows(in[0], perm), l, pivots, perm}
				})
				out := eval(t, g, []interp.Tensor{x})
				require.NoError(t, graphtest.AllClose(out[1:2], out[:1], 100))
				most := 1.00001
				if d.IsComplex() {
					most *= math.Sqrt2 // by the sum of the parts, the pivot is the largest
				}
				for _, c := range out[2].Data {
					require.LessOrEqual(t, cmplx.Abs(c.C), most, "a pivot is not the largest number of its column")
				}
				for s := range shape[0] {
					perm := make([]int64, m)
					for i := range perm {
						perm[i] = int64(i)
					}
					for i := range k {
						p := out[3].Data[s*k+i].I
						perm[i], perm[p] = perm[p], perm[i]
					}
					for i, p := range perm {
						require.Equal(t, p, out[4].Data[s*m+i].I, "pivots and permutation disagree at %d", i)
					}
				}
			})
		}
	}
}

// A column of zeros, and ties.
func TestLUOfSingular(t *testing.T) {
	for _, d := range lapackTypes {
		in := []interp.Tensor{
			interp.FromFloats(d, []float64{0, 1, 2, 0, 3, 4, 0, 5, 6}, 3, 3),
			interp.FromFloats(d, []float64{1, 2, 3, 1, 2, 3, -1, -2, -3}, 3, 3),
			interp.FromFloats(d, []float64{0, 0, 0, 0}, 2, 2),
			interp.FromFloats(d, []float64{1, math.NaN(), 3, 4}, 2, 2),
		}
		checkAgainstInterp(t, in, 1, func(b *graph.Builder, in []*graph.Value) (out []*graph.Value) {
			for _, x := range in {
				lu, pivots, perm := b.LU(x)
				out = append(out, lu, pivots, perm)
			}
			return out
		})
	}
}

// Lengths with large factors, of which XLA computes transforms in other ways.
func TestLargeFFT(t *testing.T) {
	if testing.Short() {
		t.Skip("short: compiles for long, and compares numbers only")
	}
	r := graphtest.Seeded(t)
	for _, n := range []int{64, 97, 128, 210, 211} {
		in := graphtest.RandomLikes(r, []graph.Aval{
			aval(graph.Complex64, 3, n), aval(graph.Complex128, 3, n), aval(graph.Float32, 3, n), aval(graph.Float64, 3, n),
			aval(graph.Complex64, 3, n/2+1), aval(graph.Complex128, 3, n/2+1),
		})
		checkAgainstInterp(t, in, 20, func(b *graph.Builder, in []*graph.Value) (out []*graph.Value) {
			for i, k := range []graph.FFTKind{graph.FFT, graph.IFFT, graph.RFFT, graph.RFFT, graph.IRFFT, graph.IRFFT} {
				out = append(out, b.FFT(in[i], graph.FFTParams{Kind: k, Lengths: []int{n}}))
			}
			return out
		})
	}
}

// Transforms back to real numbers along several axes of what is no transform of
// real numbers: the axes before the last are transformed as complex ones.
func TestInverseOfAnySpectrum(t *testing.T) {
	r := graphtest.Seeded(t)
	for _, lengths := range [][]int{{5, 6}, {8, 8}, {3, 7, 11}} {
		half := append([]int{2}, lengths...)
		half[len(half)-1] = half[len(half)-1]/2 + 1
		in := graphtest.RandomLikes(r, []graph.Aval{aval(graph.Complex64, half...), aval(graph.Complex128, half...)})
		checkAgainstInterp(t, in, 20, func(b *graph.Builder, in []*graph.Value) (out []*graph.Value) {
			for _, x := range in {
				out = append(out, b.FFT(x, graph.FFTParams{Kind: graph.IRFFT, Lengths: lengths}))
			}
			return out
		})
	}
}
