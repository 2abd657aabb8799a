package graph

import (
	"fmt"
	"slices"
)

// The decompositions work on the matrices in the last two axes; the axes
// before are batch axes. Their types are those that LAPACK has.
var lapack = kind{func(d DType) bool { return d >= Float32 }, "float32, float64, complex64 or complex128"}

// matrices checks that x has matrices of a type that LAPACK has.
func matrices(x *Value) error {
	if x.Rank() < 2 {
		return ErrRank.Errorf("takes matrices, in the last two axes; the operand has rank %d", x.Rank())
	}
	return lapack.check(x.DType)
}

func square(x *Value) error {
	if err := matrices(x); err != nil {
		return err
	}
	if r := x.Rank(); x.Shape[r-1] != x.Shape[r-2] {
		return ErrShape.Errorf("takes square matrices, not %d by %d", x.Shape[r-2], x.Shape[r-1])
	}
	return nil
}

// Cholesky is the lower triangular L with L L^H = x for Hermitian, positive
// definite x. It reads x on and below the diagonal, and the real part of the
// diagonal. Where x is not positive definite, L is NaN on and below the
// diagonal. The derivative is that along Hermitian tangents.
func (b *Builder) Cholesky(x *Value) *Value { return b.emit1(OpCholesky, nil, x) }

func inferCholesky(e *Eqn) ([]Aval, error) { return []Aval{e.In[0].Aval}, square(e.In[0]) }

// TriangularSolveParams: x with op(a) x = y, or x op(a) = y if the matrix is
// not on the left, for triangular a, of which the other triangle is not read,
// nor, with UnitDiagonal, the diagonal. op transposes and conjugates.
type TriangularSolveParams struct {
	LeftSide, Lower        bool
	TransposeA, ConjugateA bool
	UnitDiagonal           bool
}

func (p TriangularSolveParams) fields(w walker) Params {
	w.field("conjugate_a", boolField{&p.ConjugateA})
	w.field("left_side", boolField{&p.LeftSide})
	w.field("lower", boolField{&p.Lower})
	w.field("transpose_a", boolField{&p.TransposeA})
	w.field("unit_diagonal", boolField{&p.UnitDiagonal})
	return done(w, p)
}

// TriangularSolve solves with the triangular matrices of a, for the right-hand
// sides y, whose aval the result has.
func (b *Builder) TriangularSolve(a, y *Value, p TriangularSolveParams) *Value {
	return b.emit1(OpTriangularSolve, p, a, y)
}

func inferTriangularSolve(e *Eqn) ([]Aval, error) {
	a, y, p := e.In[0], e.In[1], e.Params.(TriangularSolveParams)
	if err := square(a); err != nil {
		return nil, err
	}
	if a.DType != y.DType {
		return nil, ErrDType.Errorf("operands must have one dtype; convert with As")
	}
	if a.Rank() != y.Rank() || !slices.Equal(a.Shape[:a.Rank()-2], y.Shape[:y.Rank()-2]) {
		return nil, ErrShape.Errorf("operands must have the same batch axes, those before the last two")
	}
	axis, side := y.Rank()-1, "right"
	if p.LeftSide {
		axis, side = y.Rank()-2, "left"
	}
	if n := a.Shape[a.Rank()-1]; y.Shape[axis] != n {
		return nil, ErrShape.Errorf("a matrix of %d by %d on the %s needs %d elements in axis %d of the right-hand side, which has %d", n, n, side, n, axis, y.Shape[axis])
	}
	return []Aval{y.Aval}, nil
}

// LU factors the matrices of x, m by n, with partial pivoting: x with its rows
// in the order perm, of m, is L U, and lu has U on and above the diagonal and
// L, which has ones there, below. pivots, of min(m, n), says which row each
// row was exchanged with, in turn. Where a pivot is 0, its column is left as
// it is.
func (b *Builder) LU(x *Value) (lu, pivots, perm *Value) {
	out := b.Emit(OpLU, nil, x)
	return out[0], out[1], out[2]
}

func inferLU(e *Eqn) ([]Aval, error) {
	x := e.In[0]
	if err := matrices(x); err != nil {
		return nil, err
	}
	r := x.Rank()
	m, n := x.Shape[r-2], x.Shape[r-1]
	vector := func(n int) Aval { return Aval{Int32, append(slices.Clone(x.Shape[:r-2]), n)} }
	return []Aval{x.Aval, vector(min(m, n)), vector(m)}, nil
}

// An FFTKind is one of the discrete Fourier transforms.
type FFTKind int

// The transforms. The inverse ones are divided by the number of elements. RFFT
// takes real numbers and returns the first half of the last axis, which
// determines the other; IRFFT is its inverse, and ignores the imaginary part of
// what must be real there.
const (
	FFT FFTKind = iota
	IFFT
	RFFT
	IRFFT
)

func (k FFTKind) String() string { return [...]string{"FFT", "IFFT", "RFFT", "IRFFT"}[k] }

// FFTParams: a transform over the last len(Lengths) axes, at most three, whose
// lengths are those of the real side.
type FFTParams struct {
	Kind    FFTKind
	Lengths []int
}

func (p FFTParams) fields(w walker) Params {
	w.field("fft_lengths", intsField{&p.Lengths})
	w.field("fft_type", enumField[FFTKind]{&p.Kind, []string{"0", "1", "2", "3"}, "transform"})
	return done(w, p)
}

