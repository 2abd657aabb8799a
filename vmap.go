package jacobi

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/vmapper"
)

// None, as an axis, says that an argument is not mapped.
const None = vmapper.None

// VMapOption says what VMap maps over.
type VMapOption struct{ set func(*mapping) }

type mapping struct {
	in, out     []int
	inAt, outAt []at
	size        int
}

type at struct {
	place int
	path  string
	axis  int
}

// In gives one axis per argument, None for what is not mapped; negative axes
// count from the end. The default is 0. Arguments for the variadic parameter of
// a function need none if they hold no arrays. Another number of axes is an
// error of VMap. It is in_axes of jax.vmap.
func In(axes ...int) VMapOption {
	return VMapOption{func(m *mapping) { m.in = append([]int{}, axes...) }}
}

// Out gives one axis per result. The default is 0. Another number of axes is an
// error of VMap. It is out_axes of jax.vmap.
func Out(axes ...int) VMapOption {
	return VMapOption{func(m *mapping) { m.out = append([]int{}, axes...) }}
}

// InAt sets the axis of the part of argument arg that path names: Mask, or
// Layers.0.W, or all that is below Layers. A path that does not exist is an
// error of VMap. It is in_axes of jax.vmap, given as a tree.
func InAt(arg int, path string, axis int) VMapOption {
	return VMapOption{func(m *mapping) { m.inAt = append(m.inAt, at{arg, path, axis}) }}
}

// OutAt sets the axis of a part of a result. A path that does not exist is an
// error of VMap. It is out_axes of jax.vmap, given as a tree.
func OutAt(result int, path string, axis int) VMapOption {
	return VMapOption{func(m *mapping) { m.outAt = append(m.outAt, at{result, path, axis}) }}
}

// AxisSize gives the number of examples, for when no argument is mapped. A
// negative n is an error. It is axis_size of jax.vmap.
func AxisSize(n int) VMapOption {
	return VMapOption{func(m *mapping) {
		if n < 0 {
			panic(graph.Errorf(graph.ErrOption, "VMap", "AxisSize(%d): a number of examples is not negative", n))
		}
		m.size = n
	}}
}

// VMap maps a function over an axis of its arguments: f is written for one
// example, the result has its type and takes all at once, without a loop. Every
// array of an argument is mapped along the argument's axis, and every array of
// a result has the axis where Out says, and the dtype that f gives it.
//
// Arguments that are no arrays are the same for every example. It is an error
// if sizes disagree, or if nothing is mapped and there is no AxisSize. It is
// jax.vmap.
func VMap[F any](f F, opts ...VMapOption) F {
	s, fn := signatureOf("VMap", f)
	m := mapping{size: -1}
	for _, o := range opts {
		refuseNil("VMap", "an option", o.set == nil)
		o.set(&m)
	}
	if m.in != nil && !s.takes(len(m.in)) {
		panic(graph.Errorf(graph.ErrOption, "VMap", "In gives %d axes for the %d arguments of %s", len(m.in), s.typ.NumIn(), ops.TypeName(s.typ)))
	}
	if m.out != nil && len(m.out) != s.results {
		panic(graph.Errorf(graph.ErrOption, "VMap", "Out gives %d axes for the %d results of %s", len(m.out), s.results, ops.TypeName(s.typ)))
	}
	return reflect.MakeFunc(s.typ, s.failing(func(args []reflect.Value) []reflect.Value {
		return m.run(s, fn, args)
	})).Interface().(F)
}

func (m *mapping) run(s *signature, f reflect.Value, args []reflect.Value) []reflect.Value {
	args, plan := s.arguments(args)
	if len(m.in) > len(args) {
		panic(graph.Errorf(graph.ErrOption, "VMap", "In gives %d axes for %d arguments", len(m.in), len(args)))
	}
	leaves, st := s.flatten("VMap", plan, args)
	in, packed := pack(st, leaves)
	axes, n := m.axes(in, packed)
	inner := make([]graph.Aval, len(packed))
	known := make([]*Array, len(packed))
	for i, x := range packed {
		inner[i] = ops.Aval(x)
		if axes[i] == None {
			known[i] = x
		} else {
			inner[i].Shape = slices.Delete(x.Shape(), axes[i], axes[i]+1)
		}
	}
	t, out := s.stageCall(ops.Staging{Name: "VMap", Known: known}, f, in, inner)
	axes = slices.Concat(slices.Repeat([]int{None}, len(t.Captured)), axes)
	to := m.outAxes(out, t.Graph)
	key := fmt.Sprint("vmap", n, axes, to, "\x00")
	res := ops.Run("vmap", key, t.Graph, func() *graph.Graph { return vmapper.BatchTo(t.Graph, n, axes, to) }, slices.Concat(t.Captured, packed))
	return s.returns(out.structure, out.spread(ops.SetWeak(res, out.weak)))
}

