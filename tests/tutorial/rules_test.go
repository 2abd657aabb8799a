package tutorial

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/examples/tutorial/programs"
	"github.com/jacobi-go/jacobi/num"
)

var rules = []check{
	{id: "basic_custom_jvp_def", run: checkSinRule},
	{id: "basic_custom_jvp_decorator", run: checkDeclaredFirst},
	{id: "pdb", run: lookIntoBackward},
}

func checkSinRule(t *testing.T) {
	x := num.Linspace(jx.Float32, -3, 3, 7)
	assert.True(t, num.AllClose(jx.VMap(jx.Grad(num.Sin))(x), jx.VMap(jx.Grad(programs.Sin))(x)))
}

// A variable that the rule calls is declared before it is set.
func checkDeclaredFirst(t *testing.T) {
	var f func(*jx.Array) *jx.Array
	f = jx.CustomJVP(num.Sin, func(x, dx *jx.Array) (*jx.Array, *jx.Array) { return f(x), num.Mul(num.Cos(x), dx) })
	assert.Equal(t, "-0.14112", fmt.Sprint(jx.Grad(jx.Grad(f))(jx.Scalar(3.0))))
}

// The tutorial shows the check below in the words of the programs.
type seen = programs.Seen

var look = programs.Look

func lookIntoBackward(t *testing.T) {
	var got []string
	back := look(func(s seen) { got = append(got, fmt.Sprint(s.X, s.G)) })
	f := func(x *jx.Array) *jx.Array { return num.Sin(back(num.Square(x))) }
	g := jx.Grad(f)(jx.Scalar(3.0))
	assert.InDelta(t, -5.4667815, g.Float(), 1e-5)
	assert.NoError(t, jx.Wait(g))
	assert.Equal(t, []string{"9.0 -0.91113025"}, got)
}
