package errors

import (
	"testing"

	"github.com/stretchr/testify/assert"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/fft"
	"github.com/jacobi-go/jacobi/linalg"
	"github.com/jacobi-go/jacobi/num"
)

// An error names the function that the user called, whatever found it; one that
// was given to another, not that.
func TestNames(t *testing.T) {
	square := num.Ones(jx.Float32, 2, 2)
	for want, f := range map[string]func(){
		"Add":         func() { num.Add(vector, square) },
		"Sub":         func() { jx.TreeMap2(vector, square, num.Sub) },
		"LogAddExp":   func() { jx.Jit(func(x, y *array) *array { return num.LogAddExp(x, y) })(vector, square) },
		"Reshape":     func() { jx.Grad(func(x *array) *array { return num.Reshape(x, 4) })(vector) },
		"BroadcastTo": func() { jx.VMap(func(x *array) *array { return num.BroadcastTo(x, 1<<40, 1<<40) })(vector) },
		"Concatenate": func() {
			jx.Scan(three, vector, func(c, x *array) (_, _ *array) { return num.Concatenate(0, square, vector), x })
		},
		"Solve": func() { linalg.Solve(square, num.Ones(jx.Float64, 3)) },
		"RFFT":  func() { fft.RFFT(jx.Scalar(2.0)) },
		"At":    func() { vector.At(1, 2) },
		"Float": func() { closed().Float() },
		"Slice": func() { must(jx.Slice[float32](closed())) },
		"Wait":  func() { must(0, jx.Wait(closed())) },
		"Close": func() { must(0, closed().Close()) },
		"Jit":   func() { must(0, jx.Wait(jx.Jit(huge)(three))) },
		"Grad":  func() { jx.Grad(num.Sin)(closed()) },
		"Put":   func() { must(jx.Put(closed(), must(jx.Devices())[0])) },
	} {
		var e *jx.Error
		if err := mistaken(f); assert.ErrorAs(t, err, &e, want) {
			assert.Equal(t, want, e.Op, "%v", err)
		}
	}
}

func closed() *array {
	x := num.Neg(three)
	must(0, x.Close())
	return x
}
