// Command clip draws a sine and its derivative, and the same with a rule that
// clips the derivative, into clip.svg or the file that it is given.
package main

import (
	"log"
	"os"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
)

// clipGradient is the identity; its gradient is clipped to [lo, hi].
func clipGradient(lo, hi float64, x *jx.Array) *jx.Array {
	type none struct{}
	return jx.CustomVJP(
		func(x *jx.Array) *jx.Array { return x },
		func(x *jx.Array) (*jx.Array, none) { return x, none{} },
		func(_ none, g *jx.Array) *jx.Array { return num.Clip(g, lo, hi) })(x)
}

func clippedSin(x *jx.Array) *jx.Array { return num.Sin(clipGradient(-0.75, 0.75, x)) }

// points are the points of a curve.
func points(x, y *jx.Array) (plotter.XYs, error) {
	xs, err := jx.Slice[float64](x.As(jx.Float64))
	if err != nil {
		return nil, err
	}
	ys, err := jx.Slice[float64](y.As(jx.Float64))
	if err != nil {
		return nil, err
	}
	out := make(plotter.XYs, len(xs))
	for i := range out {
		out[i] = plotter.XY{X: xs[i], Y: ys[i]}
	}
	return out, nil
}

func draw(file string) (err error) {
	defer jx.Catch(&err)
	t := num.Linspace(jx.Float32, 0, 10, 1000)
	p := plot.New()
	var lines []any
	for _, c := range []struct {
		name string
		y    *jx.Array
	}{
		{"sin", num.Sin(t)},
		{"its derivative", jx.VMap(jx.Grad(num.Sin))(t)},
		{"its derivative, clipped", jx.VMap(jx.Grad(clippedSin))(t)},
	} {
		curve, err := points(t, c.y)
		if err != nil {
			return err
		}
		lines = append(lines, c.name, curve)
	}
	if err := plotutil.AddLines(p, lines...); err != nil {
		return err
	}
	return p.Save(16*vg.Centimeter, 10*vg.Centimeter, file)
}

func main() {
	file := "clip.svg"
	if len(os.Args) > 1 {
		file = os.Args[1]
	}
	if err := draw(file); err != nil {
		log.Fatal(err)
	}
}
