// Command maml trains a small network on a family of sines so that one step of
// gradient descent on ten points fits a new one (Finn, Abbeel and Levine,
// 2017), and draws such a fit into maml.svg or the file that it is given.
package main

import (
	"fmt"
	"log"
	"math"
	"os"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"

	jx "github.com/jacobi-go/jacobi"
	"github.com/jacobi-go/jacobi/num"
	"github.com/jacobi-go/jacobi/random"
)

type layer struct{ W, B *jx.Array }

type net []layer

func newNet(key random.Key, sizes ...int) net {
	var p net
	for i := range len(sizes) - 1 {
		var sub random.Key
		key, sub = random.Split(key)
		w := random.Normal(sub, jx.Float32, sizes[i], sizes[i+1])
		p = append(p, layer{num.Mul(w, math.Sqrt(2/float64(sizes[i]))), num.Zeros(jx.Float32, sizes[i+1])})
	}
	return p
}

func (p net) predict(x *jx.Array) *jx.Array {
	for i, l := range p {
		if x = num.Add(num.Matmul(x, l.W), l.B); i < len(p)-1 {
			x = num.Tanh(x)
		}
	}
	return x
}

// task is points of one sine, or of many with a leading axis.
type task struct{ X, Y *jx.Array }

func sines(key random.Key, tasks, points int) task {
	keys := random.SplitN(key, 3)
	amplitude := random.UniformIn(keys.At(0), jx.Float32, 0.5, 2, tasks, 1, 1)
	phase := random.UniformIn(keys.At(1), jx.Float32, 0, math.Pi, tasks, 1, 1)
	x := random.UniformIn(keys.At(2), jx.Float32, -4, 4, tasks, points, 1)
	return task{x, num.Mul(amplitude, num.Sin(num.Add(x, phase)))}
}

func loss(p net, d task) *jx.Array { return num.Mean(num.Square(num.Sub(p.predict(d.X), d.Y))) }

func descend(rate float64) func(p, g *jx.Array) *jx.Array {
	return func(p, g *jx.Array) *jx.Array { return num.Sub(p, num.Mul(rate, g)) }
}

// adapt is one step on a task.
func adapt(p net, d task) net { return jx.TreeMap2(p, jx.GradWith(loss)(p, d), descend(0.1)) }

func metaLoss(p net, train, test task) *jx.Array {
	each := jx.VMap(func(p net, train, test task) *jx.Array { return loss(adapt(p, train), test) }, jx.In(jx.None, 0, 0))
	return num.Mean(each(p, train, test))
}

type data struct{ Train, Test task }

func train() net {
	p := newNet(random.NewKey(0), 1, 40, 40, 1)
	velocity := jx.TreeMap(p, num.ZerosLike)
	step := jx.Jit(func(p, v net, d data) (net, net, *jx.Array) {
		l, g := jx.ValueAndGradWith(func(p net, d data) *jx.Array { return metaLoss(p, d.Train, d.Test) })(p, d)
		v = jx.TreeMap2(v, g, func(v, g *jx.Array) *jx.Array { return num.Add(num.Mul(0.9, v), g) })
		return jx.TreeMap2(p, v, descend(0.005)), v, l
	})
	key := random.NewKey(1)
	for i := range 2001 {
		var sub random.Key
		key, sub = random.Split(key)
		all := sines(sub, 32, 20) // ten points to learn from, ten to test
		half := func(from int) task {
			return jx.TreeMap(all, func(x *jx.Array) *jx.Array { return num.Index(x, num.Whole, num.Range(from, from+10)) })
		}
		d := data{half(0), half(10)}
		var l *jx.Array
		if p, velocity, l = step(p, velocity, d); i%500 == 0 {
			fmt.Printf("step %4d: loss after one step on a task %.4f\n", i, l.Float())
		}
	}
	return p
}

func curve(x, y *jx.Array) (plotter.XYs, error) {
	xs, err := jx.Slice[float32](num.Ravel(x))
	if err != nil {
		return nil, err
	}
	ys, err := jx.Slice[float32](num.Ravel(y))
	if err != nil {
		return nil, err
	}
	out := make(plotter.XYs, len(xs))
	for i := range out {
		out[i] = plotter.XY{X: float64(xs[i]), Y: float64(ys[i])}
	}
	return out, nil
}

func draw(file string) (err error) {
	defer jx.Catch(&err)
	p := train()
	grid := num.Linspace(jx.Float32, -4, 4, 200)
	x := num.Reshape(grid, 200, 1)
	few := num.Reshape(num.Linspace(jx.Float32, -3, 3, 10), 10, 1)
	sine := func(x *jx.Array) *jx.Array { return num.Mul(1.5, num.Sin(num.Add(x, 0.7))) }
	fitted := adapt(p, task{few, sine(few)})
	fmt.Printf("a new sine: loss %.4f before the step, %.4f after it\n", loss(p, task{x, sine(x)}).Float(), loss(fitted, task{x, sine(x)}).Float())
	picture := plot.New()
	var lines []any
	for _, c := range []struct {
		name string
		y    *jx.Array
	}{{"a new sine", sine(x)}, {"before", p.predict(x)}, {"after one step", fitted.predict(x)}} {
		xy, err := curve(x, c.y)
		if err != nil {
			return err
		}
		lines = append(lines, c.name, xy)
	}
	points, err := curve(few, sine(few))
	if err != nil {
		return err
	}
	if err := plotutil.AddLines(picture, lines...); err != nil {
		return err
	}
	if err := plotutil.AddScatters(picture, "its ten points", points); err != nil {
		return err
	}
	return picture.Save(16*vg.Centimeter, 10*vg.Centimeter, file)
}

func main() {
	file := "maml.svg"
	if len(os.Args) > 1 {
		file = os.Args[1]
	}
	if err := draw(file); err != nil {
		log.Fatal(err)
	}
}
