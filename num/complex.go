package num

import (
	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// Complex is re + im i: complex128 if a part is float64, else complex64.
// Elementwise; a complex part is an error. It is jax.lax.complex.
func Complex[A, B array.Operand](re A, im B) *array.Array {
	x, y := array.Of(re), array.Of(im)
	d, weak := float(x, y)
	if d.IsComplex() {
		panic(ops.Mistake(graph.ErrDType, "Complex", []*array.Array{x, y}, "the parts must be real"))
	}
	return joined("Complex", d.Complex().Real(), weak, func(b builder, in []value) value {
		return b.Complex(in[0], in[1])
	}, []*array.Array{x, y})
}

// Real is the real part; a real array is its own. Elementwise; the dtype is
// that of x's parts. It is jax.numpy.real.
func Real(x *array.Array) *array.Array {
	if !x.DType().IsComplex() {
		return x
	}
	return ops.Elementwise(graph.OpReal, x)
}

// Imag is the imaginary part; of a real array, zeros. Elementwise; the dtype is
// that of x's parts. It is jax.numpy.imag.
func Imag(x *array.Array) *array.Array {
	if !x.DType().IsComplex() {
		return ZerosLike(x)
	}
	return ops.Elementwise(graph.OpImag, x)
}

// Conj is the complex conjugate; a real array is its own. Elementwise; the
// dtype is x's. It is jax.numpy.conj.
func Conj(x *array.Array) *array.Array {
	if !x.DType().IsComplex() {
		return x
	}
	return ops.Elementwise(graph.OpConj, x)
}

// Angle is the argument of a complex number, in radians from -pi to pi; of a
// real one, 0 or pi. Elementwise; the result is a float, and integers and bools
// become float32. It is jax.numpy.angle.
func Angle(x *array.Array) *array.Array {
	return float1(x, func(b builder, x value) value {
		if x.DType.IsComplex() {
			return b.Atan2(b.Imag(x), b.Real(x))
		}
		return b.Atan2(b.Zeros(x.Aval), x)
	})
}

func realPart(b builder, x value) value {
	if x.DType.IsComplex() {
		return b.Real(x)
	}
	return x
}
