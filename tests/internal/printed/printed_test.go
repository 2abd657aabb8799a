package printed

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDiffer(t *testing.T) {
	for _, same := range [][2]string{
		{"a [ 1.5 -2. ]", "a [ 1.50001 -2.0000001]"},
		{"{W:[0.1] B:nan}", "{W:[0.100001] B:nan}"},
	} {
		assert.NoError(t, Differ(same[0], same[1]))
	}
	for _, other := range [][2]string{
		{"[1. 2.]", "[1. 2.1]"},
		{"[1. 2.]", "[1.]"},
		{"[1.]", "1."},
		{"x 1.", "y 1."},
		{"1.", "nan"},
		{"1.", "-1."},
	} {
		assert.Error(t, Differ(other[0], other[1]), "%q", other)
	}
}
