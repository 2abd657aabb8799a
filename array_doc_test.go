package jacobi_test

import (
	"os"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	jx "github.com/jacobi-go/jacobi"
)

// Documentation shows the methods of an alias elsewhere, so its comment names
// them.
func TestArrayIsDocumented(t *testing.T) {
	source, err := os.ReadFile("jacobi.go")
	require.NoError(t, err)
	for m := range reflect.TypeFor[*jx.Array]().Methods() {
		require.Contains(t, string(source), "[array.Array."+m.Name+"]")
	}
}
