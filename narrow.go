package jacobi

import (
	"log"
	"slices"
	"sync"

	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/ops"
)

// narrowed are the lines that narrow has spoken of.
var narrowed sync.Map

// narrow says, once for each line of the user, that a weak argument is a float32
// where the program computes in float64: digits are lost there, and the
// derivatives by it are float32. name is a path of the arguments in a message.
func narrow(op string, name func(path string) string, in packing, args []ops.V, g *graph.Graph) {
	if ops.Tracing() {
		return // the outer trace has it among its own
	}
	if !slices.Contains(in.weak, true) {
		return
	}
	var widened *graph.Eqn // of the first such argument
	first := len(args)
	for _, e := range g.Eqns {
		if e.Op == graph.OpConvert && e.Out[0].DType.Real() == Float64 {
			if i := slices.Index(args[:first], e.In[0]); i >= 0 && in.weak[i] && e.In[0].DType.Differentiable() {
				first, widened = i, e
			}
		}
	}
	if widened == nil {
		return
	}
	pos := graph.Position(graph.UserPC())
	if _, told := narrowed.LoadOrStore(pos, true); !told {
		log.Printf("jacobi: %s: %s: %s is a weak %v in a program that computes in %v: it is rounded, and so are derivatives by it; give it its dtype, as with jx.ScalarOf(jx.Float64, 0.1)",
			pos, op, name(in.path(first)), args[first].DType, widened.Out[0].DType)
	}
}