// FFT transforms the last axes of x; RFFT makes a float complex, IRFFT a complex
// number a float.
func (b *Builder) FFT(x *Value, p FFTParams) *Value { return b.emit1(OpFFT, p, x) }

func inferFFT(e *Eqn) ([]Aval, error) {
	x, p := e.In[0], e.Params.(FFTParams)
	takes := kind{DType.IsComplex, "complex64 or complex128"}
	if p.Kind == RFFT {
		takes = kind{func(d DType) bool { return d == Float32 || d == Float64 }, "float32 or float64"}
	}
	if err := takes.check(x.DType); err != nil {
		return nil, fmt.Errorf("%v %w", p.Kind, err)
	}
	n := len(p.Lengths)
	if n < 1 || n > 3 {
		return nil, ErrAxis.Errorf("transforms 1, 2 or 3 axes at once, not %d", n)
	}
	if n > x.Rank() {
		return nil, ErrRank.Errorf("cannot transform %d axes of an operand of rank %d", n, x.Rank())
	}
	if slices.Min(p.Lengths) < 1 {
		return nil, ErrSize.Errorf("lengths %v must be 1 or more", p.Lengths)
	}
	in, out := slices.Clone(p.Lengths), slices.Clone(p.Lengths)
	d := x.DType
	switch p.Kind {
	case RFFT:
		out[n-1], d = out[n-1]/2+1, d.Complex()
	case IRFFT:
		in[n-1], d = in[n-1]/2+1, d.Real()
	}
	batch := x.Shape[:x.Rank()-n]
	if !slices.Equal(x.Shape[x.Rank()-n:], in) {
		return nil, ErrShape.Errorf("%v of lengths %v takes %v in the last axes", p.Kind, p.Lengths, in)
	}
	return []Aval{{d, slices.Concat(batch, out)}}, nil
}

// What follows writes matrices as equations, for rules.

// MatMul multiplies the matrices in the last two axes; the axes before, which
// both have, are batch axes.
func (b *Builder) MatMul(x, y *Value) *Value {
	r := x.Rank()
	batch := Seq(0, r-2)
	return b.DotGeneral(x, y, DotParams{
		LHSContract: []int{r - 1}, RHSContract: []int{r - 2}, LHSBatch: batch, RHSBatch: batch, Prefer: x.DType,
	})
}

// MatrixTranspose exchanges the last two axes.
func (b *Builder) MatrixTranspose(x *Value) *Value {
	perm := Seq(0, x.Rank())
	perm[x.Rank()-2], perm[x.Rank()-1] = x.Rank()-1, x.Rank()-2
	return b.Transpose(x, perm...)
}

// Adjoint is the conjugate transpose of the matrices in the last two axes.
func (b *Builder) Adjoint(x *Value) *Value { return b.MatrixTranspose(b.Conj(x)) }

// Tril is x with zeros above diagonal k of its matrices; Triu with zeros below
// it. Diagonal 1 is the one above the main diagonal.
func (b *Builder) Tril(x *Value, k int) *Value {
	return b.Select(b.Le(b.diagonals(x.Shape), b.Literal(Int32, Int32.Clip(k))), x, b.Scalar(x.DType, 0))
}

func (b *Builder) Triu(x *Value, k int) *Value {
	return b.Select(b.Ge(b.diagonals(x.Shape), b.Literal(Int32, Int32.Clip(k))), x, b.Scalar(x.DType, 0))
}

// OnDiagonal reports which places of matrices are on the main diagonal.
func (b *Builder) OnDiagonal(shape []int) *Value {
	return b.Eq(b.diagonals(shape), b.Scalar(Int32, 0))
}

// diagonals numbers the diagonals: column - row.
func (b *Builder) diagonals(shape []int) *Value {
	r := len(shape)
	return b.Sub(b.Iota(Int32, shape, r-1), b.Iota(Int32, shape, r-2))
}

// Eye has identity matrices in the last two axes.
func (b *Builder) Eye(a Aval) *Value { return b.Convert(b.OnDiagonal(a.Shape), a.DType) }

// Diagonal is the main diagonal of the matrices in the last two axes.
func (b *Builder) Diagonal(x *Value) *Value {
	r := x.Rank()
	k := min(x.Shape[r-2], x.Shape[r-1])
	x = b.SliceAxis(b.SliceAxis(x, r-2, 0, k), r-1, 0, k)
	return b.ReduceSum(b.Select(b.OnDiagonal(x.Shape), x, b.Scalar(x.DType, 0)), r-2)
}

// Rows are the rows of the matrices of x, in the order of the integers in the
// last axis of idx; the axes before are the same in both.
func (b *Builder) Rows(x, idx *Value) *Value {
	r := x.Rank()
	if out := (Aval{x.DType, append(slices.Clone(idx.Shape), x.Shape[r-1])}); out.Size() == 0 {
		return b.Zeros(out)
	}
	batch, sizes := Seq(0, r-2), slices.Repeat([]int{1}, r)
	sizes[r-1] = x.Shape[r-1]
	return b.Gather(x, b.Reshape(idx, append(slices.Clone(idx.Shape), 1)...), GatherParams{
		IndexDims: IndexDims{Offset: []int{r - 1}, Collapsed: []int{r - 2}, OperandBatch: batch, IndicesBatch: batch, Start: []int{r - 2}},
		Sizes:     sizes,
	})
}
