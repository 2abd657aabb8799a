package random_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	. "github.com/jacobi-go/jacobi/random"
)

func slice[T array.Elem](t *testing.T, x *array.Array) []T {
	t.Helper()
	out, err := array.Slice[T](x)
	require.NoError(t, err)
	return out
}

// The numbers of JAX's autodiff cookbook.
func TestTutorial(t *testing.T) {
	words := func(k Key) []uint32 { return slice[uint32](t, k.Bits) }
	floats := func(x *array.Array) []float32 { return slice[float32](t, x) }

	key := NewKey(0)
	assert.Equal(t, []uint32{0, 0}, words(key))
	assert.Equal(t, []uint32{4070199207, 4202968722, 1427181096, 2012915765, 2447653815, 710830403, 1332275837, 2961296638},
		slice[uint32](t, Bits(key, graph.Uint32, 8)))
	assert.Equal(t, []float32{0.9476670026779175, 0.9785798788070679, 0.33229148387908936, 0.46866846084594727},
		floats(Uniform(key, graph.Float32, 4)))
	assert.InDeltaSlice(t, []float32{1.622642159461975, 2.0252647399902344, -0.4335944354534149, -0.07861734926700592, 0.17609089612960815},
		floats(Normal(key, graph.Float32, 5)), 2e-7)
	assert.Equal(t, []uint32{2716826189, 292468403}, words(FoldIn(key, 7)))

	keys := SplitN(key, 3)
	assert.Equal(t, []uint32{1797259609, 2579123966, 928981903, 3453687069, 4146024105, 2718843009}, words(keys))
	assert.Equal(t, []uint32{928981903, 3453687069}, words(keys.At(1)))
	for i, k := range keys.Rows() {
		assert.Equal(t, words(keys.At(i)), words(k))
	}
	assert.InDeltaSlice(t, []float32{-2.442455768585205, -2.0356805324554443, 0.20554423332214355},
		floats(Normal(keys.At(1), graph.Float32, 3)), 4e-7)
	assert.InDelta(t, 1.2956359386444092, Normal(keys.At(2), graph.Float32).Float(), 2e-7)

	key, use := Split(keys.At(0))
	assert.Equal(t, []uint32{4165894930, 804218099}, words(key))
	assert.Equal(t, []uint32{1353695780, 2116000888}, words(use))
	assert.InDeltaSlice(t, []float32{-1.2574776411056519, -0.40160441398620605, -1.1213600635528564},
		floats(Normal(use, graph.Float32, 3)), 2e-7)
}
