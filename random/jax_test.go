package random_test

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/internal/jaxtest"
	"github.com/jacobi-go/jacobi/internal/ops"
	"github.com/jacobi-go/jacobi/internal/trace"
	. "github.com/jacobi-go/jacobi/random"
)

// A record is what JAX draws; scripts/gen_random.py writes them.
type record struct {
	F        string
	Seed     uint64
	Original bool
	DType    string
	Shape    []int
	Args     []float64
	Data     []tensor
	Out      tensor
	Made     jaxtest.Made
}

type tensor struct {
	DType string
	Shape []int
	Hex   string
}

func (r record) String() string {
	return fmt.Sprintf("%s(seed %d, original %v, %s%v, %v)", r.F, r.Seed, r.Original, r.DType, r.Shape, r.Args)
}

func records(t *testing.T) (all []record) {
	f, err := os.Open("testdata/jax.json.gz")
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var r record
		require.NoError(t, json.Unmarshal(lines.Bytes(), &r))
		if r.F == "" { // the first line, which says what made them
			require.NotEmpty(t, r.Made.ISA)
			continue
		}
		all = append(all, r)
	}
	require.NoError(t, lines.Err())
	return all
}

func (x tensor) dtype() graph.DType {
	d, ok := graph.ParseDType(x.DType)
	if !ok {
		panic(x.DType)
	}
	return d
}

func (x tensor) bytes() []byte {
	b, err := hex.DecodeString(x.Hex)
	if err != nil {
		panic(err)
	}
	return b
}