// axes resolves the axis of every array, and the number of examples.
func (m *mapping) axes(in packing, xs []*Array) ([]int, int) {
	axes := make([]int, len(xs))
	for i := range axes {
		arg, _ := place(in.path(i))
		switch {
		case m.in == nil:
		case arg >= len(m.in):
			panic(graph.Errorf(graph.ErrOption, "VMap", "In gives %d axes, and none for %s", len(m.in), argument(in.path(i))))
		default:
			axes[i] = m.in[arg]
		}
	}
	override(axes, in, m.inAt, "InAt")
	n, first := m.size, -1
	for i, x := range xs {
		if axes[i] == None {
			continue
		}
		a := axes[i]
		if a < 0 {
			a += x.Rank()
		}
		if a < 0 || a >= x.Rank() {
			panic(graph.Errorf(graph.ErrAxis, "VMap", "%s is %v, which has no axis %d to map over; give its axis with jx.In, jx.None if it is the same for every example",
				argument(in.path(i)), ops.Aval(x), axes[i]))
		}
		axes[i] = a
		switch size := x.Dim(a); {
		case n < 0:
			n, first = size, i
		case size != n:
			panic(graph.Errorf(graph.ErrShape, "VMap", "sizes of the mapped axis disagree: %s", m.sizes(in, xs, axes)))
		case first < 0:
			first = i
		}
	}
	if n < 0 {
		missing := ""
		if k := slices.Index(in.present, false); k >= 0 {
			missing = fmt.Sprintf(", and %s is nil", argument(in.Paths()[k]))
		}
		panic(graph.Errorf(graph.ErrOption, "VMap", "no argument is mapped%s; give the number of examples with jx.AxisSize", missing))
	}
	return axes, n
}

// sizes lists every mapped array with its size, for the error that they
// disagree.
func (m *mapping) sizes(in packing, xs []*Array, axes []int) string {
	var list []string
	if m.size >= 0 {
		list = append(list, fmt.Sprintf("AxisSize is %d", m.size))
	}
	for i, x := range xs {
		if a := axes[i]; a != None {
			if a < 0 {
				a += x.Rank()
			}
			if a >= 0 && a < x.Rank() {
				list = append(list, fmt.Sprintf("%s has %d (axis %d of %v)", argument(in.path(i)), x.Dim(a), a, ops.Aval(x)))
			}
		}
	}
	return strings.Join(list, "; ")
}

func (m *mapping) outAxes(out packing, g *graph.Graph) []int {
	to := make([]int, len(g.Out))
	for i := range to {
		res, _ := place(out.path(i))
		if m.out != nil {
			to[i] = m.out[res]
		}
	}
	override(to, out, m.outAt, "OutAt")
	for i, v := range g.Out {
		if to[i] == None {
			continue
		}
		a := to[i]
		if a < 0 {
			a += v.Rank() + 1
		}
		if a < 0 || a > v.Rank() {
			panic(graph.Errorf(graph.ErrAxis, "VMap", "result %s is %v for each example; axis %d cannot be the mapped one", out.path(i), v.Aval, to[i]))
		}
		to[i] = a
	}
	return to
}

// override sets the axes of what is at or below a path.
func override(axes []int, p packing, where []at, option string) {
	for _, w := range where {
		path := strconv.Itoa(w.place)
		if w.path != "" {
			path += "." + w.path
		}
		leaves, err := p.Select(path)
		if err != nil {
			panic(graph.Errorf(graph.ErrOption, "VMap", "%s: %v", option, err))
		}
		for _, k := range leaves {
			if p.present[k] {
				axes[graph.Count(p.present[:k])] = w.axis
			}
		}
	}
}

// place splits a path of a tuple into the index and the path there.
func place(path string) (int, string) {
	i, rest, _ := strings.Cut(path, ".")
	k, err := strconv.Atoi(i)
	if err != nil {
		graph.Bugf("%q is no path of a tuple", path)
	}
	return k, rest
}
