package lax_test

import (
	"testing"

	"github.com/jacobi-go/jacobi/internal/jaxtest"
)

func TestMain(m *testing.M) { jaxtest.Main(m) }
