package fft_test

import (
	"testing"

	"jacobi/internal/jaxtest"
)

func TestMain(m *testing.M) { jaxtest.Main(m) }
