// Package jaxtest compares functions with what JAX computes for them, and their
// derivatives with differences.
package jaxtest

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/num"
)

type arrays = []*jx.Array

// A Case is a call of a function and what JAX makes of it.
type Case struct {
	Name              string
	In, Out, CT, Grad []operand
}

// Made says what made reference outputs: the version of JAX, and the
// instruction set that its compiler was told to use.
type Made struct{ JAX, ISA string }

type operand struct{ *jx.Array }

func (o *operand) UnmarshalJSON(text []byte) error {
	var raw struct {
		DType string
		Shape []int
		Data  []string
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		return err
	}
	data := make([]float64, len(raw.Data))
	for i, s := range raw.Data {
		x, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return err
		}
		data[i] = x
	}
	d, ok := graph.ParseDType(raw.DType)
	if !ok {
		return fmt.Errorf("dtype %q", raw.DType)
	}
	if d == jx.Float16 { // made on the host: not every processor converts it
		half := make([]jx.F16, len(data))
		for i, x := range data {
			half[i] = jx.F16(graph.ToFloat16(x))
		}
		o.Array = jx.From(half, raw.Shape...)
		return nil
	}
	if !d.IsComplex() {
		o.Array = num.Reshape(jx.From(data), raw.Shape...).As(d)
		return nil
	}
	z := make([]complex128, len(data)/2)
	for i := range z {
		z[i] = complex(data[2*i], data[2*i+1])
	}
	o.Array = num.Reshape(jx.From(z), raw.Shape...).As(d)
	return nil
}

func unwrap(os []operand) arrays {
	out := make(arrays, len(os))
	for i, o := range os {
		out[i] = o.Array
	}
	return out
}

// Run compares functions with the cases in testdata/cases.json.gz, which
// scripts/gen_linalg.py or scripts/gen_lax.py writes; each needs one. Gradients
// are those of the operands that are floats or complex numbers.
func Run(t *testing.T, functions map[string]func(x []*jx.Array) []*jx.Array) {
	f, err := os.Open("testdata/cases.json.gz")
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	var file struct {
		Made  Made
		Cases []Case
	}
	require.NoError(t, json.NewDecoder(z).Decode(&file))
	require.NotEmpty(t, file.Made.ISA)
	seen := map[string]bool{}
	for i, c := range file.Cases {
		seen[c.Name] = true
		f := functions[c.Name]
		require.NotNil(t, f, "no function %q", c.Name)
		x := unwrap(c.In)
		t.Run(fmt.Sprint(i, " ", c.Name), func(t *testing.T) {
			for _, x := range append(x, unwrap(c.Out)...) {
				if !Computes(t, x.DType()) {
					t.Skipf("needs %v, in which this processor does not compute", x.DType())
				}
			}
			if c.Grad == nil {
				Compare(t, "result", f(x), unwrap(c.Out))
				return
			}
			var at []int
			var wrt arrays
			for i, x := range x {
				if x.DType().Differentiable() {
					at, wrt = append(at, i), append(wrt, x)
				}
			}
			y, pull := jx.VJP(func(wrt arrays) arrays {
				in := slices.Clone(x)
				for i, k := range at {
					in[k] = wrt[i]
				}
				return f(in)
			}, wrt)
			Compare(t, "result", y, unwrap(c.Out))
			Compare(t, "gradient", pull(unwrap(c.CT)), unwrap(c.Grad))
		})
	}
	for name := range functions {
		assert.True(t, seen[name], "no case of %q", name)
	}
}

// Compare compares elements relative to the largest one of the array.
func Compare(t *testing.T, what string, got, want arrays) {
	t.Helper()
	require.Len(t, got, len(want))
	for i, w := range want {
		g := got[i]
		require.Equal(t, w.Shape(), g.Shape(), "%s %d", what, i)
		require.Equal(t, w.DType(), g.DType(), "%s %d", what, i)
		tolerance := map[jx.DType]float64{jx.Float16: 2e-3, jx.Float32: 1e-4, jx.Float64: 1e-11}[w.DType().Real()]
		gs, err := jx.Slice[complex128](g.As(jx.Complex128))
		require.NoError(t, err)
		ws, err := jx.Slice[complex128](w.As(jx.Complex128))
		require.NoError(t, err)
		size := 1.0
		for _, z := range ws {
			if a := math.Hypot(real(z), imag(z)); !math.IsInf(a, 0) {
				size = math.Max(size, a)
			}
		}
		for k, z := range ws {
			if !near(real(gs[k]), real(z), tolerance*size) || !near(imag(gs[k]), imag(z), tolerance*size) {
				assert.Fail(t, "differs from JAX", "%s %d:\n got %v\nwant %v", what, i, g, w)
				break
			}
		}
	}
}

func near(got, want, tolerance float64) bool {
	return got == want || math.IsNaN(got) && math.IsNaN(want) || math.Abs(got-want) <= tolerance
}