// array is x, which is of floats, as an array.
func (x tensor) array() *array.Array {
	data := x.bytes()
	switch x.dtype() {
	case graph.Float32:
		out := make([]float32, len(data)/4)
		for i := range out {
			out[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
		}
		return array.From(out, x.Shape...)
	case graph.Float64:
		out := make([]float64, len(data)/8)
		for i := range out {
			out[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
		}
		return array.From(out, x.Shape...)
	}
	panic(x.DType)
}

// draw runs the function that r is of.
func (r record) draw(k Key) *array.Array {
	d, _ := graph.ParseDType(r.DType)
	data := func(i int) *array.Array { return r.Data[i].array() }
	arg := func(i int) float64 { return r.Args[i] }
	whole := func(i int) int { return int(r.Args[i]) }
	dtyped := map[string]func(Key, graph.DType, ...int) *array.Array{
		"bits": Bits, "uniform": Uniform, "normal": Normal, "exponential": Exponential, "gumbel": Gumbel,
		"laplace": Laplace, "logistic": Logistic, "cauchy": Cauchy, "rademacher": Rademacher,
	}
	if f := dtyped[r.F]; f != nil {
		return f(k, d, r.Shape...)
	}
	of1 := map[string]func(Key, graph.DType, *array.Array, ...int) *array.Array{
		"pareto": Pareto[*array.Array], "lognormal": LogNormal[*array.Array], "rayleigh": Rayleigh[*array.Array],
		"gamma": Gamma[*array.Array], "loggamma": LogGamma[*array.Array], "chisquare": ChiSquare[*array.Array],
		"t": StudentT[*array.Array], "poisson": Poisson[*array.Array],
	}
	if f := of1[r.F]; f != nil {
		return f(k, d, data(0), r.Shape...)
	}
	switch r.F {
	case "key":
		return k.Bits
	case "split":
		return SplitN(k, whole(0)).Bits
	case "fold_in":
		return FoldIn(k, whole(0)).Bits
	case "uniform_in":
		if len(r.Data) > 0 {
			return UniformIn(k, d, data(0), arg(1), r.Shape...)
		}
		return UniformIn(k, d, arg(0), arg(1), r.Shape...)
	case "truncated_normal":
		return TruncatedNormal(k, d, arg(0), arg(1), r.Shape...)
	case "bernoulli":
		return Bernoulli(k, array.Scalar(arg(0)).As(d), r.Shape...)
	case "categorical":
		return Categorical(k, data(0).As(d), whole(0), r.Shape...)
	case "weibull":
		return Weibull(k, d, data(0), data(1), r.Shape...)
	case "randint":
		return RandInt(k, d, whole(0), bound(arg(1)), r.Shape...)
	case "permutation":
		return Permutation(k, whole(0))
	case "shuffle":
		return Shuffle(k, data(0), whole(0))
	case "shuffle_each":
		return ShuffleEach(k, data(0), whole(0))
	case "choice":
		return Choice(k, data(0), r.Shape...)
	case "sample":
		return Sample(k, data(0), r.Shape...)
	case "weighted_choice":
		return WeightedChoice(k, data(0), data(1), r.Shape...)
	case "weighted_sample":
		return WeightedSample(k, data(0), data(1), r.Shape...)
	case "beta":
		return Beta(k, d, data(0), 1.5, r.Shape...)
	case "dirichlet":
		return Dirichlet(k, d, data(0), r.Shape[:len(r.Shape)-1]...)
	}
	panic("no function for " + r.F)
}

func bound(x float64) int {
	if x >= math.MaxInt64 {
		return math.MaxInt64 // 2**63-1, as float64 has it
	}
	return int(x)
}

// The numbers are JAX's: bit for bit where that is possible, else within the
// slack of tolerance_test.go.
func TestJAX(t *testing.T) {
	float16, skipped := jaxtest.Computes(t, graph.Float16), 0
	for _, r := range records(t) {
		k := NewKey(r.Seed)
		if r.Original {
			k = k.Original()
		}
		d, _ := graph.ParseDType(r.DType)
		if d == graph.Float16 && !float16 {
			skipped++
			continue
		}
		x := r.draw(k)
		want := r.Out.dtype()
		if r.F == "categorical" {
			x = x.As(want) // JAX's default integer is int64 where there is float64
		}
		if !assert.Equal(t, graph.Aval{DType: want, Shape: r.Out.Shape}.String(), ops.Aval(x).String(), "%v", r) {
			continue
		}
		data, bytes := r.Out.bytes(), elements(t, x)
		if exact[r.F] && !(r.F == "categorical" && half(d)) {
			assert.Equal(t, data, bytes, "%v", r)
			continue
		}
		same := func(i int, got, want graph.Number) bool { return r.nearTie(k, i, got.I, want.I) }
		if r.F != "categorical" {
			same = r.within(k)
		}
		for i := range len(data) / want.Size() {
			got, want := graph.Decode(want, bytes[i*want.Size():]), graph.Decode(want, data[i*want.Size():])
			if !same(i, got, want) {
				t.Errorf("%v: element %d is %v, not %v", r, i, got, want)
			}
		}
	}
	if skipped > 0 {
		t.Logf("skipped %d draws of float16, in which XLA does not compute on this processor", skipped)
	}
}

// The slack allows no other numbers: of half the elements it is at most
// 2000 epsilons of them.
func TestSlack(t *testing.T) {
	for _, r := range records(t) {
		d := r.Out.dtype().Real()
		if exact[r.F] || half(d) {
			continue
		}
		k := NewKey(r.Seed)
		if r.Original {
			k = k.Original()
		}
		slack, all, wide := r.slack(k), r.Out.bytes(), 0
		size := r.Out.dtype().Size()
		for i := range len(all) / size {
			y := graph.Decode(r.Out.dtype(), all[i*size:])
			if slack(i, real(y.C)) > 2000*math.Abs(real(y.C)) {
				wide++
			}
		}
		assert.LessOrEqual(t, 2*wide, len(all)/size, "%v", r)
	}
}

// elements are the bytes of an array.
func elements(t *testing.T, x *array.Array) []byte {
	out, err := (*trace.Array)(x).Bytes("elements")
	require.NoError(t, err)
	return out
}
