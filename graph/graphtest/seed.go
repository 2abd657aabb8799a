package graphtest

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"strconv"
)

// seed is another in every run of the tests, but for JACOBI_SEED.
var seed = func() uint64 {
	given := os.Getenv("JACOBI_SEED")
	if given == "" {
		return rand.Uint64()
	}
	n, err := strconv.ParseUint(given, 10, 64)
	if err != nil {
		panic(fmt.Sprintf("JACOBI_SEED=%q is not a seed: it is a number of 64 bits", given))
	}
	return n
}()

// Seeded returns random numbers for a test, which are others in every run. If
// the test fails, it says the JACOBI_SEED that gives these numbers again. It is
// for tests without rapid, which does the same with -rapid.seed.
func Seeded(t interface {
	Name() string
	Cleanup(func())
	Failed() bool
	Logf(format string, args ...any)
}) *rand.Rand {
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("JACOBI_SEED=%d go test -run '%s' gives these numbers again", seed, t.Name())
		}
	})
	name := fnv.New64()
	name.Write([]byte(t.Name()))
	return rand.New(rand.NewPCG(seed, name.Sum64()))
}

// Bytes are n random bytes, the same in every run: a seed for fuzzing what
// rapid.MakeFuzz makes of a property, which takes eight for each thing drawn.
func Bytes(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 0))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}
